//! States that never move.

use super::probe::Probe;
use crate::model::ParameterSet;

/// A state has not moved up to this share of its value without drug: the error of the integrator.
const MOVED: f64 = 1e-7;

/// The states of the text that move in none of the courses, in a sentence.
pub(super) fn resting(set: &ParameterSet, probes: &[Probe]) -> Vec<String> {
    let Some(text) = set.model.text() else { return Vec::new() };
    let names: Vec<String> = text.base().states.iter().map(|own| own.name.clone()).collect();
    let mut moves = vec![probes.is_empty(); names.len()];
    for probe in probes {
        let mut states = probe.states();
        let start = states.next().unwrap_or_default();
        for state in states {
            for (i, moves) in moves.iter_mut().enumerate() {
                let (now, then) = (state[i], start[i]);
                *moves |= (now - then).abs() > MOVED * then.abs();
            }
        }
    }
    let still: Vec<&str> =
        names.iter().zip(&moves).filter(|(_, moves)| !**moves).map(|(name, _)| &**name).collect();
    if still.is_empty() {
        return Vec::new();
    }
    let words: Vec<&str> = probes.iter().map(|probe| &*probe.words).collect();
    vec![format!("states that never move ({}): {}", words.join("; "), in_ranges(&still).join(", "))]
}

/// Elements of arrays that follow one another as one range: `x[1]`, `x[2]`, `x[3]` are `x[1..3]`.
fn in_ranges(names: &[&str]) -> Vec<String> {
    let parts = |name: &str| -> Option<(String, usize)> {
        let (array, index) = name.strip_suffix(']')?.split_once('[')?;
        Some((array.to_owned(), index.parse().ok()?))
    };
    let mut ranges: Vec<(String, Option<(usize, usize)>)> = Vec::new();
    for name in names {
        let own = parts(name);
        match (&own, ranges.last_mut()) {
            (Some((array, index)), Some((last, Some((_, to)))))
                if array == last && *index == *to + 1 =>
            {
                *to = *index;
            }
            (Some((array, index)), _) => ranges.push((array.clone(), Some((*index, *index)))),
            (None, _) => ranges.push(((*name).to_owned(), None)),
        }
    }
    let shown = |(name, range): (String, Option<(usize, usize)>)| match range {
        None => name,
        Some((from, to)) if from == to => format!("{name}[{from}]"),
        Some((from, to)) => format!("{name}[{from}..{to}]"),
    };
    ranges.into_iter().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::in_ranges;

    #[test]
    fn analytic_elements_that_follow_one_another_are_a_range() {
        let names = ["a", "x[1]", "x[2]", "x[3]", "x[5]", "y[1]", "y[2]"];
        assert_eq!(in_ranges(&names), ["a", "x[1..3]", "x[5]", "y[1..2]"]);
    }
}
