//! Doses and infusions with the derivatives of their amounts, rates and times.

use crate::model::text::DoseProperties;
use crate::numeric::{Real, Scalar};
use crate::records::{Dose, Entering, Rate};

/// A running infusion: its number, the position of its state and its rate.
pub(super) type Running<T> = (usize, usize, T);

/// A change of the state or of the running infusions, and the deviation of its time from the nominal one: 0, with
/// derivatives.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change<T> {
    pub(super) what: What<T>,
    pub(super) deviation: T,
}

/// What changes.
#[derive(Debug, Clone, Copy)]
pub(super) enum What<T> {
    Bolus { target: usize, amount: T },
    Start { infusion: usize, target: usize, rate: T },
    Stop { infusion: usize },
}

impl<T: Real> What<T> {
    pub(super) fn apply(self, state: &mut [T], running: &mut Vec<Running<T>>) {
        match self {
            Self::Bolus { target, amount } => state[target] += amount,
            Self::Start { infusion, target, rate } => running.push((infusion, target, rate)),
            Self::Stop { infusion } => running.retain(|(own, ..)| *own != infusion),
        }
    }
}

/// `what` as numbers of type `T`, with the derivatives that follow from the properties of the dose.
pub(super) fn change<T: Scalar>(
    what: Entering,
    of: Option<(Dose, DoseProperties<T>)>,
) -> Change<T> {
    let constant = T::constant;
    let Some((dose, own)) = of.filter(|_| T::WIDTH > 1) else {
        let what = match what {
            Entering::Bolus { target, amount } => What::Bolus { target, amount: constant(amount) },
            Entering::Start { infusion, target, rate } => {
                What::Start { infusion, target, rate: constant(rate) }
            }
            Entering::Stop { infusion } => What::Stop { infusion },
        };
        return Change { what, deviation: T::ZERO };
    };
    let amount_of = own.f * own.scale * dose.amt;
    let (rate_of, duration) = match (dose.rate, own.rate, own.duration_h) {
        (Rate::Fixed(rate), ..) => (own.scale * rate, amount_of / (own.scale * rate)),
        (Rate::Modelled, Some(rate), _) => (rate, amount_of / rate),
        (Rate::ModelledDuration, _, Some(duration)) => (amount_of / duration, duration),
        _ => (T::ZERO, T::ZERO),
    };
    let (what, time) = match what {
        Entering::Bolus { target, amount } => {
            (What::Bolus { target, amount: valued(amount, amount_of) }, own.lag_h)
        }
        Entering::Start { infusion, target, rate } => {
            // Infusions that overlap over the whole interval are one infusion at their total rate.
            let several = rate / rate_of.value();
            (What::Start { infusion, target, rate: valued(rate, rate_of * several) }, own.lag_h)
        }
        Entering::Stop { infusion } => (What::Stop { infusion }, own.lag_h + duration),
    };
    Change { what, deviation: valued(0.0, time) }
}

/// `value` with the derivatives of another number.
fn valued<T: Real>(value: f64, derivatives: T) -> T {
    derivatives - T::constant(derivatives.value()) + value
}
