//! The same spoilt files for `check` and for the command.

use super::shipped;
use super::stages::stage;
use crate::thrombo_in;
use std::fs;
use std::path::Path;
use thrombopoiesis::check::check_file;
use thrombopoiesis::error::Error;
use thrombopoiesis::files::FileKind;

/// Spoilt files of each kind.
const MUTANTS: u64 = 200;

/// A stream of numbers that is the same in every run (SplitMix64).
pub(super) struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap_or(0)
    }
}

/// `text` with one to three faults.
fn mutant(text: &str, chance: &mut Chance) -> Vec<u8> {
    let mut text = text.to_owned();
    for _ in 0..chance.below(3) {
        text = mutated(&text, chance);
    }
    let mut bytes = mutated(&text, chance).into_bytes();
    if chance.below(10) == 0 && !bytes.is_empty() {
        let at = chance.below(bytes.len());
        bytes[at] ^= 1 << chance.below(8);
    }
    bytes
}

fn mutated(text: &str, chance: &mut Chance) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let at = chance.below(lines.len());
    let edited = |new: String| -> String {
        let (before, after) =
            (lines[..at].concat(), lines.get(at + 1..).unwrap_or_default().concat());
        before + &new + &after
    };
    let line = lines.get(at).copied().unwrap_or_default();
    match chance.below(12) {
        0 => edited(String::new()),
        1 => edited(line.repeat(2)),
        2 => number_changed(text, chance),
        3 => text.replace(',', ";"),
        4 => text.replace(',', "\t"),
        5 => edited(format!("\n# a remark\n{line}")),
        6 => format!("\u{feff}{text}"),
        7 => text.replace('\n', "\r\n"),
        8 => edited(if chance.below(2) == 0 { line.to_uppercase() } else { format!("\"{line}") }),
        9 => edited(line.replacen('.', ",", 1)),
        10 => edited(line.replacen(['"', '=', ',', '['], "", 1)),
        _ => {
            let chars: Vec<char> = line.chars().collect();
            let i = chance.below(chars.len());
            let spoilt = chars.iter().enumerate().map(|(k, c)| if k == i { 'x' } else { *c });
            edited(spoilt.collect())
        }
    }
}

/// `text` with another number in the place of one.
fn number_changed(text: &str, chance: &mut Chance) -> String {
    const NUMBERS: [&str; 12] =
        ["0", "-1", "1.5", "1e9", "nan", "NA", ".", "\"7\"", "12,5", "1e-300", "true", "3 mg"];
    let is_start = |i: usize| {
        let (before, here) = (text[..i].chars().next_back(), text[i..].chars().next());
        let part = |c: char| c.is_alphanumeric() || c == '.' || c == '_';
        here.is_some_and(|c| c.is_ascii_digit()) && !before.is_some_and(part)
    };
    let starts: Vec<usize> = text.char_indices().map(|(i, _)| i).filter(|i| is_start(*i)).collect();
    let Some(start) = starts.get(chance.below(starts.len())) else { return text.to_owned() };
    let rest = text[*start..].trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '.');
    text[..*start].to_owned() + NUMBERS[chance.below(NUMBERS.len())] + rest
}

/// What no message may hold: words of libraries, and characters that move the cursor.
fn assert_plain(message: &str, context: &str) {
    let raw =
        ["TOML parse error", "CSV error", "UnequalLengths", "literal string", "os error", "Utf8"];
    for words in raw {
        assert!(!message.contains(words), "{context}: {message}");
    }
    assert!(!message.chars().any(|c| c.is_control() && c != '\n'), "{context}: {message:?}");
}

/// The first rows of a shipped posterior.
fn posterior() -> String {
    let text = shipped("parameters/posterior_b.csv");
    text.lines().take(13).map(|line| format!("{line}\n")).collect()
}

/// What a report holds.
const REPORT: &str = "schema = 1\ntitle = \"Mine\"\nquestion = \"When?\"\nparameters = \"calibrated_b\"\n\
                      trials = []\nsections = [\"answer\", \"window\", \"limits\"]\n";

