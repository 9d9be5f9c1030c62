//! Virtual patients: who they are, and the numbers of each of them.

use super::covariates::{Covariate, Table};
use super::{Calibrated, CountError, Distribution, Generator, Variability};
use crate::error::{Error, Result};
use crate::model::{Entry, ParameterSet, Population, Variant, parameter_set};
use nalgebra::DMatrix;

/// A parameter that differs between patients, with its origin.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// The parameter.
    pub symbol: String,
    /// How it is spread.
    pub distribution: Distribution,
    /// Grade of evidence.
    pub grade: &'static str,
    /// Where it comes from.
    pub source: String,
}

/// A correlation between two parameters, on the scale of the standard normal numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Correlation {
    /// The two symbols.
    pub between: [String; 2],
    /// Correlation, in (−1, 1).
    pub value: f64,
}

/// How a covariate changes a parameter: the typical value is multiplied by a factor.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// The parameter.
    pub symbol: String,
    /// The covariate.
    pub covariate: String,
    /// The factor as a function of the covariate.
    pub form: EffectForm,
    /// Grade of evidence.
    pub grade: &'static str,
    /// Where it comes from.
    pub source: String,
}

/// The factor on a parameter as a function of a covariate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum EffectForm {
    /// (covariate/reference)^exponent.
    Power {
        /// The covariate of the typical patient.
        reference: f64,
        /// The exponent.
        exponent: f64,
    },
    /// A constant factor where the covariate is at least a level.
    Factor {
        /// The level.
        from: f64,
        /// The factor.
        factor: f64,
    },
}

impl EffectForm {
    /// The factor at a value of the covariate.
    pub(crate) fn factor(self, covariate: f64) -> f64 {
        match self {
            Self::Power { reference, exponent } => {
                crate::numeric::powf(covariate / reference, exponent)
            }
            Self::Factor { from, factor } => {
                if covariate >= from {
                    factor
                } else {
                    1.0
                }
            }
        }
    }
}

/// Patients in whom the drug does not act as in the others.
#[derive(Debug, Clone, PartialEq)]
pub struct NonResponders {
    /// Their share.
    pub share: f64,
    /// The parameter in which they differ, such as `kc`.
    pub symbol: String,
    /// The factor on it.
    pub factor: f64,
}

/// Practice in a trial, all arms: what is not given stays as the protocol's file says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TrialPractice {
    /// The trial.
    pub trial: String,
    /// P(no transfusion | pre-procedure count below the threshold).
    pub no_transfusion_below: Option<f64>,
    /// By how much the logit of that differs in arms with drug.
    pub drug_difference: Option<f64>,
    /// P(transfusion | pre-procedure count at or above the threshold).
    pub transfusion_above: Option<f64>,
    /// P(the procedure does not take place).
    pub no_procedure: Option<f64>,
    /// P(rescue therapy for bleeding).
    pub rescue: Option<f64>,
}

/// Everything about a population of virtual patients.
#[derive(Debug, Clone, PartialEq)]
pub struct VirtualPatients {
    /// Name of the file, without its ending.
    pub id: String,
    /// Who they are, in words.
    pub title: String,
    /// The model: its name, or the path of its file.
    pub model: String,
    /// Whom the model's parameters describe.
    pub population: Population,
    /// The only variant that the numbers belong to, if they do.
    pub variant: Option<Variant>,
    /// Typical values that differ from the model's own.
    pub typical: Vec<Entry>,
    /// What differs between patients.
    pub spreads: Vec<Spread>,
    /// Typical values and spreads of the structural variants, which replace those above.
    pub of_variants: Vec<(Variant, Vec<Entry>, Vec<Spread>)>,
    /// Correlations.
    pub correlations: Vec<Correlation>,
    /// Covariates.
    pub covariates: Vec<Covariate>,
    /// Real patients' covariates, rows of which are drawn.
    pub table: Option<Table>,
    /// What covariates do.
    pub effects: Vec<Effect>,
    /// A mixture: patients who do not respond.
    pub non_responders: Option<NonResponders>,
    /// How counts are measured.
    pub count_error: CountError,
    /// Practice in trials, where it was calibrated.
    pub practice: Vec<TrialPractice>,
    /// The calibration that they come from, if they do.
    pub calibrated: Option<Calibrated>,
    /// SHA-256 of the file.
    pub sha256: String,
}

impl VirtualPatients {
    /// The typical patient in a structural variant.
    ///
    /// # Errors
    /// A parameter that the model does not have, or numbers that belong to another variant.
    pub fn typical_patient(&self, variant: Variant) -> Result<ParameterSet> {
        if let Some(own) = self.variant.filter(|own| *own != variant) {
            return Err(Error::Contradiction {
                first: format!("variant {variant}"),
                second: format!(
                    "the patients `{}`, whose numbers belong to variant {own}",
                    self.id
                ),
                remedy: format!("choose variant {own}, or other patients"),
            });
        }
        let mut set = parameter_set(&self.model, self.population)?;
        if set.variants_apply() {
            set.choose_variant(variant);
        }
        let own = self.of_variants.iter().filter(|(of, ..)| *of == variant);
        self.typical.iter().chain(own.flat_map(|(_, entries, _)| entries)).try_for_each(
            |entry| {
                set.symbol(&entry.symbol)?;
                set.take(Entry { file: self.file_name(), ..entry.clone() });
                Ok::<(), Error>(())
            },
        )?;
        // Patients whom a text describes have no file of their own.
        if set.files.iter().all(|(_, sha256)| *sha256 != self.sha256) {
            set.files.push((self.file_name(), self.sha256.clone()));
        }
        Ok(set)
    }

