use proptest::prelude::*;

use super::{
    super::{Purpose, StatusEntry, StatusError, StatusIndex, StatusMessage, check_entries},
    json,
};
use crate::{Code, encoding::strict_json::Value};

const LIST: &str = "https://parliament.example/status/3";

/// An entry with every member of section 2.1.
const FULL: &str = r#"{
    "id": "https://parliament.example/status/3#94567",
    "type": "BitstringStatusListEntry",
    "statusPurpose": "message",
    "statusListIndex": "94567",
    "statusSize": 2,
    "statusListCredential": "https://parliament.example/status/3",
    "statusMessage": [
        {"status": "0x0", "message": "pending_review"},
        {"status": "0x1", "message": "accepted", "colour": "green"},
        {"status": "0x2", "message": "rejected"},
        {"status": "0x3", "message": "undefined"}
    ],
    "statusReference": ["https://parliament.example/dictionary", "urn:mandate:more"]
}"#;

fn read(text: &str) -> Result<StatusEntry, StatusError> {
    StatusEntry::read(&Value::Object(json(text)))
}

/// Reads the full entry with one member changed, or without it.
fn changed(
    member: &'static str,
    value: Option<Value<'static>>,
) -> Result<StatusEntry, StatusError> {
    let mut object = json(FULL);
    match value {
        Some(value) => object.insert(member, value),
        None => object.remove(member),
    };
    StatusEntry::read(&Value::Object(object))
}

#[test]
fn every_member_is_read() {
    let entry = read(FULL).unwrap();
    assert_eq!(
        entry.id(),
        Some("https://parliament.example/status/3#94567")
    );
    assert_eq!(entry.purpose(), &Purpose::Message);
    assert_eq!(entry.index().as_u64(), Some(94_567));
    assert_eq!((entry.list(), entry.size().get()), (LIST, 2));
    assert_eq!(entry.message(2), Some("rejected"));
    assert_eq!(entry.message(4), None);
    assert_eq!(entry.references().len(), 2);
    assert_eq!(entry.messages().len(), 4);
    assert_eq!(StatusEntry::read(&entry.to_value()), Ok(entry));
}

#[test]
fn a_plain_entry_has_one_bit_that_is_set_or_unset() {
    let entry = StatusEntry::new(Purpose::Revocation, 7, LIST).unwrap();
    let written = entry.to_value();
    assert_eq!(written.get("statusSize"), None);
    assert_eq!(written.get("statusListIndex"), Some(&"7".into()));
    assert_eq!(written.as_object().unwrap().len(), 4);
    assert_eq!(entry.message(0), Some("unset"));
    assert_eq!(entry.message(1), Some("set"));
    assert_eq!(entry.message(2), None);
    assert_eq!(StatusEntry::read(&written), Ok(entry));
}

#[test]
fn purposes_keep_their_text() {
    for text in [
        "message",
        "refresh",
        "revocation",
        "suspension",
        "Revocation",
        "",
    ] {
        assert_eq!(Purpose::from(text).as_str(), text);
    }
    assert_eq!(Purpose::from("loud"), Purpose::Other("loud".to_owned()));
    assert_eq!(Purpose::from("refresh"), Purpose::Refresh);
    assert_eq!(Purpose::from("suspension"), Purpose::Suspension);
}

#[test]
fn one_place_has_one_spelling() {
    for text in ["0", "7", "131071", "99999999999999999999999999999999"] {
        assert_eq!(StatusIndex::parse(text).unwrap().as_str(), text);
    }
    let beyond = StatusIndex::parse("18446744073709551616").unwrap();
    assert_eq!(beyond.as_u64(), None);
    for text in [
        "", "00", "07", "+7", "-1", " 7", "7 ", "7.0", "0x7", "7e1", "٧", "1_0",
    ] {
        let refused = StatusIndex::parse(text).map_err(|error| error.code());
        assert_eq!(refused, Err(Code::StatusEntryMalformed), "{text}");
    }
}

