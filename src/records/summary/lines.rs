//! A summary in words.

use super::{Change, CovariateSummary, OutputSummary, RouteSummary, Summary};
use crate::error::echo;
use crate::records::structure::Direction;
use crate::table::shortest;

/// `1 subject`, `2 subjects`.
fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn from_to([from, to]: [f64; 2]) -> String {
    if from < to { format!("{} to {}", shortest(from), shortest(to)) } else { shortest(from) }
}

/// The unit behind a number; nothing for a number without one.
fn after(unit: Option<&str>) -> String {
    unit.filter(|unit| is_unit(unit)).map(|unit| format!(" {unit}")).unwrap_or_default()
}

fn is_unit(unit: &str) -> bool {
    !matches!(unit, "" | "1")
}

impl Summary {
    /// The summary as lines of a heading and a text.
    #[must_use]
    pub fn lines(&self) -> Vec<(&'static str, String)> {
        let mut lines = Vec::new();
        lines.extend(self.model.iter().map(|model| ("model", model.clone())));
        let records = counted(self.records, "record");
        lines.push(("subjects", format!("{} ({records})", self.subjects)));
        lines.push(("doses", self.dose_line()));
        let is_used = |route: &&RouteSummary| route.doses > 0;
        lines.extend(self.routes.iter().filter(is_used).map(|own| ("  route", own.line())));
        lines.push(("observations", self.observation_line()));
        let (seen, unseen): (Vec<_>, Vec<_>) =
            self.outputs.iter().partition(|output| output.observations > 0);
        lines.extend(seen.into_iter().map(|own| ("  output", own.line())));
        if !unseen.is_empty() {
            let names: Vec<String> = unseen.into_iter().map(|own| echo(&own.name)).collect();
            lines.push(("  without any", names.join(", ")));
        }
        if let Some(times) = self.times {
            lines.push(("time", format!("{} {}", from_to(times), self.time_unit)));
        }
        if !self.assumed.is_empty() {
            lines.push(("units assumed", self.assumed.join(", ")));
        }
        lines.extend(self.covariates.iter().map(|own| ("covariate", own.line(&self.time_unit))));
        if !self.additional_columns.is_empty() {
            lines.push(("columns not used", self.additional_columns.join(", ")));
        }
        let is_own = |note: &&String| !note.starts_with("columns that are not used");
        lines.extend(self.notes.iter().filter(is_own).map(|note| ("note", note.clone())));
        lines
    }

    fn dose_line(&self) -> String {
        let mut parts = vec![self.doses.to_string()];
        if self.administrations > self.doses {
            parts.push(format!("{} with additional doses", self.administrations));
        }
        if self.infusions > 0 {
            parts.push(counted(self.infusions, "infusion"));
        }
        if self.steady_states > 0 {
            parts.push(format!("{} at steady state", self.steady_states));
        }
        if self.resets > 0 {
            parts.push(counted(self.resets, "reset"));
        }
        if let Some(amounts) = self.amounts {
            parts.push(format!(
                "amounts {}{}",
                from_to(amounts),
                after(self.amount_unit.as_deref())
            ));
        }
        parts.join(", ")
    }

    fn observation_line(&self) -> String {
        let mut parts = vec![self.observations.to_string()];
        if self.censored > 0 {
            parts.push(format!("{} censored", self.censored));
        }
        if self.outputs.is_empty() && self.observations_by_dvid.len() > 1 {
            let each =
                self.observations_by_dvid.iter().map(|(dvid, n)| format!("{n} of DVID {dvid}"));
            parts.extend(each);
        }
        if self.predictions > 0 {
            parts.push(format!("{} for a prediction only", counted(self.predictions, "record")));
        }
        parts.join(", ")
    }
}

impl RouteSummary {
    fn line(&self) -> String {
        let Self { name, cmt, doses, administrations, amounts, unit } = self;
        let mut parts = vec![format!("{} (CMT {cmt}): {}", echo(name), counted(*doses, "dose"))];
        if administrations > doses {
            parts.push(format!("{administrations} with additional doses"));
        }
        let of_state = if unit.is_none() { " in the unit of the state" } else { "" };
        parts
            .extend(amounts.map(|own| {
                format!("amounts {}{}{of_state}", from_to(own), after(unit.as_deref()))
            }));
        parts.join(", ")
    }
}

impl OutputSummary {
    fn line(&self) -> String {
        let Self { name, unit, observations, censored } = self;
        let unit = if is_unit(unit) { format!(" ({unit})") } else { String::new() };
        let censored = match censored {
            0 => String::new(),
            censored => format!(", {censored} censored"),
        };
        format!("{}{unit}: {}{censored}", echo(name), counted(*observations, "observation"))
    }
}

impl CovariateSummary {
    fn line(&self, time_unit: &str) -> String {
        let Self { name, values, missing, largest_change, unit, .. } = self;
        let unit = after(unit.as_deref());
        let values = values.map_or("missing".to_owned(), |values| from_to(values) + &unit);
        let mut text = format!("{} {values}", echo(name));
        if *missing > 0 {
            text = text + ", missing in " + &counted(*missing, "record");
        }
        let Some(Change { id, times, values }) = largest_change else {
            return text + ", constant within subjects";
        };
        let [from, to] = values.map(shortest);
        let [start, end] = times.map(shortest);
        let direction = [Direction::Backward, Direction::Forward, Direction::Linear];
        let direction = direction.into_iter().find(|own| own.name() == self.direction);
        let direction = direction.unwrap_or_default().in_words();
        let times = format!("TIME {start} to {end} {time_unit}");
        text + &format!(
            ", largest change {from} to {to} (ID {id}, {times}); values apply {direction}"
        )
    }
}
