//! Command lines and files with faults in them, run through the program.

use super::scene::Scene;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::os::unix::process::ExitStatusExt;
use std::process::Output;

/// Lines that run for a moment, from which the others are made.
const LINES: [&str; 26] = [
    "simulate --regimen '3 mg qd x7' --every 5d",
    "simulate --regimen '3 mg qd x7, miss 4' --until '20 d' --every 2d --variant D --states",
    "simulate --regimen '3 mg qd x7, stop at 50 and +20 on days 5 6 7' --every 5d --set kc=115",
    "simulate --regimen '3 mg qd x3' --subjects 3 --omega kc=0.5 --cv cl=0.2 --seed 9 --every 9d",
    "simulate --parameters calibrated --subjects 3 --measured --regimen placebo --every 9d",
    "simulate --model wang_2010 --regimen '10 ug/kg iv once' --every 9d --integrator dopri5",
    "simulate --scenario lusutrombopag_3mg_x7_miss_4 --every 9d --json",
    "simulate --regimen '3 mg qd x7' --format nonmem --every 9d --out data.csv",
    "simulate --regimen '3 mg qd x2' --subjects 2 --every 9d --figure a.svg --out b.csv",
    "fit --targets counts.csv --starts 1 --max-iterations 2 --fix plt0 --regimen '3 mg qd x5'",
    "fit --starts 1 --max-iterations 2 --fix tp=9 --fix tmk --start kc=140 --optimiser lbfgs",
    "trial l_plus_2 --replicates 1 --seed 7 --variant B",
    "trial trial.toml --replicates 1 --parameters patients.toml --save-replicates all --out res",
    "window --subjects 9 --variant B --baseline 35 --threshold 75 --too-high 150",
    "window --subjects 9 --variant B --baseline 40 --dose 4 --days 5 --miss 3 --rule",
    "window --subjects 9 --variant B --baseline 40 --procedure-day 12 --set kc=150 --out res",
    "models mechanistic --variant C --population healthy",
    "models --parameters patients.toml",
    "export --to mrgsolve --regimen '3 mg qd x5' --until 10d --every '12 h'",
    "export --to nonmem --every 2d --set kc=120 --out model.ctl",
    "export --to sbml --model shimizu_2021_reduced",
    "check trial.toml counts.csv patients.toml plan.toml scenario.toml posterior.csv",
    "validate --replicates 20 --variant E",
    "calibrate --plan plan.toml --targets nowhere --candidates 500",
    "completions bash",
    "man --out pages",
];

/// Files that stand in the working folder, and where they come from.
pub(crate) const FILES: [(&str, &str); 8] = [
    ("trial.toml", "scenarios/l_plus_1.toml"),
    ("patients.toml", "parameters/calibrated_b.toml"),
    ("plan.toml", "parameters/calibration.toml"),
    ("scenario.toml", "scenarios/lusutrombopag_3mg_x7_miss_4.toml"),
    ("targets.toml", "targets/application_note.toml"),
    ("published.toml", "targets/l_plus_2.toml"),
    ("posterior.csv", "parameters/posterior_b.csv"),
    ("exposure.toml", "targets/exposure_cld.toml"),
];

/// Words that take the place of others, or come between them.
const ODD: [&str; 40] = [
    "",
    "0",
    "-1",
    "1e308",
    "-1e308",
    "1e-320",
    "nan",
    "inf",
    "NaN",
    "1e999",
    "0.1.2",
    "1,5",
    "1_000",
    "0x10",
    "99999999999999999999",
    "--",
    "-",
    "--set",
    "--json",
    "--out",
    "=",
    "kc=",
    "=5",
    "kc=1e300",
    "kc=nan",
    "µ",
    "３",
    "\u{202e}",
    "\u{feff}kc=5",
    "a\nb",
    "\u{1b}[31m",
    "%s%n",
    "'",
    "\"",
    "$HOME",
    "*",
    "..",
    "no/such/file",
    "3 mg qd x0",
    "3 mg qd x99999999999",
];

/// Libraries' own words, which no user should read.
const RAW: [&str; 12] = [
    "panicked",
    "os error",
    "Option::unwrap",
    "Result::unwrap",
    "RUST_BACKTRACE",
    "ParseIntError",
    "ParseFloatError",
    "invalid digit found",
    "invalid float literal",
    "TOML parse error",
    "CSV error",
    "Utf8Error",
];

/// Seconds after which a run is ended: what was asked for may be long.
const SECONDS: &str = "10";

/// What came of the runs.
#[derive(Debug, Default)]
pub(crate) struct Ends {
    /// How many ended with each exit code.
    pub(crate) codes: [usize; 4],
    /// How many were still at work when their time was over.
    pub(crate) long: usize,
    /// What must not be.
    pub(crate) faults: Vec<String>,
}

