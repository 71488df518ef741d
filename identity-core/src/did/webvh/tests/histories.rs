//! What a verified history says of each instant.

use serde_json::{Value as Json, json};

use super::{forged::state, *};
use crate::did::DidUrl;

const DAY: [&str; 6] = [
    "2025-12-31T00:00:00Z",
    "2026-01-01T00:00:00Z",
    "2026-01-02T00:00:00Z",
    "2026-01-03T00:00:00Z",
    "2026-01-04T00:00:00Z",
    "2026-01-05T00:00:00Z",
];

/// A document whose method `#k` is this key, for these purposes.
fn with_key(seed: u8, purposes: &[&str]) -> Json {
    let mut state = state("parliament.example");
    let id = format!("{}#k", state["id"].as_str().unwrap());
    state["verificationMethod"] = json!([{"id": id, "type": "Multikey", "controller": state["id"],
        "publicKeyMultibase": multikey(seed)}]);
    for purpose in purposes {
        state[*purpose] = json!([id]);
    }
    state
}

fn history(states: &[Json]) -> DidHistory {
    let mut forge = Forge::genesis(json!({}));
    for (nth, state) in states.iter().enumerate() {
        if nth > 0 {
            forge = forge.update(1, json!({}));
        }
        forge = forge.with(|step| step.state = state.clone());
    }
    verify(&forge.log()).unwrap()
}

fn method(history: &DidHistory, fragment: &str) -> DidUrl {
    history.did().with_fragment(fragment).unwrap()
}

fn period(from: usize, to: Option<usize>) -> Period {
    Period {
        from: at(DAY[from]),
        to: to.map(|day| at(DAY[day])),
    }
}

#[test]
fn each_instant_has_the_version_that_was_in_force() {
    let history = history(&[state("parliament.example"), state("parliament.example")]);
    for (time, number) in [
        (DAY[0], None),
        ("2025-12-31T23:59:59.999Z", None),
        (DAY[1], Some(1)),
        ("2026-01-01T23:59:59.999Z", Some(1)),
        (DAY[2], Some(2)),
        ("2030-01-01T00:00:00Z", Some(2)),
    ] {
        assert_eq!(history.at(at(time)).map(|v| v.number), number, "{time}");
    }
}

#[test]
fn a_did_that_has_ended_has_no_version_in_force_and_keeps_its_former_ones() {
    let forge = Forge::genesis(json!({}))
        .with(|step| step.state = with_key(5, &["assertionMethod"]))
        .update(1, json!({"deactivated": true}));
    let history = verify(&forge.log()).unwrap();
    assert_eq!(history.at(at(DAY[1])).map(|v| v.number), Some(1));
    assert_eq!(history.at(at(DAY[2])), None);
    assert_eq!(history.update_keys_at(at(DAY[2])), None);
    // Its last entry has the document still, and nothing in it is in force.
    let purpose = Relationship::AssertionMethod;
    let found = history.periods(&method(&history, "k"), &public(5), purpose);
    assert_eq!(found, [period(1, Some(2))]);
    let ended = |query| {
        history
            .resolve(&query)
            .map(|v| v.number)
            .map_err(|e| e.code())
    };
    assert_eq!(ended(Query::Latest), Err(Code::DidDeactivated));
    assert_eq!(ended(Query::VersionNumber(1)), Ok(1));
    assert_eq!(ended(Query::VersionTime(at(DAY[1]))), Ok(1));
    assert_eq!(
        ended(Query::VersionTime(at(DAY[2]))),
        Err(Code::DidLogNoVersion)
    );
    assert_eq!(
        web_document(&history).map_err(|e| e.code()),
        Err(Code::DidDeactivated)
    );
    assert_eq!(
        Draft::update(&history).map(drop).map_err(|e| e.code()),
        Err(Code::DidDeactivated)
    );
}

#[test]
fn a_key_stands_for_a_purpose_from_when_to_when() {
    let assertion = &["assertionMethod"];
    let both = &["assertionMethod", "capabilityInvocation"];
    let history = history(&[
        with_key(5, assertion),
        with_key(5, both),
        with_key(6, assertion),
        with_key(5, assertion),
        state("parliament.example"),
    ]);
    let periods = |seed, purpose| history.periods(&method(&history, "k"), &public(seed), purpose);
    let (assertion, invocation) = (
        Relationship::AssertionMethod,
        Relationship::CapabilityInvocation,
    );
    assert_eq!(
        periods(5, assertion),
        [period(1, Some(3)), period(4, Some(5))]
    );
    assert_eq!(periods(6, assertion), [period(3, Some(4))]);
    assert_eq!(periods(5, invocation), [period(2, Some(3))]);
    assert_eq!(periods(6, invocation), []);
    assert_eq!(periods(5, Relationship::Authentication), []);
    assert_eq!(periods(7, assertion), []);
    assert_eq!(
        history.periods(&method(&history, "x"), &public(5), assertion),
        []
    );
    let lasting = self::history(&[with_key(5, both)]);
    let found = lasting.periods(&method(&lasting, "k"), &public(5), invocation);
    assert_eq!(found, [period(1, None)]);
    assert!(found[0].contains(at(DAY[1])) && found[0].contains(at("2099-01-01T00:00:00Z")));
    assert!(!found[0].contains(at(DAY[0])));
    let ended = period(1, Some(3));
    assert!(ended.contains(at("2026-01-02T23:59:59Z")) && !ended.contains(at(DAY[3])));
}

