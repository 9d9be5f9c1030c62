//! One row a patient, and one row a record of a patient.

use crate::error::Result;
use crate::model::Variant;
use crate::table::Table;
use crate::trial::outcome::{Outcome, Status};
use crate::trial::patient::Recruiter;
use crate::trial::run::Run;
use crate::units::{COUNT_UNIT, Time};

/// One row a patient, for saved replicates. They are kept as CSV, which takes the least memory.
#[derive(Debug)]
pub struct PatientTables {
    names: Names,
    patients: String,
    counts: String,
}

/// The columns of a patient besides those of every trial.
#[derive(Debug)]
struct Names {
    /// Parameters that differ from the typical ones.
    symbols: Vec<String>,
    covariates: Vec<String>,
}

impl PatientTables {
    /// For the patients of a run; runs of other variants may follow.
    ///
    /// # Errors
    /// Patients that do not fit the model.
    pub fn new(run: &Run<'_>) -> Result<Self> {
        let recruiter = Recruiter::new(run.design, run.patients, run.variant, run.seed)?;
        let symbols = recruiter.generator.symbols().to_vec();
        let names = Names { symbols, covariates: recruiter.generator.covariates().to_vec() };
        let patients = patients(run, 0, &[], &names).to_csv();
        let counts = counts(run, 0, &[], &names).to_csv();
        Ok(Self { names, patients, counts })
    }

    /// Adds the patients of one replicate.
    pub fn add(&mut self, run: &Run<'_>, replicate: usize, trial: &[Outcome]) {
        self.patients += &patients(run, replicate, trial, &self.names).rows_to_csv();
        self.counts += &counts(run, replicate, trial, &self.names).rows_to_csv();
    }

    /// `patients.csv` and `counts.csv`.
    #[must_use]
    pub fn finish(self) -> [(&'static str, String); 2] {
        [("patients.csv", self.patients), ("counts.csv", self.counts)]
    }
}

/// The patients of one replicate.
fn patients(run: &Run<'_>, replicate: usize, trial: &[Outcome], names: &Names) -> Table {
    let rows: Vec<(usize, &Outcome)> = trial.iter().enumerate().collect();
    let mut table = Table::of(&rows)
        .text("variant", |_| run.variant.to_string())
        .whole("rep", "1", |_| replicate + 1)
        .whole("id", "1", |(i, _)| i + 1)
        .text("arm", |(_, patient)| run.design.arms[patient.arm].id.clone())
        .whole("stratum", "1", |(_, patient)| patient.stratum + 1)
        .text("status", |(_, patient)| status(patient.status))
        .number("screening_1e9_l", COUNT_UNIT, |(_, patient)| patient.candidate.screening)
        .number("baseline_1e9_l", COUNT_UNIT, |(_, patient)| patient.baseline())
        .number("true_baseline_1e9_l", COUNT_UNIT, |(_, patient)| patient.candidate.true_baseline)
        .whole("doses", "1", |(_, patient)| patient.doses)
        .number("stopped_day", "d", |(_, patient)| patient.stopped_day)
        .number("procedure_day", "d", |(_, patient)| patient.schedule.procedure_day)
        .number("pre_count_1e9_l", COUNT_UNIT, |(_, patient)| patient.pre_count)
        .flag("transfused", |(_, patient)| patient.transfused)
        .flag("rescued", |(_, patient)| patient.schedule.rescued)
        .number("dropout_day", "d", |(_, patient)| patient.schedule.dropout_day)
        .flag("success", |(_, patient)| patient.success)
        .flag("responder", |(_, patient)| patient.drug.responder)
        .number("maximum_1e9_l", COUNT_UNIT, |(_, patient)| patient.drug.maximum)
        .number("maximum_day", "d", |(_, patient)| patient.drug.maximum_day)
        .number("true_maximum_1e9_l", COUNT_UNIT, |(_, patient)| patient.true_maximum)
        .number("days_at_least", "d", |(_, patient)| patient.drug.days_at_least)
        .number("days_at_least_with_transfusion", "d", |(_, patient)| patient.all.days_at_least)
        .number("true_days_at_least", "d", |(_, patient)| patient.true_days)
        .number("days_high", "d", |(_, patient)| patient.drug.days_high);
    for (i, symbol) in names.symbols.iter().enumerate() {
        table = table.number(format!("par_{symbol}"), "", |(_, patient)| {
            patient.candidate.patient.values.get(i).copied()
        });
    }
    for (i, name) in names.covariates.iter().enumerate() {
        table = table.number(format!("cov_{name}"), "", |(_, patient)| covariate(patient, i));
    }
    table.finish()
}

fn status(status: Status) -> String {
    match status {
        Status::Completed => "completed".to_owned(),
        Status::DroppedOut => "dropped out".to_owned(),
        Status::Failed(reason) => format!("failed: {reason}"),
    }
}

fn covariate(patient: &Outcome, i: usize) -> Option<f64> {
    patient.candidate.patient.covariates.get(i).copied()
}

/// What was done with a patient at one time.
struct Record<'a> {
    number: usize,
    patient: &'a Outcome,
    time_h: f64,
    amt_mg: Option<f64>,
    evid: usize,
    count: Option<f64>,
    /// Whether it follows a transfusion.
    is_transfused: bool,
}

