//! A text cut into numbers with their units, names, marks and ends of lines.

use super::lines::Comment;
use super::problem::{Noted, Problem, Problems, Span};
use super::spelling::{HABITS, not_a_unit, plain_spelling};
use super::unit::Unit;

/// Longest line, in characters.
const LONGEST_LINE: usize = 400;
/// Words after a number that are no unit.
const NO_UNITS: [&str; 22] = [
    "then", "else", "for", "in", "and", "or", "not", "fixed", "per", "backward", "forward",
    "linear", "of", "every", "times", "with", "until", "within", "at", "dvid", "cmt", "line",
];
/// Marks, the longer ones first.
const MARKS: [&str; 23] = [
    "..", "<=", ">=", "==", "!=", "+=", "+", "-", "*", "/", "^", "(", ")", "[", "]", ",", "=", "<",
    ">", ":", "~", "%", ".",
];
/// Marks after which a line goes on.
const OPEN_ENDS: [&str; 12] = ["+", "-", "*", "/", "^", "<", ">", "<=", ">=", "==", "!=", ","];

/// A piece of the text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    Name,
    /// A number and its unit.
    Number(f64, Option<Unit>),
    Text,
    Source,
    Mark(&'static str),
    Newline,
    /// What was refused already.
    Refused,
}

