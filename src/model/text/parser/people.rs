//! Parameters, how people differ in them, and correlations.

use super::super::lexer::TokenKind;
use super::super::lines::{CorrelationLine, ParameterLine, Shape, Spread, Vary};
use super::super::problem::{Problem, Span};
use super::super::syntax::{Amount, Word};
use super::cursor::{Parsed, Parser};

const SAY_WHICH: &str = "say what the number is: cv=, sd= or var=";

impl Parser<'_> {
    /// Several parameters on a line.
    pub(super) fn parameters(&mut self, all: &mut Vec<ParameterLine>) -> Parsed<()> {
        loop {
            all.push(self.parameter()?);
            if !self.takes(",") {
                return Ok(());
            }
        }
    }

    /// One parameter.
    pub(super) fn parameter(&mut self) -> Parsed<ParameterLine> {
        let name = self.new_name("the name of a parameter")?;
        self.equals()?;
        let value = self.expression()?;
        let bounds = if self.takes_word("in") { Some(self.bounds()?) } else { None };
        let source = self.origin();
        let vary = if self.takes("~") { self.variability()? } else { Vec::new() };
        let is_fixed = self.takes_word("fixed");
        let remark = self.remark();
        Ok(ParameterLine { name, value, bounds, source, vary, is_fixed, remark })
    }

    fn bounds(&mut self) -> Parsed<(Amount, Option<Amount>)> {
        let low = self.amount()?;
        self.mark("..")?;
        let has_high = self.is_mark("-") || matches!(self.kind(), Some(TokenKind::Number(..)));
        let high = if has_high { Some(self.amount()?) } else { None };
        Ok((low, high))
    }

    pub(super) fn variability(&mut self) -> Parsed<Vec<Vary>> {
        let mut all = vec![self.vary()?];
        while self.takes("+") {
            all.push(self.vary()?);
        }
        Ok(all)
    }

    fn vary(&mut self) -> Parsed<Vary> {
        if matches!(self.kind(), Some(TokenKind::Number(..))) {
            let here = self.here();
            let problem =
                Problem::new("P02", here, "a number alone does not say how people differ");
            return self.fail(problem.hint(format!("{SAY_WHICH}, as in `lognormal(cv=30%)`")));
        }
        let known = "`normal`, `lognormal` or `logitnormal`";
        let word = self.name(known)?;
        let shape = match word.text.as_str() {
            "normal" => Shape::Normal,
            "lognormal" => Shape::Lognormal,
            "logitnormal" => Shape::Logitnormal,
            "prop" | "proportional" | "add" | "additive" => {
                let message = format!("`{}` is a residual error", word.text);
                let hint = format!("people differ as {known}; {SAY_WHICH}");
                return self.fail(Problem::new("P02", word.span, message).hint(hint));
            }
            _ => return Err(self.problems.say("S02", word.span, format!("{known} is expected"))),
        };
        self.mark("(")?;
        let measure = self.spread()?;
        let size = self.amount()?;
        self.refuse_decimal_comma(&size)?;
        let occasion = if self.takes_word("per") { Some(self.name("an occasion")?) } else { None };
        let is_fixed = self.takes_word("fixed");
        let end = self.mark(")")?;
        let source = self.origin();
        Ok(Vary { shape, measure, size, occasion, is_fixed, source, span: word.span.to(end) })
    }

    /// `30,5` where no second argument can stand.
    fn refuse_decimal_comma(&mut self, size: &Amount) -> Parsed<()> {
        if !self.is_mark(",") {
            return Ok(());
        }
        let comma = self.here();
        self.advance();
        let here = self.here();
        if comma.end == here.start && matches!(self.kind(), Some(TokenKind::Number(..))) {
            let span = size.span.to(here);
            let written = self.text_of(span);
            let problem = Problem::new("S12", span, format!("`{written}` is not a number"));
            return self.fail(problem.hint(format!("write {}", written.replace(',', "."))));
        }
        Err(self.problems.say("S02", comma, "`)` is expected"))
    }

    fn spread(&mut self) -> Parsed<Spread> {
        let here = self.here();
        let measure = match self.text_of(here) {
            "sd" => Spread::Sd,
            "cv" => Spread::Cv,
            "var" => Spread::Var,
            _ if self.is_newline() => return Err(self.expected("`cv`, `sd` or `var`")),
            _ => {
                let message = "the number does not say what it is";
                return self.fail(Problem::new("P02", here, message).hint(SAY_WHICH));
            }
        };
        self.advance();
        self.mark("=")?;
        Ok(measure)
    }

    /// The correlation of two parameters.
    pub(super) fn correlation(&mut self) -> Parsed<CorrelationLine> {
        let start = self.here();
        self.word("correlate")?;
        self.mark("(")?;
        let first = self.name("the name of a parameter")?;
        self.mark(",")?;
        let second = self.name("the name of a parameter")?;
        self.mark(")")?;
        self.mark("=")?;
        let amount = self.amount()?;
        let is_fixed = self.takes_word("fixed");
        let span = start.to(amount.span);
        if amount.unit.is_some() || amount.value.abs() >= 1.0 {
            return self.bad_correlation(amount.span, [&first, &second]);
        }
        let names = [first, second];
        Ok(CorrelationLine { names, value: amount.value, is_fixed, remark: self.remark(), span })
    }

    fn bad_correlation<T>(&mut self, span: Span, [first, second]: [&Word; 2]) -> Parsed<T> {
        let message = format!(
            "the correlation of `{}` and `{}` is not a number between -1 and 1",
            first.text, second.text
        );
        Err(self.problems.say("P06", span, message))
    }
}
