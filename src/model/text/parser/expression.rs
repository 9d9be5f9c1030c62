//! Expressions, from the loosest operator to the tightest.

use super::super::lexer::TokenKind;
use super::super::problem::{Noted, Problem, Span};
use super::super::syntax::{Binary, Expr, Kind, Word};
use super::cursor::{Parsed, Parser};

/// How deeply expressions may be nested.
const DEEPEST: usize = 200;

impl Parser<'_> {
    /// A whole expression; here an `if` may stand without brackets.
    pub(super) fn expression(&mut self) -> Parsed<Expr> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.too_deep(self.here()));
        }
        let read = if self.is_word("if") { self.choice() } else { self.disjunction() };
        self.depth = self.depth.saturating_sub(1);
        read
    }

    fn too_deep(&mut self, span: Span) -> Noted {
        let message = format!("the expression is nested more than {DEEPEST} levels deep");
        self.problems.say("S11", span, message)
    }

    fn built(&mut self, kind: Kind, span: Span) -> Parsed<Expr> {
        let expr = Expr::new(kind, span);
        if expr.depth > DEEPEST { Err(self.too_deep(span)) } else { Ok(expr) }
    }

    fn binary(&mut self, operator: Binary, left: Expr, right: Expr) -> Parsed<Expr> {
        let span = left.span.to(right.span);
        self.built(Kind::Binary(operator, Box::new([left, right])), span)
    }

    fn choice(&mut self) -> Parsed<Expr> {
        let start = self.here();
        self.advance();
        let condition = self.expression()?;
        if !self.takes_word("then") {
            let here = self.here();
            if self.kind() == Some(&TokenKind::Refused) {
                return Err(Noted);
            }
            let problem = Problem::new("S06", here, "`then` is expected");
            return self.fail(problem.hint("write `if a then b else c`"));
        }
        let yes = self.expression()?;
        if !self.takes_word("else") {
            let here = if self.is_newline() { self.before() } else { self.here() };
            let problem = Problem::new("S07", here, "`else` is expected");
            return self.fail(problem.hint("write `if a then b else c`: every choice has an else"));
        }
        let no = self.expression()?;
        let span = start.to(no.span);
        self.built(Kind::If(Box::new([condition, yes, no])), span)
    }

    fn disjunction(&mut self) -> Parsed<Expr> {
        let mut left = self.conjunction()?;
        while self.takes_word("or") {
            let right = self.conjunction()?;
            left = self.binary(Binary::Or, left, right)?;
        }
        Ok(left)
    }

    fn conjunction(&mut self) -> Parsed<Expr> {
        let mut left = self.negation()?;
        while self.takes_word("and") {
            let right = self.negation()?;
            left = self.binary(Binary::And, left, right)?;
        }
        Ok(left)
    }

    fn negation(&mut self) -> Parsed<Expr> {
        let start = self.here();
        if !self.takes_word("not") {
            return self.relation();
        }
        let inner = self.relation()?;
        let span = start.to(inner.span);
        self.built(Kind::Not(Box::new(inner)), span)
    }

    fn relation(&mut self) -> Parsed<Expr> {
        let left = self.sum()?;
        let Some(operator) = self.operator_of(&[
            Binary::AtMost,
            Binary::AtLeast,
            Binary::Equal,
            Binary::Unequal,
            Binary::Less,
            Binary::Greater,
        ]) else {
            return Ok(left);
        };
        let right = self.sum()?;
        self.binary(operator, left, right)
    }

    fn operator_of(&mut self, known: &[Binary]) -> Option<Binary> {
        known.iter().copied().find(|operator| self.takes(operator.text()))
    }

    fn sum(&mut self) -> Parsed<Expr> {
        let mut left = self.term()?;
        while let Some(operator) = self.operator_of(&[Binary::Add, Binary::Subtract]) {
            let right = self.term()?;
            left = self.binary(operator, left, right)?;
        }
        Ok(left)
    }

    fn term(&mut self) -> Parsed<Expr> {
        let mut left = self.unary()?;
        while let Some(operator) = self.operator_of(&[Binary::Multiply, Binary::Divide]) {
            let right = self.unary()?;
            left = self.binary(operator, left, right)?;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Parsed<Expr> {
        let start = self.here();
        if !self.takes("-") {
            return self.power();
        }
        let inner = self.power()?;
        let span = start.to(inner.span);
        self.built(Kind::Minus(Box::new(inner)), span)
    }

    fn power(&mut self) -> Parsed<Expr> {
        let base = self.atom()?;
        if !self.takes("^") {
            return Ok(base);
        }
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.too_deep(self.here()));
        }
        let exponent = self.unary()?;
        self.depth = self.depth.saturating_sub(1);
        self.binary(Binary::Power, base, exponent)
    }

    fn atom(&mut self) -> Parsed<Expr> {
        let span = self.here();
        match self.kind() {
            Some(TokenKind::Number(value, unit)) => {
                let kind = Kind::Number(*value, unit.clone());
                self.advance();
                self.built(kind, span)
            }
            Some(TokenKind::Mark("(")) => {
                self.advance();
                let inner = self.expression()?;
                let end = self.closing(span)?;
                Ok(Expr { span: span.to(end), ..inner })
            }
            Some(TokenKind::Name) => self.named(),
            _ => Err(self.expected("a number, a name or `(`")),
        }
    }

    /// The bracket that closes the one at `opened`.
    fn closing(&mut self, opened: Span) -> Parsed<Span> {
        let here = self.here();
        if self.takes(")") {
            return Ok(here);
        }
        if self.is_newline() {
            return Err(self.problems.say("S04", opened, "`(` is not closed"));
        }
        Err(self.expected("`)` or an operator"))
    }

    fn named(&mut self) -> Parsed<Expr> {
        let word = self.name("a name")?;
        match word.text.as_str() {
            "if" => {
                let problem = Problem::new("S07", word.span, "`if` stands in the middle");
                self.fail(problem.hint("put it in brackets: `(if a then b else c)`"))
            }
            "then" | "else" | "for" | "in" | "and" | "or" | "not" => {
                let message = "a number, a name or `(` is expected";
                Err(self.problems.say("S02", word.span, message))
            }
            _ if self.is_mark("(") => self.call(word),
            _ if self.takes("[") => {
                let index = self.expression()?;
                let end = self.mark("]")?;
                let span = word.span.to(end);
                self.built(Kind::Element(word.text, Box::new(index)), span)
            }
            _ => self.built(Kind::Name(word.text), word.span),
        }
    }

    fn call(&mut self, function: Word) -> Parsed<Expr> {
        let opened = self.here();
        self.refuse_habit(&function)?;
        self.advance();
        let first = self.expression()?;
        if function.text == "sum" && self.is_word("for") {
            let index = self.each()?;
            let end = self.closing(opened)?;
            let span = function.span.to(end);
            return self.built(Kind::Sum(Box::new(first), Box::new(index)), span);
        }
        let mut arguments = vec![first];
        while self.takes(",") {
            arguments.push(self.expression()?);
        }
        let end = self.closing(opened)?;
        let span = function.span.to(end);
        self.built(Kind::Call(function, arguments), span)
    }

    /// Functions of other tools.
    fn refuse_habit(&mut self, function: &Word) -> Parsed<()> {
        let hint = match function.text.as_str() {
            "log" => "write `ln`, or `log10`",
            "pow" => "write `x^y`",
            "ifelse" => "write `if a then b else c`",
            "THETA" | "theta" | "ETA" | "eta" => "write the name of the parameter",
            "A" => "write the name of the state",
            "DADT" => "write `d/dt(x) = ..` with the name of the state",
            "gamma" | "lgam" | "gammaln" => "write `lgamma`",
            "fabs" => "write `abs`",
            _ => return Ok(()),
        };
        let message = format!("`{}` is not a function here", function.text);
        self.fail(Problem::new("S08", function.span, message).hint(hint))
    }
}
