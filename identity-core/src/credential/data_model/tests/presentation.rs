//! Presentations and envelopes (VC Data Model 2.0 section 4.13).

use super::*;

const VALID: &str = r#"{
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "id": "urn:uuid:9c9a36f8-518f-4976-a934-6649502d0008",
    "type": ["VerifiablePresentation"],
    "holder": { "id": "did:example:ada" },
    "termsOfUse": { "type": "HolderPolicy" },
    "verifiableCredential": [
        {
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiableCredential"],
            "issuer": "did:example:parliament",
            "credentialSubject": { "id": "did:example:ada" }
        },
        {
            "@context": "https://www.w3.org/ns/credentials/v2",
            "type": "EnvelopedVerifiableCredential",
            "id": "data:application/vc+jwt,e30.e30.e30"
        }
    ]
}"#;

#[test]
fn each_change_of_a_presentation_has_its_code() {
    use Code::*;
    let one = r#"{
        "@context": ["https://www.w3.org/ns/credentials/v2"], "type": "VerifiableCredential",
        "issuer": "did:example:a", "credentialSubject": { "a": 1 }
    }"#;
    each_change(
        VALID,
        check_presentation,
        &[
            ("/@context", "", Some((VcContext, ""))),
            (
                "/@context",
                r#"[{}, "https://www.w3.org/ns/credentials/v2"]"#,
                Some((VcContext, "/@context")),
            ),
            (
                "/@context",
                r#"["https://www.w3.org/ns/credentials/v2", 7]"#,
                Some((VcContext, "/@context/1")),
            ),
            ("/id", "", None),
            ("/id", r#""x""#, Some((VcId, "/id"))),
            ("/type", "", Some((VcType, ""))),
            ("/type", r#"["VerifiablePresentation", "Other"]"#, None),
            ("/type", r#"["Other"]"#, Some((VcType, "/type"))),
            ("/holder", "", None),
            ("/holder", r#""did:example:ada""#, None),
            ("/holder", r#""z6Mk""#, Some((VcHolder, "/holder"))),
            (
                "/holder",
                r#"{ "name": "Ada" }"#,
                Some((VcHolder, "/holder")),
            ),
            (
                "/holder",
                r#"{ "id": "z6Mk" }"#,
                Some((VcHolder, "/holder")),
            ),
            ("/holder", "[]", Some((VcHolder, "/holder"))),
            ("/termsOfUse/type", "", Some((VcTerms, "/termsOfUse"))),
            ("/proof", r#"{ "type": "DataIntegrityProof" }"#, None),
            ("/proof", r#""x""#, Some((VcProof, "/proof"))),
            ("/extra", r#"{ "id": 7 }"#, Some((VcId, "/extra/id"))),
            ("/verifiableCredential", "", None),
            ("/verifiableCredential", one, None),
            (
                "/verifiableCredential",
                "[]",
                Some((VcPresented, "/verifiableCredential")),
            ),
            (
                "/verifiableCredential",
                r#"["e30.e30.e30"]"#,
                Some((VcPresented, "/verifiableCredential/0")),
            ),
            (
                "/verifiableCredential",
                r#""https://a.example/""#,
                Some((VcPresented, "/verifiableCredential")),
            ),
            (
                "/verifiableCredential/0/type",
                "[]",
                Some((VcType, "/verifiableCredential/0/type")),
            ),
            (
                "/verifiableCredential/0/issuer",
                "",
                Some((VcIssuer, "/verifiableCredential/0")),
            ),
            (
                "/verifiableCredential/0/name",
                "7",
                Some((VcLanguage, "/verifiableCredential/0/name")),
            ),
            (
                "/verifiableCredential/1/@context",
                "",
                Some((VcContext, "/verifiableCredential/1")),
            ),
            (
                "/verifiableCredential/1/@context",
                "[]",
                Some((VcContext, "/verifiableCredential/1/@context")),
            ),
            (
                "/verifiableCredential/1/@context",
                r#"["https://www.w3.org/ns/credentials/v2"]"#,
                None,
            ),
            (
                "/verifiableCredential/1/@context",
                r#""https://www.w3.org/ns/credentials/examples/v2""#,
                Some((VcContext, "/verifiableCredential/1/@context")),
            ),
            (
                "/verifiableCredential/1/id",
                "",
                Some((VcEnvelope, "/verifiableCredential/1/id")),
            ),
            (
                "/verifiableCredential/1/id",
                r#""e30.e30.e30""#,
                Some((VcEnvelope, "/verifiableCredential/1/id")),
            ),
            (
                "/verifiableCredential/1/id",
                r#""https://a.example/x,y""#,
                Some((VcEnvelope, "/verifiableCredential/1/id")),
            ),
            (
                "/verifiableCredential/1/id",
                r#""data:application/vc+jwt""#,
                Some((VcEnvelope, "/verifiableCredential/1/id")),
            ),
            (
                "/verifiableCredential/1/id",
                r#""data:,x""#,
                Some((VcEnvelope, "/verifiableCredential/1/id")),
            ),
            (
                "/verifiableCredential/1/id",
                r#""data:application/vc+jwt,a b""#,
                Some((VcEnvelope, "/verifiableCredential/1/id")),
            ),
            (
                "/verifiableCredential/1/type",
                r#"["EnvelopedVerifiableCredential"]"#,
                None,
            ),
            (
                "/verifiableCredential/1/type",
                r#"["EnvelopedVerifiableCredential", "Other"]"#,
                Some((VcEnvelope, "/verifiableCredential/1/type")),
            ),
        ],
    );
}

#[test]
fn an_envelope_is_of_the_kind_expected() {
    let envelope = |kind: &str| {
        object(&format!(
            r#"{{ "@context": "https://www.w3.org/ns/credentials/v2", "type": "{kind}", "id": "data:application/vp+jwt,x" }}"#
        ))
    };
    let kind = DocumentKind::EnvelopedPresentation;
    assert_eq!(found(check_envelope(&envelope(kind.as_str()), kind)), []);
    let other = envelope("VerifiablePresentation");
    let codes: Vec<_> = found(check_envelope(&other, kind))
        .into_iter()
        .map(|(c, _)| c)
        .collect();
    assert_eq!(codes, [Code::VcEnvelope, Code::VcType]);
    let mut none = envelope(kind.as_str());
    none.remove("type");
    assert_eq!(
        found(check_envelope(&none, kind)),
        [(Code::VcType, String::new())]
    );
}
