use super::{
    Block, Change, Changed, Ending, Event, Fixed, Free, Instructions, Options, Plan, Program,
    Sizes, Start, Subjects, System, integrate,
};
use crate::error::Reason;
use crate::numeric::{Lane, Real};

/// dy/dt = growth y² − loss y + f(t), f = Σ a exp(−0.1 t) of what events put in.
struct Toy {
    /// Growth of each subject.
    growth: Vec<f64>,
    events: Vec<Event>,
    outputs: Vec<f64>,
    looks: Vec<f64>,
    stop_above: f64,
    omitted_kind: usize,
}

const LOSS: f64 = 0.25;
const DECAY: f64 = 0.1;

impl System<1, 1, 1> for Toy {
    #[inline(always)]
    fn rates(&self, p: &[Lane; 1], f: Lane, y: &[Lane; 1]) -> [Lane; 1] {
        [p[0] * y[0] * y[0] - y[0] * LOSS + f]
    }
    #[inline(always)]
    fn output(&self, _: &[Lane; 1], y: &[Lane; 1]) -> Lane {
        y[0]
    }
}

impl Subjects for Toy {
    fn start(&self, subject: usize, start: &mut Start) -> bool {
        let y = 1.0 + 0.1 * subject as f64;
        start.parameters[0] = self.growth[subject];
        start.state[0] = y;
        let rates = self.rates(&[Lane(self.growth[subject])], Lane::ZERO, &[Lane(y)]);
        start.rates[0] = rates[0].0;
        start.scale[0] = 1.0;
        start.decay[0] = DECAY;
        start.amplitude[0] = 0.0;
        start.events.extend_from_slice(&self.events);
        start.outputs.extend_from_slice(&self.outputs);
        start.looks.extend_from_slice(&self.looks);
        self.growth[subject] > -100.0 || self.growth[subject].is_nan()
    }
    fn apply(&self, _: usize, event: &Event, state: &mut [f64], amplitude: &mut [f64]) -> Change {
        match event.code {
            0 => amplitude[0] += event.size,
            _ => state[0] += event.size,
        }
        Change { what: Changed::Rates, ..Change::default() }
    }
    fn look(&self, _: usize, _: usize, output: f64) -> Option<usize> {
        (output >= self.stop_above).then_some(self.omitted_kind)
    }
}

/// The same equations as a list of one operation.
struct Interpreted(Toy);

impl Subjects for Interpreted {
    fn start(&self, subject: usize, start: &mut Start) -> bool {
        let valid = self.0.start(subject, start);
        start.parameters[4] = 1.0;
        valid
    }
    fn apply(&self, subject: usize, event: &Event, y: &mut [f64], a: &mut [f64]) -> Change {
        self.0.apply(subject, event, y, a)
    }
    fn look(&self, subject: usize, look: usize, output: f64) -> Option<usize> {
        self.0.look(subject, look, output)
    }
}

impl Program for Interpreted {
    fn sizes(&self) -> Sizes {
        Sizes { states: 1, parameters: 1, modes: 1 }
    }
    /// The parameter, the state, the forcing, the rate, and the factor of the output.
    fn registers(&self) -> usize {
        5
    }
    fn run<const W: usize>(&self, registers: &mut [[f64; W]]) {
        for l in 0..W {
            let [p, y, f] = [0, 1, 2].map(|register: usize| Lane(registers[register][l]));
            registers[3][l] = self.0.rates(&[p], f, &[y])[0].0;
        }
    }
    fn rates(&self) -> &[usize] {
        &[3]
    }
    fn output(&self) -> &[(usize, usize)] {
        &[(0, 4)]
    }
}

#[test]
fn invariant_interpreted_equations_have_the_bits_of_compiled_ones() {
    let times: Vec<f64> = (0..=20).map(f64::from).collect();
    let growth = [0.0, 0.01, 0.03, -0.2, f64::NAN, 0.05];
    let (compiled, endings) = run::<4>(&toy(&growth, &times), Instructions::best());
    let interpreted = Interpreted(toy(&growth, &times));
    let plan = Plan { outputs: times.len(), end: 20.0, level: 3.0, options: OPTIONS };
    let mut values = vec![f64::NAN; growth.len() * times.len()];
    let mut found = vec![Ending::default(); growth.len()];
    let mut block = Block { first_subject: 0, values: &mut values, endings: &mut found };
    integrate::<4, Free>(&interpreted, &plan, &mut block, Instructions::best());
    assert_eq!(endings, found);
    let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&compiled), bits(&values));
}

fn toy(growth: &[f64], outputs: &[f64]) -> Toy {
    let event = |time, kind, size| Event {
        time,
        planned: time,
        kind,
        code: kind,
        size,
        is_superseded: false,
    };
    let events = vec![event(0.0, 0, 1.0), event(3.0, 1, 2.0), event(7.5, 0, 0.5)];
    let outputs = outputs.to_vec();
    let (looks, stop_above) = (Vec::new(), f64::INFINITY);
    Toy { growth: growth.to_vec(), events, outputs, looks, stop_above, omitted_kind: 0 }
}

fn run<const W: usize>(toy: &Toy, instructions: Instructions) -> (Vec<f64>, Vec<Ending>) {
    run_with::<W>(toy, instructions, OPTIONS)
}

