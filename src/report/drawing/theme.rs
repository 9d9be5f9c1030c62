//! Colours, strokes and sizes of the house. Every figure takes them from here.

/// Points (1/72 inch) in a millimetre.
pub const PT_PER_MM: f64 = 72.0 / 25.4;

/// A colour, red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

impl Colour {
    /// Black.
    pub const BLACK: Self = Self(0x00, 0x00, 0x00);
    /// Paper.
    pub const WHITE: Self = Self(0xFF, 0xFF, 0xFF);
    /// Orange (Okabe and Ito, like all that follow).
    pub const ORANGE: Self = Self(0xE6, 0x9F, 0x00);
    /// Sky blue.
    pub const SKY_BLUE: Self = Self(0x56, 0xB4, 0xE9);
    /// Bluish green.
    pub const GREEN: Self = Self(0x00, 0x9E, 0x73);
    /// Yellow, for fills only.
    pub const YELLOW: Self = Self(0xF0, 0xE4, 0x42);
    /// Blue.
    pub const BLUE: Self = Self(0x00, 0x72, 0xB2);
    /// Vermillion.
    pub const VERMILLION: Self = Self(0xD5, 0x5E, 0x00);
    /// Reddish purple.
    pub const PURPLE: Self = Self(0xCC, 0x79, 0xA7);
    /// Text.
    pub const INK: Self = Self(0x4D, 0x4D, 0x4D);
    /// Titles and values: darker than text, softer than black.
    pub const HEADLINE: Self = Self(0x1A, 0x1A, 0x1A);
    /// Captions and labels of secondary rank. Dark enough to read: 4.5 to 1 on white.
    pub const NOTE: Self = Self(0x70, 0x70, 0x70);
    /// Reference lines and reference curves.
    pub const REFERENCE: Self = Self(0x99, 0x99, 0x99);
    /// Grid.
    pub const GRID: Self = Self(0xE5, 0xE5, 0xE5);

    /// Lusutrombopag 3 mg once daily for 7 days.
    pub const APPROVED: Self = Self::BLUE;
    /// Placebo.
    pub const PLACEBO: Self = Self::REFERENCE;
    /// The stopping rule.
    pub const STOPPING_RULE: Self = Self::GREEN;
    /// Use outside the label.
    pub const OFF_LABEL: Self = Self::ORANGE;
    /// Published values.
    pub const PUBLISHED: Self = Self::BLACK;
    /// Counts above the wanted range.
    pub const OVERSHOOT: Self = Self::VERMILLION;

    /// The ramp of doses and durations, sky blue (0) over blue to nearly black (1).
    #[must_use]
    pub fn dose_ramp(share: f64) -> Self {
        along(&[Self::SKY_BLUE, Self::BLUE, Self(0x00, 0x1F, 0x3D)], share)
    }

    /// The scale of heat maps, light (0) to dark blue (1), even steps in lightness.
    #[must_use]
    pub fn heat(share: f64) -> Self {
        const ANCHORS: [Colour; 5] = [
            Colour(0xF3, 0xF8, 0xFC),
            Colour(0xA1, 0xC7, 0xE3),
            Colour(0x51, 0x96, 0xC5),
            Colour(0x18, 0x64, 0x9F),
            Colour(0x08, 0x35, 0x66),
        ];
        along(&ANCHORS, share)
    }

    /// The scale of what may fall or rise: orange (-1) over nearly white (0) to blue (1).
    #[must_use]
    pub fn signed(share: f64) -> Self {
        const NONE: Colour = Colour(0xF7, 0xF7, 0xF7);
        along(&[Self::ORANGE, NONE, Self::BLUE], 0.5 + 0.5 * share)
    }

    /// The colour for words about something drawn in this one, darkened until it reads on paper (contrast 4.5 to 1).
    #[must_use]
    pub fn for_text(self) -> Self {
        let darker = |step: u8| {
            let share = 1.0 - 0.02 * f64::from(step);
            let scaled = |c: u8| channel(f64::from(c) * share);
            Self(scaled(self.0), scaled(self.1), scaled(self.2))
        };
        (0..40).map(darker).find(|c| c.contrast_on_paper() >= 4.5).unwrap_or(Self::BLACK)
    }

