//! Reads a trial's protocol from a TOML file.

use super::comparison_rule::ComparisonRule;
use super::design::{
    Allocation, Arm, Design, Dosing, Endpoints, Entry, NoProcedure, Practice, Procedure,
    Transfusion, Visits,
};
use crate::error::{Error, Result};
use crate::files::{Section, Shipped, hash, read_toml, shipped_or_file};
use std::path::Path;

macro_rules! shipped {
    ($($id:literal)+) => {
        /// The trials that the program carries.
        const SHIPPED: Shipped = &[
            $(($id, include_str!(concat!("../../scenarios/", $id, ".toml")))),+
        ];
    };
}
shipped! { "l_plus_1" "l_plus_2" "phase_2b" "label_us" "label_eu" "label_japan" }

/// Largest trial: far beyond any that was ever run in this field.
const MOST_RANDOMISED: u32 = 100_000;
/// Longest trial, days.
const MOST_DAYS: f64 = 1_000.0;

impl Design {
    /// The names of the trials that the program carries.
    pub fn shipped() -> impl Iterator<Item = &'static str> {
        SHIPPED.iter().map(|(id, _)| *id)
    }

    /// The trial of the file at `path`; a shipped one is also found by its name or by its path
    /// `scenarios/NAME.toml` where no such file exists.
    ///
    /// # Errors
    /// Neither exists, or every problem of the file with its line.
    pub fn load(path: &Path) -> Result<Self> {
        let (path, text) = shipped_or_file(path, ("trial", "scenarios"), SHIPPED)?;
        Self::read(&path, &text)
    }

    /// The trial called `id`, if the program carries it.
    pub(super) fn carried(id: &str) -> Option<Self> {
        let (_, text) = SHIPPED.iter().find(|(known, _)| *known == id)?;
        Self::read(Path::new(&format!("scenarios/{id}.toml")), text).ok()
    }

    /// Reads `text`, the content of `path`.
    ///
    /// # Errors
    /// Every problem of the file with its line; every contradiction of the design.
    pub fn read(path: &Path, text: &str) -> Result<Self> {
        let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        read_toml(path, text, |root| {
            let design = read_design(id, hash(text.as_bytes()), root)?;
            for (key, rule) in design.problems() {
                root.problem_below(&key, rule);
            }
            Some(design)
        })
    }
}

