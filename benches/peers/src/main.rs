//! Other integrators and the lane engine on the workload of `docs/performance.md`, in one run.
//!
//! ```text
//! pip download --no-binary :all: --no-deps numbalsoda && tar xzf numbalsoda-*.tar.gz
//! NUMBALSODA_SOURCE=$PWD/numbalsoda-0.3.4 cargo run --release --manifest-path benches/peers/Cargo.toml
//! ```
//!
//! Each program is checked against a solution at 1e-12 before it is timed. Rounds of all programs
//! alternate, so that other work on the machine meets all of them; medians are printed, and their
//! ratios to the lane engine with the drug in closed form.

mod others;
#[path = "../../workload/mod.rs"]
mod workload;

use thrombopoiesis::integrate::lanes::{self, Instructions, Options, Plan, System};
use thrombopoiesis::population::Streams;
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

fn main() {
    let count = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(1000);
    let streams = Streams::new(1, "workload");
    let (closed, all) = (ClosedForm(streams.clone()), AllStates(streams.clone()));
    let programs: Vec<(&str, Program<'_>)> = vec![
        ("lanes, drug in closed form", Box::new(|t, n| lanes(&closed, t, n))),
        ("lanes, all states", Box::new(|t, n| lanes(&all, t, n))),
        ("diffsol Tsit5", Box::new(|t, n| others::diffsol(&streams, t, n))),
        ("ode_solvers Dop853, restarted", Box::new(|t, n| others::dop853(&streams, t, n, 1e-6))),
        #[cfg(lsoda)]
        ("numbalsoda LSODA", Box::new(|t, n| others::lsoda(&streams, t, n))),
    ];
    for (name, outputs) in [
        ("daily", (0..=40).map(|d| 24.0 * f64::from(d)).collect::<Vec<f64>>()),
        ("hourly", (0..=960).map(f64::from).collect()),
    ] {
        let count = if name == "daily" { count } else { count / 5 };
        let truth = others::dop853(&streams, &outputs, count, 1e-12);
        let errors: Vec<f64> =
            programs.iter().map(|(_, p)| worst(&p(&outputs, count), &truth)).collect();
        let mut times = vec![Vec::new(); programs.len()];
        for _ in 0..ROUNDS {
            for ((_, program), times) in programs.iter().zip(&mut times) {
                let start = cpu_seconds();
                std::hint::black_box(program(&outputs, count));
                times.push((cpu_seconds() - start) * 1e6 / count as f64);
            }
        }
        let medians: Vec<f64> = times
            .iter_mut()
            .map(|times| {
                times.sort_by(f64::total_cmp);
                times[times.len() / 2]
            })
            .collect();
        println!("\n{name}, {count} subjects, one thread");
        println!(
            "{:32} {:>12} {:>10} {:>10} {:>12}",
            "", "us/subject", "x closed", "x all", "worst error"
        );
        for (((program, _), median), error) in programs.iter().zip(&medians).zip(errors) {
            let (closed, all) = (median / medians[0], median / medians[1]);
            let verdict = if error < 1e-5 { "" } else { "  does not count" };
            println!("{program:32} {median:12.2} {closed:10.1} {all:10.1} {error:12.1e}{verdict}");
        }
    }
}
