//! DEFLATE with a bound, inside zlib (RFC 1950) and gzip (RFC 1952).

use miniz_oxide::deflate::{compress_to_vec, compress_to_vec_zlib};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};

use super::StatusListError;
use crate::verify::Budget;

/// Compression effort: lists are small and written seldom, so the best.
const LEVEL: u8 = 9;

const GZIP_HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 0xff];

/// Writes zlib.
pub(crate) fn to_zlib(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec_zlib(bytes, LEVEL)
}

/// Reads zlib; nothing may follow it.
pub(crate) fn from_zlib(input: &[u8], budget: &mut Budget) -> Result<Vec<u8>, StatusListError> {
    let malformed = StatusListError::Compression { format: "zlib" };
    let flags =
        inflate_flags::TINFL_FLAG_PARSE_ZLIB_HEADER | inflate_flags::TINFL_FLAG_COMPUTE_ADLER32;
    let (bytes, used) = inflate(input, flags, &malformed, budget)?;
    if used == input.len() {
        Ok(bytes)
    } else {
        Err(malformed)
    }
}

/// Writes gzip without name, comment or time, so that the same list is always the same bytes.
pub(crate) fn to_gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = GZIP_HEADER.to_vec();
    out.extend(compress_to_vec(bytes, LEVEL));
    out.extend(crc32fast::hash(bytes).to_le_bytes());
    out.extend(length_modulo_2_32(bytes).to_le_bytes());
    out
}

/// Reads one gzip member; nothing may follow it.
pub(crate) fn from_gzip(input: &[u8], budget: &mut Budget) -> Result<Vec<u8>, StatusListError> {
    let malformed = StatusListError::Compression { format: "gzip" };
    let body = gzip_body(input).ok_or_else(|| malformed.clone())?;
    let (bytes, used) = inflate(body, 0, &malformed, budget)?;
    let trailer = body.get(used..).unwrap_or_default();
    let mut expected = crc32fast::hash(&bytes).to_le_bytes().to_vec();
    expected.extend(length_modulo_2_32(&bytes).to_le_bytes());
    if trailer == expected {
        Ok(bytes)
    } else {
        Err(malformed)
    }
}

/// Inflates into a buffer that doubles, and never grows past what the budget has left.
fn inflate(
    input: &[u8],
    flags: u32,
    malformed: &StatusListError,
    budget: &mut Budget,
) -> Result<(Vec<u8>, usize), StatusListError> {
    let limit = budget.list_bytes_left();
    let flags = flags | inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let mut state = Box::new(DecompressorOxide::new());
    let mut out = vec![0; limit.min(16 * 1024)];
    let (mut read, mut written) = (0, 0);
    loop {
        let rest = input.get(read..).unwrap_or_default();
        let (status, consumed, produced) = decompress(&mut state, rest, &mut out, written, flags);
        read += consumed;
        written += produced;
        match status {
            TINFLStatus::Done => {
                budget.spend_list_bytes(written)?;
                out.truncate(written);
                return Ok((out, read));
            }
            TINFLStatus::HasMoreOutput if out.len() < limit => {
                out.resize(out.len().saturating_mul(2).max(1).min(limit), 0);
            }
            TINFLStatus::HasMoreOutput => {
                budget.spend_list_bytes(limit.saturating_add(1))?;
                return Err(malformed.clone());
            }
            _ => return Err(malformed.clone()),
        }
    }
}

/// Returns what follows the header of RFC 1952 section 2.3, with its optional fields passed over.
fn gzip_body(input: &[u8]) -> Option<&[u8]> {
    const HEADER_CRC: u8 = 1 << 1;
    const EXTRA: u8 = 1 << 2;
    const NAME: u8 = 1 << 3;
    const COMMENT: u8 = 1 << 4;
    const RESERVED: u8 = 0b1110_0000;
    let (header, mut rest) = input.split_at_checked(GZIP_HEADER.len())?;
    let flags = header[3];
    if !header.starts_with(&[0x1f, 0x8b, 8]) || flags & RESERVED != 0 {
        return None;
    }
    if flags & EXTRA != 0 {
        let (length, after) = rest.split_first_chunk::<2>()?;
        rest = after.get(usize::from(u16::from_le_bytes(*length))..)?;
    }
    for text in [NAME, COMMENT] {
        if flags & text != 0 {
            let end = rest.iter().position(|b| *b == 0)?;
            rest = rest.get(end + 1..)?;
        }
    }
    if flags & HEADER_CRC != 0 {
        let before = input.len() - rest.len();
        let (stated, after) = rest.split_first_chunk::<2>()?;
        let [low, high, ..] = crc32fast::hash(&input[..before]).to_le_bytes();
        if *stated != [low, high] {
            return None;
        }
        rest = after;
    }
    Some(rest)
}

