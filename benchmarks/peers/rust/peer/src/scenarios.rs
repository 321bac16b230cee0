//! What a client does.

use std::io;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_channel::mpsc;
use futures_util::StreamExt;
use futures_util::io::{AsyncReadExt, AsyncWriteExt};
use serde_json::{Map, Value};

use crate::Carrier;
use crate::arguments::Sizes;
use crate::measure::{Span, add_latencies, resident_kb, run_together, share};
use crate::service::{self, BULK_BYTES, DONE, ECHO, SINK, SOURCE, request};

const BYTES_PER_MEGABYTE: f64 = 1e6;

/// Part of the round trips that is made before the clock starts, unless it is set by hand.
const WARMUP_DIVISOR: u64 = 10;

/// The length of a message beside a load.
const LOADED_MESSAGE_BYTES: u64 = 64;

/// How many streams may wait for their echo at a time: below the accept queue of every multiplexer,
/// the shortest of which holds 100.
const IDLE_WINDOW: usize = 64;

type Figures = Map<String, Value>;

/// Runs a scenario on a fresh connection; returns its figures.
pub async fn run<C: Carrier>(tcp: TcpStream, sizes: Sizes, name: String) -> io::Result<Figures> {
    let shared = Arc::new(C::connect(tcp)?);
    let session: &C = &shared;
    let figures = match name.as_str() {
        "up" => bulk(session, sizes, true).await,
        "down" => bulk(session, sizes, false).await,
        "pingpong" => {
            round_trips(
                session,
                Sizes {
                    streams: Some(1),
                    ..sizes
                },
            )
            .await
        }
        "rr" => round_trips(session, sizes).await,
        "loaded" => loaded(session, sizes).await,
        "open" => opens(shared.clone(), sizes).await,
        "idle" => idle(session, sizes).await,
        _ => Err(io::Error::other(format!("scenario is '{name}'"))),
    };
    // A session that is dropped ends; it is to go on, with idle streams until the process ends.
    std::mem::forget(shared);
    figures
}

