//! What leads to what in a model, as data: figures of the model are drawn from it, and a test compares it with the
//! derivatives of the equations.

/// How many stages stand behind a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stages {
    /// One number.
    One,
    /// A chain of this many.
    Fixed(usize),
    /// A chain of as many as this symbol says.
    Chosen(&'static str),
}

/// A state, or a value that the equations compute on their way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// Name of the state without the number of its stage, or of the value.
    pub name: &'static str,
    /// What it is, in a word or two.
    pub words: &'static str,
    /// Whether it is a state.
    pub is_state: bool,
    /// Its stages.
    pub stages: Stages,
    /// Symbols of the parameters that belong to it.
    pub symbols: &'static [&'static str],
    /// Its equations in `docs/model.md`.
    pub equations: &'static [&'static str],
}

impl Node {
    /// A state of one number.
    pub(super) const fn state(name: &'static str, words: &'static str) -> Self {
        Self { name, words, is_state: true, stages: Stages::One, symbols: &[], equations: &[] }
    }

    /// A value computed from states.
    pub(super) const fn computed(name: &'static str, words: &'static str) -> Self {
        Self { is_state: false, ..Self::state(name, words) }
    }

    pub(super) const fn in_stages(self, stages: Stages) -> Self {
        Self { stages, ..self }
    }

    pub(super) const fn with(self, symbols: &'static [&'static str]) -> Self {
        Self { symbols, ..self }
    }

    pub(super) const fn by(self, equations: &'static [&'static str]) -> Self {
        Self { equations, ..self }
    }
}

/// Whether something passes from one box to the other, or one only sets the rate of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Drug, cells or thrombopoietin pass.
    Flow,
    /// One acts on the other.
    Influence,
}

/// An arrow from one box to another, or from or to what the model does not follow ([`OUTSIDE`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// What it means.
    pub kind: Kind,
    /// Where it begins.
    pub from: &'static str,
    /// Where it ends.
    pub to: &'static str,
    /// What passes or acts, in a word or two; empty where the boxes say it.
    pub words: &'static str,
    /// Symbols of the parameters that belong to it.
    pub symbols: &'static [&'static str],
}

/// Where a flow begins or ends that comes from nowhere or leads nowhere.
pub const OUTSIDE: &str = "";

impl Link {
    pub(super) const fn flow(from: &'static str, to: &'static str) -> Self {
        Self { kind: Kind::Flow, from, to, words: "", symbols: &[] }
    }

    pub(super) const fn influence(from: &'static str, to: &'static str) -> Self {
        Self { kind: Kind::Influence, ..Self::flow(from, to) }
    }

    pub(super) const fn says(self, words: &'static str) -> Self {
        Self { words, ..self }
    }

    pub(super) const fn with(self, symbols: &'static [&'static str]) -> Self {
        Self { symbols, ..self }
    }
}

