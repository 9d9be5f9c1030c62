//! A control stream for NONMEM, and its data.

use super::Request;
use super::equations::{Equations, Parameter};
use super::example::Example;
use super::name::in_nonmem;
use super::nonmem_error::{errors, observed};
use super::nonmem_names::{IN_DES, NonmemNames, compartments};
use super::records::{self, Record, sort};
use super::simulated::{SEED, SUBJECTS, Simulated};
use super::text::{Language, Printer, ascii, pieces, wrapped};
use super::variation::{Names, Variation};
use crate::error::Result;
use crate::model::graph::{Function, Term};
use crate::population::Distribution;
use crate::table::Table;
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
    names: &'a NonmemNames,
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
        self.names.name(name) + suffix
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

pub(super) fn text(request: &Request<'_>, equations: &Equations, example: &Example) -> String {
    let mut text = String::new();
    let title = format!("{}: {}", equations.model, equations.citation);
    let names = &NonmemNames::new(equations);
    let about_data = equations.variation.iter().flat_map(about_data);
    let about_names = about_names(names);
    let heading = request.heading.iter().cloned().chain(about_data).chain(about_names);
    for line in heading.chain([title]) {
        for piece in pieces(&ascii(&line), COMMENT) {
            let _ = writeln!(text, ";; {piece}");
        }
    }
    let unit = example.unit;
    let _ =
        writeln!(text, ";; Time in h, amounts in {unit}. For research. Not for treating patients.");
    let states = equations.states.len();
    let used: Vec<_> = equations.parameters.iter().zip(equations.parameters_used()).collect();
    let is_theta = |p: &Parameter, is_used: bool| is_used && !equations.is_covariate(&p.name);
    let used = used.into_iter().filter(|(p, is_used)| is_theta(p, *is_used));
    let used: Vec<_> = used.map(|(p, _)| p).collect();
    if states > ROOM || used.len() > THETAS {
        let _ = writeln!(text, "$SIZES PC={} LTH={}", states + 10, used.len() + 60);
    }
    let doses = example.doses.len();
    let _ = writeln!(text, "$PROBLEM {}, {doses} dose(s)", equations.model);
    let covariates = equations.variation.iter().flat_map(|variation| &variation.covariates);
    let covariates: String = covariates.map(|own| format!(" {}", names.name(&own.name))).collect();
    let _ = writeln!(text, "$INPUT ID TIME AMT EVID MDV CMT DV{covariates}");
    let _ = writeln!(text, "$DATA {} IGNORE=@", in_nonmem(&request.name, "csv"));
    text += "$SUBROUTINES ADVAN13 TOL=9\n";
    let _ = writeln!(text, "$MODEL NCOMPARTMENTS={states}");
    let compartments = equations.states.iter().zip(compartments(equations));
    for (i, (state, name)) in compartments.enumerate() {
        let role = if i == equations.dose.state { " DEFDOSE" } else { "" };
        let _ = writeln!(text, "  COMP=({name}{role}) ; A({}), {}", i + 1, state.unit);
    }
    text += &blocks(equations, names, &used);
    text += "$THETA\n";
    for parameter in &used {
        text += &theta(equations, names, parameter);
    }
    let table = in_nonmem(&request.name, TABLE);
    text + &equations.variation.as_ref().map_or_else(
        || {
            format!(
                "$OMEGA 0 FIX ; on the baseline count\n$SIGMA 0 FIX\n\
                 $SIMULATION (20190101) ONLYSIMULATION\n\
                 $TABLE ID TIME CONC PLT NOPRINT ONEHEADER NOAPPEND FILE={table}\n"
            )
        },
        |variation| random(variation, names) + &task(variation, &table),
    )
}

/// What NM-TRAN needs another name for.
fn about_names(names: &NonmemNames) -> Option<String> {
    let renamed = names.renamed();
    let pairs: Vec<_> =
        renamed.into_iter().map(|(before, after)| format!("{before} is {after}")).collect();
    let why = "names that NM-TRAN reserves, cuts or reads as another one are changed";
    (!pairs.is_empty()).then(|| format!("{why}: {}", pairs.join(", ")))
}

/// What the records of the data file are.
fn about_data(variation: &Variation) -> [String; 2] {
    let counts = match (variation.count.is_there(), variation.conc.is_there()) {
        (true, true) => "counts and concentrations are measured with the residual errors below",
        (true, false) => "their counts are measured with the residual error below",
        (false, true) => "their concentrations are measured with the residual error below",
        (false, false) => {
            "their counts are still to be simulated: estimation needs a residual error"
        }
    };
    let patients = format!("{SUBJECTS} virtual patients simulated with seed {SEED}");
    [format!("data: {patients}, with the doses and times of the example;"), format!("  {counts}")]
}

/// A typical value: free with the bounds of its distribution where patients differ at random, otherwise
/// fixed.
fn theta(equations: &Equations, names: &NonmemNames, parameter: &Parameter) -> String {
    let Parameter { name, value, unit, meaning, origin } = parameter;
    let random = equations.variation.as_ref().and_then(|variation| variation.random_of(name));
    let initial = match random.map(|random| random.distribution) {
        None => format!("{value:?} FIX"),
        Some(Distribution::LogNormal { .. }) if *value > 0.0 => format!("(0, {value:?})"),
        Some(Distribution::LogitNormal { lower, upper, .. }) => {
            format!("({lower:?}, {value:?}, {upper:?})")
        }
        Some(_) => format!("{value:?}"),
    };
    let name = if equations.varies(name) { names.typical(name) } else { names.name(name) };
    let comment = ascii(&format!("{name}, {unit}; {meaning}; {origin}"));
    format!("  {initial} ; {}\n", comment.get(..COMMENT).unwrap_or(&comment))
}

