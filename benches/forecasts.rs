//! Are forecasts calibrated, and what does a count tell? Virtual patients drawn as a forecast assumes (structural variant,
//! parameter set, patient, noise), with a measured count below 50 before treatment, are forecast from their counts;
//! then how long a forecast takes.
//!
//! ```text
//! cargo bench --bench forecasts -- 500          patients
//! cargo bench --bench forecasts -- 500 20000    individuals of the population
//! ```
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

use std::path::Path;
use std::time::Instant;
use thrombopoiesis::calibrate::{CALIBRATED, particles, sets_of};
use thrombopoiesis::forecast::{Forecast, Particles, Question};
use thrombopoiesis::population::{CountError, Streams, VirtualPatients};
use thrombopoiesis::prelude::*;
use thrombopoiesis::records::{Options, Subject, read};
use thrombopoiesis::simulate::records::Predictor;

/// Relative error of an integration step, as in the command.
const TOLERANCE: f64 = 1e-6;
/// Parameter sets of each variant's posterior.
const SETS: usize = 250;
/// Elapsed days of the counts: those of visit days 1, 5 and 8.
const VISITS: [f64; 3] = [0.0, 4.0, 7.0];
/// Elapsed days that are forecast.
const DAYS: [f64; 4] = [10.0, 12.0, 14.0, 21.0];
/// The day whose probability is asked for.
const TARGET: usize = 1;
/// The count to reach, also the limit of entry, 10⁹/L.
const LEVEL: f64 = 50.0;
/// Probability that is wanted, and below which a patient is called unlikely to respond.
const WANTED: f64 = 0.7;
const UNLIKELY: f64 = 0.3;

/// A virtual patient: counts measured and true on the days of the forecast, and the records.
struct Patient {
    subject: Subject,
    truth: Vec<f64>,
    measured: Vec<f64>,
}

/// The structural variants with their predictors, and what they need to make patients.
struct Variants(Vec<(Variant, Predictor<f64>, VirtualPatients)>);

impl Variants {
    fn new() -> Result<Self> {
        let one = |variant: Variant| {
            let patients = VirtualPatients::load_for(CALIBRATED, variant)?;
            Ok((variant, Predictor::new(&patients.typical_patient(variant)?)?, patients))
        };
        Variant::ALL.into_iter().map(one).collect::<Result<_>>().map(Self)
    }

    fn populations(&self, individuals: usize) -> Result<Vec<Particles>> {
        let one = |(variant, predictor, patients): &(Variant, Predictor<f64>, VirtualPatients)| {
            let sets = sets_of(Path::new(CALIBRATED), *variant, SETS)?;
            let own = (individuals / self.0.len(), 1);
            particles((predictor, *variant), (patients, &sets), own, TOLERANCE)
        };
        self.0.iter().map(one).collect()
    }

    /// Patients with a measured count below the level before treatment.
    fn patients(&self, count: usize) -> Result<Vec<Patient>> {
        let sets: Vec<_> = self
            .0
            .iter()
            .map(|(variant, ..)| sets_of(Path::new(CALIBRATED), *variant, SETS))
            .collect::<Result<_>>()?;
        let noise = Streams::new(77, "noise of forecast patients");
        let (mut found, mut number) = (Vec::new(), 0);
        while found.len() < count {
            let (variant, predictor, patients) = &self.0[number % self.0.len()];
            let set = &sets[number % self.0.len()][number / self.0.len() % SETS];
            let seed = 1_000_000 + number as u64;
            let own = std::slice::from_ref(set);
            let drawn = particles((predictor, *variant), (patients, own), (1, seed), TOLERANCE)?;
            let error = set.patients(patients, *variant)?.count_error;
            number += 1;
            let text = records(&VISITS, &[LEVEL; 3], &DAYS);
            let asked = subject(predictor, &text)?;
            let Some(course) = drawn.individuals().predict(&asked, Some("plt")).into_iter().next()
            else {
                continue;
            };
            let observed: Vec<usize> =
                (0..asked.rows.len()).filter(|i| asked.rows[*i].dose.is_none()).collect();
            let truth: Vec<f64> = observed.iter().map(|row| course.values[*row]).collect();
            let mut stream = noise.subject(number);
            let size = stream.normal();
            let measured: Vec<f64> = truth
                .iter()
                .map(|count| count + sd(&error, *count, size) * stream.normal())
                .collect();
            if measured[0] >= LEVEL || measured.iter().any(|count| *count <= 0.0) {
                continue;
            }
            let text = records(&VISITS, &measured[..VISITS.len()], &[]);
            found.push(Patient {
                subject: subject(predictor, &text)?,
                truth: truth[VISITS.len()..].to_vec(),
                measured: measured[VISITS.len()..].to_vec(),
            });
        }
        Ok(found)
    }
}

