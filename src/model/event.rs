//! What changes a state at once.

use crate::error::{Error, Result};
use crate::units::Route;

/// Something that changes the state at once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Event<T> {
    /// A number of the state, by its position, grows by so much, in its own unit: drug enters.
    Enter {
        /// Position in the state.
        state: usize,
        /// By how much.
        amount: T,
    },
    /// A number of the state that otherwise rests, or counts time, becomes this. What an earlier dose had
    /// still to change it to does not happen once a later dose changes it.
    Switch {
        /// Position in the state.
        state: usize,
        /// The new number.
        value: T,
    },
    /// This many platelets are transfused, 10⁹.
    Transfusion(T),
}

impl<T> Event<T> {
    /// The state that it switches.
    pub(crate) fn switched(&self) -> Option<usize> {
        match self {
            Self::Switch { state, .. } => Some(*state),
            _ => None,
        }
    }
}

/// The error for a route that a model does not describe.
pub(crate) fn route_unknown(model: &str, route: Route, known: &[Route]) -> Error {
    Error::NotIn {
        owner: format!("the model `{model}`"),
        kind: "route",
        name: route.to_string(),
        known: known.iter().map(ToString::to_string).collect(),
    }
}

/// The refusal of a transfusion by a model that does not describe it.
///
/// # Errors
/// Always.
pub(crate) fn no_transfusion(model: &str) -> Result<()> {
    Err(Error::Contradiction {
        first: "a transfusion".to_owned(),
        second: format!("the model {model}, which does not describe it"),
        remedy: "use the model mechanistic".to_owned(),
    })
}

/// The refusal of a transfusion by a model in a text without the event.
///
/// # Errors
/// Always.
pub(super) fn no_transfusion_event(model: &str) -> Result<()> {
    Err(Error::Contradiction {
        first: "a transfusion".to_owned(),
        second: format!("the model {model}, which has no event `transfusion` of platelets [R02]"),
        remedy: "add `event transfusion(platelets in 10^9): STATE += ..` to its section [dosing]"
            .to_owned(),
    })
}

/// The error for a dose in a unit that a model does not take.
pub(super) fn unit_unknown(model: &str, unit: &str, taken: &str) -> Error {
    Error::Contradiction {
        first: format!("a dose in {unit}"),
        second: format!("the model {model}, which takes {taken}"),
        remedy: format!("give the dose in {taken}"),
    }
}
