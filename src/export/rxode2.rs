//! A script for rxode2.

use super::Request;
use super::equations::{Equations, Parameter};
use super::example::Example;
use super::text::{Language, Printer, ascii, shortest, wrapped};
use crate::model::graph::Term;
use std::fmt::Write;

struct R;

impl Language for R {
    const COMMENT: &'static str = "#";
    const GOES_ON: &'static str = "";

    fn number(&self, number: f64) -> String {
        shortest(number)
    }
    fn name(&self, name: &str) -> String {
        name.to_owned()
    }
    fn state(&self, equations: &Equations, index: usize) -> String {
        equations.states[index].name.clone()
    }
    fn power(&self, base: &str, exponent: &str) -> String {
        format!("{base}^{exponent}")
    }
    fn define(&self, name: &str, value: &str) -> String {
        format!("{name} = {value}")
    }
    fn redefine_where(&self, left: &str, right: &str, name: &str, value: &str) -> String {
        format!("if ({left} >= {right}) {{ {name} = {value} }}")
    }
}

pub(super) fn text(request: &Request<'_>, equations: &Equations, example: &Example) -> String {
    let mut text = String::new();
    for line in &request.heading {
        let _ = writeln!(text, "# {}", ascii(line));
    }
    let _ = writeln!(text, "# {}: {}", equations.model, ascii(&equations.citation));
    text += "# Time in h. For research. Not for treating patients.\n\nlibrary(rxode2)\n\n";
    text += &model(equations);
    text += "parameters <- c(\n";
    let used: Vec<_> = equations.parameters.iter().zip(equations.parameters_used()).collect();
    let count = used.iter().filter(|(_, is_used)| *is_used).count();
    let used = used.into_iter().filter(|(_, is_used)| *is_used);
    for (i, (Parameter { name, value, unit, meaning, origin }, _)) in used.enumerate() {
        let comma = if i + 1 < count { "," } else { "" };
        let (meaning, origin) = (ascii(meaning), ascii(origin));
        let _ =
            writeln!(text, "  {name} = {}{comma} # {unit}; {meaning}; {origin}", shortest(*value));
    }
    text += ")\n\n";
    let (until, every) = (shortest(example.until_h), shortest(example.every_h));
    let entry = &equations.states[equations.dose.state].name;
    let doses =
        example.in_r(entry).map_or_else(|| "et()".to_owned(), |doses| format!("et({doses})"));
    let _ = writeln!(text, "events <- {doses}");
    let samples = example.exact_samples_in_r();
    let samples = samples.unwrap_or_else(|| format!("seq(0, {until}, by = {every})"));
    let _ = writeln!(text, "events <- et(events, {samples})\n");
    text += "course <- rxSolve(model, parameters, events, rtol = 1e-8, atol = 1e-10)\n";
    text += "plot(course, PLT)\n";
    text
}

fn model(equations: &Equations) -> String {
    let printer = Printer::new(equations, R, &equations.rates);
    let dose = equations.dose;
    let entry = &equations.states[dose.state].name;
    let mut lines = printer.constant();
    for (what, term, without) in [("f", dose.amount, 1.0), ("alag", dose.lag, 0.0)] {
        if term != Term::Number(without) {
            lines.push(format!("{what}({entry}) = {}", printer.formula(term)));
        }
    }
    for (state, term) in equations.states.iter().zip(&equations.baseline) {
        if *term != Term::Number(0.0) {
            lines.push(format!("{}(0) = {}", state.name, printer.formula(*term)));
        }
    }
    lines.extend(printer.changing());
    for (state, term) in equations.states.iter().zip(&equations.rates) {
        lines.push(format!("d/dt({}) = {}", state.name, printer.formula(*term)));
    }
    lines.push(format!("CONC = {} # ng/mL", printer.formula(equations.conc)));
    lines.push(format!("PLT = {} # 10^9/L", printer.formula(equations.platelets)));
    let wrapped: Vec<_> = lines.iter().map(|line| wrapped(line, 2, R::GOES_ON)).collect();
    format!("model <- rxode2({{\n{}\n}})\n\n", wrapped.join("\n"))
}
