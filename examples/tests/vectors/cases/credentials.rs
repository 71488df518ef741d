//! What a credential says of itself.

use super::*;

pub(super) fn credentials() -> Vec<Vector> {
    vec![
        fault(
            "issuer-not-anchored",
            "a genuine credential of an issuer nobody named",
            (10, "issuer.not_trusted"),
            |v| {
                v.anchor = World::new().verifier.to_string();
            },
        ),
        fault(
            "expired",
            "the instant validUntil",
            (10, "credential.expired"),
            |v| {
                v.presentation = issued(|draft| draft.valid_until = now());
            },
        ),
        fault(
            "not-yet-valid",
            "a second before validFrom",
            (10, "credential.not_yet_valid"),
            |v| {
                v.at = Some(days(-300).as_second() - 1);
            },
        ),
        fault(
            "type-unknown",
            "a type that no verifier of this version knows",
            (10, "credential.type_unknown"),
            |v| {
                v.presentation = resigned(&issuer_header(), 1, |payload| {
                    payload.insert("vct", "urn:mandate:Emperor:1".into());
                });
            },
        ),
        fault(
            "status-left-out",
            "the issuer signed a credential without a status",
            (10, "credential.malformed"),
            |v| {
                v.presentation = resigned(&issuer_header(), 1, |payload| {
                    drop(payload.remove("status"));
                });
            },
        ),
        fault(
            "status-of-another-issuer",
            "its status stands in somebody else's list",
            (12, "status.list_foreign"),
            |v| {
                let other = World::new().verifier;
                v.presentation = resigned(&issuer_header(), 1, |payload| {
                    let uri = format!("{other}/status/1");
                    let list = Value::object([("idx", Value::from(7_u64)), ("uri", uri.into())]);
                    payload.insert("status", Value::object([("status_list", list)]));
                });
            },
        ),
    ]
}
