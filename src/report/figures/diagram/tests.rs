//! The places of the diagram against what the model says there is to draw.

use super::places::{all, box_of, way_of};
use crate::model::mechanistic::STRUCTURE;
use crate::model::structure::OUTSIDE;
use crate::report::drawing::geometry::{Point, Rect};

/// Whether a point lies on the outline of a box.
fn on_edge(r: Rect, (x, y): Point) -> bool {
    let within = |at: f64, low: f64, high: f64| at > low - 0.05 && at < high + 0.05;
    let at = |a: f64, b: f64| (a - b).abs() < 0.05;
    (at(x, r.left) || at(x, r.right())) && within(y, r.top, r.bottom())
        || (at(y, r.top) || at(y, r.bottom())) && within(x, r.left, r.right())
}

#[test]
fn invariant_every_box_and_arrow_of_the_model_has_a_place_and_no_other() {
    let nodes: Vec<&str> = STRUCTURE.iter().flat_map(|p| p.nodes).map(|node| node.name).collect();
    let links = STRUCTURE.iter().flat_map(|part| part.links);
    let links: Vec<(&str, &str)> = links.map(|link| (link.from, link.to)).collect();
    let (boxes, ways) = all();
    for name in &nodes {
        assert!(box_of(name).is_some(), "no place for `{name}`");
    }
    for (from, to) in &links {
        assert!(way_of(from, to).is_some(), "no way from `{from}` to `{to}`");
    }
    assert_eq!((boxes.len(), ways.len()), (nodes.len(), links.len()));
}

#[test]
fn invariant_arrows_begin_and_end_at_their_boxes() {
    for (from, to) in all().1 {
        let Some(way) = way_of(from, to) else { continue };
        for (name, point) in [(from, way.points.first()), (to, way.points.last())] {
            if name != OUTSIDE {
                let (place, point) = (box_of(name).unwrap(), *point.unwrap());
                assert!(on_edge(place, point), "`{from}` to `{to}` misses `{name}` at {point:?}");
            }
        }
    }
}
