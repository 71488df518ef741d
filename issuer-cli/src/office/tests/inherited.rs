//! What a restored office takes over from the last bundle that was published.

use identity_core::status::{DecisionDigest, TermOutcome, term_at};

use super::*;

const TODAY: &str = "2026-02-01T12:00:00Z";
const LATER: &str = "2026-02-03T12:00:00Z";

/// The journal tells of everything that was taken over.
fn is_told(office: &Office<MemoryStore>) {
    let replayed = replay(&office.store, None).unwrap();
    assert_eq!(replayed.differences, []);
}

/// The office as it was when it was backed up, and the bundle it published days later.
fn backup_and_bundle(
    meanwhile: impl FnOnce(&mut Office<MemoryStore>, &CredentialRecord),
) -> (Office<MemoryStore>, CredentialRecord, Bundle) {
    let (mut office, ana) = with_ana(at(TODAY));
    let backup = office.store.clone();
    meanwhile(&mut office, &ana);
    let bundle = bundle(&mut office, at(TODAY));
    let (profile, keys) = office.close();
    let restored = Office::open(backup, profile, keys, (None, None)).unwrap();
    (restored, ana, bundle)
}

#[test]
fn what_was_revoked_or_suspended_meanwhile_stays_so() {
    type Meanwhile = fn(&mut Office<MemoryStore>, &CredentialRecord);
    let cases: [(Meanwhile, bool); 3] = [
        (
            |office, ana| {
                let why = (Reason::Compromise, None);
                office.revoke(&ana.id, at(TODAY), why, at(TODAY)).unwrap();
            },
            true,
        ),
        (
            |office, _| {
                let why = (Reason::Death, None);
                office.end_mandate("a", at(TODAY), why, at(TODAY)).unwrap();
            },
            true,
        ),
        (
            |office, ana| {
                office.suspend(&ana.id, at(TODAY)).unwrap();
            },
            false,
        ),
    ];
    for (meanwhile, revoked) in cases {
        let (mut office, ana, last) = backup_and_bundle(meanwhile);
        assert_eq!(told(&mut office, &ana, LATER, LATER), StatusOutcome::Valid);
        let taken = office.take_over(&last, at(LATER)).unwrap();
        assert_eq!((taken.known, taken.unknown), (1, 0));
        let outcome = told(&mut office, &ana, LATER, LATER);
        assert_eq!(matches!(outcome, StatusOutcome::Revoked { .. }), revoked);
        assert_eq!(outcome == StatusOutcome::NotValid, !revoked);
        let known = office.credential(&ana.id).unwrap();
        assert_eq!(known.is_revoked(at(LATER)), revoked);
        // A second time there is nothing new.
        assert_eq!(office.take_over(&last, at(LATER)).unwrap().known, 0);
        is_told(&office);
    }
}

#[test]
fn a_credential_issued_meanwhile_is_kept_by_its_slot() {
    let mut issued = None;
    let (mut office, _, last) = backup_and_bundle(|office, _| {
        let mut rng = cli_kit::run::system_rng().unwrap();
        let again = reinvited(office, 8, at(TODAY));
        let new = office
            .replace(&again, &key(1), at(TODAY), &mut rng)
            .unwrap()
            .credential;
        let why = (Reason::Compromise, None);
        office.revoke(&new.id, at(TODAY), why, at(TODAY)).unwrap();
        issued = Some(new);
    });
    let unknown = issued.unwrap();
    let taken = office.take_over(&last, at(LATER)).unwrap();
    assert_eq!((taken.known, taken.unknown), (1, 1));
    let outcome = told(&mut office, &unknown, LATER, TODAY);
    assert_eq!(
        outcome,
        StatusOutcome::Revoked {
            since: None,
            void: true,
            decision: None
        }
    );
}

#[test]
fn a_term_that_ended_meanwhile_has_ended() {
    let decision = DecisionDigest::of(b"court");
    let (mut office, ana, last) = backup_and_bundle(|office, _| {
        office
            .end_term("current", at(TODAY), (&[], None), at(TODAY))
            .unwrap();
        let annulled = at("2026-02-01T13:00:00Z");
        office
            .reinstate_term("current", decision, annulled)
            .unwrap();
        let again = at("2026-02-01T14:00:00Z");
        office
            .end_term("current", again, (&["a".to_owned()], None), annulled)
            .unwrap();
    });
    assert_eq!(office.take_over(&last, at(LATER)).unwrap().terms, 1);
    let bundle = bundle(&mut office, at(LATER));
    let told = bundle.term("current").unwrap();
    assert_eq!(told.endings, last.term("current").unwrap().endings);
    let outcome = term_at(Some(told), at(LATER), Some(&ana.slot));
    assert_eq!(outcome, TermOutcome::Running);
    assert!(bundle.seq() > last.seq());
    is_told(&office);
}

#[test]
fn what_was_said_is_not_published_over_by_who_does_not_know_it() {
    type Say = fn(&mut Office<MemoryStore>, &CredentialRecord);
    let revoke: Say = |office, ana| {
        let why = (Reason::Compromise, None);
        office.revoke(&ana.id, at(TODAY), why, at(TODAY)).unwrap();
    };
    let end: Say = |office, _| {
        let how = (&[][..], None);
        office
            .end_term("current", at(TODAY), how, at(TODAY))
            .unwrap();
    };
    let nothing: Say = |_, _| ();
    for (say, wanted) in [
        (revoke, Err("publish.forgotten")),
        (end, Err("publish.forgotten")),
        (nothing, Ok(())),
    ] {
        let (mut office, _, last) = backup_and_bundle(say);
        let follows = |office: &Office<MemoryStore>| {
            let found = office.may_follow(&last, at(LATER));
            found.map_err(|refusal| refusal.code)
        };
        // Its number was never given here: only a restoration goes on from the clock.
        assert_eq!(follows(&office), Err("publish.rolled_back"));
        let mut batch = Batch::default();
        batch
            .put(crate::store::Family::Meta, publish::SEQ, &last.seq())
            .unwrap();
        office.store.write(batch).unwrap();
        assert_eq!(follows(&office), wanted);
        office.take_over(&last, at(LATER)).unwrap();
        assert_eq!(follows(&office), Ok(()));
    }
}

#[test]
fn a_term_that_was_ended_again_at_the_same_instant_is_over() {
    let (mut office, ana, last) = backup_and_bundle(|office, _| {
        let end = |office: &mut Office<MemoryStore>, now: &str| {
            let how = (&[][..], None);
            office.end_term("current", at(TODAY), how, at(now)).unwrap();
        };
        end(office, TODAY);
        let annulled = at("2026-02-01T13:00:00Z");
        let decision = DecisionDigest::of(b"by mistake");
        office
            .reinstate_term("current", decision, annulled)
            .unwrap();
        end(office, "2026-02-01T14:00:00Z");
    });
    office.take_over(&last, at(LATER)).unwrap();
    let bundle = bundle(&mut office, at(LATER));
    let told = bundle.term("current").unwrap();
    assert_eq!(told.endings, last.term("current").unwrap().endings);
    let outcome = term_at(Some(told), at(LATER), Some(&ana.slot));
    assert!(matches!(outcome, TermOutcome::Ended { .. }), "{outcome:?}");
    is_told(&office);
}

#[test]
fn another_issuers_bundle_is_not_taken_over() {
    let (mut office, _, last) = backup_and_bundle(|_, _| ());
    office.profile.did = did::key::create(key(9).public_key());
    let refused = office.take_over(&last, at(LATER)).unwrap_err();
    assert_eq!(refused.code, "backup.foreign_bundle");
}
