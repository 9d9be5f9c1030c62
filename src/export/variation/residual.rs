//! How measurements differ from the true count and the true concentration.

use crate::error::Result;
use crate::model::text::{Choice, Residual as Declared, Sheet, refused};
use crate::model::{ParameterSet, Shown};
use crate::population::CountError;

/// The residual error of one output; the variances of its parts add.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(in crate::export) struct Residual {
    /// Standard deviation of the proportional part, a share.
    pub(in crate::export) proportional: f64,
    /// Standard deviation of the additive part, in the unit of the exported output.
    pub(in crate::export) additive: f64,
}

impl Residual {
    /// Whether measurements differ from true values.
    pub(in crate::export) fn is_there(&self) -> bool {
        self.proportional > 0.0 || self.additive > 0.0
    }

    /// The parts that are there: name and standard deviation.
    pub(in crate::export) fn parts(&self) -> Vec<(&'static str, f64)> {
        let parts = [("proportional", self.proportional), ("additive", self.additive)];
        parts.into_iter().filter(|(_, sd)| *sd > 0.0).collect()
    }

    /// The same as the error of a count, to be simulated with.
    pub(in crate::export) fn as_noise(&self) -> CountError {
        let Self { proportional, additive } = *self;
        CountError { additive, proportional, ..CountError::default() }
    }
}

/// The equations of the chosen variant of a text; none for a model that is not a text.
pub(super) fn sheet_of(set: &ParameterSet) -> Result<Option<Sheet>> {
    let Some(text) = set.model.text() else { return Ok(None) };
    let is_named = text.variants.iter().any(|own| own.name == set.variant.name());
    let variant = is_named.then(|| set.variant.name().to_owned());
    text.sheet(&Choice { variant, ..Choice::default() }).map_err(refused).map(Some)
}

/// The position of the output of a text that is exported as the concentration, and what its value is multiplied by
/// to be in ng/mL.
pub(super) fn concentration(set: &ParameterSet, sheet: &Sheet) -> Option<(usize, f64)> {
    (0..sheet.outputs.len()).find_map(|i| match set.model.shown(i) {
        Shown::Conc(factor) => Some((i, factor)),
        _ => None,
    })
}

/// The additive and the proportional error that a text declares for its concentration, in ng/mL.
pub(super) fn of_concentration(set: &ParameterSet, sheet: &Sheet) -> Residual {
    let mut found = Residual::default();
    let Some((output, factor)) = concentration(set, sheet) else { return found };
    let values = sheet.at_typical();
    let size = |error: &Declared, name: &str| {
        let own = error.arguments.iter().find(|(own, ..)| own == name);
        own.and_then(|(_, id, _)| values.get(*id)).copied().unwrap_or(0.0)
    };
    for error in sheet.outputs.iter().skip(output).take(1).flat_map(|own| &own.errors) {
        match error.kind.as_str() {
            "additive" => found.additive = factor * size(error, "sd"),
            "proportional" => found.proportional = size(error, "cv"),
            _ => {}
        }
    }
    found
}
