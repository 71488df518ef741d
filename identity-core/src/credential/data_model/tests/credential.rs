//! Credentials (VC Data Model 2.0 sections 4.2 to 4.11, 5 and 11.1).

use super::*;

const VALID: &str = r#"{
    "@context": [
        "https://www.w3.org/ns/credentials/v2",
        "https://www.w3.org/ns/credentials/examples/v2",
        { "Office": "https://parliament.example/terms#Office" }
    ],
    "id": "urn:uuid:9c9a36f8-518f-4976-a934-6649502d0008",
    "type": ["VerifiableCredential", "Office"],
    "name": { "@value": "Mandat", "@language": "de-CH", "@direction": "ltr" },
    "description": [
        { "@value": "A mandate", "@language": "en" },
        { "@value": "Un mandat", "@language": "fr" }
    ],
    "issuer": { "id": "did:example:parliament", "name": "Parliament", "description": "of Example" },
    "credentialSubject": [
        { "id": "did:example:ada", "office": { "id": "https://parliament.example/seat/1", "type": "Seat" } },
        { "title": { "@value": "Deputy", "@language": "en" }, "since": { "@value": "2024", "@type": "Year" } }
    ],
    "validFrom": "2024-02-02T00:00:00Z",
    "validUntil": "2027-02-02T00:00:00.250-06:00",
    "credentialStatus": { "id": "https://parliament.example/status/3#94", "type": "BitstringStatusListEntry" },
    "credentialSchema": [{ "id": "https://parliament.example/schema/1", "type": "JsonSchema" }],
    "refreshService": { "type": "Refresh", "id": "https://parliament.example/refresh" },
    "termsOfUse": [{ "type": "IssuerPolicy", "id": "https://parliament.example/policy" }],
    "evidence": [{ "type": ["Evidence"], "id": "https://parliament.example/evidence/1" }],
    "confidenceMethod": { "type": "Multikey" },
    "renderMethod": [{ "type": "TemplateRenderMethod" }],
    "relatedResource": [
        { "id": "https://parliament.example/a", "digestSRI": "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }
    ],
    "proof": { "type": "DataIntegrityProof" },
    "unknown": { "deeper": [{ "id": "urn:x:y" }] }
}"#;

