//! `thrombo window`: when to operate, and how short a course may be.

use super::console::Console;
use super::counts;
use super::document::Document;
use super::window_args::{BaselineArg, WindowArgs};
use super::window_text as text;
use super::window_uncertainty as uncertain;
use super::{Answer, failures, record};
use std::collections::BTreeMap;
use std::path::Path;
use thrombopoiesis::calibrate::{ParameterSet, outlooks, sets_of};
use thrombopoiesis::error::{Error, Result, echo};
use thrombopoiesis::files::{OutputFolder, Outputs, RunRecord};
use thrombopoiesis::model::Variant;
use thrombopoiesis::population::VirtualPatients;
use thrombopoiesis::regimen::StoppingRule;
use thrombopoiesis::report::{Lettering, window_figures};
use thrombopoiesis::simulate::population::{Failures, Settings};
use thrombopoiesis::table::Table;
use thrombopoiesis::units::{Time, plausible};
use thrombopoiesis::window::tables::UncertainRow;
use thrombopoiesis::window::{
    Answer as WindowAnswer, Baseline, Choice, ENTRY, LAST_DAY, Optimum, Outlook, People, Question,
    Reach, Treatment, compared_mg, searched_mg, tables,
};

/// Parts of the patients of a line that each set of a posterior has.
pub(super) const PATIENTS_IN_A_SET: usize = 10;
/// Days of treatment that are compared in a folder.
const DAYS: [usize; 7] = [3, 5, 7, 8, 10, 12, 14];

/// Everything found in one structural variant.
pub(super) struct Found {
    pub(super) variant: Variant,
    pub(super) patients: VirtualPatients,
    /// All below the limit of entry first, then the baselines.
    pub(super) answers: Vec<WindowAnswer>,
    /// Other doses of the same number of days, then other days of the same dose.
    pub(super) others: [Vec<WindowAnswer>; 2],
    pub(super) optimum: Option<Optimum>,
    pub(super) grid: Vec<Reach>,
    /// The outlooks over the sets of a posterior, answer by answer; empty without one.
    pub(super) over_sets: Vec<Vec<Outlook>>,
}

pub(super) fn run(args: &WindowArgs, typed: &str, console: Console) -> Result<Answer> {
    check(args)?;
    let casts = casts(args)?;
    let variants: Vec<Variant> = casts.iter().map(|(variant, _)| *variant).collect();
    record::posterior_of_one((record::POSTERIOR, args.posterior.as_deref()), &variants)?;
    casts.iter().try_for_each(|(of, patients)| console.warn_of_patients(patients, *of))?;
    let typical = casts[0].1.typical_patient(casts[0].0)?;
    let treatment = treatment(args)?;
    let doses_mg = searched_mg(&typical.model, treatment.dose);
    let choice = choice(args, doses_mg);
    question(args, &casts[0].1).check()?;
    console.warn_of_doses(&typical, &treatment.regimen()?, Time::visit_day(LAST_DAY as f64));
    let counts = args.baselines.iter().chain([&args.threshold, &args.too_high]);
    let doubts = counts.filter_map(|count| plausible::COUNT.doubt("count", *count));
    doubts.for_each(|text| console.warn(&text));
    if args.subjects == 1 {
        console.warn(
            "results from a single patient do not describe a population and have no standard error",
        );
    }
    choice.check()?;
    let read = [Some(Path::new(&args.patients)), args.posterior.as_deref()];
    let mut outputs = Outputs::beside(read.into_iter().flatten());
    let folder = args.out.as_deref().map(|out| outputs.folder(out, args.force)).transpose()?;
    let progress = console.progress();
    let mut found = Vec::new();
    for (i, (variant, patients)) in casts.iter().enumerate() {
        let tell = |done: usize, all: usize| {
            progress.tell(&format!("variant {variant}"), i * all + done, all * casts.len());
        };
        let asked = (&treatment, &choice, compared_mg(doses_mg.1));
        found.push(find(args, (patients, *variant), asked, &tell)?);
    }
    drop(progress);
    let failed = Failures::sum(failed(&found));
    let outcome = failures::judge_all(console, [&failed], || Ok(typical))?;
    let record = run_record(args, typed, &casts, &failed)?;
    let rows = uncertain::rows(args, &found);
    let uncertainty = uncertain::text(args, &rows);
    console.print(&text::all(args, &treatment, &choice, &found, &uncertainty))?;
    if let Some(mut folder) = folder {
        add_files(&mut folder, args, &choice, (&found, &rows))?;
        console.say(&folder.finish(&record.to_toml())?.to_string());
    }
    console.answer(outcome, || {
        let mut document = Document::of(&record).with_all(text::summary(args, &choice, &found));
        for (name, table) in all_tables(args, &choice, (&found, &rows)) {
            document = document.table(name, &table);
        }
        Ok(document)
    })
}

