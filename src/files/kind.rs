//! The kinds of input files, recognised by their content.

use super::csv_table::{separator_of, split, written_lines};
use super::read_toml;
use crate::error::{Error, FileProblem, Result};
use std::path::Path;
use toml::de::DeTable;

/// A kind of input file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// The numbers of a model.
    Parameters,
    /// Who the patients of a trial are.
    Patients,
    /// What a calibration estimates.
    Plan,
    /// The protocol of a trial.
    Trial,
    /// What trials reported.
    Published,
    /// Exposures that a study reported.
    Exposure,
    /// Published summaries to fit to.
    Targets,
    /// One regimen in one patient.
    Scenario,
    /// Counts of one patient, a table.
    Counts,
    /// Parameter sets with weights, a table.
    Posterior,
    /// Covariates of patients, a table.
    Covariates,
    /// The equations of a model, a text.
    Model,
    /// Doses and observations in the form of NONMEM.
    Records,
    /// What a report holds.
    Report,
}

/// The keys of a kind of TOML file: those that only this kind has, and those that it shares.
struct Keys {
    kind: FileKind,
    own: &'static [&'static str],
    shared: &'static [&'static str],
}

#[rustfmt::skip]
const TOML_KINDS: [Keys; 9] = [
    Keys {
        kind: FileKind::Parameters,
        own: &["parameters", "include", "presets", "reported"],
        shared: &["citation", "population", "variants"],
    },
    Keys {
        kind: FileKind::Patients,
        own: &["count_error", "variability", "typical", "correlations", "covariates", "covariate_table",
               "effects", "non_responders", "calibration"],
        shared: &["title", "model", "population", "variant", "variants", "practice"],
    },
    Keys {
        kind: FileKind::Plan,
        own: &["estimated", "on_request"],
        shared: &["title", "patients", "variants"],
    },
    Keys {
        kind: FileKind::Trial,
        own: &["arms", "randomised", "allocation", "entry", "visits", "dosing", "procedure", "transfusion",
               "endpoints", "practice_as", "streams"],
        shared: &["title", "short", "patients", "note"],
    },
    Keys { kind: FileKind::Published, own: &["published", "trials"], shared: &["citation"] },
    Keys {
        kind: FileKind::Exposure,
        own: &["exposure", "from_h", "to_h"],
        shared: &["citation", "regimen", "n"],
    },
    Keys {
        kind: FileKind::Targets,
        own: &["target"],
        shared: &["citation", "regimen", "days", "doses", "stop"],
    },
    Keys {
        kind: FileKind::Report,
        own: &["sections", "question", "scenarios", "author", "forecast", "date", "id"],
        shared: &["title", "trials"],
    },
    Keys {
        kind: FileKind::Scenario,
        own: &["drug", "label", "set"],
        shared: &["title", "short", "model", "population", "regimen", "days", "doses", "stop", "note"],
    },
];

/// How much more a key says that only one kind has.
const WEIGHT_OF_OWN: usize = 3;

/// Columns that mark records in the form of NONMEM beside ID and TIME.
const OF_RECORDS: [&str; 9] = ["dv", "amt", "evid", "mdv", "cmt", "rate", "ii", "addl", "ss"];

/// Columns that a table of counts may have; the first for one of several patients, two of them for the time.
pub const COUNT_COLUMNS: [&str; 5] = ["id", "time_h", "time_d", "plt_1e9_l", "sd"];

/// Columns that mark a table of covariates.
const OF_COVARIATES: [&str; 14] = [
    "wt",
    "age",
    "sex",
    "female",
    "male",
    "ht",
    "height",
    "bmi",
    "bsa",
    "race",
    "child_pugh",
    "thrombosis",
    "alb",
    "crcl",
];

