//! A script for rxode2.

use super::Request;
use super::equations::{Equations, Parameter};
use super::example::Example;
use super::text::{Language, Printer, ascii, shortest, wrapped};
use super::variation::{Names, Residual, Variation, quoted};
use crate::model::graph::Term;
use crate::population::Distribution;
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
    text += &match &equations.variation {
        None => typical_model(equations),
        Some(variation) => population_model(equations, variation),
    };
    let (until, every) = (shortest(example.until_h), shortest(example.every_h));
    let entry = &equations.states[equations.dose.state].name;
    let doses =
        example.in_r(entry).map_or_else(|| "et()".to_owned(), |doses| format!("et({doses})"));
    let _ = writeln!(text, "events <- {doses}");
    let samples = example.exact_samples_in_r();
    let samples = samples.unwrap_or_else(|| format!("seq(0, {until}, by = {every})"));
    let _ = writeln!(text, "events <- et(events, {samples})");
    text += &match &equations.variation {
        None => "\ncourse <- rxSolve(model, parameters, events, rtol = 1e-8, atol = 1e-10)\n\
                 plot(course, PLT)\n"
            .to_owned(),
        Some(variation) => simulations(variation),
    };
    text
}

/// The equations, and the values of their parameters.
fn typical_model(equations: &Equations) -> String {
    let mut text = format!("model <- rxode2({{\n{}\n}})\n\n", body(equations, 2));
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
    text
}

/// A function of `ini` and `model`, which rxode2 and nlmixr2 read.
fn population_model(equations: &Equations, variation: &Variation) -> String {
    let mut text = "model <- function() {\n  ini({\n".to_owned();
    let used = equations.parameters.iter().zip(equations.parameters_used());
    for (parameter, _) in used.filter(|(p, is_used)| *is_used && !variation.is_covariate(&p.name)) {
        text += &theta(equations, variation, parameter);
    }
    text += &random(variation);
    text += "  })\n  model({\n";
    text += &body(equations, 4);
    text += "\n  })\n}\n\n";
    text
}

/// The name of a typical value from which individuals differ.
fn typical(equations: &Equations, symbol: &str) -> String {
    equations.free_name("t", symbol)
}

/// The typical value of a parameter, on the scale on which its random effect is added; without one it
/// is not estimated.
fn theta(equations: &Equations, variation: &Variation, parameter: &Parameter) -> String {
    let Parameter { name, value, unit, meaning, origin } = parameter;
    let number = shortest(*value);
    let (value, scale) = match variation.random_of(name).map(|own| (own, own.distribution)) {
        None => (format!("fixed({number})"), ""),
        Some((own, Distribution::LogNormal { .. })) if own.is_on_log_scale() => {
            (format!("log({number})"), "log of ")
        }
        Some((_, Distribution::LogitNormal { lower, upper, .. })) => {
            (format!("logit({number}, {}, {})", shortest(lower), shortest(upper)), "logit of ")
        }
        Some(_) => (number, ""),
    };
    let theta = if equations.varies(name) { typical(equations, name) } else { name.clone() };
    let label = quoted(&format!("{scale}{name}, {meaning} ({unit})"));
    // A comment behind the value would be read as another label.
    format!("    # {}\n    {theta} <- {value}\n    label({label})\n", ascii(origin))
}

/// Variances and covariances of the random effects, and the residual error as standard deviations.
fn random(variation: &Variation) -> String {
    let mut text = String::new();
    let covariance = |i: usize, j: usize| shortest(variation.covariance[i][j]);
    let name = |i: usize| format!("eta.{}", variation.random[i].symbol);
    for run in variation.runs() {
        if variation.is_block(&run) {
            let rows = run.clone().map(|i| {
                let row: Vec<_> = (run.start..=i).map(|j| covariance(i, j)).collect();
                row.join(", ")
            });
            let names: Vec<_> = run.clone().map(name).collect();
            let rows: Vec<_> = rows.collect();
            let _ = writeln!(text, "    {} ~ c({})", names.join(" + "), rows.join(",\n      "));
        } else {
            for i in run {
                let _ = writeln!(text, "    {} ~ {}", name(i), covariance(i, i));
            }
        }
    }
    for (prefix, residual, of, unit) in [
        ("", variation.count, "count", "10^9/L"),
        ("conc.", variation.conc, "concentration", "ng/mL"),
    ] {
        for (part, sd) in residual.parts() {
            let (short, unit) =
                if part == "additive" { ("add", unit) } else { ("prop", "fraction") };
            let label = quoted(&format!("{part} error of the {of} ({unit})"));
            let _ =
                writeln!(text, "    {prefix}{short}.sd <- {}\n    label({label})", shortest(sd));
        }
    }
    text
}

/// The observation of an output; its standard deviations begin with `prefix`.
fn observed(output: &str, prefix: &str, residual: Residual) -> Option<String> {
    let part = |short: &str| format!("{short}({prefix}{short}.sd)");
    let errors = match (residual.proportional > 0.0, residual.additive > 0.0) {
        (true, true) => format!("{} + {} + combined2()", part("prop"), part("add")),
        (true, false) => part("prop"),
        (false, true) => part("add"),
        (false, false) => return None,
    };
    Some(format!("{output} ~ {errors}"))
}

/// The calls that simulate the example.
fn simulations(variation: &Variation) -> String {
    let mut text = String::new();
    if !variation.covariates.is_empty() {
        text += "events <- as.data.frame(events)\n";
    }
    for known in &variation.covariates {
        let (name, value, unit) = (&known.name, shortest(known.value), &known.unit);
        let source = ascii(&known.source);
        let _ = writeln!(text, "events${name} <- {value} # {unit}; {source}");
    }
    text += "\n# The typical patient, and 100 patients that differ\n\
             course <- rxSolve(zeroRe(model), events, rtol = 1e-8, atol = 1e-10)\n\
             plot(course, PLT)\n\
             patients <- rxSolve(model, events, nSub = 100, rtol = 1e-8, atol = 1e-10)\n\
             plot(patients, PLT)\n";
    text
}

/// All equations, each line indented by `indent`.
fn body(equations: &Equations, indent: usize) -> String {
    let printer = Printer::new(equations, R, &equations.rates);
    let dose = equations.dose;
    let entry = &equations.states[dose.state].name;
    let mut lines = Vec::new();
    if let Some(variation) = &equations.variation {
        let eta = |i: usize| format!("eta.{}", variation.random[i].symbol);
        let typical = |symbol: &str| typical(equations, symbol);
        let names = Names { typical: &typical, effect: &eta, expit: Some("expit") };
        lines.extend(variation.individuals(&R, &names));
    }
    lines.extend(printer.constant());
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
    if let Some(variation) = &equations.variation {
        lines.extend(observed("PLT", "", variation.count));
        lines.extend(observed("CONC", "conc.", variation.conc));
    }
    let wrapped: Vec<_> = lines.iter().map(|line| wrapped(line, indent, R::GOES_ON)).collect();
    wrapped.join("\n")
}
