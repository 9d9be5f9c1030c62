//! What to do about units that do not fit.

use super::super::measure::Measure;
use super::super::problem::{Problem, Span};
use super::super::syntax::{Expr, Kind};
use super::super::unit::Unit;
use super::names::Meaning;
use super::{Lowering, Value};

impl Lowering<'_> {
    /// A parameter or covariate by which something in `own` must be divided or multiplied to be one in
    /// `wanted`.
    pub(super) fn repair(&self, what: &str, own: &Measure, wanted: &Measure) -> Option<String> {
        let ratio = own.over(wanted);
        let inverse = wanted.over(own);
        let parameters = self.plan.parameters.iter().map(|own| own.line.name.text.as_str());
        let parameters = parameters.zip((0..).map(|i| self.parameter_unit(i)));
        let covariates = self
            .plan
            .covariates
            .iter()
            .map(|own| (own.line.name.text.as_str(), Some(own.declared.unit.clone())));
        let all: Vec<_> = parameters.chain(covariates).collect();
        let find = |measure: &Measure| {
            let matches = |unit: &Unit| !unit.is_pure() && unit.measure().matches(measure);
            all.iter()
                .find_map(|(name, unit)| unit.as_ref().filter(|u| matches(u)).map(|u| (*name, u)))
        };
        let divided = find(&ratio)
            .map(|(name, unit)| format!("{what} would fit if divided by `{name}` [{unit}]"));
        divided.or_else(|| {
            let (name, unit) = find(&inverse)?;
            Some(format!("{what} would fit if multiplied by `{name}` [{unit}]"))
        })
    }

    /// Where a side is the name of something declared as a pure number: the declaration.
    pub(super) fn undeclared_unit(&self, expr: &Expr, value: &Value) -> Option<(Span, String)> {
        let Kind::Name(name) = &expr.kind else { return None };
        if !value.measure.is_pure() {
            return None;
        }
        let span = match self.names.get(name.as_str())? {
            Meaning::Parameter(i) => self.plan.parameters.get(*i)?.line.name.span,
            Meaning::Covariate(i) => self.plan.covariates.get(*i)?.line.name.span,
            _ => return None,
        };
        Some((span, format!("`{name}` is declared without a unit")))
    }

    /// The message for a state that starts as a bare 0 and is at the root of a unit error in `exprs`:
    /// what is wrong is its declaration. `missing` is what the units differ by.
    pub(super) fn bare_state(&self, exprs: &[&Expr], missing: &Measure) -> Option<Problem> {
        let mut seen = Vec::new();
        let place = exprs.iter().find_map(|expr| self.find_bare_state(expr, &mut seen))?;
        let element = self.elements.get(place)?;
        let name = self.arrays.get(element.array)?.name;
        let mut dimension = *missing;
        let is_inverse =
            dimension.dimension.iter().find(|power| **power != 0).is_some_and(|p| *p < 0);
        if is_inverse {
            dimension = Measure::PURE.over(&dimension);
        }
        let unit = Unit::usual(&dimension);
        let message = format!("`{name}` starts as a bare 0, which has no unit");
        Some(Problem::new("U10", element.expr.span, message).hint(format!("write `0 {unit}`")))
    }

    fn find_bare_state(&self, expr: &Expr, seen: &mut Vec<String>) -> Option<usize> {
        if let Kind::Name(name) | Kind::Element(name, _) = &expr.kind {
            if seen.contains(name) {
                return None;
            }
            seen.push(name.clone());
            return match self.names.get(name.as_str()) {
                Some(Meaning::State(array)) => {
                    let first = self.arrays.get(*array)?.first;
                    let is_bare = self.elements.get(first)?.is_bare_zero();
                    is_bare.then_some(first)
                }
                Some(Meaning::Definition(expr)) => self.find_bare_state(expr, seen),
                _ => None,
            };
        }
        expr.parts().into_iter().find_map(|part| self.find_bare_state(part, seen))
    }
}
