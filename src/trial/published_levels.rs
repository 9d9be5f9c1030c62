//! The counts that a published number was formed at, and the designs that have the same.

use super::design::Design;
use super::measure::Levels;
use super::published::Published;
use super::statistic::Form;
use crate::files::Section;

impl Published {
    /// Whether it was formed on patients of `design` alone.
    fn is_about(&self, design: &Design) -> bool {
        self.trials == [design.id.clone()]
    }

    /// Whether it was formed on patients of `design` alone, at the levels of that design.
    #[must_use]
    pub fn is_of(&self, design: &Design) -> bool {
        self.is_about(design) && self.levels == self.form.levels(design)
    }

    /// Whether it was formed on patients of `design` alone, but at other levels: nothing that is
    /// simulated can be set against it.
    #[must_use]
    pub fn is_at_other_levels(&self, design: &Design) -> bool {
        self.is_about(design) && self.levels != self.form.levels(design)
    }
}

/// The levels of a published number: each is needed where its statistic looks at one, and must be
/// that of the trials behind the number, at which it is simulated.
pub(super) fn levels(s: &Section<'_>, form: Option<Form>, known: &[Design]) -> Option<Levels> {
    let (Some(form), [first, ..]) = (form, known) else {
        // The missing form or trial is already reported, and the levels depend on it.
        s.ignore("level");
        s.ignore("rise");
        return None;
    };
    let looked_at = form.levels(first);
    let found =
        Levels { level: read(s, "level", looked_at.level), rise: read(s, "rise", looked_at.rise) };
    for design in known {
        let wanted = form.levels(design);
        for (key, found, wanted) in
            [("level", found.level, wanted.level), ("rise", found.rise, wanted.rise)]
        {
            if let (Some(found), Some(wanted)) = (found, wanted)
                && (found - wanted).abs() > 0.0
            {
                s.problem(key, format!("= {found} must be {wanted}, as in {}", design.id));
            }
        }
    }
    Some(found)
}

fn read(s: &Section<'_>, key: &str, looked_at: Option<f64>) -> Option<f64> {
    match looked_at {
        Some(_) => s.not_negative(key),
        None if s.has(key) => {
            s.ignore(key);
            s.problem(key, "must be absent: the statistic does not depend on it");
            None
        }
        None => None,
    }
}
