//! The elementary functions of one number, outside the lanes: the same bits as [`elementary`], with the
//! processor's fused multiply-add where it has one. Programs are compiled for every processor of the
//! architecture, so that without this choice each `mul_add` is a library call.

use super::elementary;

macro_rules! chosen {
    ($(#[$doc:meta])* $name:ident($($x:ident),+)) => {
        $(#[$doc])*
        #[must_use]
        pub fn $name($($x: f64),+) -> f64 {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "fma")]
                fn fused($($x: f64),+) -> f64 {
                    elementary::$name($($x),+)
                }
                if is_x86_feature_detected!("fma") {
                    #[expect(unsafe_code, reason = "sound: the processor has just been found to have it")]
                    return unsafe { fused($($x),+) };
                }
            }
            elementary::$name($($x),+)
        }
    };
}

chosen! {
    /// eˣ, as [`elementary::exp`].
    exp(x)
}
chosen! {
    /// ln x, as [`elementary::ln`].
    ln(x)
}
chosen! {
    /// `x` to the power of `y`, as [`elementary::powf`].
    powf(x, y)
}

#[cfg(test)]
mod tests {
    use super::super::elementary;
    use super::{exp, ln, powf};

    #[test]
    fn invariant_the_bits_are_those_of_the_lanes() {
        for i in -2000..2000 {
            let x = f64::from(i) * 0.371;
            assert_eq!(exp(x).to_bits(), elementary::exp(x).to_bits());
            assert_eq!(ln(x.abs()).to_bits(), elementary::ln(x.abs()).to_bits());
            let power = elementary::powf(x.abs(), 0.3);
            assert_eq!(powf(x.abs(), 0.3).to_bits(), power.to_bits());
        }
    }
}
