//! Scenarios: what can be run, as TOML files.

use super::admits;
use crate::error::{Error, Result};
use crate::files::{Carried, FileKind, Section, hash, read_toml};
use crate::model::{ParameterSet, Population, Variant, named_model, parameter_set};
use crate::regimen::{Dose, Regimen, StoppingRule};
use crate::units::{Amount, Route, Time};
use std::path::Path;

/// Longest simulation, days.
pub const MAX_DAYS: f64 = 10_000.0;

/// How a regimen stands to the label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// As the label says, or a patient's deviation from it.
    Approved,
    /// Another dose or duration than the label's.
    Outside,
    /// No label to speak of: placebo, or another drug for comparison.
    None,
}

/// One regimen in one typical patient.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Name of the file, without its ending.
    pub id: String,
    /// What it is, in words.
    pub title: String,
    /// The same in a few words, for labels.
    pub short: String,
    /// The drug.
    pub drug: String,
    /// The model: its name, or the path of its file.
    pub model: String,
    /// Whom it describes.
    pub population: Population,
    /// The doses.
    pub regimen: Regimen,
    /// The doses as the file writes them; empty where it lists them one by one.
    pub regimen_text: String,
    /// Length of the simulation.
    pub until: Time,
    /// How it stands to the label.
    pub label: Label,
    /// What to know about it.
    pub note: String,
    /// Parameters that differ from the model's own.
    pub set: Vec<(String, f64)>,
    /// The path of the file.
    pub file: String,
    /// SHA-256 of the file.
    pub sha256: String,
}

/// The scenarios that the program carries, in the order in which they are shown.
const SHIPPED: Carried = Carried {
    kind: "scenario",
    folder: "scenarios",
    names: &[
        "placebo",
        "lusutrombopag_2mg_x7",
        "lusutrombopag_3mg_x7",
        "lusutrombopag_4mg_x7",
        "lusutrombopag_3mg_x5",
        "lusutrombopag_3mg_x10",
        "lusutrombopag_3mg_x14",
        "lusutrombopag_3mg_x7_miss_4",
        "lusutrombopag_3mg_x7_miss_6_7",
        "lusutrombopag_3mg_x7_stopping_rule",
        "lusutrombopag_3mg_x7_stopping_rule_strong_responder",
        "eltrombopag_25mg_x14",
        "romiplostim_10ug_kg",
    ],
};

impl Scenario {
    /// The scenarios that the program carries, in the order in which they are shown.
    ///
    /// # Errors
    /// A file that is not a scenario; a test reads them all.
    pub fn shipped() -> Result<Vec<Self>> {
        SHIPPED.files()?.iter().map(|(path, text)| Self::read(path, text)).collect()
    }

    /// The scenario of the file at `path`; a shipped one is also found by its name or by its path
    /// `scenarios/NAME.toml` where no such file exists.
    ///
    /// # Errors
    /// Neither exists, or every problem of the file with its line.
    pub fn load(path: &Path) -> Result<Self> {
        let (path, text) = SHIPPED.or_file(path)?;
        Self::read(&path, &text)
    }

    /// Reads `text`, the content of `path`.
    ///
    /// # Errors
    /// Every problem of the file with its line.
    pub fn read(path: &Path, text: &str) -> Result<Self> {
        FileKind::Scenario.require(path, text)?;
        let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let folder = path.parent().unwrap_or(Path::new(""));
        read_toml(path, text, |root| read_scenario((id, path), hash(text.as_bytes()), folder, root))
    }

    /// The model's parameters with this scenario's changes, in structural variant `variant` where the
    /// model has it.
    ///
    /// # Errors
    /// An unknown model or parameter, or a value outside its range.
    pub fn parameters(&self, variant: Variant) -> Result<ParameterSet> {
        let mut set = parameter_set(&self.model, self.population)?;
        if set.variants_apply() {
            set.choose_variant(variant);
        }
        self.set.iter().try_for_each(|(symbol, value)| set.set(symbol, *value))?;
        Ok(set)
    }
}

