//! What a clerk writes into the store and the journal with a program of his own, signed by himself where an
//! entry is not one that takes approvals. Nothing of it is published: `publish` asks for a sound audit.

use identity_core::status::{DecisionDigest, SlotRef};
use serde_json::{Value as Json, json};

use super::{
    attacks::{code, overwrite, record},
    *,
};
use crate::{
    office::{
        inherit::{INHERITED, Inherited},
        pending::key_of,
    },
    records::Term,
};

/// Signs entries as an officer, whatever they say, and writes them.
pub(super) fn signed_by(house: &mut House, who: usize, entries: &[(&str, Json)], when: &str) {
    let (id, secrets) = house.keys[who].clone();
    let signer = secrets.keys().signing;
    let home = house.office.profile().did.clone();
    let author = Author {
        by: &id,
        policy: house.office.officers().unwrap().policy().version(),
        home: &home,
        signer: &signer,
    };
    let mut batch = Batch::default();
    let mut journal = Journal::open(&house.office.store, None).unwrap();
    let entries: Vec<_> = entries.iter().map(|(kind, body)| (*kind, body)).collect();
    journal
        .append_signed(&mut batch, at(when), &entries, &author)
        .unwrap();
    house.office.store.write(batch).unwrap();
    house.office.journal = journal;
}

fn put(house: &mut House, family: Family, id: &str, value: &impl serde::Serialize) {
    let mut batch = Batch::default();
    batch.put(family, id, value).unwrap();
    house.office.store.write(batch).unwrap();
}

#[track_caller]
pub(super) fn found(house: &House, what: &str) {
    let found = house.office.audit(None).unwrap().differences;
    let named = found.iter().any(|one| one.message.contains(what));
    assert!(named, "{what}: {found:#?}");
}

/// Two officers, and Ana with her credential.
fn issued() -> (House, CredentialRecord) {
    let mut house = House::of(2);
    let pending = house.issue();
    house.approve(1, &pending.id).unwrap();
    let id = house.office.holdings("a").unwrap().credentials[0].clone();
    house.is_sound();
    let record = house.office.credential(&id).unwrap();
    (house, record)
}

#[test]
fn nothing_is_ended_as_if_a_bundle_had_said_so() {
    let (mut house, ana) = issued();
    // Restoring is one officer's, and its entry with it.
    let inherited = Inherited {
        not_valid: vec![ana.slot.clone()],
        revocations: Vec::new(),
    };
    put(&mut house, Family::Meta, INHERITED, &inherited);
    let body = json!({ "published": 1, "known": 0, "unknown": 1, "inherited": inherited.digest().unwrap() });
    signed_by(&mut house, 0, &[("backup.restored", body)], LATER);
    found(&house, "which was issued here");
    // Of a credential that nobody here knows it stands, as after any restoration.
    let (mut house, ana) = issued();
    let inherited = Inherited {
        not_valid: vec![SlotRef {
            list: ana.slot.list,
            index: ana.slot.index ^ 1,
        }],
        revocations: Vec::new(),
    };
    put(&mut house, Family::Meta, INHERITED, &inherited);
    let body = json!({ "published": 1, "known": 0, "unknown": 1, "inherited": inherited.digest().unwrap() });
    signed_by(&mut house, 0, &[("backup.restored", body)], LATER);
    house.is_sound();
}

fn with_start(start: &str) -> String {
    format!(
        r#"{{"persons":[{{"id":"a","name":"Ana"}}],
        "organizations":[{{"id":"o","name":"X","classification":"legislature"}}],
        "events":[{{"id":"current","classification":"legislative period","name":"current","start_date":"{start}"}}],
        "memberships":[{{"person_id":"a","organization_id":"o","legislative_period_id":"current","start_date":"2026-01-01"}}]}}"#
    )
}

#[test]
fn a_roster_does_not_move_the_term_under_a_credential() {
    let (mut house, ana) = issued();
    let before = house.office.term("current").unwrap();
    for start in ["2027-01-01", "2025-01-01"] {
        house.act(0);
        let outcome = house
            .office
            .import(with_start(start).as_bytes(), at(LATER), at(LATER))
            .unwrap();
        let said = &outcome.report.notes;
        let noted = said
            .iter()
            .any(|note| note.message.contains("was not approved"));
        assert!(noted, "{said:?}");
        assert_eq!(house.office.term("current").unwrap().start, before.start);
    }
    assert!(matches!(told(&mut house, &ana), StatusOutcome::Valid));
    house.is_sound();
    // Past the office: in the record, and in an entry of his own too.
    let term = Term {
        start: "2027-01-01".parse().unwrap(),
        ..before
    };
    put(&mut house, Family::Terms, "current", &term);
    found(&house, "it begins on 2026-01-01");
    let body = json!({
        "rows": 1, "imported": 1, "unchanged": 0, "refused": 0, "terms": { "current": "2027-01-01" },
    });
    signed_by(&mut house, 0, &[("roster.imported", body)], LATER);
    found(&house, "moves term current");
}

#[test]
fn where_nothing_was_issued_a_roster_moves_a_term() {
    for officers in [1, 2] {
        let mut house = House::of(officers);
        house.act(0);
        house
            .office
            .import(with_start("2025-12-01").as_bytes(), at(LATER), at(LATER))
            .unwrap();
        let start = house.office.term("current").unwrap().start;
        assert_eq!(start.to_string(), "2025-12-01");
        house.is_sound();
    }
}

