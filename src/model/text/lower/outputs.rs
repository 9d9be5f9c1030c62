//! Outputs and their residual errors.

use super::super::lines::OutputLine;
use super::super::parser::Parsed;
use super::super::sheet::{Id, Node, OutputValue, Residual};
use super::super::syntax::Expr;
use super::super::unit::Unit;
use super::Lowering;

impl<'a> Lowering<'a> {
    /// Every output in its unit.
    pub(super) fn all_outputs(&mut self) -> Option<Vec<OutputValue>> {
        let tree = self.tree;
        let all: Vec<_> = tree.outputs.iter().map(|line| self.output(line)).collect();
        all.into_iter().collect::<Parsed<Vec<_>>>().ok()
    }

    fn output(&mut self, line: &'a OutputLine) -> Parsed<OutputValue> {
        let value = self.number_value(&line.value)?;
        let unit = match &line.unit {
            Some((unit, _)) => unit.clone(),
            None => self.unit_written(&line.value, &value.measure),
        };
        let name = &line.name.text;
        let wanted = Self::plain_unit(&unit);
        let id = self.fitted("U08", &line.value, &value, &unit, |own| {
            format!("output `{name}` is {own}, not {wanted}")
        })?;
        let mut errors = Vec::new();
        for (kind, arguments) in &line.errors {
            let mut all = Vec::new();
            for (argument, expr) in arguments {
                let is_absolute =
                    argument.text == "sd" && matches!(kind.text.as_str(), "additive" | "combined1");
                let wanted = if is_absolute { unit.clone() } else { Unit::none() };
                let (id, is_number) = self.residual_argument(&argument.text, expr, &wanted)?;
                all.push((argument.text.clone(), id, is_number));
            }
            errors.push(Residual { kind: kind.text.clone(), arguments: all });
        }
        Ok(OutputValue { name: name.clone(), unit, id, errors })
    }

    fn residual_argument(
        &mut self,
        name: &str,
        expr: &'a Expr,
        wanted: &Unit,
    ) -> Parsed<(Id, bool)> {
        let value = self.number_value(expr)?;
        self.forbid(expr, &value, "C01", "a residual error")?;
        let id = self.fitted("U08", expr, &value, wanted, |own| {
            format!("`{name}` is {}, not {own}", Self::plain_unit(wanted))
        })?;
        Ok((id, matches!(self.nodes.node(id), Node::Number(_))))
    }
}
