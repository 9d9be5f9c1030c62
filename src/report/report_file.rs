//! What a report holds, as a file.

use super::content::{Content, Identity};
use super::forecasts::ForecastFile;
use super::sections::{Section as PageSection, Sections};
use crate::error::Result;
use crate::files::{FileKind, Section, hash, read_text, read_toml};
use crate::population::VirtualPatients;
use crate::regimen::Regimen;
use crate::simulate::Scenario;
use crate::trial::Design;
use std::path::{Path, PathBuf};

impl Content {
    /// What the file at `path` says. Paths in it are relative to its folder.
    ///
    /// # Errors
    /// It cannot be read, or every problem with its line, those of the files that it names included.
    pub fn load(path: &Path) -> Result<Self> {
        Self::read(path, &read_text(path)?)
    }

    /// Reads `text`, the content of `path`.
    ///
    /// # Errors
    /// Every problem with its line, those of the files that it names included.
    pub fn read(path: &Path, text: &str) -> Result<Self> {
        FileKind::Report.require(path, text)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        read_toml(path, text, |root| {
            let mut content = read_content(folder, root)?;
            if let Err(error) = content.require_shown() {
                root.problem("sections", error.to_string());
            }
            content.file = Some((path.to_owned(), hash(text.as_bytes())));
            Some(content)
        })
    }
}

fn read_content(folder: &Path, root: &Section<'_>) -> Option<Content> {
    root.schema(1);
    let named = root.optional_text("parameters");
    let parameters = named.map(|name| VirtualPatients::beside(folder, &name));
    if let Some(Err(error)) = parameters.as_deref().map(VirtualPatients::load) {
        root.problems_of("parameters", &error);
    }
    let scenarios = paths(folder, root, "scenarios", |path| Scenario::load(path).map(drop));
    let trials = paths(folder, root, "trials", |path| Design::load(path).map(drop));
    let sections =
        if root.has("sections") { read_sections(root) } else { Some(Sections::default()) };
    let content = Content {
        parameters,
        scenarios,
        trials,
        forecasts: root.table("forecast", |own| read_forecast(folder, own)),
        sections: Sections::default(),
        identity: Identity {
            title: root.optional_text("title"),
            question: root.optional_text("question"),
            author: root.optional_text("author"),
            date: root.optional_text("date"),
            id: root.optional_text("id"),
            is_final: root.has("final") && root.truth("final").unwrap_or(false),
        },
        unstamped: false,
        file: None,
    };
    // What could not be read is no reason to leave the other keys unread.
    Some(Content { sections: sections?, ..content })
}

/// The paths under `key`; a file that cannot be read is a problem of the key.
fn paths(
    folder: &Path,
    root: &Section<'_>,
    key: &str,
    read: impl Fn(&Path) -> Result<()>,
) -> Vec<PathBuf> {
    if !root.has(key) {
        return Vec::new();
    }
    let all = root.texts(key).unwrap_or_default();
    let paths: Vec<PathBuf> = all.iter().map(|name| folder.join(name)).collect();
    for path in &paths {
        if let Err(error) = read(path) {
            root.problems_of(key, &error);
        }
    }
    paths
}

fn read_sections(root: &Section<'_>) -> Option<Sections> {
    let names = root.texts("sections")?;
    let unknown = names.iter().filter_map(|name| name.parse::<PageSection>().err());
    unknown.for_each(|error| root.problem("sections", error.to_string()));
    if names.is_empty() {
        root.problem("sections", "names no section: name at least one, or leave it out for all");
    }
    Sections::of(&names).ok()
}

fn read_forecast(folder: &Path, own: &Section<'_>) -> Option<ForecastFile> {
    let path = folder.join(own.text("file")?);
    if let Err(error) = read_text(&path) {
        own.problem("file", error.to_string());
    }
    let regimen = own.optional_text("regimen");
    let parsed: Option<Result<Regimen>> = regimen.as_deref().map(str::parse);
    if let Some(Err(error)) = parsed {
        own.problem("regimen", error.to_string());
    }
    Some(ForecastFile { path, regimen, instead: "" })
}

#[cfg(test)]
mod tests {
    use super::Content;
    use crate::report::Section;
    use std::fs;

    const COUNTS: &str = "id,time_d,plt_1e9_l\nA,0,38\n";

    #[test]
    fn invariant_a_file_says_what_a_report_holds() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("counts.csv"), COUNTS).expect("written");
        let path = folder.path().join("report.toml");
        let text = "schema = 1\ntitle = \"T\"\nauthor = \"A\"\nsections = [\"forecasts\", \"limits\"]\n\
                    [forecast]\nfile = \"counts.csv\"\nregimen = \"3 mg qd x7\"\n";
        fs::write(&path, text).expect("written");
        let content = Content::load(&path).expect("a report");
        assert_eq!(content.identity.title.as_deref(), Some("T"));
        assert!(content.sections.has(Section::Limits) && !content.sections.has(Section::Answer));
        let forecasts = content.forecasts.expect("forecasts");
        assert_eq!(forecasts.path, folder.path().join("counts.csv"));
        assert_eq!(content.file.expect("a file").0, path);
    }

    #[test]
    fn invariant_every_problem_of_a_report_file_has_its_line() {
        let text = "schema = 1\nquestion = \"Q\"\nscenarios = [\"none.toml\"]\nsections = [\"windows\"]\n\
                    titel = \"T\"\n[forecast]\nfile = \"none.csv\"\nregimen = \"3 mq\"\n";
        let error = Content::read(std::path::Path::new("report.toml"), text).expect_err("problems");
        let said = error.to_string();
        for expected in [
            "report.toml:3: `scenarios`",
            "report.toml:4: `sections`",
            "did you mean `window`?",
            "report.toml:5: `titel`",
            "report.toml:7: `forecast.file`",
            "report.toml:8: `forecast.regimen`",
        ] {
            assert!(said.contains(expected), "{expected}: {said}");
        }
        for (text, expected) in [
            ("schema = 1\nsections = [\"forecasts\"]\n", "without subjects to forecast"),
            ("schema = 1\nquestion = \"Q\"\nsections = []\n", "names no section"),
        ] {
            let error = Content::read(std::path::Path::new("r.toml"), text).expect_err(expected);
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
}
