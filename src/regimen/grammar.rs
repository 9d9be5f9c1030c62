//! Regimens as people write them: `3 mg qd x7, miss 4`.

use super::{Dose, MAX_DOSES, Regimen, StoppingRule, sort};
use crate::error::{Error, Result};
use crate::units::{Amount, Route, Time, spelling};
use std::str::FromStr;

/// The grammar, for help texts and `docs/formats.md`.
pub const GRAMMAR: &str = "\
placebo
AMOUNT UNIT [ROUTE] WHEN [, CHANGE]...
  UNIT    mg, ug/kg (or mcg/kg, µg/kg), g, ug, ng, mg/kg; mg/m^2, nmol, IU where a model takes them
  ROUTE   po (default), sc, iv, or the name of a route of the model
  WHEN    once | qd xN | bid xN | qNh xN | qNd xN | qw xN | at T T ... h|d
  CHANGE  miss N [N ...]                        doses by number in the order of their times, from 1
        | stop at C and +R on days D [D ...]    visit days; counts in 10^9/L
        | stop                                  the rule of L-PLUS 1 and 2
examples: 3 mg qd x7 | 60 mg qd x5 | 3 mg q24h x7, miss 4 | 10 ug/kg iv once
          3 mg qd x7, stop at 50 and +20 on days 5 6 7 | 3 mg at 0 24 50.5 h";

impl FromStr for Regimen {
    type Err = Error;

    /// Reads a regimen by [`GRAMMAR`].
    fn from_str(text: &str) -> Result<Self> {
        let lower_case = spelling::with_plain_micro(&text.to_lowercase());
        if let Some((comma, point)) = spelling::decimal_comma(&lower_case) {
            let rule = format!("has a comma between digits: write {point}, or spaces in a list");
            return Err(Clause { text, words: Vec::new() }.refuse(&comma, rule));
        }
        let mut clauses = lower_case.split(',').map(|clause| Clause { text, words: words(clause) });
        let mut first = clauses.next().unwrap_or(Clause { text, words: Vec::new() });
        let mut planned = if first.accept("placebo") { Vec::new() } else { first.course()? };
        first.end()?;
        sort(&mut planned);
        let mut stopping_rule = None;
        for mut change in clauses {
            match change.next("must be followed by miss or stop")? {
                "miss" => change.missed(&mut planned)?,
                "stop" if stopping_rule.is_some() => {
                    return Err(change.refuse("stop", "is given twice: give a single rule"));
                }
                "stop" => stopping_rule = Some(change.stopping_rule()?),
                other => return Err(change.refuse(other, "is not a change: write miss or stop")),
            }
            change.end()?;
        }
        Self::new(planned, stopping_rule)
    }
}

fn words(clause: &str) -> Vec<&str> {
    let mut words: Vec<_> = clause.split_whitespace().collect();
    words.reverse();
    words
}

/// What stands between two commas; the words still to be read, the next one last.
struct Clause<'a> {
    text: &'a str,
    words: Vec<&'a str>,
}

impl<'a> Clause<'a> {
    fn refuse(&self, part: &str, rule: impl Into<String>) -> Error {
        let expected = "a regimen such as `3 mg qd x7`";
        Error::Syntax { text: self.text.into(), expected, part: part.into(), rule: rule.into() }
    }

