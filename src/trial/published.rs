//! Published results of trials: what was reported, on which patients, and what it may be used for.

use super::design::Design;
use super::measure::{Event, Levels, Quantity, Subset};
use super::published_levels::levels;
use super::published_protocols::protocols;
use super::published_value::value;
use super::statistic::Form;
use crate::error::{Error, Result, echo};
use crate::files::{Carried, FileKind, Section, hash, read_text, read_toml};
use crate::model::GRADES;
use std::path::Path;

/// Most patients of a published number.
pub(super) const MOST_PATIENTS: u32 = 1_000_000;

/// What a published number may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Parameters are estimated from it.
    Calibrate,
    /// Another number of patients already used: a check, not a validation.
    CheckSamePatients,
    /// Of patients that no parameter was estimated from: validation.
    ValidateOtherPatients,
    /// What another model says: no patients stand behind it.
    CompareModel,
    /// Not used, for a reason.
    Ignore,
}

impl Role {
    /// Every role with its name in files.
    pub const ALL: [(&'static str, Self); 5] = [
        ("calibrate", Self::Calibrate),
        ("check_same_patients", Self::CheckSamePatients),
        ("validate_other_patients", Self::ValidateOtherPatients),
        ("compare_model", Self::CompareModel),
        ("ignore", Self::Ignore),
    ];

    /// Whether patients stand behind the number, so that trials of their size can be set against it.
    #[must_use]
    pub fn is_of_patients(self) -> bool {
        self != Self::CompareModel
    }

    /// Its name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, role)| *role == self).map_or("", |(name, _)| name)
    }
}

/// One published number.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// Name in the file.
    pub id: String,
    /// What it is, in a few words.
    pub label: String,
    /// The trials whose patients it was formed on, pooled: their names, as of [`Design::id`].
    pub trials: Vec<String>,
    /// Where the protocols of these trials are read from: the name of a shipped trial, or a path.
    pub protocols: Vec<String>,
    /// Name of the arm.
    pub arm: String,
    /// The patients of the arm that it was formed on.
    pub subset: Subset,
    /// What was formed.
    pub form: Form,
    /// The counts that it was formed at, 10⁹/L.
    pub levels: Levels,
    /// The number.
    pub value: f64,
    /// How many patients it was formed on; none for what a model says.
    pub n: Option<usize>,
    /// Half the last digit that was printed.
    pub rounding: f64,
    /// What it may be used for.
    pub role: Role,
    /// Why it is not used.
    pub reason: String,
    /// Where it was published.
    pub source: String,
    /// Grade of evidence.
    pub grade: &'static str,
}

/// The published numbers of one file.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedFile {
    /// The work the numbers come from.
    pub citation: String,
    /// The numbers in the order of the file.
    pub numbers: Vec<Published>,
    /// Name of the file.
    pub file: String,
    /// SHA-256 of the file.
    pub sha256: String,
}

/// The published results that the program carries.
const SHIPPED: Carried = Carried {
    kind: "target file",
    folder: "targets",
    names: &["l_plus_1", "l_plus_2", "pooled_phase_3", "phase_2b", "katsube_2019"],
};

impl PublishedFile {
    /// All that the program carries.
    ///
    /// # Errors
    /// None in practice; a test reads the files.
    pub fn shipped() -> Result<Vec<Self>> {
        SHIPPED.files()?.iter().map(|(path, text)| Self::read(path, text)).collect()
    }

    /// Every TOML file of a folder, in the order of the names. Trials, patients and plans may be beside them and
    /// are left out.
    ///
    /// # Errors
    /// A folder that cannot be read or has no such file; every problem of every file with its line.
    pub fn folder(folder: &Path) -> Result<Vec<Self>> {
        let entries = std::fs::read_dir(folder).map_err(Error::io(folder, "read"))?;
        let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
        paths.sort();
        let (mut files, mut problems) = (Vec::new(), Vec::new());
        // Problems that count only if the folder has no published results.
        let mut beside = Vec::new();
        for path in paths {
            let text = read_text(&path);
            let kind = text.as_ref().ok().and_then(|text| FileKind::of(&path, text));
            let is_other =
                matches!(kind, Some(FileKind::Trial | FileKind::Patients | FileKind::Plan));
            match text.and_then(|text| Self::read(&path, &text)) {
                Ok(file) => files.push(file),
                Err(Error::Files(own)) if is_other => beside.extend(own),
                Err(Error::Files(own)) => problems.extend(own),
                Err(other) => return Err(other),
            }
        }
        if files.is_empty() {
            problems.append(&mut beside);
        }
        match (problems.is_empty(), files.is_empty()) {
            (false, _) => Err(Error::Files(problems)),
            (true, false) => Ok(files),
            (true, true) => Err(Error::Unknown {
                kind: "target file",
                name: format!("*.toml in {}", folder.display()),
                known: Vec::new(),
            }),
        }
    }

