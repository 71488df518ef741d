//! A wallet in the world of the test kit: its holder's key, its issuer's card, what its members hold.

use identity_core::{
    credential::{Checked, Draft, Kind, Securing as Form},
    did::{self, Did},
    encoding::strict_json::{Object, Value},
    key::Signer as _,
    presentation::request::{Asked, Request},
    status::{Instant, ListUri},
};
use jiff::SignedDuration;
use testkit::world::{Nowhere, Steps, World, days, key, now};

use crate::{
    accept,
    vault::{Contents, HolderKey, TrustedIssuer, TrustedVerifier},
};

/// So many days after the now of the test kit's world.
pub(crate) fn day(n: i64) -> Instant {
    Instant::floor(days(n))
}

/// A wallet that has enrolled with the world's issuer, and holds nothing yet.
pub(crate) fn wallet() -> Contents {
    let world = World::new();
    let mut contents = Contents::default();
    contents.keys.push(HolderKey {
        id: did::key::create(key(3).public_key()),
        issuer: world.issuer.clone(),
        created: day(-250),
        secret: key(3),
    });
    contents.keep_issuer(TrustedIssuer {
        did: world.issuer,
        name: "The Chamber".to_owned(),
        chamber: "XX-1".to_owned(),
        country: "XX".to_owned(),
        did_log: None,
        predecessor: None,
    });
    contents
}

/// The same wallet, which answers the world's verifier.
pub(crate) fn wallet_that_trusts() -> Contents {
    let mut contents = wallet();
    contents.trust_verifier(TrustedVerifier {
        did: World::new().verifier,
        name: "Chamber e-voting".to_owned(),
        added: day(0),
    });
    contents
}

/// Takes a credential in on a day, and returns its id.
pub(crate) fn add(contents: &mut Contents, text: &str, on: Instant) -> String {
    let accepted = accept::check(contents, text, on).unwrap();
    let id = accepted.credential.id.clone();
    assert!(contents.add_credential(accepted.credential));
    id
}

/// A second chamber, whose issuing key is that of seed 9; the wallet's key for it is that of seed 8.
pub(crate) fn other_issuer() -> Did {
    did::key::create(key(9).public_key())
}

/// Enrols the wallet with the second chamber too.
pub(crate) fn enrol_with_another(contents: &mut Contents) {
    contents.keys.push(HolderKey {
        id: did::key::create(key(8).public_key()),
        issuer: other_issuer(),
        created: day(-250),
        secret: key(8),
    });
    contents.keep_issuer(TrustedIssuer {
        did: other_issuer(),
        name: "The Assembly".to_owned(),
        chamber: "YY-1".to_owned(),
        country: "YY".to_owned(),
        did_log: None,
        predecessor: None,
    });
}

/// A mandate in the second chamber.
pub(crate) fn issue_as_another(change: impl FnOnce(&mut Draft)) -> String {
    let issuer = other_issuer();
    let mut draft = World::new().draft();
    draft.method = issuer.with_fragment(issuer.specific_id()).unwrap();
    draft.slot.list = ListUri::new(issuer.as_str(), 1).unwrap();
    draft.holder = key(8).public_key().clone();
    draft.chamber = "YY-1".to_owned();
    change(&mut draft);
    let checked = draft.check(key(9).public_key(), &mut Steps(1)).unwrap();
    let Ok(mut recorded) = Checked::record(vec![checked], &mut Nowhere);
    recorded.remove(0).sign(&key(9)).unwrap().text
}

/// Makes a draft one of the W3C form, which holds few claims.
pub(crate) fn whole(draft: &mut Draft) {
    draft.securing = Form::DataIntegrity;
    let all = World::claims();
    let mut claims = Object::default();
    for name in ["name", "role", "mandateStart", "mandateEnd"] {
        claims.insert(name, all.get(name).unwrap().clone());
    }
    draft.claims = claims;
}

/// Makes a draft that of an office, which rests on a mandate.
pub(crate) fn office(draft: &mut Draft) {
    draft.kind = Kind::OfficeHolder;
    let mut claims = Object::default();
    claims.insert("name", World::claims().get("name").unwrap().clone());
    claims.insert("role", "speaker".into());
    claims.insert("body", "Bureau".into());
    claims.insert("start", "2026-04-01".into());
    let basis = [("salt", "A".repeat(22)), ("digest", "A".repeat(43))];
    claims.insert("basedOn", Value::object(basis));
    draft.claims = claims;
}

/// A signed request of the world's verifier, made now and good for an hour.
pub(crate) fn request(claims: &[&str]) -> String {
    let world = World::new();
    let asked = claims
        .iter()
        .map(|claims| Asked::from_flag(claims).unwrap());
    let request = Request::new(
        world.verifier.clone(),
        "Gate".to_owned(),
        "Vote 12.".to_owned(),
        asked.collect(),
        (now(), SignedDuration::from_hours(1)),
        &mut Steps(7),
    );
    let method = world.verifier.with_fragment(world.verifier.specific_id());
    request.unwrap().sign(&method.unwrap(), &key(4)).unwrap()
}
