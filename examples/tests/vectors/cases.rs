//! The vectors: each valid world with one thing changed.

use identity_core::{
    credential::{Draft, Kind, Securing},
    encoding::{
        base64url,
        strict_json::{self, Limits, Object, Value},
    },
    key::Algorithm,
    presentation::request::Request,
    proof::{
        jose::{Header, Unsigned},
        sd_jwt,
    },
    status::{DecisionDigest, Instant, Revocation, SlotBits, StatusList, Suspension, token_list},
    trust::Content,
};
use testkit::world::{World, days, key, now};

use crate::Vector;

const CLAIMS: &str = "MemberMandate:name,constituency?";

/// A valid vector, to be changed.
fn sound(name: &'static str, about: &'static str) -> Vector {
    let world = World::new();
    let (request, text) = world.request(CLAIMS);
    Vector {
        name,
        about,
        now: now().as_second(),
        at: None,
        max_age: None,
        seen: None,
        anchor: format!("{}=House", world.issuer),
        bundle: Some(world.bundle(|_| ())),
        presentation: World::present(&request, &world.issue(|_| ()), &["name"]),
        request: text,
        exit: 0,
        code: None,
    }
}

fn fault(
    name: &'static str,
    about: &'static str,
    (exit, code): (u8, &'static str),
    change: impl FnOnce(&mut Vector),
) -> Vector {
    let mut vector = sound(name, about);
    (vector.exit, vector.code) = (exit, Some(code));
    change(&mut vector);
    vector
}

fn request() -> Request {
    World::new().request(CLAIMS).0
}

/// An answer with a credential that was issued otherwise.
fn issued(change: impl FnOnce(&mut Draft)) -> String {
    World::present(&request(), &World::new().issue(change), &["name"])
}

fn bundle(change: impl FnOnce(&mut Content)) -> Option<String> {
    Some(World::new().bundle(change))
}

/// The credential's payload, signed again by a key after a change, with its disclosures, bound anew.
fn resigned(header: &Header, seed: u8, change: impl FnOnce(&mut Object<'_>)) -> String {
    let credential = World::new().issue(|_| ());
    let (jwt, disclosures) = credential.split_once('~').expect("disclosures");
    let payload = base64url::decode(jwt.split('.').nth(1).expect("a payload")).expect("canonical");
    let payload = strict_json::parse(&payload, &Limits::small()).expect("JSON");
    let mut payload = payload.as_object().expect("an object").clone();
    change(&mut payload);
    let payload = identity_core::encoding::jcs::canonicalize(&payload.into()).expect("JSON");
    let jwt = Unsigned::new(header, &payload)
        .sign(&key(seed))
        .expect("signed");
    // The name's disclosure alone: it is the first whose array names it.
    let name = disclosures.split('~').find(|text| {
        let json = base64url::decode(text).unwrap_or_default();
        String::from_utf8_lossy(&json).contains("\"name\"")
    });
    bound(&format!("{jwt}~{}~", name.expect("a name")))
}

fn issuer_header() -> Header {
    Header::with_kid(Algorithm::EdDsa, "dc+sd-jwt", &World::new().method())
}

fn bound(presentation: &str) -> String {
    bound_by(
        presentation,
        3,
        World::new().verifier.as_str(),
        &request().nonce,
    )
}

fn bound_by(presentation: &str, seed: u8, audience: &str, nonce: &str) -> String {
    sd_jwt::bind(presentation, audience, nonce, now(), &key(seed)).expect("it can be bound")
}

/// The presentation without its key binding.
fn unbound() -> String {
    let whole = sound("", "").presentation;
    whole[..=whole.rfind('~').expect("a tilde")].to_owned()
}

/// A byte of a text, replaced.
fn changed(text: &str, at: usize) -> String {
    let mut bytes = text.as_bytes().to_vec();
    bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    String::from_utf8(bytes).expect("ASCII")
}

fn data_integrity(draft: &mut Draft) {
    draft.securing = Securing::DataIntegrity;
    for name in [
        "constituency",
        "group",
        "election",
        "email",
        "languages",
        "seat",
    ] {
        draft.claims.remove(name);
    }
}

fn revocation(effective: i64, published: i64) -> Revocation {
    let slot = World::new().slot(7);
    let at = |day| Instant::floor(days(day));
    Revocation::new(slot.list, slot.index, at(effective), at(published))
}

fn listed(content: &mut Content, bits: SlotBits, value: u8) {
    let mut list = StatusList::new(bits);
    list.set(7, value).expect("there is such a slot");
    content.status_lists[0].bits = bits.get().into();
    content.status_lists[0].lst = token_list::encode(&list);
}

pub(crate) fn all() -> Vec<Vector> {
    let mut all = valid();
    all.extend(signatures());
    all.extend(holders());
    all.extend(credentials());
    all.extend(status());
    all.extend(bundles());
    all
}

fn valid() -> Vec<Vector> {
    let mut optional = sound("valid-optional-shown", "an optional claim is shown as well");
    optional.presentation = World::present(
        &request(),
        &World::new().issue(|_| ()),
        &["name", "constituency"],
    );
    let mut w3c = sound("valid-data-integrity", "VC 2.0 with eddsa-jcs-2022");
    w3c.presentation = World::present(&request(), &World::new().issue(data_integrity), &[]);
    let mut past = sound(
        "valid-at-a-past-date",
        "issued 200 days ago, and asked about the day before",
    );
    past.at = Some(days(-201).as_second());
    let mut before = sound(
        "valid-before-the-revocation",
        "revoked ten days ago by decision; asked about day -11",
    );
    before.at = Some(days(-11).as_second());
    before.bundle = bundle(|content| {
        let mut revoked = revocation(-10, -1);
        revoked.decision = Some(DecisionDigest::of(b"decision"));
        content.revocations.push(revoked);
        listed(content, SlotBits::One, 1);
    });
    let mut backdated = sound(
        "valid-until-published",
        "revoked without a decision: it counts from publication",
    );
    backdated.at = Some(days(-5).as_second());
    backdated.bundle = bundle(|content| {
        content.revocations.push(revocation(-10, -1));
        listed(content, SlotBits::One, 1);
    });
    vec![
        sound("valid", "a mandate with the name shown"),
        optional,
        w3c,
        past,
        before,
        backdated,
    ]
}

fn signatures() -> Vec<Vector> {
    let whole = sound("", "").presentation;
    let jwt_end = whole.find('~').expect("a tilde");
    vec![
        fault(
            "signature-changed",
            "a byte of the issuer's signature",
            (10, "signature.invalid"),
            |v| {
                v.presentation = changed(&whole, jwt_end - 40);
            },
        ),
        fault(
            "payload-changed",
            "a byte of what the issuer signed",
            (10, "signature.invalid"),
            |v| {
                v.presentation = changed(&whole, whole.find('.').expect("a dot") + 60);
            },
        ),
        fault(
            "signature-not-canonical",
            "the same signature bytes in another spelling",
            (10, "presentation.malformed"),
            |v| {
                let last = whole.as_bytes()[jwt_end - 1];
                // 64 bytes leave four bits unused in the last character.
                let other = if last == b'A' {
                    'B'
                } else {
                    char::from(last + 1)
                };
                v.presentation = format!("{}{other}{}", &whole[..jwt_end - 1], &whole[jwt_end..]);
            },
        ),
        fault(
            "algorithm-none",
            "an unsigned credential",
            (10, "presentation.malformed"),
            |v| {
                let header = base64url::encode(br#"{"alg":"none","typ":"dc+sd-jwt"}"#);
                let payload = whole.split('.').nth(1).expect("a payload");
                v.presentation = format!("{header}.{payload}.{}", &whole[jwt_end..]);
            },
        ),
        fault(
            "kid-of-another",
            "signed by a stranger whose header names the issuer's key",
            (10, "signature.invalid"),
            |v| {
                v.presentation = resigned(&issuer_header(), 9, |_| ());
            },
        ),
        fault(
            "issuer-claimed",
            "signed by a stranger's own DID; the payload names the issuer",
            (10, "issuer.mismatch"),
            |v| {
                let did = identity_core::did::key::create(identity_core::key::Signer::public_key(
                    &key(9),
                ));
                let method = did.with_fragment(did.specific_id()).expect("its own key");
                let header = Header::with_kid(Algorithm::EdDsa, "dc+sd-jwt", &method);
                v.presentation = resigned(&header, 9, |_| ());
            },
        ),
        fault(
            "type-of-another-document",
            "a JWS of another kind passed off as a credential",
            (10, "jws.type"),
            |v| {
                let header = Header::with_kid(
                    Algorithm::EdDsa,
                    "mandate-request+jwt",
                    &World::new().method(),
                );
                v.presentation = resigned(&header, 1, |_| ());
            },
        ),
        fault(
            "disclosure-foreign",
            "a disclosure that nothing signed refers to",
            (10, "sd_jwt.disclosure_unreferenced"),
            |v| {
                let extra = base64url::encode(br#"["c2FsdC1zYWx0LXNhbHQ","role","president"]"#);
                v.presentation = bound(&format!("{}{extra}~", unbound()));
            },
        ),
        fault(
            "disclosure-repeated",
            "one disclosure twice",
            (10, "sd_jwt.digest_repeated"),
            |v| {
                let text = unbound();
                let disclosure = text.split('~').nth(1).expect("a disclosure").to_owned();
                v.presentation = bound(&format!("{text}{disclosure}~"));
            },
        ),
        fault(
            "disclosure-changed",
            "another name in the disclosure",
            (10, "sd_jwt.disclosure_unreferenced"),
            |v| {
                let text = unbound();
                v.presentation = bound(&changed(&text, text.len() - 9));
            },
        ),
        fault(
            "data-integrity-changed",
            "a claim of a W3C credential",
            (10, "signature.invalid"),
            |v| {
                let text = World::present(&request(), &World::new().issue(data_integrity), &[]);
                v.presentation = text.replace("Ana Example", "Ann Example");
            },
        ),
        fault(
            "data-integrity-proof-in-array",
            "the one proof stands in an array",
            (10, "proof.malformed"),
            |v| {
                let text = World::present(&request(), &World::new().issue(data_integrity), &[]);
                let start = text.rfind("\"proof\":{").expect("the credential's proof") + 8;
                let end = start + text[start..].find('}').expect("its end") + 1;
                v.presentation =
                    format!("{}[{}]{}", &text[..start], &text[start..end], &text[end..]);
            },
        ),
        fault(
            "not-a-presentation",
            "text that is none",
            (10, "presentation.malformed"),
            |v| {
                v.presentation = "hello".to_owned();
            },
        ),
        fault(
            "member-unknown",
            "a file of several with a member that is not known",
            (10, "presentation.malformed"),
            |v| {
                v.presentation = serde_json::json!({ "vp_token": {}, "extra": 1 }).to_string();
            },
        ),
    ]
}

fn holders() -> Vec<Vector> {
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

fn office_claims() -> Object<'static> {
    let mut claims = Object::default();
    claims.insert("name", Value::object([("display", "Bea Example")]));
    claims.insert("role", "speaker".into());
    claims.insert("body", "House".into());
    claims.insert("start", "2026-03-21".into());
    claims
}

fn select(credential: &str) -> String {
    let mut budget = identity_core::verify::Budget::presentation();
    let parsed = sd_jwt::SdJwt::parse(credential, &mut budget).expect("a credential");
    parsed.select(|path| path == "name").expect("a name")
}

fn asked_for_two() -> (Request, String) {
    let world = World::new();
    let mut request = world.request("MemberMandate:name").0;
    let office = identity_core::presentation::request::Asked::from_flag("OfficeHolder:name");
    request.asked.push(office.expect("a name"));
    let method = world
        .verifier
        .with_fragment(world.verifier.specific_id())
        .expect("its key");
    let text = request.sign(&method, &key(4)).expect("signed");
    (request, text)
}

fn credentials() -> Vec<Vector> {
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
                    drop(payload.remove("status"))
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

fn status() -> Vec<Vector> {
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

fn bundles() -> Vec<Vector> {
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
