//! When to operate, and how short a course may be.

use crate::error::Result;
use crate::report::cast::Cast;
use crate::report::figure::Figure;
use crate::report::regimen_result::MAIN;
use crate::report::regimen_sheet::percent;
use crate::report::window_figures;
use crate::report::words::with_variants;
use crate::simulate::population::Failures;
use crate::window::{
    APPROVED_DAYS, APPROVED_MG, Answer, BASELINES, Baseline, Choice, Optimum, People, Question,
    Reach, SEARCHED, THRESHOLD, TOO_HIGH, Treatment, compared_mg,
};
use serde::Serialize;

/// The procedure window on the page.
#[derive(Debug, Serialize)]
pub(in crate::report) struct WindowSection {
    probability: String,
    subjects: usize,
    variants: Vec<String>,
    rows: Vec<BaselineRow>,
    command: String,
    /// The answer in a sentence.
    finding: String,
    /// How many patients could not be integrated, in words.
    failed: Option<String>,
    #[serde(skip)]
    pub(in crate::report) failures: Failures,
}

/// One count before treatment.
#[derive(Debug, Serialize)]
struct BaselineRow {
    baseline: String,
    cells: Vec<BaselineCell>,
}

#[derive(Debug, Serialize)]
struct BaselineCell {
    best_day: usize,
    chance: String,
    window: String,
}

/// The shortest course on the page.
#[derive(Debug, Serialize)]
pub(in crate::report) struct OptimumSection {
    probability: String,
    limit: String,
    subjects: usize,
    rows: Vec<OptimumRow>,
    command: String,
    /// The answer in a sentence.
    finding: String,
    /// How many patients could not be integrated, in words.
    failed: Option<String>,
    #[serde(skip)]
    pub(in crate::report) failures: Failures,
}

/// The answer of one variant.
#[derive(Debug, Serialize)]
struct OptimumRow {
    variant: String,
    approved_days: String,
    approved: String,
    shortest: String,
}

/// The window section with its figures; `casts` with their patients below the limit of entry.
pub(in crate::report) fn window_section(
    casts: &[(&Cast, People<'_>)],
) -> Result<(WindowSection, Vec<Figure>)> {
    let approved = Treatment::approved();
    let mut all: Vec<(Question<'_>, Vec<Answer>)> = Vec::new();
    for (cast, below) in casts {
        let question = cast.question();
        let mut answers = vec![below.answer(&approved)?];
        for count in BASELINES {
            let baseline = Baseline::Measured(count);
            answers.push(below.with_baseline(baseline)?.answer(&approved)?);
        }
        all.push((question, answers));
    }
    let mut figures = Vec::new();
    if let Some((question, answers)) = all.iter().find(|(question, _)| question.variant == MAIN) {
        figures.push(Figure::new("window_by_baseline", |lettering| {
            window_figures::by_baseline(question, &answers[1..], lettering)
        })?);
    }
    let row = |i: usize| BaselineRow {
        baseline: all[0].1[i].baseline.to_string(),
        cells: all.iter().map(|(_, answers)| cell(&answers[i])).collect(),
    };
    let answers = all.iter().flat_map(|(_, answers)| answers);
    let failures = Failures::sum(answers.map(|answer| &answer.outlook.failures));
    let rows: Vec<BaselineRow> = (0..=BASELINES.len()).map(row).collect();
    let variants: Vec<String> = casts.iter().map(|(cast, _)| cast.variant.to_string()).collect();
    let probability = percent(all[0].0.probability);
    let section = WindowSection {
        finding: days_of_window(&probability, &rows[0].cells, &variants),
        failed: failures.in_words(),
        failures,
        probability,
        subjects: all[0].0.subjects,
        variants,
        rows,
        command: "thrombo window".to_owned(),
    };
    Ok((section, figures))
}

fn cell(Answer { outlook, .. }: &Answer) -> BaselineCell {
    BaselineCell {
        best_day: outlook.best_day,
        chance: percent(outlook.best().at_threshold),
        window: outlook
            .window
            .map_or("never".to_owned(), |(first, last)| format!("{first} to {last}")),
    }
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
        probability,
        limit,
        subjects: SEARCHED,
        rows,
        command: "thrombo window --optimise --out window".to_owned(),
    };
    Ok((section, vec![figure]))
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
    pub(super) fn command(&self) -> &str {
        &self.command
    }

    /// The answer in a sentence.
    pub(super) fn in_words(&self) -> String {
        self.finding.clone()
    }
}

/// How many days of the approved dose are enough, variant by variant.
fn days_needed(probability: &str, limit: &str, rows: &[OptimumRow]) -> String {
    let days = rows.iter().map(|row| (row.approved_days.as_str(), row.variant.as_str()));
    format!(
        "Days of {APPROVED_MG} mg needed for {probability} of the patients to be at {THRESHOLD} or more, started on the best day before a procedure, with no more \
         than {limit} above {TOO_HIGH} at any time: {}. The label specifies {APPROVED_DAYS} days.",
        by_variant(days)
    )
}

/// When to operate, variant by variant.
fn days_of_window(probability: &str, cells: &[BaselineCell], variants: &[String]) -> String {
    let windows = cells.iter().map(|cell| cell.window.as_str());
    format!(
        "The probability of a measured count of {THRESHOLD} or more is {probability} or higher on days {} after the first dose, which is the window for the procedure.",
        by_variant(windows.zip(variants.iter().map(String::as_str)))
    )
}

/// Values with the variants that have them, those of one value together.
fn by_variant<'a>(values: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let groups = with_variants(values.map(|(value, variant)| (value, variant.to_owned())));
    if let [(value, _)] = groups.as_slice() {
        return format!("{value} in every variant");
    }
    let one = |(value, of): &(&str, Vec<String>)| format!("{value} ({})", of.join(", "));
    groups.iter().map(one).collect::<Vec<_>>().join(", ")
}