/// Runs `count` command lines with faults in them, and as many files as a tenth.
pub(crate) fn run(count: usize, seed: u64) -> Ends {
    let scene = Scene::new();
    let shipped = |path: &str| {
        std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect(path)
    };
    let (mut random, mut ends) = (ChaCha8Rng::seed_from_u64(seed), Ends::default());
    for number in 0..count {
        if number % 50 == 0 {
            scene.shell("rm -rf ./* ./.thrombo-*");
            write(&scene, "counts.csv", b"time_h,plt_1e9_l\n0,40\n96,45\n192,62\n288,68\n480,50\n");
            for (name, from) in FILES {
                write(&scene, name, &shipped(from));
            }
        }
        if number % 10 == 0
            && let Some((name, from)) = FILES.choose(&mut random)
        {
            write(&scene, name, &spoilt_bytes(&shipped(from), &mut random));
            ends.judge(&run_in(&scene, &["check", name]), &format!("check {name}, run {number}"));
            write(&scene, name, &shipped(from));
        }
        let line = LINES.choose(&mut random).copied().unwrap_or_default();
        let words = spoilt(shlex::split(line).unwrap_or_default(), &mut random);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        // A server ends only with a signal.
        if words.first() != Some(&"explore") {
            ends.judge(&run_in(&scene, &words), &format!("{words:?}"));
        }
    }
    let elsewhere = scene.entries().into_keys().filter(|path| path.starts_with("../home"));
    ends.faults.extend(elsewhere.map(|path| format!("{path} was written")));
    ends
}

/// Runs the program with these arguments.
fn run_in(scene: &Scene, words: &[&str]) -> Output {
    let mut command = scene.command("timeout");
    command.args(["-k", "2", SECONDS, "/bin/sh", "-c", "exec \"$T\" \"$@\"", "sh"]);
    command.args(words).output().expect("timeout starts")
}

/// Writes a file into the working folder, where one of another user or a folder may stand.
fn write(scene: &Scene, name: &str, content: &[u8]) {
    scene.shell(&format!("rm -rf {name}"));
    std::fs::write(scene.root().join("work").join(name), content).expect("written");
}

impl Ends {
    fn judge(&mut self, output: &Output, what: &str) {
        let said = String::from_utf8_lossy(&output.stderr);
        match (output.status.code(), output.status.signal()) {
            (Some(code @ 0..=3), _) => self.codes[usize::try_from(code).unwrap_or(0)] += 1,
            (Some(124), _) => self.long += 1,
            (code, signal) => {
                self.faults.push(format!("{what}: code {code:?}, signal {signal:?}: {said}"));
            }
        }
        if let Some(raw) = RAW.iter().find(|raw| said.contains(**raw)) {
            self.faults.push(format!("{what} says `{raw}`: {said}"));
        }
        let is_control = |c: char| c.is_control() && c != '\n';
        if said.len() > 20_000 || said.contains(is_control) {
            self.faults.push(format!("{what} says too much or control characters: {said}"));
        }
    }
}

/// One to three words changed, removed, doubled, exchanged or added.
fn spoilt(mut words: Vec<String>, random: &mut ChaCha8Rng) -> Vec<String> {
    for _ in 0..random.random_range(1..=3) {
        if words.len() < 2 {
            return words;
        }
        // The command itself stays in most lines.
        let first = usize::from(random.random_bool(0.95));
        let at = random.random_range(first..words.len());
        let odd = ODD.choose(random).copied().unwrap_or_default();
        match random.random_range(0..7) {
            0 => odd.clone_into(&mut words[at]),
            1 => words.insert(at, odd.to_owned()),
            2 => drop(words.remove(at)),
            3 => words.insert(at, words[at].clone()),
            4 => words[at] = format!("{}{odd}", words[at]),
            5 => {
                let other = random.random_range(1..words.len());
                words.swap(at.max(1), other);
            }
            _ => {
                let word = spoilt_bytes(words[at].as_bytes(), random);
                words[at] = String::from_utf8_lossy(&word).replace('\0', "");
            }
        }
    }
    words.retain(|word| !word.starts_with('/'));
    words
}

/// One to three bytes or lines changed.
fn spoilt_bytes(bytes: &[u8], random: &mut ChaCha8Rng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..random.random_range(1..=3) {
        if bytes.is_empty() {
            return bytes;
        }
        let at = random.random_range(0..bytes.len());
        match random.random_range(0..5) {
            0 => bytes[at] = random.random(),
            1 => drop(bytes.remove(at)),
            2 => bytes.insert(at, b"0123456789.,;-+eE\"'=[]{}#\t\r\n"[random.random_range(0..28)]),
            3 => bytes.truncate(at),
            _ => {
                let end = (at + random.random_range(1..40)).min(bytes.len());
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
        }
    }
    bytes
}
