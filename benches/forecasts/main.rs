//! Are forecasts calibrated, and what does a count tell? Virtual patients drawn as a forecast assumes (structural variant,
//! parameter set, patient, noise), with a measured count below 50 before treatment, are forecast from their counts;
//! then how long a forecast takes.
//!
//! ```text
//! cargo bench --bench forecasts -- 500          patients
//! cargo bench --bench forecasts -- 500 20000    individuals of the population
//! cargo bench --bench forecasts -- 500 10000 --out docs/forecasts    numbers and figure as files
//! cargo bench --bench forecasts -- --figure docs/forecasts           the figure once more, from those numbers
//! ```
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

mod calibration;
mod evidence;
mod figure;
mod narrowing;
mod patients;

use calibration::calibrated;
use evidence::{BASELINES, LEVEL, VISITS, WANTED};
use patients::{Patient, Variants};
use std::path::Path;
use std::time::Instant;
use thrombopoiesis::error::{Error, Result};
use thrombopoiesis::forecast::{Forecast, Question};
use thrombopoiesis::records::Subject;
use thrombopoiesis::units::HOURS_PER_DAY;

/// Elapsed days whose counts are compared with their forecasts.
const DAYS: [usize; 4] = [10, 12, 14, 21];
/// The last elapsed day; days at or above the level are counted until then.
const LAST_DAY: usize = 35;
/// Equal parts into which the quantiles divide a forecast.
const PARTS: usize = 200;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|own| own != "--bench").collect();
    let after = |flag: &str| {
        let place = arguments.iter().position(|own| own == flag)?;
        arguments.get(place + 1).map(Path::new)
    };
    if let Some(folder) = after("--figure") {
        return draw(folder);
    }
    let number = |place: usize, default: usize| {
        arguments.get(place).and_then(|own| own.parse().ok()).unwrap_or(default)
    };
    let (count, individuals) = (number(0, 100), number(1, 10_000));
    let (told, calibrated) = run(count, individuals)?;
    println!("\n{}\n{}", calibration::in_words(&calibrated), evidence::tables(&told));
    if let Some(folder) = after("--out") {
        let run = format!("cargo bench --bench forecasts -- {count} {individuals}");
        std::fs::create_dir_all(folder).map_err(Error::io(folder, "created"))?;
        write(folder, "evidence.csv", &evidence::to_csv(&told, &run))?;
        write(folder, "calibration.csv", &calibration::to_csv(&calibrated, &run))?;
        draw(folder)?;
    }
    Ok(())
}

/// The forecasts after each number of counts.
fn run(
    count: usize,
    individuals: usize,
) -> Result<(Vec<evidence::Evidence>, Vec<calibration::Calibrated>)> {
    let begun = Instant::now();
    let variants = Variants::new()?;
    let populations = variants.populations(individuals)?;
    let patients = variants.patients(count)?;
    let shares: Vec<f64> = (1..PARTS).map(|part| part as f64 / PARTS as f64).collect();
    let times_h: Vec<f64> = (0..=LAST_DAY).map(|day| HOURS_PER_DAY * day as f64).collect();
    let question = Question {
        populations: &populations,
        output: "plt",
        times_h: &times_h,
        level: LEVEL,
        too_high: 200.0,
        probability: WANTED,
        quantiles: &shares,
        time_quantiles: &shares,
        procedure_h: None,
        plans: &[],
        next_h: &[],
    };
    println!(
        "{count} patients, {individuals} individuals of four variants, made in {:.1} s",
        begun.elapsed().as_secs_f64()
    );
    let (mut told, mut all_calibrated) = (Vec::new(), Vec::new());
    for counts in 0..=VISITS.len() {
        let subjects: Vec<Subject> = patients.iter().map(|own| own.with_first(counts)).collect();
        let begun = Instant::now();
        let all = question.forecasts(&subjects, &|_| {})?;
        let seconds = begun.elapsed().as_secs_f64();
        let all: Vec<(&Patient, Forecast)> =
            patients.iter().zip(all).filter_map(|(own, found)| Some((own, found.ok()?))).collect();
        println!("{counts} counts: {} forecasts in {seconds:.1} s", all.len());
        told.extend(BASELINES.map(|own| narrowing::evidence(&all, counts, own)));
        all_calibrated.extend(calibrated(&all, counts));
    }
    Ok((told, all_calibrated))
}

/// Draws the figure from the numbers in a folder.
fn draw(folder: &Path) -> Result<()> {
    let path = folder.join("evidence.csv");
    let text = std::fs::read_to_string(&path).map_err(Error::io(&path, "read"))?;
    write(folder, "evidence.svg", &figure::figure(&evidence::of_csv(&path, &text)?)?)
}

fn write(folder: &Path, name: &str, text: &str) -> Result<()> {
    let path = folder.join(name);
    std::fs::write(&path, text).map_err(Error::io(&path, "written"))?;
    println!("{} written", path.display());
    Ok(())
}
