//! What `thrombo forecast` prints.

use super::forecast_args::ForecastArgs;
use super::forecast_tables::Subjects;
use std::fmt::Write;
use thrombopoiesis::forecast::{Answer, At, Forecast, IndividualParameter, Next, Question};
use thrombopoiesis::records::Subject;
use thrombopoiesis::report::forecast_words::{
    day, days_at_level, percent, range as at_procedure, uncertainty, wanted_days,
};
use thrombopoiesis::units::COUNT_UNIT;

/// Subjects beyond this number get one line each.
const MOST_IN_FULL: usize = 3;
/// Lines of a course at most; a longer one is printed at fewer times.
const MOST_TIMES: usize = 30;

/// The forecasts of all subjects.
pub(super) fn all(args: &ForecastArgs, found: &Subjects<'_>, is_uncertain: bool) -> String {
    let question = found.question;
    let unit = unit(found);
    let mut text = format!(
        "{} of {}{unit} or more, wanted with a probability of {}\n{} {}\n",
        question.output,
        question.level,
        percent(question.probability),
        args.individuals,
        uncertainty(is_uncertain, found.variants()),
    );
    text += "Days are elapsed days on the clock of the records. Probabilities are those of a measurement, quantiles \
             those of the true value.\n";
    if found.known.is_empty() {
        text += "\nNo subject has a forecast.\n";
    } else if found.known.len() <= MOST_IN_FULL {
        for (subject, own) in &found.known {
            text += &in_full(found, subject, own);
        }
    } else {
        text += &in_lines(found);
    }
    text += "\nFor research; not for treating patients.\n";
    text
}

/// The unit of the output with a space before it.
fn unit(found: &Subjects<'_>) -> String {
    let outputs = found.question.populations.first().map(|own| &own.structure().outputs);
    let own = outputs.into_iter().flatten().find(|own| own.name == found.question.output);
    match own.map(|own| own.unit.as_str()) {
        Some(COUNT_UNIT) => " × 10⁹/L".to_owned(),
        Some("1" | "") | None => String::new(),
        Some(unit) => format!(" {unit}"),
    }
}

/// Everything about one subject.
fn in_full(found: &Subjects<'_>, subject: &Subject, own: &Forecast) -> String {
    let mut text = format!("\nID {}: {}\n", subject.id, known(own));
    text += &course(found, own);
    text += &answers(found, own);
    if let Some(share) = own.answer.share_wanted {
        let _ = writeln!(
            text,
            "  The probability on day {} is {} or more in {} of the posterior of the population's parameters.",
            day(own.answer.best_h),
            percent(found.question.probability),
            percent(share)
        );
    }
    for next in &own.next {
        text += &next_line(found, next);
    }
    if !found.variants().is_empty() {
        let weights = found.variants().iter().zip(&own.of_populations);
        let weights: Vec<String> =
            weights.map(|(name, weight)| format!("{name} {}", percent(*weight))).collect();
        let _ = writeln!(text, "  Weights of the variants, equal before: {}", weights.join(", "));
    }
    if !own.parameters.is_empty() {
        let share =
            |own: &IndividualParameter| format!("{} {}", own.symbol, percent(own.from_prior));
        let shares: Vec<String> = own.parameters.iter().map(share).collect();
        let _ = writeln!(text, "  Share of each estimate from the prior: {}", shares.join(", "));
    }
    let _ = writeln!(
        text,
        "  Effective size: {:.0} of {} individuals",
        own.effective_size, own.individuals
    );
    text
}

/// The observations.
fn known(own: &Forecast) -> String {
    if own.observed.is_empty() {
        return "no observation".to_owned();
    }
    let one = |(time_h, value): &(f64, f64)| format!("{value} on day {}", day(*time_h));
    let all: Vec<String> = own.observed.iter().map(one).collect();
    if all.len() <= 8 { all.join(", ") } else { format!("{} observations", all.len()) }
}

