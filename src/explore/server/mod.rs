//! The server: this machine only, a random name in every address, and a bound on everything that a
//! client can send, hold or wait for.

mod door;
mod ending;
mod kept;
mod places;
mod turns;

use super::answer::Explorer;
use crate::error::{Error, Result};
use door::Door;
use ending::ending;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use places::Places;
use std::future::poll_fn;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio::task::{spawn, try_id};
use tokio::time::sleep;

/// Connections that are sending their request; a new one displaces the one that has been at it longest.
const ASKING: usize = 128;
/// Connections that are being sent an answer; likewise.
const SENDING: usize = 128;
/// Connections in the system's queue, for bursts.
const QUEUE: u32 = 1024;
/// Longest request line and headers together, bytes: ten times what a browser sends.
const MOST_BYTES: usize = 8192;
/// Most headers of a request: a browser sends about 15.
const MOST_HEADERS: usize = 50;
/// Time for a request before its connection may be displaced: a client on this machine needs a
/// millisecond, or some more where the processor is busy. With [`ASKING`] it also bounds how fast
/// connections are taken, 2560 a second, and so what a flood of them costs.
const LEAST_TIME: Duration = Duration::from_millis(50);
/// Time for a request even if nobody wants the place: browsers open connections in advance.
const HEADER_TIME: Duration = Duration::from_secs(5);
/// Time for an answer to be read: on this machine, milliseconds.
const SENDING_TIME: Duration = Duration::from_secs(5);
/// Wait after the system refused a connection, as it does when too many files are open.
const PAUSE: Duration = Duration::from_millis(20);

/// A page that is being served.
#[derive(Debug)]
pub struct Server {
    runtime: Runtime,
    listener: TcpListener,
    door: Arc<Door>,
}

impl Server {
    /// Takes a port of the loopback address; any free one where `port` is 0.
    ///
    /// # Errors
    /// A port that is taken, a system without random numbers.
    pub fn open(explorer: Explorer, port: u16) -> Result<Self> {
        let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let name = wanted.to_string();
        let failed = |source| Error::io(Path::new(&name), "opened")(source);
        let runtime = Builder::new_current_thread().enable_all().max_blocking_threads(1).build();
        let runtime = runtime.map_err(failed)?;
        let listener = runtime.block_on(async { listen(wanted) }).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let door = Arc::new(Door::new(explorer, address)?);
        Ok(Self { runtime, listener, door })
    }

    /// Serves until the program is interrupted or told to terminate. `ready` gets the address of the
    /// page, once either would end it well. Whoever has the address may see the page.
    ///
    /// # Errors
    /// What `ready` returns, or a system that does not report signals.
    pub fn run(self, ready: impl FnOnce(&str) -> Result<()>) -> Result<()> {
        let Self { runtime, listener, door } = self;
        let address = door.address();
        runtime.spawn(accept(listener, door));
        let ended = runtime.block_on(async {
            let ending = ending().map_err(Error::io(Path::new("signals"), "awaited"))?;
            ready(&address)?;
            ending.await;
            Ok(())
        });
        runtime.shutdown_background();
        ended
    }
}

/// Listens with room for [`QUEUE`] connections that wait. Must be called inside a runtime.
fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    // Elsewhere this lets a port be taken again at once; on Windows it would let others take ours.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(QUEUE)
}

/// The connections at each stage. Those in between wait for their turn to be computed.
#[derive(Debug)]
struct Stages {
    asking: Places,
    sending: Places,
}

async fn accept(listener: TcpListener, door: Arc<Door>) {
    let stages = Arc::new(Stages { asking: Places::new(ASKING), sending: Places::new(SENDING) });
    loop {
        stages.asking.available(LEAST_TIME).await;
        if let Ok((stream, _)) = listener.accept().await {
            let connection = spawn(converse(stream, Arc::clone(&door), Arc::clone(&stages)));
            stages.asking.take(connection.abort_handle());
        } else {
            stages.asking.close_oldest();
            sleep(PAUSE).await;
        }
    }
}

/// One request and its answer. What a client does wrong is no fault of the program.
async fn converse(stream: TcpStream, door: Arc<Door>, stages: Arc<Stages>) {
    let answered = Notify::new();
    let service = service_fn(|request| {
        let (door, stages, answered) = (Arc::clone(&door), &stages, &answered);
        async move {
            let connection = try_id().and_then(|id| stages.asking.leave(id));
            let answer = door.answer(request).await;
            if let Some(connection) = connection {
                stages.sending.take(connection);
            }
            answered.notify_one();
            answer
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_buf_size(MOST_BYTES)
        .max_headers(MOST_HEADERS)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service);
    let not_read = async {
        answered.notified().await;
        sleep(SENDING_TIME).await;
    };
    either(connection, not_read).await;
}

/// Waits for whichever is over first.
async fn either(one: impl Future, other: impl Future) {
    let (mut one, mut other) = (pin!(one), pin!(other));
    poll_fn(|context| {
        let over = one.as_mut().poll(context).is_ready() || other.as_mut().poll(context).is_ready();
        if over { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}
