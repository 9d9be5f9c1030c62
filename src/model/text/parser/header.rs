//! The lines before the first section, sizes, and covariates.

use super::super::lines::{Change, CovariateLine, Header, HeaderSource, Level, SizeLine};
use super::super::problem::{Problem, Span};
use super::super::syntax::Word;
use super::cursor::{Parsed, Parser, nearest};
use super::pieces::GRADES;

/// The language that this program reads.
const LANGUAGE: u64 = 1;

impl Parser<'_> {
    /// One line of the header.
    pub(super) fn header(&mut self, header: &mut Header) -> Parsed<()> {
        let word = self.name("`model`, `language`, `time`, `source` or a section in brackets")?;
        let is_second = match word.text.as_str() {
            "model" => header.name.is_some(),
            "language" => header.language.is_some(),
            "time" => header.time.is_some(),
            "source" => header.source.is_some(),
            _ => return self.unknown_statement(&word, &["model", "language", "time", "source"]),
        };
        if is_second {
            let message = format!("the header has two lines `{}`", word.text);
            return Err(self.problems.say("S10", word.span, message));
        }
        match word.text.as_str() {
            "model" => {
                header.name = Some(self.name("the name of the model")?);
                header.title = self.quoted();
            }
            "language" => {
                let (number, span) = self.whole()?;
                header.language = Some((u64::from(number), span));
            }
            "time" => header.time = Some(self.time_unit()?),
            _ => header.source = Some(self.header_source()?),
        }
        Ok(())
    }

    fn time_unit(&mut self) -> Parsed<(super::super::unit::Unit, Span)> {
        let (unit, span) = self.unit()?;
        if unit.factor_to(&super::super::lower::hours()).is_none() {
            let message = format!("`{unit}` is not a unit of time");
            return self
                .fail(Problem::new("S10", span, message).hint("write `time h` or `time d`"));
        }
        Ok((unit, span))
    }

    fn header_source(&mut self) -> Parsed<HeaderSource> {
        let Some(text) = self.quoted() else { return Err(self.expected("a text in quotes")) };
        let mut source = HeaderSource { text, ..HeaderSource::default() };
        if self.takes_word("doi") {
            let Some(doi) = self.quoted() else { return Err(self.expected("a text in quotes")) };
            source.doi = Some(doi);
        }
        if self.takes_word("grade") {
            let grade = self.name("a grade")?;
            source.grade = GRADES.iter().find(|known| **known == grade.text).copied();
            if source.grade.is_none() {
                let message = format!("`{}` is not a grade", grade.text);
                let hint = format!("the grades are {}", GRADES.join(", "));
                return self.fail(Problem::new("S05", grade.span, message).hint(hint));
            }
        }
        Ok(source)
    }

    /// What the whole header lacks.
    pub(super) fn check_header(&mut self, header: &Header) {
        let start = Span { start: 0, end: self.text.lines().next().map_or(0, str::len) };
        if header.name.is_none() {
            let problem = Problem::new("S10", start, "the header names no model");
            self.problems.note(problem.hint("begin with `model my_model \"its title\"`"));
        }
        match header.language {
            None => {
                let problem = Problem::new("S10", start, "the header names no language");
                self.problems.note(problem.hint("write `language 1` in line 2"));
            }
            Some((LANGUAGE, _)) => {}
            Some((number, span)) => {
                let message = format!("this program reads language 1, not language {number}");
                self.problems.say("S10", span, message);
            }
        }
        if let (Some(name), Some((_, span))) = (&header.name, &header.language)
            && span.start < name.span.start
        {
            let problem = Problem::new("S10", *span, "the header begins with the language");
            self.problems.note(problem.hint("`model` stands in line 1, `language` in line 2"));
        }
        if header.time.is_none() {
            let problem = Problem::new("S10", start, "the header names no unit of time");
            self.problems.note(problem.hint("write `time h` or `time d`"));
        }
    }

    /// The message for a line that begins with an unknown word.
    pub(super) fn unknown_statement<T>(&mut self, word: &Word, known: &[&str]) -> Parsed<T> {
        let hint = nearest(&word.text, known);
        let hint = hint.unwrap_or_else(|| format!("lines here begin with {}", known.join(", ")));
        let message = format!("no line begins with `{}` here", word.text);
        self.fail(Problem::new("S05", word.span, message).hint(hint))
    }

    /// `name = whole number`, several on a line.
    pub(super) fn sizes(&mut self, sizes: &mut Vec<SizeLine>) -> Parsed<()> {
        loop {
            let name = self.new_name("the name of a size")?;
            self.equals()?;
            let value = self.expression()?;
            sizes.push(SizeLine { name, value });
            if !self.takes(",") {
                return Ok(());
            }
        }
    }

    /// A covariate with its usual value.
    pub(super) fn covariate(&mut self) -> Parsed<CovariateLine> {
        let name = self.new_name("the name of a covariate")?;
        self.equals()?;
        let value = if self.is_name() {
            let usual = self.name("a category")?;
            Level::Category(usual, self.categories(&name)?)
        } else {
            Level::Number(self.amount()?)
        };
        let change = if self.takes_word("linear") {
            Change::Linear
        } else if self.takes_word("forward") {
            Change::Forward
        } else {
            self.takes_word("backward");
            Change::Backward
        };
        Ok(CovariateLine { name, value, change, remark: self.remark() })
    }

    /// `of (male = 0, female = 1)`.
    fn categories(&mut self, name: &Word) -> Parsed<Vec<(Word, u32)>> {
        if !self.is_word("of") {
            let hint = format!("name all categories: `{} = a of (a = 0, b = 1)`", name.text);
            let here = self.before();
            return self.fail(Problem::new("S02", here, "a number or `of` is expected").hint(hint));
        }
        self.advance();
        self.mark("(")?;
        let mut categories = Vec::new();
        loop {
            let category = self.name("a category")?;
            self.mark("=")?;
            let (code, _) = self.whole()?;
            categories.push((category, code));
            if !self.takes(",") {
                self.mark(")")?;
                return Ok(categories);
            }
        }
    }

    /// `=` after a name that is defined.
    pub(super) fn equals(&mut self) -> Parsed<()> {
        if self.is_mark(":") {
            let here = self.here();
            return self
                .fail(Problem::new("S09", here, "`=` is expected").hint("write `=`, not `:`"));
        }
        if self.is_mark("(") || self.is_mark("==") || self.is_mark("~") {
            return self.not_a_definition();
        }
        self.mark("=").map(|_| ())
    }

    fn not_a_definition(&mut self) -> Parsed<()> {
        let (before, here) = (self.before(), self.here());
        let name = self.text_of(before);
        let problem = match self.text_of(here) {
            "==" => Problem::new("S09", here, "`==` compares").hint("a definition has one `=`"),
            "~" => Problem::new("P01", here, format!("`{name}` has no typical value"))
                .hint(format!("write `{name} = number unit ~ ..`")),
            _ => Problem::new("S08", before, format!("`{name}(..)` is not used here")).hint(
                match name {
                    "DADT" => "write `d/dt(x) = ..` with the name of the state".to_owned(),
                    "A_0" => "write the initial value under [states]: `x = ..`".to_owned(),
                    "THETA" => "write the name of the parameter".to_owned(),
                    _ => format!("write the initial value under [states] as `{name} = ..`"),
                },
            ),
        };
        self.fail(problem)
    }
}
