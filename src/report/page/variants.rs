//! Structural uncertainty: the decision numbers of every regimen in every variant.

use crate::error::Result;
use crate::model::Variant;
use crate::report::figure::Figure;
use crate::report::figures::forest::{self, Forest, Predicted, Row, Unit};
use crate::report::regimen_result::{RegimenResult, SEED};
use crate::statistics::Z_95;
use crate::window::{Answer, ENTRY, THRESHOLD};
use serde::Serialize;

/// What the structure leaves open, on the page.
#[derive(Debug, Serialize)]
pub(in crate::report) struct VariantsSection {
    finding: String,
}

/// Days at or above 50 and the best day's probability, variant by variant.
pub(in crate::report) fn variants_section(
    results: &[RegimenResult],
) -> Result<(VariantsSection, Figure)> {
    let many: Vec<&RegimenResult> =
        results.iter().filter(|result| result.answers.len() == Variant::ALL.len()).collect();
    let label = |result: &RegimenResult| result.main.scenario.short.replace(" x", " × ");
    let days = many.iter().map(|result| Row {
        group: format!("Days at or above {THRESHOLD}: median, and 90 % of patients"),
        label: label(result),
        note: String::new(),
        unit: Unit::Days,
        observed: None,
        predictions: result.answers.iter().map(days_of).collect(),
    });
    let chance = many.iter().map(|result| Row {
        group: format!("Measured at {THRESHOLD} or more on the best day"),
        label: label(result),
        note: String::new(),
        unit: Unit::Share,
        observed: None,
        predictions: result.answers.iter().map(chance_of).collect(),
    });
    let subjects = many.first().map_or(0, |result| result.answers[0].outlook.subjects);
    let figure = Forest {
        title: title(&many),
        model_name: format!(
            "Mechanistic model, calibrated in each variant; {}",
            many.first().map_or("", |result| &result.main.scenario.drug)
        ),
        caption: format!(
            "{subjects} virtual patients of each variant, measured below {ENTRY} before treatment, seed {SEED}. Shares: \
             probability on the best day, with its Monte-Carlo 95 % interval. Days: true count."
        ),
        rows: chance.chain(days).collect(),
    };
    let section = VariantsSection { finding: format!("{}.", figure.title) };
    let figure = Figure::new("variants", |lettering| forest::draw(&figure, lettering))?;
    Ok((section, figure))
}

/// Where the variants are furthest apart.
fn title(many: &[&RegimenResult]) -> String {
    let spread = |result: &&&RegimenResult| {
        let chances = result.answers.iter().map(|answer| answer.outlook.best().at_threshold);
        let (low, high) = chances
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), p| (low.min(p), high.max(p)));
        100.0 * (high - low)
    };
    let widest = many.iter().max_by(|a, b| spread(a).total_cmp(&spread(b)));
    widest.map_or("No regimen in all variants".to_owned(), |widest| {
        format!(
            "The four variants differ by at most {:.1} percentage points in the probability of {THRESHOLD} or more: under {}",
            spread(&widest),
            widest.main.scenario.short.replace(" x", " × ")
        )
    })
}

fn days_of(answer: &Answer) -> Predicted {
    let days = answer.outlook.days_at_threshold;
    Predicted {
        name: answer.variant.to_string(),
        low: days.q05,
        median: days.q50,
        high: days.q95,
        distance: None,
        inside: None,
    }
}

fn chance_of(answer: &Answer) -> Predicted {
    let best = answer.outlook.best();
    Predicted {
        name: answer.variant.to_string(),
        low: (best.at_threshold - Z_95 * best.se).max(0.0),
        median: best.at_threshold,
        high: (best.at_threshold + Z_95 * best.se).min(1.0),
        distance: None,
        inside: None,
    }
}
