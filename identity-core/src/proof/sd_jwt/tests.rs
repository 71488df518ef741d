use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::{
    did::{self, LocalResolver},
    encoding::{
        base64url,
        strict_json::{Limits, Object, Value, parse},
    },
    key::{Algorithm, PublicKey, SecretKey, Signer as _},
    proof::jose::{Header, Unsigned},
    verify::Budget,
};

mod refused;

/// Bytes that are all different enough for salts, and the same in every run.
struct Counter(u64);

impl rand_core::TryRng for Counter {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        self.0 += 1;
        Ok(u32::try_from(self.0).unwrap())
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        self.0 += 1;
        Ok(self.0)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        self.0 += 1;
        bytes.fill(u8::try_from(self.0 % 251).unwrap());
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Counter {}

fn key(seed: u8) -> SecretKey {
    SecretKey::from_secret_bytes(Algorithm::EdDsa, &[seed; 32]).unwrap()
}

fn claims(text: &'static str) -> Object<'static> {
    match parse(text.as_bytes(), &Limits::small()).unwrap() {
        Value::Object(object) => object,
        other => panic!("{other:?}"),
    }
}

/// Signs a payload as an issuer would, and puts disclosures behind it.
fn signed(payload: &[u8], disclosures: &[String]) -> String {
    let issuer = key(1);
    let did = did::key::create(issuer.public_key());
    let kid = did.with_fragment(did.specific_id()).unwrap();
    let header = Header::with_kid(Algorithm::EdDsa, TYP_VC, &kid);
    let mut text = Unsigned::new(&header, payload).sign(&issuer).unwrap();
    for disclosure in disclosures {
        text = format!("{text}~{disclosure}");
    }
    text + "~"
}

fn verify(text: &str) -> Result<Disclosed, SdJwtError> {
    let mut budget = Budget::presentation();
    let sd_jwt = SdJwt::parse(text, &mut budget)?;
    Ok(sd_jwt.verify_vc(&LocalResolver::new(), &mut budget)?.1)
}

const MEMBER: &str = r#"{"vct":"urn:mandate:MemberMandate:1","name":{"display":"Ana","native":"Ана"},
    "languages":["es","ca"],"group":"Green","term":"15"}"#;

fn member() -> String {
    let paths: &[&[Step<'_>]] = &[
        &[Step::Name("name")],
        &[Step::Name("name"), Step::Name("native")],
        &[Step::Name("languages"), Step::Index(1)],
        &[Step::Name("group")],
    ];
    let concealed = conceal(claims(MEMBER), paths, 3, &mut Counter(0)).unwrap();
    signed(&concealed.payload, &concealed.disclosures)
}

fn shown(text: &str) -> Vec<String> {
    let disclosed = verify(text).unwrap();
    let mut paths: Vec<String> = disclosed.paths().map(str::to_owned).collect();
    paths.sort();
    paths
}

#[test]
fn everything_disclosed_is_everything_that_was_claimed() {
    let text = member();
    let mut expected: Vec<_> = ["group", "languages[1]", "name", "name.native"].into();
    expected.sort_unstable();
    assert_eq!(shown(&text), expected);
    let disclosed = verify(&text).unwrap();
    let name = disclosed.claims().get("name").unwrap();
    assert_eq!(name.get("native").and_then(Value::as_str), Some("Ана"));
    assert!(disclosed.claims().get("_sd").is_none() && disclosed.claims().get("_sd_alg").is_none());
}

/// Digests are sorted: in which order claims were concealed, and which are decoys, does not show.
#[test]
fn the_order_of_digests_says_nothing() {
    let names = ["group", "term", "name", "languages"];
    let paths: Vec<[Step<'_>; 1]> = names.iter().map(|name| [Step::Name(name)]).collect();
    let paths: Vec<&[Step<'_>]> = paths.iter().map(<[Step<'_>; 1]>::as_slice).collect();
    let concealed = conceal(claims(MEMBER), &paths, 6, &mut Counter(0)).unwrap();
    let payload: serde_json::Value = serde_json::from_slice(&concealed.payload).unwrap();
    let digests = payload["_sd"].as_array().unwrap().iter();
    let digests: Vec<&str> = digests.map(|digest| digest.as_str().unwrap()).collect();
    assert_eq!(digests.len(), 10);
    assert!(digests.is_sorted(), "{digests:?}");
    assert_ne!(digests[0], digests[9]);
}

#[test]
fn a_part_within_an_element_is_concealed_on_its_own() {
    const PLACES: &str =
        r#"{"vct":"urn:mandate:MemberMandate:1","languages":[{"a":1,"b":2},{"a":3,"b":4}]}"#;
    let paths: &[&[Step<'_>]] = &[&[Step::Name("languages"), Step::Index(1), Step::Name("b")]];
    let concealed = conceal(claims(PLACES), paths, 0, &mut Counter(0)).unwrap();
    let payload: serde_json::Value = serde_json::from_slice(&concealed.payload).unwrap();
    let items = &payload["languages"];
    assert_eq!(items[0], serde_json::json!({"a": 1, "b": 2}));
    assert_eq!(
        (&items[1]["a"], &items[1]["b"]),
        (&3.into(), &serde_json::Value::Null)
    );
    let shown = signed(&concealed.payload, &concealed.disclosures);
    assert_eq!(self::shown(&shown), ["languages[1].b"]);
    let nowhere: &[&[Step<'_>]] = &[&[Step::Name("languages"), Step::Index(2), Step::Name("b")]];
    assert!(conceal(claims(PLACES), nowhere, 0, &mut Counter(0)).is_err());
}

#[test]
fn what_is_not_shown_is_not_there() {
    let text = member();
    let mut budget = Budget::presentation();
    let none = SdJwt::parse(&text, &mut budget)
        .unwrap()
        .select(|_| false)
        .unwrap();
    let disclosed = verify(&none).unwrap();
    assert!(disclosed.claims().get("name").is_none() && disclosed.claims().get("group").is_none());
    let languages = disclosed
        .claims()
        .get("languages")
        .and_then(Value::as_array);
    assert_eq!(languages.map(<[_]>::len), Some(1));
    assert!(!none.contains("Green") && disclosed.claims().get("term").is_some());
}

#[test]
fn a_nested_disclosure_brings_the_one_around_it() {
    let text = member();
    let mut budget = Budget::presentation();
    let sd_jwt = SdJwt::parse(&text, &mut budget).unwrap();
    let nested = sd_jwt.select(|path| path == "name.native").unwrap();
    assert_eq!(shown(&nested), ["name", "name.native"]);
    assert_eq!(
        shown(&sd_jwt.select(|path| path == "name").unwrap()),
        ["name"]
    );
}

#[test]
fn a_disclosure_of_another_credential_is_refused() {
    let other = base64url::encode(br#"["c2FsdA","group","Blue"]"#);
    assert_eq!(
        verify(&format!("{}{other}~", member())),
        Err(SdJwtError::DisclosureUnreferenced)
    );
}

#[test]
fn a_disclosure_sent_twice_is_refused() {
    let text = member();
    let first = text.split('~').nth(1).unwrap();
    assert_eq!(
        verify(&format!("{text}{first}~")),
        Err(SdJwtError::DigestRepeated)
    );
}

#[test]
fn a_digest_that_stands_twice_is_refused() {
    let digest = disclosed::digest("x");
    let twice = format!(r#"{{"_sd":["{digest}"],"a":{{"_sd":["{digest}"]}}}}"#);
    assert_eq!(
        verify(&signed(twice.as_bytes(), &[])),
        Err(SdJwtError::DigestRepeated)
    );
}

#[test]
fn a_disclosure_cannot_replace_what_was_signed() {
    for name in ["group", "_sd", "..."] {
        let disclosure = base64url::encode(format!(r#"["c2FsdA","{name}","x"]"#).as_bytes());
        let digest = disclosed::digest(&disclosure);
        let payload = format!(r#"{{"group":"Green","_sd":["{digest}"]}}"#);
        let found = verify(&signed(payload.as_bytes(), &[disclosure])).map_err(|e| e.code());
        assert_eq!(found, Err(Code::SdJwtClaimConflict), "{name}");
    }
}

#[test]
fn disclosures_and_digests_of_the_wrong_shape_are_refused() {
    for parts in [
        r#"["c2FsdA","v"]"#,
        r#"["a","b","c","d"]"#,
        r#"[1,"n","v"]"#,
        r#"{"a":1}"#,
        "[]",
    ] {
        let disclosure = base64url::encode(parts.as_bytes());
        let payload = format!(r#"{{"_sd":["{}"]}}"#, disclosed::digest(&disclosure));
        let found = verify(&signed(payload.as_bytes(), &[disclosure])).map_err(|e| e.code());
        assert_eq!(found, Err(Code::SdJwtMalformed), "{parts}");
    }
    for payload in [
        r#"{"_sd":"x"}"#,
        r#"{"_sd":[1]}"#,
        r#"{"a":{"...":"x"}}"#,
        "[]",
        r#"{"a":[{"...":"x","b":1}]}"#,
        r#"{"a":[{"...":1}]}"#,
    ] {
        let found = verify(&signed(payload.as_bytes(), &[])).map_err(|e| e.code());
        assert_eq!(found, Err(Code::SdJwtMalformed), "{payload}");
    }
}

#[test]
fn other_hash_functions_are_refused() {
    let found = verify(&signed(br#"{"_sd_alg":"md5"}"#, &[])).map_err(|e| e.code());
    assert_eq!(found, Err(Code::SdJwtHashAlgorithm));
}

#[test]
fn the_budget_bounds_disclosures() {
    let text = format!("{}{}", member(), "YQ~".repeat(2000));
    assert_eq!(
        verify(&text).map_err(|e| e.code()),
        Err(Code::BudgetExhausted)
    );
}

fn bound(holder: &SecretKey) -> String {
    let now = Timestamp::from_second(1_770_000_000).unwrap();
    bind(&member(), "did:web:gate.example", "n0nce", now, holder).unwrap()
}

fn key_binding(text: &str, holder: &PublicKey) -> Result<KeyBinding, SdJwtError> {
    let mut budget = Budget::presentation();
    SdJwt::parse(text, &mut budget)?.verify_key_binding(holder, &mut budget)
}

#[test]
fn a_key_binding_says_for_whom_it_was_made() {
    let holder = key(2);
    let binding = key_binding(&bound(&holder), holder.public_key()).unwrap();
    assert_eq!(
        (binding.audience.as_str(), binding.nonce.as_str()),
        ("did:web:gate.example", "n0nce")
    );
    assert_eq!(binding.issued_at.as_second(), 1_770_000_000);
}

#[test]
fn a_key_binding_by_another_key_or_over_other_disclosures_is_refused() {
    let holder = key(2);
    let text = bound(&holder);
    let found = key_binding(&text, key(3).public_key()).map_err(|e| e.code());
    assert_eq!(found, Err(Code::SignatureInvalid));
    // One disclosure fewer than was bound.
    let mut parts: Vec<&str> = text.split('~').collect();
    parts.remove(1);
    assert_eq!(
        key_binding(&parts.join("~"), holder.public_key()),
        Err(SdJwtError::KeyBinding)
    );
    assert_eq!(
        key_binding(&member(), holder.public_key()),
        Err(SdJwtError::KeyBinding)
    );
}

proptest! {
    #[test]
    fn every_character_counts(at in 0usize..10_000, c in "[ -~]", cut: bool, insert: bool) {
        let holder = key(2);
        let good = bound(&holder);
        let at = at % good.len();
        let mut changed = good.clone();
        changed.replace_range(at..if insert { at } else { at + 1 }, if cut { "" } else { &c });
        prop_assume!(changed != good);
        let both = verify(&changed).and_then(|_| key_binding(&changed, holder.public_key()));
        prop_assert!(both.is_err(), "{}", changed);
    }

    #[test]
    fn nothing_panics(text in "[a-zA-Z0-9_.~-]{0,200}") {
        let _ = verify(&text);
    }
}

#[test]
fn disclosures_inside_one_another_end_somewhere() {
    use crate::encoding::base64url;
    use sha2::{Digest as _, Sha256};

    let nested = |depth: usize| {
        let mut disclosures = Vec::new();
        let mut inner = "1".to_owned();
        for n in 0..depth {
            let json = format!(r#"["salt-salt-salt-{n}","n",{inner}]"#);
            let text = base64url::encode(json.as_bytes());
            let digest = base64url::encode(&Sha256::digest(&text));
            disclosures.push(text);
            inner = format!(r#"{{"_sd":["{digest}"]}}"#);
        }
        let texts: Vec<&str> = disclosures.iter().map(String::as_str).collect();
        disclose(inner.as_bytes(), &texts, &[]).map(|found| found.paths().count())
    };
    assert_eq!(nested(16), Ok(16));
    assert!(nested(17).is_err());
    assert!(nested(1024).is_err());
}
