//! The doses among which is searched and compared: those that the model declares for tablets.

use crate::model::Model;
use crate::units::{Amount, Route};

/// Shares of the largest dose that are set side by side: 1, 2, 3, 4 and 6 mg of 6.
const COMPARED: [f64; 5] = [1.0, 2.0, 3.0, 4.0, 6.0];
/// The smallest dose of a search is this part of the largest where the model declares none.
const PARTS: f64 = 24.0;

/// Smallest and largest oral dose of a search, mg; where the model declares none, up to 4 times the dose that is
/// asked about.
#[must_use]
pub fn searched_mg(model: &Model, asked_mg: f64) -> (f64, f64) {
    match model.doses_around(Route::Oral, Amount::Mg(asked_mg)) {
        (Amount::Mg(low), Amount::Mg(high)) if low > 0.0 => (low, high),
        (_, Amount::Mg(high)) => (high / PARTS, high),
        _ => (4.0 * asked_mg / PARTS, 4.0 * asked_mg),
    }
}

/// Doses that are set side by side where the largest of them is `largest_mg`, mg.
#[must_use]
pub fn compared_mg(largest_mg: f64) -> [f64; 5] {
    COMPARED.map(|share| largest_mg * share / COMPARED[COMPARED.len() - 1])
}
