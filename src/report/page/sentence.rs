//! A sentence whose numbers are known for what they are: estimates with their intervals, or inputs.

use serde::Serialize;
use std::fmt::Display;

/// Level of the intervals.
const LEVEL: &str = "95 %";

/// A number that a decision rests on.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Estimate {
    pub(super) value: String,
    /// Ends of its interval; empty where it has none.
    pub(super) lower: String,
    pub(super) upper: String,
    pub(super) level: &'static str,
}

/// A part of a sentence.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Part {
    /// Words without a number.
    Words { text: String },
    /// What the user or the protocol set.
    Input { text: String },
    /// What was computed.
    Estimate(Estimate),
}

/// A sentence in parts.
#[derive(Debug, Clone, Default, Serialize)]
pub(in crate::report) struct Sentence(Vec<Part>);

impl Estimate {
    pub(super) fn new(value: String, (lower, upper): (String, String)) -> Self {
        Self { value, lower, upper, level: LEVEL }
    }

    /// A number without an interval.
    pub(super) fn alone(value: impl Into<String>) -> Self {
        Self::new(value.into(), (String::new(), String::new()))
    }
}

impl Sentence {
    /// A whole sentence of words.
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self(vec![Part::Words { text: text.into() }])
    }

    pub(super) fn words(mut self, text: &str) -> Self {
        self.0.push(Part::Words { text: text.to_owned() });
        self
    }

    pub(super) fn input(mut self, input: impl Display) -> Self {
        self.0.push(Part::Input { text: input.to_string() });
        self
    }

    pub(super) fn estimate(mut self, estimate: Estimate) -> Self {
        self.0.push(Part::Estimate(estimate));
        self
    }

    /// Several things with what follows each, joined as a list: a, b and c.
    pub(super) fn list<T>(
        mut self,
        items: impl IntoIterator<Item = T>,
        of: impl Fn(Self, T) -> Self,
    ) -> Self {
        let items: Vec<T> = items.into_iter().collect();
        let count = items.len();
        for (i, item) in items.into_iter().enumerate() {
            let between = if i + 1 == count { " and " } else { ", " };
            if i > 0 {
                self = self.words(between);
            }
            self = of(self, item);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, Sentence};

    #[test]
    fn invariant_a_list_has_commas_and_an_and() {
        let list = |items: &[u8]| -> String {
            let sentence = Sentence::default().list(items, Sentence::input);
            let text = |part: &Part| match part {
                Part::Words { text } | Part::Input { text } => text.clone(),
                Part::Estimate(own) => own.value.clone(),
            };
            sentence.0.iter().map(text).collect()
        };
        assert_eq!(list(&[1]), "1");
        assert_eq!(list(&[1, 2]), "1 and 2");
        assert_eq!(list(&[1, 2, 3]), "1, 2 and 3");
    }
}
