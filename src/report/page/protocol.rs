//! Who was in a trial and what its protocol says, in the words of the table of trials.

use crate::trial::{Arm, Design};

/// The rules of a design, the same ones in the same order for every trial.
pub(super) fn protocol(design: &Design) -> Vec<(&'static str, String)> {
    vec![
        ("patients and arms", arms(design)),
        ("entry", entry(design)),
        ("randomisation", randomisation(design)),
        ("treatment", treatment(design)),
        ("counts", counts(design)),
        ("procedure", procedure(design)),
        ("transfusion", transfusion(design)),
        ("responder", responder(design)),
        ("note", design.note.clone()),
    ]
}

fn arms(design: &Design) -> String {
    let ratios: usize = design.arms.iter().map(|arm| arm.ratio).sum();
    let of = |arm: &Arm| match arm.size {
        Some(size) => format!("{}: {size}", arm.title),
        None => format!("{}: {} of {ratios}", arm.title, arm.ratio),
    };
    let arms: Vec<String> = design.arms.iter().map(of).collect();
    format!("{} randomised; {}", design.randomised, arms.join("; "))
}

fn entry(design: &Design) -> String {
    let own = &design.entry;
    let thrombosis = if own.exclude_thrombosis { "; thrombosis excluded" } else { "" };
    format!(
        "measured count below {} × 10⁹/L on visit day {}{thrombosis}",
        own.count_below, own.screening_day
    )
}

fn randomisation(design: &Design) -> String {
    let own = &design.allocation;
    let ablation =
        own.ablation.map(|share| format!("ablation ({:.0} % of patients)", 100.0 * share));
    let count = own.count_cut.map(|cut| format!("count at screening, cut at {cut} × 10⁹/L"));
    let strata: Vec<String> = [ablation, count].into_iter().flatten().collect();
    let strata = if strata.is_empty() {
        "no strata".to_owned()
    } else {
        format!("strata: {}", strata.join(", "))
    };
    format!("blocks of {}; {strata}", own.block)
}

fn treatment(design: &Design) -> String {
    let of = |arm: &Arm| format!("{}: {}", arm.title, arm.regimen_text);
    design.arms.iter().map(of).collect::<Vec<_>>().join("; ")
}

fn counts(design: &Design) -> String {
    let days: Vec<String> = design.visits.days.iter().map(f64::to_string).collect();
    format!("visit days {}", days.join(", "))
}

fn procedure(design: &Design) -> String {
    format!("visit days {} to {}", design.procedure.first_day, design.procedure.last_day)
}

fn transfusion(design: &Design) -> String {
    let own = &design.transfusion;
    format!(
        "below {} × 10⁹/L, by the count from visit day {} on, at most {} days before the procedure",
        own.below, own.count_from_day, own.count_within_days
    )
}

fn responder(design: &Design) -> String {
    let own = &design.endpoints;
    format!(
        "a count of {} × 10⁹/L or more, and {} above baseline, until visit day {}",
        own.at_least, own.rise, own.last_day
    )
}

#[cfg(test)]
mod tests {
    use super::protocol;
    use crate::trial::Design;
    use std::path::Path;

    #[test]
    fn regress_the_table_of_trials_says_what_the_design_holds() {
        let design = Design::load(Path::new("l_plus_1")).expect("a shipped trial");
        let rules = protocol(&design);
        let says = |what: &str| {
            rules.iter().find(|rule| rule.0 == what).map_or("", |rule| rule.1.as_str())
        };
        assert_eq!(says("patients and arms"), "97 randomised; Lusutrombopag 3 mg: 49; Placebo: 48");
        assert_eq!(
            says("randomisation"),
            "blocks of 4; strata: ablation (43 % of patients), count at screening, cut at 35 × 10⁹/L"
        );
        assert_eq!(
            says("entry"),
            "measured count below 50 × 10⁹/L on visit day -6; thrombosis excluded"
        );
    }
}
