//! The shipped calibration on the page: estimates, and published numbers against predictions.

use super::row::{met, target_rows, target_table};
use super::table::{Cell, Column, PageTable};
use super::trials::REPLICATES;
use crate::calibrate::variants::{LEAST_EFFECTIVE, are_resolved, by_likelihood};
use crate::calibrate::{counted_verdict, in_replicate};
use crate::error::Result;
use crate::model::Variant;
use crate::population::CalibratedEstimate;
use crate::report::calibration_figures::{FORESTS, arm_of, calibration_forest, short};
use crate::report::cast::Cast;
use crate::report::figure::Figure;
use crate::report::regimen_result::SEED;
use crate::report::sentence::{Estimate, Sentence};
use crate::report::words::{grouped, listed};
use crate::simulate::population::Failures;
use crate::trial::{Against, Design, Published, Role};
use crate::units::rounding::{Form, significant};
use serde::Serialize;
use std::collections::BTreeSet;

/// The calibration on the page.
#[derive(Debug, Serialize)]
pub(in crate::report) struct CalibrationSection {
    /// How the calibrations ended.
    pub(super) ends: PageTable,
    /// What made the patients, each command once.
    commands: Vec<String>,
    pub(super) estimates: PageTable,
    pub(super) roles: Vec<RoleTable>,
    /// How many results of each role are met: in a sentence of the answer, and as a heading.
    #[serde(skip)]
    finding: Sentence,
    headline: String,
    /// The trials whose numbers were calibrated on.
    calibrated_on: Vec<String>,
    /// Numbers that were calibrated on and are not met.
    conflicts: Vec<String>,
    /// Numbers that nothing was estimated from and that are not met.
    misses: Vec<String>,
    replicates: usize,
    seed: u64,
    /// How many patients could not be integrated, in words.
    failed: Option<String>,
    #[serde(skip)]
    pub(in crate::report) failures: Failures,
    /// What simulates the trials again.
    validations: Vec<String>,
}

/// The figure of the predictions that are not those of patients.
const OTHER_MODELS: &str = "models";

/// The published numbers of one role.
#[derive(Debug, Serialize)]
pub(super) struct RoleTable {
    figure: &'static str,
    title: &'static str,
    /// How many numbers there are.
    count: usize,
    pub(super) table: PageTable,
    /// How many of them all variants meet, and how many there are.
    #[serde(skip)]
    met: (usize, usize),
}

/// Published numbers against what a variant predicts.
type Verdict = (Variant, Vec<Against>);

/// The section and its figures.
pub(in crate::report) fn calibration_section(
    casts: &[Cast],
    published: &[Published],
) -> Result<(CalibrationSection, Vec<Figure>)> {
    let used: Vec<Published> =
        published.iter().filter(|number| number.role != Role::Ignore).cloned().collect();
    let (all, failures) = verdicts(casts, &used)?;
    let named = all.iter().map(|(variant, against)| (variant.to_string(), against.as_slice()));
    let named: Vec<(String, &[Against])> = named.collect();
    let caption = format!(
        "Predicted: 95 % of {REPLICATES} trials of the published size over the posterior, the tick is their median; seed \
         {SEED}. Observed: as published, with its own 95 % interval where one can be formed."
    );
    let (mut figures, mut roles) = (Vec::new(), Vec::new());
    for (role, figure, title) in FORESTS {
        let own: Vec<Verdict> =
            all.iter().map(|(variant, against)| (*variant, of_role(against, role))).collect();
        if own[0].1.is_empty() {
            continue;
        }
        let slices: Vec<(Variant, &[Against])> =
            own.iter().map(|(v, a)| (*v, a.as_slice())).collect();
        let rows = target_rows(&slices);
        let table = target_table(&format!("results_{figure}"), &rows);
        roles.push(RoleTable { figure, title, count: rows.len(), table, met: met(&rows) });
        figures.push(Figure::new(figure, |lettering| {
            calibration_forest(&named, &[role], (title, &caption), lettering)
        })?);
    }
    // Other models predict without an interval of trials.
    let of_trials = roles.iter().filter(|own| own.figure != OTHER_MODELS);
    let met =
        |own: &RoleTable| (format!("{} of {}", own.met.0, own.met.1), own.title.to_lowercase());
    let of_roles: Vec<(String, String)> = of_trials.map(met).collect();
    let section = CalibrationSection {
        headline: headline(&of_roles),
        finding: finding(&of_roles),
        ends: ends(casts),
        commands: commands(casts),
        estimates: estimates(casts),
        calibrated_on: trials_of(&used, Role::Calibrate),
        conflicts: not_met(&all, &|role| role == Role::Calibrate),
        misses: not_met(&all, &|role| role != Role::Calibrate),
        roles,
        replicates: REPLICATES,
        seed: SEED,
        failed: failures.in_words(),
        failures,
        validations: Cast::commands(
            casts,
            "thrombo validate --all",
            &format!("--replicates {REPLICATES} --seed {SEED}"),
        ),
    };
    Ok((section, figures))
}

