//! What a command does about patients who could not be integrated: one rule for all of them.

use super::Outcome;
use super::console::Console;
use thrombopoiesis::error::Result;
use thrombopoiesis::model::ParameterSet;
use thrombopoiesis::simulate::population::{Extent, Failures};

/// Warns of failed patients, and says how the command ends: as a part where more than 5 % failed.
///
/// # Errors
/// Nobody could be integrated.
pub(super) fn judge(console: Console, failures: &Failures, set: &ParameterSet) -> Result<Outcome> {
    if let Some(error) = failures.error(set) {
        return Err(error);
    }
    let (Some(words), Some((subject, failure))) = (failures.in_words(), failures.first_in(set))
    else {
        return Ok(Outcome::Done);
    };
    console
        .warn(&format!("{words} and are excluded from the results; patient {subject}, {failure}"));
    Ok(if failures.extent() == Extent::Part { Outcome::OfAPart } else { Outcome::Done })
}

/// The same where several sets of parameters stand behind the patients: that of the first is named.
///
/// # Errors
/// Nobody could be integrated.
pub(super) fn judge_all<'a>(
    console: Console,
    failures: impl IntoIterator<Item = &'a Failures>,
    set: impl FnOnce() -> Result<ParameterSet>,
) -> Result<Outcome> {
    let all = Failures::sum(failures);
    if all.failed == 0 { Ok(Outcome::Done) } else { judge(console, &all, &set()?) }
}
