//! Forecasts against closed forms, and their calibration.

use super::weights::{effective_size, quantiles, weights};
use super::{Forecast, Question, Residual, ResidualError};
use crate::model::{ParameterSet, model_of_text};
use crate::population::{Generator, VirtualPatients};
use crate::records::{Censoring, Options, Subject, read};
use crate::simulate::records::{Individuals, Predictor};
use crate::statistics::{normal_cdf, normal_quantile};
use std::io::Write;
use std::path::Path;

/// A constant that differs between individuals, normally.
const CONSTANT: &str = "model constant\nlanguage 1\ntime h\n\n[parameters]\nm = 10 mg ~ normal(sd=2 mg)\n\n[dosing]\n\
    dose iv into y\n\n[states]\ny = 0 mg\n\n[equations]\nd/dt(y) = -1 1/h*y\n\n[outputs]\n\
    m = m + y in mg ~ additive(sd=1.5 mg)\n";

/// A turnover with two parameters that differ between individuals.
const TURNOVER: &str = "model turnover\nlanguage 1\ntime h\n\n[parameters]\nbase = 40 ~ lognormal(sd=0.3)\n\
    ec50 = 2 mg ~ lognormal(sd=0.8)\nkout = 0.02 1/h\nke = 0.05 1/h\n\n[dosing]\ndose oral into drug\n\n[states]\n\
    drug = 0 mg\ncount = base\n\n[equations]\nd/dt(drug) = -ke*drug\n\
    d/dt(count) = kout*base*(1 + 3*drug/(ec50 + drug)) - kout*count\n\n[outputs]\n\
    count = count ~ proportional(cv=30%)\n";

struct Case {
    _file: tempfile::NamedTempFile,
    predictor: Predictor<f64>,
    generator: Generator,
}

fn case(text: &str) -> Case {
    let mut file = tempfile::Builder::new().suffix(".model").tempfile().expect("a file");
    file.write_all(text.as_bytes()).expect("a text");
    let name = file.path().to_str().expect("a path").to_owned();
    let set = ParameterSet::of(&model_of_text(&name, text).expect("a model")).expect("values");
    let patients = VirtualPatients::of_model(&name, None).expect("patients").expect("a text");
    let generator = patients.generator(set.variant, 5).expect("a generator");
    Case { _file: file, predictor: Predictor::new(&set).expect("a predictor"), generator }
}

impl Case {
    fn individuals(&self, numbers: std::ops::Range<usize>) -> Individuals {
        let none = Individuals::none(&self.predictor, 1e-7, false).expect("none");
        none.of(&self.generator, numbers).expect("individuals")
    }

    fn subject(&self, text: &str) -> Subject {
        let options = Options::default();
        let reading = read(Path::new("data.csv"), text, Some(self.predictor.structure()), &options);
        reading.into_records().expect("records").subjects.remove(0)
    }
}

fn forecast(
    case: &Case,
    individuals: &Individuals,
    subject: &Subject,
    times_h: &[f64],
) -> Forecast {
    let errors = ResidualError::of_model(&case.predictor);
    let output = &case.predictor.structure().outputs[0].name;
    let question = Question {
        individuals,
        errors: &errors,
        output,
        times_h,
        level: 11.0,
        quantiles: &[0.05, 0.5, 0.95],
    };
    question.forecast(subject).expect("a forecast")
}

