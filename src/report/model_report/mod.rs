//! The report on a model in a text: its page with what its checks give, and the regimens of its checks drawn and in
//! numbers. What the model does not have is left out.

mod regimen;

pub(super) use regimen::RegimenPart;

use super::build::Report;
use super::figure::Figure;
use super::model_page::{Results, model_page_with};
use super::version::program;
use crate::error::Result;
use crate::files::RunRecord;
use crate::integrate::Options;
use crate::model::ParameterSet;
use crate::population::VirtualPatients;
use crate::simulate::population::Failures;
use crate::simulate::{CheckResult, checked_regimens, model_checks};
use crate::units::rounding::{Form, significant};
use regimen::Drawn;
use serde::Serialize;

/// Virtual patients of each regimen.
pub(super) const SUBJECTS: usize = 40;
/// The seed of their random numbers.
const SEED: u64 = 1;

/// What came of a check, as it is shown.
#[derive(Debug, Serialize)]
pub(super) struct CheckRow {
    code: &'static str,
    what: String,
    published: String,
    found: String,
    unit: String,
    holds: bool,
}

impl CheckRow {
    fn new(result: &CheckResult) -> Self {
        let number = |value: f64| significant(value, 5, Form::Label);
        let (published, found) = match result.published {
            Some(value) => {
                (format!("{} ± {}", number(value), number(result.within)), number(result.found))
            }
            None => ("0".to_owned(), format!("{:.1e}", result.found)),
        };
        Self {
            code: result.code,
            what: result.what.clone(),
            published,
            found,
            unit: super::model_page::unit(&result.unit),
            holds: result.holds(),
        }
    }
}

/// The report on the model called `name`, a file or a shipped text, with the values of `set`; `command` is what the
/// record names, and `tell` learns what is being done and how far it is.
///
/// # Errors
/// A model that is not a text; equations that cannot be integrated; a figure that cannot be drawn.
pub fn model_report(
    (name, set): (&str, &ParameterSet),
    command: &str,
    tell: &(dyn Fn(&str, usize, usize) + Sync),
) -> Result<Report> {
    let regimens = checked_regimens(set)?;
    let patients = VirtualPatients::of_model(name, set.population)?;
    let parts = 1 + regimens.len();
    tell("checks", 0, parts);
    let checks = model_checks(name)?.iter().map(CheckRow::new).collect();
    let (mut sections, mut figures, mut failures) = (Vec::new(), Vec::new(), Failures::default());
    for (i, (regimen, words)) in regimens.iter().enumerate() {
        tell("regimens", 1 + i, parts);
        let drawn = Drawn::new((name, set), patients.as_ref(), (regimen, words), SEED)?;
        let id = format!("regimen_{}", i + 1);
        figures.push(Figure::new(id.clone(), |lettering| drawn.figure(lettering))?);
        failures.subjects += drawn.subjects();
        failures.failed += drawn.failed;
        sections.push(drawn.part(id));
    }
    let on_page = figures.iter().map(|own| (own.id.clone(), own.on_page.clone())).collect();
    let results = Results { checks, regimens: sections, figures: on_page };
    let page = model_page_with(set, results)?;
    let figures = figures.into_iter().map(|own| (format!("figures/{}.svg", own.id), own.alone));
    let files = figures.chain([("index.html".to_owned(), page)]).collect();
    let options = Options::default();
    let record = RunRecord {
        program: program(),
        command: command.to_owned(),
        integrated: None,
        seed: patients.is_some().then_some(SEED),
        integrator: options.method.to_string(),
        relative_tolerance: options.relative_tolerance,
        absolute_tolerance: options.absolute_tolerance,
        inputs: set.files.iter().cloned().collect(),
    };
    let typical = set.clone();
    Ok(Report { files, record, converged: true, failures, typical, forecasts: None })
}
