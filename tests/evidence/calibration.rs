//! Calibration to published summaries: the likelihood, what reaches it, and what comes back.

use std::path::Path;
use std::sync::Mutex;
use thrombopoiesis::calibrate::{
    Anew, Entry, Evaluator, Known, Plan, Problem, Search, entry_of, information, on_scale, search,
};
use thrombopoiesis::model::Variant;
use thrombopoiesis::population::VirtualPatients;
use thrombopoiesis::simulate::population::with_threads;
use thrombopoiesis::trial::{Design, Form, Published, PublishedFile, Role, Run};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// Two typical values and the practice of one trial, hardly held by their priors.
const PLAN: &str = r#"
schema = 1
title = "three parameters"
patients = "patients_start"
[estimated.kc]
what = "typical"
symbol = "kc"
scale = "log"
centre = 150.0
sd = 1.0
grade = "D"
source = "test"
[estimated.tp]
what = "typical"
symbol = "tp"
scale = "log"
centre = 6.0
sd = 0.5
grade = "D"
source = "test"
[estimated.practice]
what = "no_transfusion_below"
trial = "l_plus_2"
scale = "logit"
centre = 0.2
sd = 1.5
grade = "D"
source = "test"
"#;

fn plan() -> Plan {
    Plan::read(Path::new("plan.toml"), PLAN).unwrap()
}

fn shipped() -> Vec<Published> {
    PublishedFile::shipped().unwrap().into_iter().flat_map(|file| file.numbers).collect()
}

/// What L-PLUS 2 published.
fn l_plus_2() -> Vec<Published> {
    shipped().into_iter().filter(|p| p.trials == ["l_plus_2"]).collect()
}

fn problem(published: &[Published], candidates: usize) -> Problem {
    Problem::new(&plan(), Variant::B, &[], published, (11, candidates)).unwrap()
}

/// The trials with the practice and patients at a place, run many times.
fn replicated(problem: &Problem, x: &[f64], replicates: usize) -> Vec<Vec<f64>> {
    let designs: Vec<Design> =
        problem.designs().iter().map(|design| problem.with_practice(design, x)).collect();
    let patients = problem.patients_at(x, "test").unwrap();
    let one = |replicate| {
        let trials: Vec<_> = designs
            .iter()
            .map(|design| {
                let run = Run { variant: Variant::B, seed: 99, ..Run::new(design, &patients) };
                run.patients(replicate).unwrap()
            })
            .collect();
        let of = |p: &Published| {
            let own = designs.iter().zip(&trials).filter(|(d, _)| p.trials.contains(&d.id));
            let members: Vec<_> = own.map(|(design, trial)| (design, &trial[..])).collect();
            // All patients of the subset, however many were published.
            let whole = Published { n: None, ..p.clone() };
            on_scale(p.form, whole.simulated(&members, (99, replicate)).value)
        };
        problem.published.iter().map(of).collect()
    };
    (0..replicates).map(one).collect()
}

