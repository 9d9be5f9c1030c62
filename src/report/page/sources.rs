//! What is quoted, not simulated: safety as it was published (the model has no hazard), abbreviations, references.

use serde::Serialize;

/// One published fact.
#[derive(Debug, Clone, Copy, Serialize)]
struct SafetyFact {
    what: &'static str,
    drug: &'static str,
    placebo: &'static str,
    source: &'static str,
    grade: &'static str,
}

/// Events in the randomised trials.
const SAFETY: [SafetyFact; 3] = [
    SafetyFact {
        what: "portal-vein thrombosis, three randomised trials: found at imaging that the protocol required, not linked to marked rises of the count",
        drug: "2 of 171 (1 %)",
        placebo: "2 of 170 (1 %)",
        source: "label copy",
        grade: "B",
    },
    SafetyFact {
        what: "serious adverse events, three randomised trials",
        drug: "9 of 171 (5 %)",
        placebo: "12 of 170 (7 %)",
        source: "label copy",
        grade: "B",
    },
    SafetyFact {
        what: "any adverse event, L-PLUS 2",
        drug: "47.7 %",
        placebo: "48.6 %",
        source: "abstract, PMID 30762895",
        grade: "A",
    },
];

/// Abbreviations of the page, in the order of the alphabet.
const ABBREVIATIONS: [(&str, &str); 14] = [
    ("CLD", "chronic liver disease"),
    ("CV", "coefficient of variation"),
    ("EHA", "European Hematology Association"),
    ("JAK/STAT", "Janus kinase, signal transducer and activator of transcription"),
    ("L-PLUS 1, L-PLUS 2", "the phase 3 trials of lusutrombopag in Japan and worldwide"),
    ("n", "number of patients"),
    ("PMID", "number of a publication in PubMed"),
    ("qd", "once daily"),
    ("RSE", "relative standard error"),
    ("SD", "standard deviation"),
    ("SE", "standard error"),
    ("SHA-256", "secure hash algorithm, 256 bits: identifies the content of a file"),
    ("TPO", "thrombopoietin"),
    ("US", "United States"),
];

/// What the page quotes.
#[derive(Debug, Serialize)]
pub(in crate::report) struct Sources {
    safety: &'static [SafetyFact],
    abbreviations: &'static [(&'static str, &'static str)],
    references: Vec<Reference>,
}

/// A publication; its identifier is a link.
#[derive(Debug, Serialize, PartialEq, Eq)]
struct Reference {
    before: String,
    doi: Option<String>,
    after: String,
}

impl Reference {
    /// The citation as it is written, with the words `doi 10.` before the identifier if it has one.
    fn new(citation: &str) -> Self {
        let Some((before, rest)) = citation.split_once("doi 10.") else {
            return Self { before: citation.to_owned(), doi: None, after: String::new() };
        };
        let is_end = |c: char| c.is_whitespace() || c == ',' || c == ':';
        let (own, after) = rest.split_at(rest.find(is_end).unwrap_or(rest.len()));
        let [before, after] = [before, after].map(str::to_owned);
        Self { before, doi: Some(format!("10.{own}")), after }
    }
}

impl Sources {
    /// With the publications behind the report.
    pub(in crate::report) fn new(references: Vec<String>) -> Self {
        let references = references.into_iter().map(|citation| Reference::new(&citation)).collect();
        Self { safety: &SAFETY, abbreviations: &ABBREVIATIONS, references }
    }
}

#[cfg(test)]
mod tests {
    use super::{ABBREVIATIONS, Reference};

    #[test]
    fn analytic_the_identifier_of_a_publication_is_told_from_its_citation() {
        let parts = |citation: &str| {
            let Reference { before, doi, after } = Reference::new(citation);
            (before, doi.unwrap_or_default(), after)
        };
        let words = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
        let end = parts("Wang YMC et al. AAPS J 2010, doi 10.1208/s12248-010-9234-9");
        assert_eq!(end, words("Wang YMC et al. AAPS J 2010, ", "10.1208/s12248-010-9234-9", ""));
        let middle = parts("Tateishi 2019, doi 10.1007/s00535-018-1499-2: 61 patients");
        assert_eq!(middle, words("Tateishi 2019, ", "10.1007/s00535-018-1499-2", ": 61 patients"));
        assert_eq!(parts("L-PLUS 1"), words("L-PLUS 1", "", ""));
    }

    #[test]
    fn invariant_abbreviations_are_in_the_order_of_the_alphabet() {
        let names = ABBREVIATIONS.map(|(name, _)| name.to_lowercase());
        assert!(names.is_sorted(), "{names:?}");
    }
}
