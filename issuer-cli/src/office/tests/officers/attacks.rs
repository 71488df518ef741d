//! What a clerk tries who has the machine, his own passphrase and any program, and no other's passphrase.

use identity_core::status::DecisionDigest;
use serde_json::{Value as Json, json};

use super::*;
use crate::office::{officers as kept, pending::key_of};

pub(super) fn code<T: core::fmt::Debug>(result: Result<T, Refusal>) -> &'static str {
    result.unwrap_err().code
}

/// Writes a record past the office, as whoever has the disk does.
pub(super) fn overwrite(house: &mut House, key: &str, value: &Json) {
    let mut batch = Batch::default();
    batch.put(Family::Meta, key, value).unwrap();
    house.office.store.write(batch).unwrap();
}

pub(super) fn record(house: &House, key: &str) -> Json {
    read(&house.office.store, Family::Meta, key)
        .unwrap()
        .unwrap()
}

/// Changes a prepared action in the store.
pub(super) fn edit(house: &mut House, id: &str, change: impl FnOnce(&mut Json)) {
    let mut value = record(house, &key_of(id));
    change(&mut value);
    overwrite(house, &key_of(id), &value);
}

#[test]
fn nothing_that_needs_approvals_is_done_without() {
    let mut house = House::of(2);
    let mut rng = cli_kit::run::system_rng().unwrap();
    let now = at(NOW);
    house.act(0);
    let invited = house.office.invite("a", now, &mut rng).unwrap();
    let one = order(&house.office, &invited.invitations[0].secret_code, 7, now);
    // Even with the issuing key at hand: the office writes no such entry.
    assert_eq!(
        code(house.office.issue(&one, &key(1), now, &mut rng)),
        "approval.needed"
    );
    let decision = DecisionDigest::of(b"decision");
    let why = (Reason::Death, None);
    assert_eq!(
        code(house.office.end_mandate("a", now, why, now)),
        "approval.needed"
    );
    let term = house
        .office
        .register()
        .unwrap()
        .terms
        .keys()
        .next()
        .unwrap()
        .clone();
    assert_eq!(
        code(house.office.end_term(&term, now, (&[], None), now)),
        "approval.needed"
    );
    let approved = house.issue();
    house.approve(1, &approved.id).unwrap();
    let id = house.office.holdings("a").unwrap().credentials[0].clone();
    house.act(0);
    assert_eq!(
        code(house.office.revoke(&id, now, why, now)),
        "approval.needed"
    );
    let end = Action::EndTerm {
        term: term.clone(),
        at: now,
        except: Vec::new(),
        decision: None,
    };
    let pending = house.prepare(end).unwrap();
    house.approve(1, &pending.id).unwrap();
    house.act(0);
    assert_eq!(
        code(house.office.reinstate_term(&term, decision, now)),
        "approval.needed"
    );
    let third = Secrets::new(90);
    let seed = key(1).secret_bytes();
    let alone = house
        .office
        .appoint_second((third.card("x"), None), &*seed, now, &mut rng);
    assert_eq!(code(alone), "approval.needed");
    house.is_sound();
}

#[test]
fn who_prepared_it_does_not_approve_it() {
    let mut house = House::of(2);
    for pending in [house.issue(), house.end()] {
        assert_eq!(code(house.approve(0, &pending.id)), "approval.own_action");
    }
}

#[test]
fn who_prepared_it_cannot_say_that_another_did() {
    let mut house = House::of(2);
    let pending = house.end();
    edit(&mut house, &pending.id, |value| {
        let document = value["document"].as_str().unwrap();
        value["document"] = document.replace("\"anna\"", "\"bo\"").into();
    });
    assert_eq!(code(house.approve(0, &pending.id)), "approval.unsigned");
    // With a name of its own the document is another action's; nothing was prepared under that id.
    assert_eq!(code(house.approve(1, &pending.id)), "approval.unsigned");
}

#[test]
fn content_that_was_changed_is_not_approved() {
    type Edit = fn(&mut Json);
    let edits: [(&str, Edit); 5] = [
        ("approval.changed", |v| {
            v["contents"][0]["at"] = "2026-01-15T12:00:00Z".into();
        }),
        // Shown as it was, done otherwise.
        ("approval.changed", |v| {
            v["action"]["reason"] = "death".into();
        }),
        ("approval.changed", |v| {
            v["action"]["at"] = "2026-01-15T12:00:00Z".into();
        }),
        ("approval.changed", |v| {
            v["salts"][0] = base64url::encode(&[0; 32]).into();
        }),
        ("approval.unsigned", |v| {
            let document = v["document"].as_str().unwrap();
            v["document"] = document.replace("2026-02-02T12", "2027-02-02T12").into();
        }),
    ];
    for (wanted, change) in edits {
        let mut house = House::of(2);
        let pending = house.end();
        edit(&mut house, &pending.id, change);
        assert_eq!(code(house.approve(1, &pending.id)), wanted);
    }
}