/// Numbers of either trial, and of both pooled, under practice that differs between the arms.
#[test]
fn val_the_likelihood_agrees_with_brute_force_replicates() -> Outcome {
    let one = |(name, enters, scale, centre): (&str, &str, &str, f64)| {
        format!(
            "[estimated.{name}]\nwhat = {enters}\nscale = \"{scale}\"\ncentre = {centre:?}\nsd = 1.0\n\
             grade = \"D\"\nsource = \"test\"\n"
        )
    };
    let more: String = [
        ("below", "\"no_transfusion_below\"\ntrial = \"l_plus_1\"", "logit", 0.25),
        ("difference", "\"drug_difference\"", "linear", -1.0),
        ("no_procedure", "\"no_procedure\"\ntrial = \"l_plus_2\"", "logit", 0.06),
        ("size_omega", "\"count_error\"\nsymbol = \"size_omega\"", "log", 0.5),
        ("correlation", "\"correlation\"\nbetween = [\"kc\", \"plt0\"]", "fisher", -0.3),
    ]
    .map(one)
    .concat();
    let plan = format!("{PLAN}{more}");
    let plan = Plan::read(Path::new("plan.toml"), &plan)?;
    let problem = Problem::new(&plan, Variant::B, &[], &shipped(), (11, 12_000))?;
    let x = problem.start();
    let likelihood = problem.evaluate(&x)?.ok_or("nothing can be said")?.likelihood;
    let replicates = 1500;
    let trials = replicated(&problem, &x, replicates);
    let normals: Vec<usize> = (0..problem.published.len())
        .filter(|j| entry_of(&problem.published[*j]) == Entry::Normal)
        .collect();
    // The logit of a share of few patients is not normal.
    let has_few = |j: usize| {
        let patients = likelihood.patients[j];
        let events = likelihood.plain[j] * patients;
        matches!(problem.published[j].form, Form::Proportion(_))
            && events.min(patients - events) < 8.0
    };
    assert!(normals.iter().filter(|j| !has_few(**j)).count() > 10);
    let mean = |f: &dyn Fn(&Vec<f64>) -> f64| trials.iter().map(f).sum::<f64>() / replicates as f64;
    let means: Vec<f64> = normals.iter().map(|j| mean(&|t| t[*j])).collect();
    for (a, j) in normals.iter().enumerate() {
        let published = &problem.published[*j];
        // Brought back from the published number of patients to that of the simulated trials.
        let resize = |k: usize| {
            let p = &problem.published[normals[k]];
            let n = p.n.map_or(1.0, |n| n as f64);
            (n / likelihood.patients[normals[k]]).sqrt()
        };
        let rounding = |k: usize| {
            let p = &problem.published[normals[k]];
            let share = p.value;
            let slope = match p.form {
                Form::Proportion(_) => 1.0 / (share * (1.0 - share)),
                Form::Sd(_) => 1.0 / share,
                _ => 1.0,
            };
            (slope * p.rounding).powi(2) / 3.0
        };
        for (b, k) in normals.iter().enumerate().take(a + 1) {
            if has_few(*j) || has_few(*k) {
                continue;
            }
            let own = if a == b { rounding(a) } else { 0.0 };
            let expected = (likelihood.covariance[(a, b)] - own) * resize(a) * resize(b);
            let seen = mean(&|t| (t[*j] - means[a]) * (t[*k] - means[b]));
            let [sd_a, sd_b] = [a, b].map(|c| mean(&|t| (t[normals[c]] - means[c]).powi(2)).sqrt());
            // A covariance of 1,500 trials has a relative error of 0.026 to 0.037, four of which are left to
            // chance; the same patients in two pooled trials made 0.3.
            let error = (seen - expected).abs() / (sd_a * sd_b);
            assert!(
                error < 0.15,
                "{} {}: {seen} {expected}",
                published.id,
                problem.published[*k].id
            );
            if a == b {
                let bias = (means[a] - likelihood.expected[a]).abs() / sd_a;
                // The expectation of 12,000 candidates has an error of a tenth of a trial's.
                assert!(bias < 0.25, "{}: {} {}", published.id, means[a], likelihood.expected[a]);
            }
        }
    }
    Ok(())
}

#[test]
fn invariant_only_what_is_to_be_calibrated_reaches_the_objective() -> Outcome {
    let published = shipped();
    let mut changed = published.clone();
    for number in changed.iter_mut().filter(|p| p.role != Role::Calibrate) {
        number.value *= 0.5;
        number.n = number.n.map(|n| n + 7);
    }
    let objective = |published: &[Published]| -> Result<u64, Box<dyn std::error::Error>> {
        let problem = problem(published, 600);
        let found = problem.evaluate(&problem.start())?.ok_or("nothing can be said")?;
        Ok(found.objective.to_bits())
    };
    assert_eq!(objective(&published)?, objective(&changed)?);
    let mut moved = published.clone();
    if let Some(number) = moved.iter_mut().find(|p| p.role == Role::Calibrate) {
        number.value *= 0.9;
    }
    assert_ne!(objective(&published)?, objective(&moved)?);
    Ok(())
}

#[test]
fn invariant_the_objective_has_the_same_bits_on_any_number_of_threads() -> Outcome {
    let problem = problem(&l_plus_2(), 1500);
    let at = |threads| -> Result<u64, Box<dyn std::error::Error>> {
        let found = with_threads(Some(threads), || problem.evaluate(&problem.start()))??;
        Ok(found.ok_or("nothing can be said")?.objective.to_bits())
    };
    let alone = at(1)?;
    assert_eq!(alone, at(2)?);
    assert_eq!(alone, at(8)?);
    Ok(())
}

