//! The shipped calibration on the page: estimates, and published numbers against predictions.

use super::row::{TargetRow, met, target_rows};
use super::sentence::{Estimate, Sentence};
use super::trials::REPLICATES;
use crate::calibrate::variants::{LEAST_EFFECTIVE, are_resolved, by_likelihood};
use crate::calibrate::{counted_verdict, in_replicate};
use crate::error::Result;
use crate::model::Variant;
use crate::report::calibration_figures::{FORESTS, arm_of, calibration_forest, short};
use crate::report::cast::Cast;
use crate::report::figure::Figure;
use crate::report::regimen_result::SEED;
use crate::report::words::{listed, with_variants};
use crate::simulate::population::Failures;
use crate::trial::{Against, Design, Published, Role};
use crate::units::rounding::{Form, significant};
use serde::Serialize;
use std::collections::BTreeSet;

/// The calibration on the page.
#[derive(Debug, Serialize)]
pub(in crate::report) struct CalibrationSection {
    variants: Vec<VariantColumn>,
    /// What made the patients, each command once.
    commands: Vec<String>,
    estimates: Vec<EstimateRow>,
    roles: Vec<RoleTable>,
    /// How many results of each role are met.
    finding: Sentence,
    /// The trials whose numbers were calibrated on.
    calibrated_on: Vec<String>,
    /// Numbers that were calibrated on and are not met.
    conflicts: Vec<String>,
    /// Numbers that nothing was estimated from and that are not met.
    misses: Vec<String>,
    /// Effective sample that every variant must have before its weight is trusted.
    least_effective: f64,
    replicates: usize,
    seed: u64,
    /// How many patients could not be integrated, in words.
    failed: Option<String>,
    #[serde(skip)]
    pub(in crate::report) failures: Failures,
    /// What simulates the trials again.
    validations: Vec<String>,
}

/// How the calibration of a variant ended.
#[derive(Debug, Serialize)]
struct VariantColumn {
    variant: String,
    converged: bool,
    objective: String,
    decrease: String,
    freedom: String,
    effective: String,
    sample: String,
    log_marginal: String,
    weight: String,
}

/// One estimated number in every variant.
#[derive(Debug, Serialize)]
struct EstimateRow {
    name: String,
    cells: Vec<EstimateCell>,
}

#[derive(Debug, Serialize)]
struct EstimateCell {
    value: String,
    /// Centre of the variant's own prior, and its share of what is known.
    prior: String,
}

/// The figure of the predictions that are not those of patients.
const OTHER_MODELS: &str = "models";

