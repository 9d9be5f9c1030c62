//! From the tree to a sheet: names are looked up, units checked, arrays written out. One pass for one
//! choice of variant, preset, sizes and values.

mod arithmetic;
mod conditions;
mod covariates;
mod dosing;
mod expression;
mod functions;
mod hints;
mod names;
mod outputs;
mod parameters;
mod people;
mod plan;
mod rates;
mod states;
mod units;

pub(super) use parameters::source_of;
use plan::{Plan, TypicalValue};

use super::lines::Tree;
use super::measure::Measure;
use super::nodes::{Needs, Nodes};
use super::parser::Parsed;
use super::problem::{Problem, Problems, Span};
use super::sheet::{Definition, Id, Sheet};
use super::syntax::Expr;
use super::unit::{Unit, symbol};
use names::Meaning;
use states::StateArray;
use std::collections::{BTreeSet, HashMap};

/// How many values may be visited in all.
pub(super) const BUDGET: usize = 2_000_000;
/// How many definitions may be open at once.
const DEEPEST_DEFINITION: usize = 150;
/// How deeply the reading of expressions and definitions may be nested in all: what the stack holds.
const DEEPEST: usize = 1_500;

/// The unit of time in which everything is computed.
pub(super) fn hours() -> Unit {
    Unit::of(hour())
}

fn hour() -> Measure {
    symbol("h").unwrap_or_default()
}

/// A value and what it measures.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value {
    pub(super) id: Id,
    pub(super) measure: Measure,
    /// Whether it is a condition: 1 where it holds, else 0.
    pub(super) is_condition: bool,
    /// A bare 0, which fits every unit.
    pub(super) is_bare_zero: bool,
}

impl Value {
    fn new(id: Id, measure: Measure) -> Self {
        Self { id, measure, is_condition: false, is_bare_zero: false }
    }

    fn pure(id: Id) -> Self {
        Self::new(id, Measure::PURE)
    }

    fn condition(id: Id) -> Self {
        Self { is_condition: true, ..Self::pure(id) }
    }
}

/// What a name means inside one line only.
#[derive(Debug, Clone)]
enum Local {
    /// An index.
    Index(f64),
    /// The argument of an event.
    Argument(Measure),
}

pub(super) struct Lowering<'a> {
    text: &'a str,
    tree: &'a Tree,
    plan: Plan<'a>,
    problems: &'a mut Problems,
    budget: &'a mut usize,
    nodes: Nodes,
    names: HashMap<&'a str, Meaning<'a>>,
    definitions: HashMap<&'a str, Parsed<Value>>,
    /// The names being defined, outermost first.
    open: Vec<&'a str>,
    depth: usize,
    locals: Vec<(&'a str, Local)>,
    used: BTreeSet<String>,
    lines: Vec<Option<Parsed<Id>>>,
    order: Vec<usize>,
    arrays: Vec<StateArray<'a>>,
    elements: Vec<states::Element<'a>>,
    chains: HashMap<&'a str, &'a Expr>,
    /// States whose equation has an error.
    failed: BTreeSet<&'a str>,
    routes: Vec<(&'a str, Option<Parsed<Unit>>)>,
}

/// A sheet, and the names that nothing uses.
pub(super) struct Lowered {
    pub(super) sheet: Sheet,
    pub(super) used: BTreeSet<String>,
}

/// The sheet of one choice; none where something is wrong.
pub(super) fn lower<'a>(
    text: &'a str,
    tree: &'a Tree,
    choice: &super::Choice,
    problems: &'a mut Problems,
    budget: &'a mut usize,
) -> Option<Lowered> {
    let errors = problems.count();
    let plan = Plan::new(tree, choice, problems);
    let mut lowering = Lowering {
        text,
        tree,
        plan,
        problems,
        budget,
        nodes: Nodes::default(),
        names: HashMap::new(),
        definitions: HashMap::new(),
        open: Vec::new(),
        depth: 0,
        locals: Vec::new(),
        used: BTreeSet::new(),
        lines: Vec::new(),
        order: Vec::new(),
        arrays: Vec::new(),
        elements: Vec::new(),
        chains: HashMap::new(),
        failed: BTreeSet::new(),
        routes: Vec::new(),
    };
    let sheet = lowering.sheet(choice);
    let is_whole = !lowering.problems.has_errors() || lowering.problems.count() == errors;
    let used = std::mem::take(&mut lowering.used);
    sheet.filter(|_| is_whole).map(|sheet| Lowered { sheet, used })
}

