//! Issuer keys in certificates. Every refused chain differs from a good one in one thing.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, SanType,
    SignatureAlgorithm, date_time_ymd,
};

use super::*;
use crate::key::PublicKey;

/// PKCS #8 of a key known by its seed.
fn pair(seed: u8, algorithm: &'static SignatureAlgorithm) -> KeyPair {
    let (mut der, public) = if algorithm == &PKCS_ED25519 {
        let der = vec![
            0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22,
            0x04, 0x20,
        ];
        (der, Vec::new())
    } else {
        let jwk = key(seed).public_key().to_jwk();
        let coordinate = |name: &str| {
            let text = jwk.get(name).and_then(Value::as_str).unwrap();
            base64url::decode(text).unwrap()
        };
        let der = vec![
            0x30, 0x81, 0x87, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce,
            0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04,
            0x6d, 0x30, 0x6b, 0x02, 0x01, 0x01, 0x04, 0x20,
        ];
        let mut public = vec![0xa1, 0x44, 0x03, 0x42, 0x00, 0x04];
        public.extend(coordinate("x"));
        public.extend(coordinate("y"));
        (der, public)
    };
    der.extend([seed; 32]);
    der.extend(public);
    let der = rustls_pki_types::PrivatePkcs8KeyDer::from(der);
    KeyPair::from_pkcs8_der_and_sign_algo(&der, algorithm).unwrap()
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::OrganizationName, "Example Office");
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2028, 1, 1);
    params
}

