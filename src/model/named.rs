//! How a TOML file names a model.

use super::catalogue::{model_beside, names_text, parameter_set};
use super::parameter_set::POPULATIONS;
use super::{ParameterSet, Population};
use crate::error::Error;
use crate::files::Section;
use std::path::Path;

/// The model that a file in `folder` names, with the numbers of its `population`, and the name by which the
/// program finds it. The path of a file of a model is relative to `folder`. Of a text, `population` is a
/// preset and may be absent.
pub(crate) fn named_model(root: &Section<'_>, folder: &Path) -> Option<(String, ParameterSet)> {
    let name = root.text("model").map(|name| model_beside(folder, &name));
    let population = if name.as_deref().is_some_and(names_text) {
        let preset = root.optional_text("population");
        let named = |name: String| Population::named(&name.to_lowercase());
        Some(preset.map_or(Population::AS_WRITTEN, named))
    } else {
        root.choice("population", POPULATIONS)
    };
    let name = name?;
    match parameter_set(&name, population?) {
        Ok(set) => Some((name, set)),
        Err(error) => {
            let is_text = names_text(&name) && matches!(error, Error::NotIn { .. });
            root.problems_of(if is_text { "population" } else { "model" }, &error);
            None
        }
    }
}