impl<'a> Lowering<'a> {
    /// Everything, in an order in which what is needed stands before.
    fn sheet(&mut self, choice: &super::Choice) -> Option<Sheet> {
        self.collect_names();
        self.sizes(choice);
        self.collect_states();
        self.collect_routes();
        self.collect_chains();
        self.prepare_parameters(choice);
        self.prepare_covariates(choice);
        for i in 0..self.plan.parameters.len() {
            let _ = self.parameter_line(i);
        }
        let definitions = self.all_definitions();
        let states = self.all_states();
        let routes = self.all_routes();
        let events = self.all_events();
        let outputs = self.all_outputs();
        if self.problems.has_errors() {
            return None;
        }
        Some(Sheet {
            nodes: std::mem::take(&mut self.nodes.list),
            parameters: self.plan.parameters.iter().map(|own| own.declared.clone()).collect(),
            lines: self.lines.iter().map(|line| line.and_then(Result::ok).unwrap_or(0)).collect(),
            order: std::mem::take(&mut self.order),
            covariates: self.plan.covariates.iter().map(|own| own.declared.clone()).collect(),
            sizes: self.plan.sizes.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect(),
            states: states?,
            outputs: outputs?,
            routes: routes?,
            events: events?,
            stops: std::mem::take(&mut self.nodes.stops),
            definitions,
        })
    }

    /// Every definition, used or not.
    fn all_definitions(&mut self) -> Vec<Definition> {
        let mut all = Vec::new();
        for (name, expr) in self.plan.definitions() {
            if let Ok(value) = self.definition(name, expr) {
                if value.is_condition {
                    self.problems.say("C04", expr.span, "a number is expected, not a condition");
                    continue;
                }
                let unit = self.unit_written(expr, &value.measure);
                let scaled = self.in_measure(&value, unit.measure());
                all.push(Definition { name: name.to_owned(), unit, id: scaled });
            }
        }
        all
    }

    /// The value of a definition.
    fn definition(&mut self, name: &'a str, expr: &'a Expr) -> Parsed<Value> {
        if let Some(known) = self.definitions.get(name) {
            return *known;
        }
        let value = self.within(name, expr.span, |own| own.lower(expr));
        self.definitions.insert(name, value);
        value
    }

    /// Reads what defines `name`, outside of all indices.
    fn within<R>(
        &mut self,
        name: &'a str,
        span: Span,
        read: impl FnOnce(&mut Self) -> Parsed<R>,
    ) -> Parsed<R> {
        if self.open.len() >= DEEPEST_DEFINITION {
            let message = format!("definitions are nested more than {DEEPEST_DEFINITION} deep");
            return Err(self.problems.say("S11", span, message));
        }
        self.open.push(name);
        let locals = std::mem::take(&mut self.locals);
        let result = read(self);
        self.locals = locals;
        self.open.pop();
        result
    }

    /// Refuses a circle: `name` is used at `span` while it is being defined.
    fn refuse_circle(&mut self, name: &str, span: Span) -> Parsed<()> {
        let Some(start) = self.open.iter().position(|open| *open == name) else { return Ok(()) };
        let path = self.open.get(start..).unwrap_or_default().join(" -> ");
        let message = format!("`{name}` is defined by itself: {path} -> {name}");
        Err(self.problems.say("N03", span, message))
    }

    /// With the index `name` standing for `value`.
    fn with_local<R>(
        &mut self,
        local: Option<(&'a str, Local)>,
        read: impl FnOnce(&mut Self) -> R,
    ) -> R {
        let count = self.locals.len();
        self.locals.extend(local);
        let result = read(self);
        self.locals.truncate(count);
        result
    }

    fn source_text(&self, span: Span) -> &'a str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }

    fn needs(&self, value: &Value) -> Needs {
        self.nodes.needs(value.id)
    }

    fn fail<T>(&mut self, problem: Problem) -> Parsed<T> {
        Err(self.problems.note(problem))
    }
}
