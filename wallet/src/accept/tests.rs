use identity_core::{
    credential::Draft,
    did::DidUrl,
    encoding::{
        base64url, jcs,
        strict_json::{Object, Value},
    },
    key::Signer as _,
    proof::{
        data_integrity::{Cryptosuite, ProofOptions},
        jose::{Header, Unsigned},
        sd_jwt::TYP_VC,
    },
};
use testkit::world::{World, days, key};

use super::*;
use crate::testing::{
    day, enrol_with_another, issue_as_another, office, other_issuer, wallet, whole,
};

/// Both forms of a mandate, with a change to each.
fn forms(change: fn(&mut Draft)) -> [String; 2] {
    let world = World::new();
    [
        world.issue(change),
        world.issue(|draft| {
            whole(draft);
            change(draft);
        }),
    ]
}

fn code(contents: &Contents, text: &str) -> &'static str {
    let refusal = check(contents, text, day(0)).unwrap_err();
    assert!(!refusal.hints.is_empty() && !refusal.is_usage);
    refusal.code
}

/// The verification method of the key with this seed.
fn method(seed: u8) -> DidUrl {
    let did = did::key::create(key(seed).public_key());
    did.with_fragment(did.specific_id()).unwrap()
}

fn object(text: &str) -> Object<'static> {
    let value = strict_json::parse(text.as_bytes(), &Limits::small()).unwrap();
    value.into_owned().as_object().unwrap().clone()
}

fn text(object: Object<'static>) -> String {
    String::from_utf8(jcs::canonicalize(&Value::Object(object)).unwrap()).unwrap()
}

/// The same content, signed by the key with this seed in its own name.
fn signed_by_another(form: &str, seed: u8) -> String {
    if form.starts_with('{') {
        let mut document = object(form);
        document.remove("proof");
        let purpose = Relationship::AssertionMethod;
        let options =
            ProofOptions::new(Cryptosuite::EddsaJcs2022, method(seed), purpose, days(-200));
        return text(data_integrity::sign(document, &options, &key(seed)).unwrap());
    }
    let (jwt, disclosures) = form.split_once('~').unwrap();
    let payload = base64url::decode(jwt.split('.').nth(1).unwrap()).unwrap();
    let header = Header::with_kid(key(seed).public_key().algorithm(), TYP_VC, &method(seed));
    let jwt = Unsigned::new(&header, &payload).sign(&key(seed)).unwrap();
    format!("{jwt}~{disclosures}")
}

#[test]
fn both_forms_are_taken_as_they_are() {
    let contents = wallet();
    let securings = [Securing::SdJwt, Securing::DataIntegrity];
    for (form, securing) in forms(|_| ()).into_iter().zip(securings) {
        // Blank space around is the file's, not the credential's.
        let accepted = check(&contents, &format!("\n {form}\n"), day(0)).unwrap();
        let kept = &accepted.credential;
        assert_eq!((&kept.text, kept.securing), (&form, securing));
        assert_eq!(kept.id, credential_id(&form));
        assert_eq!(kept.issuer, World::new().issuer);
        assert_eq!(kept.key, contents.keys[0].id);
        assert_eq!((kept.kind.as_str(), kept.added), ("MemberMandate", day(0)));
        assert_eq!(accepted.envelope.valid_until, days(1000));
    }
}

#[test]
fn the_same_credential_again_is_sound_and_changes_nothing() {
    for form in forms(|_| ()) {
        let mut contents = wallet();
        let first = check(&contents, &form, day(0)).unwrap();
        assert!(contents.add_credential(first.credential.clone()));
        let again = check(&contents, &form, day(1)).unwrap();
        assert_eq!(again.credential.id, first.credential.id);
        assert!(!contents.add_credential(again.credential));
        assert_eq!(contents.credentials, [first.credential]);
    }
}

