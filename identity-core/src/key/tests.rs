use proptest::prelude::*;

use super::*;
use crate::encoding::{base64url, strict_json};

fn hex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap())
        .collect()
}

fn key(algorithm: Algorithm, seed: u8) -> SecretKey {
    SecretKey::from_secret_bytes(algorithm, &[seed; 32]).unwrap()
}

fn jwk(text: &str) -> Result<PublicKey, KeyError> {
    PublicKey::from_jwk(
        &strict_json::parse(text.as_bytes(), &strict_json::Limits::small()).unwrap(),
    )
}

#[test]
fn rfc_8037_appendix_a() {
    let public =
        r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    let public = jwk(public).unwrap();
    assert_eq!(
        base64url::encode(&public.thumbprint()),
        "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    );
    let seed = base64url::decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
    let secret = SecretKey::from_secret_bytes(Algorithm::EdDsa, &seed.try_into().unwrap()).unwrap();
    assert_eq!(secret.public_key(), &public);
    let signed = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let signature = secret.try_sign(signed).unwrap();
    assert_eq!(
        base64url::encode(signature.as_bytes()),
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    );
    assert_eq!(public.verify(signed, &signature), Ok(()));
}

#[test]
fn rfc_7515_appendix_a3_es256() {
    let public = jwk(
        r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
    )
    .unwrap();
    let signed = b"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    let signature = base64url::decode(
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
    )
    .unwrap();
    let signature = Signature::from_slice(&signature).unwrap();
    assert_eq!(public.verify(signed, &signature), Ok(()));
    assert_eq!(public.verify(b"other", &signature), Err(SignatureError));
}

