//! What the programs' tests cannot reach: other days.

use identity_core::{
    credential::{Kind, Securing},
    did,
    enrolment::{self, Code},
    key::{Algorithm, SecretKey, Signer as _},
    status::{StatusOutcome, status_at},
    trust::{Bundle, status_key},
    verify::Budget,
};

use super::*;
use crate::store::MemoryStore;

mod batches;
mod dates;
mod delegated;
mod electoral;
mod ended;
mod in_office;
mod inherited;
mod officers;
mod published;
mod replaced;
mod replayed;
mod revoked;
mod self_suspended;
mod ugly;
mod written;

fn key(seed: u8) -> SecretKey {
    SecretKey::from_secret_bytes(Algorithm::EdDsa, &[seed; 32]).unwrap()
}

fn office() -> Office<MemoryStore> {
    office_in("UTC")
}

fn office_in(time_zone: &str) -> Office<MemoryStore> {
    let did = did::key::create(key(1).public_key());
    let method = did.with_fragment(did.specific_id()).unwrap();
    let certified = status_key::certify(
        key(2).public_key(),
        &method,
        jiff::Timestamp::UNIX_EPOCH,
        &key(1),
    );
    let profile = Profile {
        schema: Profile::SCHEMA.to_owned(),
        did,
        name: "House".to_owned(),
        chamber: "X".to_owned(),
        country: "XX".to_owned(),
        time_zone: time_zone.to_owned(),
        max_term_days: 1826,
        publish_suspensions: false,
        publish_every_minutes: None,
        status_key: certified.unwrap(),
        predecessor: None,
    };
    let keys = MachineKeys {
        status: key(2).into(),
        journal: key(3).into(),
    };
    Office::open(MemoryStore::default(), profile, keys, (None, None)).unwrap()
}

/// An office with one member, Ana, who sits and has no credential yet.
fn with_a_seat(now: Instant) -> Office<MemoryStore> {
    let mut office = office();
    let roster = "id,name,start_date\na,Ana,2026-01-01\n";
    office.import(roster.as_bytes(), now, now).unwrap();
    office
}

/// An office with one member, Ana, who has a mandate bound to key 7, and its credential.
fn with_ana(now: Instant) -> (Office<MemoryStore>, CredentialRecord) {
    let mut office = with_a_seat(now);
    let mut rng = cli_kit::run::system_rng().unwrap();
    let invited = office.invite("a", now, &mut rng).unwrap();
    let one = order(&office, &invited.invitations[0].secret_code, 7, now);
    let handed = office.issue(&one, &key(1), now, &mut rng).unwrap();
    (office, handed.credential)
}

/// What a verifier is told of a credential by the bundle published at `now`, about an instant.
fn told(
    office: &mut Office<MemoryStore>,
    record: &CredentialRecord,
    now: &str,
    asked: &str,
) -> StatusOutcome {
    let bundle = bundle(office, at(now));
    let held = bundle.list(&record.slot.list).unwrap();
    let history = held.history.slot(record.slot.index);
    let as_of = bundle.times().issued_at;
    status_at(&held.list, record.slot.index, at(asked), as_of, history)
}

fn bundle(office: &mut Office<MemoryStore>, now: Instant) -> Bundle {
    let published = office.publish(now).unwrap();
    let bundle = &published.files.last().unwrap().content;
    Bundle::open(bundle, &mut Budget::bundle()).unwrap()
}

