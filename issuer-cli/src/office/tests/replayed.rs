//! The journal replayed against records that somebody changed.

use std::collections::BTreeSet;

use identity_core::status::{DecisionDigest, ListUri, SlotRef};
use serde_json::json;

use super::*;
use crate::{
    office::inherit::{INHERITED, Inherited},
    records::{Ending, Mandate, TermEnding},
    store::{Family, read},
};

const TERM: &str = "1";

fn day(day: u8) -> Instant {
    at(&format!("2026-03-{day:02}T12:00:00Z"))
}

/// An office where everything happened that a record can tell: Ana's first credential was suspended,
/// reinstated and replaced, her second revoked with her mandate; the term ended and goes on again.
fn lived_in() -> (Office<MemoryStore>, [CredentialRecord; 2]) {
    let mut office = office();
    let mut rng = cli_kit::run::system_rng().unwrap();
    let roster = "id,name,start_date,term\na,Ana,2026-01-01,1\nb,Bo,2026-01-01,1\n";
    office.import(roster.as_bytes(), day(1), day(1)).unwrap();
    let invited = office.invite_all(day(1), &mut rng).unwrap();
    let orders: Vec<_> = (0..2)
        .map(|n| {
            let code = &invited.invitations[n].secret_code;
            order(&office, code, 7 + u8::try_from(n).unwrap(), day(1))
        })
        .collect();
    let group = office.issue_group(&orders, &key(1), day(1), &mut rng);
    let first = group.unwrap().swap_remove(0).unwrap().credential;
    office.suspend(&first.id, day(2)).unwrap();
    office.reinstate(&first.id, day(3)).unwrap();
    office.suspend(&first.id, day(4)).unwrap();
    let again = reinvited(&mut office, 9, day(5));
    let second = office.replace(&again, &key(1), day(5), &mut rng).unwrap();
    office.publish(day(5)).unwrap();
    let court = (Reason::Court, None);
    office.end_mandate("a", day(9), court, day(6)).unwrap();
    // Brought forward.
    office.end_mandate("a", day(8), court, day(6)).unwrap();
    let decision = core::iter::repeat_n('A', 43).collect::<String>();
    let decision = decision.parse().unwrap();
    office
        .end_term(TERM, day(7), (&["b".to_owned()], None), day(7))
        .unwrap();
    office.reinstate_term(TERM, decision, day(8)).unwrap();
    let ids = [first.id, second.credential.id];
    let records = ids.map(|id| office.credential(&id).unwrap());
    (office, records)
}

fn differences(store: &MemoryStore) -> Vec<Difference> {
    replay(store, None).unwrap().differences
}

/// Every difference names a record of this family and id; returns the entries named.
#[track_caller]
fn about(store: &MemoryStore, family: Family, id: &str) -> Vec<Option<u64>> {
    let found = differences(store);
    assert!(!found.is_empty(), "nothing was found");
    let of = Some((family, id.to_owned()));
    for difference in &found {
        assert_eq!(difference.record, of, "{found:#?}");
        let is_named = difference.message.contains(id) || family == Family::Meta;
        assert!(is_named, "{found:#?}");
    }
    found.iter().map(|difference| difference.entry).collect()
}

fn put(store: &mut MemoryStore, family: Family, id: &str, record: &impl serde::Serialize) {
    let mut batch = Batch::default();
    batch.put(family, id, record).unwrap();
    store.write(batch).unwrap();
}

fn with_credential(
    office: &Office<MemoryStore>,
    mut record: CredentialRecord,
    change: impl FnOnce(&mut CredentialRecord),
) -> MemoryStore {
    let mut store = office.store().clone();
    let id = record.id.clone();
    change(&mut record);
    put(&mut store, Family::Credentials, &id, &record);
    store
}

