//! Numbers in files of rows, where one that is not finite is null.

use serde::{Deserialize, Deserializer};

/// A number, NaN where it is null.
///
/// # Errors
/// Neither a number nor null.
pub fn nan_for_null<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or(f64::NAN))
}

/// The same for a list.
///
/// # Errors
/// Not a list of numbers and nulls.
pub fn nans_for_nulls<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<f64>, D::Error> {
    let numbers = Vec::<Option<f64>>::deserialize(from)?;
    Ok(numbers.into_iter().map(|number| number.unwrap_or(f64::NAN)).collect())
}
