//! Ends of every kind at every moment: what stood before stands or is named, nothing is left but after
//! KILL, and what KILL left the next run sweeps. The bench `interruptions` runs the same at many more.

use super::case::Case;
use super::checkpoint::Asked;
use super::ends::{End, Subject, ends_at_system_calls, strace_works};
use super::scene::{Scene, unprivileged};

/// How many ends of each subject the gate tries; the bench tries all.
const SHARE: usize = 12;

/// Whether runs can be ended at their system calls here, which the gate insists on.
fn ends_can_be_tried() -> bool {
    let possible = unprivileged() && strace_works(&Scene::new());
    if !possible {
        let required = std::env::var_os("THROMBO_REQUIRE_STRACE").is_some();
        assert!(!required, "strace or setpriv is missing");
        println!("skipped: no user without privileges, or no strace");
    }
    possible
}

#[test]
fn invariant_an_end_at_the_checkpoint_loses_no_evaluation() {
    if !ends_can_be_tried() {
        return;
    }
    for asked in Asked::ALL {
        let ends = asked.ends();
        let moments: &[(&str, usize, &str)] = match asked {
            Asked::Resume => &[
                ("ftruncate", 1, "error=EIO"),
                ("write", 2, "signal=KILL"),
                ("fdatasync", 2, "error=ENOSPC"),
            ],
            Asked::Anew => &[("renameat2", 1, "signal=INT"), ("openat", 2, "error=EIO")],
        };
        for (call, number, by) in moments {
            let end = End { call: (*call).to_owned(), number: *number, by };
            assert!(ends.contains(&end), "{asked:?}: no {end:?} among {}", ends.len());
            let faults = asked.faults(&end);
            assert!(faults.is_empty(), "{asked:?}, {end:?}: {}", faults.join("; "));
        }
    }
}

#[test]
fn invariant_an_end_within_the_swap_loses_nothing() {
    if !ends_can_be_tried() {
        return;
    }
    for subject in Subject::ALL {
        let ends = ends_at_system_calls(subject);
        assert!(ends.len() > 50, "{subject:?}: only {} ends", ends.len());
        let step = ends.len().div_ceil(SHARE);
        let mut tried = 0;
        // The moves themselves, and a share of all other calls.
        let is_move = |end: &End| end.call.starts_with("rename");
        for (i, end) in ends.iter().enumerate() {
            if is_move(end) || i % step == 0 {
                tried += 1;
                let faults = subject.faults(end);
                assert!(faults.is_empty(), "{subject:?}, {end:?}: {}", faults.join("; "));
            }
        }
        assert!(tried > SHARE / 2, "{tried}");
    }
}

#[test]
fn invariant_a_foreign_file_in_a_stage_is_left_and_named() {
    if !unprivileged() {
        println!("skipped: no user without privileges to run as");
        return;
    }
    // A stage whose program is gone, in which somebody has put something.
    let setup = "mkdir -p .thrombo-gone/new; touch .thrombo-gone/lock; echo 1 > .thrombo-gone/new/mine; \
                 printf 'target = \"res\"\\n[files]\\n' > .thrombo-gone/manifest.toml";
    let case = Case {
        name: "a stage with a foreign file",
        setup,
        run: "$T man --out res",
        code: 0,
        says: "left by an interrupted run, not removed: ",
        writes: &["res"],
        moves: &[],
    };
    assert_eq!(super::faults(&case), Vec::<String>::new());
}
