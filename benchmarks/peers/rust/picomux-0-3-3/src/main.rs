//! A peer of the benchmarks over picomux 0.3.3, which runs on tokio.

use std::future::Future;
use std::io;
use std::net::TcpStream;

use peer::Carrier;
use picomux::{PicoMux, Stream};
use tokio_util::compat::{Compat, TokioAsyncReadCompatExt};

struct Session(PicoMux);

impl Session {
    fn begin(tcp: TcpStream) -> io::Result<PicoMux> {
        tcp.set_nonblocking(true)?;
        let (read, write) = tokio::net::TcpStream::from_std(tcp)?.into_split();
        Ok(PicoMux::new(read, write))
    }
}

impl Carrier for Session {
    type Stream = Compat<Stream>;

    const NAME: &'static str = "rust-picomux-0.3.3";
    const MANIFEST: &'static str = include_str!("../Cargo.toml");
    const DEPENDENCY: &'static str = "picomux";

    fn connect(tcp: TcpStream) -> io::Result<Self> {
        Self::begin(tcp).map(Self)
    }

    async fn open(&self) -> io::Result<Self::Stream> {
        Ok(self.0.open(b"").await?.compat())
    }

    async fn serve(tcp: TcpStream) -> io::Result<()> {
        let session = Self::begin(tcp)?;
        loop {
            Self::spawn(peer::serve(session.accept().await?.compat()));
        }
    }

    fn spawn<F: Future<Output = ()> + Send + 'static>(future: F) {
        geph5_rt::spawn(future).detach();
    }

    fn block_on<F>(future: F) -> F::Output
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        geph5_rt::block_on(async { geph5_rt::spawn(future).await })
    }
}

fn main() -> std::process::ExitCode {
    peer::main::<Session>()
}
