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
const ABBREVIATIONS: [(&str, &str); 9] = [
    ("CLD", "chronic liver disease"),
    ("CV", "coefficient of variation"),
    ("JAK/STAT", "Janus kinase, signal transducer and activator of transcription"),
    ("L-PLUS 1, L-PLUS 2", "the phase 3 trials of lusutrombopag in Japan and worldwide"),
    ("n", "number of patients"),
    ("qd", "once daily"),
    ("SD", "standard deviation"),
    ("SHA-256", "secure hash algorithm, 256 bits: identifies the content of a file"),
    ("TPO", "thrombopoietin"),
];

/// What the page quotes.
#[derive(Debug, Serialize)]
pub(in crate::report) struct Sources {
    safety: &'static [SafetyFact],
    abbreviations: &'static [(&'static str, &'static str)],
    references: Vec<String>,
}

impl Sources {
    /// With the publications behind the report.
    pub(in crate::report) fn new(references: Vec<String>) -> Self {
        Self { safety: &SAFETY, abbreviations: &ABBREVIATIONS, references }
    }
}
