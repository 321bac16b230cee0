//! A peer of the benchmarks over the crate yamux, on tokio.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::io;
use std::net::TcpStream;
use std::sync::LazyLock;
use std::task::Poll;

use futures_channel::{mpsc, oneshot};
use futures_util::StreamExt;
use peer::Carrier;
use tokio::runtime::Runtime;
use tokio_util::compat::{Compat, TokioAsyncReadCompatExt};
use yamux::{Config, Connection, Mode, Stream};

/// More streams than the benchmark with the most of them opens; the default is 512.
const MAX_STREAMS: usize = 1 << 20;

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Runtime::new().expect("tokio can make its threads"));

type Tcp = Compat<tokio::net::TcpStream>;
type Opened = yamux::Result<Stream>;

/// Asks the task that drives the connection for streams.
struct Session(mpsc::UnboundedSender<oneshot::Sender<Opened>>);

impl Session {
    /// The default configuration but for the number of streams: windows from 256 KiB on, which the
    /// crate tunes. It wants a bound of all windows together that suits that number, or none.
    fn begin(tcp: TcpStream, mode: Mode) -> io::Result<Connection<Tcp>> {
        tcp.set_nonblocking(true)?;
        let mut config = Config::default();
        config
            .set_max_connection_receive_window(None)
            .set_max_num_streams(MAX_STREAMS);
        let tcp = tokio::net::TcpStream::from_std(tcp)?.compat();
        Ok(Connection::new(tcp, config, mode))
    }
}

/// Moves what streams send and receive, and opens streams, until the session ends.
async fn drive(
    mut connection: Connection<Tcp>,
    mut requests: mpsc::UnboundedReceiver<oneshot::Sender<Opened>>,
) {
    let mut waiting = VecDeque::new();
    let mut has_requests = true;
    poll_fn(|context| {
        loop {
            while has_requests {
                match requests.poll_next_unpin(context) {
                    Poll::Ready(Some(request)) => waiting.push_back(request),
                    Poll::Ready(None) => has_requests = false,
                    Poll::Pending => break,
                }
            }
            if !waiting.is_empty() {
                if let Poll::Ready(opened) = connection.poll_new_outbound(context) {
                    let request: Option<oneshot::Sender<_>> = waiting.pop_front();
                    // Whoever asked may have gone.
                    let _ = request.map(|request| request.send(opened));
                    continue;
                }
            }
            match connection.poll_next_inbound(context) {
                Poll::Ready(Some(Ok(_))) => {}
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => return Poll::Pending,
            }
        }
    })
    .await;
}

impl Carrier for Session {
    type Stream = Stream;

    const NAME: &'static str = "rust-yamux";
    const MANIFEST: &'static str = include_str!("../Cargo.toml");
    const DEPENDENCY: &'static str = "yamux";

    fn connect(tcp: TcpStream) -> io::Result<Self> {
        let connection = Self::begin(tcp, Mode::Client)?;
        let (sender, receiver) = mpsc::unbounded();
        Self::spawn(drive(connection, receiver));
        Ok(Self(sender))
    }

    async fn open(&self) -> io::Result<Stream> {
        let ended = || io::Error::new(io::ErrorKind::BrokenPipe, "the session has ended");
        let (sender, opened) = oneshot::channel();
        self.0.unbounded_send(sender).map_err(|_| ended())?;
        opened.await.map_err(|_| ended())?.map_err(io::Error::other)
    }

    async fn serve(tcp: TcpStream) -> io::Result<()> {
        let mut connection = Self::begin(tcp, Mode::Server)?;
        while let Some(stream) = poll_fn(|context| connection.poll_next_inbound(context)).await {
            Self::spawn(peer::serve(stream.map_err(io::Error::other)?));
        }
        Ok(())
    }

    fn spawn<F: Future<Output = ()> + Send + 'static>(future: F) {
        RUNTIME.spawn(future);
    }

    fn block_on<F>(future: F) -> F::Output
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        RUNTIME.block_on(async { RUNTIME.spawn(future).await.expect("the scenario ends") })
    }
}

fn main() -> std::process::ExitCode {
    peer::main::<Session>()
}
