//! The workload of `docs/performance.md`: 3 mg daily for seven days in subjects that differ in 14
//! parameters, with all ten states integrated, or six of them and the drug in closed form.

use thrombopoiesis::integrate::lanes::{Change, Changed, Event, Start, Subjects, System};
use thrombopoiesis::model::closed_form::{MODES, Modes};
use thrombopoiesis::model::pharmacokinetics;
use thrombopoiesis::numeric::{Lane, Real, elementary};
use thrombopoiesis::population::Streams;

/// Typical values: ka, cl, vc, q1, vp1, q2, vp2, tlag, p0, ktr, kdeg, emax, ec50, gamma.
pub(crate) const TYPICAL: [f64; 14] =
    [0.3, 1.1, 20.0, 1.0, 15.0, 0.4, 25.0, 0.8, 38.0, 0.025, 0.02, 3.0, 60.0, 0.2];
pub(crate) const OMEGA: f64 = 0.3;
pub(crate) const HILL: f64 = 1.4;
pub(crate) const END: f64 = 960.0;

/// The parameters of `count` subjects, drawn before anything is timed.
pub(crate) fn subjects(count: usize) -> Vec<[f64; 14]> {
    let streams = Streams::new(1, "workload");
    let subject = |number| {
        let mut stream = streams.subject(number);
        TYPICAL.map(|typical| typical * elementary::exp(OMEGA * stream.normal()))
    };
    (0..count).map(subject).collect()
}

/// Rates of the six states that are not drug.
#[inline(always)]
pub(crate) fn response<T: Real>(p: &[T; 6], conc: T, y: &[T; 6]) -> [T; 6] {
    let [p0, ktr, kdeg, emax, ec50, gamma] = *p;
    let [prog, t1, t2, t3, t4, plt] = *y;
    let x = (conc.larger(T::ZERO) / ec50).powf(T::constant(HILL));
    let kin = kdeg * p0;
    [
        kin * (T::ONE + emax * x / (T::ONE + x)) * (p0 / plt).powf(gamma) - ktr * prog,
        ktr * (prog - t1),
        ktr * (t1 - t2),
        ktr * (t2 - t3),
        ktr * (t3 - t4),
        ktr * t4 - kdeg * plt,
    ]
}

pub(crate) fn pk(
    [ka, cl, vc, q1, vp1, q2, vp2, tlag, ..]: [f64; 14],
) -> pharmacokinetics::Parameters<f64> {
    pharmacokinetics::Parameters { ka, tlag, f1: 1.0, cl, vc, q1, vp1, q2, vp2 }
}

/// The state without drug: precursors, then platelets.
pub(crate) fn baseline(p: &[f64; 14]) -> [f64; 6] {
    let [.., p0, ktr, kdeg, _, _, _] = *p;
    let stage = kdeg * p0 / ktr;
    [stage, stage, stage, stage, stage, p0]
}

fn doses(tlag: f64, events: &mut Vec<Event>) {
    events.extend((0..7).map(|day| {
        let planned = 24.0 * f64::from(day);
        Event { time: planned + tlag, planned, kind: 0, code: 0, size: 3.0, is_superseded: false }
    }));
}

/// The drug in closed form.
pub(crate) struct ClosedForm<'a> {
    subjects: &'a [[f64; 14]],
    outputs: &'a [f64],
    /// Concentration for 1 mg, ng/mL, of each subject.
    per_mg: Vec<[f64; MODES]>,
}

impl<'a> ClosedForm<'a> {
    pub(crate) fn new(subjects: &'a [[f64; 14]], outputs: &'a [f64]) -> Self {
        let per_mg = subjects.iter().map(|p| {
            let pk = pk(*p);
            Modes::new(&pk).oral.map(|amount| 1000.0 / pk.vc * amount)
        });
        Self { subjects, outputs, per_mg: per_mg.collect() }
    }
}

