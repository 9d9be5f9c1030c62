//! A text printed in one form: for people with its comments, and without them for its hash.

mod expression;
mod lines;

use super::lines::Tree;
use super::problem::Span;
use super::read::TextModel;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

pub(super) use expression::number;

impl TextModel {
    /// The text in the order of the language's description, one definition a line, with its comments.
    #[must_use]
    pub fn formatted(&self) -> String {
        print(&self.tree, &self.text, true)
    }

    /// The same without comments and with units in their usual symbols: two texts that differ in
    /// nothing else have one canonical form.
    #[must_use]
    pub fn canonical(&self) -> String {
        print(&self.tree, &self.text, false)
    }

    /// The SHA-256 of the canonical form, in hexadecimal digits.
    #[must_use]
    pub fn hash(&self) -> String {
        let digest = Sha256::digest(self.canonical().as_bytes());
        digest.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

/// How a text is printed.
pub(super) struct Printer<'a> {
    text: &'a str,
    /// For people: units as written, and comments.
    is_for_people: bool,
}

/// A line of a section, and where it began in the text.
struct Line {
    at: Span,
    text: String,
    /// Whether it belongs to the block that began before.
    is_inside: bool,
}

impl Line {
    fn new(at: Span, text: String) -> Self {
        Self { at, text, is_inside: false }
    }
}

fn print(tree: &Tree, text: &str, is_for_people: bool) -> String {
    let printer = Printer { text, is_for_people };
    let header = printer.header(tree);
    let sections = printer.sections(tree);
    let mut comments = Comments::new(tree, &header, &sections, &printer);
    let mut printed = String::new();
    for line in &header {
        comments.push(&mut printed, line);
    }
    for (name, lines) in sections.iter().filter(|(_, lines)| !lines.is_empty()) {
        let heading = tree.sections.iter().find(|word| word.text == *name);
        let at = heading.map_or(Span::default(), |word| word.span);
        printed.push('\n');
        comments.push(&mut printed, &Line::new(at, format!("[{name}]")));
        for line in lines {
            comments.push(&mut printed, line);
        }
    }
    comments.push_rest(&mut printed);
    printed
}

/// The comments, each with the number of the line of the text to which it belongs.
struct Comments {
    before: Vec<(usize, String)>,
    behind: Vec<(usize, String)>,
    last: Vec<String>,
    starts: Vec<usize>,
}

impl Comments {
    fn new(
        tree: &Tree,
        header: &[Line],
        sections: &[(&'static str, Vec<Line>)],
        printer: &Printer<'_>,
    ) -> Self {
        let mut starts = vec![0];
        starts.extend(printer.text.match_indices('\n').map(|(at, _)| at + 1));
        let mut own = Self { before: Vec::new(), behind: Vec::new(), last: Vec::new(), starts };
        if !printer.is_for_people {
            return own;
        }
        let lines = header.iter().chain(sections.iter().flat_map(|(_, lines)| lines));
        let mut anchors: Vec<usize> = lines.map(|line| own.line_of(line.at)).collect();
        anchors.extend(tree.sections.iter().map(|word| own.line_of(word.span)));
        anchors.sort_unstable();
        for comment in &tree.comments {
            let text = format!("# {}", comment.text);
            let anchor = if comment.is_alone {
                anchors.iter().find(|anchor| **anchor > comment.line)
            } else {
                anchors.iter().rfind(|anchor| **anchor <= comment.line)
            };
            match anchor {
                Some(anchor) if comment.is_alone => own.before.push((*anchor, text)),
                Some(anchor) => own.behind.push((*anchor, text)),
                None => own.last.push(text),
            }
        }
        own
    }

    fn line_of(&self, at: Span) -> usize {
        self.starts.partition_point(|start| *start <= at.start)
    }

    /// The line with its comments; a comment is printed once.
    fn push(&mut self, printed: &mut String, line: &Line) {
        let number = self.line_of(line.at);
        let indent = if line.is_inside { "  " } else { "" };
        let take = |all: &mut Vec<(usize, String)>| -> Vec<String> {
            let (own, rest) = std::mem::take(all).into_iter().partition(|(at, _)| *at == number);
            *all = rest;
            let own: Vec<(usize, String)> = own;
            own.into_iter().map(|(_, text)| text).collect()
        };
        for comment in take(&mut self.before) {
            let _ = writeln!(printed, "{indent}{comment}");
        }
        let behind: String =
            take(&mut self.behind).iter().map(|comment| format!("  {comment}")).collect();
        let _ = writeln!(printed, "{indent}{}{behind}", line.text);
    }

    fn push_rest(&mut self, printed: &mut String) {
        for (_, comment) in std::mem::take(&mut self.before) {
            let _ = writeln!(printed, "{comment}");
        }
        for comment in std::mem::take(&mut self.last) {
            let _ = writeln!(printed, "{comment}");
        }
    }
}
