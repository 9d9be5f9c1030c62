//! The answer in words.

use super::answer::{Answer, Explorer};
use super::control::Control;
use super::counts::{self, COUNTS};
use super::given::Given;
use super::settings::Settings;
use super::view::{Fault, View};
use crate::error::Error;
use crate::forecast::{Against, UNCERTAIN};
use crate::report::drawing::axis::number;
use crate::window::{Choice, Outlook, Spread, TOO_HIGH, Treatment, WANTED, Window};
use serde::Serialize;

/// Numbers under a common heading: name and value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Group {
    pub(super) title: String,
    pub(super) rows: Vec<(String, String)>,
}

/// The answer in one sentence.
pub(super) fn sentence(view: &View, answer: &Answer) -> String {
    let View { start, .. } = view;
    let threshold = shown(view.threshold);
    let treatment = match view.treatment() {
        treatment if treatment.dose <= 0.0 => "Placebo".to_owned(),
        treatment => treatment.to_string(),
    };
    let Some(outlook) = &answer.outlook else {
        return format!(
            "{treatment}: the counts contradict the population, so there are no probabilities."
        );
    };
    if outlook.subjects == 0 {
        return format!("{treatment}: no patient could be integrated.");
    }
    let at = outlook.days[*start].at_threshold;
    let is_given = answer.given.is_some();
    let window = if let Some(window) = outlook.window {
        format!("the probability is at least {} on {}", share(WANTED), days_of(window))
    } else {
        let to_come = if is_given { " to come" } else { "" };
        format!("the probability does not reach {} on any day{to_come}", share(WANTED))
    };
    if is_given {
        let counts = counts::number(&view.counts);
        return format!(
            "{treatment}, given {counts}: a count of {threshold} or more at a procedure on day {start} has a probability of {}; {window}.",
            share(at)
        );
    }
    format!(
        "{treatment}: {} of patients have a count of {threshold} or more at a procedure on day {start}; {window}.",
        share(at)
    )
}

/// An invalid setting, and the value shown instead.
pub(super) fn note(fault: &Fault, explorer: &Explorer) -> String {
    let Fault { key, error } = fault;
    let variant = explorer.variants().first().copied();
    let shown = match (explorer.settings.named(key), key.as_str(), variant) {
        _ if matches!(error, Error::Contradiction { .. }) => "The first value is used".to_owned(),
        (Some(Control { value: Some(value), unit, .. }), ..) => {
            format!("The default is shown instead: {value} {unit}")
        }
        (Some(_), ..) => "The value of the patients is shown instead".to_owned(),
        (None, "miss", _) => "The course is shown without missed doses".to_owned(),
        (None, COUNTS, _) => return without_counts(error),
        (None, "variant", Some(variant)) => format!("Variant {variant} is shown instead"),
        (None, "route" | "preset", _) => "The usual one is shown instead".to_owned(),
        _ => "It is ignored".to_owned(),
    };
    format!("{error}. {shown}.")
}

/// How the view stands to the label, and whether it is outside.
pub(super) fn label(view: &View, settings: &Settings) -> (bool, String) {
    let (treatment, labelled) = (view.treatment(), Choice::default().starts);
    if treatment.dose <= 0.0 || !settings.is_labelled {
        (false, String::new())
    } else if !treatment.is_approved() {
        (true, format!("Outside the label, which specifies {}.", Treatment::approved()))
    } else if !labelled.contains(&view.start) {
        let (first, last) = (labelled.start(), labelled.end());
        let words = "Outside the label, which specifies a start";
        (true, format!("{words} {first} to {last} days before the procedure."))
    } else {
        (false, String::new())
    }
}

fn days_of(window: Window) -> String {
    match window {
        (first, last) if first == last => format!("day {first}"),
        (first, last) => format!("days {first} to {last}"),
    }
}

/// A setting as it is written in words: at most two decimals.
pub(super) fn shown(value: f64) -> String {
    format!("{}", (100.0 * value).round() / 100.0)
}

fn share(share: f64) -> String {
    format!("{} %", number(100.0 * share, 0))
}

/// A small share, with what is left of it.
fn small(share: f64) -> String {
    if share < 5e-4 { "below 0.1 %".to_owned() } else { format!("{} %", number(100.0 * share, 1)) }
}

fn spread(of: Option<Spread>, places: usize) -> String {
    let Some(Spread { q05, q50, q95 }) = of else { return "–".to_owned() };
    let [q05, q50, q95] = [q05, q50, q95].map(|value| number(value, places));
    format!("{q50} ({q05} to {q95})")
}

/// The numbers of the patients and of the typical one.
pub(super) fn numbers(view: &View, answer: &Answer) -> Vec<Group> {
    let patients = answer.outlook.as_ref().map(|outlook| patients(view, answer, outlook));
    patients.into_iter().chain([typical(view, answer)]).collect()
}

