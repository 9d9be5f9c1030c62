//! Numbers and variants in words, the same in figures and on the page.

use super::drawing::axis::number;

/// A number to so many significant figures, without zeros at its end.
pub(super) fn significant(value: f64, figures: i32) -> String {
    const MOST: i32 = 9;
    let least = 10_f64.powi(figures - 1);
    let enough = |places: &i32| value.abs() * 10_f64.powi(*places) >= least;
    let places = (0..MOST).find(enough).unwrap_or(MOST);
    let digits = number(value, usize::try_from(places).unwrap_or(0));
    if digits.contains('.') {
        digits.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        digits
    }
}

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
    use super::{significant, with_variants};

    #[test]
    fn analytic_long_numbers_are_shown_to_their_first_figures() {
        assert_eq!(significant(97.517_209_961, 4), "97.52");
        assert_eq!(significant(0.000_123_456_78, 4), "0.0001235");
        assert_eq!(significant(0.75, 4), "0.75");
        assert_eq!(significant(39.0, 3), "39");
        assert_eq!(significant(1234.5, 3), "1234");
        assert_eq!(significant(0.0, 3), "0");
    }

    #[test]
    fn analytic_variants_of_one_value_stand_together() {
        let of = |pairs: [(i32, &str); 3]| pairs.map(|(value, name)| (value, name.to_owned()));
        let groups = with_variants(of([(6, "A"), (7, "B"), (6, "C")]).into_iter());
        let words = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        assert_eq!(groups, [(6, words(&["A", "C"])), (7, words(&["B"]))]);
    }
}
