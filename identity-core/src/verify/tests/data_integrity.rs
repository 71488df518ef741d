//! Presentations of the W3C form: one credential, one proof by the issuer, one by the holder.

use super::*;
use crate::{
    did::Relationship,
    encoding::strict_json::{self, Limits, Object},
    proof::data_integrity::{self, Cryptosuite, ProofOptions},
};

fn credential(check: &Check) -> String {
    check.world.issue(|draft| {
        draft.securing = Securing::DataIntegrity;
        draft.claims.remove("constituency");
    })
}

fn object(json: &str) -> Object<'static> {
    let value = strict_json::parse(json.as_bytes(), &Limits::small()).unwrap();
    let Value::Object(object) = value.into_owned() else {
        panic!("no object")
    };
    object
}

/// Makes the presentation that the holder of key 3 signs after this change, and the file around it.
fn presented(
    check: &Check,
    request: &Request,
    change: impl FnOnce(&mut Object<'static>),
) -> String {
    let mut vp = Object::default();
    vp.insert("@context", Value::array([crate::credential::CONTEXT_V2]));
    vp.insert("type", Value::array(["VerifiablePresentation"]));
    vp.insert("holder", did_of(3).to_string().into());
    vp.insert(
        "verifiableCredential",
        Value::array([object(&credential(check))]),
    );
    change(&mut vp);
    let did = did_of(3);
    let method = did.with_fragment(did.specific_id()).unwrap();
    let mut options = ProofOptions::new(
        Cryptosuite::EddsaJcs2022,
        method,
        Relationship::Authentication,
        World::now(),
    );
    options.challenge = Some(request.nonce.clone());
    options.domain = vec![request.verifier.to_string()];
    let vp = data_integrity::sign(vp, &options, &key(3)).unwrap();
    let token = Value::object([("MemberMandate", Value::array([vp]))]);
    Value::object([("vp_token", token)]).to_serde().to_string()
}

#[test]
fn the_plain_form_is_valid_for_its_request_and_verifier_only() {
    let check = Check::new();
    let file = presented(&check, &check.request, |_| ());
    assert_eq!(check.outcome(&file), (0, vec![]));
    let mut other = check.request.clone();
    other.nonce = crate::encoding::base64url::encode(&[1; 16]);
    let file = presented(&check, &other, |_| ());
    assert_eq!(check.outcome(&file), (10, vec!["presentation.nonce"]));
    let mut other = check.request.clone();
    other.verifier = did_of(8);
    let file = presented(&check, &other, |_| ());
    assert_eq!(check.outcome(&file), (10, vec!["presentation.audience"]));
}

#[test]
fn nothing_else_stands_in_it() {
    let check = Check::new();
    let malformed = (10, vec!["presentation.malformed"]);
    let with = |change: fn(&mut Object<'static>)| {
        check.outcome(&presented(&check, &check.request, change))
    };
    assert_eq!(
        with(|vp| drop(vp.insert("termsOfUse", Value::array::<Value<'_>>([])))),
        malformed
    );
    let types = |vp: &mut Object<'static>| {
        vp.insert("type", Value::array(["VerifiablePresentation", "Other"]));
    };
    assert_eq!(with(types), malformed);
    let two = |vp: &mut Object<'static>| {
        let one = vp.get("verifiableCredential").unwrap().as_array().unwrap()[0].clone();
        vp.insert("verifiableCredential", Value::array([one.clone(), one]));
    };
    assert_eq!(with(two), malformed);
    let none = |vp: &mut Object<'static>| {
        vp.remove("verifiableCredential");
    };
    assert_eq!(with(none), malformed);
}

#[test]
fn a_credential_with_a_second_proof_is_refused() {
    let check = Check::new();
    let second = |vp: &mut Object<'static>| {
        let one = vp.get("verifiableCredential").unwrap().as_array().unwrap()[0].clone();
        let did = did_of(9);
        let method = did.with_fragment(did.specific_id()).unwrap();
        let purpose = Relationship::AssertionMethod;
        let options =
            ProofOptions::new(Cryptosuite::EddsaJcs2022, method, purpose, World::days(-1));
        let Value::Object(one) = one else { panic!() };
        let both = data_integrity::sign(one, &options, &key(9)).unwrap();
        vp.insert("verifiableCredential", Value::array([both]));
    };
    let file = presented(&check, &check.request, second);
    let (exit, codes) = check.outcome(&file);
    assert_eq!((exit, codes[0]), (10, "credential.malformed"));
}

#[test]
fn a_holders_proof_by_another_key_or_for_another_purpose_is_refused() {
    let check = Check::new();
    let file = presented(&check, &check.request, |_| ());
    for (from, to) in [
        ("\"authentication\"", "\"assertionMethod\""),
        (did_of(3).as_str(), did_of(9).as_str()),
    ] {
        let changed = file.replace(from, to);
        assert_ne!(changed, file);
        assert_ne!(check.run(&changed).verdict(), Verdict::Valid, "{to}");
    }
}

