//! What no entry may say, each with the code of its refusal.

use serde_json::{Value as Json, json};

use super::*;

fn refused(forge: &Forge) -> Option<Code> {
    refusal(&forge.log())
}

#[test]
fn the_identifier_is_the_hash_of_the_first_entry() {
    let log = Forge::genesis(json!({})).log();
    let scid = verify(&log).unwrap().scid().to_owned();
    assert_eq!(scid.len(), 46);
    // Another identifier, everywhere: the entry's hash is made to fit, and so is the signature.
    let mut forge = Forge::genesis(json!({}));
    let other = format!(
        "Qm{}",
        &"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuv"[..44]
    );
    let fill = |value: &Json| -> Json {
        serde_json::from_str(&value.to_string().replace("{SCID}", &other)).unwrap()
    };
    forge.steps[0].parameters = fill(&forge.steps[0].parameters);
    forge.steps[0].state = fill(&forge.steps[0].state);
    assert_eq!(refused(&forge), Some(Code::DidLogScid));
    for scid in [
        json!("ABSENT"),
        json!(""),
        json!(7),
        json!("{SCID}x"),
        json!("Qm0"),
    ] {
        assert_eq!(
            refused(&Forge::genesis(json!({"scid": scid}))),
            Some(Code::DidLogScid),
            "{scid}"
        );
    }
    // Another identifier in a later entry.
    let later = Forge::genesis(json!({})).update(1, json!({"scid": "{SCID}"}));
    assert_eq!(refused(&later), Some(Code::DidLogParameter));
}

#[test]
fn the_placeholder_cannot_stand_in_a_first_entry() {
    // Two first entries would have one identifier: this one, and one with the placeholder left in.
    let forge = Forge::genesis(json!({})).with(|step| step.state["x"] = json!("a {SCID} b"));
    let line = &forge.lines()[0];
    let scid = verify(line).unwrap().scid().to_owned();
    let mut entry: Json = serde_json::from_str(line).unwrap();
    entry["state"]["x"] = json!("a {SCID} b");
    entry.as_object_mut().unwrap().remove("proof");
    let good = entry["versionId"].clone();
    entry["versionId"] = json!(scid);
    let text = crate::encoding::jcs::canonicalize(
        &crate::encoding::strict_json::Value::from_serde(&entry),
    );
    let id = format!("1-{}", hash::of(&text.unwrap()));
    assert_ne!(good, json!(id));
    entry["versionId"] = json!(id);
    entry["proof"] = json!([forged::prove(&entry, 1, &[])]);
    assert_eq!(refusal(&entry.to_string()), Some(Code::DidLogScid));
}

#[test]
fn an_entry_is_the_one_that_its_hash_names() {
    let lines = Forge::genesis(json!({}))
        .update(1, json!({"ttl": 60}))
        .lines();
    let ids = forged::ids(&lines);
    let with_id = |id: &str| {
        // Signed again, so that only the hash is wrong.
        let mut entry: Json = serde_json::from_str(&lines[1]).unwrap();
        entry.as_object_mut().unwrap().remove("proof");
        entry["versionId"] = json!(id);
        entry["proof"] = json!([forged::prove(&entry, 1, &[])]);
        refusal(&format!("{}\n{entry}\n", lines[0]))
    };
    assert_eq!(with_id(&ids[1]), None);
    let (_, hash) = ids[1].split_once('-').unwrap();
    let (_, former) = ids[0].split_once('-').unwrap();
    for (id, code) in [
        (format!("2-{former}"), Code::DidLogEntryHash),
        ("2-".to_owned(), Code::DidLogEntryHash),
        (format!("2-{hash}1"), Code::DidLogEntryHash),
        (format!("2-{}", &hash[1..]), Code::DidLogEntryHash),
        (format!("2--{hash}"), Code::DidLogEntryHash),
        (format!("2-0{}", &hash[1..]), Code::DidLogEntryHash),
        (format!("02-{hash}"), Code::DidLogVersion),
        (format!("+2-{hash}"), Code::DidLogVersion),
        (format!("3-{hash}"), Code::DidLogVersion),
        (format!("1-{hash}"), Code::DidLogVersion),
        (hash.to_owned(), Code::DidLogVersion),
        (format!("-{hash}"), Code::DidLogVersion),
    ] {
        assert_eq!(with_id(&id), Some(code), "{id}");
    }
}

