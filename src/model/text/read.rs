//! Reading a text, and what it hands out.

use super::checks::{declare_checks, declare_correlations, declare_figures, declare_outputs};
use super::declared::{Check, Citation, Correlation, Covariate, Named, Output, Panel, Parameter};
use super::lines::{Block, Tree};
use super::lower::{BUDGET, Lowered, hours, lower};
use super::parser::parse;
use super::problem::{Problem, Problems, Span};
use super::sheet::Sheet;
use super::unit::Unit;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Largest text, in bytes.
const LARGEST: usize = 256 * 1024;
/// Most pairs of a variant and a preset.
const MOST_CHOICES: usize = 200;
/// The stack on which texts are read, in bytes.
const STACK: usize = 8 << 20;

/// What is chosen of a text. Nothing chosen is the text as it stands.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Choice {
    /// The name of a variant, case ignored.
    pub variant: Option<String>,
    /// The name of a preset, case ignored.
    pub preset: Option<String>,
    /// Other sizes.
    pub sizes: BTreeMap<String, usize>,
    /// Other typical values and covariates, in the units of the text; for categories, codes.
    pub values: BTreeMap<String, f64>,
}

/// A model read from text: everything that it declares, and its equations for every [`Choice`].
#[derive(Debug, Clone)]
pub struct TextModel {
    /// Its name.
    pub name: String,
    /// Its title; its name where the text gives none.
    pub title: String,
    /// The number of its language.
    pub language: u64,
    /// The unit of time of its tables.
    pub time: Unit,
    /// Where its numbers come from, unless they name a source of their own.
    pub citation: Citation,
    /// The sizes.
    pub sizes: Vec<(String, usize)>,
    /// The covariates.
    pub covariates: Vec<Covariate>,
    /// The parameters.
    pub parameters: Vec<Parameter>,
    /// The correlations between parameters.
    pub correlations: Vec<Correlation>,
    /// The outputs.
    pub outputs: Vec<Output>,
    /// The panels of a figure.
    pub panels: Vec<Panel>,
    /// The checks that the text asks for.
    pub checks: Vec<Check>,
    /// The variants; the first is the text as it stands. Empty where there is one form only.
    pub variants: Vec<Named>,
    /// The presets.
    pub presets: Vec<Named>,
    /// What to warn of.
    pub warnings: Problems,
    pub(super) text: Arc<str>,
    pub(super) tree: Arc<Tree>,
    base: Arc<Sheet>,
}

impl TextModel {
    /// Reads `text`, the content of `file`. Every variant is checked with every preset.
    ///
    /// # Errors
    /// Everything that is wrong with the text, at most 50 problems, with their places.
    pub fn read(file: &str, text: &str) -> Result<Self, Problems> {
        on_known_stack(|| read(file, text)).unwrap_or_else(|| {
            let text: Arc<str> = Arc::from(text);
            let mut problems = Problems::of(file, &text);
            problems.say("S11", Span::default(), "the text could not be read: no thread for it");
            Err(problems)
        })
    }

    /// The equations of the text as it stands.
    #[must_use]
    pub fn base(&self) -> &Sheet {
        &self.base
    }

    /// What to warn of, a sentence each with its line.
    #[must_use]
    pub fn warnings_in_words(&self) -> Vec<String> {
        let all = self.warnings.all().into_iter();
        all.map(|one| {
            let (line, _) = self.warnings.position(one.span.start);
            format!("line {line}: {}", one.message)
        })
        .collect()
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The equations for `choice`.
    ///
    /// # Errors
    /// A variant or preset that the text does not have, and sizes or values for which the text means
    /// nothing.
    pub fn sheet(&self, choice: &Choice) -> Result<Sheet, Problems> {
        if *choice == Choice::default() {
            return Ok(self.base().clone());
        }
        let mut problems = Problems::of(&self.warnings.file, &self.text);
        self.check_choice(choice, &mut problems);
        let lowered = on_known_stack(|| {
            let mut budget = BUDGET;
            lower(&self.text, &self.tree, choice, &mut problems, &mut budget)
        });
        match lowered.flatten() {
            Some(lowered) if !problems.has_errors() => Ok(lowered.sheet),
            _ => Err(problems),
        }
    }

    fn check_choice(&self, choice: &Choice, problems: &mut Problems) {
        let is_size = |name: &str| self.sizes.iter().any(|(known, _)| known == name);
        let is_value = |name: &str| {
            self.parameters.iter().any(|own| own.name == name)
                || self.covariates.iter().any(|own| own.name == name)
        };
        let unknown_sizes =
            choice.sizes.keys().filter(|name| !is_size(name)).map(|name| (name, "size"));
        let unknown = choice.values.keys().filter(|name| !is_value(name));
        for (name, kind) in
            unknown_sizes.chain(unknown.map(|name| (name, "parameter or covariate")))
        {
            problems.say("N01", Span::default(), format!("the text has no {kind} `{name}`"));
        }
        for (name, size) in &choice.sizes {
            if !(1..=2_000).contains(size) {
                let message = format!("the size `{name}` is {size}, not 1 to 2000");
                problems.say("A01", Span::default(), message);
            }
        }
    }
}

/// Runs `work` on a thread whose stack is large enough for the deepest text that is accepted.
fn on_known_stack<R: Send>(work: impl FnOnce() -> R + Send) -> Option<R> {
    std::thread::scope(|scope| {
        let thread =
            std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).ok()?;
        thread.join().ok()
    })
}

