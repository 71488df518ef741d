use proptest::prelude::*;
use testkit::world::Steps;

use super::*;

fn sealed(
    document: &Object<'static>,
    media_type: MediaType,
    issuer: &SecretKey,
) -> Result<String, EnvelopeError> {
    let kid = kid_of(issuer);
    match media_type.form() {
        Form::Jwt => sign(document, media_type.kind(), issuer, Some(&kid)),
        Form::SdJwt => conceal_and_sign(
            document.clone(),
            media_type.kind(),
            Concealing::default(),
            issuer,
            Some(&kid),
            &mut Steps(1),
        ),
    }
}

#[test]
fn what_is_made_is_read_in_all_four_types_and_in_no_other() {
    let issuer = key(Algorithm::Es256, 1);
    for made in MediaType::ALL {
        let document = match made.kind() {
            Kind::Credential => credential(&issuer, ""),
            Kind::Presentation => presentation(&format!(r#","holder":"{}""#, did_of(&issuer))),
        };
        let text = sealed(&document, made, &issuer).unwrap();
        for read in MediaType::ALL {
            assert_eq!(
                read_as(read, &text).is_ok(),
                made == read,
                "{made:?} as {read:?}"
            );
        }
    }
}

#[test]
fn what_would_not_be_read_is_not_made() {
    let issuer = key(Algorithm::EdDsa, 1);
    for (more, code) in [
        (r#","vc":{}"#, Code::EnvelopeClaimForbidden),
        (r#","iss":"x""#, Code::EnvelopeClaimConflict),
        (r#","exp":"x""#, Code::EnvelopeClaimMalformed),
        (r#","cnf":1"#, Code::EnvelopeClaimMalformed),
    ] {
        for media_type in [MediaType::VcJwt, MediaType::VcSdJwt] {
            let document = credential(&issuer, more);
            let found = sealed(&document, media_type, &issuer).map_err(|e| e.code());
            assert_eq!(found, Err(code), "{more}");
        }
    }
    let number = credential(&issuer, r#","n":9007199254740993"#);
    for (media_type, code) in [
        (MediaType::VcJwt, Code::JsonNumber),
        (MediaType::VcSdJwt, Code::SdJwtMalformed),
    ] {
        let found = sealed(&number, media_type, &issuer).map_err(|e| e.code());
        assert_eq!(found, Err(code));
    }
    let other = credential(&key(Algorithm::EdDsa, 2), "");
    let found = sealed(&other, MediaType::VcJwt, &issuer).map_err(|e| e.code());
    assert_eq!(found, Err(Code::IssuerMismatch));
}

#[test]
fn names_that_carry_digests_are_not_concealed_in() {
    let issuer = key(Algorithm::EdDsa, 1);
    for more in [
        r#","_sd":["x"]"#,
        r#","a":[{"...":"x"}]"#,
        r#","_sd_alg":"md5""#,
        r#","a":{"_sd":[]}"#,
    ] {
        let found = sealed(&credential(&issuer, more), MediaType::VcSdJwt, &issuer);
        assert_eq!(
            found.map_err(|e| e.code()),
            Err(Code::EnvelopeConcealed),
            "{more}"
        );
    }
}

proptest! {
    #[test]
    fn what_is_made_comes_back(name in "\\PC{0,40}", n in any::<i32>(), sd: bool) {
        let issuer = key(Algorithm::EdDsa, 1);
        let mut document = credential(&issuer, "");
        document.insert("name", name.into());
        document.insert("n", Value::from(i64::from(n)));
        let media_type = if sd { MediaType::VcSdJwt } else { MediaType::VcJwt };
        let text = sealed(&document, media_type, &issuer).unwrap();
        let read = read_as(media_type, &text).unwrap().document;
        let canonical = |d: &Object<'_>| jcs::canonicalize_object(d, None).unwrap();
        prop_assert_eq!(canonical(&read), canonical(&document));
    }
}