fn read_design(id: String, sha256: String, root: &Section<'_>) -> Option<Design> {
    root.schema(1);
    let title = root.text("title");
    let short = root.text("short");
    let patients = root.text("patients");
    let note = root.optional_text("note").unwrap_or_default();
    let practice_as = root.optional_text("practice_as");
    let randomised = root.whole("randomised", 2, MOST_RANDOMISED);
    let entry = root.required_table("entry", |s| {
        let screening_day = s.number("screening_day");
        let exclude_thrombosis = s.choice("thrombosis", &[("excluded", true), ("allowed", false)]);
        Some(Entry {
            screening_day: screening_day?,
            count_below: s.positive("count_below")?,
            exclude_thrombosis: exclude_thrombosis?,
        })
    });
    let arms = root.tables("arms", arm);
    let allocation = root.required_table("allocation", |s| {
        let ablation = s.has("ablation").then(|| s.share("ablation")).flatten();
        let count_cut = s.optional_number("count_cut");
        Some(Allocation { block: s.whole("block", 1, 1000)?, ablation, count_cut })
    });
    let visits = root.required_table("visits", |s| {
        let days = s.optional_numbers("days");
        if days.as_ref().is_some_and(Vec::is_empty) || !s.has("days") {
            s.problem("days", "must list the visit days");
        }
        let (window_days, missed) = (s.not_negative("window_days"), s.share("missed"));
        Some(Visits { days: days?, window_days: window_days?, missed: missed? })
    });
    let dosing = root.required_table("dosing", |s| {
        let (missed, late_h) = (s.share("missed"), s.not_negative("late_h"));
        if late_h.is_some_and(|late| late > 12.0) {
            s.problem("late_h", "must be at most 12: later is a missed dose");
        }
        let without_count = switch(s, "without_count", &[("given", true), ("omitted", false)]);
        Some(Dosing { missed: missed?, late_h: late_h?, without_count })
    });
    let procedure = root.required_table("procedure", |s| {
        let (first_day, last_day) = (s.number("first_day"), s.number("last_day"));
        Some(Procedure { first_day: first_day?, last_day: last_day? })
    });
    let transfusion = root.required_table("transfusion", |s| {
        let below = s.positive("below");
        let (from, within) = (s.number("count_from_day"), s.not_negative("count_within_days"));
        let same_day = switch(s, "count_same_day", &[("allowed", true), ("not allowed", false)]);
        let without =
            switch(s, "without_count", &[("transfused", true), ("not transfused", false)]);
        Some(Transfusion {
            below: below?,
            count_from_day: from?,
            count_within_days: within?,
            count_same_day: same_day,
            without_count: without,
            platelets_1e9: s.positive("platelets_1e9")?,
        })
    });
    let endpoints = root.required_table("endpoints", |s| {
        let last_day = s.in_range("last_day", f64::MIN_POSITIVE, MOST_DAYS, "(0, 1000]");
        let at_least = s.positive("at_least");
        let (rise, high) = (s.not_negative("rise"), s.positive("high"));
        Some(Endpoints {
            last_day: last_day?,
            at_least: at_least?,
            rise: rise?,
            high: high?,
            rescue_days: s.not_negative("rescue_days")?,
        })
    });
    let comparison = if root.has("comparison") {
        root.table("comparison", ComparisonRule::read)
    } else {
        Some(ComparisonRule::default())
    };
    Some(Design {
        id,
        title: title?,
        short: short?,
        patients: patients?,
        practice_as,
        randomised: randomised?,
        entry: entry?,
        arms,
        allocation: allocation?,
        visits: visits?,
        dosing: dosing?,
        procedure: procedure?,
        transfusion: transfusion?,
        endpoints: endpoints?,
        comparison: comparison?,
        note,
        sha256,
    })
}

fn arm(id: &str, s: &Section<'_>) -> Option<Arm> {
    let title = s.text("title");
    let text = s.text("regimen");
    let regimen = text.as_ref().and_then(|text| {
        text.parse().map_err(|error: Error| s.problem("regimen", error.to_string())).ok()
    });
    let ratio = s.whole("ratio", 1, 100);
    let size = s.has("size").then(|| s.whole("size", 1, MOST_RANDOMISED));
    let practice = s.required_table("practice", practice);
    Some(Arm {
        id: id.to_owned(),
        title: title?,
        regimen: regimen?,
        regimen_text: text?,
        ratio: ratio?,
        size: size.flatten(),
        practice: practice?,
    })
}

fn practice(s: &Section<'_>) -> Option<Practice> {
    let (below, above) = (s.share("no_transfusion_below"), s.share("transfusion_above"));
    let no_procedure = s.share("no_procedure");
    let ways = [("not transfused", NoProcedure::NotTransfused), ("failure", NoProcedure::Failure)];
    let no_procedure_counts_as = s.choice("no_procedure_counts_as", &ways);
    let (rescue, dropout) = (s.share("rescue"), s.share("dropout"));
    Some(Practice {
        no_transfusion_below: below?,
        transfusion_above: above?,
        no_procedure: no_procedure?,
        no_procedure_counts_as: no_procedure_counts_as?,
        rescue: rescue?,
        dropout: dropout?,
    })
}

/// A rule where the protocol is silent: the first of two choices unless the file says otherwise.
fn switch(section: &Section<'_>, key: &str, choices: &[(&str, bool); 2]) -> bool {
    let given = section.has(key);
    given.then(|| section.choice(key, choices)).flatten().unwrap_or(choices[0].1)
}
