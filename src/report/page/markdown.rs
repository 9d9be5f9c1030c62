//! The prose and formulas of `docs/` as HTML: formulas become MathML, links their own words.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};
use pulldown_latex::config::DisplayMode;
use pulldown_latex::{RenderConfig, Storage, push_mathml};

/// `text` as HTML.
pub(super) fn to_html(text: &str) -> String {
    let options = Options::ENABLE_MATH | Options::ENABLE_TABLES;
    let events = Parser::new_ext(text, options).filter_map(|event| match event {
        Event::Start(Tag::Link { .. }) | Event::End(TagEnd::Link) => None,
        Event::InlineMath(formula) => {
            Some(Event::InlineHtml(mathml(&formula, DisplayMode::Inline).into()))
        }
        Event::DisplayMath(formula) => Some(Event::InlineHtml(numbered(&formula).into())),
        other => Some(other),
    });
    let mut page = String::new();
    html::push_html(&mut page, events);
    page
}

/// A displayed formula with its number at the right.
fn numbered(formula: &str) -> String {
    let (formula, tag) = match formula.split_once("\\tag{") {
        Some((formula, rest)) => (formula, rest.split('}').next()),
        None => (formula, None),
    };
    let number = tag.map_or(String::new(), |tag| format!("<span class=\"tag\">({tag})</span>"));
    format!("<span class=\"equation\">{}{number}</span>", mathml(formula, DisplayMode::Block))
}

/// A formula on a line of its own, as MathML.
pub(in crate::report) fn equation(latex: &str) -> String {
    mathml(latex, DisplayMode::Block)
}

/// A formula in a line of text, as MathML.
pub(in crate::report) fn formula(latex: &str) -> String {
    mathml(latex, DisplayMode::Inline)
}

/// A formula as MathML; one that cannot be read stays as it is written.
fn mathml(formula: &str, display_mode: DisplayMode) -> String {
    let storage = Storage::new();
    let parser = pulldown_latex::Parser::new(formula, &storage);
    let mut text = String::new();
    let config = RenderConfig { display_mode, ..RenderConfig::default() };
    match push_mathml(&mut text, parser, config) {
        Ok(()) if !text.contains("merror") => text,
        _ => format!("<code>{}</code>", formula.replace('&', "&amp;").replace('<', "&lt;")),
    }
}

#[cfg(test)]
mod tests {
    use super::to_html;

    #[test]
    fn invariant_every_formula_of_the_specification_becomes_mathml() {
        let text = include_str!("../../../docs/model.md");
        let page = to_html(text);
        let formulas = text.matches("\\tag{").count();
        assert_eq!(page.matches("class=\"tag\"").count(), formulas);
        assert!(!page.contains("<code>\\"), "a formula was not read");
        assert!(!page.contains("href="), "a link stays");
        let one = to_html("$$\n\\frac{dA}{dt} = -k_a A \\tag{P1}\n$$\n");
        assert!(one.contains("<mfrac>") && one.contains("(P1)"), "{one}");
    }
}
