//! Records: time and memory to read a million of them, and the time to predict at 50,000.
//!
//! ```text
//! cargo bench --bench records
//! cargo bench --bench records -- reading 100000        as many records
//! cargo bench --bench records -- prediction
//! ```
//!
//! Times are those of the processor, which other programs do not change. Memory is the most that the process held while
//! it read, the text of the file included. The system tells both on Linux only; elsewhere times are those of the clock.
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::fmt::Write;
use std::path::Path;
use std::time::Instant;
use thrombopoiesis::error::Result;
use thrombopoiesis::machine::with_threads;
use thrombopoiesis::model::parameter_set;
use thrombopoiesis::records::{Options, Records, read};
use thrombopoiesis::simulate::records::{Predicted, Predictor};

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

/// Ticks of the system in a second.
const TICKS: f64 = 100.0;

/// Time of the processor since a moment.
struct Timer {
    begun: Instant,
    used: Option<f64>,
}

impl Timer {
    fn start() -> Self {
        Self { begun: Instant::now(), used: processor_seconds() }
    }

    fn seconds(&self) -> f64 {
        let used = processor_seconds().zip(self.used).map(|(now, then)| now - then);
        used.unwrap_or_else(|| self.begun.elapsed().as_secs_f64())
    }
}

/// Time that the process has had of the processor, all threads together.
fn processor_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program, in brackets, may hold blanks; user and system time are 12 and 13 words behind it.
    let behind: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |place: usize| behind.get(place)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / TICKS)
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
    let timer = Timer::start();
    let read = records_of(&text, predictor)?;
    let (seconds, peak) = (timer.seconds(), peak_mb());
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
    let timer = Timer::start();
    let all = with_threads(Some(1), || predictor.predict_side_by_side(&read.subjects, None))??;
    let seconds = timer.seconds();
    let failed = all.iter().filter(|own| own.failure.is_some()).count();
    println!(
        "predicting {subjects} subjects of {records} records side by side: {seconds:.2} s (aim \
         {AIM_OF_PREDICTION} s), {failed} failed"
    );
    let some = &read.subjects[..subjects.div_ceil(20)];
    let timer = Timer::start();
    let one_by_one: Vec<_> = some.iter().map(|subject| predictor.predict(subject, None)).collect();
    println!(
        "one by one, {}: {:.2} s for as many, from {} of them; largest difference {:.1e}",
        predictor.method(),
        timer.seconds() * subjects as f64 / some.len() as f64,
        some.len(),
        difference(&all, &one_by_one)
    );
    Ok(())
}

/// The largest relative difference of predictions of the same subjects.
fn difference(all: &[Predicted<f64>], others: &[Predicted<f64>]) -> f64 {
    let pairs =
        all.iter().zip(others).flat_map(|(one, other)| one.values.iter().zip(&other.values));
    let relative = |(one, other): (&f64, &f64)| (one - other).abs() / other.abs().max(1e-3);
    pairs.map(relative).fold(0.0, f64::max)
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let is_wanted = |part: &str| {
        let named = arguments.get(1).filter(|word| !word.starts_with('-'));
        named.is_none_or(|word| word == part)
    };
    let count = arguments.get(2).and_then(|n| n.parse().ok()).unwrap_or(1_000_000_usize);
    let predictor = Predictor::new(&parameter_set("mechanistic", None)?)?;
    if is_wanted("reading") {
        for per_subject in [1000, 50] {
            reading(&predictor, (count.div_ceil(per_subject), per_subject))?;
        }
    }
    if is_wanted("prediction") {
        prediction(&predictor, (1000, 50))?;
    }
    Ok(())
}
