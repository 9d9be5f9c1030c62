//! Variants in words, the same in figures and on the page.

/// Values with the variants that share them, in the order in which they first come.
pub(super) fn with_variants<T: PartialEq>(
    values: impl Iterator<Item = (T, String)>,
) -> Vec<(T, Vec<String>)> {
    let mut groups: Vec<(T, Vec<String>)> = Vec::new();
    for (value, variant) in values {
        match groups.iter_mut().find(|(known, _)| *known == value) {
            Some((_, variants)) => variants.push(variant),
            None => groups.push((value, vec![variant])),
        }
    }
    groups
}

/// "a", "a and b", "a, b and c".
pub(super) fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::with_variants;

    #[test]
    fn analytic_variants_of_one_value_stand_together() {
        let of = |pairs: [(i32, &str); 3]| pairs.map(|(value, name)| (value, name.to_owned()));
        let groups = with_variants(of([(6, "A"), (7, "B"), (6, "C")]).into_iter());
        let words = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        assert_eq!(groups, [(6, words(&["A", "C"])), (7, words(&["B"]))]);
    }
}
