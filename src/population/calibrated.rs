//! What a calibration said of the virtual patients that it made.

use crate::files::Section;
use std::collections::BTreeMap;

/// How a calibration ended, with what it is certain of.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibrated {
    /// The command that makes the file again.
    pub command: String,
    /// Whether the search converged.
    pub converged: bool,
    /// The objective at the estimates: −2 ln(likelihood × prior) up to a constant.
    pub objective: f64,
    /// By how much it is expected to fall at most.
    pub expected_decrease: f64,
    /// Parameters that the published numbers determine, all in all.
    pub effective_parameters: f64,
    /// Published numbers less the parameters that they determine.
    pub degrees_of_freedom: f64,
    /// Logarithm of the marginal likelihood, where there is a sample of the posterior.
    pub log_marginal_likelihood: Option<f64>,
    /// Its standard error, if it is known.
    pub log_marginal_standard_error: Option<f64>,
    /// Effective size of that sample.
    pub effective_sample_size: Option<f64>,
    /// The files that it was made from, with their SHA-256.
    pub inputs: BTreeMap<String, String>,
    /// The estimates by name.
    pub estimates: Vec<CalibratedEstimate>,
}

/// One estimated number.
#[derive(Debug, Clone, PartialEq)]
pub struct CalibratedEstimate {
    /// Its name in the calibration's plan.
    pub name: String,
    /// The estimate, in the unit of the parameter.
    pub value: f64,
    /// 95 % interval by curvature.
    pub interval: (f64, f64),
    /// Centre of the prior.
    pub prior_centre: f64,
    /// Share of the information that comes from the prior.
    pub prior_share: f64,
}

fn hashes(inputs: &Section<'_>) -> BTreeMap<String, String> {
    inputs.keys().filter_map(|file| Some((file.to_owned(), inputs.text(file)?))).collect()
}

pub(super) fn calibrated(section: &Section<'_>) -> Option<Calibrated> {
    let (command, converged) = (section.text("command"), section.truth("converged"));
    let [objective, expected, effective, freedom] =
        ["objective", "expected_decrease", "effective_parameters", "degrees_of_freedom"]
            .map(|key| section.number(key));
    let log_marginal_likelihood = section.optional_number("log_marginal_likelihood");
    let log_marginal_standard_error = section.optional_number("log_marginal_standard_error");
    let effective_sample_size = section.optional_number("effective_sample_size");
    let inputs = section.table("inputs", |inputs| Some(hashes(inputs))).unwrap_or_default();
    let estimates = section.tables("estimates", estimate);
    Some(Calibrated {
        command: command?,
        converged: converged?,
        objective: objective?,
        expected_decrease: expected?,
        effective_parameters: effective?,
        degrees_of_freedom: freedom?,
        log_marginal_likelihood,
        log_marginal_standard_error,
        effective_sample_size,
        inputs,
        estimates,
    })
}

fn estimate(name: &str, section: &Section<'_>) -> Option<CalibratedEstimate> {
    let [value, lower, upper, centre] =
        ["value", "lower", "upper", "prior_centre"].map(|key| section.number(key));
    let share = section.share("prior_share");
    Some(CalibratedEstimate {
        name: name.to_owned(),
        value: value?,
        interval: (lower?, upper?),
        prior_centre: centre?,
        prior_share: share?,
    })
}
