//! The models by name, with the parameter files that the program carries.

use super::published::farrell_2014::Farrell2014;
use super::published::katsube_2019::Katsube2019;
use super::published::shimizu_2021;
use super::published::wang_2010::Wang2010;
use super::{Model, ParameterSet, Population, mechanistic};
use crate::error::{Error, Result};
use crate::files::carried;
use std::path::Path;
use std::sync::LazyLock;

/// The names of all models.
pub const MODEL_NAMES: [&str; 6] = [
    "mechanistic",
    "katsube_2019",
    "shimizu_2021",
    "shimizu_2021_reduced",
    "farrell_2014",
    "wang_2010",
];

/// The shipped model called `name`.
///
/// # Errors
/// An unknown model.
pub fn model(name: &str) -> Result<Model> {
    static MODELS: LazyLock<[Model; 6]> = LazyLock::new(|| {
        [
            Model::written::<mechanistic::AnyStages>(),
            Model::written::<Katsube2019>(),
            Model::written::<shimizu_2021::Full>(),
            Model::written::<shimizu_2021::Reduced>(),
            Model::written::<Farrell2014>(),
            Model::written::<Wang2010>(),
        ]
    });
    MODELS.iter().find(|model| **model == *name).cloned().ok_or_else(|| Error::Unknown {
        kind: "model",
        name: name.to_owned(),
        known: MODEL_NAMES.iter().map(ToString::to_string).collect(),
    })
}

/// The parameters that the program carries for the model called `name`; without a population, for
/// the one that its paper studied.
///
/// # Errors
/// An unknown model, or a population that its file does not describe.
pub fn parameter_set(
    name: &str,
    population: impl Into<Option<Population>>,
) -> Result<ParameterSet> {
    let file = file_of(name);
    let path = format!("parameters/{file}.toml");
    let text = parameters_of(file).unwrap_or_default();
    read_parameters(name, Path::new(&path), text, population.into())
}

/// The parameters of the model called `name` from `text`, the content of `path`; without a
/// population, for the one that the file itself describes.
///
/// # Errors
/// An unknown model; every problem of the file with its line; a population that it does not
/// describe.
pub fn read_parameters(
    name: &str,
    path: &Path,
    text: &str,
    population: Option<Population>,
) -> Result<ParameterSet> {
    ParameterSet::read(&model(name)?, path, text, population, parameters_of)
}

/// The parameter file of a model: two forms of one model share theirs.
fn file_of(model: &str) -> &str {
    model.trim_end_matches("_reduced")
}

/// The text of a model's parameter file that the program carries.
fn parameters_of(file: &str) -> Option<&'static str> {
    let is_models = MODEL_NAMES.iter().any(|model| file_of(model) == file);
    is_models.then(|| carried(&format!("parameters/{file}.toml")).ok()).flatten()
}
