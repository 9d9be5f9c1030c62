//! The mechanistic model in populations: accuracy of the lane engine with and without a stopping
//! rule, and a million patients.

use std::time::Instant;
use thrombopoiesis::error::Result;
use thrombopoiesis::model::{Population, Variant, parameter_set};
use thrombopoiesis::population::{Streams, Variability};
use thrombopoiesis::regimen::{Regimen, StoppingRule};
use thrombopoiesis::simulate::population::{
    Engine, Profiles, Request, Settings, Summary, population,
};

const VARIED: [&str; 10] = ["ka", "cl", "vc", "q1", "vp1", "kc", "tmk", "tp", "plt0", "taun"];
/// SD of the logarithm of each.
const OMEGA: f64 = 0.8;
const DOSES: &str = "3 mg qd x7";
/// Tolerance of the reference engine.
const EXACT: f64 = 1e-10;

/// Differences to the reference engine at 1e-10.
#[derive(Debug)]
pub(crate) struct Accuracy {
    pub(crate) variant: Variant,
    pub(crate) group: Population,
    pub(crate) subjects: usize,
    pub(crate) tolerance: f64,
    /// Worst relative difference of a count, and the one that 99 % do not exceed.
    pub(crate) worst: f64,
    pub(crate) most: f64,
}

/// The same with a stopping rule.
#[derive(Debug)]
pub(crate) struct Stopping {
    pub(crate) variant: Variant,
    pub(crate) group: Population,
    pub(crate) subjects: usize,
    /// Subjects whose doses the rule stops.
    pub(crate) stopped: usize,
    /// Subjects with a deciding count so near a threshold that a solver's error could turn the
    /// decision: compared up to that visit only.
    pub(crate) near: usize,
    /// Other subjects whose doses are stopped at different visits, or by one engine only.
    pub(crate) disagree: usize,
    pub(crate) worst: f64,
}

/// How near is near, relative to the threshold.
const NEAR: f64 = 1e-4;

fn variability() -> Result<Vec<Variability>> {
    VARIED.iter().map(|symbol| Variability::from_omega(symbol, OMEGA)).collect()
}

/// The same request with another engine and tolerance.
fn with<'a>(request: &Request<'a>, engine: Engine, tolerance: f64) -> Request<'a> {
    let settings = Settings { tolerance, engine, ..request.settings };
    Request { settings, ..request.clone() }
}

fn profiles(request: &Request<'_>) -> Result<Profiles> {
    let mut profiles = Profiles::default();
    population(request, &mut profiles, &|_| {})?;
    Ok(profiles)
}

