#![allow(missing_docs, unused, clippy::all)]
mod workload;
use thrombopoiesis::integrate::lanes::*;
use thrombopoiesis::population::Streams;
use workload::{AllStates, ClosedForm, END};
fn run<const N: usize, const P: usize, const K: usize>(s: &impl System<N, P, K>, outputs: &[f64], count: usize, o: Options) -> (f64, f64, Vec<f64>) {
    let plan = Plan { outputs, looks: &[], end: END, level: f64::NAN, options: o };
    let mut values = vec![f64::NAN; count * outputs.len()];
    let mut endings = vec![Ending::default(); count];
    let t = std::time::Instant::now();
    let mut block = Block { first_subject: 0, values: &mut values, endings: &mut endings };
    integrate::<32, N, P, K>(s, &plan, &mut block, Instructions::available()[0]);
    (t.elapsed().as_secs_f64() * 1e6 / count as f64, endings.iter().map(|e| e.steps).sum::<f64>() / count as f64, values)
}
fn main() {
    let streams = Streams::new(1, "workload");
    let daily: Vec<f64> = (0..=160).map(|d| 6.0 * f64::from(d)).collect();
    let c = ClosedForm(streams.clone());
    let a = AllStates(streams.clone());
    let tight = Options { relative_tolerance: 1e-12, absolute_tolerance: 1e-14, ..Options::default() };
    let n = 1000;
    let tc = run(&c, &daily, n, tight).2;
    let ta = run(&a, &daily, n, tight).2;
    println!("{:?}", tc.iter().zip(&ta).map(|(a, b)| (a / b - 1.0).abs()).fold(0.0, f64::max));
    let cmp = |v: &[f64], t: &[f64]| { let mut e: Vec<f64> = v.iter().zip(t).map(|(a, b)| (a / b - 1.0).abs()).collect(); e.sort_by(f64::total_cmp); (e[e.len() - 1], e[e.len() * 99 / 100]) };
    let base = Options::default();
    let mut go = |name: &str, o: Options| {
        let best = |f: &dyn Fn() -> (f64, f64, Vec<f64>)| { let mut b = f(); for _ in 0..4 { let r = f(); if r.0 < b.0 { b = r } } b };
        let (t, s, v) = best(&|| run(&c, &daily, n, o));
        let (e1, e2) = cmp(&v, &tc);
        let (t2, s2, v) = best(&|| run(&a, &daily, n, o));
        let (f1, f2) = cmp(&v, &ta);
        println!("{name:20} {t:6.2} us {s:6.1} steps {e1:.1e} {e2:.1e} | {t2:6.2} us {s2:6.1} steps {f1:.1e} {f2:.1e}");
    };
    go("base", base);
    for x in [0.8, 0.85, 0.95] { go(&format!("safety {x}"), Options { tune: [x, 5.0, 0.95, 0.5, 1.0, 0.2], ..base }); }
    for x in [3.0, 8.0, 10.0, 20.0] { go(&format!("growth {x}"), Options { tune: [0.9, x, 0.95, 0.5, 1.0, 0.2], ..base }); }
    for x in [0.8, 0.9, 1.0] { go(&format!("stretch {x}"), Options { tune: [0.9, 5.0, x, 0.5, 1.0, 0.2], ..base }); }
    for x in [0.6, 0.7, 0.9] { go(&format!("halve {x}"), Options { tune: [0.9, 5.0, 0.95, x, 1.0, 0.2], ..base }); }
    for x in [0.25, 0.7, 1.0, 1.5, 2.0] { go(&format!("first {x}"), Options { first_step: x, ..base }); }
    for x in [1.3, 1.5, 2.0, 3.0, 4.0] { go(&format!("tolerance {x}"), Options { relative_tolerance: 1e-6*x, absolute_tolerance: 1e-8*x, ..base }); }
    for x in [1.2, 1.5, 2.0] { go(&format!("accept {x}"), Options { tune: [0.9, 5.0, 0.95, 0.5, x*x, 0.2], ..base }); }
    go("nothing", Options { max_steps: 1.0, ..base });
}
