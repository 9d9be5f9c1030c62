//! Memory is estimated before work: what does not fit is refused, what is accepted stays within what
//! there is, and no count ends the program by a signal.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The limit of address space, KiB.
const LIMIT_KIB: u64 = 1_500_000;
/// How long a command that was accepted is watched.
const WATCHED: Duration = Duration::from_millis(600);

/// How a command ended under the limit.
#[derive(Debug, PartialEq)]
enum Ended {
    /// By itself.
    With { code: Option<i32>, said: String },
    /// It was still at work when the watch was over.
    AtWork,
}

/// Runs `thrombo` in `folder` with an address space of so many KiB.
fn limited(folder: &Path, kib: u64, watched: Duration, args: &[&str]) -> Ended {
    let errors = folder.join("errors.txt");
    let mut child = Command::new("sh")
        .args([
            "-c",
            &format!("ulimit -v {kib}; exec \"$0\" \"$@\""),
            env!("CARGO_BIN_EXE_thrombo"),
        ])
        .args(args)
        .current_dir(folder)
        .env("HOME", folder)
        .stdout(Stdio::null())
        .stderr(fs::File::create(&errors).expect("created"))
        .spawn()
        .expect("sh starts");
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("waited for") {
            let said = fs::read_to_string(&errors).expect("read");
            return Ended::With { code: status.code(), said };
        }
        if start.elapsed() > watched {
            child.kill().expect("killed");
            child.wait().expect("waited for");
            return Ended::AtWork;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A count at its extreme must be refused as usage, in one sentence that says `expected`.
fn refused(folder: &Path, args: &[&str], expected: &str) {
    let ended = limited(folder, LIMIT_KIB, Duration::from_mins(1), args);
    let Ended::With { code, said } = ended else { unreachable!("{args:?} is at work") };
    assert_eq!(code, Some(2), "{args:?}: {said}");
    assert!(said.contains(expected), "{args:?}: {said:?} does not say {expected:?}");
    if expected == "of memory" {
        let begins = if args.contains(&"--json") { "{\"error\":" } else { "error: " };
        assert!(said.starts_with(begins) && said.lines().count() == 1, "{said}");
        assert!(said.contains("lower the number of") && said.contains("are available"), "{said}");
    }
}

/// A command that is accepted must not end by a signal or a panic.
fn survives(folder: &Path, args: &[&str]) {
    if let Ended::With { code, said } = limited(folder, LIMIT_KIB, WATCHED, args) {
        assert!(matches!(code, Some(0..=3)), "{args:?} ended with {code:?}: {said}");
        assert!(!said.contains("panicked"), "{args:?}: {said}");
    }
}

const COURSE: [&str; 3] = ["simulate", "--regimen", "3 mg qd x7"];

#[test]
fn invariant_counts_above_their_limits_are_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let huge = "1000000000000";
    for (command, counts) in [
        (&COURSE[..], &["subjects"][..]),
        (&["fit"], &["starts", "max-iterations"]),
        (&["fit", "--targets", "counts.csv", "--prior", "population"], &["individuals"]),
        (&["trial", "l_plus_2"], &["replicates", "threads", "save-replicates"]),
        (&["validate"], &["replicates"]),
        (
            &["calibrate"],
            &["candidates", "screened", "effective-size", "draws", "replicates", "threads"],
        ),
        (&["forecast", "--data", "data.csv"], &["individuals", "threads"]),
        (&["window"], &["subjects", "threads", "days", "start"]),
        (&["window", "--optimise"], &["longest", "search-subjects"]),
        (&["window", "--posterior", "calibrated"], &["sets"]),
        (&["explore"], &["subjects", "port"]),
    ] {
        for count in counts {
            for value in [huge, "99999999999999999999999999", "1e999"] {
                let flag = format!("--{count}");
                let args = [command, &[&flag, value]].concat();
                let said = match limited(folder.path(), LIMIT_KIB, Duration::from_mins(1), &args) {
                    Ended::With { code: Some(2), said } => said,
                    other => unreachable!("{args:?}: {other:?}"),
                };
                assert!(said.starts_with("error: "), "{args:?}: {said}");
            }
        }
    }
    let many: Vec<String> = (1..=101).map(|count| count.to_string()).collect();
    let many = many.join(",");
    refused(folder.path(), &["window", "--baseline", &many], "`number of baselines = 101`");
    for command in [&["window"][..], &["trial", "l_plus_2"], &["validate"], &["calibrate"]] {
        let args = [command, &["--variants", "A,B,A"]].concat();
        refused(folder.path(), &args, "--variant A contradicts --variant A");
    }
    let million = ["simulate", "--regimen", "3 mg qd x1000000"];
    refused(folder.path(), &million, "a whole number of doses from 1 to 1000");
}

#[test]
fn invariant_what_memory_does_not_hold_is_refused_with_its_estimate() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let refuse = |args: &[&str]| refused(folder.path(), args, "of memory");
    let course = |more: &[&str]| refuse(&[&COURSE[..], more].concat());
    course(&["--every", "0.00096 h", "--json", "--states"]);
    course(&["--every", "0.00096 h", "--json"]);
    course(&["--every", "0.00096 h", "--json", "--format", "nonmem"]);
    course(&["--every", "0.00096 h", "--subjects", "100", "--omega", "kc=1"]);
    course(&["--every", "0.00096 h", "--subjects", "1000000"]);
    course(&["--subjects", "10", "--threads", "1024"]);
    refuse(&["window", "--subjects", "1000000"]);
    refuse(&["window", "--subjects", "1000", "--threads", "1024"]);
    refuse(&["calibrate", "--candidates", "1000000"]);
    refuse(&["calibrate", "--candidates", "100000", "--check-conflicts"]);
    let all = ["trial", "l_plus_2", "--replicates", "100000", "--save-replicates", "all"];
    refuse(&[&all[..], &["--out", "all"]].concat());
    refuse(&["trial", "l_plus_2", "--replicates", "100000", "--variants", "A,B,C,D"]);
    refuse(&["explore", "--subjects", "1000000"]);
    assert!(!folder.path().join("all").exists(), "a folder was made for nothing");
}

