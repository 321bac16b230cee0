//! The opening side: streams that ask the other side for something and check the answer.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{join_all, select_all, try_join};
use futures_util::io::{AsyncReadExt, AsyncWriteExt};
use serde_json::{Value, json};

use super::language::pace;
use super::report::Report;
use super::session::Session;
use super::transfer::{self, Generator, Meter, Receipt};
use crate::mux;

/// The part of the help text that lists the scenarios.
pub const HELP: &str = "\
SCENARIOS
  Each is one argument, such as \"echo 0,1,20000\"; they run one after the other, each is one
  check of the report. The other side must understand the language of metadata.

  meta LEN,...             metadata of these lengths: digest compared
  echo SIZE,...            one stream per size, its bytes sent and read back; we close first
  echo-close SIZE,...      the same, the other side closes first
  echo-half SIZE,...       the same, our FIN first, then the echo up to end of file (0.3)
  sink SIZE,...            receipt compared
  source SIZE,...          digest compared, end of file after the last byte
  small COUNT SIZE         one echo written in COUNT pieces of SIZE bytes
  pingpong COUNT SIZE      COUNT times on one stream: SIZE bytes there and back
  concurrent COUNT SIZE    COUNT echoes at once
  short COUNT AT_ONCE      COUNT streams of one echoed byte, AT_ONCE of them at a time
  half-close SIZE ANSWER   sends SIZE bytes and FIN, then reads a receipt and ANSWER bytes (0.3)
  slow SIZE MS CHUNK       a source read in pieces of CHUNK bytes with pauses of MS milliseconds
  both SIZE                a source and a sink of SIZE bytes at the same time
  drop-unread COUNT SIZE READ   COUNT sources of SIZE bytes, dropped after READ bytes
  drop-written SIZE        writes SIZE bytes and drops the stream at once; all must arrive
  refused COUNT REFUSED    opens COUNT held streams; exactly REFUSED must end at once
  latency                  waits until the latency is known
  await-end TEXT           waits for the end of the session, whose cause must contain TEXT
";

/// Runs one scenario as one check of the report.
pub async fn run(scenario: &str, session: &Arc<Session>, report: &Report) {
    report
        .check(scenario, session.settings.limit, perform(scenario, session))
        .await;
}

/// Whether the text names a scenario with arguments of the right number and kind.
pub fn parse(scenario: &str) -> Result<(), String> {
    let (name, arguments) = split(scenario);
    let numbers = || {
        arguments
            .iter()
            .all(|argument| argument.parse::<u64>().is_ok())
    };
    let sizes = || arguments.len() == 1 && list(&arguments).is_ok();
    let known = match name {
        "meta" | "echo" | "echo-close" | "echo-half" | "sink" | "source" => sizes(),
        "both" | "drop-written" => arguments.len() == 1 && numbers(),
        "small" | "pingpong" | "concurrent" | "short" | "half-close" | "refused" => {
            arguments.len() == 2 && numbers()
        }
        "slow" | "drop-unread" => arguments.len() == 3 && numbers(),
        "latency" => arguments.is_empty(),
        "await-end" => !arguments.is_empty(),
        _ => return Err(format!("no scenario is called \"{name}\"")),
    };
    let needs_half_close = matches!(name, "echo-half" | "half-close");
    if needs_half_close && !crate::HALF_CLOSE {
        return Err(format!(
            "\"{name}\" needs half-close, which {} lacks",
            crate::CRATE_VERSION
        ));
    }
    known
        .then_some(())
        .ok_or_else(|| format!("wrong arguments in \"{scenario}\""))
}

fn split(scenario: &str) -> (&str, Vec<&str>) {
    let mut words = scenario.split_whitespace();
    (words.next().unwrap_or_default(), words.collect())
}

