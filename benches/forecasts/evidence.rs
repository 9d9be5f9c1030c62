//! What counts tell, in numbers: how far they narrow the forecast of one day, and what can be called from it, by the count
//! before treatment. Written and read as CSV, and written as the tables of `docs/forecasts.md`.

use std::fmt::Write;
use std::path::Path;
use thrombopoiesis::error::Result;
use thrombopoiesis::files::CsvTable;
use thrombopoiesis::statistics::{Level, Proportion};
use thrombopoiesis::table::Table;

/// Elapsed days of the counts: those of visit days 1, 5 and 8.
pub(crate) const VISITS: [usize; 3] = [0, 4, 7];
/// The elapsed day that is forecast.
pub(crate) const TARGET_DAY: usize = 12;
/// The count to reach, also the limit of entry, 10⁹/L.
pub(crate) const LEVEL: f64 = 50.0;
/// The probability that is wanted, and the one up to which a patient is called unlikely to reach the level.
pub(crate) const WANTED: f64 = 0.7;
pub(crate) const UNLIKELY: f64 = 0.3;
/// Counts measured before treatment, 10⁹/L, from the first to below the second: all, then the parts.
pub(crate) const BASELINES: [(f64, f64); 4] =
    [(0.0, LEVEL), (0.0, 20.0), (20.0, 35.0), (35.0, LEVEL)];
/// The columns of the file.
const COLUMNS: [&str; 12] = [
    "baseline_from",
    "baseline_below",
    "counts",
    "patients",
    "reached",
    "width",
    "held",
    "brier",
    "high",
    "high_reached",
    "low",
    "low_reached",
];

/// Patients with a count before treatment within limits, forecast from their first counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Evidence {
    /// The limits, 10⁹/L.
    pub(crate) baseline: (f64, f64),
    /// How many counts are known.
    pub(crate) counts: usize,
    /// Number of patients.
    pub(crate) patients: usize,
    /// How many of them are measured at the level or more on the day.
    pub(crate) reached: usize,
    /// Median width of the 90 % interval of the true count, 10⁹/L.
    pub(crate) width: f64,
    /// How many of these intervals hold the true count.
    pub(crate) held: usize,
    /// Brier score of a measured count at the level or more.
    pub(crate) brier: f64,
    /// How many patients have the wanted probability or more, and how many of these are measured at the level or more.
    pub(crate) high: (usize, usize),
    /// The same of patients who are called unlikely to reach it.
    pub(crate) low: (usize, usize),
}

/// The rows as a file, with words about the run in its comments.
pub(crate) fn to_csv(rows: &[Evidence], run: &str) -> String {
    let comments = format!(
        "# {run}\n# elapsed day {TARGET_DAY}; baseline and width (median, 90 % interval of the true count) in 10^9/L; numbers of \
         patients:\n# reached (measured at {LEVEL} or more), held (true count in the interval), high and low (probability of \
         {} % or more, {} % or less)\n",
        100.0 * WANTED,
        100.0 * UNLIKELY
    );
    let mut columns = COLUMNS.into_iter();
    let mut name = || columns.next().unwrap_or_default();
    Table::of(rows)
        .number(name(), "10^9/L", |own| own.baseline.0)
        .number(name(), "10^9/L", |own| own.baseline.1)
        .whole(name(), "1", |own| own.counts)
        .whole(name(), "1", |own| own.patients)
        .whole(name(), "1", |own| own.reached)
        .number(name(), "10^9/L", |own| own.width)
        .whole(name(), "1", |own| own.held)
        .number(name(), "1", |own| own.brier)
        .whole(name(), "1", |own| own.high.0)
        .whole(name(), "1", |own| own.high.1)
        .whole(name(), "1", |own| own.low.0)
        .whole(name(), "1", |own| own.low.1)
        .finish()
        .with_comments(&comments)
        .to_csv()
}

/// The rows of a file.
///
/// # Errors
/// Columns or cells that do not belong there.
pub(crate) fn of_csv(path: &Path, text: &str) -> Result<Vec<Evidence>> {
    let table = CsvTable::parse(path, text);
    table.refuse_unknown(&COLUMNS);
    let rows = table.rows().iter().map(|row| {
        let number = |name: &str| table.position(name).and_then(|at| table.number(row, at));
        let whole = |name: &str| {
            let at = table.position(name)?;
            table.cell(row, at)?.parse::<usize>().ok()
        };
        Some(Evidence {
            baseline: (number("baseline_from")?, number("baseline_below")?),
            counts: whole("counts")?,
            patients: whole("patients")?,
            reached: whole("reached")?,
            width: number("width")?,
            held: whole("held")?,
            brier: number("brier")?,
            high: (whole("high")?, whole("high_reached")?),
            low: (whole("low")?, whole("low_reached")?),
        })
    });
    let rows: Vec<Option<Evidence>> = rows.collect();
    for (row, _) in table.rows().iter().zip(&rows).filter(|(_, own)| own.is_none()) {
        table.problem(row.line, "", "needs a number in every column");
    }
    table.finish(rows.into_iter().flatten().collect())
}

