//! A data set with expected predictions, and how far those of the program are from them.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use thrombopoiesis::files::CsvTable;

/// Differences are relative to the expected value, or to this share of the largest of the subject where that is
/// more.
const FLOOR: f64 = 1e-3;

/// How a data set compares.
#[derive(Debug)]
pub(crate) struct Score {
    /// Rows with an expected value.
    pub(crate) rows: usize,
    /// The largest relative difference; infinite where a prediction is missing.
    pub(crate) worst: f64,
    /// What keeps the data set from being compared, or the worst row.
    pub(crate) remark: String,
}

/// The value of a comment such as `# model: oral.model`.
fn comment<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let lines =
        text.trim_start_matches('\u{feff}').lines().take_while(|line| line.starts_with('#'));
    let mut found = lines.filter_map(|line| line.trim_start_matches('#').trim().strip_prefix(name));
    found.next().and_then(|rest| rest.trim().strip_prefix(':')).map(str::trim)
}

/// The sentence that says what a data set tests: its second line.
pub(crate) fn sentence(text: &str) -> &str {
    text.lines().nth(1).and_then(|line| line.strip_prefix('#')).map_or("", str::trim)
}

/// Predicts the data set at `path`, whose comments name its model, in `models` or beside it, and its options, and
/// compares the predictions with its column `expected`.
pub(crate) fn score(program: &Path, path: &Path, models: &Path, expected: &str) -> Score {
    match compared(program, path, models, expected) {
        Ok(score) => score,
        Err(remark) => Score { rows: 0, worst: f64::INFINITY, remark },
    }
}

fn compared(program: &Path, path: &Path, models: &Path, expected: &str) -> Result<Score, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned() + ".model");
    let model = comment(&text, "model").map(str::to_owned).or(stem).unwrap_or_default();
    let options = comment(&text, "options").unwrap_or_default().split_whitespace();
    let home = std::env::temp_dir();
    let run = Command::new(program)
        .env("HOME", &home)
        .args(["simulate", "--quiet", "--data"])
        .arg(path)
        .arg("--model")
        .arg(models.join(model))
        .args(options)
        .output()
        .map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&run.stderr).trim().to_owned();
    let written = String::from_utf8_lossy(&run.stdout).into_owned();
    let table = CsvTable::parse_any_names(path, &written, None);
    let column = |name: &str| {
        let found = table.columns().iter().position(|own| own.eq_ignore_ascii_case(name));
        found
            .ok_or_else(|| if said.is_empty() { format!("no column {name}") } else { said.clone() })
    };
    let (expected, pred) = (column(expected)?, column("pred")?);
    let id = ["id", "usubjid", "subjid"].iter().find_map(|name| column(name).ok());
    let number = |row, column| table.cell(row, column).and_then(|cell| cell.parse::<f64>().ok());
    let subject = |row| id.map_or("", |id| table.text(row, id));
    let mut largest: BTreeMap<&str, f64> = BTreeMap::new();
    for row in table.rows() {
        if let Some(value) = number(row, expected) {
            let own = largest.entry(subject(row)).or_default();
            *own = own.max(value.abs());
        }
    }
    let mut score = Score { rows: 0, worst: 0.0, remark: String::new() };
    for (i, row) in table.rows().iter().enumerate() {
        let Some(wanted) = number(row, expected) else { continue };
        score.rows += 1;
        let size = wanted.abs().max(FLOOR * largest[subject(row)]).max(f64::MIN_POSITIVE);
        let found = number(row, pred);
        let difference = found.map_or(f64::INFINITY, |found| (found - wanted).abs() / size);
        if difference > score.worst {
            score.worst = difference;
            let found = found.map_or_else(|| "nothing".to_owned(), |found| found.to_string());
            score.remark = format!("row {}: {found}, expected {wanted}", i + 1);
        }
    }
    Ok(score)
}
