//! The entries of a file of virtual patients: spreads, correlations, covariates, effects, count error.

use super::count_error::USUAL_DAYS;
use super::covariates::{Covariate, Law};
use super::virtual_patients::{Correlation, Effect, EffectForm, Spread};
use super::{CountError, Distribution};
use crate::error::choose;
use crate::files::Section;
use crate::model::{Entry, GRADES, ParameterSet, Symbol, Variant};
use std::collections::BTreeSet;

/// The typical values around which parameters are spread.
#[derive(Debug)]
pub(super) struct Around {
    /// The model's own; none where the file names no model.
    pub(super) set: Option<ParameterSet>,
    /// Those that the file has instead.
    pub(super) entries: Vec<Entry>,
}

impl Around {
    /// The same in a structural variant, which has `own` in their place.
    pub(super) fn in_variant(&self, variant: Option<Variant>, own: &[Entry]) -> Self {
        let mut set = self.set.clone();
        if let (Some(set), Some(variant)) = (&mut set, variant)
            && set.variants_apply()
        {
            set.choose_variant(variant);
        }
        Self { set, entries: self.entries.iter().chain(own).cloned().collect() }
    }

    pub(super) fn symbols(&self) -> &[Symbol] {
        self.set.as_ref().map_or(&[], ParameterSet::symbols)
    }

    fn value(&self, symbol: &str) -> Option<f64> {
        match self.entries.iter().rev().find(|entry| entry.symbol == symbol) {
            Some(entry) => entry.value,
            None => self.set.as_ref()?.value(symbol).ok(),
        }
    }
}

/// Refuses a `symbol` that the model does not have; without symbols nothing is known of the model.
pub(super) fn must_exist(section: &Section<'_>, symbol: Option<&str>, symbols: &[Symbol]) {
    let Some(name) = symbol.filter(|_| !symbols.is_empty()) else { return };
    if symbols.iter().all(|symbol| symbol.name != name) {
        let known: Vec<_> = symbols.iter().map(|symbol| symbol.name).collect();
        section.problem("symbol", format!("is not a symbol of this model{}", choose(name, &known)));
    }
}

/// Grade and source, which every number needs.
fn origin(section: &Section<'_>) -> Option<(&'static str, String)> {
    let (grade, source) = (section.choice("grade", GRADES), section.text("source"));
    Some((grade?, source?))
}

pub(super) fn spread(name: &str, section: &Section<'_>, around: &Around) -> Option<Spread> {
    let symbols = around.symbols();
    if !symbols.is_empty() && symbols.iter().all(|symbol| symbol.name != name) {
        let known: Vec<_> = symbols.iter().map(|symbol| symbol.name).collect();
        section.problem("", format!("is not a symbol of this model{}", choose(name, &known)));
    }
    let distribution = distribution(section, around.value(name));
    let origin = origin(section);
    let (grade, source) = origin?;
    Some(Spread { symbol: name.to_owned(), distribution: distribution?, grade, source })
}

/// A distribution around `typical`, where that is known.
fn distribution(section: &Section<'_>, typical: Option<f64>) -> Option<Distribution> {
    #[derive(Clone, Copy)]
    enum Kind {
        Log,
        Logit,
        Truncated,
        Normal,
    }
    let kinds = [
        ("log-normal", Kind::Log),
        ("logit-normal", Kind::Logit),
        ("truncated-normal", Kind::Truncated),
        ("normal", Kind::Normal),
    ];
    let Some(kind) = section.choice("distribution", &kinds) else {
        // Which of them are needed is not known.
        section.ignore_all(&["omega", "sd", "range"]);
        return None;
    };
    let omega = || section.in_range("omega", 0.0, 5.0, "[0, 5]");
    let outside = |inside: fn(f64) -> bool, range: &str| {
        if let Some(typical) = typical.filter(|typical| !inside(*typical)) {
            let rule = format!("needs a typical value in {range}, but it is {typical}");
            section.problem("distribution", rule);
        }
    };
    match kind {
        Kind::Log => {
            outside(|typical| typical > 0.0, "(0, ∞)");
            Some(Distribution::LogNormal { omega: omega()? })
        }
        Kind::Logit => {
            outside(|typical| typical > 0.0 && typical < 1.0, "(0, 1)");
            Some(Distribution::LogitNormal { omega: omega()?, lower: 0.0, upper: 1.0 })
        }
        Kind::Normal => Some(Distribution::Normal { sd: section.positive("sd")? }),
        Kind::Truncated => {
            let sd = section.positive("sd");
            let (lower, upper) = truncation(section, typical)?;
            Some(Distribution::TruncatedNormal { sd: sd?, lower, upper })
        }
    }
}

/// Where a normal distribution is cut off: around its typical value.
fn truncation(section: &Section<'_>, typical: Option<f64>) -> Option<(f64, f64)> {
    if !section.has("range") {
        section.problem("range", "is missing: give two numbers in increasing order");
    }
    let range = section.optional_numbers("range")?;
    let [lower, upper] = range[..] else {
        section.problem("range", "must be two numbers in increasing order");
        return None;
    };
    if lower >= upper {
        section.problem("range", format!("= [{lower}, {upper}]: the lower number comes first"));
        return None;
    }
    if let Some(typical) = typical.filter(|typical| !(lower..=upper).contains(typical)) {
        let rule = format!("= [{lower}, {upper}] must contain the typical value, {typical}");
        section.problem("range", rule);
    }
    Some((lower, upper))
}

