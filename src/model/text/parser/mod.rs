//! From tokens to the tree, by recursive descent. A line with an error is skipped, and reading goes on
//! with the next.

mod cursor;
mod dynamics;
mod expression;
mod header;
mod people;
mod pieces;
mod results;

use super::lexer::tokens;
use super::lines::Tree;
use super::problem::{Problem, Problems};
pub(super) use cursor::Parsed;
use cursor::Parser;

/// The sections, in the order in which they are printed.
pub(super) const SECTIONS: [&str; 11] = [
    "sizes",
    "covariates",
    "parameters",
    "dosing",
    "states",
    "equations",
    "variants",
    "presets",
    "outputs",
    "figures",
    "checks",
];

/// Reads a whole text.
pub(super) fn parse(text: &str, problems: &mut Problems) -> Tree {
    let (tokens, comments) = tokens(text, problems);
    let mut tree = Tree { comments, ..Tree::default() };
    let mut parser = Parser::new(text, tokens, problems);
    let mut section = String::new();
    while !parser.is_at_end() {
        let outcome = if parser.is_mark("[") {
            parser.section(&mut tree).map(|name| section = name)
        } else {
            parser.statement(&section, &mut tree)
        };
        match outcome {
            Ok(()) if section != "?" => parser.end_of_line(&mut tree.broken),
            _ => parser.skip_line(&mut tree.broken),
        }
    }
    parser.check_header(&tree.header);
    tree
}

impl Parser<'_> {
    /// The heading of a section.
    fn section(&mut self, tree: &mut Tree) -> cursor::Parsed<String> {
        self.mark("[")?;
        let name = self.name("the name of a section")?;
        self.mark("]")?;
        if !SECTIONS.contains(&name.text.as_str()) {
            let near = cursor::nearest(&name.text, &SECTIONS);
            let hint = near.unwrap_or_else(|| format!("the sections are {}", SECTIONS.join(", ")));
            let message = format!("there is no section `{}`", name.text);
            self.problems.note(Problem::new("S05", name.span, message).hint(hint));
            // What follows is skipped, so that it does not become a list of further errors.
            return Ok("?".to_owned());
        }
        if let Some(first) = tree.sections.iter().find(|known| known.text == name.text) {
            let message = format!("the section `{}` stands here for the second time", name.text);
            let problem = Problem::new("N02", name.span, message).other(first.span, "the first");
            self.problems.note(problem.hint("put its lines together"));
        }
        let text = name.text.clone();
        tree.sections.push(name);
        Ok(text)
    }

    /// One line of a section.
    fn statement(&mut self, section: &str, tree: &mut Tree) -> cursor::Parsed<()> {
        match section {
            "" => self.header(&mut tree.header)?,
            "sizes" => self.sizes(&mut tree.sizes)?,
            "covariates" => {
                let line = self.covariate()?;
                tree.covariates.push(line);
            }
            "parameters" if self.is_word("correlate") && self.follows_mark("(") => {
                let line = self.correlation()?;
                tree.correlations.push(line);
            }
            "parameters" => self.parameters(&mut tree.parameters)?,
            "dosing" => self.dosing(&mut tree.doses, &mut tree.events)?,
            "states" => {
                let line = self.state()?;
                tree.states.push(line);
            }
            "equations" => {
                let line = self.equation()?;
                tree.equations.push(line);
            }
            "variants" => self.variant(&mut tree.variants)?,
            "presets" => self.preset(&mut tree.presets)?,
            "outputs" => {
                let line = self.output()?;
                tree.outputs.push(line);
            }
            "figures" => {
                let line = self.figure()?;
                tree.figures.push(line);
            }
            "checks" => {
                let line = self.check()?;
                tree.checks.push(line);
            }
            _ => self.skip_to_newline(),
        }
        Ok(())
    }
}
