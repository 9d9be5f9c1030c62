//! Measured counts of a patient as they are typed and stand in an address: `0: 35, 4: 38, 7: 52`.

use crate::error::{Error, Result};
use crate::window::LAST_DAY;

/// The name of the counts in an address.
pub(super) const COUNTS: &str = "counts";
/// Largest count, 10⁹/L.
const LARGEST: f64 = 2000.0;
/// Most counts.
const MOST: usize = 30;

/// A measured count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Count {
    /// Days from the first dose.
    pub elapsed_day: f64,
    /// As measured, 10⁹/L.
    pub count: f64,
}

/// Counts in the order of their days; none in an empty text.
pub(super) fn read(text: &str) -> Result<Vec<Count>> {
    let all = text.trim();
    let all = all.strip_suffix(',').unwrap_or(all);
    let parts = all.split(',').map(str::trim).filter(|_| !all.is_empty());
    let mut counts = parts.map(|part| one(text, part)).collect::<Result<Vec<Count>>>()?;
    counts.sort_by(|a, b| a.elapsed_day.total_cmp(&b.elapsed_day));
    let twice = counts.windows(2).find(|pair| pair[0].elapsed_day >= pair[1].elapsed_day);
    if let Some([Count { elapsed_day, .. }, ..]) = twice {
        let rule = "has two counts; give one for each day, such as 4: 38, 4.5: 41";
        return Err(refused(text, format!("day {elapsed_day}"), rule));
    }
    within("number of counts", counts.len() as f64, "1", (0.0, MOST as f64))?;
    Ok(counts)
}

fn one(text: &str, part: &str) -> Result<Count> {
    let pair = part.split_once(':').and_then(|(day, count)| {
        Some((day.trim().parse::<f64>().ok()?, count.trim().parse::<f64>().ok()?))
    });
    let Some((elapsed_day, count)) = pair else {
        let rule = "must be an elapsed day and a count, such as 4: 38; separate several by commas";
        return Err(refused(text, part.to_owned(), rule));
    };
    within("elapsed day", elapsed_day, "d", (0.0, (LAST_DAY - 1) as f64))?;
    if count > 0.0 && count <= LARGEST {
        return Ok(Count { elapsed_day: elapsed_day.abs(), count });
    }
    let symbol = format!("count on day {elapsed_day}");
    Err(out_of_range(&symbol, count, "10^9/L", format!("(0, {LARGEST}]")))
}

fn within(symbol: &str, value: f64, unit: &str, (low, high): (f64, f64)) -> Result<()> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    Err(out_of_range(symbol, value, unit, format!("[{low}, {high}]")))
}

fn out_of_range(symbol: &str, value: f64, unit: &str, range: String) -> Error {
    Error::OutOfRange { symbol: symbol.to_owned(), value, unit: unit.to_owned(), range }
}

fn refused(text: &str, part: String, rule: &str) -> Error {
    Error::Syntax {
        text: format!("{COUNTS}={text}"),
        expected: "a list of counts",
        part,
        rule: rule.to_owned(),
    }
}

/// The text that is read as these counts.
pub(super) fn written(counts: &[Count]) -> String {
    let one = |own: &Count| format!("{}:{}", own.elapsed_day, own.count);
    counts.iter().map(one).collect::<Vec<_>>().join(",")
}

/// How many, in words.
pub(super) fn number(counts: &[Count]) -> String {
    format!("{} {}", counts.len(), if counts.len() == 1 { "count" } else { "counts" })
}

#[cfg(test)]
mod tests {
    use super::{Count, read, written};
    use proptest::prelude::*;

    #[test]
    fn analytic_counts_are_read_in_the_order_of_their_days() {
        let count = |elapsed_day, count| Count { elapsed_day, count };
        let expected = [count(0.0, 35.0), count(4.5, 38.0), count(7.0, 52.5)];
        for text in ["0: 35, 4.5: 38, 7: 52.5", "7:52.5,0:35,4.5:38", " 0 :35 ,7: 52.5,4.5 : 38, "]
        {
            assert_eq!(read(text).expect(text), expected, "{text}");
        }
        assert_eq!(written(&expected), "0:35,4.5:38,7:52.5");
        assert!(read("").expect("nothing").is_empty() && read("  ").expect("nothing").is_empty());
        assert_eq!(read("-0:35").expect("zero")[0].elapsed_day.to_bits(), 0);
    }

    #[test]
    fn invariant_a_wrong_count_is_refused_in_one_sentence() {
        let many: Vec<String> = (0..31).map(|day| format!("{day}:40")).collect();
        for (text, expected) in [
            ("35", "`35` must be an elapsed day and a count, such as 4: 38"),
            ("0: 35; 4: 38", "must be an elapsed day and a count"),
            ("0: 35,,4: 38", "`` must be an elapsed day and a count"),
            ("0: 35,5", "`5` must be an elapsed day and a count"),
            ("day 4: 38", "`day 4: 38` must be an elapsed day and a count"),
            ("43: 38", "`elapsed day = 43 d` is outside [0, 42]"),
            ("-1: 38", "`elapsed day = -1 d` is outside [0, 42]"),
            ("NaN: 38", "`elapsed day = NaN d` is outside [0, 42]"),
            ("4: 38000", "`count on day 4 = 38000 10^9/L` is outside (0, 2000]"),
            ("4: 0", "`count on day 4 = 0 10^9/L` is outside (0, 2000]"),
            ("4: inf", "is outside (0, 2000]"),
            ("4: 38, 0: 35, 4.0: 39", "`day 4` has two counts; give one for each day"),
            (&many.join(","), "`number of counts = 31` is outside [0, 30]"),
        ] {
            let said = read(text).expect_err(text).to_string();
            assert!(said.contains(expected), "{text}: {said:?} does not say {expected:?}");
            assert_eq!(said.lines().count(), 1, "{text}: {said}");
        }
    }

    proptest! {
        #[test]
        fn prop_counts_come_back_from_their_text(
            days in prop::collection::btree_set(0..42_000_u32, 0..30), factor in 0.001..2.0_f64,
        ) {
            let days = days.into_iter().map(|day| f64::from(day) / 1000.0);
            let counts: Vec<Count> =
                days.map(|elapsed_day| Count { elapsed_day, count: 1000.0 * factor }).collect();
            prop_assert_eq!(read(&written(&counts)).expect("its own text"), counts);
        }

        #[test]
        fn prop_no_text_whatever_breaks_the_reading(text in ".{0,200}") {
            let _ = read(&text);
        }
    }
}
