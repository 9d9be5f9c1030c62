//! Ends of every kind at every moment: a replacement at each of its system calls, and `calibrate` at each of
//! those on its checkpoint, by signals and errors; `trial`, `calibrate` and `report` at random moments. What
//! stood before must stand or be named, a calibration that is resumed must end in the same bytes, and only
//! KILL may leave anything behind.
//!
//! ```text
//! cargo bench --bench interruptions -- 100        ends at random moments for each command
//! cargo bench --bench interruptions -- 1 InPlace  system calls of one kind of replacement
//! cargo bench --bench interruptions -- 1 Resume   system calls on the checkpoint (an earlier one set aside: Anew)
//! ```
//!
//! Needs strace, and a user without privileges (setpriv) where it runs as root.
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "../tests/program/hostile/checkpoint.rs"]
mod checkpoint;
#[path = "../tests/program/hostile/ends.rs"]
mod ends;
#[path = "../tests/program/hostile/scene.rs"]
mod scene;

use checkpoint::{Asked, results, scene_with_plan};
use ends::{Subject, ends_at_system_calls, strace_works};
use rand::{RngExt, SeedableRng};
use scene::{Scene, unprivileged};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A command that is ended at random moments: how to make what stands before, and how to run it.
struct Command {
    name: &'static str,
    setup: &'static str,
    run: &'static str,
    /// What the run leaves on purpose, for the next one to go on from.
    keeps: &'static str,
}

const COMMANDS: [Command; 3] = [
    Command {
        name: "trial",
        setup: "$T trial l_plus_2 --replicates 3 --seed 2 --out res -q > said",
        run: "$T trial l_plus_2 --replicates 40 --save-replicates all --out res -q > said",
        keeps: "nothing",
    },
    Command {
        name: "calibrate",
        setup: "$T trial l_plus_2 --replicates 3 --seed 2 --out res -q > said",
        run: "$T calibrate --plan one.toml --targets own --candidates 500 --screened 2 --draws 20 --replicates 20 --resume --out res -q > said",
        keeps: ".res.",
    },
    Command {
        name: "report",
        setup: "$T trial l_plus_2 --replicates 3 --seed 2 --out res -q > said",
        // Of a model text: the longer report of the patients ends in the same steps.
        run: "$T report --model liu_2025 --out res -q > said",
        keeps: "nothing",
    },
];

fn litter(scene: &Scene) -> Vec<String> {
    scene.entries().into_keys().filter(|path| path.starts_with(".thrombo-")).collect()
}

/// Ends one command at `count` random moments, one signal after the other.
fn at_random_moments(command: &Command, count: usize) -> Vec<String> {
    let reference = scene_with_plan();
    let begun = Instant::now();
    let code = reference.shell(command.run).status.code();
    assert!(matches!(code, Some(0 | 3)), "{} without an end: {code:?}", command.name);
    let (whole, lasts) = (results(&reference), begun.elapsed());
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(11);
    let (mut faults, mut finished) = (Vec::new(), 0);
    for i in 0..count {
        let signal = ["KILL", "INT", "TERM"][i % 3];
        let scene = scene_with_plan();
        scene.shell(command.setup);
        let before = results(&scene);
        let mut child = scene
            .command("/bin/sh")
            .args(["-c", &format!("exec {}", command.run)])
            .spawn()
            .expect("a shell");
        // The last moments, where results take their place, are hit as often as all the others.
        let share =
            if i % 2 == 0 { random.random::<f64>() } else { 0.9 + 0.12 * random.random::<f64>() };
        sleep(Duration::from_secs_f64(share * lasts.as_secs_f64()));
        scene.shell(&format!("kill -{signal} {}", child.id()));
        let status = child.wait().expect("an end");
        finished += usize::from(status.code().is_some());
        let after = results(&scene);
        if after != before && after != whole {
            faults.push(format!("{} by {signal} at {share:.3}: half a result", command.name));
        }
        if signal != "KILL" && !litter(&scene).is_empty() {
            faults.push(format!(
                "{} by {signal} at {share:.3}: {:?}",
                command.name,
                litter(&scene)
            ));
        }
        scene.shell(command.run);
        if results(&scene) != whole || !litter(&scene).is_empty() {
            faults
                .push(format!("{} by {signal} at {share:.3}: the next run differs", command.name));
        }
        let kept = |path: &String| path.starts_with(command.keeps);
        let left: Vec<_> = scene.entries().into_keys().filter(kept).collect();
        if !left.is_empty() {
            faults.push(format!("{}: {left:?} stays after the end", command.name));
        }
    }
    println!(
        "{}: {count} ends at random moments of {:.1} s ({finished} came too late), {} faults",
        command.name,
        lasts.as_secs_f64(),
        faults.len()
    );
    faults
}

fn main() {
    let scene = Scene::new();
    if !unprivileged() || !strace_works(&scene) {
        println!("skipped: no user without privileges, or no strace");
        return;
    }
    let mut arguments = std::env::args().filter(|argument| argument != "--bench").skip(1);
    let count = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(100);
    let only = arguments.next();
    let mut faults = Vec::new();
    for subject in Subject::ALL {
        let name = format!("{subject:?}");
        if only.as_ref().is_some_and(|only| *only != "calls" && *only != name) {
            continue;
        }
        let ends = ends_at_system_calls(subject);
        let found: Vec<String> = ends.iter().flat_map(|end| subject.faults(end)).collect();
        println!("{subject:?}: {} ends at system calls, {} faults", ends.len(), found.len());
        faults.extend(found);
    }
    for asked in Asked::ALL {
        let name = format!("{asked:?}");
        if only.as_ref().is_some_and(|only| *only != "calls" && *only != name) {
            continue;
        }
        let ends = asked.ends();
        let found: Vec<String> = ends.iter().flat_map(|end| asked.faults(end)).collect();
        println!("{asked:?}: {} ends at calls on a checkpoint, {} faults", ends.len(), found.len());
        faults.extend(found);
    }
    for command in &COMMANDS {
        if only.as_ref().is_none_or(|only| only == command.name) {
            faults.extend(at_random_moments(command, count));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
