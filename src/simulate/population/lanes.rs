//! Models on the lane engine.

use super::individuals::Individuals;
use super::{Block, Engine, Request, reference};
use crate::error::{Error, Result};
use crate::integrate::lanes::{self, Ending, Event, Instructions, Options, Plan, Start, System};
use crate::model::closed_form::{MODES, Modes};
use crate::model::{Driven, Form, Katsube2019, Mechanistic, ParameterSet};
use crate::numeric::Lane;
use crate::units::{NG_PER_ML_PER_MG_PER_L, Route, Time};

/// Patients side by side.
const WIDTH: usize = 32;

/// Simulates a run of subjects: the first, and how many.
pub(super) type Simulate = fn(&Request<'_>, &Individuals, usize, usize) -> Result<Block>;

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
    match set.model {
        "mechanistic" if (stages - 1.0).abs() < f64::EPSILON => Some(Kind::OneStage),
        "mechanistic" if (stages - 9.0).abs() < f64::EPSILON => Some(Kind::NineStages),
        "katsube_2019" => Some(Kind::Katsube),
        _ => None,
    }
}

/// Whether every individual has the exponents `gn` = 1 and `gv` = 0.
fn is_plain(request: &Request<'_>) -> bool {
    let fixed = |symbol: &str, value: f64| {
        let varied = request.variability.iter().any(|v| v.symbol == symbol);
        let given = request.set.value(symbol).unwrap_or(f64::NAN);
        !varied && (given - value).abs() <= 0.0
    };
    fixed("gn", 1.0) && fixed("gv", 0.0)
}

/// The function that simulates the subjects of `request`.
pub(super) fn choose(request: &Request<'_>) -> Simulate {
    if request.engine == Engine::Reference {
        return reference::simulate;
    }
    let additive = request.set.variant.is_additive();
    match (kind(request.set), additive, is_plain(request)) {
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
    request: &Request<'_>,
    individuals: &Individuals,
    first: usize,
    count: usize,
) -> Result<Block> {
    let available = Instructions::available();
    let instructions = available.first().copied().unwrap_or(Instructions::Portable);
    simulate::<M, N, P, ADDITIVE, PLAIN, WIDTH>(request, individuals, (first, count), instructions)
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
    request: &Request<'_>,
    individuals: &Individuals,
    (first, count): (usize, usize),
    instructions: Instructions,
) -> Result<Block> {
    let patients = Patients::<M, N, P, ADDITIVE, PLAIN>::new(request, individuals, first, count)?;
    let visits_h: Vec<f64> = Patients::<M, N, P, ADDITIVE, PLAIN>::visits_h(request);
    let plan = Plan {
        outputs: &request.times_h,
        looks: &visits_h,
        end: request.until.in_hours(),
        level: request.level,
        options: Options {
            relative_tolerance: request.tolerance,
            absolute_tolerance: 0.01 * request.tolerance,
            ..Options::default()
        },
    };
    let mut block = Block {
        first_subject: first,
        platelets: vec![f64::NAN; count * request.times_h.len()],
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
    tlag: f64,
    wt: f64,
    baseline: f64,
}

/// The patients of a block, as the engine's system of equations.
struct Patients<'a, M, const N: usize, const P: usize, const ADDITIVE: bool, const PLAIN: bool> {
    request: &'a Request<'a>,
    first: usize,
    /// None where the parameters contradict each other.
    ready: Vec<Option<Patient<N, P>>>,
    model: std::marker::PhantomData<fn() -> M>,
}

const DOSE: usize = 0;
const TRANSFUSION: usize = 1;

impl<'a, M: Driven<N, P>, const N: usize, const P: usize, const ADDITIVE: bool, const PLAIN: bool>
    Patients<'a, M, N, P, ADDITIVE, PLAIN>
{
    fn new(
        request: &'a Request<'a>,
        individuals: &Individuals,
        first: usize,
        count: usize,
    ) -> Result<Self> {
        if let Some(dose) = request.regimen.doses().find(|dose| dose.route != Route::Oral) {
            return Err(crate::model::route_unknown(M::NAME, dose.route, &[Route::Oral]));
        }
        let mut sheet = individuals.sheet();
        let mut ready: Vec<Option<Patient<N, P>>> = Vec::with_capacity(count);
        for subject in first..first + count {
            let valid = individuals.fill(subject, &mut sheet);
            let individual = M::individual(&sheet)?;
            ready.push(valid.then(|| Self::patient(&individual)));
        }
        for (_, given) in &request.transfusions {
            let mut patients = ready.iter().flatten();
            if patients.any(|p| !M::transfuse(&p.numbers, &mut p.state.clone(), *given)) {
                return Err(Error::Contradiction {
                    first: "a transfusion".to_owned(),
                    second: format!("the model {}, which does not describe it", M::NAME),
                    remedy: "use --model mechanistic".to_owned(),
                });
            }
        }
        Ok(Self { request, first, ready, model: std::marker::PhantomData })
    }

    fn patient(p: &M::Parameters<f64>) -> Patient<N, P> {
        let pk = M::pk(p);
        let modes = Modes::new(pk);
        let (numbers, state) = (M::pack(p), M::rest(p));
        Patient {
            numbers,
            state,
            decay: modes.decay,
            per_mg: modes.oral.map(|amount| pk.f1 * amount / pk.vc * NG_PER_ML_PER_MG_PER_L),
            tlag: pk.tlag,
            wt: M::wt(p),
            baseline: M::count(&numbers, &state),
        }
    }

    fn visits_h(request: &Request<'_>) -> Vec<f64> {
        let days = request.regimen.stopping_rule.iter().flat_map(|rule| rule.visit_days.iter());
        let hours = days.map(|day| Time::visit_day(*day).in_hours());
        hours.filter(|hours| *hours <= request.until.in_hours()).collect()
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
        let doses = self.request.regimen.doses().map(|dose| {
            let planned = dose.time.in_hours();
            let size = dose.amount.in_mg(patient.wt);
            Event { time: planned + patient.tlag, planned, kind: DOSE, size }
        });
        // Nothing that was decided on at a visit stops a transfusion.
        let transfusions = self.request.transfusions.iter().map(|(time, size)| Event {
            time: time.in_hours(),
            planned: f64::NEG_INFINITY,
            kind: TRANSFUSION,
            size: *size,
        });
        start.events.extend(doses);
        start.events.extend(transfusions);
        start.events.sort_by(|a, b| a.time.total_cmp(&b.time));
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

    fn look(&self, subject: usize, look: usize, count: f64) -> bool {
        let baseline = self.ready[subject - self.first].as_ref().map_or(0.0, |p| p.baseline);
        let measured = |visit, count| count * (self.request.measurement)(subject, visit);
        let rule = self.request.regimen.stopping_rule.as_ref();
        rule.is_some_and(|rule| rule.is_met(measured(look + 1, count), measured(0, baseline)))
    }
}
