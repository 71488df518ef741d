//! Revoked, suspended, ended.

use super::*;

pub(super) fn status() -> Vec<Vector> {
    vec![
        fault(
            "revoked",
            "revoked a day ago",
            (11, "status.revoked"),
            |v| {
                v.bundle = bundle(|content| {
                    content.revocations.push(revocation(-1, -1));
                    listed(content, SlotBits::One, 1);
                });
            },
        ),
        fault(
            "revoked-void",
            "the key was stolen: not valid at any instant",
            (11, "status.revoked"),
            |v| {
                v.at = Some(days(-100).as_second());
                v.bundle = bundle(|content| {
                    let mut revoked = revocation(-1, -1);
                    revoked.void = true;
                    content.revocations.push(revoked);
                    listed(content, SlotBits::One, 1);
                });
            },
        ),
        fault(
            "revoked-by-decision",
            "asked about a day after the decision took effect",
            (11, "status.revoked"),
            |v| {
                v.at = Some(days(-5).as_second());
                v.bundle = bundle(|content| {
                    let mut revoked = revocation(-10, -1);
                    revoked.decision = Some(DecisionDigest::of(b"decision"));
                    content.revocations.push(revoked);
                    listed(content, SlotBits::One, 1);
                });
            },
        ),
        fault(
            "not-valid",
            "suspended by an issuer that keeps suspensions to itself",
            (11, "status.not_valid"),
            |v| {
                v.bundle = bundle(|content| listed(content, SlotBits::One, 1));
            },
        ),
        fault(
            "suspended",
            "suspended, and published as such",
            (11, "status.suspended"),
            |v| {
                v.bundle = bundle(|content| {
                    let slot = World::new().slot(7);
                    let from = Instant::floor(days(-1));
                    content
                        .suspensions
                        .push(Suspension::new(slot.list, slot.index, from, None));
                    listed(content, SlotBits::Two, 2);
                });
            },
        ),
        fault(
            "history-missing",
            "not valid now, and nothing says since when",
            (12, "status.history_missing"),
            |v| {
                v.at = Some(days(-100).as_second());
                v.bundle = bundle(|content| listed(content, SlotBits::One, 1));
            },
        ),
        fault(
            "list-missing",
            "the bundle lacks the credential's list",
            (12, "status.list_missing"),
            |v| {
                v.bundle = bundle(|content| content.status_lists.clear());
            },
        ),
        fault(
            "index-out-of-range",
            "the list has no such slot",
            (12, "status.index_out_of_range"),
            |v| {
                v.presentation = resigned(&issuer_header(), 1, |payload| {
                    let uri = World::new().slot(0).list.to_string();
                    let list =
                        Value::object([("idx", Value::from(131_072_u64)), ("uri", uri.into())]);
                    payload.insert("status", Value::object([("status_list", list)]));
                });
            },
        ),
        fault(
            "term-ended",
            "the term ended an hour ago",
            (11, "term.ended"),
            |v| {
                v.bundle = bundle(|content| {
                    content.terms[0].endings.push(TermEnding::new(days(-1)));
                });
            },
        ),
        fault(
            "term-ended-and-annulled",
            "the ending was annulled yesterday; asked about the day before",
            (11, "term.ended"),
            |v| {
                v.at = Some(days(-3).as_second());
                v.bundle = bundle(|content| {
                    let mut ending = TermEnding::new(days(-5));
                    ending.annulled_at = Some(Instant::floor(days(-2)));
                    content.terms[0].endings.push(ending);
                    content.terms[0].endings.push(TermEnding::new(days(1)));
                });
            },
        ),
        fault(
            "term-ended-this-second",
            "the instant of the end is the first at which it has ended",
            (11, "term.ended"),
            |v| {
                v.bundle = bundle(|content| content.terms[0].endings.push(TermEnding::new(now())));
            },
        ),
        fault(
            "term-missing",
            "the bundle lacks the credential's term",
            (12, "term.missing"),
            |v| {
                v.bundle = bundle(|content| content.terms.clear());
            },
        ),
        fault(
            "revoked-in-a-stale-bundle",
            "what was revoked stays revoked, however old the news",
            (11, "status.revoked"),
            |v| {
                v.max_age = Some(60);
                v.bundle = bundle(|content| {
                    content.revocations.push(revocation(-1, -1));
                    listed(content, SlotBits::One, 1);
                });
            },
        ),
    ]
}