/// The posterior of a normal mean is normal: precision-weighted.
#[test]
fn analytic_normal_observations_of_a_normal_individual_have_the_posterior_of_the_textbook() {
    let case = case(CONSTANT);
    let individuals = case.individuals(0..40_000);
    let text = "ID,TIME,DV\n1,0,13.5\n1,1,12.5\n1,2,14\n";
    let found = forecast(&case, &individuals, &case.subject(text), &[5.0]);
    let precision = 1.0 / 4.0 + 3.0 / 2.25;
    let mean: f64 = (10.0 / 4.0 + 40.0 / 2.25) / precision;
    let sd = (1.0 / precision).sqrt();
    let at = &found.times[0];
    assert_eq!((found.observations, at.time_h), (3, 5.0));
    // Four standard errors of the effective size.
    let near = 4.0 * sd / found.effective_size.sqrt();
    for (share, found) in [0.05, 0.5, 0.95].iter().zip(&at.quantiles) {
        let expected = mean + sd * normal_quantile(*share);
        assert!((found - expected).abs() < 2.5 * near, "{share}: {found} {expected}");
    }
    let expected = normal_cdf((mean - 11.0) / sd);
    assert!((at.at_least - expected).abs() < 0.01, "{} {expected}", at.at_least);
    let expected = normal_cdf((mean - 11.0) / sd.hypot(1.5));
    assert!((at.measured_at_least - expected).abs() < 0.01, "{}", at.measured_at_least);
}

#[test]
fn invariant_without_observations_the_forecast_is_that_of_the_population() {
    let case = case(CONSTANT);
    let individuals = case.individuals(0..20_000);
    let found = forecast(&case, &individuals, &case.subject("ID,TIME,AMT\n1,0,5\n"), &[0.0, 3.0]);
    assert_eq!(found.observations, 0);
    assert!((found.effective_size - 20_000.0).abs() < 1e-6);
    for (at, dose) in found.times.iter().zip([5.0, 5.0 * (-3.0_f64).exp()]) {
        let [low, median, high] = at.quantiles[..] else { panic!("{at:?}") };
        for (found, share) in [(low, 0.05), (median, 0.5), (high, 0.95)] {
            let expected = 10.0 + dose + 2.0 * normal_quantile(share);
            assert!((found - expected).abs() < 0.12, "{share}: {found} {expected}");
        }
    }
}

/// A value of which only a limit is known says as much as many that lie on either side of it.
#[test]
fn analytic_censored_observations_have_the_probability_of_their_side() {
    let error = ResidualError(vec![Residual::Additive(2.0)]);
    let found = |censoring| error.log_likelihood((8.0, censoring), 10.0, 0.0).exp();
    assert!((found(Censoring::Below(8.0)) - normal_cdf(-1.0)).abs() < 1e-12);
    assert!((found(Censoring::Above(8.0)) - normal_cdf(1.0)).abs() < 1e-12);
    let between = normal_cdf(-1.0) - normal_cdf(-2.0);
    assert!((found(Censoring::Between(6.0, 8.0)) - between).abs() < 1e-12);
    let log = ResidualError(vec![Residual::Lognormal(0.5)]);
    // The density of a log-normal integrates to 1.
    let step = 1e-3;
    let sum: f64 = (1..200_000)
        .map(|i| log.log_likelihood((f64::from(i) * step, Censoring::None), 3.0, 0.0).exp() * step)
        .sum();
    assert!((sum - 1.0).abs() < 1e-4, "{sum}");
}

#[test]
fn analytic_weights_are_those_of_their_logarithms() {
    let found = weights(&[-1000.0, -1000.0 + 2.0_f64.ln(), f64::NAN, f64::NEG_INFINITY]);
    for (found, expected) in found.iter().zip([1.0 / 3.0, 2.0 / 3.0, 0.0, 0.0]) {
        assert!((found - expected).abs() < 1e-12);
    }
    assert!((effective_size(&found) - 9.0 / 5.0).abs() < 1e-12);
    assert_eq!(quantiles(&[5.0, 1.0, 0.0, 0.0], &found, &[0.5, 0.7, 1.0]), [1.0, 5.0, 5.0]);
    assert!(weights(&[f64::NEG_INFINITY; 2]).iter().all(|own| *own <= 0.0));
}

