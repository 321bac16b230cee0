//! A peer of the benchmarks: its command line, both sides of its scenarios, and its figures.
//! A program gives a [`Carrier`], what carries the streams, to [`main`].

mod arguments;
mod measure;
mod scenarios;
mod service;

use std::future::Future;
use std::io::{self, BufRead};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use futures_util::io::{AsyncRead, AsyncWrite};

use arguments::{Arguments, Mode};
pub use service::serve;

/// The client's side of a session, and the runtime that it needs.
pub trait Carrier: Send + Sync + Sized + 'static {
    type Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static;

    /// The name of the peer.
    const NAME: &'static str;

    /// The manifest of the program and the dependency that carries the streams, which tell the
    /// version.
    const MANIFEST: &'static str;
    const DEPENDENCY: &'static str;

    /// Begins a session on a connection, as a client. Called within the runtime.
    fn connect(tcp: TcpStream) -> io::Result<Self>;

    fn open(&self) -> impl Future<Output = io::Result<Self::Stream>> + Send;

    /// Serves a connection to its end: [`serve`] for each stream.
    fn serve(tcp: TcpStream) -> impl Future<Output = io::Result<()>> + Send;

    /// Runs a future in the background, to its end.
    fn spawn<F: Future<Output = ()> + Send + 'static>(future: F);

    fn block_on<F>(future: F) -> F::Output
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static;
}

/// Runs the program.
pub fn main<C: Carrier>() -> ExitCode {
    let arguments = match arguments::parse() {
        Ok(arguments) => arguments,
        Err(fault) => {
            eprintln!("{}: {fault}", C::NAME);
            eprintln!("{}", arguments::USAGE);
            return ExitCode::from(2);
        }
    };
    let done = match arguments.mode {
        Mode::Server => run_server::<C>(&arguments),
        Mode::Client => run_client::<C>(arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", C::NAME);
            ExitCode::FAILURE
        }
    }
}

fn run_server<C: Carrier>(arguments: &Arguments) -> io::Result<()> {
    let listener = TcpListener::bind(SocketAddr::new(arguments.host, arguments.port))?;
    println!("ready {}", listener.local_addr()?.port());
    exit_after(arguments.limit_seconds, 0, String::new());
    loop {
        let (tcp, _) = listener.accept()?;
        tcp.set_nodelay(true)?;
        C::spawn(async {
            // The client has ended its session; what went wrong for it, it reports.
            let _ = C::serve(tcp).await;
        });
    }
}

fn run_client<C: Carrier>(arguments: Arguments) -> io::Result<()> {
    let scenario = arguments.scenario.clone();
    exit_after(
        arguments.limit_seconds,
        1,
        format!(
            "{}: {scenario} took over {} s",
            C::NAME,
            arguments.limit_seconds
        ),
    );
    let tcp = TcpStream::connect(SocketAddr::new(arguments.host, arguments.port))?;
    tcp.set_nodelay(true)?;
    let mut result = serde_json::Map::new();
    result.insert("peer".into(), describe::<C>().into());
    result.insert("scenario".into(), scenario.clone().into());
    let figures = C::block_on(scenarios::run::<C>(tcp, arguments.sizes, scenario.clone()))?;
    // The session goes on in the background until the process ends.
    result.extend(figures);
    println!("{}", serde_json::Value::Object(result));
    if scenario == "idle" {
        io::stdin().lock().read_line(&mut String::new())?;
    }
    Ok(())
}

/// Ends the process unless it has ended by itself, so that none outlives its use.
fn exit_after(seconds: u64, code: i32, message: String) {
    thread::spawn(move || {
        thread::sleep(Duration::from_secs(seconds));
        if !message.is_empty() {
            eprintln!("{message}");
        }
        std::process::exit(code);
    });
}

/// The name of the peer, the pinned version of what carries the streams, and that of the compiler.
fn describe<C: Carrier>() -> String {
    let version = C::MANIFEST
        .lines()
        .find_map(|line| line.strip_prefix(C::DEPENDENCY)?.strip_prefix(" = \"="))
        .and_then(|rest| rest.split('"').next())
        .unwrap_or("unknown");
    format!("{} {version} rustc {}", C::NAME, env!("RUSTC_VERSION"))
}
