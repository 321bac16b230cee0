//! A peer of the benchmarks over picomux 0.1.14, which runs on smol.

use std::future::Future;
use std::io;
use std::net::TcpStream;

use async_io::Async;
use peer::Carrier;
use picomux::{PicoMux, Stream};

struct Session(PicoMux);

impl Session {
    fn begin(tcp: TcpStream) -> io::Result<PicoMux> {
        let tcp = async_dup::Arc::new(Async::new(tcp)?);
        Ok(PicoMux::new(tcp.clone(), tcp))
    }
}

impl Carrier for Session {
    type Stream = Stream;

    const NAME: &'static str = "rust-picomux-0.1.14";
    const MANIFEST: &'static str = include_str!("../Cargo.toml");
    const DEPENDENCY: &'static str = "picomux";

    fn connect(tcp: TcpStream) -> io::Result<Self> {
        Self::begin(tcp).map(Self)
    }

    async fn open(&self) -> io::Result<Stream> {
        self.0.open(b"").await
    }

    async fn serve(tcp: TcpStream) -> io::Result<()> {
        let session = Self::begin(tcp)?;
        loop {
            Self::spawn(peer::serve(session.accept().await?));
        }
    }

    fn spawn<F: Future<Output = ()> + Send + 'static>(future: F) {
        smolscale::spawn(future).detach();
    }

    fn block_on<F>(future: F) -> F::Output
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        smolscale::block_on(future)
    }
}

fn main() -> std::process::ExitCode {
    peer::main::<Session>()
}
