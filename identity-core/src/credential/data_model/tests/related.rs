//! Related resources and their digests (VC Data Model 2.0 section 5.3).

use super::*;

/// The digests of no bytes at all.
const EMPTY_256: &str = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
const EMPTY_384: &str = "sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb";
const EMPTY_MULTIHASH: &str = "uEiDjsMRCmPwcFJr79MiZb7kkJ65B5GSbk0yklZkbeFK4VQ";
const EMPTY_BARE: &str = "u47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";

#[test]
fn each_change_of_a_related_resource_has_its_code() {
    use Code::VcRelated;
    let valid = format!(
        r#"{{
            "@context": ["https://www.w3.org/ns/credentials/v2"], "type": "VerifiableCredential",
            "issuer": "did:example:a", "credentialSubject": {{ "a": 1 }},
            "relatedResource": [
                {{ "id": "https://a.example/1", "digestSRI": "{EMPTY_256}", "mediaType": "text/plain" }},
                {{ "id": "https://a.example/2", "digestMultibase": "{EMPTY_MULTIHASH}" }}
            ]
        }}"#
    );
    let all = Some((VcRelated, "/relatedResource"));
    let first = Some((VcRelated, "/relatedResource/0"));
    let both = format!("\"{EMPTY_256} {EMPTY_384}?ct=text/plain\"");
    let several = format!("[\"{EMPTY_MULTIHASH}\", \"{EMPTY_BARE}\"]");
    let media_type = Some((VcRelated, "/relatedResource/0/mediaType"));
    each_change(
        &valid,
        check_credential,
        &[
            ("/relatedResource", "[]", all),
            ("/relatedResource", r#""https://a.example/1""#, all),
            ("/relatedResource", r#"["https://a.example/1"]"#, first),
            ("/relatedResource/0/id", "", first),
            (
                "/relatedResource/0/id",
                r#""x""#,
                Some((Code::VcId, "/relatedResource/0/id")),
            ),
            (
                "/relatedResource/1/id",
                r#""https://a.example/1""#,
                Some((VcRelated, "/relatedResource/1/id")),
            ),
            ("/relatedResource/0/digestSRI", "", first),
            ("/relatedResource/0/digestSRI", &both, None),
            ("/relatedResource/0/digestSRI", "7", first),
            ("/relatedResource/0/digestSRI", r#""""#, first),
            (
                "/relatedResource/0/digestSRI",
                r#""md5-1B2M2Y8AsgTpgAmY7PhCfg==""#,
                first,
            ),
            (
                "/relatedResource/0/digestSRI",
                r#""sha384-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=""#,
                first,
            ),
            (
                "/relatedResource/0/digestSRI",
                r#""sha256-47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=""#,
                first,
            ),
            ("/relatedResource/0/digestMultibase", &several, None),
            ("/relatedResource/0/digestMultibase", "[]", first),
            ("/relatedResource/0/digestMultibase", r#""x47DEQ""#, first),
            ("/relatedResource/0/digestMultibase", r#""uAAAA""#, first),
            (
                "/relatedResource/0/mediaType",
                r#""application/ld+json;profile=x""#,
                None,
            ),
            ("/relatedResource/0/mediaType", r#""plain""#, media_type),
            ("/relatedResource/0/mediaType", r#""text/""#, media_type),
            (
                "/relatedResource/0/mediaType",
                r#""text/pl ain""#,
                media_type,
            ),
            ("/relatedResource/0/mediaType", "7", media_type),
        ],
    );
}

fn outcome(json: &str, at_hand: Option<&[u8]>) -> RelatedOutcome {
    related_resource(&object(json), at_hand)
}

#[test]
fn digests_are_compared_with_the_resource_at_hand() {
    for member in [
        format!(r#""digestSRI": "{EMPTY_256}""#),
        format!(r#""digestSRI": "{EMPTY_384}""#),
        r#""digestSRI": "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==""#.to_owned(),
        format!(r#""digestMultibase": "{EMPTY_MULTIHASH}""#),
        format!(r#""digestMultibase": "{EMPTY_BARE}""#),
        format!(
            r#""digestMultibase": ["{EMPTY_BARE}", "{EMPTY_MULTIHASH}"], "digestSRI": "{EMPTY_256}""#
        ),
    ] {
        let related = format!(r#"{{ "id": "https://a.example/1", {member} }}"#);
        assert_eq!(
            outcome(&related, Some(b"")),
            RelatedOutcome::Same,
            "{member}"
        );
        assert_eq!(
            outcome(&related, Some(b"x")),
            RelatedOutcome::Mismatch,
            "{member}"
        );
        assert_eq!(
            outcome(&related, None),
            RelatedOutcome::Unchecked,
            "{member}"
        );
    }
}

#[test]
fn one_wrong_digest_of_two_is_a_mismatch() {
    let x = "sha256-LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE=";
    let two = format!(
        r#"{{ "id": "urn:a:b", "digestMultibase": "{EMPTY_MULTIHASH}", "digestSRI": "{x}" }}"#
    );
    assert_eq!(outcome(&two, Some(b"")), RelatedOutcome::Mismatch);
    assert_eq!(outcome(&two, Some(b"x")), RelatedOutcome::Mismatch);
}

#[test]
fn of_several_digests_in_one_text_the_strongest_decides() {
    let x = "sha256-LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE=";
    let text = |digests: String| format!(r#"{{ "id": "urn:a:b", "digestSRI": "{digests}" }}"#);
    let weaker_wrong = text(format!("{x} {EMPTY_384}"));
    assert_eq!(outcome(&weaker_wrong, Some(b"")), RelatedOutcome::Same);
    assert_eq!(outcome(&weaker_wrong, Some(b"x")), RelatedOutcome::Mismatch);
    let alternatives = text(format!("{x} {EMPTY_256}"));
    assert_eq!(outcome(&alternatives, Some(b"")), RelatedOutcome::Same);
    assert_eq!(outcome(&alternatives, Some(b"x")), RelatedOutcome::Same);
    assert_eq!(outcome(&alternatives, Some(b"y")), RelatedOutcome::Mismatch);
}

#[test]
fn the_editions_of_the_base_context_are_known() {
    let of = |digest: &str| {
        let json = format!(r#"{{ "id": "https://www.w3.org/ns/credentials/v2", {digest} }}"#);
        outcome(&json, None)
    };
    // The value that appendix B.1 of the Recommendation names, in hexadecimal.
    let published = "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734";
    let bytes: Vec<u8> = (0..32)
        .map(|i| u8::from_str_radix(&published[2 * i..2 * i + 2], 16).unwrap())
        .collect();
    let published = crate::encoding::multibase::encode_u(&bytes);
    assert_eq!(
        of(&format!(r#""digestMultibase": "{published}""#)),
        RelatedOutcome::Same
    );
    let earlier = r#""digestMultibase": "uJKGMkOmFbVJhEfKTduMC2XCyvRAYLjOVmZWwIH1wQ7k""#;
    assert_eq!(of(earlier), RelatedOutcome::Earlier);
    let mixed = format!(
        r#"{earlier}, "digestSRI": "sha384-l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU""#
    );
    assert_eq!(of(&mixed), RelatedOutcome::Mismatch);
    assert_eq!(
        of(&format!(r#""digestSRI": "{EMPTY_256}""#)),
        RelatedOutcome::Mismatch
    );
}