#[test]
fn times_rise_and_do_not_lie_in_the_future() {
    let second = |time: &str| {
        let forge = Forge::genesis(json!({})).update(1, json!({}));
        refused(&forge.with(|step| time.clone_into(&mut step.time)))
    };
    for good in [
        "2026-01-01T00:00:01Z",
        "2026-01-01T00:00:00.001Z",
        "2026-01-02T00:00:00+00:00",
        // Five minutes are allowed to the clock of whoever wrote it.
        "2026-11-25T00:05:00Z",
    ] {
        assert_eq!(second(good), None, "{good}");
    }
    for bad in [
        "2026-01-01T00:00:00Z",
        "2025-12-31T23:59:59Z",
        "2026-11-25T00:05:01Z",
        "2027-01-01T00:00:00Z",
        "2026-01-02T00:00:00",
        "2026-01-02T00:00:00+01:00",
        "2026-01-02T00:00:00-00:00",
        "2026-01-02T00:00:00z",
        "2026-01-02",
        "20260102T000000Z",
        "2026-01-02T00:00:00Z[UTC]",
        "2026-13-02T00:00:00Z",
        "",
    ] {
        assert_eq!(second(bad), Some(Code::DidLogTime), "{bad}");
    }
}

#[test]
fn the_method_is_the_one_that_is_read_here() {
    for method in [
        json!("ABSENT"),
        json!("did:webvh:99.0"),
        json!("did:webvh:1.0-rc1"),
        json!("did:webvh:0.5"),
        json!("didwebvh:1.0"),
        json!("did:webvh:1.0 "),
        json!(null),
        json!(1.0),
    ] {
        let first = Forge::genesis(json!({"method": method}));
        assert_eq!(refused(&first), Some(Code::DidLogMethod), "{method}");
        if method != json!("ABSENT") {
            let later = Forge::genesis(json!({})).update(1, json!({"method": method}));
            assert_eq!(refused(&later), Some(Code::DidLogMethod), "{method}");
        }
    }
    let again = Forge::genesis(json!({})).update(1, json!({"method": "did:webvh:1.0"}));
    assert_eq!(refused(&again), None);
}

#[test]
fn a_parameter_has_the_values_that_it_may_have() {
    let p256 = p256(1).to_multikey();
    for bad in [
        json!({"updateKeys": "ABSENT"}),
        json!({"updateKeys": "z6Mk"}),
        json!({"updateKeys": [multikey(1), 7]}),
        json!({"updateKeys": [multikey(1), "z6Mk"]}),
        json!({"updateKeys": [multikey(1), p256]}),
        json!({"updateKeys": vec![multikey(1); 65]}),
        json!({"nextKeyHashes": "x"}),
        json!({"nextKeyHashes": [""]}),
        json!({"nextKeyHashes": vec!["x"; 65]}),
        json!({"watchers": {}}),
        json!({"watchers": [1]}),
        json!({"portable": "true"}),
        json!({"portable": null}),
        json!({"deactivated": 1}),
        json!({"deactivated": null}),
        json!({"ttl": -1}),
        json!({"ttl": "3600"}),
        json!({"ttl": 1.5}),
        json!({"ttl": 2_147_483_649_u64}),
        json!({"portabel": true}),
        json!({"": true}),
    ] {
        assert_eq!(
            refused(&Forge::genesis(bad.clone())),
            Some(Code::DidLogParameter),
            "{bad}"
        );
    }
    for good in [
        json!({"ttl": 0}),
        json!({"ttl": 2_147_483_648_u64}),
        json!({"watchers": ["https://watch.example"], "portable": true}),
        // What early writers put for nothing.
        json!({"watchers": null, "witness": null, "nextKeyHashes": null, "ttl": null}),
    ] {
        assert_eq!(refused(&Forge::genesis(good.clone())), None, "{good}");
    }
    let ttl = verify(
        &Forge::genesis(json!({"ttl": 7}))
            .update(1, json!({"ttl": null}))
            .log(),
    );
    assert_eq!(ttl.unwrap().latest().parameters.ttl, 3600);
}

#[test]
fn what_is_not_said_stays_as_it_was() {
    let more = json!({"ttl": 7, "watchers": ["https://w.example"], "portable": true});
    let forge = Forge::genesis(more).update(1, json!({}));
    let history = verify(&forge.log()).unwrap();
    let [first, second] = [1, 2].map(|n| history.version_number(n).unwrap());
    assert_eq!(first.parameters, second.parameters);
    assert_eq!(second.parameters.ttl, 7);
}