/// A file of every kind that a command reads.
fn samples() -> Vec<(FileKind, &'static str, String)> {
    let counts = "# mine\ntime_h,plt_1e9_l,sd\n0,40.5,4\n24,41,.5\n120,.,3\n240,77.25,8\n";
    let covariates = "wt,female,child_pugh\n41.5,1,5\n77,0,8\n90.25,0,9\n";
    vec![
        (FileKind::Trial, "trial.toml", shipped("scenarios/l_plus_2.toml")),
        (FileKind::Patients, "patients.toml", shipped("parameters/patients_covariates.toml")),
        (FileKind::Targets, "targets.toml", shipped("targets/application_note.toml")),
        (FileKind::Counts, "counts.dat", counts.to_owned()),
        (FileKind::Covariates, "covariates.csv", covariates.to_owned()),
        (FileKind::Posterior, "posterior.csv", posterior()),
        (FileKind::Plan, "plan.toml", shipped("parameters/calibration.toml")),
        (FileKind::Published, "published.toml", shipped("targets/l_plus_2.toml")),
        (FileKind::Scenario, "scenario.toml", shipped("scenarios/romiplostim_10ug_kg.toml")),
        (FileKind::Report, "report.toml", REPORT.to_owned()),
    ]
}

/// Compares the verdicts on spoilt files of one kind; how many were accepted.
fn compare(kind: FileKind, path: &Path, text: &str) -> u64 {
    let mut accepted = 0;
    for seed in 0..MUTANTS {
        let bytes = mutant(text, &mut Chance(seed));
        fs::write(path, &bytes).expect("written");
        let context = format!("{} {seed}: {}", kind.name(), String::from_utf8_lossy(&bytes));
        let checked = check_file(path);
        let passes = checked.problems.is_empty() && checked.kind == Some(kind);
        let read = stage(kind, path);
        let message = read.as_ref().err().map(Error::to_string).unwrap_or_default();
        let all: String = checked.problems.iter().map(|p| format!("{p}\n")).collect();
        assert_eq!(passes, read.is_ok(), "check: {all}command: {message}\n{context}");
        assert_plain(&message, &context);
        assert_plain(&all, &context);
        assert!(all.lines().count() < 60, "{all}");
        accepted += u64::from(passes);
    }
    accepted
}

#[test]
fn prop_what_check_passes_the_command_accepts() {
    let kinds: Vec<_> = samples();
    std::thread::scope(|scope| {
        for (kind, name, text) in &kinds {
            scope.spawn(move || {
                let folder = tempfile::tempdir().expect("a temporary folder");
                let path = folder.path().join(name);
                fs::write(&path, text).expect("written");
                stage(*kind, &path).expect(name);
                let accepted = compare(*kind, &path, text);
                // Spoilt files that are none, or are all refused, would show nothing.
                assert!((5..=MUTANTS - 50).contains(&accepted), "{name}: {accepted}");
            });
        }
    });
}

#[test]
fn prop_the_program_agrees_with_itself_on_spoilt_files() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (kind, name, text) in samples() {
        let args: &[&str] = match kind {
            FileKind::Scenario => &["simulate", "--every", "30 d", "--scenario", name],
            FileKind::Counts => &["fit", "--starts", "1", "--fix", "plt0", "--targets", name],
            _ => continue,
        };
        for seed in 1000..1008 {
            fs::write(folder.path().join(name), mutant(&text, &mut Chance(seed))).expect("written");
            let checked = thrombo_in(folder.path(), &["check", name]);
            let ran = thrombo_in(folder.path(), args);
            let message = String::from_utf8_lossy(&ran.stderr).into_owned();
            let context = format!("{name} {seed}: {}", String::from_utf8_lossy(&checked.stdout));
            assert!(!message.contains("panicked"), "{context}: {message}");
            // A fit may end without a result, which is another matter than a file with a problem.
            let is_refused = message.contains(name) && ran.stdout.is_empty();
            assert_eq!(checked.status.success(), !is_refused, "{context}: {message}");
        }
    }
}
