//! Credentials by the hundred: shapes and values that readers have disagreed about.

use rand_core::Rng as _;
use serde_json::{Map, Value, json};
use testkit::world::Steps;

/// Texts that need escaping, sorting by UTF-16, joining or right-to-left marks.
const TEXTS: [&str; 12] = [
    "Ana Example",
    "",
    "quote \" backslash \\ slash /",
    "line\nfeed\ttab\r",
    "\u{1}\u{7f}",
    "Łódź, Ærø, Ñandú",
    "Ὀδυσσεύς",
    "مجلس النواب",
    "衆議院",
    "e\u{301} and é",
    "\u{1f3db}\u{fe0f} \u{10ffff}",
    "\u{fb33}\u{20ac}",
];

/// Numbers that have one canonical form in every reader (RFC 8785 section 3.2.2.3). None is nearer to
/// zero than 0.1: the JavaScript library for JSON-LD writes 1e-7 as the integer 0.
const NUMBERS: [&str; 7] = ["0", "1", "-7", "1.5", "0.1", "1e21", "9007199254740991"];

/// Returns the credential of this number, without issuer and proof.
pub(crate) fn credential(number: u64) -> Value {
    let mut random = Steps(number);
    let mut subject = Map::new();
    subject.insert("id".to_owned(), format!("urn:example:{number}").into());
    for at in 0..=pick(&mut random, 9) {
        subject.insert(format!("claim{at}"), value(&mut random, 2));
    }
    let mut credential = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
        "type": ["VerifiableCredential", "ExampleCredential"],
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": subject,
    });
    if number.is_multiple_of(2) {
        credential["id"] = format!("urn:example:credential:{number}").into();
    }
    if number.is_multiple_of(3) {
        credential["name"] = json!({"@value": "Mandat", "@language": "fr", "@direction": "ltr"});
    }
    if number.is_multiple_of(5) {
        credential["validUntil"] = "2036-01-01T00:00:00.000+02:00".into();
    }
    if number.is_multiple_of(7) {
        credential["credentialSubject"] =
            json!([subject_of(&credential), {"id": "urn:example:other", "seat": 2}]);
    }
    credential
}

fn subject_of(credential: &Value) -> &Value {
    &credential["credentialSubject"]
}

fn value(random: &mut Steps, depth: u32) -> Value {
    match pick(random, if depth == 0 { 4 } else { 6 }) {
        0 => serde_json::from_str(NUMBERS[usize::try_from(pick(random, 7)).unwrap()]).unwrap(),
        1 => json!(random.next_u32()),
        2 => json!(pick(random, 2) == 0),
        3 => TEXTS[usize::try_from(pick(random, 12)).unwrap()].into(),
        4 => (0..=pick(random, 3))
            .map(|_| value(random, depth - 1))
            .collect(),
        _ => Value::Object(
            (0..=pick(random, 3))
                .map(|at| (format!("part{at}"), value(random, depth - 1)))
                .collect(),
        ),
    }
}

fn pick(random: &mut Steps, below: u64) -> u64 {
    (random.next_u64() >> 8) % below
}