#[test]
fn invariant_what_is_accepted_at_an_extreme_stays_within_memory() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let accept = |args: &[&str]| survives(folder.path(), args);
    let course = |more: &[&str]| accept(&[&COURSE[..], more].concat());
    course(&["--every", "0.00096 h", "--states"]);
    course(&["--every", "0.00096 h", "--subjects", "100"]);
    course(&["--subjects", "1000000", "--omega", "kc=9", "--omega", "plt0=9"]);
    course(&["--subjects", "1000000", "--engine", "reference", "--threads", "8"]);
    course(&["--days", "10000", "--set", "tmk=0.001"]);
    accept(&["simulate", "--regimen", "3 mg q1h x1000", "--days", "10000", "--json", "--states"]);
    accept(&["export", "--to", "nonmem", "--every", "0.00096 h", "--json"]);
    accept(&["export", "--to", "sbml", "--regimen", "3 mg qd x1000", "--days", "10000"]);
    accept(&["fit", "--starts", "10000", "--max-iterations", "1000000"]);
    accept(&["trial", "l_plus_2", "--replicates", "1000", "--save-replicates", "all"]);
    accept(&["validate", "--replicates", "100000"]);
    accept(&["calibrate", "--draws", "100000", "--replicates", "100000", "--screened", "100000"]);
    accept(&["window", "--subjects", "100000", "--optimise", "--search-subjects", "100000"]);
    accept(&["report"]);
    for args in [&["models"][..], &["man"], &["completions", "bash"], &["init", "project"]] {
        accept(args);
    }
    let large = include_str!("../../scenarios/l_plus_2.toml");
    let large = large.replace("randomised = 215", "randomised = 100000");
    let sized = large.lines().filter(|line| !line.starts_with("size = "));
    let sized = sized.collect::<Vec<_>>().join("\n");
    assert!(sized.contains("randomised = 100000"));
    fs::write(folder.path().join("large.toml"), sized).expect("written");
    accept(&["check", "large.toml"]);
    accept(&["trial", "large.toml", "--replicates", "10"]);
}

