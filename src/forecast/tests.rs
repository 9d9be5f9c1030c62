//! Forecasts against closed forms, and their calibration.

mod parameters;
mod uncertainty;

use super::weights::{effective_size, quantiles, weights};
use super::{Forecast, Particles, Plan, Question, Residual, ResidualError, time_at_least};
use crate::model::{ParameterSet, model_of_text};
use crate::population::{Generator, Streams, VirtualPatients};
use crate::records::{Censoring, Options, Subject, read};
use crate::simulate::records::Predictor;
use crate::statistics::{Uniformity, normal_cdf, normal_quantile, random_rank};
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
    fn particles(&self, numbers: std::ops::Range<usize>, errors: Vec<ResidualError>) -> Particles {
        let mut particles = Particles::none("B", &self.predictor, 1e-7).expect("none");
        particles.add(self.generator.clone(), numbers, errors);
        particles
    }

    fn individuals(&self, numbers: std::ops::Range<usize>) -> Particles {
        self.particles(numbers, ResidualError::of_model(&self.predictor))
    }

    fn subject(&self, text: &str) -> Subject {
        let options = Options::default();
        let reading = read(Path::new("data.csv"), text, Some(self.predictor.structure()), &options);
        reading.into_records().expect("records").subjects.remove(0)
    }
}

/// A question about the only output: the level 11, three quantiles, no procedure, plans or further observations.
fn question<'a>(populations: &'a [Particles], times_h: &'a [f64]) -> Question<'a> {
    Question {
        populations,
        output: &populations[0].structure().outputs[0].name,
        times_h,
        level: 11.0,
        too_high: 200.0,
        probability: 0.7,
        quantiles: &[0.05, 0.5, 0.95],
        time_quantiles: &[0.05, 0.5, 0.95],
        procedure_h: None,
        plans: &[],
        next_h: &[],
    }
}

fn forecast(populations: &[Particles], subject: &Subject, times_h: &[f64]) -> Forecast {
    question(populations, times_h).forecast(subject).expect("a forecast")
}