/// A store without one record.
fn without(store: &MemoryStore, family: Family, id: &str) -> MemoryStore {
    let mut copy = MemoryStore::default();
    for each in Family::ALL {
        let mut batch = Batch::default();
        let mut keep = |key: &[u8], value: &[u8]| {
            if (each, key) != (family, id.as_bytes()) {
                batch.put_bytes(each, key, value.to_vec());
            }
            Ok(())
        };
        store.visit(each, &mut keep).unwrap();
        copy.write(batch).unwrap();
    }
    copy
}

/// A journal that says other things, and its chain is sound: whoever has the keys can write one.
fn rewritten(
    store: &MemoryStore,
    mut change: impl FnMut(&str, serde_json::Value) -> Vec<(String, serde_json::Value)>,
) -> MemoryStore {
    let mut copy = MemoryStore::default();
    let mut journal = Journal::open(&copy, None).unwrap();
    for family in Family::ALL {
        let mut batch = Batch::default();
        let mut keep = |key: &[u8], value: &[u8]| {
            batch.put_bytes(family, key, value.to_vec());
            Ok(())
        };
        if family != Family::Journal {
            store.visit(family, &mut keep).unwrap();
        }
        copy.write(batch).unwrap();
    }
    let mut batch = Batch::default();
    crate::store::verify(store, None, |entry| {
        for (kind, body) in change(&entry.kind, entry.body.clone()) {
            journal.append(&mut batch, at(&entry.at), &kind, &body)?;
        }
        Ok(())
    })
    .unwrap();
    copy.write(batch).unwrap();
    copy
}

/// The number of the n-th entry of a kind.
fn entry(store: &MemoryStore, kind: &str, n: usize) -> Option<u64> {
    let mut found = Vec::new();
    crate::store::verify(store, None, |entry| {
        if entry.kind == kind {
            found.push(entry.seq);
        }
        Ok(())
    })
    .unwrap();
    found.get(n).copied()
}

#[test]
fn the_records_of_a_sound_office_are_what_the_entries_say() {
    let (office, [first, second]) = lived_in();
    assert_eq!((first.revocations.len(), first.suspensions.len()), (1, 2));
    assert_eq!(second.revocations.len(), 2);
    let found = replay(office.store(), Some(office.journal.head())).unwrap();
    assert_eq!(found.differences, []);
    assert_eq!(
        (found.entries, found.abandoned),
        (office.journal.head().seq, 0)
    );
}

#[test]
fn what_was_taken_from_a_record_is_named_with_its_entry() {
    let (office, [first, second]) = lived_in();
    let of = |store: &MemoryStore, record: &CredentialRecord| {
        about(store, Family::Credentials, &record.id)
    };
    let replaced = entry(office.store(), "credential.revoked", 0);
    let store = with_credential(&office, first.clone(), |c| c.revocations.clear());
    assert_eq!(of(&store, &first), [replaced]);
    for n in 0..2 {
        let ended = entry(office.store(), "mandate.ended", n);
        let store = with_credential(&office, second.clone(), |c| {
            c.revocations.remove(n);
        });
        assert_eq!(of(&store, &second), [ended]);
    }
    let lifted = entry(office.store(), "credential.reinstated", 0);
    let store = with_credential(&office, first.clone(), |c| c.suspensions[0].to = None);
    assert_eq!(of(&store, &first), [lifted, None]);
    let suspended = entry(office.store(), "credential.suspended", 1);
    let store = with_credential(&office, first.clone(), |c| c.suspensions.truncate(1));
    assert_eq!(of(&store, &first), [suspended]);
    let issued = entry(office.store(), "credential.issued", 0);
    let store = without(office.store(), Family::Credentials, &first.id);
    assert_eq!(of(&store, &first), [issued]);
}