    /// Reads `text`, the content of `path`.
    ///
    /// # Errors
    /// Every problem of the file with its line.
    pub fn read(path: &Path, text: &str) -> Result<Self> {
        FileKind::Published.require(path, text)?;
        read_toml(path, text, |root| {
            root.schema(1);
            let citation = words(root, "citation");
            let trials = root.texts("trials");
            if trials.as_ref().is_some_and(Vec::is_empty) {
                root.problem("trials", "must name at least one trial");
            }
            let folder = path.parent().unwrap_or(Path::new(""));
            let known = protocols(folder, &trials.unwrap_or_default(), root);
            let (files, known): (Vec<String>, Vec<Design>) = known.into_iter().unzip();
            let numbers = root.tables("published", |id, section| {
                for design in &known {
                    unknown_arm(design, section);
                }
                number(id, (&files, &known), section)
            });
            // Without its trials no number can be read.
            if numbers.is_empty() && !known.is_empty() && root.is_sound("published") {
                root.problem("published", "is missing: add at least one [published.NAME]");
            }
            Some(Self {
                citation: citation?,
                numbers,
                file: path.display().to_string(),
                sha256: hash(text.as_bytes()),
            })
        })
    }
}

fn unknown_arm(design: &Design, s: &Section<'_>) {
    if let Some(arm) = s.optional_text("arm").filter(|arm| design.arm(arm).is_none()) {
        let arms: Vec<&str> = design.arms.iter().map(|arm| arm.id.as_str()).collect();
        let arms = arms.join(", ");
        s.problem("arm", format!("is \"{arm}\", not an arm of {}: its arms are {arms}", design.id));
    }
}

/// A text that says something.
fn words(s: &Section<'_>, key: &str) -> Option<String> {
    let text = s.text(key)?;
    if text.trim().is_empty() {
        s.problem(key, "must not be empty");
    }
    Some(text)
}

fn number(
    id: &str,
    (protocols, known): (&[String], &[Design]),
    s: &Section<'_>,
) -> Option<Published> {
    let (label, arm, source) = (words(s, "label"), s.text("arm"), words(s, "source"));
    let grade = s.choice("grade", GRADES);
    let role = s.choice("role", &Role::ALL);
    let reason = s.optional_text("reason").unwrap_or_default();
    if role == Some(Role::Ignore) && reason.is_empty() && s.is_sound("reason") {
        s.problem("reason", "is missing: say why the number is not used");
    }
    let form = form(s);
    let levels = levels(s, form, known);
    let subset = parsed::<Subset>(s, "subset");
    let n = patients(s, role);
    let (value, rounding) = value(s, form, n);
    Some(Published {
        id: id.to_owned(),
        label: label?,
        trials: known.iter().map(|design| design.id.clone()).collect(),
        protocols: protocols.to_vec(),
        arm: arm?,
        subset: subset?,
        form: form?,
        levels: levels?,
        value: value?,
        n,
        rounding,
        role: role?,
        reason,
        source: source?,
        grade: grade?,
    })
}

fn parsed<T: std::str::FromStr<Err = Error>>(s: &Section<'_>, key: &str) -> Option<T> {
    s.text(key)?.parse().map_err(|error: Error| s.problem(key, format!("is unknown: {error}"))).ok()
}

fn form(s: &Section<'_>) -> Option<Form> {
    let Some(word) = s.text("form") else {
        s.ignore("of");
        return None;
    };
    let quantile = word.strip_prefix('q').and_then(|p| p.parse::<f64>().ok());
    let form = match (word.as_str(), quantile) {
        ("proportion", _) => Form::Proportion(parsed::<Event>(s, "of")?),
        ("mean", _) => Form::Mean(parsed::<Quantity>(s, "of")?),
        ("sd", _) => Form::Sd(parsed::<Quantity>(s, "of")?),
        ("median", _) => Form::Median(parsed::<Quantity>(s, "of")?),
        (_, Some(percent)) if percent > 0.0 && percent < 100.0 => {
            Form::Quantile(parsed::<Quantity>(s, "of")?, percent / 100.0)
        }
        _ => {
            let known = "proportion, mean, sd, median, or a quantile such as q25";
            s.problem("form", format!("is \"{}\": choose one of {known}", echo(&word)));
            s.ignore("of");
            return None;
        }
    };
    Some(form)
}

/// The number of patients: needed of everything but what a model says.
fn patients(s: &Section<'_>, role: Option<Role>) -> Option<usize> {
    if role == Some(Role::CompareModel) {
        if s.optional_number("n").is_some() {
            s.problem("n", "must be absent: a model prediction is not based on patients");
        }
        return None;
    }
    let is_needed = role.is_some() || s.has("n");
    is_needed.then(|| s.whole("n", 1, MOST_PATIENTS)).flatten()
}

#[cfg(test)]
mod tests {
    use super::{PublishedFile, Role};
    use crate::trial::protocols_of;
    use std::path::Path;

