//! The parameters of a subject against the closed forms of normal logarithms.

use super::{CONSTANT, case, forecast};
use crate::forecast::{IndividualParameter, MedianAndInterval};
use crate::statistics::normal_quantile;

/// A log-normal constant that is observed with a log-normal error, and a rate that no output shows without a dose.
const LOGNORMAL: &str = "model constant\nlanguage 1\ntime h\n\n[parameters]\nm = 10 mg ~ lognormal(sd=0.5)\n\
    k = 1 1/h ~ lognormal(sd=0.3)\n\n[dosing]\ndose iv into y\n\n[states]\ny = 0 mg\n\n[equations]\nd/dt(y) = -k*y\n\n\
    [outputs]\nm = m + y in mg ~ lognormal(sd=0.4)\n";
const OBSERVED: [f64; 3] = [13.0, 12.0, 15.0];
const TEXT: &str = "ID,TIME,DV\n1,0,13\n1,1,12\n1,2,15\n";

/// Standard errors that a number may be away from what is expected.
const ERRORS: f64 = 4.0;
/// Standard error of the 5 and 95 % quantiles of a normal sample of 1 with SD 1: sqrt(p (1 - p))/density.
const QUANTILE_ERROR: f64 = 2.11;

/// Compares quantiles with those of a normal logarithm.
fn assert_lognormal(found: MedianAndInterval, (mean, sd): (f64, f64), n: f64) {
    let near = ERRORS * QUANTILE_ERROR * sd / n.sqrt();
    for (found, share) in [(found.low, 0.05), (found.median, 0.5), (found.high, 0.95)] {
        let expected = mean + sd * normal_quantile(share);
        assert!((found.ln() - expected).abs() < near, "{share}: {found} {}", expected.exp());
    }
}

/// The share of a variance of so many individuals: its standard error is that of a ratio of normal variances.
fn assert_share(found: f64, expected: f64, n: f64) {
    let near = ERRORS * expected * (2.0 / n).sqrt();
    assert!((found - expected).abs() < near, "{found} {expected}");
}

#[test]
fn analytic_the_logarithm_of_a_parameter_has_the_posterior_of_the_textbook() {
    let case = case(LOGNORMAL);
    let individuals = [case.individuals(0..40_000)];
    let found = forecast(&individuals, &case.subject(TEXT), &[5.0]);
    let [m, k] = &found.parameters[..] else { panic!("{:?}", found.parameters) };
    assert_eq!((m.symbol.as_str(), m.unit.as_str()), ("m", "mg"));
    assert_eq!((k.symbol.as_str(), k.unit.as_str()), ("k", "1/h"));
    let (prior, error): (f64, f64) = (1.0 / 0.25, 1.0 / 0.16);
    let precision = prior + 3.0 * error;
    let observed: f64 = OBSERVED.iter().map(|own| own.ln()).sum();
    let mean = (10.0_f64.ln() * prior + observed * error) / precision;
    assert_lognormal(m.prior, (10.0_f64.ln(), 0.5), 40_000.0);
    assert_lognormal(m.posterior, (mean, precision.powf(-0.5)), found.effective_size);
    assert_share(m.from_prior, prior / precision, found.effective_size);
    // Nothing is known of the rate.
    assert_lognormal(k.posterior, (0.0, 0.3), found.effective_size);
    assert_share(k.from_prior, 1.0, found.effective_size);
}

/// Where values are negative, the share is that of the variance of the parameter itself.
#[test]
fn analytic_a_parameter_that_may_be_negative_is_compared_as_it_is() {
    let case = case(&CONSTANT.replace("m = 10 mg", "m = 1 mg"));
    let individuals = [case.individuals(0..40_000)];
    let found = forecast(&individuals, &case.subject("ID,TIME,DV\n1,0,2\n1,1,-1\n"), &[5.0]);
    let [m] = &found.parameters[..] else { panic!("{:?}", found.parameters) };
    assert!(m.prior.low < -1.0, "{m:?}");
    let (prior, error): (f64, f64) = (1.0 / 4.0, 1.0 / 2.25);
    let precision = prior + 2.0 * error;
    let mean = (prior + error) / precision;
    let near = ERRORS * precision.powf(-0.5) / found.effective_size.sqrt();
    assert!((m.posterior.median - mean).abs() < 1.3 * near, "{m:?} {mean}");
    assert_share(m.from_prior, prior / precision, found.effective_size);
}

/// Of two populations prior and posterior are mixtures: equal before the observations, whatever the number of
/// individuals, and by Bayes' theorem afterwards.
#[test]
fn analytic_the_parameter_of_two_populations_is_that_of_their_mixture() {
    let case = case(LOGNORMAL);
    let other = super::case(&LOGNORMAL.replace("m = 10 mg", "m = 20 mg"));
    let populations = [case.individuals(0..40_000), other.individuals(0..20_000)];
    let found = forecast(&populations, &case.subject("ID,TIME,DV\n1,0,18\n"), &[5.0]);
    let m = &found.parameters[0];
    let centres = [10.0_f64.ln(), 20.0_f64.ln()];
    let (prior, error): (f64, f64) = (0.25, 0.16);
    let posterior = 1.0 / (1.0 / prior + 1.0 / error);
    let mean = |centre: f64| posterior * (centre / prior + 18.0_f64.ln() / error);
    let density = |centre: f64| (-0.5 * (18.0_f64.ln() - centre).powi(2) / (prior + error)).exp();
    let weight = density(centres[0]) / (density(centres[0]) + density(centres[1]));
    let between = |weight: f64, distance: f64| weight * (1.0 - weight) * distance * distance;
    let expected = (posterior + between(weight, mean(centres[1]) - mean(centres[0])))
        / (prior + between(0.5, centres[1] - centres[0]));
    assert_share(m.from_prior, expected, found.effective_size);
    assert!((m.prior.median - 200.0_f64.sqrt()).abs() < 0.2, "{m:?}");
}

#[test]
fn invariant_without_observations_all_of_an_estimate_comes_from_the_prior() {
    let case = case(LOGNORMAL);
    let individuals = [case.individuals(0..2_000), case.individuals(2_000..2_500)];
    let found = forecast(&individuals, &case.subject("ID,TIME,AMT\n1,0,5\n"), &[1.0, 5.0]);
    assert_eq!(found.parameters.len(), 2);
    for IndividualParameter { prior, posterior, from_prior, .. } in &found.parameters {
        assert!((1.0 - from_prior).abs() < 1e-9, "{from_prior}");
        assert_eq!(prior, posterior);
    }
}
