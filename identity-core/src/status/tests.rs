use proptest::prelude::*;

use super::{
    w3c::{Bitstring, StatusSize},
    *,
};
use crate::{encoding::base64url, verify::Budget};

fn budget() -> Budget {
    Budget::presentation()
}

#[test]
fn bit_order_is_not_confused() {
    let mut list = StatusList::new(SlotBits::One);
    list.set(1, 1).unwrap();
    let zlib = token_list::encode(&list);
    let gzip = Bitstring::of(&list, |value| value != values::VALID).encode();
    let inside = |text: &str| base64url::decode(text).unwrap();
    let token = inflate::from_zlib(&inside(&zlib), &mut budget()).unwrap();
    let w3c = inflate::from_gzip(&inside(&gzip[1..]), &mut budget()).unwrap();
    assert_eq!(token[0], 0b0000_0010);
    assert_eq!(w3c[0], 0b0100_0000);
}

#[test]
fn a_decision_is_a_digest_and_nothing_else() {
    let digest = DecisionDigest::of(b"decision 12/2026");
    assert_eq!(digest.to_string().parse(), Ok(digest));
    for text in ["", "decision 12/2026", "AAAA"] {
        assert_eq!(text.parse::<DecisionDigest>(), Err(ParseDecisionError));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn both_encodings_say_the_same(
        set in proptest::collection::btree_map(0..SLOTS, 1u8..3, 0..200),
    ) {
        let mut list = StatusList::new(SlotBits::Two);
        for (&index, &value) in &set {
            list.set(index, value).unwrap();
        }
        let token = token_list::decode(&token_list::encode(&list), SlotBits::Two, &mut budget()).unwrap();
        prop_assert_eq!(&token, &list);
        let read = |wanted| {
            let bits = Bitstring::of(&list, |value| value == wanted);
            Bitstring::decode(&bits.encode(), &mut budget()).unwrap()
        };
        let (revoked, suspended) = (read(values::INVALID), read(values::SUSPENDED));
        for index in 0..SLOTS {
            let value = token.get(index);
            let is = |wanted| Some(u32::from(value == Some(wanted)));
            prop_assert_eq!(revoked.get(index, StatusSize::ONE), is(values::INVALID));
            prop_assert_eq!(suspended.get(index, StatusSize::ONE), is(values::SUSPENDED));
        }
    }
}
