//! Parameter files: each number with its unit, source, grade of evidence and status.

use super::{Model, Symbol, Theta, Variant};
use crate::error::{Error, Result, choose};
use crate::files::{Section, hash, read_toml};
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

/// The statuses that a file may name.
const STATUSES: &[(&str, Status)] = &[
    ("estimated", Status::Estimated),
    ("fixed", Status::Fixed),
    ("derived", Status::Derived),
    ("assumed", Status::Assumed),
    ("fitted", Status::Fitted),
];

/// The grades of evidence: A read in the primary, B in a restatement, C machine-extracted,
/// D recalled, calc computed from the others.
pub(crate) const GRADES: &[(&str, &str)] =
    &[("A", "A"), ("B", "B"), ("C", "C"), ("D", "D"), ("calc", "calc")];

/// Whom the parameters describe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Population {
    /// Chronic liver disease with thrombocytopenia.
    #[default]
    Cld,
    /// Healthy volunteers.
    Healthy,
}

impl fmt::Display for Population {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cld => "cld",
            Self::Healthy => "healthy",
        })
    }
}

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
}

/// Everything that a parameter file says, for one population.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterSet {
    /// Name of the model.
    pub model: &'static str,
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
    symbols: Vec<Symbol>,
    variants: Vec<(String, Vec<Entry>)>,
}

/// The populations that a file may describe.
pub(crate) const POPULATIONS: &[(&str, Population)] =
    &[("cld", Population::Cld), ("healthy", Population::Healthy)];
/// The variants that a file may have start values for.
const VARIANTS: [&str; 4] = ["A", "B", "C", "D"];

/// What a parameter file says, before a population is chosen.
#[derive(Debug, Clone)]
struct File {
    citation: String,
    population: Population,
    include: Vec<(String, Vec<String>)>,
    entries: Vec<Entry>,
    presets: Vec<(String, Vec<Entry>)>,
    variants: Vec<(String, Vec<Entry>)>,
    reported: Vec<Entry>,
}

impl ParameterSet {
    /// Reads the parameters of model `M` from `text`, the content of `path`, for `population` or for
    /// the one that the file itself describes. `other` gives the texts of the files that this one includes numbers from.
    ///
    /// # Errors
    /// Every problem of the file with its line; a population that the file does not describe.
    pub fn read<M: Model>(
        path: &Path,
        text: &str,
        population: Option<Population>,
        other: impl Fn(&str) -> Option<&'static str>,
    ) -> Result<Self> {
        let symbols = M::symbols();
        let file = read_file(path, text, &symbols)?;
        let mut entries = Vec::new();
        let mut files = vec![(path.display().to_string(), hash(text.as_bytes()))];
        for (name, wanted) in &file.include {
            let included_path = format!("parameters/{name}.toml");
            let text = other(name).ok_or_else(|| Error::Unknown {
                kind: "parameter file to include",
                name: included_path.clone(),
                known: Vec::new(),
            })?;
            let included = read_file(Path::new(&included_path), text, &[])?;
            let missing = wanted.iter().find(|w| included.entries.iter().all(|e| e.symbol != **w));
            if let Some(missing) = missing {
                return Err(Error::NotIn {
                    owner: format!("the file `{included_path}`"),
                    kind: "parameter",
                    name: missing.clone(),
                    known: included.entries.into_iter().map(|entry| entry.symbol).collect(),
                });
            }
            files.push((included_path, hash(text.as_bytes())));
            entries.extend(included.entries.into_iter().filter(|e| wanted.contains(&e.symbol)));
        }
        entries.extend(file.entries);
        let population = population.unwrap_or(file.population);
        let preset = file.presets.into_iter().find(|(name, _)| *name == population.to_string());
        match preset {
            Some((_, preset)) => {
                for entry in preset {
                    replace(&mut entries, entry);
                }
            }
            None if population == file.population => {}
            None => {
                return Err(Error::Contradiction {
                    first: format!("population {population}"),
                    second: format!(
                        "the model {}, which describes {} only",
                        M::NAME,
                        file.population
                    ),
                    remedy: "leave the population away".to_owned(),
                });
            }
        }
        Ok(Self {
            model: M::NAME,
            citation: file.citation,
            population,
            variant: Variant::B,
            entries,
            reported: file.reported,
            files,
            symbols,
            variants: file.variants,
        })
    }

    /// Whether the model has structural variants.
    #[must_use]
    pub fn variants_apply(&self) -> bool {
        !self.variants.is_empty()
    }

    /// Chooses a structural variant. In liver disease the file's start values of the variant are
    /// taken along: at one and the same potency the variants would describe different drugs.
    pub fn choose_variant(&mut self, variant: Variant) {
        self.variant = variant;
        let own = self.variants.iter().find(|(name, _)| *name == variant.to_string());
        if let (Some((_, entries)), Population::Cld) = (own.cloned(), self.population) {
            for entry in entries {
                replace(&mut self.entries, entry);
            }
        }
    }

