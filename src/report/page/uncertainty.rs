//! The answer with parameter uncertainty: over the posteriors of all variants, weighted equally.

use crate::calibrate::outlooks;
use crate::error::Result;
use crate::model::Variant;
use crate::report::cast::Cast;
use crate::report::figure::Figure;
use crate::report::regimen_sheet::percent;
use crate::report::uncertainty_figure::{Named, by_day};
use crate::report::words::listed;
use crate::simulate::population::Failures;
use crate::window::{
    APPROVED_DAYS, APPROVED_MG, Baseline, ENTRY, Outlook, Question, Range, THRESHOLD, Treatment,
    Uncertain,
};
use serde::Serialize;

/// Parameter sets of each variant, and patients in each.
const SETS: usize = 100;
const SUBJECTS: usize = 1000;

/// A number that a decision rests on.
#[derive(Debug, Clone, Serialize)]
struct Decision {
    value: String,
    lower: String,
    upper: String,
}

/// A treatment with what is to be expected of it.
#[derive(Debug, Serialize)]
struct TreatmentRow {
    name: String,
    best_day: Decision,
    at_threshold: Decision,
    /// Share of the posterior in which the wanted probability is reached.
    reached: String,
    days: Decision,
    too_high: Decision,
}

/// The answer over the posterior.
#[derive(Debug, Serialize)]
pub(in crate::report) struct UncertaintySection {
    sets: usize,
    subjects: usize,
    wanted: String,
    rows: Vec<TreatmentRow>,
    commands: Vec<String>,
    /// How many patients could not be integrated, in words.
    failed: Option<String>,
    #[serde(skip)]
    lines: Vec<String>,
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
        wanted: percent(question.probability),
        rows: found.iter().map(TreatmentRow::new).collect(),
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

fn figure(question: &Question<'_>, main: &Found, placebo: &Found) -> Result<Figure> {
    let whom = format!(
        "Virtual patients with a measured count below {ENTRY} × 10⁹/L before treatment, {SUBJECTS} in each set; the four \
         structural variants are weighted equally"
    );
    Figure::new("answer", |lettering| {
        let mut lines = vec![Named::placebo("placebo", &placebo.all)];
        let name = format!("{APPROVED_MG} mg × {APPROVED_DAYS}");
        lines.push(Named::main(&name, &main.all));
        by_day(question, (&main.treatment.to_string(), &whom), &lines, lettering)
    })
}

impl TreatmentRow {
    fn new(Found { treatment, all, .. }: &Found) -> Self {
        let treated = treatment.dose > 0.0;
        let none = Decision { value: "–".to_owned(), lower: String::new(), upper: String::new() };
        Self {
            name: if treated { treatment.to_string() } else { "placebo".to_owned() },
            best_day: if treated { Decision::new(all.best_day, day) } else { none },
            at_threshold: Decision::new(all.best, percent),
            reached: percent(all.reached),
            days: Decision::new(all.days_at_threshold, days),
            too_high: Decision::new(all.ever_too_high, percent),
        }
    }
}

impl Decision {
    fn new(of: Range, words: fn(f64) -> String) -> Self {
        Self { value: words(of.median), lower: words(of.lower), upper: words(of.upper) }
    }

    fn in_words(&self) -> String {
        format!("{} ({} to {})", self.value, self.lower, self.upper)
    }
}

fn day(day: f64) -> String {
    format!("{day:.0}")
}

fn days(days: f64) -> String {
    format!("{days:.1}")
}

/// The answer in sentences.
fn lines(found: &[Found], main: &Found, placebo: &Found, probability: f64) -> Vec<String> {
    let wanted = percent(probability);
    let of_variants = main.variants.iter().map(|(variant, uncertain)| {
        format!("{variant} {}", Decision::new(uncertain.best, percent).in_words())
    });
    let of_variants: Vec<String> = of_variants.collect();
    let first = format!(
        "Of patients with a measured count below {ENTRY} × 10⁹/L before treatment, {} have a measured count of {THRESHOLD} or \
         more on the best day, day {} after the first dose; with placebo {}. Brackets: 95 % intervals over the parameters, with the \
         four structural variants weighted equally. By variant: {}.",
        Decision::new(main.all.best, percent).in_words(),
        Decision::new(main.all.best_day, day).in_words(),
        Decision::new(placebo.all.best, percent).in_words(),
        listed(&of_variants)
    );
    let window = match main.all.window(probability) {
        Some((first, last)) => format!(
            "The median probability is {wanted} or higher on days {first} to {last} after the first dose; {wanted} is reached on some day \
             in {} of the posterior.",
            percent(main.all.reached)
        ),
        None => format!(
            "The median probability is below {wanted} on every day; {wanted} is reached on some day in {} of the posterior.",
            percent(main.all.reached)
        ),
    };
    let shorter = found.iter().filter(|found| {
        let Treatment { dose, days, .. } = found.treatment;
        (dose - APPROVED_MG).abs() < 1e-9 && days < APPROVED_DAYS
    });
    let shorter: Vec<String> = shorter
        .map(|found| format!("{} days in {}", found.treatment.days, percent(found.all.reached)))
        .collect();
    let shorter = format!(
        "With fewer days of {APPROVED_MG} mg than the {APPROVED_DAYS} of the label, {wanted} is reached by {} of the posterior.",
        listed(&shorter)
    );
    vec![first, window, shorter]
}

impl UncertaintySection {
    /// The answer in sentences.
    pub(super) fn in_words(&self) -> Vec<String> {
        self.lines.clone()
    }

    /// What makes it again.
    pub(super) fn commands(&self) -> &[String] {
        &self.commands
    }
}