/// What a verifier is told of Ana's credential by the next bundle.
fn told(house: &mut House, ana: &CredentialRecord) -> StatusOutcome {
    house.office.act_as(Actor::Machine).unwrap();
    super::super::told(&mut house.office, ana, LATER, LATER)
}

#[test]
fn when_a_revocation_counts_from_is_not_moved() {
    let (mut house, ana) = issued();
    house.act(0);
    let revoke = Action::Revoke {
        credential: ana.id.clone(),
        effective: at(LATER),
        reason: Reason::LostSeat,
        decision: None,
    };
    let pending = house.prepare(revoke).unwrap();
    house.approve(1, &pending.id).unwrap();
    house.is_sound();
    house.office.act_as(Actor::Machine).unwrap();
    house.office.publish(at("2026-02-01T14:00:00Z")).unwrap();
    house.is_sound();
    let sound = house.office.credential(&ana.id).unwrap();
    for published in [
        None,
        Some("2026-02-01T13:00:00Z"),
        Some("2036-01-01T00:00:00Z"),
    ] {
        let mut moved = sound.clone();
        moved.revocations[0].published = published.map(at);
        put(&mut house, Family::Credentials, &ana.id, &moved);
        found(&house, "was revoked from");
    }
    put(&mut house, Family::Credentials, &ana.id, &sound);
    house.is_sound();
}

#[test]
fn a_credential_is_not_hidden_from_the_end_of_its_mandate() {
    let (mut house, _) = issued();
    let mut holdings = house.office.holdings("a").unwrap();
    holdings.credentials.clear();
    put(&mut house, Family::Holdings, "a", &holdings);
    found(&house, "a is not said to hold it");
    // Another takes his: nothing is lost by that, and each still has to hold its own.
    let mut house = house.reopened().unwrap();
    put(&mut house, Family::Holdings, "b", &holdings);
    found(&house, "a is not said to hold it");
}

#[test]
fn the_approvals_of_others_are_not_carried_out_by_who_prepared() {
    let mut house = House::of(2);
    let end = house.end();
    // A copy of the home from before, into which the approvals are put that were given since.
    let store = house.office.store.clone();
    let journal = house.office.journal;
    house.approve(1, &end.id).unwrap();
    let approved = record(&house, &key_of(&end.id));
    let mandate: Json = read(&house.office.store, Family::Mandates, &mandate_of(&house))
        .unwrap()
        .unwrap();
    let mut back = house;
    (back.office.store, back.office.journal) = (store, journal);
    overwrite(&mut back, &key_of(&end.id), &approved);
    let id = mandate_of(&back);
    put(&mut back, Family::Mandates, &id, &mandate);
    let body = json!({
        "member": "a", "mandate": id, "at": NOW, "reason": "resignation", "decision": null,
        "credentials": [], "approval": end.id,
    });
    signed_by(&mut back, 0, &[("mandate.ended", body)], LATER);
    found(&back, "none of those who approved it carried it out");
}

fn mandate_of(house: &House) -> String {
    let register = house.office.register().unwrap();
    register.mandates.into_keys().next().unwrap()
}

#[test]
fn one_id_is_not_prepared_twice() {
    // Found by trying: ids are short enough for two documents of one id.
    let mut house = House::of(2);
    let end = house.end();
    let body =
        json!({ "approval": end.id, "action": "mandate.end", "items": 1, "document": "other" });
    signed_by(&mut house, 0, &[("approval.prepared", body)], LATER);
    found(&house, "a second time");
}

#[test]
fn what_was_done_is_not_done_again_by_who_approved_it() {
    // Ended, let run again by a decision, and then the first approvals brought back as if interrupted.
    let mut house = House::of(2);
    house.act(0);
    let end = Action::EndTerm {
        term: "current".to_owned(),
        at: at(NOW),
        except: Vec::new(),
        decision: None,
    };
    let end = house.prepare(end).unwrap();
    house.approve(1, &end.id).unwrap();
    house.act(0);
    let again = Action::ReinstateTerm {
        term: "current".to_owned(),
        decision: DecisionDigest::of(b"court"),
    };
    let again = house.prepare(again).unwrap();
    house.approve(1, &again.id).unwrap();
    house.is_sound();
    let mut value = record(&house, &key_of(&end.id));
    value["state"] = "approved".into();
    overwrite(&mut house, &key_of(&end.id), &value);
    assert_eq!(code(house.approve(1, &end.id)), "approval.closed");
    value["state"] = "open".into();
    overwrite(&mut house, &key_of(&end.id), &value);
    assert_eq!(code(house.approve(1, &end.id)), "approval.duplicate");
    assert!(
        house.office.term("current").unwrap().endings[0]
            .annulled_at
            .is_some()
    );
    // He writes that the term runs again from an earlier day, or ends again, under the same approvals.
    for body in [
        json!({ "term": "current", "approval": again.id, "annulledAt": NOW }),
        json!({ "term": "current", "approval": again.id }),
    ] {
        let mut copy = House {
            office: Office {
                store: house.office.store.clone(),
                ..House::of(2).office
            },
            keys: house.keys.clone(),
        };
        signed_by(&mut copy, 0, &[("term.reinstated", body)], LATER);
        found(&copy, "which do not count");
    }
}
