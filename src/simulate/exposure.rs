//! Non-compartmental analysis of the concentration, from the solution itself.

use super::Trajectory;
use crate::error::{Error, Result};
use crate::numeric::Scalar;
use crate::units::Time;

/// Exposure over an interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exposure<T> {
    /// Maximum concentration, ng/mL.
    pub cmax: T,
    /// When, counted from the start of the interval, h.
    pub tmax_h: T,
    /// Concentration at the end of the interval, ng/mL.
    pub ctrough: T,
    /// Area under the concentration, ng·h/mL.
    pub auc: T,
}

/// The end of a concentration curve, extrapolated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terminal<T> {
    /// Half-life at the end of the simulation, h.
    pub half_life_h: T,
    /// Area under the concentration from the start to infinity, ng·h/mL.
    pub auc_inf: T,
    /// Share of that area which was extrapolated, 0 to 1.
    pub extrapolated: T,
}

impl<T: Scalar> Trajectory<T> {
    /// The exposure between two times.
    ///
    /// # Errors
    /// Times outside the simulation, or not in their order.
    pub fn exposure(&self, from: Time, to: Time) -> Result<Exposure<T>> {
        if to.in_hours() <= from.in_hours() {
            return Err(Error::OutOfRange {
                symbol: "end of the interval".to_owned(),
                value: to.in_hours(),
                unit: "h".to_owned(),
                range: format!("({}, ∞)", from.in_hours()),
            });
        }
        let maximum = self.conc().maximum_between(from, to)?;
        Ok(Exposure {
            cmax: maximum.value,
            tmax_h: maximum.time_h - from.in_hours(),
            ctrough: self.equations().conc(&self.at(to)?),
            auc: self.conc_area(to)? - self.conc_area(from)?,
        })
    }

    /// The exposure of a later interval relative to that of an earlier one of the same `length`:
    /// the accumulation of (Cmax, AUC).
    ///
    /// # Errors
    /// Times outside the simulation.
    pub fn accumulation(&self, first: Time, later: Time, length: Time) -> Result<(T, T)> {
        let end = |start: Time| Time::hours(start.in_hours() + length.in_hours());
        let first = self.exposure(first, end(first))?;
        let later = self.exposure(later, end(later))?;
        Ok((later.cmax / first.cmax, later.auc / first.auc))
    }

    /// The terminal phase, from the slope of the logarithm at the end of the simulation, which must
    /// lie well after the last dose. None while the concentration does not fall.
    ///
    /// # Errors
    /// The equations cannot be integrated.
    pub fn terminal(&self) -> Result<Option<Terminal<T>>> {
        let end = Time::hours(self.end_h());
        let state = self.at(end)?;
        let conc = self.conc().value(&state);
        let slope = self.conc().slope(&state);
        if conc.value() <= 0.0 || slope.value() >= 0.0 {
            return Ok(None);
        }
        let rate = -slope / conc;
        let rest = conc / rate;
        let auc_inf = self.conc_area(end)? + rest;
        let half_life_h = T::constant(std::f64::consts::LN_2) / rate;
        Ok(Some(Terminal { half_life_h, auc_inf, extrapolated: rest / auc_inf }))
    }
}