fn at_least(name: &str, value: u64, least: u64) -> io::Result<u64> {
    if value < least {
        let message = format!("--{name} is {value}, must be {least} or more");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    Ok(value)
}

async fn open_all<C: Carrier>(session: &C, count: u64) -> io::Result<Vec<C::Stream>> {
    let mut streams = Vec::new();
    for _ in 0..count {
        streams.push(session.open().await?);
    }
    Ok(streams)
}

async fn bulk<C: Carrier>(session: &C, sizes: Sizes, is_up: bool) -> io::Result<Figures> {
    let streams = at_least("streams", sizes.streams.unwrap_or(1), 1)?;
    let bytes = at_least("bytes", sizes.bytes.unwrap_or(1_000_000_000), streams)?;
    let warmup = sizes.warmup.unwrap_or(0);
    if warmup > 0 {
        transfer(session, streams, warmup, is_up).await?;
    }
    let span = transfer(session, streams, bytes, is_up).await?;
    let mut figures = Figures::new();
    figures.insert("streams".into(), streams.into());
    figures.insert("bytes".into(), bytes.into());
    figures.insert(
        "MBps".into(),
        (bytes as f64 / BYTES_PER_MEGABYTE / span.seconds()).into(),
    );
    span.add_to(&mut figures);
    Ok(figures)
}

async fn transfer<C: Carrier>(
    session: &C,
    count: u64,
    total: u64,
    is_up: bool,
) -> io::Result<Span> {
    let mut tasks = Vec::new();
    for (index, mut stream) in (0..).zip(open_all(session, count).await?) {
        let bytes = share(total, count, index);
        tasks.push(async move {
            if is_up {
                stream.write_all(&request(SINK, bytes)).await?;
                service::write_all(&mut stream, bytes).await?;
                await_done::<C>(&mut stream).await?;
            } else {
                stream.write_all(&request(SOURCE, bytes)).await?;
                service::read_all(&mut stream, bytes).await?;
            }
            Ok(stream)
        });
    }
    let (span, streams) = run_together::<C, _>(tasks).await?;
    for mut stream in streams {
        stream.close().await?;
    }
    Ok(span)
}

async fn await_done<C: Carrier>(stream: &mut C::Stream) -> io::Result<()> {
    let mut answer = [0];
    stream.read_exact(&mut answer).await?;
    if answer[0] != DONE {
        let message = format!("the server answered {}, must be {DONE}", answer[0]);
        return Err(io::Error::other(message));
    }
    Ok(())
}

async fn round_trips<C: Carrier>(session: &C, sizes: Sizes) -> io::Result<Figures> {
    let count = at_least("streams", sizes.streams.unwrap_or(60), 1)?;
    let total = at_least("count", sizes.count.unwrap_or(10_000), count)?;
    let size = at_least("size", sizes.size.unwrap_or(64), 1)?;
    let warmup = sizes.warmup.unwrap_or(total / WARMUP_DIVISOR);
    let mut streams = open_all(session, count).await?;
    for stream in &mut streams {
        stream.write_all(&request(ECHO, 0)).await?;
    }
    let (_, warm) = trip_together::<C>(streams, warmup, size).await?;
    let streams = warm.into_iter().map(|(stream, _)| stream).collect();
    let (span, done) = trip_together::<C>(streams, total, size).await?;
    let (streams, times): (Vec<_>, Vec<_>) = done.into_iter().unzip();
    let mut figures = Figures::new();
    figures.insert("streams".into(), count.into());
    figures.insert("count".into(), total.into());
    figures.insert("size".into(), size.into());
    figures.insert("rps".into(), (total as f64 / span.seconds()).into());
    add_latencies(&mut figures, times);
    span.add_to(&mut figures);
    for mut stream in streams {
        stream.close().await?;
    }
    Ok(figures)
}

type Trips<S> = (Span, Vec<(S, Vec<Duration>)>);

/// Makes round trips on all streams at once; returns the streams with the times of each.
async fn trip_together<C: Carrier>(
    streams: Vec<C::Stream>,
    total: u64,
    size: u64,
) -> io::Result<Trips<C::Stream>> {
    let count = streams.len() as u64;
    let mut tasks = Vec::new();
    for (index, stream) in (0..).zip(streams) {
        tasks.push(trips::<C>(stream, share(total, count, index), size));
    }
    run_together::<C, _>(tasks).await
}

/// Sends messages on one echo stream, each after the answer to the one before.
async fn trips<C: Carrier>(
    mut stream: C::Stream,
    count: u64,
    size: u64,
) -> io::Result<(C::Stream, Vec<Duration>)> {
    let message = vec![0; size as usize];
    let mut answer = message.clone();
    let mut times = Vec::with_capacity(count as usize);
    let mut before = Instant::now();
    for _ in 0..count {
        stream.write_all(&message).await?;
        stream.read_exact(&mut answer).await?;
        let after = Instant::now();
        times.push(after - before);
        before = after;
    }
    Ok((stream, times))
}

async fn loaded<C: Carrier>(session: &C, sizes: Sizes) -> io::Result<Figures> {
    let count = at_least("streams", sizes.streams.unwrap_or(4), 1)?;
    let total = at_least("count", sizes.count.unwrap_or(1000), 1)?;
    let warmup = sizes.warmup.unwrap_or(total / WARMUP_DIVISOR);
    let mut pinged = session.open().await?;
    let mut load = Load::start(session, count).await?;
    pinged.write_all(&request(ECHO, 0)).await?;
    let (_, mut warm) = trip_together::<C>(vec![pinged], warmup, LOADED_MESSAGE_BYTES).await?;
    let streams = warm.drain(..).map(|(stream, _)| stream).collect();
    let before = load.written.load(Ordering::Relaxed);
    let (span, mut done) = trip_together::<C>(streams, total, LOADED_MESSAGE_BYTES).await?;
    let bytes = load.written.load(Ordering::Relaxed) - before;
    load.require_alive()?;
    load.stopped.store(true, Ordering::Relaxed);
    let mut figures = Figures::new();
    figures.insert("streams".into(), count.into());
    figures.insert("count".into(), total.into());
    figures.insert("bytes".into(), bytes.into());
    figures.insert(
        "MBps".into(),
        (bytes as f64 / BYTES_PER_MEGABYTE / span.seconds()).into(),
    );
    add_latencies(
        &mut figures,
        done.drain(..).map(|(_, times)| times).collect(),
    );
    span.add_to(&mut figures);
    Ok(figures)
}

/// Streams that carry bytes to the server until they are stopped.
struct Load {
    written: Arc<AtomicU64>,
    stopped: Arc<AtomicBool>,
    ended: mpsc::UnboundedReceiver<io::Error>,
}

impl Load {
    /// Returns once each of the streams has carried something.
    async fn start<C: Carrier>(session: &C, count: u64) -> io::Result<Self> {
        let (begun, mut beginnings) = mpsc::unbounded();
        let (failed, ended) = mpsc::unbounded();
        let load = Self {
            written: Arc::default(),
            stopped: Arc::default(),
            ended,
        };
        for mut stream in open_all(session, count).await? {
            let (begun, failed) = (begun.clone(), failed.clone());
            let (written, stopped) = (load.written.clone(), load.stopped.clone());
            C::spawn(async move {
                if let Err(error) = Self::write::<C>(&mut stream, &begun, &written, &stopped).await
                {
                    let _ = failed.unbounded_send(error);
                }
            });
        }
        drop(begun);
        for _ in 0..count {
            let next = beginnings.next().await;
            next.ok_or_else(|| io::Error::other("a stream of the load did not begin"))?;
        }
        Ok(load)
    }

    async fn write<C: Carrier>(
        stream: &mut C::Stream,
        begun: &mpsc::UnboundedSender<()>,
        written: &AtomicU64,
        stopped: &AtomicBool,
    ) -> io::Result<()> {
        let buffer = vec![0; BULK_BYTES];
        stream.write_all(&request(SINK, i64::MAX as u64)).await?;
        stream.write_all(&buffer).await?;
        let _ = begun.unbounded_send(());
        while !stopped.load(Ordering::Relaxed) {
            stream.write_all(&buffer).await?;
            written.fetch_add(buffer.len() as u64, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Fails when a stream has failed: the load was not what it should have been.
    fn require_alive(&mut self) -> io::Result<()> {
        match self.ended.try_recv() {
            Ok(error) => Err(io::Error::other(format!(
                "a stream of the load failed: {error}"
            ))),
            Err(_) => Ok(()),
        }
    }
}

async fn opens<C: Carrier>(session: Arc<C>, sizes: Sizes) -> io::Result<Figures> {
    let workers = at_least("concurrency", sizes.concurrency.unwrap_or(8), 1)?;
    let count = at_least("count", sizes.count.unwrap_or(10_000), workers)?;
    open_together(&session, workers, sizes.warmup.unwrap_or(0)).await?;
    let span = open_together(&session, workers, count).await?;
    let mut figures = Figures::new();
    figures.insert("concurrency".into(), workers.into());
    figures.insert("count".into(), count.into());
    figures.insert("opens_per_s".into(), (count as f64 / span.seconds()).into());
    span.add_to(&mut figures);
    Ok(figures)
}

async fn open_together<C: Carrier>(session: &Arc<C>, workers: u64, total: u64) -> io::Result<Span> {
    let mut tasks = Vec::new();
    for index in 0..workers {
        let session = session.clone();
        tasks.push(async move {
            for _ in 0..share(total, workers, index) {
                let mut stream = session.open().await?;
                stream.write_all(&request(SINK, 1)).await?;
                stream.write_all(&[0]).await?;
                await_done::<C>(&mut stream).await?;
                stream.close().await?;
            }
            Ok(())
        });
    }
    Ok(run_together::<C, _>(tasks).await?.0)
}

async fn idle<C: Carrier>(session: &C, sizes: Sizes) -> io::Result<Figures> {
    let count = at_least("streams", sizes.streams.unwrap_or(1000), 1)?;
    let (sender, mut echoes) = mpsc::unbounded();
    // What the first stream makes is not a cost of each.
    open_idle(session, 1, &sender, &mut echoes).await?;
    let base = resident_kb()?;
    open_idle(session, count, &sender, &mut echoes).await?;
    let mut figures = Figures::new();
    figures.insert("streams".into(), count.into());
    figures.insert("base_rss_kb".into(), base.into());
    figures.insert("rss_kb".into(), resident_kb()?.into());
    Ok(figures)
}

type Echo = io::Result<()>;

/// Opens streams and returns once all of them have echoed their byte.
async fn open_idle<C: Carrier>(
    session: &C,
    count: u64,
    sender: &mpsc::UnboundedSender<Echo>,
    echoes: &mut mpsc::UnboundedReceiver<Echo>,
) -> io::Result<()> {
    let mut waiting = 0;
    for _ in 0..count {
        if waiting == IDLE_WINDOW {
            echo_of(echoes).await?;
            waiting -= 1;
        }
        let mut stream = session.open().await?;
        stream.write_all(&request(ECHO, 0)).await?;
        stream.write_all(&[0]).await?;
        waiting += 1;
        let sender = sender.clone();
        C::spawn(async move {
            let mut one = [0];
            let echo = stream.read_exact(&mut one).await;
            let _ = sender.unbounded_send(echo);
            // Nothing should come any more.
            let error = match stream.read(&mut one).await {
                Ok(0) => io::Error::other("it ended"),
                Ok(_) => io::Error::other("it echoed more than one byte"),
                Err(error) => error,
            };
            let _ = sender.unbounded_send(Err(error));
        });
    }
    for _ in 0..waiting {
        echo_of(echoes).await?;
    }
    Ok(())
}

async fn echo_of(echoes: &mut mpsc::UnboundedReceiver<Echo>) -> io::Result<()> {
    let echo = echoes.next().await.unwrap_or(Ok(()));
    echo.map_err(|error| io::Error::other(format!("an idle stream failed: {error}")))
}