/// The standard deviation of a measurement of a patient whose noise has this size.
fn sd(error: &CountError, count: f64, size: f64) -> f64 {
    let proportional = error.proportional * (error.size_omega * size).exp();
    let relative = proportional.hypot(error.between_visit_omega);
    (relative * count).hypot(error.additive)
}

/// Records with counts on these days, 3 mg daily from day 0 for 7 days, and rows that ask.
fn records(days: &[f64], counts: &[f64], asked: &[f64]) -> String {
    let mut rows: Vec<(f64, String)> = days
        .iter()
        .zip(counts)
        .map(|(day, count)| (*day, format!("1,{day},.,.,.,{count}\n")))
        .collect();
    rows.extend(asked.iter().map(|day| (*day, format!("1,{day},.,.,.,.\n"))));
    let mut text = "ID,TIME_D,AMT,ADDL,II,DV\n".to_owned();
    for (day, row) in rows {
        text += &row;
        if day <= 0.0 {
            text += "1,0,3,6,1,.\n";
        }
    }
    text
}

fn subject(predictor: &Predictor<f64>, text: &str) -> Result<Subject> {
    let mut options = Options { set: predictor.unused_covariates(), ..Options::default() };
    options.output = Some("plt".to_owned());
    let reading = read(Path::new("patient"), text, Some(predictor.structure()), &options);
    Ok(reading.into_records()?.subjects.remove(0))
}

/// The same patient with the first counts only.
fn with_first(subject: &Subject, counts: usize) -> Subject {
    let mut own = subject.clone();
    let mut seen = 0;
    own.rows.retain(|row| {
        seen += usize::from(row.is_observed());
        !row.is_observed() || seen <= counts
    });
    own
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().filter(|argument| argument != "--bench").skip(1);
    let mut number =
        |default: usize| arguments.next().and_then(|n| n.parse().ok()).unwrap_or(default);
    let (count, individuals) = (number(100), number(10_000));
    let variants = Variants::new()?;
    let populations = variants.populations(individuals)?;
    let patients = variants.patients(count)?;
    let levels: Vec<f64> = (1..200).map(|i| f64::from(i) / 200.0).collect();
    let times_h: Vec<f64> = DAYS.iter().map(|day| 24.0 * day).collect();
    let question = Question {
        populations: &populations,
        output: "plt",
        times_h: &times_h,
        level: LEVEL,
        too_high: 200.0,
        probability: WANTED,
        quantiles: &levels,
        procedure_h: None,
        plans: &[],
        next_h: &[],
    };
    println!("{count} patients, {individuals} individuals of four variants");
    for counts in 1..=VISITS.len() {
        let subjects: Vec<Subject> =
            patients.iter().map(|own| with_first(&own.subject, counts)).collect();
        let begun = Instant::now();
        let all = question.forecasts(&subjects, &|_| {})?;
        let seconds = begun.elapsed().as_secs_f64();
        let all: Vec<(&Patient, Forecast)> =
            patients.iter().zip(all).filter_map(|(own, found)| Some((own, found.ok()?))).collect();
        println!("\n{counts} counts: {} forecasts in {seconds:.1} s", all.len());
        ranks(&all, &levels);
        narrowing(&all);
    }
    Ok(())
}

