//! A running `thrombo explore`, and requests to it byte by byte.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Whoever holds a connection is rid of it by then: the limits of the server are 5 s for each stage.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);

/// A running `thrombo explore`, ended when it goes out of scope.
pub(crate) struct Running {
    pub(crate) program: Child,
    pub(crate) port: u16,
    pub(crate) path: String,
}

impl Running {
    pub(crate) fn start(subjects: usize) -> Self {
        Self::of(&["--subjects", &subjects.to_string()])
    }

    /// With these options.
    pub(crate) fn of(options: &[&str]) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_thrombo"))
            .arg("explore")
            .args(options)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("thrombo starts");
        let mut address = String::new();
        let out = program.stdout.take().expect("its standard output");
        BufReader::new(out).read_line(&mut address).expect("an address");
        let rest = address.trim_end().strip_prefix("http://127.0.0.1:").expect("loopback");
        let (port, path) = rest.split_once('/').expect("a path");
        Self { port: port.parse().expect("a port"), path: format!("/{path}"), program }
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
        stream.set_write_timeout(Some(PATIENCE)).expect("a time limit");
        stream
    }

    /// What comes back until the connection is closed; a reset ends it too.
    pub(crate) fn send(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        let _ = stream.write_all(bytes);
        all_of(&mut stream)
    }

    /// A request with the right host, method and path as given.
    pub(crate) fn request(&self, method: &str, path: &str, headers: &str) -> String {
        let host = format!("Host: 127.0.0.1:{}", self.port);
        self.send(format!("{method} {path} HTTP/1.1\r\n{host}\r\n{headers}\r\n").as_bytes())
    }

    pub(crate) fn get(&self, page: &str) -> String {
        self.request("GET", &format!("{}{page}", self.path), "")
    }

    /// Resident memory in MB, as the system reports it: `VmRSS` now, `VmHWM` at most so far.
    #[cfg(target_os = "linux")]
    pub(crate) fn memory_mb(&self, which: &str) -> f64 {
        let status = format!("/proc/{}/status", self.program.id());
        let status = std::fs::read_to_string(status).expect("its status");
        let line = status.lines().find(|line| line.starts_with(which)).expect("memory");
        let kb = line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok());
        kb.expect("a number") / 1024.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

pub(crate) fn all_of(stream: &mut TcpStream) -> String {
    let (begun, mut bytes) = (Instant::now(), Vec::new());
    let mut part = [0; 16384];
    while let Ok(n @ 1..) = stream.read(&mut part) {
        bytes.extend_from_slice(&part[..n]);
    }
    assert!(begun.elapsed() < PATIENCE, "the connection was not closed");
    String::from_utf8_lossy(&bytes).into_owned()
}

pub(crate) fn body(response: &str) -> &str {
    response.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

pub(crate) fn status(response: &str) -> &str {
    response.split(' ').nth(1).unwrap_or("closed")
}
