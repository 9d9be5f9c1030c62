//! Bounds of typical values, and how people differ.

use super::super::declared::Variability;
use super::super::lines::{ParameterLine, Shape, Spread, Vary};
use super::super::measure::WHOLE;
use super::super::problem::{Problem, Span};
use super::super::syntax::Amount;
use super::super::unit::Unit;
use super::parameters::source_of;
use super::{Lowering, TypicalValue};

/// A coefficient of variation above this was probably meant in percent.
const LARGEST_CV: f64 = 2.0;

impl<'a> Lowering<'a> {
    /// The bounds of a line, in the unit of its typical value. A unit on the last holds for both.
    pub(super) fn bounds(&mut self, line: &ParameterLine, unit: &Unit) -> Option<(f64, f64)> {
        let (low, high) = line.bounds.as_ref()?;
        let of_last = high.as_ref().and_then(|high| high.unit.as_ref());
        let low = self.bound(low, of_last, unit)?;
        let high = match high {
            Some(high) => self.bound(high, None, unit)?,
            None => f64::INFINITY,
        };
        Some((low, high))
    }

    fn bound(&mut self, amount: &Amount, other: Option<&Unit>, unit: &Unit) -> Option<f64> {
        let own = amount.unit.as_ref().or(other);
        let factor = match own {
            None if unit.is_pure() && unit.text() == "1" => Some(1.0),
            None => None,
            Some(own) => own.factor_to(unit),
        };
        // 0 is 0 in every unit.
        if factor.is_none() && own.is_none() && amount.value == 0.0 {
            return Some(0.0);
        }
        if factor.is_none() {
            let text = self.source_text(amount.span);
            let (message, hint) = match own {
                None => (
                    format!("the bound `{text}` has no unit, but the value is {unit}"),
                    format!("write `{text} {unit}`"),
                ),
                Some(_) => {
                    (format!("the bound `{text}` does not fit a value in {unit}"), String::new())
                }
            };
            self.problems.note(Problem::new("U11", amount.span, message).hint(hint));
        }
        factor.map(|factor| amount.value * factor)
    }

    /// Refuses a typical value outside its bounds.
    pub(super) fn check_bounds(
        &mut self,
        line: &ParameterLine,
        typical: &TypicalValue,
        bounds: Option<(f64, f64)>,
    ) {
        let Some((low, high)) = bounds else { return };
        let (name, value, unit) = (&line.name.text, typical.value, &typical.unit);
        let unit = if unit.is_pure() { String::new() } else { format!(" {unit}") };
        if low >= high {
            let message = format!("the bounds of `{name}` are not in order: {low} to {high}{unit}");
            self.problems.say("P04", line.name.span, message);
        } else if !(low..=high).contains(&value) {
            let message =
                format!("`{name}` is {value}{unit}, outside its bounds {low} to {high}{unit}");
            self.problems.say("P04", line.name.span, message);
        }
    }

    /// How people differ in a parameter.
    pub(super) fn variability(
        &mut self,
        line: &'a ParameterLine,
        typical: &TypicalValue,
        bounds: Option<(f64, f64)>,
    ) -> Vec<Variability> {
        let mut all = Vec::new();
        for vary in &line.vary {
            let interval = match vary.shape {
                Shape::Logitnormal => Some(bounds.unwrap_or((0.0, 1.0))),
                _ => None,
            };
            self.check_distribution(line, vary, typical, interval);
            let Some(size) = self.spread_in_unit(vary, &typical.unit) else { continue };
            let sd = match (vary.shape, vary.measure) {
                (_, Spread::Sd) => size,
                (_, Spread::Var) => size.sqrt(),
                (Shape::Lognormal, Spread::Cv) => libm::log(1.0 + size * size).sqrt(),
                (_, Spread::Cv) => size * typical.value.abs(),
            };
            all.push(Variability {
                shape: vary.shape,
                spread: vary.measure,
                size,
                sd,
                interval,
                occasion: vary.occasion.as_ref().map(|word| word.text.clone()),
                is_fixed: vary.is_fixed,
                source: source_of(self.tree, &[vary.source.as_ref()]),
            });
        }
        all
    }

    /// The number of a term, pure or in the parameter's unit.
    fn spread_in_unit(&mut self, vary: &Vary, unit: &Unit) -> Option<f64> {
        let (amount, span) = (&vary.size, vary.size.span);
        let text = self.source_text(span);
        if amount.value < 0.0 {
            self.problems.say("P05", span, format!("`{text}` is negative"));
            return None;
        }
        if vary.shape == Shape::Logitnormal && vary.measure == Spread::Cv {
            let message = "`cv` does not fit `logitnormal`, whose eta is on the logit scale";
            self.problems.note(Problem::new("P03", span, message).hint("write `sd=` or `var=`"));
            return None;
        }
        let wanted = match (vary.shape, vary.measure) {
            (Shape::Normal, Spread::Sd) => unit.clone(),
            (Shape::Normal, Spread::Var) => {
                Unit::of(unit.measure().power(2 * WHOLE).unwrap_or_default())
            }
            _ => Unit::none(),
        };
        let own = amount.unit.clone().unwrap_or_else(Unit::none);
        let Some(factor) = own.factor_to(&wanted) else {
            self.refuse_spread(vary, &wanted, text);
            return None;
        };
        let size = amount.value * factor;
        if vary.measure == Spread::Cv && size > LARGEST_CV {
            let message = format!("a coefficient of variation of {text} is {} %", size * 100.0);
            let hint = format!("did you mean {text}%?");
            self.problems.note(Problem::new("P05", span, message).hint(hint));
        }
        Some(size)
    }

    fn refuse_spread(&mut self, vary: &Vary, wanted: &Unit, text: &str) {
        let shape = shape_name(vary.shape);
        if wanted.is_pure() {
            let message = format!("the eta of `{shape}` has no unit, but `{text}` has one");
            let hint = "a standard deviation in the parameter's unit is `normal(sd=..)`";
            self.problems.note(Problem::new("P03", vary.size.span, message).hint(hint));
        } else {
            let message = format!("`{text}` is not in {wanted}");
            let hint = format!("write `{text} {wanted}`, or a share as `normal(cv=..)`");
            self.problems.note(Problem::new("U03", vary.size.span, message).hint(hint));
        }
    }

    fn check_distribution(
        &mut self,
        line: &ParameterLine,
        vary: &Vary,
        typical: &TypicalValue,
        interval: Option<(f64, f64)>,
    ) {
        let (name, value) = (&line.name.text, typical.value);
        let span: Span = vary.span;
        match (vary.shape, interval) {
            (Shape::Lognormal, _) if value <= 0.0 => {
                let message = format!("`{name}` is {value}, and a lognormal value is above 0");
                self.problems.say("P04", span, message);
            }
            (Shape::Logitnormal, Some((low, high))) if value <= low || value >= high => {
                let message =
                    format!("`{name}` is {value}, not inside the interval {low} to {high}");
                self.problems.say("P04", span, message);
            }
            _ => {}
        }
    }
}

fn shape_name(shape: Shape) -> &'static str {
    match shape {
        Shape::Normal => "normal",
        Shape::Lognormal => "lognormal",
        Shape::Logitnormal => "logitnormal",
    }
}
