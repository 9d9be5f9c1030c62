//! Systems Biology Markup Language, Level 3 Version 2 Core: states as parameters with rate rules,
//! named values as assignment rules, doses as events.

use super::Request;
use super::equations::{Equations, Named, Parameter};
use super::example::Example;
use super::text::shortest;
use super::unit;
use super::variation::Variation;
use crate::model::graph::{Function, Node, Operator, Term};
use crate::units::UG_PER_MG;
use std::fmt::Write;

/// Units besides those of parameters and states: of time, doses, the two outputs and what converts
/// units into each other.
const OTHER_UNITS: [&str; 7] =
    [TIME_UNIT, DOSE_UNIT, CONC_UNIT, PLT_UNIT, OF_AMOUNT, OF_CONC, OF_COUNT];
const TIME_UNIT: &str = "h";
const DOSE_UNIT: &str = "mg";
/// What 1000 is in a dose per kg, and elsewhere.
const OF_AMOUNT: &str = "ug/mg";
const OF_CONC: &str = "ng*L/mL/mg";
/// What 10^9 is.
const OF_COUNT: &str = "cell/10^9";
const CONC_UNIT: &str = "ng/mL";
const PLT_UNIT: &str = "10^9/L";

pub(super) fn text(request: &Request<'_>, equations: &Equations, example: &Example) -> String {
    let Equations { model, citation, .. } = equations;
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    text += "<sbml xmlns=\"http://www.sbml.org/sbml/level3/version2/core\" \
             xmlns:sbml=\"http://www.sbml.org/sbml/level3/version2/core\" level=\"3\" version=\"2\">\n";
    let _ = writeln!(text, "  <model id=\"{model}\" timeUnits=\"h\">");
    text += "    <notes><body xmlns=\"http://www.w3.org/1999/xhtml\">\n";
    let purpose = "Time in h. For research. Not for treating patients.".to_owned();
    let errors: Vec<_> = equations.variation.iter().flat_map(Variation::errors_in_words).collect();
    let more = [&format!("{model}, {citation}"), &purpose];
    for line in request.heading.iter().chain(more).chain(&errors) {
        let _ = writeln!(text, "      <p>{}</p>", escaped(line));
    }
    text += "    </body></notes>\n    <listOfUnitDefinitions>\n";
    let parameters = equations.parameters.iter().map(|parameter| parameter.unit.as_str());
    let states = equations.states.iter().map(|state| state.unit);
    let values = equations.names.values().map(|named| named.unit);
    text += &unit::definitions(
        parameters.chain(states).chain(values).chain(OTHER_UNITS).chain([example.unit]),
    );
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
        let spread = equations.variation.as_ref().and_then(|variation| variation.in_words(name));
        let spread = spread.map(|words| format!("; {words}")).unwrap_or_default();
        let _ = writeln!(
            text,
            "      <parameter id=\"{name}\" value=\"{}\" units=\"{}\" constant=\"true\">\
             <notes><p xmlns=\"http://www.w3.org/1999/xhtml\">{}; {}{}</p></notes></parameter>",
            shortest(*value),
            unit::id(unit),
            escaped(meaning),
            escaped(origin),
            escaped(&spread)
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
        rule(
            "assignment",
            &named.name,
            &Formulas { equations, thousand: OF_CONC }.made_of(equations.record[*place]),
        );
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
    let amount = Formulas { equations, thousand: OF_AMOUNT }.of(dose.amount);
    let mut text = String::from("    <listOfEvents>\n");
    for (i, (time_h, mg)) in example.doses.iter().enumerate() {
        let number = i + 1;
        let due = apply("geq", &[TIME.to_owned(), cn(*time_h, TIME_UNIT)]);
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
        let arriving = apply("times", &[amount.clone(), cn(*mg, example.unit)]);
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

fn cn(number: f64, unit: &str) -> String {
    let unit = format!("sbml:units=\"{}\"", unit::id(unit));
    match shortest(number).split_once('e') {
        Some((mantissa, exponent)) => {
            format!("<cn {unit} type=\"e-notation\">{mantissa}<sep/>{exponent}</cn>")
        }
        None => format!("<cn {unit}>{}</cn>", shortest(number)),
    }
}

fn apply(operator: &str, parts: &[String]) -> String {
    format!("<apply><{operator}/>{}</apply>", parts.concat())
}

/// The formula of `term`, in MathML.
fn formula(equations: &Equations, term: Term) -> String {
    Formulas { equations, thousand: OF_CONC }.of(term)
}

/// Formulas in MathML, each number with its unit.
#[derive(Clone, Copy)]
struct Formulas<'a> {
    equations: &'a Equations,
    /// The unit of the number 1000, which converts.
    thousand: &'static str,
}

impl Formulas<'_> {
    fn of(self, term: Term) -> String {
        match term {
            Term::Number(number) => cn(number, self.unit(number)),
            Term::Place(place) => match self.equations.names.get(&place) {
                Some(named) => ci(&named.name),
                None => self.made_of(self.equations.record[place]),
            },
        }
    }

    /// The equations hold no other numbers with a unit: a test has libSBML check them.
    fn unit(self, number: f64) -> &'static str {
        const COUNT: f64 = 1e9;
        match number {
            UG_PER_MG => self.thousand,
            COUNT => OF_COUNT,
            _ => "1",
        }
    }

    fn made_of(self, node: Node) -> String {
        let formula = |term| self.of(term);
        let equations = self.equations;
        match node {
            Node::Parameter(i) => ci(&equations.parameters[i].name),
            Node::State(i) => ci(&equations.states[i].name),
            Node::Of(function, x) => {
                let operator = match function {
                    Function::Minus => "minus",
                    Function::Exp => "exp",
                    Function::Ln => "ln",
                    Function::Sqrt => "root",
                    Function::Abs => "abs",
                    Function::Sin => "sin",
                    Function::Cos => "cos",
                    Function::Floor => "floor",
                    // ln Γ(x) = ln (x − 1)!
                    Function::LnGamma => {
                        let before = apply("minus", &[formula(x), cn(1.0, "1")]);
                        return apply("ln", &[apply("factorial", &[before])]);
                    }
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
}

/// Text in XML, which knows no control characters.
fn escaped(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| if c.is_control() { c.escape_default().to_string() } else { c.to_string() })
        .collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
