//! From the elements the drawing library writes to a document that stands by itself.

use super::shapes::Shape;
use super::theme::Dash;

/// Drawing units in a pixel.
const UNITS_PER_PIXEL: f32 = 10.0;

/// What screen readers say.
#[derive(Debug, Clone)]
pub(super) struct Heading {
    pub(super) title: String,
    pub(super) description: String,
}

/// Rewrites the library's document: reading size, title and description, `head` before the drawing, and for the n-th element the n-th of
/// `touches` (attributes to add).
pub(super) fn dress(
    raw: &str,
    size: (u32, u32),
    touches: &[String],
    heading: &Heading,
    head: &str,
) -> String {
    let mut out = opening(size, heading, head);
    let body = raw.split_once('\n').map_or("", |(_root, body)| body).trim_end();
    let body = body.strip_suffix("</svg>").unwrap_or(body);
    let mut touches = touches.iter();
    for element in body.replace(">\n", ">\u{0}").replace('\n', "").split('\u{0}') {
        let Some(start) = element.find('<').filter(|_| !element.is_empty()) else { continue };
        if element[start..].starts_with("</") {
            out.push_str(element);
            out.push('\n');
        } else {
            push_dressed(&mut out, element, touches.next().map_or("", String::as_str));
        }
    }
    out.push_str("</svg>\n");
    out
}

/// The root element and what precedes the drawing. Presentation attributes on the root are inherited by all lines.
fn opening(size: (u32, u32), heading: &Heading, head: &str) -> String {
    let pixels = |units: u32| f64::from(units) / f64::from(UNITS_PER_PIXEL);
    let (width, height) = (pixels(size.0), pixels(size.1));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {} {}\" stroke-linejoin=\"round\">\n<title>{}</title>\n<desc>{}</desc>\n{head}",
        size.0,
        size.1,
        escape(&heading.title),
        escape(&heading.description),
    )
}

/// The document with its n-th line of text as the n-th of `letters`; nothing if those are of another
/// document.
pub(super) fn with_outlines(svg: &str, letters: &[Vec<Shape>]) -> Option<String> {
    let mut out = String::new();
    let (mut rest, mut letters) = (svg, letters.iter());
    while let Some(start) = rest.find("<text") {
        let end = start + rest[start..].find("</text>")? + "</text>".len();
        out.push_str(&rest[..start]);
        out.extend(letters.next()?.iter().map(|shape| shape.to_svg(UNITS_PER_PIXEL)));
        rest = rest[end..].trim_start_matches('\n');
    }
    letters.next().is_none().then(|| out + rest)
}

/// The style of a figure that brings its own.
pub(super) fn style(css: &str) -> String {
    format!("<style>{css}</style>\n")
}

/// What a script may read; it is neither shown nor read out.
pub(super) fn metadata(json: &str) -> String {
    format!("<metadata>{}</metadata>\n", escape(json))
}

/// One element, without redundancies. A text keeps its line open for its letters and closing tag.
fn push_dressed(out: &mut String, element: &str, extra: &str) {
    let plain = element
        .replace(" opacity=\"1\"", "")
        .replace(" dy=\"0.76em\"", "")
        .replace("font-weight=\"bold\"", "font-weight=\"600\"")
        .replace(" \"/>", "\"/>");
    let end = plain.find("/>").or_else(|| plain.find('>')).unwrap_or(plain.len());
    out.push_str(&plain[..end]);
    out.push_str(extra);
    out.push_str(&plain[end..]);
    if plain.ends_with("/>") {
        out.push('\n');
    }
}

/// The attributes of a broken line of a given width (drawing units).
pub(super) fn dash_attributes(dash: Dash, width: f64) -> String {
    let pattern = match dash {
        Dash::Solid => return String::new(),
        Dash::Dotted => return dots(width),
        Dash::Dashed => [4.0, 2.5].as_slice(),
        Dash::DashDot => [5.0, 2.0, 1.0, 2.0].as_slice(),
    };
    let lengths: Vec<String> = pattern.iter().map(|n| format!("{:.0}", n * width)).collect();
    format!(" stroke-dasharray=\"{}\"", lengths.join(" "))
}

/// Round dots: dashes of no length with round ends.
fn dots(width: f64) -> String {
    format!(" stroke-dasharray=\"0.1 {:.0}\" stroke-linecap=\"round\"", 2.1 * width)
}

/// The attributes of text with a rim of paper.
pub(super) fn halo_attributes(width: f64) -> String {
    format!(" stroke=\"#FFFFFF\" stroke-width=\"{width:.0}\" paint-order=\"stroke\"")
}

/// A font as a style rule, its bytes included.
pub(super) fn font_face(family: &str, weight: u16, bytes: &[u8]) -> String {
    format!(
        "@font-face{{font-family:\"{family}\";font-weight:{weight};\
         src:url(data:font/otf;base64,{}) format(\"opentype\")}}",
        base64(bytes)
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Standard base64 with padding.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * place) & 63) as usize];
            out.push(if place <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invariant_base64_follows_the_standard() {
        // Source: RFC 4648, section 10.
        let vectors =
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        for (plain, coded) in vectors {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }
}
