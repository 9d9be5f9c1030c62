//! Parameter files: each number with its unit, source, grade of evidence and status.

use super::catalogue::parameter_set;
use super::parameter_file::read_file;
use super::plausibility::implausible;
use super::text::{TextModel, require_code, text_entries};
use super::{Model, Population, Symbol, Theta, Variant};
use crate::error::{Error, Result};
use crate::files::hash;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

/// How a number came into its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Estimated from data by its source.
    Estimated,
    /// Held constant by its source.
    Fixed,
    /// Computed by the model from other values.
    Derived,
    /// Chosen by this project within what is known.
    Assumed,
    /// A start value that a fit replaces.
    Fitted,
    /// Given by the user.
    Set,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format!("{self:?}").to_lowercase())
    }
}

/// The grades of evidence: A read in the primary, B in a restatement, C machine-extracted,
/// D recalled, calc computed from the others, assumed without a source.
pub(crate) const GRADES: &[(&str, &str)] =
    &[("A", "A"), ("B", "B"), ("C", "C"), ("D", "D"), ("calc", "calc"), ("assumed", "assumed")];

/// One number of a parameter file, with its origin.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Symbol, as in the glossary.
    pub symbol: String,
    /// The value; none where the model derives it.
    pub value: Option<f64>,
    /// Unit; `1` for pure numbers.
    pub unit: String,
    /// How it came into the file.
    pub status: Status,
    /// Grade of evidence: A, B, C, D or calc.
    pub grade: &'static str,
    /// Where it came from.
    pub source: String,
    /// What else to know; empty if nothing.
    pub note: String,
    /// The range that the sources find plausible.
    pub plausible: Option<(f64, f64)>,
    /// The file it stands in; empty until a caller that knows it fills it in.
    pub file: String,
}

impl Entry {
    fn of_file(self, file: &str) -> Self {
        Self { file: file.to_owned(), ..self }
    }
}

/// Everything that a parameter file says, for one population.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterSet {
    /// The model that they belong to.
    pub model: Model,
    /// The work the numbers come from.
    pub citation: String,
    /// Whom they describe.
    pub population: Population,
    /// Structural variant; only the mechanistic model has several.
    pub variant: Variant,
    /// The numbers that the equations use, in the order of the file.
    pub entries: Vec<Entry>,
    /// Numbers that the source reports and the structural equations do not use.
    pub reported: Vec<Entry>,
    /// The files the numbers come from, with their SHA-256.
    pub files: Vec<(String, String)>,
    /// What to warn of: values that are not plausible.
    pub warnings: Vec<String>,
    variants: Vec<(String, Vec<Entry>)>,
}

/// The populations that a file may describe.
pub(crate) const POPULATIONS: &[(&str, Population)] =
    &[("cld", Population::CLD), ("healthy", Population::HEALTHY)];

impl ParameterSet {
    /// Reads the parameters of `model` from `text`, the content of `path`, for `population` or for
    /// the one that the file itself describes. `other` gives the texts of the files that this one includes numbers from.
    ///
    /// # Errors
    /// Every problem of the file with its line; a population that the file does not describe.
    pub fn read(
        model: &Model,
        path: &Path,
        text: &str,
        population: Option<Population>,
        other: impl Fn(&str) -> Option<&'static str>,
    ) -> Result<Self> {
        let file = read_file(path, text, model.symbols())?;
        let mut entries = Vec::new();
        let home = path.display().to_string();
        let mut files = vec![(path.display().to_string(), hash(text.as_bytes()))];
        for (name, wanted) in &file.include {
            let (included, file) = included(name, wanted, &other)?;
            entries.extend(included);
            files.push(file);
        }
        let at_home = |entry: Entry| entry.of_file(&home);
        entries.extend(file.entries.into_iter().map(at_home));
        let population = population.unwrap_or(file.population);
        let populations = [file.population.to_string()].into_iter();
        let populations =
            populations.chain(file.presets.iter().map(|(name, _)| name.clone())).collect();
        let preset = file.presets.into_iter().find(|(name, _)| *name == population.to_string());
        match preset {
            Some((_, preset)) => {
                for entry in preset {
                    replace(&mut entries, at_home(entry));
                }
            }
            None if population == file.population => {}
            None => {
                return Err(Error::NotIn {
                    owner: format!("the model `{model}`"),
                    kind: "population",
                    name: population.to_string(),
                    known: populations,
                });
            }
        }
        Ok(Self {
            model: model.clone(),
            citation: file.citation,
            population,
            variant: Variant::B,
            entries,
            reported: file.reported,
            files,
            warnings: Vec::new(),
            variants: file
                .variants
                .into_iter()
                .map(|(name, own)| (name, own.into_iter().map(at_home).collect()))
                .collect(),
        })
    }

