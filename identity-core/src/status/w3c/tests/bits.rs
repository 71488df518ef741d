use proptest::prelude::*;

use super::{
    super::{Bitstring, StatusSize},
    budget,
};
use crate::{
    Code,
    encoding::base64url,
    status::{
        SLOTS, SlotBits, StatusList, StatusListError,
        inflate::{from_gzip, to_gzip},
        token_list, values,
    },
    verify::Budget,
};

fn size(bits: u64) -> StatusSize {
    bits.try_into().unwrap()
}

fn bytes_of(bits: &Bitstring) -> Vec<u8> {
    let compressed = base64url::decode(bits.encode().strip_prefix('u').unwrap()).unwrap();
    from_gzip(&compressed, &mut budget()).unwrap()
}

fn bits_of(bytes: &[u8]) -> Bitstring {
    let encoded = format!("u{}", base64url::encode(&to_gzip(bytes)));
    Bitstring::decode(&encoded, &mut budget()).unwrap()
}

/// The `encodedList` of the examples in section 2.2: 131,072 entries, all clear.
#[test]
fn the_specifications_example_is_read() {
    let encoded = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA";
    let bits = Bitstring::decode(encoded, &mut budget()).unwrap();
    assert_eq!(bits, Bitstring::new(0, StatusSize::ONE).unwrap());
    assert_eq!(bits.len(), SLOTS);
    assert!(!bits.is_empty());
}

#[test]
fn the_first_entry_is_on_the_left_and_so_is_the_first_bit_of_each() {
    for (bits, value, first) in [
        (1, 1, [0b1000_0000, 0]),
        (2, 0b10, [0b1000_0000, 0]),
        (3, 0b110, [0b1100_0000, 0]),
        (8, 0x18, [0x18, 0]),
        (12, 0xabc, [0xab, 0xc0]),
    ] {
        let mut list = Bitstring::new(0, size(bits)).unwrap();
        list.set(0, size(bits), value).unwrap();
        assert_eq!(bytes_of(&list)[..2], first, "{bits} bits");
    }
    let mut list = Bitstring::new(0, size(3)).unwrap();
    list.set(2, size(3), 0b111).unwrap();
    assert_eq!(bytes_of(&list)[..2], [0b0000_0011, 0b1000_0000]);
}

/// The same bytes under both orders, at named places: whoever confuses them fails here.
#[test]
fn the_two_orders_read_the_same_bytes_differently() {
    let mut bytes = vec![0; 32 * 1024];
    bytes[..2].copy_from_slice(&[0b1100_1001, 0b0001_0000]);
    let w3c = bits_of(&bytes);
    let token = |bits| StatusList::from_packed(bits, bytes.clone());

    let one: Vec<_> = (0..16)
        .map(|i| w3c.get(i, StatusSize::ONE).unwrap())
        .collect();
    assert_eq!(one, [1, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0]);
    let list = token(SlotBits::One);
    let one: Vec<_> = (0..16).map(|i| list.get(i).unwrap()).collect();
    assert_eq!(one, [1, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0]);

    let two: Vec<_> = (0..4).map(|i| w3c.get(i, size(2)).unwrap()).collect();
    assert_eq!(two, [3, 0, 2, 1]);
    let list = token(SlotBits::Two);
    let two: Vec<_> = (0..4).map(|i| list.get(i).unwrap()).collect();
    assert_eq!(two, [1, 2, 0, 3]);

    assert_eq!(w3c.get(0, size(4)), Some(0b1100));
    assert_eq!(token(SlotBits::Four).get(0), Some(0b1001));
    // A whole byte has no order to confuse.
    assert_eq!(w3c.get(0, size(8)), Some(0b1100_1001));
    assert_eq!(token(SlotBits::Eight).get(0), Some(0b1100_1001));
}

#[test]
fn neither_text_can_be_read_as_the_other() {
    let list = StatusList::new(SlotBits::One);
    let w3c = Bitstring::of(&list, |_| true).encode();
    let token = token_list::encode(&list);
    for text in [
        &token,
        &format!("u{token}"),
        &w3c[1..],
        "",
        "u",
        "zabc",
        &format!("{w3c}="),
    ] {
        let refused = Bitstring::decode(text, &mut budget());
        let refused = refused.map_err(|error| error.code());
        assert_eq!(refused, Err(Code::StatusListMalformed), "{text}");
    }
    for text in [&w3c, &w3c[1..]] {
        let refused = token_list::decode(text, SlotBits::One, &mut budget());
        let refused = refused.map_err(|error| error.code());
        assert_eq!(refused, Err(Code::StatusListMalformed), "{text}");
    }
}

