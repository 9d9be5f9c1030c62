//! The tables of forecasts.

use super::forecast::Known;
use std::fmt::Write;
use thrombopoiesis::forecast::usual::{QUANTILES, TIME_QUANTILES};
use thrombopoiesis::forecast::{Answer, At, Forecast, IndividualParameter, Next, Question};
use thrombopoiesis::records::Subject;
use thrombopoiesis::report::forecast_words::uncertainty;
use thrombopoiesis::table::Table;

/// What the doses of the records are called among the plans.
pub(super) const AS_RECORDED: &str = "as given";

/// The subjects that have a forecast.
pub(super) struct Subjects<'a> {
    pub(super) known: Vec<(&'a Subject, &'a Forecast)>,
    pub(super) question: &'a Question<'a>,
    /// Names of the variants.
    pub(super) names: Vec<String>,
}

/// A subject at one time.
type Line<'a> = (&'a str, &'a Forecast, usize);
/// A subject under one plan.
type Planned<'a> = (&'a str, &'a str, &'a Answer);

/// The forecast of a line.
fn at<'l>((_, own, i): &Line<'l>) -> &'l At {
    &own.times[*i]
}

impl<'a> Subjects<'a> {
    pub(super) fn of(
        subjects: &'a [Subject],
        all: &'a [Known],
        question: &'a Question<'a>,
        names: Vec<String>,
    ) -> Self {
        let known = subjects.iter().zip(all);
        let known = known.filter_map(|(subject, own)| Some((subject, own.as_ref().ok()?)));
        Self { known: known.collect(), question, names }
    }

    /// The names of the variants, if there are several.
    pub(super) fn variants(&self) -> &[String] {
        if self.names.len() > 1 { &self.names } else { &[] }
    }

    /// The plans of a subject, the doses of its records first.
    pub(super) fn plans(&self, own: &'a Forecast) -> Vec<(&'a str, &'a Answer)> {
        let names = self.question.plans.iter().map(|plan| plan.name.as_str());
        let all = [AS_RECORDED].into_iter().chain(names);
        all.zip([&own.answer].into_iter().chain(&own.plans)).collect()
    }

