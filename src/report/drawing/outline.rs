//! The outlines of the chosen cells of a grid.

/// A corner of a cell: columns from the left, rows from the first.
pub type Corner = (usize, usize);

/// The closed lines around the chosen cells of a grid of `columns` by `rows`. The first corner of a line is repeated as the
/// last; corners on a straight stretch are kept.
#[must_use]
pub fn outlines(
    columns: usize,
    rows: usize,
    chosen: impl Fn(usize, usize) -> bool,
) -> Vec<Vec<Corner>> {
    let mut edges = edges(columns, rows, chosen);
    let mut lines = Vec::new();
    while let Some((start, mut end)) = edges.pop() {
        let mut line = vec![start, end];
        while end != start {
            // Every corner is entered as often as it is left, so that there is always a way on.
            let Some(next) = edges.iter().position(|(from, _)| *from == end) else { break };
            end = edges.swap_remove(next).1;
            line.push(end);
        }
        lines.push(line);
    }
    lines
}

/// The edges between a chosen cell and one that is not, the chosen one always on the same hand.
fn edges(
    columns: usize,
    rows: usize,
    chosen: impl Fn(usize, usize) -> bool,
) -> Vec<(Corner, Corner)> {
    let mut edges = Vec::new();
    for x in 0..columns {
        for y in (0..rows).filter(|y| chosen(x, *y)) {
            let sides = [
                ((x, y), (x + 1, y), y > 0 && chosen(x, y - 1)),
                ((x + 1, y), (x + 1, y + 1), x + 1 < columns && chosen(x + 1, y)),
                ((x + 1, y + 1), (x, y + 1), y + 1 < rows && chosen(x, y + 1)),
                ((x, y + 1), (x, y), x > 0 && chosen(x - 1, y)),
            ];
            edges.extend(sides.into_iter().filter(|side| !side.2).map(|(a, b, _)| (a, b)));
        }
    }
    edges
}

#[cfg(test)]
mod tests {
    use super::outlines;
    use proptest::prelude::*;

    #[test]
    fn regress_one_cell_has_four_edges_and_two_apart_have_two_lines() {
        assert_eq!(outlines(3, 3, |x, y| (x, y) == (1, 1)).len(), 1);
        assert_eq!(outlines(3, 3, |x, y| (x, y) == (1, 1))[0].len(), 5);
        assert_eq!(outlines(3, 1, |x, _| x != 1).len(), 2);
        assert_eq!(outlines(2, 2, |_, _| true)[0].len(), 9);
        assert!(outlines(2, 2, |_, _| false).is_empty() && outlines(0, 0, |_, _| true).is_empty());
    }

    proptest! {
        #[test]
        fn prop_lines_close_and_hold_every_edge_once(
            cells in prop::collection::vec(any::<bool>(), 20),
        ) {
            let chosen = |x: usize, y: usize| cells[5 * y + x];
            let lines = outlines(5, 4, chosen);
            let mut steps = 0;
            for line in &lines {
                prop_assert_eq!(line.first(), line.last());
                steps += line.len() - 1;
                for pair in line.windows(2) {
                    let [(x0, y0), (x1, y1)] = [pair[0], pair[1]];
                    prop_assert_eq!(x0.abs_diff(x1) + y0.abs_diff(y1), 1);
                }
            }
            let is = |x: i32, y: i32| {
                let (x, y) = (usize::try_from(x), usize::try_from(y));
                x.is_ok_and(|x| x < 5 && y.is_ok_and(|y| y < 4 && chosen(x, y)))
            };
            let mut expected = 0;
            for (x, y) in (0..6).flat_map(|x| (0..5).map(move |y| (x, y))) {
                expected += usize::from(is(x, y) != is(x - 1, y));
                expected += usize::from(is(x, y) != is(x, y - 1));
            }
            prop_assert_eq!(steps, expected);
        }
    }
}
