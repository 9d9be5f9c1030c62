//! Other integrators and the lane engine on the workload of `docs/performance.md`, in one run.
//!
//! ```text
//! cargo run --release --manifest-path benches/peers/Cargo.toml > docs/performance.md
//! ```
//!
//! Its output is that page; `README.md` beside this crate says what has to be there first. With the
//! argument `quick` everything runs with few subjects: good for looking at the page only.

mod cvode;
mod listing;
#[cfg(lsoda)]
mod lsoda;
mod machine;
mod measure;
#[path = "../../mechanistic/mod.rs"]
mod mechanistic;
mod others;
mod promises;
#[path = "../../workload/mod.rs"]
mod workload;

use mechanistic::{Accuracy, Stopping};
use promises::Promises;
use thrombopoiesis::error::Result;
use thrombopoiesis::integrate::lanes::Instructions;

/// How much is run.
pub(crate) struct Size {
    /// Subjects of the three listings.
    pub(crate) counts: [usize; 3],
    /// Rounds of each.
    pub(crate) rounds: [usize; 3],
    accuracy: usize,
    million: usize,
    starts: usize,
}

const FULL: Size = Size {
    counts: [1000, 10_000, 1_000_000],
    rounds: [5, 3, 2],
    accuracy: 10_000,
    million: 1_000_000,
    starts: 21,
};
const QUICK: Size =
    Size { counts: [100, 300, 3000], rounds: [1, 1, 1], accuracy: 60, million: 10_000, starts: 3 };

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [] => page(&FULL),
        ["quick"] => page(&QUICK),
        ["million", subjects, threads] => {
            let number = |text: &str| text.parse().expect("a number");
            let run = mechanistic::million(number(subjects), number(threads))?;
            let (quantiles, share) = run.day_12;
            let peak = run.peak_mb.unwrap_or(f64::NAN);
            println!("{} {} {peak} {} {share}", run.seconds, run.failed, quantiles[2]);
            Ok(())
        }
        _ => {
            eprintln!("usage: thrombopoiesis-peers [quick]");
            std::process::exit(2);
        }
    }
}

fn page(size: &Size) -> Result<()> {
    heading();
    let rows = listing::listings(size);
    let mut promises = Promises::default();
    promises.speed(&rows, size);
    accuracy(&mechanistic::accuracy(size.accuracy)?, &mut promises);
    stopping(&mechanistic::stopping(size.accuracy)?, &mut promises);
    waiting(size, &mut promises);
    promises.print();
    println!("\n## Limits\n");
    println!(
        "The lanes know `katsube_2019` and the mechanistic model with 1 or 9 platelet stages, the"
    );
    println!("drug by mouth. Other models and numbers of stages are left to the reference engine;");
    println!(
        "`thrombo simulate --subjects` writes into its output which engine ran. Without fused"
    );
    println!("multiply-add in hardware the results are the same bits, many times slower.");
    println!("`tests/elementary` holds what the elementary functions are measured against.");
    Ok(())
}

/// How the page is made and how its tables are meant.
const CONDITIONS: &str = "\
To make this page anew on a machine that does nothing else:

```sh
cargo run --release --manifest-path benches/peers/Cargo.toml > docs/performance.md
```

**Read the ratios, not the times.** The workload is that of `benches/workload/mod.rs`: 14 parameters
with omega 0.3, seven doses of 3 mg, 960 h, platelets daily (41 values) or hourly (961), tolerances
1e-6 and 1e-8, subjects drawn beforehand. Each program is checked against a solution at 1e-12 before
it is timed, with every subject of runs of up to 10,000; one that errs by more than 1e-5 does not
count. All programs take turns, so that other work on the machine meets all of them. Given is the
mean of runs of 0.3 s or more, the smallest of the turns: processor time with one thread, time on the
wall with two (that of both processors in brackets). The gain is of times on the wall.
";

fn heading() {
    println!("# Performance\n");
    println!(
        "Made by `benches/peers` on {}: {}, {} cores, {:?} instructions.",
        machine::today(),
        machine::processor(),
        machine::cores(),
        Instructions::available()[0]
    );
    println!("Programs that computed or waited for a core when it began: {}.", machine::load());
    println!(
        "With more than a few tenths, times on the wall and gains are those of a busy machine.\n"
    );
    println!("{CONDITIONS}");
    programs();
}