/// The posterior of a normal mean is normal: precision-weighted.
#[test]
fn analytic_normal_observations_of_a_normal_individual_have_the_posterior_of_the_textbook() {
    let case = case(CONSTANT);
    let individuals = [case.individuals(0..40_000)];
    let text = "ID,TIME,DV\n1,0,13.5\n1,1,12.5\n1,2,14\n";
    let found = forecast(&individuals, &case.subject(text), &[5.0]);
    let precision = 1.0 / 4.0 + 3.0 / 2.25;
    let mean: f64 = (10.0 / 4.0 + 40.0 / 2.25) / precision;
    let sd = (1.0 / precision).sqrt();
    let at = &found.times[0];
    assert_eq!((found.observed.len(), at.time_h), (3, 5.0));
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

/// So precise that hardly any individual of the population explains it.
fn precise(case: &Case, sd: f64) -> Particles {
    case.particles(0..4_000, vec![ResidualError(vec![Residual::Additive(sd)])])
}

#[test]
fn analytic_precise_observations_are_explained_by_individuals_that_are_drawn_for_them() {
    let case = case(CONSTANT);
    let individuals = [precise(&case, 0.02), precise(&case, 0.04)];
    let text = "ID,TIME,DV\n1,0,14.01\n1,1,13.99\n1,2,14\n";
    let found = forecast(&individuals, &case.subject(text), &[5.0]);
    assert!(found.rounds > 0 && found.effective_size > 500.0, "{found:?}");
    assert!(found.pareto_k.is_none_or(|k| k < 0.7), "{:?}", found.pareto_k);
    // The density of three observations around a normal mean, up to what both populations share.
    let evidence = |sd: f64| {
        let (precision, within) = (0.25 + 3.0 / (sd * sd), 2e-4);
        sd.powi(-3) * precision.powf(-0.5) * (-0.5 * within / (sd * sd)).exp()
    };
    let (first, second) = (evidence(0.02), evidence(0.04));
    let expected = first / (first + second);
    assert!((found.of_populations[0] - expected).abs() < 0.02, "{found:?} {expected}");
    let sd = (expected * 4e-4 / 3.0 + (1.0 - expected) * 16e-4 / 3.0).sqrt();
    let [low, median, high] = found.times[0].quantiles[..] else { panic!("{found:?}") };
    assert!((median - 14.0).abs() < 0.1 * sd, "{median}");
    assert!(((high - low) / (2.0 * 1.645 * sd) - 1.0).abs() < 0.08, "{low} {high} {sd}");
}

#[test]
fn invariant_an_individual_further_than_any_is_from_the_typical_one_is_refused() {
    let case = case(CONSTANT);
    let individuals = [precise(&case, 0.02)];
    let question = question(&individuals, &[5.0]);
    // 3.5 and 5 standard deviations above the typical individual.
    let far = question.forecast(&case.subject("ID,TIME,DV\n1,0,17\n")).expect("a forecast");
    assert!((far.times[0].quantiles[1] - 17.0).abs() < 0.01 && far.rounds > 0, "{far:?}");
    let error = question.forecast(&case.subject("ID,TIME,DV\n1,0,20\n")).expect_err("too far");
    let text = error.to_string();
    assert!(text.contains("a m 5.0 standard deviations above"), "{text}");
}

#[test]
fn invariant_without_observations_the_forecast_is_that_of_the_population() {
    let case = case(CONSTANT);
    let individuals = [case.individuals(0..20_000)];
    let found = forecast(&individuals, &case.subject("ID,TIME,AMT\n1,0,5\n"), &[0.0, 3.0]);
    assert_eq!(found.observed.len(), 0);
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
    let rising = [(0.0, found[2]), (1.0, found[1]), (5.0, found[0])].into_iter();
    assert_eq!(quantiles(rising, &[0.5, 0.7, 1.0]), [1.0, 5.0, 5.0]);
    assert!(weights(&[f64::NEG_INFINITY; 2]).iter().all(|own| *own <= 0.0));
}

/// Individuals drawn from the population and measured with its error: the ranks of the true value and of the true time
/// at the level in their forecasts are uniform, those of equal times in random order.
#[test]
fn prop_the_truth_has_a_uniform_rank_in_its_forecast() {
    const LEVEL: f64 = 50.0;
    let case = case(TURNOVER);
    let individuals = [case.individuals(0..4_000)];
    let error = &ResidualError::of_model(&case.predictor)[0];
    assert_eq!(error.0, [Residual::Proportional(0.3)]);
    let times_h: Vec<f64> = (0..=10).map(|day| 24.0 * f64::from(day)).collect();
    let asking: String = times_h.iter().map(|time_h| format!("1,{time_h},.,.,.\n")).collect();
    let text = format!("ID,TIME,AMT,ADDL,II\n1,0,8,1,24\n{asking}");
    let (noise, order) = (Streams::new(9, "noise"), Streams::new(9, "order of equal times"));
    let (mut subjects, mut courses) = (Vec::new(), Vec::new());
    for number in 0..60 {
        let truth = case.individuals(50_000 + number..50_001 + number);
        let mut subject = case.subject(&text);
        let values = truth.individuals().predict(&subject, None)[0].values.split_off(1);
        let mut stream = noise.subject(number);
        for day in [0, 2, 4] {
            let row = &mut subject.rows[1 + day];
            row.dv = Some(values[day] * (1.0 + 0.3 * stream.normal()));
            row.mdv = false;
        }
        subjects.push(subject);
        courses.push(values);
    }
    let shares: Vec<f64> = (1..200).map(|i| f64::from(i) / 200.0).collect();
    let asked = Question {
        level: LEVEL,
        quantiles: &shares,
        time_quantiles: &shares,
        ..question(&individuals, &times_h)
    };
    let (mut of_values, mut of_times, mut times) = (Vec::new(), Vec::new(), Vec::new());
    let all = asked.forecasts(&subjects, &|_| {}).expect("forecasts");
    for (number, (values, found)) in courses.iter().zip(all).enumerate() {
        let (found, mut stream) = (found.expect("a forecast"), order.subject(number));
        assert_eq!(found.to_come, 4);
        of_values.push(random_rank(&found.times[8].quantiles, values[8], stream.uniform()));
        let to_come = times_h.iter().copied().zip(values.iter().copied()).skip(4);
        let time_h = time_at_least(to_come, LEVEL);
        of_times.push(random_rank(&found.answer.time_at_level_h, time_h, stream.uniform()));
        times.push(time_h);
    }
    for ranks in [of_values, of_times] {
        let found = Uniformity::new(&ranks).expect("ranks");
        assert!(found.p > 0.01, "{found:?}");
    }
    let of = |is: fn(f64) -> bool| times.iter().filter(|time_h| is(**time_h)).count();
    assert!(of(|time_h| time_h <= 0.0) > 3 && of(|time_h| time_h >= 144.0) > 3, "{times:?}");
}

/// A size of the error that differs between individuals is learned like a parameter: many individuals with a drawn size
/// say the same as few with all sizes.
#[test]
fn val_an_error_whose_size_differs_between_individuals_is_part_of_them() {
    let case = case(CONSTANT);
    let subject = case.subject("ID,TIME,DV\n1,0,13\n1,1,9\n1,2,15\n1,3,7\n");
    let observed = [13.0, 9.0, 15.0, 7.0];
    let (cv, omega, level) = (0.1, 0.7, 11.0);
    let errors = vec![ResidualError(vec![Residual::Individual { cv, omega }])];
    let individuals = [case.particles(0..4000, errors)];
    let found = forecast(&individuals, &subject, &[5.0]);
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

/// Two populations count equally before any observation, however many individuals each has, and by Bayes' theorem
/// afterwards; the probability is that of the mixture.
#[test]
fn analytic_two_populations_are_weighted_by_their_marginal_likelihoods() {
    let case = case(CONSTANT);
    let far = CONSTANT.replace("m = 10 mg", "m = 13 mg");
    let other = self::case(&far);
    let populations = [case.individuals(0..30_000), other.individuals(0..10_000)];
    let none = forecast(&populations, &case.subject("ID,TIME,AMT\n1,0,0.001\n"), &[5.0]);
    assert!((none.of_populations[0] - 0.5).abs() < 1e-12, "{:?}", none.of_populations);
    let found = forecast(&populations, &case.subject("ID,TIME,DV\n1,0,13.5\n"), &[5.0]);
    let sd = 2.5_f64;
    let density = |mean: f64| (-0.5 * ((13.5 - mean) / sd).powi(2)).exp();
    let expected = density(10.0) / (density(10.0) + density(13.0));
    assert!((found.of_populations[0] - expected).abs() < 0.01, "{:?}", found.of_populations);
    let above = |prior: f64| {
        let precision = 1.0 / 4.0 + 1.0 / 2.25;
        let mean = (prior / 4.0 + 13.5 / 2.25) / precision;
        normal_cdf((mean - 11.0) * precision.sqrt())
    };
    let at = &found.times[0];
    for (own, prior) in at.of_populations.iter().zip([10.0, 13.0]) {
        assert!((own - above(prior)).abs() < 0.015, "{own} {}", above(prior));
    }
    let mixed = expected * above(10.0) + (1.0 - expected) * above(13.0);
    assert!((at.at_least - mixed).abs() < 0.01, "{} {mixed}", at.at_least);
}

/// A plan replaces what is to come and nothing else: the doses before the last observation stay, and the plan that
/// repeats the records changes no number.
#[test]
fn invariant_a_plan_changes_the_doses_to_come_alone() {
    let case = case(TURNOVER);
    let individuals = [case.individuals(0..500)];
    let subject =
        case.subject("ID,TIME,AMT,ADDL,II,DV\n1,0,.,.,.,40\n1,0,8,6,24,.\n1,48,.,.,.,55\n");
    let rows =
        |text: &str| case.predictor.rows_of(&text.parse().expect("a regimen")).expect("doses");
    let plan = |name: &str, doses| Plan { name: name.to_owned(), doses };
    let plans = [
        plan("same", rows("8 mg qd x7")),
        plan("none", Vec::new()),
        plan("other past", rows("8 mg at 48 72 96 120 144 h")),
    ];
    let asked = Question {
        plans: &plans,
        level: 50.0,
        ..question(&individuals, &[48.0, 96.0, 144.0, 192.0])
    };
    let found = asked.forecast(&subject).expect("a forecast");
    let same = &found.plans[0];
    assert!((same.best - found.answer.best).abs() < 1e-4, "{same:?} {:?}", found.answer);
    assert!((found.plans[2].best - found.answer.best).abs() < 1e-4, "{:?}", found.plans[2]);
    let stopped =
        case.subject("ID,TIME,AMT,ADDL,II,DV\n1,0,.,.,.,40\n1,0,8,1,24,.\n1,48,.,.,.,55\n");
    let alone = asked.forecast(&stopped).expect("a forecast").answer;
    let none = &found.plans[1];
    assert!((none.best - alone.best).abs() < 1e-4, "{none:?} {alone:?}");
    assert!(none.best < same.best, "{none:?} {same:?}");
}

/// After one more observation of a normal mean, the probability has the distribution that the textbook gives.
#[test]
fn analytic_one_more_observation_narrows_a_normal_mean_as_in_the_textbook() {
    let case = case(CONSTANT);
    let individuals = [case.individuals(0..40_000)];
    let subject = case.subject("ID,TIME,DV\n1,0,11\n");
    let asked = Question { next_h: &[3.0], probability: 0.6, ..question(&individuals, &[5.0]) };
    let found = asked.forecast(&subject).expect("a forecast");
    let next = &found.next[0];
    assert_eq!((next.time_h, next.target_h), (3.0, 5.0));
    let precision = 1.0 / 4.0 + 1.0 / 2.25;
    let (mean, variance) = ((10.0 / 4.0 + 11.0 / 2.25) / precision, 1.0 / precision);
    let before = normal_cdf((mean - 11.0) / (variance + 2.25_f64).sqrt());
    assert!((next.before - before).abs() < 0.02, "{next:?} {before}");
    let after = |y: f64| {
        let precision = precision + 1.0 / 2.25;
        let mean = (10.0 / 4.0 + (11.0 + y) / 2.25) / precision;
        normal_cdf((mean - 11.0) / (1.0 / precision + 2.25_f64).sqrt())
    };
    let spread = (variance + 2.25).sqrt();
    for (end, share) in [(next.after.0, 0.05), (next.after.1, 0.95)] {
        let expected = after(mean + spread * normal_quantile(share));
        assert!((end - expected).abs() < 0.03, "{share}: {end} {expected}");
    }
    let edge = (0..20_000)
        .map(|i| f64::from(i) * 0.002 - 10.0)
        .find(|y| after(*y) >= 0.6)
        .expect("an edge");
    let changes = 1.0 - normal_cdf((edge - mean) / spread);
    assert!((next.changes - changes).abs() < 0.03, "{next:?} {changes}");
}

/// Who shares predictions with others has the numbers of a forecast alone, to the bit.
#[test]
fn invariant_a_forecast_does_not_depend_on_who_shares_its_predictions() {
    let case = case(TURNOVER);
    let individuals = [case.individuals(0..300)];
    let text =
        |id: &str, dv: f64| format!("ID,TIME,AMT,DV\n{id},0,.,40\n{id},0,8,.\n{id},48,.,{dv}\n");
    let subjects: Vec<Subject> = [("a", 50.0), ("b", 61.0), ("c", 44.5)]
        .iter()
        .map(|(id, dv)| case.subject(&text(id, *dv)))
        .chain([case.subject("ID,TIME,AMT,DV\nd,0,.,40\nd,24,.,39\n")])
        .collect();
    let asked = Question {
        level: 50.0,
        next_h: &[60.0],
        ..question(&individuals, &[0.0, 48.0, 72.0, 96.0])
    };
    let all = asked.forecasts(&subjects, &|_| {}).expect("forecasts");
    for (subject, own) in subjects.iter().zip(all) {
        assert_eq!(own.expect("a forecast"), asked.forecast(subject).expect("a forecast"));
    }
}
