//! How a fit ended.

use serde::Serialize;

/// How a fit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FitStatus {
    /// At a minimum: the curvature of the objective lets it fall no further.
    Converged,
    /// At a minimum, but the profile of a parameter reaches a bound of the search: the targets limit
    /// it on one side at most.
    OneSided,
    /// At a minimum along a line: the targets determine combinations of parameters only.
    Inseparable,
    /// Nothing was searched for: a parameter has no influence on the targets.
    NotDetermined,
    /// The iterations ran out before a minimum.
    IterationLimit,
    /// The optimiser found no way down although there should be one.
    Stalled,
}

impl FitStatus {
    /// In words.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Converged => "converged",
            Self::OneSided => "one-sided: a parameter is not limited on both sides",
            Self::Inseparable => "inseparable: only combinations of the parameters are determined",
            Self::NotDetermined => "not determined: nothing was estimated",
            Self::IterationLimit => "not converged: iteration limit reached",
            Self::Stalled => "not converged: the search stalled away from a minimum",
        }
    }
}
