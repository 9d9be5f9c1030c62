//! A control stream for NONMEM, and its data.

use super::Request;
use super::equations::{Equations, Parameter};
use super::example::Example;
use super::name::in_nonmem;
use super::records::{Record, sort};
use super::text::{Language, Printer, ascii, pieces, wrapped};
use crate::model::graph::{Function, Term};
use std::fmt::Write;

/// The ending of the table that NONMEM writes.
const TABLE: &str = "tab";
/// Widest comment: NM-TRAN reads lines of 160 characters.
const COMMENT: usize = 120;
/// Compartments that NONMEM has room for unless it is told otherwise.
const ROOM: usize = 29;
/// Parameters likewise.
const THETAS: usize = 40;

/// Names in NM-TRAN; what is defined in a block, and not for all blocks, ends in `suffix`.
struct NmTran<'a> {
    equations: &'a Equations,
    suffix: &'static str,
}

impl Language for NmTran<'_> {
    const COMMENT: &'static str = ";";
    const GOES_ON: &'static str = " &";

    /// With a point, because 1/2 is 0 in Fortran.
    fn number(&self, number: f64) -> String {
        format!("{number:?}").to_uppercase()
    }
    fn name(&self, name: &str) -> String {
        let changes = self
            .equations
            .names
            .iter()
            .any(|(place, known)| known.name == name && self.equations.changing[*place]);
        let suffix = if changes { self.suffix } else { "" };
        parameter_name(name) + suffix
    }
    fn function(&self, function: Function) -> &'static str {
        match function {
            Function::Exp => "EXP",
            Function::Ln => "LOG",
            Function::Sqrt | Function::Minus => "SQRT",
            Function::Abs => "ABS",
            Function::Sin => "SIN",
            Function::Cos => "COS",
            Function::LnGamma => "GAMLN",
            Function::Floor => "FLOOR",
        }
    }
    fn state(&self, _: &Equations, index: usize) -> String {
        format!("A({})", index + 1)
    }
    fn power(&self, base: &str, exponent: &str) -> String {
        format!("{base}**{exponent}")
    }
    fn define(&self, name: &str, value: &str) -> String {
        format!("{name} = {value}")
    }
    fn redefine_where(&self, left: &str, right: &str, name: &str, value: &str) -> String {
        format!("IF ({left}.GE.{right}) {name} = {value}")
    }
}

/// F1 is what NONMEM multiplies doses by, and not a name for a parameter.
fn parameter_name(name: &str) -> String {
    if name == "f1" { "TVF1".to_owned() } else { name.to_uppercase() }
}

pub(super) fn text(request: &Request<'_>, equations: &Equations, example: &Example) -> String {
    let mut text = String::new();
    let title = format!("{}: {}", equations.model, equations.citation);
    for line in request.heading.iter().chain([&title]) {
        for piece in pieces(&ascii(line), COMMENT) {
            let _ = writeln!(text, ";; {piece}");
        }
    }
    text += ";; Time in h, amounts in mg. For research. Not for treating patients.\n";
    let states = equations.states.len();
    let used: Vec<_> = equations.parameters.iter().zip(equations.parameters_used()).collect();
    let used: Vec<_> = used.into_iter().filter(|(_, is_used)| *is_used).map(|(p, _)| p).collect();
    if states > ROOM || used.len() > THETAS {
        let _ = writeln!(text, "$SIZES PC={} LTH={}", states + 10, used.len() + 60);
    }
    let doses = example.doses.len();
    let _ = writeln!(text, "$PROBLEM {}, {doses} dose(s)", equations.model);
    text += "$INPUT ID TIME AMT EVID MDV CMT DV\n";
    let _ = writeln!(text, "$DATA {} IGNORE=@", in_nonmem(&request.name, "csv"));
    text += "$SUBROUTINES ADVAN13 TOL=9\n";
    let _ = writeln!(text, "$MODEL NCOMPARTMENTS={states}");
    for (i, state) in equations.states.iter().enumerate() {
        let role = if i == equations.dose.state { " DEFDOSE" } else { "" };
        let name = state.name.to_uppercase().replace('_', "");
        let _ = writeln!(text, "  COMP=({name}{role}) ; A({}), {}", i + 1, state.unit);
    }
    text += &blocks(equations, &used);
    text += "$THETA\n";
    for Parameter { name, value, unit, meaning, origin } in &used {
        let comment = ascii(&format!("{}, {unit}; {meaning}; {origin}", parameter_name(name)));
        let comment = comment.get(..COMMENT).unwrap_or(&comment);
        let _ = writeln!(text, "  {value:?} FIX ; {comment}");
    }
    text += "$OMEGA 0 FIX ; on the baseline count\n$SIGMA 0 FIX\n";
    text += "$SIMULATION (20190101) ONLYSIMULATION\n";
    let table = in_nonmem(&request.name, TABLE);
    let _ = writeln!(text, "$TABLE ID TIME CONC PLT NOPRINT ONEHEADER NOAPPEND FILE={table}");
    text
}

/// $PK, $DES and $ERROR.
fn blocks(equations: &Equations, used: &[&Parameter]) -> String {
    let dose = equations.dose;
    let number = dose.state + 1;
    let language = |suffix| NmTran { equations, suffix };
    let constant = Printer::new(equations, language(""), &[]);
    let mut lines = vec!["$PK".to_owned()];
    for (i, parameter) in used.iter().enumerate() {
        let varies = if parameter.name == "plt0" { "*EXP(ETA(1))" } else { "" };
        lines.push(format!("{} = THETA({}){varies}", parameter_name(&parameter.name), i + 1));
    }
    lines.extend(constant.constant());
    for (what, term, without) in [("F", dose.amount, 1.0), ("ALAG", dose.lag, 0.0)] {
        if term != Term::Number(without) {
            lines.push(format!("{what}{number} = {}", constant.formula(term)));
        }
    }
    for (i, term) in equations.baseline.iter().enumerate() {
        if *term != Term::Number(0.0) {
            lines.push(format!("A_0({}) = {}", i + 1, constant.formula(*term)));
        }
    }
    // A name of $DES must not be defined again in $ERROR.
    let des = Printer::new(equations, language("_T"), &equations.rates);
    lines.push("$DES".to_owned());
    lines.extend(des.changing());
    for (i, term) in equations.rates.iter().enumerate() {
        lines.push(format!("DADT({}) = {}", i + 1, des.formula(*term)));
    }
    lines.push("$ERROR".to_owned());
    lines.push(format!("CONC = {} ; ng/mL", constant.formula(equations.conc)));
    lines.push(format!("PLT = {} ; 10^9/L", constant.formula(equations.platelets)));
    lines.extend(["IPRED = PLT".to_owned(), "Y = IPRED + EPS(1)".to_owned()]);
    let indent = |line: &str| if line.starts_with('$') { 0 } else { 2 };
    let wrapped = lines.iter().map(|line| wrapped(line, indent(line), NmTran::GOES_ON) + "\n");
    wrapped.collect()
}

/// The records of the example: doses, and observations to be simulated.
pub(super) fn data(equations: &Equations, example: &Example) -> Vec<Record> {
    let before = equations.states.iter().take_while(|state| !state.name.starts_with("platelet"));
    let (entry, platelets) = (equations.dose.state + 1, before.count() + 1);
    let doses = example.doses.iter().map(|(time_h, mg)| Record::dose(1, *time_h, *mg, entry));
    let samples = example.samples_h.iter();
    let samples = samples.map(|time_h| Record::observation(1, *time_h, platelets, None));
    let mut records: Vec<_> = samples.chain(doses).collect();
    sort(&mut records);
    records
}