#[test]
fn another_holder_is_not_slipped_into_what_was_approved() {
    let mut house = House::of(3);
    let pending = house.issue();
    house.approve(1, &pending.id).unwrap();
    // The same letter, answered with the clerk's own wallet.
    let other = house.issue_action(66);
    edit(&mut house, &pending.id, |value| {
        value["action"]["orders"] = json!(other)["orders"].clone();
    });
    assert_eq!(code(house.approve(2, &pending.id)), "approval.changed");
}

#[test]
fn a_register_that_says_something_else_by_now_is_looked_at_again() {
    let mut house = House::of(2);
    let pending = house.issue();
    let roster = "id,name,start_date\na,Another Person,2026-01-01\n";
    house
        .office
        .import(roster.as_bytes(), at(NOW), at(NOW))
        .unwrap();
    assert_eq!(code(house.approve(1, &pending.id)), "approval.changed");
    let mut house = House::of(2);
    let pending = house.issue();
    let end = house.end();
    house.approve(1, &end.id).unwrap();
    assert_eq!(code(house.approve(1, &pending.id)), "mandate.not_sitting");
}

#[test]
fn approvals_end_and_count_once() {
    let mut house = House::of(2);
    let pending = house.end();
    let day_after = house.approve_at(1, &pending.id, "2026-02-02T12:00:00Z");
    assert_eq!(code(day_after), "approval.expired");
    // Carried out, then brought back as it was before.
    let open = record(&house, &key_of(&pending.id));
    house.approve(1, &pending.id).unwrap();
    overwrite(&mut house, &key_of(&pending.id), &open);
    assert_eq!(code(house.approve(1, &pending.id)), "mandate.not_sitting");
    house.is_sound_but_for(1);
}

impl House {
    fn is_sound_but_for(&self, differences: usize) {
        let found = self.office.audit(None).unwrap();
        assert_eq!(
            found.differences.len(),
            differences,
            "{:?}",
            found.differences
        );
    }
}

#[test]
fn approvals_of_another_action_do_not_count_here() {
    let mut house = House::of(3);
    let first = house.end();
    house.approve(1, &first.id).unwrap();
    let revoked = house.issue();
    let given = record(&house, &key_of(&first.id))["document"].clone();
    edit(&mut house, &revoked.id, |value| value["document"] = given);
    assert_eq!(code(house.approve(2, &revoked.id)), "approval.changed");
    // The whole record under another id.
    let copied = record(&house, &key_of(&first.id));
    edit(&mut house, &revoked.id, |value| {
        let id = value["id"].clone();
        *value = copied;
        value["id"] = id;
    });
    assert_eq!(code(house.approve(2, &revoked.id)), "approval.changed");
}

#[test]
fn a_made_up_approval_is_no_approval() {
    let mut house = House::of(3);
    let pending = house.end();
    house.approve(1, &pending.id).unwrap();
    // Bo's proof under Cleo's key: three names, one of them made up.
    let (bo, cleo) = (
        house.keys[1].1.card("bo").did,
        house.keys[2].1.card("cleo").did,
    );
    edit(&mut house, &pending.id, |value| {
        let document = value["document"].as_str().unwrap();
        let renamed = document.replace(bo.specific_id(), cleo.specific_id());
        value["document"] = renamed.into();
    });
    assert_eq!(code(house.approve(1, &pending.id)), "approval.signature");
    // By somebody who is no officer.
    let mut house = House::of(3);
    let pending = house.end();
    let stranger = Secrets::new(99).keys().signing;
    edit(&mut house, &pending.id, |value| {
        let document = kept::object(value["document"].as_str().unwrap()).unwrap();
        let now = at(NOW).timestamp();
        let signed = identity_core::trust::approval::approve(document, &stranger, now).unwrap();
        value["document"] = kept::text(&signed).unwrap().into();
    });
    assert_eq!(code(house.approve(1, &pending.id)), "approval.stranger");
}

