//! What officers sign together stands as they signed it: delegations, electoral periods, and who they are.

use identity_core::status::DecisionDigest;
use serde_json::{Value as Json, json};

use super::{
    attacks::{code, overwrite, record},
    disk::{found, signed_by},
    *,
};

type Edit = fn(&mut Json);

#[test]
fn delegations_stand_as_they_were_signed() {
    let mut house = House::of(2);
    let paper = delegating::drawn_up(&house);
    let signed = delegating::copies(&mut house, &paper, &[0, 1]);
    house.office.delegate(signed, None, at(LATER)).unwrap();
    house.is_sound();
    let edits: [(&str, Edit); 4] = [
        ("ends at another instant", |all| {
            all[0]["ended"] = "2026-03-01T00:00:00Z".into();
        }),
        // It would be left out of the bundle, which ends it as well.
        ("is not what was signed", |all| {
            all[0]["credential"]["proof"] = json!([]);
        }),
        ("it has no record", |all| {
            all.as_array_mut().unwrap().clear();
        }),
        ("no entry tells of it", |all| {
            all[0]["id"] = "0000000000000000".into();
        }),
    ];
    let sound = record(&house, "delegations");
    for (what, edit) in edits {
        let mut all = sound.clone();
        edit(&mut all);
        overwrite(&mut house, "delegations", &all);
        found(&house, what);
    }
    overwrite(&mut house, "delegations", &sound);
    house.is_sound();
}

#[test]
fn who_was_alone_once_delegates_nothing_as_of_then() {
    // Drawn up and signed as if it were the time of the first policy, which lists anna alone.
    let mut house = House::of(1);
    let early = delegating::drawn_up_at(&house, at(NOW));
    let signed = delegating::copies(&mut house, &early, &[0]);
    let bo = Secrets::new(51);
    house.appoint_at("bo", &bo, "2026-02-01T12:30:00Z");
    house.keys.push(("bo".to_owned(), bo));
    house.act(0);
    let alone = house.office.delegate(signed.clone(), None, at(LATER));
    assert_eq!(code(alone), "approval.policy_version");
    // Past the office, with an entry of her own.
    let id = delegation_id(&signed[0]).unwrap();
    let credential = strict_json::Value::Object(signed[0].clone());
    let credential = credential.to_serde();
    let digest = action::digest_text(&credential).unwrap();
    overwrite(
        &mut house,
        "delegations",
        &json!([{ "id": id, "credential": credential }]),
    );
    let body =
        json!({ "delegation": id, "unit": "x", "until": "2027-01-01T00:00:00Z", "digest": digest });
    signed_by(&mut house, 0, &[("delegation.added", body)], LATER);
    found(&house, "under another officer policy");
}

#[test]
fn two_officers_are_not_one_person_with_one_key() {
    let house = House::of(2);
    let (anna, other) = (house.keys[0].1.clone(), Secrets::new(70));
    let anna = &anna;
    // Her signing key under another id, and a new signing key with her sealing key.
    let cards = [
        anna.card("carl"),
        Secrets::mixed(&other, anna).card("carl"),
        other.card("bo"),
    ];
    for card in cards {
        assert_eq!(code(house.office.with_officer(card)), "officer.exists");
    }
    let mut house = house;
    house.act(0);
    let cards = vec![
        anna.card("anna"),
        house.keys[1].1.card("bo"),
        Secrets::mixed(&other, anna).card("carl"),
    ];
    let change = Action::ChangeOfficers {
        cards,
        threshold: 1,
    };
    assert_eq!(code(house.prepare(change)), "officer.exists");
    for id in ["Anna", "anna ", "änna", "-anna", "machine"] {
        let refused = OfficerCard::new(
            (id, "A", "clerk"),
            &other.keys().signing,
            &other.keys().sealing,
        );
        assert!(
            refused
                .and_then(|card| house.office.with_officer(card))
                .is_err(),
            "{id}"
        );
    }
}

#[test]
fn nobody_binds_the_hands_of_the_others_alone() {
    let mut house = House::of(2);
    house.act(0);
    let basis = DecisionDigest::of(b"electoral code");
    let (from, to) = (at("2026-02-01T14:00:00Z"), at("2026-03-01T00:00:00Z"));
    let draft = house.office.draw_up_period((from, to), basis, at(LATER));
    let declared = house.office.declare_period(&draft, None, at(LATER));
    assert_eq!(
        declared.unwrap(),
        Declared::Waiting {
            found: 1,
            needed: 2
        }
    );
    assert_eq!(house.office.electoral_periods().unwrap(), []);
    // Past the office: with her signature alone, and with both and then taken away.
    let alone = record(&house, "electoral-period-open");
    house.act(1);
    house.office.sign_period(at(LATER)).unwrap();
    house.is_sound();
    let sound = record(&house, "electoral-periods");
    let mut few = sound.clone();
    few[0]["document"] = alone;
    overwrite(&mut house, "electoral-periods", &few);
    found(&house, "too few officers signed");
    let mut longer = sound.clone();
    longer[0]["to"] = "2026-09-01T00:00:00Z".into();
    overwrite(&mut house, "electoral-periods", &longer);
    found(&house, "no entry tells of it");
    overwrite(&mut house, "electoral-periods", &json!([]));
    found(&house, "it has no record");
    overwrite(&mut house, "electoral-periods", &sound);
    house.is_sound();
}
