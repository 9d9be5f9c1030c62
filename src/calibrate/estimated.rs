//! What a calibration estimates: where each number enters, its scale, its prior.

use super::plan_file::{check, read_plan};
use crate::error::{Error, Result};
use crate::files::{carried, read_text};
use crate::model::{Entry, Range, Status, Variant};
use crate::numeric::{exp, ln};
use crate::population::{Correlation, CountError, Distribution, Spread, VirtualPatients};
use crate::trial::Design;
use std::path::Path;

/// Where an estimated number enters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The typical value of a parameter.
    Typical(String),
    /// The spread of a parameter between patients: its omega, or SD where it is normal.
    Spread(String),
    /// A part of the count error, by its name.
    CountError(String),
    /// The correlation of two parameters between patients, on their normal scales.
    Correlation([String; 2]),
    /// P(no transfusion | count below the threshold) in a trial, all arms, where nothing differs.
    NoTransfusionBelow(String),
    /// By how much the logit of that differs in the arms with drug, in all trials.
    DrugDifference,
    /// P(the procedure does not take place) in a trial, all arms.
    NoProcedure(String),
    /// P(transfusion | count at or above the threshold) in a trial, all arms.
    TransfusionAbove(String),
    /// P(rescue) in a trial, all arms.
    Rescue(String),
}

/// What a number is about, where it is practice or noise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// What physicians do besides the protocol.
    Practice,
    /// How counts vary about the true count.
    Noise,
    /// The patients and the drug.
    Patients,
}

impl Place {
    /// What the number is about.
    #[must_use]
    pub fn nature(&self) -> Nature {
        match self {
            Self::NoTransfusionBelow(_)
            | Self::DrugDifference
            | Self::NoProcedure(_)
            | Self::TransfusionAbove(_)
            | Self::Rescue(_) => Nature::Practice,
            Self::CountError(_) => Nature::Noise,
            Self::Typical(_) | Self::Spread(_) | Self::Correlation(_) => Nature::Patients,
        }
    }
}

impl Place {
    /// The trial whose practice it is.
    pub(super) fn trial(&self) -> Option<&str> {
        match self {
            Self::NoTransfusionBelow(trial)
            | Self::NoProcedure(trial)
            | Self::TransfusionAbove(trial)
            | Self::Rescue(trial) => Some(trial),
            Self::Typical(_)
            | Self::Spread(_)
            | Self::Correlation(_)
            | Self::DrugDifference
            | Self::CountError(_) => None,
        }
    }
}

/// The scale on which a number is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Natural logarithm.
    Log,
    /// log(p/(1 − p)).
    Logit,
    /// The number itself.
    Linear,
    /// Fisher's z of a correlation, ½ log((1 + r)/(1 − r)).
    Fisher,
}

impl Scale {
    /// From the scale to the number.
    #[must_use]
    pub fn value(self, x: f64) -> f64 {
        match self {
            Self::Log => exp(x),
            Self::Logit => 1.0 / (1.0 + exp(-x)),
            Self::Linear => x,
            Self::Fisher => 2.0 / (1.0 + exp(-2.0 * x)) - 1.0,
        }
    }

    /// From the number to the scale.
    #[must_use]
    pub fn place(self, value: f64) -> f64 {
        match self {
            Self::Log => ln(value),
            Self::Logit => ln(value / (1.0 - value)),
            Self::Linear => value,
            Self::Fisher => 0.5 * ln((1.0 + value) / (1.0 - value)),
        }
    }

    /// Derivative of the place on the scale by the number.
    #[must_use]
    pub fn slope(self, value: f64) -> f64 {
        match self {
            Self::Log => 1.0 / value,
            Self::Logit => 1.0 / (value * (1.0 - value)),
            Self::Linear => 1.0,
            Self::Fisher => 1.0 / (1.0 - value * value),
        }
    }

    /// The range of values that the scale can represent.
    #[must_use]
    pub fn range(self) -> Range {
        let open = |min, max| Range { min, max, closed: false };
        match self {
            Self::Log => Range::POSITIVE,
            Self::Logit => Range::FRACTION,
            Self::Linear => open(f64::NEG_INFINITY, f64::INFINITY),
            Self::Fisher => open(-1.0, 1.0),
        }
    }
}

