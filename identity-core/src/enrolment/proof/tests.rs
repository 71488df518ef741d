use super::*;
use crate::{
    did,
    encoding::strict_json::Object,
    key::{Algorithm, SecretKey},
};

fn key(seed: u8) -> SecretKey {
    SecretKey::from_secret_bytes(Algorithm::EdDsa, &[seed; 32]).unwrap()
}

fn code(issuer: &Did) -> Code {
    // The issuer's digest and the checksum are computed by a generator of known bytes.
    Code::generate(issuer, &mut crate::testing::Steps(0))
}

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

#[test]
fn an_enrolment_proves_code_and_key() {
    let issuer = did::key::create(key(1).public_key());
    let code = code(&issuer);
    let text = prove(&code, &issuer, &key(2), now()).unwrap();
    let open = Enrolment::open(&format!("{text}\n"), &issuer, now()).unwrap();
    assert_eq!(open.holder, *key(2).public_key());
    assert_eq!(open.code_key, *code.key(&issuer).unwrap().public_key());
}

#[test]
fn another_issuer_and_every_other_byte_is_refused() {
    let issuer = did::key::create(key(1).public_key());
    let other = did::key::create(key(3).public_key());
    let text = prove(&code(&issuer), &issuer, &key(2), now()).unwrap();
    let refused = Enrolment::open(&text, &other, now()).map_err(|e| e.code());
    assert_eq!(refused, Err(error::Code::EnrolmentAudience));
    let refused = prove(&code(&issuer), &other, &key(2), now()).map_err(|e| e.code());
    assert_eq!(refused, Err(error::Code::IssuerCardMismatch));
    for at in (0..text.len()).step_by(7) {
        let mut bytes = text.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let text = String::from_utf8(bytes).unwrap();
        assert!(Enrolment::open(&text, &issuer, now()).is_err(), "{at}");
    }
    let early = now().checked_sub(SignedDuration::from_secs(301)).unwrap();
    assert!(matches!(
        Enrolment::open(&text, &issuer, early),
        Err(EnrolmentError::Time { .. })
    ));
}

/// What an enrolment is made of, right in every part: key 4 is the code's, key 2 the holder's.
struct Made {
    issuer: Did,
    outer: Header,
    inner: Header,
    outer_claims: Object<'static>,
    inner_claims: Object<'static>,
    code_key: u8,
    holder: u8,
}

impl Made {
    fn new() -> Self {
        let issuer = did::key::create(key(1).public_key());
        let (mut outer_claims, mut inner_claims) = (Object::default(), Object::default());
        for claims in [&mut outer_claims, &mut inner_claims] {
            claims.insert("aud", issuer.to_string().into());
            claims.insert("iat", now().as_second().into());
        }
        inner_claims.insert("nonce", nonce(4).into());
        Self {
            issuer,
            outer: Header::with_jwk(TYP, key(4).public_key().clone()),
            inner: Header::with_jwk(TYP_PROOF, key(2).public_key().clone()),
            outer_claims,
            inner_claims,
            code_key: 4,
            holder: 2,
        }
    }

    fn open(self) -> Result<Enrolment, error::Code> {
        let sign = |header: &Header, claims: Object<'static>, seed| {
            let payload = canonical(&claims.into()).unwrap();
            Unsigned::new(header, &payload).sign(&key(seed)).unwrap()
        };
        let mut outer_claims = self.outer_claims;
        if outer_claims.get("proof").is_none() {
            let inner = sign(&self.inner, self.inner_claims, self.holder);
            outer_claims.insert("proof", inner.into());
        }
        let text = sign(&self.outer, outer_claims, self.code_key);
        Enrolment::open(&text, &self.issuer, now()).map_err(|e| e.code())
    }
}

fn nonce(seed: u8) -> String {
    base64url::encode(&key(seed).public_key().thumbprint())
}

fn kid() -> String {
    let did = did::key::create(key(2).public_key());
    format!("{did}#{}", did.specific_id())
}

