//! The crate's API as the shared code uses it, for the versions that run on tokio.

use std::future::Future;
use std::io;
use std::time::Duration;

pub use picomux::{LivenessConfig, PicoMux};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::compat::{Compat, TokioAsyncReadCompatExt};

/// Runtime named in reports.
pub const RUNTIME: &str = "tokio";

/// A stream with the traits of `futures`, which all versions can offer.
pub type Stream = Compat<picomux::Stream>;

/// A TCP connection with the same traits.
pub type Tcp = Compat<TcpStream>;

/// A listening socket on loopback.
pub struct Listener(TcpListener);

impl Listener {
    pub async fn bind(port: u16) -> io::Result<Self> {
        Ok(Self(TcpListener::bind(("127.0.0.1", port)).await?))
    }

    pub fn port(&self) -> io::Result<u16> {
        Ok(self.0.local_addr()?.port())
    }

    pub async fn accept(&self) -> io::Result<Tcp> {
        let (tcp, _) = self.0.accept().await?;
        tcp.set_nodelay(true)?;
        Ok(tcp.compat())
    }
}

/// Connects to `host:port`.
pub async fn dial(address: &str) -> io::Result<Tcp> {
    let tcp = TcpStream::connect(address).await?;
    tcp.set_nodelay(true)?;
    Ok(tcp.compat())
}

/// Starts a session on a connection.
pub fn session(tcp: Tcp) -> PicoMux {
    let (read, write) = tcp.into_inner().into_split();
    PicoMux::new(read, write)
}

pub async fn open(mux: &PicoMux, metadata: &[u8]) -> io::Result<Stream> {
    Ok(mux.open(metadata).await?.compat())
}

pub async fn accept(mux: &PicoMux) -> io::Result<Stream> {
    Ok(mux.accept().await?.compat())
}

pub fn metadata(stream: &Stream) -> &[u8] {
    stream.get_ref().metadata()
}

/// Runs a future in the background; dropping the handle cancels it.
pub fn spawn<F>(future: F) -> geph5_rt::Task<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    geph5_rt::spawn(future)
}

pub fn block_on<F: Future>(future: F) -> F::Output {
    geph5_rt::block_on(future)
}

pub async fn sleep(duration: Duration) {
    tokio::time::sleep(duration).await;
}
