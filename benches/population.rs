//! The mechanistic model in populations: accuracy of the lane engine, and a million patients.
//!
//! ```text
//! cargo bench --bench population -- accuracy 10000
//! cargo bench --bench population -- million 1000000 2
//! ```
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

use std::time::Instant;
use thrombopoiesis::error::Result;
use thrombopoiesis::model::{Population, Variant, parameter_set};
use thrombopoiesis::population::Variability;
use thrombopoiesis::regimen::Regimen;
use thrombopoiesis::simulate::population::{Engine, Profiles, Request, Summary, population};

const VARIED: [&str; 10] = ["ka", "cl", "vc", "q1", "vp1", "kc", "tmk", "tp", "plt0", "taun"];

fn variability(omega: f64) -> Result<Vec<Variability>> {
    VARIED.iter().map(|symbol| Variability::from_omega(symbol, omega)).collect()
}

/// Worst difference to the reference engine at 1e-10, and the one that 99 % do not exceed.
fn accuracy(subjects: usize) -> Result<()> {
    let regimen: Regimen = "3 mg qd x7".parse()?;
    for variant in Variant::ALL {
        for group in [Population::Cld, Population::Healthy] {
            let mut set = parameter_set("mechanistic", group)?;
            set.choose_variant(variant);
            let mut request = Request::new(&set, &regimen);
            request.variability = variability(0.8)?;
            request.subjects = if group == Population::Cld { subjects } else { subjects / 10 };
            let profiles = |request: &Request<'_>| -> Result<Profiles> {
                let mut profiles = Profiles::default();
                population(request, &mut profiles, &|_| {})?;
                Ok(profiles)
            };
            let exact = Request { engine: Engine::Reference, tolerance: 1e-10, ..request.clone() };
            let exact = profiles(&exact)?;
            for tolerance in [1e-6, 1e-9] {
                let found = profiles(&Request { tolerance, ..request.clone() })?;
                let pairs = found.platelets.iter().zip(&exact.platelets);
                let mut errors: Vec<f64> = pairs.map(|(a, b)| ((a - b) / b).abs()).collect();
                errors.sort_by(f64::total_cmp);
                let (worst, most) = (errors[errors.len() - 1], errors[errors.len() * 99 / 100]);
                println!(
                    "{variant} {group}: {} subjects at {tolerance:e}: worst {worst:.1e}, 99 % {most:.1e}",
                    request.subjects
                );
            }
        }
    }
    Ok(())
}

/// Time and memory of a run that keeps summaries only.
fn million(subjects: usize, threads: usize) -> Result<()> {
    let regimen: Regimen = "3 mg qd x7".parse()?;
    let set = parameter_set("mechanistic", Population::Cld)?;
    let mut request = Request::new(&set, &regimen);
    request.variability = vec![
        Variability::from_omega("kc", 1.3)?,
        Variability::from_cv("tmk", 0.2)?,
        Variability::from_cv("tp", 0.25)?,
        Variability::from_cv("cl", 0.36)?,
        Variability::from_cv("plt0", 0.2)?,
    ];
    request.subjects = subjects;
    request.threads = Some(threads);
    let start = Instant::now();
    let mut summary = Summary::new(&request, &[0.05, 0.25, 0.5, 0.75, 0.95], &[50.0]);
    population(&request, &mut summary, &|_| {})?;
    let day_12 = &summary.rows()[12];
    let seconds = start.elapsed().as_secs_f64();
    println!("day 12: {:.1?}, at least 50: {:.3?}", day_12.quantiles, day_12.at_or_above);
    println!(
        "{subjects} patients, {threads} threads: {seconds:.2} s, {:.2} us each; failed {}",
        seconds * 1e6 / subjects as f64,
        summary.failures.len()
    );
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().filter(|line| line.starts_with("VmHWM")).for_each(|line| println!("{line}"));
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
