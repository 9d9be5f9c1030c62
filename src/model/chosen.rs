//! A model by its name, in a population and a variant that are named too.

use super::{ParameterSet, Population, Variant, parameter_set};
use crate::error::{Error, Result};

/// The parameters of a model, by its name or the path of its file; without a population for the one that its
/// publication studied, without a variant in its first.
///
/// # Errors
/// An unknown model or population, a variant that the model does not have, a file that cannot be read.
pub fn chosen_set(
    model: &str,
    population: Option<&str>,
    variant: Option<&str>,
) -> Result<ParameterSet> {
    let mut set =
        parameter_set(model, population.map(|name| Population::named(&name.to_lowercase())))?;
    if let Some(variant) = variant {
        set.choose_variant(chosen_variant(&set, variant)?);
    }
    Ok(set)
}

/// The variant of that name, if the model has variants.
///
/// # Errors
/// The model has no variants, or not this one.
pub fn chosen_variant(set: &ParameterSet, name: &str) -> Result<Variant> {
    let known = set.model.variants();
    let found = known.iter().find(|(own, _)| own.name().eq_ignore_ascii_case(name));
    if let Some((variant, _)) = found {
        return Ok(*variant);
    }
    if set.variants_apply() {
        return Err(Error::Unknown {
            kind: "variant",
            name: name.to_owned(),
            known: known.iter().map(|(own, _)| own.to_string()).collect(),
        });
    }
    Err(Error::Contradiction {
        first: format!("the variant {name}"),
        second: format!("the model {}, which has no variants", set.model),
        remedy: "omit the variant, or use the model mechanistic".to_owned(),
    })
}
