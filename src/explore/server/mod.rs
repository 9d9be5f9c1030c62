//! The server: this machine only, a random name in every address, and a bound on everything that a
//! client can send, hold or wait for.

mod door;

use super::answer::Explorer;
use crate::error::{Error, Result};
use door::Door;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

/// Connections at a time; further ones wait in the system's queue.
const CONNECTIONS: usize = 64;
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
        let listener = runtime.block_on(TcpListener::bind(wanted)).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let door = Arc::new(Door::new(explorer, address)?);
        Ok(Self { runtime, listener, door })
    }

    /// Where the page is. Whoever knows the address may see it.
    #[must_use]
    pub fn address(&self) -> String {
        self.door.address()
    }

    /// Serves until it is interrupted from the keyboard.
    ///
    /// # Errors
    /// The system does not tell of interruptions.
    pub fn run(self) -> Result<()> {
        let Self { runtime, listener, door } = self;
        runtime.spawn(accept(listener, door));
        let interrupted = runtime.block_on(tokio::signal::ctrl_c());
        runtime.shutdown_background();
        interrupted.map_err(Error::io(Path::new("interrupts"), "awaited"))
    }
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
