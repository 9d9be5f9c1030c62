//! Variants in words, the same in figures and on the page.

/// Values with the names that share them, such as those of variants, in the order in which they first come.
pub(super) fn grouped<T: PartialEq>(
    values: impl Iterator<Item = (T, String)>,
) -> Vec<(T, Vec<String>)> {
    let mut groups: Vec<(T, Vec<String>)> = Vec::new();
    for (value, name) in values {
        match groups.iter_mut().find(|(known, _)| *known == value) {
            Some((_, names)) => names.push(name),
            None => groups.push((value, vec![name])),
        }
    }
    groups
}

/// Values with the variants that have them, those of one value together; a value that all have stands alone.
pub(super) fn by_variant(values: impl Iterator<Item = (String, String)>) -> String {
    let groups = grouped(values);
    if let [(value, _)] = groups.as_slice() {
        return value.clone();
    }
    let one = |(value, of): &(String, Vec<String>)| format!("{value} ({})", of.join(", "));
    groups.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The same as part of a sentence.
pub(super) fn by_variant_in_words(values: impl Iterator<Item = (String, String)>) -> String {
    let values: Vec<(String, String)> = values.collect();
    let is_same = values.iter().all(|(value, _)| *value == values[0].0);
    let words = by_variant(values.into_iter());
    if is_same { format!("{words} in every variant") } else { words }
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
    use super::{by_variant, by_variant_in_words, grouped};

    #[test]
    fn analytic_variants_of_one_value_stand_together() {
        let of = |pairs: [(i32, &str); 3]| pairs.map(|(value, name)| (value, name.to_owned()));
        let groups = grouped(of([(6, "A"), (7, "B"), (6, "C")]).into_iter());
        let words = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        assert_eq!(groups, [(6, words(&["A", "C"])), (7, words(&["B"]))]);
        let of = |values: [&str; 3]| {
            let pair = |(value, name): (&str, &str)| (value.to_owned(), name.to_owned());
            values.into_iter().zip(["A", "B", "C"]).map(pair).collect::<Vec<_>>().into_iter()
        };
        assert_eq!(by_variant(of(["6", "7", "6"])), "6 (A, C), 7 (B)");
        assert_eq!(by_variant(of(["6", "6", "6"])), "6");
        assert_eq!(by_variant_in_words(of(["6", "6", "6"])), "6 in every variant");
        assert_eq!(by_variant_in_words(of(["6", "7", "6"])), "6 (A, C), 7 (B)");
    }
}
