//! A regimen as records.

use super::Predictor;
use crate::error::{Error, Result};
use crate::records::{Dose, Evid, Rate, Row, SteadyState};
use crate::regimen::{Dose as Planned, Regimen};
use crate::units::{Amount, Route};

impl Predictor<f64> {
    /// The doses of a regimen as records, whose times are those after its start; covariates are yet to be filled in.
    ///
    /// # Errors
    /// A route that the model does not have, an amount in a unit that the route does not take, a stopping rule.
    pub fn rows_of(&self, regimen: &Regimen) -> Result<Vec<Row>> {
        if regimen.stopping_rule.is_some() {
            return Err(Error::Contradiction {
                first: "a regimen with a stopping rule".to_owned(),
                second: "records, whose doses are known".to_owned(),
                remedy: "give the doses without the rule".to_owned(),
            });
        }
        let row = |dose: &Planned| {
            let mut row = Row::asking(dose.time.in_hours(), Vec::new(), None);
            row.evid = Evid::Dose;
            row.cmt = Some(self.number_of(dose.route)?);
            let amt = self.amount(dose.amount, dose.route)?;
            let (rate, ss) = (Rate::Bolus, SteadyState::None);
            row.dose = Some(Dose { amt, rate, ii_h: 0.0, addl: 0, ss });
            Ok(row)
        };
        regimen.doses().map(row).collect()
    }

    /// The compartment number of a route.
    fn number_of(&self, route: Route) -> Result<usize> {
        let routes = &self.structure().routes;
        let own = routes.iter().find(|own| Route::called(&own.name) == route);
        own.map(|own| own.number).ok_or_else(|| Error::Unknown {
            kind: "route",
            name: route.to_string(),
            known: routes.iter().map(|own| own.name.clone()).collect(),
        })
    }

    /// An amount in the unit of the route. Amounts per kg and amounts are not converted: the weight belongs to a subject.
    fn amount(&self, amount: Amount, route: Route) -> Result<f64> {
        let taken = self.set.model.unit_dose(route);
        let per_kg = |amount: Amount| matches!(amount, Amount::UgPerKg(_));
        if per_kg(amount) == per_kg(taken) {
            return self.set.dose_in_unit(amount, route);
        }
        Err(Error::Contradiction {
            first: format!("a dose in {}", amount.unit()),
            second: format!("the model, whose doses by this route are in {}", taken.unit()),
            remedy: "give the doses in that unit".to_owned(),
        })
    }
}
