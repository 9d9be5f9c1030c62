//! Lesson 11: write a model of your own.
//!
//! Question: how well does the simplest model of all, drug that stimulates the making of platelets, do
//!           beside the mechanistic one, and how do patients differ in it?
//!
//! Run:      cargo run --release --example 11_write_a_model
//! Look for: without maturation the count rises at once and is highest when the drug is, on day 8; the
//!           trials saw the maximum on day 12. A thousand patients are simulated side by side: the
//!           program makes that of the equations by itself.

use std::path::Path;
use thrombopoiesis::model::{Event, Panel, Range, Readout, Symbol, Theta, Written};
use thrombopoiesis::numeric::Real;
use thrombopoiesis::prelude::*;
use thrombopoiesis::units::{Amount, Route};

/// dA/dt = −ka A;  dC/dt = ka A/V − ke C;  dP/dt = kout P0 (1 + slope C) − kout P
#[derive(Debug, Clone, Copy)]
struct Turnover;

const fn symbol(name: &'static str, unit: &'static str, meaning: &'static str) -> Symbol {
    Symbol { name, unit, meaning, range: Range::POSITIVE }
}

// `T` is the kind of number: a plain one, or one that carries its derivatives along.
impl Written for Turnover {
    const NAME: &'static str = "turnover";
    const TITLE: &'static str = "Turnover of platelets";
    const READOUTS: &'static [Readout] = &[];
    const ROUTES: &'static [Route] = &[Route::Oral];
    const PANELS: &'static [Panel] = &[];
    /// ka, ke, v, kout, slope, plt0, wt.
    type Parameters<T: Real> = [T; 7];
    /// Depot (mg), concentration (mg/L), platelets (10^9/L).
    type State<T: Real> = [T; 3];

    fn symbols() -> Vec<Symbol> {
        vec![
            symbol("ka", "1/h", "absorption"),
            symbol("ke", "1/h", "elimination"),
            symbol("v", "L", "volume"),
            symbol("kout", "1/h", "loss of platelets"),
            symbol("slope", "L/mg", "stimulation"),
            symbol("plt0", "10^9/L", "baseline count"),
            symbol("wt", "kg", "body weight"),
        ]
    }
    fn individual<T: Real>(theta: &Theta<T>) -> Result<[T; 7]> {
        let mut p = [T::ZERO; 7];
        for (p, symbol) in p.iter_mut().zip(Self::symbols()) {
            *p = theta.get(symbol.name)?;
        }
        Ok(p)
    }
    fn baseline<T: Real>(p: &[T; 7]) -> [T; 3] {
        [T::ZERO, T::ZERO, p[5]]
    }
    fn derivatives<T: Real>(p: &[T; 7], y: &[T; 3]) -> [T; 3] {
        let ([ka, ke, v, kout, slope, plt0, _], [depot, conc, platelets]) = (*p, *y);
        let made = kout * plt0 * (slope * conc + 1.0);
        [-ka * depot, ka * depot / v - ke * conc, made - kout * platelets]
    }
    fn conc<T: Real>(_: &[T; 7], y: &[T; 3]) -> T {
        y[1] * 1000.0 // ng/mL
    }
    fn platelets<T: Real>(_: &[T; 7], y: &[T; 3]) -> T {
        y[2]
    }
    fn readouts<T: Real>(_: &[T; 7], _: &[T; 3]) -> Vec<T> {
        Vec::new()
    }
    fn administer<T: Real>(p: &[T; 7], dose: Amount, _: Route) -> Result<Vec<(T, Event<T>)>> {
        Ok(vec![(T::ZERO, Event::Enter { state: 0, amount: dose.in_mg(p[6]) })])
    }
}

/// Each number with its unit and source, as in the files of `parameters/`.
const PARAMETERS: &str = r#"
schema = 1
citation = "lesson 11"
population = "cld"
[parameters]
ka = { value = 0.218, unit = "1/h", status = "fixed", grade = "D", source = "Katsube 2019" }
ke = { value = 0.04, unit = "1/h", status = "assumed", grade = "D", source = "lesson" }
v = { value = 22.0, unit = "L", status = "assumed", grade = "D", source = "lesson" }
kout = { value = 0.0069, unit = "1/h", status = "assumed", grade = "D", source = "6 d in the blood" }
slope = { value = 12.0, unit = "L/mg", status = "assumed", grade = "D", source = "lesson" }
plt0 = { value = 39.2, unit = "10^9/L", status = "fixed", grade = "C", source = "Katsube 2019" }
wt = { value = 64.0, unit = "kg", status = "assumed", grade = "calc", source = "trials" }
"#;

fn main() -> Result<()> {
    let model = Model::written::<Turnover>();
    let patient = ParameterSet::read(&model, Path::new("lesson"), PARAMETERS, None, |_| None)?;
    let regimen: Regimen = "3 mg qd x7".parse()?;
    for set in [&patient, &parameter_set("mechanistic", Population::CLD)?] {
        let course = simulate(set, &regimen, Time::days(40.0), Options::default())?;
        let maximum = course.maximum()?;
        println!("{:32} {:5.1} on day {:.1}", set.title(), maximum.value, maximum.elapsed_days());
    }

    let mut request = Request::new(&patient, &regimen);
    request.subjects = 1000;
    request.variability =
        vec![Variability::from_cv("slope", 0.8)?, Variability::from_cv("ke", 0.3)?];
    let mut summary = Summary::new(&request, &[0.05, 0.5, 0.95], &[50.0]);
    population(&request, &mut summary, &|_| {})?;
    let day_8 = &summary.rows()[8];
    println!(
        "day 8, 90 % of patients between {:.0} and {:.0}",
        day_8.quantiles[0], day_8.quantiles[2]
    );
    Ok(())
}