    /// The course of every subject.
    pub(super) fn courses(&self) -> Table {
        let of = |(subject, own): &(&'a Subject, &'a Forecast)| {
            let (id, own): (&'a str, &'a Forecast) = (&subject.id, own);
            (0..own.times.len()).map(move |i| (id, own, i))
        };
        let lines: Vec<Line<'_>> = self.known.iter().flat_map(of).collect();
        let mut table = Table::of(&lines)
            .text("id", |(id, ..)| (*id).to_owned())
            .number("time_h", "h", |line| at(line).time_h)
            .flag("to_come", |(_, own, i)| *i >= own.to_come);
        for (i, q) in QUANTILES.iter().enumerate() {
            let name = format!("{}_q{:02.0}", self.question.output, 100.0 * q);
            table = table.number(name, "", move |line| at(line).quantiles[i]);
        }
        // Agresti and Coull: also where all individuals or none are at or above the level.
        let error = |line: &Line<'_>| {
            let n = line.1.effective_size + 4.0;
            let p = (at(line).at_least * line.1.effective_size + 2.0) / n;
            (p * (1.0 - p) / n).sqrt()
        };
        let (level, too_high) = (self.question.level, self.question.too_high);
        let mut table = table
            .number("level", "", move |_| level)
            .number("p_at_least_level", "1", |line| at(line).at_least)
            .number("mc_error", "1", error)
            .number("p_measured_at_least_level", "1", |line| at(line).measured_at_least)
            .number("share_wanted", "1", |line| at(line).share_wanted)
            .number("high_level", "", move |_| too_high)
            .number("p_measured_at_least_high_level", "1", |line| at(line).measured_too_high);
        for (i, name) in self.variants().iter().enumerate() {
            let name = format!("p_at_least_level_{}", name.to_lowercase());
            table = table.number(name, "1", move |line| at(line).of_populations[i]);
        }
        table.finish()
    }

    /// What is known of every subject.
    pub(super) fn subjects(&self) -> Table {
        let mut table = Table::of(&self.known)
            .text("id", |(subject, _)| subject.id.clone())
            .whole("observations", "1", |(_, own)| own.observed.len())
            .number("effective_size", "1", |(_, own)| own.effective_size)
            .number("pareto_k", "1", |(_, own)| own.pareto_k)
            .whole("refinements", "1", |(_, own)| own.rounds)
            .whole("individuals", "1", |(_, own)| own.individuals)
            .number("error_size", "1", |(_, own)| own.error_size)
            .whole("failed_individuals", "1", |(_, own)| own.failed);
        for (i, name) in self.variants().iter().enumerate() {
            let name = format!("weight_{}", name.to_lowercase());
            table = table.number(name, "1", move |(_, own)| own.of_populations[i]);
        }
        table.finish()
    }

    /// The answers, under every plan.
    pub(super) fn answers(&self) -> Table {
        let of = |(subject, own): &(&'a Subject, &'a Forecast)| {
            let id: &'a str = &subject.id;
            self.plans(own).into_iter().map(move |(name, answer)| (id, name, answer))
        };
        let lines: Vec<Planned<'_>> = self.known.iter().flat_map(of).collect();
        let (level, probability) = (self.question.level, self.question.probability);
        let mut table = Table::of(&lines)
            .text("id", |(id, ..)| (*id).to_owned())
            .text("doses_to_come", |(_, name, _)| (*name).to_owned())
            .number("level", "", move |_| level)
            .number("wanted", "1", move |_| probability)
            .number("best_h", "h", |(.., own)| own.best_h)
            .number("p_on_best", "1", |(.., own)| own.best)
            .number("share_wanted", "1", |(.., own)| own.share_wanted)
            .number("first_wanted_h", "h", |(.., own)| own.enough_h.map(|(first, _)| first))
            .number("last_wanted_h", "h", |(.., own)| own.enough_h.map(|(_, last)| last));
        if self.question.procedure_h.is_some() {
            table = table
                .number("procedure_best_h", "h", |(.., own)| own.procedure.map(|at| at.best_h))
                .number("procedure_best", "1", |(.., own)| own.procedure.map(|at| at.best))
                .number("procedure_lowest", "1", |(.., own)| own.procedure.map(|at| at.lowest))
                .number("procedure_throughout", "1", |(.., own)| {
                    own.procedure.map(|at| at.throughout)
                });
        }
        for (i, q) in TIME_QUANTILES.iter().enumerate() {
            let name = format!("time_at_level_q{:02.0}", 100.0 * q);
            table = table.number(name, "h", move |(.., own)| own.time_at_level_h[i]);
        }
        table.number("p_ever_too_high", "1", |(.., own)| own.ever_too_high).finish()
    }

    /// The parameters of every subject.
    pub(super) fn parameters(&self) -> Table {
        let of = |(subject, own): &(&'a Subject, &'a Forecast)| {
            let id: &'a str = &subject.id;
            own.parameters.iter().map(move |parameter| (id, parameter))
        };
        let lines: Vec<(&str, &IndividualParameter)> = self.known.iter().flat_map(of).collect();
        Table::of(&lines)
            .text("id", |(id, _)| (*id).to_owned())
            .text("parameter", |(_, own)| own.symbol.clone())
            .text("unit", |(_, own)| own.unit.clone())
            .number("prior_low", "", |(_, own)| own.prior.low)
            .number("prior_median", "", |(_, own)| own.prior.median)
            .number("prior_high", "", |(_, own)| own.prior.high)
            .number("low", "", |(_, own)| own.posterior.low)
            .number("median", "", |(_, own)| own.posterior.median)
            .number("high", "", |(_, own)| own.posterior.high)
            .number("from_prior", "1", |(_, own)| own.from_prior)
            .finish()
    }

    /// What one more observation would tell.
    pub(super) fn next(&self) -> Table {
        let of = |(subject, own): &(&'a Subject, &'a Forecast)| {
            let id: &'a str = &subject.id;
            own.next.iter().map(move |next| (id, next))
        };
        let lines: Vec<(&str, &Next)> = self.known.iter().flat_map(of).collect();
        let probability = self.question.probability;
        Table::of(&lines)
            .text("id", |(id, _)| (*id).to_owned())
            .number("time_h", "h", |(_, own)| own.time_h)
            .number("target_h", "h", |(_, own)| own.target_h)
            .number("wanted", "1", move |_| probability)
            .number("p_before", "1", |(_, own)| own.before)
            .number("p_after_q05", "1", |(_, own)| own.after.0)
            .number("p_after_q95", "1", |(_, own)| own.after.1)
            .number("p_changes_answer", "1", |(_, own)| own.changes)
            .finish()
    }

    /// The comment lines of the tables.
    pub(super) fn comments(&self, individuals: usize, is_uncertain: bool) -> String {
        let sizes = self.known.iter().map(|(_, own)| own.effective_size);
        let failed = self.known.iter().map(|(_, own)| own.failed).max().unwrap_or(0);
        let mut text = "# for research; not for treating patients\n".to_owned();
        let _ = writeln!(
            text,
            "# {individuals} individuals, smallest effective size {:.1}, at most {failed} failed",
            sizes.fold(f64::INFINITY, f64::min)
        );
        let _ = writeln!(text, "# {}", uncertainty(is_uncertain, self.variants()));
        text
    }
}

/// All tables with their names; that of one more observation only where it is asked for.
pub(super) fn all(found: &Subjects<'_>) -> Vec<(&'static str, Table)> {
    let mut all = vec![
        ("subjects", found.subjects()),
        ("answers", found.answers()),
        ("courses", found.courses()),
        ("parameters", found.parameters()),
    ];
    if !found.question.next_h.is_empty() {
        all.push(("next", found.next()));
    }
    all
}