fn of_role(against: &[Against], role: Role) -> Vec<Against> {
    against.iter().filter(|own| own.published.role == role).cloned().collect()
}

/// The trials behind the numbers of a role, each once.
fn trials_of(published: &[Published], role: Role) -> Vec<String> {
    let of_role = published.iter().filter(|number| number.role == role);
    let names: BTreeSet<String> =
        of_role.flat_map(|number| &number.trials).map(|trial| short(trial)).collect();
    names.into_iter().collect()
}

/// The verdict on each variant, and the patients of all who could not be integrated.
fn verdicts(casts: &[Cast], used: &[Published]) -> Result<(Vec<Verdict>, Failures)> {
    let (mut all, mut failures) = (Vec::new(), Failures::default());
    for cast in casts {
        let sets = cast.sets(REPLICATES)?;
        let set = |replicate: usize, design: &Design| {
            in_replicate(&sets, replicate, (design, &cast.patients), cast.variant)
        };
        let whose = (cast.variant, SEED);
        let (against, failed) = counted_verdict(whose, &set, used, REPLICATES, &|_| {})?;
        failures.add(&failed);
        all.push((cast.variant, against));
    }
    Ok((all, failures))
}

fn commands(casts: &[Cast]) -> Vec<String> {
    let all = casts.iter().filter_map(|cast| cast.patients.calibrated.as_ref());
    let mut commands: Vec<String> = all.map(|known| known.command.clone()).collect();
    commands.dedup();
    commands
}

/// How the calibration of each variant ended.
fn ends(casts: &[Cast]) -> PageTable {
    let with_error = |cast: &Cast| {
        let known = cast.patients.calibrated.as_ref()?;
        Some((known.log_marginal_likelihood?, known.log_marginal_standard_error?))
    };
    let known: Option<Vec<(f64, f64)>> = casts.iter().map(with_error).collect();
    let known = known.filter(|logs| are_resolved(logs)).unwrap_or_default();
    let weights = by_likelihood(&known.iter().map(|(log, _)| *log).collect::<Vec<_>>());
    let row = |(i, cast): (usize, &Cast)| -> Vec<Cell> {
        let known = cast.patients.calibrated.as_ref();
        let show = |value: Option<f64>, decimals: usize| -> Cell {
            value.map_or("–".to_owned(), |value| format!("{value:.decimals$}")).into()
        };
        let converged = known.is_some_and(|known| known.converged);
        vec![
            cast.variant.to_string().into(),
            (if converged { "converged" } else { "not converged" }).into(),
            show(known.map(|known| known.objective), 2),
            show(known.map(|known| known.expected_decrease), 2),
            show(known.map(|known| known.effective_parameters), 1),
            show(known.map(|known| known.degrees_of_freedom), 1),
            show(known.and_then(|known| known.effective_sample_size), 0),
            show(known.and_then(|known| known.log_marginal_likelihood), 2),
            show(weights.get(i).map(|weight| 100.0 * weight), 0),
        ]
    };
    let columns = vec![
        Column::words("variant", "variant"),
        Column::words("search", "search"),
        Column::numbers("objective", "objective", "1"),
        Column::numbers("decrease", "predicted decrease of the objective", "1"),
        Column::numbers("determined", "parameters determined", "1"),
        Column::numbers("degrees_of_freedom", "degrees of freedom", "1"),
        Column::numbers("effective_sample_size", "effective sample size", "1"),
        Column::numbers("log_marginal_likelihood", "ln marginal likelihood", "1"),
        Column::numbers("weight", "posterior weight", "%"),
    ];
    let caption = format!(
        "How each calibration ended. This report weights the variants equally. Posterior weights by marginal likelihood are \
         shown where they are reliable, which requires an effective sample size of {LEAST_EFFECTIVE} or more in every variant."
    );
    let rows = casts.iter().enumerate().map(row).collect();
    PageTable::new("calibration", caption, columns, rows).called("How the calibrations ended")
}

