//! What a calibration writes and prints.

use super::Estimated;
use super::calibration::{Calibration, calibrated_patients};
use super::information::{Information, LEAST_SENSITIVITY};
use super::posterior::Posterior;
use super::problem::Problem;
use super::profile::full_name;
use super::result_tables::{placebo, posterior, profiles, targets, trade_offs};
use crate::error::Result;
use crate::statistics::{Z_95, chi_squared_above};
use crate::table::Table;
use crate::trial::{Against, Published, Role};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Degrees of freedom below which no p-value is given.
const LEAST_FREEDOM: f64 = 3.0;

/// The result in words.
#[must_use]
pub fn text(problem: &Problem, calibration: &Calibration) -> String {
    let found = &calibration.found;
    let mut text = format!("Calibration of variant {}\n\nsearch\n", problem.variant);
    for stage in &found.stages {
        let _ = writeln!(
            text,
            "  {:14} {:26} objective {:9.3}, {} evaluations",
            stage.name, stage.ending, stage.objective, stage.evaluations
        );
    }
    let converged = if found.converged { "converged" } else { "NOT converged" };
    let _ = writeln!(
        text,
        "  {converged}: predicted further decrease of the objective at most {:.4}",
        found.local.expected_decrease()
    );
    if let Some(posterior) = &calibration.posterior {
        let _ = writeln!(
            text,
            "  posterior: effective sample size {:.0} of {} draws; ln marginal likelihood {:.2}, standard error \
             {:.2} by the draws, {:.2} by the virtual patients",
            posterior.effective,
            posterior.places.len(),
            posterior.log_marginal,
            posterior.log_marginal_error(),
            calibration.pool_error.unwrap_or(f64::NAN)
        );
    }
    text += "\nestimates                          value    95 % interval           prior centre  share from prior\n";
    for row in rows(problem, calibration) {
        let _ = writeln!(
            text,
            "  {:32} {:8.4} ({:8.4} to {:8.4}) {:14.4} {:12.0} %",
            row.estimated.name,
            row.value,
            row.interval.0,
            row.interval.1,
            row.estimated.centre,
            100.0 * row.prior_share
        );
    }
    let freedom = calibration.degrees_of_freedom(problem);
    let _ = writeln!(
        text,
        "\n{} calibration targets determine {:.1} parameters: {freedom:.1} degrees of freedom",
        problem.published.len(),
        calibration.effective_parameters,
    );
    text += &misfit(calibration);
    text += &verdict(&calibration.against);
    text += &failed(calibration);
    text
}

/// Candidates and patients who could not be integrated; empty where there are none.
fn failed(calibration: &Calibration) -> String {
    let Calibration { failed_candidates, failed_in_trials, .. } = calibration;
    let of = [
        ("candidates at the estimates", failed_candidates),
        ("simulated trials", failed_in_trials),
    ];
    let words =
        of.iter().filter_map(|(of, failures)| Some(format!("{of}: {}\n", failures.in_words()?)));
    words.collect()
}

/// The same as comment lines of a table.
fn failed_comments(calibration: &Calibration) -> String {
    failed(calibration).lines().map(|line| format!("# {line}\n")).collect()
}

/// How far the numbers that enter as normal lie from what is expected, all together (J16).
fn misfit(calibration: &Calibration) -> String {
    let Some(misfit) = calibration.misfit() else { return String::new() };
    let numbers = calibration.found.evaluation.likelihood.residuals.len();
    let freedom = misfit.degrees_of_freedom;
    let p = if freedom < LEAST_FREEDOM {
        format!("no p-value below {LEAST_FREEDOM} degrees of freedom")
    } else {
        format!("p = {:.2} by chi-squared", chi_squared_above(misfit.squared, freedom))
    };
    format!(
        "sum of squared standardised residuals of the {numbers} normally distributed targets: {:.1} on \
         {freedom:.1} degrees of freedom, {p}\n",
        misfit.squared
    )
}

/// What the numbers to be calibrated on can tell of the parameters, in words.
#[must_use]
pub fn information(problem: &Problem, information: &Information) -> String {
    let bar = format!(
        "by {LEAST_SENSITIVITY} SD of the published trial or more when changed by 1 SD of the prior"
    );
    let mut text = "sensitivity at the starting point, before the search\n".to_owned();
    let (silent, unseen) = (information.silent_numbers(), information.unseen_parameters());
    for j in &silent {
        let name = full_name(&problem.published[*j]);
        let _ = writeln!(text, "  {name}: uninformative: no parameter changes it {bar}");
    }
    for i in &unseen {
        let name = &problem.estimated[*i].name;
        let _ = writeln!(text, "  {name}: not informed by any target: it changes no target {bar}");
    }
    if silent.is_empty() && unseen.is_empty() {
        let _ = writeln!(
            text,
            "  every target depends on a parameter, and every parameter changes a target {bar}"
        );
    }
    text
}

