//! Any model on the lane engine: its graph is made a tape, which is run for many patients side by side.

use super::cohort::{Cohort, DOSE, Look, PatientPlan, TIMED, TRANSFUSION};
use super::{Block, Integration, lanes, reference};
use crate::error::Result;
use crate::integrate::lanes::{
    Change, Changed, Event, Free, Instructions, Program, Sizes, Start, Subjects,
};
use crate::model::closed_form::{MODES, Modes};
use crate::model::graph::{Forcing, Graph, Purpose, Tape};
use crate::model::pharmacokinetics::{Drives, LinearPk};
use crate::model::{Equations, Event as Happening, Model, ParameterSet};
use crate::units::NG_PER_ML_PER_MG_PER_L;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

/// Simulates a run of subjects, `W` side by side.
pub(super) fn simulate<const W: usize>(
    integration: &Integration<'_>,
    cohort: &dyn Cohort,
    first: usize,
    count: usize,
) -> Result<Block> {
    simulate_with::<W>(integration, cohort, (first, count), Instructions::best())
}

/// Simulates with a given instruction set.
pub(super) fn simulate_with<const W: usize>(
    integration: &Integration<'_>,
    cohort: &dyn Cohort,
    (first, count): (usize, usize),
    instructions: Instructions,
) -> Result<Block> {
    let patients = Patients::new(integration.set, cohort, first, count)?;
    if !patients.tape.is_linear() {
        return reference::simulate(integration, cohort, first, count);
    }
    let run = lanes::run::<W, Free>;
    let mut block = run(&patients, integration, (first, count), instructions);
    for ending in &mut block.endings {
        ending.all_states = patients.pk.is_none();
    }
    Ok(block)
}

/// How many states are integrated for the patients of `cohort`.
#[cfg(test)]
pub(super) fn integrated_states(set: &ParameterSet, cohort: &dyn Cohort) -> Result<usize> {
    Ok(Patients::new(set, cohort, 0, 1)?.tape.states().len())
}

/// One patient, ready for the engine.
#[derive(Debug)]
struct Patient {
    equations: Arc<dyn Equations<f64>>,
    constants: Vec<f64>,
    /// By how much each shown state raises the count.
    shown: Vec<f64>,
    /// The state without drug, all numbers of the model.
    baseline: Vec<f64>,
    /// The count without drug.
    count: f64,
    /// The drug in closed form; none where it is integrated.
    drug: Option<Drug>,
    plan: PatientPlan,
    /// What happens, in the order of the times.
    events: Vec<Event>,
}

/// The course of the drug in one patient.
#[derive(Debug)]
struct Drug {
    decay: [f64; MODES],
    /// What drives the equations, for 1 mg into the depot and into the central compartment.
    per_mg: [[f64; MODES]; 2],
}

/// The patients of a block, as a program for the engine.
struct Patients<'a> {
    cohort: &'a dyn Cohort,
    first: usize,
    tape: Tape,
    /// Where the drug enters that drives the equations in closed form; none where it is integrated.
    pk: Option<Places>,
    output: Vec<(usize, usize)>,
    /// None where the parameters contradict each other.
    ready: Vec<Option<Patient>>,
}

impl<'a> Patients<'a> {
    fn new(set: &ParameterSet, cohort: &'a dyn Cohort, first: usize, count: usize) -> Result<Self> {
        let graph = Graph::new(set)?;
        let typical = set.model.individual(&set.theta())?;
        let pk = typical.linear_pk().map(|pk| Places::of(&pk));
        let people = people(set, &graph, cohort, first..first + count)?;
        let purpose = Purpose {
            fixed: fixed(set, &graph, cohort, &people),
            touched: touched(&set.model, &*typical)?,
            forcing: pk.map(|pk| pk.forcing),
            is_whole: false,
        };
        let tape = Tape::new(&graph, &purpose);
        let first_shown = tape.registers();
        let output = tape.shown().iter().enumerate();
        let output = output.map(|(i, state)| (*state, first_shown + i)).collect();
        let mut patients = Self { cohort, first, tape, pk, output, ready: Vec::new() };
        let mut scratch = Vec::new();
        let ready = people.into_iter().enumerate().map(|(i, person)| {
            person.map(|person| patients.patient(person, first + i, &mut scratch)).transpose()
        });
        let ready = ready.collect::<Result<_>>()?;
        patients.ready = ready;
        Ok(patients)
    }

