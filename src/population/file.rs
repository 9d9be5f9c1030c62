//! Reads virtual patients from a TOML file.

use super::Spread;
use super::calibrated::calibrated;
use super::covariates::{Covariate, Table, known_covariates};
use super::entries::{Around, correlations, count_error, covariate, effect, must_exist, spread};
use super::virtual_patients::{NonResponders, TrialPractice, VirtualPatients};
use crate::error::{Error, Result};
use crate::files::{Carried, FileKind, Section, hash, read_toml};
use crate::model::{
    Entry, MODEL_ENDING, POPULATIONS, ParameterSet, Symbol, TEXT_NAMES, Variant, parameter_set,
    read_entry,
};
use std::path::Path;

/// The virtual patients that the program carries.
const SHIPPED: Carried = Carried {
    kind: "set of virtual patients",
    folder: "parameters",
    names: &[
        "patients_start",
        "patients_covariates",
        "calibrated_a",
        "calibrated_b",
        "calibrated_c",
        "calibrated_d",
    ],
};

impl VirtualPatients {
    /// The names of the virtual patients that the program carries.
    pub fn shipped() -> impl Iterator<Item = &'static str> {
        SHIPPED.names.iter().copied()
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
        let is_text = name.ends_with(MODEL_ENDING) || TEXT_NAMES.contains(&name);
        if let Some(patients) = is_text.then(|| Self::of_model(name, None)).transpose()?.flatten() {
            return Ok(patients);
        }
        let (path, text) = SHIPPED.or_file(Path::new(name))?;
        Self::read(&path, &text)
    }

    /// Reads `text`, the content of `path`.
    ///
    /// # Errors
    /// Every problem of the file with its line.
    pub fn read(path: &Path, text: &str) -> Result<Self> {
        FileKind::Patients.require(path, text)?;
        let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let folder = path.parent().unwrap_or(Path::new(""));
        read_toml(path, text, |root| {
            let patients = read_patients(id, hash(text.as_bytes()), folder, root)?;
            if !root.is_sound("") {
                return None;
            }
            let variants = patients.variant.map_or_else(|| Variant::ALL.to_vec(), |own| vec![own]);
            let loadings = |variant: &Variant| patients.loadings(&patients.spreads(*variant)).err();
            let drawn = |variant: &Variant| patients.generator(*variant, 0).err();
            if let Some(error) = variants.iter().find_map(loadings) {
                root.problem("correlations", error.to_string());
            } else if let Some(error) = variants.iter().find_map(drawn) {
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
    let variant = root
        .optional_text("variant")
        .map(|text| text.parse().map_err(|e: Error| root.problem("variant", e.to_string())).ok());
    let set = model.zip(population).and_then(|(model, population)| {
        let set = parameter_set(&model, population);
        set.map_err(|error| root.problem("model", error.to_string())).ok()
    });
    let symbols = set.as_ref().map_or(&[][..], ParameterSet::symbols);
    let typical = root.tables("typical", |name, section| read_entry(name, section, symbols));
    let around = Around { set: set.clone(), entries: typical.clone() };
    let spreads = root.tables("variability", |name, section| spread(name, section, &around));
    let of_variants =
        root.tables("variants", |name, section| of_variant(name, section, symbols, &around));
    let correlations = correlations(root);
    let covariates = root.tables("covariates", |name, section| covariate(name, section, symbols));
    let table = table(root, folder, (&covariates, symbols));
    let drawn = covariates.iter().map(|covariate| &covariate.name);
    let names: Vec<&String> = drawn.chain(table.iter().flat_map(Table::names)).collect();
    // A covariate that could not be read has a name all the same.
    let is_known = root.is_sound("covariates") && root.is_sound("covariate_table");
    let effects = root.list("effects", |s| effect(s, symbols, is_known.then_some(&names)));
    let non_responders = root.table("non_responders", |section| non_responders(section, symbols));
    let practice = root.tables("practice", |trial, section| Some(practice(trial, section)));
    // How the numbers came about, for readers.
    let calibrated = root.table("calibration", calibrated);
    let count_error = root.required_table("count_error", count_error);
    Some(VirtualPatients {
        id,
        title: title?,
        model: set?.model.to_string(),
        population: population?,
        variant: variant.flatten(),
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

/// What is different in one structural variant.
fn of_variant(
    name: &str,
    section: &Section<'_>,
    symbols: &[Symbol],
    around: &Around,
) -> Option<(Variant, Vec<Entry>, Vec<Spread>)> {
    let variant = name.parse::<Variant>().map_err(|e| section.problem("", e.to_string())).ok();
    let typical = section.tables("typical", |name, entry| read_entry(name, entry, symbols));
    let around = around.in_variant(variant, &typical);
    let spreads = section.tables("variability", |name, entry| spread(name, entry, &around));
    Some((variant?, typical, spreads))
}

fn non_responders(section: &Section<'_>, symbols: &[Symbol]) -> Option<NonResponders> {
    let (share, symbol) = (section.share("share"), section.text("symbol"));
    let factor = section.positive("factor");
    must_exist(section, symbol.as_deref(), symbols);
    Some(NonResponders { share: share?, symbol: symbol?, factor: factor? })
}

/// The covariates of real patients, where the file names a table.
fn table(
    root: &Section<'_>,
    folder: &Path,
    (covariates, symbols): (&[Covariate], &[Symbol]),
) -> Option<Table> {
    let name = root.optional_text("covariate_table")?;
    let own: Vec<&str> = covariates.iter().map(|covariate| covariate.name.as_str()).collect();
    let table = Table::read(&folder.join(name), &known_covariates(symbols, &own));
    table.map_err(|error| root.problems_of("covariate_table", &error)).ok()
}

fn practice(trial: &str, section: &Section<'_>) -> TrialPractice {
    let given = |key| section.has(key).then(|| section.share(key)).flatten();
    TrialPractice {
        trial: trial.to_owned(),
        no_transfusion_below: given("no_transfusion_below"),
        transfusion_above: given("transfusion_above"),
        rescue: given("rescue"),
    }
}
