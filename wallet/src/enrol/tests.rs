use identity_core::{
    did::{LocalResolver, Resolver as _},
    enrolment::Enrolment,
    key::Signer as _,
};
use testkit::world::{Steps, World, key, now};

use super::*;
use crate::testing::{day, wallet};

fn card_of(did: &Did) -> IssuerCard {
    let document = LocalResolver::new().resolve(did).unwrap().into_owned();
    IssuerCard::new(&document, "The Chamber", ("XX-1", "XX"))
}

fn card() -> IssuerCard {
    card_of(&World::new().issuer)
}

/// The world's verifier, as an issuer this time.
fn another() -> Did {
    World::new().verifier
}

fn code_of(issuer: &Did) -> EnrolmentCode {
    EnrolmentCode::generate(issuer, &mut Steps(5))
}

fn text() -> String {
    code_of(&World::new().issuer).secret_text().to_string()
}

fn line(issuer: &str, code: &str) -> String {
    serde_json::json!({ "issuer": issuer, "code": code, "name": "Ana" }).to_string()
}

#[test]
fn a_code_is_read_bare_or_from_its_line() {
    let (card, text) = (card(), text());
    let own = card.did.to_string();
    let alone = serde_json::json!({ "code": text }).to_string();
    for file in [
        text.clone(),
        format!("\n  {text} \r\n\n"),
        text.to_lowercase().replace('-', " "),
        line(&own, &text),
        format!("{}\n", line(&own, &text)),
        alone,
    ] {
        let code = read_code(&file, &card).unwrap_or_else(|e| panic!("{file}: {e}"));
        assert_eq!(*code.secret_text(), text, "{file}");
    }
}

#[test]
fn a_file_of_other_codes_is_refused() {
    let (card, text) = (card(), text());
    let own = line(card.did.as_str(), &text);
    let foreign = line(another().as_str(), &text);
    let wrong = [
        // Several, in either form, also when the first would do.
        (format!("{text}\n{text}\n"), "enrolment.several_codes"),
        (format!("{own}\n\n{own}\n"), "enrolment.several_codes"),
        (format!("{text}\nthank you\n"), "enrolment.several_codes"),
        // A line that names another issuer, before anything is made of the code in it.
        (foreign, "issuer.card_mismatch"),
        (String::new(), "enrolment.no_code"),
        ("{".to_owned(), "enrolment.code_mistyped"),
        ("{}".to_owned(), "enrolment.no_code"),
        (line(card.did.as_str(), "7ZKD"), "enrolment.code_mistyped"),
        (text[1..].to_owned(), "enrolment.code_mistyped"),
    ];
    for (file, expected) in wrong {
        let Err(refusal) = read_code(&file, &card) else {
            panic!("{file}")
        };
        assert_eq!(refusal.code, expected, "{file}");
        assert!(!refusal.hints.is_empty() && !refusal.is_usage);
        // A code is a secret, also one that cannot be used.
        assert!(!refusal.to_string().contains(&text));
    }
}

fn state(contents: &Contents) -> (usize, usize, usize) {
    let Contents {
        keys,
        issuers,
        enrolments,
        ..
    } = contents;
    (keys.len(), issuers.len(), enrolments.len())
}

#[test]
fn what_is_handed_in_opens_for_its_issuer_alone() {
    let (card, mut contents) = (card(), Contents::default());
    let code = code_of(&card.did);
    let text = enrol(&mut contents, &code, &card, day(0), &mut Steps(6)).unwrap();
    let made = Enrolment::open(&text, &card.did, now()).unwrap();
    assert_eq!(made.holder, *contents.keys[0].secret.public_key());
    assert_eq!(made.code_key, *code.key(&card.did).unwrap().public_key());
    assert!(Enrolment::open(&text, &another(), now()).is_err());
    assert_eq!(state(&contents), (1, 1, 1));
    assert_eq!(contents.enrolments[0].key, contents.keys[0].id);
    // Once more, with the same key: one enrolment is waited for.
    enrol(&mut contents, &code, &card, day(1), &mut Steps(7)).unwrap();
    assert_eq!(state(&contents), (1, 1, 1));
    assert_eq!(contents.enrolments[0].made, day(1));
}

#[test]
fn another_issuers_code_changes_nothing() {
    let foreign = code_of(&another());
    for mut contents in [Contents::default(), wallet()] {
        let before = state(&contents);
        let refusal = enrol(&mut contents, &foreign, &card(), day(0), &mut Steps(6)).unwrap_err();
        assert_eq!(refusal.code, "issuer.card_mismatch");
        assert_eq!(state(&contents), before);
    }
}

#[test]
fn two_issuers_do_not_see_that_they_know_one_person() {
    let mut contents = wallet();
    let card = card_of(&another());
    let code = code_of(&another());
    let text = enrol(&mut contents, &code, &card, day(0), &mut Steps(6)).unwrap();
    let made = Enrolment::open(&text, &another(), now()).unwrap();
    assert_ne!(made.holder, *key(3).public_key());
    assert_eq!(state(&contents), (2, 2, 1));
}
