//! The parameters of an individual, in the languages that write formulas in a line.

use super::super::text::{Language, ascii};
use super::Variation;
use crate::model::graph::Function;
use crate::population::{Distribution, Effect, EffectForm};

/// How a text names what an individual's parameter is made of.
pub(in crate::export) struct Names<'a> {
    /// The typical value of a parameter; for [`Names::expit`], on the scale of the random effect.
    pub(in crate::export) typical: &'a dyn Fn(&str) -> String,
    /// A random effect, by its position.
    pub(in crate::export) effect: &'a dyn Fn(usize) -> String,
    /// The name of the inverse logit in a language that adds random effects to typical values on the
    /// logarithmic or logit scale; others write both out.
    pub(in crate::export) expit: Option<&'static str>,
}

impl Variation {
    /// Definitions of the parameters that differ between patients.
    pub(in crate::export) fn individuals<L: Language>(
        &self,
        language: &L,
        names: &Names<'_>,
    ) -> Vec<String> {
        let by_effects = self.effects.iter().map(|effect| effect.symbol.as_str());
        let mut symbols: Vec<&str> = self.random.iter().map(|own| own.symbol.as_str()).collect();
        for symbol in by_effects {
            if !symbols.contains(&symbol) {
                symbols.push(symbol);
            }
        }
        symbols.iter().flat_map(|symbol| self.individual(symbol, language, names)).collect()
    }

    fn individual<L: Language>(
        &self,
        symbol: &str,
        language: &L,
        names: &Names<'_>,
    ) -> Vec<String> {
        let name = language.name(symbol);
        let (mut value, is_sum) = self.drawn(symbol, language, names);
        let effects: Vec<&Effect> =
            self.effects.iter().filter(|effect| effect.symbol == symbol).collect();
        let powers = effects.iter().filter_map(|own| Some((&own.covariate, power(own.form)?)));
        for (i, (covariate, (reference, exponent))) in powers.enumerate() {
            let base = format!("({} / {})", language.name(covariate), language.number(reference));
            let factor = if exponent.to_bits() == 1.0_f64.to_bits() {
                base
            } else {
                language.power(&base, &in_parentheses(&language.number(exponent)))
            };
            let first = if is_sum && i == 0 { format!("({value})") } else { value };
            value = format!("{first} * {factor}");
        }
        let mut lines = vec![language.define(&name, &value)];
        for effect in effects {
            if let EffectForm::Factor { from, factor } = effect.form {
                let covariate = language.name(&effect.covariate);
                let product = format!("{name} * {}", in_parentheses(&language.number(factor)));
                let from = language.number(from);
                lines.push(language.redefine_where(&covariate, &from, &name, &product));
            }
        }
        lines
    }

    /// The parameter without the effects of covariates, and whether it is a sum.
    fn drawn<L: Language>(&self, symbol: &str, language: &L, names: &Names<'_>) -> (String, bool) {
        let typical = (names.typical)(symbol);
        let found = self.random.iter().enumerate().find(|(_, random)| random.symbol == symbol);
        let Some((i, random)) = found else { return (typical, false) };
        let eta = (names.effect)(i);
        let exp = language.function(Function::Exp);
        match random.distribution {
            Distribution::LogNormal { .. } if names.expit.is_some() && random.is_on_log_scale() => {
                (format!("{exp}({typical} + {eta})"), false)
            }
            Distribution::LogNormal { .. } => (format!("{typical} * {exp}({eta})"), false),
            Distribution::Normal { .. } | Distribution::TruncatedNormal { .. } => {
                (format!("{typical} + {eta}"), true)
            }
            Distribution::LogitNormal { lower, upper, .. } => {
                let (low, high) = (language.number(lower), language.number(upper));
                if let Some(expit) = names.expit {
                    return (format!("{expit}({typical} + {eta}, {low}, {high})"), false);
                }
                let (low, high) = (in_parentheses(&low), in_parentheses(&high));
                let (ln, one) = (language.function(Function::Ln), language.number(1.0));
                let is_from_zero = lower.to_bits() == 0.0_f64.to_bits();
                let above =
                    if is_from_zero { typical.clone() } else { format!("({typical} - {low})") };
                let logit = format!("{ln}({above} / ({high} - {typical}))");
                let odds = format!("{one} + {exp}(-{logit} - {eta})");
                if is_from_zero {
                    return (format!("{high} / ({odds})"), false);
                }
                (format!("{low} + ({high} - {low}) / ({odds})"), true)
            }
        }
    }
}

fn power(form: EffectForm) -> Option<(f64, f64)> {
    match form {
        EffectForm::Power { reference, exponent } => Some((reference, exponent)),
        EffectForm::Factor { .. } => None,
    }
}

/// A number below zero in parentheses.
fn in_parentheses(number: &str) -> String {
    if number.starts_with('-') { format!("({number})") } else { number.to_owned() }
}

/// A text of R, in ASCII.
pub(in crate::export) fn quoted(text: &str) -> String {
    format!("\"{}\"", ascii(text).replace('\\', "/").replace('"', "'"))
}
