use super::*;

#[test]
fn typ_and_cty_may_be_missing_or_name_the_kind_with_or_without_prefix() {
    for more in [
        "",
        r#","typ":"vc+jwt""#,
        r#","typ":"application/vc+jwt","cty":"application/vc""#,
        r#","typ":"VC+JWT","cty":"vc""#,
    ] {
        assert_eq!(refusal(&with_header(more)), None, "{more}");
    }
}

#[test]
fn another_typ_is_another_document() {
    for typ in [
        "JWT",
        "vp+jwt",
        "vc+sd-jwt",
        "dc+sd-jwt",
        "kb+jwt",
        "bad+typ",
        "text/vc+jwt",
        "application/application/vc+jwt",
        "vc+jwt ",
        "",
    ] {
        let text = with_header(&format!(r#","typ":"{typ}""#));
        assert_eq!(refusal(&text), Some(Code::JwsType), "{typ}");
    }
}

#[test]
fn another_cty_is_another_document() {
    for cty in ["vp", "bad+cty", "JWT", "application/json", "text/vc", ""] {
        let text = with_header(&format!(r#","typ":"vc+jwt","cty":"{cty}""#));
        assert_eq!(refusal(&text), Some(Code::EnvelopeContentType), "{cty}");
    }
}

#[test]
fn header_members_that_nobody_must_understand_are_ignored() {
    for more in [
        r#","x-shoe-size":43"#,
        r#","zip":"DEF""#,
        r#","b64":true"#,
        r#","jti":"1","iat":1"#,
        r#","x5t":"AAAA","x5c":["MIIB"],"x5u":"https://a.example/""#,
    ] {
        assert_eq!(refusal(&with_header(more)), None, "{more}");
    }
}

#[test]
fn header_members_that_change_the_reading_are_refused() {
    for more in [
        r#","crit":["b64"],"b64":false"#,
        r#","crit":["exp"],"exp":1"#,
        r#","crit":[]"#,
        r#","crit":null"#,
        r#","b64":false"#,
        r#","b64":null"#,
        r#","enc":"A128GCM""#,
        r#","typ":1"#,
        r#","cty":["vc"]"#,
    ] {
        let found = refusal(&with_header(more));
        assert_eq!(found, Some(Code::JwsHeader), "{more}");
    }
    assert_eq!(
        refusal(&with_header(r#","typ":"vc+jwt","typ":"vc+jwt""#)),
        Some(Code::JsonDuplicateName)
    );
}

#[test]
fn data_urls_of_the_four_types_are_split() {
    for media_type in MediaType::ALL {
        let url = media_type.to_data_url("a.b.c");
        assert_eq!(MediaType::split_data_url(&url), Ok((media_type, "a.b.c")));
        assert_eq!(
            MediaType::new(media_type.kind(), media_type.form()),
            media_type
        );
    }
    assert_eq!(
        MediaType::split_data_url("DATA:Application/VC+JWT,a,b"),
        Ok((MediaType::VcJwt, "a,b"))
    );
}

#[test]
fn other_data_urls_are_refused() {
    let code = |url| MediaType::split_data_url(url).map_err(|e| e.code());
    for url in [
        "not-a-credential",
        "data:application/vc+jwt",
        "http:application/vc+jwt,a",
        "data:application/vc+jwt,",
    ] {
        assert_eq!(code(url), Err(Code::EnvelopeDataUrl), "{url}");
    }
    for url in [
        "data:application/vc+cose;base64,AAAA",
        "data:application/vc+jwt;base64,AAAA",
        "data:vc+jwt,a.b.c",
        "data:text/plain,a",
        "data:,a",
    ] {
        assert_eq!(code(url), Err(Code::VcMediaType), "{url}");
    }
}
