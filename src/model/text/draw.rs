//! Problems drawn for people, and as JSON for editors.

use super::problem::{Problem, Problems, Span};
use serde_json::{Value, json};

/// The message with the line it is about, marks below it, and the hint.
pub(super) fn draw(all: &Problems, problem: &Problem) -> String {
    let kind = if problem.is_warning() { "warning" } else { "error" };
    let (line, column) = all.position(problem.span.start);
    let mut drawn = vec![
        format!("{kind} {}: {}", problem.code, problem.message),
        format!("  --> {}:{line}:{column}", all.file),
    ];
    let here = marked(all, problem.span, '^', "");
    match &problem.other {
        Some((span, label)) => {
            let there = marked(all, *span, '-', label);
            let both = if *span < problem.span { [there, here] } else { [here, there] };
            drawn.extend(both.into_iter().flatten());
        }
        None => drawn.extend(here),
    }
    if !problem.hint.is_empty() {
        drawn.push(format!("     = hint: {}", problem.hint));
    }
    drawn.join("\n")
}

/// A line of the text, and marks below the part that is meant.
fn marked(all: &Problems, span: Span, mark: char, label: &str) -> [String; 2] {
    let (line, column) = all.position(span.start);
    let text = all.line(line).replace('\t', " ");
    let meant = all.text.get(span.start..span.end).unwrap_or_default();
    let first_line = meant.lines().next().unwrap_or_default();
    let marks = first_line.chars().count().max(1);
    let before = column.saturating_sub(1);
    let marks: String = std::iter::repeat_n(mark, marks).collect();
    let label = if label.is_empty() { String::new() } else { format!(" {label}") };
    [format!("{line:>4} | {text}"), format!("     | {}{marks}{label}", " ".repeat(before))]
}

impl Problems {
    /// The problems for editors: code, severity, message, hint, and where, as line and column from 1.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let place = |span: Span| {
            let (line, column) = self.position(span.start);
            let (end_line, end_column) = self.position(span.end);
            json!({"line": line, "column": column, "end_line": end_line, "end_column": end_column})
        };
        let one = |problem: &Problem| {
            let other = problem.other.as_ref();
            json!({
                "code": problem.code,
                "severity": if problem.is_warning() { "warning" } else { "error" },
                "message": problem.message,
                "hint": problem.hint,
                "place": place(problem.span),
                "other": other.map(|(span, label)| json!({"place": place(*span), "label": label})),
            })
        };
        let all: Vec<_> = self.all().into_iter().map(one).collect();
        json!({"file": self.file, "problems": all})
    }
}
