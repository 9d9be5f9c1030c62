//! Other integrators and the lane engine on the workload of `docs/performance.md`, in one run.
//!
//! ```text
//! pip download --no-binary :all: --no-deps numbalsoda && tar xzf numbalsoda-*.tar.gz
//! NUMBALSODA_SOURCE=$PWD/numbalsoda-0.3.4 cargo run --release --manifest-path benches/peers/Cargo.toml
//! ```
//!
//! Its output is `docs/performance.md`. Each program is checked against a solution at 1e-12 before it is timed. Rounds of all programs
//! alternate, so that other work on the machine meets all of them; medians are printed, and their
//! ratios to the lane engine with the drug in closed form.

mod others;
#[path = "../../workload/mod.rs"]
mod workload;

use thrombopoiesis::integrate::lanes::{self, Instructions, Options, Plan, System};
use workload::{AllStates, ClosedForm, END};

const WIDTH: usize = 32;
const ROUNDS: usize = 7;

/// Platelets of the first `count` subjects, one after the other.
type Program<'a> = Box<dyn Fn(&[f64], usize) -> Vec<f64> + 'a>;

fn lanes<const N: usize, const P: usize, const K: usize>(
    system: &impl System<N, P, K>,
    outputs: &[f64],
    count: usize,
) -> Vec<f64> {
    let plan = Plan { outputs, looks: &[], end: END, level: f64::NAN, options: Options::default() };
    let mut values = vec![f64::NAN; count * outputs.len()];
    let mut endings = vec![lanes::Ending::default(); count];
    let mut block = lanes::Block { first_subject: 0, values: &mut values, endings: &mut endings };
    let best = Instructions::available()[0];
    lanes::integrate::<WIDTH, N, P, K>(system, &plan, &mut block, best);
    values
}

/// Processor time of this thread: what else runs on the machine does not count.
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split(' ').next().and_then(|n| n.parse::<f64>().ok());
    nanoseconds.unwrap_or(f64::NAN) * 1e-9
}

fn worst(values: &[f64], truth: &[f64]) -> f64 {
    assert!(values.len() == truth.len(), "{} values, not {}", values.len(), truth.len());
    values.iter().zip(truth).map(|(v, t)| ((v - t) / t).abs()).fold(0.0, f64::max)
}

/// How long a program is repeated for one measurement, s: the clock has steps of milliseconds.
const LONG_ENOUGH: f64 = 0.1;

/// Microseconds of processor time per subject.
fn measure(program: &Program<'_>, outputs: &[f64], count: usize) -> f64 {
    let start = cpu_seconds();
    let mut runs = 0;
    while runs == 0 || cpu_seconds() - start < LONG_ENOUGH {
        std::hint::black_box(program(outputs, count));
        runs += 1;
    }
    (cpu_seconds() - start) * 1e6 / (count * runs) as f64
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

fn processor() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("model name")).unwrap_or_default();
    line.split(':').next_back().unwrap_or_default().trim().to_owned()
}

fn today() -> String {
    let date = std::process::Command::new("date").args(["-u", "+%F"]).output();
    date.map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned()).unwrap_or_default()
}

fn main() {
    let count = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(1000);
    let subjects = workload::subjects(count);
    let (closed, all) = (ClosedForm(&subjects), AllStates(&subjects));
    let programs: Vec<(&str, Program<'_>)> = vec![
        ("lanes, drug in closed form", Box::new(|t, n| lanes(&closed, t, n))),
        ("lanes, all states", Box::new(|t, n| lanes(&all, t, n))),
        ("diffsol Tsit5", Box::new(|t, n| others::diffsol(&subjects, t, n))),
        (
            "ode_solvers Dop853, restarted at outputs",
            Box::new(|t, n| others::dop853(&subjects, t, n, 1e-6)),
        ),
        #[cfg(lsoda)]
        ("numbalsoda LSODA", Box::new(|t, n| others::lsoda(&subjects, t, n))),
    ];
    println!("# Performance\n");
    println!("Made by `benches/peers` on {}, {}, one thread.", today(), processor());
    println!("Tolerances 1e-6 and 1e-8; processor time, medians of {ROUNDS} alternating rounds.");
    println!("Read the ratios, not the times. The workload is that of `benches/workload/mod.rs`.");
    for (name, outputs) in [
        ("Daily", (0..=40).map(|d| 24.0 * f64::from(d)).collect::<Vec<f64>>()),
        ("Hourly", (0..=960).map(f64::from).collect()),
    ] {
        let count = if name == "Daily" { count } else { count / 5 };
        let truth = others::dop853(&subjects, &outputs, count, 1e-12);
        let check = |(_, program): &(&str, Program<'_>)| worst(&program(&outputs, count), &truth);
        let errors: Vec<f64> = programs.iter().map(check).collect();
        let mut times = vec![Vec::new(); programs.len()];
        for _ in 0..ROUNDS {
            for ((_, program), times) in programs.iter().zip(&mut times) {
                times.push(measure(program, &outputs, count));
            }
        }
        let medians: Vec<f64> = times.into_iter().map(median).collect();
        println!("\n## {name} output, {count} subjects\n");
        println!("| program | us per subject | x closed form | x all states | worst error |");
        println!("|---|---:|---:|---:|---:|");
        for (((program, _), median), error) in programs.iter().zip(&medians).zip(errors) {
            let (closed, all) = (median / medians[0], median / medians[1]);
            let verdict = if error < 1e-5 { "" } else { ", does not count" };
            println!("| {program} | {median:.1} | {closed:.1} | {all:.1} | {error:.1e}{verdict} |");
        }
    }
}
