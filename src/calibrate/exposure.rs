//! Published exposures against those of virtual patients on the same doses: without noise, in closed
//! form.
//!
//! ```text
//! C(t) = 1000 f1/Vc Σ dose_k Σ c_i exp(−µ_i (t − t_k − tlag)), t > t_k + tlag                (J14)
//! AUC(a, b) = 1000 f1/Vc Σ dose_k Σ c_i/µ_i (exp(−µ_i (a_k − s_k)) − exp(−µ_i (b − s_k)))    (J15)
//! s_k = t_k + tlag, a_k = max(a, s_k)
//! ```

use super::exposure_file::{ExposureFile, Measure, Summary};
use crate::error::{Error, Result};
use crate::machine::require;
use crate::model::Variant;
use crate::model::closed_form::Modes;
use crate::model::pharmacokinetics::Parameters;
use crate::numeric::exp;
use crate::population::{Generator, VirtualPatient, VirtualPatients};
use crate::statistics::{Level, Moments, Predictive, predictive_interval};
use crate::units::NG_PER_ML_PER_MG_PER_L;

/// Times in the interval between which the maximum is looked for: steps of a few minutes.
const STEPS: u32 = 480;

/// What the exposure of a patient takes, bytes, in a list that grows, and its share of the studies.
const BYTES_OF_PATIENT: f64 = 56.0;

/// Exposure of one patient over an interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PatientExposure {
    /// Maximum concentration, ng/mL.
    pub cmax: f64,
    /// Area under the concentration, ng·h/mL.
    pub auc: f64,
}

/// A published exposure beside studies of the published size.
#[derive(Debug, Clone, PartialEq)]
pub struct ExposureAgainst {
    /// Position of the number in its file.
    pub number: usize,
    /// Where 95 % of the studies fall.
    pub interval: Option<Predictive>,
    /// (published − mean)/SD of the studies.
    pub distance: Option<f64>,
}

/// The exposure of one patient from doses (h, mg) over the interval.
#[must_use]
pub fn exposure(
    p: &Parameters<f64>,
    doses: &[(f64, f64)],
    (from, to): (f64, f64),
) -> PatientExposure {
    let modes = Modes::new(p);
    let scale = NG_PER_ML_PER_MG_PER_L * p.f1 / p.vc;
    let terms = || modes.decay.iter().zip(&modes.oral);
    let starts: Vec<(f64, f64)> = doses.iter().map(|(h, mg)| (h + p.tlag, *mg)).collect();
    let concentration = |t: f64| {
        let given = starts.iter().filter(|(start, _)| t > *start);
        let one = |(start, mg): &(f64, f64)| {
            mg * terms().map(|(decay, c)| c * exp(-decay * (t - start))).sum::<f64>()
        };
        scale * given.map(one).sum::<f64>() // (J14)
    };
    let area = |(start, mg): &(f64, f64)| {
        let begin = from.max(*start);
        let left = |decay: f64, t: f64| exp(-decay * (t - start));
        let one = |(decay, c): (&f64, &f64)| c / decay * (left(*decay, begin) - left(*decay, to));
        mg * terms().map(one).sum::<f64>()
    };
    let reached = starts.iter().filter(|(start, _)| *start < to);
    let times = (0..=STEPS).map(|k| from + (to - from) * f64::from(k) / f64::from(STEPS));
    PatientExposure {
        cmax: times.map(concentration).fold(0.0, f64::max),
        auc: scale * reached.map(area).sum::<f64>(), // (J15)
    }
}

/// The pharmacokinetics of a virtual patient.
fn parameters(generator: &Generator, patient: &VirtualPatient) -> Parameters<f64> {
    let value = |symbol: &str| generator.value(patient, symbol);
    Parameters {
        ka: value("ka"),
        tlag: value("tlag"),
        f1: value("f1"),
        cl: value("cl"),
        vc: value("vc"),
        q1: value("q1"),
        vp1: value("vp1"),
        q2: value("q2"),
        vp2: value("vp2"),
    }
}

