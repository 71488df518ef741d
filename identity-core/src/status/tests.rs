use core::time::Duration;

use proptest::prelude::*;

use super::bitstring::{BitstringCredential, Purpose};
use super::token_list::{StatusListClaims, StatusListObject};
use super::*;
use crate::Code;
use crate::encoding::base64url;
use crate::verify::Budget;

fn budget() -> Budget {
    Budget::presentation()
}

/// The example of the Token Status List draft, section 4.1: sixteen slots of one bit.
#[test]
fn token_status_list_example_of_one_bit() {
    let list = token_list::decode("eNrbuRgAAhcBXQ", SlotBits::One, &mut budget()).unwrap();
    let slots: Vec<u8> = (0..16).map(|index| list.get(index).unwrap()).collect();
    assert_eq!(slots, [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]);
}

/// The example of section 4.1: twelve slots of two bits.
#[test]
fn token_status_list_example_of_two_bits() {
    let list = token_list::decode("eNo76fITAAPfAgc", SlotBits::Two, &mut budget()).unwrap();
    let slots: Vec<u8> = (0..12).map(|index| list.get(index).unwrap()).collect();
    assert_eq!(slots, [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]);
}

/// The `encodedList` of the examples in Bitstring Status List 1.0: 131,072 slots, all clear.
#[test]
fn bitstring_example_of_the_specification() {
    let encoded = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA";
    let list = bitstring::decode(encoded, SlotBits::One, &mut budget()).unwrap();
    assert_eq!(list.slots(), SLOTS);
    assert_eq!(list.set_slots().count(), 0);
}

#[test]
fn token_status_list_vectors() {
    let Some(folder) = testkit::vectors("token-status-list") else {
        return;
    };
    let text = std::fs::read(folder.join("tsl-vectors.json")).unwrap();
    let file: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let mut seen = 0;
    for vector in file["vectors"].as_array().unwrap() {
        let object: StatusListObject = serde_json::from_value(vector.clone()).unwrap();
        let list = object.decode(&mut budget()).unwrap();
        if let Some(size) = vector["size"].as_u64() {
            assert_eq!(list.slots(), size);
        }
        let expected = vector["statuses"].as_object().unwrap();
        for (index, value) in expected {
            let found = list.get(index.parse().unwrap()).map(u64::from);
            assert_eq!(found, value.as_u64(), "{} bits, slot {index}", object.bits);
        }
        if vector["size"].is_u64() {
            let set = expected.values().filter(|value| value.as_u64() != Some(0));
            assert_eq!(list.set_slots().count(), set.count());
        }
        let again = StatusListObject::encode(&list);
        assert_eq!(again.decode(&mut budget()).unwrap(), list);
        seen += 1;
    }
    assert!(seen >= 6);
}

#[test]
fn bit_order_is_not_confused() {
    let mut list = StatusList::new(SlotBits::One);
    list.set(1, 1).unwrap();
    let zlib = token_list::encode(&list);
    let gzip = bitstring::encode(&list, Purpose::Revocation);
    let inside = |text: &str| base64url::decode(text).unwrap();
    let token = inflate::from_zlib(&inside(&zlib), &mut budget()).unwrap();
    let w3c = inflate::from_gzip(&inside(&gzip[1..]), &mut budget()).unwrap();
    assert_eq!(token[0], 0b0000_0010);
    assert_eq!(w3c[0], 0b0100_0000);
}

#[test]
fn wider_slots_keep_the_order_of_their_bits() {
    for (size, byte, slots) in [
        (SlotBits::Two, 0b01_10_11_00, vec![1, 2, 3, 0]),
        (SlotBits::Four, 0b0001_1000, vec![1, 8]),
        (SlotBits::Eight, 0b0001_1000, vec![24]),
    ] {
        let mut bytes = vec![0; 131_072];
        bytes[0] = byte;
        let gzip = base64url::encode(&inflate::to_gzip(&bytes));
        let list = bitstring::decode(&format!("u{gzip}"), size, &mut budget()).unwrap();
        for (index, value) in (0..).zip(slots) {
            assert_eq!(list.get(index), Some(value));
        }
    }
}