#[test]
fn approvals_under_another_policy_do_not_count() {
    let mut house = House::of(2);
    let pending = house.end();
    let secrets = Secrets::new(80);
    house.appoint("cleo", &secrets);
    house.keys.push(("cleo".to_owned(), secrets));
    assert_eq!(
        code(house.approve(1, &pending.id)),
        "approval.policy_version"
    );
}

#[test]
fn a_policy_is_not_changed_by_one() {
    let mut house = House::of(2);
    // A version that anna signs alone, with a friend in the place of bo.
    let friend = Secrets::new(70);
    let cards = vec![house.keys[0].1.card("anna"), friend.card("bo2")];
    let next = house.office.next_policy(&cards, 1, at(LATER));
    let mut signed = next.document().unwrap();
    for key in [house.keys[0].1.keys().signing, friend.keys().signing] {
        signed = identity_core::trust::officers::sign(signed, &key, at(LATER).timestamp()).unwrap();
    }
    let mut officers = record(&house, "officers");
    let text = kept::text(&signed).unwrap();
    officers["policies"]
        .as_array_mut()
        .unwrap()
        .push(text.into());
    officers["cards"] = json!(cards);
    overwrite(&mut house, "officers", &officers);
    assert_eq!(code(house.reopened().map(|_| ())), "policy.too_few");
}

#[test]
fn a_policy_is_not_taken_away_nor_brought_back() {
    let mut house = House::of(2);
    house.issue();
    let mut officers = record(&house, "officers");
    officers["policies"].as_array_mut().unwrap().pop();
    officers["cards"].as_array_mut().unwrap().pop();
    overwrite(&mut house, "officers", &officers);
    assert_eq!(code(house.reopened().map(|_| ())), "policy.missing");
    let mut house = House::of(2);
    house.issue();
    overwrite(&mut house, "officers", &json!(null));
    let gone = code(house.reopened().map(|_| ()));
    assert!(
        gone == "policy.missing" || gone == "store.damaged",
        "{gone}"
    );
}

#[test]
fn a_policy_that_is_not_shown_is_not_signed() {
    let mut house = House::of(3);
    house.act(0);
    let cards = house
        .office
        .with_officer(Secrets::new(80).card("dan"))
        .unwrap();
    let threshold = 2;
    let pending = house
        .prepare(Action::ChangeOfficers { cards, threshold })
        .unwrap();
    // Dan is shown; what bo would sign names a friend, and lets one approve.
    let friends = vec![
        house.keys[0].1.card("anna"),
        Secrets::new(70).card("friend"),
    ];
    let other = house
        .office
        .next_policy(&friends, 1, at(NOW))
        .document()
        .unwrap();
    edit(&mut house, &pending.id, |value| {
        value["policy"] = kept::text(&other).unwrap().into();
    });
    assert_eq!(code(house.approve(1, &pending.id)), "approval.changed");
    edit(&mut house, &pending.id, |value| {
        value["policy"] = json!(null);
    });
    assert_eq!(code(house.approve(1, &pending.id)), "approval.changed");
    // Nor is one signed along with something else.
    let end = house.end();
    edit(&mut house, &end.id, |value| {
        value["policy"] = kept::text(&other).unwrap().into();
    });
    assert_eq!(code(house.approve(1, &end.id)), "approval.changed");
}

#[test]
fn keys_are_not_swapped() {
    let mut house = House::of(2);
    // His own keys in the slot of the other: whoever acts as bo has to have bo's.
    let keys = Box::new(house.keys[0].1.keys());
    let id = "bo".to_owned();
    assert_eq!(
        code(house.office.act_as(Actor::Officer { id, keys })),
        "officer.slot"
    );
    // Another card in the store, so that pads would be sealed to it.
    let mut officers = record(&house, "officers");
    let own = house.keys[0].1.card("bo");
    officers["cards"][1]["sealingKey"] = own.sealing_key.into();
    overwrite(&mut house, "officers", &officers);
    assert_eq!(code(house.reopened().map(|_| ())), "officer.card");
}

#[test]
fn the_secret_is_not_opened_without_the_other() {
    let mut house = House::of(3);
    let pending = house.issue();
    house.approve(1, &pending.id).unwrap();
    // Releases that were taken away are not made up for.
    edit(&mut house, &pending.id, |value| {
        value["releases"] = json!([]);
    });
    assert_eq!(code(house.approve(2, &pending.id)), "officer.pads");
    // What the store holds opens for nobody alone: neither pads nor releases give anna the key.
    let house = House::of(2);
    let shared = house.office.officers().unwrap().shared().unwrap().clone();
    let keys = house.keys[0].1.keys();
    let behind = ["anna", "bo"].map(str::to_owned).into();
    let home = house.office.profile().did.clone();
    let alone = shared.open(("anna", &keys.sealing), &behind, &[], (&home, "a1"));
    assert_eq!(code(alone), "officer.pads");
}

