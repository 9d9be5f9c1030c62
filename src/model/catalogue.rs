//! The models by name, with the parameter files that the program carries.

use super::published::farrell_2014::Farrell2014;
use super::published::katsube_2019::Katsube2019;
use super::published::shimizu_2021;
use super::published::wang_2010::Wang2010;
use super::{Mechanistic, Model, ParameterSet, Population, mechanistic};
use crate::error::{Error, Result};
use crate::files::carried;
use std::path::Path;

/// The names of all models.
pub const MODEL_NAMES: [&str; 6] = [
    "mechanistic",
    "katsube_2019",
    "shimizu_2021",
    "shimizu_2021_reduced",
    "farrell_2014",
    "wang_2010",
];

/// Something to be done with a model that is known by name only.
pub trait ModelVisitor {
    /// What comes of it.
    type Output;
    /// Does it with model `M`.
    fn visit<M: Model>(self) -> Self::Output;
}

/// Does something with the model of `set`, with as many platelet stages as the set says.
///
/// # Errors
/// An unknown model, or a number of stages that is not whole.
pub fn with_model<V: ModelVisitor>(set: &ParameterSet, visitor: V) -> Result<V::Output> {
    match set.model {
        "mechanistic" => {
            let stages = set.value(mechanistic::PLATELET_STAGES.name)?;
            with_platelet_stages(stages, visitor)
        }
        name => with_named(name, visitor),
    }
}

/// Does something with the model called `name`; the mechanistic one with one platelet stage.
fn with_named<V: ModelVisitor>(name: &str, visitor: V) -> Result<V::Output> {
    Ok(match name {
        "mechanistic" => visitor.visit::<Mechanistic<1>>(),
        "katsube_2019" => visitor.visit::<Katsube2019>(),
        "shimizu_2021" => visitor.visit::<shimizu_2021::Full>(),
        "shimizu_2021_reduced" => visitor.visit::<shimizu_2021::Reduced>(),
        "farrell_2014" => visitor.visit::<Farrell2014>(),
        "wang_2010" => visitor.visit::<Wang2010>(),
        _ => {
            return Err(Error::Unknown {
                kind: "model",
                name: name.to_owned(),
                known: MODEL_NAMES.iter().map(ToString::to_string).collect(),
            });
        }
    })
}

/// The number of stages is part of the state's type, so that no number of it is looked up while
/// integrating; here the number becomes the type. Each is compiled, so there is a largest.
fn with_platelet_stages<V: ModelVisitor>(stages: f64, visitor: V) -> Result<V::Output> {
    macro_rules! choose {
        ($($n:literal)+) => {
            $(if (stages - f64::from($n)).abs() < f64::EPSILON {
                return Ok(visitor.visit::<Mechanistic<$n>>());
            })+
        };
    }
    choose!(1 2 3 4 5 6 7 8 9 10 11 12);
    Err(Error::OutOfRange {
        symbol: mechanistic::PLATELET_STAGES.name.to_owned(),
        value: stages,
        unit: mechanistic::PLATELET_STAGES.unit.to_owned(),
        range: "the whole numbers 1 to 12".to_owned(),
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
    struct Read<'a>(&'a Path, &'a str, Option<Population>);
    impl ModelVisitor for Read<'_> {
        type Output = Result<ParameterSet>;
        fn visit<M: Model>(self) -> Self::Output {
            ParameterSet::read::<M>(self.0, self.1, self.2, parameters_of)
        }
    }
    with_named(name, Read(path, text, population))?
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