#[test]
fn refuses_an_entry_that_breaks_a_rule() {
    let number = |text: &'static str| Some(Value::Number(text.into()));
    let string = |text: &'static str| Some(Value::from(text));
    let message = |status: &'static str| {
        Value::object([("status", Value::from(status)), ("message", "m".into())])
    };
    let messages = |statuses: &[&'static str]| {
        Some(Value::array(statuses.iter().map(|status| message(status))))
    };
    let no_text = Value::array(
        ["0x0", "0x1", "0x2", "0x3"].map(|status| Value::object([("status", status)])),
    );
    for (member, value) in [
        ("id", string("no URL")),
        ("id", string(LIST)),
        ("id", number("3")),
        ("statusPurpose", None),
        ("statusPurpose", Some(Value::array(["message"]))),
        ("statusListIndex", None),
        ("statusListIndex", number("94567")),
        ("statusListIndex", string("094567")),
        ("statusListIndex", Some(Value::Bool(true))),
        ("statusListCredential", None),
        ("statusListCredential", string("status/3")),
        ("statusListCredential", Some(Value::Bool(true))),
        ("statusSize", number("0")),
        ("statusSize", number("-2")),
        ("statusSize", number("1.5")),
        ("statusSize", number("33")),
        ("statusSize", string("2")),
        ("statusSize", Some(Value::Null)),
        // The messages are four, so another size does not go with them.
        ("statusSize", None),
        ("statusSize", number("1")),
        ("statusSize", number("3")),
        ("statusMessage", None),
        ("statusMessage", string("accepted")),
        ("statusMessage", messages(&[])),
        ("statusMessage", messages(&["0x0", "0x1", "0x2"])),
        ("statusMessage", messages(&["0x0", "0x1", "0x2", "0x2"])),
        ("statusMessage", messages(&["0x0", "0x1", "0x2", "0x4"])),
        ("statusMessage", messages(&["0x0", "0x1", "0x2", "3"])),
        ("statusMessage", messages(&["0x0", "0x1", "0x2", "0x"])),
        ("statusMessage", messages(&["0x0", "0x1", "0x2", "0x+3"])),
        (
            "statusMessage",
            messages(&["0x0", "0x1", "0x2", "0x100000003"]),
        ),
        ("statusMessage", Some(no_text)),
        ("statusReference", string("dictionary")),
        ("statusReference", Some(Value::array(["urn:a", "no URL"]))),
        ("statusReference", number("1")),
    ] {
        let shown = format!("{member}: {value:?}");
        let refused = changed(member, value).map_err(|error| error.code());
        assert_eq!(refused, Err(Code::StatusEntryMalformed), "{shown}");
    }
    let refused = StatusEntry::read(&"entry".into());
    assert_eq!(
        refused.map_err(|e| e.code()),
        Err(Code::StatusEntryMalformed)
    );
}

#[test]
fn what_is_one_by_the_standard_is_read_as_one() {
    let one = |member, value| assert!(changed(member, Some(value)).is_ok(), "{member}");
    one("type", Value::array(["BitstringStatusListEntry"]));
    one("statusSize", Value::Number("2.0".into()));
    one("statusReference", "urn:a".into());
    one("unknown", "member".into());
    let mut object = json(FULL);
    object.remove("statusMessage");
    object.insert("statusSize", 1_u64.into());
    assert!(StatusEntry::read(&Value::Object(object)).is_ok());
    let upper = FULL.replace("0x3", "0x03");
    assert_eq!(read(&upper).unwrap().message(3), Some("undefined"));
}

#[test]
fn another_type_is_said_to_be_unknown_and_not_malformed() {
    for value in [Some("StatusList2021Entry".into()), None] {
        let refused = changed("type", value).map_err(|error| error.code());
        assert_eq!(refused, Err(Code::StatusEntryUnknown));
    }
}

#[test]
fn an_issuer_finds_a_broken_entry_wherever_it_stands() {
    let broken = r#"{"type": "BitstringStatusListEntry", "statusListIndex": true,
        "statusListCredential": "https://example.com"}"#;
    for document in [
        format!(r#"{{"credentialStatus": {broken}}}"#),
        format!(r#"{{"credentialStatus": [{FULL}, {broken}]}}"#),
        format!(r#"{{"statusEntry": {broken}}}"#),
        broken.to_owned(),
    ] {
        let refused = check_entries(&json(&document)).map_err(|error| error.code());
        assert_eq!(refused, Err(Code::StatusEntryMalformed), "{document}");
    }
    let sound = format!(r#"{{"credentialStatus": [{FULL}, {{"type": "Other"}}], "n": [1, null]}}"#);
    assert_eq!(check_entries(&json(&sound)), Ok(()));
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        index: u64, bits in 1_u64..=6, purpose in "[a-z]{1,12}", id in proptest::option::of("[a-z]{1,9}"),
        references in proptest::collection::vec("urn:[a-z]{1,9}", 0..3),
    ) {
        let size = bits.try_into().unwrap();
        let messages = (0..1_u32 << bits).map(|value| StatusMessage::new(value, format!("m{value}")));
        let mut entry = StatusEntry::new(Purpose::from(purpose.as_str()), index, LIST).unwrap()
            .with_messages(size, messages.collect()).unwrap()
            .with_references(references).unwrap();
        if let Some(id) = id {
            entry = entry.with_id(format!("urn:{id}")).unwrap();
        }
        prop_assert_eq!(StatusEntry::read(&entry.to_value()), Ok(entry));
    }
}
