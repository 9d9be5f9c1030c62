//! The doses that are offered and searched, and beyond which a dose can hardly be meant: what a model declares for
//! each of its routes.

use super::{Model, ParameterSet};
use crate::units::{Amount, Route, plausible::Plausible};

/// Smallest and largest dose by a route, in one unit.
pub type DoseRange = (Amount, Amount);

/// The doses of lusutrombopag: twice the approved one.
pub(crate) const LUSUTROMBOPAG: DoseRange = (Amount::Mg(0.0), Amount::Mg(6.0));

impl Model {
    /// The doses by `route`, in the unit in which they are given; none where the model declares none.
    #[must_use]
    pub fn doses(&self, route: Route) -> Option<DoseRange> {
        let Some(text) = self.text() else {
            let declared = self.declared_doses().iter();
            return declared.filter(|(own, _)| *own == route).map(|(_, range)| *range).next();
        };
        let mut routes = text.base().routes.iter();
        let own = routes.find(|own| Route::called(&own.name) == route)?;
        let one = self.unit_dose(route);
        let per_unit = own.unit.factor_to_text(one.unit()).unwrap_or(1.0);
        let (low, high) = own.range?;
        Some((one.times(low * per_unit), one.times(high * per_unit)))
    }

    /// The doses by `route` that are offered around the dose `shown`: those that the model declares, or else 0 to
    /// 4 times that dose.
    #[must_use]
    pub fn doses_around(&self, route: Route, shown: Amount) -> DoseRange {
        self.doses(route).unwrap_or((shown.times(0.0), shown.times(4.0)))
    }
}

impl ParameterSet {
    /// What is to be said of a dose that can hardly be meant; nothing where it is plausible.
    #[must_use]
    pub fn dose_doubt(&self, amount: Amount, route: Route) -> Option<String> {
        let general = Plausible::of_dose(amount);
        let declared = self.model.doses(route).and_then(|(low, high)| {
            let number = |amount: Amount| self.dose_in_unit(amount, route).ok();
            let one = number(amount.one())?;
            let (low, high) = (number(low)? / one, number(high)? / one);
            // A range from 0 does not say which doses are too small.
            let low = if low > 0.0 { low } else { general.range.0 };
            Some(general.within(low, high))
        });
        declared.unwrap_or(general).doubt("dose", amount.number())
    }
}

#[cfg(test)]
mod tests {
    use crate::error::Result;
    use crate::model::parameter_set;
    use crate::units::{Amount, Route};

    #[test]
    fn invariant_a_text_declares_the_doses_of_the_model_in_rust() -> Result<()> {
        for name in
            ["mechanistic", "katsube_2019", "shimizu_2021", "shimizu_2021_reduced", "farrell_2014"]
        {
            let text = parameter_set(&format!("models/{name}.model"), None)?.model;
            let doses = text.doses(Route::Oral);
            assert!(doses.is_some(), "{name}");
            assert_eq!(doses, parameter_set(name, None)?.model.doses(Route::Oral), "{name}");
        }
        let model = parameter_set("liu_2025", None)?.model;
        assert_eq!(model.doses(Route::Oral), None);
        let around = model.doses_around(Route::Oral, Amount::Mg(20.0));
        assert_eq!(around, (Amount::Mg(0.0), Amount::Mg(80.0)));
        Ok(())
    }

    #[test]
    fn analytic_a_dose_beyond_the_range_of_its_route_is_doubted() -> Result<()> {
        for (name, amount, route, said) in [
            ("mechanistic", Amount::Mg(6.0), Route::Oral, ""),
            (
                "mechanistic",
                Amount::Mg(7.0),
                Route::Oral,
                "range 0.1 to 6 mg: check value and unit",
            ),
            ("mechanistic", Amount::Mg(3000.0), Route::Oral, "if it is in ug, write 3"),
            ("wang_2010", Amount::UgPerKg(12.0), Route::Intravenous, "range 0.1 to 10 ug/kg"),
            ("wang_2010", Amount::Mg(0.7), Route::Intravenous, ""),
            ("petrov_2024", Amount::UgPerKg(12.0), Route::Subcutaneous, "range 0.1 to 10 ug/kg"),
            ("liu_2025", Amount::Mg(300.0), Route::Oral, "range 0.1 to 200 mg"),
        ] {
            let doubt = parameter_set(name, None)?.dose_doubt(amount, route).unwrap_or_default();
            assert!(doubt.contains(said) && doubt.is_empty() == said.is_empty(), "{name}: {doubt}");
        }
        Ok(())
    }
}