/// Patients who could not be integrated, answer by answer.
fn failed(found: &[Found]) -> impl Iterator<Item = &Failures> {
    found.iter().flat_map(|found| {
        let answers = found.answers.iter().chain(found.others.iter().flatten());
        let searched = found.optimum.iter().flat_map(Optimum::reaches).chain(&found.grid);
        let over_sets = found.over_sets.iter().flatten().map(|outlook| &outlook.failures);
        let own = answers.map(|answer| &answer.outlook.failures);
        own.chain(searched.map(|reach| &reach.failures)).chain(over_sets)
    })
}

/// The patients of every variant, around the typical values that the user gives.
fn casts(args: &WindowArgs) -> Result<Vec<(Variant, VirtualPatients)>> {
    let around = |patients: VirtualPatients| {
        let mut sizes = args.size.iter();
        let patients = sizes.try_fold(patients, |all, (name, size)| all.with_size(name, *size))?;
        args.set.iter().try_fold(patients, |all, (symbol, value)| all.with_typical(symbol, *value))
    };
    let load = |variant: Variant| VirtualPatients::load_for(&args.patients, variant);
    let patients = load(Variant::B)?;
    if patients.are_of_text()? {
        let named = args.variants.iter().map(|name| patients.variant_named(name));
        let mut variants = named.collect::<Result<Vec<Variant>>>()?;
        if variants.is_empty() {
            variants = patients.variants()?;
        }
        let patients = around(patients)?;
        return Ok(variants.into_iter().map(|variant| (variant, patients.clone())).collect());
    }
    let mut variants = Variant::ALL.to_vec();
    if !args.variants.is_empty() {
        variants = args.variants.iter().map(|name| name.parse()).collect::<Result<_>>()?;
    }
    variants.into_iter().map(|variant| Ok((variant, around(load(variant)?)?))).collect()
}

fn check(args: &WindowArgs) -> Result<()> {
    counts::baselines(&args.baselines)
}

pub(super) fn question<'a>(args: &WindowArgs, patients: &'a VirtualPatients) -> Question<'a> {
    Question {
        baseline: Baseline::Below(ENTRY),
        threshold: args.threshold,
        probability: args.probability,
        too_many: args.too_high,
        subjects: args.subjects,
        seed: args.seed,
        settings: Settings { threads: args.threads, ..Settings::default() },
        ..Question::new(patients)
    }
}

fn baselines(args: &WindowArgs) -> impl Iterator<Item = Baseline> {
    args.baselines.iter().map(|count| match args.baseline_is {
        BaselineArg::Measured => Baseline::Measured(*count),
        BaselineArg::True => Baseline::True(*count),
    })
}

/// The patients among whom treatments are compared and courses sought: those of the baseline if only
/// one is given, else all below the limit of entry.
fn searched(args: &WindowArgs) -> Baseline {
    match args.baselines.as_slice() {
        [_] => baselines(args).next().unwrap_or(Baseline::Below(ENTRY)),
        _ => Baseline::Below(ENTRY),
    }
}