#[test]
fn the_journal_shows_what_was_written_past_the_office() {
    // As the machine's key would sign it, or nobody: a revocation and its entry, put there by hand.
    let mut house = House::of(2);
    let approved = house.issue();
    house.approve(1, &approved.id).unwrap();
    let id = house.office.holdings("a").unwrap().credentials[0].clone();
    for by in ["machine", "anna", "bo", "nobody"] {
        let mut record = house.office.credential(&id).unwrap();
        record.revocations.push(RevocationRecord {
            effective: at(NOW),
            reason: Reason::Death,
            decision: None,
            recorded: at(LATER),
            published: None,
        });
        let mut store = house.office.store.clone();
        let mut journal = Journal::open(&store, None).unwrap();
        let mut batch = Batch::default();
        batch.put(Family::Credentials, &id, &record).unwrap();
        let body = json!({
            "credential": id, "effective": NOW, "reason": "death", "approval": approved.id,
        });
        let own = house.keys[0].1.keys().signing;
        let machine = key(3);
        let signer: &dyn identity_core::key::Signer = if by == "machine" { &machine } else { &own };
        let author = Author {
            by,
            policy: 2,
            home: &house.office.profile().did.clone(),
            signer,
        };
        let entries = [("credential.revoked", &body)];
        if by == "nobody" {
            journal
                .append(&mut batch, at(LATER), "credential.revoked", &body)
                .unwrap();
        } else {
            journal
                .append_signed(&mut batch, at(LATER), &entries, &author)
                .unwrap();
        }
        store.write(batch).unwrap();
        let forged = House {
            office: Office {
                store,
                journal,
                profile: house.office.profile().clone(),
                zone: house.office.zone().clone(),
                keys: MachineKeys {
                    status: key(2).into(),
                    journal: key(3).into(),
                },
                log: None,
                officers: house.office.officers.clone(),
                actor: Actor::Nobody,
                under: None,
                head_path: None,
            },
            keys: Vec::new(),
        };
        let found = forged.office.audit(None).unwrap();
        assert!(!found.differences.is_empty(), "{by}");
    }
}

#[test]
fn an_entry_that_is_changed_or_unsigned_is_found() {
    let mut house = House::of(2);
    let end = house.end();
    house.approve(1, &end.id).unwrap();
    house.is_sound();
    // The approvals are gone, or others.
    let kept = record(&house, &key_of(&end.id));
    edit(&mut house, &end.id, |value| {
        value["contents"][0]["name"] = "Somebody".into();
    });
    house.is_sound_but_for(1);
    overwrite(&mut house, &key_of(&end.id), &json!(null));
    house.is_sound_but_for(1);
    overwrite(&mut house, &key_of(&end.id), &kept);
    house.is_sound();
}

#[test]
fn nothing_is_ended_by_way_of_a_restoration() {
    // A bundle that one alone could make: with a copy from before the second, or with the status key.
    let mut alone = House::of(1);
    let now = at(NOW);
    alone.act(0);
    let term = alone
        .office
        .register()
        .unwrap()
        .terms
        .into_keys()
        .next()
        .unwrap();
    alone.office.end_term(&term, now, (&[], None), now).unwrap();
    let published = alone.office.publish(now).unwrap();
    let file = published
        .files
        .iter()
        .find(|file| file.path == "bundle.json")
        .unwrap();
    let bundle = Bundle::open(&file.content, &mut Budget::bundle()).unwrap();
    let mut house = House::of(2);
    house.act(0);
    assert_eq!(
        code(house.office.take_over(&bundle, now)),
        "approval.needed"
    );
    assert!(
        house.office.register().unwrap().terms[&term]
            .endings
            .is_empty()
    );
    // By a program of his own, which asks for nothing: the journal shows it, and nothing is published.
    let mut change = Change::default();
    let body = json!({ "term": term, "at": NOW, "exceptions": 0 });
    change.note("term.ended", body);
    change.note(
        "backup.restored",
        json!({ "published": 1, "known": 0, "unknown": 0 }),
    );
    assert_eq!(code(house.office.commit(now, change)), "approval.needed");
}