/// A part of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Structure {
    /// What it is.
    pub title: &'static str,
    /// Its clock: per hour, per day, or algebraic.
    pub clock: &'static str,
    /// Its boxes.
    pub nodes: &'static [Node],
    /// The arrows that end in it, or that leave it for the outside.
    pub links: &'static [Link],
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Result;
    use crate::model::mechanistic::{Mechanistic, STRUCTURE};
    use crate::model::{StateBlock, StateName, Variant, Written, parameter_set};
    use std::collections::BTreeSet;

    const PLATELET_STAGES: usize = 3;
    type Tested = Mechanistic<PLATELET_STAGES>;
    type State = <Tested as Written>::State<f64>;

    fn nodes() -> impl Iterator<Item = &'static Node> {
        STRUCTURE.iter().flat_map(|part| part.nodes)
    }

    fn links() -> impl Iterator<Item = &'static Link> {
        STRUCTURE.iter().flat_map(|part| part.links)
    }

    fn state_names() -> Vec<StateName> {
        let mut names = Vec::new();
        State::describe("", "", &mut names);
        names
    }

    /// The box that a state belongs to.
    fn box_of(state: &str) -> &'static str {
        let plain = state.trim_end_matches(|c: char| c.is_ascii_digit());
        let found = nodes().find(|node| node.name == state || node.name == plain);
        found.map_or("", |node| node.name)
    }

    #[test]
    fn invariant_every_state_and_readout_has_a_box_and_every_box_of_states_a_state() {
        let mut expected = Vec::new();
        for node in nodes().filter(|node| node.is_state) {
            let count = match node.stages {
                Stages::One => None,
                Stages::Fixed(count) => Some(count),
                Stages::Chosen(_) => Some(PLATELET_STAGES),
            };
            match count {
                None => expected.push(node.name.to_owned()),
                Some(n) => expected.extend((1..=n).map(|i| format!("{}{i}", node.name))),
            }
        }
        let states: BTreeSet<String> = state_names().into_iter().map(|state| state.name).collect();
        assert_eq!(expected.into_iter().collect::<BTreeSet<_>>(), states);
        for readout in Tested::READOUTS {
            let is_shown = |node: &Node| readout.column.starts_with(node.name);
            assert!(nodes().any(is_shown), "no box for {}", readout.column);
        }
    }

    #[test]
    fn invariant_every_parameter_stands_in_the_structure_or_has_a_reason_not_to() {
        // Body weight matters for doses per kg only.
        const LEFT_OUT: [&str; 1] = ["wt"];
        let mut shown: Vec<&str> = nodes().flat_map(|node| node.symbols).copied().collect();
        shown.extend(links().flat_map(|link| link.symbols));
        shown.extend(nodes().filter_map(|node| match node.stages {
            Stages::Chosen(symbol) => Some(symbol),
            _ => None,
        }));
        let once: BTreeSet<&str> = shown.iter().copied().collect();
        assert_eq!(once.len(), shown.len(), "a symbol stands in two places: {shown:?}");
        let symbols = Tested::symbols();
        let known = symbols.iter().map(|symbol| symbol.name);
        let known: BTreeSet<&str> = known.filter(|name| !LEFT_OUT.contains(name)).collect();
        assert_eq!(once, known);
        for symbol in known {
            assert!(Variant::ALL.into_iter().any(|variant| variant.uses(symbol)));
        }
    }

    #[test]
    fn invariant_every_equation_of_the_model_is_named_and_no_other() {
        let page = include_str!("../../docs/model.md");
        let tags = page.split("\\tag{").skip(1).filter_map(|rest| rest.split('}').next());
        let own = tags.filter(|tag| tag.starts_with(['P', 'R', 'M']));
        let mut named: BTreeSet<&str> = nodes().flat_map(|node| node.equations).copied().collect();
        // (M9) is the initial state; (M10) stands in the words of an arrow.
        assert!(links().any(|link| link.words.contains("(M10)")));
        named.extend(["M9", "M10"]);
        assert_eq!(named, own.collect::<BTreeSet<_>>());
    }

    /// Boxes that act on the box `on`: by an arrow, or through values computed on the way. What acts on a value that
    /// something flows into acts on where it flows from.
    fn acting_on(on: &str) -> BTreeSet<&'static str> {
        let mut found = BTreeSet::new();
        let mut open: Vec<&str> = vec![on];
        let sinks = links().filter(|link| link.kind == Kind::Flow && link.from == on);
        open.extend(sinks.map(|link| link.to).filter(|to| is_computed(to)));
        while let Some(target) = open.pop() {
            for link in links().filter(|link| link.to == target && link.from != OUTSIDE) {
                if is_computed(link.from) {
                    open.push(link.from);
                } else if link.kind == Kind::Influence || target == on {
                    found.insert(link.from);
                }
            }
        }
        found.remove(on);
        found
    }

    fn is_computed(name: &str) -> bool {
        nodes().any(|node| node.name == name && !node.is_state)
    }

    /// The boxes that the rate of change of each box depends on, from the equations.
    fn dependences(variant: Variant) -> Result<BTreeSet<(&'static str, &'static str)>> {
        let mut set = parameter_set("mechanistic", None)?;
        set.choose_variant(variant);
        let mut theta = set.theta();
        for (symbol, value) in [("gv", 0.3), ("gn", 1.2), ("d", 0.05), ("lambda", 0.4)] {
            theta.set(symbol, value);
        }
        let p = Tested::individual(&theta)?;
        let names = state_names();
        let at = |y: &[f64]| Tested::derivatives(&p, &State::from_numbers(y)).numbers();
        let base: Vec<f64> = (0..names.len()).map(|i| 0.7 + 0.1 * i as f64).collect();
        let rates = at(&base);
        let mut found = BTreeSet::new();
        for (j, cause) in names.iter().enumerate() {
            let mut moved = base.clone();
            moved[j] += 0.01;
            for (i, (before, after)) in rates.iter().zip(at(&moved)).enumerate() {
                let (on, from) = (box_of(&names[i].name), box_of(&cause.name));
                if (after - before).abs() > 1e-12 && on != from {
                    found.insert((on, from));
                }
            }
        }
        Ok(found)
    }

    #[test]
    fn invariant_the_arrows_are_the_dependences_of_the_equations() -> Result<()> {
        for variant in Variant::ALL {
            let mut expected = BTreeSet::new();
            for node in nodes().filter(|node| node.is_state) {
                let direct = acting_on(node.name);
                expected.extend(direct.iter().map(|from| (node.name, *from)));
                // What sets the speed of a chain sets what leaves it.
                let inflow = links().filter(|link| link.kind == Kind::Flow && link.to == node.name);
                let chains = inflow
                    .filter(|link| nodes().any(|n| n.name == link.from && n.stages != Stages::One));
                for chain in chains {
                    let drivers = links().filter(|link| link.to == chain.from);
                    for driver in drivers.filter(|link| is_computed(link.from)) {
                        expected.extend(acting_on(driver.from).iter().map(|f| (node.name, *f)));
                    }
                }
            }
            assert_eq!(dependences(variant)?, expected, "variant {variant}");
        }
        Ok(())
    }
}
