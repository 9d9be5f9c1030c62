//! Equations as LaTeX, for reports.

use super::lines::EquationLine;
use super::read::TextModel;
use super::sheet::Sheet;
use super::syntax::{Binary, Expr, For, Kind, Place};

/// An equation of a text, in LaTeX.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Equation {
    /// What it defines: a name, or that of a state.
    pub name: String,
    /// The equation, such as `c = \frac{a_{2}}{v_{2}}`.
    pub latex: String,
    /// The unit of what is defined; for rates of change that of the state.
    pub unit: String,
}

impl TextModel {
    /// The equations of the text as it stands, in its order: initial values, definitions, rates.
    #[must_use]
    pub fn equations(&self) -> Vec<Equation> {
        let sheet = self.base();
        let initial = self.tree.states.iter().filter_map(|line| {
            let names: Vec<_> = line.targets.iter().map(|target| name(&target.name.text)).collect();
            let value = expression(&line.value);
            let each = each_behind(line.each.as_ref());
            let first = &line.targets.first()?.name.text;
            let latex = format!("{}(0) = {value}{each}", names.join("(0),\\, "));
            Some(Equation { name: first.clone(), latex, unit: unit_of_state(sheet, first) })
        });
        let others = self.tree.equations.iter().map(|line| equation(sheet, line));
        initial.chain(others).collect()
    }
}

fn unit_of_state(sheet: &Sheet, name: &str) -> String {
    let is = |own: &str| own == name || own.split('[').next() == Some(name);
    let found = sheet.states.iter().find(|state| is(&state.name));
    found.map(|state| state.unit.text().to_owned()).unwrap_or_default()
}

fn equation(sheet: &Sheet, line: &EquationLine) -> Equation {
    match line {
        EquationLine::Definition { name: word, value, .. } => {
            let found = sheet.definitions.iter().find(|own| own.name == word.text);
            Equation {
                name: word.text.clone(),
                latex: format!("{} = {}", name(&word.text), expression(value)),
                unit: found.map(|own| own.unit.text().to_owned()).unwrap_or_default(),
            }
        }
        EquationLine::Rate { target, value, each } => {
            let each = each_behind(each.as_ref());
            let latex = format!("{} = {}{each}", rate_of(&place(target)), expression(value));
            let unit = unit_of_state(sheet, &target.name.text);
            Equation { name: target.name.text.clone(), latex, unit }
        }
        EquationLine::Chain { name: word, inflow, rate, loss } => {
            let own = word.text.as_str();
            let leaving = match loss {
                Some(loss) => format!("({} + {})", expression(rate), expression(loss)),
                None => inner(rate, 6),
            };
            let (first, later, before) =
                (element(own, "1"), element(own, "i"), element(own, "i-1"));
            let rate = inner(rate, 6);
            let inflow = expression(inflow);
            let latex = format!(
                "{} = {inflow} - {leaving}\\,{first},\\quad {} = {rate}\\,{before} - {leaving}\\,{later}",
                rate_of(&first),
                rate_of(&later)
            );
            Equation { name: own.to_owned(), latex, unit: unit_of_state(sheet, own) }
        }
    }
}

fn rate_of(state: &str) -> String {
    format!("\\frac{{d{state}}}{{dt}}")
}

fn place(place: &Place) -> String {
    match &place.index {
        Some(index) => element(&place.name.text, &expression(index)),
        None => name(&place.name.text),
    }
}

fn each_behind(each: Option<&For>) -> String {
    each.map(|each| format!(",\\quad {}", range(each))).unwrap_or_default()
}

fn range(each: &For) -> String {
    let (from, to) = (expression(&each.from), expression(&each.to));
    format!("{} = {from} \\ldots {to}", name(&each.index.text))
}

/// A name: what follows an underscore and digits at the end stand below the line.
fn name(text: &str) -> String {
    let (first, below) = if let Some((first, below)) = text.split_once('_') {
        (first, below.replace('_', ","))
    } else {
        let first = text.trim_end_matches(|c: char| c.is_ascii_digit());
        (first, text.get(first.len()..).unwrap_or_default().to_owned())
    };
    let first = upright(first);
    if below.is_empty() { first } else { format!("{first}_{{{}}}", upright(&below)) }
}

/// Words upright, single letters and numbers as they are.
fn upright(text: &str) -> String {
    let is_word = text.chars().count() > 1 && text.chars().any(|c| c.is_ascii_alphabetic());
    if is_word { format!("\\mathrm{{{text}}}") } else { text.to_owned() }
}

/// An element of an array: its index stands below the line.
fn element(array: &str, index: &str) -> String {
    let own = name(array);
    let own = if own.contains('_') { format!("({own})") } else { own };
    format!("{own}_{{{index}}}")
}

