//! Who the patients of a simulation are, in its comment lines and for programs.

use super::document::Document;
use serde_json::{Value, json};
use std::fmt::Write;
use thrombopoiesis::model::Variant;
use thrombopoiesis::population::{Correlation, CountError, Spread, Variability, VirtualPatients};

/// The patients of a simulation, and what their counts are.
pub(super) struct Described<'a> {
    /// Those of a file, in a structural variant.
    pub(super) patients: Option<(&'a VirtualPatients, Variant)>,
    /// What differs between patients where no file says it.
    pub(super) variability: &'a [Variability],
    /// Whether the counts are measured ones.
    pub(super) are_measured: bool,
}

impl Described<'_> {
    /// As comment lines.
    pub(super) fn comments(&self) -> String {
        let mut text = String::new();
        for variability @ Variability { symbol, omega } in self.variability {
            let cv = variability.cv();
            let _ = writeln!(text, "# {symbol}: median as given, omega {omega:.4}, cv {cv:.4}");
        }
        let Some((patients, variant)) = self.patients else { return text };
        let _ = writeln!(text, "# patients: {}", patients.title_in(variant));
        for Spread { symbol, distribution, .. } in patients.spreads(variant) {
            let _ = writeln!(text, "# {symbol}: {distribution}");
        }
        for Correlation { between: [a, b], value } in &patients.correlations {
            let _ = writeln!(text, "# correlation of {a} and {b}: {value}");
        }
        for name in patients.covariate_names() {
            let _ = writeln!(text, "# covariate: {name}");
        }
        text + "# " + self.counts() + &error(&patients.count_error) + "\n"
    }

    fn counts(&self) -> &'static str {
        if self.are_measured {
            "measured counts, with an error of "
        } else {
            "true counts; a stopping rule uses measured counts, with an error of "
        }
    }

    /// The same for programs.
    pub(super) fn details(&self, document: Document) -> Document {
        let varied = self.variability.iter();
        let varied =
            varied.map(|of| json!({ "symbol": of.symbol, "omega": of.omega, "cv": of.cv() }));
        let document = document
            .with("variability", varied.collect::<Value>())
            .with("measured", self.are_measured);
        let Some((patients, variant)) = self.patients else { return document };
        let spreads = patients.spreads(variant).into_iter().map(
            |spread| json!({ "symbol": spread.symbol, "distribution": spread.distribution.to_string() }),
        );
        let correlations = patients
            .correlations
            .iter()
            .map(|of| json!({ "between": of.between, "correlation": of.value }));
        let CountError {
            additive,
            proportional,
            size_omega,
            between_visit_omega,
            between_visit_days,
        } = patients.count_error;
        document
            .with("patients", patients.title_in(variant))
            .with("variability", spreads.collect::<Value>())
            .with("correlations", correlations.collect::<Value>())
            .with("covariates", patients.covariate_names().collect::<Vec<_>>())
            .with(
                "count_error",
                json!({
                    "additive_1e9_l": additive,
                    "proportional": proportional,
                    "size_omega": size_omega,
                    "between_visit_omega": between_visit_omega,
                    "between_visit_days": between_visit_days,
                }),
            )
    }
}

fn error(error: &CountError) -> String {
    let CountError { additive, proportional, size_omega, between_visit_omega, between_visit_days } =
        error;
    let sizes = if *size_omega > 0.0 {
        format!(" (omega {size_omega:.4} between patients)")
    } else {
        String::new()
    };
    format!(
        "{additive} 10^9/L and {:.1} %{sizes}, omega {between_visit_omega:.4} between visits over \
         {between_visit_days} d",
        100.0 * proportional
    )
}
