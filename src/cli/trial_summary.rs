//! The summary of a trial, as the data of `summary.toml` and of the JSON document.

use super::trial::Finished;
use thrombopoiesis::trial::Design;

/// The same as data.
pub(super) fn summary(design: &Design, finished: &[Finished<'_>]) -> toml::Table {
    let mut root = toml::Table::new();
    root.insert("trial".to_owned(), design.id.clone().into());
    root.insert("title".to_owned(), design.title.clone().into());
    let endpoints = &design.endpoints;
    for (key, value) in [
        ("level_1e9_l", endpoints.at_least),
        ("rise_1e9_l", endpoints.rise),
        ("high_level_1e9_l", endpoints.high),
    ] {
        root.insert(key.to_owned(), value.into());
    }
    for Finished { run, summary, .. } in finished {
        let mut own = toml::Table::new();
        own.insert("replicates".to_owned(), whole(summary.replicates));
        own.insert("patients_a_trial".to_owned(), whole(design.randomised));
        own.insert("screened_on_average".to_owned(), summary.screened.into());
        own.insert("failed".to_owned(), whole(summary.failed));
        if summary.failed > 0 {
            own.insert("simulated".to_owned(), whole(summary.failures.subjects));
        }
        own.insert("dropped_out".to_owned(), whole(summary.dropped_out));
        let against = summary.against.iter().map(|against| {
            let mut row = toml::Table::new();
            let mut add = |key: &str, value: Option<f64>| {
                row.extend(value.map(|value| (key.to_owned(), value.into())));
            };
            let interval = against.prediction.interval.as_ref();
            add("published", Some(against.published.value));
            add("lower", interval.map(|i| i.lower.value));
            add("median", interval.map(|i| i.median.value));
            add("upper", interval.map(|i| i.upper.value));
            add("distance", against.distance);
            (against.published.id.clone(), toml::Value::Table(row))
        });
        own.insert("published".to_owned(), toml::Value::Table(against.collect()));
        if summary.at_other_levels > 0 {
            own.insert("published_at_other_levels".to_owned(), whole(summary.at_other_levels));
        }
        root.insert(format!("variant_{}", run.variant.to_string().to_lowercase()), own.into());
    }
    root
}

fn whole(number: usize) -> toml::Value {
    toml::Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}