#[test]
fn the_union_has_every_key_for_what_it_ever_was_for_the_latest_first() {
    let history = history(&[
        with_key(5, &["assertionMethod"]),
        with_key(6, &["assertionMethod"]),
        with_key(5, &["capabilityInvocation"]),
    ]);
    let union = history.union_document();
    assert_eq!(union.id(), history.did());
    let method = method(&history, "k");
    let found = |purpose| union.candidates(&method, purpose).map_err(|e| e.code());
    let [five, six] = [public(5), public(6)];
    assert_eq!(found(Relationship::AssertionMethod), Ok(vec![&five, &six]));
    assert_eq!(found(Relationship::CapabilityInvocation), Ok(vec![&five]));
    assert_eq!(
        found(Relationship::Authentication),
        Err(Code::DidNoSuchMethod)
    );
}

#[test]
fn a_did_url_asks_for_a_version() {
    let history = history(&[state("parliament.example"), state("parliament.example")]);
    let first = history.version_number(1).unwrap();
    let ask = |query: &str| {
        let url: DidUrl = format!("{}{query}", history.did()).parse().unwrap();
        let query = Query::of(&url).map_err(|e| e.code())?;
        history
            .resolve(&query)
            .map(|v| v.number)
            .map_err(|e| e.code())
    };
    for (query, expected) in [
        (String::new(), Ok(2)),
        ("?x=y".to_owned(), Ok(2)),
        (format!("?versionId={}", first.version_id), Ok(1)),
        (format!("?x=y&versionId={}#k", first.version_id), Ok(1)),
        (
            format!("?versionId={}", first.entry_hash()),
            Err(Code::DidLogNoVersion),
        ),
        ("?versionId=1".to_owned(), Err(Code::DidLogNoVersion)),
        ("?versionNumber=1".to_owned(), Ok(1)),
        ("?versionNumber=3".to_owned(), Err(Code::DidLogNoVersion)),
        ("?versionNumber=0".to_owned(), Err(Code::DidLogNoVersion)),
        ("?versionNumber=x".to_owned(), Err(Code::DidLogMalformed)),
        ("?versionTime=2026-01-01T12:00:00Z".to_owned(), Ok(1)),
        (
            "?versionTime=2026-01-01T12%3A00%3A00%2B00%3A00".to_owned(),
            Ok(1),
        ),
        (
            "?versionTime=2025-01-01T12:00:00Z".to_owned(),
            Err(Code::DidLogNoVersion),
        ),
        (
            "?versionTime=2026-01-01T12:00:00".to_owned(),
            Err(Code::DidLogMalformed),
        ),
        (
            "?versionNumber=1&versionNumber=1".to_owned(),
            Err(Code::DidLogMalformed),
        ),
    ] {
        assert_eq!(ask(&query), expected, "{query}");
    }
}

#[test]
fn the_metadata_name_the_version_and_the_did() {
    let more = json!({"ttl": 7, "portable": true, "watchers": ["https://w.example"]});
    let history = verify(&Forge::genesis(more).update(1, json!({})).log()).unwrap();
    let version = history.version_number(1).unwrap();
    let found = history.metadata(version).to_serde();
    assert_eq!(
        found,
        json!({"versionId": version.version_id, "versionNumber": "1", "versionTime": DAY[1],
            "created": DAY[1], "updated": DAY[2], "scid": history.scid(), "portable": true,
            "deactivated": false, "ttl": "7", "witness": {}, "watchers": ["https://w.example"]})
    );
}

#[test]
fn the_parallel_did_web_document_is_the_same_under_the_other_name() {
    let service = json!({"id": "#x", "type": "X", "serviceEndpoint": "https://x.example"});
    let own = |name: &str| format!("did:webvh:{{SCID}}:parliament.example{name}");
    let mut state = with_key(5, &["assertionMethod"]);
    state["service"] =
        json!([service, {"id": own("#whois"), "type": "Y", "serviceEndpoint": "x:y"}]);
    state["alsoKnownAs"] = json!(["did:web:parliament.example", "x:y", "x:y"]);
    let history = history(&[state]);
    let web = web_document(&history).unwrap().to_serde();
    let did = "did:web:parliament.example";
    assert_eq!(web["id"], did);
    assert_eq!(web["assertionMethod"], json!([format!("{did}#k")]));
    assert_eq!(web["verificationMethod"][0]["controller"], did);
    assert_eq!(
        web["alsoKnownAs"],
        json!(["x:y", history.did().to_string()])
    );
    assert_eq!(
        web["service"],
        json!([
            service,
            {"id": format!("{did}#whois"), "type": "Y", "serviceEndpoint": "x:y"},
            {"id": format!("{did}#files"), "type": "relativeRef",
                "serviceEndpoint": "https://parliament.example"},
        ])
    );
    // It is a good document of that DID.
    let json = serde_json::to_vec(&web).unwrap();
    let read = crate::did::web::read_document(&did.parse().unwrap(), &json).unwrap();
    assert_eq!(read.methods()[0].key(), &public(5));
    // Without services, both are added.
    let plain = self::history(&[with_key(5, &[])]);
    let web = web_document(&plain).unwrap().to_serde();
    let ids: Vec<_> = web["service"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["id"].clone())
        .collect();
    assert_eq!(
        ids,
        [json!(format!("{did}#files")), json!(format!("{did}#whois"))]
    );
    assert_eq!(
        web["service"][1]["serviceEndpoint"],
        "https://parliament.example/whois.vp"
    );
}