fn length_modulo_2_32(bytes: &[u8]) -> u32 {
    let [a, b, c, d, ..] = bytes.len().to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;

    fn budget() -> Budget {
        Budget::presentation()
    }

    #[test]
    fn both_forms_come_back() {
        for bytes in [vec![], vec![7; 100_000], (0..=255).collect::<Vec<u8>>()] {
            assert_eq!(from_zlib(&to_zlib(&bytes), &mut budget()).unwrap(), bytes);
            assert_eq!(from_gzip(&to_gzip(&bytes), &mut budget()).unwrap(), bytes);
        }
    }

    #[test]
    fn refuses_a_bomb_before_it_has_grown() {
        let bomb = vec![0; 80 << 20];
        let mut left = budget();
        let refused = from_zlib(&to_zlib(&bomb), &mut left);
        assert_eq!(refused.map_err(|e| e.code()), Err(Code::BudgetExhausted));
        let refused = from_gzip(&to_gzip(&bomb), &mut left);
        assert_eq!(refused.map_err(|e| e.code()), Err(Code::BudgetExhausted));
    }

    #[test]
    fn stops_where_the_budget_ends_and_not_where_the_list_does() {
        // Whoever went on to the end would find it cut off, and say that instead.
        type Reader = fn(&[u8], &mut Budget) -> Result<Vec<u8>, StatusListError>;
        let list = vec![7; 100_000];
        let forms: [(Vec<u8>, Reader); 2] =
            [(to_zlib(&list), from_zlib), (to_gzip(&list), from_gzip)];
        for (form, read) in forms {
            let cut_off = &form[..form.len() - 9];
            for left in [0, 1_000, 20_000] {
                let mut budget = budget();
                budget.spend_list_bytes((64 << 20) - left).unwrap();
                let refused = read(cut_off, &mut budget);
                assert_eq!(
                    refused.map_err(|e| e.code()),
                    Err(Code::BudgetExhausted),
                    "{left}"
                );
            }
            let refused = read(cut_off, &mut budget());
            assert!(matches!(refused, Err(StatusListError::Compression { .. })));
        }
    }

    #[test]
    fn lists_share_one_budget() {
        let list = to_zlib(&vec![0; 40 << 20]);
        let mut left = budget();
        assert!(from_zlib(&list, &mut left).is_ok());
        assert_eq!(left.list_bytes_left(), 24 << 20);
        assert_eq!(
            from_zlib(&list, &mut left).map_err(|e| e.code()),
            Err(Code::BudgetExhausted)
        );
    }

    #[test]
    fn a_list_that_fills_the_budget_exactly_passes() {
        let mut left = budget();
        assert!(from_zlib(&to_zlib(&vec![0; 64 << 20]), &mut left).is_ok());
        assert_eq!(left.list_bytes_left(), 0);
        assert!(from_zlib(&to_zlib(&[]), &mut left).is_ok());
    }

    #[test]
    fn refuses_every_change_of_length_and_every_flipped_bit_of_a_checksum() {
        type Reader = fn(&[u8], &mut Budget) -> Result<Vec<u8>, StatusListError>;
        let bytes = b"one chamber, one list".repeat(40);
        let forms: [(Vec<u8>, Reader, usize); 2] = [
            (to_zlib(&bytes), from_zlib, 4),
            (to_gzip(&bytes), from_gzip, 8),
        ];
        for (form, read, trailer) in forms {
            for end in 0..form.len() {
                assert!(read(&form[..end], &mut budget()).is_err());
            }
            let mut longer = form.clone();
            longer.push(0);
            assert!(read(&longer, &mut budget()).is_err());
            for at in form.len() - trailer..form.len() {
                let mut flipped = form.clone();
                flipped[at] ^= 1;
                assert!(read(&flipped, &mut budget()).is_err());
            }
        }
    }

    #[test]
    fn passes_over_the_optional_fields_of_gzip_and_refuses_reserved_flags() {
        let plain = to_gzip(b"list");
        let mut full = vec![0x1f, 0x8b, 8, 0b1_1110, 0, 0, 0, 0, 0, 3];
        full.extend([3, 0, b'a', b'b', b'c']);
        full.extend(b"name\0comment\0");
        let crc = crc32fast::hash(&full).to_le_bytes();
        full.extend(&crc[..2]);
        full.extend(&plain[10..]);
        assert_eq!(from_gzip(&full, &mut budget()).unwrap(), b"list");
        full[28] ^= 1;
        assert!(from_gzip(&full, &mut budget()).is_err());
        let mut reserved = plain.clone();
        reserved[3] = 0b10_0000;
        assert!(from_gzip(&reserved, &mut budget()).is_err());
        assert!(from_zlib(&plain, &mut budget()).is_err());
        assert!(from_gzip(&to_zlib(b"list"), &mut budget()).is_err());
    }
}