/// The estimated numbers in every variant.
fn estimates(casts: &[Cast]) -> PageTable {
    let known: Vec<_> = casts.iter().map(|cast| cast.patients.calibrated.as_ref()).collect();
    let names = known.iter().flatten().next().map_or(&[][..], |first| &first.estimates);
    let mut columns = vec![Column::words("parameter", "parameter")];
    for cast in casts {
        let (name, key) = (cast.variant.to_string(), cast.variant.to_string().to_lowercase());
        columns.push(Column::words(&key, &name).means(format!("estimate, variant {name}")));
        let prior = Column::words(format!("{key}_prior"), format!("{name}, prior"));
        columns.push(prior.means(format!(
            "centre of the prior of variant {name}, and the share of the information that comes from it"
        )));
    }
    let row = |name: &str| {
        let of = known.iter().flat_map(|known| {
            let own = known.and_then(|known| known.estimates.iter().find(|own| own.name == name));
            own.map_or_else(|| ["–".into(), "–".into()], estimate_cells)
        });
        [Cell::from(name.replace('_', " "))].into_iter().chain(of).collect()
    };
    let rows = names.iter().map(|own| row(&own.name)).collect();
    let caption = "Estimates with 95 % intervals; centre of the prior of each variant, and the share of the information that comes from the prior.";
    PageTable::new("estimates", caption, columns, rows)
        .of_prose()
        .called("Estimates of the calibration")
}

/// An estimate, and its prior with its share of the information.
fn estimate_cells(own: &CalibratedEstimate) -> [Cell; 2] {
    let all = [own.value, own.interval.0, own.interval.1, own.prior_centre];
    let [value, low, high, centre] = all.map(|number| significant(number, 3, Form::Label));
    let prior = format!("{centre}, {:.0} %", 100.0 * own.prior_share);
    [Estimate::new(value, (low, high)).into(), prior.into()]
}

/// The same as a heading.
fn headline(of_roles: &[(String, String)]) -> String {
    let all: Vec<String> = of_roles.iter().map(|(met, title)| format!("{met} ({title})")).collect();
    format!("Inside the 95 % prediction intervals of all variants lie {}.", listed(&all))
}

/// How many published results lie inside their intervals, role by role.
fn finding(of_roles: &[(String, String)]) -> Sentence {
    Sentence::default()
        .words("The virtual patients are calibrated to published results by simulating the trials. Inside the ")
        .input("95 %")
        .words(" prediction intervals of all variants lie ")
        .list(of_roles, |own, (met, title)| {
            own.estimate(Estimate::alone(met)).words(&format!(" ({title})"))
        })
        .words(".")
}

/// The numbers of some roles that are not met, each with the variants that do not meet it.
fn not_met(all: &[Verdict], of_role: &dyn Fn(Role) -> bool) -> Vec<String> {
    let outside = |a: &&Against| of_role(a.published.role) && a.is_inside() == Some(false);
    let name = |Against { published, .. }: &Against| {
        let trials: Vec<String> = published.trials.iter().map(|trial| short(trial)).collect();
        format!("{}, {}, {}", trials.join(" and "), arm_of(published), published.label)
    };
    let each = all.iter().flat_map(|(variant, against)| {
        against.iter().filter(outside).map(move |against| (name(against), variant.to_string()))
    });
    let one = |(name, of): (String, Vec<String>)| {
        let several = if of.len() == 1 { "" } else { "s" };
        format!("{name} (variant{several} {})", listed(&of))
    };
    grouped(each).into_iter().map(one).collect()
}

impl CalibrationSection {
    /// What it says of the evidence for the model.
    pub(super) fn as_evidence(&self) -> String {
        format!(
            "Calibrated to {} published summaries, of which {} lie outside a prediction interval; of the results that were not \
             used, {} do. ",
            self.roles.first().map_or(0, |role| role.count),
            self.conflicts.len(),
            self.misses.len()
        )
    }

    /// Its figures by their names.
    pub(super) fn figures(&self) -> impl Iterator<Item = &str> {
        self.roles.iter().map(|role| role.figure)
    }

    /// Its tables.
    pub(super) fn tables(&self) -> Vec<&PageTable> {
        let roles = self.roles.iter().map(|role| &role.table);
        [&self.ends, &self.estimates].into_iter().chain(roles).collect()
    }

    /// What sets published numbers against predictions again.
    pub(super) fn validations(&self) -> &[String] {
        &self.validations
    }

    /// How well the published results are met.
    pub(super) fn in_words(&self) -> Sentence {
        self.finding.clone()
    }
}
