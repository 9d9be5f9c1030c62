//! Boxes in layers, what acts above what it acts on, and lines between them that cross little.

/// Passes over all layers that sort the boxes.
const PASSES: usize = 12;
/// Room that an arrow takes in a layer that it passes, in units of a box.
const PASSING: f64 = 0.25;

/// Where a box lies: its layer from the top, and its place from left to right in units of a box.
pub(super) type Place = (usize, f64);

/// A layout.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Layout {
    /// For each box its place.
    pub(super) places: Vec<Place>,
    /// For each arrow the places that it passes, from its beginning to its end, those of both boxes
    /// included.
    pub(super) ways: Vec<Vec<Place>>,
}

/// Lays out `boxes` boxes that `arrows` join.
pub(super) fn lay_out(boxes: usize, arrows: &[(usize, usize)]) -> Layout {
    let downwards = downwards(boxes, arrows);
    let layers = layers(boxes, &downwards);
    // Where an arrow passes a layer, it takes a place there as a box does.
    let mut layer_of = layers;
    let mut chains: Vec<Vec<usize>> = Vec::new();
    for (from, to) in &downwards {
        let mut chain = vec![*from];
        for layer in layer_of[*from] + 1..layer_of[*to] {
            layer_of.push(layer);
            chain.push(layer_of.len() - 1);
        }
        chain.push(*to);
        chains.push(chain);
    }
    let links: Vec<(usize, usize)> = chains
        .iter()
        .flat_map(|chain| chain.iter().zip(&chain[1..]).map(|(one, other)| (*one, *other)))
        .collect();
    let rows = sorted(&layer_of, &links);
    let room: Vec<f64> =
        (0..layer_of.len()).map(|own| if own < boxes { 1.0 } else { PASSING }).collect();
    let across = across(&rows, &links, &room);
    let place = |own: usize| (layer_of[own], across[own]);
    let way = |(chain, (from, _)): (&Vec<usize>, &(usize, usize))| {
        let mut way: Vec<Place> = chain.iter().map(|own| place(*own)).collect();
        if chain.first() != Some(from) {
            way.reverse();
        }
        way
    };
    let ways = chains.iter().zip(arrows).map(way).collect();
    Layout { places: (0..boxes).map(place).collect(), ways }
}

/// The arrows, those turned round that would close a circle: of those that lead back in the order of the boxes as
/// many as need be.
fn downwards(boxes: usize, arrows: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut kept: Vec<(usize, usize)> = Vec::new();
    let mut all = arrows.to_vec();
    let reaches = |kept: &[(usize, usize)], from: usize, to: usize| {
        let (mut open, mut seen) = (vec![from], vec![false; boxes]);
        while let Some(own) = open.pop() {
            if own == to {
                return true;
            }
            if !std::mem::replace(&mut seen[own], true) {
                open.extend(kept.iter().filter(|(of, _)| *of == own).map(|(_, to)| *to));
            }
        }
        false
    };
    for is_back in [false, true] {
        for own in all.iter_mut().filter(|(from, to)| (from > to) == is_back) {
            if reaches(&kept, own.1, own.0) {
                *own = (own.1, own.0);
            }
            kept.push(*own);
        }
    }
    all
}

/// The layer of each box: below all that lead to it, and where nothing does, just above what it leads to.
fn layers(boxes: usize, arrows: &[(usize, usize)]) -> Vec<usize> {
    let mut layer = vec![0; boxes];
    for _ in 0..boxes {
        for (from, to) in arrows {
            layer[*to] = layer[*to].max(layer[*from] + 1);
        }
    }
    for own in 0..boxes {
        let below = arrows.iter().filter(|(from, _)| *from == own).map(|(_, to)| layer[*to]).min();
        if let (Some(below), true) = (below, arrows.iter().all(|(_, to)| *to != own)) {
            layer[own] = below - 1;
        }
    }
    layer
}