/// What `studies` of the published size say of every exposure of the file.
///
/// # Errors
/// Patients that do not fit the variant, that are never valid, or more than memory holds.
pub fn exposures(
    file: &ExposureFile,
    patients: &VirtualPatients,
    (variant, seed): (Variant, u64),
    studies: usize,
) -> Result<Vec<ExposureAgainst>> {
    let generator = patients.generator(variant, seed)?;
    let wt = |patient: &VirtualPatient| {
        let own = generator.covariate(patient, "wt");
        own.unwrap_or_else(|| generator.set.value("wt").unwrap_or(f64::NAN))
    };
    let wanted = studies.saturating_mul(file.n);
    let what = format!("{studies} studies of {} patients", file.n);
    require(&what, wanted as f64 * BYTES_OF_PATIENT, "lower the number of replicates")?;
    let all = (0..wanted.max(100).saturating_mul(10)).map(|subject| generator.patient(subject));
    let valid = all.filter(|patient| patient.valid).take(wanted);
    let seen: Vec<PatientExposure> = valid
        .map(|patient| {
            let dose = |d: &crate::regimen::Dose| (d.time.in_hours(), d.amount.in_mg(wt(&patient)));
            let doses: Vec<(f64, f64)> = file.regimen.doses().map(dose).collect();
            exposure(&parameters(&generator, &patient), &doses, (file.from_h, file.to_h))
        })
        .collect();
    if seen.len() < wanted {
        return Err(Error::OutOfRange {
            symbol: "valid patients among ten times the number required".to_owned(),
            value: seen.len() as f64,
            unit: "1".to_owned(),
            range: format!("[{wanted}, ∞)"),
        });
    }
    let one = |(number, published): (usize, &super::exposure_file::PublishedExposure)| {
        let of = |patient: &PatientExposure| match published.of {
            Measure::Cmax => patient.cmax,
            Measure::Auc => patient.auc,
        };
        let summary = |study: &[PatientExposure]| {
            let moments = Moments::new(&study.iter().map(of).collect::<Vec<_>>())?;
            match published.form {
                Summary::Mean => Some(moments.mean),
                Summary::Cv => Some(moments.sd? / moments.mean),
            }
        };
        let values: Vec<f64> = seen.chunks_exact(file.n).filter_map(summary).collect();
        let distance = Moments::new(&values).and_then(|m| {
            let sd = m.sd.filter(|sd| *sd > 0.0)?;
            Some((published.value - m.mean) / sd)
        });
        ExposureAgainst {
            number,
            interval: predictive_interval(&values, Level::NINETY_FIVE),
            distance,
        }
    };
    Ok(file.numbers.iter().enumerate().map(one).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(count: usize) -> (Generator, Vec<VirtualPatient>) {
        let patients = VirtualPatients::load_for("calibrated", Variant::B).unwrap();
        let generator = patients.generator(Variant::B, 3).unwrap();
        let drawn = (0..count).map(|subject| generator.patient(subject)).collect();
        (generator, drawn)
    }

    #[test]
    fn analytic_the_whole_area_is_bioavailability_times_dose_over_clearance() {
        let (generator, patients) = drawn(50);
        let mut areas = Vec::new();
        for patient in &patients {
            let p = parameters(&generator, patient);
            let doses = [(0.0, 3.0), (24.0, 2.0)];
            let found = exposure(&p, &doses, (0.0, 1e5)).auc;
            let expected = 1000.0 * p.f1 * 5.0 / p.cl;
            assert!((found / expected - 1.0).abs() < 1e-9, "{found} {expected}");
            areas.push(found);
        }
        // Patients differ, or the check says little.
        let spread = Moments::new(&areas).unwrap();
        assert!(spread.sd.unwrap() / spread.mean > 0.2);
    }

    #[test]
    fn val_the_seventh_dose_of_the_typical_patient_has_the_exposure_of_a_separate_calculation() {
        let (generator, _) = drawn(0);
        let value = |symbol: &str| generator.set.value(symbol).unwrap();
        let typical = VirtualPatient {
            values: generator.symbols().iter().map(|symbol| value(symbol)).collect(),
            covariates: Vec::new(),
            valid: true,
        };
        let doses: Vec<(f64, f64)> = (0..7).map(|k| (24.0 * f64::from(k), 3.0)).collect();
        let found = exposure(&parameters(&generator, &typical), &doses, (144.0, 168.0));
        // Computed apart with the same typical pharmacokinetics: 156 ng/mL and 2848 ng h/mL, as printed.
        assert!((found.cmax - 156.0).abs() < 0.5, "{found:?}");
        assert!((found.auc - 2848.0).abs() < 0.5, "{found:?}");
    }

    #[test]
    fn invariant_studies_are_of_the_published_size_and_the_same_for_the_same_seed() {
        let file = ExposureFile::shipped().unwrap();
        let patients = VirtualPatients::load_for("calibrated", Variant::B).unwrap();
        let of = |n: usize, seed: u64| {
            let file = ExposureFile { n, ..file.clone() };
            exposures(&file, &patients, (Variant::B, seed), 60).unwrap()
        };
        let width = |all: &[ExposureAgainst]| {
            let interval = all[0].interval.unwrap();
            interval.upper.value - interval.lower.value
        };
        let (nine, again, large) = (of(9, 2), of(9, 2), of(144, 2));
        assert_eq!(nine, again);
        // Sixteen times the patients: a quarter of the width, within the noise of 60 studies.
        let ratio = width(&nine) / width(&large);
        assert!((2.5..6.5).contains(&ratio), "{ratio}");
    }

    #[test]
    fn invariant_every_problem_of_an_exposure_file_is_named_with_its_line() {
        let text = "schema = 1\ncitation = \"x\"\nregimen = \"3 mg now\"\nfrom_h = 24\nto_h = 12\nn = 1\n\
                    [exposure.a]\nlabel = \"a\"\nof = \"cmax\"\nform = \"mean\"\nvalue = -1\nunit = \"1\"\n\
                    role = \"calibrate\"\ngrade = \"A\"\n";
        let path = std::path::Path::new("e.toml");
        let error = ExposureFile::read(path, text).unwrap_err().to_string();
        for expected in [":3:", ":5:", ":6:", ":11:", ":12:", "ng/mL", ":13:", "source"] {
            assert!(error.contains(expected), "{expected} is not in {error}");
        }
    }
}