/// The published numbers of one role.
#[derive(Debug, Serialize)]
struct RoleTable {
    figure: &'static str,
    title: &'static str,
    rows: Vec<TargetRow>,
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
    let named: Vec<(String, &[Against])> =
        all.iter().map(|(variant, against)| (variant.to_string(), against.as_slice())).collect();
    let caption = format!(
        "Predicted: 95 % of {REPLICATES} trials of the published size over the posterior, the tick is their median; seed \
         {SEED}. Observed: as published, with its own 95 % interval where one can be formed."
    );
    let (mut figures, mut roles) = (Vec::new(), Vec::new());
    for (role, figure, title) in FORESTS {
        let of_role = |against: &[Against]| -> Vec<Against> {
            against.iter().filter(|a| a.published.role == role).cloned().collect()
        };
        let own: Vec<Verdict> =
            all.iter().map(|(variant, against)| (*variant, of_role(against))).collect();
        if own[0].1.is_empty() {
            continue;
        }
        let slices: Vec<(Variant, &[Against])> =
            own.iter().map(|(v, a)| (*v, a.as_slice())).collect();
        roles.push(RoleTable { figure, title, rows: target_rows(&slices) });
        figures.push(Figure::new(figure, |lettering| {
            calibration_forest(&named, &[role], (title, &caption), lettering)
        })?);
    }
    // Other models predict without an interval of trials.
    let of_trials = roles.iter().filter(|own| own.figure != OTHER_MODELS);
    let of_role = |own: &RoleTable| {
        let (met, all) = met(&own.rows);
        (format!("{met} of {all}"), own.title.to_lowercase())
    };
    let of_roles: Vec<(String, String)> = of_trials.map(of_role).collect();
    let section = CalibrationSection {
        finding: finding(&of_roles),
        variants: columns(casts),
        commands: commands(casts),
        estimates: estimates(casts),
        calibrated_on: trials_of(&used, Role::Calibrate),
        conflicts: not_met(&all, &|role| role == Role::Calibrate),
        misses: not_met(&all, &|role| role != Role::Calibrate),
        least_effective: LEAST_EFFECTIVE,
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

fn columns(casts: &[Cast]) -> Vec<VariantColumn> {
    let logs: Vec<Option<f64>> = casts
        .iter()
        .map(|cast| cast.patients.calibrated.as_ref()?.log_marginal_likelihood)
        .collect();
    let with_error = |cast: &Cast| {
        let known = cast.patients.calibrated.as_ref()?;
        Some((known.log_marginal_likelihood?, known.log_marginal_standard_error?))
    };
    let known: Option<Vec<(f64, f64)>> = casts.iter().map(with_error).collect();
    let known = known.filter(|logs| are_resolved(logs)).unwrap_or_default();
    let weights = by_likelihood(&known.iter().map(|(log, _)| *log).collect::<Vec<_>>());
    let column = |(i, cast): (usize, &Cast)| {
        let known = cast.patients.calibrated.as_ref();
        let show = |value: Option<f64>, decimals: usize| {
            value.map_or("–".to_owned(), |value| format!("{value:.decimals$}"))
        };
        VariantColumn {
            variant: cast.variant.to_string(),
            converged: known.is_some_and(|known| known.converged),
            objective: show(known.map(|known| known.objective), 2),
            decrease: show(known.map(|known| known.expected_decrease), 2),
            freedom: show(known.map(|known| known.degrees_of_freedom), 1),
            effective: show(known.map(|known| known.effective_parameters), 1),
            sample: show(known.and_then(|known| known.effective_sample_size), 0),
            log_marginal: show(logs[i], 2),
            weight: weights.get(i).map_or("–".to_owned(), |w| format!("{:.0} %", 100.0 * w)),
        }
    };
    casts.iter().enumerate().map(column).collect()
}

fn estimates(casts: &[Cast]) -> Vec<EstimateRow> {
    let all: Vec<_> = casts.iter().map(|cast| cast.patients.calibrated.as_ref()).collect();
    let Some(first) = all.iter().flatten().next() else { return Vec::new() };
    let row = |name: &String| {
        let of = all
            .iter()
            .map(|known| known.and_then(|k| k.estimates.iter().find(|e| e.name == *name)));
        let cells = of.map(|estimate| EstimateCell {
            value: estimate.map_or("–".to_owned(), |e| {
                let [value, low, high] =
                    [e.value, e.interval.0, e.interval.1].map(|v| significant(v, 3, Form::Label));
                format!("{value} ({low} to {high})")
            }),
            prior: estimate.map_or("–".to_owned(), |e| {
                format!(
                    "{}, {:.0} %",
                    significant(e.prior_centre, 3, Form::Label),
                    100.0 * e.prior_share
                )
            }),
        });
        EstimateRow { name: name.clone(), cells: cells.collect() }
    };
    first.estimates.iter().map(|estimate| row(&estimate.name)).collect()
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
    with_variants(each).into_iter().map(one).collect()
}

impl CalibrationSection {
    /// What sets published numbers against predictions again.
    pub(super) fn validations(&self) -> &[String] {
        &self.validations
    }

    /// How well the published results are met.
    pub(super) fn in_words(&self) -> Sentence {
        self.finding.clone()
    }
}
