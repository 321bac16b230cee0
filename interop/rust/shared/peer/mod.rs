//! A peer for interoperability tests: one program for every version of the crate.

mod cli;
mod geph;
mod language;
mod report;
mod scenarios;
mod serve;
mod session;
mod transfer;

use std::future::Future;
use std::io::{self, BufRead, Write};
use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;

use async_channel::{Receiver, Sender};
use futures_util::future::{Either, select};

use crate::mux::{self, Listener, Tcp};
use cli::{Options, Role};
use report::Report;
use session::{Session, Settings};

/// Exit code of a wrong command line.
const USAGE: u8 = 2;

pub fn main() -> ExitCode {
    let options = match cli::parse() {
        Ok(options) => options,
        Err(problem) => {
            eprintln!("{problem}\nTry --help.");
            return ExitCode::from(USAGE);
        }
    };
    match mux::block_on(run(options)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> io::Result<bool> {
    let control = Control::start(options.supervised);
    let settings = Settings {
        debloat: options.debloat,
        liveness: options.liveness,
        accept_delay: options.accept_delay,
        accept_gate: options.accept_gate.then(|| control.accept.clone()),
        limit: options.limit,
    };
    match &options.role {
        Role::Help => {
            print!("{}", cli::help());
            Ok(true)
        }
        Role::Listen { port } => listen(*port, &options, settings, &control).await,
        Role::Connect { to } => connect(to, &options, settings, &control).await,
        Role::Exit { port } => {
            let serving = geph::exit(announce(*port).await?);
            control.until_quit(serving).await.unwrap_or(Ok(()))?;
            Ok(true)
        }
        Role::Get(request) => {
            let (ok, line) = geph::get(request, options.limit).await;
            say(&line);
            Ok(ok)
        }
    }
}

async fn announce(port: u16) -> io::Result<Listener> {
    let listener = Listener::bind(port).await?;
    say(&format!("listening {}", listener.port()?));
    Ok(listener)
}

/// One line on standard output, at once. Whoever reads it may have gone: that is no error here.
fn say(line: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

async fn listen(
    port: u16,
    options: &Options,
    settings: Settings,
    control: &Control,
) -> io::Result<bool> {
    let listener = announce(port).await?;
    let (done, results) = async_channel::unbounded();
    let mut started = 0;
    while started < options.sessions.unwrap_or(u64::MAX) {
        let Some(tcp) = control.until_quit(listener.accept()).await else {
            break;
        };
        started += 1;
        let tcp = tcp?;
        let session = one_session(
            tcp,
            started,
            options.clone(),
            settings.clone(),
            control.clone(),
        );
        let done = done.clone();
        mux::spawn(async move {
            // The receiver outlives every session: it is read until the last one has ended.
            let _ = done.send(session.await).await;
        })
        .detach();
    }
    let mut ok = true;
    for _ in 0..started {
        ok &= results.recv().await.unwrap_or(false);
    }
    Ok(ok)
}

async fn connect(
    to: &str,
    options: &Options,
    settings: Settings,
    control: &Control,
) -> io::Result<bool> {
    let mut ok = true;
    for number in 1..=options.sessions.unwrap_or(1) {
        let Some(tcp) = control.until_quit(mux::dial(to)).await else {
            break;
        };
        ok &= one_session(
            tcp?,
            number,
            options.clone(),
            settings.clone(),
            control.clone(),
        )
        .await;
    }
    Ok(ok)
}

/// Serves a session and runs the scenarios on it; prints its line and answers whether all was well.
async fn one_session(
    tcp: Tcp,
    number: u64,
    options: Options,
    settings: Settings,
    control: Control,
) -> bool {
    let session = Session::start(tcp, settings);
    let report = Arc::new(Report::default());
    let serving = mux::spawn(serve::serve(session.clone()));
    let work = async {
        for scenario in &options.scenarios {
            scenarios::run(scenario, &session, &report).await;
        }
        if options.scenarios.is_empty() {
            session.while_alive(session.dead()).await;
        } else if options.keep_open {
            say(&report.line(number, &session));
            session.while_alive(session.dead()).await;
        }
        session.finish("all scenarios done");
    };
    if control.until_quit(work).await.is_none() {
        session.finish("told to quit");
    }
    drop(serving);
    let expects_end = options
        .scenarios
        .iter()
        .any(|scenario| scenario.starts_with("await-end"));
    let violated = session
        .end()
        .is_some_and(|end| end.starts_with("InvalidData") || end.starts_with("TimedOut"));
    say(&report.line(number, &session));
    report.ok() && (expects_end || !violated)
}

/// What the process that started this one says on standard input.
#[derive(Clone)]
struct Control {
    /// Closed when accepting may begin.
    accept: Receiver<()>,
    /// Closed when the program shall end.
    quit: Receiver<()>,
    _open: Option<Arc<(Sender<()>, Sender<()>)>>,
}

impl Control {
    /// Listens to standard input where the program is supervised.
    fn start(supervised: bool) -> Self {
        let (accept_sender, accept) = async_channel::bounded(1);
        let (quit_sender, quit) = async_channel::bounded(1);
        if !supervised {
            let open = Some(Arc::new((accept_sender, quit_sender)));
            return Self {
                accept,
                quit,
                _open: open,
            };
        }
        std::thread::spawn(move || {
            for line in io::stdin().lock().lines().map_while(Result::ok) {
                match line.trim() {
                    "accept" => drop(accept_sender.close()),
                    "quit" => drop(quit_sender.close()),
                    other => eprintln!("unknown word on standard input: {other}"),
                }
            }
            std::process::exit(0);
        });
        Self {
            accept,
            quit,
            _open: None,
        }
    }

    /// Runs a future until it ends or the program shall.
    async fn until_quit<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        match select(pin!(future), pin!(self.quit.recv())).await {
            Either::Left((value, _)) => Some(value),
            Either::Right(_) => None,
        }
    }
}
