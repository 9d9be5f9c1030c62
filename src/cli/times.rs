//! Spans of time as people write them: `6 h`, `6 hours`, `1 d`; the length of a simulation.

use super::counts;
use clap::Args as ClapArgs;
use thrombopoiesis::error::{Error, Result};
use thrombopoiesis::simulate::MAX_DAYS;
use thrombopoiesis::units::{Time, spelling};

/// How long is simulated.
#[derive(Debug, Clone, ClapArgs)]
pub(super) struct LengthArgs {
    /// Length of the simulation, such as "40 d" or "12 weeks"
    #[arg(long, default_value = "40 d", value_name = "TIME", allow_hyphen_values = true)]
    until: String,
    /// The same in days
    #[arg(long, hide = true, conflicts_with = "until", value_parser = counts::number, allow_hyphen_values = true)]
    days: Option<f64>,
}

impl LengthArgs {
    /// The end of the simulation.
    pub(super) fn end(&self) -> Result<Time> {
        match self.days {
            Some(days) => length(Time::written_days(days)),
            None => length(time_span(&self.until)?),
        }
    }
}

/// `until`, if that is no longer than a simulation may be.
pub(super) fn length(until: Time) -> Result<Time> {
    let days = until.in_days();
    if days.is_finite() && days > 0.0 && days <= MAX_DAYS {
        return Ok(until);
    }
    Err(Error::OutOfRange {
        symbol: "length of the simulation".to_owned(),
        value: days,
        unit: "d".to_owned(),
        range: format!("(0, {MAX_DAYS}]"),
    })
}

/// A time span such as `6 h` or `1 d`.
pub(super) fn time_span(text: &str) -> Result<Time> {
    let refused = |rule: &str| Error::Syntax {
        text: text.to_owned(),
        expected: "a span of time such as `6 h` or `1 d`",
        part: text.to_owned(),
        rule: rule.to_owned(),
    };
    if let Some((_, point)) = spelling::decimal_comma(text) {
        return Err(refused(&format!("has a comma between digits: write {point}")));
    }
    let (number, unit) = spelling::split_unit(text.trim());
    if unit.is_empty() {
        return Err(refused("needs a unit: h or d"));
    }
    let number = number.parse::<f64>().map_err(|_| refused("needs a number before the unit"))?;
    let time = spelling::time(number, unit);
    let time = time.ok_or_else(|| refused("needs a unit of time: h, d or weeks"))?;
    if time.in_hours().is_finite() && time.in_hours() > 0.0 {
        Ok(time)
    } else {
        Err(refused("must be longer than 0"))
    }
}

#[cfg(test)]
mod tests {
    use super::time_span;
    use thrombopoiesis::units::Time;

    #[test]
    fn analytic_spans_of_time_have_several_spellings() {
        for text in ["6 h", "6h", "6 hours", "6 H", " 6.0  Hr ", "0.25 d", "0.25 days"] {
            assert_eq!(time_span(text).ok(), Some(Time::hours(6.0)), "{text}");
        }
        assert_eq!(time_span("1 week").ok(), Some(Time::days(7.0)));
        assert_eq!(time_span("0.7 d").ok(), Some(Time::hours(16.8)));
    }

    #[test]
    fn invariant_other_texts_are_refused_with_what_to_write() {
        for (text, said) in [
            ("6", "needs a unit: h or d"),
            ("h", "needs a number before the unit"),
            ("6 min", "needs a unit of time: h, d or weeks"),
            ("0,5 d", "has a comma between digits: write 0.5"),
            ("-6 h", "must be longer than 0"),
            ("1e999 h", "must be longer than 0"),
            ("nan h", "must be longer than 0"),
            ("", "needs a unit: h or d"),
        ] {
            let refused = time_span(text).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(refused.contains(said), "{text}: {refused}");
        }
    }
}
