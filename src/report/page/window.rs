//! When to operate, and how short a course may be.

use super::table::{Cell, Column, PageTable};
use crate::error::Result;
use crate::files::quoted;
use crate::report::cast::Cast;
use crate::report::figure::Figure;
use crate::report::regimen_result::MAIN;
use crate::report::regimen_sheet::{in_percent, percent};
use crate::report::window_figures;
use crate::report::words::{by_variant, by_variant_in_words, grouped};
use crate::simulate::population::Failures;
use crate::window::{
    APPROVED_DAYS, APPROVED_MG, Answer, BASELINES, Baseline, Choice, Optimum, Outlook, People,
    Question, Reach, SEARCHED, THRESHOLD, TOO_HIGH, Treatment, compared_mg,
};
use serde::Serialize;

/// The procedure window on the page.
#[derive(Debug, Serialize)]
pub(in crate::report) struct WindowSection {
    pub(super) table: PageTable,
    commands: Vec<String>,
    /// The answer in a sentence.
    finding: String,
    /// How many patients could not be integrated, in words.
    failed: Option<String>,
    #[serde(skip)]
    pub(in crate::report) failures: Failures,
}

/// The shortest course on the page.
#[derive(Debug, Serialize)]
pub(in crate::report) struct OptimumSection {
    pub(super) table: PageTable,
    command: String,
    /// The answer in a sentence.
    finding: String,
    /// How many patients could not be integrated, in words.
    failed: Option<String>,
    #[serde(skip)]
    pub(in crate::report) failures: Failures,
}

/// The answer of one variant.
#[derive(Debug)]
struct OptimumRow {
    variant: String,
    approved_days: String,
    approved: String,
    shortest: String,
}

