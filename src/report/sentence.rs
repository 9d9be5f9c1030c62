//! A sentence whose numbers are known for what they are: estimates with their intervals, or inputs.

use serde::Serialize;
use std::fmt::Display;

/// Level of the intervals.
const LEVEL: &str = "95 %";

/// A number that a decision rests on.
#[derive(Debug, Clone, Serialize)]
pub(in crate::report) struct Estimate {
    pub(in crate::report) value: String,
    /// Ends of its interval; empty where it has none.
    pub(in crate::report) lower: String,
    pub(in crate::report) upper: String,
    pub(in crate::report) level: &'static str,
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
    pub(in crate::report) fn new(value: String, (lower, upper): (String, String)) -> Self {
        Self { value, lower, upper, level: LEVEL }
    }

    /// A number with the range of another level.
    pub(in crate::report) fn with_range(
        value: String,
        ends: (String, String),
        level: &'static str,
    ) -> Self {
        Self { level, ..Self::new(value, ends) }
    }

    /// A number without an interval.
    pub(in crate::report) fn alone(value: impl Into<String>) -> Self {
        Self::new(value.into(), (String::new(), String::new()))
    }
}

impl Part {
    fn text(&self) -> String {
        match self {
            Self::Words { text } | Self::Input { text } => text.clone(),
            Self::Estimate(own) if own.lower.is_empty() => own.value.clone(),
            Self::Estimate(Estimate { value, lower, upper, .. }) => {
                format!("{value} ({lower} to {upper})")
            }
        }
    }
}

impl<S: Into<String>> From<S> for Sentence {
    fn from(text: S) -> Self {
        Self::plain(text)
    }
}

impl From<Estimate> for Sentence {
    fn from(estimate: Estimate) -> Self {
        Self::default().estimate(estimate)
    }
}

impl Sentence {
    /// A whole sentence of words.
    pub(in crate::report) fn plain(text: impl Into<String>) -> Self {
        Self(vec![Part::Words { text: text.into() }])
    }

    /// Its text, without marks.
    pub(in crate::report) fn text(&self) -> String {
        self.0.iter().map(Part::text).collect()
    }

    /// A lone estimate with the ends of its interval if it has one, and else the text.
    pub(in crate::report) fn values(&self) -> Vec<String> {
        match self.0.as_slice() {
            [Part::Estimate(own)] if !own.lower.is_empty() => {
                [&own.value, &own.lower, &own.upper].map(String::clone).to_vec()
            }
            _ => vec![self.text()],
        }
    }

    pub(in crate::report) fn words(mut self, text: &str) -> Self {
        self.0.push(Part::Words { text: text.to_owned() });
        self
    }

    pub(in crate::report) fn input(mut self, input: impl Display) -> Self {
        self.0.push(Part::Input { text: input.to_string() });
        self
    }

    pub(in crate::report) fn estimate(mut self, estimate: Estimate) -> Self {
        self.0.push(Part::Estimate(estimate));
        self
    }

    /// Several things with what follows each, joined as a list: a, b and c.
    pub(in crate::report) fn list<T>(
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
    use super::Sentence;

    #[test]
    fn invariant_a_list_has_commas_and_an_and() {
        let list = |items: &[u8]| -> String {
            let sentence = Sentence::default().list(items, Sentence::input);
            sentence.text()
        };
        assert_eq!(list(&[1]), "1");
        assert_eq!(list(&[1, 2]), "1 and 2");
        assert_eq!(list(&[1, 2, 3]), "1, 2 and 3");
    }
}
