//! Draws virtual patients one by one.

use super::covariates::Covariates;
use super::virtual_patients::EffectForm;
use super::{Distribution, QuasiRandom, Streams, VirtualPatients};
use crate::error::{Error, Result};
use crate::model::{ParameterSet, Range, Theta, Variant};

/// A source of virtual patients: patient number 7 is always the same.
#[derive(Debug, Clone)]
pub struct Generator {
    /// The typical patient.
    pub set: ParameterSet,
    seed: u64,
    /// What differs: spread parameters first, then those that only effects or the mixture touch.
    symbols: Vec<String>,
    typical: Vec<f64>,
    ranges: Vec<Range>,
    spreads: Vec<(Distribution, Streams)>,
    /// Row by row the lower triangle of (V4).
    loadings: Vec<Vec<f64>>,
    covariates: Covariates,
    names: Vec<String>,
    /// The ranges of those covariates that are parameters of the model too.
    own: Vec<Option<Range>>,
    /// Positions of parameter and covariate, and what the one does to the other.
    effects: Vec<(usize, usize, EffectForm)>,
    /// Position of the parameter, share of the patients, factor.
    mixture: Option<(usize, f64, f64)>,
    mixing: Streams,
}

/// One virtual patient.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct VirtualPatient {
    /// Values of the parameters that differ, in the order of [`Generator::symbols`].
    pub values: Vec<f64>,
    /// Covariates, in the order of [`Generator::covariates`].
    pub covariates: Vec<f64>,
    /// Whether every value, covariate effects included, lies within its symbol's range.
    pub valid: bool,
}

/// Everything random about a patient: it does not depend on typical values or spreads.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PatientDraws {
    normals: Vec<f64>,
    covariates: Vec<f64>,
    mixing: f64,
}

impl PatientDraws {
    /// The independent standard normal numbers, one for each parameter that is spread.
    #[must_use]
    pub fn normals(&self) -> &[f64] {
        &self.normals
    }

    /// The same with other normal numbers.
    #[must_use]
    pub fn with_normals(self, normals: Vec<f64>) -> Self {
        Self { normals, ..self }
    }
}

impl Generator {
    pub(super) fn new(patients: &VirtualPatients, variant: Variant, seed: u64) -> Result<Self> {
        let set = patients.typical_patient(variant)?;
        let spreads = patients.spreads(variant);
        let mut symbols: Vec<String> = spreads.iter().map(|s| s.symbol.clone()).collect();
        let mut position = |symbol: &String| {
            symbols.iter().position(|known| known == symbol).unwrap_or_else(|| {
                symbols.push(symbol.clone());
                symbols.len() - 1
            })
        };
        let covariates = Covariates::new(seed, &patients.covariates, patients.table.clone());
        let names: Vec<String> = covariates.names().map(str::to_owned).collect();
        let mut effects = Vec::new();
        for effect in &patients.effects {
            let covariate = names.iter().position(|known| *known == effect.covariate);
            let covariate = covariate.ok_or_else(|| Error::Unknown {
                kind: "covariate",
                name: effect.covariate.clone(),
                known: names.clone(),
            })?;
            effects.push((position(&effect.symbol), covariate, effect.form));
        }
        let mixture =
            patients.non_responders.as_ref().map(|n| (position(&n.symbol), n.share, n.factor));
        let typical = symbols.iter().map(|symbol| set.value(symbol)).collect::<Result<_>>()?;
        let range = |symbol: &String| Ok(set.symbol(symbol)?.range);
        let drawn = |spread: &super::Spread| {
            let streams = Streams::new(seed, &format!("variability of {}", spread.symbol));
            (spread.distribution, streams)
        };
        Ok(Self {
            seed,
            typical,
            loadings: patients.loadings(&spreads)?,
            ranges: symbols.iter().map(range).collect::<Result<_>>()?,
            spreads: spreads.iter().map(drawn).collect(),
            own: names.iter().map(|name| range(name).ok()).collect(),
            symbols,
            covariates,
            names,
            effects,
            mixture,
            mixing: Streams::new(seed, "who does not respond"),
            set,
        })
    }

