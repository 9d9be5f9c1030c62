//! What is asked: for whom, which count, how probable.

use super::baseline::Baseline;
use crate::error::{Error, Result};
use crate::model::Variant;
use crate::population::VirtualPatients;
use crate::simulate::population::Settings;

/// Counts before treatment that are asked for unless others are, as measured, 10⁹/L.
pub const BASELINES: [f64; 8] = [20.0, 24.0, 28.0, 32.0, 36.0, 40.0, 44.0, 48.0];

/// The count wanted at the procedure unless another is, 10⁹/L.
pub const THRESHOLD: f64 = 50.0;
/// The count that is too high unless another is, 10⁹/L.
pub const TOO_HIGH: f64 = 200.0;
/// The probability wanted unless another is.
pub const WANTED: f64 = 0.7;
/// The patients of the trials were measured below this at entry, 10⁹/L.
pub const ENTRY: f64 = 50.0;

/// A question about the count at a procedure.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The virtual patients.
    pub patients: &'a VirtualPatients,
    /// Structural variant of the model.
    pub variant: Variant,
    /// What is known of the count before treatment.
    pub baseline: Baseline,
    /// The count wanted at the procedure, 10⁹/L.
    pub threshold: f64,
    /// The probability wanted.
    pub probability: f64,
    /// The count that is too high, 10⁹/L.
    pub too_many: f64,
    /// Number of patients.
    pub subjects: usize,
    /// Seed of all random numbers.
    pub seed: u64,
    /// How the patients are simulated.
    pub settings: Settings<'a>,
}

impl<'a> Question<'a> {
    /// [`THRESHOLD`] with the probability [`WANTED`], for 10,000 patients below [`ENTRY`] in variant B.
    #[must_use]
    pub fn new(patients: &'a VirtualPatients) -> Self {
        Self {
            patients,
            variant: patients.variant.unwrap_or(Variant::B),
            baseline: Baseline::Below(ENTRY),
            threshold: THRESHOLD,
            probability: WANTED,
            too_many: TOO_HIGH,
            subjects: 10_000,
            seed: 1,
            settings: Settings::default(),
        }
    }

    /// Whether everything asked for can be.
    ///
    /// # Errors
    /// A count that is not positive, a probability outside (0, 1), no patient.
    pub fn check(&self) -> Result<()> {
        let Self { threshold, probability, too_many, .. } = *self;
        let counts = [("threshold", threshold), ("count that is too high", too_many)];
        for (symbol, count) in counts {
            in_range(symbol, count, "10^9/L", "(0, ∞)", count.is_finite() && count > 0.0)?;
        }
        let inside = probability > 0.0 && probability < 1.0;
        in_range("probability", probability, "1", "(0, 1)", inside)?;
        in_range("subjects", self.subjects as f64, "1", "[1, ∞)", self.subjects > 0)?;
        if too_many <= threshold {
            return Err(Error::Contradiction {
                first: format!("too high a count of {too_many}"),
                second: format!("the required threshold {threshold}"),
                remedy: "give a higher count".to_owned(),
            });
        }
        self.baseline.check()
    }
}

pub(super) fn in_range(
    symbol: &str,
    value: f64,
    unit: &str,
    range: &str,
    inside: bool,
) -> Result<()> {
    if inside {
        return Ok(());
    }
    let (symbol, unit, range) = (symbol.to_owned(), unit.to_owned(), range.to_owned());
    Err(Error::OutOfRange { symbol, value, unit, range })
}
