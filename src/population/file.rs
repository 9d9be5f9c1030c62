//! Reads virtual patients from a TOML file.

use super::calibrated::calibrated;
use super::covariates::{Covariate, Law, Table};
use super::virtual_patients::{
    Correlation, Effect, EffectForm, NonResponders, Spread, TrialPractice, VirtualPatients,
};
use super::{CountError, Distribution};
use crate::error::{Error, Result};
use crate::files::{Section, Shipped, hash, read_toml, shipped_or_file};
use crate::model::{GRADES, POPULATIONS, ParameterSet, Symbol, Variant, parameter_set, read_entry};
use std::path::Path;

macro_rules! shipped {
    ($($id:literal)+) => {
        /// The virtual patients that the program carries.
        const SHIPPED: Shipped = &[
            $(($id, include_str!(concat!("../../parameters/", $id, ".toml")))),+
        ];
    };
}
shipped! {
    "patients_start" "patients_covariates" "calibrated_a" "calibrated_b" "calibrated_c" "calibrated_d"
}

impl VirtualPatients {
    /// The names of the virtual patients that the program carries.
    pub fn shipped() -> impl Iterator<Item = &'static str> {
        SHIPPED.iter().map(|(id, _)| *id)
    }

    /// The patients called `name` for a structural variant: `calibrated` stands for those that were
    /// calibrated in it.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn load_for(name: &str, variant: Variant) -> Result<Self> {
        if name == "calibrated" {
            return Self::load(&format!("calibrated_{}", variant.to_string().to_lowercase()));
        }
        Self::load(name)
    }

    /// The shipped patients called `name`, or those of the file at that path.
    ///
    /// # Errors
    /// Neither exists, or every problem of the file with its line.
    pub fn load(name: &str) -> Result<Self> {
        let kind = ("set of virtual patients", "parameters");
        let (path, text) = shipped_or_file(Path::new(name), kind, SHIPPED)?;
        Self::read(&path, &text)
    }

    /// Reads `text`, the content of `path`.
    ///
    /// # Errors
    /// Every problem of the file with its line.
    pub fn read(path: &Path, text: &str) -> Result<Self> {
        let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let folder = path.parent().unwrap_or(Path::new(""));
        read_toml(path, text, |root| {
            let patients = read_patients(id, hash(text.as_bytes()), folder, root)?;
            let variants = patients.variant.map_or_else(|| Variant::ALL.to_vec(), |own| vec![own]);
            let wrong = variants.iter().find_map(|variant| patients.generator(*variant, 0).err());
            if let Some(error) = wrong {
                root.problem("", error.to_string());
            }
            Some(patients)
        })
    }
}

fn read_patients(
    id: String,
    sha256: String,
    folder: &Path,
    root: &Section<'_>,
) -> Option<VirtualPatients> {
    root.schema(1);
    let title = root.text("title");
    let model = root.text("model");
    let population = root.choice("population", POPULATIONS);
    let variant = match root.optional_text("variant") {
        None => Some(None),
        Some(text) => {
            text.parse().map(Some).map_err(|e: Error| root.problem("variant", e.to_string())).ok()
        }
    };
    let set = parameter_set(&model?, population?);
    let set = set.map_err(|error| root.problem("model", error.to_string())).ok()?;
    let symbols = set.symbols();
    let typical = root.tables("typical", |name, section| read_entry(name, section, symbols));
    let spreads = root.tables("variability", |name, section| spread(name, section, &set));
    let of_variants = root.tables("variants", |name, section| {
        let variant = name.parse::<Variant>().map_err(|e| section.problem("", e.to_string())).ok();
        let typical = section.tables("typical", |name, entry| read_entry(name, entry, symbols));
        let spreads = section.tables("variability", |name, entry| spread(name, entry, &set));
        Some((variant?, typical, spreads))
    });
    let correlations = root.list("correlations", correlation);
    let covariates = root.tables("covariates", |name, section| covariate(name, section, symbols));
    let table = root.optional_text("covariate_table").and_then(|name| {
        let table = Table::read(&folder.join(name));
        table.map_err(|error| root.problem("covariate_table", error.to_string())).ok()
    });
    let effects = root.list("effects", effect);
    let non_responders = root.table("non_responders", |section| {
        let share = section.share("share");
        let symbol = section.text("symbol");
        Some(NonResponders { share: share?, symbol: symbol?, factor: section.positive("factor")? })
    });
    let practice = root.tables("practice", |trial, section| {
        let given = |key| section.has(key).then(|| section.share(key));
        Some(TrialPractice {
            trial: trial.to_owned(),
            no_transfusion_below: given("no_transfusion_below").flatten(),
            transfusion_above: given("transfusion_above").flatten(),
            rescue: given("rescue").flatten(),
        })
    });
    // How the numbers came about, for readers.
    let calibrated = root.table("calibration", calibrated);
    let count_error = root.table("count_error", count_error);
    if count_error.is_none() {
        root.problem("count_error", "is missing: say how counts are measured");
    }
    Some(VirtualPatients {
        id,
        title: title?,
        model: set.model.to_owned(),
        population: population?,
        variant: variant?,
        typical,
        spreads,
        of_variants,
        correlations,
        covariates,
        table,
        effects,
        non_responders,
        count_error: count_error?,
        practice,
        calibrated,
        sha256,
    })
}