/// The tokens and the comments of `text`.
pub(super) fn tokens(text: &str, problems: &mut Problems) -> (Vec<Token>, Vec<Comment>) {
    let mut lexer = Lexer {
        text,
        at: 0,
        line: 1,
        tokens: Vec::new(),
        comments: Vec::new(),
        open: Vec::new(),
        problems,
    };
    lexer.check_lines();
    while lexer.at < text.len() {
        lexer.step();
    }
    lexer.newline();
    (lexer.tokens, lexer.comments)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    line: usize,
    tokens: Vec<Token>,
    comments: Vec<Comment>,
    /// The brackets that are open.
    open: Vec<Span>,
    problems: &'a mut Problems,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn span(&self, length: usize) -> Span {
        Span { start: self.at, end: self.at + length }
    }

    fn push(&mut self, kind: TokenKind, length: usize) {
        self.tokens.push(Token { kind, span: self.span(length) });
        self.at += length;
    }

    fn refuse(&mut self, problem: Problem, length: usize) -> Noted {
        self.push(TokenKind::Refused, length);
        self.problems.note(problem)
    }

    fn check_lines(&mut self) {
        let mut start = 0;
        for line in self.text.split('\n') {
            if line.chars().count() > LONGEST_LINE {
                let span = Span { start, end: start + 1 };
                let hint = "a line goes on inside brackets and after an operator or a comma";
                let text = format!("the line is longer than {LONGEST_LINE} characters");
                self.problems.note(Problem::new("S11", span, text).hint(hint));
            }
            start += line.len() + 1;
        }
    }

    /// Reads one piece.
    fn step(&mut self) {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return };
        match first {
            '\n' => {
                self.newline();
                self.at += 1;
                self.line += 1;
            }
            ' ' | '\t' | '\r' => self.at += 1,
            '#' => self.comment(),
            '"' => self.enclosed('"', TokenKind::Text),
            '{' => self.enclosed('}', TokenKind::Source),
            c if c.is_ascii_digit() => self.number(),
            c if c.is_ascii_alphabetic() => {
                let length = name_length(rest);
                self.push(TokenKind::Name, length);
            }
            _ if self.is_habit() => {}
            _ => match MARKS.iter().find(|mark| rest.starts_with(**mark)) {
                Some(mark) => self.mark(mark),
                None => self.character(first),
            },
        }
    }

    /// Ends a line, unless it goes on.
    fn newline(&mut self) {
        let goes_on = match self.tokens.last().map(|token| &token.kind) {
            None | Some(TokenKind::Newline) => true,
            Some(TokenKind::Mark(mark)) => OPEN_ENDS.contains(mark) || !self.open.is_empty(),
            Some(TokenKind::Name) => !self.open.is_empty() || self.ends_in_connective(),
            _ => !self.open.is_empty(),
        };
        let is_last = self.at >= self.text.len();
        if goes_on && !is_last && !self.next_line_begins_anew() {
            return;
        }
        if let Some(bracket) = self.open.first().copied() {
            let mark = self.text.get(bracket.start..bracket.end).unwrap_or_default();
            self.problems.say("S04", bracket, format!("`{mark}` is not closed"));
            self.open.clear();
        }
        if !matches!(self.tokens.last().map(|token| &token.kind), None | Some(TokenKind::Newline)) {
            self.tokens.push(Token { kind: TokenKind::Newline, span: self.span(0) });
        }
    }

    fn ends_in_connective(&self) -> bool {
        let last =
            self.tokens.last().and_then(|token| self.text.get(token.span.start..token.span.end));
        matches!(last, Some("and" | "or"))
    }

    /// Whether the next line with something on it can only be a new one, so that an open bracket does
    /// not swallow the rest of the file.
    fn next_line_begins_anew(&self) -> bool {
        let lines = self.rest().lines().skip(1).map(str::trim_start);
        let Some(next) = lines.into_iter().find(|line| !line.is_empty() && !line.starts_with('#'))
        else {
            return true;
        };
        if next.starts_with('[') || next.starts_with("d/dt(") {
            return true;
        }
        let after = next.get(name_length(next)..).unwrap_or_default().trim_start();
        let is_definition = after.starts_with('=') && !after.starts_with("==");
        let is_in_list =
            matches!(self.tokens.last().map(|token| &token.kind), Some(TokenKind::Mark("," | "(")));
        is_definition && name_length(next) > 0 && !is_in_list
    }

    fn comment(&mut self) {
        let text = self.rest().lines().next().unwrap_or_default();
        let is_alone = self.text.get(..self.at).and_then(|before| before.rsplit('\n').next());
        let is_alone = is_alone.is_none_or(|before| before.trim().is_empty());
        let words = text.trim_start_matches('#').trim().to_owned();
        self.comments.push(Comment { line: self.line, is_alone, text: words });
        self.at += text.len();
    }

    /// A text in quotes or a source in braces.
    fn enclosed(&mut self, end: char, kind: TokenKind) {
        let line = self.rest().lines().next().unwrap_or_default();
        if let Some((length, _)) = line.char_indices().skip(1).find(|(_, c)| *c == end) {
            self.push(kind, length + 1);
            return;
        }
        let message = format!("`{end}` is missing at the end of the line");
        let problem = Problem::new("S04", self.span(1), message);
        self.refuse(problem, line.len());
    }

    fn mark(&mut self, mark: &'static str) {
        match mark {
            "(" | "[" => self.open.push(self.span(1)),
            ")" | "]" => {
                self.open.pop();
            }
            _ => {}
        }
        self.push(TokenKind::Mark(mark), mark.len());
    }

    /// Refuses what other tools write.
    fn is_habit(&mut self) -> bool {
        let rest = self.rest();
        let known = HABITS.iter().find(|(mark, ..)| rest.starts_with(mark));
        let Some((mark, hint)) = known.filter(|_| !rest.starts_with("!=")) else { return false };
        if *mark == "<-" && !self.is_line_start_name() {
            return false;
        }
        let message = format!("`{mark}` is not used here");
        let problem = Problem::new("S08", self.span(mark.len()), message).hint(*hint);
        // What stands behind `//` and `;` was meant as a comment.
        let line = rest.lines().next().unwrap_or_default().len();
        self.refuse(problem, if matches!(*mark, "//" | ";") { line } else { mark.len() });
        true
    }

    /// Whether nothing but one name stands on the line so far.
    fn is_line_start_name(&self) -> bool {
        let mut last = self.tokens.iter().rev().map(|token| &token.kind);
        last.next() == Some(&TokenKind::Name)
            && matches!(last.next(), None | Some(TokenKind::Newline))
    }

    fn character(&mut self, c: char) {
        let message = format!("the character `{}` is not used here", c.escape_debug());
        let problem = Problem::new("S01", self.span(c.len_utf8()), message);
        self.refuse(problem.hint(plain_spelling(c)), c.len_utf8());
    }

    /// A number, and the unit behind it.
    fn number(&mut self) {
        let rest = self.rest();
        let length = number_length(rest);
        let text = rest.get(..length).unwrap_or_default();
        let value: f64 = text.parse().unwrap_or(f64::INFINITY);
        if !value.is_finite() {
            let problem = Problem::new("S12", self.span(length), "the number is too large");
            self.refuse(problem, length);
            return;
        }
        if self.is_malformed(rest, length, text) {
            return;
        }
        let start = Span { start: self.at, end: self.at + length };
        self.at += length;
        let after = self.rest();
        let spaces = after.len() - after.trim_start_matches([' ', '\t']).len();
        let candidate = after.get(spaces..).unwrap_or_default();
        let unit_length = if begins_unit(candidate) { unit_length(candidate) } else { 0 };
        let text = candidate.get(..unit_length).unwrap_or_default();
        let unit = if text.is_empty() { Ok(None) } else { Unit::read(text).map(Some) };
        let end = if text.is_empty() { self.at } else { self.at + spaces + unit_length };
        let span = Span { start: start.start, end };
        match unit {
            Ok(unit) => self.tokens.push(Token { kind: TokenKind::Number(value, unit), span }),
            Err(part) => {
                let place = Span { start: self.at + spaces, end };
                let problem = not_a_unit(self.text, start, place, &part);
                self.problems.note(problem);
                self.tokens.push(Token { kind: TokenKind::Refused, span });
            }
        }
        self.at = end;
    }

    /// Whether the number is written in a way that is not accepted; if so it is skipped.
    fn is_malformed(&mut self, rest: &str, length: usize, text: &str) -> bool {
        let after = rest.get(length..).unwrap_or_default();
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let (hint, skipped) = if let Some(decimals) = after.strip_prefix(',')
            && digits(decimals) > 0
            && !self.open.iter().any(|bracket| self.is_call(*bracket))
        {
            let decimals = decimals.get(..digits(decimals)).unwrap_or_default();
            (format!("write {text}.{decimals}"), 1 + decimals.len())
        } else if after.starts_with('.')
            && !after.starts_with("..")
            && !after.get(1..).unwrap_or_default().starts_with(|c: char| c.is_ascii_alphabetic())
        {
            (format!("write {text}"), 1)
        } else {
            return false;
        };
        let length = length + skipped;
        let written = rest.get(..length).unwrap_or_default();
        let problem =
            Problem::new("S12", self.span(length), format!("`{written}` is not a number"));
        self.refuse(problem.hint(hint), length);
        true
    }

    /// Whether a bracket follows the name of a function that takes several arguments.
    fn is_call(&self, bracket: Span) -> bool {
        let before = self.text.get(..bracket.start).unwrap_or_default();
        ["max", "min", "hill", "pow"].iter().any(|name| before.ends_with(name))
    }
}