/// Individuals drawn from the population and measured with its error: the rank of the truth in its forecast is
/// uniform.
#[test]
fn prop_the_truth_has_a_uniform_rank_in_its_forecast() {
    let case = case(TURNOVER);
    let individuals = case.individuals(0..4_000);
    let error = &ResidualError::of_model(&case.predictor)[0];
    assert_eq!(error.0, [Residual::Proportional(0.3)]);
    let noise = crate::population::Streams::new(9, "noise");
    let mut ranks = Vec::new();
    for number in 0..60 {
        let truth = case.individuals(50_000 + number..50_001 + number);
        let text = "ID,TIME,AMT\n1,0,.\n1,0,8\n1,24,8\n1,48,.\n1,96,.\n1,200,.\n";
        let mut subject = case.subject(text);
        let true_values = truth.predict(&subject, None)[0].values.clone();
        let mut stream = noise.subject(number);
        subject.rows.pop();
        for place in [0, 3, 4] {
            let row = &mut subject.rows[place];
            row.dv = Some(true_values[place] * (1.0 + 0.3 * stream.normal()));
            row.mdv = false;
        }
        let errors = [error.clone()];
        let at = |level: f64| {
            let question = Question {
                individuals: &individuals,
                errors: &errors,
                output: "count",
                times_h: &[200.0],
                level,
                quantiles: &[0.5],
            };
            question.forecast(&subject).expect("a forecast")
        };
        let found = at(true_values[5]);
        ranks.push(found.times[0].at_least);
    }
    ranks.sort_by(f64::total_cmp);
    let distance = ranks.iter().enumerate().map(|(i, rank)| {
        let n = ranks.len() as f64;
        (rank - i as f64 / n).abs().max((rank - (i + 1) as f64 / n).abs())
    });
    // Kolmogorov-Smirnov at 1 %: 1.63/sqrt(n).
    let largest = distance.fold(0.0, f64::max);
    assert!(largest < 1.63 / (ranks.len() as f64).sqrt(), "{largest}");
}

/// A size of the error that differs between individuals is learned like a parameter: many individuals with a drawn size
/// say the same as few with all sizes.
#[test]
fn val_an_error_whose_size_differs_between_individuals_is_part_of_them() {
    let case = case(CONSTANT);
    let subject = case.subject("ID,TIME,DV\n1,0,13\n1,1,9\n1,2,15\n1,3,7\n");
    let observed = [13.0, 9.0, 15.0, 7.0];
    let (cv, omega, level) = (0.1, 0.7, 11.0);
    let individuals = case.individuals(0..4000);
    let errors = [ResidualError(vec![Residual::Individual { cv, omega }])];
    let question = Question {
        individuals: &individuals,
        errors: &errors,
        output: "m",
        times_h: &[5.0],
        level,
        quantiles: &[0.5],
    };
    let found = question.forecast(&subject).expect("a forecast");
    // Bayes' theorem on a grid of the mean and of the logarithm of the size.
    let (mut sum, mut above, mut measured) = (0.0, 0.0, 0.0);
    for i in -180..=180 {
        let m = 10.0 + 0.05 * f64::from(i);
        for j in -60..=60 {
            let z = 0.1 * f64::from(j);
            let sd = cv * (omega * z).exp() * m;
            let density = |y: &f64| -0.5 * ((y - m) / sd).powi(2) - sd.ln();
            let log = observed.iter().map(density).sum::<f64>();
            let weight = (log - 0.5 * ((m - 10.0) / 2.0).powi(2) - 0.5 * z * z).exp();
            sum += weight;
            above += if m >= level { weight } else { 0.0 };
            measured += weight * normal_cdf((m - level) / sd);
        }
    }
    let at = &found.times[0];
    // Four standard errors of a share of so many individuals.
    let near = 4.0 * 0.5 / found.effective_size.sqrt();
    assert!((at.at_least - above / sum).abs() < near, "{} {}", at.at_least, above / sum);
    let measured = measured / sum;
    assert!((at.measured_at_least - measured).abs() < near, "{} {measured}", at.measured_at_least);
}
