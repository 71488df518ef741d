//! DID documents as others write them.

use super::*;

/// did:web Method Specification, section "Examples", without its trailing comma, which is no JSON.
const PUBLISHED: &str = r#"{
  "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"],
  "id": "did:web:example.com",
  "verificationMethod": [
    {"id": "did:web:example.com#key-0", "type": "JsonWebKey2020", "controller": "did:web:example.com",
     "publicKeyJwk": {"kty": "OKP", "crv": "Ed25519", "x": "0-e2i2_Ua1S5HbTYnVB0lj2Z2ytXu2-tYmDFf8f5NjU"}},
    {"id": "did:web:example.com#key-1", "type": "JsonWebKey2020", "controller": "did:web:example.com",
     "publicKeyJwk": {"kty": "OKP", "crv": "X25519", "x": "9GXjPGGvmRq9F6Ng5dQQ_s31mfhxrcNZxRGONrmH30k"}},
    {"id": "did:web:example.com#key-2", "type": "JsonWebKey2020", "controller": "did:web:example.com",
     "publicKeyJwk": {"kty": "EC", "crv": "P-256", "x": "38M1FDts7Oea7urmseiugGW7tWc3mLpJh6rKe7xINZ8",
       "y": "nDQW6XZ7b_u2Sy9slofYLlG03sOEoug3I0aAPQ0exs4"}}
  ],
  "authentication": ["did:web:example.com#key-0", "did:web:example.com#key-2"],
  "assertionMethod": ["did:web:example.com#key-0", "did:web:example.com#key-2"],
  "keyAgreement": ["did:web:example.com#key-1", "did:web:example.com#key-2"],
  "capabilityDelegation": "anything", "service": [{"id": "x"}]
}"#;

#[test]
fn the_published_did_web_document_gives_its_signing_keys() {
    let read = document(PUBLISHED).unwrap();
    let names: Vec<_> = read.methods().iter().map(|m| m.id().fragment()).collect();
    assert_eq!(names, [Some("key-0"), Some("key-2")]);
    for purpose in [Relationship::AssertionMethod, Relationship::Authentication] {
        for (fragment, algorithm) in [("key-0", Algorithm::EdDsa), ("key-2", Algorithm::Es256)] {
            let method = read.id().with_fragment(fragment).unwrap();
            let key = read.method(&method, purpose).unwrap();
            assert_eq!(key.algorithm(), algorithm);
        }
    }
}

#[test]
fn the_published_did_key_documents_can_be_read() {
    let Some(file) = testkit::vectors("did-key/ed25519-x25519.json") else {
        return;
    };
    let cases: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let mut with_keys = 0;
    for (text, case) in cases.as_object().unwrap() {
        let read = document(&case["didDocument"].to_string()).unwrap();
        assert_eq!(read.id().as_str(), text);
        // Documents of the 2018 form hold their keys in a way that is not read; none is misread.
        let own = LocalResolver::new()
            .resolve(read.id())
            .unwrap()
            .into_owned();
        for method in read.methods() {
            assert_eq!(method.key(), own.methods()[0].key());
            with_keys += 1;
        }
        // A key for key agreement is a DID of its own that signs nothing.
        let agreement = case["keyAgreementKeyPair"]["id"].as_str().unwrap();
        let agreement: Did = format!("did:key:{}", agreement.rsplit('#').next().unwrap())
            .parse()
            .unwrap();
        let found = key::resolve(&agreement).map_err(|e| e.code());
        assert_eq!(found, Err(Code::KeyUnsupported));
    }
    assert!(with_keys >= 1, "no document with a key that is read");
}

fn of_method(kind: &str, key: &str) -> Result<usize, Code> {
    let text = format!(
        r##"{{"id":"did:web:a","verificationMethod":[
        {{"id":"#k","type":"{kind}","controller":"did:web:a",{key}}}],"assertionMethod":["#k"]}}"##
    );
    let read = document(&text).map_err(|e| e.code())?;
    Ok(read.methods().len())
}

