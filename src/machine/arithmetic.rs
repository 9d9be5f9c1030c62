//! Which machine computes: results are bit-identical only where the elementary functions are.

/// Arguments at which the functions are compared.
const POINTS: u32 = 4096;

/// Architecture and system, with a checksum over the elementary functions of the C library at some
/// thousand arguments: two machines with equal words compute the same bits.
#[must_use]
pub fn arithmetic() -> String {
    let values = (1..=POINTS).flat_map(|i| {
        let x = f64::from(i) * 0.012_345_678_9;
        [x.exp(), (-x).exp(), x.ln(), x.powf(0.37), x.hypot(1.7), x.sin(), x.tanh(), x.exp_m1()]
    });
    // FNV-1a over the bits.
    let checksum = values.fold(0xcbf2_9ce4_8422_2325_u64, |hash, value| {
        (hash ^ value.to_bits()).wrapping_mul(0x0100_0000_01b3).rotate_left(7)
    });
    format!("{} {}, arithmetic {checksum:016x}", std::env::consts::ARCH, std::env::consts::OS)
}

#[cfg(test)]
mod tests {
    #[test]
    fn invariant_a_machine_computes_like_itself() {
        assert_eq!(super::arithmetic(), super::arithmetic());
    }
}
