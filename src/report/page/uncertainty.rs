//! The answer with parameter uncertainty: over the posteriors of all variants, weighted equally.

use super::table::{Cell, Column, PageTable};
use crate::calibrate::outlooks;
use crate::error::Result;
use crate::model::Variant;
use crate::report::cast::Cast;
use crate::report::drawing::canvas::Lettering;
use crate::report::drawing::page::{NARROW_WIDTH, SHEET_WIDTH};
use crate::report::figure::Figure;
use crate::report::regimen_sheet::{in_percent, percent};
use crate::report::sentence::{Estimate, Sentence};
use crate::report::uncertainty_figure::{Named, by_day_on, caption};
use crate::simulate::population::Failures;
use crate::window::{
    APPROVED_DAYS, APPROVED_MG, Baseline, ENTRY, Outlook, Question, Range, THRESHOLD, TOO_HIGH,
    Treatment, Uncertain,
};
use serde::Serialize;

/// Parameter sets of each variant, and patients in each.
const SETS: usize = 100;
const SUBJECTS: usize = 1000;

/// The answer over the posterior.
#[derive(Debug, Serialize)]
pub(in crate::report) struct UncertaintySection {
    sets: usize,
    subjects: usize,
    /// The regimens with their intervals.
    pub(super) table: PageTable,
    /// What the figure shows.
    caption: Sentence,
    commands: Vec<String>,
    /// How many patients could not be integrated, in words.
    failed: Option<String>,
    #[serde(skip)]
    lines: Vec<Sentence>,
    #[serde(skip)]
    pub(in crate::report) failures: Failures,
}

/// A treatment over the posterior: of all variants together, and of each.
struct Found {
    treatment: Treatment,
    all: Uncertain,
    variants: Vec<(Variant, Uncertain)>,
    failures: Failures,
}

/// The section with its figure; none where the patients are not those whose posterior the program carries.
pub(in crate::report) fn uncertainty_section(
    casts: &[Cast],
    own: &[Treatment],
    tell: &dyn Fn(usize, usize),
) -> Result<Option<(UncertaintySection, Figure)>> {
    if !casts.iter().all(|cast| cast.carried) {
        return Ok(None);
    }
    let treatments = treatments(own);
    let found = over_posterior(casts, &treatments, tell)?;
    let approved = Treatment::approved();
    let of = |wanted: &Treatment| found.iter().find(|found| found.treatment == *wanted);
    let (Some(main), Some(placebo)) = (of(&approved), of(&Treatment::new(0.0, APPROVED_DAYS)))
    else {
        return Ok(None);
    };
    let question = casts[0].question();
    let figure = figure(&question, main, placebo)?;
    let failures = Failures::sum(found.iter().map(|found| &found.failures));
    let section = UncertaintySection {
        sets: main.all.sets,
        subjects: SUBJECTS,
        caption: caption(&question, whom(), &main.all)?,
        table: table(&found, main.all.sets, &percent(question.probability)),
        commands: vec![format!("thrombo window --posterior calibrated --sets {SETS}")],
        lines: lines(&found, main, placebo, question.probability),
        failed: failures.in_words(),
        failures,
    };
    Ok(Some((section, figure)))
}

/// Placebo, the label, fewer days, other doses, and the `own` ones of the user.
fn treatments(own: &[Treatment]) -> Vec<Treatment> {
    let shorter = [5, 6].map(|days| Treatment::new(APPROVED_MG, days));
    let others = [Treatment::new(2.0, APPROVED_DAYS), Treatment::new(4.0, APPROVED_DAYS)];
    let mut all = vec![Treatment::new(0.0, APPROVED_DAYS), Treatment::approved()];
    all.extend(shorter.into_iter().chain(others));
    for treatment in own {
        if !all.contains(treatment) {
            all.push(treatment.clone());
        }
    }
    all
}

