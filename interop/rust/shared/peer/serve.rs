//! The accepting side: does what the metadata of each stream asks.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures_util::io::{AsyncReadExt, AsyncWriteExt};
use serde_json::json;

use super::language::{Command, Ending, Verb, pace};
use super::session::Session;
use super::transfer::{self, CHUNK_BYTES, Meter, Receipt};
use crate::mux::{self, Stream};

/// Accepts streams until the session ends, each served by a task of its own.
pub async fn serve(session: Arc<Session>) {
    mux::sleep(session.settings.accept_delay).await;
    if let Some(gate) = &session.settings.accept_gate {
        // Nothing is ever sent through the gate: it opens by being closed.
        let _ = session.while_alive(gate.recv()).await;
    }
    while let Some(Ok(stream)) = session.while_alive(session.accept()).await {
        let session = session.clone();
        mux::spawn(async move {
            session.counters.live.fetch_add(1, Ordering::Relaxed);
            session.while_alive(run(&session, stream)).await;
            session.counters.live.fetch_sub(1, Ordering::Relaxed);
        })
        .detach();
    }
}

/// The stream goes away without a word.
const DROPPED: Option<Ending> = None;

async fn run(session: &Session, mut stream: Stream) {
    let metadata = mux::metadata(&stream).to_vec();
    let mut command = match Command::parse(&metadata) {
        Ok(command) => command,
        Err(problem) => {
            let _ = answer(
                session,
                &mut stream,
                format!("error: {problem}\n").as_bytes(),
            )
            .await;
            let _ = finish(session, &mut stream, Ending::Close).await;
            return;
        }
    };
    while let Verb::Hold { key } = &command.verb {
        match session.hold(key).recv().await {
            Ok(told) => command = told,
            Err(_) => return,
        }
    }
    let mut received = None;
    let end = match perform(session, &mut stream, &metadata, &command, &mut received).await {
        Ok(Some(ending)) => finish(session, &mut stream, ending).await,
        Ok(None) => Ok(0),
        Err(error) => Err(error),
    };
    drop(stream);
    if let Some(key) = &command.result_key {
        let value = json!({
            "bytes": received.map(|receipt| receipt.bytes),
            "sha256": received.map(|receipt| receipt.hex()),
            "discarded_bytes": end.as_ref().ok(),
            "error": end.as_ref().err().map(|error| format!("{:?}: {error}", error.kind())),
        });
        session.keep_outcome(key, value);
    }
}

