//! Models on the lane engine.

use super::cohort::{Cohort, DOSE, Look, PatientPlan, TRANSFUSION};
use super::{Block, Engine, Integration, reference};
use crate::error::{Error, Result};
use crate::integrate::lanes::{self, Ending, Event, Instructions, Options, Plan, Start, System};
use crate::model::closed_form::{MODES, Modes};
use crate::model::{Driven, Form, Katsube2019, Mechanistic, ParameterSet};
use crate::numeric::Lane;
use crate::units::{NG_PER_ML_PER_MG_PER_L, Route};

/// Patients side by side.
const WIDTH: usize = 32;

/// Simulates a run of subjects: the first, and how many.
pub(super) type Simulate = fn(&Integration<'_>, &dyn Cohort, usize, usize) -> Result<Block>;

/// A model that the lane engine knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    OneStage,
    NineStages,
    Katsube,
}

/// What of the engine the model of `set` needs; none where it is left to the reference engine.
pub(super) fn kind(set: &ParameterSet) -> Option<Kind> {
    let stages = set.value("n_platelet_stages").unwrap_or(0.0);
    match set.model.name() {
        "mechanistic" if (stages - 1.0).abs() < f64::EPSILON => Some(Kind::OneStage),
        "mechanistic" if (stages - 9.0).abs() < f64::EPSILON => Some(Kind::NineStages),
        "katsube_2019" => Some(Kind::Katsube),
        _ => None,
    }
}

/// Whether every individual has the exponents `gn` = 1 and `gv` = 0.
fn is_plain(set: &ParameterSet, cohort: &dyn Cohort) -> bool {
    let fixed = |symbol: &str, value: f64| {
        let given = set.value(symbol).unwrap_or(f64::NAN);
        !cohort.varies(symbol) && (given - value).abs() <= 0.0
    };
    fixed("gn", 1.0) && fixed("gv", 0.0)
}

/// The function that simulates the subjects of `cohort`.
pub(super) fn choose(integration: &Integration<'_>, cohort: &dyn Cohort) -> Simulate {
    let Integration { set, engine, .. } = *integration;
    if engine == Engine::Reference {
        return reference::simulate;
    }
    let additive = set.variant.is_additive();
    match (kind(set), additive, is_plain(set, cohort)) {
        (None, ..) => reference::simulate,
        (Some(Kind::OneStage), false, true) => best::<Mechanistic<1>, 7, 19, false, true>,
        (Some(Kind::OneStage), true, true) => best::<Mechanistic<1>, 7, 19, true, true>,
        (Some(Kind::OneStage), false, false) => best::<Mechanistic<1>, 7, 19, false, false>,
        (Some(Kind::OneStage), true, false) => best::<Mechanistic<1>, 7, 19, true, false>,
        (Some(Kind::NineStages), false, true) => best::<Mechanistic<9>, 15, 19, false, true>,
        (Some(Kind::NineStages), true, true) => best::<Mechanistic<9>, 15, 19, true, true>,
        (Some(Kind::NineStages), false, false) => best::<Mechanistic<9>, 15, 19, false, false>,
        (Some(Kind::NineStages), true, false) => best::<Mechanistic<9>, 15, 19, true, false>,
        (Some(Kind::Katsube), ..) => best::<Katsube2019, 4, 4, false, true>,
    }
}

fn best<
    M: Driven<N, P>,
    const N: usize,
    const P: usize,
    const ADDITIVE: bool,
    const PLAIN: bool,
>(
    integration: &Integration<'_>,
    cohort: &dyn Cohort,
    first: usize,
    count: usize,
) -> Result<Block> {
    let available = Instructions::available();
    let instructions = available.first().copied().unwrap_or(Instructions::Portable);
    simulate::<M, N, P, ADDITIVE, PLAIN, WIDTH>(integration, cohort, (first, count), instructions)
}

/// Simulates with a given lane width and instruction set.
pub(super) fn simulate<
    M: Driven<N, P>,
    const N: usize,
    const P: usize,
    const ADDITIVE: bool,
    const PLAIN: bool,
    const W: usize,
>(
    integration: &Integration<'_>,
    cohort: &dyn Cohort,
    (first, count): (usize, usize),
    instructions: Instructions,
) -> Result<Block> {
    let Integration { set, times, until, level, tolerance, .. } = *integration;
    let patients = Patients::<M, N, P, ADDITIVE, PLAIN>::new(set, cohort, first, count)?;
    let plan = Plan {
        outputs: times,
        end: until.in_hours(),
        level,
        options: Options {
            relative_tolerance: tolerance,
            absolute_tolerance: 0.01 * tolerance,
            ..Options::default()
        },
    };
    let mut block = Block {
        first_subject: first,
        platelets: vec![f64::NAN; count * times],
        endings: vec![Ending::default(); count],
    };
    let mut places = lanes::Block {
        first_subject: first,
        values: &mut block.platelets,
        endings: &mut block.endings,
    };
    lanes::integrate::<W, N, P, MODES>(&patients, &plan, &mut places, instructions);
    Ok(block)
}

/// One patient, ready for the engine.
#[derive(Debug, Clone)]
struct Patient<const N: usize, const P: usize> {
    numbers: [f64; P],
    state: [f64; N],
    decay: [f64; MODES],
    /// Concentration, ng/mL, for 1 mg by mouth, bioavailability applied.
    per_mg: [f64; MODES],
    baseline: f64,
    plan: PatientPlan,
    /// Doses and transfusions in the order of their times.
    events: Vec<Event>,
}

