//! Whether forecasts are calibrated: the ranks of the truth, and the probabilities of measuring the level.

use crate::DAYS;
use crate::evidence::{LEVEL, VISITS};
use crate::patients::Patient;
use thrombopoiesis::forecast::{Forecast, time_at_least};
use thrombopoiesis::population::Streams;
use thrombopoiesis::statistics::{Uniformity, random_rank};
use thrombopoiesis::table::Table;
use thrombopoiesis::units::HOURS_PER_DAY;

/// How well one quantity is forecast from so many counts.
#[derive(Debug, Clone)]
pub(crate) struct Calibrated {
    /// How many counts are known.
    counts: usize,
    /// What is forecast.
    quantity: String,
    /// The test of the ranks of its true values.
    ranks: Uniformity,
    /// Slope of a logistic regression of a measured count at the level on the forecast, with its standard error.
    slope: Option<(f64, f64)>,
}

/// The true counts of the days, and the time at or above the level.
pub(crate) fn calibrated(all: &[(&Patient, Forecast)], counts: usize) -> Vec<Calibrated> {
    let streams = Streams::new(77, &format!("ranks after {counts} counts"));
    let (mut of_days, mut of_time) = (vec![Vec::new(); DAYS.len()], Vec::new());
    for (number, (own, found)) in all.iter().enumerate() {
        let mut stream = streams.subject(number);
        for (day, ranks) in DAYS.iter().zip(&mut of_days) {
            let quantiles = &found.times[*day].quantiles;
            ranks.push(random_rank(quantiles, own.truth[*day], stream.uniform()));
        }
        let times = found.times.iter().map(|at| at.time_h).zip(own.truth.iter().copied());
        let time_h = time_at_least(times.skip(found.to_come), LEVEL);
        let quantiles = &found.answer.time_at_level_h;
        of_time.push(random_rank(quantiles, time_h, stream.uniform()));
    }
    let one = |quantity: String, ranks: &[f64], slope| {
        Some(Calibrated { counts, quantity, ranks: Uniformity::new(ranks)?, slope })
    };
    let days = of_days.iter().zip(DAYS).enumerate();
    let days = days.map(|(place, (ranks, day))| {
        one(format!("count on day {day}"), ranks, slope(all, (place, day)))
    });
    let first = all.first().map_or(0.0, |(_, found)| found.times[found.to_come].time_h);
    let time = format!("days at or above {LEVEL} from day {} on", first / HOURS_PER_DAY);
    days.chain([one(time, &of_time, None)]).flatten().collect()
}

/// Slope of a logistic regression of the outcome on the logit of the forecast, with its standard error; none where all
/// forecasts are equal or forecasts and outcomes agree in all patients.
fn slope(all: &[(&Patient, Forecast)], (place, day): (usize, usize)) -> Option<(f64, f64)> {
    let data: Vec<(f64, f64)> = all
        .iter()
        .map(|(own, found)| {
            let p = found.times[day].measured_at_least.clamp(1e-4, 1.0 - 1e-4);
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
    let error = variance.sqrt();
    (b.is_finite() && error < 10.0).then_some((b, error))
}

/// The rows as a file, with words about the run in its comments.
pub(crate) fn to_csv(rows: &[Calibrated], run: &str) -> String {
    let comments = format!(
        "# {run}\n# Kolmogorov-Smirnov test of the ranks of the true values in their forecasts, and slope of a logistic regression of a \
         measured\n# count of {LEVEL} or more on the logit of its probability\n"
    );
    Table::of(rows)
        .whole("counts", "1", |own| own.counts)
        .text("quantity", |own| own.quantity.clone())
        .number("distance", "1", |own| own.ranks.distance)
        .number("p", "1", |own| own.ranks.p)
        .number("slope", "1", |own| own.slope.map(|(slope, _)| slope))
        .number("slope_error", "1", |own| own.slope.map(|(_, error)| error))
        .finish()
        .with_comments(&comments)
        .to_csv()
}

/// The rows in lines, and what they come to.
pub(crate) fn in_words(rows: &[Calibrated]) -> String {
    let line = |own: &Calibrated| {
        let Uniformity { distance, p } = own.ranks;
        let slope = own.slope.map_or_else(String::new, |(slope, error)| {
            format!("; calibration slope {slope:.2} (error {error:.2})")
        });
        format!(
            "{} counts, {}: Kolmogorov-Smirnov distance {distance:.3}, p = {p:.2}{slope}\n",
            own.counts, own.quantity
        )
    };
    let lines: String = rows.iter().map(line).collect();
    let of = |is_day: bool| {
        let own = rows.iter().filter(|own| own.quantity.starts_with("count") == is_day);
        let distance = own.clone().map(|own| own.ranks.distance).fold(0.0, f64::max);
        (distance, own.map(|own| own.ranks.p).fold(1.0, f64::min))
    };
    let (days, times) = (of(true), of(false));
    let most =
        rows.iter().filter_map(|own| own.slope.map(|(slope, error)| (slope - 1.0).abs() / error));
    format!(
        "{lines}largest distance and smallest p: counts {:.3}, {:.2}; days at or above {LEVEL} {:.3}, {:.2}; slopes at most {:.1} \
         standard errors from 1 (0 to {} counts)\n",
        days.0,
        days.1,
        times.0,
        times.1,
        most.fold(0.0, f64::max),
        VISITS.len()
    )
}