#[test]
fn what_was_added_to_a_record_or_changed_is_named() {
    type Alter = fn(&mut CredentialRecord);
    let (office, [first, second]) = lived_in();
    let issued = entry(office.store(), "credential.issued", 0);
    let changes: [(&str, Alter); 8] = [
        ("member", |c| c.member = "b".to_owned()),
        ("mandate", |c| c.mandate = Some("b@1".to_owned())),
        ("decision", |c| {
            c.revocations[0].decision = Some(DecisionDigest::of(b"none"));
        }),
        ("kind", |c| c.kind = "MembershipCredential".to_owned()),
        ("index", |c| c.slot.index ^= 1),
        ("list", |c| {
            c.slot.list = ListUri::new("did:key:z", 9).unwrap();
        }),
        ("holder", |c| c.holder = "other".to_owned()),
        ("reason", |c| c.revocations[0].reason = Reason::Court),
    ];
    for (what, change) in changes {
        let store = with_credential(&office, first.clone(), change);
        let found = about(&store, Family::Credentials, &first.id);
        let replaced = entry(office.store(), "credential.revoked", 0);
        let said = if ["reason", "decision"].contains(&what) {
            replaced
        } else {
            issued
        };
        assert_eq!(found, [said, None], "{what}");
    }
    // Public since an instant at which nothing was published, or not yet: it would count from there.
    let replaced = entry(office.store(), "credential.revoked", 0);
    for published in [Some(day(1)), None] {
        let moved = |c: &mut CredentialRecord| c.revocations[0].published = published;
        let store = with_credential(&office, first.clone(), moved);
        let found = about(&store, Family::Credentials, &first.id);
        assert_eq!(found, [replaced, None], "{published:?}");
    }
    let twice = |c: &mut CredentialRecord| c.revocations.push(c.revocations[0].clone());
    let store = with_credential(&office, second.clone(), twice);
    assert_eq!(about(&store, Family::Credentials, &second.id), [None]);
    let mut added = first.clone();
    added.id = "c-added".to_owned();
    let mut store = office.store().clone();
    put(&mut store, Family::Credentials, &added.id, &added);
    assert_eq!(about(&store, Family::Credentials, "c-added"), [None]);
    // A record under the id of another.
    let store = with_credential(&office, first.clone(), |c| c.id.clone_from(&second.id));
    let found = differences(&store);
    assert!(found.iter().any(|d| d.message.contains(&first.id)));
}

#[test]
fn mandates_and_terms_are_compared_too() {
    let (office, _) = lived_in();
    let mandate: Mandate = read(office.store(), Family::Mandates, "a@1")
        .unwrap()
        .unwrap();
    let with_mandate = |ended: Option<Ending>| {
        let mut store = office.store().clone();
        let changed = Mandate {
            ended,
            ..mandate.clone()
        };
        put(&mut store, Family::Mandates, "a@1", &changed);
        about(&store, Family::Mandates, "a@1")
    };
    let ended = entry(office.store(), "mandate.ended", 1);
    assert_eq!(with_mandate(None), [ended]);
    let other = Ending::new(day(8), Reason::Death, day(6));
    assert_eq!(with_mandate(Some(other.clone())), [ended, None]);
    let mut decided = mandate.ended.clone().unwrap();
    decided.decision = Some(DecisionDigest::of(b"none"));
    assert_eq!(with_mandate(Some(decided)), [ended, None]);
    let store = without(office.store(), Family::Mandates, "a@1");
    assert_eq!(about(&store, Family::Mandates, "a@1"), [ended]);
    // Bo's was never ended.
    let mut store = office.store().clone();
    let mut bo: Mandate = read(&store, Family::Mandates, "b@1").unwrap().unwrap();
    bo.ended = Some(other);
    put(&mut store, Family::Mandates, "b@1", &bo);
    assert_eq!(about(&store, Family::Mandates, "b@1"), [None]);

    let with_term = |change: &dyn Fn(&mut Vec<TermEnding>)| {
        let mut store = office.store().clone();
        let mut term = office.term(TERM).unwrap();
        change(&mut term.endings);
        put(&mut store, Family::Terms, TERM, &term);
        about(&store, Family::Terms, TERM)
    };
    let lifted = entry(office.store(), "term.reinstated", 0);
    assert_eq!(with_term(&Vec::clear), [lifted]);
    assert_eq!(with_term(&|e| e[0].annulled_at = None), [lifted, None]);
    assert_eq!(
        with_term(&|e| e[0].exceptions = BTreeSet::new()),
        [lifted, None]
    );
    // As many, and others.
    assert_eq!(
        with_term(&|e| e[0].exceptions = BTreeSet::from(["a@1".to_owned()])),
        [lifted, None]
    );
    assert_eq!(with_term(&|e| e[0].decision = None), [lifted, None]);
    assert_eq!(
        with_term(&|e| e.push(TermEnding::new(day(9), day(9)))),
        [None]
    );
}

