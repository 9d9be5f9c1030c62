//! How patients differ, as far as the other tools can express it.

mod notes;
mod residual;
#[cfg(test)]
mod tests;
mod write;

pub(super) use residual::Residual;
pub(super) use write::{Names, quoted};

use super::equations::Equations;
use crate::error::{Error, Result};
use crate::model::ParameterSet;
use crate::population::{CountError, Distribution, Effect, Law, VirtualPatients};

/// A parameter with a random effect.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Random {
    pub(super) symbol: String,
    /// Its typical value.
    pub(super) typical: f64,
    pub(super) distribution: Distribution,
}

impl Random {
    /// The standard deviation of the random effect.
    pub(super) fn sd(&self) -> f64 {
        sd(self.distribution)
    }

    /// Whether the logarithm of the parameter is what is written with a random effect added.
    pub(super) fn is_on_log_scale(&self) -> bool {
        matches!(self.distribution, Distribution::LogNormal { .. }) && self.typical > 0.0
    }
}

fn sd(distribution: Distribution) -> f64 {
    match distribution {
        Distribution::LogNormal { omega } | Distribution::LogitNormal { omega, .. } => omega,
        Distribution::Normal { sd } | Distribution::TruncatedNormal { sd, .. } => sd,
    }
}

/// A covariate, which is a column of data.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Known {
    pub(super) name: String,
    /// That of the patient of the example.
    pub(super) value: f64,
    pub(super) unit: String,
    pub(super) source: String,
}

/// What differs between the patients of an exported model.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Variation {
    /// The random effects: those that are correlated stand together.
    pub(super) random: Vec<Random>,
    /// The sizes of the blocks of correlated random effects, in their order.
    pub(super) blocks: Vec<usize>,
    /// The covariance matrix of the random effects.
    pub(super) covariance: Vec<Vec<f64>>,
    /// What covariates do.
    pub(super) effects: Vec<Effect>,
    /// The covariates that effects or equations need.
    pub(super) covariates: Vec<Known>,
    /// The residual error of the count, 10⁹/L.
    pub(super) count: Residual,
    /// The residual error of the concentration, ng/mL.
    pub(super) conc: Residual,
    /// What cannot be written, and what differs in the text from the patients.
    pub(super) notes: Vec<String>,
}

impl Variation {
    /// What of the differences between `patients` the equations of `set` can be exported with.
    ///
    /// # Errors
    /// A typical value at the end of its distribution, correlations that contradict each other, a
    /// text that cannot be read.
    pub(super) fn new(
        set: &ParameterSet,
        patients: &VirtualPatients,
        equations: &Equations,
    ) -> Result<Self> {
        let used = equations.parameters_used();
        let is_used = |symbol: &str| {
            equations.parameters.iter().zip(&used).any(|(p, used)| *used && p.name == symbol)
        };
        let mut random = Vec::new();
        for spread in patients.spreads(set.variant) {
            if is_used(&spread.symbol) && sd(spread.distribution) > 0.0 {
                let typical = set.value(&spread.symbol)?;
                let (symbol, distribution) = (spread.symbol, spread.distribution);
                random.push(admitted(Random { symbol, typical, distribution })?);
            }
        }
        let (random, blocks) = in_blocks(random, patients);
        let effects = patients.effects.iter().filter(|effect| is_used(&effect.symbol));
        let CountError { proportional, additive, .. } = patients.count_error;
        let mut found = Self {
            covariance: covariance(&random, patients),
            random,
            blocks,
            effects: effects.cloned().collect(),
            count: Residual { proportional, additive },
            ..Self::default()
        };
        let sheet = residual::sheet_of(set)?;
        found.conc = sheet
            .as_ref()
            .map_or_else(Residual::default, |own| residual::of_concentration(set, own));
        found.covariates = found.known(set, patients, is_used)?;
        found.notes = notes::notes((set, sheet.as_ref()), patients, &found, is_used);
        Ok(found)
    }

    /// The covariates that effects or equations need.
    fn known(
        &self,
        set: &ParameterSet,
        patients: &VirtualPatients,
        is_used: impl Fn(&str) -> bool,
    ) -> Result<Vec<Known>> {
        let of_text = set.model.text().into_iter().flat_map(|text| &text.covariates);
        let of_text: Vec<&str> = of_text.map(|covariate| covariate.name.as_str()).collect();
        let mut known: Vec<Known> = Vec::new();
        for name in of_text.into_iter().chain(patients.covariate_names()) {
            let has_effect = self.effects.iter().any(|effect| effect.covariate == name);
            let is_new = known.iter().all(|known| known.name != name);
            if is_new && (has_effect || is_used(name)) {
                known.push(covariate(set, patients, name)?);
            }
        }
        Ok(known)
    }

    /// Whether patients do not differ, and measurements are exact.
    pub(super) fn is_empty(&self) -> bool {
        self.random.is_empty() && self.effects.is_empty() && !self.has_residual()
    }

    /// Whether measured counts or concentrations differ from true ones.
    pub(super) fn has_residual(&self) -> bool {
        self.count.is_there() || self.conc.is_there()
    }

