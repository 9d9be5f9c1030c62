//! The folder of forecasts: all tables, and a figure for each subject.

use super::console::Console;
use super::forecast_args::ForecastArgs;
use super::forecast_tables::{Subjects, all};
use thrombopoiesis::error::Result;
use thrombopoiesis::files::OutputFolder;
use thrombopoiesis::report::forecast_words::uncertainty;
use thrombopoiesis::report::{DrawnForecast, Lettering, figure_names, forecast_figure};
use thrombopoiesis::units::COUNT_UNIT;

/// Most subjects that get a figure.
const MOST_FIGURES: usize = 200;

/// Adds the tables, and the figures where a platelet count is forecast.
pub(super) fn add_files(
    folder: &mut OutputFolder,
    found: &Subjects<'_>,
    (args, comments, is_uncertain): (&ForecastArgs, &str, bool),
    console: Console,
) -> Result<()> {
    for (name, table) in all(found) {
        folder.add(format!("{name}.csv"), table.with_comments(comments).to_csv());
    }
    let outputs = found.question.populations.first().map(|own| &own.structure().outputs);
    let mut outputs = outputs.into_iter().flatten();
    let is_count = outputs.any(|own| own.name == found.question.output && own.unit == COUNT_UNIT);
    if !is_count {
        console.say("figures are drawn of platelet counts only");
        return Ok(());
    }
    if found.known.len() > MOST_FIGURES {
        console.say(&format!("figures are drawn of the first {MOST_FIGURES} subjects"));
    }
    let population =
        format!("{} {}", args.individuals, uncertainty(is_uncertain, found.variants()));
    let names = figure_names(found.known.iter().map(|(subject, _)| subject.id.as_str()));
    for ((subject, forecast), name) in found.known.iter().take(MOST_FIGURES).zip(names) {
        let drawn =
            DrawnForecast { question: found.question, subject, forecast, population: &population };
        let figure = forecast_figure(&drawn, Lettering::Embedded)?;
        folder.add(format!("figures/{name}.svg"), figure);
    }
    Ok(())
}
