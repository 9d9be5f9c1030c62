//! Doses in the units in which models count them.

use super::ParameterSet;
use super::event::unit_unknown;
use super::text::Unit;
use crate::error::Result;
use crate::units::{Amount, Route};

impl ParameterSet {
    /// A dose in the unit in which the model counts doses by a route, for the body weight where
    /// that is needed.
    ///
    /// # Errors
    /// A unit that the route does not take, a dose per kg without a weight.
    pub fn dose_in_unit(&self, amount: Amount, route: Route) -> Result<f64> {
        match (amount, self.model.unit_dose(route)) {
            (Amount::Mg(number), Amount::Mg(_)) | (Amount::UgPerKg(number), Amount::UgPerKg(_)) => {
                Ok(number)
            }
            (Amount::UgPerKg(_), Amount::Mg(_)) => Ok(amount.in_mg(self.weight_kg()?)),
            (Amount::Mg(_), Amount::UgPerKg(_)) => Ok(amount.in_ug_per_kg(self.weight_kg()?)),
            (Amount::Of(number, unit), Amount::Of(_, taken)) => {
                let factor = Unit::read(unit).ok().and_then(|unit| unit.factor_to_text(taken));
                let refused = || unit_unknown(self.model.name(), unit, taken);
                factor.map(|factor| number * factor).ok_or_else(refused)
            }
            (given, taken) => Err(unit_unknown(self.model.name(), given.unit(), taken.unit())),
        }
    }

    /// The body weight, kg: the first covariate of a text that is a weight, whatever it is called; of other
    /// models the parameter `wt`.
    fn weight_kg(&self) -> Result<f64> {
        let mut covariates = self.model.text().into_iter().flat_map(|text| &text.covariates);
        let weight =
            covariates.find_map(|own| Some((own.name.as_str(), own.unit.factor_to_text("kg")?)));
        let (symbol, factor) = weight.unwrap_or(("wt", 1.0));
        Ok(self.value(symbol)? * factor)
    }
}