#[test]
fn a_changed_signature_or_content_is_refused() {
    let contents = wallet();
    let [sd_jwt, vc] = forms(|_| ());
    // The last bits of a signature in base64url say nothing, so its first letter is changed.
    let (jwt, disclosures) = sd_jwt.split_once('~').unwrap();
    let (content, signature) = jwt.rsplit_once('.').unwrap();
    let first = if signature.starts_with('A') { "B" } else { "A" };
    let changed = format!("{content}.{first}{}~{disclosures}", &signature[1..]);
    assert_eq!(code(&contents, &changed), "signature.invalid");
    // A disclosure that the issuer did not sign.
    let name = base64url::encode(br#"["c2FsdHNhbHRzYWx0c2FsdA","name",{"display":"Mallory"}]"#);
    assert_eq!(
        code(&contents, &format!("{jwt}~{name}~")),
        "sd_jwt.disclosure_unreferenced"
    );

    let mut document = object(&vc);
    let mut subject = document
        .get("credentialSubject")
        .unwrap()
        .as_object()
        .unwrap()
        .clone();
    subject.insert("role", "speaker".into());
    document.insert("credentialSubject", subject.into());
    assert_eq!(code(&contents, &text(document)), "signature.invalid");
    let mut document = object(&vc);
    document.remove("proof");
    assert_eq!(code(&contents, &text(document)), "proof.malformed");
}

#[test]
fn an_issuer_other_than_the_one_whose_key_signed_is_refused() {
    let mut contents = wallet();
    // Not even when both are known here.
    contents.keep_issuer(crate::vault::TrustedIssuer {
        did: method(5).did().clone(),
        name: "Another".to_owned(),
        chamber: "YY-1".to_owned(),
        country: "YY".to_owned(),
        did_log: None,
        predecessor: None,
    });
    for form in forms(|_| ()) {
        assert_eq!(
            code(&contents, &signed_by_another(&form, 5)),
            "issuer.mismatch"
        );
        assert!(check(&contents, &signed_by_another(&form, 1), day(0)).is_ok());
    }
}

#[test]
fn an_issuer_whose_card_was_never_given_is_refused() {
    let mut contents = wallet();
    contents.issuers.clear();
    for form in forms(|_| ()) {
        assert_eq!(code(&contents, &form), "issuer.unknown");
    }
}

#[test]
fn a_credential_of_somebody_else_is_refused() {
    let contents = wallet();
    for form in forms(|draft| draft.holder = key(6).public_key().clone()) {
        assert_eq!(code(&contents, &form), "credential.not_mine");
    }
}

#[test]
fn an_issuers_credential_is_taken_on_the_key_made_for_it_and_on_no_other() {
    let mut contents = wallet();
    enrol_with_another(&mut contents);
    let on_its_own = issue_as_another(|_| ());
    let accepted = check(&contents, &on_its_own, day(0)).unwrap();
    assert_eq!(accepted.credential.issuer, other_issuer());
    // The second chamber knows the first one's key from a presentation.
    for form in [|_: &mut Draft| (), whole] {
        let on_the_firsts = issue_as_another(|draft| {
            form(draft);
            draft.holder = key(3).public_key().clone();
        });
        let refusal = check(&contents, &on_the_firsts, day(0)).unwrap_err();
        assert_eq!(refusal.code, "credential.not_mine");
        let said = "made for another issuer, The Chamber";
        assert!(refusal.message.contains(said), "{refusal}");
    }
    // And the other way round.
    for form in forms(|draft| draft.holder = key(8).public_key().clone()) {
        assert_eq!(code(&contents, &form), "credential.not_mine");
    }
}

#[test]
fn a_credential_whose_claims_were_cut_off_is_refused() {
    let contents = wallet();
    let [sd_jwt, _] = forms(|_| ());
    let office = World::new().issue(office);
    for (whole, required) in [
        (&sd_jwt, &["name", "role", "mandateStart"][..]),
        (&office, &["name", "role", "body", "start"]),
    ] {
        let parsed = SdJwt::parse(whole, &mut Budget::presentation()).unwrap();
        for lost in required {
            let cut = parsed.select(|path| path != *lost).unwrap();
            let refusal = check(&contents, &cut, day(0)).unwrap_err();
            assert_eq!(refusal.code, "credential.incomplete", "{lost}");
            let again = "credential show ID --out FILE";
            assert!(refusal.hints[0].contains(again), "{refusal:?}");
        }
        let (jwt, _) = whole.split_once('~').unwrap();
        assert_eq!(code(&contents, &format!("{jwt}~")), "credential.incomplete");
        // What is optional may be absent: the roster does not have it of everybody.
        let rest = parsed.select(|path| required.contains(&path)).unwrap();
        assert!(check(&contents, &rest, day(0)).is_ok());
    }
    // A W3C credential is signed as a whole; an issuer that leaves a claim out is refused all the same.
    let [_, vc] = forms(|_| ());
    let mut document = object(&vc);
    document.remove("proof");
    let subject = document.get("credentialSubject").unwrap();
    let mut subject = subject.as_object().unwrap().clone();
    subject.remove("role");
    document.insert("credentialSubject", subject.into());
    let bare = signed_by_another(&text(document), 1);
    assert_eq!(code(&contents, &bare), "credential.incomplete");
}

#[test]
fn an_expired_credential_is_refused_from_its_end_on() {
    let contents = wallet();
    for form in forms(|draft| draft.valid_until = days(0)) {
        assert_eq!(code(&contents, &form), "credential.expired");
        assert!(check(&contents, &form, day(-1)).is_ok());
    }
}

#[test]
fn a_credential_has_one_proof_that_is_for_nobody_in_particular() {
    let contents = wallet();
    let [_, vc] = forms(|_| ());
    // A second proof could be taken away again without a trace.
    for seed in [1, 5] {
        let purpose = Relationship::AssertionMethod;
        let options = ProofOptions::new(Cryptosuite::EddsaJcs2022, method(seed), purpose, days(-1));
        let both = data_integrity::sign(object(&vc), &options, &key(seed)).unwrap();
        assert_eq!(code(&contents, &text(both)), "credential.malformed");
    }
    let with = |purpose, challenge: Option<&str>, domain: Option<&str>| {
        let mut document = object(&vc);
        document.remove("proof");
        let mut options =
            ProofOptions::new(Cryptosuite::EddsaJcs2022, method(1), purpose, days(-200));
        options.challenge = challenge.map(str::to_owned);
        options.domain = domain.map(str::to_owned).into_iter().collect();
        let document = data_integrity::sign(document, &options, &key(1)).unwrap();
        check(&contents, &text(document), day(0)).map_err(|refusal| refusal.code)
    };
    let (assertion, login) = (Relationship::AssertionMethod, Relationship::Authentication);
    assert!(with(assertion, None, None).is_ok());
    for (purpose, challenge, domain) in [
        (login, None, None),
        (assertion, Some("n0nce"), None),
        (assertion, None, Some("did:web:gate.example")),
    ] {
        let found = with(purpose, challenge, domain).err();
        assert_eq!(found, Some("proof.purpose"));
    }
}

#[test]
fn a_presentation_is_no_credential() {
    let contents = wallet();
    let (request, _) = World::new().request("MemberMandate:name");
    for form in forms(|_| ()) {
        let shown = World::present(&request, &form, &["name"]);
        let refusal = check(&contents, &shown, day(0)).unwrap_err();
        assert_eq!(refusal.code, "credential.malformed");
        assert!(
            refusal.message.contains("this is a presentation"),
            "{refusal}"
        );
    }
    // The one inside of a file for several.
    let [_, vc] = forms(|_| ());
    let file = object(&World::present(&request, &vc, &[]));
    let token = file.get("vp_token").unwrap().get("MemberMandate").unwrap();
    let inner = token.as_array().unwrap()[0].as_object().unwrap().clone();
    let refusal = check(&contents, &text(inner), day(0)).unwrap_err();
    assert!(
        refusal.message.contains("this is a presentation"),
        "{refusal}"
    );
}

#[test]
fn what_is_no_credential_at_all_is_refused() {
    let contents = wallet();
    let wrong = [
        ("", "sd_jwt.malformed"),
        ("a letter", "sd_jwt.malformed"),
        ("{\"a\":1,\"a\":2}", "credential.malformed"),
        ("{", "credential.malformed"),
    ];
    for (text, expected) in wrong {
        assert_eq!(code(&contents, text), expected, "{text}");
    }
}