#[test]
fn the_usual_types_are_read_and_others_left_out() {
    let jwk = |algorithm, more: &str| {
        let jwk = public(algorithm).to_jwk();
        let jwk = String::from_utf8(crate::encoding::jcs::canonicalize(&jwk).unwrap()).unwrap();
        format!(r#""publicKeyJwk":{}{more}}}"#, jwk.trim_end_matches('}'))
    };
    let multikey = |algorithm| {
        format!(
            r#""publicKeyMultibase":"{}""#,
            public(algorithm).to_multikey()
        )
    };
    let (ed, p256) = (Algorithm::EdDsa, Algorithm::Es256);
    assert_eq!(of_method("Multikey", &multikey(ed)), Ok(1));
    assert_eq!(of_method("Multikey", &multikey(p256)), Ok(1));
    assert_eq!(
        of_method("Ed25519VerificationKey2020", &multikey(ed)),
        Ok(1)
    );
    assert_eq!(
        of_method("Ed25519VerificationKey2020", &multikey(p256)),
        Err(Code::DidDocument)
    );
    for kind in ["JsonWebKey", "JsonWebKey2020"] {
        assert_eq!(of_method(kind, &jwk(ed, "")), Ok(1));
        let more = r#","use":"sig","alg":"ES256","key_ops":["verify"],"kid":"x""#;
        assert_eq!(of_method(kind, &jwk(p256, more)), Ok(1));
        for more in [
            r#","use":"enc""#,
            r#","alg":"ECDH-ES+A256KW""#,
            r#","key_ops":["deriveBits"]"#,
            r#","key_ops":"verify""#,
        ] {
            assert_eq!(of_method(kind, &jwk(p256, more)), Ok(0), "{more}");
        }
        assert_eq!(
            of_method(kind, &jwk(p256, r#","d":"AA""#)),
            Err(Code::KeySecret)
        );
        // An algorithm of signatures, but not this key's.
        assert_eq!(
            of_method(kind, &jwk(p256, r#","alg":"EdDSA""#)),
            Err(Code::KeyMalformed)
        );
    }
    assert_eq!(of_method("X25519KeyAgreementKey2020", &multikey(ed)), Ok(0));
    let x25519 = r#""publicKeyMultibase":"z6LShs9GGnqk85isEBzzshkuVWrVKsRp24GnDuHk8QWkARMW""#;
    assert_eq!(of_method("Multikey", x25519), Ok(0));
    assert_eq!(of_method("Multikey", &jwk(ed, "")), Err(Code::DidDocument));
}

#[test]
fn a_did_jwk_for_encryption_signs_nothing() {
    // did:jwk Method Specification, section 3.1, the P-256 example with `use`.
    for (more, signs) in [
        ("", true),
        (r#","use":"sig""#, true),
        (r#","use":"enc""#, false),
        (r#","key_ops":["deriveKey"]"#, false),
    ] {
        let jwk = r#"{"crv":"P-256","kty":"EC","x":"acbIQiuMs3i8_uszEjJ2tpTtRM4EU3yz91PH6CdH2V0","y":"_KcyLj9vWMptnmKtm46GqDz8wf74I5LKgrl2GzH3nSE"MORE}"#;
        let text = crate::encoding::base64url::encode(jwk.replace("MORE", more).as_bytes());
        let did: Did = format!("did:jwk:{text}").parse().unwrap();
        let method = did.with_fragment("0").unwrap();
        let found = jwk::resolve(&did)
            .unwrap()
            .method(&method, Relationship::AssertionMethod)
            .is_ok();
        assert_eq!(found, signs, "{more}");
    }
}

#[test]
fn keys_of_other_kinds_are_no_did() {
    // did:key Method v0.7: P-256 in uncompressed form, X25519, secp256k1.
    let point = crate::key::PublicKey::to_jwk(&public(Algorithm::Es256));
    let coordinate = |name: &str| {
        let text = point.get(name).and_then(Value::as_str).unwrap();
        crate::encoding::base64url::decode(text).unwrap()
    };
    let mut bytes = vec![0x80, 0x24, 4];
    bytes.extend(coordinate("x"));
    bytes.extend(coordinate("y"));
    let uncompressed = crate::encoding::multibase::encode_z(&bytes);
    for (id, expected) in [
        (uncompressed.as_str(), Code::KeyMalformed),
        (
            "z6LSeu9HkTHSfLLeUs2nnzUSNedgDUevfNQgQjQC23ZCit6F",
            Code::KeyUnsupported,
        ),
        (
            "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme",
            Code::KeyUnsupported,
        ),
    ] {
        let did: Did = format!("did:key:{id}").parse().unwrap();
        assert_eq!(key::resolve(&did).map_err(|e| e.code()), Err(expected));
    }
}
