//! What a dose sets off in an individual of a text model.

use super::Unit;
use super::individual::Individual;
use super::sheet::{Clock, Entry, Id};
use crate::error::Result;
use crate::model::Event;
use crate::model::event::{route_unknown, unit_unknown};
use crate::numeric::Real;
use crate::units::{Amount, Route};

impl<T: Real> Individual<T> {
    /// The position of a route.
    ///
    /// # Errors
    /// A route that the text does not have.
    pub(super) fn route(&self, route: Route) -> Result<usize> {
        let routes = &self.asked.sheet.routes;
        routes.iter().position(|own| Route::called(&own.name) == route).ok_or_else(|| {
            let known: Vec<Route> = routes.iter().map(|own| Route::called(&own.name)).collect();
            route_unknown(self.asked.name, route, &known)
        })
    }

    /// An amount in the unit of a route.
    ///
    /// # Errors
    /// A unit that the route does not take.
    pub(super) fn amount(&self, amount: Amount, route: usize) -> Result<T> {
        let own = &self.asked.sheet.routes[route].unit;
        let refused = |unit: &str| unit_unknown(self.asked.name, unit, own.text());
        if let Amount::Of(number, unit) = amount {
            let known = Unit::read(unit).ok().and_then(|unit| unit.factor_to(own));
            return known.map(|one| T::constant(number * one)).ok_or_else(|| refused(unit));
        }
        let weight_kg = self.asked.weight.map_or(T::ONE, |(i, factor)| self.covariates[i] * factor);
        // From a dose per kg to a dose, or back, the weight must be known.
        let is_per_kg = matches!(amount, Amount::UgPerKg(_));
        if self.asked.weight.is_none() && is_per_kg == self.asked.per_mg[route].is_some() {
            return Err(refused(if is_per_kg { "ug/kg" } else { "mg" }));
        }
        match (self.asked.per_mg[route], self.asked.per_ug_per_kg[route]) {
            (Some(per_mg), _) => Ok(amount.in_mg(weight_kg) * per_mg),
            (None, Some(per)) => Ok(amount.in_ug_per_kg(weight_kg) * per),
            (None, None) => Err(refused("mg")),
        }
    }

    /// What enters one state, and when.
    pub(super) fn entering(
        &self,
        entry: &Entry,
        inflow: Option<usize>,
        amount: T,
    ) -> Vec<(T, Event<T>)> {
        let of = |id: Option<Id>| id.map(|id| self.values[id]);
        let arrives = amount * self.values[entry.f] * entry.factor;
        let lag = of(entry.lag).unwrap_or(T::ZERO);
        let duration = of(entry.duration).or_else(|| of(entry.rate).map(|rate| arrives / rate));
        match (duration.filter(|duration| duration.value() > 0.0), inflow) {
            (Some(duration), Some(state)) => {
                let rate = arrives / duration;
                vec![
                    (lag, Event::Enter { state, amount: rate }),
                    (lag + duration, Event::Enter { state, amount: -rate }),
                ]
            }
            _ => vec![(lag, Event::Enter { state: entry.state, amount: arrives })],
        }
    }

    /// What a dose by a route sets going besides the drug.
    pub(super) fn clocks(&self, route: usize, amount: T) -> Vec<(T, Event<T>)> {
        let (layout, sheet) = (&self.asked.layout, &self.asked.sheet);
        let switch = |state: usize, value: T| (T::ZERO, Event::Switch { state, value });
        let mut events = Vec::new();
        events.extend(layout.tad[route].map(|place| switch(place, T::ZERO)));
        events.extend(layout.amount[route].map(|place| switch(place, amount)));
        events.extend(layout.dosed[route].map(|place| switch(place, T::ONE)));
        for (stop, state) in sheet.stops.iter().zip(&layout.passed) {
            if stop.clock != Clock::Tad(route) {
                continue;
            }
            let at = self.values[stop.at];
            let is_past = at.value() <= 0.0;
            events.push(switch(*state, if is_past { T::ONE } else { T::ZERO }));
            if !is_past {
                events.push((at, Event::Switch { state: *state, value: T::ONE }));
            }
        }
        events
    }
}
