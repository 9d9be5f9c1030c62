//! Parameters of the choice.

use super::super::Choice;
use super::super::declared::{Parameter, Source};
use super::super::lines::{ParameterLine, Tree};
use super::super::measure::Measure;
use super::super::parser::Parsed;
use super::super::problem::{Noted, Problem, Span};
use super::super::sheet::{Id, Node, Operator};
use super::super::syntax::{Binary, Expr, Kind, Origin, Remark};
use super::super::unit::Unit;
use super::plan::ParameterPlan;
use super::{Lowering, TypicalValue, Value};

impl<'a> ParameterPlan<'a> {
    pub(super) fn new(line: &'a ParameterLine) -> Self {
        let declared = Parameter {
            name: line.name.text.clone(),
            unit: Unit::none(),
            meaning: String::new(),
            value: f64::NAN,
            bounds: None,
            is_fixed: false,
            source: Source { text: String::new(), grade: None, is_header: false },
            variability: Vec::new(),
            effects: String::new(),
        };
        Self { line, preset: None, typical: None, declared }
    }
}

/// The source that counts: the own one, else the header's.
pub(in crate::model::text) fn source_of(tree: &Tree, own: &[Option<&Origin>]) -> Source {
    let header = tree.header.source.as_ref();
    let header_grade = header.and_then(|header| header.grade);
    match own.iter().flatten().next() {
        Some(origin) => Source {
            text: origin.text.clone(),
            grade: origin.grade.or(header_grade),
            is_header: false,
        },
        None => Source {
            text: header.map(|header| header.text.clone()).unwrap_or_default(),
            grade: header_grade,
            is_header: true,
        },
    }
}

impl<'a> Lowering<'a> {
    pub(super) fn parameter_unit(&self, i: usize) -> Option<Unit> {
        let typical = self.plan.parameters.get(i)?.typical.as_ref()?;
        typical.as_ref().ok().map(|typical| typical.unit.clone())
    }

    pub(super) fn parameter_value(&mut self, i: usize, span: Span) -> Parsed<Value> {
        if self.plan.parameters.get(i).is_some_and(|own| own.typical.is_none()) {
            let message = "an index or a bound cannot use a parameter";
            let hint = "declare a whole number under [sizes]";
            return self.fail(Problem::new("A02", span, message).hint(hint));
        }
        let Some(unit) = self.parameter_unit(i) else { return Err(Noted) };
        let name = self.plan.parameters.get(i).map(|own| own.line.name.text.as_str());
        if self.lines.get(i).is_none_or(Option::is_none) {
            self.refuse_circle(name.unwrap_or_default(), span)?;
        }
        // What uses a parameter comes after it; what is wrong with its line is noted there.
        let _ = self.parameter_line(i);
        let id = self.nodes.write(Node::Parameter(i));
        Ok(Value::new(id, *unit.measure()))
    }

    /// The line of a parameter: its typical value with what follows.
    pub(super) fn parameter_line(&mut self, i: usize) -> Parsed<Id> {
        if let Some(Some(known)) = self.lines.get(i) {
            return *known;
        }
        let (Some(unit), Some(own)) = (self.parameter_unit(i), self.plan.parameters.get(i)) else {
            return Err(Noted);
        };
        let (line, name) = (own.line, own.line.name.text.as_str());
        let result = self.within(name, line.name.span, |own| {
            let value = own.spine(&line.value, i, &unit)?;
            own.forbid(&line.value, &value, "C01", "a parameter")?;
            Ok(value.id)
        });
        if let Some(slot) = self.lines.get_mut(i) {
            *slot = Some(result);
        }
        self.order.push(i);
        result
    }

    /// A line from its typical value on: what follows multiplies it by a pure number, or adds the same
    /// unit.
    fn spine(&mut self, expr: &'a Expr, i: usize, unit: &Unit) -> Parsed<Value> {
        if expr.is_numbers() {
            let id = self.nodes.write(Node::Typical(i));
            return Ok(Value::new(id, *unit.measure()));
        }
        let Kind::Binary(operator, parts) = &expr.kind else { return Err(Noted) };
        let [left, right] = parts.as_ref();
        if *operator == Binary::Divide {
            self.refuse_bare_unit(left, right, expr.span)?;
        }
        let so_far = self.spine(left, i, unit)?;
        let value = self.number_value(right)?;
        let (operator, measure) = match operator {
            Binary::Add => (Operator::Plus, *unit.measure()),
            Binary::Subtract => (Operator::Minus, *unit.measure()),
            Binary::Multiply => (Operator::Times, Measure::PURE),
            _ => (Operator::Over, Measure::PURE),
        };
        if !value.is_bare_zero && !value.measure.matches(&measure) {
            return self.refuse_effect(right, &value, &Unit::of(measure));
        }
        let id = self.in_measure(&value, &measure);
        let id = self.nodes.between(operator, so_far.id, id);
        Ok(Value::new(id, *unit.measure()))
    }

