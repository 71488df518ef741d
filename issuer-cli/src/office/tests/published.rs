//! The published site says the same in every form.

use std::collections::BTreeSet;

use identity_core::{
    did::LocalResolver,
    encoding::strict_json::{self, Limits},
    proof::{
        data_integrity::{self, Expected},
        sd_jwt::vc::types::TypeMetadata,
    },
    status::{
        SLOTS, StatusList,
        token_list::{ListReference, StatusListToken, StatusType, TokenIssuers, TtlSeconds},
        values,
        w3c::{
            self, Effect, ListCredential, ListIssuers, Purpose, StatusEntry, StatusSize, TtlMillis,
        },
    },
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

        // Others read either form by what their standards say, and by who keeps our lists.
        let resolver = LocalResolver::new();
        let keeper = core::str::from_utf8(file("status/keeper.jwt")).unwrap();
        let keeper = [status_key::delegation(keeper).unwrap()];
        assert_eq!(keeper[0].issuer, office.profile.did);
        let others = ListIssuers::Delegated(&keeper);
        let issuer = bundle.signer();

        let text = core::str::from_utf8(file("status/1.jwt")).unwrap();
        let token = StatusListToken::verify(text, &resolver, &mut Budget::bundle()).unwrap();
        assert_eq!(token.ttl(), Some(TtlSeconds::from_secs(86_400)));
        let ask = |idx, others| {
            let uri = ana.slot.list.to_string();
            let place = ListReference { idx, uri };
            let signer = issuer;
            token.status(&place, &TokenIssuers::Did { signer, others }, now)
        };
        let expected = if publish_suspensions {
            StatusType::Suspended
        } else {
            StatusType::Invalid
        };
        assert_eq!(ask(ana.slot.index, others), Ok(expected));
        assert_eq!(ask(ana.slot.index ^ 1, others), Ok(StatusType::Valid));
        assert!(ask(ana.slot.index, ListIssuers::SameDid).is_err());

        let value = strict_json::parse(file("status/1.bitstring.json"), &Limits::large()).unwrap();
        let expected = Expected::mandate(Relationship::AssertionMethod, now.timestamp());
        let document = value.as_object().unwrap();
        let mut budget = Budget::bundle();
        let signers = data_integrity::verify(document, &expected, &resolver, &mut budget).unwrap();
        let list = ListCredential::read(document, &signers, &mut budget).unwrap();
        assert_eq!(list.ttl(), Some(TtlMillis::from_millis(86_400_000)));
        let ask = |index: u64, others| {
            let entry = StatusEntry::new(Purpose::Revocation, index, ana.slot.list.as_str());
            w3c::evaluate(&entry.unwrap(), &list, issuer, &others, now).map(|s| s.effect())
        };
        assert_eq!(ask(ana.slot.index, others), Ok(Effect::Revoked));
        assert_eq!(ask(ana.slot.index ^ 1, others), Ok(Effect::None));
        assert!(ask(ana.slot.index, ListIssuers::SameDid).is_err());
        let set = (0..SLOTS).filter(|i| list.bits().get(*i, StatusSize::ONE) != Some(0));
        assert_eq!(set.collect::<Vec<_>>(), [ana.slot.index]);
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
