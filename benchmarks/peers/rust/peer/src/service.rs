//! The server's side of a stream.

use std::io;

use futures_util::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// What a client asks of the server first on each stream: a mode byte and a big-endian u64.
pub const SINK: u8 = b'S';
pub const SOURCE: u8 = b'G';
pub const ECHO: u8 = b'E';

/// What a sink answers after the last byte.
pub const DONE: u8 = b'k';

/// The length of a read or write of a bulk transfer, the same for every peer.
pub const BULK_BYTES: usize = 64 << 10;

/// The buffer of an echo begins so small that it counts little for an idle stream, and grows with
/// what comes; chosen by judgement.
const ECHO_BYTES: usize = 64;

pub fn request(mode: u8, bytes: u64) -> [u8; 9] {
    let mut request = [mode; 9];
    request[1..].copy_from_slice(&bytes.to_be_bytes());
    request
}

/// Does what the client asks, to the end of the stream. A failure only ends the stream: the client
/// has asked for the transfer and reports what did not work.
pub async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    if answer(&mut stream).await.is_ok() {
        let _ = stream.close().await;
    }
}

async fn answer(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> io::Result<()> {
    let mut mode = [0];
    let mut bytes = [0; 8];
    stream.read_exact(&mut mode).await?;
    stream.read_exact(&mut bytes).await?;
    let bytes = u64::from_be_bytes(bytes);
    match mode[0] {
        SINK => {
            read_all(stream, bytes).await?;
            stream.write_all(&[DONE]).await?;
            await_close(stream).await
        }
        SOURCE => {
            write_all(stream, bytes).await?;
            await_close(stream).await
        }
        ECHO => echo(stream).await,
        mode => Err(io::Error::other(format!(
            "mode is {mode}, must be S, G or E"
        ))),
    }
}

async fn echo(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> io::Result<()> {
    let mut buffer = vec![0; ECHO_BYTES];
    loop {
        let length = stream.read(&mut buffer).await?;
        if length == 0 {
            return Ok(());
        }
        stream.write_all(&buffer[..length]).await?;
        if length == buffer.len() && length < BULK_BYTES {
            buffer = vec![0; 2 * length];
        }
    }
}

/// Reads exactly so many bytes.
pub async fn read_all(stream: &mut (impl AsyncRead + Unpin), bytes: u64) -> io::Result<()> {
    let mut buffer = vec![0; bytes.min(BULK_BYTES as u64) as usize];
    let mut left = bytes;
    while left > 0 {
        let wanted = left.min(buffer.len() as u64) as usize;
        let length = stream.read(&mut buffer[..wanted]).await?;
        if length == 0 {
            let message = format!("the stream ended with {left} of {bytes} bytes to come");
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, message));
        }
        left -= length as u64;
    }
    Ok(())
}

/// Writes exactly so many bytes.
pub async fn write_all(stream: &mut (impl AsyncWrite + Unpin), bytes: u64) -> io::Result<()> {
    let buffer = vec![0; bytes.min(BULK_BYTES as u64) as usize];
    let mut left = bytes;
    while left > 0 {
        let length = left.min(buffer.len() as u64) as usize;
        stream.write_all(&buffer[..length]).await?;
        left -= length as u64;
    }
    Ok(())
}

async fn await_close(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<()> {
    while stream.read(&mut [0]).await? > 0 {}
    Ok(())
}