/// What the others are.
fn programs() {
    let built = cvode::how_built().unwrap_or_else(|| "flags not found".to_owned());
    let version = machine::version;
    println!(
        "- reference engine: ode_solvers {} Dop853, steps to each dose, then each output anew",
        version("ode_solvers")
    );
    println!("  from the step before it, as in simulations.");
    println!(
        "- diffsol {} and CVODE: steps to each dose, outputs by interpolation.",
        version("diffsol")
    );
    println!(
        "- ode_solvers Dop853: restarted at each dose and output, as its dense output is wrong."
    );
    println!(
        "- CVODE {}: Newton's method with a dense matrix; compiled by sundials-sys {} ({built}).",
        cvode::version(),
        version("sundials-sys")
    );
    if cfg!(lsoda) {
        println!(
            "- numbalsoda 0.3.4: its LSODA compiled at -O3 and called from here, without Python."
        );
    } else {
        println!(
            "- numbalsoda: **left out**, its source was not there (`benches/peers/README.md`)."
        );
    }
}

fn accuracy(rows: &[Accuracy], promises: &mut Promises) {
    println!("\n## Accuracy in the mechanistic model\n");
    println!(
        "Daily counts against the reference engine at 1e-10: ten parameters with omega 0.8, 3 mg for"
    );
    println!("seven days.\n");
    println!("| variant | patients | subjects | at 1e-6: worst | 99 % within | at 1e-9: worst |");
    println!("|---|---|---:|---:|---:|---:|");
    for pair in rows.chunks(2) {
        let [default, tight] = pair else { continue };
        println!(
            "| {} | {} | {} | {:.1e} | {:.1e} | {:.1e} |",
            default.variant,
            default.group,
            default.subjects,
            default.worst,
            default.most,
            tight.worst
        );
    }
    let most = |tolerance: f64, of: fn(&Accuracy) -> f64| {
        rows.iter().filter(|row| row.tolerance == tolerance).map(of).fold(0.0, f64::max)
    };
    promises.at_most("worst count at 1e-6", most(1e-6, |row| row.worst), 1e-5);
    promises.at_most("99 % of counts at 1e-6", most(1e-6, |row| row.most), 2e-6);
    promises.at_most("worst count at 1e-9", most(1e-9, |row| row.worst), 1e-7);
}

fn stopping(rows: &[Stopping], promises: &mut Promises) {
    println!("\n## Accuracy with a stopping rule\n");
    println!(
        "The same under the rule of the phase 3 trials, which sees counts measured with 15 % error"
    );
    println!(
        "on days 5, 6 and 7. Where a count that decides lies within 1e-4 of a threshold, the subject"
    );
    println!("is compared up to that visit only; all others must be stopped at the same visit.\n");
    println!(
        "| variant | patients | subjects | stopped | near a threshold | others stopped differently | worst |"
    );
    println!("|---|---|---:|---:|---:|---:|---:|");
    for Stopping { variant, group, subjects, stopped, near, disagree, worst } in rows {
        println!(
            "| {variant} | {group} | {subjects} | {stopped} | {near} | {disagree} | {worst:.1e} |"
        );
    }
    let disagree = rows.iter().map(|row| row.disagree as f64).sum();
    promises.at_most("subjects stopped differently, far from a threshold", disagree, 0.0);
    let worst = rows.iter().map(|row| row.worst).fold(0.0, f64::max);
    promises.at_most("worst count with a stopping rule", worst, 1e-5);
}

/// Whole programs: what a user waits for.
fn waiting(size: &Size, promises: &mut Promises) {
    let mut seconds = [f64::INFINITY; 2];
    let (mut peak, mut failed, mut day_12) = (0.0_f64, 0.0, [0.0; 2]);
    for _ in 0..2 {
        for threads in [1, 2] {
            let arguments = ["million".to_owned(), size.million.to_string(), threads.to_string()];
            let line = machine::anew(&arguments);
            let numbers: Vec<f64> = line.split(' ').map(|n| n.parse().expect("numbers")).collect();
            seconds[threads - 1] = seconds[threads - 1].min(numbers[0]);
            (failed, peak) = (numbers[1], peak.max(numbers[2]));
            day_12 = [numbers[3], numbers[4]];
        }
    }
    let (shortest, median) = machine::simulate(size.starts);
    println!("\n## What a user waits for\n");
    println!(
        "- {} patients of the mechanistic model, 40 days, summaries only: {:.1} s on one thread,",
        size.million, seconds[0]
    );
    println!(
        "  {:.1} s on two ({:.2} times as fast), {failed} failed, at most {peak:.0} MB.",
        seconds[1],
        seconds[0] / seconds[1]
    );
    println!(
        "  On day 12 their median is {:.1}, and {:.3} of them have at least 50.",
        day_12[0], day_12[1]
    );
    println!("- `thrombo {}`, the whole process, output every 6 h:", machine::shown());
    println!("  {shortest:.0} ms at best, {median:.0} ms in the middle of {} runs.", size.starts);
    promises.at_most("a million patients on two threads, s", seconds[1], 10.0);
    promises.at_most("their memory, MB", peak, 200.0);
    promises.at_least("two threads over one, a million patients", seconds[0] / seconds[1], 1.7);
    promises.at_most("`thrombo simulate --subjects 1000`, ms", shortest, 60.0);
}
