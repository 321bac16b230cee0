//! Writes what serde_json decides about several hundred PING bodies.
//!
//! picomux parses the body of each PING with `serde_json::from_slice::<PingInfo>` and ends the
//! session when that fails, so serde_json's verdict *is* the protocol. The output is a table for
//! the tests of parsers that must agree with it; its format is described at [`write_table`].

mod bodies;
#[path = "../../shared/splitmix64.rs"]
mod splitmix64;

use std::io::{BufWriter, Write};

use serde::{Deserialize, Serialize};

/// The struct of picomux's `frame.rs`, the same in 0.1.14, 0.2.1 and 0.3.3.
#[derive(Serialize, Deserialize, Clone, Debug)]
pub struct PingInfo {
    pub next_ping_in_ms: u32,
}

/// One body and the sentence that says what it tries.
pub struct Case {
    pub label: String,
    pub body: Vec<u8>,
}

fn main() -> std::io::Result<()> {
    let cases = bodies::all();
    match std::env::args().nth(1) {
        Some(path) if !path.starts_with('-') => {
            let mut out = BufWriter::new(std::fs::File::create(&path)?);
            let (accepted, refused) = write_table(&mut out, &cases)?;
            out.flush()?;
            println!("{path}: {accepted} bodies accepted, {refused} refused");
            Ok(())
        }
        _ => {
            eprintln!("usage: ping-verdicts FILE    writes the table of verdicts to FILE");
            std::process::exit(2);
        }
    }
}

/// Writes one line per case: verdict (`ok` or `err`), parsed value (`-` if none), body as runs of
/// hex, label; separated by tabs. Lines that start with `#` are comments.
fn write_table(out: &mut impl Write, cases: &[Case]) -> std::io::Result<(usize, usize)> {
    writeln!(
        out,
        "# What serde_json decides about PING bodies; format: README.md beside this file"
    )?;
    writeln!(out, "# verdict\tnext_ping_in_ms\tbody\tlabel")?;
    let (mut accepted, mut refused) = (0, 0);
    for case in cases {
        assert!(
            case.body.len() <= 65_535,
            "{} does not fit into a frame",
            case.label
        );
        assert!(
            !case.label.contains(['\t', '\n']),
            "{:?} breaks the table",
            case.label
        );
        let body = hex_runs(&case.body);
        match serde_json::from_slice::<PingInfo>(&case.body) {
            Ok(info) => {
                accepted += 1;
                writeln!(out, "ok\t{}\t{body}\t{}", info.next_ping_in_ms, case.label)?;
            }
            Err(error) => {
                refused += 1;
                writeln!(out, "err\t-\t{body}\t{} [{error}]", case.label)?;
            }
        }
    }
    Ok((accepted, refused))
}

/// The longest pattern that [`hex_runs`] looks for.
const MAX_PATTERN_BYTES: usize = 20;

/// A run shorter than this is written in full.
const MIN_RUN_BYTES: usize = 24;

/// The body as runs separated by spaces, each `HEX` or `HEX*COUNT`: 20,000 brackets are
/// `5b*20000`. The empty body is `-`.
fn hex_runs(body: &[u8]) -> String {
    if body.is_empty() {
        return "-".to_owned();
    }
    let mut runs: Vec<String> = Vec::new();
    let mut literal_start = 0;
    let mut at = 0;
    while at < body.len() {
        let longest = (1..=MAX_PATTERN_BYTES)
            .map(|width| (width, repetitions(&body[at..], width)))
            .max_by_key(|&(width, count)| (width * count, std::cmp::Reverse(width)));
        match longest {
            Some((width, count)) if count > 1 && width * count >= MIN_RUN_BYTES => {
                if literal_start < at {
                    runs.push(hex(&body[literal_start..at]));
                }
                runs.push(format!("{}*{count}", hex(&body[at..at + width])));
                at += width * count;
                literal_start = at;
            }
            _ => at += 1,
        }
    }
    if literal_start < body.len() {
        runs.push(hex(&body[literal_start..]));
    }
    runs.join(" ")
}

/// How often the first `width` bytes of `bytes` follow one another from its start.
fn repetitions(bytes: &[u8], width: usize) -> usize {
    match bytes.get(..width) {
        Some(pattern) => bytes
            .chunks_exact(width)
            .take_while(|chunk| *chunk == pattern)
            .count(),
        None => 0,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand(runs: &str) -> Vec<u8> {
        if runs == "-" {
            return Vec::new();
        }
        let mut body = Vec::new();
        for run in runs.split(' ') {
            let (digits, count) = run.split_once('*').unwrap_or((run, "1"));
            let pattern: Vec<u8> = (0..digits.len())
                .step_by(2)
                .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
                .collect();
            body.extend(pattern.repeat(count.parse().unwrap()));
        }
        body
    }

    #[test]
    fn hex_runs_keep_every_body() {
        for case in bodies::all() {
            assert_eq!(expand(&hex_runs(&case.body)), case.body, "{}", case.label);
        }
    }

    #[test]
    fn long_runs_are_short_to_write() {
        assert_eq!(hex_runs(&[b'['; 20_000]), "5b*20000");
    }
}
