//! Whose log it is, and where it may go (section "DID Portability").

use serde_json::json;

use super::{forged::state, *};

fn moved(more: serde_json::Value, to: &str, known_as: serde_json::Value) -> Forge {
    let portable = Forge::genesis(json!({"portable": true}));
    portable.update(1, more).with(|step| {
        step.state = state(to);
        step.state["alsoKnownAs"] = known_as;
    })
}

const FORMER: &str = "did:webvh:{SCID}:parliament.example";

#[test]
fn a_portable_did_moves_and_names_its_former_self() {
    let forge = moved(json!({}), "chamber.example:did", json!(["x:y", FORMER]));
    let history = verify(&forge.log()).unwrap();
    let dids: Vec<_> = history.dids().iter().map(ToString::to_string).collect();
    let scid = history.scid();
    assert_eq!(dids.len(), 2);
    assert_eq!(dids[0], format!("did:webvh:{scid}:parliament.example"));
    assert_eq!(
        history.did().to_string(),
        format!("did:webvh:{scid}:chamber.example:did")
    );
    // It is one DID under both names, and neither another's.
    let log = forge.log();
    for (did, code) in [
        (dids[0].clone(), None),
        (dids[1].clone(), None),
        (
            format!("did:webvh:{scid}:elsewhere.example"),
            Some(Code::DidLogOther),
        ),
        (
            format!("did:webvh:{scid}:chamber.example"),
            Some(Code::DidLogOther),
        ),
        (
            dids[0].replace(scid, &hash::of(b"")),
            Some(Code::DidLogOther),
        ),
        (
            "did:web:parliament.example".to_owned(),
            Some(Code::DidLogOther),
        ),
    ] {
        let mut budget = Budget::did_log();
        let asked: Did = did.parse().unwrap();
        let log = Log::parse(log.as_bytes(), &mut budget).unwrap();
        let found = log.verify(Some(&asked), None, now(), &mut budget);
        assert_eq!(found.err().map(|e| e.code()), code, "{did}");
    }
    // And back again, when it is still portable.
    let back = forge.update(1, json!({})).with(|step| {
        step.state = state("parliament.example");
        step.state["alsoKnownAs"] = json!(["did:webvh:{SCID}:chamber.example:did"]);
    });
    assert_eq!(verify(&back.log()).unwrap().dids().len(), 2);
}

#[test]
fn a_did_moves_only_when_it_may_and_says_where_from() {
    let place = "chamber.example";
    for known_as in [
        json!([]),
        json!(7),
        json!(["did:webvh:{SCID}:other.example"]),
        json!([[FORMER]]),
    ] {
        let found = refusal(&moved(json!({}), place, known_as.clone()).log());
        assert_eq!(found, Some(Code::DidLogMoved), "{known_as}");
    }
    let forbidden = moved(json!({"portable": false}), place, json!([FORMER]));
    assert_eq!(refusal(&forbidden.log()), Some(Code::DidLogMoved));
    let mut never = moved(json!({}), place, json!([FORMER]));
    never.steps[0].parameters["portable"] = json!(false);
    assert_eq!(refusal(&never.log()), Some(Code::DidLogMoved));
    never.steps[0]
        .parameters
        .as_object_mut()
        .unwrap()
        .remove("portable");
    assert_eq!(refusal(&never.log()), Some(Code::DidLogMoved));
    // What was switched off stays off.
    let off = Forge::genesis(json!({"portable": true})).update(1, json!({"portable": false}));
    assert!(verify(&off.log()).is_ok());
    let on = off.clone().update(1, json!({"portable": true}));
    assert_eq!(refusal(&on.log()), Some(Code::DidLogParameter));
    let late = Forge::genesis(json!({})).update(1, json!({"portable": true}));
    assert_eq!(refusal(&late.log()), Some(Code::DidLogParameter));
    let still = Forge::genesis(json!({"portable": true})).update(1, json!({"portable": true}));
    assert_eq!(refusal(&still.log()), Some(Code::DidLogParameter));
    let gone = off.update(1, json!({})).with(|step| {
        step.state = state(place);
        step.state["alsoKnownAs"] = json!([FORMER]);
    });
    assert_eq!(refusal(&gone.log()), Some(Code::DidLogMoved));
}

#[test]
fn no_entry_changes_the_identifier() {
    let other = hash::of(b"another");
    let first = Forge::genesis(json!({})).with(|step| {
        step.state["id"] = json!(format!("did:webvh:{other}:parliament.example"));
    });
    assert_eq!(refusal(&first.log()), Some(Code::DidLogOther));
    let second = moved(json!({}), "x", json!([FORMER])).with(|step| {
        step.state["id"] = json!(format!("did:webvh:{other}:parliament.example"));
    });
    assert_eq!(refusal(&second.log()), Some(Code::DidLogOther));
}

/// One of the defects of other resolvers: a DID whose path leads out of its folder, or whose host is an
/// address.
#[test]
fn a_did_whose_path_climbs_is_refused_in_every_entry() {
    for place in [
        "parliament.example:..:x",
        "parliament.example:%2e%2e",
        "127.0.0.1",
        "localhost",
    ] {
        let first = Forge::genesis(json!({})).with(|step| step.state = state(place));
        assert_eq!(refusal(&first.log()), Some(Code::DidWebAddress), "{place}");
        let later = moved(json!({}), place, json!([FORMER]));
        assert_eq!(refusal(&later.log()), Some(Code::DidWebAddress), "{place}");
    }
}
