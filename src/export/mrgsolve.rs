//! A model specification for mrgsolve.

use super::Request;
use super::equations::Equations;
use super::example::Example;
use super::name::in_r;
use super::text::{Language, Printer, ascii, shortest, wrapped};
use super::variation::{Names, Residual, Variation};
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
        let is_covariate = equations.is_covariate(name);
        let about = match is_used {
            _ if is_covariate => "covariate; ",
            true => "",
            false => "not used by these equations; ",
        };
        let (value, origin) = (shortest(*value), ascii(origin));
        let name = if equations.varies(name) { typical(equations, name) } else { name.clone() };
        let _ = writeln!(text, "{name} : {value} : {meaning} ({unit}) // {about}{origin}");
    }
    text += &covariates(equations);
    text += "\n$CMT @annotated\n";
    for state in &equations.states {
        let _ =
            writeln!(text, "{} : {} ({})", state.name, state.name.replace('_', " "), state.unit);
    }
    text += &equations.variation.as_ref().map(random).unwrap_or_default();
    text += &blocks(equations);
    text
}

/// The name of a typical value from which individuals differ.
fn typical(equations: &Equations, symbol: &str) -> String {
    equations.free_name("TV", symbol)
}

/// The covariates that are not parameters of the model; data replace their values.
fn covariates(equations: &Equations) -> String {
    let mut text = String::new();
    for known in equations.variation.iter().flat_map(|variation| &variation.covariates) {
        if equations.parameters.iter().all(|parameter| parameter.name != known.name) {
            let (name, value, unit) = (&known.name, shortest(known.value), &known.unit);
            let source = ascii(&known.source);
            let _ = writeln!(text, "{name} : {value} : {name} ({unit}) // covariate; {source}");
        }
    }
    text
}

/// $OMEGA and $SIGMA: variances and covariances.
fn random(variation: &Variation) -> String {
    let mut text = String::new();
    for run in variation.runs() {
        let is_block = variation.is_block(&run);
        let labels = variation.random[run.clone()].iter().map(|own| format!(" ETA_{}", own.symbol));
        let block = if is_block { " @block" } else { "" };
        let _ = writeln!(text, "\n$OMEGA{block} @labels{}", labels.collect::<String>());
        for i in run.clone() {
            let from = if is_block { run.start } else { i };
            let row = (from..=i).map(|j| shortest(variation.covariance[i][j]));
            let _ = writeln!(text, "{}", row.collect::<Vec<_>>().join(" "));
        }
    }
    let errors = [
        ("PROP", variation.count.proportional),
        ("ADD", variation.count.additive),
        ("PROP_CONC", variation.conc.proportional),
        ("ADD_CONC", variation.conc.additive),
    ];
    let errors = errors.into_iter().filter(|(_, sd)| *sd > 0.0);
    let (labels, variances): (Vec<_>, Vec<_>) =
        errors.map(|(label, sd)| (label, shortest(sd * sd))).unzip();
    if !labels.is_empty() {
        let _ = writeln!(text, "\n$SIGMA @labels {}\n{}", labels.join(" "), variances.join("\n"));
    }
    text
}

/// The measured values of the outputs with a residual error, which are not below 0: name and lines of each.
fn measured(variation: &Variation) -> Vec<(&'static str, Vec<String>)> {
    let one = |(name, output, suffix, residual, unit): (_, &str, &str, Residual, &str)| {
        let factor = format!("{output} * (1.0 + PROP{suffix})");
        let product = if residual.proportional > 0.0 { factor } else { output.to_owned() };
        let sum = if residual.additive > 0.0 { format!(" + ADD{suffix}") } else { String::new() };
        let lines = vec![
            format!("double {name} = {product}{sum}; // {unit}"),
            Cpp.redefine_where("0.0", name, name, "0.0"),
        ];
        (name, lines)
    };
    let outputs = [
        ("DV", "PLT", "", variation.count, "10^9/L"),
        ("DV_CONC", "CONC", "_CONC", variation.conc, "ng/mL"),
    ];
    outputs.into_iter().filter(|(.., residual, _)| residual.is_there()).map(one).collect()
}

/// The blocks of equations.
fn blocks(equations: &Equations) -> String {
    let printer = Printer::new(equations, Cpp, &equations.rates);
    let dose = equations.dose;
    let mut lines = vec!["$MAIN".to_owned()];
    if let Some(variation) = &equations.variation {
        let eta = |i: usize| format!("ETA_{}", variation.random[i].symbol);
        let typical = |symbol: &str| typical(equations, symbol);
        let names = Names { typical: &typical, effect: &eta, expit: None };
        lines.extend(variation.individuals(&Cpp, &names));
    }
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
    let mut captured = "$CAPTURE CONC PLT".to_owned();
    for (name, measured) in equations.variation.iter().flat_map(measured) {
        lines.extend(measured);
        let _ = write!(captured, " {name}");
    }
    lines.extend([String::new(), captured, String::new()]);
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
    if equations.variation.is_some() {
        let first = lines.iter_mut().find(|line| line.contains("mread("));
        if let Some(line) = first {
            *line += " # draws patients; zero_re(model) is the typical one";
        }
    }
    for line in lines {
        let _ = writeln!(text, "// {line}");
    }
}
