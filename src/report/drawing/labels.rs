//! Places for labels that must not overlap.

use super::geometry::keep;

/// Moves labels apart as little as possible (least squares): the result keeps the order of the wanted places, at least
/// `gap` between neighbours, and stays within `low..=high` as far as the labels fit there at all.
#[must_use]
pub fn spread(wanted: &[f64], gap: f64, low: f64, high: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|&a, &b| wanted[a].total_cmp(&wanted[b]));

    // Without their due distances the places need only be ascending: pool neighbours that are not (isotonic regression).
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (rank, &label) in order.iter().enumerate() {
        let mut pool = (keep(wanted[label], low, high) - rank as f64 * gap, 1);
        while let Some(&(mean, count)) = pools.last() {
            if mean <= pool.0 {
                break;
            }
            pools.pop();
            let total = count + pool.1;
            pool = ((mean * count as f64 + pool.0 * pool.1 as f64) / total as f64, total);
        }
        pools.push(pool);
    }
    let ascending = pools.iter().flat_map(|&(mean, count)| std::iter::repeat_n(mean, count));

    let last = wanted.len().saturating_sub(1) as f64 * gap;
    let highest = (high - last).max(low);
    let mut placed = vec![0.0; wanted.len()];
    for ((rank, &label), place) in order.iter().enumerate().zip(ascending) {
        placed[label] = keep(place, low, highest) + rank as f64 * gap;
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::spread;
    use proptest::prelude::*;

    #[test]
    fn regress_labels_with_room_stay_where_they_are() {
        assert_eq!(spread(&[8.0, 1.0, 4.0], 2.0, 0.0, 10.0), vec![8.0, 1.0, 4.0]);
    }

    #[test]
    fn regress_labels_of_one_place_fan_out_around_it() {
        assert_eq!(spread(&[5.0, 5.0, 5.0], 1.0, 0.0, 10.0), vec![4.0, 5.0, 6.0]);
        assert_eq!(spread(&[10.0, 10.0], 1.0, 0.0, 10.0), vec![9.0, 10.0]);
        assert!(spread(&[], 1.0, 0.0, 10.0).is_empty());
    }

    proptest! {
        #[test]
        fn prop_labels_keep_order_distance_and_limits(
            wanted in prop::collection::vec(-20.0..120.0_f64, 0..12),
            gap in 0.5..8.0_f64,
        ) {
            let placed = spread(&wanted, gap, 0.0, 100.0);
            let mut sorted = placed.clone();
            sorted.sort_by(f64::total_cmp);
            for pair in sorted.windows(2) {
                prop_assert!(pair[1] - pair[0] >= gap - 1e-9);
            }
            for (a, b) in wanted.iter().zip(&placed) {
                for (c, d) in wanted.iter().zip(&placed) {
                    prop_assert!(a >= c || b <= d);
                }
            }
            prop_assert!(placed.iter().all(|&p| (-1e-9..=100.0 + 1e-9).contains(&p)));
        }
    }
}