#[test]
fn jwks_that_are_not_what_they_seem_are_refused() {
    let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    let okp = |rest: &str| {
        jwk(&format!(
            r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}"{rest}}}"#
        ))
    };
    assert!(okp(r#","kid":"1","use":"sig","alg":"EdDSA""#).is_ok());
    // RFC 9864 section 2.2.
    assert!(okp(r#","alg":"Ed25519""#).is_ok());
    assert_eq!(okp(r#","d":"AAAA""#), Err(KeyError::Secret));
    assert!(okp(r#","alg":"ES256""#).is_err());
    assert!(okp(r#","use":"enc""#).is_err());
    assert_eq!(jwk(r#"{"kty":"oct","k":"AAAA"}"#), Err(KeyError::Secret));
    assert_eq!(
        jwk(r#"{"kty":"RSA","n":"AAAA","e":"AQAB"}"#),
        Err(KeyError::Unsupported)
    );
    assert_eq!(
        jwk(&format!(
            r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{x}"}}"#
        )),
        Err(KeyError::Malformed { form: "JWK" })
    );
}

#[test]
fn wycheproof_ed25519() {
    let Some(file) = testkit::vectors("wycheproof/ed25519_test.json") else {
        return;
    };
    let suite: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let mut seen = 0;
    for group in suite["testGroups"].as_array().unwrap() {
        let public = hex(group["publicKey"]["pk"].as_str().unwrap());
        let public = PublicKey::from_bytes(Algorithm::EdDsa, &public).unwrap();
        for test in group["tests"].as_array().unwrap() {
            let signature = Signature::from_slice(&hex(test["sig"].as_str().unwrap()));
            let message = hex(test["msg"].as_str().unwrap());
            let passed = signature.is_ok_and(|s| public.verify(&message, &s).is_ok());
            assert_eq!(passed, test["result"] == "valid", "test {}", test["tcId"]);
            seen += 1;
        }
    }
    assert_eq!(seen, suite["numberOfTests"].as_u64().unwrap());
}

/// "Taming the many EdDSAs": strict verification takes case 3 alone (mixed-order key and commitment
/// that satisfy the equation without cofactor, all canonical); the others are the ways to disagree.
#[test]
fn the_twelve_cases_on_which_implementations_disagree() {
    let Some(file) = testkit::vectors("ed25519/cases.json") else {
        return;
    };
    let cases: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let accepted: Vec<usize> = (0..12)
        .filter(|&i| {
            let case = &cases[i];
            let part = |name: &str| hex(case[name].as_str().unwrap());
            PublicKey::from_bytes(Algorithm::EdDsa, &part("pub_key")).is_ok_and(|key| {
                let signature = Signature::from_slice(&part("signature")).unwrap();
                key.verify(&part("message"), &signature).is_ok()
            })
        })
        .collect();
    assert_eq!(accepted, [3]);
}

#[test]
fn weak_and_double_encoded_keys_are_refused() {
    let small_order = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa";
    assert_eq!(
        PublicKey::from_bytes(Algorithm::EdDsa, &hex(small_order)),
        Err(KeyError::Weak)
    );
    // y = p + 3: the point with y = 3, its coordinate not reduced.
    let mut unreduced = [0xff; 32];
    unreduced[0] = 0xf0;
    unreduced[31] = 0x7f;
    let mut reduced = [0; 32];
    reduced[0] = 3;
    assert!(PublicKey::from_bytes(Algorithm::EdDsa, &reduced).is_ok());
    assert!(PublicKey::from_bytes(Algorithm::EdDsa, &unreduced).is_err());
}

#[test]
fn multikeys_of_other_kinds_are_refused() {
    let good = key(Algorithm::EdDsa, 1).public_key().to_multikey();
    assert!(good.starts_with("z6Mk"));
    assert!(
        key(Algorithm::Es256, 1)
            .public_key()
            .to_multikey()
            .starts_with("zDn")
    );
    // An X25519 key for agreement, from the did:key specification.
    let agreement = "z6LShs9GGnqk85isEBzzshkuVWrVKsRp24GnDuHk8QWkARMW";
    assert_eq!(
        PublicKey::from_multikey(agreement),
        Err(KeyError::Unsupported)
    );
    for wrong in ["", "z", "z6Mk", &good[1..], &format!("{good}1"), "u7QE"] {
        assert!(PublicKey::from_multikey(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_key_has_one_spelling() {
    use crate::encoding::multibase;

    for algorithm in [Algorithm::EdDsa, Algorithm::Es256] {
        let public = key(algorithm, 1).public_key().clone();
        let bytes = multibase::decode(&public.to_multikey()).unwrap();
        assert!(PublicKey::from_multikey(&multibase::encode_z(&bytes)).is_ok());
        assert!(PublicKey::from_multikey(&multibase::encode_u(&bytes)).is_err());
    }
    let public = key(Algorithm::Es256, 1).public_key().clone();
    let jwk = public.to_jwk();
    let coordinate = |name| base64url::decode(jwk.get(name).unwrap().as_str().unwrap()).unwrap();
    let point = [coordinate("x"), coordinate("y")].concat();
    // SEC 1 knows three more forms of the point; a multikey is of the compressed one.
    for tag in [4, 6, 7] {
        let bytes = [&[tag], &point[..]].concat();
        assert!(PublicKey::from_bytes(Algorithm::Es256, &bytes).is_err());
    }
    let split = |at: usize| {
        let (x, y) = point.split_at(at);
        let members = [
            ("kty", "EC".to_owned()),
            ("crv", "P-256".to_owned()),
            ("x", base64url::encode(x)),
            ("y", base64url::encode(y)),
        ];
        PublicKey::from_jwk(&strict_json::Value::object(members))
    };
    assert_eq!(split(32), Ok(public));
    for at in [0, 31, 33, 64] {
        assert_eq!(split(at), Err(KeyError::Malformed { form: "JWK" }), "{at}");
    }
}

#[test]
fn a_secret_key_prints_no_secret() {
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256] {
        let printed = format!("{:?}", key(algorithm, 0x5a)).to_lowercase();
        assert!(
            !printed.contains("5a5a") && !printed.contains("90, 90"),
            "{printed}"
        );
    }
}

proptest! {
    #[test]
    fn every_form_comes_back(seed in 1u8..=255, p256: bool) {
        let algorithm = if p256 { Algorithm::Es256 } else { Algorithm::EdDsa };
        let secret = SecretKey::from_secret_bytes(algorithm, &[seed; 32]);
        prop_assume!(secret.is_ok());
        let secret = secret.unwrap();
        let public = secret.public_key();
        prop_assert_eq!(&PublicKey::from_multikey(&public.to_multikey()).unwrap(), public);
        prop_assert_eq!(&PublicKey::from_jwk(&public.to_jwk()).unwrap(), public);
        prop_assert_eq!(*secret.secret_bytes(), [seed; 32]);
    }

    #[test]
    fn any_flipped_bit_is_noticed(p256: bool, bit in 0usize..512, message: Vec<u8>) {
        let secret = key(if p256 { Algorithm::Es256 } else { Algorithm::EdDsa }, 7);
        let mut bytes = *secret.try_sign(&message).unwrap().as_bytes();
        prop_assert!(secret.public_key().verify(&message, &Signature::from(bytes)).is_ok());
        bytes[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(secret.public_key().verify(&message, &Signature::from(bytes)).is_err());
    }
}

#[test]
fn a_p256_point_has_one_spelling() {
    for seed in 1..20 {
        let key = SecretKey::from_secret_bytes(Algorithm::Es256, &[seed; 32]).unwrap();
        let bytes = key.public_key().to_bytes();
        assert!(PublicKey::from_bytes(Algorithm::Es256, &bytes).is_ok());
        for tag in [0, 1, 4, 5, 6, 7] {
            let mut other = bytes.clone();
            other[0] = tag;
            assert!(
                PublicKey::from_bytes(Algorithm::Es256, &other).is_err(),
                "{tag}"
            );
        }
    }
}
