//! The lines that count for one choice of variant and preset.

use super::super::declared::{Covariate, Parameter};
use super::super::lines::{Block, CovariateLine, EquationLine, ParameterLine, Tree, VariantLine};
use super::super::problem::{Problem, Problems, Span};
use super::super::syntax::{Expr, For, Place, Word};
use super::super::unit::Unit;
use super::super::{Choice, parser::Parsed};
use std::collections::BTreeMap;

/// A line of equations.
#[derive(Debug, Clone, Copy)]
pub(super) enum Equation<'a> {
    Definition(&'a Word, &'a Expr),
    Rate(&'a Place, &'a Expr, Option<&'a For>),
    Chain { name: &'a Word, inflow: &'a Expr, rate: &'a Expr, loss: Option<&'a Expr> },
}

impl<'a> Equation<'a> {
    fn of(line: &'a EquationLine) -> Self {
        match line {
            EquationLine::Definition { name, value, .. } => Self::Definition(name, value),
            EquationLine::Rate { target, value, each } => Self::Rate(target, value, each.as_ref()),
            EquationLine::Chain { name, inflow, rate, loss } => {
                Self::Chain { name, inflow, rate, loss: loss.as_ref() }
            }
        }
    }

    /// The name that it is about.
    pub(super) fn name(&self) -> &'a Word {
        match self {
            Self::Definition(name, _) | Self::Chain { name, .. } => name,
            Self::Rate(place, ..) => &place.name,
        }
    }

    fn is_definition(&self) -> bool {
        matches!(self, Self::Definition(..))
    }
}

/// The typical value that a line begins with.
#[derive(Debug, Clone)]
pub(super) struct TypicalValue {
    pub(super) value: f64,
    pub(super) unit: Unit,
}

/// A parameter of the choice.
#[derive(Debug)]
pub(super) struct ParameterPlan<'a> {
    pub(super) line: &'a ParameterLine,
    /// The line of the preset, if it has one.
    pub(super) preset: Option<&'a ParameterLine>,
    pub(super) typical: Option<Parsed<TypicalValue>>,
    pub(super) declared: Parameter,
}

/// A covariate of the choice.
#[derive(Debug)]
pub(super) struct CovariatePlan<'a> {
    pub(super) line: &'a CovariateLine,
    pub(super) preset: Option<&'a ParameterLine>,
    pub(super) declared: Covariate,
}

/// The lines that count.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) sizes: BTreeMap<&'a str, usize>,
    pub(super) preset_sizes: Vec<&'a ParameterLine>,
    pub(super) parameters: Vec<ParameterPlan<'a>>,
    pub(super) covariates: Vec<CovariatePlan<'a>>,
    pub(super) equations: Vec<Equation<'a>>,
}

impl<'a> Plan<'a> {
    /// The lines for `choice`: the text's own, those of the variant, those of the preset.
    pub(super) fn new(tree: &'a Tree, choice: &Choice, problems: &mut Problems) -> Self {
        let mut plan = Self {
            sizes: BTreeMap::new(),
            preset_sizes: Vec::new(),
            parameters: tree.parameters.iter().map(ParameterPlan::new).collect(),
            covariates: tree.covariates.iter().map(CovariatePlan::new).collect(),
            equations: tree.equations.iter().map(Equation::of).collect(),
        };
        if let Some(variant) = find(&tree.variants, choice.variant.as_deref(), "variant", problems)
        {
            plan.apply_variant(tree, variant, problems);
        }
        if let Some(preset) = find(&tree.presets, choice.preset.as_deref(), "preset", problems) {
            plan.apply_preset(tree, preset, problems);
        }
        plan
    }