#[test]
fn invariant_a_trial_has_an_end() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let endless = include_str!("../../scenarios/l_plus_2.toml")
        .lines()
        .map(|line| if line == "last_day = 35" { "last_day = 1e15" } else { line });
    let endless = endless.collect::<Vec<_>>().join("\n");
    assert!(endless.contains("1e15"));
    fs::write(folder.path().join("endless.toml"), endless).expect("written");
    let args = ["trial", "endless.toml", "--replicates", "1"];
    match limited(folder.path(), LIMIT_KIB, Duration::from_mins(1), &args) {
        Ended::With { code: Some(1), said } => assert!(said.contains("(0, 1000]"), "{said}"),
        other => unreachable!("{other:?}"),
    }
}

#[test]
fn invariant_without_threads_of_its_own_the_program_works_on_one() {
    let run = |threads: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_thrombo"));
        command.args(["trial", "l_plus_2", "--replicates", "2"]).env("RAYON_NUM_THREADS", threads);
        command.output().expect("thrombo starts")
    };
    let (few, many) = (run("1"), run("100000000"));
    assert_eq!((few.status.code(), many.status.code()), (Some(0), Some(0)));
    assert_eq!(few.stdout, many.stdout);
    // An address space in which only a few threads find room.
    let folder = tempfile::tempdir().expect("a temporary folder");
    let args = ["trial", "l_plus_2", "--replicates", "2"];
    let small = limited(folder.path(), 250_000, Duration::from_mins(1), &args);
    assert!(matches!(small, Ended::With { code: Some(0), .. }), "{small:?}");
}

/// What a run took at most beyond what the program takes for nothing, MB.
fn taken(folder: &Path, args: &[&str]) -> f64 {
    let peak = |args: &[&str]| {
        let mut command = Command::new("sh");
        // The shell's own words would be its children's: the peak of the program stands in its status.
        let script = "\"$0\" \"$@\" > out.txt & p=$!; \
                      while kill -0 $p 2> /dev/null; do \
                      grep VmHWM /proc/$p/status >> peaks.txt 2> /dev/null; sleep 0.01; done; wait $p";
        let _ = fs::remove_file(folder.join("peaks.txt"));
        command.args(["-c", script, env!("CARGO_BIN_EXE_thrombo")]).args(args).current_dir(folder);
        let output = command.output().expect("sh starts");
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        let peaks = fs::read_to_string(folder.join("peaks.txt")).expect("read");
        let kib = |line: &str| line.split_whitespace().nth(1)?.parse::<f64>().ok();
        peaks.lines().filter_map(kib).fold(0.0, f64::max) * 1024.0 / 1e6
    };
    peak(args) - 14.0
}

/// The estimate that the program states for `args` where there is no memory at all, MB.
fn estimate(folder: &Path, args: &[&str]) -> f64 {
    for kib in [120_000, 160_000, 200_000, 230_000, 260_000, 300_000] {
        if let Ended::With { code: Some(2), said } =
            limited(folder, kib, Duration::from_mins(1), args)
        {
            let number = said.split("about ").nth(1).and_then(|rest| rest.split(' ').next());
            return 1e3 * number.and_then(|n| n.parse::<f64>().ok()).expect("an estimate");
        }
    }
    unreachable!("{args:?} was never refused")
}

#[test]
fn invariant_estimates_of_memory_hold() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let course = |more: &[&'static str]| [&COURSE[..], more].concat();
    for args in [
        course(&["--every", "0.0096 h", "--json", "--states"]),
        course(&["--every", "0.024 h", "--subjects", "190", "--omega", "kc=3"]),
        vec!["trial", "l_plus_2", "--replicates", "100", "--save-replicates", "all", "--out", "t"],
        vec!["window", "--variants", "B", "--baseline", "40", "--subjects", "20000"],
    ] {
        let (estimate, taken) = (estimate(folder.path(), &args), taken(folder.path(), &args));
        assert!(taken < estimate, "{args:?}: {taken} MB, not {estimate} MB at most");
        assert!(estimate < 4.0 * taken, "{args:?}: {taken} MB, far below {estimate} MB");
    }
}