/// How tightly an expression holds together in LaTeX, where a fraction needs no brackets.
fn tightness(expr: &Expr) -> u8 {
    match &expr.kind {
        Kind::If(_) => 0,
        Kind::Binary(Binary::Add | Binary::Subtract, _) | Kind::Minus(_) => 5,
        Kind::Binary(Binary::Multiply, _) => 6,
        Kind::Binary(Binary::Divide, _) => 7,
        Kind::Binary(Binary::Power, _) => 8,
        Kind::Binary(..) | Kind::Not(_) => 2,
        Kind::Number(_, Some(unit)) if unit.text() != "%" => 7,
        _ => 9,
    }
}

fn inner(expr: &Expr, least: u8) -> String {
    let text = expression(expr);
    if tightness(expr) < least { format!("\\left({text}\\right)") } else { text }
}

/// An expression in LaTeX.
pub(super) fn expression(expr: &Expr) -> String {
    match &expr.kind {
        Kind::Number(value, unit) => match unit {
            Some(unit) => quantity(*value, unit.text()),
            None => decimal(*value),
        },
        Kind::Name(text) => name(text),
        Kind::Element(array, index) => element(array, &expression(index)),
        Kind::Call(function, arguments) => call(&function.text, arguments),
        Kind::Sum(term, each) => format!("\\sum_{{{}}} {}", range(each), inner(term, 6)),
        Kind::If(parts) => {
            let [condition, yes, no] = parts.as_ref();
            let (condition, yes, no) = (expression(condition), expression(yes), expression(no));
            format!(
                "\\begin{{cases}} {yes} & \\text{{if }} {condition} \\\\ {no} & \\text{{else}} \\end{{cases}}"
            )
        }
        Kind::Minus(part) => format!("-{}", inner(part, 6)),
        Kind::Not(part) => format!("\\lnot {}", inner(part, 3)),
        Kind::Binary(operator, parts) => binary(*operator, parts, tightness(expr)),
    }
}

fn call(function: &str, arguments: &[Expr]) -> String {
    let all: Vec<_> = arguments.iter().map(expression).collect();
    let all = all.join(",\\, ");
    match function {
        "exp" => format!("e^{{{all}}}"),
        "sqrt" => format!("\\sqrt{{{all}}}"),
        "abs" => format!("\\left|{all}\\right|"),
        "floor" => format!("\\lfloor {all} \\rfloor"),
        "sum" => format!("\\sum {all}"),
        "ln" | "max" | "min" | "sin" | "cos" => format!("\\{function}\\left({all}\\right)"),
        "log10" => format!("\\log_{{10}}\\left({all}\\right)"),
        "lgamma" => format!("\\ln\\Gamma\\left({all}\\right)"),
        _ => format!("\\mathrm{{{function}}}\\left({all}\\right)"),
    }
}

fn binary(operator: Binary, [left, right]: &[Expr; 2], own: u8) -> String {
    let mark = match operator {
        Binary::Divide => {
            return format!("\\frac{{{}}}{{{}}}", expression(left), expression(right));
        }
        Binary::Power => return format!("{}^{{{}}}", inner(left, 9), expression(right)),
        Binary::Multiply => {
            let least = if matches!(left.kind, Kind::Minus(_)) { 5 } else { own };
            return format!("{}\\,{}", inner(left, least), inner(right, own));
        }
        Binary::Add => "+",
        Binary::Subtract => return format!("{} - {}", inner(left, own), inner(right, own + 1)),
        Binary::Less => "<",
        Binary::AtMost => "\\le",
        Binary::Greater => ">",
        Binary::AtLeast => "\\ge",
        Binary::Equal => "=",
        Binary::Unequal => "\\ne",
        Binary::And => "\\land",
        Binary::Or => "\\lor",
    };
    format!("{} {mark} {}", inner(left, own), inner(right, own))
}

fn decimal(value: f64) -> String {
    let text = super::canonical::number(value);
    match text.split_once('e') {
        Some((digits, power)) => format!("{digits} \\cdot 10^{{{power}}}"),
        None => text,
    }
}

/// A number with its unit.
fn quantity(value: f64, unit: &str) -> String {
    if unit == "%" {
        return format!("{}\\,\\%", decimal(value));
    }
    let unit = match unit.split_once('^') {
        Some(("10", rest)) => {
            let digits = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            let power = rest.get(..rest.len() - digits.len()).unwrap_or_default();
            format!("10^{{{power}}}\\mathrm{{{}}}", digits.replace('.', "\\,"))
        }
        _ => format!("\\mathrm{{{}}}", unit.replace('.', "\\,")),
    };
    format!("{}\\,{unit}", decimal(value))
}
