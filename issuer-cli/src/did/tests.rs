use identity_core::{
    did::{Relationship, webvh},
    key::{Algorithm, SecretKey, Signer as _},
    status::Instant,
};
use jiff::{SignedDuration, Timestamp};

use super::*;

fn key(seed: u8) -> SecretKey {
    SecretKey::from_secret_bytes(Algorithm::EdDsa, &[seed; 32]).unwrap()
}

fn at(hours: i64) -> Timestamp {
    let start: Timestamp = "2026-02-01T00:00:00Z".parse().unwrap();
    start
        .checked_add(SignedDuration::from_hours(hours))
        .unwrap()
}

fn document(issuing: u8) -> Document {
    Document {
        keys: Keys {
            issuing: key(issuing).public_key().to_multikey(),
            status: key(2).public_key().to_multikey(),
        },
        also_known_as: vec!["https://parliament.example".to_owned()],
    }
}

/// Control keys have the seeds 100, 101, ...
fn control(number: u8) -> Control {
    Control::new(number.into(), key(100 + number).public_key())
}

fn begun() -> DidLog {
    let (current, next) = (key(100), key(101));
    let keys = (current.public_key(), next.public_key());
    let entry = genesis(
        "parliament.example",
        &document(1),
        keys,
        Instant::floor(at(0)),
    )
    .unwrap();
    let did = entry.did().clone();
    let line = entry.sign(&current, at(0)).unwrap().line;
    DidLog::read(&did, line, None, at(1)).unwrap()
}

fn pending(issuing: u8, (signer, next): (Control, Option<Control>), hours: i64) -> Pending {
    Pending {
        schema: Pending::SCHEMA.to_owned(),
        purpose: Purpose::Update,
        at: Instant::floor(at(hours)),
        document: document(issuing),
        signer: Some(signer),
        next,
        replaced: None,
        version_id: String::new(),
        request: None,
    }
}

fn changed(log: &DidLog, change: &Pending, signer: &SecretKey) -> DidLog {
    let at = change.at.timestamp();
    let line = change.prepare(log).unwrap().sign(signer, at).unwrap().line;
    log.with(&line, at).unwrap()
}

#[test]
fn a_did_begins_changes_rotates_and_ends() {
    let log = begun();
    let history = log.history();
    assert!(history.did().as_str().ends_with(":parliament.example"));
    assert!(history.latest().parameters.has_pre_rotation());
    let issuing = key(1).public_key().clone();
    let method = log.method(&issuing, Relationship::AssertionMethod).unwrap();
    let name = format!("{}#{}", history.did(), issuing.to_multikey());
    assert_eq!(method.to_string(), name);
    assert_eq!(log.document().unwrap(), document(1));
    let status = key(2).public_key().clone();
    assert!(
        log.method(&status, Relationship::CapabilityInvocation)
            .is_ok()
    );
    assert!(log.method(&status, Relationship::AssertionMethod).is_err());
    assert!(
        log.method(&issuing, Relationship::CapabilityInvocation)
            .is_err()
    );
    // Another issuing key: the old one stood there until then.
    let change = pending(3, (control(1), Some(control(2))), 2);
    let log = changed(&log, &change, &key(101));
    assert!(log.method(&issuing, Relationship::AssertionMethod).is_err());
    let periods = log
        .history()
        .periods(&method, &issuing, Relationship::AssertionMethod);
    let until = webvh::Period {
        from: at(0),
        to: Some(at(2)),
    };
    assert_eq!(periods, [until]);
    assert!(log.web_document().is_some());
    let change = pending(3, (control(2), None), 4);
    let log = changed(&log, &change, &key(102));
    assert!(log.history().is_deactivated());
    assert_eq!(log.live().unwrap_err(), DidError::Deactivated { at: at(4) });
    assert!(log.web_document().is_none());
    assert_eq!(log.last_document().methods().len(), 2);
    assert!(log.document().is_err());
    let change = pending(3, (control(3), Some(control(4))), 6);
    assert!(change.prepare(&log).is_err());
}

#[test]
fn only_the_key_that_was_announced_goes_on() {
    let log = begun();
    // The key in force, and a stranger: neither was announced.
    for thief in [100, 50] {
        let stolen = Control::new(2, key(thief).public_key());
        let change = pending(3, (stolen, Some(control(2))), 2);
        assert!(change.prepare(&log).is_err());
    }
    let change = pending(3, (control(1), Some(control(2))), 2);
    let entry = change.prepare(&log).unwrap();
    assert!(entry.sign(&key(50), at(2)).is_err());
}

#[test]
fn a_change_that_was_written_down_is_the_same_later() {
    let log = begun();
    let mut change = pending(3, (control(1), Some(control(2))), 2);
    let first = change.prepare(&log).unwrap();
    change.version_id = first.version_id().to_owned();
    let line = first.sign(&key(101), at(2)).unwrap().line;
    let json = serde_json::to_string(&change).unwrap();
    let read: Pending = serde_json::from_str(&json).unwrap();
    let again = read.prepare(&log).unwrap().sign(&key(101), at(2)).unwrap();
    assert_eq!(again.line, line);
    // Over a log that has gone on it is refused.
    let log = log.with(&line, at(3)).unwrap();
    assert!(read.prepare(&log).is_err());
}

