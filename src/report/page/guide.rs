//! What was run, in which order, which files it produced, and what their columns hold.

use super::Page;
use super::table::{Cell, Column, Definition, PageTable};
use crate::report::sections::Section;
use std::collections::BTreeMap;

/// A part of the run: what, what it reads, the commands that make its numbers again, its figures and its tables.
type Step<'a> = (&'static str, &'static str, Vec<String>, Vec<&'a str>, Vec<&'a PageTable>);

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
        let of_steps = steps.into_iter().flat_map(|(.., tables)| tables);
        let shown = |section: Section| Some(section).filter(|section| self.has(*section));
        let model = shown(Section::Model).map(|_| [&self.model.variants, &self.model.parameters]);
        let safety = shown(Section::Safety).map(|_| &self.sources.safety);
        let quoted = safety.into_iter().chain(&self.assessment).chain(&self.protocols);
        let quoted = quoted.chain(model.into_iter().flatten());
        of_steps.chain(quoted).chain(&self.steps).chain(&self.definitions).collect()
    }

    /// The parts of the run whose results are on the page.
    fn steps_of_run(&self) -> Vec<Step<'_>> {
        let mut steps: Vec<Step<'_>> = Vec::new();
        if let Some(own) = &self.uncertainty {
            let what = "regimens over the posterior";
            let commands = own.commands().to_vec();
            steps.push((what, POSTERIOR, commands, vec!["answer"], vec![&own.table]));
        }
        if let Some(own) = &self.window {
            let what = "the window by the count before treatment";
            let figures = vec!["window_by_baseline"];
            steps.push((what, PATIENTS, own.commands().to_vec(), figures, vec![&own.table]));
        }
        steps.extend(self.steps_of_regimens());
        if let Some(own) = &self.forecasts {
            let command = vec![own.command().to_owned()];
            let tables = own.table.iter().collect();
            steps.push(("forecasts", "counts of the subjects", command, own.figures(), tables));
        }
        for own in &self.trials {
            let tables = [&own.comparisons].into_iter().chain(&own.results).collect();
            let figures = own.figures().collect();
            steps.push((
                "a trial, replicated",
                POSTERIOR,
                own.commands().to_vec(),
                figures,
                tables,
            ));
        }
        steps.extend(self.steps_of_details());
        steps
    }

    /// The regimens: in a typical patient, in many, and in every variant.
    fn steps_of_regimens(&self) -> Vec<Step<'_>> {
        let mut steps: Vec<Step<'_>> = Vec::new();
        if let Some(own) = &self.comparison {
            let what = "regimens in a typical patient and in many";
            steps.push((what, PATIENTS, Vec::new(), vec!["overview"], vec![&own.table]));
        }
        if self.variants.is_some() {
            let what = "regimens in every structural variant";
            steps.push((what, PATIENTS, Vec::new(), vec!["variants"], Vec::new()));
        }
        for own in self.regimens.iter().filter(|_| self.has(Section::Regimens)) {
            let tables = own.table.iter().collect();
            steps.push(("a regimen", PATIENTS, own.commands(), vec![own.id()], tables));
        }
        steps
    }

    /// What the appendices show.
    fn steps_of_details(&self) -> Vec<Step<'_>> {
        let mut steps: Vec<Step<'_>> = Vec::new();
        if let Some(own) = &self.calibration {
            let what = "published results against predictions";
            let commands = own.validations().to_vec();
            steps.push((what, POSTERIOR, commands, own.figures().collect(), own.tables()));
        }
        if let Some(own) = &self.sensitivity {
            let what = "fixed numbers at the ends of their ranges";
            let commands = own.commands().to_vec();
            steps.push((what, PATIENTS, commands, vec!["sensitivity"], vec![&own.table]));
        }
        if let Some(own) = &self.covariates {
            let what = "covariates, one by one";
            steps.push((what, PATIENTS, Vec::new(), vec!["covariates"], vec![&own.table]));
        }
        if let Some(own) = &self.optimum {
            let what = "the shortest course";
            let command = vec![own.command().to_owned()];
            steps.push((what, PATIENTS, command, vec!["optimum"], vec![&own.table]));
        }
        if let Some(own) = &self.descriptive {
            let what = "a curve through published summaries";
            let command = vec!["thrombo fit --out fit".to_owned()];
            steps.push((what, "the published summaries", command, own.figures(), vec![&own.table]));
        }
        steps
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
        let (what, reads, commands, figures, tables) = step;
        let figures = figures.iter().map(|id| format!("figures/{id}.svg"));
        let writes: Vec<String> = figures.chain(tables.iter().map(|own| own.file())).collect();
        vec![
            (i + 1).to_string().into(),
            (*what).into(),
            (*reads).into(),
            commands.join("; ").into(),
            writes.join(", ").into(),
        ]
    };
    let caption = "What was run, in which order, and which files it produced. The run record below names the files that were read.";
    PageTable::new("steps", caption, columns, steps.iter().enumerate().map(row).collect())
        .of_prose()
        .called("Steps of the run")
}

/// The columns of all tables; files with the same columns share their rows.
fn definitions_table(tables: &[&PageTable]) -> PageTable {
    let mut alike: BTreeMap<Vec<(String, String, String)>, Vec<String>> = BTreeMap::new();
    let mut order = Vec::new();
    for table in tables {
        let of = |own: Definition| (own.key, own.unit, own.meaning);
        let columns: Vec<_> = table.definitions().into_iter().map(of).collect();
        let files = alike.entry(columns.clone()).or_default();
        if files.is_empty() {
            order.push(columns);
        }
        files.push(table.file());
    }
    let rows = order.iter().flat_map(|columns| {
        let files = alike.get(columns).map_or(String::new(), |files| in_common(files));
        columns.iter().map(move |(key, unit, meaning)| {
            [files.as_str(), key, unit, meaning].map(Cell::from).to_vec()
        })
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
