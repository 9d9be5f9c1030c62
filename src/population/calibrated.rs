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
    let converged = section.truth("converged");
    let estimates = section.tables("estimates", |name, estimate| {
        Some(CalibratedEstimate {
            name: name.to_owned(),
            value: estimate.number("value")?,
            interval: (estimate.number("lower")?, estimate.number("upper")?),
            prior_centre: estimate.number("prior_centre")?,
            prior_share: estimate.share("prior_share")?,
        })
    });
    Some(Calibrated {
        command: section.text("command")?,
        converged: converged?,
        objective: section.number("objective")?,
        expected_decrease: section.number("expected_decrease")?,
        effective_parameters: section.number("effective_parameters")?,
        degrees_of_freedom: section.number("degrees_of_freedom")?,
        log_marginal_likelihood: section.optional_number("log_marginal_likelihood"),
        effective_sample_size: section.optional_number("effective_sample_size"),
        inputs: section.table("inputs", |inputs| Some(hashes(inputs))).unwrap_or_default(),
        estimates,
    })
}