    /// The numbers of a model that was read from a text: as it stands, or with a preset.
    ///
    /// # Errors
    /// A preset that the text does not have.
    pub(super) fn of_text(
        model: &Model,
        text: &TextModel,
        file: (String, String),
        population: Option<Population>,
    ) -> Result<Self> {
        let numbers = |variant: Option<&str>| text_entries(text, variant, population, &file.0);
        let variants =
            text.variants.iter().map(|own| Ok((own.name.clone(), numbers(Some(&own.name))?)));
        let first = text.variants.first().map_or(Variant::B, |own| Variant::named(&own.name));
        Ok(Self {
            model: model.clone(),
            citation: text.citation.text.clone(),
            population: population.unwrap_or(Population::AS_WRITTEN),
            variant: first,
            entries: numbers(None)?,
            reported: Vec::new(),
            warnings: Vec::new(),
            variants: variants.collect::<Result<_>>()?,
            files: vec![file],
        })
    }

    /// The numbers of `model` as its text has them; of a model written in Rust, those of its file.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn of(model: &Model) -> Result<Self> {
        match model.text() {
            Some(text) => {
                let hash = hash(text.text().as_bytes());
                Self::of_text(model, text, (format!("{model}.model"), hash), None)
            }
            None => parameter_set(model.name(), None),
        }
    }

    /// Whether the model has structural variants.
    #[must_use]
    pub fn variants_apply(&self) -> bool {
        !self.variants.is_empty()
    }

    /// The model's name in titles, with the variant where it has several.
    #[must_use]
    pub fn title(&self) -> String {
        if self.variants_apply() {
            format!("{}, variant {}", self.model.title(), self.variant)
        } else {
            self.model.title().to_owned()
        }
    }

    /// What the structural variant assumes, in words; empty where the model has one structure only.
    #[must_use]
    pub fn variant_meaning(&self) -> &'static str {
        let own = self.model.variants().iter().find(|(variant, _)| *variant == self.variant);
        own.map_or("", |(_, meaning)| *meaning)
    }

    /// Chooses a structural variant; one that the model does not have changes nothing. In liver disease
    /// the file's start values of the variant are taken along: at one and the same potency the variants
    /// would describe different drugs.
    pub fn choose_variant(&mut self, variant: Variant) {
        if self.model.variants().iter().all(|(own, _)| *own != variant) {
            return;
        }
        self.variant = variant;
        let own = self.variants.iter().find(|(name, _)| *name == variant.to_string());
        let applies = self.population == Population::CLD || self.model.text().is_some();
        if let (Some((_, entries)), true) = (own.cloned(), applies) {
            for entry in entries {
                replace(&mut self.entries, entry);
            }
        }
    }

    /// The same variant and population with the values of the model's own file.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn of_file(&self) -> Result<Self> {
        let mut set = match self.model.text() {
            Some(text) => {
                let file = self.files.first().cloned().unwrap_or_default();
                Self::of_text(&self.model, text, file, Some(self.population))?
            }
            None => parameter_set(self.model.name(), self.population)?,
        };
        if set.variants_apply() {
            set.choose_variant(self.variant);
        }
        Ok(set)
    }

    /// The entry of `symbol`, if there is one.
    #[must_use]
    pub fn entry(&self, symbol: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.symbol == symbol)
    }

    /// The model's symbols.
    #[must_use]
    pub fn symbols(&self) -> &[Symbol] {
        self.model.symbols()
    }

    /// What `symbol` means.
    ///
    /// # Errors
    /// The model has no such symbol.
    pub fn symbol(&self, symbol: &str) -> Result<Symbol> {
        let found = self.symbols().iter().find(|known| known.name == symbol).copied();
        found.ok_or_else(|| Error::NotIn {
            owner: format!("the model `{}`", self.model),
            kind: "parameter",
            name: symbol.to_owned(),
            known: self.symbols().iter().map(|known| known.name.to_owned()).collect(),
        })
    }

    /// The position of `symbol` among the model's symbols; the number of them where it is none.
    #[must_use]
    pub fn position(&self, symbol: &str) -> usize {
        self.symbols().iter().position(|known| known.name == symbol).unwrap_or(self.symbols().len())
    }

    /// Gives `symbol` the value of the user, and keeps a warning where it is not plausible.
    ///
    /// # Errors
    /// The model has no such symbol, or the value lies outside what it can be.
    pub fn set(&mut self, symbol: &str, value: f64) -> Result<()> {
        self.symbol(symbol)?.check_given(value)?;
        self.doubt(symbol, value);
        self.put(symbol, value)
    }

    /// Warns of a value of `symbol` that is not plausible.
    fn doubt(&mut self, symbol: &str, value: f64) {
        self.warnings.extend(self.entry(symbol).and_then(|own| implausible(own, value)));
    }

    /// Gives `symbol` a value without asking whether it is plausible.
    ///
    /// # Errors
    /// The model has no such symbol, or the value lies outside its range.
    pub(crate) fn put(&mut self, symbol: &str, value: f64) -> Result<()> {
        let known = self.symbol(symbol)?;
        known.check(value)?;
        self.model.text().map_or(Ok(()), |text| require_code(text, symbol, value))?;
        let old = self.entry(symbol);
        let plausible = old.and_then(|entry| entry.plausible);
        let file = old.map(|entry| entry.file.clone()).unwrap_or_default();
        let entry = Entry {
            symbol: symbol.to_owned(),
            value: Some(value),
            unit: known.unit.to_owned(),
            status: Status::Set,
            grade: "-",
            source: "given by the user".to_owned(),
            note: String::new(),
            plausible,
            file,
        };
        replace(&mut self.entries, entry);
        Ok(())
    }

    /// Takes a number of another file in place of its own, and keeps a warning where it is not
    /// plausible.
    pub(crate) fn take(&mut self, entry: Entry) {
        if let Some(value) = entry.value {
            self.doubt(&entry.symbol, value);
        }
        replace(&mut self.entries, entry);
    }

    /// The value of `symbol`.
    ///
    /// # Errors
    /// The model has no such symbol, or derives it.
    pub fn value(&self, symbol: &str) -> Result<f64> {
        self.symbol(symbol)?;
        self.entry(symbol).and_then(|entry| entry.value).ok_or_else(|| Error::Contradiction {
            first: format!("a value of `{symbol}`"),
            second: "the model, which derives it".to_owned(),
            remedy: format!("give `{symbol}` a value"),
        })
    }

    /// The values, ready for [`Model::individual`].
    #[must_use]
    pub fn theta(&self) -> Theta<f64> {
        let values = self.entries.iter().filter_map(|e| Some((e.symbol.clone(), e.value?)));
        Theta::new(values.collect::<BTreeMap<_, _>>(), self.variant)
    }
}