    fn patient(&self, person: Person, subject: usize, scratch: &mut Vec<f64>) -> Result<Patient> {
        let Person { parameters, equations } = person;
        let baseline = equations.baseline();
        let mut constants = vec![0.0; self.tape.constants()];
        self.tape.fill(&parameters, scratch, &mut constants);
        let mut plan = PatientPlan::default();
        self.cohort.plan(subject, &mut plan);
        let mut unit = vec![0.0; baseline.len()];
        let shown = self.tape.shown().iter().map(|position| {
            let state = self.tape.states()[*position];
            unit[state] = 1.0;
            let rise = equations.platelets(&unit);
            unit[state] = 0.0;
            rise
        });
        Ok(Patient {
            shown: shown.collect(),
            drug: equations.linear_pk().filter(|_| self.pk.is_some()).map(|pk| Drug::new(&pk)),
            events: events(&*equations, &plan)?,
            count: equations.platelets(&baseline),
            constants,
            baseline,
            equations,
            plan,
        })
    }

    /// The numbers of a patient's integrated states in `all` of the model.
    fn integrated(&self, all: &[f64], state: &mut [f64]) {
        for (number, position) in state.iter_mut().zip(self.tape.states()) {
            *number = all[*position];
        }
    }
}

impl Drug {
    fn new(pk: &LinearPk<f64>) -> Self {
        let modes = Modes::new(&pk.parameters);
        let vc = pk.parameters.vc;
        let drive = |amounts: [f64; MODES]| match pk.drives {
            Drives::Conc => amounts.map(|mg| mg / vc * NG_PER_ML_PER_MG_PER_L),
            Drives::Central => amounts,
        };
        Self { decay: modes.decay, per_mg: [drive(modes.oral), drive(modes.bolus)] }
    }
}

/// Where a drug enters that is taken in closed form.
#[derive(Debug, Clone, Copy)]
struct Places {
    depot: usize,
    central: usize,
    forcing: Forcing,
}

impl Places {
    fn of(pk: &LinearPk<f64>) -> Self {
        let forcing = match pk.drives {
            Drives::Conc => Forcing::Conc,
            Drives::Central => Forcing::State(pk.central),
        };
        Self { depot: pk.depot, central: pk.central, forcing }
    }

    /// The position in [`Drug::per_mg`] of what enters a state.
    fn entered(self, state: usize) -> Option<usize> {
        [self.depot, self.central].iter().position(|own| *own == state)
    }
}

/// One patient before the equations are known.
struct Person {
    /// The values of the graph's parameters.
    parameters: Vec<f64>,
    equations: Arc<dyn Equations<f64>>,
}

/// The patients of a cohort; none where the parameters contradict each other.
fn people(
    set: &ParameterSet,
    graph: &Graph,
    cohort: &dyn Cohort,
    subjects: Range<usize>,
) -> Result<Vec<Option<Person>>> {
    let mut sheet = set.theta();
    let person = |subject| {
        if !cohort.values(subject, &mut sheet) {
            return Ok(None);
        }
        let value = |symbol: &String| sheet.given(symbol).unwrap_or(f64::NAN);
        let parameters = graph.symbols.iter().map(value).collect();
        Ok(Some(Person { parameters, equations: set.model.individual(&sheet)? }))
    };
    subjects.map(person).collect()
}

/// The parameters that switch terms of the equations off, 0 or 1, and are the same for all patients of the
/// cohort, not only for these: the operations, and so the last bits, must not depend on who is beside whom.
fn fixed(
    set: &ParameterSet,
    graph: &Graph,
    cohort: &dyn Cohort,
    people: &[Option<Person>],
) -> HashMap<usize, f64> {
    let is_switch = |value: &f64| value.abs() <= 0.0 || (*value - 1.0).abs() <= 0.0;
    let mut fixed = HashMap::new();
    for (i, symbol) in graph.symbols.iter().enumerate() {
        if cohort.varies(symbol) {
            continue;
        }
        let Some(value) = set.value(symbol).ok().filter(is_switch) else { continue };
        let mut others = people.iter().flatten().map(|person| person.parameters[i]);
        if others.all(|other| other.to_bits() == value.to_bits()) {
            fixed.insert(i, value);
        }
    }
    fixed
}

/// The states that something that happens can change.
fn touched(model: &Model, typical: &dyn Equations<f64>) -> Result<BTreeSet<usize>> {
    // A number that no state has.
    const STRANGE: f64 = 1_234.567_89;
    let mut touched = BTreeSet::new();
    for route in model.routes() {
        for (_, event) in typical.administer(model.unit_dose(*route), *route)? {
            if let Happening::Enter { state, .. } | Happening::Switch { state, .. } = event {
                touched.insert(state);
            }
        }
    }
    let before = typical.baseline();
    let mut after = before.clone();
    if typical.transfuse(&mut after, STRANGE).is_ok() {
        let pairs = before.iter().zip(&after).enumerate();
        let changed = pairs.filter(|(_, (before, after))| before.to_bits() != after.to_bits());
        touched.extend(changed.map(|(state, _)| state));
    }
    Ok(touched)
}

/// An event as a whole number and a size: what the engine passes on.
mod code {
    use super::Happening;