/// Published beside predicted, by role.
#[must_use]
pub fn verdict(against: &[Against]) -> String {
    let mut text = String::new();
    for (name, role) in Role::ALL {
        let own: Vec<&Against> = against.iter().filter(|a| a.published.role == role).collect();
        if own.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\n{name}");
        let width = own.iter().map(|a| in_a_line(&a.published).chars().count()).max().unwrap_or(0);
        for against in own {
            let Against { published, prediction, distance } = against;
            let share = published.form.unit() == "1";
            let show = |v: f64| {
                if share { format!("{:.1} %", 100.0 * v) } else { format!("{v:.1}") }
            };
            let Some(interval) = &prediction.interval else { continue };
            let label = in_a_line(published);
            let n = published.n.map_or_else(String::new, |n| format!("n {n}"));
            let range = format!(
                "{} ({} to {})",
                show(interval.median.value),
                show(interval.lower.value),
                show(interval.upper.value)
            );
            let distance = distance.map_or_else(String::new, |d| format!("{d:+.1} SD"));
            let _ = writeln!(
                text,
                "  {label:width$} {:>8} {n:5} {range:30} {distance:8} {}",
                show(published.value),
                if against.is_inside() == Some(false) { "OUTSIDE" } else { "" }
            );
        }
    }
    text
}

/// Trials, arm and label of a published number.
pub(super) fn in_a_line(published: &Published) -> String {
    format!("{} {}, {}", published.trials.join("+"), published.arm, published.label)
}

struct Row<'a> {
    estimated: &'a Estimated,
    value: f64,
    interval: (f64, f64),
    prior_share: f64,
}

fn rows<'a>(problem: &'a Problem, calibration: &Calibration) -> Vec<Row<'a>> {
    let one = |(i, estimated): (usize, &'a Estimated)| {
        let (x, error) = (calibration.found.x[i], calibration.standard_errors[i]);
        let at = |sign: f64| estimated.scale.value(x + sign * Z_95 * error);
        Row {
            estimated,
            value: estimated.scale.value(x),
            interval: (at(-1.0), at(1.0)),
            prior_share: calibration.prior_shares[i],
        }
    };
    problem.estimated.iter().enumerate().map(one).collect()
}

/// How a calibration was made: the command, and the files that it was made from with their SHA-256.
pub type MadeBy<'a> = (&'a str, &'a BTreeMap<String, String>);

/// The content of a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// A table.
    Table(Table),
    /// Anything else.
    Text(String),
}

impl Content {
    /// As it is written.
    #[must_use]
    pub fn into_text(self) -> String {
        match self {
            Self::Table(table) => table.to_csv(),
            Self::Text(text) => text,
        }
    }
}

/// The files of a calibration; `notes` follow what was printed.
///
/// # Errors
/// None in practice: every place has been put in before.
pub fn files(
    problem: &Problem,
    calibration: &Calibration,
    notes: &str,
    (command, inputs): MadeBy<'_>,
) -> Result<Vec<(String, Content)>> {
    let letter = problem.variant.to_string().to_lowercase();
    let patients = calibrated_patients(problem, calibration)?;
    let heading = format!(
        "Virtual patients calibrated to the published trials, variant {}. Made by\n{command}",
        problem.variant
    );
    let details = details(problem, calibration, (command, inputs));
    let failed = failed_comments(calibration);
    let table = |name: &str, table: Table, comments: &str| {
        (format!("{name}_{letter}.csv"), Content::Table(table.with_comments(comments)))
    };
    let patients = patients.to_toml(&heading, &details);
    Ok(vec![
        (format!("calibrated_{letter}.toml"), Content::Text(patients)),
        table("targets", targets(calibration), &failed),
        table("posterior", posterior(problem, calibration), ""),
        table("profiles", profiles(calibration), &failed),
        table("trade_offs", trade_offs(calibration), &failed),
        table("placebo", placebo(problem, calibration), &failed),
        (format!("calibration_{letter}.txt"), Content::Text(text(problem, calibration) + notes)),
    ])
}

/// Standard error of the logarithm of the marginal likelihood, by draws (J12) and virtual patients (J17).
#[must_use]
pub fn log_marginal_error(calibration: &Calibration) -> f64 {
    let draws = calibration.posterior.as_ref().map_or(f64::NAN, Posterior::log_marginal_error);
    let pools = calibration.pool_error.unwrap_or(f64::NAN);
    (draws * draws + pools * pools).sqrt()
}

fn details(
    problem: &Problem,
    calibration: &Calibration,
    (command, inputs): MadeBy<'_>,
) -> toml::Table {
    let found = &calibration.found;
    let mut table = toml::Table::new();
    let mut add = |key: &str, value: toml::Value| table.insert(key.to_owned(), value);
    add("command", command.into());
    add("converged", found.converged.into());
    add("objective", found.evaluation.objective.into());
    add("expected_decrease", found.local.expected_decrease().into());
    add("effective_parameters", calibration.effective_parameters.into());
    add("degrees_of_freedom", calibration.degrees_of_freedom(problem).into());
    if let Some(posterior) = &calibration.posterior {
        add("log_marginal_likelihood", posterior.log_marginal.into());
        add("log_marginal_standard_error", log_marginal_error(calibration).into());
        add("effective_sample_size", posterior.effective.into());
    }
    let hashes = inputs.iter().map(|(file, hash)| (file.clone(), hash.clone().into()));
    add("inputs", toml::Value::Table(hashes.collect()));
    let estimates = rows(problem, calibration).into_iter().map(|row| {
        let mut entry = toml::Table::new();
        entry.insert("value".to_owned(), row.value.into());
        entry.insert("lower".to_owned(), row.interval.0.into());
        entry.insert("upper".to_owned(), row.interval.1.into());
        entry.insert("prior_centre".to_owned(), row.estimated.centre.into());
        entry.insert("prior_share".to_owned(), row.prior_share.into());
        (row.estimated.name.clone(), toml::Value::Table(entry))
    });
    add("estimates", toml::Value::Table(estimates.collect()));
    table
}
