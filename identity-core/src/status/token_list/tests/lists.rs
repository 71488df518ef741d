use proptest::prelude::*;

use super::{
    super::{StatusType, decode, encode},
    budget,
};
use crate::{
    Code,
    encoding::{
        base64url,
        strict_json::{Limits, Value, parse},
    },
    status::{
        SlotBits, StatusList, StatusListError,
        inflate::{to_gzip, to_zlib},
    },
};

/// Every list of the draft's appendix and of its section 4.1: of 1, 2, 4 and 8 bits, up to 2^20 slots.
/// Their forms in CBOR are not read here.
#[test]
fn the_drafts_lists_are_read() {
    let Some(folder) = testkit::vectors("token-status-list") else {
        return;
    };
    let text = std::fs::read(folder.join("tsl-vectors.json")).unwrap();
    let file = parse(&text, &Limits::small()).unwrap();
    let mut seen = 0;
    for vector in file.get("vectors").and_then(Value::as_array).unwrap() {
        let bits = vector.get("bits").and_then(Value::as_u64).unwrap();
        let bits = SlotBits::try_from(bits).unwrap();
        let text = vector.get("lst").and_then(Value::as_str).unwrap();
        let list = decode(text, bits, &mut budget()).unwrap();
        let size = vector.get("size").and_then(Value::as_u64).unwrap();
        assert_eq!(list.slots(), size);
        let expected = vector.get("statuses").and_then(Value::as_object).unwrap();
        for (index, value) in expected.iter() {
            let found = list.get(index.parse().unwrap()).map(u64::from);
            assert_eq!(found, value.as_u64(), "{bits:?}, slot {index}");
        }
        let set = expected
            .iter()
            .filter(|(_, value)| value.as_u64() != Some(0));
        assert_eq!(list.set_slots().count(), set.count());
        if let Some(bytes) = vector.get("byte_array").and_then(Value::as_array) {
            let packed = list.packed();
            let packed = packed.iter().map(|byte| format!("{byte:02x}"));
            let bytes = bytes.iter().map(|byte| byte.as_str().unwrap().to_owned());
            assert!(packed.eq(bytes));
        }
        assert_eq!(decode(&encode(&list), bits, &mut budget()).unwrap(), list);
        seen += 1;
    }
    assert_eq!(seen, 6);
}

/// The examples of section 4.1, which stand here so that they are read where the vectors are missing.
#[test]
fn the_first_slot_is_the_least_significant() {
    let slots = |lst, bits, count| {
        let list = decode(lst, bits, &mut budget()).unwrap();
        assert_eq!(list.slots(), count);
        (0..count).map(|i| list.get(i).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(
        slots("eNrbuRgAAhcBXQ", SlotBits::One, 16),
        [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]
    );
    assert_eq!(
        slots("eNo76fITAAPfAgc", SlotBits::Two, 12),
        [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]
    );
}

#[test]
fn refuses_text_that_is_not_the_one_encoding() {
    let list = StatusList::new(SlotBits::One);
    let encoded = encode(&list);
    let gzip = base64url::encode(&to_gzip(&list.packed()));
    for text in [
        "",
        &format!("{encoded}="),
        &format!(" {encoded}"),
        &format!("u{encoded}"),
        &gzip,
    ] {
        let refused = decode(text, SlotBits::One, &mut budget());
        let refused = refused.map_err(|error| error.code());
        assert_eq!(refused, Err(Code::StatusListMalformed), "{text}");
    }
}

#[test]
fn a_slot_has_1_2_4_or_8_bits() {
    for (bits, max) in [(1, 1), (2, 3), (4, 15), (8, 255)] {
        assert_eq!(SlotBits::try_from(bits).unwrap().max_value(), max);
    }
    for bits in [0, 3, 5, 6, 7, 16, 257, u64::MAX] {
        assert_eq!(
            SlotBits::try_from(bits),
            Err(StatusListError::Bits { bits })
        );
    }
}

#[test]
fn refuses_a_list_over_the_budget() {
    let bomb = base64url::encode(&to_zlib(&vec![0; (64 << 20) + 1]));
    let refused = decode(&bomb, SlotBits::One, &mut budget());
    assert_eq!(refused.map_err(|e| e.code()), Err(Code::BudgetExhausted));
}

#[test]
fn every_value_has_its_type() {
    for value in 0..=255 {
        let expected = match value {
            0 => "VALID".to_owned(),
            1 => "INVALID".to_owned(),
            2 => "SUSPENDED".to_owned(),
            3 | 12..=15 => format!("APPLICATION_SPECIFIC ({value:#04x})"),
            _ => format!("reserved ({value:#04x})"),
        };
        let found = StatusType::from(value);
        assert_eq!((found.to_string(), found.value()), (expected, value));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_set_comes_back_and_neighbours_stay(
        which in 0_usize..4, index in 1..crate::status::SLOTS - 1, value: u8, around: u8,
    ) {
        let bits = [SlotBits::One, SlotBits::Two, SlotBits::Four, SlotBits::Eight][which];
        let (value, around) = (value & bits.max_value(), around & bits.max_value());
        let mut list = StatusList::new(bits);
        for (at, value) in [(index - 1, around), (index + 1, around), (index, value)] {
            list.set(at, bits.max_value()).unwrap();
            list.set(at, value).unwrap();
        }
        let read = decode(&encode(&list), bits, &mut budget()).unwrap();
        prop_assert_eq!(&read, &list);
        prop_assert_eq!(read.get(index), Some(value));
        prop_assert_eq!(read.get(index - 1), Some(around));
        prop_assert_eq!(read.get(index + 1), Some(around));
        for at in index - 1..=index + 1 {
            list.set(at, 0).unwrap();
        }
        prop_assert_eq!(list, StatusList::new(bits));
    }

    #[test]
    fn reading_never_panics(text in "[A-Za-z0-9_-]{0,200}", which in 0_usize..4) {
        let bits = [SlotBits::One, SlotBits::Two, SlotBits::Four, SlotBits::Eight][which];
        let _ = decode(&text, bits, &mut budget());
    }
}