#[test]
fn an_issuers_proof_that_was_made_for_somebody_is_no_credentials() {
    // What the issuer signs to log in somewhere is not what it hands out.
    let check = Check::new();
    let made = |challenge: Option<&str>, domain: Option<&str>| {
        let mut document = object(&credential(&check));
        document.remove("proof");
        let purpose = Relationship::AssertionMethod;
        let mut options = ProofOptions::new(
            Cryptosuite::EddsaJcs2022,
            check.world.method(),
            purpose,
            World::days(-200),
        );
        options.challenge = challenge.map(str::to_owned);
        options.domain = domain.map(str::to_owned).into_iter().collect();
        let document = data_integrity::sign(document, &options, &key(1)).unwrap();
        let file = presented(&check, &check.request, |vp| {
            vp.insert("verifiableCredential", Value::array([document]));
        });
        let (exit, codes) = check.outcome(&file);
        (exit, codes.first().copied())
    };
    assert_eq!(made(None, None), (0, None));
    let refused = (10, Some("proof.purpose"));
    assert_eq!(made(Some("n0nce"), None), refused);
    assert_eq!(made(None, Some("did:web:gate.example")), refused);
    assert_eq!(made(Some("n0nce"), Some("did:web:gate.example")), refused);
}

/// Presents the plain form under a holder's proof of these members, whatever they are.
fn proved_as(check: &Check, change: impl FnOnce(&mut Object<'static>)) -> (u8, Vec<&'static str>) {
    use crate::encoding::{jcs, multibase};
    use sha2::{Digest as _, Sha256};

    let file = presented(check, &check.request, |_| ());
    let token = object(&file).remove("vp_token").unwrap();
    let vp = &token.get("MemberMandate").unwrap().as_array().unwrap()[0];
    let mut vp = vp.as_object().unwrap().clone();
    let mut proof = vp.remove("proof").unwrap().as_object().unwrap().clone();
    proof.remove("proofValue");
    change(&mut proof);
    let hash = |object: &Object<'static>| {
        Sha256::digest(jcs::canonicalize(&Value::Object(object.clone())).unwrap())
    };
    let signature = key(3)
        .try_sign(&[hash(&proof), hash(&vp)].concat())
        .unwrap();
    let value = multibase::encode_z(signature.as_bytes());
    proof.insert("proofValue", value.into());
    vp.insert("proof", proof.into());
    let token = Value::object([("MemberMandate", Value::array([vp]))]);
    let file = Value::object([("vp_token", token)]);
    check.outcome(&file.to_serde().to_string())
}

#[test]
fn a_holders_proof_says_when_it_was_made_for_whom_and_in_answer_to_what() {
    let check = Check::new();
    assert_eq!(proved_as(&check, |_| ()), (0, vec![]));
    let without = |name: &str| proved_as(&check, |proof| drop(proof.remove(name)));
    assert_eq!(without("created"), (10, vec!["presentation.time"]));
    assert_eq!(without("challenge"), (10, vec!["holder.proof"]));
    assert_eq!(without("domain"), (10, vec!["holder.proof"]));
    for seconds in [-301, 301] {
        let made = World::now().as_second() + seconds;
        let made = Timestamp::from_second(made).unwrap().to_string();
        let found = proved_as(&check, |proof| drop(proof.insert("created", made.into())));
        assert_eq!(found, (10, vec!["presentation.time"]), "{seconds}");
    }
}

#[test]
fn two_proofs_over_a_presentation_are_not_one_holders() {
    let check = Check::new();
    for second in [3, 9] {
        let file = presented(&check, &check.request, |_| ());
        let token = object(&file).remove("vp_token").unwrap();
        let vp = &token.get("MemberMandate").unwrap().as_array().unwrap()[0];
        let vp = vp.as_object().unwrap().clone();
        let did = did_of(second);
        let method = did.with_fragment(did.specific_id()).unwrap();
        let mut options = ProofOptions::new(
            Cryptosuite::EddsaJcs2022,
            method,
            Relationship::Authentication,
            World::now(),
        );
        options.challenge = Some(check.request.nonce.clone());
        options.domain = vec![check.request.verifier.to_string()];
        let vp = data_integrity::sign(vp, &options, &key(second)).unwrap();
        let token = Value::object([("MemberMandate", Value::array([vp]))]);
        let file = Value::object([("vp_token", token)]);
        let found = check.outcome(&file.to_serde().to_string());
        assert_eq!(found, (10, vec!["holder.proof"]), "{second}");
    }
}

#[test]
fn a_number_is_read_as_it_was_signed_however_it_is_written() {
    let mut check = Check::new();
    check.request = check.world.request("DelegateAccreditation:votes");
    // Another issuer's software may sign what ours would leave out of this form.
    let mut vc = object(&credential(&check));
    vc.remove("proof");
    vc.insert(
        "type",
        Value::array(["VerifiableCredential", "DelegateAccreditation"]),
    );
    let Some(Value::Object(mut subject)) = vc.remove("credentialSubject") else {
        panic!()
    };
    subject.insert("votes", Value::from(5_u64));
    vc.insert("credentialSubject", subject.into());
    let purpose = Relationship::AssertionMethod;
    let options = ProofOptions::new(
        Cryptosuite::EddsaJcs2022,
        check.world.method(),
        purpose,
        World::days(-200),
    );
    let vc = data_integrity::sign(vc, &options, &key(1)).unwrap();
    let file = presented(&check, &check.request, |vp| {
        vp.insert("verifiableCredential", Value::array([vc]));
    });
    let file = file.replace("MemberMandate", "DelegateAccreditation");
    let rewritten = file.replace("\"votes\":5", "\"votes\":4.9999999999999999999");
    assert_ne!(file, rewritten);
    for file in [file, rewritten] {
        let report = check.run(&file);
        assert_eq!(report.verdict(), Verdict::Valid);
        let votes = report.credentials[0]
            .claims
            .get("votes")
            .and_then(Value::as_u64);
        assert_eq!(votes, Some(5));
    }
}