    /// Relative luminance, 0 (black) to 1 (white).
    fn luminance(self) -> f64 {
        let linear = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// Contrast with another colour, 1 to 21, as the Web Content Accessibility Guidelines define it.
    fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Contrast with paper.
    fn contrast_on_paper(self) -> f64 {
        self.contrast(Self::WHITE)
    }

    /// Black or white, whichever reads better on this colour.
    #[must_use]
    pub fn text_on_it(self) -> Self {
        let light = self.contrast(Self::WHITE) > self.contrast(Self::HEADLINE);
        if light { Self::WHITE } else { Self::HEADLINE }
    }
}

/// The colour at a share (0 to 1) of the way along evenly spaced anchors.
fn along(anchors: &[Colour], share: f64) -> Colour {
    let last = anchors.len() - 1;
    let place = share.clamp(0.0, 1.0) * last as f64;
    let step = (0..last).rev().find(|&i| place >= i as f64).unwrap_or(0);
    let (a, b, t) = (anchors[step], anchors[step + 1], place - step as f64);
    let mix = |a: u8, b: u8| channel(f64::from(a) + t * (f64::from(b) - f64::from(a)));
    Colour(mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the range of a channel"
)]
fn channel(value: f64) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

/// How a line is broken up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dash {
    /// Unbroken.
    #[default]
    Solid,
    /// Dots as wide as the line.
    Dotted,
    /// Dashes.
    Dashed,
    /// Dashes and dots in turn.
    DashDot,
}

impl Dash {
    /// The dash of a structural variant: A dotted, B solid, C dashed, D dash-dot.
    #[must_use]
    pub fn of_variant(variant: char) -> Self {
        match variant.to_ascii_uppercase() {
            'A' => Self::Dotted,
            'C' => Self::Dashed,
            'D' => Self::DashDot,
            _ => Self::Solid,
        }
    }
}

/// A line: colour, width, dash.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stroke {
    /// Colour.
    pub colour: Colour,
    /// Width (pt).
    pub width_pt: f64,
    /// Dash.
    pub dash: Dash,
}

impl Stroke {
    /// A solid line of a colour and a width (pt).
    #[must_use]
    pub fn new(colour: Colour, width_pt: f64) -> Self {
        Self { colour, width_pt, dash: Dash::Solid }
    }

    /// A line of data.
    #[must_use]
    pub fn data(colour: Colour) -> Self {
        Self::new(colour, 1.6)
    }

    /// The line the figure is about: a typical patient, a median.
    #[must_use]
    pub fn main(colour: Colour) -> Self {
        Self::new(colour, 2.2)
    }

    /// A threshold or a rule.
    #[must_use]
    pub fn reference() -> Self {
        Self::new(Colour::REFERENCE, 0.8).with_dash(Dash::Dashed)
    }

    /// The same line with another dash.
    #[must_use]
    pub fn with_dash(self, dash: Dash) -> Self {
        Self { dash, ..self }
    }
}

/// A filled area: colour and opacity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fill {
    /// Colour.
    pub colour: Colour,
    /// Opacity, 0 to 1.
    pub opacity: f64,
}

impl Fill {
    /// An opaque area.
    #[must_use]
    pub fn solid(colour: Colour) -> Self {
        Self { colour, opacity: 1.0 }
    }

    /// The band around a line: its colour at 20 %.
    #[must_use]
    pub fn band(colour: Colour) -> Self {
        Self { colour, opacity: 0.20 }
    }

    /// The shade over days that a figure marks.
    #[must_use]
    pub fn shade() -> Self {
        Self { colour: Colour::GRID, opacity: 0.55 }
    }

    /// The shade under a curve: lighter than a band, so that a band over it still shows.
    #[must_use]
    pub fn window(colour: Colour) -> Self {
        Self { colour, opacity: 0.11 }
    }
}

/// Weight of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Weight {
    /// Regular.
    #[default]
    Regular,
    /// Semi-bold.
    SemiBold,
}

