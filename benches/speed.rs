//! Speed of the lane engine on the workload of `docs/performance.md`.

mod workload;

use std::time::Instant;
use thrombopoiesis::integrate::lanes::{
    Block, Ending, Engine, Instructions, Layout, Options, Plan, integrate,
};
use thrombopoiesis::integrate::{Method, steps};
use workload::{AllStates, ClosedForm, END};

const BLOCK: usize = 500;

fn run<const W: usize, L: Layout>(
    system: &impl Engine<L>,
    outputs: &[f64],
    count: usize,
    instructions: Instructions,
) -> (f64, f64, Vec<f64>) {
    let plan =
        Plan { outputs: outputs.len(), end: END, level: f64::NAN, options: Options::default() };
    let start = Instant::now();
    let mut kept = Vec::new();
    let mut steps = 0.0;
    for first_subject in (0..count).step_by(BLOCK) {
        let size = BLOCK.min(count - first_subject);
        let mut values = vec![f64::NAN; size * outputs.len()];
        let mut endings = vec![Ending::default(); size];
        let mut block = Block { first_subject, values: &mut values, endings: &mut endings };
        integrate::<W, L>(system, &plan, &mut block, instructions);
        kept.extend(values);
        steps += endings.iter().map(|e| e.steps).sum::<f64>();
    }
    (start.elapsed().as_secs_f64() * 1e6 / count as f64, steps / count as f64, kept)
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn reference(subjects: &[[f64; 14]], outputs: &[f64], count: usize) -> Vec<f64> {
    let options = thrombopoiesis::integrate::Options {
        method: Method::Dop853,
        relative_tolerance: 1e-12,
        absolute_tolerance: 1e-14,
        ..Default::default()
    };
    let mut values = Vec::new();
    for &p in &subjects[..count] {
        let rates = |y: &[f64], rates: &mut [f64]| {
            let y: [f64; 10] = y.try_into().unwrap_or_default();
            rates.copy_from_slice(&workload::all_rates(&p, &y));
        };
        let mut state = vec![0.0; 4];
        state.extend(workload::baseline(&p));
        let mut scale = vec![1.0; 4];
        scale.extend(workload::baseline(&p));
        let mut stops: Vec<(f64, bool)> = outputs.iter().map(|t| (*t, false)).collect();
        stops.extend((0..7).map(|d| (24.0 * f64::from(d) + p[7], true)));
        stops.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut now = 0.0;
        for (time, dose) in stops {
            if time > now {
                if let Ok(mut s) = steps(&rates, (now, time), &state, &scale, false, &options) {
                    state = s.pop().map(|s| s.state).unwrap_or_default();
                }
                now = time;
            }
            if dose {
                state[0] += 3.0;
            } else {
                values.push(state[9]);
            }
        }
    }
    values
}

fn compare(values: &[f64], reference: &[f64]) -> (f64, f64) {
    let mut errors: Vec<f64> =
        values.iter().zip(reference).map(|(v, r)| ((v - r) / r).abs()).collect();
    errors.sort_by(f64::total_cmp);
    (errors[errors.len() - 1], errors[errors.len() * 99 / 100])
}

fn main() {
    let daily: Vec<f64> = (0..=40).map(|d| 24.0 * f64::from(d)).collect();
    let hourly: Vec<f64> = (0..=960).map(f64::from).collect();
    let count = std::env::args().find_map(|a| a.parse().ok()).unwrap_or(2000);
    let subjects = workload::subjects(count.max(200));
    let checked = 200;
    let truth = reference(&subjects, &daily, checked);
    let truth_hourly = reference(&subjects, &hourly, 50);
    macro_rules! row {
        ($name:literal, $system:expr, $w:literal, $outputs:expr, $i:expr) => {{
            let mut times = Vec::new();
            for _ in 0..5 {
                times.push(run::<$w, _>(&$system, $outputs, count, $i).0);
            }
            let (_, steps, values) = run::<$w, _>(&$system, $outputs, 200, $i);
            let truth = if $outputs.len() > 100 { &truth_hourly } else { &truth };
            let (worst, most) = compare(&values, truth);
            println!("{:22} W {:2} {:?}: {:6.2} us, {steps:.0} steps, worst {worst:.1e}, 99 % {most:.1e}",
                $name, $w, $i, median(times));
        }};
    }
    let subjects = &subjects;
    let closed = |outputs| ClosedForm::new(subjects, outputs);
    let all = |outputs| AllStates { subjects, outputs };
    for i in Instructions::available() {
        if i == Instructions::Portable {
            continue;
        }
        row!("closed form", closed(&daily), 8, &daily, i);
        row!("closed form", closed(&daily), 16, &daily, i);
        row!("closed form", closed(&daily), 32, &daily, i);
        row!("closed form, hourly", closed(&hourly), 32, &hourly, i);
        row!("all states", all(&daily), 16, &daily, i);
        row!("all states", all(&daily), 32, &daily, i);
    }
}