/// An enrolment of this member's with a new letter.
fn reinvited(office: &mut Office<MemoryStore>, holder: u8, now: Instant) -> IssueOrder {
    let mut rng = cli_kit::run::system_rng().unwrap();
    let invited = office.reinvite("a", now, &mut rng).unwrap();
    let code = invited.invitations[0].secret_code.clone();
    order(office, &code, holder, now)
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn order(office: &Office<MemoryStore>, code: &str, holder: u8, now: Instant) -> IssueOrder {
    let code: Code = code.parse().unwrap();
    let did = &office.profile().did;
    IssueOrder {
        member: None,
        enrolment: enrolment::prove(&code, did, &key(holder), now.timestamp()).unwrap(),
        kind: Kind::MemberMandate,
        securing: Securing::SdJwt,
        claims: None,
    }
}

#[test]
fn who_is_elected_again_gets_a_new_mandate() {
    let mut office = office();
    let mut rng = cli_kit::run::system_rng().unwrap();
    let roster =
        "id,name,start_date,end_date,term\na,Ana,2020-01-01,2023-12-31,1\na,Ana,2024-01-01,,2\n";
    let first = at("2021-05-01T12:00:00Z");
    let taken = office.import(roster.as_bytes(), first, first).unwrap();
    assert_eq!(taken.report.imported, 2, "{:?}", taken.report);
    let invited = office.invite_all(first, &mut rng).unwrap();
    assert_eq!(invited.invitations.len(), 1);
    let one = order(&office, &invited.invitations[0].secret_code, 7, first);
    let old = office.issue(&one, &key(1), first, &mut rng).unwrap();
    assert_eq!(
        office
            .invite_all(first, &mut rng)
            .unwrap()
            .invitations
            .len(),
        0
    );

    let second = at("2024-02-01T12:00:00Z");
    let invited = office.invite_all(second, &mut rng).unwrap();
    assert_eq!(
        invited.invitations.len(),
        1,
        "elected again, and not invited"
    );
    let two = order(&office, &invited.invitations[0].secret_code, 8, second);
    let new = office.issue(&two, &key(1), second, &mut rng).unwrap();
    assert_ne!(old.credential.mandate, new.credential.mandate);
}

#[test]
fn a_code_is_used_in_time_or_not_at_all() {
    let mut office = office();
    let mut rng = cli_kit::run::system_rng().unwrap();
    let now = at("2026-02-01T12:00:00Z");
    let roster = "id,name,start_date\na,Ana,2026-01-01\n";
    office.import(roster.as_bytes(), now, now).unwrap();
    let invited = office.invite("a", now, &mut rng).unwrap();
    let expires = invited.invitations[0].expires;
    let late = order(&office, &invited.invitations[0].secret_code, 7, expires);
    let refused = office.issue(&late, &key(1), expires, &mut rng).unwrap_err();
    assert_eq!(refused.code, "enrolment.code_expired");
    let again = office.reinvite("a", now, &mut rng).unwrap();
    assert_eq!(again.replaced, 1);
    let refused = office.issue(&late, &key(1), now, &mut rng).unwrap_err();
    assert!(refused.code.starts_with("enrolment."), "{refused:?}");
}

#[test]
fn letters_on_the_way_stay_good_until_one_is_answered() {
    let now = at("2026-02-01T12:00:00Z");
    let mut office = office();
    let mut rng = cli_kit::run::system_rng().unwrap();
    let roster = "id,name,start_date\na,Ana,2026-01-01\nb,Bo,2026-01-01\n";
    office.import(roster.as_bytes(), now, now).unwrap();
    let first = office.invite_all(now, &mut rng).unwrap();
    let second = office.invite_all(now, &mut rng).unwrap();
    assert_eq!((first.invitations.len(), second.invitations.len()), (2, 2));
    assert_eq!(second.replaced, 0);
    let of_first = order(&office, &first.invitations[0].secret_code, 7, now);
    let of_second = order(&office, &second.invitations[0].secret_code, 8, now);
    office.issue(&of_first, &key(1), now, &mut rng).unwrap();
    let refused = office
        .issue(&of_second, &key(1), now, &mut rng)
        .unwrap_err();
    assert_eq!(refused.code, "enrolment.code_cancelled");
    // Those of another member are untouched, until they are taken back.
    office.cancel_invitation("b", now).unwrap();
    for invited in [&first, &second] {
        let order = order(&office, &invited.invitations[1].secret_code, 9, now);
        let refused = office.issue(&order, &key(1), now, &mut rng).unwrap_err();
        assert_eq!(refused.code, "enrolment.code_cancelled");
    }
    assert!(office.cancel_invitation("b", now).is_err());
}

#[test]
fn a_bundle_is_due_when_less_than_a_third_of_its_day_is_left() {
    let mut office = office();
    assert_eq!(office.overdue(at("2026-02-01T00:00:00Z")).unwrap(), None);
    office.publish(at("2026-02-01T00:00:00Z")).unwrap();
    let overdue = |now: &str| office.overdue(at(now)).unwrap();
    assert_eq!(overdue("2026-02-01T16:00:00Z"), None);
    let soon = overdue("2026-02-01T16:00:01Z").unwrap();
    assert!(soon.contains("479 minutes"), "{soon}");
    let late = overdue("2026-02-02T00:00:00Z").unwrap();
    assert!(late.contains("stale"), "{late}");
}

#[test]
fn a_mandate_lasts_to_the_end_of_its_last_day_where_the_chamber_is() {
    // What the roster says, in Lima (UTC-5), and when the credential ends.
    let cases = [
        ("2026-03-31", "2026-04-01T05:00:00Z"),
        ("2026-03", "2026-04-01T05:00:00Z"),
        ("2026", "2027-01-01T05:00:00Z"),
        // Without an end, the chamber's longest term from the day of issue: 1,826 days.
        ("", "2031-02-01T12:00:00Z"),
    ];
    for (end, until) in cases {
        let mut office = office_in("America/Lima");
        let mut rng = cli_kit::run::system_rng().unwrap();
        let now = at("2026-02-01T12:00:00Z");
        let roster = format!("id,name,start_date,end_date\na,Ana,2026-01,{end}\n");
        office.import(roster.as_bytes(), now, now).unwrap();
        let invited = office.invite("a", now, &mut rng).unwrap();
        let one = order(&office, &invited.invitations[0].secret_code, 7, now);
        let handed = office.issue(&one, &key(1), now, &mut rng).unwrap();
        assert_eq!(handed.credential.valid_until, at(until), "{end:?}");
        let sits = |instant: &str| office.sitting_mandate("a", at(instant)).is_ok();
        assert!(!sits("2026-01-01T04:59:59Z") && sits("2026-01-01T05:00:00Z"));
        if !end.is_empty() {
            assert!(!sits(until), "{end:?}");
        }
    }
}