#[test]
fn an_enrolment_wrong_in_one_part_is_refused() {
    use error::Code::{EnrolmentAudience, EnrolmentMalformed, EnrolmentProof};
    type Break = fn(&mut Made);
    let made = Made::new().open().unwrap();
    assert_eq!(made.holder, *key(2).public_key());
    assert_eq!(made.code_key, *key(4).public_key());
    let cases: [(&str, Break, error::Code); 23] = [
        (
            "a proof for another code",
            |m| drop(m.inner_claims.insert("nonce", nonce(5).into())),
            EnrolmentMalformed,
        ),
        (
            "a proof for no code",
            |m| drop(m.inner_claims.remove("nonce")),
            EnrolmentMalformed,
        ),
        (
            "a proof for an endpoint",
            |m| {
                drop(
                    m.inner_claims
                        .insert("aud", "https://issuer.example".into()),
                );
            },
            EnrolmentAudience,
        ),
        (
            "the code used with another issuer",
            |m| drop(m.outer_claims.insert("aud", "did:web:other.example".into())),
            EnrolmentAudience,
        ),
        (
            "a proof for nobody",
            |m| drop(m.inner_claims.remove("aud")),
            EnrolmentMalformed,
        ),
        (
            "the code used with nobody",
            |m| drop(m.outer_claims.remove("aud")),
            EnrolmentMalformed,
        ),
        (
            "the code's key in place of the holder's",
            |m| {
                m.holder = 4;
                m.inner = Header::with_jwk(TYP_PROOF, key(4).public_key().clone());
            },
            EnrolmentMalformed,
        ),
        (
            "an outer part of the inner kind",
            |m| m.outer.typ = Some(TYP_PROOF.to_owned()),
            EnrolmentProof,
        ),
        (
            "an inner part of the outer kind",
            |m| m.inner.typ = Some(TYP.to_owned()),
            EnrolmentProof,
        ),
        (
            "an outer part of no kind",
            |m| m.outer.typ = None,
            EnrolmentProof,
        ),
        (
            "an inner part of no kind",
            |m| m.inner.typ = None,
            EnrolmentProof,
        ),
        (
            "a request as the outer part",
            |m| m.outer.typ = Some("mandate-request+jwt".to_owned()),
            EnrolmentProof,
        ),
        (
            "a key binding as the inner part",
            |m| m.inner.typ = Some("kb+jwt".to_owned()),
            EnrolmentProof,
        ),
        (
            "two names of the code's key",
            |m| m.outer.kid = Some(kid()),
            EnrolmentMalformed,
        ),
        (
            "two names of the holder's key",
            |m| m.inner.kid = Some(kid()),
            EnrolmentMalformed,
        ),
        (
            "an outer part without its key",
            |m| m.outer.jwk = None,
            EnrolmentMalformed,
        ),
        (
            "an inner part without its key",
            |m| m.inner.jwk = None,
            EnrolmentMalformed,
        ),
        (
            "a code's key that did not sign",
            |m| m.code_key = 5,
            EnrolmentProof,
        ),
        (
            "a holder's key that did not sign",
            |m| m.holder = 5,
            EnrolmentProof,
        ),
        (
            "a proof of no time",
            |m| drop(m.inner_claims.remove("iat")),
            EnrolmentMalformed,
        ),
        (
            "a proof of a time to come",
            |m| {
                drop(
                    m.inner_claims
                        .insert("iat", (now().as_second() + 301).into()),
                );
            },
            EnrolmentMalformed,
        ),
        (
            "no proof",
            |m| drop(m.outer_claims.insert("proof", Value::Null)),
            EnrolmentMalformed,
        ),
        (
            "a proof that is no JWS",
            |m| drop(m.outer_claims.insert("proof", "a.b".into())),
            EnrolmentProof,
        ),
    ];
    for (name, break_it, expected) in cases {
        let mut made = Made::new();
        break_it(&mut made);
        assert_eq!(made.open().err(), Some(expected), "{name}");
    }
}
