use super::super::{Aggregation, ListReference, StatusClaim};
use crate::{
    Code,
    encoding::{
        jcs,
        strict_json::{Limits, parse},
    },
};

fn read(json: &str) -> Result<StatusClaim, Code> {
    let value = parse(json.as_bytes(), &Limits::small()).unwrap();
    StatusClaim::read(&value).map_err(|error| error.code())
}

#[test]
fn a_status_claim_names_a_list_and_a_place() {
    let claim = read(r#"{"status_list": {"idx": 0, "uri": "https://example.com/statuslists/1"}}"#);
    let claim = claim.unwrap();
    let place = ListReference {
        idx: 0,
        uri: "https://example.com/statuslists/1".to_owned(),
    };
    assert_eq!(claim.list, Some(place));
    assert_eq!(claim.others, [""; 0]);
    assert_eq!(StatusClaim::read(&claim.to_value()), Ok(claim));
    let own = StatusClaim::new(7, "did:key:z6Mk/status/1").unwrap();
    assert_eq!(StatusClaim::read(&own.to_value()), Ok(own));
}

#[test]
fn other_mechanisms_are_named_and_not_taken_for_none() {
    let claim = read(r#"{"identifier_list": {"id": "00"}, "attestation": true}"#).unwrap();
    assert_eq!(claim.list, None);
    assert_eq!(claim.others, ["identifier_list", "attestation"]);
    let both = r#"{"status_list": {"idx": 2.0, "uri": "urn:a", "more": 1}, "other": {}}"#;
    let both = read(both).unwrap();
    assert_eq!(both.list.unwrap().idx, 2);
    assert_eq!(both.others, ["other"]);
}

#[test]
fn refuses_a_status_claim_that_breaks_a_rule() {
    for json in [
        "{}",
        "[]",
        r#""status""#,
        r#"{"status_list": null}"#,
        r#"{"status_list": []}"#,
        r#"{"status_list": {}}"#,
        r#"{"status_list": {"idx": 0}}"#,
        r#"{"status_list": {"uri": "https://example.com/1"}}"#,
        r#"{"status_list": {"idx": -1, "uri": "https://example.com/1"}}"#,
        r#"{"status_list": {"idx": 0.5, "uri": "https://example.com/1"}}"#,
        r#"{"status_list": {"idx": "0", "uri": "https://example.com/1"}}"#,
        r#"{"status_list": {"idx": 0, "uri": "statuslists/1"}}"#,
        r#"{"status_list": {"idx": 0, "uri": "https://example.com/é"}}"#,
        r#"{"status_list": {"idx": 0, "uri": 1}}"#,
    ] {
        assert_eq!(read(json), Err(Code::StatusEntryMalformed), "{json}");
    }
    let refused = StatusClaim::new(0, "statuslists/1").map_err(|e| e.code());
    assert_eq!(refused, Err(Code::StatusEntryMalformed));
}

#[test]
fn an_aggregation_names_lists() {
    let json = br#"{"status_lists": ["https://example.com/statuslists/1", "urn:list:2"]}"#;
    let aggregation = Aggregation::read(json).unwrap();
    assert_eq!(aggregation.status_lists.len(), 2);
    let written = jcs::canonicalize(&aggregation.to_value()).unwrap();
    assert_eq!(Aggregation::read(&written), Ok(aggregation));
    assert_eq!(
        Aggregation::read(br#"{"status_lists": []}"#),
        Ok(Aggregation::default())
    );
}

#[test]
fn refuses_an_aggregation_that_is_no_list_of_uris() {
    for (json, code) in [
        ("{}", Code::StatusListMalformed),
        (r#"["https://example.com/1"]"#, Code::StatusListMalformed),
        (
            r#"{"status_lists": "https://example.com/1"}"#,
            Code::StatusListMalformed,
        ),
        (r#"{"status_lists": ["1"]}"#, Code::StatusListMalformed),
        (
            r#"{"status_lists": ["urn:a", 1]}"#,
            Code::StatusListMalformed,
        ),
        (
            r#"{"status_lists": [], "status_lists": []}"#,
            Code::JsonDuplicateName,
        ),
        (r#"{"status_lists": ["#, Code::JsonMalformed),
    ] {
        let refused = Aggregation::read(json.as_bytes());
        assert_eq!(refused.map_err(|error| error.code()), Err(code), "{json}");
    }
}