fn run_with<const W: usize>(
    toy: &Toy,
    instructions: Instructions,
    options: Options,
) -> (Vec<f64>, Vec<Ending>) {
    let plan = Plan { outputs: toy.outputs.len(), end: 20.0, level: 3.0, options };
    let count = toy.growth.len();
    let mut values = vec![f64::NAN; count * plan.outputs];
    let mut endings = vec![Ending::default(); count];
    let mut block = Block { first_subject: 0, values: &mut values, endings: &mut endings };
    integrate::<W, Fixed<1, 1, 1>>(toy, &plan, &mut block, instructions);
    (values, endings)
}

const OPTIONS: Options = Options {
    relative_tolerance: 1e-9,
    absolute_tolerance: 1e-11,
    first_step: 0.1,
    max_step: 48.0,
    max_steps: 100_000.0,
};

/// The solution without growth: `y0`, the doses of forcing and the jumps, each decaying.
fn exact(y0: f64, t: f64, events: &[Event]) -> f64 {
    let after = |event: &Event| t - event.time;
    let past = events.iter().filter(|event| after(event) > 0.0);
    y0 * (-LOSS * t).exp()
        + past
            .map(|event| match event.code {
                0 => {
                    let fast = (-LOSS * after(event)).exp();
                    event.size * ((-DECAY * after(event)).exp() - fast) / (LOSS - DECAY)
                }
                _ => event.size * (-LOSS * after(event)).exp(),
            })
            .sum::<f64>()
}

#[test]
fn analytic_forcing_and_events_follow_the_exact_solution() {
    let times: Vec<f64> = (0..=40).map(|i| 0.5 * f64::from(i)).collect();
    let toy = toy(&[0.0; 20], &times);
    let (values, endings) = run::<8>(&toy, Instructions::available()[0]);
    for (subject, ending) in endings.iter().enumerate() {
        let y0 = 1.0 + 0.1 * subject as f64;
        for (i, time) in times.iter().enumerate() {
            let (found, exact) = (values[subject * times.len() + i], exact(y0, *time, &toy.events));
            assert!((found - exact).abs() < 1e-8, "{subject} at {time}: {found} is not {exact}");
        }
        let fine = (0..=200_000).map(|i| 1e-4 * f64::from(i));
        let above = fine.clone().filter(|t| exact(y0, *t, &toy.events) >= 3.0).count();
        assert!((ending.time_above - 1e-4 * above as f64).abs() < 3e-4, "{ending:?}");
        let maximum = fine.map(|t| exact(y0, t, &toy.events)).fold(0.0, f64::max);
        // The grid misses the maximum by half a step at the slope after the jump.
        assert!((ending.maximum - maximum).abs() < 1e-4, "{ending:?} {maximum}");
        assert!(ending.failure.is_none() && (ending.reached - 20.0).abs() < 1e-12);
    }
}

#[test]
fn invariant_failures_are_reported_and_disturb_no_one() {
    let mut growth = vec![0.0; 40];
    let times = [5.0, 10.0, 20.0];
    let best = Instructions::available()[0];
    let (sound, _) = run::<8>(&toy(&growth, &times), best);
    growth[5] = f64::NAN;
    growth[17] = 1.0;
    growth[30] = -1e9;
    let (values, endings) = run::<8>(&toy(&growth, &times), best);
    assert_eq!(endings[5].failure, Some(Reason::NonFinite));
    // dy/dt = y² explodes within a few units of time.
    assert!(matches!(endings[17].failure, Some(Reason::NonFinite | Reason::StepUnderflow)));
    assert!(endings[17].reached > 0.0 && endings[17].reached < 3.0, "{:?}", endings[17]);
    assert_eq!(endings[30].failure, Some(Reason::Parameters));
    for subject in (0..40).filter(|subject| ![5, 17, 30].contains(subject)) {
        for i in 0..3 {
            assert_eq!(values[3 * subject + i].to_bits(), sound[3 * subject + i].to_bits());
        }
    }
    let hasty = Options { max_steps: 3.0, ..Options::default() };
    let (_, endings) = run_with::<8>(&toy(&[0.0; 9], &times), best, hasty);
    assert!(endings.iter().all(|ending| ending.failure == Some(Reason::TooManySteps)));
}

#[test]
fn analytic_a_look_omits_the_events_of_a_kind_planned_later() {
    let mut toy = toy(&[0.0], &[20.0]);
    toy.stop_above = 0.0;
    for (look, kind, kept) in [(3.0, 0, vec![0, 1]), (3.0, 1, vec![0, 2]), (7.6, 0, vec![0, 1, 2])]
    {
        (toy.looks, toy.omitted_kind) = (vec![look], kind);
        let (values, endings) = run::<4>(&toy, Instructions::available()[0]);
        assert_eq!(endings[0].omitted_at[kind], Some(look));
        assert_eq!(endings[0].omitted_at[1 - kind], None);
        // The look at 3 comes before the event of that time.
        let events: Vec<Event> = kept.into_iter().map(|i| toy.events[i]).collect();
        assert!((values[0] - exact(1.0, 20.0, &events)).abs() < 1e-8, "{values:?}");
    }
}

#[test]
fn invariant_an_empty_block_is_no_work() {
    let (values, endings) = run::<4>(&toy(&[], &[1.0]), Instructions::Portable);
    assert!(values.is_empty() && endings.is_empty());
}