    fn next(&mut self, rule: &str) -> Result<&'a str> {
        self.words.pop().ok_or_else(|| self.refuse(self.text, rule))
    }

    fn accept(&mut self, word: &str) -> bool {
        let found = self.words.last().is_some_and(|next| next.eq_ignore_ascii_case(word));
        if found {
            self.words.pop();
        }
        found
    }

    fn expect(&mut self, word: &str) -> Result<()> {
        let found = self.accept(word);
        let next = self.words.last().copied().unwrap_or(self.text);
        if found { Ok(()) } else { Err(self.refuse(next, format!("must be `{word}`"))) }
    }

    fn end(&mut self) -> Result<()> {
        match self.words.pop() {
            Some(word) => {
                Err(self.refuse(word, "is not expected here: put a comma before a change"))
            }
            None => Ok(()),
        }
    }

    fn number(&self, word: &str) -> Result<f64> {
        let number = word.parse::<f64>().ok().filter(|number| number.is_finite());
        number.ok_or_else(|| self.refuse(word, "must be a finite number"))
    }

    /// `3 mg` or `3mg`.
    fn number_and_unit(&mut self, number: &str, unit: &str) -> Result<(f64, &'a str)> {
        let word = self.next(number)?;
        match spelling::split_unit(word) {
            (number, unit) if !number.is_empty() && !unit.is_empty() => {
                Ok((self.number(number)?, unit))
            }
            _ => Ok((self.number(word)?, self.next(unit)?)),
        }
    }

    /// Numbers up to the first word that is none; at least one.
    fn numbers(&mut self, rule: &str) -> Result<Vec<f64>> {
        let mut numbers = vec![self.next(rule).and_then(|word| self.number(word))?];
        while let Some(number) = self.words.last().and_then(|word| self.number(word).ok()) {
            numbers.push(number);
            self.words.pop();
        }
        Ok(numbers)
    }

    fn course(&mut self) -> Result<Vec<Dose>> {
        let (amount, unit) = self.number_and_unit(
            "is empty: write a dose, or placebo",
            "needs a unit after the amount: mg or ug/kg",
        )?;
        let amount = Amount::written(amount, unit)
            .ok_or_else(|| self.refuse(unit, "is not a unit of dose: write mg or ug/kg"))?;
        let route = self.route();
        let times = self.times()?;
        Ok(times.into_iter().map(|time| Dose { time, amount, route, missed: false }).collect())
    }

    /// A known route, or a word before the times, which a model may know as one.
    fn route(&mut self) -> Route {
        let is_when = |word: &&str| {
            let rest = word.strip_prefix('q');
            matches!(*word, "once" | "at" | "bid" | "qd" | "qw")
                || rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        };
        let mut ahead = self.words.iter().rev();
        let (first, second) = (ahead.next().copied(), ahead.next());
        let Some(word) = first.filter(|word| !is_when(word)) else { return Route::Oral };
        let route = Route::called(word);
        if matches!(route, Route::Named(_)) && !second.is_some_and(is_when) {
            return Route::Oral;
        }
        self.words.pop();
        route
    }

    fn times(&mut self) -> Result<Vec<Time>> {
        let rule = "needs to say when: once, qd x7, q12h x4, or at 0 24 h";
        let word = self.next(rule)?;
        let interval = match word {
            "once" => return Ok(vec![Time::hours(0.0)]),
            "at" => return self.listed_times(),
            "qd" => Time::hours(24.0),
            "bid" => Time::hours(12.0),
            "qw" => Time::hours(168.0),
            _ => self.interval(word)?,
        };
        Ok((0..self.doses()?).map(|k| interval.times(k)).collect())
    }

    /// `x7` or `x 7`.
    fn doses(&mut self) -> Result<u32> {
        let rule = "needs a number of doses: write x7 after the interval";
        let mut word = self.next(rule)?;
        let mut count = word.strip_prefix(['x', '×']);
        if count == Some("") {
            word = self.next(rule)?;
            count = Some(word);
        }
        let most = u32::try_from(MAX_DOSES).unwrap_or(u32::MAX);
        let count = count.and_then(|count| count.parse::<u32>().ok());
        count.filter(|count| (1..=most).contains(count)).ok_or_else(|| {
            let rule = format!("must be x and a whole number of doses from 1 to {MAX_DOSES}");
            self.refuse(word, rule)
        })
    }

    fn listed_times(&mut self) -> Result<Vec<Time>> {
        let numbers = self.numbers("needs times after at, such as at 0 24 h")?;
        let unit = self.next("needs a unit after the times: h or d")?;
        let times = numbers.into_iter().map(|number| spelling::time(number, unit));
        let times: Option<Vec<_>> = times.collect();
        times.ok_or_else(|| self.refuse(unit, "is not a unit of time: write h or d"))
    }

    /// The interval of `q12h` or `q2d`.
    fn interval(&self, word: &str) -> Result<Time> {
        let refused =
            || self.refuse(word, "is not an interval: write once, qd, bid, qw, q12h or q2d");
        let (number, unit) = spelling::split_unit(word.strip_prefix('q').ok_or_else(refused)?);
        let number = number.parse::<f64>().map_err(|_| refused())?;
        let interval = spelling::time(number, unit).ok_or_else(refused)?;
        if interval.in_hours().is_finite() && interval.in_hours() > 0.0 {
            Ok(interval)
        } else {
            Err(self.refuse(word, "must be an interval longer than 0"))
        }
    }

    fn missed(&mut self, planned: &mut [Dose]) -> Result<()> {
        for number in self.numbers("needs the number of a dose after miss")? {
            let position = planned
                .iter()
                .enumerate()
                .position(|(i, _)| (number - (i + 1) as f64).abs() < f64::EPSILON);
            let Some(position) = position else {
                let count = planned.len();
                let rule = format!("is not the number of one of the {count} doses of the regimen");
                return Err(self.refuse(&format!("miss {number}"), rule));
            };
            if planned[position].missed {
                let rule = "is given twice: a dose is missed only once".to_owned();
                return Err(self.refuse(&format!("miss {number}"), rule));
            }
            planned[position].missed = true;
        }
        Ok(())
    }

    fn stopping_rule(&mut self) -> Result<StoppingRule> {
        if self.words.is_empty() {
            return Ok(StoppingRule::l_plus());
        }
        self.expect("at")?;
        let at_least = self.next("needs a count after stop at")?;
        let at_least = self.number(at_least)?;
        self.expect("and")?;
        let rise = self.next("needs a rise such as +20 after and")?;
        let rise = self.number(rise)?;
        self.expect("on")?;
        self.expect("days")?;
        let visit_days = self.numbers("needs visit days, such as 5 6 7")?;
        StoppingRule::new(visit_days, at_least, rise)
    }
}
