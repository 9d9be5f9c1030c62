//! The state of a text model: the numbers that its author wrote, and behind them what is known of time and
//! doses. Everything that depends on time is a state, so that the equations themselves never do.

use super::sheet::{Clock, Node, Sheet};
use crate::model::StateName;
use crate::names::name;

/// Where each number of the state stands; none where the equations do not ask for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) time: Option<usize>,
    /// For each route, the time since the last dose.
    pub(super) tad: Vec<Option<usize>>,
    /// For each route, the amount of the last dose.
    pub(super) amount: Vec<Option<usize>>,
    /// For each route, 1 once a dose was given.
    pub(super) dosed: Vec<Option<usize>>,
    /// For each moment at which the equations change, 1 once it has passed.
    pub(super) passed: Vec<usize>,
    /// For each route and each of its entries, the rate of the infusions that are running.
    pub(super) inflow: Vec<Vec<Option<usize>>>,
    pub(super) names: Vec<StateName>,
}

impl Layout {
    pub(super) fn new(sheet: &Sheet) -> Self {
        let written = sheet.states.iter().map(|state| StateName {
            name: state.name.replace(['[', ']'], ""),
            unit: name(state.unit.text()),
        });
        let mut names: Vec<StateName> = written.collect();
        let mut add = |name_of: String, unit: &'static str| {
            names.push(StateName { name: name_of, unit });
            names.len() - 1
        };
        let uses = |node: Node| sheet.nodes.contains(&node);
        let counts = |route: usize| {
            uses(Node::Tad(route)) || sheet.stops.iter().any(|stop| stop.clock == Clock::Tad(route))
        };
        let time = uses(Node::Time).then(|| add("time".to_owned(), "h"));
        let routes = sheet.routes.iter().enumerate();
        let mut layout = Self {
            time,
            tad: Vec::new(),
            amount: Vec::new(),
            dosed: Vec::new(),
            passed: Vec::new(),
            inflow: Vec::new(),
            names: Vec::new(),
        };
        for (i, route) in routes {
            let of = |what: &str| format!("{what}_{}", route.name);
            let (tad, amount) = (uses(Node::Tad(i)), uses(Node::AmountOf(i)));
            layout.tad.push(tad.then(|| add(of("tad"), "h")));
            layout.amount.push(amount.then(|| add(of("amount"), name(route.unit.text()))));
            layout.dosed.push(counts(i).then(|| add(of("dosed"), "1")));
            let inflow = route.entries.iter().enumerate().map(|(j, entry)| {
                let lasts = entry.rate.is_some() || entry.duration.is_some();
                let unit = sheet.states.get(entry.state).map_or("1", |state| state.unit.text());
                lasts
                    .then(|| add(format!("{}_{}", of("inflow"), j + 1), name(&format!("{unit}/h"))))
            });
            layout.inflow.push(inflow.collect());
        }
        for i in 0..sheet.stops.len() {
            layout.passed.push(add(format!("passed_{}", i + 1), "1"));
        }
        layout.names = names;
        layout
    }
}
