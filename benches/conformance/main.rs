//! How well records are predicted: cases that an independent implementation computed, random lists against
//! superposition of closed forms, and reference answers that a user has.
//!
//! ```text
//! cargo bench --bench conformance                      10,000 random lists
//! cargo bench --bench conformance -- 500               as many
//! cargo bench --bench conformance -- 10000 --out docs/conformance.md
//! THROMBO_REFERENCE_RECORDS=FOLDER cargo bench --bench conformance -- 500 --expected IPRED
//! ```
//!
//! A data set of such a folder names its model, a file of the folder, in a comment `# model: own.model`; without it
//! the file of its own name that ends in `.model` is taken. A comment `# options: --output conc` adds options of
//! the command. `--expected` names the column of the reference answers (EXPECTED).

#![expect(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "../../tests/evidence/records/lists.rs"]
mod lists;
#[path = "../../tests/evidence/records/made.rs"]
mod made;
#[path = "../../tests/evidence/records/oracle.rs"]
mod oracle;
mod score;

use made::made;
use oracle::FAULTS;
use rayon::prelude::*;
use score::{Score, score};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Relative difference up to which a data set passes.
const PASS: f64 = 1e-8;
/// Most lists in which planted faults are looked for, and the difference that shows one.
const FAULTY: u64 = 1000;
const SEEN: f64 = 1e-6;
/// The variable that names a folder of reference answers.
const REFERENCE: &str = "THROMBO_REFERENCE_RECORDS";
/// Most records of short and of long random lists.
const LENGTHS: [usize; 2] = [13, 60];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|own| own != "--bench").collect();
    let after = |flag: &str| {
        let place = arguments.iter().position(|own| own == flag)?;
        arguments.get(place + 1).cloned()
    };
    let lists = arguments.first().and_then(|own| own.parse().ok()).unwrap_or(10_000);
    let program = Path::new(env!("CARGO_BIN_EXE_thrombo"));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/conformance");
    let mut text = include_str!("conformance.md").to_owned();
    text += &of_cases(program, &folder);
    text += &of_lists(lists);
    print!("{text}");
    if let Some(out) = after("--out") {
        std::fs::write(&out, &text).expect("a file that can be written");
        println!("{out} written");
    }
    if let Ok(own) = std::env::var(REFERENCE) {
        let expected = after("--expected").unwrap_or_else(|| "EXPECTED".to_owned());
        print!("{}", of_reference(program, Path::new(&own), &expected));
    }
}

/// The CSV files of a folder, by name.
fn data_sets(folder: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).expect("a folder that can be read");
    let paths = files.filter_map(|file| file.ok().map(|file| file.path()));
    let mut paths: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|ending| ending == "csv")).collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// What several data sets have in common.
#[derive(Default)]
struct Sum {
    passed: usize,
    all: usize,
    rows: usize,
    worst: f64,
}

impl Sum {
    fn add(&mut self, own: &Score) {
        self.all += 1;
        self.passed += usize::from(own.worst <= PASS);
        self.rows += own.rows;
        self.worst = self.worst.max(own.worst);
    }

    fn line(&self, what: &str) -> String {
        let Self { passed, all, rows, worst } = self;
        format!("| {what} | {passed} of {all} | {rows} | {worst:.1e} |\n")
    }
}

/// The cases of this folder, by rule.
fn of_cases(program: &Path, folder: &Path) -> String {
    let paths = data_sets(&folder.join("cases"));
    let score = |path: &PathBuf| score(program, path, &folder.join("models"), "EXPECTED");
    let scores: Vec<Score> = paths.par_iter().map(score).collect();
    let (mut by_rule, mut sum) = (BTreeMap::<String, Sum>::new(), Sum::default());
    for (path, score) in paths.iter().zip(&scores) {
        let name = name(path);
        let rule = name.split('_').next().unwrap_or_default().to_owned();
        by_rule.entry(rule).or_default().add(score);
        sum.add(score);
    }
    let mut text = "## Cases of an independent implementation\n\n".to_owned();
    text += "| cases that begin with | passed | rows | worst relative difference |\n|---|---:|---:|---:|\n";
    for (rule, sum) in &by_rule {
        text += &sum.line(rule);
    }
    text += &sum.line("**all**");
    for (path, score) in paths.iter().zip(&scores).filter(|(_, score)| score.worst > PASS) {
        let said = std::fs::read_to_string(path).unwrap_or_default();
        let sentence = score::sentence(&said).to_owned();
        let _ = writeln!(
            text,
            "\n- `{}` ({sentence}): {:.1e}, {}",
            name(path),
            score.worst,
            score.remark
        );
    }
    text + "\n"
}

/// Random lists of a linear model.
fn of_lists(lists: u64) -> String {
    let mut text = "## Random lists against superposition\n\n".to_owned();
    text += "| records of a list | passed | rows | worst difference, of the subject's maximum |\n|---|---:|---:|---:|\n";
    for most in LENGTHS {
        let one = |seed: u64| {
            let (rows, model) = (made(seed, most), lists::model(seed));
            let found = lists::run(&rows, model);
            let worst = lists::difference(&found, &lists::expected(&rows, model, None));
            Score { rows: rows.len(), worst, remark: String::new() }
        };
        let scores: Vec<Score> = (0..lists).into_par_iter().map(one).collect();
        let mut sum = Sum::default();
        for own in &scores {
            sum.add(own);
        }
        text += &sum.line(&format!("3 to {most}"));
    }
    text + "\n" + &of_faults(lists.min(FAULTY))
}

/// In how many of the lists each planted fault is seen.
fn of_faults(lists: u64) -> String {
    let mut text = format!("In how many of {lists} short lists a planted fault is seen:\n\n");
    text += "| fault | lists |\n|---|---:|\n";
    for fault in FAULTS {
        let is_seen = |seed: &u64| {
            let (rows, model) = (made(*seed, LENGTHS[0]), lists::model(*seed));
            let found = lists::run(&rows, model);
            lists::difference(&found, &lists::expected(&rows, model, Some(fault))) > SEEN
        };
        let seen = (0..lists).into_par_iter().filter(is_seen).count();
        let _ = writeln!(text, "| {fault:?} | {seen} |");
    }
    text
}

/// Data sets of a user with reference answers.
fn of_reference(program: &Path, folder: &Path, expected: &str) -> String {
    let paths = data_sets(folder);
    let mut sum = Sum::default();
    let mut text = format!("\nReference answers in {}, column {expected}:\n", folder.display());
    for path in &paths {
        let own = score(program, path, folder, expected);
        sum.add(&own);
        let verdict = if own.worst <= PASS { "passed" } else { "differs" };
        let _ = writeln!(
            text,
            "{:<40} {verdict} {:>5} rows {:>9.1e} {}",
            name(path),
            own.rows,
            own.worst,
            own.remark
        );
    }
    let _ = writeln!(
        text,
        "{} of {} scenarios passed, worst difference {:.1e}",
        sum.passed, sum.all, sum.worst
    );
    text
}
