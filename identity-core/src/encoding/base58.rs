//! Base58 with the Bitcoin alphabet, as multibase `z` and multihashes have it.
//!
//! Several digits at a time: an entry of a DID log holds four such texts, and a digit at a time they
//! would cost a tenth of what its signature check does.

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// Stands for what is no digit.
const NONE: u8 = u8::MAX;

/// The value of each ASCII character.
const VALUES: [u8; 128] = {
    let mut values = [NONE; 128];
    let (mut place, mut character) = (0, 0_u8);
    while place < values.len() {
        let (mut nth, mut value) = (0, 0_u8);
        while nth < ALPHABET.len() {
            if ALPHABET[nth] == character {
                values[place] = value;
            }
            nth += 1;
            value += 1;
        }
        place += 1;
        character += 1;
    }
    values
};

/// How many digits are taken at a time: 58^5 fits 32 bits.
const DIGITS: usize = 5;

/// 58 to the power of [`DIGITS`].
const STEP: u64 = 58_u64.pow(5);

/// Decodes text; `None` for a character outside the alphabet. Takes quadratic time.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    // The number so far, its lowest 32 bits first.
    let mut number: Vec<u32> = Vec::with_capacity(text.len() / DIGITS + 1);
    for group in text.as_bytes().chunks(DIGITS) {
        let (mut carry, mut factor) = (0, 1);
        for digit in group {
            carry = carry * 58 + value(*digit)?;
            factor *= 58;
        }
        for part in &mut number {
            carry += u64::from(*part) * factor;
            *part = low(carry);
            carry >>= 32;
        }
        if carry > 0 {
            number.push(low(carry));
        }
    }
    let zeros = text.bytes().take_while(|b| *b == b'1').count();
    let mut bytes = vec![0; zeros];
    let parts = number.iter().rev().flat_map(|part| part.to_be_bytes());
    bytes.extend(parts.skip_while(|byte| *byte == 0));
    Some(bytes)
}

/// Encodes bytes.
pub(super) fn encode(bytes: &[u8]) -> String {
    // The number so far, its lowest five digits first.
    let mut number: Vec<u64> = Vec::with_capacity(bytes.len() / 3 + 1);
    for group in bytes.chunks(4) {
        let (mut carry, mut factor) = (0, 1);
        for byte in group {
            carry = carry << 8 | u64::from(*byte);
            factor <<= 8;
        }
        for part in &mut number {
            carry += *part * factor;
            *part = carry % STEP;
            carry /= STEP;
        }
        while carry > 0 {
            number.push(carry % STEP);
            carry /= STEP;
        }
    }
    let mut digits = Vec::with_capacity(number.len() * DIGITS);
    for mut part in number {
        for _ in 0..DIGITS {
            digits.push(part % 58);
            part /= 58;
        }
    }
    while digits.last() == Some(&0) {
        digits.pop();
    }
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let mut text = "1".repeat(zeros);
    let digit = |digit: &u64| {
        let place = usize::try_from(*digit).unwrap_or_default();
        char::from(ALPHABET[place % 58])
    };
    text.extend(digits.iter().rev().map(digit));
    text
}

fn value(digit: u8) -> Option<u64> {
    let value = VALUES.get(usize::from(digit))?;
    (*value != NONE).then(|| u64::from(*value))
}

fn low(number: u64) -> u32 {
    u32::try_from(number & 0xffff_ffff).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_digit_has_its_value() {
        for (n, digit) in (0..).zip(ALPHABET) {
            assert_eq!(value(*digit), Some(n));
        }
        let known = (0..=u8::MAX).filter(|byte| value(*byte).is_some()).count();
        assert_eq!(known, 58);
        for wrong in ["0", "O", "I", "l", " ", "é", "11111 1", "zzzzzz0"] {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn published_examples_come_out() {
        // draft-msporny-base58-03 section 5.
        for (bytes, text) in [
            (b"Hello World!".as_slice(), "2NEpo7TZRRrLZSi2U"),
            (
                b"The quick brown fox jumps over the lazy dog.",
                "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z",
            ),
            (&[0, 0, 0x28, 0x7f, 0xb4, 0xcd], "11233QC4"),
            (b"", ""),
        ] {
            assert_eq!(encode(bytes), text);
            assert_eq!(decode(text).as_deref(), Some(bytes));
        }
    }

    proptest! {
        #[test]
        fn an_independent_codec_says_the_same(
            zeros in 0_usize..4,
            rest in proptest::collection::vec(any::<u8>(), 0..90),
        ) {
            let mut bytes = vec![0; zeros];
            bytes.extend(rest);
            let theirs = multibase::encode(multibase::Base::Base58Btc, &bytes);
            let ours = encode(&bytes);
            prop_assert_eq!(&ours, &theirs[1..]);
            prop_assert_eq!(decode(&ours), Some(bytes));
        }

        #[test]
        fn an_independent_codec_reads_the_same(text in "[1-9A-HJ-NP-Za-km-z0]{0,90}") {
            let theirs = multibase::decode(format!("z{text}"));
            prop_assert_eq!(decode(&text), theirs.ok().map(|(_, bytes)| bytes));
        }
    }
}
