//! Who presents, to whom, and in answer to what.

use super::*;

pub(super) fn holders() -> Vec<Vector> {
    let world = World::new();
    let (audience, nonce) = (world.verifier.to_string(), request().nonce);
    vec![
        fault(
            "binding-missing",
            "nobody proves the key",
            (10, "holder.proof"),
            |v| {
                v.presentation = unbound();
            },
        ),
        fault(
            "binding-by-another",
            "another key answers",
            (10, "holder.proof"),
            |v| {
                v.presentation = bound_by(&unbound(), 9, &audience, &nonce);
            },
        ),
        fault(
            "binding-of-another-disclosure",
            "a disclosure was left out after the answer",
            (10, "holder.proof"),
            |v| {
                let whole = v.presentation.clone();
                let (start, end) = (
                    whole.find('~').expect("a tilde"),
                    whole.rfind('~').expect("a tilde"),
                );
                v.presentation = format!("{}{}", &whole[..start], &whole[end..]);
            },
        ),
        fault(
            "audience-other",
            "answered to another verifier",
            (10, "presentation.audience"),
            |v| {
                v.presentation = bound_by(&unbound(), 3, "did:web:elsewhere.example", &nonce);
            },
        ),
        fault(
            "nonce-other",
            "answered to another request",
            (10, "presentation.nonce"),
            |v| {
                v.presentation = bound_by(&unbound(), 3, &audience, &base64url::encode(&[1; 16]));
            },
        ),
        fault(
            "claim-missing",
            "what was asked for is not shown",
            (10, "request.claim_missing"),
            |v| {
                v.presentation = World::present(&request(), &World::new().issue(|_| ()), &[]);
            },
        ),
        fault(
            "request-expired",
            "answered and checked an hour later",
            (10, "request.expired"),
            |v| {
                v.now += 3_600;
                v.bundle = bundle(|content| content.issued_at = Instant::floor(now()));
            },
        ),
        fault(
            "request-changed",
            "another verifier's request under this name",
            (10, "request.signature"),
            |v| {
                v.request = changed(&v.request, v.request.len() - 40);
            },
        ),
        fault(
            "holders-mixed",
            "two members put their credentials together",
            (10, "holder.mixed"),
            |v| {
                let (request, text) = asked_for_two();
                let office = world.issue(|draft| {
                    draft.kind = Kind::OfficeHolder;
                    draft.holder = identity_core::key::Signer::public_key(&key(8)).clone();
                    draft.slot.index = 8;
                    draft.claims = office_claims();
                });
                let show = |credential: &str, seed| {
                    let shown = select(credential);
                    bound_by(&shown, seed, &audience, &request.nonce)
                };
                let mandate = show(&world.issue(|_| ()), 3);
                let office = show(&office, 8);
                let token =
                    serde_json::json!({ "MemberMandate": [mandate], "OfficeHolder": [office] });
                v.presentation = serde_json::json!({ "vp_token": token }).to_string();
                v.request = text;
            },
        ),
    ]
}