/// The correlations, each pair once and of parameters that vary.
pub(super) fn correlations(root: &Section<'_>) -> Vec<Correlation> {
    let spread: BTreeSet<String> = root.keys_below(&["variability", "variants.*.variability"]);
    let mut pairs: Vec<[String; 2]> = Vec::new();
    root.list("correlations", |section| {
        let between = section.texts("between");
        let value = section.in_range("value", -0.999, 0.999, "[-0.999, 0.999]");
        origin(section);
        let Ok(between) = <[String; 2]>::try_from(between?) else {
            section.problem("between", "must name two different parameters");
            return None;
        };
        let [a, b] = &between;
        if a == b {
            section.problem("between", "must name two different parameters");
        }
        for symbol in [a, b].into_iter().filter(|symbol| !spread.contains(*symbol)) {
            let known: Vec<&String> = spread.iter().collect();
            let rule = format!("names \"{symbol}\", which does not vary{}", choose(symbol, &known));
            section.problem("between", rule);
        }
        if pairs.iter().any(|[c, d]| (a, b) == (c, d) || (a, b) == (d, c)) {
            let rule = format!("names {a} and {b} twice: give their correlation once");
            section.problem("between", rule);
        }
        pairs.push(between.clone());
        Some(Correlation { between, value: value? })
    })
}

pub(super) fn covariate(
    name: &str,
    section: &Section<'_>,
    symbols: &[Symbol],
) -> Option<Covariate> {
    let unit = section.text("unit");
    let symbol = symbols.iter().find(|symbol| symbol.name == name);
    if let Some(symbol) = symbol.filter(|s| unit.as_ref().is_some_and(|unit| unit != s.unit)) {
        section.problem("unit", format!("must be \"{}\": convert the value", symbol.unit));
    }
    let law = match (section.has("value"), section.has("values")) {
        (true, false) => section.number("value").map(Law::Fixed),
        (false, true) => choice(section),
        (false, false) => {
            let typical = section.number("typical");
            let distribution = distribution(section, typical);
            typical
                .zip(distribution)
                .map(|(typical, distribution)| Law::Spread { typical, distribution })
        }
        (true, true) => {
            section.ignore_all(&["value", "values", "shares"]);
            section.problem("value", "must stand alone: give value, or values with shares");
            None
        }
    };
    if let Some((key, values)) = given(law.as_ref()) {
        let outside = |value: &f64| symbol.is_some_and(|symbol| !symbol.range.contains(*value));
        if let (Some(value), Some(symbol)) = (values.into_iter().find(outside), symbol) {
            section.problem(key, format!("= {value} is outside {}", symbol.range));
        }
    }
    let origin = origin(section);
    let (grade, source) = origin?;
    Some(Covariate { name: name.to_owned(), unit: unit?, law: law?, grade, source })
}

/// The values that a law names, with their key.
fn given(law: Option<&Law>) -> Option<(&'static str, Vec<f64>)> {
    Some(match law? {
        Law::Fixed(value) => ("value", vec![*value]),
        Law::Spread { typical, .. } => ("typical", vec![*typical]),
        Law::Choice { values, .. } => ("values", values.clone()),
    })
}

/// One of several values, each with its share.
fn choice(section: &Section<'_>) -> Option<Law> {
    let values = section.optional_numbers("values");
    if !section.has("shares") {
        section.problem("shares", "is missing: give a share for each of the values");
    }
    let shares = section.optional_numbers("shares");
    let (values, shares) = values.zip(shares)?;
    let sum: f64 = shares.iter().sum();
    let fits = shares.len() == values.len() && shares.iter().all(|share| *share >= 0.0);
    if !fits || (sum - 1.0).abs() > 1e-9 {
        section.problem(
            "shares",
            "must be as many as the values, must not be negative, and must sum to 1",
        );
    }
    Some(Law::Choice { values, shares })
}

/// An effect of one of the `covariates`, where these are known.
pub(super) fn effect(
    section: &Section<'_>,
    symbols: &[Symbol],
    covariates: Option<&Vec<&String>>,
) -> Option<Effect> {
    let symbol = section.text("symbol");
    must_exist(section, symbol.as_deref(), symbols);
    let covariate = section.text("covariate");
    if let (Some(name), Some(known)) = (&covariate, covariates)
        && !known.contains(&name)
    {
        let rule = format!("= \"{name}\": there is no covariate `{name}`{}", choose(name, known));
        section.problem("covariate", rule);
    }
    let is_factor = section.has("factor") || section.has("from") && !section.has("exponent");
    let form = if is_factor {
        let (factor, from) = (section.positive("factor"), section.number("from"));
        factor.zip(from).map(|(factor, from)| EffectForm::Factor { factor, from })
    } else {
        let (exponent, reference) = (section.number("exponent"), section.positive("reference"));
        let power = |(exponent, reference)| EffectForm::Power { reference, exponent };
        exponent.zip(reference).map(power)
    };
    let origin = origin(section);
    let (grade, source) = origin?;
    Some(Effect { symbol: symbol?, covariate: covariate?, form: form?, grade, source })
}

pub(super) fn count_error(section: &Section<'_>) -> Option<CountError> {
    let additive = section.in_range("additive", 0.0, 1000.0, "[0, 1000]");
    let proportional = section.in_range("proportional", 0.0, 2.0, "[0, 2]");
    let given = |key: &str| section.has(key);
    let omega = given("between_visit_omega")
        .then(|| section.in_range("between_visit_omega", 0.0, 2.0, "[0, 2]"));
    let size = given("size_omega").then(|| section.in_range("size_omega", 0.0, 2.0, "[0, 2]"));
    let days = given("between_visit_days").then(|| section.positive("between_visit_days"));
    origin(section);
    Some(CountError {
        additive: additive?,
        proportional: proportional?,
        size_omega: size.flatten().unwrap_or(0.0),
        between_visit_omega: omega.flatten().unwrap_or(0.0),
        between_visit_days: days.flatten().unwrap_or(USUAL_DAYS),
    })
}
