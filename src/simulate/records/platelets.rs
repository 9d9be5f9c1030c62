//! Individuals with plain doses of whom only platelet counts are asked, on the engine of populations: its equations are
//! compiled, and linear drug has a closed form.

use super::{Predicted, Predictor};
use crate::model::{ParameterSet, Theta};
use crate::records::{Evid, Rate, Row, SteadyState, Subject, Target};
use crate::regimen::Dose;
use crate::simulate::population::{
    Cohort, Decision, Integration, Look, PatientPlan, PlannedDose, Settings, simulate_block,
};
use crate::units::{Route, Time};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// Individuals that one thread simulates together.
const BLOCK: usize = 256;
/// Doses of a record with additional ones, at most.
const MOST_DOSES: usize = 10_000;

/// The symbols in which individuals differ from the typical one.
pub(super) type Varying = BTreeSet<&'static str>;

/// Notes in `varying` what differs in these individuals.
pub(super) fn note(varying: &mut Varying, individuals: &[Predictor<f64>]) {
    let Some(set) = individuals.first().and_then(|own| own.source.clone()) else { return };
    let typical = set.theta();
    for symbol in set.model.symbols() {
        let typical = typical.given(symbol.name).map(f64::to_bits);
        let is_other = |own: &Predictor<f64>| {
            own.values().given(symbol.name).is_some_and(|own| Some(own.to_bits()) != typical)
        };
        if !varying.contains(symbol.name) && individuals.iter().any(is_other) {
            varying.insert(symbol.name);
        }
    }
}

/// The predictions of all individuals with the records of a subject; `None` where this engine does not serve them.
pub(super) fn predict(
    individuals: &[Predictor<f64>],
    varying: &Varying,
    subject: &Subject,
    output: Option<&str>,
) -> Option<Vec<Predicted<f64>>> {
    let first = individuals.first()?;
    let set = first.source.as_deref()?;
    let cohort = Alike::new(individuals, varying, (set, subject, output))?;
    let integration = Integration {
        set,
        times: cohort.times_h.len(),
        until: Time::hours(*cohort.times_h.last()?),
        level: f64::NAN,
        settings: Settings { tolerance: first.tolerance(), ..Settings::default() },
    };
    let starts: Vec<usize> = (0..individuals.len()).step_by(BLOCK).collect();
    let block = |start: usize| {
        let own = &individuals[start..individuals.len().min(start + BLOCK)];
        let block = simulate_block(&integration, &cohort, start, own.len()).ok()?;
        let counts = block.platelets.chunks(cohort.times_h.len());
        let one = |((own, counts), ending): ((&Predictor<f64>, &[f64]), _)| match ending {
            None => Predicted { values: counts.to_vec(), failure: None, is_alone: false },
            Some(_) => own.predict(subject, output),
        };
        let endings = block.endings.iter().map(|ending| ending.failure);
        Some(own.iter().zip(counts).zip(endings).map(one).collect::<Vec<_>>())
    };
    let blocks: Option<Vec<Vec<_>>> = starts.into_par_iter().map(block).collect();
    Some(blocks?.into_iter().flatten().collect())
}

/// Individuals that all have the records of one subject.
struct Alike<'a> {
    individuals: &'a [Predictor<f64>],
    varying: &'a Varying,
    /// Covariates that are symbols of the model, where they differ from the typical ones.
    covariates: Vec<(&'static str, f64)>,
    doses: Vec<PlannedDose>,
    times_h: Vec<f64>,
}

impl<'a> Alike<'a> {
    /// `None` where anything is recorded but plain doses and counts, from time 0 on with the same covariates.
    fn new(
        individuals: &'a [Predictor<f64>],
        varying: &'a Varying,
        (set, subject, output): (&ParameterSet, &Subject, Option<&str>),
    ) -> Option<Self> {
        let (predictor, first) = (individuals.first()?, subject.rows.first()?);
        let count = predictor.structure().count_output()?;
        let count = predictor.structure().output(&count.name)?;
        let is_plain = |row: &Row| {
            let covariates = row.covariates.iter().zip(&first.covariates);
            !row.evid.is_reset()
                && row.event.is_none()
                && row.evid.is_dose() == row.dose.is_some()
                && predictor.output_of(row, output) == count
                && covariates.clone().all(|(own, first)| own.to_bits() == first.to_bits())
        };
        let is_in_order = subject.rows.windows(2).all(|pair| pair[0].time_h <= pair[1].time_h);
        if first.time_h.abs() > 0.0 || !is_in_order || !subject.rows.iter().all(is_plain) {
            return None;
        }
        let mut doses = Vec::new();
        for row in subject.rows.iter().filter(|row| row.evid == Evid::Dose) {
            doses.extend(planned(predictor, set, row)?);
        }
        doses.sort_by(|a: &PlannedDose, b| a.planned.in_hours().total_cmp(&b.planned.in_hours()));
        let known = predictor.structure().covariates.iter().zip(&first.covariates);
        let mut covariates = Vec::new();
        for (covariate, value) in known {
            // A covariate of the text that the model in Rust does not have changes nothing in it.
            let Ok(symbol) = set.symbol(&covariate.name) else { continue };
            if set.value(symbol.name).ok()?.to_bits() != value.to_bits() {
                covariates.push((symbol.name, *value));
            }
        }
        let times_h = subject.rows.iter().map(|row| row.time_h).collect();
        Some(Self { individuals, varying, covariates, doses, times_h })
    }
}