    /// The structural variants in which they can be simulated: their own, or those of the model.
    ///
    /// # Errors
    /// The model cannot be read.
    pub fn variants(&self) -> Result<Vec<Variant>> {
        if let Some(own) = self.variant {
            return Ok(vec![own]);
        }
        let set = parameter_set(&self.model, self.population)?;
        let known: Vec<Variant> = set.model.variants().iter().map(|(own, _)| *own).collect();
        Ok(if known.is_empty() { vec![set.variant] } else { known })
    }

    /// Whether their model is a text.
    ///
    /// # Errors
    /// The model cannot be read.
    pub fn are_of_text(&self) -> Result<bool> {
        Ok(parameter_set(&self.model, self.population)?.model.text().is_some())
    }

    /// The structural variant of their model that is called `name`.
    ///
    /// # Errors
    /// There is none.
    pub fn variant_named(&self, name: &str) -> Result<Variant> {
        parameter_set(&self.model, self.population)?.model.variant(name)
    }

    fn file_name(&self) -> String {
        format!("{}.toml", self.id)
    }

    /// The same patients around another typical value, in every variant.
    ///
    /// # Errors
    /// The model has no such parameter, or the value lies outside its range.
    pub fn with_typical(mut self, symbol: &str, value: f64) -> Result<Self> {
        let mut set = parameter_set(&self.model, self.population)?;
        set.set(symbol, value)?;
        let others = |entry: &Entry| entry.symbol != symbol;
        self.typical.retain(others);
        self.of_variants.iter_mut().for_each(|(_, entries, _)| entries.retain(others));
        self.typical.extend(set.entry(symbol).cloned());
        Ok(self)
    }

    /// The same patients with another size of the text that is their model.
    ///
    /// # Errors
    /// The model has no such size, or it lies outside 1 to 2000.
    pub fn with_size(self, name: &str, size: usize) -> Result<Self> {
        parameter_set(&self.model, self.population)?.model.require_size(name)?;
        self.with_typical(name, size as f64)
    }

    /// The same patients with another log-normal spread of a parameter, in every variant.
    ///
    /// # Errors
    /// The model has no such parameter.
    pub fn with_variability(mut self, variability: &Variability) -> Result<Self> {
        let Variability { symbol, omega } = variability;
        parameter_set(&self.model, self.population)?.symbol(symbol)?;
        let others = |spread: &Spread| spread.symbol != *symbol;
        self.spreads.retain(others);
        self.of_variants.iter_mut().for_each(|(.., spreads)| spreads.retain(others));
        self.spreads.push(Spread {
            symbol: symbol.clone(),
            distribution: Distribution::LogNormal { omega: *omega },
            grade: "",
            source: "given for this run".to_owned(),
        });
        Ok(self)
    }

    /// The title with the variant in which they are simulated, once.
    #[must_use]
    pub fn title_in(&self, variant: Variant) -> String {
        match self.variant {
            Some(_) => self.title.clone(),
            None => format!("{}, variant {variant}", self.title),
        }
    }

    /// Refuses patients whose effects use simulated covariates, where records give the covariates.
    ///
    /// # Errors
    /// They have such effects.
    pub fn require_no_effects(&self) -> Result<()> {
        if self.effects.is_empty() {
            return Ok(());
        }
        Err(Error::Contradiction {
            first: "records, which give the covariates".to_owned(),
            second: format!("the patients `{}`, whose effects use simulated covariates", self.id),
            remedy: "write the effects into a model file".to_owned(),
        })
    }

    /// The names of the covariates, drawn or from a table.
    pub fn covariate_names(&self) -> impl Iterator<Item = &str> {
        let of_table = self.table.iter().flat_map(|table| table.names.iter().map(String::as_str));
        self.covariates.iter().map(|covariate| covariate.name.as_str()).chain(of_table)
    }

    /// What differs between the patients of a structural variant.
    #[must_use]
    pub fn spreads(&self, variant: Variant) -> Vec<Spread> {
        let mut spreads = self.spreads.clone();
        let own = self.of_variants.iter().filter(|(of, ..)| *of == variant);
        for spread in own.flat_map(|(.., spreads)| spreads) {
            match spreads.iter_mut().find(|old| old.symbol == spread.symbol) {
                Some(old) => *old = spread.clone(),
                None => spreads.push(spread.clone()),
            }
        }
        spreads
    }

    /// The patients of a structural variant, ready to be drawn with `seed`.
    ///
    /// # Errors
    /// A symbol or covariate that does not exist, correlations that contradict each other.
    pub fn generator(&self, variant: Variant, seed: u64) -> Result<Generator> {
        Generator::new(self, variant, seed)
    }

    /// The lower triangle L with L Lᵀ = correlation matrix: correlated numbers are L times
    /// independent ones (V4).
    pub(super) fn loadings(&self, spreads: &[Spread]) -> Result<Vec<Vec<f64>>> {
        let n = spreads.len();
        let mut matrix = DMatrix::<f64>::identity(n, n);
        for Correlation { between, value } in &self.correlations {
            let position = |symbol: &String| {
                spreads.iter().position(|s| s.symbol == *symbol).ok_or_else(|| Error::Unknown {
                    kind: "correlated parameter",
                    name: symbol.clone(),
                    known: spreads.iter().map(|s| s.symbol.clone()).collect(),
                })
            };
            let (i, j) = (position(&between[0])?, position(&between[1])?);
            matrix[(i, j)] = *value;
            matrix[(j, i)] = *value;
        }
        let factor = matrix.cholesky().ok_or_else(|| Error::Contradiction {
            first: "the correlations".to_owned(),
            second: "each other: their matrix is not positive definite".to_owned(),
            remedy: "make them smaller".to_owned(),
        })?;
        let lower = factor.l();
        Ok((0..n).map(|i| (0..=i).map(|j| lower[(i, j)]).collect()).collect())
    }
}
