//! Dosing, states and equations.

use super::super::lines::{DoseLine, EquationLine, EventLine, StateLine, Target};
use super::super::problem::{Problem, Span};
use super::super::syntax::{Place, Remark, Word};
use super::cursor::{Parsed, Parser};

impl Parser<'_> {
    /// A dose or an event.
    pub(super) fn dosing(
        &mut self,
        doses: &mut Vec<DoseLine>,
        events: &mut Vec<EventLine>,
    ) -> Parsed<()> {
        let word = self.name("`dose` or `event`")?;
        match word.text.as_str() {
            "dose" => doses.push(self.dose()?),
            "event" => events.push(self.event()?),
            _ => return self.unknown_statement(&word, &["dose", "event"]),
        }
        Ok(())
    }

    fn dose(&mut self) -> Parsed<DoseLine> {
        let route = self.name("the name of a route")?;
        self.word("into")?;
        let target = self.place()?;
        let nothing = Vec::new();
        let mut line = DoseLine {
            route,
            target,
            properties: nothing,
            number: None,
            range: None,
            remark: Remark::default(),
        };
        if self.is_mark(",") || self.is_mark("=") {
            let here = self.here();
            let problem = Problem::new("S09", here, "`:` is expected");
            return self.fail(problem.hint("write `dose oral into x: f = .., lag = ..`"));
        }
        if self.takes(":") {
            self.property(&mut line)?;
            while self.takes(",") {
                self.property(&mut line)?;
            }
        }
        line.remark = self.remark();
        Ok(line)
    }

    fn property(&mut self, line: &mut DoseLine) -> Parsed<()> {
        let known = ["lag", "f", "rate", "duration", "cmt", "range"];
        let name = self.name("`lag`, `f`, `rate`, `duration`, `cmt` or `range`")?;
        if !known.contains(&name.text.as_str()) {
            return self.unknown_statement(&name, &known);
        }
        let is_second = match name.text.as_str() {
            "cmt" => line.number.is_some(),
            "range" => line.range.is_some(),
            _ => line.properties.iter().any(|(known, _)| known.text == name.text),
        };
        if is_second {
            let message = format!("`{}` is given twice", name.text);
            return Err(self.problems.say("N02", name.span, message));
        }
        self.equals()?;
        match name.text.as_str() {
            "cmt" => line.number = Some(self.whole()?),
            "range" => {
                let low = self.amount()?;
                self.mark("..")?;
                line.range = Some((low, self.amount()?));
            }
            _ => line.properties.push((name, self.expression()?)),
        }
        Ok(())
    }

    fn event(&mut self) -> Parsed<EventLine> {
        let name = self.name("the name of an event")?;
        let mut argument = None;
        if self.takes("(") {
            let word = self.new_name("the name of the amount")?;
            self.word("in")?;
            let (unit, _) = self.unit()?;
            argument = Some((word, unit));
            self.mark(")")?;
        }
        self.colon()?;
        let target = self.place()?;
        self.mark("+=")?;
        let value = self.expression()?;
        let each = self.each_if_any()?;
        Ok(EventLine { name, argument, target, value, each, remark: self.remark() })
    }

    /// `:` after the name of a block.
    pub(super) fn colon(&mut self) -> Parsed<()> {
        if self.is_mark("=") {
            let here = self.here();
            return self
                .fail(Problem::new("S09", here, "`:` is expected").hint("write `:`, not `=`"));
        }
        self.mark(":").map(|_| ())
    }

    /// Initial values.
    pub(super) fn state(&mut self) -> Parsed<StateLine> {
        let mut targets = vec![self.target()?];
        while self.takes(",") {
            targets.push(self.target()?);
        }
        self.equals()?;
        let value = self.expression()?;
        let each = self.each_if_any()?;
        Ok(StateLine { targets, value, each, remark: self.remark() })
    }

    fn target(&mut self) -> Parsed<Target> {
        let name = self.new_name("the name of a state")?;
        if !self.takes("[") {
            return Ok(Target { span: name.span, name, from: None, to: None });
        }
        let from = self.expression()?;
        let to = if self.takes("..") { Some(self.expression()?) } else { None };
        let end = self.mark("]")?;
        Ok(Target { span: name.span.to(end), name, from: Some(from), to })
    }

    /// A definition, a rate of change or a chain.
    pub(super) fn equation(&mut self) -> Parsed<EquationLine> {
        if self.is_rate() {
            return self.rate();
        }
        if self.is_word("chain") && !self.follows_mark("=") {
            return self.chain();
        }
        let here = self.here();
        let text = self.text_of(here);
        if let Some(state) = text.strip_prefix("dxdt_").or_else(|| text.strip_prefix("ddt_")) {
            let problem = Problem::new("S08", here, format!("`{text}` is not used here"));
            return self.fail(problem.hint(format!("write `d/dt({state}) = ..`")));
        }
        let name = self.new_name("a name, `d/dt(..)` or `chain`")?;
        self.equals()?;
        let value = self.expression()?;
        if self.is_word("for") {
            let here = self.here();
            let message = "only states have elements: `for` does not belong here";
            return Err(self.problems.say("A04", here, message));
        }
        Ok(EquationLine::Definition { name, value, remark: self.remark() })
    }

    pub(super) fn is_rate(&self) -> bool {
        self.is_word("d") && self.follows_mark("/") && self.is_word_at(2, "dt")
    }

    fn rate(&mut self) -> Parsed<EquationLine> {
        for _ in 0..3 {
            self.advance();
        }
        self.mark("(")?;
        let target = self.place()?;
        self.mark(")")?;
        self.equals()?;
        let value = self.expression()?;
        let each = self.each_if_any()?;
        self.remark();
        Ok(EquationLine::Rate { target, value, each })
    }

    fn chain(&mut self) -> Parsed<EquationLine> {
        self.word("chain")?;
        let Place { name, index, span } = self.place()?;
        if index.is_some() {
            return Err(self.problems.say("A04", span, "a chain is a whole array: write its name"));
        }
        self.colon()?;
        let inflow = self.argument("in")?;
        self.mark(",")?;
        let rate = self.argument("rate")?;
        let loss = if self.takes(",") { Some(self.argument("loss")?) } else { None };
        self.remark();
        Ok(EquationLine::Chain { name, inflow, rate, loss })
    }

    /// `word = expression`.
    fn argument(&mut self, word: &str) -> Parsed<super::super::syntax::Expr> {
        self.word(word)?;
        self.equals()?;
        self.expression()
    }

    /// A word that names something, such as a panel, and where it stands.
    pub(super) fn list_of_names(&mut self, what: &str) -> Parsed<Vec<Word>> {
        let mut names = vec![self.name(what)?];
        while self.takes(",") {
            names.push(self.name(what)?);
        }
        Ok(names)
    }

    /// From `start` to the token before.
    pub(super) fn since(&self, start: Span) -> Span {
        start.to(self.before())
    }
}