/// The patients of a block, as the engine's system of equations.
struct Patients<'a, M, const N: usize, const P: usize, const ADDITIVE: bool, const PLAIN: bool> {
    cohort: &'a dyn Cohort,
    first: usize,
    /// None where the parameters contradict each other.
    ready: Vec<Option<Patient<N, P>>>,
    model: std::marker::PhantomData<fn() -> M>,
}

impl<'a, M: Driven<N, P>, const N: usize, const P: usize, const ADDITIVE: bool, const PLAIN: bool>
    Patients<'a, M, N, P, ADDITIVE, PLAIN>
{
    fn new(set: &ParameterSet, cohort: &'a dyn Cohort, first: usize, count: usize) -> Result<Self> {
        let mut sheet = set.theta();
        let mut ready: Vec<Option<Patient<N, P>>> = Vec::with_capacity(count);
        for subject in first..first + count {
            let valid = cohort.values(subject, &mut sheet);
            let individual = M::individual(&sheet)?;
            ready.push(if valid {
                let mut plan = PatientPlan::default();
                cohort.plan(subject, &mut plan);
                Some(Self::patient(&individual, plan)?)
            } else {
                None
            });
        }
        Ok(Self { cohort, first, ready, model: std::marker::PhantomData })
    }

    fn patient(p: &M::Parameters<f64>, plan: PatientPlan) -> Result<Patient<N, P>> {
        let pk = M::pk(p);
        let modes = Modes::new(pk);
        let (numbers, state) = (M::pack(p), M::rest(p));
        Ok(Patient {
            numbers,
            state,
            decay: modes.decay,
            per_mg: modes.oral.map(|amount| pk.f1 * amount / pk.vc * NG_PER_ML_PER_MG_PER_L),
            baseline: M::count(&numbers, &state),
            events: Self::events(p, &plan)?,
            plan,
        })
    }

    fn events(p: &M::Parameters<f64>, plan: &PatientPlan) -> Result<Vec<Event>> {
        let mut events = Vec::with_capacity(plan.doses.len() + plan.transfusions.len());
        for planned in &plan.doses {
            if planned.dose.route != Route::Oral {
                return Err(crate::model::route_unknown(
                    M::NAME,
                    planned.dose.route,
                    &[Route::Oral],
                ));
            }
            events.push(Event {
                time: planned.dose.time.in_hours() + M::pk(p).tlag,
                planned: planned.planned.in_hours(),
                kind: DOSE,
                size: planned.dose.amount.in_mg(M::wt(p)),
            });
        }
        for (time, size) in &plan.transfusions {
            if !M::transfuse(&M::pack(p), &mut M::rest(p), *size) {
                return Err(Error::Contradiction {
                    first: "a transfusion".to_owned(),
                    second: format!("the model {}, which does not describe it", M::NAME),
                    remedy: "use the model mechanistic".to_owned(),
                });
            }
            let time = time.in_hours();
            events.push(Event { time, planned: time, kind: TRANSFUSION, size: *size });
        }
        events.sort_by(|a, b| a.time.total_cmp(&b.time));
        Ok(events)
    }
}

impl<M: Driven<N, P>, const N: usize, const P: usize, const ADDITIVE: bool, const PLAIN: bool>
    System<N, P, MODES> for Patients<'_, M, N, P, ADDITIVE, PLAIN>
{
    #[inline(always)]
    fn rates(&self, p: &[Lane; P], conc: Lane, y: &[Lane; N]) -> [Lane; N] {
        M::rates(p, const { Form { additive: ADDITIVE, plain: PLAIN } }, conc, y)
    }

    #[inline(always)]
    fn output(&self, p: &[Lane; P], y: &[Lane; N]) -> Lane {
        M::count(p, y)
    }

    fn start(&self, subject: usize, start: &mut Start<N, P, MODES>) -> bool {
        let Some(patient) = &self.ready[subject - self.first] else { return false };
        start.parameters = patient.numbers;
        start.state = patient.state;
        start.rates = [0.0; N];
        start.scale = patient.state.map(f64::abs);
        start.decay = patient.decay;
        start.amplitude = [0.0; MODES];
        start.events.extend_from_slice(&patient.events);
        start.outputs.extend_from_slice(&patient.plan.times_h);
        start.looks.extend_from_slice(&patient.plan.looks_h);
        true
    }

    fn apply(
        &self,
        subject: usize,
        event: &Event,
        p: &[f64; P],
        y: &mut [f64; N],
        amplitude: &mut [f64; MODES],
    ) -> bool {
        if event.kind == TRANSFUSION {
            return M::transfuse(p, y, event.size);
        }
        if let Some(patient) = &self.ready[subject - self.first] {
            for (amplitude, per_mg) in amplitude.iter_mut().zip(&patient.per_mg) {
                *amplitude += event.size * per_mg;
            }
        }
        // The amplitudes of an oral dose sum to zero: no rate changes at once.
        false
    }

    fn look(&self, subject: usize, number: usize, count: f64) -> Option<usize> {
        let baseline = self.ready[subject - self.first].as_ref().map_or(0.0, |p| p.baseline);
        self.cohort.look(subject, Look { number, count, baseline }).omits()
    }
}
