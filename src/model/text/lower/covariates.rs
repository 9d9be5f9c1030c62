//! Sizes and covariates of the choice.

use super::super::Choice;
use super::super::declared::{Covariate, Source};
use super::super::lines::{CovariateLine, Level};
use super::super::parser::Parsed;
use super::super::problem::{Noted, Problem, Span};
use super::super::sheet::Node;
use super::super::syntax::{Expr, Kind};
use super::super::unit::Unit;
use super::expression::LONGEST;
use super::parameters::source_of;
use super::plan::CovariatePlan;
use super::{Lowering, Value};

impl<'a> CovariatePlan<'a> {
    pub(super) fn new(line: &'a CovariateLine) -> Self {
        let (value, unit, categories) = match &line.value {
            Level::Number(amount) => {
                (amount.value, amount.unit.clone().unwrap_or_else(Unit::none), Vec::new())
            }
            Level::Category(usual, all) => {
                let code = all.iter().find(|(name, _)| name.text == usual.text);
                let categories = all.iter().map(|(name, code)| (name.text.clone(), *code));
                let value = code.map_or(f64::NAN, |(_, code)| f64::from(*code));
                (value, Unit::none(), categories.collect())
            }
        };
        let declared = Covariate {
            name: line.name.text.clone(),
            unit,
            meaning: line.remark.meaning.clone().unwrap_or_default(),
            value,
            categories,
            change: line.change,
            source: Source { text: String::new(), grade: None, is_header: false },
        };
        Self { line, preset: None, declared }
    }
}

impl<'a> Lowering<'a> {
    /// The sizes, those of the preset and those given instead.
    pub(super) fn sizes(&mut self, choice: &Choice) {
        let tree = self.tree;
        for line in &tree.sizes {
            let name = line.name.text.as_str();
            if !self.plan.sizes.contains_key(name) {
                let _ = self.size_of(name, line.name.span);
            }
        }
        for (name, size) in &choice.sizes {
            if let Some(own) = self.plan.sizes.get_mut(name.as_str()) {
                *own = *size;
            }
        }
    }

    /// A size, from the preset or the text.
    fn size_of(&mut self, name: &'a str, span: Span) -> Parsed<usize> {
        if let Some(size) = self.plan.sizes.get(name) {
            return Ok(*size);
        }
        let tree = self.tree;
        let preset = self.plan.preset_sizes.iter().find(|line| line.name.text == name);
        let own = tree.sizes.iter().find(|line| line.name.text == name).map(|line| &line.value);
        let Some(expr) = preset.map(|line| &line.value).or(own) else { return Err(Noted) };
        self.refuse_circle(name, span)?;
        let size = self.within(name, span, |own| own.whole(expr))?;
        let Some(size) = usize::try_from(size).ok().filter(|_| (1..=LONGEST).contains(&size))
        else {
            let message = format!("the size `{name}` is {size}, not 1 to {LONGEST}");
            return Err(self.problems.say("A01", expr.span, message));
        };
        self.plan.sizes.insert(name, size);
        Ok(size)
    }

    pub(super) fn size_value(&mut self, name: &'a str, span: Span) -> Parsed<Value> {
        let size = self.size_of(name, span)?;
        let id = self.nodes.number(size as f64);
        Ok(Value::pure(id))
    }

    pub(super) fn covariate_value(&mut self, i: usize, span: Span) -> Parsed<Value> {
        let Some(own) = self.plan.covariates.get(i) else { return Err(Noted) };
        if !own.declared.categories.is_empty() {
            let name = own.declared.name.clone();
            let category = own.declared.categories.first().map(|(name, _)| name.clone());
            let message = format!("`{name}` is a category, not a number");
            let hint = format!("compare it, as in `{name} == {}`", category.unwrap_or_default());
            return self.fail(Problem::new("C04", span, message).hint(hint));
        }
        let measure = *own.declared.unit.measure();
        let id = self.nodes.write(Node::Covariate(i));
        Ok(Value::new(id, measure))
    }

    /// Usual values of covariates: the text's, the preset's, those given instead.
    pub(super) fn prepare_covariates(&mut self, choice: &Choice) {
        for i in 0..self.plan.covariates.len() {
            let Some(own) = self.plan.covariates.get(i) else { continue };
            let (line, preset, mut declared) = (own.line, own.preset, own.declared.clone());
            declared.source = source_of(self.tree, &[line.remark.source.as_ref()]);
            if let (Level::Category(usual, _), true) = (&line.value, declared.value.is_nan()) {
                let message = format!("`{}` is none of the categories", usual.text);
                self.problems.say("N01", usual.span, message);
            }
            if let Some(preset) = preset {
                if let Ok(value) = self.preset_level(&preset.value, &declared) {
                    declared.value = value;
                }
                declared.source = source_of(self.tree, &[preset.remark.source.as_ref()]);
            }
            if let Some(value) = choice.values.get(&declared.name) {
                declared.value = *value;
            }
            if let Some(own) = self.plan.covariates.get_mut(i) {
                own.declared = declared;
            }
        }
    }

    fn preset_level(&mut self, expr: &'a Expr, declared: &Covariate) -> Parsed<f64> {
        if declared.categories.is_empty() {
            return Ok(self.preset_value(expr, &declared.unit, &declared.name)?.value);
        }
        if let Kind::Name(name) = &expr.kind
            && let Some((_, code)) = declared.categories.iter().find(|(known, _)| known == name)
        {
            return Ok(f64::from(*code));
        }
        let known: Vec<_> = declared.categories.iter().map(|(name, _)| name.as_str()).collect();
        let message = format!("`{}` is a category", declared.name);
        let hint = format!("its categories are {}", known.join(", "));
        self.fail(Problem::new("N01", expr.span, message).hint(hint))
    }
}