fn list(arguments: &[&str]) -> io::Result<Vec<u64>> {
    let parse = |word: &str| {
        word.parse()
            .map_err(|_| io::Error::other(format!("bad size {word}")))
    };
    arguments
        .iter()
        .flat_map(|argument| argument.split(','))
        .map(parse)
        .collect()
}

async fn perform(scenario: &str, session: &Arc<Session>) -> io::Result<Value> {
    let (name, arguments) = split(scenario);
    if name == "await-end" {
        return await_end(session, &arguments.join(" ")).await;
    }
    let numbers = list(&arguments)?;
    match (name, &numbers[..]) {
        ("meta", lengths) => {
            for length in lengths {
                meta(session, *length as usize).await?;
            }
        }
        ("echo", sizes) => {
            for size in sizes {
                echo(session, *size, *size, Close::Ours).await?;
            }
        }
        ("echo-close", sizes) => {
            for size in sizes {
                echo(session, *size, *size, Close::Theirs).await?;
            }
        }
        ("echo-half", sizes) => {
            for size in sizes {
                echo_half(session, *size).await?;
            }
        }
        ("sink", sizes) => {
            for size in sizes {
                sink(session, *size).await?;
            }
        }
        ("source", sizes) => {
            for size in sizes {
                source(session, *size, None).await?;
            }
        }
        ("small", [count, size]) => small(session, *count, *size as usize).await?,
        ("pingpong", [count, size]) => pingpong(session, *count, *size as usize).await?,
        ("concurrent", [count, size]) => {
            let echoes = (0..*count).map(|seed| echo(session, *size, seed, Close::Ours));
            join_all(echoes)
                .await
                .into_iter()
                .collect::<io::Result<()>>()?;
        }
        ("short", [count, at_once]) => short(session, *count, *at_once).await?,
        ("half-close", [size, answer]) => half_close(session, *size, *answer).await?,
        ("slow", [size, pause_ms, chunk]) => {
            source(session, *size, Some(pace(*pause_ms, *chunk as usize))).await?;
        }
        ("both", [size]) => {
            try_join(source(session, *size, None), sink(session, *size)).await?;
        }
        ("drop-unread", [count, size, read]) => drop_unread(session, *count, *size, *read).await?,
        ("drop-written", [size]) => return drop_written(session, *size).await,
        ("refused", [count, refused]) => refusals(session, *count, *refused).await?,
        ("latency", []) => return latency(session).await,
        _ => return Err(io::Error::other("not a scenario")),
    }
    Ok(Value::Null)
}

/// Who closes a stream first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Close {
    Ours,
    Theirs,
}

async fn meta(session: &Session, length: usize) -> io::Result<()> {
    // A first byte that is no letter keeps the bytes from being a command by chance.
    let mut metadata = Generator::bytes(length as u64, length);
    if let Some(first) = metadata.first_mut() {
        *first = 0xFF;
    }
    let mut meter = Meter::default();
    meter.add(&metadata);
    let expected = format!("{length} {}\n", meter.receipt().hex());
    let mut stream = session.open(&metadata).await?;
    let mut answer = vec![0; expected.len()];
    stream.read_exact(&mut answer).await?;
    ensure(answer == expected.as_bytes(), || {
        format!(
            "metadata of {length} bytes: {:?}",
            String::from_utf8_lossy(&answer)
        )
    })?;
    expect_end(&mut stream).await
}

async fn echo(session: &Session, size: u64, seed: u64, close: Close) -> io::Result<()> {
    let wait = if close == Close::Ours { " wait" } else { "" };
    let mut stream = session
        .open(format!("echo {size}{wait}").as_bytes())
        .await?;
    let received = {
        let (mut input, mut output) = (&mut stream).split();
        let sent = transfer::send(&mut output, size, seed);
        let limit = (close == Close::Ours).then_some(size);
        let received = transfer::receive(&mut input, limit, None);
        try_join(sent, received).await?.1
    };
    compare(received, transfer::expected(size, seed))?;
    transfer::shut(&mut stream).await
}