/// Which point of a line of text is placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Anchor {
    /// Its left end.
    #[default]
    Start,
    /// Its middle.
    Middle,
    /// Its right end.
    End,
}

/// How text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Type {
    /// Size (pt).
    pub size_pt: f64,
    /// Weight.
    pub weight: Weight,
    /// Colour.
    pub colour: Colour,
    /// Anchor.
    pub anchor: Anchor,
    /// A rim of paper around the letters, for text over lines.
    pub halo: bool,
}

impl Type {
    const fn plain(size_pt: f64, weight: Weight, colour: Colour) -> Self {
        Self { size_pt, weight, colour, anchor: Anchor::Start, halo: false }
    }

    /// The title of a figure.
    pub const TITLE: Self = Self::plain(11.0, Weight::SemiBold, Colour::HEADLINE);
    /// The title of a panel or an axis, and ordinary text.
    pub const TEXT: Self = Self::plain(9.0, Weight::Regular, Colour::INK);
    /// A value that is to be read first.
    pub const VALUE: Self = Self::plain(9.0, Weight::SemiBold, Colour::HEADLINE);
    /// Numbers at ticks. Half a step below text, so that the data and their labels lead.
    pub const TICK: Self = Self::plain(8.0, Weight::Regular, Colour::INK);
    /// Captions and thresholds.
    pub const NOTE: Self = Self::plain(8.0, Weight::Regular, Colour::NOTE);

    /// The same text anchored elsewhere.
    #[must_use]
    pub fn anchored(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    /// The same text in another colour.
    #[must_use]
    pub fn coloured(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }

    /// The same text with a rim of paper.
    #[must_use]
    pub fn over_lines(self) -> Self {
        Self { halo: true, ..self }
    }

    /// Height of a line of text (mm).
    #[must_use]
    pub fn line_height(&self) -> f64 {
        1.3 * self.size_pt / PT_PER_MM
    }

    /// How far below a centre line the baseline lies (mm), for digits and capitals.
    #[must_use]
    pub fn centre_drop(&self) -> f64 {
        0.36 * self.size_pt / PT_PER_MM
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invariant_words_read_on_paper_and_dark_colours_stay() {
        assert_eq!(Colour::BLUE.for_text(), Colour::BLUE);
        assert_eq!(Colour::BLACK.for_text(), Colour::BLACK);
        for colour in [Colour::YELLOW, Colour::ORANGE, Colour::SKY_BLUE, Colour::REFERENCE] {
            assert!(colour.for_text().contrast_on_paper() >= 4.5);
        }
        assert!((Colour::BLACK.contrast_on_paper() - 21.0).abs() < 1e-9);
        assert!(Colour::NOTE.contrast_on_paper() >= 4.5);
    }

    #[test]
    fn invariant_the_scale_of_heat_maps_darkens_in_even_steps_and_carries_numbers() {
        // CIE lightness, 0 to 100, above its linear part.
        let lightness = |c: Colour| 116.0 * c.luminance().cbrt() - 16.0;
        let (from, to) = (lightness(Colour::heat(0.0)), lightness(Colour::heat(1.0)));
        for i in 0..=20 {
            let share = f64::from(i) / 20.0;
            let colour = Colour::heat(share);
            assert!((lightness(colour) - (from + share * (to - from))).abs() < 1.5, "{colour:?}");
            assert!(colour.contrast(colour.text_on_it()) >= 4.0, "{colour:?}");
        }
    }

    #[test]
    fn invariant_ramps_end_at_their_anchors_and_darken() {
        assert_eq!(Colour::dose_ramp(0.0), Colour::SKY_BLUE);
        assert_eq!(Colour::dose_ramp(0.5), Colour::BLUE);
        assert_eq!(Colour::dose_ramp(2.0), Colour::dose_ramp(1.0));
        let light = |c: Colour| u32::from(c.0) + u32::from(c.1) + u32::from(c.2);
        for i in 0..10 {
            let (a, b) = (f64::from(i) / 10.0, f64::from(i + 1) / 10.0);
            assert!(light(Colour::heat(a)) > light(Colour::heat(b)));
        }
    }
}