/// $OMEGA and $SIGMA: variances and covariances.
fn random(variation: &Variation, names: &NonmemNames) -> String {
    let mut text = String::new();
    for run in variation.runs() {
        let is_block = variation.is_block(&run);
        let block = if is_block { format!(" BLOCK({})", run.len()) } else { String::new() };
        let _ = writeln!(text, "$OMEGA{block}");
        for i in run.clone() {
            let from = if is_block { run.start } else { i };
            let row: Vec<_> =
                (from..=i).map(|j| format!("{:?}", variation.covariance[i][j])).collect();
            let own = &variation.random[i];
            let _ = writeln!(
                text,
                "  {} ; ETA({}) on {}, {}",
                row.join(" "),
                i + 1,
                names.name(&own.symbol),
                own.distribution
            );
        }
    }
    if variation.random.is_empty() {
        text += "$OMEGA 0 FIX ; patients do not differ at random\n";
    }
    text += "$SIGMA\n";
    for (variance, part, output) in errors(variation) {
        let _ = writeln!(text, "  {variance:?} ; {part} error of the {output}, variance");
    }
    if !variation.has_residual() {
        text += "  0 FIX\n";
    }
    text
}

/// What NONMEM is to do.
fn task(variation: &Variation, table: &str) -> String {
    let columns = "NOPRINT ONEHEADER NOAPPEND";
    if variation.has_residual() {
        return format!(
            "$ESTIMATION METHOD=1 INTER MAXEVAL=9999 PRINT=5\n\
             $TABLE ID TIME CONC PLT DV PRED IPRED IWRES CWRES {columns} FILE={table}\n"
        );
    }
    format!(
        "$SIMULATION (20190101) ONLYSIMULATION\n$TABLE ID TIME CONC PLT {columns} FILE={table}\n"
    )
}

/// $PK, $DES and $ERROR.
fn blocks(equations: &Equations, names: &NonmemNames, used: &[&Parameter]) -> String {
    let dose = equations.dose;
    let number = dose.state + 1;
    let language = |suffix| NmTran { equations, names, suffix };
    let constant = Printer::new(equations, language(""), &[]);
    let mut lines = vec!["$PK".to_owned()];
    lines.extend(individual(equations, names, used));
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
    let des = Printer::new(equations, language(IN_DES), &equations.rates);
    lines.push("$DES".to_owned());
    lines.extend(des.changing());
    for (i, term) in equations.rates.iter().enumerate() {
        lines.push(format!("DADT({}) = {}", i + 1, des.formula(*term)));
    }
    lines.push("$ERROR".to_owned());
    lines.push(format!("CONC = {} ; ng/mL", constant.formula(equations.conc)));
    lines.push(format!("PLT = {} ; 10^9/L", constant.formula(equations.platelets)));
    lines.extend(observed(equations, names));
    let indent = |line: &str| if line.starts_with('$') { 0 } else { 2 };
    let wrapped = lines.iter().map(|line| wrapped(line, indent(line), NmTran::GOES_ON) + "\n");
    wrapped.collect()
}

/// The parameters of an individual.
fn individual(equations: &Equations, names: &NonmemNames, used: &[&Parameter]) -> Vec<String> {
    let mut lines = Vec::new();
    for (i, Parameter { name, .. }) in used.iter().enumerate() {
        let eta = match &equations.variation {
            None if name == "plt0" => "*EXP(ETA(1))",
            _ => "",
        };
        let name = if equations.varies(name) { names.typical(name) } else { names.name(name) };
        lines.push(format!("{name} = THETA({}){eta}", i + 1));
    }
    if let Some(variation) = &equations.variation {
        let eta = |i: usize| format!("ETA({})", i + 1);
        let typical = |symbol: &str| names.typical(symbol);
        let of_individual = Names { typical: &typical, effect: &eta, expit: None };
        lines.extend(
            variation.individuals(&NmTran { equations, names, suffix: "" }, &of_individual),
        );
    }
    lines
}

/// The records: doses and counts of virtual patients; where patients do not differ, doses and
/// observations to be simulated.
///
/// # Errors
/// Patients that do not fit the model, equations that cannot be integrated.
pub(super) fn data(
    request: &Request<'_>,
    equations: &Equations,
    example: &Example,
) -> Result<Table> {
    let (Some(patients), Some(variation)) = (request.patients, &equations.variation) else {
        return Ok(records::table(&of_one(equations, example)));
    };
    let names = NonmemNames::new(equations);
    let simulated = Simulated::new(request, patients, (equations, variation, example))?;
    let column = |(i, known): (usize, &super::variation::Known)| {
        let values = simulated.covariates.iter().filter_map(|values| values.get(i).copied());
        (names.name(&known.name), known.unit.clone(), values.collect())
    };
    let covariates: Vec<_> = variation.covariates.iter().enumerate().map(column).collect();
    Ok(records::table_with(&simulated.records, &covariates))
}

/// The records of the example: doses, and observations to be simulated.
fn of_one(equations: &Equations, example: &Example) -> Vec<Record> {
    let (entry, platelets) = equations.compartments();
    let doses = example.doses.iter().map(|(time_h, mg)| Record::dose(1, *time_h, *mg, entry));
    let samples = example.samples_h.iter();
    let samples = samples.map(|time_h| Record::observation(1, *time_h, platelets, None));
    let mut records: Vec<_> = samples.chain(doses).collect();
    sort(&mut records);
    records
}
