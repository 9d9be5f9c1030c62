//! Variants, presets, outputs, figures and checks.

use super::super::lexer::TokenKind;
use super::super::lines::{
    Block, CheckLine, DosedLine, FigureLine, OutputLine, ParameterLine, VariantLine, WhatLine,
};
use super::super::problem::Problem;
use super::super::syntax::{Expr, Remark, Word};
use super::cursor::{Parsed, Parser};

/// The residual errors, with their arguments.
const ERRORS: [(&str, &[&str]); 5] = [
    ("additive", &["sd"]),
    ("proportional", &["cv"]),
    ("lognormal", &["sd"]),
    ("power", &["sd", "exponent"]),
    ("combined1", &["sd", "cv"]),
];

impl Parser<'_> {
    /// The heading of a block, `variant name "title":`.
    fn heading<L>(&mut self) -> Parsed<Block<L>> {
        let name = self.name("a name")?;
        let title = self.quoted();
        self.colon()?;
        Ok(Block { name, title, lines: Vec::new() })
    }

    /// A heading or a line of the section [variants].
    pub(super) fn variant(&mut self, blocks: &mut Vec<Block<VariantLine>>) -> Parsed<()> {
        if self.takes_word("variant") {
            blocks.push(self.heading()?);
            return Ok(());
        }
        if blocks.is_empty() {
            let message = "`variant name:` is expected before the first line";
            let here = self.here();
            return Err(self.problems.say("S02", here, message));
        }
        let mut lines = Vec::new();
        if self.is_rate() || (self.is_word("chain") && !self.follows_mark("=")) {
            lines.push(VariantLine::Equation(self.equation()?));
        } else {
            let mut named = Vec::new();
            self.parameters(&mut named)?;
            lines.extend(named.into_iter().map(VariantLine::Named));
        }
        if let Some(block) = blocks.last_mut() {
            block.lines.extend(lines);
        }
        Ok(())
    }

    /// A heading or a line of the section [presets].
    pub(super) fn preset(&mut self, blocks: &mut Vec<Block<ParameterLine>>) -> Parsed<()> {
        if self.takes_word("preset") {
            blocks.push(self.heading()?);
            return Ok(());
        }
        if blocks.is_empty() {
            let message = "`preset name:` is expected before the first line";
            let here = self.here();
            return Err(self.problems.say("S02", here, message));
        }
        let mut lines = Vec::new();
        self.parameters(&mut lines)?;
        if let Some(block) = blocks.last_mut() {
            block.lines.extend(lines);
        }
        Ok(())
    }

    /// An output, with unit and residual error.
    pub(super) fn output(&mut self) -> Parsed<OutputLine> {
        let name = self.name("the name of an output")?;
        self.equals()?;
        let value = self.expression()?;
        let unit = if self.takes_word("in") { Some(self.unit()?) } else { None };
        let mut errors = Vec::new();
        if self.takes("~") {
            errors.push(self.residual()?);
            while self.takes("+") {
                errors.push(self.residual()?);
            }
        }
        let (mut dvid, mut cmt) = (None, None);
        loop {
            let slot = if self.is_word("dvid") {
                &mut dvid
            } else if self.is_word("cmt") {
                &mut cmt
            } else {
                break;
            };
            self.advance();
            self.mark("=")?;
            *slot = Some(self.whole()?);
        }
        let remark = self.remark();
        Ok(OutputLine { name, value, unit, errors, dvid, cmt, remark })
    }

    fn residual(&mut self) -> Parsed<(Word, Vec<(Word, Expr)>)> {
        let names: Vec<_> = ERRORS.iter().map(|(name, _)| *name).collect();
        if matches!(self.kind(), Some(TokenKind::Number(..))) {
            let here = self.here();
            let problem = Problem::new("P02", here, "a number alone is no residual error");
            let hint = "say what the number is: `additive(sd=..)` or `proportional(cv=..)`";
            return self.fail(problem.hint(hint));
        }
        let word = self.name("a residual error")?;
        let Some((_, wanted)) = ERRORS.iter().find(|(name, _)| *name == word.text) else {
            let message = format!("`{}` is no residual error", word.text);
            let hint = match word.text.as_str() {
                "prop" => "say cv=, sd= or var=: `proportional(cv=15%)`".to_owned(),
                "add" => "say cv=, sd= or var=: `additive(sd=..)`".to_owned(),
                _ => format!("the residual errors are {}", names.join(", ")),
            };
            return self.fail(Problem::new("P02", word.span, message).hint(hint));
        };
        self.mark("(")?;
        let mut arguments: Vec<(Word, Expr)> = Vec::new();
        for argument in *wanted {
            if !arguments.is_empty() {
                self.mark(",")?;
            }
            if !self.is_word(argument) {
                let here = self.here();
                let message = format!("`{}` has the arguments {}", word.text, wanted.join(", "));
                let hint = format!("say what the number is: {argument}=");
                return self.fail(Problem::new("P02", here, message).hint(hint));
            }
            let name = self.name("an argument")?;
            self.mark("=")?;
            arguments.push((name, self.expression()?));
        }
        self.mark(")")?;
        Ok((word, arguments))
    }

    /// A panel of a figure, or a label.
    pub(super) fn figure(&mut self) -> Parsed<FigureLine> {
        let word = self.name("`panel` or `label`")?;
        match word.text.as_str() {
            "panel" => {
                let Some(title) = self.quoted() else {
                    return Err(self.expected("a title in quotes"));
                };
                self.colon()?;
                let names = self.list_of_names("the name of an output")?;
                let is_log = self.takes_word("log");
                let mut lines = Vec::new();
                while self.takes_word("line") {
                    lines.push(self.amount()?);
                }
                Ok(FigureLine::Panel { title, names, is_log, lines })
            }
            "label" => {
                let name = self.name("the name of an output")?;
                self.equals()?;
                match self.quoted() {
                    Some(text) => Ok(FigureLine::Label { name, text }),
                    None => Err(self.expected("a text in quotes")),
                }
            }
            _ => self.unknown_statement(&word, &["panel", "label"]),
        }
    }

    /// `steady`, or a published value after doses.
    pub(super) fn check(&mut self) -> Parsed<CheckLine> {
        let start = self.here();
        if self.takes_word("steady") {
            return Ok(CheckLine { span: start, dosed: None });
        }
        if !self.is_word("after") {
            let word = self.name("`steady` or `after`")?;
            return self.unknown_statement(&word, &["steady", "after"]);
        }
        self.advance();
        let route = self.name("a route")?;
        let dose = self.amount()?;
        let every = if self.takes_word("every") {
            let interval = self.amount()?;
            self.word("times")?;
            Some((interval, self.whole()?.0))
        } else {
            None
        };
        let with = if self.takes_word("with") {
            self.list_of_names("a variant or preset")?
        } else {
            Vec::new()
        };
        self.colon()?;
        let what = self.what()?;
        self.mark("=")?;
        let value = self.amount()?;
        self.word("within")?;
        let within = self.amount()?;
        let remark: Remark = self.remark();
        let dosed = Some(DosedLine { route, dose, every, with, what, value, within, remark });
        Ok(CheckLine { span: self.since(start), dosed })
    }

    fn what(&mut self) -> Parsed<WhatLine> {
        let word = self.name("`max`, `min`, `timemax`, `timemin` or an output")?;
        if !self.is_mark("(") {
            self.word("at")?;
            let kind = Word { text: "at".to_owned(), span: word.span };
            return Ok(WhatLine { kind, output: word, time: Some(self.amount()?) });
        }
        let known = ["max", "min", "timemax", "timemin"];
        if !known.contains(&word.text.as_str()) {
            return self.unknown_statement(&word, &known);
        }
        self.advance();
        let output = self.name("an output")?;
        self.mark(")")?;
        let time = if self.takes_word("until") { Some(self.amount()?) } else { None };
        Ok(WhatLine { kind: word, output, time })
    }
}
