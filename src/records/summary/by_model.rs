//! Doses by route and observations by output.

use super::range;
use crate::records::record::{Censoring, Records};
use crate::records::structure::{Structure, Target};
use serde::Serialize;

/// The doses of one route, or of one state that is dosed as it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RouteSummary {
    /// Name of the route or state.
    pub name: String,
    /// Its compartment number, CMT.
    pub cmt: usize,
    /// Number of records with a dose.
    pub doses: usize,
    /// Number of doses, additional ones included.
    pub administrations: usize,
    /// Smallest and largest amount; none without doses.
    pub amounts: Option<[f64; 2]>,
    /// Unit of the amounts; none for a state, whose own it is.
    pub unit: Option<String>,
}

/// The observations of one output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutputSummary {
    /// Its name.
    pub name: String,
    /// Its unit; `1` for a number without one.
    pub unit: String,
    /// Number of observations.
    pub observations: usize,
    /// How many of them are censored.
    pub censored: usize,
}

/// The routes of the model, and the states that are dosed as they are.
pub(super) fn routes(records: &Records, structure: &Structure) -> Vec<RouteSummary> {
    let of_route = (0..structure.routes.len()).map(Target::Route);
    let all: Vec<Target> = of_route.chain((0..structure.states.len()).map(Target::State)).collect();
    let dosed: Vec<_> =
        records.rows().filter_map(|row| Some((structure.target(row.cmt)?, row.dose?))).collect();
    let of = |target: Target| {
        let own = || dosed.iter().filter(move |(other, _)| *other == target).map(|(_, dose)| dose);
        let (name, unit) = match target {
            Target::Route(i) => {
                (structure.routes[i].name.clone(), Some(structure.routes[i].unit.clone()))
            }
            Target::State(i) => (structure.states[i].clone(), None),
        };
        RouteSummary {
            name,
            cmt: structure.number(target),
            doses: own().count(),
            administrations: own().map(|dose| 1 + dose.addl).sum(),
            amounts: range(own().map(|dose| dose.amt)),
            unit,
        }
    };
    let is_shown = |target: &Target| {
        matches!(target, Target::Route(_)) || dosed.iter().any(|(other, _)| other == target)
    };
    all.into_iter().filter(is_shown).map(of).collect()
}

/// The outputs of the model; `wanted` is that of the rows that name none.
pub(super) fn outputs(
    records: &Records,
    structure: &Structure,
    wanted: Option<&str>,
) -> Vec<OutputSummary> {
    let empty = |own: &crate::records::Output| OutputSummary {
        name: own.name.clone(),
        unit: own.unit.clone(),
        observations: 0,
        censored: 0,
    };
    let mut all: Vec<_> = structure.outputs.iter().map(empty).collect();
    for row in records.rows().filter(|row| row.is_observed()) {
        let output = structure.output_of((row.dvid.as_deref(), row.cmt), wanted);
        if let Some(own) = output.ok().and_then(|output| all.get_mut(output)) {
            own.observations += 1;
            own.censored += usize::from(row.censoring != Censoring::None);
        }
    }
    all
}
