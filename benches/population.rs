//! The mechanistic model in populations: accuracy of the lane engine, and a million patients.
//!
//! ```text
//! cargo bench --bench population -- accuracy 10000
//! cargo bench --bench population -- million 1000000 2
//! ```
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

mod mechanistic;

use mechanistic::{Accuracy, Million, Stopping};
use thrombopoiesis::error::Result;

/// Differences to the reference engine at 1e-10, without and with a stopping rule.
fn accuracy(subjects: usize) -> Result<()> {
    for row in mechanistic::accuracy(subjects)? {
        let Accuracy { variant, group, subjects, tolerance, worst, most } = row;
        println!(
            "{variant} {group}: {subjects} subjects at {tolerance:e}: worst {worst:.1e}, 99 % {most:.1e}"
        );
    }
    for row in mechanistic::stopping(subjects)? {
        let Stopping { variant, group, subjects, stopped, near, disagree, worst } = row;
        println!(
            "{variant} {group}: {subjects} subjects under a stopping rule: {stopped} stopped, \
             {near} near a threshold, {disagree} of the others stopped differently, worst {worst:.1e}"
        );
    }
    Ok(())
}

/// Time and memory of a run that keeps summaries only.
fn million(subjects: usize, threads: usize) -> Result<()> {
    let Million { seconds, failed, day_12: (quantiles, share), peak_mb } =
        mechanistic::million(subjects, threads)?;
    println!("day 12: {quantiles:.1?}, at least 50: {share:.3}");
    println!(
        "{subjects} patients, {threads} threads: {seconds:.2} s, {:.2} us each; failed {failed}; \
         peak {:.0} MB",
        seconds * 1e6 / subjects as f64,
        peak_mb.unwrap_or(f64::NAN)
    );
    Ok(())
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |place: usize, default| {
        arguments.get(place).and_then(|n| n.parse().ok()).unwrap_or(default)
    };
    match arguments.get(1).map(String::as_str) {
        Some("accuracy") => accuracy(number(2, 10_000)),
        Some("million") => million(number(2, 1_000_000), number(3, 2)),
        _ => {
            accuracy(100)?;
            million(10_000, 2)
        }
    }
}