#[test]
fn each_change_of_a_credential_has_its_code() {
    use Code::*;
    let v2 = "https://www.w3.org/ns/credentials/v2";
    let only = |rest: &str| format!("[\"{v2}\"{rest}]");
    let (alone, url, number, null, relative) = (
        only(""),
        only(r#", "https ://not-a-url/x""#),
        only(", 7"),
        only(", null"),
        only(r#", "credentials""#),
    );
    let context = Some((VcContext, "/@context"));
    let second = Some((VcContext, "/@context/1"));
    let subject = Some((VcSubject, "/credentialSubject"));
    each_change(
        VALID,
        check_credential,
        &[
            // 4.3
            ("/@context", "", Some((VcContext, ""))),
            ("/@context", &alone, None),
            (
                "/@context",
                r#""https://www.w3.org/ns/credentials/v2""#,
                context,
            ),
            ("/@context", "[]", context),
            ("/@context", "{}", context),
            (
                "/@context",
                r#"["https://www.w3.org/ns/credentials/examples/v2"]"#,
                context,
            ),
            (
                "/@context",
                r#"["https://a.example/", "https://www.w3.org/ns/credentials/v2"]"#,
                context,
            ),
            (
                "/@context",
                r#"[{}, "https://www.w3.org/ns/credentials/v2"]"#,
                context,
            ),
            ("/@context", &url, second),
            ("/@context", &number, second),
            ("/@context", &null, second),
            ("/@context", &relative, second),
            // 4.4
            ("/id", "", None),
            ("/id", "null", Some((VcId, "/id"))),
            ("/id", r#""not-a-url""#, Some((VcId, "/id"))),
            ("/id", r#"["urn:x:y"]"#, Some((VcId, "/id"))),
            (
                "/credentialSubject/0/id",
                r#"["urn:x:y", "urn:x:z"]"#,
                Some((VcId, "/credentialSubject/0/id")),
            ),
            (
                "/credentialSubject/0/office/id",
                r#""seat""#,
                Some((VcId, "/credentialSubject/0/office/id")),
            ),
            (
                "/unknown/deeper/0/id",
                "1",
                Some((VcId, "/unknown/deeper/0/id")),
            ),
            // 4.5
            ("/type", "", Some((VcType, ""))),
            ("/type", r#""VerifiableCredential""#, None),
            (
                "/type",
                r#"["https://a.example/#Office", "VerifiableCredential"]"#,
                None,
            ),
            ("/type", r#"["Office"]"#, Some((VcType, "/type"))),
            (
                "/type",
                r#"["VerifiableCredential", 2]"#,
                Some((VcType, "/type")),
            ),
            (
                "/type",
                r#"["VerifiableCredential", ""]"#,
                Some((VcType, "/type")),
            ),
            (
                "/type",
                r#"["VerifiableCredential", "@id"]"#,
                Some((VcType, "/type")),
            ),
            (
                "/type",
                r#"["VerifiableCredential", "https ://a"]"#,
                Some((VcType, "/type")),
            ),
            (
                "/type",
                r#"["VerifiableCredential", "a/b"]"#,
                Some((VcType, "/type")),
            ),
            (
                "/credentialSubject/0/office/type",
                "[]",
                Some((VcType, "/credentialSubject/0/office/type")),
            ),
            ("/credentialSubject/0/office/type", "", None),
            // 4.6 and 11.1
            ("/name", r#""Mandate""#, None),
            ("/name", r#"{ "@value": "Mandate" }"#, None),
            ("/name", "7", Some((VcLanguage, "/name"))),
            ("/name", "[]", Some((VcLanguage, "/name"))),
            ("/name", r#"["Mandate"]"#, Some((VcLanguage, "/name/0"))),
            (
                "/name/url",
                r#""did:example:x""#,
                Some((VcLanguage, "/name")),
            ),
            ("/name/@value", "", Some((VcLanguage, "/name"))),
            ("/name/@value", "7", Some((VcLanguage, "/name"))),
            (
                "/name/@language",
                r#""de_CH""#,
                Some((VcLanguage, "/name/@language")),
            ),
            (
                "/name/@language",
                "7",
                Some((VcLanguage, "/name/@language")),
            ),
            (
                "/name/@direction",
                r#""up""#,
                Some((VcLanguage, "/name/@direction")),
            ),
            (
                "/name/@direction",
                "null",
                Some((VcLanguage, "/name/@direction")),
            ),
            (
                "/description/1/url",
                r#""x""#,
                Some((VcLanguage, "/description/1")),
            ),
            (
                "/issuer/name",
                r#"{ "@value": "P", "@type": "x" }"#,
                Some((VcLanguage, "/issuer/name")),
            ),
            (
                "/issuer/description",
                "{}",
                Some((VcLanguage, "/issuer/description")),
            ),
            (
                "/credentialSubject/1/title/url",
                r#""x""#,
                Some((VcLanguage, "/credentialSubject/1/title")),
            ),
            (
                "/credentialSubject/1/title/@direction",
                r#""up""#,
                Some((VcLanguage, "/credentialSubject/1/title/@direction")),
            ),
            (
                "/credentialSubject/1/title/@value",
                "",
                Some((VcLanguage, "/credentialSubject/1/title")),
            ),
            ("/credentialSubject/1/since/@index", r#""x""#, None),
            (
                "/credentialSubject/1/since/other",
                r#""x""#,
                Some((VcLanguage, "/credentialSubject/1/since")),
            ),
            (
                "/credentialSubject/1/since",
                r#"{ "@value": [] }"#,
                Some((VcLanguage, "/credentialSubject/1/since")),
            ),
            ("/credentialSubject/1/since", r#"{ "@value": 7 }"#, None),
            (
                "/credentialSubject/1/jsonSchema",
                r#"{ "id": 1, "@value": 2, "x": 3 }"#,
                None,
            ),
            // 4.7
            ("/issuer", "", Some((VcIssuer, ""))),
            ("/issuer", r#""did:example:parliament""#, None),
            ("/issuer", "null", Some((VcIssuer, "/issuer"))),
            ("/issuer", r#""parliament""#, Some((VcIssuer, "/issuer"))),
            (
                "/issuer",
                r#"["did:example:parliament"]"#,
                Some((VcIssuer, "/issuer")),
            ),
            ("/issuer/id", "", Some((VcIssuer, "/issuer"))),
            ("/issuer/id", "null", Some((VcIssuer, "/issuer"))),
            ("/issuer/id", r#""parliament""#, Some((VcIssuer, "/issuer"))),
            // 4.8
            ("/credentialSubject", "", Some((VcSubject, ""))),
            ("/credentialSubject", r#"{ "id": "did:example:ada" }"#, None),
            ("/credentialSubject", "{}", subject),
            ("/credentialSubject", "[]", subject),
            ("/credentialSubject", r#""did:example:ada""#, subject),
            (
                "/credentialSubject",
                r#"[{ "id": "did:example:ada" }, {}]"#,
                Some((VcSubject, "/credentialSubject/1")),
            ),
            (
                "/credentialSubject",
                r#"["did:example:ada"]"#,
                Some((VcSubject, "/credentialSubject/0")),
            ),
            // 4.9
            ("/validFrom", "", None),
            ("/validUntil", "", None),
            ("/validUntil", r#""2024-02-02T00:00:00Z""#, None),
            ("/validFrom", "1706832000", Some((VcDates, "/validFrom"))),
            (
                "/validFrom",
                r#""Sat 25 Feb 2023 07:16:31 PM CST""#,
                Some((VcDates, "/validFrom")),
            ),
            (
                "/validFrom",
                r#""2024-02-02T00:00:00""#,
                Some((VcDates, "/validFrom")),
            ),
            (
                "/validUntil",
                r#""2027-02-30T00:00:00Z""#,
                Some((VcDates, "/validUntil")),
            ),
            (
                "/validUntil",
                r#""2024-02-01T23:59:59.999Z""#,
                Some((VcDates, "/validUntil")),
            ),
            // 4.10
            ("/credentialStatus/id", "", None),
            (
                "/credentialStatus/id",
                r#""https ://not-a-url""#,
                Some((VcId, "/credentialStatus/id")),
            ),
            (
                "/credentialStatus/type",
                "",
                Some((VcStatus, "/credentialStatus")),
            ),
            (
                "/credentialStatus/type",
                "2",
                Some((VcType, "/credentialStatus/type")),
            ),
            (
                "/credentialStatus",
                "[]",
                Some((VcStatus, "/credentialStatus")),
            ),
            (
                "/credentialStatus",
                r#""https://a.example/""#,
                Some((VcStatus, "/credentialStatus")),
            ),
            (
                "/credentialStatus",
                r#"[{ "type": "A" }, 7]"#,
                Some((VcStatus, "/credentialStatus/1")),
            ),
            // 4.11
            (
                "/credentialSchema/0/id",
                "",
                Some((VcSchema, "/credentialSchema/0")),
            ),
            (
                "/credentialSchema/0/id",
                "7",
                Some((VcId, "/credentialSchema/0/id")),
            ),
            (
                "/credentialSchema/0/type",
                "",
                Some((VcSchema, "/credentialSchema/0")),
            ),
            (
                "/credentialSchema",
                "null",
                Some((VcSchema, "/credentialSchema")),
            ),
            // 5.4 to 5.6, 5.9
            (
                "/refreshService/type",
                "",
                Some((VcRefresh, "/refreshService")),
            ),
            (
                "/refreshService/id",
                r#""x""#,
                Some((VcId, "/refreshService/id")),
            ),
            ("/termsOfUse/0/type", "", Some((VcTerms, "/termsOfUse/0"))),
            ("/termsOfUse", "[]", Some((VcTerms, "/termsOfUse"))),
            ("/evidence/0/type", "", Some((VcEvidence, "/evidence/0"))),
            ("/evidence/0/id", r#""x""#, Some((VcId, "/evidence/0/id"))),
            (
                "/confidenceMethod/type",
                "",
                Some((VcRefresh, "/confidenceMethod")),
            ),
            (
                "/renderMethod/0/type",
                "",
                Some((VcRefresh, "/renderMethod/0")),
            ),
            // 4.12
            ("/proof", "", None),
            ("/proof", "7", Some((VcProof, "/proof"))),
            ("/proof", "[]", Some((VcProof, "/proof"))),
            ("/proof/type", "", Some((VcProof, "/proof"))),
            ("/proof/id", r#""x""#, Some((VcId, "/proof/id"))),
        ],
    );
}

#[test]
fn everything_wrong_is_named_up_to_a_bound() {
    let errors = found(check_credential(&object(
        r#"{ "type": ["NonconformingDocument"] }"#,
    )));
    let expected = [
        (Code::VcContext, ""),
        (Code::VcType, "/type"),
        (Code::VcIssuer, ""),
        (Code::VcSubject, ""),
    ];
    assert_eq!(errors, expected.map(|(code, at)| (code, at.to_owned())));
    let mut many = object(VALID);
    let wrong = format!("[{}{{}}]", "{},".repeat(100));
    set(&mut many, "/credentialSubject", &wrong);
    assert_eq!(found(check_credential(&many)).len(), ModelErrors::MAX);
    set(&mut many, "/unknown", r#"{ "id": 7 }"#);
    assert_eq!(found(check_credential(&many)).len(), ModelErrors::MAX);
}
