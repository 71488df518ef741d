//! The published site says the same in every form.

use std::collections::BTreeSet;

use identity_core::{
    did::{LocalResolver, Relationship},
    encoding::strict_json::{self, Limits, Value},
    proof::{
        data_integrity::{self, Expected},
        jose::Jws,
        sd_jwt::vc::types::TypeMetadata,
    },
    status::{SlotBits, StatusList, bitstring, token_list, values},
};

use super::*;

fn set_slots(list: &StatusList) -> Vec<(u64, u8)> {
    list.set_slots().collect()
}

#[test]
fn every_list_is_there_in_both_forms_and_they_agree() {
    for publish_suspensions in [false, true] {
        let now = at("2026-02-01T12:00:00Z");
        let (mut office, ana) = with_ana(now);
        office.profile.publish_suspensions = publish_suspensions;
        office.suspend(&ana.id, now).unwrap();
        let published = office.publish(now).unwrap();
        let file = |path: &str| {
            let file = published.files.iter().find(|file| file.path == path);
            &file.unwrap_or_else(|| panic!("no {path}")).content
        };
        let bundle = Bundle::open(file("bundle.json"), &mut Budget::bundle()).unwrap();
        let held = bundle.list(&ana.slot.list).unwrap();
        let value = if publish_suspensions {
            values::SUSPENDED
        } else {
            values::INVALID
        };
        assert_eq!(set_slots(&held.list), [(ana.slot.index, value)]);

        let resolver = LocalResolver::new();
        let token = core::str::from_utf8(file("status/1.jwt")).unwrap();
        let jws = Jws::parse(token).unwrap();
        let (_, payload) = jws
            .expect_type("statuslist+jwt")
            .unwrap()
            .verify(&resolver, Relationship::AssertionMethod)
            .unwrap();
        let payload: serde_json::Value = serde_json::from_slice(payload).unwrap();
        assert_eq!(payload["sub"], ana.slot.list.as_str());
        // Seconds in this form, milliseconds in the other.
        assert_eq!(payload["ttl"], 86_400);
        let bits = if publish_suspensions {
            SlotBits::Two
        } else {
            SlotBits::One
        };
        let text = payload["status_list"]["lst"].as_str().unwrap();
        let list = token_list::decode(text, bits, &mut Budget::bundle()).unwrap();
        assert_eq!(set_slots(&list), set_slots(&held.list));

        let text = file("status/1.bitstring.json");
        let value = strict_json::parse(text, &Limits::large()).unwrap();
        let expected = Expected::mandate(Relationship::AssertionMethod, now.timestamp());
        let document = value.as_object().unwrap();
        let mut budget = Budget::bundle();
        let signers = data_integrity::verify(document, &expected, &resolver, &mut budget).unwrap();
        let text = |name| value.get(name).and_then(Value::as_str);
        assert_eq!(text("issuer"), Some(signers[0].did().as_str()));
        assert_eq!(text("id"), Some(ana.slot.list.as_str()));
        let subject = value.get("credentialSubject").unwrap();
        assert_eq!(subject.get("ttl").and_then(Value::as_u64), Some(86_400_000));
        let encoded = subject.get("encodedList").and_then(Value::as_str).unwrap();
        let list = bitstring::decode(encoded, SlotBits::One, &mut Budget::bundle()).unwrap();
        assert_eq!(set_slots(&list), [(ana.slot.index, values::INVALID)]);
    }
}

#[test]
fn the_site_holds_what_a_reader_needs() {
    let now = at("2026-02-01T12:00:00Z");
    let (mut office, _) = with_ana(now);
    let published = office.publish(now).unwrap();
    let paths: BTreeSet<&str> = published.files.iter().map(|f| f.path.as_str()).collect();
    for kind in Kind::ALL {
        assert!(paths.contains(format!("schemas/{kind}.schema.json").as_str()));
        let path = format!("types/{kind}.json");
        let file = published.files.iter().find(|f| f.path == path).unwrap();
        let metadata = TypeMetadata::parse(&file.content).unwrap();
        assert_eq!(metadata.vct, kind.vct());
    }
    for path in ["did.json", "issuer.json", "terms.json", "types.json"] {
        assert!(paths.contains(path), "{path}");
    }
    assert!(paths.contains("contexts/mandate-1.jsonld"));
    // Whoever finds the new bundle finds everything else as new.
    assert_eq!(published.files.last().unwrap().path, "bundle.json");
}

#[test]
fn a_restored_store_publishes_the_lists_it_uses_and_none_between() {
    let now = at("2026-02-01T12:00:00Z");
    let (mut office, ana) = with_ana(now);
    let mut batch = Batch::default();
    let mut counters = Counters::default();
    for key in [b"published-seq".as_slice(), b"next-slot"] {
        if let Some(value) = office.store.get(crate::store::Family::Meta, key).unwrap() {
            counters
                .see(crate::store::Family::Meta, key, &value)
                .unwrap();
        }
    }
    counters.move_past(now, &mut batch).unwrap();
    office.store.write(batch).unwrap();
    let mut rng = cli_kit::run::system_rng().unwrap();
    let invited = office.reinvite("a", now, &mut rng).unwrap();
    let code = invited.invitations[0].secret_code.clone();
    let two = order(&office, &code, 8, now);
    let new = office
        .replace(&two, &key(1), now, &mut rng)
        .unwrap()
        .credential;
    assert_ne!(new.slot.list, ana.slot.list);
    let bundle = bundle(&mut office, now);
    let lists: Vec<&str> = bundle.lists().map(|(uri, _)| uri.as_str()).collect();
    assert_eq!(lists, [ana.slot.list.as_str(), new.slot.list.as_str()]);
    assert!(bundle.seq() > 1_700_000_000);
}
