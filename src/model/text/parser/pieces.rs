//! Pieces of lines that many sections share: units, quantities, whole numbers, texts and sources.

use super::super::lexer::{TokenKind, unit_length};
use super::super::problem::{Problem, Span};
use super::super::spelling::not_a_unit;
use super::super::syntax::{Amount, For, Origin, Place, Remark};
use super::super::unit::Unit;
use super::cursor::{Parsed, Parser};

/// The grades that a source may have.
pub(super) const GRADES: [&str; 6] = ["A", "B", "C", "D", "calc", "assumed"];

impl Parser<'_> {
    /// A unit where only a unit can stand.
    pub(super) fn unit(&mut self) -> Parsed<(Unit, Span)> {
        let start = self.here().start;
        if self.is_newline() {
            return Err(self.expected("a unit"));
        }
        let rest = self.text.get(start..).unwrap_or_default();
        let span = Span { start, end: start + unit_length(rest) };
        match Unit::read(self.text_of(span)) {
            Ok(unit) => {
                self.move_to(span.end);
                Ok((unit, span))
            }
            Err(_) if span.start == span.end => Err(self.expected("a unit")),
            Err(part) => {
                let nothing = Span { start, end: start };
                self.fail(not_a_unit(self.text, nothing, span, &part))
            }
        }
    }

    /// A number with its unit, possibly negative.
    pub(super) fn amount(&mut self) -> Parsed<Amount> {
        let start = self.here();
        let sign = if self.takes("-") { -1.0 } else { 1.0 };
        let span = start.to(self.here());
        let Some(TokenKind::Number(value, unit)) = self.kind() else {
            return Err(self.expected("a number"));
        };
        let amount = Amount { value: sign * value, unit: unit.clone(), span };
        self.advance();
        Ok(amount)
    }

    /// A whole number without unit.
    pub(super) fn whole(&mut self) -> Parsed<(u32, Span)> {
        let amount = self.amount()?;
        let is_whole = amount.unit.is_none() && amount.value >= 0.0 && amount.value < 1e9;
        let is_digits = self.text_of(amount.span).bytes().all(|digit| digit.is_ascii_digit());
        if !is_whole || !is_digits {
            return Err(self.problems.say("S12", amount.span, "a whole number is expected"));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "digits below 1e9, as just tested"
        )]
        Ok((amount.value as u32, amount.span))
    }

    /// A text in quotes, if one stands here.
    pub(super) fn quoted(&mut self) -> Option<String> {
        if self.kind() != Some(&TokenKind::Text) {
            return None;
        }
        let text = self.text_of(self.here()).trim_matches('"').to_owned();
        self.advance();
        Some(text)
    }

    /// A source in braces, if one stands here.
    pub(super) fn origin(&mut self) -> Option<Origin> {
        if self.kind() != Some(&TokenKind::Source) {
            return None;
        }
        let text = self.text_of(self.here()).trim_start_matches('{').trim_end_matches('}');
        self.advance();
        let graded = text.split_once(':').and_then(|(grade, rest)| {
            let grade = GRADES.iter().find(|known| **known == grade.trim())?;
            Some(Origin { grade: Some(*grade), text: rest.trim().to_owned() })
        });
        Some(graded.unwrap_or_else(|| Origin { grade: None, text: text.trim().to_owned() }))
    }

    /// Meaning and source at the end of a line.
    pub(super) fn remark(&mut self) -> Remark {
        let first = self.origin();
        let meaning = self.quoted();
        let source = first.or_else(|| self.origin());
        Remark { meaning, source }
    }

    /// `for i in a..b`, which must stand here.
    pub(super) fn each(&mut self) -> Parsed<For> {
        let start = self.here();
        self.word("for")?;
        let index = self.new_name("a name for the index")?;
        self.word("in")?;
        let from = self.expression()?;
        self.mark("..")?;
        let to = self.expression()?;
        let span = start.to(to.span);
        Ok(For { index, from, to, span })
    }

    /// `for i in a..b`, if it stands here.
    pub(super) fn each_if_any(&mut self) -> Parsed<Option<For>> {
        if self.is_word("for") { self.each().map(Some) } else { Ok(None) }
    }

    /// A name, possibly with an index in square brackets.
    pub(super) fn place(&mut self) -> Parsed<Place> {
        let name = self.name("the name of a state")?;
        if self.is_mark("(") {
            let message = format!("`{}` is not a function", name.text);
            let problem = Problem::new("S08", name.span, message);
            let hint = format!("elements stand in square brackets: `{}[1]`", name.text);
            return self.fail(problem.hint(hint));
        }
        if !self.takes("[") {
            return Ok(Place { span: name.span, name, index: None });
        }
        let index = self.expression()?;
        let end = self.mark("]")?;
        Ok(Place { span: name.span.to(end), name, index: Some(index) })
    }
}
