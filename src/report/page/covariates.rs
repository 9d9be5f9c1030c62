//! What is known about patients beside their counts: how far it changes the exposure and what follows from it.

use super::decision::{Decision, SUBJECTS, approved};
use super::table::{Cell, Column, PageTable};
use crate::error::Result;
use crate::population::{Covariate, EffectForm, Law, VirtualPatients};
use crate::report::cast::Cast;
use crate::report::figure::Figure;
use crate::report::figures::forest::{self, Forest, Predicted, Row, Unit};
use crate::report::regimen_sheet::in_percent;
use crate::simulate::population::Failures;
use crate::statistics::normal_quantile;
use crate::units::rounding::{Form, significant};
use crate::window::{ENTRY, Outlook, THRESHOLD, Treatment};
use rayon::prelude::*;
use serde::Serialize;

/// The patients whose file holds the effects.
pub(in crate::report) const WITH_COVARIATES: &str = "patients_covariates";

/// Covariates on the page.
#[derive(Debug, Serialize)]
pub(in crate::report) struct CovariateSection {
    pub(super) table: PageTable,
    #[serde(skip)]
    pub(in crate::report) failures: Failures,
}

/// A covariate at a value that differs from that of the typical patient.
struct Changed {
    label: String,
    covariate: &'static str,
    value: f64,
    /// Whether the effect is turned round, as its direction is not published.
    is_reversed: bool,
}

/// What follows from a change: the ratio of the area under the concentrations, and the decision in each variant.
struct Found {
    label: String,
    exposure: f64,
    decisions: Vec<Decision>,
    sources: String,
}

/// The section with its figure.
pub(in crate::report) fn covariate_section(
    casts: &[Cast],
    tell: &dyn Fn(usize, usize),
) -> Result<(CovariateSection, Figure)> {
    let file = VirtualPatients::load(WITH_COVARIATES)?;
    let mut failures = Failures::default();
    let mut found = Vec::new();
    let all = changes(&file);
    for (i, change) in all.iter().enumerate() {
        tell(i, all.len());
        let changed = with_change(&file, change.as_ref());
        let outlook = |cast: &Cast| approved(&applied(&cast.patients, &changed), cast.variant);
        let outlooks: Vec<Outlook> = casts.par_iter().map(outlook).collect::<Result<_>>()?;
        failures.add(&Failures::sum(outlooks.iter().map(|outlook| &outlook.failures)));
        found.push(Found {
            label: change.as_ref().map_or("typical patient".to_owned(), |own| own.label.clone()),
            exposure: exposure(&changed),
            decisions: outlooks.iter().map(Decision::of).collect(),
            sources: sources(&file, change.as_ref()),
        });
    }
    let figure = figure(&found)?;
    Ok((CovariateSection { table: table(&found), failures }, figure))
}

/// The typical patient, then one change after the other.
fn changes(file: &VirtualPatients) -> Vec<Option<Changed>> {
    let own = |label: String, covariate, value, is_reversed| {
        Some(Changed { label, covariate, value, is_reversed })
    };
    let weights = file.covariates.iter().find(|own| own.name == "wt").map(|own| &own.law);
    let weights = match weights {
        Some(Law::Spread { typical, distribution }) => [0.05, 0.95]
            .map(|share| distribution.individual(*typical, normal_quantile(share)))
            .to_vec(),
        _ => Vec::new(),
    };
    let weights = weights.into_iter().map(|kg| own(format!("weight {kg:.0} kg"), "wt", kg, false));
    let others = [
        own("Child-Pugh class C".to_owned(), "child_pugh", 10.0, false),
        own("fasted".to_owned(), "fasted", 1.0, false),
        own("East Asian".to_owned(), "east_asian", 1.0, false),
        own("East Asian, effect reversed".to_owned(), "east_asian", 1.0, true),
    ];
    [None].into_iter().chain(weights).chain(others).collect()
}

/// The patients of the file, all with the covariates of the typical patient but for the one that is changed.
fn with_change(file: &VirtualPatients, change: Option<&Changed>) -> VirtualPatients {
    let mut patients = file.clone();
    for covariate in &mut patients.covariates {
        let changed = change.filter(|own| own.covariate == covariate.name);
        covariate.law = Law::Fixed(changed.map_or_else(|| typical(covariate), |own| own.value));
    }
    for effect in &mut patients.effects {
        let is_reversed =
            change.is_some_and(|own| own.is_reversed && own.covariate == effect.covariate);
        if let EffectForm::Factor { factor, .. } = &mut effect.form
            && is_reversed
        {
            *factor = 1.0 / *factor;
        }
    }
    patients
}

/// The value of the typical patient: the centre of what varies, and the first of several values.
fn typical(covariate: &Covariate) -> f64 {
    match &covariate.law {
        Law::Fixed(value) => *value,
        Law::Spread { typical, .. } => *typical,
        Law::Choice { values, .. } => values.first().copied().unwrap_or_default(),
    }
}

/// Calibrated patients with the covariates and effects of others.
fn applied(patients: &VirtualPatients, changed: &VirtualPatients) -> VirtualPatients {
    VirtualPatients {
        covariates: changed.covariates.clone(),
        effects: changed.effects.clone(),
        ..patients.clone()
    }
}

