//! A model specification for mrgsolve.

use super::Request;
use super::equations::Equations;
use super::example::Example;
use super::name::in_r;
use super::text::{Language, Printer, ascii, shortest, wrapped};
use crate::model::graph::{Function, Term};
use std::fmt::Write;

struct Cpp;

impl Language for Cpp {
    const COMMENT: &'static str = "//";
    const GOES_ON: &'static str = "";

    /// With a point, because 1/2 is 0 in C++.
    fn number(&self, number: f64) -> String {
        format!("{number:?}")
    }
    fn name(&self, name: &str) -> String {
        name.to_owned()
    }
    /// The compiler reads C++, whose `abs` may be that of whole numbers.
    fn function(&self, function: Function) -> &'static str {
        match function {
            Function::Exp => "exp",
            Function::Ln => "log",
            Function::Sqrt | Function::Minus => "sqrt",
            Function::Abs => "fabs",
            Function::Sin => "sin",
            Function::Cos => "cos",
            Function::LnGamma => "lgamma",
            Function::Floor => "floor",
        }
    }
    fn state(&self, equations: &Equations, index: usize) -> String {
        equations.states[index].name.clone()
    }
    fn power(&self, base: &str, exponent: &str) -> String {
        format!("pow({base}, {exponent})")
    }
    fn define(&self, name: &str, value: &str) -> String {
        format!("double {name} = {value};")
    }
    fn redefine_where(&self, left: &str, right: &str, name: &str, value: &str) -> String {
        format!("if({left} >= {right}) {name} = {value};")
    }
}

pub(super) fn text(request: &Request<'_>, equations: &Equations, example: &Example) -> String {
    let mut text = String::new();
    for line in &request.heading {
        let _ = writeln!(text, "// {}", ascii(line));
    }
    let _ = writeln!(text, "// Time in h. For research. Not for treating patients.\n//");
    example_in_r(&mut text, request, equations, example);
    let _ = writeln!(text, "\n$PROB {}: {}", equations.model, ascii(&equations.citation));
    text += "\n$PARAM @annotated\n";
    for (parameter, is_used) in equations.parameters.iter().zip(equations.parameters_used()) {
        let super::equations::Parameter { name, value, unit, meaning, origin } = parameter;
        // A second colon would end the description.
        let meaning = ascii(meaning).replace(':', ",").replace(['(', ')'], "");
        let unused = if is_used { "" } else { "not used by these equations; " };
        let (value, origin) = (shortest(*value), ascii(origin));
        let _ = writeln!(text, "{name} : {value} : {meaning} ({unit}) // {unused}{origin}");
    }
    text += "\n$CMT @annotated\n";
    for state in &equations.states {
        let _ =
            writeln!(text, "{} : {} ({})", state.name, state.name.replace('_', " "), state.unit);
    }
    text += &blocks(equations);
    text
}

/// The blocks of equations.
fn blocks(equations: &Equations) -> String {
    let printer = Printer::new(equations, Cpp, &equations.rates);
    let dose = equations.dose;
    let mut lines = vec!["$MAIN".to_owned()];
    lines.extend(printer.constant());
    let entry = &equations.states[dose.state].name;
    for (what, term, without) in [("F", dose.amount, 1.0), ("ALAG", dose.lag, 0.0)] {
        if term != Term::Number(without) {
            lines.push(format!("{what}_{entry} = {};", printer.formula(term)));
        }
    }
    for (state, term) in equations.states.iter().zip(&equations.baseline) {
        if *term != Term::Number(0.0) {
            lines.push(format!("{}_0 = {};", state.name, printer.formula(*term)));
        }
    }
    lines.extend([String::new(), "$ODE".to_owned()]);
    lines.extend(printer.changing());
    for (state, term) in equations.states.iter().zip(&equations.rates) {
        lines.push(format!("dxdt_{} = {};", state.name, printer.formula(*term)));
    }
    // What $ODE named belongs to the solver's last step, not to the time of the table.
    let table = Printer::new(equations, Cpp, &[]);
    lines.extend([String::new(), "$TABLE".to_owned()]);
    lines.push(format!("double CONC = {}; // ng/mL", table.formula(equations.conc)));
    lines.push(format!("double PLT = {}; // 10^9/L", table.formula(equations.platelets)));
    lines.extend([String::new(), "$CAPTURE CONC PLT".to_owned(), String::new()]);
    let wrapped = lines.iter().map(|line| wrapped(line, 0, Cpp::GOES_ON));
    "\n".to_owned() + &wrapped.collect::<Vec<_>>().join("\n")
}

/// How to run the example in R, as comments.
fn example_in_r(
    text: &mut String,
    request: &Request<'_>,
    equations: &Equations,
    example: &Example,
) {
    let entry = &equations.states[equations.dose.state].name;
    let (end, delta) = (shortest(example.until_h), shortest(example.every_h));
    let mut lines = vec![
        "In R:".to_owned(),
        "  library(mrgsolve)".to_owned(),
        format!("  model <- mread({})", in_r(&request.name, "cpp")),
    ];
    // recsort = 2: a sample at the time of a dose is taken before it.
    let simulation = match example.exact_samples_in_r() {
        // Without times of its own, the tool takes those that are added.
        Some(samples) => format!("end = -1, add = {samples}, recsort = 2)"),
        None => format!("end = {end}, delta = {delta}, recsort = 2)"),
    };
    match example.in_r(entry) {
        None => lines.push(format!("  course <- mrgsim(model, {simulation}")),
        Some(doses) => {
            lines.push(format!("  doses <- ev({doses})"));
            lines.push(format!("  course <- mrgsim(model, events = doses, {simulation}"));
        }
    }
    lines.push("  plot(course, PLT ~ time)".to_owned());
    for line in lines {
        let _ = writeln!(text, "// {line}");
    }
}