    /// The entry of `symbol`, if there is one.
    #[must_use]
    pub fn entry(&self, symbol: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.symbol == symbol)
    }

    /// The model's symbols.
    #[must_use]
    pub fn symbols(&self) -> &[Symbol] {
        &self.symbols
    }

    /// What `symbol` means.
    ///
    /// # Errors
    /// The model has no such symbol.
    pub fn symbol(&self, symbol: &str) -> Result<Symbol> {
        let found = self.symbols.iter().find(|known| known.name == symbol).copied();
        found.ok_or_else(|| Error::NotIn {
            owner: format!("the model `{}`", self.model),
            kind: "parameter",
            name: symbol.to_owned(),
            known: self.symbols.iter().map(|known| known.name.to_owned()).collect(),
        })
    }

    /// The position of `symbol` among the model's symbols; the number of them where it is none.
    #[must_use]
    pub fn position(&self, symbol: &str) -> usize {
        self.symbols.iter().position(|known| known.name == symbol).unwrap_or(self.symbols.len())
    }

    /// Gives `symbol` the value of the user.
    ///
    /// # Errors
    /// The model has no such symbol, or the value lies outside its range.
    pub fn set(&mut self, symbol: &str, value: f64) -> Result<()> {
        let known = self.symbol(symbol)?;
        known.check(value)?;
        let plausible = self.entry(symbol).and_then(|entry| entry.plausible);
        let entry = Entry {
            symbol: symbol.to_owned(),
            value: Some(value),
            unit: known.unit.to_owned(),
            status: Status::Set,
            grade: "-",
            source: "given by the user".to_owned(),
            note: String::new(),
            plausible,
        };
        replace(&mut self.entries, entry);
        Ok(())
    }

    /// Takes a number of another file in place of its own.
    pub(crate) fn take(&mut self, entry: Entry) {
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
            remedy: format!("set it with --set {symbol}=..."),
        })
    }

    /// The values, ready for [`Model::individual`].
    #[must_use]
    pub fn theta(&self) -> Theta<f64> {
        let values = self.entries.iter().filter_map(|e| Some((e.symbol.clone(), e.value?)));
        Theta::new(values.collect::<BTreeMap<_, _>>(), self.variant)
    }
}

fn replace(entries: &mut Vec<Entry>, entry: Entry) {
    match entries.iter_mut().find(|old| old.symbol == entry.symbol) {
        Some(old) => *old = entry,
        None => entries.push(entry),
    }
}

fn read_file(path: &Path, text: &str, symbols: &[Symbol]) -> Result<File> {
    read_toml(path, text, |root| {
        root.schema(1);
        let citation = root.text("citation");
        let population = root.choice("population", POPULATIONS);
        let include = root
            .tables("include", |name, section| Some((name.to_owned(), section.texts("symbols")?)));
        let entries = root.tables("parameters", |name, section| entry(name, section, symbols));
        let group = |name: &str, section: &Section<'_>| {
            let read = |symbol| section.table(symbol, |table| entry(symbol, table, symbols));
            Some((name.to_owned(), section.keys().filter_map(read).collect()))
        };
        let among = |known: &'static [&str]| {
            move |name: &str, section: &Section<'_>| {
                if !known.contains(&name) {
                    section.problem(
                        "",
                        format!("is unknown here: choose one of {}", known.join(", ")),
                    );
                }
                group(name, section)
            }
        };
        let presets = root.tables("presets", among(&["cld", "healthy"]));
        let variants = root.tables("variants", among(&VARIANTS));
        let reported = root.tables("reported", |name, section| entry(name, section, &[]));
        Some(File {
            citation: citation?,
            population: population?,
            include,
            entries,
            presets,
            variants,
            reported,
        })
    })
}

/// Reads one entry. With `symbols` given, the name, the unit and the range are checked.
pub(crate) fn entry(name: &str, section: &Section<'_>, symbols: &[Symbol]) -> Option<Entry> {
    let value = section.optional_number("value");
    let unit = section.text("unit");
    let status = section.choice("status", STATUSES);
    let grade = section.choice("grade", GRADES);
    let source = section.text("source");
    let note = section.optional_text("note").unwrap_or_default();
    let plausible = section.optional_numbers("plausible");
    if !symbols.is_empty() {
        check(name, section, symbols, value, unit.as_deref());
    }
    if value.is_none() && status != Some(Status::Derived) {
        section.problem("value", "is missing: only a derived number may be without");
    }
    let plausible = match plausible.as_deref() {
        None => None,
        Some([low, high]) if low < high => Some((*low, *high)),
        Some(_) => {
            section.problem("plausible", "must be two numbers, the lower first");
            None
        }
    };
    Some(Entry {
        symbol: name.to_owned(),
        value,
        unit: unit?,
        status: status?,
        grade: grade?,
        source: source?,
        note,
        plausible,
    })
}

fn check(
    name: &str,
    section: &Section<'_>,
    symbols: &[Symbol],
    value: Option<f64>,
    unit: Option<&str>,
) {
    let Some(symbol) = symbols.iter().find(|symbol| symbol.name == name) else {
        let known: Vec<_> = symbols.iter().map(|symbol| symbol.name).collect();
        section.problem("", format!("is not a symbol of this model{}", choose(name, &known)));
        return;
    };
    if unit.is_some_and(|unit| unit != symbol.unit) {
        section.problem("unit", format!("must be \"{}\": convert the value", symbol.unit));
    }
    if let Some(value) = value.filter(|value| !symbol.range.contains(*value)) {
        section.problem("value", format!("= {value} is outside {}", symbol.range));
    }
}
