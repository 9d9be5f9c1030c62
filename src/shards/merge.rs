//! Shards back to one run.

use super::{Header, Part};
use crate::error::{Error, Result};
use std::ops::Range;

/// The rows of all shards of a run, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Whole {
    /// The header that all shards share.
    pub header: Header,
    /// The rows of each shard, and the numbers that they cover, in order.
    pub rows: Vec<(Range<usize>, String)>,
}

/// Puts the shards of a run together. The order in which they are given does not matter, and a shard may be
/// given several times.
///
/// # Errors
/// Shards of different runs, a shard that is missing, two shards that overlap, or one given twice with
/// different rows.
pub fn whole(mut parts: Vec<Part>) -> Result<Whole> {
    parts.sort_by_key(|part| (part.range().start, part.range().end));
    let Some(first) = parts.first() else {
        return Err(Error::contradiction(
            "a merge",
            "an empty list of shards",
            "name the folders of shards",
        ));
    };
    let header = first.header.clone();
    for part in &parts[1..] {
        if let Some((field, own, others)) = first.header.difference(&part.header) {
            let remedy =
                format!("the {field} differs, {own} and {others}: merge shards of one run");
            return Err(Error::contradiction(&words(first), &words(part), &remedy));
        }
    }
    let total = header.total;
    let mut rows: Vec<(Range<usize>, String)> = Vec::new();
    let mut last: Option<&Part> = None;
    for part in &parts {
        let range = part.range();
        let end = rows.last().map_or(0, |(range, _)| range.end);
        match last {
            Some(before) if before.range() == range => {
                if before.rows != part.rows {
                    let remedy =
                        "they hold the same numbers with different rows: run this shard again";
                    return Err(Error::contradiction(&words(before), &words(part), remedy));
                }
                continue;
            }
            Some(before) if range.start < end => {
                let remedy = "they overlap: cut a run into shards K/N with a single N";
                return Err(Error::contradiction(&words(before), &words(part), remedy));
            }
            _ if range.start > end => return Err(missing(&header, end..range.start, part)),
            _ => {}
        }
        rows.push((range, part.rows.clone()));
        last = Some(part);
    }
    let end = rows.last().map_or(0, |(range, _)| range.end);
    match parts.last() {
        Some(part) if end < total => Err(missing(&header, end..total, part)),
        _ => Ok(Whole { header, rows }),
    }
}

/// Names the numbers that no shard holds, and the shards that would.
fn missing(header: &Header, gap: Range<usize>, beside: &Part) -> Error {
    let of = beside.shard.of();
    let shards = (1..=of).filter_map(|k| super::Shard::new(k, of).ok());
    let inside = shards.filter(|shard| {
        let range = shard.range(header.total);
        !range.is_empty() && gap.start <= range.start && range.end <= gap.end
    });
    let names: Vec<String> = inside.map(|shard| shard.to_string()).collect();
    let numbers = format!("{} {} to {} are missing", header.unit, gap.start + 1, gap.end);
    let remedy = format!("{numbers}: add shard {} of `{}`", names.join(", "), header.command);
    let whole = format!("a run of {} {}", header.total, header.unit);
    Error::contradiction("the list of shards", &whole, &remedy)
}

fn words(part: &Part) -> String {
    format!("the shard {} in {}", part.shard, part.from.display())
}

#[cfg(test)]
mod tests {
    use super::super::Shard;
    use super::*;
    use std::collections::BTreeMap;

    fn part(number: usize, of: usize) -> Part {
        let text = |text: &str| text.to_owned();
        let header = Header {
            program: text("thrombo 1"),
            data: text("d"),
            command: text("command x"),
            unit: text("replicates"),
            total: 10,
            seed: 1,
            relative_tolerance: text("1e-6"),
            machine: text("m"),
            inputs: BTreeMap::from([(text("x.toml"), text("0a"))]),
        };
        let shard = Shard::new(number, of).unwrap();
        Part { from: format!("s{number}").into(), rows: format!("{number}\n"), header, shard }
    }

    fn refused(parts: Vec<Part>) -> String {
        whole(parts).unwrap_err().to_string()
    }

    #[test]
    fn invariant_order_and_doubles_do_not_matter() {
        let all = whole(vec![part(1, 3), part(2, 3), part(3, 3)]).unwrap();
        assert_eq!(all.rows.iter().map(|(range, _)| range.len()).sum::<usize>(), 10);
        let again = whole(vec![part(3, 3), part(2, 3), part(1, 3), part(2, 3)]).unwrap();
        assert_eq!(all, again);
    }

    #[test]
    fn analytic_missing_doubled_and_foreign_shards_are_named() {
        let said = refused(vec![part(1, 4), part(4, 4)]);
        assert!(said.contains("replicates 3 to 7 are missing: add shard 2/4, 3/4"), "{said}");
        assert!(refused(vec![part(2, 2)]).contains("add shard 1/2"));
        assert!(refused(vec![part(1, 2)]).contains("add shard 2/2"));
        assert!(refused(vec![part(1, 2), part(2, 3)]).contains("overlap"));
        assert!(refused(Vec::new()).contains("empty list"));
        let mut other = part(1, 2);
        other.rows = "7\n".to_owned();
        assert!(refused(vec![part(1, 2), other, part(2, 2)]).contains("different rows"));
        let mut foreign = part(2, 2);
        foreign.header.seed = 2;
        assert!(refused(vec![part(1, 2), foreign]).contains("the seed differs, 1 and 2"));
        let mut foreign = part(2, 2);
        foreign.header.program = "thrombo 2".to_owned();
        assert!(refused(vec![part(1, 2), foreign]).contains("the program differs"));
        let mut foreign = part(2, 2);
        foreign.header.inputs.insert("x.toml".to_owned(), "0b".to_owned());
        assert!(refused(vec![part(1, 2), foreign]).contains("the input x.toml differs, 0a and 0b"));
    }
}
