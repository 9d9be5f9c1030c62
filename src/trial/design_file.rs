//! Reads a trial's protocol from a TOML file.

use super::comparison_rule::ComparisonRule;
use super::design::{
    Allocation, Arm, Design, Dosing, Endpoints, Entry, NoProcedure, Practice, Procedure,
    Transfusion, Visits,
};
use crate::error::{Error, Result};
use crate::files::{Carried, FileKind, Section, hash, read_toml};
use crate::model::Variant;
use crate::population::VirtualPatients;
use crate::regimen::Regimen;
use crate::simulate::admits;
use crate::units::Route;
use std::path::Path;

/// The trials that the program carries.
const SHIPPED: Carried = Carried {
    kind: "trial",
    folder: "scenarios",
    names: &["l_plus_1", "l_plus_2", "phase_2b", "label_us", "label_eu", "label_japan"],
};

/// Largest trial: far beyond any that was ever run in this field.
const MOST_RANDOMISED: u32 = 100_000;
/// The patients that were calibrated, by variant.
const CALIBRATED: &str = "calibrated";
/// Longest trial, days.
const MOST_DAYS: f64 = 1_000.0;

impl Design {
    /// The names of the trials that the program carries.
    pub fn shipped() -> impl Iterator<Item = &'static str> {
        SHIPPED.names.iter().copied()
    }

    /// The trial of the file at `path`; a shipped one is also found by its name or by its path
    /// `scenarios/NAME.toml` where no such file exists.
    ///
    /// # Errors
    /// Neither exists, or every problem of the file with its line.
    pub fn load(path: &Path) -> Result<Self> {
        let (path, text) = SHIPPED.or_file(path)?;
        Self::read(&path, &text)
    }

    /// The trial called `id`, if the program carries it.
    pub(super) fn carried(id: &str) -> Option<Self> {
        let name = SHIPPED.names.iter().find(|known| **known == id)?;
        let (path, text) = SHIPPED.file(name).ok()?;
        Self::read(&path, text).ok()
    }

    /// Reads `text`, the content of `path`.
    ///
    /// # Errors
    /// Every problem of the file with its line; every contradiction of the design.
    pub fn read(path: &Path, text: &str) -> Result<Self> {
        FileKind::Trial.require(path, text)?;
        let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let folder = path.parent().unwrap_or(Path::new(""));
        read_toml(path, text, |root| {
            let design = read_design(id, hash(text.as_bytes()), folder, root);
            let mut broken = design.problems();
            // A rule says nothing about what could not be read.
            broken.retain(|rule| rule.needs.iter().all(|key| root.is_sound(key)));
            for rule in broken {
                root.problem_below(&rule.key, rule.rule);
            }
            if root.is_sound("patients") && root.is_sound("arms") {
                check_model(&design, root);
            }
            Some(design)
        })
    }
}

/// The design. In place of what cannot be read it has a default, and the problem is noted.
fn read_design(id: String, sha256: String, folder: &Path, root: &Section<'_>) -> Design {
    root.schema(1);
    let patients = root.text("patients").unwrap_or_default();
    Design {
        streams: root.optional_text("streams").unwrap_or_else(|| id.clone()),
        id,
        title: root.text("title").unwrap_or_default(),
        short: root.text("short").unwrap_or_default(),
        patients: VirtualPatients::beside(folder, &patients),
        practice_as: root.optional_text("practice_as"),
        randomised: root.whole("randomised", 2, MOST_RANDOMISED).unwrap_or_default(),
        entry: part(root, "entry", entry),
        arms: root.tables("arms", |id, s| Some(arm(id, s))),
        allocation: part(root, "allocation", allocation),
        visits: part(root, "visits", visits),
        dosing: part(root, "dosing", dosing),
        procedure: part(root, "procedure", procedure),
        transfusion: part(root, "transfusion", transfusion),
        endpoints: part(root, "endpoints", endpoints),
        comparison: comparison(root),
        note: root.optional_text("note").unwrap_or_default(),
        sha256,
    }
}

/// Refuses virtual patients that cannot be read, or whose model does not describe what the arms do.
fn check_model(design: &Design, root: &Section<'_>) {
    let name = design.patients.as_str();
    let is_shipped = name == CALIBRATED || VirtualPatients::shipped().any(|known| known == name);
    let doses = || design.arms.iter().flat_map(|arm| arm.regimen.planned());
    // The patients that the program carries take doses by mouth: they need not be read.
    if is_shipped && doses().all(|dose| dose.route == Route::Oral) {
        return;
    }
    let patients = VirtualPatients::load_for(name, Variant::B);
    let set = patients.and_then(|own| own.typical_patient(own.variant.unwrap_or(Variant::B)));
    let set = match set {
        Ok(set) => set,
        Err(error) => return root.problems_of("patients", &error),
    };
    if let Err(error) = set.model.require_platelets("a trial, which judges counts,") {
        return root.problem("patients", format!("cannot take part: {error}"));
    }
    let platelets = Some(design.transfusion.platelets_1e9);
    if let Err(error) = admits(&set, &Regimen::placebo(), platelets) {
        root.problem("patients", format!("cannot take part: {error}"));
        return;
    }
    for arm in &design.arms {
        if let Err(error) = admits(&set, &arm.regimen, None) {
            root.problem_below(&format!("arms.{}.regimen", arm.id), error.to_string());
        }
    }
}