#[test]
fn each_purpose_has_a_bitstring_of_its_own() {
    let mut list = StatusList::new(SlotBits::Two);
    list.set(3, values::INVALID).unwrap();
    list.set(9, values::SUSPENDED).unwrap();
    let slots = |purpose| {
        let encoded = bitstring::encode(&list, purpose);
        let one = bitstring::decode(&encoded, SlotBits::One, &mut budget()).unwrap();
        one.set_slots().collect::<Vec<_>>()
    };
    assert_eq!(slots(Purpose::Revocation), [(3, 1)]);
    assert_eq!(slots(Purpose::Suspension), [(9, 1)]);
}

#[test]
fn time_to_live_is_in_seconds_here_and_in_milliseconds_there() {
    let list = StatusList::new(SlotBits::One);
    let uri = ListUri::new("did:key:zIssuer", 1).unwrap();
    let from: Instant = "2026-03-12T12:00:00Z".parse().unwrap();
    let until: Instant = "2026-03-19T12:00:00Z".parse().unwrap();
    let ttl = Duration::from_secs(43_200);
    let token = StatusListClaims::new(uri.as_str(), &list, from, until, ttl);
    let w3c = BitstringCredential::new(&uri, &list, Purpose::Revocation, from, until, ttl);
    let token = serde_json::to_value(token).unwrap();
    let w3c = serde_json::to_value(w3c).unwrap();
    assert_eq!(token["ttl"], 43_200);
    assert_eq!(w3c["credentialSubject"]["ttl"], 43_200_000);
    assert_eq!(w3c["credentialSubject"]["type"], "BitstringStatusList");
    assert_eq!(w3c["credentialSubject"]["statusPurpose"], "revocation");
    assert_eq!(w3c["validUntil"], "2026-03-19T12:00:00Z");
    assert_eq!(w3c["issuer"], "did:key:zIssuer");
    let token: StatusListClaims = serde_json::from_value(token).unwrap();
    let w3c: BitstringCredential = serde_json::from_value(w3c).unwrap();
    assert_eq!(token.time_to_live(), Some(ttl));
    assert_eq!(w3c.credential_subject.time_to_live(), ttl);
}

#[test]
fn refuses_a_bitstring_below_the_minimum() {
    let short = base64url::encode(&inflate::to_gzip(&[0; 16_383]));
    let refused = bitstring::decode(&format!("u{short}"), SlotBits::One, &mut budget());
    assert_eq!(refused, Err(StatusListError::TooFew { slots: 131_064 }));
}

#[test]
fn refuses_the_other_text_form() {
    let list = StatusList::new(SlotBits::One);
    let encoded = token_list::encode(&list);
    let w3c = bitstring::encode(&list, Purpose::Revocation);
    for text in [&encoded, &w3c[1..], "", "u", "zabc", &format!("{w3c}=")] {
        let refused = bitstring::decode(text, SlotBits::One, &mut budget());
        assert_eq!(
            refused.map_err(|e| e.code()),
            Err(Code::StatusListMalformed)
        );
    }
    for text in [&w3c, "", &format!("{encoded}="), &format!(" {encoded}")] {
        let refused = token_list::decode(text, SlotBits::One, &mut budget());
        assert_eq!(
            refused.map_err(|e| e.code()),
            Err(Code::StatusListMalformed)
        );
    }
    for bits in [0, 3, 16, u64::MAX] {
        let mut object = StatusListObject::encode(&list);
        object.bits = bits;
        assert_eq!(
            object.decode(&mut budget()),
            Err(StatusListError::Bits { bits })
        );
    }
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
        let read = |purpose| {
            bitstring::decode(&bitstring::encode(&list, purpose), SlotBits::One, &mut budget()).unwrap()
        };
        let (revoked, suspended) = (read(Purpose::Revocation), read(Purpose::Suspension));
        for (index, value) in token.set_slots() {
            prop_assert_eq!(revoked.get(index), Some(u8::from(value == values::INVALID)));
            prop_assert_eq!(suspended.get(index), Some(u8::from(value == values::SUSPENDED)));
        }
        prop_assert_eq!(revoked.set_slots().count() + suspended.set_slots().count(), set.len());
    }

    #[test]
    fn reading_never_panics(text in "u?[A-Za-z0-9_-]{0,200}") {
        let _ = token_list::decode(&text, SlotBits::One, &mut budget());
        let _ = bitstring::decode(&text, SlotBits::One, &mut budget());
    }
}
