//! The mechanistic model with the numbers of a parameter set, for its diagram.

use super::drawing::canvas::Lettering;
use super::figures::diagram::{self, Boxed, DiagramFigure, Linked, Part};
use crate::error::Result;
use crate::model::mechanistic::STRUCTURE;
use crate::model::receptor::{Receptor, VARIANTS};
use crate::model::structure::{Stages, Structure};
use crate::model::{ParameterSet, Population};
use crate::units::rounding::{Form, significant};

/// Draws the mechanistic model with the values and the variant of `set`.
///
/// # Errors
/// A set of another model; the figure cannot be drawn.
pub fn model_diagram(set: &ParameterSet, lettering: Lettering) -> Result<String> {
    diagram::draw(&figure(set)?, lettering)
}

fn figure(set: &ParameterSet) -> Result<DiagramFigure> {
    let parts: Result<Vec<Part>> = STRUCTURE.iter().map(|part| described(set, part)).collect();
    let receptor = if set.variant.is_additive() {
        "Drug and thrombopoietin each add a signal of their own"
    } else {
        "Drug and thrombopoietin share one receptor and its ceiling"
    };
    let days = significant(set.value("taun")? + set.value("tmk")?, 3, Form::Label);
    let variants = VARIANTS.map(|(v, meaning)| (format!("{v}: {meaning}"), v == set.variant));
    Ok(DiagramFigure {
        title: format!(
            "{receptor}; platelets rise about {days} days after the receptor signal"
        ),
        model_name: format!(
            "Model {}, variant {}: typical values in {}",
            set.model,
            set.variant,
            if set.population == Population::HEALTHY {
                "healthy subjects"
            } else {
                "chronic liver disease"
            }
        ),
        caption: "Outlined box: a state, with its stages as cells. Grey box: a value computed from states. Solid arrow: \
                  what passes from one to the other; two arrows side by side: exchange. Dotted arrow: an influence. \
                  Beside them the parameters with value and unit, in brackets the equations of the model's \
                  description; drug in mg, thrombopoietin in pM, cells relative to their own baseline. A parameter that \
                  the variant does not use is left out."
            .to_owned(),
        parts: parts?,
        variants: variants.to_vec(),
    })
}

fn described(set: &ParameterSet, part: &Structure) -> Result<Part> {
    let all = |symbols: &[&str]| -> Result<Vec<String>> {
        let used = symbols.iter().filter(|symbol| set.variant.uses(symbol));
        used.map(|symbol| parameter(set, symbol)).collect()
    };
    let mut boxes = Vec::new();
    for node in part.nodes {
        let stages = match node.stages {
            Stages::One => 1,
            Stages::Fixed(count) => count,
            Stages::Chosen(symbol) => whole(set.value(symbol)?),
        };
        boxes.push(Boxed { node: *node, stages, parameters: all(node.symbols)? });
    }
    let link = |link: &crate::model::structure::Link| {
        let mut parameters = all(link.symbols)?;
        if link.words.len() > 12 {
            // Beside long words there is room for all on one line.
            parameters = vec![parameters.join(", ")];
        }
        Ok(Linked { link: *link, parameters })
    };
    let links: Result<Vec<Linked>> = part.links.iter().map(link).collect();
    Ok(Part { structure: *part, boxes, links: links? })
}

/// Symbol, value and unit.
fn parameter(set: &ParameterSet, symbol: &str) -> Result<String> {
    let unit = match set.symbol(symbol)?.unit {
        "1" => String::new(),
        unit => format!(" {}", unit.replace("10^9", "10⁹")),
    };
    let value = match set.theta().given(symbol) {
        Some(value) => value,
        None => derived(set)?,
    };
    Ok(format!("{symbol} {}{unit}", significant(value, 3, Form::Label)))
}

/// The potency of thrombopoietin, the one parameter that the model derives.
fn derived(set: &ParameterSet) -> Result<f64> {
    Ok(Receptor::from_theta(&set.theta(), set.value("t0")?)?.kt)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a small whole number, by the range of its symbol"
)]
fn whole(value: f64) -> usize {
    value.round() as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Variant;
    use crate::model::parameter_set;
    use crate::report::drawing::testing::{assert_presentable, texts};

    #[test]
    fn invariant_the_diagram_is_presentable_for_every_variant_population_and_number_of_stages()
    -> Result<()> {
        for population in [Population::CLD, Population::HEALTHY] {
            for variant in Variant::ALL {
                for stages in [1.0, 12.0] {
                    let mut set = parameter_set("mechanistic", population)?;
                    set.choose_variant(variant);
                    set.set("n_platelet_stages", stages)?;
                    let svg = model_diagram(&set, Lettering::FromPage)?;
                    assert_presentable(&svg);
                }
            }
        }
        Ok(())
    }

    #[test]
    fn invariant_the_values_are_those_of_the_set() -> Result<()> {
        let mut set = parameter_set("mechanistic", None)?;
        set.choose_variant(Variant::A);
        set.set("kc", 123.4)?;
        let svg = model_diagram(&set, Lettering::FromPage)?;
        let written: Vec<String> = texts(&svg).into_iter().map(|text| text.words).collect();
        // kt by hand: s0 = 1/(4.52 − 1), KT = 1.4/s0.
        for words in ["kc 123 ng/mL", "kt 4.93 pM", "plt0 39.2", "t0_healthy 1.4 pM", "4 stages"] {
            assert!(written.iter().any(|text| text.starts_with(words)), "{words}: {written:?}");
        }
        set.choose_variant(Variant::C);
        let svg = model_diagram(&set, Lettering::FromPage)?;
        assert!(!svg.contains("t0_healthy") && !svg.contains(">eb "));
        Ok(())
    }

    #[test]
    fn regress_numbers_have_three_figures() {
        let words = [0.0265, 12.2, 9.04, 150.0, 0.0, 6.0, 1234.5]
            .map(|value| significant(value, 3, Form::Label));
        assert_eq!(words, ["0.0265", "12.2", "9.04", "150", "0", "6", "1234"]);
    }
}