#[test]
fn an_issue_has_an_intent_of_its_own_before_it() {
    let (office, [first, _]) = lived_in();
    let store = office.store();
    let same = |kind: &str, body| vec![(kind.to_owned(), body)];
    assert_eq!(differences(&rewritten(store, same)), []);
    let index = json!(first.slot.index);
    let is_first = |body: &serde_json::Value| body["index"] == index;
    let entries_at_odds = |store: &MemoryStore| -> Vec<Option<u64>> {
        let found = differences(store).into_iter();
        found
            .filter(|d| d.record.is_none())
            .map(|d| d.entry)
            .collect()
    };

    // Without the intent; its place taken by one that nothing follows, so that their number is the same.
    let store_of_none = rewritten(store, |kind, mut body| {
        if kind == "credential.intended" && is_first(&body) {
            body["index"] = 131_000.into();
        }
        same(kind, body)
    });
    let issued = entry(store, "credential.issued", 0);
    assert_eq!(entries_at_odds(&store_of_none), [issued]);
    assert_eq!(replay(&store_of_none, None).unwrap().abandoned, 1);

    // Twice by one intent.
    let twice = rewritten(store, |kind, body| {
        let mut entries = same(kind, body.clone());
        if kind == "credential.issued" && is_first(&body) {
            let mut other = body;
            other["credential"] = "c-other".into();
            entries.extend(same(kind, other));
        }
        entries
    });
    assert_eq!(entries_at_odds(&twice), [issued.map(|seq| seq + 1)]);
    let found = differences(&twice);
    assert!(
        found.iter().any(|d| d.message.contains("c-other: entry")),
        "{found:#?}"
    );

    // Two intents for one slot, and one for another type.
    let intended = entry(store, "credential.intended", 0);
    let again = rewritten(store, |kind, body| {
        let mut entries = same(kind, body.clone());
        if kind == "credential.intended" && is_first(&body) {
            entries.extend(same(kind, body));
        }
        entries
    });
    assert_eq!(entries_at_odds(&again), [intended.map(|seq| seq + 1)]);
    // Interrupted under approvals, and gone on with under the same.
    for (approvals, at_odds) in [
        (["a1", "a1"], None),
        (["a1", "a2"], intended.map(|seq| seq + 1)),
    ] {
        let again = rewritten(store, |kind, mut body| {
            if kind != "credential.intended" || !is_first(&body) {
                return same(kind, body);
            }
            let intend = |approval: &str| {
                body["approval"] = approval.into();
                (kind.to_owned(), body.clone())
            };
            approvals.map(intend).to_vec()
        });
        let found = entries_at_odds(&again);
        assert_eq!(found, Vec::from_iter(at_odds.map(Some)), "{approvals:?}");
    }
    let of_another = rewritten(store, |kind, mut body| {
        if kind == "credential.intended" && is_first(&body) {
            body["type"] = "AttendanceCredential".into();
        }
        same(kind, body)
    });
    assert_eq!(entries_at_odds(&of_another), [issued]);
}