impl FileKind {
    /// What it is called in lists.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Parameters => "model parameters",
            Self::Patients => "virtual patients",
            Self::Plan => "calibration plan",
            Self::Trial => "trial",
            Self::Published => "published results",
            Self::Exposure => "published exposure",
            Self::Targets => "targets of a fit",
            Self::Scenario => "scenario",
            Self::Counts => "counts",
            Self::Posterior => "posterior",
            Self::Covariates => "covariates",
            Self::Model => "model text",
            Self::Records => "NONMEM records",
            Self::Report => "report",
        }
    }

    /// The same in a sentence.
    fn in_words(self) -> &'static str {
        match self {
            Self::Model => "the text of a model",
            Self::Plan => "a calibration plan",
            Self::Trial => "a trial",
            Self::Scenario => "a scenario",
            Self::Report => "the content of a report",
            Self::Counts => "counts of a patient",
            Self::Posterior => "a posterior",
            Self::Exposure => "published exposures",
            other => other.name(),
        }
    }

    /// The kind of the file at `path` with this content, if it is one of these.
    #[must_use]
    pub fn of(path: &Path, text: &str) -> Option<Self> {
        if is_model(path, text) {
            return Some(Self::Model);
        }
        if is_table(path, text) {
            of_table(text).map(|(kind, _)| kind)
        } else {
            of_toml(text, None)
        }
    }

    /// Refuses a file of another kind.
    ///
    /// # Errors
    /// One problem, which names the kind that the file is of.
    pub fn require(self, path: &Path, text: &str) -> Result<()> {
        if is_model(path, text) {
            let words = self.in_words();
            return Err(whole(
                path,
                format!("this is the text of a model, not {words}: choose another file"),
            ));
        }
        let is_table = is_table(path, text);
        let found =
            if is_table { of_table(text) } else { of_toml(text, Some(self)).map(|k| (k, true)) };
        let words = self.in_words();
        let rule = match found {
            Some((kind, _)) if kind == self => return Ok(()),
            Some((Self::Records, _)) if self == Self::Counts && has_only_counts(text) => {
                return Ok(());
            }
            Some((kind, true)) => {
                let these = if kind.in_words().starts_with("a ") { "this is" } else { "these are" };
                format!("{these} {}, not {words}: choose another file", kind.in_words())
            }
            _ if is_table && self.is_table() => return Ok(()),
            _ if is_table => format!("this is a table, not {words}: choose another file"),
            _ if self.is_table() => {
                format!("this is a TOML file, not {words}: choose another file")
            }
            // The reader of the file reports its syntax errors, with their lines.
            None if DeTable::parse(without_mark(text)).is_err() => return Ok(()),
            _ => format!("these are not {words}: choose another file")
                .replace("these are not a ", "this is not a "),
        };
        Err(whole(path, rule))
    }

    /// Whether files of this kind are tables.
    #[must_use]
    pub fn is_table(self) -> bool {
        matches!(self, Self::Counts | Self::Posterior | Self::Covariates | Self::Records)
    }

    /// What is wrong with a file that is of none of these kinds.
    ///
    /// # Errors
    /// Always: its syntax errors if it is not valid TOML, else how kinds are recognised.
    pub fn unreadable<T>(path: &Path, text: &str) -> Result<T> {
        if !is_table(path, text) {
            read_toml(path, text, |root| {
                root.ignore_all(&root.keys().collect::<Vec<_>>());
                Some(())
            })?;
        }
        if written_lines(text).next().is_none() {
            return Err(whole(path, "is empty, or contains only comments".to_owned()));
        }
        let kinds = TOML_KINDS.iter().map(|Keys { kind, own, .. }| {
            let keys: Vec<&str> = own.iter().take(2).copied().collect();
            format!("{} (`{}`)", kind.name(), keys.join("`, `"))
        });
        let kinds: Vec<String> = kinds.collect();
        Err(whole(
            path,
            format!(
                "is of an unknown kind: a TOML file is recognised by its keys: {}; a table, by its header: counts \
                 (time_h,plt_1e9_l or time_d,plt_1e9_l), posterior (weight first), covariates of patients (names, then numbers)",
                kinds.join(", ")
            ),
        ))
    }
}

/// Whether the file holds the text of a model: by its ending or else its first line.
fn is_model(path: &Path, text: &str) -> bool {
    if path.extension().is_some_and(|ending| ending == "model") {
        return true;
    }
    let first = written_lines(text).next();
    path.extension().is_none_or(|ending| ending == "txt")
        && first.is_some_and(|(_, line)| line.starts_with("model ") && !line.contains('='))
}

fn whole(path: &Path, rule: String) -> Error {
    let problem = FileProblem { path: path.to_owned(), line: 0, key: String::new(), rule };
    Error::Files(vec![problem])
}

/// The text without a byte-order mark.
pub(super) fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Whether the file holds a table rather than TOML: by its ending or else its first line.
#[must_use]
pub fn is_table(path: &Path, text: &str) -> bool {
    let ending = path.extension().unwrap_or_default();
    if ending.eq_ignore_ascii_case("toml") {
        return false;
    }
    let Some((_, first)) = written_lines(text).next() else {
        return !ending.is_empty();
    };
    let first = first.trim();
    let is_key = |key: &str| {
        let mark = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '"' | ' ');
        !key.is_empty() && key.chars().all(mark)
    };
    let is_toml =
        first.starts_with('[') || first.split_once('=').is_some_and(|(key, _)| is_key(key));
    !is_toml
}

