//! What records call the compartments, routes, outputs and covariates of a text.

use crate::model::text::{Change, Sheet, TextModel};
use crate::records::{Covariate, Direction, Entry, Output, Route, Structure};
use crate::units::HOURS_PER_DAY;

/// The names and numbers of a text that records refer to, in one variant and choice of sizes.
pub(super) fn structure(text: &TextModel, sheet: &Sheet, not_linear: Option<String>) -> Structure {
    let state = |name: &str| name.replace(['[', ']'], "");
    Structure {
        model: text.name.clone(),
        hours_per_time_unit: text.time.factor_to_text("h").unwrap_or(HOURS_PER_DAY),
        molar_mass: None,
        states: sheet.states.iter().map(|own| state(&own.name)).collect(),
        routes: sheet.routes.iter().map(route).collect(),
        outputs: text.outputs.iter().map(output(sheet)).collect(),
        covariates: sheet.covariates.iter().map(covariate).collect(),
        parameters: sheet.parameters.iter().map(|own| own.name.clone()).collect(),
        events: sheet.events.iter().map(|own| own.name.clone()).collect(),
        not_linear,
    }
}

fn route(own: &crate::model::text::Route) -> Route {
    let first = own.entries.first().map_or(0, |entry| entry.state + 1);
    let entry = |entry: &crate::model::text::Entry| Entry {
        target: entry.state,
        has_rate: entry.rate.is_some(),
        has_duration: entry.duration.is_some(),
    };
    Route {
        name: own.name.clone(),
        number: own.cmt.map_or(first, |cmt| cmt as usize),
        unit: own.unit.text().to_owned(),
        entries: own.entries.iter().map(entry).collect(),
    }
}

fn output(sheet: &Sheet) -> impl Fn(&crate::model::text::Output) -> Output {
    |own| {
        let value = sheet.outputs.iter().find(|value| value.name == own.name);
        let is_lognormal =
            value.is_some_and(|value| value.errors.iter().any(|error| error.kind == "lognormal"));
        Output {
            name: own.name.clone(),
            dvid: own.dvid as usize,
            cmt: own.cmt.map(|cmt| cmt as usize),
            unit: own.unit.text().to_owned(),
            is_lognormal,
        }
    }
}

fn covariate(own: &crate::model::text::Covariate) -> Covariate {
    Covariate {
        name: own.name.clone(),
        value: own.value,
        unit: own.unit.text().to_owned(),
        direction: match own.change {
            Change::Backward => Direction::Backward,
            Change::Forward => Direction::Forward,
            Change::Linear => Direction::Linear,
        },
        codes: own.categories.clone(),
    }
}
