//! What one publication tells of the changes in it, and when it is due.

use core::fmt::Write as _;

use identity_core::{status::DecisionDigest, trust::Content};

use super::*;

fn revocations(published: &Published) -> Vec<identity_core::status::Revocation> {
    let bundle = &published.files.last().unwrap().content;
    let jws: serde_json::Value = serde_json::from_slice(bundle).unwrap();
    let payload = jws["payload"].as_str().unwrap();
    let payload = identity_core::encoding::base64url::decode(payload).unwrap();
    let content: Content = serde_json::from_slice(&payload).unwrap();
    content.revocations
}

/// An office with members who each have a credential, in the order of their issue.
fn with_members(count: usize, now: Instant) -> (Office<MemoryStore>, Vec<CredentialRecord>) {
    let mut office = office();
    let mut rng = cli_kit::run::system_rng().unwrap();
    let mut roster = "id,name,start_date\n".to_owned();
    for n in 0..count {
        writeln!(roster, "m{n},Ana {n},2026-01-01").unwrap();
    }
    office.import(roster.as_bytes(), now, now).unwrap();
    let invited = office.invite_all(now, &mut rng).unwrap().invitations;
    let mut records = Vec::new();
    for (holder, invitation) in (10..).zip(&invited) {
        let one = order(&office, &invitation.secret_code, holder, now);
        let handed = office.issue(&one, &key(1), now, &mut rng).unwrap();
        records.push(handed.credential);
    }
    (office, records)
}

#[test]
fn when_a_change_was_made_is_told_only_where_a_decision_says_so() {
    let issued = at("2026-02-01T06:00:00Z");
    let (mut office, records) = with_members(4, issued);
    let published = at("2026-02-01T12:00:00Z");
    let decided = at("2026-02-01T07:13:21Z");
    let ahead = at("2026-03-01T00:00:00Z");
    let decision = DecisionDigest::of(b"judgment");
    let changes = [
        (Reason::Resignation, None, at("2026-02-01T07:13:21Z")),
        (Reason::Compromise, None, at("2026-02-01T09:01:02Z")),
        (Reason::Court, Some(decision), decided),
        (Reason::Resignation, None, ahead),
    ];
    for (record, (reason, decision, effective)) in records.iter().zip(changes) {
        office
            .revoke(&record.id, effective, (reason, decision), issued)
            .unwrap();
    }
    for later in [published, at("2026-02-02T12:00:00Z")] {
        let told = revocations(&office.publish(later).unwrap());
        let of = |n: usize| {
            let slot = &records[n].slot;
            told.iter().find(|entry| entry.index == slot.index).unwrap()
        };
        assert_eq!(of(0).effective, published);
        assert_eq!(of(1).effective, published);
        assert_eq!(of(2).effective, decided);
        assert_eq!(of(3).effective, ahead);
        assert!(told.iter().all(|entry| entry.published == published));
    }
}

#[test]
fn the_order_in_a_publication_is_that_of_the_slots() {
    let now = at("2026-02-01T06:00:00Z");
    let (mut office, records) = with_members(6, now);
    for record in records.iter().rev() {
        let why = (Reason::Superseded, None);
        office.revoke(&record.id, now, why, now).unwrap();
    }
    let told = revocations(&office.publish(now).unwrap());
    let indices: Vec<u64> = told.iter().map(|entry| entry.index).collect();
    assert_eq!(indices.len(), 6);
    assert!(indices.is_sorted(), "{indices:?}");
}

#[test]
fn a_revocation_published_after_the_backup_counts_from_then_and_stands_once() {
    let today = at("2026-02-01T06:00:00Z");
    let (mut office, records) = with_members(1, today);
    let why = (Reason::Resignation, None);
    office.revoke(&records[0].id, today, why, today).unwrap();
    let backup = office.store.clone();
    let first = at("2026-02-01T12:00:00Z");
    let last = bundle(&mut office, first);
    let (profile, keys) = office.close();
    let mut restored = Office::open(backup, profile, keys, (None, None)).unwrap();
    let later = at("2026-02-03T12:00:00Z");
    assert_eq!(restored.take_over(&last, later).unwrap().known, 1);
    let told = revocations(&restored.publish(later).unwrap());
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].effective, told[0].published), (first, first));
}

#[test]
fn a_regular_publication_is_due_at_the_next_fixed_instant() {
    let (mut office, _) = with_ana(at("2026-02-01T06:00:00Z"));
    let due = |office: &Office<_>, now: &str| office.not_due_until(at(now)).unwrap();
    assert_eq!(due(&office, "2026-02-01T06:00:00Z"), None);
    office.publish(at("2026-02-01T06:00:09Z")).unwrap();
    // Without a choice, every six hours.
    let noon = at("2026-02-01T12:00:00Z");
    assert_eq!(due(&office, "2026-02-01T11:59:59Z"), Some(noon));
    assert_eq!(due(&office, "2026-02-01T12:00:00Z"), None);
    // What is urgent goes out in between and shifts nothing.
    office.publish(at("2026-02-01T10:17:33Z")).unwrap();
    assert_eq!(due(&office, "2026-02-01T11:59:59Z"), Some(noon));
    assert_eq!(due(&office, "2026-02-01T12:00:00Z"), None);
    office.profile.publish_every_minutes = Some(30);
    let half_past = at("2026-02-01T10:30:00Z");
    assert_eq!(due(&office, "2026-02-01T10:17:33Z"), Some(half_past));
    // The clock was set back: waiting for it would let the bundle grow stale.
    assert_eq!(due(&office, "2026-02-01T10:17:32Z"), None);
}

#[test]
fn the_interval_leaves_room_for_one_that_fails() {
    let mut profile = office().profile;
    for (minutes, taken) in [(0, false), (1, true), (720, true), (721, false)] {
        profile.publish_every_minutes = Some(minutes);
        assert_eq!(profile.check().is_ok(), taken, "{minutes}");
    }
}