    /// The parameters that differ between patients, covariates of the model apart.
    #[must_use]
    pub fn symbols(&self) -> &[String] {
        &self.symbols
    }

    /// The names of the covariates.
    #[must_use]
    pub fn covariates(&self) -> &[String] {
        &self.names
    }

    /// Whether the model's parameter `symbol` differs between patients.
    #[must_use]
    pub fn varies(&self, symbol: &str) -> bool {
        self.symbols.iter().chain(&self.names).any(|name| name == symbol)
    }

    /// Patient number `subject`.
    #[must_use]
    pub fn patient(&self, subject: usize) -> VirtualPatient {
        self.patient_of(&self.draws(subject))
    }

    /// What is random about patient number `subject`.
    #[must_use]
    pub fn draws(&self, subject: usize) -> PatientDraws {
        let normal = |(_, streams): &(_, Streams)| streams.subject(subject).normal();
        let mixing = self.mixture.map_or(0.5, |_| self.mixing.subject(subject).uniform());
        PatientDraws {
            normals: self.spreads.iter().map(normal).collect(),
            covariates: self.covariates.values(subject),
            mixing,
        }
    }

    /// Random numbers for another purpose, with the seed of the patients.
    #[must_use]
    pub fn streams(&self, purpose: &str) -> Streams {
        Streams::new(self.seed, purpose)
    }

    /// The random numbers of patient `subject`, with the normal ones taken from `point`.
    #[must_use]
    pub fn even_draws(&self, subject: usize, point: &mut QuasiRandom) -> PatientDraws {
        let mut draws = self.draws(subject);
        draws.normals.fill_with(|| point.normal());
        draws
    }

    /// The patient with these draws: with the draws kept, patients follow typical values and spreads
    /// smoothly.
    #[must_use]
    pub fn patient_of(&self, draws: &PatientDraws) -> VirtualPatient {
        self.patient_at(&self.standard_numbers(draws), draws)
    }

    /// The correlated standard normal numbers of a patient, one for each parameter that is spread.
    fn standard_numbers(&self, draws: &PatientDraws) -> Vec<f64> {
        self.correlated(&draws.normals)
    }

    /// Correlated standard normal numbers, one for each parameter that is spread, from independent ones.
    #[must_use]
    pub fn correlated(&self, normals: &[f64]) -> Vec<f64> {
        let of = |loadings: &Vec<f64>| loadings.iter().zip(normals).map(|(l, z)| l * z).sum(); // (V4)
        self.loadings.iter().map(of).collect()
    }

    /// Patient number `subject`, of whom `symbol` is known: it lies `z` standard deviations from the typical one. What is
    /// correlated with it follows; everything else is as in [`Generator::patient`].
    ///
    /// ```text
    /// zⱼ ← zⱼ + ρⱼₖ (z − zₖ)    (V6)
    /// ```
    #[must_use]
    pub fn patient_given(&self, subject: usize, symbol: &str, z: f64) -> VirtualPatient {
        let draws = self.draws(subject);
        let mut numbers = self.standard_numbers(&draws);
        let known = self.symbols.iter().take(self.spreads.len()).position(|own| own == symbol);
        if let Some(known) = known {
            let change = z - numbers[known];
            for (loadings, number) in self.loadings.iter().zip(&mut numbers) {
                let both = loadings.iter().zip(&self.loadings[known]);
                *number += both.map(|(a, b)| a * b).sum::<f64>() * change; // (V6)
            }
        }
        self.patient_at(&numbers, &draws)
    }

