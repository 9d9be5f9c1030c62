//! Virtual patients, drawn as a forecast assumes: structural variant, parameter set, patient, noise.

use crate::evidence::{LEVEL, VISITS};
use crate::{DAYS, LAST_DAY};
use std::fmt::Write;
use std::path::Path;
use thrombopoiesis::calibrate::{CALIBRATED, particles, sets_of};
use thrombopoiesis::forecast::Particles;
use thrombopoiesis::population::{CountError, Streams, VirtualPatients};
use thrombopoiesis::prelude::*;
use thrombopoiesis::records::{Censoring, Options, Subject, read};
use thrombopoiesis::simulate::records::Predictor;

/// Relative error of an integration step, as in the command.
const TOLERANCE: f64 = 1e-6;
/// Parameter sets of each variant's posterior.
const SETS: usize = 250;

/// A virtual patient.
pub(crate) struct Patient {
    /// Records with measured counts at the visits.
    pub(crate) subject: Subject,
    /// The count measured before treatment, 10⁹/L.
    pub(crate) baseline: f64,
    /// True counts on elapsed days 0, 1, 2 and so on, 10⁹/L.
    pub(crate) truth: Vec<f64>,
    /// Measured counts on the days that are forecast, 10⁹/L.
    pub(crate) measured: Vec<f64>,
}

impl Patient {
    /// The same patient with the first counts only. Without any it is known that the count before treatment was measured
    /// below the level.
    pub(crate) fn with_first(&self, counts: usize) -> Subject {
        let mut own = self.subject.clone();
        let mut seen = 0;
        own.rows.retain(|row| {
            seen += usize::from(row.is_observed());
            !row.is_observed() || seen <= counts.max(1)
        });
        let first = own.rows.iter_mut().find(|row| row.is_observed());
        if let Some(first) = first.filter(|_| counts == 0) {
            (first.dv, first.censoring) = (Some(LEVEL), Censoring::Below(LEVEL));
        }
        own
    }
}

/// A structural variant with what it needs to make patients.
struct OfVariant {
    variant: Variant,
    predictor: Predictor<f64>,
    patients: VirtualPatients,
    sets: Vec<thrombopoiesis::calibrate::ParameterSet>,
}

/// The structural variants.
pub(crate) struct Variants(Vec<OfVariant>);

impl Variants {
    pub(crate) fn new() -> Result<Self> {
        let one = |variant: Variant| {
            let patients = VirtualPatients::load_for(CALIBRATED, variant)?;
            let predictor = Predictor::new(&patients.typical_patient(variant)?)?;
            let sets = sets_of(Path::new(CALIBRATED), variant, SETS)?;
            Ok(OfVariant { variant, predictor, patients, sets })
        };
        Variant::ALL.into_iter().map(one).collect::<Result<_>>().map(Self)
    }

    /// The individuals of a forecast, a quarter of each variant.
    pub(crate) fn populations(&self, individuals: usize) -> Result<Vec<Particles>> {
        let own = (individuals / self.0.len(), 1);
        let one = |of: &OfVariant| {
            let OfVariant { variant, predictor, patients, sets } = of;
            particles((predictor, *variant), (patients, sets), own, TOLERANCE)
        };
        self.0.iter().map(one).collect()
    }

    /// Patients with a measured count below the level before treatment.
    pub(crate) fn patients(&self, count: usize) -> Result<Vec<Patient>> {
        let (mut found, mut number) = (Vec::new(), 0);
        while found.len() < count {
            found.extend(self.patient(number)?);
            number += 1;
        }
        Ok(found)
    }

    /// Candidate number `number`; none with a count at the level or more before treatment, or with one below 0 on any day.
    fn patient(&self, number: usize) -> Result<Option<Patient>> {
        let OfVariant { variant, predictor, patients, sets } = &self.0[number % self.0.len()];
        let set = &sets[number / self.0.len() % SETS];
        let own = (1, 1_000_000 + number as u64);
        let of = (patients, std::slice::from_ref(set));
        let drawn = particles((predictor, *variant), of, own, TOLERANCE)?;
        let error = set.patients(patients, *variant)?.count_error;
        let every_day: Vec<(usize, Option<f64>)> = (0..=LAST_DAY).map(|day| (day, None)).collect();
        let asked = subject(predictor, &every_day)?;
        let predicted = drawn.individuals().predict(&asked, Some("plt"));
        let Some(course) = predicted.into_iter().next() else { return Ok(None) };
        let rows = asked.rows.iter().zip(&course.values).filter(|(row, _)| row.dose.is_none());
        let truth: Vec<f64> = rows.map(|(_, count)| *count).collect();
        let mut stream = Streams::new(77, "noise of forecast patients").subject(number + 1);
        let size = stream.normal();
        let days: Vec<f64> = (0..=LAST_DAY).map(|day| day as f64).collect();
        let between = error.between_visits(&mut stream, &days);
        let mut measure = |day: &usize| {
            let visit = truth[*day] * (1.0 + error.between_visit_omega * between[*day]);
            visit + sd(&error, truth[*day], size) * stream.normal()
        };
        let at_visits: Vec<f64> = VISITS.iter().map(&mut measure).collect();
        let measured: Vec<f64> = DAYS.iter().map(&mut measure).collect();
        let baseline = at_visits[0];
        if baseline >= LEVEL || at_visits.iter().chain(&measured).any(|count| *count <= 0.0) {
            return Ok(None);
        }
        let counts: Vec<(usize, Option<f64>)> =
            VISITS.into_iter().zip(at_visits.into_iter().map(Some)).collect();
        let subject = subject(predictor, &counts)?;
        Ok(Some(Patient { subject, baseline, truth, measured }))
    }
}

/// The standard deviation of a measurement of a patient whose noise has this size, between visits apart.
fn sd(error: &CountError, count: f64, size: f64) -> f64 {
    let proportional = error.proportional * (error.size_omega * size).exp();
    (proportional * count).hypot(error.additive)
}

/// A subject with counts, or rows that ask for one, on these days, the first of them day 0, and 3 mg daily from then on
/// for 7 days.
fn subject(predictor: &Predictor<f64>, days: &[(usize, Option<f64>)]) -> Result<Subject> {
    let mut text = "ID,TIME_D,AMT,ADDL,II,DV\n".to_owned();
    for (day, count) in days {
        let count = count.map_or_else(|| ".".to_owned(), |count| count.to_string());
        let _ = writeln!(text, "1,{day},.,.,.,{count}");
        if *day == 0 {
            text += "1,0,3,6,1,.\n";
        }
    }
    let mut options = Options { set: predictor.unused_covariates(), ..Options::default() };
    options.output = Some("plt".to_owned());
    let reading = read(Path::new("patient"), &text, Some(predictor.structure()), &options);
    Ok(reading.into_records()?.subjects.remove(0))
}