/// All variants: `subjects` with liver disease, a tenth of that in health.
fn each_population<R>(
    subjects: usize,
    regimen: &Regimen,
    mut ask: impl FnMut(Request<'_>, Population) -> Result<R>,
) -> Result<Vec<R>> {
    let mut found = Vec::new();
    for variant in Variant::ALL {
        for (group, subjects) in [(Population::CLD, subjects), (Population::HEALTHY, subjects / 10)]
        {
            let mut set = parameter_set("mechanistic", group)?;
            set.choose_variant(variant);
            let request = Request::new(&set, regimen);
            let variability = variability()?;
            found.push(ask(Request { variability, subjects, ..request }, group)?);
        }
    }
    Ok(found)
}

/// Daily counts at the tolerances 1e-6 and 1e-9.
pub(crate) fn accuracy(subjects: usize) -> Result<Vec<Accuracy>> {
    let regimen: Regimen = DOSES.parse()?;
    let pairs = each_population(subjects, &regimen, |request, group| {
        let exact = profiles(&with(&request, Engine::Reference, EXACT))?;
        let compare = |tolerance: f64| -> Result<Accuracy> {
            let found = profiles(&with(&request, Engine::Lanes, tolerance))?;
            let pairs = found.platelets.iter().zip(&exact.platelets);
            let mut errors: Vec<f64> = pairs.map(|(a, b)| ((a - b) / b).abs()).collect();
            errors.sort_by(f64::total_cmp);
            Ok(Accuracy {
                variant: request.set.variant,
                group,
                subjects: request.subjects,
                tolerance,
                worst: errors[errors.len() - 1],
                most: errors[errors.len() * 99 / 100],
            })
        };
        Ok([compare(1e-6)?, compare(1e-9)?])
    })?;
    Ok(pairs.into_iter().flatten().collect())
}

/// A measurement with 15 % error, from the subject's own stream.
fn noisy(subject: usize, visit: usize, count: f64) -> f64 {
    count
        * (1.0
            + 0.15 * Streams::new(7, &format!("count at visit {visit}")).subject(subject).normal())
}

/// The first rule visit whose count decides by a hair's breadth, h.
fn near_visit(
    rule: &StoppingRule,
    subject: usize,
    counts: &[f64],
    stopped_at: Option<f64>,
) -> Option<f64> {
    let baseline = noisy(subject, 0, counts[0]);
    let near = |count: f64, threshold: f64| (count - threshold).abs() <= NEAR * threshold;
    let visits = rule.visit_days.iter().map(|day| 24.0 * (day - 1.0)).enumerate();
    let mut reached = visits.take_while(|(_, time)| stopped_at.is_none_or(|stop| *time <= stop));
    reached.find_map(|(visit, time)| {
        let count = noisy(subject, visit + 1, counts[day(time)]);
        (near(count, rule.at_least) || near(count, baseline + rule.rise)).then_some(time)
    })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small whole number")]
fn day(time_h: f64) -> usize {
    (time_h / 24.0).round() as usize
}

/// Daily counts at the default tolerance under the rule of the phase 3 trials, which sees measured
/// counts; every subject not near a threshold must be stopped at the same visit.
pub(crate) fn stopping(subjects: usize) -> Result<Vec<Stopping>> {
    let rule = StoppingRule::l_plus();
    let regimen: Regimen = format!("{DOSES}, {rule}").parse()?;
    each_population(subjects, &regimen, |request, group| {
        let request = Request { measurement: &noisy, ..request };
        let exact = profiles(&with(&request, Engine::Reference, EXACT))?;
        let found = profiles(&request)?;
        let days = request.times_h.len();
        let mut row = Stopping {
            variant: request.set.variant,
            group,
            subjects: request.subjects,
            stopped: exact.endings.iter().filter(|ending| ending.omitted_at[0].is_some()).count(),
            near: 0,
            disagree: 0,
            worst: 0.0,
        };
        for subject in 0..request.subjects {
            let (ours, theirs) = (&found.endings[subject], &exact.endings[subject]);
            let [ours_daily, daily] =
                [&found, &exact].map(|all| &all.platelets[subject * days..][..days]);
            let near = near_visit(&rule, subject, daily, theirs.omitted_at[0]);
            row.near += usize::from(near.is_some());
            row.disagree +=
                usize::from(near.is_none() && ours.omitted_at[0] != theirs.omitted_at[0]);
            let compared = near.map_or(days, |time| day(time) + 1);
            for (a, b) in ours_daily.iter().zip(daily).take(compared) {
                // In this order a number that is none is the largest.
                let error = ((a - b) / b).abs();
                row.worst = if error.total_cmp(&row.worst).is_gt() { error } else { row.worst };
            }
        }
        Ok(row)
    })
}

/// A run that keeps summaries only.
#[derive(Debug)]
pub(crate) struct Million {
    pub(crate) seconds: f64,
    pub(crate) failed: usize,
    /// Quantiles of the count on day 12, and the share of at least 50.
    pub(crate) day_12: (Vec<f64>, f64),
    /// Peak memory of this process so far, MB; none where the system does not tell.
    pub(crate) peak_mb: Option<f64>,
}

/// 40 days, daily quantiles and shares, of patients with liver disease.
pub(crate) fn million(subjects: usize, threads: usize) -> Result<Million> {
    let regimen: Regimen = DOSES.parse()?;
    let set = parameter_set("mechanistic", Population::CLD)?;
    let mut request = Request::new(&set, &regimen);
    request.variability = vec![
        Variability::from_omega("kc", 1.3)?,
        Variability::from_cv("tmk", 0.2)?,
        Variability::from_cv("tp", 0.25)?,
        Variability::from_cv("cl", 0.36)?,
        Variability::from_cv("plt0", 0.2)?,
    ];
    request.subjects = subjects;
    request.settings.threads = Some(threads);
    let start = Instant::now();
    let mut summary = Summary::new(&request, &[0.05, 0.25, 0.5, 0.75, 0.95], &[50.0]);
    population(&request, &mut summary, &|_| {})?;
    let day_12 = &summary.rows()[12];
    Ok(Million {
        seconds: start.elapsed().as_secs_f64(),
        failed: summary.failures.len(),
        day_12: (day_12.quantiles.clone(), day_12.at_or_above[0]),
        peak_mb: peak_mb(),
    })
}

fn peak_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kb| kb / 1024.0)
}
