//! What of a text a set of parameters has chosen.

use super::{Choice, Flows};
use crate::error::Result;
use crate::model::{ParameterSet, Population};

impl ParameterSet {
    /// The variant and the preset of its text; nothing for a model written in Rust.
    #[must_use]
    pub fn choice(&self) -> Choice {
        let Some(text) = self.model.text() else { return Choice::default() };
        let is_own = |name: &String| *name == self.variant.name();
        let variants = text.variants.iter().map(|own| own.name.clone());
        let is_preset = |name: &String| name.eq_ignore_ascii_case(self.population.name());
        let presets = text.presets.iter().map(|own| own.name.clone());
        let chosen = self.population != Population::AS_WRITTEN;
        Choice {
            variant: variants.into_iter().find(is_own),
            preset: presets.into_iter().find(|name| chosen && is_preset(name)),
            ..Choice::default()
        }
    }

    /// What leads to what in its text, with its values; nothing for a model written in Rust.
    ///
    /// # Errors
    /// A symbol without a value, values that contradict each other.
    pub fn flows(&self) -> Result<Flows> {
        self.model.flows(&self.theta())
    }
}
