//! What `credential replace` takes out of force, and what it leaves.

use super::*;

const TODAY: &str = "2026-02-01T12:00:00Z";

#[test]
fn the_earlier_mandate_goes_also_when_the_wallet_enrolled_with_the_key_it_had() {
    for holder in [7, 8] {
        let today = at(TODAY);
        let (mut office, old) = with_ana(today);
        let mut rng = cli_kit::run::system_rng().unwrap();
        let again = reinvited(&mut office, holder, today);
        let new = office.replace(&again, &key(1), today, &mut rng).unwrap();
        assert!(new.is_new && new.credential.id != old.id);
        let told_of = |office: &mut _, record| told(office, record, TODAY, TODAY);
        assert_eq!(told_of(&mut office, &new.credential), StatusOutcome::Valid);
        let old = told_of(&mut office, &old);
        assert!(
            matches!(old, StatusOutcome::Revoked { .. }),
            "{holder}: {old:?}"
        );
    }
}

#[test]
fn a_second_copy_of_the_new_mandate_leaves_the_first_in_force() {
    let today = at(TODAY);
    let (mut office, old) = with_ana(today);
    let mut rng = cli_kit::run::system_rng().unwrap();
    let mut again = reinvited(&mut office, 8, today);
    let first = office.replace(&again, &key(1), today, &mut rng).unwrap();
    again.securing = Securing::DataIntegrity;
    let second = office.replace(&again, &key(1), today, &mut rng).unwrap();
    assert_ne!(first.credential.slot, second.credential.slot);
    for copy in [&first.credential, &second.credential] {
        assert_eq!(told(&mut office, copy, TODAY, TODAY), StatusOutcome::Valid);
    }
    assert!(office.credential(&old.id).unwrap().is_revoked(today));
}

#[test]
fn an_office_stays_with_the_key_it_is_bound_to_and_goes_with_a_lost_one() {
    for (holder, goes) in [(7, false), (8, true)] {
        let today = at(TODAY);
        let (mut office, _) = with_ana(today);
        let mut rng = cli_kit::run::system_rng().unwrap();
        let mut speaker = reinvited(&mut office, 7, today);
        speaker.kind = Kind::OfficeHolder;
        speaker.claims = Some(dates::office_claims("2026-02-01", None));
        let held = office.issue(&speaker, &key(1), today, &mut rng).unwrap();
        let again = reinvited(&mut office, holder, today);
        office.replace(&again, &key(1), today, &mut rng).unwrap();
        let held = office.credential(&held.credential.id).unwrap();
        assert_eq!(held.is_revoked(today), goes, "{holder}");
    }
}
