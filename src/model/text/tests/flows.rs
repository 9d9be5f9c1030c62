//! What leads to what in the shipped texts.

use crate::error::Result;
use crate::model::parameter_set;

#[test]
fn analytic_flows_and_influences_are_told_apart() -> Result<()> {
    let flows = parameter_set("models/mechanistic.model", None)?.flows()?;
    let names: Vec<&str> = flows.compartments.iter().map(|own| own.name.as_str()).collect();
    let is_flow = |from: &str, to: &str| {
        let place = |name: &str| names.iter().position(|own| *own == name);
        let found = flows
            .actions
            .iter()
            .find(|own| (Some(own.from), Some(own.to)) == (place(from), place(to)));
        found.map(|own| own.is_flow)
    };
    assert_eq!(is_flow("depot", "central"), Some(true));
    assert_eq!(is_flow("central", "peripheral1"), Some(true));
    assert_eq!(is_flow("peripheral1", "central"), Some(true));
    assert_eq!(is_flow("central", "progenitors"), Some(false));
    assert_eq!(is_flow("progenitors", "megakaryocyte"), Some(false));
    assert_eq!(is_flow("depot", "progenitors"), None);
    let depot = names.iter().position(|own| *own == "depot").unwrap_or(usize::MAX);
    assert_eq!(flows.entries, [("oral".to_owned(), depot)]);
    let stages = flows.compartments.iter().find(|own| own.name == "megakaryocyte");
    assert_eq!(stages.map(|own| own.elements), Some(4));
    assert!(parameter_set("mechanistic", None)?.flows()?.compartments.is_empty());
    Ok(())
}