/// One estimated number with its prior: normal on the scale.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimated {
    /// Its name.
    pub name: String,
    /// Where it enters.
    pub place: Place,
    /// The scale of the search.
    pub scale: Scale,
    /// Centre of the prior, as a value.
    pub centre: f64,
    /// Standard deviation of the prior on the scale.
    pub sd: f64,
    /// Grade of evidence of the prior.
    pub grade: &'static str,
    /// Where the prior comes from.
    pub source: String,
}

/// Everything that a calibration estimates.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The virtual patients whose numbers are replaced.
    pub patients: String,
    /// The estimated numbers.
    pub estimated: Vec<Estimated>,
    /// More that may be asked for.
    pub on_request: Vec<Estimated>,
    pub(super) of_variants: Vec<(Variant, Vec<(String, f64)>)>,
    /// Name of the file.
    pub file: String,
    /// SHA-256 of the file.
    pub sha256: String,
}

impl Plan {
    /// The plan that the program carries.
    ///
    /// # Errors
    /// None in practice; a test reads the file.
    pub fn shipped() -> Result<Self> {
        let path = "parameters/calibration.toml";
        // Its patients are read by a test.
        read_plan(Path::new(path), carried(path)?, |_, _| {})
    }

    /// The plan of the file at `path`.
    ///
    /// # Errors
    /// A file that cannot be read, or every problem of it with its line.
    pub fn load(path: &Path) -> Result<Self> {
        Self::read(path, &read_text(path)?)
    }

    /// Reads `text`, the content of `path`.
    ///
    /// # Errors
    /// Every problem of the file with its line.
    pub fn read(path: &Path, text: &str) -> Result<Self> {
        read_plan(path, text, check)
    }

    /// The estimated numbers for a structural variant, with those of `more` that are on request. One that
    /// enters where another does already replaces the other's prior and has its name.
    ///
    /// # Errors
    /// A name on request that the plan does not have, or estimates in any case.
    pub fn of_variant(&self, variant: Variant, more: &[String]) -> Result<Vec<Estimated>> {
        let mut estimated = self.estimated.clone();
        for name in more {
            if self.estimated.iter().any(|known| known.name == *name) {
                return Err(Error::contradiction(
                    &format!("a request for `{name}`"),
                    &format!("{}, which estimates it in any case", self.file),
                    "omit the request",
                ));
            }
            let found = self.on_request.iter().find(|known| known.name == *name);
            let found = found.cloned().ok_or_else(|| Error::Unknown {
                kind: "parameter on request",
                name: name.clone(),
                known: self.on_request.iter().map(|known| known.name.clone()).collect(),
            })?;
            match estimated.iter_mut().find(|own| own.place == found.place) {
                Some(own) => *own = Estimated { name: own.name.clone(), ..found },
                None => estimated.push(found),
            }
        }
        for (_, centres) in self.of_variants.iter().filter(|(of, _)| *of == variant) {
            for (name, centre) in centres {
                for own in estimated.iter_mut().filter(|own| own.name == *name) {
                    own.centre = *centre;
                }
            }
        }
        Ok(estimated)
    }
}

impl Estimated {
    /// Where on the scale the prior is centred.
    #[must_use]
    pub fn prior_place(&self) -> f64 {
        self.scale.place(self.centre)
    }