/// The boxes of every layer from left to right.
fn sorted(layer_of: &[usize], links: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let depth = layer_of.iter().max().map_or(0, |deepest| deepest + 1);
    let row = |layer| (0..layer_of.len()).filter(|own| layer_of[*own] == layer).collect();
    let mut rows: Vec<Vec<usize>> = (0..depth).map(row).collect();
    let mut best = rows.clone();
    for pass in 0..PASSES {
        let order: Vec<usize> = if pass % 2 == 0 {
            (1..depth).collect()
        } else {
            (0..depth.max(1) - 1).rev().collect()
        };
        for layer in order {
            let place = places(&rows, layer_of.len());
            let mut keyed: Vec<(f64, usize)> = rows[layer]
                .iter()
                .map(|own| (mean_of_neighbours(*own, links, &place, pass % 2 == 0), *own))
                .collect();
            keyed.sort_by(|(one, _), (other, _)| one.total_cmp(other));
            rows[layer] = keyed.into_iter().map(|(_, own)| own).collect();
        }
        if crossings(&rows, links, layer_of) < crossings(&best, links, layer_of) {
            best.clone_from(&rows);
        }
    }
    best
}

/// The place of each box in its row.
fn places(rows: &[Vec<usize>], count: usize) -> Vec<f64> {
    let mut place = vec![0.0; count];
    for row in rows {
        for (i, own) in row.iter().enumerate() {
            place[*own] = i as f64 - 0.5 * (row.len() as f64 - 1.0);
        }
    }
    place
}

/// The mean place of what leads to a box, or of what it leads to; its own place where there is nothing.
fn mean_of_neighbours(own: usize, links: &[(usize, usize)], place: &[f64], above: bool) -> f64 {
    let others = links.iter().filter_map(|(from, to)| match (above, own) {
        (true, own) if own == *to => Some(place[*from]),
        (false, own) if own == *from => Some(place[*to]),
        _ => None,
    });
    let others: Vec<f64> = others.collect();
    if others.is_empty() {
        return place[own];
    }
    others.iter().sum::<f64>() / others.len() as f64
}

fn crossings(rows: &[Vec<usize>], links: &[(usize, usize)], layer_of: &[usize]) -> usize {
    let place = places(rows, layer_of.len());
    let mut count = 0;
    for (i, (from, to)) in links.iter().enumerate() {
        let others = links[i + 1..].iter().filter(|(of, _)| layer_of[*of] == layer_of[*from]);
        count += others
            .filter(|(of, at)| (place[*of] - place[*from]) * (place[*at] - place[*to]) < 0.0)
            .count();
    }
    count
}

/// Where each box lies from left to right: near the mean of its neighbours, with `room` around it.
fn across(rows: &[Vec<usize>], links: &[(usize, usize)], room: &[f64]) -> Vec<f64> {
    let mut place = places(rows, room.len());
    for _ in 0..PASSES {
        for row in rows {
            let wanted: Vec<f64> = row
                .iter()
                .map(|own| {
                    let [above, below] =
                        [true, false].map(|above| mean_of_neighbours(*own, links, &place, above));
                    0.5 * (above + below)
                })
                .collect();
            let mut set: Vec<f64> = Vec::new();
            for (i, own) in wanted.iter().enumerate() {
                let least = set.last().map_or(f64::NEG_INFINITY, |last| {
                    last + 0.5 * (room[row[i - 1]] + room[row[i]])
                });
                set.push(own.max(least));
            }
            let shift = wanted.iter().zip(&set).map(|(wanted, set)| wanted - set).sum::<f64>()
                / row.len().max(1) as f64;
            for (own, set) in row.iter().zip(set) {
                place[*own] = set + shift;
            }
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use super::lay_out;

    #[test]
    fn analytic_what_acts_lies_above_what_it_acts_on() {
        let layout = lay_out(4, &[(0, 1), (1, 2), (2, 1), (1, 3), (0, 3)]);
        let layer = |own: usize| layout.places[own].0;
        assert_eq!([layer(0), layer(1), layer(2), layer(3)], [0, 1, 2, 2]);
        // An arrow back goes up; one over a layer passes it.
        assert!(layout.ways[2][0].0 > layout.ways[2][1].0);
        assert_eq!(layout.ways[4].iter().map(|way| way.0).collect::<Vec<_>>(), [0, 1, 2]);
    }

    #[test]
    fn invariant_boxes_of_a_layer_lie_apart() {
        let arrows: Vec<(usize, usize)> =
            (1..9).map(|to| (0, to)).chain([(8, 0), (3, 7)]).collect();
        let places = lay_out(9, &arrows).places;
        for (i, one) in places.iter().enumerate() {
            for other in &places[i + 1..] {
                assert!(one.0 != other.0 || (one.1 - other.1).abs() > 1.0 - 1e-9, "{places:?}");
            }
        }
        assert_eq!(lay_out(0, &[]).places, []);
    }
}