async fn small(session: &Session, count: u64, size: usize) -> io::Result<()> {
    let total = count * size as u64;
    let mut stream = session
        .open(format!("echo {total} wait").as_bytes())
        .await?;
    let received = {
        let (mut input, mut output) = (&mut stream).split();
        let sent = async {
            let mut generator = Generator::new(count);
            let mut piece = vec![0; size];
            for _ in 0..count {
                generator.fill(&mut piece);
                output.write_all(&piece).await?;
                output.flush().await?;
            }
            Ok(())
        };
        let received = transfer::receive(&mut input, Some(total), None);
        try_join(sent, received).await?.1
    };
    compare(received, transfer::expected(total, count))?;
    transfer::shut(&mut stream).await
}

async fn pingpong(session: &Session, count: u64, size: usize) -> io::Result<()> {
    let total = count * size as u64;
    let mut stream = session
        .open(format!("echo {total} wait").as_bytes())
        .await?;
    let mut generator = Generator::new(count);
    let mut piece = vec![0; size];
    let mut answer = vec![0; size];
    for round in 0..count {
        generator.fill(&mut piece);
        stream.write_all(&piece).await?;
        stream.flush().await?;
        stream.read_exact(&mut answer).await?;
        ensure(answer == piece, || format!("other bytes in round {round}"))?;
    }
    transfer::shut(&mut stream).await
}

async fn echo_half(session: &Session, size: u64) -> io::Result<()> {
    let mut stream = session.open(b"echo").await?;
    let (mut input, mut output) = (&mut stream).split();
    let sent = async {
        transfer::send(&mut output, size, size).await?;
        output.close().await
    };
    let (_, received) = try_join(sent, transfer::receive(&mut input, None, None)).await?;
    compare(received, transfer::expected(size, size))
}

async fn sink(session: &Session, size: u64) -> io::Result<()> {
    let mut stream = session.open(format!("sink {size} wait").as_bytes()).await?;
    transfer::send(&mut stream, size, size).await?;
    compare(
        read_receipt(&mut stream).await?,
        transfer::expected(size, size),
    )?;
    transfer::shut(&mut stream).await
}

async fn source(session: &Session, size: u64, pace: Option<transfer::Pace>) -> io::Result<()> {
    let mut stream = session
        .open(format!("source {size} {size}").as_bytes())
        .await?;
    let received = transfer::receive(&mut stream, None, pace).await?;
    compare(received, transfer::expected(size, size))?;
    transfer::shut(&mut stream).await
}

async fn short(session: &Arc<Session>, count: u64, at_once: u64) -> io::Result<()> {
    let workers = (0..at_once).map(|worker| async move {
        for number in (worker..count).step_by(at_once.max(1) as usize) {
            one_byte(session, number as u8).await.map_err(|error| {
                io::Error::new(error.kind(), format!("stream {number} of {count}: {error}"))
            })?;
        }
        Ok(())
    });
    join_all(workers).await.into_iter().collect()
}

async fn one_byte(session: &Session, byte: u8) -> io::Result<()> {
    let mut stream = session.open(b"echo 1 wait").await?;
    stream.write_all(&[byte]).await?;
    stream.flush().await?;
    let mut answer = [0];
    stream.read_exact(&mut answer).await?;
    ensure(answer == [byte], || {
        format!("sent byte {byte}, got {}", answer[0])
    })
}

async fn half_close(session: &Session, size: u64, answer: u64) -> io::Result<()> {
    let mut stream = session
        .open(format!("half-close {answer} 5").as_bytes())
        .await?;
    transfer::send(&mut stream, size, size).await?;
    stream.close().await?;
    compare(
        read_receipt(&mut stream).await?,
        transfer::expected(size, size),
    )?;
    let received = transfer::receive(&mut stream, None, None).await?;
    compare(received, transfer::expected(answer, 5))
}