    /// Puts `value` into the patients; false where this is not a number of theirs.
    ///
    /// # Errors
    /// A symbol that the patients do not have.
    pub fn put_into_patients(
        &self,
        patients: &mut VirtualPatients,
        variant: Variant,
        value: f64,
        source: &str,
    ) -> Result<bool> {
        match &self.place {
            Place::Typical(symbol) => put_typical(patients, variant, (symbol, value), source)?,
            Place::Spread(symbol) => put_spread(patients, variant, (symbol, value), source)?,
            Place::Correlation(between) => put_correlation(patients, variant, (between, value))?,
            Place::CountError(part) => put_count_error(&mut patients.count_error, part, value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Puts `value` into the practice of a trial, if it is a number of it.
    pub fn put_into_trial(&self, design: &mut Design, value: f64) {
        let own = &design.practice_of().to_owned();
        for arm in &mut design.arms {
            match &self.place {
                Place::NoTransfusionBelow(trial) if trial == own => {
                    arm.practice.no_transfusion_below = value;
                }
                Place::DrugDifference if arm.has_drug() => arm.practice.logit_difference = value,
                Place::NoProcedure(trial) if trial == own => arm.practice.no_procedure = value,
                Place::TransfusionAbove(trial) if trial == own => {
                    arm.practice.transfusion_above = value;
                }
                Place::Rescue(trial) if trial == own => arm.practice.rescue = value,
                _ => {}
            }
        }
    }
}

/// Puts the typical value of a parameter into the patients, for one variant from here on.
fn put_typical(
    patients: &mut VirtualPatients,
    variant: Variant,
    (symbol, value): (&str, f64),
    source: &str,
) -> Result<()> {
    let unit = patients.typical_patient(variant)?.symbol(symbol)?.unit.to_owned();
    let entry = Entry {
        symbol: symbol.to_owned(),
        value: Some(value),
        unit,
        status: Status::Fitted,
        grade: "calc",
        source: source.to_owned(),
        note: String::new(),
        plausible: None,
        file: String::new(),
    };
    patients.of_variants.retain(|(of, ..)| *of == variant);
    for (_, entries, _) in &mut patients.of_variants {
        entries.retain(|old| old.symbol != symbol);
    }
    patients.typical.retain(|old| old.symbol != symbol);
    patients.typical.push(entry);
    Ok(())
}

/// Puts the spread of a parameter into the patients; the spreads of `variant` become those of all.
fn put_spread(
    patients: &mut VirtualPatients,
    variant: Variant,
    (symbol, value): (&str, f64),
    source: &str,
) -> Result<()> {
    let mut spreads = patients.spreads(variant);
    let known = spreads.iter().map(|s| s.symbol.clone()).collect();
    let spread = spreads.iter_mut().find(|spread| spread.symbol == symbol);
    let spread: &mut Spread = spread.ok_or_else(|| Error::Unknown {
        kind: "spread of parameter",
        name: symbol.to_owned(),
        known,
    })?;
    (spread.grade, spread.source) = ("calc", source.to_owned());
    match &mut spread.distribution {
        Distribution::LogNormal { omega } | Distribution::LogitNormal { omega, .. } => {
            *omega = value;
        }
        Distribution::TruncatedNormal { sd, .. } | Distribution::Normal { sd } => *sd = value,
    }
    patients.spreads = spreads;
    for (.., own) in &mut patients.of_variants {
        own.clear();
    }
    Ok(())
}

/// Puts the correlation of two parameters that are spread.
fn put_correlation(
    patients: &mut VirtualPatients,
    variant: Variant,
    (between, value): (&[String; 2], f64),
) -> Result<()> {
    let spreads = patients.spreads(variant);
    for symbol in between {
        if spreads.iter().all(|spread| spread.symbol != *symbol) {
            return Err(Error::Unknown {
                kind: "spread of parameter",
                name: symbol.clone(),
                known: spreads.iter().map(|spread| spread.symbol.clone()).collect(),
            });
        }
    }
    let [a, b] = between;
    let is_other = |own: &Correlation| !(own.between.contains(a) && own.between.contains(b));
    patients.correlations.retain(is_other);
    patients.correlations.push(Correlation { between: between.clone(), value });
    Ok(())
}

/// Puts a part of the count error, called `part`.
fn put_count_error(error: &mut CountError, part: &str, value: f64) -> Result<()> {
    match part {
        "additive" => error.additive = value,
        "proportional" => error.proportional = value,
        "size_omega" => error.size_omega = value,
        "between_visit_omega" => error.between_visit_omega = value,
        "between_visit_days" => error.between_visit_days = value,
        _ => {
            let known = [
                "additive",
                "proportional",
                "size_omega",
                "between_visit_omega",
                "between_visit_days",
            ];
            return Err(Error::Unknown {
                kind: "part of the count error",
                name: part.to_owned(),
                known: known.map(str::to_owned).to_vec(),
            });
        }
    }
    Ok(())
}