fn read_scenario(
    (id, path): (String, &Path),
    sha256: String,
    folder: &Path,
    root: &Section<'_>,
) -> Option<Scenario> {
    root.schema(1);
    let title = root.text("title");
    let short = root.text("short");
    let drug = root.text("drug");
    let named = named_model(root, folder);
    let labels =
        [("approved", Label::Approved), ("outside", Label::Outside), ("none", Label::None)];
    let label = root.choice("label", &labels);
    let note = root.optional_text("note").unwrap_or_default();
    let until = days(root);
    let set = root
        .table("set", |section| {
            let read = |name| Some((str::to_owned(name), section.number(name)?));
            Some(section.keys().filter_map(read).collect())
        })
        .unwrap_or_default();
    let regimen = regimen(root);
    let regimen_text = root.optional_text("regimen").unwrap_or_default();
    let (model, of_model) = named?;
    let scenario = Scenario {
        id,
        title: title?,
        short: short?,
        drug: drug?,
        model,
        population: of_model.population,
        regimen: regimen?,
        regimen_text,
        until: until?,
        label: label?,
        note,
        set,
        file: path.display().to_string(),
        sha256,
    };
    check_model(&scenario, root);
    Some(scenario)
}

/// Refuses parameters and routes that the model does not have.
fn check_model(scenario: &Scenario, root: &Section<'_>) {
    match scenario.parameters(Variant::B) {
        Err(error) => root.problem("set", format!("does not fit the model: {error}")),
        Ok(set) => {
            if let Err(error) = admits(&set, &scenario.regimen, None) {
                let key = if root.has("regimen") { "regimen" } else { "doses" };
                root.problem(key, format!("does not fit the model: {error}"));
            }
        }
    }
}

/// Length of the simulation, at most [`MAX_DAYS`].
pub(crate) fn days(root: &Section<'_>) -> Option<Time> {
    root.in_range("days", f64::MIN_POSITIVE, MAX_DAYS, "(0, 10000] d").map(Time::days)
}

/// The doses: by `regimen`, a text, or one by one by `[[doses]]`, with the rule in `[stop]`.
pub(crate) fn regimen(root: &Section<'_>) -> Option<Regimen> {
    let text = root.optional_text("regimen");
    if root.has("regimen") && text.is_none() {
        root.ignore_all(&["doses", "stop"]);
        return None;
    }
    let doses = root.list("doses", read_dose);
    let rule = root.table("stop", read_rule);
    if !(root.is_sound("doses") && root.is_sound("stop")) {
        return None;
    }
    let regimen: Result<Regimen> = match (&text, !root.has("doses") && !root.has("stop")) {
        (Some(text), true) => text.parse(),
        (None, false) => Regimen::new(doses, rule),
        _ => {
            root.problem("regimen", "must stand alone, or [[doses]] and [stop] in its place");
            return None;
        }
    };
    regimen.map_err(|error: Error| root.problem("regimen", error.to_string())).ok()
}

fn read_dose(section: &Section<'_>) -> Option<Dose> {
    let time = section.not_negative("time_h").map(Time::hours);
    let amount = section.positive("amount");
    let units = [("mg", Amount::Mg as fn(f64) -> Amount), ("ug/kg", Amount::UgPerKg)];
    let unit = section.choice("unit", &units);
    let routes = [("po", Route::Oral), ("sc", Route::Subcutaneous), ("iv", Route::Intravenous)];
    let route = section.choice("route", &routes);
    Some(Dose { time: time?, amount: unit?(amount?), route: route?, missed: false })
}

fn read_rule(section: &Section<'_>) -> Option<StoppingRule> {
    let visit_days = section.optional_numbers("visit_days");
    let at_least = section.number("at_least");
    let rise = section.number("rise");
    if !section.has("visit_days") {
        section.problem("visit_days", "is missing: list the days on which the count is looked at");
    }
    let rule = StoppingRule::new(visit_days?, at_least?, rise?);
    rule.map_err(|error| section.problem("", error.to_string())).ok()
}
