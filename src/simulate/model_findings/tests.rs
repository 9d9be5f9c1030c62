//! What is found in small texts.

use super::model_findings;
use crate::error::Result;
use crate::model::{ParameterSet, model_of_text};

const TEXT: &str = "model small
language 1
time h

[parameters]
ka = 1 1/h
ke = 0.05 1/h
f1 = 0.5
v = 10 L
kfast = 2000 1/h fixed
idle = 3 1/h

[dosing]
dose oral into depot: f = f1

[states]
depot, central, effect = 0 mg
still[1..3] = 1

[equations]
d/dt(depot) = -ka*depot
d/dt(central) = ka*depot - ke*central
d/dt(effect) = kfast*(central - effect)
d/dt(still[i]) = idle*(1 - still[i]) for i in 1..3

[outputs]
conc = central/v in ng/mL
seen = effect/v in ng/mL
";

fn set(text: &str) -> Result<ParameterSet> {
    ParameterSet::of(&model_of_text("small.model", text)?)
}

#[test]
fn analytic_a_fast_state_is_warned_of() -> Result<()> {
    let found = model_findings(&set(TEXT)?, &[])?;
    let speed =
        "time constants without drug: from 1.8 s (`effect`) to 20 h (`central`), a factor of 40000";
    assert_eq!(found.facts, [speed]);
    let [warning] = &found.warnings[..] else { panic!("{found:?}") };
    assert!(
        warning.starts_with("`effect` changes within 1.8 s: the integrator needs 9"),
        "{warning}"
    );
    Ok(())
}

#[test]
fn analytic_rest_and_what_data_cannot_tell_are_found() -> Result<()> {
    let usual = TEXT.replace("kfast = 2000 1/h", "kfast = 2 1/h");
    let found = model_findings(&set(&usual)?, &[])?;
    let [_, rest, idle, together] = &found.facts[..] else { panic!("{found:?}") };
    assert_eq!(rest, "states that never move (1 mg po): still[1..3]");
    assert_eq!(idle, "without influence on the outputs in this subject: `idle`");
    let words = "the outputs do not tell `f1`, `v` apart: `f1` +1.00 %, `v` +1.00 %";
    assert!(together.starts_with(words), "{together}");
    assert_eq!(found.warnings, Vec::<String>::new());
    let without = usual.replace(": f = f1", "").replace("f1 = 0.5\n", "");
    let found = model_findings(&set(&without)?, &[])?;
    assert!(!found.facts.iter().any(|fact| fact.contains("apart")), "{found:?}");
    Ok(())
}

#[test]
fn invariant_a_text_without_doses_has_findings_too() -> Result<()> {
    let rest = TEXT.replace("[dosing]\ndose oral into depot: f = f1\n\n", "");
    let rest = rest.replace("f1 = 0.5\n", "");
    let found = model_findings(&set(&rest)?, &[])?;
    assert!(found.facts[0].starts_with("time constants without drug"), "{found:?}");
    Ok(())
}
