//! Reads virtual patients from a TOML file.

use super::Spread;
use super::calibrated::calibrated;
use super::covariates::{Covariate, Table, known_covariates};
use super::entries::{Around, correlations, count_error, covariate, effect, must_exist, spread};
use super::virtual_patients::{NonResponders, TrialPractice, VirtualPatients};
use crate::error::{Error, Result};
use crate::files::{Carried, FileKind, Section, hash, read_toml};
use crate::model::{Entry, ParameterSet, Symbol, Variant, named_model, names_text, read_entry};
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

    /// What a file in `folder` means by the patients `name`: the path of a file is relative to that folder.
    #[must_use]
    pub fn beside(folder: &Path, name: &str) -> String {
        let is_file = Path::new(name).extension().is_some();
        if is_file { folder.join(name).display().to_string() } else { name.to_owned() }
    }

    /// The shipped patients called `name`, or those of the file at that path.
    ///
    /// # Errors
    /// Neither exists, or every problem of the file with its line.
    pub fn load(name: &str) -> Result<Self> {
        let of_text = names_text(name).then(|| Self::of_model(name, None)).transpose()?.flatten();
        if let Some(patients) = of_text {
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
            let variants = patients.variants().unwrap_or_default();
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
    let (model, set) = named_model(root, folder).unzip();
    let variant = root.optional_text("variant").map(|text| {
        variant(set.as_ref(), &text).map_err(|rule| root.problem("variant", rule)).ok()
    });
    let symbols = set.as_ref().map_or(&[][..], ParameterSet::symbols);
    let typical = root.tables("typical", |name, section| read_entry(name, section, symbols));
    let around = Around { set: set.clone(), entries: typical.clone() };
    let spreads = root.tables("variability", |name, section| spread(name, section, &around));
    let of_variants = root.tables("variants", |name, section| of_variant(name, section, &around));
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
        model: model?,
        population: set?.population,
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

/// The variant called `name` of the model, where that is known.
fn variant(set: Option<&ParameterSet>, name: &str) -> std::result::Result<Variant, String> {
    let found = match set {
        Some(set) => set.model.variant(name),
        None => name.parse(),
    };
    found.map_err(|error: Error| error.to_string())
}

/// What is different in one structural variant.
fn of_variant(
    name: &str,
    section: &Section<'_>,
    around: &Around,
) -> Option<(Variant, Vec<Entry>, Vec<Spread>)> {
    let variant = variant(around.set.as_ref(), name).map_err(|rule| section.problem("", rule)).ok();
    let typical =
        section.tables("typical", |name, entry| read_entry(name, entry, around.symbols()));
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
        drug_difference: section.optional_number("drug_difference"),
        transfusion_above: given("transfusion_above"),
        no_procedure: given("no_procedure"),
        rescue: given("rescue"),
    }
}
