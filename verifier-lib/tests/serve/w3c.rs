use identity_core::{
    did,
    encoding::strict_json::{Object, Value as Strict},
    key::Signer as _,
    ld::Contexts,
    proof::data_integrity::{Cryptosuite, ProofOptions, sign, sign_with_contexts},
};
use serde_json::{Value, json};
use testkit::world::key;

use crate::{
    http::Answer,
    sidecar::{Sidecar, home, now},
};

pub(crate) fn did(seed: u8) -> String {
    did::key::create(key(seed).public_key()).to_string()
}

pub(crate) fn object(value: &Value) -> Object<'static> {
    match Strict::from_serde(value) {
        Strict::Object(object) => object,
        _ => panic!("no object"),
    }
}

/// Signs a document with a key of the world's.
pub(crate) fn signed(
    document: Object<'static>,
    seed: u8,
    change: impl FnOnce(&mut ProofOptions),
) -> Value {
    let did = did::key::create(key(seed).public_key());
    let method = did.with_fragment(did.specific_id()).unwrap();
    let purpose = if document.get("holder").is_some() {
        did::Relationship::Authentication
    } else {
        did::Relationship::AssertionMethod
    };
    let mut options = ProofOptions::new(Cryptosuite::EddsaJcs2022, method, purpose, now());
    change(&mut options);
    let signed = sign(document, &options, &key(seed)).unwrap();
    Strict::Object(signed).to_serde()
}

pub(crate) fn draft() -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": did(1),
        "credentialSubject": {"id": did(3), "name": "Ana Example"},
    })
}

fn credential() -> Value {
    signed(object(&draft()), 1, |_| ())
}

fn presentation(challenge: &str) -> Value {
    let document = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": did(3),
        "verifiableCredential": [credential()],
    });
    signed(object(&document), 3, |options| {
        options.challenge = Some(challenge.to_owned());
        options.domain = vec!["example.org".to_owned()];
    })
}

pub(crate) fn verify(sidecar: &Sidecar, credential: &Value, options: &Value) -> Answer {
    let body = json!({"verifiableCredential": credential, "options": options});
    sidecar.post("/credentials/verify", &body)
}

#[test]
fn a_credential_is_verified_and_a_tampered_one_is_refused() {
    let sidecar = Sidecar::start_in(home(), &[]);
    let credential = credential();
    let good = verify(
        &sidecar,
        &credential,
        &json!({"returnCredential": true, "returnResults": true}),
    );
    assert_eq!(good.status, 200, "{good:?}");
    let good = good.json();
    assert_eq!(good["verified"], true);
    assert_eq!(good["credential"], credential);
    assert_eq!(good["results"]["proof"][0]["verified"], true);
    assert_eq!(
        verify(&sidecar, &credential, &json!({})).json()["credential"],
        Value::Null
    );
    let mut tampered = credential.clone();
    tampered["credentialSubject"]["name"] = "Eve".into();
    let bad = verify(&sidecar, &tampered, &json!({"checks": ["proof"]}));
    assert_eq!(bad.problem(), (400, "signature.invalid".to_owned()));
    let bad = bad.json();
    assert_eq!(bad["verified"], false);
    assert_eq!(bad["title"], "CRYPTOGRAPHIC_SECURITY_ERROR");
    assert_eq!(bad["problemDetails"][0]["pointer"], "/proof");
    // Nor is a document that nobody signed, or one that another signed than its issuer.
    let unsigned = verify(&sidecar, &draft(), &json!({}));
    assert_eq!(unsigned.problem(), (400, "vc.unsecured".to_owned()));
    let foreign = signed(object(&draft()), 2, |_| ());
    let foreign = verify(&sidecar, &foreign, &json!({}));
    assert_eq!(foreign.problem(), (400, "issuer.mismatch".to_owned()));
    // What it was about is in no log.
    assert!(!sidecar.log().contains("Ana"));
}

#[test]
fn a_presentation_answers_the_challenge_it_was_asked() {
    let sidecar = Sidecar::start_in(home(), &[]);
    let presentation = presentation("n-1");
    let ask = |options: Value| {
        let body = json!({"verifiablePresentation": presentation, "options": options});
        sidecar.post("/presentations/verify", &body)
    };
    let asked = json!({"challenge": "n-1", "domain": "example.org", "returnPresentation": true});
    let good = ask(asked);
    assert_eq!(good.status, 200, "{good:?}");
    assert_eq!(good.json()["verifiablePresentation"], presentation);
    let other = ask(json!({"challenge": "n-2", "domain": "example.org"}));
    assert_eq!(other.status, 400);
    assert_eq!(other.json()["title"], "INVALID_CHALLENGE_ERROR");
    let other = ask(json!({"challenge": "n-1", "domain": ["example.net"]}));
    assert_eq!(other.json()["title"], "INVALID_DOMAIN_ERROR");
}

