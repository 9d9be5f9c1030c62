//! Counts of one patient from a CSV file: `time_h,plt_1e9_l[,sd]`.

use super::plausibility::too_accurate;
use super::target::{Spread, Statistic, Target};
use crate::error::{Error, FileProblem, Result, echo};
use std::path::Path;

/// Residual error of a count where the file gives none, as a share of the count.
const ASSUMED_CV: f64 = 0.15;

/// Most lines of a file: one patient has no more counts.
const MOST_LINES: usize = 10_000;

/// Reads the counts in `text`, the content of `path`. Lines that start with `#` are comments; a
/// count `.` is missing.
pub(super) fn read_counts(path: &Path, text: &str) -> Result<Vec<Target>> {
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .trim(csv::Trim::All)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut problems = Problems { path, list: Vec::new() };
    let header = reader.headers().cloned().unwrap_or_default();
    let columns: Vec<&str> = header.iter().collect();
    let has_sd = match columns.as_slice() {
        ["time_h", "plt_1e9_l"] => false,
        ["time_h", "plt_1e9_l", "sd"] => true,
        _ => {
            problems.note(1, "", "must be the header time_h,plt_1e9_l or time_h,plt_1e9_l,sd");
            return Err(Error::Files(problems.list));
        }
    };
    let mut targets = Vec::new();
    let lines = text.lines().count();
    if lines > MOST_LINES {
        problems.note(1, "", &format!("has {lines} lines: give at most {MOST_LINES}"));
        return Err(Error::Files(problems.list));
    }
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(1, csv::Position::line);
                problems.note(line, "", "is not a line of text in UTF-8");
                continue;
            }
        };
        let line = record.position().map_or(1, csv::Position::line);
        if record.len() != columns.len() {
            problems.note(line, "", &format!("must have {} columns", columns.len()));
            continue;
        }
        if &record[1] == "." {
            continue;
        }
        let time_h = problems.number(line, "time_h", &record[0], 0.0, true);
        let count = problems.number(line, "plt_1e9_l", &record[1], 0.0, false);
        let sd = if has_sd { problems.number(line, "sd", &record[2], 0.0, false) } else { None };
        if let Some(rule) = count.zip(sd).and_then(|(count, sd)| too_accurate(count, sd)) {
            problems.note(line, "sd", &rule);
        }
        if let (Some(time_h), Some(count)) = (time_h, count) {
            targets.push(target(time_h, count, sd));
        }
    }
    if targets.is_empty() && problems.list.is_empty() {
        problems.note(1, "", "holds no counts: add at least one line with a time and a count");
    }
    if problems.list.is_empty() { Ok(targets) } else { Err(Error::Files(problems.list)) }
}

fn target(time_h: f64, count: f64, sd: Option<f64>) -> Target {
    Target {
        statistic: Statistic::CountAt { time_h },
        value: count,
        se: sd.unwrap_or(ASSUMED_CV * count),
        spread: if sd.is_some() { Spread::Published } else { Spread::Assumed },
        arm: "as given".to_owned(),
        subset: "one patient".to_owned(),
        source: "own data".to_owned(),
        grade: "A",
    }
}

struct Problems<'a> {
    path: &'a Path,
    list: Vec<FileProblem>,
}

impl Problems<'_> {
    fn note(&mut self, line: u64, key: &str, rule: &str) {
        let line = usize::try_from(line).unwrap_or(usize::MAX);
        let (path, key, rule) = (self.path.to_owned(), key.to_owned(), rule.to_owned());
        self.list.push(FileProblem { path, line, key, rule });
    }

    /// A finite number above `min`, or at it with `closed`.
    fn number(&mut self, line: u64, key: &str, text: &str, min: f64, closed: bool) -> Option<f64> {
        let range = if closed { format!("[{min}, ∞)") } else { format!("({min}, ∞)") };
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() && (number > min || closed && number >= min) => {
                Some(number)
            }
            Ok(number) => {
                self.note(line, key, &format!("= {number} is outside {range}"));
                None
            }
            Err(_) => {
                self.note(line, key, &format!("= \"{}\" must be a number in {range}", echo(text)));
                None
            }
        }
    }
}
