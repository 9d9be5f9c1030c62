//! Interpreted equations beside compiled ones, in one run: what a model pays for not being compiled, and
//! what it gains over one patient after the other.
//!
//! ```text
//! cargo bench --bench tape -- 2000
//! ```
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

use std::time::Instant;
use thrombopoiesis::error::Result;
use thrombopoiesis::model::{ParameterSet, Population, parameter_set};
use thrombopoiesis::population::Variability;
use thrombopoiesis::regimen::Regimen;
use thrombopoiesis::simulate::population::{Engine, Profiles, Request, Settings, population};

/// Runs of each engine; the median counts.
const RUNS: usize = 15;

struct Case {
    name: &'static str,
    set: ParameterSet,
    regimen: &'static str,
    varied: &'static [&'static str],
}

fn cases() -> Result<Vec<Case>> {
    const PK: &[&str] = &["ka", "cl", "vc", "q1", "vp1", "kc", "tmk", "tp", "plt0", "taun"];
    let (cld, healthy) = (Population::CLD, Population::HEALTHY);
    let with = |changes: &[(&str, f64)]| -> Result<ParameterSet> {
        let mut set = parameter_set("mechanistic", cld)?;
        changes.iter().try_for_each(|(symbol, value)| set.set(symbol, *value))?;
        Ok(set)
    };
    let case = |name, set, regimen, varied| Case { name, set, regimen, varied };
    let shimizu = parameter_set("shimizu_2021", cld)?;
    let reduced = parameter_set("shimizu_2021_reduced", cld)?;
    Ok(vec![
        case("mechanistic", with(&[])?, "3 mg qd x7", PK),
        case("mechanistic, powers", with(&[("gv", 0.2), ("gn", 0.9)])?, "3 mg qd x7", PK),
        case("mechanistic, 9 stages", with(&[("n_platelet_stages", 9.0)])?, "3 mg qd x7", PK),
        case("katsube_2019", parameter_set("katsube_2019", cld)?, "3 mg qd x7", &["cl", "slop"]),
        case("mechanistic, 3 stages", with(&[("n_platelet_stages", 3.0)])?, "3 mg qd x7", PK),
        case("farrell_2014", parameter_set("farrell_2014", cld)?, "25 mg qd x14", &["cl", "slop"]),
        case("wang_2010", parameter_set("wang_2010", healthy)?, "3 ug/kg sc once", &["vc", "sc50"]),
        case("shimizu_2021", shimizu, "3 mg qd x7", &["ke", "ec50l"]),
        case("shimizu_2021_reduced", reduced, "3 mg qd x7", &["ke", "ec50l"]),
    ])
}

/// Microseconds per patient on one thread.
fn time(request: &Request<'_>) -> Result<f64> {
    let begun = Instant::now();
    population(request, &mut Profiles::default(), &|_| {})?;
    Ok(begun.elapsed().as_secs_f64() * 1e6 / request.subjects as f64)
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn main() -> Result<()> {
    let count = std::env::args().find_map(|a| a.parse().ok()).unwrap_or(1000);
    println!("us per patient: {count} patients, one thread, medians of {RUNS} interleaved runs");
    println!("{:22} {:>9} {:>11} {:>9}", "model", "lanes", "interpreted", "reference");
    let only =
        std::env::args().skip(1).find(|a| a.parse::<usize>().is_err() && !a.starts_with('-'));
    let wanted = |case: &Case| only.as_ref().is_none_or(|only| case.name == only);
    for Case { name, set, regimen, varied } in cases()?.into_iter().filter(wanted) {
        let regimen: Regimen = regimen.parse()?;
        let mut request = Request::new(&set, &regimen);
        let omega = |symbol: &&str| Variability::from_omega(symbol, 0.3);
        request.variability = varied.iter().map(omega).collect::<Result<_>>()?;
        request.settings.threads = Some(1);
        request.subjects = count;
        let by = |engine| Request {
            settings: Settings { engine, ..request.settings },
            ..request.clone()
        };
        let interpreted = by(Engine::Interpreted);
        let (mut times, mut interpreted_times) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            times.push(time(&request)?);
            interpreted_times.push(time(&interpreted)?);
        }
        let subjects = (count / 50).max(5);
        let reference = Request { subjects, ..by(Engine::Reference) };
        let (lanes, tape) = (median(times), median(interpreted_times));
        let one_by_one = time(&reference)?;
        println!(
            "{name:22} {lanes:>9.2} {tape:>11.2} {one_by_one:>9.0}   interpreted/lanes {:.2}, reference/lanes {:.1}",
            tape / lanes,
            one_by_one / lanes
        );
    }
    Ok(())
}