fn patients(view: &View, answer: &Answer, outlook: &Outlook) -> Group {
    let title = match answer.given {
        None => format!("{} virtual patients", outlook.subjects),
        Some(_) => format!("The patient, given {}", counts::number(&view.counts)),
    };
    if outlook.subjects == 0 {
        return Group { title, rows: Vec::new() };
    }
    let (at, best) = (&outlook.days[view.start], outlook.best());
    let threshold = shown(view.threshold);
    let probability =
        format!("{} % ± {}", number(100.0 * at.at_threshold, 1), number(100.0 * at.se, 1));
    let best_day = format!("day {} ({})", best.elapsed_day, share(best.at_threshold));
    let window = outlook.window.map_or("none".to_owned(), days_of);
    let mut rows = vec![
        (format!("P(≥ {threshold}) at the procedure"), probability),
        (format!("window, P(≥ {threshold}) ≥ {}", share(WANTED)), window),
        ("best day".to_owned(), best_day),
        (format!("P(> {TOO_HIGH}) on any day"), small(outlook.ever_too_high)),
        ("count at the procedure, 10⁹/L".to_owned(), spread(Some(at.count), 0)),
        (format!("days ≥ {threshold}"), spread(Some(outlook.days_at_threshold), 1)),
        (format!("never ≥ {threshold}"), small(outlook.never)),
    ];
    if let Some(given) = answer.given {
        let size = format!("{} of {}", number(given.effective_size, 0), outlook.subjects);
        rows.push(("effective number of virtual patients".to_owned(), size));
    }
    if outlook.failed > 0 {
        let failed = format!("{} of {}", outlook.failed, outlook.failures.subjects);
        rows.push(("could not be integrated".to_owned(), failed));
    }
    Group { title, rows }
}

fn typical(view: &View, answer: &Answer) -> Group {
    let typical = &answer.typical;
    let threshold = shown(view.threshold);
    let day = |day: Option<f64>| day.map_or("never".to_owned(), |day| number(day, 1));
    let end = typical.day.last().copied().unwrap_or(0.0);
    let last = match typical.last {
        Some(last) if last >= end => "after the end".to_owned(),
        last => day(last),
    };
    let rises = typical.maximum_day > 0.0;
    let reached = if rises { number(typical.maximum_day, 1) } else { "–".to_owned() };
    Group {
        title: "Typical patient".to_owned(),
        rows: vec![
            ("highest count, 10⁹/L".to_owned(), number(typical.maximum, 1)),
            ("reached on day".to_owned(), reached),
            (format!("first day ≥ {threshold}"), day(typical.first)),
            (format!("last day ≥ {threshold}"), last),
            (format!("days ≥ {threshold}"), number(typical.days_at_threshold, 1)),
        ],
    }
}

/// What is drawn, and of whom.
pub(super) fn caption(view: &View, answer: &Answer, explorer: &Explorer) -> String {
    let Answer { patients, variant, set, .. } = answer;
    let whom =
        if set.variants_apply() { patients.title_in(*variant) } else { patients.title.clone() };
    let baseline = shown(answer.baseline);
    let days = "Days are counted from the first dose.";
    let Some(outlook) = &answer.outlook else {
        return format!(
            "{whom}: typical patient with a true count of {baseline} before treatment. Points: the measured counts. {days}"
        );
    };
    let (people, typical, shaded) = match answer.given {
        Some(_) => (
            format!("weighted by the likelihood of {} (points)", counts::number(&view.counts)),
            format!(" The typical patient has a true count of {baseline} before treatment."),
            "days to come",
        ),
        None if explorer.settings.is_measured => (
            format!("with a measured count of {baseline} before treatment"),
            " For the typical patient, this is the true count.".to_owned(),
            "days",
        ),
        None => {
            (format!("with a true count of {baseline} before treatment"), String::new(), "days")
        }
    };
    let seed = explorer.seed;
    let failed = outlook.failures.in_words().map(|words| format!(" {words}.")).unwrap_or_default();
    format!(
        "{whom}: median and 90 % of {} virtual patients {people}, seed {seed}.{typical} {days} Shaded: {shaded} on which \
         the probability of a measured count of {} or more is at least {}.{failed}",
        outlook.subjects,
        shown(view.threshold),
        share(WANTED)
    )
}

/// Counts that cannot be used, and what is shown instead.
pub(super) fn without_counts(error: &Error) -> String {
    format!("{error}. The answer is without counts.")
}

/// Why counts have no answer, or that the answer is uncertain; empty otherwise.
pub(super) fn note_of_counts(answer: &Answer, explorer: &Explorer) -> String {
    let remedy = "look for a value in another unit or on a wrong day";
    let Some(Given { effective_size, against }) = answer.given else { return String::new() };
    match against {
        Some(Against::Individuals { predicted, effective_size }) => format!(
            "The counts contradict the population: of {predicted} virtual patients they leave an effective number of {}; {remedy}.",
            number(effective_size, 1)
        ),
        Some(Against::Error { size }) => format!(
            "The counts contradict the population: they need an error of measurement {} standard deviations above that of the median patient; {remedy}.",
            number(size, 1)
        ),
        None if effective_size < UNCERTAIN => format!(
            "The counts leave an effective number of {} of {} virtual patients, so the band and the probabilities are uncertain.",
            number(effective_size, 0),
            explorer.subjects
        ),
        None => String::new(),
    }
}