    /// How the parameter `symbol` is spread around its typical value, if it is.
    #[must_use]
    pub fn spread_of(&self, symbol: &str) -> Option<(Distribution, f64)> {
        let own = self.symbols.iter().take(self.spreads.len()).position(|own| own == symbol)?;
        Some((self.spreads[own].0, self.typical[own]))
    }

    fn patient_at(&self, numbers: &[f64], draws: &PatientDraws) -> VirtualPatient {
        let PatientDraws { covariates, mixing, .. } = draws;
        let mut values = self.typical.clone();
        for ((distribution, _), (value, z)) in
            self.spreads.iter().zip(values.iter_mut().zip(numbers))
        {
            *value = distribution.individual(*value, *z);
        }
        for (symbol, covariate, form) in &self.effects {
            values[*symbol] *= form.factor(covariates[*covariate]); // (V5)
        }
        if let Some((symbol, share, factor)) = self.mixture
            && *mixing < share
        {
            values[symbol] *= factor;
        }
        let mut valid = self.ranges.iter().zip(&values).all(|(range, v)| range.contains(*v));
        for (range, covariate) in self.own.iter().zip(covariates) {
            valid &= range.is_none_or(|range| range.contains(*covariate));
        }
        VirtualPatient { values, covariates: covariates.clone(), valid }
    }

    /// The values of the parameters that are spread in a patient with these independent standard normal numbers, before
    /// covariates have an effect.
    pub(super) fn spread_values(&self, normals: &[f64]) -> impl Iterator<Item = f64> {
        let numbers = self.correlated(normals).into_iter();
        self.spreads().zip(numbers).map(|((own, typical), z)| own.individual(typical, z))
    }

    /// The parameters that are spread: their distributions and typical values.
    pub(super) fn spreads(&self) -> impl Iterator<Item = (Distribution, f64)> {
        self.spreads.iter().zip(&self.typical).map(|((own, _), typical)| (*own, *typical))
    }

    /// Row by row the lower triangle of (V4).
    pub(super) fn loadings(&self) -> &[Vec<f64>] {
        &self.loadings
    }

    /// Whether the patients of another generator are spread over the same parameters, on the same scales, and are otherwise
    /// alike.
    pub(super) fn is_alike_but_for_spreads(&self, other: &Self) -> bool {
        let spread = &self.symbols[..self.spreads.len()];
        let is_equal = |symbol: &crate::model::Symbol| {
            let of = |own: &Self| own.set.value(symbol.name).map(f64::to_bits).ok();
            spread.iter().any(|own| own == symbol.name) || of(self) == of(other)
        };
        self.symbols == other.symbols
            && self.spreads.len() == other.spreads.len()
            && self
                .spreads()
                .zip(other.spreads())
                .all(|((own, _), (other, _))| own.is_on_scale_of(other))
            && self.effects == other.effects
            && self.mixture == other.mixture
            && self.set.symbols().iter().all(is_equal)
    }

    /// The patient's value of the model's parameter `symbol`.
    #[must_use]
    pub fn value(&self, patient: &VirtualPatient, symbol: &str) -> f64 {
        match self.symbols.iter().position(|known| known == symbol) {
            Some(i) => patient.values[i],
            None => self.set.value(symbol).unwrap_or(f64::NAN),
        }
    }

    /// The patient's covariate `name`, if there is such a covariate.
    #[must_use]
    pub fn covariate(&self, patient: &VirtualPatient, name: &str) -> Option<f64> {
        let position = self.names.iter().position(|known| known == name)?;
        Some(patient.covariates[position])
    }

    /// Writes the patient's numbers on a sheet.
    pub fn write(&self, patient: &VirtualPatient, sheet: &mut Theta<f64>) {
        for (symbol, value) in self.symbols.iter().zip(&patient.values) {
            sheet.set(symbol, *value);
        }
        for ((name, own), value) in self.names.iter().zip(&self.own).zip(&patient.covariates) {
            if own.is_some() {
                sheet.set(name, *value);
            }
        }
    }
}
