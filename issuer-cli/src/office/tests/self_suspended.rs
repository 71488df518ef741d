//! A member suspends with the letter's second code.

use super::*;

const TODAY: &str = "2026-02-01T12:00:00Z";
const LATER: &str = "2026-02-03T12:00:00Z";

/// An office with Ana's credential, and the second code of her letter.
fn with_a_letter() -> (Office<MemoryStore>, CredentialRecord, Code) {
    let mut office = with_a_seat(at(TODAY));
    let mut rng = cli_kit::run::system_rng().unwrap();
    let mut invited = office.invite("a", at(TODAY), &mut rng).unwrap();
    office
        .add_suspension_codes(&mut invited, false, at(TODAY), &mut rng)
        .unwrap();
    let invitation = &invited.invitations[0];
    let second = invitation.suspension_code.as_ref().unwrap();
    assert_ne!(second.as_str(), invitation.secret_code.as_str());
    let second = second.parse().unwrap();
    let one = order(&office, &invitation.secret_code, 7, at(TODAY));
    let handed = office.issue(&one, &key(1), at(TODAY), &mut rng).unwrap();
    (office, handed.credential, second)
}

#[test]
fn the_code_suspends_once_and_an_officer_reinstates() {
    let (mut office, ana, code) = with_a_letter();
    let suspended = office.suspend_by_code(&code, at(LATER)).unwrap();
    assert_eq!(suspended.len(), 1);
    assert_eq!(
        told(&mut office, &ana, LATER, LATER),
        StatusOutcome::NotValid
    );
    office.reinstate(&ana.id, at(LATER)).unwrap();
    let again = office.suspend_by_code(&code, at(LATER)).unwrap_err();
    assert_eq!(again.code, "suspension_code.used");
    assert_eq!(told(&mut office, &ana, LATER, LATER), StatusOutcome::Valid);
    // The journal says by whom, and tells the same as the records.
    let mut by = Vec::new();
    crate::store::verify(&office.store, None, |entry| {
        if entry.kind == "credential.suspended" {
            by.push(entry.body["by"].clone());
        }
        Ok(())
    })
    .unwrap();
    assert_eq!(by, ["member"]);
    assert_eq!(replay(&office.store, None).unwrap().differences, []);
}

#[test]
fn another_code_suspends_nobody() {
    let (mut office, ana, code) = with_a_letter();
    let mut rng = cli_kit::run::system_rng().unwrap();
    let stranger = Code::generate(&office.profile.did, &mut rng);
    let refused = office.suspend_by_code(&stranger, at(LATER)).unwrap_err();
    assert_eq!(refused.code, "suspension_code.unknown");
    // The code for enrolling is none for suspending.
    let invited = office.reinvite("a", at(LATER), &mut rng).unwrap();
    let enrols: Code = invited.invitations[0].secret_code.parse().unwrap();
    let refused = office.suspend_by_code(&enrols, at(LATER)).unwrap_err();
    assert_eq!(refused.code, "suspension_code.unknown");
    let elsewhere = did::key::create(key(9).public_key());
    let foreign = Code::generate(&elsewhere, &mut rng);
    let refused = office.suspend_by_code(&foreign, at(LATER)).unwrap_err();
    assert_eq!(refused.code, "issuer.card_mismatch");
    assert_eq!(told(&mut office, &ana, LATER, LATER), StatusOutcome::Valid);
    // A letter without a second code leaves the earlier letter's good; one with it does not.
    office.suspend_by_code(&code, at(LATER)).unwrap();
}

#[test]
fn a_new_letter_replaces_the_code_of_a_lost_one() {
    let (mut office, ana, old) = with_a_letter();
    let mut rng = cli_kit::run::system_rng().unwrap();
    let mut invited = office.reinvite("a", at(LATER), &mut rng).unwrap();
    office
        .add_suspension_codes(&mut invited, true, at(LATER), &mut rng)
        .unwrap();
    let refused = office.suspend_by_code(&old, at(LATER)).unwrap_err();
    assert_eq!(refused.code, "suspension_code.unknown");
    let new = invited.invitations[0].suspension_code.as_ref().unwrap();
    let suspended = office.suspend_by_code(&new.parse().unwrap(), at(LATER));
    assert_eq!(suspended.unwrap()[0].id, ana.id);
}

#[test]
fn a_code_with_nothing_to_suspend_is_not_used_up() {
    let (mut office, ana, code) = with_a_letter();
    office.suspend(&ana.id, at(TODAY)).unwrap();
    let refused = office.suspend_by_code(&code, at(TODAY)).unwrap_err();
    assert_eq!(refused.code, "credential.state");
    office.reinstate(&ana.id, at(LATER)).unwrap();
    assert_eq!(office.suspend_by_code(&code, at(LATER)).unwrap().len(), 1);
}

#[test]
fn the_code_stands_nowhere_in_the_store() {
    let (office, _, code) = with_a_letter();
    let text = code.secret_text();
    let plain = text.replace('-', "");
    for family in crate::store::Family::ALL {
        Store::visit(&office.store, family, &mut |key, value| {
            for bytes in [key, value] {
                let found = String::from_utf8_lossy(bytes);
                assert!(!found.contains(text.as_str()) && !found.contains(&plain));
            }
            Ok(())
        })
        .unwrap();
    }
}
