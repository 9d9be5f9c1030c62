//! The page of `thrombo explore` beside slow clients and over many requests: how long an honest request
//! takes, and how much memory the server holds.
//!
//! ```text
//! cargo bench --bench explore
//! ```
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "../tests/program/served.rs"]
mod served;
#[path = "../tests/program/slow.rs"]
mod slow;

use served::{Running, body, status};
use slow::{Crowd, Slow};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Slow clients at a time.
const SLOW: usize = 300;
/// Patients behind an answer beside them: the default of the program.
const SUBJECTS: usize = 1000;
/// Honest requests beside them, each for a view that was not asked for before.
const HONEST: usize = 15;
/// Requests in a row, and those of them after which memory is first read.
const REQUESTS: usize = 20_000;
const FIRST: usize = 2_000;
/// Patients behind each of these answers, all of them computed.
const FEW_SUBJECTS: usize = 50;

/// Times of honest requests, ms, rising.
fn honest(server: &Running, round: usize) -> Vec<f64> {
    let mut times: Vec<f64> = (0..HONEST)
        .map(|number| {
            let view = format!("answer?tp={}", 2.0 + 0.1 * round as f64 + 0.001 * number as f64);
            let begun = Instant::now();
            let answer = server.get(&view);
            assert!(status(&answer) == "200" && body(&answer).contains("<svg"), "{answer}");
            sleep(Duration::from_millis(20));
            1000.0 * begun.elapsed().as_secs_f64() - 20.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times
}

fn beside_slow_clients() {
    let server = Running::start(SUBJECTS);
    println!("| {SLOW} slow clients | median, ms | longest, ms | their connections closed |");
    println!("|---|---:|---:|---:|");
    let print = |name: &str, times: &[f64], dropped: usize| {
        println!("| {name} | {:.0} | {:.0} | {dropped} |", times[HONEST / 2], times[HONEST - 1]);
    };
    print("none", &honest(&server, 0), 0);
    for (round, kind) in (1..).zip(Slow::ALL) {
        let slow = Crowd::start(server.port, &server.path, kind, SLOW);
        let times = honest(&server, round);
        print(&format!("{kind:?}"), &times, slow.dropped());
    }
}

fn many_requests() {
    let server = Running::start(FEW_SUBJECTS);
    let begun = Instant::now();
    for number in 1..=REQUESTS {
        let view = format!("answer?kc={}", 10.0 + 0.01 * number as f64);
        assert_eq!(status(&server.get(&view)), "200", "request {number}");
        #[cfg(target_os = "linux")]
        if [FIRST, REQUESTS].contains(&number) {
            println!("{:.1} MB resident after {number} requests", server.memory_mb("VmRSS:"));
        }
    }
    let each = 1000.0 * begun.elapsed().as_secs_f64() / REQUESTS as f64;
    println!("{each:.1} ms a request, {FEW_SUBJECTS} patients each");
}

fn main() {
    beside_slow_clients();
    many_requests();
}
