use identity_core::{
    did,
    encoding::strict_json::{Object, Value as Strict},
    key::Signer as _,
    ld::Contexts,
    proof::data_integrity::{Cryptosuite, ProofOptions, sign, sign_with_contexts},
    status::{
        Instant, SlotBits, StatusList,
        token_list::TokenDraft,
        w3c::{Bitstring, ListDraft, Purpose, StatusEntry, StatusSize},
    },
    trust::status_key,
};
use serde_json::{Value, json};
use testkit::world::{World, key};

use crate::{
    http::Answer,
    sidecar::{Sidecar, home, now, run},
};

const LIST: &str = "https://example.org/status/1";

fn did(seed: u8) -> String {
    did::key::create(key(seed).public_key()).to_string()
}

fn object(value: &Value) -> Object<'static> {
    match Strict::from_serde(value) {
        Strict::Object(object) => object,
        _ => panic!("no object"),
    }
}

/// Signs a document with a key of the world's.
fn signed(document: Object<'static>, seed: u8, change: impl FnOnce(&mut ProofOptions)) -> Value {
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

fn draft() -> Value {
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

fn verify(sidecar: &Sidecar, credential: &Value, options: &Value) -> Answer {
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

/// A list in which this entry is set.
fn list(set: u64, seed: u8) -> Value {
    list_of(set, seed, None)
}

fn list_of(set: u64, seed: u8, valid_from: Option<Instant>) -> Value {
    let mut bits = Bitstring::new(131_072, StatusSize::ONE).unwrap();
    bits.set(set, StatusSize::ONE, 1).unwrap();
    let draft = ListDraft {
        id: LIST.to_owned(),
        issuer: did(seed),
        purposes: vec![Purpose::Revocation],
        valid_from,
        valid_until: None,
        ttl: None,
    };
    signed(draft.document(&bits), seed, |_| ())
}

fn with_status(index: u64) -> Value {
    let entry = StatusEntry::new(Purpose::Revocation, index, LIST).unwrap();
    let mut draft = object(&draft());
    draft.insert("credentialStatus", entry.to_value());
    signed(draft, 1, |_| ())
}

#[test]
fn a_status_list_that_was_handed_in_counts() {
    let folder = home();
    let file = folder.path().join("list.json");
    let flag = file.display().to_string();
    std::fs::write(&file, list(7, 1).to_string()).unwrap();
    let sidecar = Sidecar::start_in(folder, &["--status-list", &flag]);
    let demand = json!({"checks": ["proof", "credentialStatus"]});
    assert_eq!(verify(&sidecar, &with_status(6), &demand).status, 200);
    let revoked = verify(&sidecar, &with_status(7), &json!({}));
    assert_eq!(revoked.problem(), (400, "status.revoked".to_owned()));
    // A newer one counts without a restart.
    std::fs::write(&file, list(6, 1).to_string()).unwrap();
    Sidecar::until("it counts", || {
        verify(&sidecar, &with_status(6), &json!({})).status == 400
    });
    assert_eq!(verify(&sidecar, &with_status(7), &demand).status, 200);
}

#[test]
fn an_older_list_takes_back_no_revocation() {
    let today = Instant::floor(now());
    let earlier = Instant::floor(now() - jiff::SignedDuration::from_hours(24));
    let older = list_of(6, 1, Some(earlier)).to_string();
    let folder = home();
    let lists = folder.path().join("lists");
    std::fs::create_dir(&lists).unwrap();
    std::fs::write(lists.join("1.json"), list_of(7, 1, Some(today)).to_string()).unwrap();
    std::fs::write(lists.join("2.json"), &older).unwrap();
    // Beside the newer one, whichever is read last.
    let sidecar = Sidecar::start_in(folder, &["--status-list", &lists.display().to_string()]);
    let revoked = || verify(&sidecar, &with_status(7), &json!({})).problem();
    assert_eq!(revoked(), (400, "status.revoked".to_owned()));
    // In its place, by somebody who answers with an old copy.
    std::fs::write(lists.join("1.json"), &older).unwrap();
    std::fs::write(lists.join("3.json"), &older).unwrap();
    std::thread::sleep(core::time::Duration::from_secs(5));
    assert_eq!(revoked(), (400, "status.revoked".to_owned()));
}

#[test]
fn without_its_list_a_status_is_a_warning_unless_it_is_demanded() {
    let sidecar = Sidecar::start_in(home(), &[]);
    let warned = verify(&sidecar, &with_status(7), &json!({"returnResults": true}));
    assert_eq!(warned.status, 200);
    let warned = warned.json();
    assert_eq!(warned["warnings"][0]["code"], "vc.status_unchecked");
    assert_eq!(warned["results"]["credentialStatus"][0]["verified"], false);
    let demanded = verify(&sidecar, &with_status(7), &json!({"checks": ["status"]}));
    assert_eq!(demanded.status, 400);
}

#[test]
fn a_status_list_that_is_not_authentic_stops_the_start() {
    let folder = home();
    let mut tampered = list(7, 1);
    tampered["credentialSubject"]["statusPurpose"] = "suspension".into();
    std::fs::write(folder.path().join("list.json"), tampered.to_string()).unwrap();
    let (exit, said) = run(
        &folder,
        &["serve", "--dry-run", "--status-list", "list.json"],
    );
    assert_eq!(
        (exit, said["error"]["code"].as_str()),
        (1, Some("signature.invalid"))
    );
    for (flag, value) in [("--context", "list.json"), ("--schema", "=list.json")] {
        let (exit, said) = run(&folder, &["serve", "--dry-run", flag, value]);
        assert_eq!(
            (exit, said["error"]["code"].as_str()),
            (2, Some("usage.invalid")),
            "{flag}"
        );
    }
    let (exit, said) = run(
        &folder,
        &["serve", "--dry-run", "--did-document", "list.json"],
    );
    assert_eq!(
        (exit, said["error"]["code"].as_str()),
        (1, Some("did.malformed"))
    );
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

#[test]
fn the_folder_of_an_issuers_lists_is_taken_as_it_is_published() {
    // The status key keeps the lists of the issuing key, and says so beside them.
    let world = World::new();
    let list = world.slot(0).list;
    let mut bits = Bitstring::new(131_072, StatusSize::ONE).unwrap();
    bits.set(7, StatusSize::ONE, 1).unwrap();
    let list_draft = ListDraft {
        id: list.to_string(),
        issuer: did(2),
        purposes: vec![Purpose::Revocation],
        valid_from: None,
        valid_until: None,
        ttl: None,
    };
    let published = signed(list_draft.document(&bits), 2, |_| ());
    let keeper = status_key::certify(key(2).public_key(), &world.method(), now(), &key(1));
    let token = TokenDraft {
        uri: list.to_string(),
        issued_at: Instant::floor(now()),
        expires: None,
        ttl: None,
        aggregation_uri: None,
    };
    let token = token.sign(&StatusList::new(SlotBits::One), &world.method(), &key(1));
    let folder = home();
    let lists = folder.path().join("status");
    std::fs::create_dir(&lists).unwrap();
    std::fs::write(lists.join("1.bitstring.json"), published.to_string()).unwrap();
    std::fs::write(lists.join("1.jwt"), token.unwrap()).unwrap();
    let credential = |index| {
        let mut document = object(&draft());
        let entry = StatusEntry::new(Purpose::Revocation, index, list.as_str()).unwrap();
        document.insert("credentialStatus", entry.to_value());
        signed(document, 1, |_| ())
    };
    let options = json!({"checks": ["status"]});
    let folder_of_lists = lists.display().to_string();
    let without = Sidecar::start_in(home(), &["--status-list", &folder_of_lists]);
    let refused = verify(&without, &credential(8), &options).problem().1;
    assert_eq!(refused, "status.list_foreign");
    std::fs::write(lists.join("keeper.jwt"), keeper.unwrap()).unwrap();
    let with = Sidecar::start_in(home(), &["--status-list", &folder_of_lists]);
    assert_eq!(verify(&with, &credential(8), &options).status, 200);
    let revoked = verify(&with, &credential(7), &options).problem().1;
    assert_eq!(revoked, "status.revoked");
}