#[test]
fn the_log_of_another_did_is_refused() {
    let log = begun();
    let other: identity_core::did::Did =
        "did:webvh:QmYtnTyDAfjUjVLNxNFMLLSPPzwPzxBQaFDLoNyNH1dBAf:parliament.example"
            .parse()
            .unwrap();
    assert!(DidLog::read(&other, log.text().to_owned(), None, at(1)).is_err());
    let cut = &log.text()[..log.text().len() - 2];
    assert!(DidLog::read(log.history().did(), cut.to_owned(), None, at(1)).is_err());
}

#[test]
fn a_place_that_is_none_is_refused() {
    let (current, next) = (key(100), key(101));
    let keys = (current.public_key(), next.public_key());
    let begin = |place: &str| genesis(place, &document(1), keys, Instant::floor(at(0)));
    for place in [
        "",
        "localhost",
        "192.0.2.1",
        "a.example/path",
        "a.example:..",
        "a b.example",
    ] {
        let refused = begin(place);
        assert!(
            matches!(refused, Err(DidError::Place(_))),
            "{place}: {refused:?}"
        );
    }
    assert!(begin("a.example%3A8443:units:clerk").is_ok());
}

/// A pending change that was asked for, with its request.
fn asked(log: &DidLog, issuing: u8, hours: i64) -> (Pending, Request) {
    let request = Request {
        schema: Request::SCHEMA.to_owned(),
        did: log.history().did().clone(),
        purpose: Purpose::Update,
        at: Instant::floor(at(hours)),
        document: document(issuing),
        log: log.text().to_owned(),
        witness: None,
        nonce: "AAAAAAAAAAAAAAAAAAAAAA".to_owned(),
    };
    let open = Pending {
        signer: None,
        next: None,
        request: Some(request.digest().unwrap()),
        ..pending(issuing, (control(1), None), hours)
    };
    (open, request)
}

fn answer(log: &DidLog, request: &Request, change: &Pending, signer: &SecretKey) -> Answer {
    let entry = change.prepare(log).unwrap();
    Answer {
        schema: Answer::SCHEMA.to_owned(),
        request: request.digest().unwrap(),
        line: entry.sign(signer, change.at.timestamp()).unwrap().line,
    }
}

#[test]
fn an_answer_is_taken_where_it_says_what_was_asked_for_and_nothing_else() {
    let log = begun();
    let (open, request) = asked(&log, 3, 2);
    let control = || (control(1), Some(control(2)));
    let good = pending(3, control(), 2);
    let good = answer(&log, &request, &good, &key(101));
    let new = good.accept(&open, &log, at(3)).unwrap();
    assert_eq!(new.document().unwrap(), document(3));
    // To another request, though it asks for the same.
    let (_, mut again) = asked(&log, 3, 2);
    again.nonce = "BAAAAAAAAAAAAAAAAAAAAA".to_owned();
    let other = Answer {
        request: again.digest().unwrap(),
        ..good.clone()
    };
    assert!(matches!(
        other.accept(&open, &log, at(3)),
        Err(DidError::Answer(_))
    ));
    let nobody_asked = pending(3, control(), 2);
    assert!(good.accept(&nobody_asked, &log, at(3)).is_err());
    // Another key, another instant, the end instead of a change.
    let others = [
        pending(4, control(), 2),
        pending(3, control(), 1),
        Pending {
            next: None,
            ..pending(3, control(), 2)
        },
    ];
    for other in others {
        let wrong = answer(&log, &request, &other, &key(101));
        let refused = wrong.accept(&open, &log, at(3));
        assert!(refused.is_err(), "{other:?}");
    }
    // Two lines, and a line that somebody changed on the way.
    let twice = Answer {
        line: format!("{}{}", good.line, good.line),
        ..good.clone()
    };
    assert!(twice.accept(&open, &log, at(3)).is_err());
    let changed = Answer {
        line: good.line.replace("2026-02-01T02", "2026-02-01T03"),
        ..good
    };
    assert!(changed.accept(&open, &log, at(3)).is_err());
}

#[test]
fn an_end_that_was_asked_for_is_an_end() {
    let log = begun();
    let (mut open, mut request) = asked(&log, 1, 2);
    open.purpose = Purpose::Deactivate;
    request.purpose = Purpose::Deactivate;
    open.request = Some(request.digest().unwrap());
    let update = pending(1, (control(1), Some(control(2))), 2);
    let wrong = answer(&log, &request, &update, &key(101));
    assert!(matches!(
        wrong.accept(&open, &log, at(3)),
        Err(DidError::Answer(_))
    ));
    let end = pending(1, (control(1), None), 2);
    let right = answer(&log, &request, &end, &key(101));
    let ended = right.accept(&open, &log, at(3)).unwrap();
    assert!(ended.history().is_deactivated());
}