/// The doses of a row; `None` where one is no plain dose by a route.
fn planned(predictor: &Predictor<f64>, set: &ParameterSet, row: &Row) -> Option<Vec<PlannedDose>> {
    let dose = row.dose?;
    let Some(Target::Route(route)) = predictor.structure().target(row.cmt) else { return None };
    let route = Route::called(&predictor.structure().routes.get(route)?.name);
    let is_plain = dose.rate == Rate::Bolus && dose.ss == SteadyState::None;
    if !is_plain || dose.addl > MOST_DOSES || !set.model.routes().contains(&route) {
        return None;
    }
    let amount = set.model.unit_dose(route).times(dose.amt);
    let one = |number: usize| {
        let time = Time::hours(row.time_h + dose.ii_h * number as f64);
        PlannedDose { dose: Dose { time, amount, route, missed: false }, planned: time }
    };
    Some((0..=dose.addl).map(one).collect())
}

impl Cohort for Alike<'_> {
    fn values(&self, subject: usize, sheet: &mut Theta<f64>) -> bool {
        let own = self.individuals[subject].values();
        for symbol in self.varying {
            if let Some(value) = own.given(symbol) {
                sheet.set(symbol, value);
            }
        }
        self.covariates.iter().for_each(|(symbol, value)| sheet.set(symbol, *value));
        true
    }

    fn plan(&self, _: usize, plan: &mut PatientPlan) {
        plan.doses.clone_from(&self.doses);
        plan.times_h.clone_from(&self.times_h);
    }

    fn look(&self, _: usize, _: Look) -> Decision {
        Decision::Continue
    }

    fn varies(&self, symbol: &str) -> bool {
        self.varying.contains(symbol) || self.covariates.iter().any(|(own, _)| *own == symbol)
    }
}

#[cfg(test)]
mod tests {
    use super::{Varying, note, predict};
    use crate::model::{MODEL_NAMES, Population, Variant, parameter_set};
    use crate::records::{Dose, Evid, Rate, Row, SteadyState, Subject};
    use crate::simulate::records::Predictor;

    const TOLERANCE: f64 = 1e-9;

    /// Three doses on the first days, and days that are asked for.
    fn subject(predictor: &Predictor<f64>) -> Subject {
        let covariates = predictor.structure().covariates.iter().map(|own| own.value * 1.1);
        let covariates: Vec<f64> = covariates.collect();
        let asking = |day: f64| Row::asking(24.0 * day, covariates.clone(), None);
        let mut dose = asking(0.0);
        dose.evid = Evid::Dose;
        let (rate, ss) = (Rate::Bolus, SteadyState::None);
        dose.dose = Some(Dose { amt: 2.0, rate, ii_h: 24.0, addl: 2, ss });
        let rows = [asking(0.0), dose, asking(4.0), asking(9.5), asking(20.0)];
        Subject { id: "1".to_owned(), rows: rows.to_vec(), occasions: Vec::new() }
    }

    /// Individuals that differ in the symbol that most models have.
    fn individuals(set: &crate::model::ParameterSet) -> Vec<Predictor<f64>> {
        let mut predictor = Predictor::new(set).expect("a predictor");
        predictor.set_tolerance(TOLERANCE);
        let symbol = set.model.symbols().iter().find(|own| own.name == "plt0" || own.name == "kc");
        let individual = |factor: f64| {
            let mut values = predictor.values().clone();
            if let Some(symbol) = symbol {
                values.set(symbol.name, factor * values.given(symbol.name).expect("a value"));
            }
            predictor.with_values(&values).expect("an individual")
        };
        [1.0, 0.8, 1.3].into_iter().map(individual).collect()
    }

    #[test]
    fn val_counts_are_those_of_the_engine_of_records_in_all_models_and_variants() {
        let mut served = 0;
        for name in MODEL_NAMES {
            let mut set = parameter_set(name, None::<Population>).expect("a set");
            let own = [set.variant];
            let variants = if set.variants_apply() { &Variant::ALL[..] } else { &own[..] };
            for &variant in variants {
                if set.variants_apply() {
                    set.choose_variant(variant);
                }
                let all = individuals(&set);
                let subject = subject(&all[0]);
                let mut varying = Varying::new();
                note(&mut varying, &all);
                let output = all[0].structure().count_output().map(|own| own.name.as_str());
                let Some(found) = predict(&all, &varying, &subject, output) else { continue };
                served += 1;
                for (found, own) in found.iter().zip(&all) {
                    let alone = own.predict(&subject, output);
                    assert_eq!(found.values.len(), subject.rows.len(), "{name} {variant}");
                    for (found, alone) in found.values.iter().zip(&alone.values) {
                        let error = (found / alone - 1.0).abs();
                        assert!(error < 1e-6, "{name} {variant}: {found} {alone}");
                    }
                }
            }
        }
        assert!(served >= 8, "{served}");
    }

    #[test]
    fn invariant_what_is_no_plain_dose_is_left_to_the_engine_of_records() {
        let set = parameter_set("mechanistic", Population::CLD).expect("a set");
        let all = individuals(&set);
        let is_served = |change: &dyn Fn(&mut Subject)| {
            let mut subject = subject(&all[0]);
            change(&mut subject);
            predict(&all, &Varying::new(), &subject, Some("plt")).is_some()
        };
        assert!(is_served(&|_| {}));
        let dose = |subject: &mut Subject, change: &dyn Fn(&mut Dose)| {
            change(subject.rows[1].dose.as_mut().expect("a dose"));
        };
        assert!(!is_served(&|own| dose(own, &|dose| dose.rate = Rate::Fixed(0.1))));
        assert!(!is_served(&|own| dose(own, &|dose| dose.ss = SteadyState::Replaces)));
        assert!(!is_served(&|own| own.rows[2].evid = Evid::Reset));
        assert!(!is_served(&|own| own.rows[0].time_h = -24.0));
        assert!(!is_served(&|own| own.rows[2].event = Some(Box::new(("e".to_owned(), 1.0)))));
        assert!(!is_served(&|own| own.rows.swap(2, 3)));
    }
}