/// How arms are compared: as usual where no table says it.
fn comparison(root: &Section<'_>) -> ComparisonRule {
    let read = || root.table("comparison", |section| Some(ComparisonRule::read(section)));
    root.has("comparison").then(read).flatten().unwrap_or_default()
}

/// The table `key`, which must be there.
fn part<T: Default>(s: &Section<'_>, key: &str, read: impl FnOnce(&Section<'_>) -> T) -> T {
    s.required_table(key, |section| Some(read(section))).unwrap_or_default()
}

fn entry(s: &Section<'_>) -> Entry {
    let thrombosis = [("excluded", true), ("allowed", false)];
    Entry {
        screening_day: s.number("screening_day").unwrap_or_default(),
        count_below: s.positive("count_below").unwrap_or_default(),
        exclude_thrombosis: s.choice("thrombosis", &thrombosis).unwrap_or_default(),
    }
}

fn allocation(s: &Section<'_>) -> Allocation {
    Allocation {
        block: s.whole("block", 1, 1000).unwrap_or_default(),
        ablation: s.has("ablation").then(|| s.share("ablation")).flatten(),
        count_cut: s.has("count_cut").then(|| s.positive("count_cut")).flatten(),
    }
}

fn visits(s: &Section<'_>) -> Visits {
    let days = s.optional_numbers("days");
    if days.as_ref().is_some_and(Vec::is_empty) || !s.has("days") {
        s.problem("days", "must list the visit days");
    }
    Visits {
        days: days.unwrap_or_default(),
        window_days: s.not_negative("window_days").unwrap_or_default(),
        missed: s.share("missed").unwrap_or_default(),
    }
}

/// A dose that is later than this, h, counts as missed.
const LATEST_H: f64 = 12.0;

fn dosing(s: &Section<'_>) -> Dosing {
    let (missed, late_h) = (s.share("missed"), s.not_negative("late_h"));
    if late_h.is_some_and(|late| late > LATEST_H) {
        s.problem("late_h", format!("must be at most {LATEST_H}: later is a missed dose"));
    }
    let without_count = switch(s, "without_count", &[("given", true), ("omitted", false)]);
    let (missed, late_h) = (missed.unwrap_or_default(), late_h.unwrap_or_default());
    Dosing { missed, late_h, without_count }
}

fn procedure(s: &Section<'_>) -> Procedure {
    let (first, last) = (s.number("first_day"), s.number("last_day"));
    Procedure { first_day: first.unwrap_or_default(), last_day: last.unwrap_or_default() }
}

fn transfusion(s: &Section<'_>) -> Transfusion {
    let without = [("transfused", true), ("not transfused", false)];
    Transfusion {
        below: s.positive("below").unwrap_or_default(),
        count_from_day: s.number("count_from_day").unwrap_or_default(),
        count_within_days: s.not_negative("count_within_days").unwrap_or_default(),
        count_same_day: switch(s, "count_same_day", &[("allowed", true), ("not allowed", false)]),
        without_count: switch(s, "without_count", &without),
        platelets_1e9: s.positive("platelets_1e9").unwrap_or_default(),
    }
}

fn endpoints(s: &Section<'_>) -> Endpoints {
    let last_day = s.in_range("last_day", f64::MIN_POSITIVE, MOST_DAYS, "(0, 1000]");
    Endpoints {
        last_day: last_day.unwrap_or_default(),
        at_least: s.positive("at_least").unwrap_or_default(),
        rise: s.not_negative("rise").unwrap_or_default(),
        high: s.positive("high").unwrap_or_default(),
        rescue_days: s.not_negative("rescue_days").unwrap_or_default(),
    }
}

fn arm(id: &str, s: &Section<'_>) -> Arm {
    let title = s.text("title").unwrap_or_default();
    let regimen_text = s.text("regimen");
    let regimen = regimen_text.as_ref().and_then(|text| {
        text.parse().map_err(|error: Error| s.problem("regimen", error.to_string())).ok()
    });
    Arm {
        id: id.to_owned(),
        title,
        regimen: regimen.unwrap_or_else(Regimen::placebo),
        regimen_text: regimen_text.unwrap_or_default(),
        ratio: s.whole("ratio", 1, 100).unwrap_or_default(),
        size: s.has("size").then(|| s.whole("size", 1, MOST_RANDOMISED)).flatten(),
        practice: part(s, "practice", practice),
    }
}

fn practice(s: &Section<'_>) -> Practice {
    let share = |key: &str| s.share(key).unwrap_or_default();
    let ways = [("not transfused", NoProcedure::NotTransfused), ("failure", NoProcedure::Failure)];
    Practice {
        logit_difference: 0.0,
        no_transfusion_below: share("no_transfusion_below"),
        transfusion_above: share("transfusion_above"),
        no_procedure: share("no_procedure"),
        no_procedure_counts_as: s.choice("no_procedure_counts_as", &ways).unwrap_or_default(),
        rescue: share("rescue"),
        dropout: share("dropout"),
    }
}

/// A rule where the protocol is silent: the first of two choices unless the file says otherwise.
fn switch(section: &Section<'_>, key: &str, choices: &[(&str, bool); 2]) -> bool {
    let given = section.has(key);
    given.then(|| section.choice(key, choices)).flatten().unwrap_or(choices[0].1)
}