#[test]
fn a_list_of_ours_is_written_with_the_slots_asked_for() {
    let mut list = StatusList::new(SlotBits::Two);
    for (index, value) in [(3, values::INVALID), (9, values::SUSPENDED), (SLOTS - 1, 3)] {
        list.set(index, value).unwrap();
    }
    let set = |is_set: fn(u8) -> bool| {
        let bits = Bitstring::of(&list, is_set);
        assert_eq!(bits.len(), SLOTS);
        let set = (0..SLOTS).filter(|i| bits.get(*i, StatusSize::ONE) == Some(1));
        set.collect::<Vec<_>>()
    };
    assert_eq!(set(|value| value == values::INVALID), [3]);
    assert_eq!(set(|value| value == values::SUSPENDED), [9]);
    assert_eq!(set(|value| value != values::VALID), [3, 9, SLOTS - 1]);
}

#[test]
fn a_bitstring_has_its_minimum_and_no_more_than_a_verifier_reads() {
    let bits = |entries, bits| Bitstring::new(entries, size(bits)).map(|list| list.len());
    assert_eq!(bits(0, 1), Ok(SLOTS));
    assert_eq!(bits(SLOTS + 1, 1), Ok(SLOTS + 8));
    assert_eq!(bits(0, 32), Ok(SLOTS * 32));
    assert_eq!(bits(64 << 23, 1), Ok(64 << 23));
    for (entries, size) in [((64 << 23) + 1, 1), (u64::MAX, 32)] {
        let refused = bits(entries, size);
        assert!(matches!(refused, Err(StatusListError::TooLarge { .. })));
    }
    for bits in [0, 33, 256, 257, u64::MAX] {
        assert_eq!(
            StatusSize::try_from(bits),
            Err(StatusListError::Size { bits })
        );
    }
}

#[test]
fn refuses_a_bitstring_below_16_kilobytes_and_one_over_the_budget() {
    let decode = |bytes: &[u8], budget: &mut Budget| {
        let encoded = format!("u{}", base64url::encode(&to_gzip(bytes)));
        Bitstring::decode(&encoded, budget)
    };
    let short = decode(&[0; 16_383], &mut budget());
    assert_eq!(short, Err(StatusListError::TooFew { slots: 131_064 }));
    assert_eq!(short.unwrap_err().code(), Code::StatusListTooShort);
    let mut left = budget();
    left.spend_list_bytes((64 << 20) - 16_384).unwrap();
    assert!(decode(&[0; 16_384], &mut left.clone()).is_ok());
    let bomb = decode(&vec![0; 16_385], &mut left);
    assert_eq!(bomb.map_err(|e| e.code()), Err(Code::BudgetExhausted));
}

#[test]
fn nothing_is_read_or_written_beyond_the_end() {
    let mut list = Bitstring::new(0, StatusSize::ONE).unwrap();
    // 131,072 bits hold 43,690 whole entries of three bits, and two bits more.
    assert_eq!(list.entries(size(3)), 43_690);
    assert_eq!(list.get(43_689, size(3)), Some(0));
    for index in [43_690, u64::MAX, u64::MAX / 3, u64::MAX / 3 + 1] {
        assert_eq!(list.get(index, size(3)), None);
        let refused = list.set(index, size(3), 1).map_err(|e| e.code());
        assert_eq!(refused, Err(Code::StatusIndexOutOfRange));
    }
    let refused = list.set(0, size(3), 8);
    assert_eq!(refused, Err(StatusListError::Value { value: 8, bits: 3 }));
    list.set(0, size(32), u32::MAX).unwrap();
    assert_eq!(list.get(0, size(32)), Some(u32::MAX));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_set_comes_back_and_neighbours_stay(
        bits in 1_u64..=32, index in 1..SLOTS - 1, value: u32, around: u32,
    ) {
        let size = size(bits);
        let mask = u32::MAX >> (32 - bits);
        let (value, around) = (value & mask, around & mask);
        let mut list = Bitstring::new(0, size).unwrap();
        list.set(index - 1, size, around).unwrap();
        list.set(index + 1, size, around).unwrap();
        list.set(index, size, mask).unwrap();
        list.set(index, size, value).unwrap();
        let read = Bitstring::decode(&list.encode(), &mut budget()).unwrap();
        prop_assert_eq!(&read, &list);
        let at = |index| read.get(index, size);
        prop_assert_eq!(at(index), Some(value));
        prop_assert_eq!((at(index - 1), at(index + 1)), (Some(around), Some(around)));
        // Nothing else has changed: without the three the list is as it was made.
        for index in [index - 1, index, index + 1] {
            list.set(index, size, 0).unwrap();
        }
        prop_assert_eq!(list, Bitstring::new(0, size).unwrap());
    }

    #[test]
    fn reading_never_panics(text in "u?[A-Za-z0-9_-]{0,200}") {
        let _ = Bitstring::decode(&text, &mut budget());
    }
}
