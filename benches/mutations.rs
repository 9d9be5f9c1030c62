//! Faults in command lines and files, many of them: no panic, no signal, no library's own words.
//!
//! ```text
//! cargo bench --bench mutations -- 100000 1        as many command lines, from this seed
//! ```
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "../tests/program/mutations/mutation.rs"]
mod mutation;
#[path = "../tests/program/hostile/scene.rs"]
mod scene;

use std::thread;
use std::time::Instant;

fn main() {
    if !scene::unprivileged() {
        println!("skipped: no user without privileges");
        return;
    }
    let mut arguments = std::env::args().filter(|argument| argument != "--bench").skip(1);
    let count: usize = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let seed: u64 = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(1);
    let begun = Instant::now();
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = |part: usize| move || mutation::run(count / threads, 1000 * seed + part as u64);
    let parts: Vec<_> = (0..threads).map(|part| thread::spawn(share(part))).collect();
    let ends: Vec<_> = parts.into_iter().map(|part| part.join().expect("a thread")).collect();
    let codes: Vec<usize> =
        (0..4).map(|code| ends.iter().map(|end| end.codes[code]).sum()).collect();
    let long: usize = ends.iter().map(|end| end.long).sum();
    let faults: Vec<String> = ends.into_iter().flat_map(|end| end.faults).collect();
    println!(
        "{count} command lines in {:.0} s: exit codes 0 to 3 {codes:?}, {long} ended after their time, {} faults",
        begun.elapsed().as_secs_f64(),
        faults.len()
    );
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
