//! States that act on each other in a circle belong together: the eigenvalues of a matrix are those of its groups.
//! Chains, whose stages are groups of one, have exact eigenvalues this way; taken as a whole their matrix is
//! defective, and rounding would scatter them.

use nalgebra::DMatrix;

/// The groups of states, each with the positions of its members.
pub(super) fn groups(matrix: &DMatrix<f64>) -> Vec<Vec<usize>> {
    let count = matrix.nrows();
    let acts = |from: usize, to: usize| from != to && matrix[(to, from)] != 0.0;
    // Depth first along the arrows gives the order in which to gather against them.
    let mut order = Vec::with_capacity(count);
    let mut seen = vec![false; count];
    for start in 0..count {
        visit(start, &|own, next| acts(own, next), &mut seen, &mut order);
    }
    let mut groups = Vec::new();
    let mut seen = vec![false; count];
    for start in order.into_iter().rev() {
        let mut group = Vec::new();
        visit(start, &|own, next| acts(next, own), &mut seen, &mut group);
        if !group.is_empty() {
            group.sort_unstable();
            groups.push(group);
        }
    }
    groups
}

/// Adds `start` and everything that can be reached from it and was not seen before, the last reached first.
fn visit(
    start: usize,
    joins: &dyn Fn(usize, usize) -> bool,
    seen: &mut [bool],
    order: &mut Vec<usize>,
) {
    if std::mem::replace(&mut seen[start], true) {
        return;
    }
    let mut open = vec![(start, 0)];
    while let Some((own, from)) = open.pop() {
        let next = (from..seen.len()).find(|next| !seen[*next] && joins(own, *next));
        match next {
            Some(next) => {
                seen[next] = true;
                open.push((own, next + 1));
                open.push((next, 0));
            }
            None => order.push(own),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::groups;
    use nalgebra::DMatrix;

    #[test]
    fn analytic_circles_are_groups_and_chains_are_not() {
        let mut matrix = DMatrix::from_diagonal_element(6, 6, -1.0);
        for (from, to) in [(0, 1), (1, 2), (2, 3), (3, 2), (3, 4), (4, 5)] {
            matrix[(to, from)] = 1.0;
        }
        let mut found = groups(&matrix);
        found.sort();
        assert_eq!(found, [vec![0], vec![1], vec![2, 3], vec![4], vec![5]]);
    }
}
