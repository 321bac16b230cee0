//! The crate's API as the shared code uses it, for 0.1.14 on smol.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream, ToSocketAddrs};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use async_io::{Async, Timer};
use futures_util::io::{AsyncRead, AsyncWrite};
pub use picomux::{LivenessConfig, PicoMux};

/// Runtime named in reports.
pub const RUNTIME: &str = "smol";

/// A stream; 0.1.14 has the traits of `futures` by itself.
pub type Stream = picomux::Stream;

/// A TCP connection whose handles may be cloned; closing one ends the sending direction.
#[derive(Clone)]
pub struct Tcp(Arc<Async<TcpStream>>);

impl Tcp {
    fn new(tcp: Async<TcpStream>) -> io::Result<Self> {
        tcp.get_ref().set_nodelay(true)?;
        Ok(Self(Arc::new(tcp)))
    }
}

impl AsyncRead for Tcp {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut &*self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Tcp {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut &*self.0).poll_write(context, buffer)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut &*self.0).poll_flush(context)
    }

    fn poll_close(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.0.get_ref().shutdown(Shutdown::Write))
    }
}

/// A listening socket on loopback.
pub struct Listener(Async<TcpListener>);

impl Listener {
    pub async fn bind(port: u16) -> io::Result<Self> {
        Ok(Self(Async::<TcpListener>::bind((
            Ipv4Addr::LOCALHOST,
            port,
        ))?))
    }

    pub fn port(&self) -> io::Result<u16> {
        Ok(self.0.get_ref().local_addr()?.port())
    }

    pub async fn accept(&self) -> io::Result<Tcp> {
        let (tcp, _) = self.0.accept().await?;
        Tcp::new(tcp)
    }
}

/// Connects to `host:port`.
pub async fn dial(address: &str) -> io::Result<Tcp> {
    let mut failure = io::Error::new(io::ErrorKind::NotFound, format!("{address} has no address"));
    for candidate in address.to_socket_addrs()? {
        match Async::<TcpStream>::connect(candidate).await {
            Ok(tcp) => return Tcp::new(tcp),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// Starts a session on a connection.
pub fn session(tcp: Tcp) -> PicoMux {
    PicoMux::new(tcp.clone(), tcp)
}

pub async fn open(mux: &PicoMux, metadata: &[u8]) -> io::Result<Stream> {
    mux.open(metadata).await
}

pub async fn accept(mux: &PicoMux) -> io::Result<Stream> {
    mux.accept().await
}

pub fn metadata(stream: &Stream) -> &[u8] {
    stream.metadata()
}

/// Runs a future in the background; dropping the handle cancels it.
pub fn spawn<F>(future: F) -> async_task::Task<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    smolscale::spawn(future)
}

pub fn block_on<F>(future: F) -> F::Output
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    smolscale::block_on(future)
}

pub async fn sleep(duration: Duration) {
    Timer::after(duration).await;
}
