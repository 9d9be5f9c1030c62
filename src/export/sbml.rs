//! Systems Biology Markup Language, Level 3 Version 2 Core: states as parameters with rate rules,
//! named values as assignment rules, doses as events.

use super::Request;
use super::equations::{Equations, Named, Parameter};
use super::example::Example;
use super::expression::{Function, Node, Operator, Term};
use super::text::shortest;
use super::unit;
use std::fmt::Write;

/// Units besides those of parameters and states: of time and of the two outputs.
const OTHER_UNITS: [&str; 3] = ["h", CONC_UNIT, PLT_UNIT];
const CONC_UNIT: &str = "ng/mL";
const PLT_UNIT: &str = "10^9/L";

pub(super) fn text(request: &Request<'_>, equations: &Equations, example: &Example) -> String {
    let Equations { model, citation, .. } = equations;
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    text += "<sbml xmlns=\"http://www.sbml.org/sbml/level3/version2/core\" level=\"3\" version=\"2\">\n";
    let _ = writeln!(text, "  <model id=\"{model}\" timeUnits=\"h\">");
    text += "    <notes><body xmlns=\"http://www.w3.org/1999/xhtml\">\n";
    let purpose = "Time in h. For research. Not for treating patients.".to_owned();
    for line in request.heading.iter().chain([&format!("{model}, {citation}"), &purpose]) {
        let _ = writeln!(text, "      <p>{}</p>", escaped(line));
    }
    text += "    </body></notes>\n    <listOfUnitDefinitions>\n";
    let parameters = equations.parameters.iter().map(|parameter| parameter.unit.as_str());
    let states = equations.states.iter().map(|state| state.unit);
    let values = equations.names.values().map(|named| named.unit);
    text += &unit::definitions(parameters.chain(states).chain(values).chain(OTHER_UNITS));
    text += "    </listOfUnitDefinitions>\n";
    text += &quantities(equations);
    text += &baseline(equations);
    text += &rules(equations);
    text += &events(equations, example);
    text += "  </model>\n</sbml>\n";
    text
}

/// Everything that has a value.
fn quantities(equations: &Equations) -> String {
    let mut text = String::from("    <listOfParameters>\n");
    for Parameter { name, value, unit, meaning, origin } in &equations.parameters {
        let _ = writeln!(
            text,
            "      <parameter id=\"{name}\" value=\"{}\" units=\"{}\" constant=\"true\">\
             <notes><p xmlns=\"http://www.w3.org/1999/xhtml\">{}; {}</p></notes></parameter>",
            shortest(*value),
            unit::id(unit),
            escaped(meaning),
            escaped(origin)
        );
    }
    let mut variable = |name: &str, more: &str| {
        let _ = writeln!(text, "      <parameter id=\"{name}\"{more} constant=\"false\"/>");
    };
    for state in &equations.states {
        variable(&state.name, &format!(" value=\"0\" units=\"{}\"", unit::id(state.unit)));
    }
    for Named { name, unit } in equations.names.values() {
        variable(name, &format!(" units=\"{}\"", unit::id(unit)));
    }
    for (name, unit) in [("CONC", CONC_UNIT), ("PLT", PLT_UNIT)] {
        variable(name, &format!(" units=\"{}\"", unit::id(unit)));
    }
    text + "    </listOfParameters>\n"
}

/// The state without drug.
fn baseline(equations: &Equations) -> String {
    let mut text = String::from("    <listOfInitialAssignments>\n");
    for (state, term) in equations.states.iter().zip(&equations.baseline) {
        if *term != Term::Number(0.0) {
            let math = math(&formula(equations, *term));
            let name = &state.name;
            let _ = writeln!(
                text,
                "      <initialAssignment symbol=\"{name}\">{math}</initialAssignment>"
            );
        }
    }
    text + "    </listOfInitialAssignments>\n"
}

