//! What was run, in which order, which files it produced, and what their columns hold.

use super::Page;
use super::table::{Cell, Column, Definition, PageTable};
use crate::report::sections::Section;
use crate::report::words::grouped;

/// A part of the run.
struct Step<'a> {
    what: &'static str,
    reads: &'static str,
    /// What makes its numbers again.
    commands: Vec<String>,
    figures: Vec<&'a str>,
    tables: Vec<&'a PageTable>,
}

const PATIENTS: &str = "the virtual patients of each variant";
const POSTERIOR: &str = "the posterior of each variant, where it has one";

impl Page<'_> {
    /// With what was run and what the columns of the tables hold.
    pub(in crate::report) fn with_guide(mut self) -> Self {
        self.steps = Some(steps_table(&self.steps_of_run()));
        self.definitions = Some(definitions_table(&self.tables()));
        self
    }

    /// The tables that are on the page.
    pub(in crate::report) fn tables(&self) -> Vec<&PageTable> {
        let steps = self.steps_of_run();
        let of_steps = steps.into_iter().flat_map(|step| step.tables);
        let shown = |section: Section| Some(section).filter(|section| self.has(*section));
        let model = shown(Section::Model).map(|_| [&self.model.variants, &self.model.parameters]);
        let safety = shown(Section::Safety).map(|_| &self.sources.safety);
        let quoted = safety.into_iter().chain(&self.assessment).chain(&self.protocols);
        let quoted = quoted.chain(model.into_iter().flatten());
        of_steps.chain(quoted).chain(&self.steps).chain(&self.definitions).collect()
    }

    /// The parts of the run whose results are on the page, in the order in which they ran.
    fn steps_of_run(&self) -> Vec<Step<'_>> {
        let mut steps = self.steps_of_regimens();
        steps.extend(self.steps_of_trials());
        steps.extend(self.steps_of_decisions());
        steps.extend(self.steps_of_changes());
        steps.extend(self.forecasts.as_ref().map(|own| Step {
            what: "forecasts",
            reads: "counts of the subjects",
            commands: vec![own.command().to_owned()],
            figures: own.figures(),
            tables: own.table.iter().collect(),
        }));
        steps
    }

    /// The regimens in a typical patient and in many, and the descriptive curve.
    fn steps_of_regimens(&self) -> Vec<Step<'_>> {
        let comparison = self.comparison.iter().map(|own| Step {
            what: "regimens in a typical patient and in many",
            reads: PATIENTS,
            commands: Vec::new(),
            figures: vec!["overview"],
            tables: vec![&own.table],
        });
        let sheets = self.regimens.iter().filter(|_| self.has(Section::Regimens));
        let sheets = sheets.map(|own| Step {
            what: "a regimen",
            reads: PATIENTS,
            commands: own.commands(),
            figures: vec![own.id()],
            tables: own.table.iter().collect(),
        });
        let descriptive = self.descriptive.iter().map(|own| Step {
            what: "a curve through published summaries",
            reads: "the published summaries",
            commands: vec!["thrombo fit --out fit".to_owned()],
            figures: own.figures(),
            tables: vec![&own.table],
        });
        comparison.chain(sheets).chain(descriptive).collect()
    }

    /// The published results and the trials behind them.
    fn steps_of_trials(&self) -> Vec<Step<'_>> {
        let calibration = self.calibration.iter().map(|own| Step {
            what: "published results against predictions",
            reads: POSTERIOR,
            commands: own.validations().to_vec(),
            figures: own.figures().collect(),
            tables: own.tables(),
        });
        let trials = self.trials.iter().map(|own| Step {
            what: "a trial, replicated",
            reads: POSTERIOR,
            commands: own.commands().to_vec(),
            figures: own.figures().collect(),
            tables: [&own.comparisons].into_iter().chain(&own.results).collect(),
        });
        calibration.chain(trials).collect()
    }

    /// What is to be expected of the regimens.
    fn steps_of_decisions(&self) -> Vec<Step<'_>> {
        let answer = self.uncertainty.iter().map(|own| Step {
            what: "regimens over the posterior",
            reads: POSTERIOR,
            commands: own.commands().to_vec(),
            figures: vec!["answer"],
            tables: vec![&own.table],
        });
        let window = self.window.iter().map(|own| Step {
            what: "the window by the count before treatment",
            reads: PATIENTS,
            commands: own.commands().to_vec(),
            figures: vec!["window_by_baseline"],
            tables: vec![&own.table],
        });
        let optimum = self.optimum.iter().map(|own| Step {
            what: "the shortest course",
            reads: PATIENTS,
            commands: vec![own.command().to_owned()],
            figures: vec!["optimum"],
            tables: vec![&own.table],
        });
        answer.chain(window).chain(optimum).collect()
    }

    /// What would follow from other structures, numbers and covariates.
    fn steps_of_changes(&self) -> Vec<Step<'_>> {
        let variants = self.variants.iter().map(|_| Step {
            what: "regimens in every structural variant",
            reads: PATIENTS,
            commands: Vec::new(),
            figures: vec!["variants"],
            tables: Vec::new(),
        });
        let sensitivity = self.sensitivity.iter().map(|own| Step {
            what: "fixed numbers at the ends of their ranges",
            reads: PATIENTS,
            commands: own.commands().to_vec(),
            figures: vec!["sensitivity"],
            tables: vec![&own.table],
        });
        let covariates = self.covariates.iter().map(|own| Step {
            what: "covariates, one by one",
            reads: PATIENTS,
            commands: Vec::new(),
            figures: vec!["covariates"],
            tables: vec![&own.table],
        });
        variants.chain(sensitivity).chain(covariates).collect()
    }
}