/// The course to come.
fn course(found: &Subjects<'_>, own: &Forecast) -> String {
    let question = found.question;
    let to_come = &own.times[own.to_come..];
    let variants = found.variants();
    let mut text = format!(
        "  {:>5}  {:>7}  {:>15}  {:>15}  {:>7}",
        "day",
        "median",
        "50 %",
        "90 %",
        format!("≥ {}", question.level)
    );
    if question.too_high.is_finite() {
        let _ = write!(text, "  {:>7}", format!("> {}", question.too_high));
    }
    if !variants.is_empty() {
        let _ = write!(text, "  {:>15}", "true ≥, variants");
    }
    text += "\n";
    let step = to_come.len().div_ceil(MOST_TIMES).max(1);
    for at in to_come.iter().step_by(step) {
        let band = |lower: usize, upper: usize| {
            format!("{:.1} to {:.1}", at.quantiles[lower], at.quantiles[upper])
        };
        let _ = write!(
            text,
            "  {:>5}  {:>7.1}  {:>15}  {:>15}  {:>7}",
            day(at.time_h),
            at.quantiles[2],
            band(1, 3),
            band(0, 4),
            percent(at.measured_at_least)
        );
        if question.too_high.is_finite() {
            let _ = write!(text, "  {:>7}", percent(at.measured_too_high));
        }
        if !variants.is_empty() {
            let _ = write!(text, "  {:>15}", range(at));
        }
        text += "\n";
    }
    text
}

/// The smallest and the largest probability of the variants.
fn range(at: &At) -> String {
    let finite = || at.of_populations.iter().copied().filter(|share| share.is_finite());
    let (low, high) = (finite().fold(1.0, f64::min), finite().fold(0.0, f64::max));
    if low > high { "-".to_owned() } else { format!("{:.0} to {:.0} %", 100.0 * low, 100.0 * high) }
}

/// The names of the columns of [`cells`].
fn head(question: &Question<'_>) -> String {
    let wanted = format!("{} or more", percent(question.probability));
    let mut text = format!("  {:>8}  {:>11}  {wanted:>14}", "best day", "probability");
    if let Some((from, to)) = question.procedure_h {
        let days = format!("days {} to {}", day(from), day(to));
        let _ = write!(text, "  {days:>15}  {:>10}", "throughout");
    }
    let _ = write!(text, "  {:>20}", format!("days ≥ {}", question.level));
    if question.too_high.is_finite() {
        let _ = write!(text, "  {:>10}", format!("ever > {}", question.too_high));
    }
    text
}

/// An answer in a line.
fn cells(question: &Question<'_>, answer: &Answer) -> String {
    let mut text = format!(
        "  {:>8}  {:>11}  {:>14}",
        day(answer.best_h),
        percent(answer.best),
        enough(answer)
    );
    if question.procedure_h.is_some() {
        let then = answer.procedure;
        let range = then.as_ref().map(at_procedure);
        let throughout = then.map(|then| percent(then.throughout));
        let shown = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        let _ = write!(text, "  {:>15}  {:>10}", shown(range), shown(throughout));
    }
    let _ = write!(text, "  {:>20}", days_at_level(answer));
    if question.too_high.is_finite() {
        let _ = write!(text, "  {:>10}", percent(answer.ever_too_high));
    }
    text
}

/// A few numbers under each plan, a line each.
fn answers(found: &Subjects<'_>, own: &Forecast) -> String {
    let (question, plans) = (found.question, found.plans(own));
    let width = plans.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).max(13);
    let mut text = format!("\n  {:width$}{}\n", "doses to come", head(question));
    for (name, answer) in plans {
        let _ = writeln!(text, "  {name:width$}{}", cells(question, answer));
    }
    text
}

/// First and last day on which the wanted probability is reached.
fn enough(answer: &Answer) -> String {
    match wanted_days(answer) {
        Some(days) if days.contains(' ') => format!("days {days}"),
        Some(day) => format!("day {day}"),
        None => "on no day".to_owned(),
    }
}

fn next_line(found: &Subjects<'_>, next: &Next) -> String {
    let wanted = percent(found.question.probability);
    format!(
        "  One more observation, on day {}: the probability on day {} is {} now and would lie between {} and {} in 90 % of \
         outcomes;\n  in {} it would pass {wanted}.\n",
        day(next.time_h),
        day(next.target_h),
        percent(next.before),
        percent(next.after.0),
        percent(next.after.1),
        percent(next.changes)
    )
}

/// One line a subject and plan.
fn in_lines(found: &Subjects<'_>) -> String {
    let question = found.question;
    let widest = found.known.iter().map(|(subject, _)| subject.id.chars().count()).max();
    let width = widest.unwrap_or(2).max(2);
    let has_plans = !question.plans.is_empty();
    let last = if has_plans { "  doses to come" } else { "" };
    let mut text = format!("\n  {:width$}  {:>6}{}{last}\n", "ID", "counts", head(question));
    for (subject, own) in &found.known {
        for (name, answer) in found.plans(own) {
            let (id, counts) = (&subject.id, own.observed.len());
            let name = if has_plans { format!("  {name}") } else { String::new() };
            let _ = writeln!(text, "  {id:width$}  {counts:>6}{}{name}", cells(question, answer));
        }
    }
    text
}
