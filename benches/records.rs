//! Records: time and memory to read a million of them, and the time to predict at 50,000.
//!
//! ```text
//! cargo bench --bench records
//! cargo bench --bench records -- 100000        as many records to read
//! ```
//!
//! Memory is the most that the process held while it read, the text of the file included; the system tells it on
//! Linux only.
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use std::fmt::Write;
use std::path::Path;
use std::time::Instant;
use thrombopoiesis::error::Result;
use thrombopoiesis::machine::with_threads;
use thrombopoiesis::model::parameter_set;
use thrombopoiesis::records::{Options, Records, read};
use thrombopoiesis::simulate::records::Predictor;

/// Seconds and MB that reading a million records should take at most.
const AIM_OF_READING: (f64, f64) = (2.0, 300.0);
/// Seconds that predicting 1,000 subjects of 50 records should take at most, of all threads together.
const AIM_OF_PREDICTION: f64 = 0.2;
const SEED: u64 = 20_240_601;

/// A data set as a trial gives it: a dose a day for a week, then counts and concentrations in turn, rounded.
fn data_set(subjects: usize, records: usize) -> String {
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let mut text = "ID,TIME,AMT,DV,EVID,MDV,DVID,WT\n".to_owned();
    for id in 1..=subjects {
        let weight = 40.0 + 50.0 * random.random::<f64>();
        for record in 0..records {
            if record < 7 {
                let time = 24 * record;
                let _ = writeln!(text, "{id},{time},3,.,1,1,plt,{weight:.1}");
                continue;
            }
            let time = 168.0 + 24.0 * (record as f64 + random.random::<f64>() - 7.0);
            let (value, dvid) = match record % 2 {
                0 => (30.0 + 60.0 * random.random::<f64>(), "plt"),
                _ => (200.0 * random.random::<f64>(), "conc"),
            };
            let _ = writeln!(text, "{id},{time:.2},.,{value:.2},0,0,{dvid},{weight:.1}");
        }
    }
    text
}

/// Forgets the most memory that the process has held so far.
fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The most memory that the process has held since, MB.
fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kib.map_or(f64::NAN, |kib| kib * 1024.0 / 1e6)
}

fn records_of(text: &str, predictor: &Predictor<f64>) -> Result<Records> {
    let structure = Some(predictor.structure());
    read(Path::new("data.csv"), text, structure, &Options::default()).into_records()
}

fn reading(predictor: &Predictor<f64>, (subjects, records): (usize, usize)) -> Result<()> {
    let text = data_set(subjects, records);
    forget_peak();
    let begun = Instant::now();
    let read = records_of(&text, predictor)?;
    let (seconds, peak) = (begun.elapsed().as_secs_f64(), peak_mb());
    let rows = read.rows().count();
    let share = rows as f64 / 1e6;
    println!(
        "reading {subjects} subjects of {records} records, {:.0} MB of text: {seconds:.2} s (aim {:.2} s), peak \
         {peak:.0} MB (aim {:.0} MB)",
        text.len() as f64 / 1e6,
        AIM_OF_READING.0 * share,
        AIM_OF_READING.1 * share
    );
    Ok(())
}

fn prediction(predictor: &Predictor<f64>, (subjects, records): (usize, usize)) -> Result<()> {
    let read = records_of(&data_set(subjects, records), predictor)?;
    let begun = Instant::now();
    let failed = with_threads(Some(1), || {
        let failures = |own| predictor.predict(own, None).failure.is_some();
        read.subjects.par_iter().filter(|own| failures(own)).count()
    })?;
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "predicting {subjects} subjects of {records} records, {}: {seconds:.2} s of one thread (aim \
         {AIM_OF_PREDICTION} s), {failed} failed",
        predictor.method()
    );
    Ok(())
}

fn main() -> Result<()> {
    let count: usize = std::env::args().find_map(|a| a.parse().ok()).unwrap_or(1_000_000);
    let predictor = Predictor::new(&parameter_set("mechanistic", None)?)?;
    for per_subject in [1000, 50] {
        reading(&predictor, (count.div_ceil(per_subject), per_subject))?;
    }
    prediction(&predictor, (1000, 50))
}