/// The kind whose keys the file has; `wanted` where several fit as well. A file with a fault still has
/// keys.
fn of_toml(text: &str, wanted: Option<FileKind>) -> Option<FileKind> {
    let (root, _) = DeTable::parse_recoverable(without_mark(text));
    let score = |keys: &Keys| {
        let held =
            |keys: &[&str]| keys.iter().filter(|key| root.get_ref().contains_key(**key)).count();
        WEIGHT_OF_OWN * held(keys.own) + held(keys.shared)
    };
    let best = TOML_KINDS.iter().map(score).max().filter(|best| *best > 0)?;
    let mut fitting = TOML_KINDS.iter().filter(|keys| score(keys) == best).map(|keys| keys.kind);
    let first = fitting.next();
    wanted.filter(|wanted| first == Some(*wanted) || fitting.any(|kind| kind == *wanted)).or(first)
}

/// Whether a table of records has no columns but those of counts, so that it can be one patient's.
fn has_only_counts(text: &str) -> bool {
    let header = written_lines(text).next().map_or("", |(_, line)| line);
    split(header, separator_of(header)).iter().all(|name| COUNT_COLUMNS.contains(&name.as_str()))
}

/// The kind of a table by its header, and whether the header leaves no doubt.
fn of_table(text: &str) -> Option<(FileKind, bool)> {
    let mut lines = written_lines(text).map(|(_, line)| line);
    let header = lines.next()?;
    let separator = separator_of(header);
    let names: Vec<String> =
        split(header, separator).iter().map(|name| name.to_lowercase()).collect();
    let has = |name: &str| names.iter().any(|known| known == name);
    let has_any = |known: &[&str]| known.iter().any(|name| has(name));
    let first = names.first()?;
    let begins_with = |known: &[&str]| {
        let base = |name: &String| name.split_once('_').map(|(base, _)| base.to_owned());
        names.iter().filter_map(base).any(|base| known.contains(&base.as_str()))
    };
    let has_id = has_any(&["id", "usubjid", "subjid"]);
    let has_time = has_any(&["time", "tad", "afrlt"]) || begins_with(&["time"]);
    let is_count = |name: &String| name.contains("plt") && name.contains("1e9");
    let are_records = has_any(&OF_RECORDS) || begins_with(&["dv", "amt"]);
    if has_id && has_time && (are_records || names.iter().any(is_count)) {
        return Some((FileKind::Records, true));
    }
    if first.parse::<f64>().is_ok()
        || names.iter().any(|name| is_count(name) || name.starts_with("time"))
    {
        return Some((FileKind::Counts, true));
    }
    let is_posterior = |name: &String| name.starts_with("omega_") || name == "kc";
    if has("weight") && !has_any(&OF_COVARIATES) || names.iter().any(is_posterior) {
        return Some((FileKind::Posterior, true));
    }
    let is_number = |cell: &String| cell.parse::<f64>().is_ok();
    let holds_numbers =
        lines.next().is_some_and(|row| split(row, separator_of(row)).iter().any(is_number));
    let is_sure = has_any(&OF_COVARIATES);
    (is_sure || holds_numbers).then_some((FileKind::Covariates, is_sure))
}

#[cfg(test)]
mod tests {
    use super::FileKind;
    use std::path::Path;

    #[test]
    fn invariant_tables_are_told_by_their_header_whatever_program_saved_them() {
        for (text, kind) in [
            ("ID,TIME,DV,AMT,EVID\n1,0,.,3,1\n", Some(FileKind::Records)),
            ("\u{feff}\"id\";\"time\";\"amt\"\n", Some(FileKind::Records)),
            ("ID,TIME_D,AMT_MG\n", Some(FileKind::Records)),
            ("id,time_d,plt_1e9_l\n", Some(FileKind::Records)),
            ("USUBJID,AFRLT,NFRLT,EVID\n", Some(FileKind::Records)),
            ("time_h\tplt_1e9_l\n0\t4\n", Some(FileKind::Counts)),
            ("TIME,PLT\n0,4\n", Some(FileKind::Counts)),
            ("# mine\n\n\"weight\",\"kc\"\n", Some(FileKind::Posterior)),
            ("weight,age\n60,50\n", Some(FileKind::Covariates)),
            ("WT,SEX\n60,1\n", Some(FileKind::Covariates)),
            ("hello,world\nfoo,bar\n", None),
            ("", None),
        ] {
            assert_eq!(FileKind::of(Path::new("x.dat"), text), kind, "{text:?}");
        }
    }

    #[test]
    fn invariant_a_misspelt_key_does_not_turn_targets_into_a_scenario() {
        let text = "schema = 1\ncitation = \"x\"\nregimen = \"placebo\"\ndays = 5\n[[targets]]\nvalue = 1\n";
        let kind = FileKind::of(Path::new("t.toml"), text);
        assert_eq!(kind, Some(FileKind::Targets));
        let path = Path::new("t.toml");
        let error = FileKind::Trial.require(path, text).expect_err("targets").to_string();
        assert_eq!(error, "t.toml: these are targets of a fit, not a trial: choose another file");
        assert!(FileKind::Trial.require(path, "a = \"unclosed\nb").is_ok(), "its reader says why");
    }
}