/// The area under the concentrations as a ratio to that of the typical patient: linear kinetics make it the ratio of
/// bioavailability and clearance.
fn exposure(patients: &VirtualPatients) -> f64 {
    let value = |name: &str| patients.covariates.iter().find(|own| own.name == name).map(typical);
    let factor = |symbol: &str| -> f64 {
        let own = patients.effects.iter().filter(|effect| effect.symbol == symbol);
        own.filter_map(|effect| Some(effect.form.factor(value(&effect.covariate)?))).product()
    };
    factor("f1") / factor("cl")
}

/// Where the effects of a change come from, with their grades.
fn sources(file: &VirtualPatients, change: Option<&Changed>) -> String {
    let of = file.effects.iter().filter(|own| change.is_some_and(|c| c.covariate == own.covariate));
    of.map(|own| format!("{}: {} ({})", own.symbol, own.source, own.grade))
        .collect::<Vec<_>>()
        .join("; ")
}

fn figure(found: &[Found]) -> Result<Figure> {
    let row = |own: &Found, group: &str, unit: Unit, of: &dyn Fn(&Decision) -> f64| {
        let values: Vec<f64> = own.decisions.iter().map(of).collect();
        let ends = |end: fn(f64, f64) -> f64| values.iter().copied().reduce(end);
        Row {
            group: group.to_owned(),
            label: own.label.clone(),
            note: String::new(),
            unit,
            observed: None,
            predictions: vec![Predicted {
                name: String::new(),
                low: ends(f64::min).unwrap_or(f64::NAN),
                median: values.iter().sum::<f64>() / values.len() as f64,
                high: ends(f64::max).unwrap_or(f64::NAN),
                distance: None,
                inside: None,
            }],
        }
    };
    let exposure = found.iter().map(|own| {
        row(own, "Exposure (area under the concentrations)", Unit::Ratio, &|_| own.exposure)
    });
    let chance = format!("Measured at {THRESHOLD} or more on the best day");
    let chance = found.iter().map(|own| row(own, &chance, Unit::Share, &|own| own.chance));
    let days = format!("Days at or above {THRESHOLD}, median patient");
    let days = found.iter().map(|own| row(own, &days, Unit::Days, &|own| own.days));
    let figure = Forest {
        title: title(found),
        model_name: "Mechanistic model, calibrated in each variant, mean and range of the variants"
            .to_owned(),
        caption: format!(
            "{} in virtual patients with a measured count below {ENTRY} × 10⁹/L before treatment, {SUBJECTS} of each variant. All \
             patients have the covariates of the first row but for the one that is named. The mark is the mean of the variants, \
             the bar spans them.",
            Treatment::approved()
        ),
        rows: exposure.chain(chance).chain(days).collect(),
    };
    Figure::new("covariates", |lettering| forest::draw(&figure, lettering))
}

fn mean_chance(own: &Found) -> f64 {
    own.decisions.iter().map(|own| own.chance).sum::<f64>() / own.decisions.len() as f64
}

/// How far the decision moves at most.
fn title(found: &[Found]) -> String {
    let [typical, others @ ..] = found else { return "No covariate".to_owned() };
    let shift = |own: &&Found| (mean_chance(own) - mean_chance(typical)).abs();
    let widest = others.iter().max_by(|a, b| shift(a).total_cmp(&shift(b)));
    widest.map_or("No covariate".to_owned(), |widest| {
        let shift = 100.0 * (mean_chance(widest) - mean_chance(typical));
        let shift = format!("{shift:+.1}").replace('-', "−");
        format!(
            "Of the covariates, {} moves the probability most: {shift} percentage points at {:.2} times the exposure",
            widest.label, widest.exposure
        )
    })
}

fn table(found: &[Found]) -> PageTable {
    let caption = format!(
        "{}, mean of the four variants, with the covariates of the typical patient but for the one that is named; {SUBJECTS} \
         patients of each variant. The direction of the effect of ethnicity is not published: both are shown.",
        Treatment::approved()
    );
    let columns = vec![
        Column::words("covariate", "covariate"),
        Column::numbers("exposure", "exposure, ratio", "1")
            .means("area under the concentrations, ratio to the typical patient"),
        Column::numbers("at_threshold", format!("{THRESHOLD} or more on the best day"), "%"),
        Column::days("days_at_threshold", format!("days at or above {THRESHOLD}, median patient")),
        Column::words("source", "source of the effect (grade)"),
    ];
    let row = |own: &Found| -> Vec<Cell> {
        let days = own.decisions.iter().map(|own| own.days).sum::<f64>();
        vec![
            own.label.as_str().into(),
            significant(own.exposure, 3, Form::Label).into(),
            in_percent(mean_chance(own)).into(),
            format!("{:.1}", days / own.decisions.len() as f64).into(),
            (if own.sources.is_empty() { "–" } else { &own.sources }).into(),
        ]
    };
    PageTable::new("covariates", caption, columns, found.iter().map(row).collect())
        .of_prose()
        .called("Covariates")
}
