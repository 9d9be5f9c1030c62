//! Clients that hold connections of `thrombo explore` without reading an answer.

use std::io::{ErrorKind, Read, Result, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{Builder, JoinHandle, sleep};
use std::time::Duration;

/// How such a client behaves; each connects again as soon as it is dropped, unless stated otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slow {
    /// Sends nothing, and is not seen again once it is dropped.
    Silent,
    /// Sends nothing.
    Returning,
    /// Sends one byte a second.
    Dripping,
    /// Asks for a view of its own and does not read the answer.
    Unread,
    /// Asks for the style, the longest file of the page, and does not read it.
    UnreadFile,
}

impl Slow {
    pub(crate) const ALL: [Self; 5] =
        [Self::Silent, Self::Returning, Self::Dripping, Self::Unread, Self::UnreadFile];
}

/// A crowd of slow clients; they leave when it goes out of scope.
pub(crate) struct Crowd {
    shared: Arc<Shared>,
    clients: Vec<JoinHandle<()>>,
}

struct Shared {
    port: u16,
    path: String,
    is_over: AtomicBool,
    come: AtomicUsize,
    dropped: AtomicUsize,
}

impl Crowd {
    /// Starts them, and waits until each has connected and sent what it sends at once.
    pub(crate) fn start(port: u16, path: &str, kind: Slow, count: usize) -> Self {
        let shared = Arc::new(Shared {
            port,
            path: path.to_owned(),
            is_over: AtomicBool::new(false),
            come: AtomicUsize::new(0),
            dropped: AtomicUsize::new(0),
        });
        let client = |number| {
            let shared = Arc::clone(&shared);
            let thread = Builder::new().stack_size(128 << 10);
            thread.spawn(move || shared.client(kind, number)).expect("a thread")
        };
        let clients = (0..count).map(client).collect();
        while shared.come.load(Ordering::Relaxed) < count {
            sleep(Duration::from_millis(10));
        }
        Self { shared, clients }
    }

    /// How often the server has closed a connection of theirs.
    pub(crate) fn dropped(&self) -> usize {
        self.shared.dropped.load(Ordering::Relaxed)
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Relaxed);
        for client in self.clients.drain(..) {
            let _ = client.join();
        }
    }
}

impl Shared {
    fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    fn client(&self, kind: Slow, number: usize) {
        let mut time = 0;
        while !self.is_over() {
            let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) else {
                sleep(Duration::from_millis(10));
                continue;
            };
            let sent = self.send(&mut stream, kind, number + 1000 * time);
            self.come.fetch_add(usize::from(time == 0), Ordering::Relaxed);
            time += 1;
            if sent.is_ok() {
                self.hold(stream, kind);
            }
            self.dropped.fetch_add(1, Ordering::Relaxed);
            if kind == Slow::Silent {
                return;
            }
        }
    }

    /// Sends what the client sends at once.
    fn send(&self, stream: &mut TcpStream, kind: Slow, number: usize) -> Result<()> {
        let page = match kind {
            Slow::Unread => format!("answer?kc={}", 10.0 + 0.001 * (number % 900_000) as f64),
            Slow::UnreadFile => "page.css".to_owned(),
            Slow::Silent | Slow::Returning | Slow::Dripping => return Ok(()),
        };
        let Self { port, path, .. } = self;
        write!(stream, "GET {path}{page} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n")
    }

    /// Holds a connection until the server closes it.
    fn hold(&self, mut stream: TcpStream, kind: Slow) {
        let _ = stream.set_read_timeout(Some(Duration::from_secs(1)));
        while !self.is_over() {
            let is_open = match kind {
                Slow::Silent | Slow::Returning => is_open(&mut stream),
                Slow::Dripping => is_open(&mut stream) && stream.write_all(b"G").is_ok(),
                // Without reading, only a failing write shows that the connection is closed.
                Slow::Unread | Slow::UnreadFile => {
                    sleep(Duration::from_millis(20));
                    stream.write_all(b"x").is_ok()
                }
            };
            if !is_open {
                return;
            }
        }
    }
}

/// Whether a connection is still open after its read timeout.
fn is_open(stream: &mut TcpStream) -> bool {
    let read = stream.read(&mut [0; 64]);
    read.is_err_and(|error| matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut))
}
