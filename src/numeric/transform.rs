//! Scales without bounds, on which bounded quantities are searched for.

use super::Real;

/// The scale on which a quantity is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transform {
    /// Logarithm, for positive quantities.
    Log,
    /// Logarithm of what exceeds 1, for quantities above 1.
    LogAboveOne,
    /// Logit, for shares between 0 and 1.
    Logit,
    /// The value itself, for quantities of any sign.
    Linear,
}

impl Transform {
    /// The scale for quantities between `min` and `max`.
    #[must_use]
    pub fn for_range(min: f64, max: f64) -> Self {
        if min < 0.0 {
            Self::Linear
        } else if max <= 1.0 {
            Self::Logit
        } else if min >= 1.0 {
            Self::LogAboveOne
        } else {
            Self::Log
        }
    }

    /// The place of `value` on the scale; not finite where the scale has none for it.
    #[must_use]
    pub fn forward(self, value: f64) -> f64 {
        match self {
            Self::Log => libm::log(value),
            Self::LogAboveOne => libm::log(value - 1.0),
            Self::Logit => libm::log(value / (1.0 - value)),
            Self::Linear => value,
        }
    }

    /// The value at `place` on the scale.
    pub fn inverse<T: Real>(self, place: T) -> T {
        match self {
            Self::Log => place.exp(),
            Self::LogAboveOne => place.exp() + 1.0,
            Self::Logit => T::ONE / ((-place).exp() + 1.0),
            Self::Linear => place,
        }
    }

    /// How fast the value changes along the scale, at `value`.
    #[must_use]
    pub fn slope(self, value: f64) -> f64 {
        match self {
            Self::Log => value,
            Self::LogAboveOne => value - 1.0,
            Self::Logit => value * (1.0 - value),
            Self::Linear => 1.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Transform;

    #[test]
    fn invariant_transforms_return_to_where_they_came_from() {
        for (transform, value) in [
            (Transform::Log, 150.0),
            (Transform::LogAboveOne, 4.52),
            (Transform::Logit, 0.2),
            (Transform::Linear, 3.0),
        ] {
            let place = transform.forward(value);
            assert!((transform.inverse(place) - value).abs() < 1e-12 * value);
            let step = 1e-6;
            let rise: f64 = transform.inverse(place + step) - transform.inverse(place - step);
            assert!((rise / (2.0 * step) - transform.slope(value)).abs() < 1e-8 * value);
        }
    }
}
