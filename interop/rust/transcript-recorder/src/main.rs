//! Records the bytes of a session between two test peers, as they pass a proxy between them.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use lexopt::prelude::*;

const HELP: &str = "\
Records the bytes of a session between two test peers.

USAGE
  transcript-recorder --listener PROGRAM --connector PROGRAM --opener listener|connector
                      --out FILE [--peer-option WORD]... SCENARIO...

The opener runs the scenarios; both peers get the options. The recording is kept only if all checks
of the scenarios pass.
";

/// Exit code of a wrong command line.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let plan = match Plan::parse() {
        Ok(plan) => plan,
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::from(USAGE);
        }
    };
    match plan.record() {
        Ok(summary) => {
            println!("{summary}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// What to record.
struct Plan {
    listener: String,
    connector: String,
    opener: Opener,
    out: PathBuf,
    peer_options: Vec<String>,
    scenarios: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Opener {
    Listener,
    Connector,
}

/// A piece of bytes as the proxy read it; an empty one is the end of its direction.
struct Piece {
    direction: u8,
    micros: u32,
    bytes: Vec<u8>,
}

/// How often the recorder looks whether the connector has connected or ended.
const POLL_INTERVAL: Duration = Duration::from_millis(5);

const CONNECTOR_TO_LISTENER: u8 = 0;
const LISTENER_TO_CONNECTOR: u8 = 1;

impl Plan {
    fn parse() -> Result<Self, lexopt::Error> {
        let (mut listener, mut connector, mut opener, mut out) = (None, None, None, None);
        let (mut peer_options, mut scenarios) = (Vec::new(), Vec::new());
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                Short('h') | Long("help") => return Err(HELP.into()),
                Long("listener") => listener = Some(parser.value()?.string()?),
                Long("connector") => connector = Some(parser.value()?.string()?),
                Long("opener") => opener = Some(parser.value()?.parse_with(opener_named)?),
                Long("out") => out = Some(PathBuf::from(parser.value()?)),
                Long("peer-option") => peer_options.push(parser.value()?.string()?),
                Value(scenario) => scenarios.push(scenario.string()?),
                _ => return Err(argument.unexpected()),
            }
        }
        match (listener, connector, opener, out) {
            (Some(listener), Some(connector), Some(opener), Some(out)) => Ok(Self {
                listener,
                connector,
                opener,
                out,
                peer_options,
                scenarios,
            }),
            _ => Err(HELP.into()),
        }
    }

    fn record(&self) -> io::Result<String> {
        let mut listener = self.start(
            &self.listener,
            &["listen", "--sessions", "1"],
            Opener::Listener,
        )?;
        let announced = listener.line()?;
        let port: u16 = announced
            .strip_prefix("listening ")
            .and_then(|port| port.parse().ok())
            .ok_or_else(|| io::Error::other(format!("no port in \"{announced}\"")))?;
        let proxy = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let to = proxy.local_addr()?.to_string();
        let mut connector = self.start(
            &self.connector,
            &["connect", "--to", &to],
            Opener::Connector,
        )?;
        let near = connector.accepted_by(&proxy)?;
        let far = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        let pieces = carry(near, far)?;
        let reports = [listener.line()?, connector.line()?];
        listener.end()?;
        connector.end()?;
        let report = &reports[if self.opener == Opener::Listener {
            0
        } else {
            1
        }];
        if !report.contains("\"ok\":true") || report.contains("\"ok\":false") {
            return Err(io::Error::other(format!("a check failed: {report}")));
        }
        self.write(&pieces)?;
        let total: usize = pieces.iter().map(|piece| piece.bytes.len()).sum();
        Ok(format!(
            "{}: {total} bytes in {} pieces",
            self.out.display(),
            pieces.len()
        ))
    }

    fn start(&self, program: &str, role: &[&str], whose: Opener) -> io::Result<Peer> {
        let mut command = Command::new(program);
        command
            .args(role)
            .arg("--supervised")
            .args(&self.peer_options);
        if self.opener == whose {
            command.args(&self.scenarios);
        }
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let output = output.ok_or_else(|| io::Error::other("no standard output"))?;
        Ok(Peer {
            child,
            input,
            output: BufReader::new(output),
        })
    }

    /// Writes a header of text lines, an empty line, then the pieces: direction (u8), microseconds
    /// since the start and length (u32, little endian), bytes.
    fn write(&self, pieces: &[Piece]) -> io::Result<()> {
        let name = |program: &str| {
            let file = PathBuf::from(program);
            let stem = file
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned());
            stem.unwrap_or_default()
                .trim_start_matches("peer-")
                .replace('-', ".")
        };
        let mut out = BufWriter::new(File::create(&self.out)?);
        writeln!(out, "picomux-transcript: 1")?;
        writeln!(out, "listener: {}", name(&self.listener))?;
        writeln!(out, "connector: {}", name(&self.connector))?;
        let opener = if self.opener == Opener::Listener {
            "listener"
        } else {
            "connector"
        };
        writeln!(out, "opener: {opener}")?;
        writeln!(out, "options: {}", self.peer_options.join(" "))?;
        writeln!(out, "scenarios: {}", self.scenarios.join("; "))?;
        writeln!(out)?;
        for piece in pieces {
            out.write_all(&[piece.direction])?;
            out.write_all(&piece.micros.to_le_bytes())?;
            out.write_all(&(piece.bytes.len() as u32).to_le_bytes())?;
            out.write_all(&piece.bytes)?;
        }
        out.flush()
    }
}

fn opener_named(name: &str) -> Result<Opener, String> {
    match name {
        "listener" => Ok(Opener::Listener),
        "connector" => Ok(Opener::Connector),
        _ => Err(format!("the opener is listener or connector, not {name}")),
    }
}

/// A running test peer; it ends with its standard input, at the latest when this is dropped.
struct Peer {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Peer {
    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    }

    /// Waits for the connection of this peer, as long as it runs.
    fn accepted_by(&mut self, proxy: &TcpListener) -> io::Result<TcpStream> {
        proxy.set_nonblocking(true)?;
        loop {
            match proxy.accept() {
                Ok((stream, _)) => {
                    stream.set_nonblocking(false)?;
                    return Ok(stream);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
            if let Some(status) = self.child.try_wait()? {
                return Err(io::Error::other(format!(
                    "the connector ended with {status}"
                )));
            }
            thread::sleep(POLL_INTERVAL);
        }
    }

    fn end(&mut self) -> io::Result<()> {
        self.child.wait().map(drop)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.input = None;
        // The process ends by itself once its standard input is closed.
        let _ = self.child.wait();
    }
}

/// Carries bytes both ways until both directions have ended; answers what passed, in order.
fn carry(connector: TcpStream, listener: TcpStream) -> io::Result<Vec<Piece>> {
    let start = Instant::now();
    let log = Arc::new(Mutex::new(Vec::new()));
    let mut threads = Vec::new();
    for (direction, from, to) in [
        (
            CONNECTOR_TO_LISTENER,
            connector.try_clone()?,
            listener.try_clone()?,
        ),
        (LISTENER_TO_CONNECTOR, listener, connector),
    ] {
        let log = log.clone();
        to.set_nodelay(true)?;
        threads.push(thread::spawn(move || {
            one_way(direction, from, to, start, &log)
        }));
    }
    for thread in threads {
        thread
            .join()
            .map_err(|_| io::Error::other("a direction of the proxy failed"))?;
    }
    let mut log = log
        .lock()
        .map_err(|_| io::Error::other("the log is lost"))?;
    Ok(std::mem::take(&mut *log))
}

fn one_way(
    direction: u8,
    mut from: TcpStream,
    mut to: TcpStream,
    start: Instant,
    log: &Mutex<Vec<Piece>>,
) {
    let mut chunk = vec![0; 64 * 1024];
    loop {
        // A reset ends a direction like an end of file: peers just drop a session.
        let read = from.read(&mut chunk).unwrap_or(0);
        let micros = start.elapsed().as_micros() as u32;
        let piece = Piece {
            direction,
            micros,
            bytes: chunk[..read].to_vec(),
        };
        // Noted before it is passed on, so that no answer can be noted before its cause.
        if let Ok(mut log) = log.lock() {
            log.push(piece);
        }
        if read == 0 {
            let _ = to.shutdown(Shutdown::Write);
            return;
        }
        if to.write_all(&chunk[..read]).is_err() {
            // The other side has gone: its own direction notes the end.
            let _ = from.shutdown(Shutdown::Read);
        }
    }
}
