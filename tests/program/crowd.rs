//! `thrombo explore` beside many clients that hold connections. `cargo bench --bench explore` has the
//! times and the long counts.

use crate::served::{Running, status};
use crate::slow::{Crowd, Slow};
use std::time::{Duration, Instant};

/// Patients, few so that answers are quick.
const SUBJECTS: usize = 20;
/// Slow clients, more than places for those that are sending a request.
const SLOW: usize = 160;
/// Generous: the page takes milliseconds, and took until the slow clients were closed for their slowness.
const LONGEST: Duration = Duration::from_secs(10);

#[test]
fn invariant_an_honest_request_is_answered_beside_many_slow_clients() {
    let server = Running::start(SUBJECTS);
    for (kind, start) in Slow::ALL.into_iter().zip(1..) {
        let slow = Crowd::start(server.port, &server.path, kind, SLOW);
        for _ in 0..3 {
            let begun = Instant::now();
            assert_eq!(status(&server.get("")), "200", "{kind:?}");
            assert!(begun.elapsed() < LONGEST, "{kind:?}: after {:?}", begun.elapsed());
        }
        assert_eq!(status(&server.get(&format!("answer?start={start}"))), "200", "{kind:?}");
        assert!(kind == Slow::Unread || slow.dropped() > 0, "{kind:?}: none was displaced");
    }
}

#[test]
fn invariant_five_hundred_requests_in_a_row_leave_nothing_behind() {
    let server = Running::start(SUBJECTS);
    let ask = |from: usize, to: usize| {
        for number in from..to {
            // Every fifth is a view that was not asked for before.
            let view = format!("answer?kc={}", 10 + number);
            let answer = server.get(if number % 5 == 0 { &view } else { "" });
            assert_eq!(status(&answer), "200", "request {number}");
        }
    };
    ask(0, 100);
    #[cfg(target_os = "linux")]
    let before = server.memory_mb("VmRSS:");
    ask(100, 500);
    #[cfg(target_os = "linux")]
    {
        const MOST_MORE_MB: f64 = 20.0;
        let more = server.memory_mb("VmRSS:") - before;
        assert!(more < MOST_MORE_MB, "{more} MB more after 400 requests");
    }
}