/// The rows of patients with these limits, in the order of the counts.
pub(crate) fn of_baseline(rows: &[Evidence], (from, below): (f64, f64)) -> Vec<&Evidence> {
    let is_own = |own: &&Evidence| {
        let (low, high) = own.baseline;
        low.to_bits() == from.to_bits() && high.to_bits() == below.to_bits()
    };
    rows.iter().filter(is_own).collect()
}

/// Limits in words.
pub(crate) fn in_words((from, below): (f64, f64)) -> String {
    if from > 0.0 { format!("{from} to {below}") } else { format!("below {below}") }
}

/// The known counts in words.
fn known(counts: usize) -> String {
    let days = VISITS.map(|day| day.to_string());
    match &days[..counts] {
        [] => "no count".to_owned(),
        [only] => format!("count of day {only}"),
        [first @ .., last] => format!("days {} and {last}", first.join(", ")),
    }
}

/// The tables of the page.
pub(crate) fn tables(rows: &[Evidence]) -> String {
    let heads: String = (0..=VISITS.len()).map(|counts| format!(" {} |", known(counts))).collect();
    let rule = |texts: usize, numbers: usize| {
        format!("|{}{}\n", "---|".repeat(texts), "---:|".repeat(numbers))
    };
    let numbers = VISITS.len() + 1;
    let mut text = format!("| for elapsed day {TARGET_DAY} |{heads}\n{}", rule(1, numbers));
    let all = of_baseline(rows, BASELINES[0]);
    for (name, of) in LINES {
        let cells: String = all.iter().map(|own| format!(" {} |", of(own))).collect();
        let _ = writeln!(text, "| {name} |{cells}");
    }
    for (title, of) in BY_BASELINE {
        let _ = write!(
            text,
            "\n| {title}, by the count before treatment, 10⁹/L | patients |{heads}\n{}",
            rule(1, 1 + numbers)
        );
        for baseline in &BASELINES[1..] {
            let own = of_baseline(rows, *baseline);
            let cells: String = own.iter().map(|own| format!(" {} |", of(own))).collect();
            let patients = own.first().map_or(0, |own| own.patients);
            let _ = writeln!(text, "| {} | {patients} |{cells}", in_words(*baseline));
        }
    }
    text
}

/// A line of a table: its name, and its cell for some patients and counts.
type Line = (&'static str, fn(&Evidence) -> String);

/// The table of all patients.
const LINES: [Line; 9] = [
    ("median width of the 90 % interval of the true count, 10⁹/L", width),
    ("intervals that hold the true count", |own| share(own.held, own.patients)),
    ("Brier score of a measured count of 50 or more", |own| format!("{:.3}", own.brier)),
    ("patients with a probability of 70 % or more", |own| share(own.high.0, own.patients)),
    ("of whom are measured at 50 or more", |own| share(own.high.1, own.high.0)),
    ("patients with a probability of 30 % or less", |own| share(own.low.0, own.patients)),
    ("of whom are measured at 50 or more", |own| share(own.low.1, own.low.0)),
    ("its 95 % interval (Clopper and Pearson)", |own| interval(own.low.1, own.low.0)),
    ("of those measured below 50, with a probability of 30 % or less", |own| {
        share(own.low.0 - own.low.1, own.patients - own.reached)
    }),
];

/// The tables by the count before treatment.
const BY_BASELINE: [Line; 3] = [
    ("median width of the 90 % interval, 10⁹/L", width),
    ("patients with a probability of 70 % or more (of whom measured at 50 or more)", |own| {
        format!("{} ({})", own.high.0, own.high.1)
    }),
    ("patients with a probability of 30 % or less (of whom measured at 50 or more)", |own| {
        format!("{} ({})", own.low.0, own.low.1)
    }),
];

fn width(own: &Evidence) -> String {
    format!("{:.0}", own.width)
}

/// Per cent; a dash of nobody.
fn share(events: usize, of: usize) -> String {
    if of == 0 { "–".to_owned() } else { format!("{:.0} %", 100.0 * events as f64 / of as f64) }
}

fn interval(events: usize, of: usize) -> String {
    let found =
        Proportion::new(events, of).ok().and_then(|own| own.clopper_pearson(Level::NINETY_FIVE));
    let percent = |end: f64| 100.0 * end;
    found.map_or_else(
        || "–".to_owned(),
        |found| format!("{:.0} to {:.0} %", percent(found.lower), percent(found.upper)),
    )
}