#[test]
fn invariant_twice_as_many_patients_move_no_prediction_beyond_chance() -> Outcome {
    let (small, large) = (problem(&l_plus_2(), 3000), problem(&l_plus_2(), 6000));
    let at = |problem: &Problem| -> Result<_, Box<dyn std::error::Error>> {
        Ok(problem.evaluate(&problem.start())?.ok_or("nothing can be said")?.likelihood)
    };
    let (a, b) = (at(&small)?, at(&large)?);
    let normals = small.published.iter().enumerate().filter(|(_, p)| entry_of(p) == Entry::Normal);
    for (i, (j, published)) in normals.enumerate() {
        // The larger pool holds the smaller one: the difference has the variance of the smaller less
        // that of the larger. About 85 % of the candidates are eligible, in each of two arms.
        let n = published.n.map_or(1.0, |n| n as f64);
        let arm = if published.arm == "placebo" { 107.0 } else { 108.0 };
        let share = a.patients[j] / arm;
        let variance = a.covariance[(i, i)] * n / share / 0.8;
        let error = (variance / 3000.0 - variance / 6000.0).sqrt();
        let moved = (a.expected[i] - b.expected[i]).abs();
        assert!(moved < 3.0 * error, "{}: {moved} of {error}", published.id);
    }
    Ok(())
}

#[test]
fn invariant_a_number_that_nothing_moves_is_named_and_no_shipped_one_is() -> Outcome {
    let mut published = shipped();
    let of_plan = |published: &[Published]| {
        Problem::new(&Plan::shipped().unwrap(), Variant::B, &[], published, (11, 1500)).unwrap()
    };
    let whole = information(&of_plan(&published))?.ok_or("nothing can be said")?;
    assert_eq!(whole.silent_numbers(), [0; 0], "{:?}", whole.sensitivity);
    // Counts above 200 on placebo: none whatever the parameters.
    let mut planted = published
        .iter()
        .find(|p| p.id == "placebo_no_transfusion")
        .ok_or("no such number")?
        .clone();
    planted.id = "planted".to_owned();
    planted.form = Form::Proportion("above_high_level".parse()?);
    (planted.value, planted.rounding) = (0.01, 0.005);
    published.push(planted);
    let problem = of_plan(&published);
    let found = information(&problem)?.ok_or("nothing can be said")?;
    let silent: Vec<&str> =
        found.silent_numbers().iter().map(|j| problem.published[*j].id.as_str()).collect();
    assert_eq!(silent, ["planted"]);
    let unseen: Vec<&str> =
        found.unseen_parameters().iter().map(|i| problem.estimated[*i].name.as_str()).collect();
    // These are known to be the prior's alone; what decides a trial is not among them.
    assert!(!unseen.contains(&"kc") && !unseen.contains(&"no_transfusion_below_l_plus_2"));
    // Practice of a trial that published nothing moves nothing.
    let only: Vec<Published> = published.into_iter().filter(|p| p.trials == ["l_plus_1"]).collect();
    let problem = of_plan(&only);
    let found = information(&problem)?.ok_or("nothing can be said")?;
    let rescue = problem.estimated.iter().position(|e| e.name == "rescue_l_plus_2");
    assert!(found.unseen_parameters().contains(&rescue.ok_or("no such parameter")?));
    Ok(())
}

const QUICK: Search =
    Search { screened: 6, starts: 1, simplex_iterations: 15, newton_steps: 12, tolerance: 0.05 };

#[test]
fn recover_parameters_from_the_summaries_of_a_simulated_trial() -> Outcome {
    let mut published = l_plus_2();
    published.retain(|p| p.role == Role::Calibrate && entry_of(p) == Entry::Normal);
    let known = problem(&published, 1000);
    let truth: Vec<f64> =
        known.start().iter().zip([-0.4, 0.15, 0.3]).map(|(x, by)| x + by).collect();
    // What one trial with these parameters would have published.
    let trial = replicated(&known, &truth, 1).remove(0);
    for (number, value) in published.iter_mut().zip(trial) {
        number.value = match number.form {
            Form::Proportion(_) => 1.0 / (1.0 + (-value).exp()),
            Form::Sd(_) => value.exp(),
            _ => value,
        };
    }
    let problem = problem(&published, 3000);
    let evaluator = Evaluator::new(&problem, Vec::new(), &|_| {}, &|_, _, _, _| {});
    let found = search(&evaluator, &QUICK)?.ok_or("nothing found")?;
    assert!(found.converged, "{:?}", found.stages);
    let covariance = 2.0 * found.local.curvature.clone().cholesky().ok_or("curvature")?.inverse();
    for (i, (estimate, truth)) in found.x.iter().zip(&truth).enumerate() {
        let error = covariance[(i, i)].sqrt();
        println!("{}: {estimate} is {truth} within {error}", problem.estimated[i].name);
        assert!((estimate - truth).abs() < 3.0 * error, "{estimate} {truth} {error}");
    }
    Ok(())
}

