//! What enters a subject, in any arithmetic: amounts, rates and times with their derivatives.

use crate::model::text::DoseProperties;
use crate::numeric::{Real, Scalar};
use crate::records::{Dose, Entering, Rate};

/// An infusion that is running: its number, its state, its rate.
pub(super) type Running<T> = (usize, usize, T);

/// A change of the state or of what is running, and by how much its time differs from a number: 0 but for its
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

/// `what` in another arithmetic, for a dose that has these properties.
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
            // Several that overlap are told as one.
            let several = rate / rate_of.value();
            (What::Start { infusion, target, rate: valued(rate, rate_of * several) }, own.lag_h)
        }
        Entering::Stop { infusion } => (What::Stop { infusion }, own.lag_h + duration),
    };
    Change { what, deviation: valued(0.0, time) }
}

/// This value, with the derivatives of a number.
fn valued<T: Real>(value: f64, derivatives: T) -> T {
    derivatives - T::constant(derivatives.value()) + value
}
