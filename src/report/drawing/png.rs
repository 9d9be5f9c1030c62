//! What a PNG says about its resolution.

/// Bytes up to the end of the first chunk, which every PNG starts with.
const HEAD: usize = 33;
const METRES_PER_MM: f32 = 1000.0;

/// `png` with its resolution recorded, so that a document shows it in its size.
pub(super) fn with_resolution(mut png: Vec<u8>, pixels_per_mm: f32) -> Vec<u8> {
    let per_metre = pixels(pixels_per_mm * METRES_PER_MM).to_be_bytes();
    let content = [b"pHYs".as_slice(), &per_metre, &per_metre, &[1]].concat();
    let length = 9_u32.to_be_bytes();
    let chunk = [length.as_slice(), &content, &checksum(&content).to_be_bytes()].concat();
    if png.len() >= HEAD {
        png.splice(HEAD..HEAD, chunk);
    }
    png
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float to integer cast saturates"
)]
fn pixels(number: f32) -> u32 {
    number.round() as u32
}

/// CRC-32 as PNG has it.
fn checksum(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { (sum >> 1) ^ 0xEDB8_8320 } else { sum >> 1 };
        }
    }
    !sum
}

#[cfg(test)]
mod tests {
    use super::checksum;

    #[test]
    fn val_the_checksum_is_that_of_the_standard() {
        // Source: the check value of CRC-32/ISO-HDLC; the end chunk of every PNG.
        assert_eq!(checksum(b"123456789"), 0xCBF4_3926);
        assert_eq!(checksum(b"IEND"), 0xAE42_6082);
    }
}
