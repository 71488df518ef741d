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
    status::{
        DecisionDigest, Instant, Revocation, SlotBits, StatusList, Suspension, TermEnding,
        token_list,
    },
    trust::Content,
};
use testkit::world::{World, days, key, now};

use crate::Vector;

mod bundles;
mod credentials;
mod holders;
mod signatures;
mod status;

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

#[expect(clippy::unnecessary_wraps, reason = "a vector may be without one")]
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
    all.extend(signatures::signatures());
    all.extend(holders::holders());
    all.extend(credentials::credentials());
    all.extend(status::status());
    all.extend(bundles::bundles());
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
