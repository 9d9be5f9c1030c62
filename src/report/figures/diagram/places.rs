//! Where boxes and arrows of the diagram lie (mm, down from the first rule).

use crate::report::drawing::geometry::{Point, Rect};

/// Where the diagram ends.
pub(super) const BOTTOM: f64 = 142.5;
/// Where the list of variants begins.
pub(super) const VARIANTS: Point = (117.0, 64.5);

/// The rule above each part.
const HEADERS: [(&str, f64); 4] =
    [("Pharmacokinetics", 0.0), ("Receptor", 45.0), ("Cells", 82.0), ("Thrombopoietin", 122.0)];

const fn rect(left: f64, top: f64, width: f64, height: f64) -> Rect {
    Rect { left, top, width, height }
}

const BOXES: [(&str, Rect); 12] = [
    ("depot", rect(24.0, 15.7, 20.0, 10.6)),
    ("central", rect(72.0, 7.0, 36.0, 28.0)),
    ("peripheral1", rect(138.0, 7.0, 39.0, 10.6)),
    ("peripheral2", rect(138.0, 19.6, 39.0, 10.6)),
    ("drive", rect(20.0, 56.0, 40.0, 10.6)),
    ("signal", rect(72.0, 52.0, 38.0, 18.4)),
    ("progenitors", rect(4.0, 96.0, 30.0, 10.6)),
    ("megakaryocyte", rect(46.0, 92.0, 46.0, 18.6)),
    ("platelet", rect(108.0, 92.0, 36.0, 18.6)),
    ("count", rect(151.0, 91.0, 23.0, 10.6)),
    ("tpo", rect(108.0, 131.0, 36.0, 10.6)),
    ("clearance", rect(46.0, 131.0, 46.0, 10.6)),
];

/// The course of an arrow, and where its words stand.
#[derive(Debug)]
pub(super) struct Way {
    from: &'static str,
    to: &'static str,
    pub(super) points: &'static [Point],
    /// The first line of its words; none where it has none.
    pub(super) label: Option<Point>,
}

type Ends = (&'static str, &'static str);

const fn bare((from, to): Ends, points: &'static [Point]) -> Way {
    Way { from, to, points, label: None }
}

const fn way(ends: Ends, points: &'static [Point], label: Point) -> Way {
    Way { label: Some(label), ..bare(ends, points) }
}

const WAYS: [Way; 21] = [
    way(("", "depot"), &[(4.0, 21.0), (24.0, 21.0)], (4.0, 12.2)),
    way(("depot", "central"), &[(44.0, 21.0), (72.0, 21.0)], (46.0, 15.95)),
    way(("central", "peripheral1"), &[(108.0, 11.3), (138.0, 11.3)], (110.5, 10.0)),
    bare(("peripheral1", "central"), &[(138.0, 13.6), (108.0, 13.6)]),
    way(("central", "peripheral2"), &[(108.0, 23.9), (138.0, 23.9)], (110.5, 22.6)),
    bare(("peripheral2", "central"), &[(138.0, 26.2), (108.0, 26.2)]),
    way(("central", ""), &[(108.0, 33.0), (138.0, 33.0)], (140.0, 34.1)),
    way(("central", "signal"), &[(90.0, 35.0), (90.0, 52.0)], (92.0, 39.0)),
    way(
        ("tpo", "signal"),
        &[(126.0, 131.0), (126.0, 119.5), (176.0, 119.5), (176.0, 57.0), (110.0, 57.0)],
        (114.0, 51.9),
    ),
    bare(("signal", "drive"), &[(72.0, 61.3), (60.0, 61.3)]),
    way(("drive", "progenitors"), &[(27.0, 66.6), (27.0, 96.0)], (28.5, 74.0)),
    way(("drive", "megakaryocyte"), &[(54.0, 66.6), (54.0, 92.0)], (55.5, 74.0)),
    bare(("progenitors", "megakaryocyte"), &[(34.0, 101.3), (46.0, 101.3)]),
    way(("megakaryocyte", "platelet"), &[(92.0, 101.3), (108.0, 101.3)], (93.6, 99.9)),
    way(("", "platelet"), &[(113.0, 85.0), (113.0, 92.0)], (115.0, 86.9)),
    way(("platelet", ""), &[(144.0, 107.0), (156.0, 107.0)], (157.5, 108.1)),
    bare(("platelet", "count"), &[(144.0, 96.3), (151.0, 96.3)]),
    way(("", "tpo"), &[(172.0, 136.3), (144.0, 136.3)], (147.0, 131.25)),
    bare(("tpo", "clearance"), &[(108.0, 136.3), (92.0, 136.3)]),
    way(("megakaryocyte", "clearance"), &[(60.0, 110.6), (60.0, 131.0)], (61.5, 116.0)),
    way(
        ("platelet", "clearance"),
        &[(116.0, 110.6), (116.0, 119.5), (84.0, 119.5), (84.0, 131.0)],
        (90.0, 114.4),
    ),
];

/// The box of a state or value.
pub(super) fn box_of(name: &str) -> Option<Rect> {
    BOXES.iter().find(|(known, _)| *known == name).map(|(_, place)| *place)
}

/// The rule above a part.
pub(super) fn header_of(title: &str) -> Option<f64> {
    HEADERS.iter().find(|(known, _)| *known == title).map(|(_, y)| *y)
}

/// The course of an arrow.
pub(super) fn way_of(from: &str, to: &str) -> Option<&'static Way> {
    WAYS.iter().find(|way| way.from == from && way.to == to)
}

/// Every box and every arrow that has a place.
#[cfg(test)]
pub(super) fn all() -> (Vec<&'static str>, Vec<(&'static str, &'static str)>) {
    let boxes = BOXES.iter().map(|(name, _)| *name).collect();
    (boxes, WAYS.iter().map(|way| (way.from, way.to)).collect())
}