    /// The random effect of a parameter.
    pub(super) fn random_of(&self, symbol: &str) -> Option<&Random> {
        self.random.iter().find(|random| random.symbol == symbol)
    }

    /// Whether a parameter differs between patients.
    pub(super) fn varies(&self, symbol: &str) -> bool {
        self.random_of(symbol).is_some() || self.effects.iter().any(|own| own.symbol == symbol)
    }

    /// Whether a parameter of the model is a covariate of its patients.
    pub(super) fn is_covariate(&self, symbol: &str) -> bool {
        self.covariates.iter().any(|known| known.name == symbol)
    }

    /// The random effects in runs: those of a block of several, and those that stand alone.
    pub(super) fn runs(&self) -> Vec<std::ops::Range<usize>> {
        let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
        let mut start = 0;
        let mut was_alone = false;
        for size in &self.blocks {
            let end = start + size;
            match runs.last_mut() {
                Some(last) if was_alone && *size == 1 => last.end = end,
                _ => runs.push(start..end),
            }
            was_alone = *size == 1;
            start = end;
        }
        runs
    }

    /// Whether a run of [`Self::runs`] is a block of correlated random effects.
    pub(super) fn is_block(&self, run: &std::ops::Range<usize>) -> bool {
        run.clone().any(|i| run.clone().any(|j| i != j && self.covariance[i][j] != 0.0))
    }
}

/// Refuses a typical value from which the others cannot be reached.
fn admitted(random: Random) -> Result<Random> {
    if let Distribution::LogitNormal { lower, upper, .. } = random.distribution
        && (random.typical <= lower || random.typical >= upper)
    {
        return Err(Error::OutOfRange {
            symbol: random.symbol,
            value: random.typical,
            unit: "its unit".to_owned(),
            range: format!("({lower}, {upper}), between which it is logit-normal"),
        });
    }
    Ok(random)
}

/// The correlation of two parameters.
fn correlation(patients: &VirtualPatients, a: &str, b: &str) -> f64 {
    let is_pair = |[c, d]: &[String; 2]| (c == a && d == b) || (c == b && d == a);
    let found = patients.correlations.iter().rev().find(|own| is_pair(&own.between));
    found.map_or(0.0, |own| own.value)
}

/// The random effects so that those that are correlated stand together, with the sizes of their blocks.
fn in_blocks(mut left: Vec<Random>, patients: &VirtualPatients) -> (Vec<Random>, Vec<usize>) {
    let (mut ordered, mut sizes): (Vec<Random>, Vec<usize>) = (Vec::new(), Vec::new());
    while !left.is_empty() {
        let start = ordered.len();
        ordered.push(left.remove(0));
        let mut looked_at = start;
        while let Some(symbol) = ordered.get(looked_at).map(|random| random.symbol.clone()) {
            let is_tied =
                |other: &Random| correlation(patients, &symbol, &other.symbol).abs() > 0.0;
            let (tied, rest): (Vec<_>, Vec<_>) = left.into_iter().partition(is_tied);
            ordered.extend(tied);
            left = rest;
            looked_at += 1;
        }
        sizes.push(ordered.len() - start);
    }
    (ordered, sizes)
}

fn covariance(random: &[Random], patients: &VirtualPatients) -> Vec<Vec<f64>> {
    let between = |i: usize, j: usize| {
        let (a, b) = (&random[i], &random[j]);
        let r = if i == j { 1.0 } else { correlation(patients, &a.symbol, &b.symbol) };
        r * a.sd() * b.sd()
    };
    let all = 0..random.len();
    all.clone().map(|i| all.clone().map(|j| between(i, j)).collect()).collect()
}

/// A covariate of the patient of the example: its typical or most frequent value.
fn covariate(set: &ParameterSet, patients: &VirtualPatients, name: &str) -> Result<Known> {
    let own = patients.covariates.iter().find(|covariate| covariate.name == name);
    let entry = set.entry(name);
    let value = match own.map(|covariate| &covariate.law) {
        _ if entry.is_some_and(|entry| entry.value.is_some()) => set.value(name)?,
        Some(Law::Fixed(value) | Law::Spread { typical: value, .. }) => *value,
        Some(Law::Choice { values, shares }) => most_frequent(values, shares),
        // Rows of a table have no typical one: that of the first patient stands.
        None => {
            let generator = patients.generator(set.variant, super::simulated::SEED)?;
            let first = generator.patient(0);
            generator.covariate(&first, name).unwrap_or(f64::NAN)
        }
    };
    let unit = own.map(|covariate| covariate.unit.clone());
    let source = own.map(|covariate| covariate.source.clone());
    Ok(Known {
        name: name.to_owned(),
        value,
        unit: unit.or_else(|| entry.map(|e| e.unit.clone())).unwrap_or_else(|| "1".to_owned()),
        source: source.or_else(|| entry.map(|e| e.source.clone())).unwrap_or_default(),
    })
}

fn most_frequent(values: &[f64], shares: &[f64]) -> f64 {
    let pairs = values.iter().zip(shares);
    let most = pairs.fold(
        (f64::NAN, 0.0),
        |best, (value, share)| {
            if *share > best.1 { (*value, *share) } else { best }
        },
    );
    most.0
}