    const TRANSFUSION: usize = usize::MAX;

    pub(super) fn and_size(happening: Happening<f64>) -> (usize, f64) {
        match happening {
            Happening::Enter { state, amount } => (2 * state, amount),
            Happening::Switch { state, value } => (2 * state + 1, value),
            Happening::Transfusion(size) => (TRANSFUSION, size),
        }
    }

    pub(super) fn happening(code: usize, size: f64) -> Happening<f64> {
        match code {
            TRANSFUSION => Happening::Transfusion(size),
            even if even.is_multiple_of(2) => Happening::Enter { state: even / 2, amount: size },
            odd => Happening::Switch { state: odd / 2, value: size },
        }
    }
}

/// What is planned, in the order of the times.
fn events(equations: &dyn Equations<f64>, plan: &PatientPlan) -> Result<Vec<Event>> {
    let mut events = Vec::with_capacity(plan.doses.len() + plan.transfusions.len());
    for planned in &plan.doses {
        let given_h = planned.dose.time.in_hours();
        for (delay, what) in equations.administer(planned.dose.amount, planned.dose.route)? {
            let (code, size) = code::and_size(what);
            events.push(Event {
                time: given_h + delay,
                planned: planned.planned.in_hours(),
                kind: DOSE,
                code,
                size,
                // The next dose begins anew what this one would have changed.
                is_superseded: what.switched().is_some() && delay > 0.0,
            });
        }
    }
    for (time, what) in equations.stops() {
        let (code, size) = code::and_size(what);
        events.push(Event { time, planned: time, kind: TIMED, code, size, is_superseded: false });
    }
    for (time, size) in &plan.transfusions {
        equations.transfuse(&mut equations.baseline(), *size)?;
        let (time, (code, size)) = (time.in_hours(), code::and_size(Happening::Transfusion(*size)));
        let (planned, kind) = (time, TRANSFUSION);
        events.push(Event { time, planned, kind, code, size, is_superseded: false });
    }
    events.sort_by(|a, b| a.time.total_cmp(&b.time));
    Ok(events)
}

impl Subjects for Patients<'_> {
    fn start(&self, subject: usize, start: &mut Start) -> bool {
        let Some(patient) = &self.ready[subject - self.first] else { return false };
        start.parameters[..patient.constants.len()].copy_from_slice(&patient.constants);
        for ((_, register), shown) in self.output.iter().zip(&patient.shown) {
            start.parameters[*register] = *shown;
        }
        self.integrated(&patient.baseline, &mut start.state);
        start.rates.fill(0.0);
        for (scale, number) in start.scale.iter_mut().zip(&start.state) {
            // Drug has no value of its own without drug: a unit of its amount.
            *scale = if number.abs() > 0.0 { number.abs() } else { 1.0 };
        }
        if let Some(drug) = &patient.drug {
            start.decay.copy_from_slice(&drug.decay);
        }
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
        let happening = code::happening(event.code, event.size);
        if let (Some(drug), Some(pk), Happening::Enter { state, .. }) =
            (&patient.drug, self.pk, happening)
            && let Some(entered) = pk.entered(state)
        {
            for (amplitude, per_mg) in amplitude.iter_mut().zip(&drug.per_mg[entered]) {
                *amplitude += event.size * per_mg;
            }
            // The amplitudes of a dose into the depot sum to zero: no rate changes at once.
            let at_once = state == pk.central;
            return Change { what: Changed::with_rates(at_once), ..Change::default() };
        }
        let mut all = patient.baseline.clone();
        for (number, position) in state.iter().zip(self.tape.states()) {
            all[*position] = *number;
        }
        // It was tried before the start.
        let is_done = patient.equations.apply(&mut all, happening).is_ok();
        self.integrated(&all, state);
        let supersedes = happening.switched().is_some() && !event.is_superseded;
        Change { what: Changed::with_rates(is_done), supersedes, ..Change::default() }
    }

    fn look(&self, subject: usize, number: usize, count: f64) -> Option<usize> {
        let baseline = self.ready[subject - self.first].as_ref().map_or(0.0, |p| p.count);
        self.cohort.look(subject, Look { number, count, baseline }).omits()
    }
}

impl Program for Patients<'_> {
    fn sizes(&self) -> Sizes {
        Sizes {
            states: self.tape.states().len(),
            parameters: self.tape.constants(),
            modes: if self.pk.is_some() { MODES } else { 0 },
        }
    }

    fn registers(&self) -> usize {
        self.tape.registers() + self.output.len()
    }

    #[inline(always)]
    fn run<const W: usize>(&self, registers: &mut [[f64; W]]) {
        self.tape.run(registers);
    }

    fn rates(&self) -> &[usize] {
        self.tape.rates()
    }

    fn output(&self) -> &[(usize, usize)] {
        &self.output
    }
}