/// Every treatment over the posteriors; those without any patient who could be integrated are left out.
fn over_posterior(
    casts: &[Cast],
    treatments: &[Treatment],
    tell: &dyn Fn(usize, usize),
) -> Result<Vec<Found>> {
    let mut own: Vec<(Variant, Vec<Vec<Outlook>>)> = Vec::new();
    for (i, cast) in casts.iter().enumerate() {
        let question = Question { subjects: SUBJECTS, ..cast.question() };
        let asked: Vec<(Baseline, &Treatment)> =
            treatments.iter().map(|treatment| (question.baseline, treatment)).collect();
        let told = |done: usize| tell(i * SETS + done, casts.len() * SETS);
        own.push((cast.variant, outlooks(&cast.sets(SETS)?, &question, &asked, &told)?));
    }
    let probability = casts[0].question().probability;
    let found = |(place, treatment): (usize, &Treatment)| {
        let every: Vec<&Outlook> = own.iter().flat_map(|(_, all)| &all[place]).collect();
        let failures = Failures::sum(every.iter().map(|outlook| &outlook.failures));
        let variants = own.iter().filter_map(|(variant, all)| {
            let outlooks: Vec<&Outlook> = all[place].iter().collect();
            Some((*variant, Uncertain::of(&outlooks, probability)?))
        });
        let variants = variants.collect();
        let all = Uncertain::of(&every, probability)?;
        Some(Found { treatment: treatment.clone(), all, variants, failures })
    };
    Ok(treatments.iter().enumerate().filter_map(found).collect())
}

/// In whom the figure shows the probability.
fn whom() -> Sentence {
    Sentence::plain("Virtual patients with a measured count below ")
        .input(format!("{ENTRY} × 10⁹/L"))
        .words(" before treatment, ")
        .input(SUBJECTS)
        .words(" in each set; the four structural variants are weighted equally")
}

fn figure(question: &Question<'_>, main: &Found, placebo: &Found) -> Result<Figure> {
    let whom = whom().text();
    let draw = |width: f64, lettering: Lettering| {
        let mut lines = vec![Named::placebo("placebo", &placebo.all)];
        let name = format!("{APPROVED_MG} mg × {APPROVED_DAYS}");
        lines.push(Named::main(&name, &main.all));
        let words = (&*main.treatment.to_string(), &*whom);
        by_day_on(width, question, words, &lines, lettering)
    };
    let figure = Figure::new("answer", |lettering| draw(SHEET_WIDTH, lettering))?;
    figure.with_narrow(|lettering| draw(NARROW_WIDTH, lettering))
}

/// The regimens, each with what is to be expected of it.
fn table(found: &[Found], sets: usize, wanted: &str) -> PageTable {
    let approved = Treatment::approved();
    let caption = Sentence::plain("Regimens in patients with a measured count below ")
        .input(format!("{ENTRY} × 10⁹/L"))
        .words(" before treatment: median and ")
        .input("95 %")
        .words(" interval over ")
        .input(sets)
        .words(" parameter sets of the posterior, ")
        .input(SUBJECTS)
        .words(" virtual patients in each; the four structural variants are weighted equally. Days are counted from the first dose. The label is ")
        .input(approved)
        .words("; all other regimens are outside it.");
    let at_least = || Sentence::default().input(THRESHOLD).words(" or more");
    let columns = vec![
        Column::words("regimen", "regimen"),
        Column::days("best_day", "best day"),
        Column::numbers("at_threshold", at_least().words(" on it"), "%").means(format!(
            "probability of a measured count of {THRESHOLD} or more on the best day"
        )),
        Column::numbers(
            "reached",
            Sentence::default().input(wanted).words(" reached, share of the posterior"),
            "%",
        )
        .means(format!("share of the posterior in which this probability reaches {wanted}")),
        Column::days("days_at_threshold", at_least().words(", days of the median patient")),
        Column::numbers("too_high", Sentence::plain("ever above ").input(TOO_HIGH), "%")
            .means(format!("share of patients whose true count ever exceeds {TOO_HIGH}")),
    ];
    PageTable::new("answer", caption, columns, found.iter().map(row).collect())
        .called("Regimens with parameter uncertainty")
}