/// The treatment that is asked for.
///
/// # Errors
/// A regimen that is not one, or not one oral dose a day.
pub(super) fn treatment(args: &WindowArgs) -> Result<Treatment> {
    let Some(text) = &args.regimen else {
        let rule = args.rule.then(StoppingRule::l_plus);
        return Ok(Treatment {
            rule,
            missed: args.miss.clone(),
            ..Treatment::new(args.dose, args.days)
        });
    };
    Treatment::of(&text.parse()?).ok_or_else(|| Error::Contradiction {
        first: format!("--regimen {}", echo(text)),
        second: "a window, which requires one oral dose in mg once a day".to_owned(),
        remedy: "write such a regimen, as in `3 mg qd x7`".to_owned(),
    })
}

fn choice(args: &WindowArgs, (smallest_mg, largest_mg): (f64, f64)) -> Choice {
    let default = Choice::default();
    let starts = args.start.map_or(default.starts, |start| start..=start);
    let days = 1..=args.longest.min(*starts.end());
    let largest_mg = args.largest_dose.unwrap_or(largest_mg);
    Choice { days, starts, dose_mg: (smallest_mg, largest_mg), limit: args.limit }
}

/// What is asked of every variant: the treatment, the courses to choose from, and doses to compare, mg.
type Asked<'a> = (&'a Treatment, &'a Choice, [f64; 5]);

fn find(
    args: &WindowArgs,
    (patients, variant): (&VirtualPatients, Variant),
    (treatment, choice, compared): Asked<'_>,
    tell: &(dyn Fn(usize, usize) + Sync),
) -> Result<Found> {
    let asked = Question { variant, ..question(args, patients) };
    let all = People::new(asked)?;
    let (mut answers, mut others) = (vec![all.answer(treatment)?], [Vec::new(), Vec::new()]);
    let sets = sets(args, variant)?;
    let comparisons = if args.out.is_some() { compared.len() + DAYS.len() } else { 0 };
    let searches = if args.optimise { args.longest } else { 0 };
    let of_sets = sets.len();
    let total = 1 + args.baselines.len() + comparisons + searches + of_sets;
    for baseline in baselines(args) {
        answers.push(all.with_baseline(baseline)?.answer(treatment)?);
        tell(answers.len(), total);
    }
    let whose = std::iter::once(Baseline::Below(ENTRY)).chain(baselines(args));
    let whose: Vec<(Baseline, &Treatment)> = whose.map(|baseline| (baseline, treatment)).collect();
    let before = answers.len();
    let question = Question { subjects: args.subjects.div_ceil(PATIENTS_IN_A_SET), ..asked };
    let told = |done: usize| tell(before + done, total);
    let over_sets = match sets.as_slice() {
        [] => Vec::new(),
        sets => outlooks(sets, &question, &whose, &told)?,
    };
    let done = answers.len() + of_sets;
    let baseline = searched(args);
    if args.out.is_some() {
        let people = all.with_baseline(baseline)?;
        for dose in compared {
            others[0].push(people.answer(&Treatment { dose, ..treatment.clone() })?);
        }
        for days in DAYS {
            let missed = treatment.missed.iter().copied().filter(|dose| *dose <= days).collect();
            others[1].push(people.answer(&Treatment { days, missed, ..treatment.clone() })?);
        }
        tell(done + comparisons, total);
    }
    let (mut optimum, mut grid) = (None, Vec::new());
    if args.optimise {
        let subjects = args.search_subjects;
        let people = People::new(Question { baseline, subjects, ..asked })?;
        let before = done + comparisons;
        let told = |done: usize| tell(before + done, total);
        optimum = Some(people.optimum(choice, &told)?);
        if args.out.is_some() {
            grid = people.grid(&compared, choice)?;
        }
        tell(total, total);
    }
    Ok(Found { variant, patients: patients.clone(), answers, others, optimum, grid, over_sets })
}