#[test]
fn options_that_are_not_known_are_refused() {
    let sidecar = Sidecar::start_in(home(), &[]);
    let credential = credential();
    for options in [
        json!({"opitons": true}),
        json!({"checks": ["proof", "everything"]}),
    ] {
        let refused = verify(&sidecar, &credential, &options);
        assert_eq!(refused.problem(), (400, "serve.malformed".to_owned()));
        assert_eq!(refused.json()["title"], "UNKNOWN_OPTION_PROVIDED");
    }
    for options in [
        json!([]),
        json!({"checks": []}),
        json!({"challenge": 7}),
        json!({"returnResults": 1}),
    ] {
        let refused = verify(&sidecar, &credential, &options);
        assert_eq!(
            refused.problem(),
            (400, "serve.malformed".to_owned()),
            "{options}"
        );
    }
    for body in [
        json!({}),
        json!({"verifiableCredential": 7}),
        json!({"verifiableCredential": credential, "option": {"checks": ["proof"]}}),
        json!({"verifiablePresentation": credential}),
    ] {
        let refused = sidecar.post("/credentials/verify", &body);
        assert_eq!(
            refused.problem(),
            (400, "serve.malformed".to_owned()),
            "{body}"
        );
    }
}

#[test]
fn a_credential_of_1_1_is_verified_unless_only_2_0_was_asked_for() {
    let draft = |issued: &str| {
        object(&json!({
            "@context": ["https://www.w3.org/2018/credentials/v1", "https://w3id.org/security/data-integrity/v2"],
            "type": ["VerifiableCredential"],
            "issuer": did(1),
            "issuanceDate": issued,
            "credentialSubject": {"id": did(3)},
        }))
    };
    let good = signed(draft("2020-01-01T00:00:00Z"), 1, |_| ());
    let without = Sidecar::start_in(home(), &["--refuse-vc-1-1"]);
    assert_eq!(
        verify(&without, &good, &json!({})).problem().1,
        "vc.context"
    );
    let with = Sidecar::start_in(home(), &[]);
    assert_eq!(verify(&with, &good, &json!({})).status, 200);
    let mut tampered = good.clone();
    tampered["credentialSubject"]["id"] = did(4).into();
    assert_eq!(
        verify(&with, &tampered, &json!({})).problem().1,
        "signature.invalid"
    );
    let foreign = signed(draft("2020-01-01T00:00:00Z"), 2, |_| ());
    assert_eq!(
        verify(&with, &foreign, &json!({})).problem().1,
        "issuer.mismatch"
    );
    let early = signed(draft("2999-01-01T00:00:00Z"), 1, |_| ());
    assert_eq!(
        verify(&with, &early, &json!({})).problem().1,
        "credential.not_yet_valid"
    );
    // One of 2.0 is verified as ever.
    assert_eq!(verify(&with, &credential(), &json!({})).status, 200);
}

#[test]
fn an_issuer_that_is_a_web_address_is_refused_unless_a_warning_will_do() {
    let mut document = object(&draft());
    document.insert("issuer", "https://parliament.example/issuer".into());
    let forged = signed(document, 1, |_| ());
    let without = Sidecar::start_in(home(), &[]);
    // Asking for the proof alone does not change it: a signature by anybody must not pass for the issuer's.
    for options in [json!({}), json!({"checks": ["proof"]})] {
        assert_eq!(
            verify(&without, &forged, &options).problem().1,
            "issuer.mismatch"
        );
    }
    let with = Sidecar::start_in(home(), &["--accept-unbound-issuers"]);
    let answer = verify(&with, &forged, &json!({}));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["warnings"][0]["code"], "issuer.unbound");
}

#[test]
fn contexts_that_were_handed_in_are_read_by_and_no_others() {
    let url = "https://parliament.example/context";
    let terms = json!({"@context": {"seat": "https://parliament.example/terms#seat"}}).to_string();
    let folder = home();
    let file = folder.path().join("context.json");
    std::fs::write(&file, &terms).unwrap();
    let document = object(&json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", url],
        "type": ["VerifiableCredential"],
        "issuer": did(1),
        "credentialSubject": {"id": did(3), "seat": "112"},
    }));
    let did = did::key::create(key(1).public_key());
    let method = did.with_fragment(did.specific_id()).unwrap();
    let purpose = did::Relationship::AssertionMethod;
    let options = ProofOptions::new(Cryptosuite::EddsaRdfc2022, method, purpose, now());
    let contexts = Contexts::standard().with(url, terms.as_bytes()).unwrap();
    let document = sign_with_contexts(document, &options, &key(1), &contexts).unwrap();
    let document = Strict::Object(document).to_serde();
    let flag = format!("{url}={}", file.display());
    let with = Sidecar::start_in(folder, &["--context", &flag]);
    assert_eq!(verify(&with, &document, &json!({})).status, 200);
    let without = Sidecar::start_in(home(), &[]);
    assert_eq!(
        verify(&without, &document, &json!({})).problem().1,
        "ld.context_unknown"
    );
}