/// Uniformity of the ranks of the true counts, and the calibration slope of the probability of measuring the level.
fn ranks(all: &[(&Patient, Forecast)], levels: &[f64]) {
    for (place, day) in DAYS.iter().enumerate() {
        let rank = |(own, found): &(&Patient, Forecast)| {
            let below =
                found.times[place].quantiles.iter().filter(|q| **q < own.truth[place]).count();
            (below as f64 + 0.5) / (levels.len() as f64 + 1.0)
        };
        let mut ranks: Vec<f64> = all.iter().map(rank).collect();
        ranks.sort_by(f64::total_cmp);
        let n = ranks.len() as f64;
        let distance = ranks
            .iter()
            .enumerate()
            .map(|(i, rank)| (rank - i as f64 / n).abs().max((rank - (i + 1) as f64 / n).abs()));
        let largest = distance.fold(0.0, f64::max);
        let (slope, error) = slope(all, place);
        println!(
            "  day {day}: Kolmogorov-Smirnov {largest:.3} (1 % limit {:.3}); calibration slope {slope:.2} (error {error:.2})",
            1.63 / n.sqrt()
        );
    }
}

/// Slope of a logistic regression of the outcome on the logit of the forecast, with its standard error.
fn slope(all: &[(&Patient, Forecast)], place: usize) -> (f64, f64) {
    let data: Vec<(f64, f64)> = all
        .iter()
        .map(|(own, found)| {
            let p = found.times[place].measured_at_least.clamp(1e-4, 1.0 - 1e-4);
            ((p / (1.0 - p)).ln(), f64::from(u8::from(own.measured[place] >= LEVEL)))
        })
        .collect();
    let (mut a, mut b, mut variance) = (0.0, 1.0, f64::NAN);
    for _ in 0..30 {
        let (mut g, mut h) = ([0.0; 2], [0.0; 3]);
        for (x, y) in &data {
            let p = 1.0 / (1.0 + (-(a + b * x)).exp());
            let w = p * (1.0 - p);
            g = [g[0] + y - p, g[1] + (y - p) * x];
            h = [h[0] + w, h[1] + w * x, h[2] + w * x * x];
        }
        let determinant = h[0] * h[2] - h[1] * h[1];
        a += (h[2] * g[0] - h[1] * g[1]) / determinant;
        b += (h[0] * g[1] - h[1] * g[0]) / determinant;
        variance = h[0] / determinant;
    }
    (b, variance.sqrt())
}

/// How far the counts narrow the forecast of the target day, and what may be called from it.
fn narrowing(all: &[(&Patient, Forecast)]) {
    let n = all.len() as f64;
    // The quantiles are those of 1/200 to 199/200.
    let quantile =
        |found: &Forecast, percent: usize| found.times[TARGET].quantiles[2 * percent - 1];
    let width = all.iter().map(|(_, found)| quantile(found, 95) - quantile(found, 5));
    let mut widths: Vec<f64> = width.collect();
    widths.sort_by(f64::total_cmp);
    let inside = all.iter().filter(|(own, found)| {
        (quantile(found, 5)..=quantile(found, 95)).contains(&own.truth[TARGET])
    });
    let score = all.iter().map(|(own, found)| {
        let y = f64::from(u8::from(own.measured[TARGET] >= LEVEL));
        (found.times[TARGET].measured_at_least - y).powi(2)
    });
    println!(
        "  day {}: median width of the 90 % interval {:.0}, holds {:.0} %; Brier score {:.3}",
        DAYS[TARGET],
        widths[widths.len() / 2],
        100.0 * inside.count() as f64 / n,
        score.sum::<f64>() / n
    );
    for (name, is) in [
        ("at least 70 %", &(|p: f64| p >= WANTED) as &dyn Fn(f64) -> bool),
        ("at most 30 %", &|p: f64| p <= UNLIKELY),
    ] {
        let called: Vec<_> =
            all.iter().filter(|(_, found)| is(found.times[TARGET].measured_at_least)).collect();
        let reached = called.iter().filter(|(own, _)| own.measured[TARGET] >= LEVEL).count();
        println!(
            "  forecast {name}: {:.0} % of patients, of whom {:.0} % are measured at {LEVEL} or more",
            100.0 * called.len() as f64 / n,
            100.0 * reached as f64 / called.len().max(1) as f64
        );
    }
}
