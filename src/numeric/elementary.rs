//! Exponential, logarithm and power without branches, so that a loop over patients becomes vector
//! instructions, and with the same bits on every processor.
//!
//! Only operations that IEEE 754 rounds correctly are used (`mul_add` among them: one instruction
//! where the processor has it, a slow library call with the same result where it has not), so the
//! result depends on neither instruction set nor compiler. Accuracy, measured against mpmath by
//! `tests/elementary`: `exp` 1 ulp, `ln` 1 ulp, `powf` 1 + 2 |y ln x| ulp.

/// 1/ln 2.
const LOG2_E: f64 = std::f64::consts::LOG2_E;
/// ln 2 in two parts; the first has 42 bits, so its product with an exponent is exact.
const LN2_HIGH: f64 = 0.693_147_180_559_890_3;
const LN2_LOW: f64 = 5.497_923_018_708_371e-14;
/// Adding and subtracting 1.5 · 2⁵² rounds to an integer, and leaves it in the lowest bits.
const ROUNDER: f64 = 6_755_399_441_055_744.0;
/// (eʳ − 1 − r)/r² on |r| ≤ ln 2/2, minimax with error 1.3e-17: `tests/elementary/tables.py`.
const EXP: [f64; 10] = [
    0.500_000_000_000_000_1,
    0.166_666_666_666_666_69,
    0.041_666_666_666_624_13,
    0.008_333_333_333_330_062,
    0.001_388_888_891_721_371_7,
    0.000_198_412_698_630_536_18,
    2.480_152_129_595_437_6e-5,
    2.755_726_845_999_706_4e-6,
    2.762_008_844_540_974_6e-7,
    2.510_038_549_551_032e-8,
];
/// Below this the result of [`exp`] is 0: it would not be a normal number.
const EXP_ZERO_BELOW: f64 = -707.7;
const EXP_INFINITE_ABOVE: f64 = 709.782_712_893_384;

/// eˣ. Arguments below −707.7, whose result is under 4.4e-308, give 0.
///
/// x = k ln 2 + r with |r| ≤ ln 2/2; a polynomial for eʳ; 2ᵏ by setting the exponent's bits, in
/// two factors so that k = 1024 is reached.
#[inline(always)]
#[must_use]
pub fn exp(x: f64) -> f64 {
    let rounded = x.mul_add(LOG2_E, ROUNDER);
    let k = rounded - ROUNDER;
    let r = k.mul_add(-LN2_LOW, k.mul_add(-LN2_HIGH, x));
    let r2 = r * r;
    // Estrin's order: short chains, because the processor overlaps what does not depend.
    let r4 = r2 * r2;
    let low = r2.mul_add(EXP[3].mul_add(r, EXP[2]), EXP[1].mul_add(r, EXP[0]));
    let high = r2.mul_add(EXP[7].mul_add(r, EXP[6]), EXP[5].mul_add(r, EXP[4]));
    let top = EXP[9].mul_add(r, EXP[8]);
    let series = r4.mul_add(r4.mul_add(top, high), low);
    let power = r2.mul_add(series, r) + 1.0;
    let half_scale = f64::from_bits(rounded.to_bits().wrapping_add(1022) << 52);
    let scaled = (power + power) * half_scale;
    let finite = if x > EXP_INFINITE_ABOVE { f64::INFINITY } else { scaled };
    if x < EXP_ZERO_BELOW { 0.0 } else { finite }
}

/// (ln((1 + s)/(1 − s)) − 2 s)/s³ in powers of s² on |s| ≤ (√2 − 1)/(√2 + 1), minimax with error
/// 9.1e-18 in the logarithm.
const LN: [f64; 7] = [
    0.666_666_666_666_667,
    0.399_999_999_998_994_44,
    0.285_714_286_260_032_7,
    0.222_222_111_302_598_78,
    0.181_828_894_556_749_47,
    0.153_317_106_182_107_73,
    0.146_165_854_248_886_23,
];
/// Bits of √½.
const SQRT_HALF_BITS: u64 = 0x3fe6_a09e_667f_3bcd;
/// Keeps the exponent positive while it is shifted: the instruction for negative ones is rare.
const BIAS: u64 = 2048;
/// A number of this many bits in the mantissa of 2⁵² reads as an integer.
const TWO_52_BITS: u64 = 0x4330_0000_0000_0000;
const TWO_52_AND_BIAS: f64 = 4_503_599_627_370_496.0 + 2048.0;

/// ln x. Zero gives −∞, negative numbers NaN; subnormal numbers are as accurate as others.
#[inline(always)]
#[must_use]
pub fn ln(x: f64) -> f64 {
    const TWO_54: f64 = 18_014_398_509_481_984.0;
    let subnormal = x < f64::MIN_POSITIVE;
    let normal = if subnormal { x * TWO_54 } else { x };
    let correction = if subnormal { TWO_52_AND_BIAS + 54.0 } else { TWO_52_AND_BIAS };
    let finite = ln_of_normal(normal, correction);
    let at_ends = if x > 0.0 { finite } else { f64::NEG_INFINITY };
    let not_infinite = if x < f64::INFINITY { at_ends } else { x };
    if x < 0.0 { f64::NAN } else { not_infinite }
}

/// ln x for positive normal numbers; `correction` is taken off the exponent.
///
/// x = 2ᵏ z with z in [√½, √2); f = z − 1, s = f/(2 + f); ln z = f − s (f − s² R(s²)).
#[inline(always)]
fn ln_of_normal(x: f64, correction: f64) -> f64 {
    let bits = x.to_bits();
    let biased = bits.wrapping_sub(SQRT_HALF_BITS).wrapping_add(BIAS << 52) >> 52;
    let z = f64::from_bits(bits.wrapping_sub(biased.wrapping_sub(BIAS) << 52));
    let k = f64::from_bits(TWO_52_BITS | biased) - correction;

    let f = z - 1.0;
    let s = f / (2.0 + f);
    let w = s * s;
    let w2 = w * w;
    let w4 = w2 * w2;
    let low = w2.mul_add(LN[3].mul_add(w, LN[2]), LN[1].mul_add(w, LN[0]));
    let high = w2.mul_add(LN[6], LN[5].mul_add(w, LN[4]));
    let series = w * w4.mul_add(high, low);
    let small = s.mul_add(f - series, k * -LN2_LOW);
    k.mul_add(LN2_HIGH, f - small)
}

/// `x` to the power of `y`, for positive x: e^(y ln x), so an error of up to 1 + 2 |y ln x| ulp.
///
/// A base below the smallest normal number, 2.2e-308, counts as about that number, and an infinite
/// one as about the largest, but for the exponents 0 and 1, which are exact; a negative or undefined one gives NaN. With a drug that is not there
/// yet the base is 0, so the power is as good as 0, and nothing has to be asked.
#[expect(clippy::float_cmp, reason = "exactly 0 and exactly 1 are meant")]
#[inline(always)]
#[must_use]
pub fn powf(x: f64, y: f64) -> f64 {
    let power = exp(y * ln_of_normal(x, TWO_52_AND_BIAS));
    // Exact where the exponent says so; where it is a constant, nothing else is computed.
    let power = if y == 1.0 { x } else { power };
    let power = if y == 0.0 { 1.0 } else { power };
    if x >= 0.0 { power } else { f64::NAN }
}
