//! What leads to what: which states act on which, and where doses enter, for a diagram.

use super::individual::Individual;
use super::sheet::Sheet;

/// How much more than it loses a state may pass on before this counts as an influence: rounding.
const ROUNDING: f64 = 1e-9;

/// A state, or an array of states as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compartment {
    /// Its name without an index.
    pub name: String,
    /// How many elements it has.
    pub elements: usize,
    /// Its unit.
    pub unit: String,
}

/// One compartment acts on another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action {
    /// The position of the one.
    pub from: usize,
    /// The position of the other.
    pub to: usize,
    /// Whether something passes: the one loses what the other gains, in the same unit.
    pub is_flow: bool,
}

/// States, what leads to what, and where doses enter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flows {
    /// The compartments, in the order of the text.
    pub compartments: Vec<Compartment>,
    /// Who acts on whom.
    pub actions: Vec<Action>,
    /// Names of routes, each with the position of a compartment that its doses enter.
    pub entries: Vec<(String, usize)>,
}

impl Individual<f64> {
    /// What leads to what, with the rates of this individual without drug.
    pub(super) fn flows(&self) -> Flows {
        let sheet = &self.asked.sheet;
        let (compartments, home) = compartments(sheet);
        let columns: Vec<Vec<f64>> = (0..sheet.states.len()).map(|i| self.column(i)).collect();
        let mut actions: Vec<Action> = Vec::new();
        for (to, state) in sheet.states.iter().enumerate() {
            for from in sheet.states_of(state.rate) {
                if home[from] == home[to] {
                    continue;
                }
                let unit = |i: usize| sheet.states[i].unit.measure();
                let (gains, loses) = (columns[from][to], -columns[from][from]);
                let is_flow = gains > 0.0
                    && gains <= loses * (1.0 + ROUNDING)
                    && unit(from).matches(unit(to));
                let (from, to) = (home[from], home[to]);
                match actions.iter_mut().find(|own| (own.from, own.to) == (from, to)) {
                    Some(own) => own.is_flow |= is_flow,
                    None => actions.push(Action { from, to, is_flow }),
                }
            }
        }
        let mut entries = Vec::new();
        for route in &sheet.routes {
            for entry in &route.entries {
                let own = (route.name.clone(), home[entry.state]);
                if !entries.contains(&own) {
                    entries.push(own);
                }
            }
        }
        Flows { compartments, actions, entries }
    }
}

/// The compartments, and for each state the position of its own.
fn compartments(sheet: &Sheet) -> (Vec<Compartment>, Vec<usize>) {
    let (mut all, mut home): (Vec<Compartment>, Vec<usize>) = Default::default();
    for state in &sheet.states {
        let name = state.name.split('[').next().unwrap_or_default();
        let place = all.iter().position(|own| own.name == name).unwrap_or_else(|| {
            let unit = state.unit.text().to_owned();
            all.push(Compartment { name: name.to_owned(), elements: 0, unit });
            all.len() - 1
        });
        all[place].elements += 1;
        home.push(place);
    }
    (all, home)
}