fn authority(name: &str) -> CertificateParams {
    let mut params = params(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}

fn signer() -> CertificateParams {
    let mut params = params("Issuer 7");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.subject_alt_names = vec![
        SanType::DnsName("issuer.example".try_into().unwrap()),
        SanType::URI("https://uri.example/tenant".try_into().unwrap()),
    ];
    params
}

/// Anchor (key 11), authority between (key 12), signer (key 1).
struct Chain {
    anchor: Vec<u8>,
    between: Vec<u8>,
    signer: Vec<u8>,
}

fn chain_of(
    algorithm: &'static SignatureAlgorithm,
    change: impl FnOnce(&mut CertificateParams, &mut CertificateParams, &mut CertificateParams),
) -> Chain {
    let (mut top, mut middle, mut low) = (authority("Root"), authority("Between"), signer());
    change(&mut top, &mut middle, &mut low);
    let (top_key, middle_key) = (pair(11, algorithm), pair(12, algorithm));
    let anchor = top.self_signed(&top_key).unwrap();
    let top_issuer = Issuer::new(top, top_key);
    let between = middle.signed_by(&middle_key, &top_issuer).unwrap();
    let middle_issuer = Issuer::new(middle, middle_key);
    let signer_key = pair(1, algorithm);
    let signer = low.signed_by(&signer_key, &middle_issuer).unwrap();
    Chain {
        anchor: anchor.der().to_vec(),
        between: between.der().to_vec(),
        signer: signer.der().to_vec(),
    }
}

fn chain() -> Chain {
    chain_of(&PKCS_ECDSA_P256_SHA256, |_, _, _| ())
}

fn with_x5c(x5c: &str, claims: &str, key: &SecretKey) -> String {
    let alg = key.algorithm().as_jose();
    let header = format!(r#"{{"alg":"{alg}","typ":"dc+sd-jwt","x5c":{x5c}}}"#);
    jws(&header, &format!(r#"{{"vct":"a"{claims}}}"#), key) + "~"
}

fn x5c(certificates: &[&[u8]]) -> String {
    let texts: Vec<String> = certificates
        .iter()
        .map(|der| format!("\"{}\"", STANDARD.encode(der)))
        .collect();
    format!("[{}]", texts.join(","))
}

fn by_certificate(
    text: &str,
    anchors: &TrustAnchors,
    names: CertificateNames,
    now: i64,
) -> Result<VerifiedVc, VcError> {
    verify(
        text,
        &Policy::new().with_certificates(anchors, names),
        Binding::NotRequired,
        at(now),
        &mut Budget::presentation(),
    )
}

fn anchors(der: &[u8]) -> TrustAnchors {
    TrustAnchors::new(&[der], []).unwrap()
}

fn found(chain: &Chain, certificates: &[&[u8]]) -> Result<Certificate, VcError> {
    let text = with_x5c(&x5c(certificates), "", &key(1));
    let anchors = anchors(&chain.anchor);
    let verified = by_certificate(&text, &anchors, CertificateNames::Match, NOW)?;
    assert!(verified.signed_by().did().is_none());
    match verified.signed_by() {
        IssuerKey::Certificate(certificate) => Ok(certificate.clone()),
        other => panic!("{other:?}"),
    }
}

fn reason(chain: &Chain) -> &'static str {
    match found(chain, &[&chain.signer, &chain.between]) {
        Err(VcError::Certificate { reason }) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_certificate_that_leads_to_an_anchor_says_who_signed() {
    let chain = chain();
    let certificate = found(&chain, &[&chain.signer, &chain.between]).unwrap();
    assert_eq!(certificate.key(), key(1).public_key());
    assert_eq!(certificate.der(), chain.signer);
    assert_eq!(certificate.common_name(), Some("Issuer 7"));
    assert_eq!(certificate.dns_names(), ["issuer.example"]);
    assert_eq!(certificate.uris(), ["https://uri.example/tenant"]);
    // What stands in the certificate behind the tag of its name, and is no name alone.
    let subject = certificate.subject();
    let here = |part: &[u8]| chain.signer.windows(part.len()).any(|found| found == part);
    assert!(here(subject) && subject.ends_with(b"Issuer 7"));
    let digest: [u8; 32] = <sha2::Sha256 as sha2::Digest>::digest(&chain.signer).into();
    assert_eq!(certificate.fingerprint(), digest);
    // With the anchor behind it, and with the others in another order.
    assert!(found(&chain, &[&chain.signer, &chain.between, &chain.anchor]).is_ok());
    assert!(found(&chain, &[&chain.signer, &chain.anchor, &chain.between]).is_ok());
    let most: [&[u8]; 5] = [
        &chain.signer,
        &chain.between,
        &chain.between,
        &chain.between,
        &chain.anchor,
    ];
    assert!(found(&chain, &most).is_ok());
}

#[test]
fn ed25519_certificates_are_followed_too() {
    let chain = chain_of(&PKCS_ED25519, |_, _, _| ());
    let ed = SecretKey::from_secret_bytes(Algorithm::EdDsa, &[1; 32]).unwrap();
    let text = with_x5c(&x5c(&[&chain.signer, &chain.between]), "", &ed);
    let anchors = anchors(&chain.anchor);
    let verified = by_certificate(&text, &anchors, CertificateNames::Match, NOW).unwrap();
    assert_eq!(verified.signed_by().key(), ed.public_key());
    // And not on their word: another key under one of them.
    for broken in [0, 1] {
        let mut certificates = [chain.signer.clone(), chain.between.clone()];
        let last = certificates[broken].len() - 1;
        certificates[broken][last] ^= 1;
        let text = with_x5c(&x5c(&[&certificates[0], &certificates[1]]), "", &ed);
        let error = by_certificate(&text, &anchors, CertificateNames::Match, NOW).unwrap_err();
        let reason = "the path to a trust anchor does not hold";
        assert_eq!(error, VcError::Certificate { reason }, "{broken}");
    }
}

#[test]
fn a_chain_that_does_not_hold_is_refused_for_what_it_lacks() {
    let good = chain();
    let unknown = "it leads to none of the trust anchors";
    let refused = |certificates: &[&[u8]]| match found(&good, certificates) {
        Err(VcError::Certificate { reason }) => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(&[&good.signer]), unknown);
    assert_eq!(refused(&[]), "there is none in the header");
    // An authority of the same name with another key.
    let other = chain_of(&PKCS_ED25519, |_, _, _| ());
    assert_eq!(
        refused(&[&good.signer, &other.between]),
        "the path to a trust anchor does not hold"
    );
    // The anchor is not in the credential's hand.
    let stranger = authority("Stranger")
        .self_signed(&pair(13, &PKCS_ECDSA_P256_SHA256))
        .unwrap();
    let text = with_x5c(
        &x5c(&[&good.signer, &good.between, &good.anchor]),
        "",
        &key(1),
    );
    let strangers = anchors(stranger.der());
    let error = by_certificate(&text, &strangers, CertificateNames::Match, NOW).unwrap_err();
    assert_eq!(error, VcError::Certificate { reason: unknown });
    let six: Vec<&[u8]> = std::iter::once(good.signer.as_slice())
        .chain([good.between.as_slice(); 5])
        .collect();
    assert_eq!(refused(&six), "there are too many in the header");
    let mut broken = good.signer.clone();
    let last = broken.len() - 1;
    broken[last] ^= 1;
    assert_eq!(
        refused(&[&broken, &good.between]),
        "the path to a trust anchor does not hold"
    );
    assert_eq!(
        refused(&[&good.signer[..last], &good.between]),
        "it is not a well-formed X.509 certificate of version 3"
    );
}

type Params = CertificateParams;

#[test]
fn certificates_are_for_signing_credentials_and_in_force() {
    let p256 = &PKCS_ECDSA_P256_SHA256;
    assert_eq!(
        reason(&chain_of(p256, |_, _, low: &mut Params| {
            low.not_after = date_time_ymd(2027, 1, 1);
        })),
        "a certificate has expired"
    );
    assert_eq!(
        reason(&chain_of(p256, |_, middle, _| {
            middle.not_after = date_time_ymd(2027, 1, 1);
        })),
        "a certificate has expired"
    );
    assert_eq!(
        reason(&chain_of(p256, |_, _, low| {
            low.not_before = date_time_ymd(2027, 2, 1);
        })),
        "a certificate is not valid yet"
    );
    assert_eq!(
        reason(&chain_of(p256, |_, _, low| {
            low.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        })),
        "that of an authority signed a credential"
    );
    assert_eq!(
        reason(&chain_of(p256, |_, middle, _| {
            middle.is_ca = IsCa::ExplicitNoCa;
            middle.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        })),
        "one that is no authority's signed another"
    );
    assert_eq!(
        reason(&chain_of(p256, |_, _, low| {
            low.key_usages = vec![KeyUsagePurpose::KeyEncipherment];
        })),
        "its key is not for signatures"
    );
    let without = chain_of(p256, |_, _, low| low.key_usages = Vec::new());
    assert!(found(&without, &[&without.signer, &without.between]).is_ok());
    // The dates of the anchor itself do not count.
    let old = chain_of(p256, |top, _, _| top.not_after = date_time_ymd(2026, 6, 1));
    assert!(found(&old, &[&old.signer, &old.between]).is_ok());
}

#[test]
fn constraints_of_authorities_hold() {
    let p256 = &PKCS_ECDSA_P256_SHA256;
    let named = |name: &str| rcgen::NameConstraints {
        permitted_subtrees: vec![rcgen::GeneralSubtree::DnsName(name.to_owned())],
        excluded_subtrees: Vec::new(),
    };
    assert_eq!(
        reason(&chain_of(p256, |_, middle, _| {
            middle.name_constraints = Some(named("other.example"));
        })),
        "its name is outside of what its authority may name"
    );
    let inside = chain_of(p256, |_, middle, _| {
        middle.name_constraints = Some(named("issuer.example"));
    });
    assert!(found(&inside, &[&inside.signer, &inside.between]).is_ok());
    // An authority that may sign credentials, and no further authority.
    let (root, middle, deeper) = (pair(11, p256), pair(12, p256), pair(13, p256));
    let anchor = authority("Root").self_signed(&root).unwrap();
    let mut last = authority("Between");
    last.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let root = Issuer::new(authority("Root"), root);
    let between = last.signed_by(&middle, &root).unwrap();
    let middle = Issuer::new(last, middle);
    let further = authority("Deeper").signed_by(&deeper, &middle).unwrap();
    let deeper = Issuer::new(authority("Deeper"), deeper);
    let leaf = signer().signed_by(&pair(1, p256), &deeper).unwrap();
    let text = with_x5c(
        &x5c(&[leaf.der(), further.der(), between.der()]),
        "",
        &key(1),
    );
    let error = by_certificate(&text, &anchors(anchor.der()), CertificateNames::Match, NOW);
    let reason = "there are more between it and an anchor than allowed";
    assert_eq!(error.map(|_| ()), Err(VcError::Certificate { reason }));
}

#[test]
fn a_certificate_with_purposes_needs_one_that_is_accepted() {
    let purpose = vec![1, 2, 3, 4, 5];
    let chain = chain_of(&PKCS_ECDSA_P256_SHA256, |_, _, low| {
        low.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::Other(vec![1, 2, 3, 4, 5]),
        ];
    });
    assert_eq!(reason(&chain), "it is for other purposes");
    let text = with_x5c(&x5c(&[&chain.signer, &chain.between]), "", &key(1));
    for (accepted, expected) in [(purpose, true), (vec![1, 2, 3, 4], false)] {
        let anchors = TrustAnchors::new(&[&chain.anchor], [accepted]).unwrap();
        let found = by_certificate(&text, &anchors, CertificateNames::Match, NOW);
        assert_eq!(found.is_ok(), expected);
    }
}

#[test]
fn keys_of_other_kinds_are_refused() {
    let root = pair(11, &PKCS_ECDSA_P256_SHA256);
    let anchor = authority("Root").self_signed(&root).unwrap();
    let issuer = Issuer::new(authority("Root"), root);
    let p384 = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
    let leaf = signer().signed_by(&p384, &issuer).unwrap();
    let text = with_x5c(&x5c(&[leaf.der()]), "", &key(1));
    let error = by_certificate(&text, &anchors(anchor.der()), CertificateNames::Match, NOW);
    let reason = "its key is neither an Ed25519 nor a P-256 key";
    assert_eq!(error.map(|_| ()), Err(VcError::Certificate { reason }));
    // An authority with such a key signs nothing that is followed.
    let root = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
    let anchor = authority("Root").self_signed(&root).unwrap();
    let issuer = Issuer::new(authority("Root"), root);
    let leaf = signer()
        .signed_by(&pair(1, &PKCS_ECDSA_P256_SHA256), &issuer)
        .unwrap();
    let text = with_x5c(&x5c(&[leaf.der()]), "", &key(1));
    let error = by_certificate(&text, &anchors(anchor.der()), CertificateNames::Match, NOW);
    assert_eq!(
        error.map(|_| ()).map_err(|e| e.code()),
        Err(Code::SdJwtVcCertificate)
    );
}

#[test]
fn the_signature_is_by_the_first_certificates_key() {
    let chain = chain();
    let anchors = anchors(&chain.anchor);
    let code = |text: &str| {
        let found = by_certificate(text, &anchors, CertificateNames::Match, NOW);
        found.map(|_| ()).map_err(|e| e.code())
    };
    let certificates = x5c(&[&chain.signer, &chain.between]);
    assert_eq!(code(&with_x5c(&certificates, "", &key(1))), Ok(()));
    assert_eq!(
        code(&with_x5c(&certificates, "", &key(2))),
        Err(Code::SignatureInvalid)
    );
    let ed = SecretKey::from_secret_bytes(Algorithm::EdDsa, &[1; 32]).unwrap();
    assert_eq!(
        code(&with_x5c(&certificates, "", &ed)),
        Err(Code::JwsAlgorithm)
    );
    for wrong in [
        "7",
        "{}",
        "[7]",
        r#"["*"]"#,
        // base64url, without padding.
        r#"["_-8"]"#,
        r#"["AAA"]"#,
    ] {
        let text = with_x5c(wrong, "", &key(1));
        assert_eq!(code(&text), Err(Code::SdJwtVcCertificate), "{wrong}");
    }
}

#[test]
fn a_certificate_goes_before_other_ways_and_closes_them() {
    let chain = chain();
    let text = {
        let header = format!(
            r#"{{"alg":"ES256","typ":"dc+sd-jwt","kid":"{}","x5c":{}}}"#,
            kid_of(&key(1)),
            x5c(&[&chain.signer])
        );
        jws(&header, r#"{"vct":"a"}"#, &key(1)) + "~"
    };
    let anchors = anchors(&chain.anchor);
    let policy = Policy::new()
        .with_certificates(&anchors, CertificateNames::Match)
        .with_dids(&LOCAL);
    let budget = &mut Budget::presentation();
    let found = verify(&text, &policy, Binding::NotRequired, at(NOW), budget);
    assert_eq!(
        found.map(|_| ()).map_err(|e| e.code()),
        Err(Code::SdJwtVcCertificate)
    );
}

#[test]
fn the_name_in_iss_is_one_of_the_certificate() {
    let chain = chain();
    let anchors = anchors(&chain.anchor);
    let code = |iss: &str, names| {
        let claims = format!(r#","iss":"{iss}""#);
        let text = with_x5c(&x5c(&[&chain.signer, &chain.between]), &claims, &key(1));
        let found = by_certificate(&text, &anchors, names, NOW);
        found.map(|_| ()).map_err(|e| e.code())
    };
    for iss in [
        "https://issuer.example",
        "https://issuer.example/any/path",
        "https://ISSUER.example:8443/a",
        "https://uri.example/tenant",
    ] {
        assert_eq!(code(iss, CertificateNames::Match), Ok(()), "{iss}");
    }
    for iss in [
        "https://other.example",
        "https://sub.issuer.example",
        "https://issuer.example.other.example",
        "https://issuer.example@other.example",
        "https://other.example/issuer.example",
        "https://uri.example/tenant/",
        "https://uri.example",
        "http://issuer.example",
        "issuer.example",
        "did:web:issuer.example",
        "",
    ] {
        assert_eq!(
            code(iss, CertificateNames::Match),
            Err(Code::IssuerMismatch),
            "{iss}"
        );
        assert_eq!(code(iss, CertificateNames::Ignore), Ok(()), "{iss}");
    }
}

#[test]
fn every_certificate_is_paid_for() {
    let chain = chain();
    let anchors = anchors(&chain.anchor);
    let text = with_x5c(&x5c(&[&chain.signer, &chain.between]), "", &key(1));
    let policy = Policy::new().with_certificates(&anchors, CertificateNames::Match);
    for (left, expected) in [
        (3, Ok(())),
        (2, Err(Code::BudgetExhausted)),
        (1, Err(Code::BudgetExhausted)),
    ] {
        let mut budget = Budget::presentation();
        for _ in left..64 {
            budget.spend_signature().unwrap();
        }
        let found = verify(&text, &policy, Binding::NotRequired, at(NOW), &mut budget);
        assert_eq!(found.map(|_| ()).map_err(|e| e.code()), expected, "{left}");
    }
}

#[test]
fn anchors_are_certificates_and_there_is_one() {
    let code = |certificates: &[&[u8]]| {
        let found = TrustAnchors::new(certificates, []);
        found.map(|_| ()).map_err(|e| e.code())
    };
    assert_eq!(code(&[]), Err(Code::SdJwtVcCertificate));
    assert_eq!(code(&[b"x"]), Err(Code::SdJwtVcCertificate));
    assert_eq!(code(&[&chain().anchor]), Ok(()));
}

proptest::proptest! {
    #[test]
    fn nothing_panics(at in 0usize..2000, byte: u8, cut in 0usize..2000) {
        static CHAIN: std::sync::LazyLock<Chain> = std::sync::LazyLock::new(chain);
        let chain = &*CHAIN;
        let mut changed = chain.signer.clone();
        let at = at % changed.len();
        changed[at] = byte;
        changed.truncate(changed.len() - cut % 8);
        let found = found(chain, &[&changed, &chain.between]);
        proptest::prop_assert!(found.is_err() || changed == chain.signer);
        let _ = PublicKey::from_uncompressed(&changed[..at.min(changed.len())]);
    }
}
