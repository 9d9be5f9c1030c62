//! The models by name, with the parameter files that the program carries.

use super::published::farrell_2014::Farrell2014;
use super::published::katsube_2019::Katsube2019;
use super::published::shimizu_2021;
use super::published::wang_2010::Wang2010;
use super::text::{TextModel, refused};
use super::{Model, ParameterSet, Population, mechanistic};
use crate::error::{Error, Result};
use crate::files::{carried, hash, read_text};
use std::path::Path;
use std::sync::{LazyLock, Mutex, PoisonError};

/// The names of the models written in Rust.
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
    if let Some(model) = MODELS.iter().find(|model| **model == *name) {
        return Ok(model.clone());
    }
    Ok(read_model(name)?.0)
}

/// Models that are shipped as text only.
pub const TEXT_NAMES: [&str; 3] = ["petrov_2024", "panetta_2024", "liu_2025"];

/// What the name of a file of a model ends with.
pub const MODEL_ENDING: &str = ".model";

/// Whether `name` is that of a model in a text: a file of that ending, or one that is shipped as text only.
#[must_use]
pub fn names_text(name: &str) -> bool {
    name.ends_with(MODEL_ENDING) || TEXT_NAMES.contains(&name)
}

/// What a file in `folder` means by the model `name`: the path of a file is relative to that folder.
pub(super) fn model_beside(folder: &Path, name: &str) -> String {
    if is_file(name) { folder.join(name).display().to_string() } else { name.to_owned() }
}

/// Whether `name` is that of a file rather than of a shipped model.
fn is_file(name: &str) -> bool {
    name.ends_with(MODEL_ENDING) || name.contains(['/', '\\'])
}

/// The model in a text: a file, or one that is shipped as text; beside it the file and its SHA-256.
fn read_model(name: &str) -> Result<(Model, (String, String))> {
    if TEXT_NAMES.contains(&name) {
        let path = format!("models/{name}{MODEL_ENDING}");
        let text = carried(&path)?;
        return Ok((model_of_text(&path, text)?, (path, hash(text.as_bytes()))));
    }
    if is_file(name) {
        // The texts of the models written in Rust are found by their paths in the repository.
        let text = match carried(name) {
            Ok(text) if !Path::new(name).exists() => text.to_owned(),
            _ => read_text(Path::new(name))?,
        };
        return Ok((model_of_text(name, &text)?, (name.to_owned(), hash(text.as_bytes()))));
    }
    Err(Error::Unknown {
        kind: "model",
        name: name.to_owned(),
        known: MODEL_NAMES.iter().chain(&TEXT_NAMES).map(ToString::to_string).collect(),
    })
}

/// The model that `text`, the content of `file`, describes.
///
/// # Errors
/// Everything that is wrong with the text, with its places.
pub fn model_of_text(file: &str, text: &str) -> Result<Model> {
    Ok(Model::of_text(TextModel::read(file, text).map_err(refused)?))
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
    let population = population.into();
    if TEXT_NAMES.contains(&name) || is_file(name) {
        let (model, file) = read_model(name)?;
        let text = model.text().cloned();
        return text.map_or_else(
            || Err(Error::Unknown { kind: "model", name: name.to_owned(), known: Vec::new() }),
            |text| ParameterSet::of_text(&model, &text, file, population),
        );
    }
    let known = || CARRIED.lock().unwrap_or_else(PoisonError::into_inner);
    let is_own = |(own, of, _): &&Carried| own == name && *of == population;
    if let Some((.., set)) = known().iter().find(is_own) {
        return Ok(set.clone());
    }
    let file = file_of(name);
    let path = format!("parameters/{file}.toml");
    let text = parameters_of(file).unwrap_or_default();
    let set = read_parameters(name, Path::new(&path), text, population)?;
    known().push((name.to_owned(), population, set.clone()));
    Ok(set)
}

/// A parameter set that the program carries, with the name of its model and the population that was asked for.
type Carried = (String, Option<Population>, ParameterSet);

/// Those that were read before: a population over a posterior asks for one and the same a thousand times.
static CARRIED: Mutex<Vec<Carried>> = Mutex::new(Vec::new());

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
