//! A figure as PDF 1.4: one page of outlines. The same figure gives the same bytes.

use super::shapes::{Line, Paint, Shape, Sheet, Step, short, spaced};
use std::fmt::Write;

/// Points in a pixel of SVG.
const POINTS: f32 = 0.75;
/// Opacities are told apart in this many steps.
const STEPS: f32 = 1000.0;

/// The page of `sheet`.
pub(super) fn pdf(sheet: &Sheet) -> Vec<u8> {
    let (width, height) = (sheet.width * POINTS, sheet.height * POINTS);
    let mut states = Vec::new();
    let mut content = format!("{} 0 0 -{} 0 {} cm\n", short(POINTS), short(POINTS), short(height));
    for shape in &sheet.shapes {
        push(&mut content, shape, &mut states);
    }
    let mut named = String::new();
    for state in &states {
        let alpha = short(f32::from(*state) / STEPS);
        let _ = write!(named, "/G{state} << /ca {alpha} /CA {alpha} >> ");
    }
    let page = format!(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {} {}] /Contents 4 0 R \
         /Resources << /ExtGState << {named}>> >> >>",
        short(width),
        short(height)
    );
    file(&[
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        page,
        format!("<< /Length {} >>\nstream\n{content}endstream", content.len()),
    ])
}

/// The objects, numbered from 1, with the table of where each starts.
fn file(objects: &[String]) -> Vec<u8> {
    let mut text = "%PDF-1.4\n".to_owned();
    let mut starts = Vec::new();
    for (i, object) in objects.iter().enumerate() {
        starts.push(text.len());
        let _ = write!(text, "{} 0 obj\n{object}\nendobj\n", i + 1);
    }
    let (table, count) = (text.len(), objects.len() + 1);
    let _ = write!(text, "xref\n0 {count}\n0000000000 65535 f \n");
    for start in starts {
        let _ = writeln!(text, "{start:010} 00000 n ");
    }
    let _ = write!(text, "trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
    text.into_bytes()
}

fn push(content: &mut String, shape: &Shape, states: &mut Vec<u16>) {
    let fill = |content: &mut String, states: &mut Vec<u16>| {
        if let Some(paint) = &shape.fill {
            choose(content, *paint, "rg", states);
            outline(content, &shape.steps);
            content.push_str("f\n");
        }
    };
    if !shape.line_first {
        fill(content, states);
    }
    if let Some(line) = &shape.line {
        choose(content, line.paint, "RG", states);
        pen(content, line);
        outline(content, &shape.steps);
        content.push_str("S\n");
    }
    if shape.line_first {
        fill(content, states);
    }
}

fn pen(content: &mut String, line: &Line) {
    let (ends, corners) = (u8::from(line.round_ends), u8::from(line.round_corners));
    let (width, dashes) = (short(line.width), spaced(&line.dashes));
    let _ = writeln!(content, "{width} w {ends} J {corners} j [{dashes}] 0 d");
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float to integer cast saturates, and opacities lie from 0 to 1"
)]
fn choose(content: &mut String, paint: Paint, operator: &str, states: &mut Vec<u16>) {
    let state = (paint.opacity * STEPS).round() as u16;
    if !states.contains(&state) {
        states.push(state);
    }
    let rgb = spaced(&paint.rgb.map(|part| f32::from(part) / 255.0));
    let _ = writeln!(content, "/G{state} gs {rgb} {operator}");
}

fn outline(content: &mut String, steps: &[Step]) {
    for step in steps {
        let _ = match step {
            Step::Move(to) => writeln!(content, "{} m", spaced(to)),
            Step::Line(to) => writeln!(content, "{} l", spaced(to)),
            Step::Curve(points) => writeln!(content, "{} c", spaced(points)),
            Step::Close => writeln!(content, "h"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invariant_every_object_starts_where_the_table_says() {
        let paint = Paint { rgb: [255, 0, 0], opacity: 0.25 };
        let steps = vec![Step::Move([0.0, 0.0]), Step::Line([9.5, 4.0]), Step::Close];
        let shape = Shape { steps, fill: Some(paint), line: None, line_first: false };
        let text =
            String::from_utf8(pdf(&Sheet { width: 96.0, height: 48.0, shapes: vec![shape] }));
        let text = text.unwrap_or_default();
        assert!(text.starts_with("%PDF-1.4\n") && text.ends_with("%%EOF\n"));
        assert!(text.contains("/MediaBox [0 0 72 36]") && text.contains("/G250 << /ca 0.25"));
        assert!(text.contains("/G250 gs 1 0 0 rg\n0 0 m\n9.5 4 l\nh\nf\n"), "{text}");
        let table = text.find("xref\n").unwrap_or_default();
        assert!(text.contains(&format!("startxref\n{table}\n")));
        for (i, line) in text[table..].lines().skip(3).take(4).enumerate() {
            let start: usize = line[..10].parse().unwrap_or_default();
            assert!(text[start..].starts_with(&format!("{} 0 obj\n", i + 1)), "{line}");
        }
        let stream = text.find("stream\n").unwrap_or_default() + 7;
        let end = text.find("endstream").unwrap_or_default();
        assert!(text.contains(&format!("/Length {} ", end - stream)));
    }
}