    /// The part of a parameter's line that has the wrong unit, as deep as it can be found.
    fn refuse_effect<T>(&mut self, expr: &'a Expr, value: &Value, wanted: &Unit) -> Parsed<T> {
        let mut culprit = expr;
        let mut own = *value;
        while wanted.is_pure()
            && let Kind::Binary(Binary::Power, parts) = &culprit.kind
        {
            let [base, _] = parts.as_ref();
            own = self.number_value(base)?;
            culprit = base;
        }
        let text = self.source_text(culprit.span);
        let text = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).unwrap_or(text);
        let unit = self.described(culprit, &own);
        let hint = match &culprit.kind {
            Kind::Binary(Binary::Divide, parts) if wanted.is_pure() => {
                let [above, below] = parts.as_ref();
                let is_bare = matches!(below.kind, Kind::Number(_, None));
                is_bare.then(|| {
                    let above = self.source_text(above.span);
                    format!("write `{above}/{} {unit}`", self.source_text(below.span))
                })
            }
            _ => None,
        };
        let (message, otherwise) = if wanted.is_pure() {
            (
                format!("`{text}` keeps the unit {unit}, which would change that of the line"),
                format!("divide by a usual value in {unit}"),
            )
        } else {
            (
                format!("`{text}` is {unit}, and the line is {wanted}"),
                format!("what is added must be in {wanted}"),
            )
        };
        let hint = hint.unwrap_or(otherwise);
        self.fail(Problem::new("U12", culprit.span, message).hint(hint))
    }

    /// The number that a line begins with.
    fn typical_value(&mut self, expr: &'a Expr, name: &str) -> Parsed<TypicalValue> {
        let mut first = expr;
        while !first.is_numbers() {
            let Kind::Binary(operator, parts) = &first.kind else {
                return self.refuse_start(first, name);
            };
            if !matches!(
                operator,
                Binary::Add | Binary::Subtract | Binary::Multiply | Binary::Divide
            ) {
                return self.refuse_start(first, name);
            }
            let [left, _] = parts.as_ref();
            first = left;
        }
        let value = self.number_value(first)?;
        let unit = self.unit_written(first, &value.measure);
        let id = self.in_measure(&value, unit.measure());
        match self.nodes.number_of(id) {
            Some(value) => Ok(TypicalValue { value, unit }),
            None => Err(Noted),
        }
    }

    fn refuse_start<T>(&mut self, expr: &Expr, name: &str) -> Parsed<T> {
        let message = format!("the line of `{name}` does not begin with a number");
        let hint = "begin with the typical value, such as `5 L/h * (wt/70 kg)`; \
                    what is computed otherwise belongs under [equations]";
        self.fail(Problem::new("P01", expr.span, message).hint(hint))
    }

    /// Typical values, units and everything else that is declared.
    pub(super) fn prepare_parameters(&mut self, choice: &Choice) {
        self.lines = vec![None; self.plan.parameters.len()];
        for i in 0..self.plan.parameters.len() {
            let Some((line, preset)) =
                self.plan.parameters.get(i).map(|own| (own.line, own.preset))
            else {
                continue;
            };
            let name = line.name.text.as_str();
            let own = self.typical_value(&line.value, name);
            let typical = match (own, preset) {
                (Ok(own), Some(preset)) => self.preset_value(&preset.value, &own.unit, name),
                (own, _) => own,
            };
            let typical = typical.map(|typical| TypicalValue {
                value: choice.values.get(name).copied().unwrap_or(typical.value),
                ..typical
            });
            let declared = typical.as_ref().ok().map(|typical| self.declare(line, preset, typical));
            if let Some(own) = self.plan.parameters.get_mut(i) {
                own.typical = Some(typical);
                own.declared = declared.unwrap_or_else(|| own.declared.clone());
            }
        }
    }

    /// A value of a preset, in the unit of what it replaces.
    pub(super) fn preset_value(
        &mut self,
        expr: &'a Expr,
        unit: &Unit,
        name: &str,
    ) -> Parsed<TypicalValue> {
        if !expr.is_numbers() {
            let message = format!("a preset gives `{name}` a number");
            let hint = "the effects of covariates stay as they are in the text";
            return self.fail(Problem::new("P01", expr.span, message).hint(hint));
        }
        let value = self.number_value(expr)?;
        let id = self.fitted("U03", expr, &value, unit, |own| {
            format!(
                "`{name}` is {}, not {own}",
                if unit.is_pure() { "a pure number" } else { unit.text() }
            )
        })?;
        match self.nodes.number_of(id) {
            Some(value) => Ok(TypicalValue { value, unit: unit.clone() }),
            None => Err(Noted),
        }
    }

    fn declare(
        &mut self,
        line: &'a ParameterLine,
        preset: Option<&'a ParameterLine>,
        typical: &TypicalValue,
    ) -> Parameter {
        let remark = |line: &'a ParameterLine| -> &'a Remark { &line.remark };
        let meaning = preset.and_then(|own| remark(own).meaning.clone());
        let meaning = meaning.or_else(|| remark(line).meaning.clone()).unwrap_or_default();
        let source = match preset {
            Some(own) => source_of(self.tree, &[own.source.as_ref(), own.remark.source.as_ref()]),
            None => source_of(self.tree, &[line.source.as_ref(), line.remark.source.as_ref()]),
        };
        let bounds = self.bounds(line, &typical.unit);
        let with_vary = preset.filter(|own| !own.vary.is_empty()).unwrap_or(line);
        let variability = self.variability(with_vary, typical, bounds);
        self.check_bounds(line, typical, bounds);
        Parameter {
            name: line.name.text.clone(),
            unit: typical.unit.clone(),
            meaning,
            value: typical.value,
            bounds,
            is_fixed: line.is_fixed || preset.is_some_and(|own| own.is_fixed),
            source,
            variability,
            effects: self.effects(&line.value),
        }
    }

    /// What stands behind the typical value.
    fn effects(&self, expr: &Expr) -> String {
        let mut first = expr;
        while !first.is_numbers()
            && let Kind::Binary(_, parts) = &first.kind
        {
            first = &parts[0];
        }
        let rest = Span { start: first.span.end.min(expr.span.end), end: expr.span.end };
        self.source_text(rest).trim().to_owned()
    }
}
