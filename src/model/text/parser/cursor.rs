//! Walking over the tokens.

use super::super::lexer::{Token, TokenKind};
use super::super::problem::{Noted, Problem, Problems, Span};
use super::super::syntax::Word;

/// A piece of the tree, or the mark that its error was noted.
pub(in crate::model::text) type Parsed<T> = Result<T, Noted>;

/// Words that no name may be.
const RESERVED: [&str; 10] = ["if", "then", "else", "for", "in", "and", "or", "not", "t", "pi"];

pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    pub(super) problems: &'a mut Problems,
    /// How deeply the expression being read is nested.
    pub(super) depth: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str, tokens: Vec<Token>, problems: &'a mut Problems) -> Self {
        Self { text, tokens, at: 0, problems, depth: 0 }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    fn token_at(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.at + ahead)
    }

    /// What stands here.
    pub(super) fn kind(&self) -> Option<&TokenKind> {
        self.token_at(0).map(|token| &token.kind)
    }

    /// Where the next token stands; at the end of the text, its last character.
    pub(super) fn here(&self) -> Span {
        let end = Span { start: self.text.len(), end: self.text.len() };
        self.token_at(0).map_or(end, |token| token.span)
    }

    /// Where the token before stands.
    pub(super) fn before(&self) -> Span {
        let before = self.at.checked_sub(1).and_then(|before| self.tokens.get(before));
        before.map_or(Span::default(), |token| token.span)
    }

    pub(super) fn text_of(&self, span: Span) -> &'a str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }

    pub(super) fn advance(&mut self) {
        self.at += 1;
    }

    pub(super) fn is_mark(&self, mark: &str) -> bool {
        matches!(self.kind(), Some(TokenKind::Mark(own)) if *own == mark)
    }

    /// Whether the token after this one is `mark`.
    pub(super) fn follows_mark(&self, mark: &str) -> bool {
        matches!(self.token_at(1), Some(Token { kind: TokenKind::Mark(own), .. }) if *own == mark)
    }

    /// Whether the next token is the word `word`.
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.is_word_at(0, word)
    }

    /// Whether the token `ahead` of this one is the word `word`.
    pub(super) fn is_word_at(&self, ahead: usize, word: &str) -> bool {
        let token = self.token_at(ahead).filter(|token| token.kind == TokenKind::Name);
        token.is_some_and(|token| self.text_of(token.span) == word)
    }

    pub(super) fn is_name(&self) -> bool {
        self.kind() == Some(&TokenKind::Name)
    }

    pub(super) fn is_newline(&self) -> bool {
        matches!(self.kind(), None | Some(TokenKind::Newline))
    }

    /// Takes `mark` if it stands here.
    pub(super) fn takes(&mut self, mark: &str) -> bool {
        let is_here = self.is_mark(mark);
        self.at += usize::from(is_here);
        is_here
    }

    /// Takes the word `word` if it stands here.
    pub(super) fn takes_word(&mut self, word: &str) -> bool {
        let is_here = self.is_word(word);
        self.at += usize::from(is_here);
        is_here
    }

    /// Takes `mark`, which must stand here.
    pub(super) fn mark(&mut self, mark: &str) -> Parsed<Span> {
        let span = self.here();
        if self.takes(mark) { Ok(span) } else { Err(self.expected(&format!("`{mark}`"))) }
    }

    /// Takes the word `word`, which must stand here.
    pub(super) fn word(&mut self, word: &str) -> Parsed<()> {
        if self.takes_word(word) { Ok(()) } else { Err(self.expected(&format!("`{word}`"))) }
    }

    /// Takes a name; `what` says what it is the name of.
    pub(super) fn name(&mut self, what: &str) -> Parsed<Word> {
        if !self.is_name() {
            return Err(self.expected(what));
        }
        let span = self.here();
        self.advance();
        Ok(Word { text: self.text_of(span).to_owned(), span })
    }

    /// Takes a name that is defined here.
    pub(super) fn new_name(&mut self, what: &str) -> Parsed<Word> {
        let name = self.name(what)?;
        let is_function = super::super::functions::NAMES.contains(&name.text.as_str());
        if RESERVED.contains(&name.text.as_str()) || is_function {
            let message = format!("`{}` is a word of the language and cannot be a name", name.text);
            return Err(self.problems.say("N04", name.span, message));
        }
        Ok(name)
    }

    /// Notes that `what` is expected here.
    pub(super) fn expected(&mut self, what: &str) -> Noted {
        let here = self.here();
        match self.kind() {
            // It was refused already, by the lexer.
            Some(TokenKind::Refused) => Noted,
            None | Some(TokenKind::Newline) => {
                let before = self.before();
                let message = format!("the line ends early: {what} is expected");
                self.problems.say("S04", before, message)
            }
            _ => self.problems.say("S02", here, format!("{what} is expected")),
        }
    }

    pub(super) fn fail<T>(&mut self, problem: Problem) -> Parsed<T> {
        Err(self.problems.note(problem))
    }

    /// The end of a line whose beginning was read.
    pub(super) fn end_of_line(&mut self, broken: &mut Vec<String>) {
        if self.is_newline() {
            self.advance();
            return;
        }
        if self.kind() != Some(&TokenKind::Refused) {
            let problem = self.left_over();
            self.problems.note(problem);
        }
        self.skip_line(broken);
    }

    fn left_over(&self) -> Problem {
        let here = self.here();
        let text = self.text_of(here);
        let problem = Problem::new("S03", here, format!("`{text}` does not belong here"));
        match self.kind() {
            Some(TokenKind::Name | TokenKind::Number(..)) => {
                problem.hint("to multiply write `*` in between")
            }
            _ => problem,
        }
    }

    pub(super) fn skip_to_newline(&mut self) {
        while !self.is_newline() {
            self.advance();
        }
    }

    /// Skips the rest of a line with an error, and keeps the names that the line defines.
    pub(super) fn skip_line(&mut self, broken: &mut Vec<String>) {
        let is_end = |token: &Token| token.kind == TokenKind::Newline;
        let before = self.tokens.get(..self.at).unwrap_or_default();
        let start = before.iter().rposition(is_end).map_or(0, |end| end + 1);
        self.skip_to_newline();
        let line = self.tokens.get(start..self.at).unwrap_or_default();
        let defines = |token: &Token| token.kind == TokenKind::Mark("=");
        let first = line.iter().position(defines).unwrap_or(line.len());
        for (i, token) in line.iter().enumerate().filter(|(_, token)| token.kind == TokenKind::Name)
        {
            if i < first || line.get(i + 1).is_some_and(defines) {
                broken.push(self.text_of(token.span).to_owned());
            }
        }
        self.advance();
        self.depth = 0;
    }

    /// Goes on with the first token at or after `position`.
    pub(super) fn move_to(&mut self, position: usize) {
        while self
            .token_at(0)
            .is_some_and(|token| token.kind != TokenKind::Newline && token.span.start < position)
        {
            self.advance();
        }
    }
}

/// "did you mean `x`?", where a known name is near.
pub(super) fn nearest(name: &str, known: &[&str]) -> Option<String> {
    let lower = name.to_lowercase();
    let same = known.iter().find(|known| known.to_lowercase() == lower).copied();
    let near = same.or_else(|| crate::error::near(name, known));
    near.map(|near| format!("did you mean `{near}`?"))
}