    fn apply_variant(
        &mut self,
        tree: &'a Tree,
        variant: &'a Block<VariantLine>,
        problems: &mut Problems,
    ) {
        let mut equations: Vec<Equation<'a>> = Vec::new();
        for line in &variant.lines {
            match line {
                VariantLine::Equation(line) => equations.push(Equation::of(line)),
                VariantLine::Named(line) => {
                    let own =
                        self.parameters.iter_mut().find(|own| own.line.name.text == line.name.text);
                    match own {
                        Some(own) => own.line = line,
                        None => equations.extend(definition(tree, line, problems)),
                    }
                }
            }
        }
        self.equations.retain(|old| {
            equations.iter().all(|new| {
                new.name().text != old.name().text || new.is_definition() != old.is_definition()
            })
        });
        self.equations.extend(equations);
    }

    fn apply_preset(
        &mut self,
        tree: &'a Tree,
        preset: &'a Block<ParameterLine>,
        problems: &mut Problems,
    ) {
        for line in &preset.lines {
            let name = &line.name.text;
            let parameter = self.parameters.iter_mut().find(|own| own.line.name.text == *name);
            let covariate = self.covariates.iter_mut().find(|own| own.line.name.text == *name);
            if let Some(own) = parameter {
                own.preset = Some(line);
            } else if let Some(own) = covariate {
                own.preset = Some(line);
            } else if tree.sizes.iter().any(|size| size.name.text == *name) {
                self.preset_sizes.push(line);
            } else {
                let message = format!("`{name}` is no parameter, covariate or size");
                let hint = "a preset replaces typical values, covariates and sizes";
                problems.note(Problem::new("N01", line.name.span, message).hint(hint));
            }
        }
    }

    /// The definitions, in the order of the text.
    pub(super) fn definitions(&self) -> Vec<(&'a str, &'a Expr)> {
        self.definition_words().into_iter().map(|(word, expr)| (word.text.as_str(), expr)).collect()
    }

    pub(super) fn definition_words(&self) -> Vec<(&'a Word, &'a Expr)> {
        let definitions = self.equations.iter().filter_map(|equation| match equation {
            Equation::Definition(name, expr) => Some((*name, *expr)),
            _ => None,
        });
        definitions.collect()
    }
}

/// A line `name = ..` of a variant that is not about a parameter: a definition.
fn definition<'a>(
    tree: &'a Tree,
    line: &'a ParameterLine,
    problems: &mut Problems,
) -> Option<Equation<'a>> {
    let name = &line.name.text;
    let is_other = tree.sizes.iter().any(|size| size.name.text == *name)
        || tree.covariates.iter().any(|covariate| covariate.name.text == *name)
        || tree
            .states
            .iter()
            .flat_map(|state| &state.targets)
            .any(|target| target.name.text == *name);
    if is_other {
        let message = format!("a variant cannot change `{name}`");
        let hint = "a variant replaces parameters, equations and rates of change";
        problems.note(Problem::new("N02", line.name.span, message).hint(hint));
        return None;
    }
    if line.bounds.is_some() || !line.vary.is_empty() || line.is_fixed {
        let message = format!("`{name}` is not a parameter of this text");
        let hint = "declare it under [parameters]; a variant may then replace its line";
        problems.note(Problem::new("N01", line.name.span, message).hint(hint));
        return None;
    }
    Some(Equation::Definition(&line.name, &line.value))
}

/// The block called `name`, case ignored.
fn find<'a, L>(
    blocks: &'a [Block<L>],
    name: Option<&str>,
    kind: &str,
    problems: &mut Problems,
) -> Option<&'a Block<L>> {
    let name = name?;
    let found = blocks.iter().find(|block| block.name.text.eq_ignore_ascii_case(name));
    if found.is_none() {
        let known: Vec<_> = blocks.iter().map(|block| block.name.text.as_str()).collect();
        let message = format!("the text has no {kind} `{name}`");
        let hint = if known.is_empty() {
            format!("it has no {kind}s")
        } else {
            format!("its {kind}s are {}", known.join(", "))
        };
        problems.note(Problem::new("N09", Span::default(), message).hint(hint));
    }
    found
}