/// The window section with its figures; `casts` with their patients below the limit of entry.
pub(in crate::report) fn window_section(
    casts: &[(&Cast, People<'_>)],
    treatment: &Treatment,
) -> Result<(WindowSection, Vec<Figure>)> {
    let mut all: Vec<(Question<'_>, Vec<Answer>)> = Vec::new();
    for (cast, below) in casts {
        let question = cast.question();
        let mut answers = vec![below.answer(treatment)?];
        for count in BASELINES {
            let baseline = Baseline::Measured(count);
            answers.push(below.with_baseline(baseline)?.answer(treatment)?);
        }
        all.push((question, answers));
    }
    let mut figures = Vec::new();
    if let Some((question, answers)) = all.iter().find(|(question, _)| question.variant == MAIN) {
        figures.push(Figure::new("window_by_baseline", |lettering| {
            window_figures::by_baseline(question, &answers[1..], lettering)
        })?);
    }
    let at = |i: usize| Window::new(all.iter().map(|(_, answers)| &answers[i]));
    let row = |i: usize| at(i).row(all[0].1[i].baseline.to_string());
    let answers = all.iter().flat_map(|(_, answers)| answers);
    let failures = Failures::sum(answers.map(|answer| &answer.outlook.failures));
    let probability = percent(all[0].0.probability);
    let rows = (0..=BASELINES.len()).map(row).collect();
    let section = WindowSection {
        finding: days_of_window(&probability, all.iter().map(|(_, answers)| &answers[0])),
        failed: failures.in_words(),
        failures,
        table: window_table((treatment, &probability, all[0].0.subjects), rows),
        commands: commands(casts, treatment)?,
    };
    Ok((section, figures))
}

/// What makes it again, for the patients of the program and then for others.
fn commands(casts: &[(&Cast, People<'_>)], treatment: &Treatment) -> Result<Vec<String>> {
    let regimen = if *treatment == Treatment::approved() {
        String::new()
    } else {
        format!(" --regimen {}", quoted(&treatment.regimen()?.to_string()))
    };
    let whose = casts.iter().map(|(cast, _)| {
        let own = format!(" --parameters {}", quoted(&cast.name));
        (if cast.carried { String::new() } else { own }, cast.variant.to_string())
    });
    let one = |(whose, variants): (String, Vec<String>)| {
        let all = variants.len() == casts.len() && whose.is_empty();
        let variants =
            if all { String::new() } else { format!(" --variant {}", variants.join(",")) };
        format!("thrombo window{regimen}{whose}{variants}")
    };
    Ok(grouped(whose).into_iter().map(one).collect())
}

/// First and last day with the wanted probability.
fn days(outlook: &Outlook) -> String {
    outlook.window.map_or("never".to_owned(), |(first, last)| format!("{first} to {last}"))
}

/// What the variants say of one count before treatment.
struct Window {
    best_day: String,
    chance: String,
    days: String,
}

impl Window {
    fn new<'a>(answers: impl Iterator<Item = &'a Answer>) -> Self {
        let answers: Vec<&Answer> = answers.collect();
        let of = |words: &dyn Fn(&Outlook) -> String| {
            let one = |own: &&Answer| (words(&own.outlook), own.variant.to_string());
            by_variant(answers.iter().map(one))
        };
        Self {
            best_day: of(&|outlook| outlook.best_day.to_string()),
            chance: of(&|outlook| in_percent(outlook.best().at_threshold)),
            days: of(&days),
        }
    }

    fn row(self, baseline: String) -> Vec<Cell> {
        [baseline, self.best_day, self.chance, self.days].map(Cell::from).to_vec()
    }
}

fn window_table(
    (treatment, probability, subjects): (&Treatment, &str, usize),
    rows: Vec<Vec<Cell>>,
) -> PageTable {
    let columns = vec![
        Column::words("count_before", "count before treatment"),
        Column::words("best_day", "best day"),
        Column::words("at_threshold", format!("{THRESHOLD} or more on it, %")).means(format!(
            "probability of a measured count of {THRESHOLD} or more on the best day, %"
        )),
        Column::words("window", format!("days with {probability} or more")).means(format!(
            "first and last day on which this probability is {probability} or higher"
        )),
    ];
    let caption = format!(
        "{treatment}, by the count before treatment: probability of a measured count of {THRESHOLD} × 10⁹/L or more, in {subjects} \
         patients of each variant and row. Days are counted from the first dose; a value that not all \
         variants have is followed by those that do."
    );
    PageTable::new("window", caption, columns, rows).called("The procedure window")
}

/// The shortest course in every variant, with its figure.
pub(in crate::report) fn optimum_section(
    casts: &[(&Cast, People<'_>)],
) -> Result<(OptimumSection, Vec<Figure>)> {
    let choice = Choice::default();
    let (mut rows, mut grids, mut failures) = (Vec::new(), Vec::new(), Failures::default());
    let asked = Question { subjects: SEARCHED, ..casts[0].0.question() };
    for (cast, _) in casts {
        let people = People::new(Question { subjects: SEARCHED, ..cast.question() })?;
        let optimum = people.optimum(&choice, &|_| {})?;
        let grid = people.grid(&compared_mg(choice.dose_mg.1), &choice)?;
        let reaches = optimum.reaches().chain(&grid);
        failures.add(&Failures::sum(reaches.map(|reach| &reach.failures)));
        rows.push(optimum_row(&asked, &choice, cast, &optimum));
        grids.push((cast.variant, grid));
    }
    let figure = Figure::new("optimum", |lettering| {
        window_figures::optimum(&asked, &choice, &grids, lettering)
    })?;
    let (probability, limit) = (percent(asked.probability), percent(choice.limit));
    let section = OptimumSection {
        finding: days_needed(&probability, &limit, &rows),
        failed: failures.in_words(),
        failures,
        table: optimum_table((&probability, &limit, choice.dose_mg.1), &rows),
        command: "thrombo window --optimise --out window".to_owned(),
    };
    Ok((section, vec![figure]))
}

fn optimum_table(
    (probability, limit, largest_mg): (&str, &str, f64),
    rows: &[OptimumRow],
) -> PageTable {
    let caption = format!(
        "The shortest course with which at least {probability} of the patients are at {THRESHOLD} × 10⁹/L or more at the \
         procedure and no more than {limit} exceed {TOO_HIGH} at any time; {SEARCHED} patients. The label specifies {APPROVED_MG} \
         mg for {APPROVED_DAYS} days; all other courses are outside the label."
    );
    let columns = vec![
        Column::words("variant", "variant"),
        Column::words("approved_dose", format!("with {APPROVED_MG} mg"))
            .means(format!("shortest course of {APPROVED_MG} mg")),
        Column::words("any_dose", format!("with any dose up to {largest_mg} mg"))
            .means(format!("shortest course of any dose up to {largest_mg} mg")),
    ];
    let cells = |row: &OptimumRow| {
        [&row.variant, &row.approved, &row.shortest].map(|text| Cell::from(text.as_str())).to_vec()
    };
    PageTable::new("optimum", caption, columns, rows.iter().map(cells).collect())
        .called("The shortest course")
}

fn optimum_row(
    asked: &Question<'_>,
    choice: &Choice,
    cast: &Cast,
    optimum: &Optimum,
) -> OptimumRow {
    let words = |of: &Reach| {
        format!(
            "{} of {:.2} mg ({:.1} mg in all), started {} days before: {}",
            if of.days == 1 { "1 day".to_owned() } else { format!("{} days", of.days) },
            of.dose_mg,
            of.total_mg(),
            of.start,
            percent(of.at_threshold)
        )
    };
    let approved = optimum.shortest_of_approved_dose(asked.probability, choice.limit);
    OptimumRow {
        variant: cast.variant.to_string(),
        approved_days: approved.map_or("never".to_owned(), |of| of.days.to_string()),
        approved: approved.map_or("none".to_owned(), words),
        shortest: optimum.shortest().map_or("none".to_owned(), |best| words(&best.course)),
    }
}

impl OptimumSection {
    /// What makes it again.
    pub(super) fn command(&self) -> &str {
        &self.command
    }

    /// The answer in a sentence.
    pub(super) fn in_words(&self) -> String {
        self.finding.clone()
    }
}

impl WindowSection {
    /// What makes it again.
    pub(super) fn commands(&self) -> &[String] {
        &self.commands
    }

    /// The answer in a sentence.
    pub(super) fn in_words(&self) -> String {
        self.finding.clone()
    }
}

/// How many days of the approved dose are enough, variant by variant.
fn days_needed(probability: &str, limit: &str, rows: &[OptimumRow]) -> String {
    let days = rows.iter().map(|row| (row.approved_days.clone(), row.variant.clone()));
    format!(
        "Days of {APPROVED_MG} mg needed for {probability} of the patients to be at {THRESHOLD} or more, started on the best day before a procedure, with no more \
         than {limit} above {TOO_HIGH} at any time: {}. The label specifies {APPROVED_DAYS} days.",
        by_variant_in_words(days)
    )
}

/// When to operate, variant by variant.
fn days_of_window<'a>(probability: &str, answers: impl Iterator<Item = &'a Answer>) -> String {
    let days = by_variant_in_words(
        answers.map(|answer| (days(&answer.outlook), answer.variant.to_string())),
    );
    format!(
        "The probability of a measured count of {THRESHOLD} or more is {probability} or higher on days {days} after the first dose, which is the window for the procedure."
    )
}