impl System<6, 6, MODES> for ClosedForm<'_> {
    #[inline(always)]
    fn rates(&self, p: &[Lane; 6], f: Lane, y: &[Lane; 6]) -> [Lane; 6] {
        response(p, f, y)
    }
    #[inline(always)]
    fn output(&self, _: &[Lane; 6], y: &[Lane; 6]) -> Lane {
        y[5]
    }
}

impl Subjects for ClosedForm<'_> {
    fn start(&self, number: usize, start: &mut Start) -> bool {
        let p = self.subjects[number];
        let pk = pk(p);
        let modes = Modes::new(&pk);
        start.parameters[..6].copy_from_slice(&p[8..]);
        start.decay.copy_from_slice(&modes.decay);
        start.amplitude.fill(0.0);
        start.state.copy_from_slice(&baseline(&p));
        start.scale.copy_from_slice(&baseline(&p));
        start.rates.fill(0.0);
        doses(pk.tlag, &mut start.events);
        start.outputs.extend_from_slice(self.outputs);
        true
    }
    fn apply(&self, number: usize, e: &Event, _: &mut [f64], amplitude: &mut [f64]) -> Change {
        for (amplitude, per_mg) in amplitude.iter_mut().zip(&self.per_mg[number]) {
            *amplitude += e.size * per_mg;
        }
        Change::default()
    }
    fn look(&self, _: usize, _: usize, _: f64) -> Option<usize> {
        None
    }
}

/// All ten states integrated.
pub(crate) struct AllStates<'a> {
    pub(crate) subjects: &'a [[f64; 14]],
    pub(crate) outputs: &'a [f64],
}

impl System<10, 14, 0> for AllStates<'_> {
    #[inline(always)]
    fn rates(&self, p: &[Lane; 14], _: Lane, y: &[Lane; 10]) -> [Lane; 10] {
        all_rates(p, y)
    }
    #[inline(always)]
    fn output(&self, _: &[Lane; 14], y: &[Lane; 10]) -> Lane {
        y[9]
    }
}

impl Subjects for AllStates<'_> {
    fn start(&self, number: usize, start: &mut Start) -> bool {
        let p = self.subjects[number];
        start.parameters.copy_from_slice(&p);
        start.rates.fill(0.0);
        start.state.fill(0.0);
        start.state[4..].copy_from_slice(&baseline(&p));
        start.scale.fill(1.0);
        start.scale[4..].copy_from_slice(&baseline(&p));
        doses(p[7], &mut start.events);
        start.outputs.extend_from_slice(self.outputs);
        true
    }
    fn apply(&self, _: usize, e: &Event, y: &mut [f64], _: &mut [f64]) -> Change {
        y[0] += e.size;
        Change { what: Changed::Rates, ..Change::default() }
    }
    fn look(&self, _: usize, _: usize, _: f64) -> Option<usize> {
        None
    }
}

#[inline(always)]
pub(crate) fn all_rates<T: Real>(p: &[T; 14], y: &[T; 10]) -> [T; 10] {
    let [ka, cl, vc, q1, vp1, q2, vp2, tlag, a, b, c, d, e, g] = *p;
    let [depot, central, peripheral1, peripheral2, y4, y5, y6, y7, y8, y9] = *y;
    let pk = pharmacokinetics::Parameters { ka, tlag, f1: T::ONE, cl, vc, q1, vp1, q2, vp2 };
    let drug = pharmacokinetics::State { depot, central, peripheral1, peripheral2 };
    let conc = pharmacokinetics::conc(&pk, &drug);
    let drug = pharmacokinetics::derivatives(&pk, &drug);
    let [z4, z5, z6, z7, z8, z9] = response(&[a, b, c, d, e, g], conc, &[y4, y5, y6, y7, y8, y9]);
    [drug.depot, drug.central, drug.peripheral1, drug.peripheral2, z4, z5, z6, z7, z8, z9]
}
