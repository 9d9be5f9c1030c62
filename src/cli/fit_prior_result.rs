//! The result of `thrombo fit --prior`: as text, and for files and programs.

use serde::Serialize;
use std::fmt::Write;
use thrombopoiesis::calibrate::Populations;
use thrombopoiesis::error::{Error, Result};
use thrombopoiesis::forecast::{Forecast, IndividualParameter, UNCERTAIN};
use thrombopoiesis::records::same_time;
use thrombopoiesis::report::forecast_words::percent;
use thrombopoiesis::units::COUNT_UNIT;
use thrombopoiesis::units::rounding::{Form, significant};

/// Significant figures of printed numbers.
const FIGURES: u8 = 3;

/// What the counts of a patient and a population tell of its parameters.
#[derive(Debug, Serialize)]
pub(super) struct Individual {
    title: String,
    prior: String,
    model: String,
    variant: String,
    seed: u64,
    individuals: usize,
    failed_individuals: usize,
    effective_size: f64,
    warnings: Vec<String>,
    estimates: Vec<Estimate>,
    predictions: Vec<Prediction>,
    weights: Vec<Weight>,
}

/// A parameter of the patient: medians and 90 % intervals.
#[derive(Debug, Serialize)]
struct Estimate {
    symbol: String,
    unit: String,
    prior_low: f64,
    prior_median: f64,
    prior_high: f64,
    low: f64,
    median: f64,
    high: f64,
    from_prior: f64,
}

/// A count, and the true one: median and 90 % interval.
#[derive(Debug, Serialize)]
struct Prediction {
    time_h: f64,
    unit: &'static str,
    observed: f64,
    low: f64,
    median: f64,
    high: f64,
}

/// The weight of a structural variant.
#[derive(Debug, Serialize)]
struct Weight {
    variant: String,
    weight: f64,
}

impl Individual {
    /// The result; `prior` are the individuals in words.
    ///
    /// # Errors
    /// No parameter differs between the individuals.
    pub(super) fn of(
        forecast: &Forecast,
        patients: &Populations,
        (individuals, seed): (usize, u64),
        prior: &str,
    ) -> Result<Self> {
        let (set, names) = (&patients.first().typical, patients.names());
        if forecast.parameters.is_empty() {
            return Err(Error::Contradiction {
                first: "a prior".to_owned(),
                second: format!("the model {}, whose parameters do not differ", set.model),
                remedy: "give its parameters variability between individuals".to_owned(),
            });
        }
        let observed = forecast.observed.len();
        let weights = names.iter().zip(&forecast.of_populations);
        let weight = |(name, own): (&String, &f64)| Weight { variant: name.clone(), weight: *own };
        Ok(Self {
            title: format!(
                "Parameters of one patient from {observed} count{}",
                if observed == 1 { "" } else { "s" }
            ),
            prior: prior.to_owned(),
            model: set.model.to_string(),
            variant: names.join(", "),
            seed,
            individuals,
            failed_individuals: forecast.failed,
            effective_size: forecast.effective_size,
            warnings: warnings(forecast),
            estimates: forecast.parameters.iter().map(estimate).collect(),
            predictions: predictions(forecast),
            weights: if names.len() > 1 { weights.map(weight).collect() } else { Vec::new() },
        })
    }

    /// The result as a person reads it.
    pub(super) fn text(&self) -> String {
        let mut text = format!(
            "{}\nprior: {}\n\n{:12} {:9}  {:>27}  {:>27}  {:>14}\n",
            self.title,
            self.prior,
            "parameter",
            "unit",
            "population: median (90 %)",
            "patient: median (90 %)",
            "from the prior"
        );
        for own in &self.estimates {
            let _ = writeln!(
                text,
                "{:12} {:9}  {:>27}  {:>27}  {:>14}",
                own.symbol,
                own.unit,
                spread((own.prior_low, own.prior_median, own.prior_high)),
                spread((own.low, own.median, own.high)),
                percent(own.from_prior)
            );
        }
        let _ = writeln!(
            text,
            "\n{:>8}  {:>14}  {:>27}",
            "time (h)", "count (10⁹/L)", "true count: median (90 %)"
        );
        for own in &self.predictions {
            let (time_h, observed) = (own.time_h, own.observed);
            let true_count = spread((own.low, own.median, own.high));
            let _ = writeln!(text, "{time_h:>8}  {observed:>14}  {true_count:>27}");
        }
        text += "\n";
        if !self.weights.is_empty() {
            let one = |own: &Weight| format!("{} {}", own.variant, percent(own.weight));
            let all: Vec<String> = self.weights.iter().map(one).collect();
            let _ = writeln!(text, "Weights of the variants, equal before: {}", all.join(", "));
        }
        let (size, individuals) = (self.effective_size, self.individuals);
        let _ = writeln!(text, "Effective size: {size:.0} of {individuals} individuals");
        for warning in &self.warnings {
            let _ = writeln!(text, "note: {warning}");
        }
        text += "\nFor research; not for treating patients.\n";
        text
    }

    /// The result as TOML, for scripts.
    pub(super) fn to_toml(&self) -> String {
        toml::to_string(self).unwrap_or_default()
    }

    /// The result as JSON, for scripts.
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

fn estimate(own: &IndividualParameter) -> Estimate {
    Estimate {
        symbol: own.symbol.clone(),
        unit: own.unit.clone(),
        prior_low: own.prior.low,
        prior_median: own.prior.median,
        prior_high: own.prior.high,
        low: own.posterior.low,
        median: own.posterior.median,
        high: own.posterior.high,
        from_prior: own.from_prior,
    }
}

/// The counts with the true ones of the forecast, whose quantiles are 5, 25, 50, 75 and 95 %.
fn predictions(forecast: &Forecast) -> Vec<Prediction> {
    let one = |(time_h, observed): &(f64, f64)| {
        let at = forecast.times.iter().find(|at| same_time(at.time_h, *time_h))?;
        let [low, _, median, _, high] = at.quantiles[..] else { return None };
        let (time_h, observed) = (*time_h, *observed);
        Some(Prediction { time_h, unit: COUNT_UNIT, observed, low, median, high })
    };
    forecast.observed.iter().filter_map(one).collect()
}

fn warnings(forecast: &Forecast) -> Vec<String> {
    let size = forecast.effective_size;
    let thin = (size < UNCERTAIN).then(|| {
        format!(
            "the counts leave an effective size of {size:.0} of {} individuals, so estimates and intervals are \
             uncertain: raise --individuals",
            forecast.individuals
        )
    });
    thin.into_iter().collect()
}

/// Median and interval.
fn spread((low, median, high): (f64, f64, f64)) -> String {
    let [low, median, high] =
        [low, median, high].map(|number| significant(number, FIGURES, Form::Column));
    format!("{median} ({low} to {high})")
}
