//! What the text of another tool does not hold of the patients, in words.

use super::residual::concentration;
use super::{Variation, correlation};
use crate::model::ParameterSet;
use crate::model::text::Sheet;
use crate::population::{Distribution, EffectForm, VirtualPatients};
use crate::units::COUNT_UNIT;

impl Variation {
    /// How a parameter differs between patients, with every digit.
    pub(in crate::export) fn in_words(&self, symbol: &str) -> Option<String> {
        let found = self.random.iter().position(|random| random.symbol == symbol);
        let mut words = Vec::new();
        if let Some(i) = found {
            let sd = self.random[i].sd();
            words.push(match self.random[i].distribution {
                Distribution::LogNormal { .. } => format!("log-normal, SD of the logarithm {sd}"),
                Distribution::LogitNormal { lower, upper, .. } => {
                    format!("logit-normal between {lower} and {upper}, SD of the logit {sd}")
                }
                Distribution::Normal { .. } => format!("normal, SD {sd}"),
                Distribution::TruncatedNormal { lower, upper, .. } => {
                    format!("normal, SD {sd} before truncation at {lower} and {upper}")
                }
            });
            for (j, other) in self.random.iter().enumerate().filter(|(j, _)| *j != i) {
                if self.covariance[i][j].abs() > 0.0 {
                    words.push(format!(
                        "covariance with {} {}",
                        other.symbol, self.covariance[i][j]
                    ));
                }
            }
        }
        for effect in self.effects.iter().filter(|effect| effect.symbol == symbol) {
            let covariate = &effect.covariate;
            words.push(match effect.form {
                EffectForm::Power { reference, exponent } => {
                    format!("multiplied by ({covariate}/{reference})^{exponent}")
                }
                EffectForm::Factor { from, factor } => {
                    format!("multiplied by {factor} where {covariate} is at least {from}")
                }
            });
        }
        (!words.is_empty()).then(|| format!("between patients: {}", words.join("; ")))
    }

    /// How measured counts and concentrations differ from true ones, a line for each.
    pub(in crate::export) fn errors_in_words(&self) -> Vec<String> {
        let outputs = [("count", self.count, COUNT_UNIT), ("concentration", self.conc, "ng/mL")];
        let there = outputs.into_iter().filter(|(_, residual, _)| residual.is_there());
        let words = there.map(|(output, residual, unit)| {
            let of = |part: &str| if part == "additive" { unit } else { "a share" };
            let parts = residual.parts().into_iter();
            let parts = parts.map(|(part, sd)| format!("SD {sd} ({part}, {})", of(part)));
            let parts: Vec<_> = parts.collect();
            format!("residual error of the {output}: {}", parts.join(", "))
        });
        words.collect()
    }
}

/// One line for everything about the patients that is not written, or not as it is.
pub(super) fn notes(
    (set, sheet): (&ParameterSet, Option<&Sheet>),
    patients: &VirtualPatients,
    variation: &Variation,
    is_used: impl Fn(&str) -> bool,
) -> Vec<String> {
    let mut notes = Vec::new();
    for random in &variation.random {
        if let Distribution::TruncatedNormal { sd, lower, upper } = random.distribution {
            notes.push(format!(
                "{} is normal with SD {sd} before truncation; its truncation at {lower} and {upper} is not written",
                random.symbol
            ));
        }
    }
    for spread in patients.spreads(set.variant).iter().filter(|own| !is_used(&own.symbol)) {
        notes.push(format!(
            "the spread of {} is not written: these equations do not use it",
            spread.symbol
        ));
    }
    for own in &patients.correlations {
        let [a, b] = &own.between;
        let is_written = |symbol: &String| variation.random_of(symbol).is_some();
        if !(is_written(a) && is_written(b)) && correlation(patients, a, b).abs() > 0.0 {
            notes.push(format!(
                "the correlation of {a} and {b} is not written: both need a spread here"
            ));
        }
    }
    for effect in patients.effects.iter().filter(|own| !is_used(&own.symbol)) {
        notes.push(format!(
            "the effect of {} on {} is not written: these equations do not use it",
            effect.covariate, effect.symbol
        ));
    }
    if let Some(mixture) = patients.non_responders.as_ref().filter(|own| own.share > 0.0) {
        notes.push(format!(
            "the mixture is not written: in a share of {} of the patients, {} is multiplied by {}",
            mixture.share, mixture.symbol, mixture.factor
        ));
    }
    let error = patients.count_error;
    if error.between_visit_omega > 0.0 {
        notes.push(format!(
            "the variation of counts between visits is not written: SD {} of the logarithm, correlated over {} days",
            error.between_visit_omega, error.between_visit_days
        ));
    }
    if error.size_omega > 0.0 {
        notes.push(format!(
            "the proportional error is that of the median patient: its spread between patients (SD {} of the logarithm) is \
             not written",
            error.size_omega
        ));
    }
    notes.extend(of_covariates(patients, variation));
    notes.extend(sheet.into_iter().flat_map(|sheet| of_text(set, sheet)));
    notes
}

fn of_covariates(patients: &VirtualPatients, variation: &Variation) -> Vec<String> {
    let (written, unused): (Vec<&str>, Vec<&str>) =
        patients.covariate_names().partition(|name| variation.is_covariate(name));
    let mut notes = Vec::new();
    if !written.is_empty() {
        let names = written.join(", ");
        notes.push(format!(
            "covariates come from the data, their distributions are not written: {names}"
        ));
    }
    if !unused.is_empty() {
        let names = unused.join(", ");
        notes
            .push(format!("covariates without effect on these equations are not written: {names}"));
    }
    notes
}

/// What a model in a text declares besides.
fn of_text(set: &ParameterSet, sheet: &Sheet) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    for parameter in &sheet.parameters {
        if parameter.variability.iter().any(|spread| spread.occasion.is_some()) {
            notes.push(format!(
                "the variation of {} between occasions is not written",
                parameter.name
            ));
        }
    }
    notes.extend(errors(set, sheet));
    notes
}

/// Residual errors other than the additive and the proportional ones of the count and the concentration.
fn errors(set: &ParameterSet, sheet: &Sheet) -> Vec<String> {
    let conc = concentration(set, sheet).map(|(output, _)| output);
    let count = sheet.outputs.iter().position(|output| output.unit.text() == COUNT_UNIT);
    let mut notes = Vec::new();
    for (i, output) in sheet.outputs.iter().enumerate() {
        let is_written = |kind: &str| {
            [count, conc].contains(&Some(i)) && matches!(kind, "additive" | "proportional")
        };
        for error in output.errors.iter().filter(|error| !is_written(&error.kind)) {
            notes.push(format!("the {} error of {} is not written", error.kind, output.name));
        }
    }
    notes
}