fn row(Found { treatment, all, .. }: &Found) -> Vec<Cell> {
    let treated = treatment.dose > 0.0;
    let name = if treated { treatment.to_string() } else { "placebo".to_owned() };
    let best_day = if treated { estimate(all.best_day, day) } else { Estimate::alone("–") };
    vec![
        Sentence::default().input(name).into(),
        best_day.into(),
        estimate(all.best, in_percent).into(),
        Estimate::alone(in_percent(all.reached)).into(),
        estimate(all.days_at_threshold, days).into(),
        estimate(all.ever_too_high, in_percent).into(),
    ]
}

fn estimate(of: Range, words: fn(f64) -> String) -> Estimate {
    Estimate::new(words(of.median), (words(of.lower), words(of.upper)))
}

fn day(day: f64) -> String {
    format!("{day:.0}")
}

fn days(days: f64) -> String {
    format!("{days:.1}")
}

/// The answer in sentences.
fn lines(found: &[Found], main: &Found, placebo: &Found, probability: f64) -> Vec<Sentence> {
    vec![best_day(main, placebo), window(main, probability), shorter(found, &percent(probability))]
}

/// How probable the count is on the best day.
fn best_day(main: &Found, placebo: &Found) -> Sentence {
    Sentence::default()
        .words("Of patients with a measured count below ")
        .input(format!("{ENTRY} × 10⁹/L"))
        .words(" before treatment, ")
        .estimate(estimate(main.all.best, percent))
        .words(" have a measured count of ")
        .input(THRESHOLD)
        .words(" or more on the best day, day ")
        .estimate(estimate(main.all.best_day, day))
        .words(" after the first dose; with placebo ")
        .estimate(estimate(placebo.all.best, percent))
        .words(". Brackets: ")
        .input("95 %")
        .words(" intervals over the parameters, with the four structural variants weighted equally. By variant: ")
        .list(&main.variants, |own, (variant, uncertain)| {
            own.words(&format!("{variant} ")).estimate(estimate(uncertain.best, percent))
        })
        .words(".")
}

/// The days on which the wanted probability is reached.
fn window(main: &Found, probability: f64) -> Sentence {
    let wanted = &percent(probability);
    let start = Sentence::default().words("The median probability is ");
    let start = match main.all.window(probability) {
        Some((first, last)) => start
            .input(wanted)
            .words(" or higher on days ")
            .estimate(Estimate::alone(format!("{first} to {last}")))
            .words(" after the first dose; "),
        None => start.words("below ").input(wanted).words(" on every day; "),
    };
    start
        .input(wanted)
        .words(" is reached on some day in ")
        .estimate(Estimate::alone(percent(main.all.reached)))
        .words(" of the posterior.")
}

/// In how much of the posterior fewer days are enough.
fn shorter(found: &[Found], wanted: &str) -> Sentence {
    let is_shorter = |found: &&Found| {
        let Treatment { dose, days, .. } = found.treatment;
        (dose - APPROVED_MG).abs() < 1e-9 && days < APPROVED_DAYS
    };
    Sentence::default()
        .words("With fewer days of ")
        .input(format!("{APPROVED_MG} mg"))
        .words(" than the ")
        .input(APPROVED_DAYS)
        .words(" of the label, ")
        .input(wanted)
        .words(" is reached by ")
        .list(found.iter().filter(is_shorter), |own, found| {
            own.input(format!("{} days", found.treatment.days))
                .words(" in ")
                .estimate(Estimate::alone(percent(found.all.reached)))
        })
        .words(" of the posterior.")
}

impl UncertaintySection {
    /// The answer in sentences.
    pub(super) fn in_words(&self) -> Vec<Sentence> {
        self.lines.clone()
    }

    /// What makes it again.
    pub(super) fn commands(&self) -> &[String] {
        &self.commands
    }
}
