//! Models on the lane engine.

use super::cohort::{Cohort, DOSE, Look, PatientPlan, TRANSFUSION};
use super::{Block, Engine, Integration, interpreted, reference};
use crate::error::{Error, Result};
use crate::integrate::lanes::{
    self, Change, Changed, Ending, Event, Fixed, Instructions, Layout, Options, Plan, Start,
    Subjects, System,
};
use crate::model::closed_form::{MODES, Modes};
use crate::model::{Driven, Form, Katsube2019, Mechanistic, ParameterSet};
use crate::numeric::Lane;
use crate::units::{NG_PER_ML_PER_MG_PER_L, Route};

/// Patients side by side.
const WIDTH: usize = 32;

/// Simulates a run of subjects: the first, and how many.
pub(super) type Simulate = fn(&Integration<'_>, &dyn Cohort, usize, usize) -> Result<Block>;

/// Compiled equations on the lane engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    OneStage,
    NineStages,
    Katsube,
}

/// The compiled equations for the model of `set`; none where they are interpreted.
pub(super) fn kind(set: &ParameterSet) -> Option<Kind> {
    if set.model.text().is_some() {
        return None;
    }
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

/// The function that simulates the subjects of `cohort`: a compiled one where the model has it.
pub(super) fn choose(integration: &Integration<'_>, cohort: &dyn Cohort) -> Simulate {
    let set = integration.set;
    match integration.settings.engine {
        Engine::Reference => return reference::simulate,
        Engine::Interpreted => return interpreted::simulate::<WIDTH>,
        Engine::Lanes => {}
    }
    let additive = set.variant.is_additive();
    match (kind(set), additive, is_plain(set, cohort)) {
        (None, ..) => interpreted::simulate::<WIDTH>,
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
    let instructions = Instructions::best();
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
    let patients =
        Patients::<M, N, P, ADDITIVE, PLAIN>::new(integration.set, cohort, first, count)?;
    Ok(run::<W, Fixed<N, P, MODES>>(&patients, integration, (first, count), instructions))
}

/// Integrates subjects on the lane engine.
pub(super) fn run<const W: usize, L: Layout>(
    subjects: &impl lanes::Engine<L>,
    integration: &Integration<'_>,
    (first, count): (usize, usize),
    instructions: Instructions,
) -> Block {
    let Integration { times, until, level, settings, .. } = *integration;
    let plan = Plan {
        outputs: times,
        end: until.in_hours(),
        level,
        options: Options {
            relative_tolerance: settings.tolerance,
            absolute_tolerance: 0.01 * settings.tolerance,
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
    lanes::integrate::<W, L>(subjects, &plan, &mut places, instructions);
    block
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
                code: DOSE,
                size: planned.dose.amount.in_mg(M::wt(p)),
                is_superseded: false,
            });
        }
        for (time, size) in &plan.transfusions {
            if !<M as Driven<N, P>>::transfuse(&M::pack(p), &mut M::rest(p), *size) {
                return Err(Error::Contradiction {
                    first: "a transfusion".to_owned(),
                    second: format!("the model {}, which does not describe it", M::NAME),
                    remedy: "use the model mechanistic".to_owned(),
                });
            }
            let time = time.in_hours();
            let (kind, code) = (TRANSFUSION, TRANSFUSION);
            events.push(Event {
                time,
                planned: time,
                kind,
                code,
                size: *size,
                is_superseded: false,
            });
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
}

impl<M: Driven<N, P>, const N: usize, const P: usize, const ADDITIVE: bool, const PLAIN: bool>
    Subjects for Patients<'_, M, N, P, ADDITIVE, PLAIN>
{
    fn start(&self, subject: usize, start: &mut Start) -> bool {
        let Some(patient) = &self.ready[subject - self.first] else { return false };
        start.parameters.copy_from_slice(&patient.numbers);
        start.state.copy_from_slice(&patient.state);
        start.rates.fill(0.0);
        start.scale.copy_from_slice(&patient.state.map(f64::abs));
        start.decay.copy_from_slice(&patient.decay);
        start.amplitude.fill(0.0);
        start.events.extend_from_slice(&patient.events);
        start.outputs.extend_from_slice(&patient.plan.times_h);
        start.looks.extend_from_slice(&patient.plan.looks_h);
        true
    }

    fn apply(
        &self,
        subject: usize,
        event: &Event,
        state: &mut [f64],
        amplitude: &mut [f64],
    ) -> Change {
        let Some(patient) = &self.ready[subject - self.first] else { return Change::default() };
        if event.code == TRANSFUSION {
            let mut y = [0.0; N];
            y.copy_from_slice(state);
            let rates = <M as Driven<N, P>>::transfuse(&patient.numbers, &mut y, event.size);
            state.copy_from_slice(&y);
            return Change { what: Changed::with_rates(rates), ..Change::default() };
        }
        for (amplitude, per_mg) in amplitude.iter_mut().zip(&patient.per_mg) {
            *amplitude += event.size * per_mg;
        }
        // The amplitudes of an oral dose sum to zero: no rate changes at once.
        Change::default()
    }

    fn look(&self, subject: usize, number: usize, count: f64) -> Option<usize> {
        let baseline = self.ready[subject - self.first].as_ref().map_or(0.0, |p| p.baseline);
        self.cohort.look(subject, Look { number, count, baseline }).omits()
    }
}