/// The sets of a posterior that stand for what the parameters leave open, if one is given.
fn sets(args: &WindowArgs, variant: Variant) -> Result<Vec<ParameterSet>> {
    let Some(path) = &args.posterior else { return Ok(Vec::new()) };
    let sets = sets_of(path, variant, args.sets)?;
    record::require_effect(&args.set, &sets)?;
    Ok(sets)
}

fn add_files(
    folder: &mut OutputFolder,
    args: &WindowArgs,
    choice: &Choice,
    (found, rows): (&[Found], &[UncertainRow]),
) -> Result<()> {
    for (name, table) in all_tables(args, choice, (found, rows)) {
        folder.add(format!("{name}.csv"), table.to_csv());
    }
    if args.optimise {
        let (grids, patients) = (grids(found), &found[0].patients);
        let asked = Question { subjects: args.search_subjects, ..question(args, patients) };
        let figure = window_figures::optimum(&asked, choice, &grids, Lettering::Embedded)?;
        folder.add("figures/optimum.svg", figure);
    }
    if let Some(figure) = uncertain::figure(args, found, rows)? {
        folder.add("figures/by_day.svg", figure);
    }
    for found in found {
        let asked = Question { variant: found.variant, ..question(args, &found.patients) };
        let letter = found.variant.to_string().to_lowercase();
        let [doses, days] = &found.others;
        for (name, figure) in [
            (
                "baseline",
                window_figures::by_baseline(&asked, &found.answers[1..], Lettering::Embedded)?,
            ),
            ("dose", window_figures::by_dose(&asked, doses, Lettering::Embedded)?),
            ("days", window_figures::by_days(&asked, days, Lettering::Embedded)?),
            (
                "start",
                window_figures::by_start(&asked, days, choice.starts.clone(), Lettering::Embedded)?,
            ),
        ] {
            folder.add(format!("figures/by_{name}_{letter}.svg"), figure);
        }
    }
    let summary = text::summary(args, choice, found);
    folder.add("summary.toml", toml::to_string(&summary).unwrap_or_default());
    Ok(())
}

/// The tables by name; doses and days are gone through for a folder only.
fn all_tables(
    args: &WindowArgs,
    choice: &Choice,
    (found, rows): (&[Found], &[UncertainRow]),
) -> Vec<(&'static str, Table)> {
    let answers: Vec<WindowAnswer> = found
        .iter()
        .flat_map(|f| f.answers.iter().chain(f.others.iter().flatten()).cloned())
        .collect();
    let mut all = vec![
        ("windows", tables::windows(&answers)),
        ("days", tables::days(&answers)),
        ("starts", tables::starts(&answers, &choice.starts)),
    ];
    if !rows.is_empty() {
        all.push(("uncertainty", tables::uncertainty(rows)));
    }
    if args.optimise {
        let optima: Vec<(Variant, Optimum)> =
            found.iter().filter_map(|f| Some((f.variant, f.optimum.clone()?))).collect();
        let asked = Question { baseline: searched(args), ..question(args, &found[0].patients) };
        all.push(("optimum", tables::optimum(&asked, choice.limit, &optima)));
        if args.out.is_some() {
            all.push(("courses", tables::courses(&asked, &grids(found))));
        }
    }
    all
}

fn grids(found: &[Found]) -> Vec<(Variant, Vec<Reach>)> {
    found.iter().map(|f| (f.variant, f.grid.clone())).collect()
}

fn run_record(
    args: &WindowArgs,
    typed: &str,
    casts: &[(Variant, VirtualPatients)],
    failures: &Failures,
) -> Result<RunRecord> {
    let mut inputs: BTreeMap<String, String> =
        casts.iter().flat_map(|(variant, patients)| record::files_of(patients, *variant)).collect();
    for (variant, _) in casts {
        inputs.extend(record::posterior(args.posterior.as_deref(), *variant)?);
    }
    Ok(record::of_many(typed, args.seed, inputs, failures))
}