fn read(file: &str, text: &str) -> Result<TextModel, Problems> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    let text: Arc<str> = Arc::from(text);
    let mut problems = Problems::of(file, &text);
    if text.len() > LARGEST {
        let message = format!("the text is larger than {} KiB", LARGEST / 1024);
        problems.say("S11", Span::default(), message);
        return Err(problems);
    }
    let tree = parse(&text, &mut problems);
    let mut budget = BUDGET;
    let mut used = BTreeSet::new();
    let mut base = None;
    for choice in choices(&tree, &mut problems) {
        let mut own = Problems::of(file, &text);
        let lowered = lower(&text, &tree, &choice, &mut own, &mut budget);
        problems.extend(own);
        if let Some(Lowered { sheet, used: more }) = lowered {
            used.extend(more);
            if base.is_none() {
                base = Some(sheet);
            }
        }
    }
    declare(text, tree, base, &used, problems)
}

/// Every variant with every preset; the text as it stands first.
fn choices(tree: &Tree, problems: &mut Problems) -> Vec<Choice> {
    let names = |all: &mut dyn Iterator<Item = &String>| {
        let named: Vec<_> = all.map(|name| Some(name.clone())).collect();
        std::iter::once(None).chain(named).collect::<Vec<_>>()
    };
    let variants = names(&mut tree.variants.iter().map(|block| &block.name.text));
    let presets = names(&mut tree.presets.iter().map(|block| &block.name.text));
    let mut choices = Vec::new();
    for variant in &variants {
        for preset in &presets {
            let (variant, preset) = (variant.clone(), preset.clone());
            choices.push(Choice { variant, preset, ..Choice::default() });
        }
    }
    if choices.len() > MOST_CHOICES {
        let message = format!("there are more than {MOST_CHOICES} pairs of a variant and a preset");
        problems.say("S11", Span::default(), message);
        choices.truncate(1);
    }
    choices
}

/// Everything beside the equations.
fn declare(
    text: Arc<str>,
    tree: Tree,
    base: Option<Sheet>,
    used: &BTreeSet<String>,
    mut problems: Problems,
) -> Result<TextModel, Problems> {
    let Some(base) = base else {
        if !problems.has_errors() {
            problems.say("S11", Span::default(), "the text cannot be written out");
        }
        return Err(problems);
    };
    let correlations = declare_correlations(&tree, &base, &mut problems);
    let outputs = declare_outputs(&tree, &base, &mut problems);
    let panels = declare_figures(&tree, &outputs, &mut problems);
    let checks = declare_checks(&tree, &base, &mut problems);
    if problems.has_errors() {
        return Err(problems);
    }
    warn_of_unused(&tree, used, &mut problems);
    let header = &tree.header;
    let name = header.name.as_ref().map(|word| word.text.clone()).unwrap_or_default();
    let source = header.source.clone().unwrap_or_default();
    Ok(TextModel {
        title: header.title.clone().unwrap_or_else(|| name.clone()),
        name,
        language: header.language.map_or(1, |(number, _)| number),
        time: header.time.as_ref().map_or_else(hours, |(unit, _)| unit.clone()),
        citation: Citation { text: source.text, doi: source.doi, grade: source.grade },
        sizes: base.sizes.clone(),
        covariates: base.covariates.clone(),
        parameters: base.parameters.clone(),
        correlations,
        outputs,
        panels,
        checks,
        variants: tree.variants.iter().map(|block| named(block, variant_line)).collect(),
        presets: tree
            .presets
            .iter()
            .map(|block| named(block, |line| line.name.text.clone()))
            .collect(),
        warnings: problems,
        text,
        tree: Arc::new(tree),
        base: Arc::new(base),
    })
}

fn variant_line(line: &super::lines::VariantLine) -> String {
    use super::lines::{EquationLine, VariantLine};
    match line {
        VariantLine::Named(line) => line.name.text.clone(),
        VariantLine::Equation(EquationLine::Definition { name, .. }) => name.text.clone(),
        VariantLine::Equation(EquationLine::Rate { target, .. }) => {
            format!("d/dt({})", target.name.text)
        }
        VariantLine::Equation(EquationLine::Chain { name, .. }) => format!("chain {}", name.text),
    }
}

fn named<L>(block: &Block<L>, name: impl Fn(&L) -> String) -> Named {
    Named {
        name: block.name.text.clone(),
        title: block.title.clone().unwrap_or_default(),
        replaces: block.lines.iter().map(name).collect(),
    }
}

fn warn_of_unused(tree: &Tree, used: &BTreeSet<String>, problems: &mut Problems) {
    for line in tree.parameters.iter().filter(|line| !used.contains(&line.name.text)) {
        let message = format!("the parameter `{}` is not used", line.name.text);
        problems.note(Problem::new("W51", line.name.span, message));
    }
}
