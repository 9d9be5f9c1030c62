//! Doses in the units in which models count them.

use super::ParameterSet;
use super::event::unit_unknown;
use super::text::Unit;
use crate::error::Result;
use crate::units::{Amount, Route};

impl ParameterSet {
    /// A dose in the unit in which the model counts doses by a route, for the weight `wt` where
    /// that is needed.
    ///
    /// # Errors
    /// A unit that the route does not take, a dose per kg without a weight.
    pub fn dose_in_unit(&self, amount: Amount, route: Route) -> Result<f64> {
        match (amount, self.model.unit_dose(route)) {
            (Amount::Mg(number), Amount::Mg(_)) | (Amount::UgPerKg(number), Amount::UgPerKg(_)) => {
                Ok(number)
            }
            (Amount::UgPerKg(_), Amount::Mg(_)) => Ok(amount.in_mg(self.value("wt")?)),
            (Amount::Mg(_), Amount::UgPerKg(_)) => Ok(amount.in_ug_per_kg(self.value("wt")?)),
            (Amount::Of(number, unit), Amount::Of(_, taken)) => {
                let factor = Unit::read(unit).ok().and_then(|unit| unit.factor_to_text(taken));
                let refused = || unit_unknown(self.model.name(), unit, taken);
                factor.map(|factor| number * factor).ok_or_else(refused)
            }
            (given, taken) => Err(unit_unknown(self.model.name(), given.unit(), taken.unit())),
        }
    }
}
