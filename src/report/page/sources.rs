//! What is quoted, not simulated: safety as it was published (the model has no hazard), abbreviations, references.

use super::table::{Cell, Column, PageTable};
use serde::Serialize;

/// Published events in the randomised trials: what, with the drug, with placebo, source, grade.
const SAFETY: [[&str; 5]; 3] = [
    [
        "portal-vein thrombosis, three randomised trials: found at imaging that the protocol required, not linked to marked rises of the count",
        "2 of 171 (1 %)",
        "2 of 170 (1 %)",
        "label copy",
        "B",
    ],
    [
        "serious adverse events, three randomised trials",
        "9 of 171 (5 %)",
        "12 of 170 (7 %)",
        "label copy",
        "B",
    ],
    ["any adverse event, L-PLUS 2", "47.7 %", "48.6 %", "abstract, PMID 30762895", "A"],
];

/// Published events, by the arm.
fn safety() -> PageTable {
    let columns = vec![
        Column::words("event", "event"),
        Column::words("drug", "lusutrombopag"),
        Column::words("placebo", "placebo"),
        Column::words("source", "source"),
        Column::words("grade", "grade"),
    ];
    let rows = SAFETY.map(|row| row.map(Cell::from).to_vec()).to_vec();
    let caption = "Published events. Grades as in the table of parameters.";
    PageTable::new("safety", caption, columns, rows).called("Published safety results")
}

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

/// Abbreviations in what was published on one drug.
const OF_LABEL: [&str; 2] = ["EHA", "L-PLUS 1, L-PLUS 2"];

/// What the page quotes.
#[derive(Debug, Serialize)]
pub(in crate::report) struct Sources {
    pub(super) safety: PageTable,
    abbreviations: Vec<(&'static str, &'static str)>,
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
    /// With the publications behind the report; `with_label` where it is about the drug of the shipped trials.
    pub(in crate::report) fn new(references: Vec<String>, with_label: bool) -> Self {
        let references = references.into_iter().map(|citation| Reference::new(&citation)).collect();
        let is_used = |(name, _): &(&str, &str)| with_label || !OF_LABEL.contains(name);
        let abbreviations = ABBREVIATIONS.into_iter().filter(is_used).collect();
        Self { safety: safety(), abbreviations, references }
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