#[test]
fn a_proof_is_of_the_one_form() {
    let with = |name: &'static str, value: Json| {
        let forge = Forge::genesis(json!({})).update(1, json!({}));
        refused(&forge.with(|step| step.in_proof = vec![(name, value)]))
    };
    for (name, value) in [
        ("type", json!("Ed25519Signature2020")),
        ("cryptosuite", json!("ecdsa-jcs-2019")),
        ("cryptosuite", json!("eddsa-rdfc-2022")),
        ("cryptosuite", json!(null)),
        ("proofPurpose", json!("authentication")),
        ("proofPurpose", json!("capabilityInvocation")),
        ("challenge", json!("x")),
        ("domain", json!("x")),
        ("previousProof", json!("urn:x")),
        ("@context", json!(["https://www.w3.org/ns/did/v1"])),
        ("created", json!("yesterday")),
        ("expires", json!("2026-01-02T00:00:00Z")),
        ("verificationMethod", json!(multikey(1))),
        (
            "verificationMethod",
            json!(format!("did:key:{}", multikey(1))),
        ),
        ("verificationMethod", json!("did:key:#")),
    ] {
        assert_eq!(
            with(name, value.clone()),
            Some(Code::DidLogProof),
            "{name} {value}"
        );
    }
    assert_eq!(with("expires", json!("2027-01-02T00:00:00Z")), None);
    // Others write fractions of a second, another zone, or none.
    assert_eq!(with("created", json!("2026-01-01T00:00:00.5Z")), None);
    assert_eq!(with("created", json!("2026-01-01T01:00:00+01:00")), None);
    assert_eq!(with("created", json!("2026-01-01T00:00:00")), None);
    // And one proof without an array around it.
    let good = Forge::genesis(json!({})).lines().remove(0);
    let mut entry: Json = serde_json::from_str(&good).unwrap();
    entry["proof"] = entry["proof"][0].clone();
    assert_eq!(refusal(&entry.to_string()), None);
    entry["proof"]["created"] = json!("2026-01-01T00:00:01Z");
    assert_eq!(refusal(&entry.to_string()), Some(Code::DidLogSignature));
    let bare = Forge::genesis(json!({})).with(|step| step.signers.clear());
    assert_eq!(refused(&bare), Some(Code::DidLogMalformed));
}

/// The forged entry of didwebvh-rs before 0.5.3: the fragment names the controller's key, and the body
/// the forger's, whose signature it is.
#[test]
fn a_did_key_whose_fragment_differs_from_its_body_is_refused() {
    let (own, forger) = (multikey(1), multikey(66));
    for method in [
        format!("did:key:{forger}#{own}"),
        format!("did:key:{own}#{forger}"),
    ] {
        let forge = Forge::genesis(json!({}))
            .update(66, json!({}))
            .with(|step| {
                step.in_proof = vec![("verificationMethod", json!(method))];
            });
        assert_eq!(refused(&forge), Some(Code::DidLogProof), "{method}");
    }
    // The controller's whole name over the forger's signature.
    let forge = Forge::genesis(json!({}))
        .update(66, json!({}))
        .with(|step| {
            step.in_proof = vec![("verificationMethod", json!(format!("did:key:{own}#{own}")))];
        });
    assert_eq!(refused(&forge), Some(Code::DidLogSignature));
}

#[test]
fn every_proof_of_an_entry_counts() {
    let both = json!({"updateKeys": [multikey(1), multikey(2)]});
    let signed_by = |signers: &[u8]| {
        let forge = Forge::genesis(both.clone()).update(1, json!({}));
        refused(&forge.with(|step| step.signers = signers.to_vec()))
    };
    assert_eq!(signed_by(&[2]), None);
    assert_eq!(signed_by(&[1, 2]), None);
    assert_eq!(signed_by(&[1, 3]), Some(Code::DidLogUnauthorised));
    assert_eq!(signed_by(&[3]), Some(Code::DidLogUnauthorised));
}

#[test]
fn nothing_stands_behind_the_entry_that_ends_the_did() {
    let ended = Forge::genesis(json!({})).update(1, json!({"deactivated": true}));
    let history = verify(&ended.log()).unwrap();
    assert!(history.is_deactivated());
    assert_eq!(history.deactivated_at(), Some(at("2026-01-02T00:00:00Z")));
    for more in [json!({}), json!({"deactivated": false})] {
        let behind = ended.clone().update(1, more);
        assert_eq!(refused(&behind), Some(Code::DidLogDeactivated));
    }
}