async fn drop_unread(session: &Session, count: u64, size: u64, read: u64) -> io::Result<()> {
    for seed in 0..count {
        let mut stream = session
            .open(format!("source {size} {seed}").as_bytes())
            .await?;
        let received = transfer::receive(&mut stream, Some(read), None).await?;
        compare(received, transfer::expected(read, seed))?;
    }
    Ok(())
}

async fn drop_written(session: &Session, size: u64) -> io::Result<Value> {
    let key = format!("drop-written-{size}");
    let mut stream = session
        .open(format!("sink {size} as={key}").as_bytes())
        .await?;
    transfer::send(&mut stream, size, size).await?;
    if let Some(pause) = crate::SETTLE_BEFORE_CLOSE {
        mux::sleep(pause).await;
    }
    drop(stream);
    let mut asked = session.open(format!("result {key}").as_bytes()).await?;
    let mut answer = String::new();
    asked.read_to_string(&mut answer).await?;
    let outcome: Value = serde_json::from_str(&answer).map_err(io::Error::other)?;
    let expected = transfer::expected(size, size);
    ensure(
        outcome["bytes"] == size && outcome["sha256"] == expected.hex(),
        || format!("of {size} bytes written and dropped arrived: {outcome}"),
    )?;
    Ok(outcome)
}

/// How long the streams that were not refused must stay alive to count as such.
const GRACE: Duration = Duration::from_millis(300);

async fn refusals(session: &Session, count: u64, refused: u64) -> io::Result<()> {
    let mut streams = Vec::new();
    for number in 0..count {
        streams.push(
            session
                .open(format!("hold refused-{number}").as_bytes())
                .await?,
        );
    }
    let mut ends: Vec<_> = streams
        .iter_mut()
        .map(|stream| Box::pin(async move { stream.read(&mut [0]).await }))
        .collect();
    for ended in 0..refused {
        ensure(!ends.is_empty(), || {
            format!("only {ended} streams of {count} in all")
        })?;
        let (end, _, others) = select_all(ends).await;
        ensure(end? == 0, || "a refused stream delivered data".to_owned())?;
        ends = others;
    }
    if ends.is_empty() {
        return Ok(());
    }
    let another = select_all(ends);
    match futures_util::future::select(another, std::pin::pin!(mux::sleep(GRACE))).await {
        futures_util::future::Either::Left(_) => Err(io::Error::other(format!(
            "more than {refused} of {count} streams ended"
        ))),
        futures_util::future::Either::Right(_) => Ok(()),
    }
}

async fn latency(session: &Session) -> io::Result<Value> {
    loop {
        if let Some(latency) = session.last_latency() {
            return Ok(json!({"micros": latency.as_micros() as u64}));
        }
        mux::sleep(Duration::from_millis(5)).await;
    }
}

async fn await_end(session: &Session, text: &str) -> io::Result<Value> {
    let cause = session.dead().await;
    ensure(cause.contains(text), || {
        format!("the session ended with \"{cause}\"")
    })?;
    Ok(json!({"cause": cause}))
}

async fn read_receipt(stream: &mut mux::Stream) -> io::Result<Receipt> {
    let mut wire = vec![0; Receipt::WIRE_BYTES as usize];
    stream.read_exact(&mut wire).await?;
    Receipt::from_wire(&wire)
}

async fn expect_end(stream: &mut mux::Stream) -> io::Result<()> {
    let more = transfer::receive(stream, None, None).await?;
    ensure(more.bytes == 0, || {
        format!("{} bytes after the answer", more.bytes)
    })
}

fn compare(got: Receipt, want: Receipt) -> io::Result<()> {
    ensure(got == want, || {
        format!(
            "{} bytes {}, want {} bytes {}",
            got.bytes,
            got.hex(),
            want.bytes,
            want.hex()
        )
    })
}

fn ensure(holds: bool, problem: impl FnOnce() -> String) -> io::Result<()> {
    if holds {
        Ok(())
    } else {
        Err(io::Error::other(problem()))
    }
}