/// The records of the patients of one replicate. Numbers only, as NONMEM wants it: variant A is 1.
fn counts(run: &Run<'_>, replicate: usize, trial: &[Outcome], names: &Names) -> Table {
    let all = trial.iter().enumerate();
    let rows: Vec<Record<'_>> = all.flat_map(|(i, patient)| records(i + 1, patient)).collect();
    let variant = 1 + Variant::ALL.iter().position(|own| *own == run.variant).unwrap_or(0);
    let mut table = Table::of(&rows)
        .whole("VARIANT", "1", |_| variant)
        .whole("REP", "1", |_| replicate + 1)
        .whole("ID", "1", |record| record.number)
        .number("TIME", "h", |record| record.time_h)
        .number("AMT", "mg", |record| record.amt_mg)
        .whole("EVID", "1", |record| record.evid)
        .flag("MDV", |record| record.count.is_none())
        .number("DV", COUNT_UNIT, |record| record.count)
        .whole("ARM", "1", |record| record.patient.arm + 1)
        .flag("TX", |record| record.is_transfused);
    for (i, name) in names.covariates.iter().enumerate() {
        let of = |record: &Record<'_>| covariate(record.patient, i);
        table = table.number(name.to_uppercase(), "", of);
    }
    table.finish()
}

/// The records of one patient in the order of their times, a sample before a dose.
fn records(number: usize, patient: &Outcome) -> Vec<Record<'_>> {
    let stopped_h = patient.stopped_day.map(|day| Time::visit_day(day).in_hours());
    let transfusion_h = patient.schedule.transfusion_h.filter(|_| patient.transfused);
    let mut records = Vec::new();
    let mut add = |time_h: f64, evid: usize, amt_mg: Option<f64>, count: Option<f64>| {
        let is_transfused = transfusion_h.is_some_and(|at| time_h > at);
        records.push(Record { number, patient, time_h, amt_mg, evid, count, is_transfused });
    };
    for (visit, count) in patient.schedule.visits.iter().zip(&patient.counts) {
        if !count.is_nan() {
            add(visit.time_h, 0, None, Some(*count));
        }
    }
    for planned in &patient.schedule.doses {
        let omitted = stopped_h.is_some_and(|at| planned.planned.in_hours() >= at - 1e-9);
        if !omitted {
            let mg = planned.dose.amount.in_mg(f64::NAN);
            add(planned.dose.time.in_hours(), 1, Some(mg), None);
        }
    }
    if let Some(hours) = transfusion_h {
        add(hours, 2, None, None);
    }
    records.sort_by(|a, b| a.time_h.total_cmp(&b.time_h).then(a.evid.cmp(&b.evid)));
    records
}
