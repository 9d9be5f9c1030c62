//! What a dose is: how it enters, what of a steady state is under way, and which covariates hold between rows.

use super::arrival::Input;
use super::record::{Dose, Rate, Row, same_time};
use super::schedule::{Form, Held, Properties};
use super::structure::{Direction, Structure};
use crate::table::shortest;

/// R13. Of the arrivals k = 0, 1, 2, .. at `time_h + lag_h - k ii_h`, the first that has happened at `time_h`
/// and is not the row's own, and how long ago that was.
pub(super) fn last_arrival(time_h: f64, lag_h: f64, ii_h: f64) -> (usize, f64) {
    if same_time(time_h + lag_h, time_h) {
        return (1, ii_h);
    }
    let mut last = 1;
    let at = |k: usize| time_h + lag_h - ii_h * k as f64;
    while at(last) > time_h && !same_time(at(last), time_h) {
        last += 1;
    }
    (last, (ii_h * last as f64 - lag_h).max(0.0))
}

/// R14. The earlier infusions of a steady state that are still running at the row, with their ends.
pub(super) fn still_running(
    input: Input,
    (time_h, since_h, ii_h): (f64, f64, f64),
) -> Vec<(Input, f64)> {
    let Form::Infusion { duration_h, .. } = input.form else { return Vec::new() };
    let ages = (0..).map(|m: u32| since_h + ii_h * f64::from(m));
    let is_running = |age: &f64| {
        let end_h = time_h - age + duration_h;
        end_h > time_h && !same_time(end_h, time_h)
    };
    ages.take_while(is_running).map(|age| (input, time_h - age + duration_h)).collect()
}

/// R7. The covariates between two rows.
pub(super) fn held(row: &Row, next: &Row, structure: &Structure) -> Held {
    let (mut values, mut slopes) = (Vec::new(), Vec::new());
    for (i, (from, to)) in row.covariates.iter().zip(&next.covariates).enumerate() {
        let direction = structure.covariates.get(i).map(|own| own.direction).unwrap_or_default();
        let (value, slope) = match direction {
            Direction::Backward => (*to, 0.0),
            Direction::Forward => (*from, 0.0),
            Direction::Linear => (*from, (to - from) / (next.time_h - row.time_h)),
        };
        values.push(value);
        slopes.push(slope);
    }
    Held { values, slopes, occasion: next.occasion }
}

/// R8. How a dose enters, or the rule that its properties break.
pub(super) fn form(
    row: &Row,
    dose: Dose,
    properties: Properties,
    cmt: usize,
) -> Result<Form, (&'static str, String)> {
    let Properties { f, scale, lag_h, rate, duration_h } = properties;
    let is_constant = dose.is_constant_infusion();
    let broken = |text: &str| Err(("E17", text.to_owned()));
    if !is_constant && (!f.is_finite() || !scale.is_finite() || !lag_h.is_finite()) {
        return broken("F or lag is not a finite number");
    }
    if !is_constant && f < 0.0 {
        return broken("F is negative");
    }
    if !is_constant && lag_h < 0.0 {
        return Err(("E17", format!("lag is negative ({})", shortest(lag_h))));
    }
    let missing = |code: i32, word: &str| {
        let text = format!("RATE {code} needs `{word}` for CMT {cmt}: the model declares none");
        Err(("E12", text))
    };
    let amount = f * scale * dose.amt;
    let (rate, duration_h) = match dose.rate {
        Rate::Bolus => return Ok(Form::Bolus(amount)),
        Rate::Fixed(rate) => (rate * scale, amount / (rate * scale)),
        Rate::Modelled => match rate {
            None => return missing(-1, "rate"),
            Some(rate) if !rate.is_finite() => return broken("rate R is not a finite number"),
            Some(rate) if rate < 0.0 => return broken("rate R is negative"),
            Some(rate) if rate <= 0.0 => return broken("rate R is 0"),
            Some(rate) => (rate, amount / rate),
        },
        Rate::ModelledDuration => match duration_h {
            None => return missing(-2, "duration"),
            Some(own) if !own.is_finite() => return broken("duration D is not a finite number"),
            Some(own) if own < 0.0 => return broken("duration D is negative"),
            Some(own) => (amount / own, own),
        },
    };
    if is_constant {
        return Ok(Form::Infusion { rate, duration_h: f64::INFINITY });
    }
    // An infusion that is too short to have an end of its own is a bolus.
    let is_bolus = same_time(row.time_h + duration_h, row.time_h);
    Ok(if is_bolus { Form::Bolus(amount) } else { Form::Infusion { rate, duration_h } })
}
