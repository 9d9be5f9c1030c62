//! What the model is for and how far it can be trusted, in the terms of ICH M15.

use super::Asked;
use super::calibration::CalibrationSection;
use super::table::{Column, PageTable};

/// The assessment; `question` is the user's, if there is one.
pub(in crate::report) fn assessment(
    asked: &Asked,
    question: Option<&str>,
    calibration: Option<&CalibrationSection>,
) -> PageTable {
    let Asked { threshold, entry, too_high, largest_mg, .. } = asked;
    let own = format!(
        "When, and with what probability, is a measured count of {threshold} × 10⁹/L or more reached, and how does that depend on the regimen?"
    );
    let context = format!(
        "Research on groups of adults with chronic liver disease, a measured count below {entry} × 10⁹/L and a planned procedure; \
         single courses of an oral dose a day up to {largest_mg} mg. Not the treatment of a patient, not other diseases, not \
         repeated courses."
    );
    let consequence = format!(
        "Moderate: a procedure at a lower count than expected, or a count above {too_high} × 10⁹/L that is not expected."
    );
    let calibrated = calibration.map_or(String::new(), CalibrationSection::as_evidence);
    let rows = [
        ("question of interest", question.unwrap_or(&own)),
        ("context of use", &context),
        (
            "model influence",
            "Low: no decision about a patient, a label or a dose rests on it. It shows what published results imply, and where \
             data are missing.",
        ),
        ("consequence of a wrong decision", &consequence),
        ("model risk", "Low to moderate in this context; high if it were used for patients."),
        (
            "evidence",
            &format!(
                "{calibrated}No data of single patients were available. The equations are checked against independent implementations."
            ),
        ),
    ];
    let columns = vec![Column::words("term", "term"), Column::words("assessment", "assessment")];
    let caption = "Assessment of the model in the terms of ICH M15. The judgements are those of the program's authors; who uses \
                   the report for another purpose must make their own.";
    let rows = rows.map(|(term, text)| vec![term.into(), text.into()]).to_vec();
    PageTable::new("assessment", caption, columns, rows)
        .of_prose()
        .called("Assessment of the model")
}