/// The numbers `wanted` of the parameter file called `name`, and that file with its SHA-256.
fn included(
    name: &str,
    wanted: &[String],
    other: &impl Fn(&str) -> Option<&'static str>,
) -> Result<(Vec<Entry>, (String, String))> {
    let path = format!("parameters/{name}.toml");
    let text = other(name).ok_or_else(|| Error::Unknown {
        kind: "parameter file to include",
        name: path.clone(),
        known: Vec::new(),
    })?;
    let file = read_file(Path::new(&path), text, &[])?;
    let missing = wanted.iter().find(|w| file.entries.iter().all(|e| e.symbol != **w));
    if let Some(missing) = missing {
        return Err(Error::NotIn {
            owner: format!("the file `{path}`"),
            kind: "parameter",
            name: missing.clone(),
            known: file.entries.into_iter().map(|entry| entry.symbol).collect(),
        });
    }
    let own = file.entries.into_iter().filter(|e| wanted.contains(&e.symbol));
    let entries = own.map(|entry| entry.of_file(&path)).collect();
    Ok((entries, (path, hash(text.as_bytes()))))
}

fn replace(entries: &mut Vec<Entry>, entry: Entry) {
    match entries.iter_mut().find(|old| old.symbol == entry.symbol) {
        Some(old) => *old = entry,
        None => entries.push(entry),
    }
}
