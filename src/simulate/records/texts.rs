//! Models written in Rust, taken as their texts.

use crate::error::{Error, Result};
use crate::model::{MODEL_ENDING, ParameterSet, Population, Theta, parameter_set};
use crate::numeric::Scalar;

/// The model of `set` as a text, with the values `theta` and, of what only the text has, those of the text.
///
/// # Errors
/// A value of the model that its text cannot take.
pub(super) fn in_text<T: Scalar>(
    set: &ParameterSet,
    theta: &Theta<T>,
) -> Result<(ParameterSet, Theta<T>)> {
    if set.model.text().is_some() {
        return Ok((set.clone(), theta.clone()));
    }
    let mut own = of_text(set)?;
    if set.variants_apply() {
        own.choose_variant(set.variant);
    }
    let known = |symbol: &str| own.model.symbols().iter().any(|own| own.name == symbol);
    require_usual(set, &|symbol| !known(symbol))?;
    let mut values: Theta<T> = own.theta().seeded(&[]);
    for symbol in own.model.symbols() {
        if let Some(value) = theta.given(symbol.name) {
            values.set(symbol.name, value);
        }
    }
    Ok((own, values))
}

/// The text of a model, with the preset that describes its population.
fn of_text(set: &ParameterSet) -> Result<ParameterSet> {
    let name = format!("models/{}{MODEL_ENDING}", set.model.name());
    let plain = parameter_set(&name, None::<Population>)?;
    let presets = plain.model.text().map(|text| text.presets.as_slice()).unwrap_or_default();
    let is_preset = presets.iter().any(|own| own.name.eq_ignore_ascii_case(set.population.name()));
    if is_preset { parameter_set(&name, set.population) } else { Ok(plain) }
}

/// Refuses values of what only the model in Rust has, unless they are the usual ones.
fn require_usual(set: &ParameterSet, is_unknown: &dyn Fn(&str) -> bool) -> Result<()> {
    let usual = parameter_set(set.model.name(), set.population)?.theta();
    let own = set.theta();
    for symbol in set.model.symbols().iter().filter(|own| is_unknown(own.name)) {
        let (given, usual) = (own.given(symbol.name), usual.given(symbol.name));
        if let (Some(given), Some(usual)) = (given, usual)
            && given.to_bits() != usual.to_bits()
        {
            return Err(Error::Contradiction {
                first: format!("{} = {given}", symbol.name),
                second: "predictions at records, for which the model is taken from its text"
                    .to_owned(),
                remedy: format!("leave it at {usual}, or take a model file of your own"),
            });
        }
    }
    Ok(())
}