#[test]
fn entries_that_undo_what_was_not_done_are_named() {
    let (office, _) = lived_in();
    for undone in ["credential.suspended", "term.ended"] {
        let store = rewritten(office.store(), |kind, body| {
            let entries = vec![(kind.to_owned(), body)];
            if kind == undone { Vec::new() } else { entries }
        });
        let found = differences(&store);
        assert!(
            found.iter().any(|d| d.message.contains("was not")),
            "{found:#?}"
        );
    }
    for kind in [
        "credential.intended",
        "credential.issued",
        "credential.reinstated",
        "credential.revoked",
        "credential.suspended",
        "mandate.ended",
        "term.ended",
        "term.reinstated",
    ] {
        let mut done = false;
        let store = rewritten(office.store(), |found, body| {
            let spoil = found == kind && !core::mem::replace(&mut done, true);
            let body = if spoil { json!({}) } else { body };
            vec![(found.to_owned(), body)]
        });
        let at_odds = entry(office.store(), kind, 0);
        let found = differences(&store);
        assert!(
            found
                .iter()
                .any(|d| d.entry == at_odds && d.record.is_none()),
            "{kind}: {found:#?}"
        );
    }
}

#[test]
fn a_kill_between_intent_and_issue_leaves_a_slot_abandoned() {
    let (office, [_, second]) = lived_in();
    let index = json!(second.slot.index);
    let store = rewritten(office.store(), |kind, body| {
        if kind == "credential.issued" && body["index"] == index {
            return Vec::new();
        }
        vec![(kind.to_owned(), body)]
    });
    assert_eq!(replay(&store, None).unwrap().abandoned, 1);
}

#[test]
fn a_journal_that_does_not_verify_is_not_compared() {
    let (office, _) = lived_in();
    let mut head = office.journal.head();
    head.seq += 1;
    let refused = replay(office.store(), Some(head)).unwrap_err();
    assert_eq!(refused.code(), "journal.truncated");
    let mut store = office.store().clone();
    put(&mut store, Family::Terms, TERM, &json!({ "no": "term" }));
    assert_eq!(replay(&store, None).unwrap_err().code(), "store.damaged");
}

#[test]
fn what_was_taken_over_from_a_bundle_is_compared_too() {
    let (office, [first, _]) = lived_in();
    let inherited = |not_valid: Vec<SlotRef>| Inherited {
        not_valid,
        revocations: Vec::new(),
    };
    // A slot that would be published as not valid, and no entry tells why.
    let mut store = office.store().clone();
    put(
        &mut store,
        Family::Meta,
        INHERITED,
        &inherited(vec![first.slot]),
    );
    assert_eq!(about(&store, Family::Meta, INHERITED), [None]);
    // The same after something had been taken over.
    let told = inherited(Vec::new());
    let body = json!({ "inherited": told.digest().unwrap() });
    let mut restored = rewritten(office.store(), |kind, entry| {
        let mut entries = vec![(kind.to_owned(), entry)];
        if kind == "term.reinstated" {
            entries.push(("backup.restored".to_owned(), body.clone()));
        }
        entries
    });
    let entry = entry(&restored, "backup.restored", 0);
    assert_eq!(about(&restored, Family::Meta, INHERITED), [entry]);
    put(&mut restored, Family::Meta, INHERITED, &told);
    assert_eq!(differences(&restored), []);
}

#[test]
fn entries_of_before_are_silent_about_what_came_later() {
    let (office, [first, _]) = lived_in();
    let later = ["mandate", "decision", "excepted", "terms"];
    let before = |store: &MemoryStore| {
        rewritten(store, |kind, mut body| {
            let is_issue = kind == "credential.issued";
            for name in later.iter().filter(|name| is_issue || **name != "mandate") {
                body.as_object_mut().unwrap().remove(*name);
            }
            vec![(kind.to_owned(), body)]
        })
    };
    assert_eq!(differences(&before(office.store())), []);
    // And of everything else they are not.
    let store = with_credential(&office, first, |c| c.revocations.clear());
    assert!(!differences(&before(&store)).is_empty());
}
