//! The value of a published number: a quantity in its unit, a share, or patients with an event.

use super::measure::Quantity;
use super::published::MOST_PATIENTS;
use super::statistic::Form;
use crate::files::Section;

/// Half the last digit of a share that was printed to tenths: less is no number.
const COARSEST_SHARE: f64 = 0.05;

/// The value with its rounding.
pub(super) fn value(s: &Section<'_>, form: Option<Form>, n: Option<usize>) -> (Option<f64>, f64) {
    let rounding = s.optional_number("rounding").unwrap_or(0.0);
    if rounding < 0.0 {
        s.problem("rounding", "must be 0 or above: half the last digit that was printed");
    }
    // Decided by the name of the form alone, because its statistic may be unknown.
    match s.optional_text("form").as_deref() {
        Some("proportion") => (share(s, rounding, n), rounding),
        Some(_) => (quantity(s, form), rounding),
        None => {
            s.ignore_all(&["unit", "value", "events"]);
            (None, rounding)
        }
    }
}

/// The value of a form that has a unit.
fn quantity(s: &Section<'_>, form: Option<Form>) -> Option<f64> {
    let unit = s.text("unit");
    let of = s.optional_text("of").and_then(|of| of.parse::<Quantity>().ok());
    let wanted = form.map(Form::unit).or(of.map(|of| Form::Mean(of).unit()));
    match (wanted, unit.as_deref()) {
        (Some(wanted), Some(unit)) if unit != wanted => {
            s.problem("unit", format!("must be \"{wanted}\": convert the value"));
        }
        (None, Some(unit)) if Quantity::ALL.iter().all(|known| known.2 != unit) => {
            s.problem("unit", format!("= \"{unit}\" is not the unit of any quantity"));
        }
        _ => {}
    }
    let is_sd = matches!(form, Some(Form::Sd(_)));
    if is_sd { s.positive("value") } else { s.not_negative("value") }
}

/// The value of a proportion: given as a share, or as patients with the event.
fn share(s: &Section<'_>, rounding: f64, n: Option<usize>) -> Option<f64> {
    if rounding > COARSEST_SHARE {
        let rule = format!(
            "= {rounding} is outside [0, {COARSEST_SHARE}]: half the last digit of a share"
        );
        s.problem("rounding", rule);
    }
    match (s.has("events"), s.has("value")) {
        (true, false) => {
            let events = s.whole("events", 0, MOST_PATIENTS)?;
            let Some(n) = n else {
                if !s.has("n") {
                    s.problem("events", "needs n, the number of patients: give value instead");
                }
                return None;
            };
            if events > n {
                s.problem("events", format!("= {events} must be a whole number from 0 to {n}"));
            }
            Some(events as f64 / n as f64)
        }
        (false, true) => s.share("value"),
        _ => {
            s.ignore_all(&["events", "value"]);
            s.problem("value", "must stand alone: give events, or value as a share");
            None
        }
    }
}
