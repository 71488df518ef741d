//! Evidence that is missing, old or changed.

use super::*;

pub(super) fn bundles() -> Vec<Vector> {
    vec![
        fault(
            "bundle-missing",
            "the issuer is trusted, and nothing of it is at hand",
            (12, "bundle.missing"),
            |v| {
                v.bundle = None;
            },
        ),
        fault(
            "bundle-stale",
            "older than this verifier accepts",
            (12, "bundle.stale"),
            |v| {
                v.max_age = Some(60);
            },
        ),
        fault(
            "bundle-overdue",
            "its next one was due this second",
            (12, "bundle.stale"),
            |v| {
                v.bundle = bundle(|content| content.next_update = Instant::floor(now()));
            },
        ),
        fault(
            "bundle-expired",
            "nobody may use it any more",
            (12, "bundle.expired"),
            |v| {
                v.bundle = bundle(|content| {
                    content.next_update = Instant::floor(now());
                    content.expires = Instant::floor(now());
                });
            },
        ),
        fault(
            "bundle-from-the-future",
            "signed tomorrow",
            (12, "bundle.not_yet_issued"),
            |v| {
                v.bundle = bundle(|content| {
                    content.issued_at = Instant::floor(days(1));
                    content.next_update = Instant::floor(days(2));
                });
            },
        ),
        fault(
            "bundle-rolled-back",
            "number 6 was seen before",
            (12, "bundle.rollback"),
            |v| {
                v.seen = Some(6);
            },
        ),
        fault(
            "bundle-same-number",
            "another bundle of number 5 was seen before",
            (12, "bundle.conflict"),
            |v| {
                v.seen = Some(5);
            },
        ),
        fault(
            "bundle-changed",
            "a byte of its signature",
            (12, "bundle.signature"),
            |v| {
                let bundle = v.bundle.clone().expect("a bundle");
                let at = bundle.rfind('"').expect("the end of its last member") - 40;
                v.bundle = Some(changed(&bundle, at));
            },
        ),
        fault(
            "bundle-status-key-of-another",
            "its key is named by a stranger",
            (12, "bundle.status_key"),
            |v| {
                v.bundle = bundle(|content| {
                    let did = World::new().verifier;
                    let method = did.with_fragment(did.specific_id()).expect("its own key");
                    let status = key(2);
                    let status = identity_core::key::Signer::public_key(&status);
                    let certified =
                        identity_core::trust::status_key::certify(status, &method, now(), &key(4));
                    content.status_key = certified.expect("signed");
                });
            },
        ),
        fault(
            "bundle-no-bundle",
            "a file that is none",
            (12, "bundle.malformed"),
            |v| {
                v.bundle = Some("{}".to_owned());
            },
        ),
    ]
}
