//! What the numbers were measured with.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

pub(crate) fn processor() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("model name")).unwrap_or_default();
    line.split(':').next_back().unwrap_or_default().trim().to_owned()
}

pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Programs that compute or wait for a core, the mean of a minute.
pub(crate) fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_owned()
}

pub(crate) fn today() -> String {
    let date = Command::new("date").args(["-u", "+%F"]).output();
    date.map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned()).unwrap_or_default()
}

/// The version of a crate that this program was built with.
pub(crate) fn version(name: &str) -> &'static str {
    let lock = include_str!("../Cargo.lock");
    let heading = format!("name = \"{name}\"\nversion = \"");
    let rest = lock.split_once(&heading).map_or("?", |(_, rest)| rest);
    rest.split('"').next().unwrap_or("?")
}

/// Runs this program anew with other arguments: what it prints.
pub(crate) fn anew(arguments: &[String]) -> String {
    let program = std::env::current_exe().expect("this program has a path");
    let out = Command::new(program).args(arguments).stderr(Stdio::inherit()).output();
    let out = out.expect("this program can be started again");
    assert!(out.status.success(), "{arguments:?} fails");
    String::from_utf8_lossy(&out.stdout).trim().to_owned()
}

/// The arguments of the command that a user waits for.
pub(crate) const SIMULATE: [&str; 9] = [
    "simulate",
    "--regimen",
    "3 mg qd x7",
    "--subjects",
    "1000",
    "--omega",
    "kc=1.3",
    "--cv",
    "cl=0.36",
];

/// Builds `thrombo` and times whole processes of it: the shortest and the median, ms.
pub(crate) fn simulate(runs: usize) -> (f64, f64) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let build = Command::new(cargo)
        .args(["build", "--release", "--bin", "thrombo", "--message-format", "json"])
        .current_dir(&root)
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo starts");
    let messages = String::from_utf8_lossy(&build.stdout).into_owned();
    let paths = messages.split("\"executable\":\"").skip(1);
    let program = paths.last().and_then(|rest| rest.split('"').next()).expect("thrombo is built");
    let mut times: Vec<f64> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            let command = Command::new(program).args(SIMULATE).stdout(Stdio::null()).status();
            assert!(command.is_ok_and(|status| status.success()), "thrombo {SIMULATE:?} fails");
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    (times[0], times[runs / 2])
}

/// [`SIMULATE`] as it is typed.
pub(crate) fn shown() -> String {
    let quoted =
        |word: &str| if word.contains(' ') { format!("\"{word}\"") } else { word.to_owned() };
    SIMULATE.map(quoted).join(" ")
}
