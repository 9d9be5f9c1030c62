//! What a quantity measures, and on which scale. Both are exact.

/// Exponents are counted in sixtieths, so that square roots and powers such as 0.75 are exact.
pub(super) const WHOLE: i32 = 60;
/// The highest power of a unit.
pub(super) const HIGHEST_POWER: i32 = 18;
/// The prime numbers that all scales are made of. 487 is in the hours of a year: 8,766.
const PRIMES: [u128; 5] = [2, 3, 5, 7, 487];
/// Whole numbers up to here are exact in an `f64`.
const EXACT: u128 = 1 << 53;

/// The base dimensions, by their position in [`Measure`].
pub(super) const TIME: usize = 0;
/// Mass of drug, in grams.
pub(super) const MASS: usize = 1;
/// Volume, in litres; length is its cube root.
pub(super) const VOLUME: usize = 2;
/// Amount of substance, in moles.
pub(super) const SUBSTANCE: usize = 3;
/// Body weight, in kilograms: not a mass of drug.
pub(super) const BODY: usize = 4;
/// Biological activity, in international units.
pub(super) const ACTIVITY: usize = 5;

/// A dimension and a scale: exponents of the base dimensions and of the prime factors of the scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Measure {
    pub(super) dimension: [i32; 6],
    scale: [i32; 5],
}

impl Measure {
    /// A pure number.
    pub(super) const PURE: Self = Self { dimension: [0; 6], scale: [0; 5] };

    /// A base dimension to the power of `sixtieths`/60, on a scale of prime factors.
    pub(super) fn of(dimension: usize, sixtieths: i32, scale: [i32; 5]) -> Self {
        let mut measure = Self { dimension: [0; 6], scale: scale.map(|power| power * WHOLE) };
        if let Some(exponent) = measure.dimension.get_mut(dimension) {
            *exponent = sixtieths;
        }
        measure
    }

    /// A pure number on the scale 10ⁿ.
    pub(super) fn power_of_ten(n: i32) -> Self {
        let power = n.saturating_mul(WHOLE);
        Self { dimension: [0; 6], scale: [power, 0, power, 0, 0] }
    }

    /// Whether it is a number without dimension, on any scale.
    pub(super) fn is_pure(&self) -> bool {
        self.dimension == [0; 6]
    }

    /// Whether two quantities may be added.
    pub(super) fn matches(&self, other: &Self) -> bool {
        self.dimension == other.dimension
    }

    /// Whether every power is small enough to be printed and computed with.
    pub(super) fn is_within_limits(&self) -> bool {
        let most = HIGHEST_POWER * WHOLE;
        self.dimension.iter().all(|exponent| exponent.abs() <= most)
            && self.scale.iter().all(|exponent| exponent.abs() <= 60 * most)
    }

    /// The measure of a product.
    pub(super) fn times(&self, other: &Self) -> Self {
        let add = |a: i32, b: i32| a.saturating_add(b);
        Self {
            dimension: pairwise(self.dimension, other.dimension, add),
            scale: pairwise(self.scale, other.scale, add),
        }
    }

    /// The measure of a quotient.
    pub(super) fn over(&self, other: &Self) -> Self {
        let subtract = |a: i32, b: i32| a.saturating_sub(b);
        Self {
            dimension: pairwise(self.dimension, other.dimension, subtract),
            scale: pairwise(self.scale, other.scale, subtract),
        }
    }

    /// The measure of a power with the exponent `sixtieths`/60; none where an exponent is no
    /// multiple of 1/60.
    pub(super) fn power(&self, sixtieths: i32) -> Option<Self> {
        let one = |exponent: i32| {
            let product = i64::from(exponent) * i64::from(sixtieths);
            let whole = product % i64::from(WHOLE) == 0;
            whole.then(|| i32::try_from(product / i64::from(WHOLE)).ok()).flatten()
        };
        let mut power = *self;
        for exponent in power.dimension.iter_mut().chain(&mut power.scale) {
            *exponent = one(*exponent)?;
        }
        Some(power)
    }

    /// What a number in this measure is multiplied by to be one in `other`: an exact fraction,
    /// rounded once.
    pub(super) fn factor_to(&self, other: &Self) -> f64 {
        let ratio = self.over(other).scale;
        if ratio == [0; 5] {
            return 1.0;
        }
        fraction(ratio).unwrap_or_else(|| {
            let powers = PRIMES.iter().zip(ratio).map(|(prime, exponent)| {
                libm::pow(*prime as f64, f64::from(exponent) / f64::from(WHOLE))
            });
            powers.product()
        })
    }
}

fn pairwise<const N: usize>(a: [i32; N], b: [i32; N], f: impl Fn(i32, i32) -> i32) -> [i32; N] {
    let mut result = a;
    for (left, right) in result.iter_mut().zip(b) {
        *left = f(*left, right);
    }
    result
}

/// A scale as a fraction of whole numbers, or a decimal power, rounded once.
fn fraction(scale: [i32; 5]) -> Option<f64> {
    if scale.iter().any(|exponent| exponent % WHOLE != 0) {
        return None;
    }
    let whole = scale.map(|exponent| exponent / WHOLE);
    let (mut above, mut below) = (Some(1_u128), Some(1_u128));
    for (prime, exponent) in PRIMES.iter().zip(whole) {
        let power = prime.checked_pow(exponent.unsigned_abs());
        let side = if exponent > 0 { &mut above } else { &mut below };
        *side = side.and_then(|product| product.checked_mul(power?));
    }
    let exact = |side: Option<u128>| side.filter(|number| *number <= EXACT);
    if let (Some(above), Some(below)) = (exact(above), exact(below)) {
        return Some(above as f64 / below as f64);
    }
    let is_decimal = whole[0] == whole[2] && whole[1] == 0 && whole[3] == 0 && whole[4] == 0;
    if is_decimal { format!("1e{}", whole[0]).parse().ok() } else { None }
}