fn rules(equations: &Equations) -> String {
    let mut text = String::from("    <listOfRules>\n");
    let mut rule = |kind: &str, name: &str, formula: &str| {
        let math = math(formula);
        let _ = writeln!(text, "      <{kind}Rule variable=\"{name}\">{math}</{kind}Rule>");
    };
    for (place, named) in &equations.names {
        rule("assignment", &named.name, &made_of(equations, equations.record[*place]));
    }
    for (state, term) in equations.states.iter().zip(&equations.rates) {
        rule("rate", &state.name, &formula(equations, *term));
    }
    for (name, term) in [("CONC", equations.conc), ("PLT", equations.platelets)] {
        rule("assignment", name, &formula(equations, term));
    }
    text + "    </listOfRules>\n"
}

/// Each dose, once its time and its lag are over.
fn events(equations: &Equations, example: &Example) -> String {
    if example.doses.is_empty() {
        return String::new();
    }
    let dose = equations.dose;
    let entry = &equations.states[dose.state].name;
    let mut text = String::from("    <listOfEvents>\n");
    for (i, (time_h, mg)) in example.doses.iter().enumerate() {
        let number = i + 1;
        let due = apply("geq", &[TIME.to_owned(), cn(*time_h)]);
        let _ = writeln!(
            text,
            "      <event id=\"dose{number}\" useValuesFromTriggerTime=\"false\">\n        \
             <trigger initialValue=\"false\" persistent=\"true\">{}</trigger>",
            math(&due)
        );
        if dose.lag != Term::Number(0.0) {
            let lag = math(&formula(equations, dose.lag));
            let _ = writeln!(text, "        <delay>{lag}</delay>");
        }
        let arriving = apply("times", &[formula(equations, dose.amount), cn(*mg)]);
        let after = math(&apply("plus", &[ci(entry), arriving]));
        let _ = writeln!(
            text,
            "        <listOfEventAssignments><eventAssignment variable=\"{entry}\">{after}\
             </eventAssignment></listOfEventAssignments>\n      </event>"
        );
    }
    text + "    </listOfEvents>\n"
}

const TIME: &str = "<csymbol encoding=\"text\" \
                    definitionURL=\"http://www.sbml.org/sbml/symbols/time\">time</csymbol>";

fn math(formula: &str) -> String {
    format!("<math xmlns=\"http://www.w3.org/1998/Math/MathML\">{formula}</math>")
}

fn ci(name: &str) -> String {
    format!("<ci>{name}</ci>")
}

fn cn(number: f64) -> String {
    match shortest(number).split_once('e') {
        Some((mantissa, exponent)) => {
            format!("<cn type=\"e-notation\">{mantissa}<sep/>{exponent}</cn>")
        }
        None => format!("<cn>{}</cn>", shortest(number)),
    }
}

fn apply(operator: &str, parts: &[String]) -> String {
    format!("<apply><{operator}/>{}</apply>", parts.concat())
}

/// The formula of `term`, in MathML.
fn formula(equations: &Equations, term: Term) -> String {
    match term {
        Term::Number(number) => cn(number),
        Term::Place(place) => match equations.names.get(&place) {
            Some(named) => ci(&named.name),
            None => made_of(equations, equations.record[place]),
        },
    }
}

fn made_of(equations: &Equations, node: Node) -> String {
    let formula = |term| formula(equations, term);
    match node {
        Node::Parameter(i) => ci(&equations.parameters[i].name),
        Node::State(i) => ci(&equations.states[i].name),
        Node::Of(function, x) => {
            let operator = match function {
                Function::Minus => "minus",
                Function::Exp => "exp",
                Function::Ln => "ln",
                Function::Sqrt => "root",
            };
            apply(operator, &[formula(x)])
        }
        Node::Between(operator, x, y) => {
            let operator = match operator {
                Operator::Plus => "plus",
                Operator::Minus => "minus",
                Operator::Times => "times",
                Operator::Over => "divide",
                Operator::Power => "power",
            };
            apply(operator, &[formula(x), formula(y)])
        }
        Node::AtLeast { value, threshold, yes, no } => format!(
            "<piecewise><piece>{}{}</piece><otherwise>{}</otherwise></piecewise>",
            formula(yes),
            apply("geq", &[formula(value), formula(threshold)]),
            formula(no)
        ),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
