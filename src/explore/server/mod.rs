//! The server: this machine only, a random name in every address, and a bound on everything that a
//! client can send, hold or wait for.

mod door;

use super::answer::Explorer;
use crate::error::{Error, Result};
use door::Door;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::future::poll_fn;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

/// Connections at a time; further ones wait in the system's queue.
const CONNECTIONS: usize = 64;
/// Connections in that queue.
const QUEUE: u32 = 1024;
/// Longest request line and headers together, bytes.
const MOST_BYTES: usize = 8192;
/// Most headers of a request.
const MOST_HEADERS: usize = 50;
/// Time in which the headers must have come.
const HEADER_TIME: Duration = Duration::from_secs(5);
/// Time in which a connection must be over: one request, one answer.
const CONNECTION_TIME: Duration = Duration::from_secs(15);
/// Wait after the system would not give a connection.
const PAUSE: Duration = Duration::from_millis(100);

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

    /// Serves until it is interrupted from the keyboard. `ready` is told where the page is, once an
    /// interruption would end it well. Whoever knows the address may see the page.
    ///
    /// # Errors
    /// What `ready` says, or a system that does not tell of interruptions.
    pub fn run(self, ready: impl FnOnce(&str) -> Result<()>) -> Result<()> {
        let Self { runtime, listener, door } = self;
        let address = door.address();
        runtime.spawn(accept(listener, door));
        let ended = runtime.block_on(async {
            let mut interrupted = pin!(tokio::signal::ctrl_c());
            // The system is asked to tell of interruptions when this is first looked at.
            let looked_at = poll_fn(|context| Poll::Ready(interrupted.as_mut().poll(context)));
            let at_once = looked_at.await;
            ready(&address)?;
            let interrupted = match at_once {
                Poll::Ready(interrupted) => interrupted,
                Poll::Pending => interrupted.await,
            };
            interrupted.map_err(Error::io(Path::new("interrupts"), "awaited"))
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

async fn accept(listener: TcpListener, door: Arc<Door>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) => {
                let door = Arc::clone(&door);
                tokio::spawn(async move {
                    converse(stream, door).await;
                    drop(place);
                });
            }
            Err(_) => sleep(PAUSE).await,
        }
    }
}

/// One request and its answer. What a client does wrong is no fault of the program.
async fn converse(stream: TcpStream, door: Arc<Door>) {
    let service = service_fn(|request| Arc::clone(&door).answer(request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_buf_size(MOST_BYTES)
        .max_headers(MOST_HEADERS)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service);
    let _ = timeout(CONNECTION_TIME, connection).await;
}