    #[test]
    fn invariant_shipped_files_read_and_name_arms_of_shipped_trials() {
        let files = PublishedFile::shipped().unwrap();
        for number in files.iter().flat_map(|file| &file.numbers) {
            for trial in &number.trials {
                let design = crate::trial::Design::load(Path::new(trial)).unwrap();
                assert!(design.arm(&number.arm).is_some(), "{trial} {}", number.id);
            }
        }
        let numbers = files.iter().flat_map(|file| &file.numbers);
        assert_eq!(numbers.filter(|n| n.role == Role::Calibrate).count(), 15);
    }

    #[test]
    fn invariant_a_trial_of_its_own_stands_beside_the_file_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let trial = crate::files::carried("scenarios/l_plus_2.toml").unwrap();
        std::fs::write(folder.path().join("mine.toml"), trial).unwrap();
        std::fs::write(folder.path().join("broken.toml"), trial.replacen("title", "titel", 1))
            .unwrap();
        let shipped = crate::files::carried("targets/l_plus_2.toml").unwrap();
        let read = |trials: &str| {
            let text = shipped.replacen("[\"l_plus_2\"]", trials, 1);
            PublishedFile::read(&folder.path().join("own.toml"), &text)
        };
        let numbers = read("[\"mine.toml\"]").unwrap().numbers;
        let whole = PublishedFile::read(Path::new("t.toml"), shipped).unwrap().numbers;
        assert_eq!(numbers.len(), whole.len());
        assert_eq!(numbers[0].trials, ["mine"]);
        assert_eq!(numbers[0].designs().unwrap()[0].id, "mine");
        for (trials, expected) in [
            ("[\"mine\"]", "or give the path of a trial file"),
            ("[\"absent.toml\"]", "absent.toml"),
            ("[\"broken.toml\"]", "`titel`"),
            ("[\"mine.toml\", \"./mine.toml\"]", "names two trials called \"mine\""),
        ] {
            let error = read(trials).unwrap_err().to_string();
            assert!(error.contains(expected) && error.contains("own.toml:"), "{trials}: {error}");
        }
        std::fs::remove_file(folder.path().join("broken.toml")).unwrap();
        let text = shipped.replacen("[\"l_plus_2\"]", "[\"mine.toml\"]", 1);
        std::fs::write(folder.path().join("own.toml"), text).unwrap();
        // The trial beside the results is no file of results.
        let files = PublishedFile::folder(folder.path()).unwrap();
        assert_eq!((files.len(), files[0].numbers.len()), (1, numbers.len()));
        let mut second = numbers[0].clone();
        let other = folder.path().join("other");
        std::fs::create_dir(&other).unwrap();
        let path = other.join("mine.toml");
        std::fs::write(&path, trial.replacen("title", "# another\ntitle", 1)).unwrap();
        second.protocols = vec![path.display().to_string()];
        let error = protocols_of(&[numbers[0].clone(), second]).unwrap_err().to_string();
        assert!(error.contains("which has the same name"), "{error}");
    }

    #[test]
    fn invariant_numbers_that_cannot_be_are_refused() {
        let numbers = "schema = 1\ncitation = \"x\"\ntrials = [\"l_plus_2\"]\n[published.a]\nlabel = \" \"\n\
                       arm = \"lusutrombopag\"\nform = \"FORM\"\nof = \"OF\"\nsubset = \"all\"\nn = 10\n\
                       value = VALUE\nUNITrole = \"calibrate\"\ngrade = \"A\"\nsource = \"\"\n";
        for (form, of, value, unit, expected) in [
            ("sd", "maximum", "0.0", "unit = \"10^9/L\"\n", "t.toml:11: `published.a.value`"),
            ("mean", "maximum", "-5.0", "unit = \"10^9/L\"\n", "t.toml:11: `published.a.value`"),
            (
                "proportion",
                "doubled",
                "0.4",
                "rounding = 0.9\n",
                "t.toml:12: `published.a.rounding`",
            ),
            ("avg", "maximum", "5.0", "unit = \"mg\"\n", "t.toml:12: `published.a.unit`"),
            ("mean", "height", "5.0", "unit = \"mg\"\n", "t.toml:12: `published.a.unit`"),
        ] {
            let text = numbers.replace("FORM", form).replace("OF", of).replace("VALUE", value);
            let text = text.replace("UNIT", unit);
            let error = PublishedFile::read(Path::new("t.toml"), &text).unwrap_err().to_string();
            for expected in [expected, "published.a.label", "published.a.source"] {
                assert!(error.contains(expected), "{expected} is not in {error}");
            }
        }
    }

    #[test]
    fn invariant_every_problem_is_named_with_its_line() {
        let text = "schema = 1\ncitation = \"x\"\ntrials = [\"l_plus_2\"]\n[published.a]\nlabel = \"a\"\n\
                    arm = \"lusutrombopag\"\nform = \"proportion\"\nof = \"cured\"\nsubset = \"men\"\n\
                    n = 0\nvalue = 1.2\nrole = \"calibrate\"\ngrade = \"A\"\n";
        let error = PublishedFile::read(Path::new("t.toml"), text).unwrap_err().to_string();
        for expected in [":8:", "cured", ":9:", "men", ":10:", ":11:", "1.2", "source"] {
            assert!(error.contains(expected), "{expected} is not in {error}");
        }
    }
}