/// The steps, one a row.
fn steps_table(steps: &[Step<'_>]) -> PageTable {
    let columns = vec![
        Column::words("step", "step"),
        Column::words("what", "what was run"),
        Column::words("reads", "reads"),
        Column::words("command", "the same by a command"),
        Column::words("writes", "writes"),
    ];
    let row = |(i, step): (usize, &Step<'_>)| -> Vec<Cell> {
        let figures = step.figures.iter().map(|id| format!("figures/{id}.svg"));
        let tables = step.tables.iter().map(|own| own.file());
        vec![
            (i + 1).to_string().into(),
            step.what.into(),
            step.reads.into(),
            step.commands.join("; ").into(),
            figures.chain(tables).collect::<Vec<_>>().join(", ").into(),
        ]
    };
    let caption = "What was run, in which order, and which files it produced. The run record below names the files that were read.";
    PageTable::new("steps", caption, columns, steps.iter().enumerate().map(row).collect())
        .of_prose()
        .called("Steps of the run")
}

/// The columns of all tables; files with the same columns share their rows.
fn definitions_table(tables: &[&PageTable]) -> PageTable {
    let alike = grouped(tables.iter().map(|table| (table.definitions(), table.file())));
    let row = |files: &str, Definition { key, unit, meaning }: &Definition| -> Vec<Cell> {
        [files, key, unit, meaning].map(Cell::from).to_vec()
    };
    let rows = alike.iter().flat_map(|(columns, files)| {
        let files = in_common(files);
        columns.iter().map(|own| row(&files, own)).collect::<Vec<_>>()
    });
    let columns = vec![
        Column::words("file", "file"),
        Column::words("column", "column"),
        Column::words("unit", "unit"),
        Column::words("meaning", "meaning"),
    ];
    let caption = "Columns of the tables beside this page. Columns of words have no unit.";
    PageTable::new("definitions", caption, columns, rows.collect())
        .of_prose()
        .called("Columns of the tables")
}

/// One file, or those with the same columns: all up to where their names part.
fn in_common(files: &[String]) -> String {
    let [first, others @ ..] = files else { return String::new() };
    if others.is_empty() {
        return first.clone();
    }
    let is_shared = |end: &usize| others.iter().all(|other| other.starts_with(&first[..*end]));
    let end = first.match_indices(['_', '/']).map(|(i, _)| i + 1).rfind(is_shared).unwrap_or(0);
    format!("{}*.csv", &first[..end])
}

#[cfg(test)]
mod tests {
    use super::in_common;

    #[test]
    fn analytic_files_of_the_same_columns_are_named_by_what_they_share() {
        let of = |files: &[&str]| {
            in_common(&files.iter().map(|own| (*own).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(of(&["tables/a.csv"]), "tables/a.csv");
        assert_eq!(of(&["tables/regimen_a.csv", "tables/regimen_b_c.csv"]), "tables/regimen_*.csv");
        assert_eq!(of(&["tables/a.csv", "tables/b.csv"]), "tables/*.csv");
    }
}
