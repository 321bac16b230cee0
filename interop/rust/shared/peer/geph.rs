//! The proxy convention of Geph: the metadata of a stream is the `host:port` to dial.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use futures_util::io::{AsyncReadExt, AsyncWriteExt, copy};
use serde_json::json;

use super::transfer::{self, Meter};
use crate::mux::{self, Listener, Stream};

/// One HTTP request through an exit.
#[derive(Clone, Debug)]
pub struct Request {
    pub to: String,
    pub dest: String,
    pub path: String,
    pub upload: Option<u64>,
}

/// Seed of uploaded bytes.
const UPLOAD_SEED: u64 = 1;

/// Serves as an exit for every connection, for ever.
pub async fn exit(listener: Listener) -> io::Result<()> {
    loop {
        let tcp = listener.accept().await?;
        mux::spawn(async move {
            let session = Arc::new(mux::session(tcp));
            while let Ok(stream) = mux::accept(&session).await {
                mux::spawn(async move {
                    if let Err(error) = relay(stream).await {
                        eprintln!("{error}");
                    }
                })
                .detach();
            }
        })
        .detach();
    }
}

/// Dials what the metadata says and pipes until both directions have ended, or the first of them
/// where a FIN ends both.
async fn relay(mut stream: Stream) -> io::Result<()> {
    let destination = String::from_utf8_lossy(mux::metadata(&stream)).into_owned();
    let upstream = mux::dial(&destination)
        .await
        .map_err(|error| io::Error::new(error.kind(), format!("{destination}: {error}")))?;
    let (from_stream, mut to_stream) = (&mut stream).split();
    let (from_upstream, mut to_upstream) = upstream.split();
    let upload = async {
        copy(from_stream, &mut to_upstream).await?;
        to_upstream.close().await
    };
    let download = async {
        copy(from_upstream, &mut to_stream).await?;
        if let Some(pause) = crate::SETTLE_BEFORE_CLOSE {
            mux::sleep(pause).await;
        }
        to_stream.close().await
    };
    if crate::HALF_CLOSE {
        // A destination that answers before it has read all may refuse the rest: the answer counts.
        let (_, end) = futures_util::future::join(upload, download).await;
        return end;
    }
    let (upload, download) = (std::pin::pin!(upload), std::pin::pin!(download));
    match select(upload, download).await {
        Either::Left((Err(_), download)) => download.await,
        Either::Left((Ok(()), _)) => Ok(()),
        Either::Right((end, _)) => end,
    }
}

/// Makes one request through an exit; answers whether it succeeded and the line that tells it.
pub async fn get(request: &Request, limit: Duration) -> (bool, String) {
    let (work, clock) = (
        std::pin::pin!(fetch(request)),
        std::pin::pin!(mux::sleep(limit)),
    );
    let result = match select(work, clock).await {
        Either::Left((result, _)) => result,
        Either::Right(_) => Err(io::Error::other(format!("no end after {limit:?}"))),
    };
    match result {
        Ok(answer) => {
            let line = json!({
                "ok": true,
                "status": answer.status,
                "bytes": answer.body.bytes,
                "sha256": answer.body.hex(),
            });
            (true, line.to_string())
        }
        Err(error) => (
            false,
            json!({"ok": false, "error": error.to_string()}).to_string(),
        ),
    }
}

struct Answer {
    status: u16,
    body: transfer::Receipt,
}

/// The longest head of an answer.
const MAX_HEAD_BYTES: usize = 64 * 1024;

async fn fetch(request: &Request) -> io::Result<Answer> {
    let session = mux::session(mux::dial(&request.to).await?);
    let mut stream = mux::open(&session, request.dest.as_bytes()).await?;
    let Request {
        dest, path, upload, ..
    } = request;
    let head = match upload {
        None => format!("GET {path} HTTP/1.0\r\nHost: {dest}\r\n\r\n"),
        Some(bytes) => {
            format!("POST {path} HTTP/1.0\r\nHost: {dest}\r\nContent-Length: {bytes}\r\n\r\n")
        }
    };
    stream.write_all(head.as_bytes()).await?;
    transfer::send(&mut stream, upload.unwrap_or(0), UPLOAD_SEED).await?;
    let mut received = Vec::new();
    let body_start = loop {
        if let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        let mut chunk = [0; 4096];
        let read = stream.read(&mut chunk).await?;
        if read == 0 || received.len() > MAX_HEAD_BYTES {
            return Err(io::Error::other(format!(
                "no HTTP answer in {} bytes",
                received.len()
            )));
        }
        received.extend_from_slice(&chunk[..read]);
    };
    let mut meter = Meter::default();
    meter.add(&received[body_start..]);
    let mut chunk = vec![0; transfer::CHUNK_BYTES];
    loop {
        let read = stream.read(&mut chunk).await?;
        if read == 0 {
            break;
        }
        meter.add(&chunk[..read]);
    }
    let status = std::str::from_utf8(&received[..body_start])
        .ok()
        .and_then(|head| head.split(' ').nth(1)?.parse().ok())
        .ok_or_else(|| io::Error::other("no status in the answer"))?;
    Ok(Answer {
        status,
        body: meter.receipt(),
    })
}
