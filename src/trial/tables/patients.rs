//! One row a patient, and one row a record of a patient.

use crate::error::Result;
use crate::files::{Csv, cell};
use crate::trial::design::Design;
use crate::trial::outcome::{Outcome, Status};
use crate::trial::patient::Recruiter;
use crate::trial::run::Run;
use crate::units::Time;

/// One row a patient, for saved replicates.
#[derive(Debug)]
pub struct PatientTables {
    patients: Csv,
    counts: Csv,
}

impl PatientTables {
    /// For the patients of a run; runs of other variants may follow.
    ///
    /// # Errors
    /// Patients that do not fit the model.
    pub fn new(run: &Run<'_>) -> Result<Self> {
        let recruiter = Recruiter::new(run.design, run.patients, run.variant, run.seed)?;
        let mut columns: Vec<String> = [
            "variant",
            "rep",
            "id",
            "arm",
            "stratum",
            "status",
            "screening_1e9_l",
            "baseline_1e9_l",
            "true_baseline_1e9_l",
            "doses",
            "stopped_day",
            "procedure_day",
            "pre_count_1e9_l",
            "transfused",
            "rescued",
            "dropout_day",
            "success",
            "responder",
            "maximum_1e9_l",
            "maximum_day",
            "true_maximum_1e9_l",
            "days_at_least",
            "days_at_least_with_transfusion",
            "true_days_at_least",
            "days_high",
        ]
        .map(str::to_owned)
        .to_vec();
        let symbols = recruiter.generator.symbols().iter().map(|symbol| format!("par_{symbol}"));
        columns.extend(symbols);
        let covariates = recruiter.generator.covariates().iter();
        columns.extend(covariates.clone().map(|name| format!("cov_{name}")));
        let mut records: Vec<String> =
            ["VARIANT", "REP", "ID", "TIME", "AMT", "EVID", "MDV", "DV", "ARM", "TX"]
                .map(str::to_owned)
                .to_vec();
        records.extend(covariates.map(|name| name.to_uppercase()));
        Ok(Self { patients: Csv::new(&columns), counts: Csv::new(&records) })
    }

    /// Adds the patients of one replicate.
    pub fn add(&mut self, run: &Run<'_>, replicate: usize, trial: &[Outcome]) {
        for (i, patient) in trial.iter().enumerate() {
            let first =
                [run.variant.to_string(), format!("{}", replicate + 1), format!("{}", i + 1)];
            self.patients.row(&[&first[..], &patient_row(run.design, patient)].concat());
            for record in records(patient) {
                let mut first = first.clone();
                // Numbers only, as NONMEM wants it: variant A is 1.
                first[0] = format!("{}", run.variant as u8 + 1);
                let own = patient.candidate.patient.covariates.iter().map(|value| cell(*value));
                let own: Vec<String> = own.collect();
                self.counts.row(&[&first[..], &record, &own].concat());
            }
        }
    }

    /// `patients.csv` and `counts.csv`.
    #[must_use]
    pub fn finish(self) -> [(&'static str, String); 2] {
        [("patients.csv", self.patients.finish()), ("counts.csv", self.counts.finish())]
    }
}

fn patient_row(design: &Design, patient: &Outcome) -> Vec<String> {
    let flag = |yes: bool| if yes { "1" } else { "0" }.to_owned();
    let status = match patient.status {
        Status::Completed => "completed".to_owned(),
        Status::DroppedOut => "dropped out".to_owned(),
        Status::Failed(reason) => format!("failed: {reason}"),
    };
    let (drug, schedule) = (&patient.drug, &patient.schedule);
    let mut row = vec![
        design.arms[patient.arm].id.clone(),
        format!("{}", patient.stratum + 1),
        status,
        cell(patient.candidate.screening),
        cell(patient.baseline()),
        cell(patient.candidate.true_baseline),
        format!("{}", patient.doses),
        cell(patient.stopped_day),
        cell(schedule.procedure_day),
        cell(patient.pre_count),
        flag(patient.transfused),
        flag(schedule.rescued),
        cell(schedule.dropout_day),
        flag(patient.success),
        flag(drug.responder),
        cell(drug.maximum),
        cell(drug.maximum_day),
        cell(patient.true_maximum),
        cell(drug.days_at_least),
        cell(patient.all.days_at_least),
        cell(patient.true_days),
        cell(drug.days_high),
    ];
    let own = &patient.candidate.patient;
    row.extend(own.values.iter().chain(&own.covariates).map(|value| cell(*value)));
    row
}

/// The records of one patient in the order of their times, a sample before a dose: TIME, AMT, EVID,
/// MDV, DV, ARM, TX.
fn records(patient: &Outcome) -> Vec<Vec<String>> {
    let stopped_h = patient.stopped_day.map(|day| Time::visit_day(day).in_hours());
    let transfusion_h = patient.schedule.transfusion_h.filter(|_| patient.transfused);
    let arm = format!("{}", patient.arm + 1);
    let transfused =
        |hours: f64| if transfusion_h.is_some_and(|at| hours > at) { "1" } else { "0" };
    let mut records: Vec<(f64, u8, Vec<String>)> = Vec::new();
    let mut add = |hours: f64, rank: u8, amount: Option<f64>, evid: &str, count: Option<f64>| {
        let mdv = if count.is_some() { "0" } else { "1" };
        let cells = [cell(hours), cell(amount), evid.to_owned(), mdv.to_owned(), cell(count)];
        let last = [arm.clone(), transfused(hours).to_owned()];
        records.push((hours, rank, [&cells[..], &last].concat()));
    };
    for (visit, count) in patient.schedule.visits.iter().zip(&patient.counts) {
        if !count.is_nan() {
            add(visit.time_h, 0, None, "0", Some(*count));
        }
    }
    for planned in &patient.schedule.doses {
        let omitted = stopped_h.is_some_and(|at| planned.planned.in_hours() >= at - 1e-9);
        if !omitted {
            let mg = planned.dose.amount.in_mg(f64::NAN);
            add(planned.dose.time.in_hours(), 1, Some(mg), "1", None);
        }
    }
    if let Some(hours) = transfusion_h {
        add(hours, 2, None, "2", None);
    }
    records.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    records.into_iter().map(|(.., cells)| cells).collect()
}