/// Grade and source, which every number needs.
fn origin(section: &Section<'_>) -> Option<(&'static str, String)> {
    let (grade, source) = (section.choice("grade", GRADES), section.text("source"));
    Some((grade?, source?))
}

fn spread(name: &str, section: &Section<'_>, set: &ParameterSet) -> Option<Spread> {
    if let Err(error) = set.symbol(name) {
        section.problem("", error.to_string());
    }
    let distribution = distribution(section);
    let (grade, source) = origin(section)?;
    Some(Spread { symbol: name.to_owned(), distribution: distribution?, grade, source })
}

fn distribution(section: &Section<'_>) -> Option<Distribution> {
    #[derive(Clone, Copy)]
    enum Kind {
        Log,
        Logit,
        Normal,
    }
    let kinds = [
        ("log-normal", Kind::Log),
        ("logit-normal", Kind::Logit),
        ("truncated-normal", Kind::Normal),
    ];
    match section.choice("distribution", &kinds)? {
        Kind::Log => {
            Some(Distribution::LogNormal { omega: section.in_range("omega", 0.0, 5.0, "[0, 5]")? })
        }
        Kind::Logit => Some(Distribution::LogitNormal {
            omega: section.in_range("omega", 0.0, 5.0, "[0, 5]")?,
        }),
        Kind::Normal => {
            let sd = section.positive("sd");
            match section.optional_numbers("range").as_deref() {
                Some([lower, upper]) if lower < upper => {
                    Some(Distribution::TruncatedNormal { sd: sd?, lower: *lower, upper: *upper })
                }
                _ => {
                    section.problem("range", "must be two numbers, the lower first");
                    None
                }
            }
        }
    }
}

fn correlation(section: &Section<'_>) -> Option<Correlation> {
    let between = section.texts("between");
    let value = section.in_range("value", -0.999, 0.999, "[-0.999, 0.999]");
    origin(section);
    match <[String; 2]>::try_from(between?) {
        Ok(between) if between[0] != between[1] => Some(Correlation { between, value: value? }),
        _ => {
            section.problem("between", "must name two different parameters");
            None
        }
    }
}

fn covariate(name: &str, section: &Section<'_>, symbols: &[Symbol]) -> Option<Covariate> {
    let unit = section.text("unit");
    if let Some(symbol) = symbols.iter().find(|symbol| symbol.name == name)
        && unit.as_ref().is_some_and(|unit| unit != symbol.unit)
    {
        section.problem("unit", format!("must be \"{}\": convert the value", symbol.unit));
    }
    let law = match (section.optional_number("value"), section.optional_numbers("values")) {
        (Some(value), None) => Some(Law::Fixed(value)),
        (None, Some(values)) => {
            let shares = section.optional_numbers("shares").unwrap_or_default();
            let sum: f64 = shares.iter().sum();
            let fits = shares.len() == values.len() && shares.iter().all(|s| *s >= 0.0);
            if !fits || (sum - 1.0).abs() > 1e-9 {
                section.problem("shares", "must be as many as the values and sum to 1");
            }
            Some(Law::Choice { values, shares })
        }
        (None, None) => {
            let typical = section.number("typical");
            let distribution = distribution(section);
            Some(Law::Spread { typical: typical?, distribution: distribution? })
        }
        _ => {
            section.problem("value", "must stand alone: give value, or values with shares");
            None
        }
    };
    let (grade, source) = origin(section)?;
    Some(Covariate { name: name.to_owned(), unit: unit?, law: law?, grade, source })
}

fn effect(section: &Section<'_>) -> Option<Effect> {
    let symbol = section.text("symbol");
    let covariate = section.text("covariate");
    let form = if section.has("factor") {
        let from = section.number("from");
        Some(EffectForm::Factor { factor: section.positive("factor")?, from: from? })
    } else {
        let exponent = section.number("exponent");
        Some(EffectForm::Power { reference: section.positive("reference")?, exponent: exponent? })
    };
    let (grade, source) = origin(section)?;
    Some(Effect { symbol: symbol?, covariate: covariate?, form: form?, grade, source })
}

fn count_error(section: &Section<'_>) -> Option<CountError> {
    let additive = section.in_range("additive", 0.0, 1000.0, "[0, 1000]");
    let proportional = section.in_range("proportional", 0.0, 2.0, "[0, 2]");
    let omega = section.optional_number("between_visit_omega").unwrap_or(0.0);
    let days = section.optional_number("between_visit_days").unwrap_or(7.0);
    if !(0.0..=2.0).contains(&omega) {
        section.problem("between_visit_omega", format!("= {omega} is outside [0, 2]"));
    }
    if days <= 0.0 {
        section.problem("between_visit_days", "must be above 0");
    }
    origin(section);
    Some(CountError {
        additive: additive?,
        proportional: proportional?,
        between_visit_omega: omega,
        between_visit_days: days,
    })
}