#[test]
fn a_log_is_lines_of_entries() {
    let lines = Forge::genesis(json!({})).update(1, json!({})).lines();
    let [a, b] = [&lines[0], &lines[1]];
    for good in [format!("{a}\n{b}\n"), format!("{a}\n{b}"), a.clone()] {
        assert_eq!(refusal(&good), None, "{good}");
    }
    for bad in [
        String::new(),
        "\n".to_owned(),
        format!("{a}\n\n{b}\n"),
        format!("\n{a}\n"),
        format!("{a}\n{b}\n\n"),
        format!("{a}\r\n{b}\r\n"),
        format!(" {a}\n"),
        format!("{a} \n"),
        format!("[{a},{b}]"),
        format!("{a},\n{b}"),
        format!("\u{feff}{a}"),
    ] {
        assert_eq!(refusal(&bad), Some(Code::DidLogMalformed), "{bad}");
    }
    assert_eq!(refusal(&format!("{a}{b}")), Some(Code::JsonMalformed));
    let twice = a.replacen("{\"parameters\"", "{\"versionId\":\"1\",\"parameters\"", 1);
    assert_eq!(refusal(&twice), Some(Code::JsonDuplicateName));
    let mut entry: Json = serde_json::from_str(a).unwrap();
    entry["more"] = json!(1);
    assert_eq!(refusal(&entry.to_string()), Some(Code::DidLogMalformed));
    for name in ["versionId", "versionTime", "parameters", "state", "proof"] {
        let mut entry: Json = serde_json::from_str(a).unwrap();
        entry.as_object_mut().unwrap().remove(name);
        assert_eq!(
            refusal(&entry.to_string()),
            Some(Code::DidLogMalformed),
            "{name}"
        );
        entry[name] = json!(7);
        assert_eq!(
            refusal(&entry.to_string()),
            Some(Code::DidLogMalformed),
            "{name}"
        );
    }
}

#[test]
fn every_byte_and_signature_is_paid_for() {
    let log = Forge::genesis(json!({})).update(1, json!({})).log();
    let mut budget = Budget::did_log();
    budget.spend_bytes((16 << 20) - log.len() + 1).unwrap();
    let parsed = Log::parse(log.as_bytes(), &mut budget).map(|log| log.lines().len());
    assert_eq!(parsed.map_err(|e| e.code()), Err(Code::BudgetExhausted));
    for (left, code) in [(2, None), (1, Some(Code::BudgetExhausted))] {
        let mut budget = Budget::did_log();
        for _ in left..4096 {
            budget.spend_signature().unwrap();
        }
        let parsed = Log::parse(log.as_bytes(), &mut budget).unwrap();
        assert!(!parsed.lines().is_empty());
        let found = parsed.verify(None, None, now(), &mut budget);
        assert_eq!(found.err().map(|e| e.code()), code, "{left}");
    }
}

#[test]
fn a_document_that_cannot_be_used_is_refused_with_its_log() {
    let with = |name: &str, value: Json| {
        refused(&Forge::genesis(json!({})).with(|step| step.state[name] = value))
    };
    assert_eq!(
        with("verificationMethod", json!(7)),
        Some(Code::DidDocument)
    );
    assert_eq!(with("id", json!(7)), Some(Code::DidDocument));
    assert_eq!(with("id", json!("x")), Some(Code::DidMalformed));
    assert_eq!(
        with("id", json!("did:web:a.example")),
        Some(Code::DidUnsupportedMethod)
    );
    assert_eq!(
        with("id", json!("did:webvh:{SCID}:a.example#k")),
        Some(Code::DidMalformed)
    );
}

/// A document that stays as it was is not read again; nobody can have one taken for it.
#[test]
fn a_document_is_the_one_of_the_entry_before_only_where_it_is_written_so() {
    const WORD: &str = "= the state before";
    let before = || Forge::genesis(json!({})).with(|step| step.state["x"] = json!("y"));
    let history = verify(&before().update(1, json!({})).log()).unwrap();
    let [first, second] = [1, 2].map(|n| history.version_number(n).unwrap());
    assert_eq!(first.document_json, second.document_json);
    assert_eq!(first.document, second.document);
    // The word itself is no document, also where the document stands elsewhere in the line.
    let word = before()
        .update(1, json!({}))
        .with(|step| step.state = json!(WORD));
    assert_eq!(refused(&word), Some(Code::DidLogMalformed));
    let first: Json = serde_json::from_str(&before().lines()[0]).unwrap();
    let hidden = word.with(|step| step.in_proof = vec![("state", first["state"].clone())]);
    assert_eq!(refused(&hidden), Some(Code::DidLogMalformed));
    // What is written once more in a proof is no state, and the line is read as it stands.
    let beside = before().update(1, json!({})).with(|step| {
        step.in_proof = vec![("state", first["state"].clone())];
        step.state["x"] = json!("z");
    });
    let history = verify(&beside.log()).unwrap();
    assert!(history.latest().document_json.contains(r#""x":"z""#));
    // A document that has the word is a document.
    let named = before()
        .update(1, json!({}))
        .with(|step| step.state["x"] = json!(WORD));
    let history = verify(&named.clone().update(1, json!({})).log()).unwrap();
    assert!(history.latest().document_json.contains(WORD));
}