#[test]
fn invariant_a_search_that_was_cut_off_ends_in_the_same_place() -> Outcome {
    let problem = problem(&l_plus_2(), 800);
    let kept: Mutex<Vec<Known>> = Mutex::default();
    let keep = |known: &Known| {
        if let Ok(mut kept) = kept.lock() {
            kept.push(known.clone());
        }
    };
    let whole = Evaluator::new(&problem, Vec::new(), &keep, &|_, _, _, _| {});
    let expected = search(&whole, &QUICK)?.ok_or("nothing found")?;
    let all = kept.into_inner().unwrap_or_default();
    let count = Mutex::new(0);
    let add = |_: &Known| {
        if let Ok(mut count) = count.lock() {
            *count += 1;
        }
    };
    let resumed = Evaluator::new(&problem, all[..all.len() / 2].to_vec(), &add, &|_, _, _, _| {});
    let again = search(&resumed, &QUICK)?.ok_or("nothing found")?;
    let computed = count.into_inner().unwrap_or_default();
    assert_eq!(again.x, expected.x);
    assert_eq!(again.stages, expected.stages);
    assert_eq!(computed, all.len() - all.len() / 2);
    Ok(())
}

#[test]
fn invariant_numbers_that_are_left_out_change_nothing_else() -> Outcome {
    let all = problem(&shipped(), 400);
    let x = all.start();
    let is_kept = |number: &Published| number.trials != ["l_plus_1"];
    let kept: Vec<usize> =
        (0..all.published.len()).filter(|j| is_kept(&all.published[*j])).collect();
    let everything: Vec<usize> = (0..all.published.len()).collect();
    let found = all.deviances(&x, &[everything, kept])?;
    let whole = all.evaluate(&x)?.ok_or("nothing can be said")?;
    assert_eq!(found[0].to_bits(), whole.likelihood.deviance.to_bits());
    let published: Vec<Published> = shipped().into_iter().filter(is_kept).collect();
    let fewer = problem(&published, 400).evaluate(&x)?.ok_or("nothing can be said")?;
    assert!((found[1] - fewer.likelihood.deviance).abs() < 1e-9);
    Ok(())
}

#[test]
fn invariant_patients_calibrated_anew_meet_the_published_results_again() -> Outcome {
    let patients = VirtualPatients::load("calibrated_b")?;
    let published: Vec<Published> =
        PublishedFile::shipped()?.into_iter().flat_map(|file| file.numbers).collect();
    let pool = (1, 600);
    let anew = Anew::new((&patients, Variant::B), &published, pool)?.ok_or("not calibrated")?;
    // Nothing changes where nothing is changed.
    let [before, after] = anew.places("d", 0.0)?.ok_or("no statistics")?;
    for (a, b) in before.iter().zip(&after) {
        assert!((a - b).abs() < 1e-9, "{a} and {b}");
    }
    // A few steps take up most of what a search would.
    let [before, after] = anew.places("d", 0.08)?.ok_or("no statistics")?;
    let problem = Problem::new(&Plan::shipped()?, Variant::B, &[], &published, pool)?;
    let problem = problem.with_typical("d", 0.08)?;
    let objective = |x: &[f64]| -> Result<f64, Box<dyn std::error::Error>> {
        Ok(problem.evaluate(x)?.ok_or("no likelihood")?.objective)
    };
    let (worse, better) = (objective(&before)?, objective(&after)?);
    let evaluator = Evaluator::new(&problem, Vec::new(), &|_| {}, &|_, _, _, _| {});
    let found = search(&evaluator, &QUICK)?.ok_or("nothing found")?;
    let best = found.evaluation.objective;
    println!("objective {worse:.2}, after the steps {better:.2}, after a search {best:.2}");
    assert!(worse - best > 1.0, "the change must matter: {worse} and {best}");
    assert!(worse - better > 0.5 * (worse - best), "{worse}, {better}, {best}");
    Ok(())
}