/// How long the name at the beginning of `text` is.
pub(super) fn name_length(text: &str) -> usize {
    let is_letter = text.starts_with(|c: char| c.is_ascii_alphabetic());
    let length = text.bytes().take_while(|c| c.is_ascii_alphanumeric() || *c == b'_').count();
    if is_letter { length } else { 0 }
}

fn number_length(text: &str) -> usize {
    let digits = |from: usize| text.bytes().skip(from).take_while(u8::is_ascii_digit).count();
    let at = |i: usize| text.as_bytes().get(i).copied();
    let mut length = digits(0);
    if at(length) == Some(b'.') && digits(length + 1) > 0 {
        length += 1 + digits(length + 1);
    }
    if matches!(at(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(at(length + 1), Some(b'+' | b'-')));
        let exponent = digits(length + 1 + sign);
        if exponent > 0 {
            length += 1 + sign + exponent;
        }
    }
    length
}

/// Whether a unit begins here, after a number.
fn begins_unit(text: &str) -> bool {
    let name = text.get(..name_length(text)).unwrap_or_default();
    if !name.is_empty() {
        return !NO_UNITS.contains(&name);
    }
    let is_one = text.starts_with("1/") || (text.starts_with("1.") && !text.starts_with("1.."));
    text.starts_with('%') || text.starts_with("10^") || is_one
}

/// How far the unit at the beginning of `text` goes.
pub(super) fn unit_length(text: &str) -> usize {
    let mut before = ' ';
    for (i, c) in text.char_indices() {
        let is_range = text.get(i..).is_some_and(|rest| rest.starts_with(".."));
        let is_sign = c == '-' && before == '^';
        let belongs = c.is_ascii_alphanumeric() || matches!(c, '^' | '/' | '.' | '%' | '_');
        if is_range || !(belongs || is_sign) {
            return i;
        }
        before = c;
    }
    text.len()
}
