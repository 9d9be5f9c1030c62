//! `thrombo explore` beside many clients that hold connections. `cargo bench --bench explore` has the
//! times and the long counts.

use crate::served::{Running, status};
use crate::slow::{Crowd, Slow};
use std::time::{Duration, Instant};

/// Patients, few so that answers are quick.
const SUBJECTS: usize = 20;
/// Slow clients, more than places for those that are sending a request.
const SLOW: usize = 160;
/// By then a slow client is closed for its own slowness: answers must come before, and long before.
const LONGEST: Duration = Duration::from_secs(4);

#[test]
fn invariant_an_honest_request_is_answered_beside_many_slow_clients() {
    let server = Running::start(SUBJECTS);
    for kind in Slow::ALL {
        let slow = Crowd::start(server.port, &server.path, kind, SLOW);
        for number in 1..=3 {
            let begun = Instant::now();
            let answer = server.get(&format!("answer?start={number}"));
            assert_eq!(status(&answer), "200", "{kind:?}");
            assert!(begun.elapsed() < LONGEST, "{kind:?}: after {:?}", begun.elapsed());
        }
        assert!(kind == Slow::Unread || slow.dropped() > 0, "{kind:?}: none was displaced");
    }
}

#[test]
fn invariant_five_hundred_requests_in_a_row_leave_nothing_behind() {
    const MOST_MORE_MB: f64 = 20.0;
    let server = Running::start(SUBJECTS);
    let ask = |from: usize, to: usize| {
        for number in from..to {
            let answer = server.get(&format!("answer?kc={}", 10 + number));
            assert_eq!(status(&answer), "200", "request {number}");
        }
    };
    ask(0, 100);
    #[cfg(target_os = "linux")]
    let before = server.memory_mb("VmRSS:");
    ask(100, 500);
    #[cfg(target_os = "linux")]
    {
        let more = server.memory_mb("VmRSS:") - before;
        assert!(more < MOST_MORE_MB, "{more} MB more after 400 requests");
    }
}