/// Does the work of one command up to the end of the stream, and answers how that shall be. What was
/// read in full is noted in `received` even if the answer to it can't be sent.
async fn perform(
    session: &Session,
    stream: &mut Stream,
    metadata: &[u8],
    command: &Command,
    received: &mut Option<Receipt>,
) -> io::Result<Option<Ending>> {
    match &command.verb {
        Verb::Meta => {
            let mut meter = Meter::default();
            meter.add(metadata);
            let text = format!("{} {}\n", metadata.len(), meter.receipt().hex());
            answer(session, stream, text.as_bytes()).await?;
        }
        Verb::Echo { bytes } => *received = Some(echo(session, stream, *bytes).await?),
        Verb::Sink { bytes } => {
            let receipt = take(session, stream, *bytes, None).await?;
            *received = Some(receipt);
            answer(session, stream, &receipt.to_wire()).await?;
        }
        Verb::Slow {
            pause_ms,
            chunk_bytes,
            bytes,
        } => {
            let receipt = take(session, stream, *bytes, Some((*pause_ms, *chunk_bytes))).await?;
            *received = Some(receipt);
            answer(session, stream, &receipt.to_wire()).await?;
        }
        Verb::Source { bytes, seed } => give(session, stream, *bytes, *seed).await?,
        Verb::HalfClose { bytes, seed } => {
            let receipt = take(session, stream, None, None).await?;
            *received = Some(receipt);
            answer(session, stream, &receipt.to_wire()).await?;
            give(session, stream, *bytes, *seed).await?;
        }
        Verb::Shut { bytes, seed } => {
            give(session, stream, *bytes, *seed).await?;
            transfer::shut(stream).await?;
            *received = Some(take(session, stream, None, None).await?);
            return Ok(DROPPED);
        }
        Verb::DropAfter { bytes } => {
            *received = Some(take(session, stream, Some(*bytes), None).await?);
            return Ok(DROPPED);
        }
        Verb::Gone => {
            return Ok(DROPPED);
        }
        Verb::Hold { .. } => return Err(io::Error::other("a held stream was told to hold")),
        Verb::Tell { key, command } => {
            let told = session.tell(key, (**command).clone());
            answer(session, stream, if told { b"ok\n" } else { b"unknown\n" }).await?;
        }
        Verb::Result { key } => {
            if let Some(value) = session.outcome(key).await {
                answer(session, stream, format!("{value}\n").as_bytes()).await?;
            }
        }
        Verb::Latency => {
            let text = match session.last_latency() {
                Some(latency) => format!("{}\n", latency.as_micros()),
                None => "none\n".to_owned(),
            };
            answer(session, stream, text.as_bytes()).await?;
        }
        Verb::Debloat { on } => {
            session.set_debloat(*on);
            answer(session, stream, b"ok\n").await?;
        }
        Verb::Stats => answer(session, stream, format!("{}\n", session.stats()).as_bytes()).await?,
        Verb::EndSession => {
            session.finish("dropped as asked by the peer");
            return Ok(DROPPED);
        }
        Verb::Abort => std::process::abort(),
    }
    Ok(Some(command.ending))
}

/// Ends a stream; answers how many bytes were discarded meanwhile.
async fn finish(session: &Session, stream: &mut Stream, ending: Ending) -> io::Result<u64> {
    let discarded = match ending {
        Ending::Close => {
            transfer::shut(stream).await?;
            take(session, stream, None, None).await?
        }
        Ending::Wait => {
            let receipt = take(session, stream, None, None).await?;
            transfer::shut(stream).await?;
            receipt
        }
        Ending::Abandon => {
            transfer::shut(stream).await?;
            return Ok(0);
        }
    };
    Ok(discarded.bytes)
}

async fn answer(session: &Session, stream: &mut Stream, bytes: &[u8]) -> io::Result<()> {
    session
        .counters
        .bytes_written
        .fetch_add(bytes.len() as u64, Ordering::Relaxed);
    stream.write_all(bytes).await?;
    stream.flush().await
}

async fn give(session: &Session, stream: &mut Stream, bytes: u64, seed: u64) -> io::Result<()> {
    transfer::send(stream, bytes, seed).await?;
    session
        .counters
        .bytes_written
        .fetch_add(bytes, Ordering::Relaxed);
    Ok(())
}

async fn take(
    session: &Session,
    stream: &mut Stream,
    bytes: Option<u64>,
    paced: Option<(u64, usize)>,
) -> io::Result<Receipt> {
    let paced = paced.map(|(pause_ms, chunk_bytes)| pace(pause_ms, chunk_bytes));
    let receipt = transfer::receive(stream, bytes, paced).await?;
    session
        .counters
        .bytes_read
        .fetch_add(receipt.bytes, Ordering::Relaxed);
    Ok(receipt)
}

async fn echo(session: &Session, stream: &mut Stream, bytes: Option<u64>) -> io::Result<Receipt> {
    let mut meter = Meter::default();
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut left = bytes.unwrap_or(u64::MAX);
    while left > 0 {
        let count = left.min(CHUNK_BYTES as u64) as usize;
        let read = stream.read(&mut chunk[..count]).await?;
        if read == 0 {
            break;
        }
        session
            .counters
            .bytes_read
            .fetch_add(read as u64, Ordering::Relaxed);
        meter.add(&chunk[..read]);
        answer(session, stream, &chunk[..read]).await?;
        left -= read as u64;
    }
    Ok(meter.receipt())
}
