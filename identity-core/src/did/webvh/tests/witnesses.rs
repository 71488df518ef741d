//! Witnesses: who counts, for which entry, and who does not (section "DID Witnesses").

use serde_json::{Value as Json, json};

use super::{forged::witness, *};

fn list(threshold: u64, seeds: &[u8]) -> Json {
    let named: Vec<_> = seeds
        .iter()
        .map(|seed| json!({"id": format!("did:key:{}", multikey(*seed))}))
        .collect();
    json!({"witness": {"threshold": threshold, "witnesses": named}})
}

/// A log and the proofs of its witnesses, each for the entry of this number; 0 is one that is not in
/// the log.
fn with(forge: &Forge, proofs: &[(usize, u8)]) -> Result<DidHistory, WebvhError> {
    let lines = forge.lines();
    let ids = forged::ids(&lines);
    let id = |nth: usize| match nth {
        0 => format!("{}-{}", lines.len() + 1, hash::of(b"still to come")),
        nth => ids[nth - 1].clone(),
    };
    let records: Vec<_> = proofs
        .iter()
        .map(|(nth, seed)| json!({"versionId": id(*nth), "proof": [witness(&id(*nth), *seed)]}))
        .collect();
    verify_with(&forge.log(), Some(&json!(records).to_string()))
}

fn refused(forge: &Forge, proofs: &[(usize, u8)]) -> Option<Code> {
    with(forge, proofs).err().map(|e| e.code())
}

const TOO_FEW: Option<Code> = Some(Code::DidLogWitnesses);

#[test]
fn a_threshold_of_distinct_witnesses_signs_each_entry() {
    let forge = Forge::genesis(list(2, &[11, 12, 13]));
    assert_eq!(refused(&forge, &[(1, 11), (1, 12)]), None);
    assert_eq!(refused(&forge, &[(1, 13), (1, 11), (1, 12)]), None);
    assert_eq!(
        with(&forge, &[(1, 11)]).err(),
        Some(WebvhError::Witnesses {
            entry: 1,
            found: 1,
            needed: 2
        })
    );
    assert_eq!(refused(&forge, &[]), TOO_FEW);
    // Without the file, or with one that is empty.
    assert_eq!(refusal(&forge.log()), TOO_FEW);
    // A stranger counts for nothing, the controller neither.
    assert_eq!(refused(&forge, &[(1, 11), (1, 14), (1, 1)]), TOO_FEW);
}

/// One of the defects of other resolvers: two proofs by one witness reach a threshold of two.
#[test]
fn two_proofs_by_one_witness_are_one_witness() {
    let forge = Forge::genesis(list(2, &[11, 12]));
    assert_eq!(refused(&forge, &[(1, 11), (1, 11)]), TOO_FEW);
    let forge = forge.update(1, json!({}));
    assert_eq!(refused(&forge, &[(1, 11), (2, 11)]), TOO_FEW);
}

/// One of the defects of other resolvers: a witness that stands in the list twice counts twice.
#[test]
fn a_witness_that_is_listed_twice_is_refused() {
    let twice = Forge::genesis(list(2, &[11, 11]));
    assert_eq!(refused(&twice, &[(1, 11)]), Some(Code::DidLogParameter));
    // In the other spelling, too.
    let named = [
        json!({"id": multikey(11)}),
        json!({"id": format!("did:key:{}", multikey(11))}),
    ];
    let twice = Forge::genesis(json!({"witness": {"threshold": 2, "witnesses": named}}));
    assert_eq!(refused(&twice, &[(1, 11)]), Some(Code::DidLogParameter));
    let bare = Forge::genesis(json!({"witness": {"threshold": 1, "witnesses": [named[0]]}}));
    assert_eq!(refused(&bare, &[(1, 11)]), None);
}

#[test]
fn a_list_that_cannot_be_met_or_means_nothing_is_refused() {
    let one = json!([{"id": format!("did:key:{}", multikey(11))}]);
    let many: Vec<_> = (0..65).map(|n| json!({"id": multikey(n)})).collect();
    for bad in [
        json!({"threshold": 0, "witnesses": one}),
        json!({"threshold": 2, "witnesses": one}),
        json!({"threshold": -1, "witnesses": one}),
        json!({"threshold": 1.5, "witnesses": one}),
        json!({"threshold": "1", "witnesses": one}),
        json!({"witnesses": one}),
        json!({"threshold": 1}),
        json!({"threshold": 1, "witnesses": []}),
        json!({"threshold": 1, "witnesses": {}}),
        json!({"threshold": 1, "witnesses": [7]}),
        json!({"threshold": 1, "witnesses": [{"id": 7}]}),
        json!({"threshold": 1, "witnesses": [{}]}),
        json!({"threshold": 1, "witnesses": [{"id": multikey(11), "weight": 2}]}),
        json!({"threshold": 1, "witnesses": [{"id": "did:web:a.example"}]}),
        json!({"threshold": 1, "witnesses": [{"id": format!("did:key:{}", p256(1).to_multikey())}]}),
        json!({"threshold": 1, "witnesses": one, "more": 1}),
        json!({"threshold": 1, "witnesses": many}),
        json!([]),
        json!(7),
    ] {
        let forge = Forge::genesis(json!({"witness": bad}));
        assert_eq!(
            refused(&forge, &[(1, 11)]),
            Some(Code::DidLogParameter),
            "{bad}"
        );
        let keys = |n: usize| vec![multikey(11); n];
        assert!(Witnesses::new(1, keys(1)).is_ok());
        assert!(Witnesses::new(2, keys(1)).is_err());
        assert!(Witnesses::new(1, keys(2)).is_err());
    }
}

#[test]
fn a_later_proof_covers_earlier_entries_and_an_earlier_one_no_later() {
    let forge = Forge::genesis(list(1, &[11]))
        .update(1, json!({}))
        .update(1, json!({}));
    assert_eq!(refused(&forge, &[(3, 11)]), None);
    assert_eq!(refused(&forge, &[(1, 11), (2, 11), (3, 11)]), None);
    assert_eq!(
        with(&forge, &[(1, 11), (2, 11)]).err(),
        Some(WebvhError::Witnesses {
            entry: 3,
            found: 0,
            needed: 1
        })
    );
}

/// One of the defects of other resolvers: a later proof was counted for earlier entries before, or
/// without, being verified.
#[test]
fn a_later_proof_that_does_not_verify_covers_nothing() {
    let forge = Forge::genesis(list(1, &[11])).update(1, json!({"witness": {}}));
    let ids = forged::ids(&forge.lines());
    let good = witness(&ids[1], 11);
    let file = |proofs: &[Json]| json!([{"versionId": ids[1], "proof": proofs}]).to_string();
    let found = |file: String| {
        verify_with(&forge.log(), Some(&file))
            .err()
            .map(|e| e.code())
    };
    assert_eq!(found(file(std::slice::from_ref(&good))), None);
    let mut broken = good.clone();
    broken["proofValue"] = witness(&ids[0], 11)["proofValue"].clone();
    assert_eq!(found(file(std::slice::from_ref(&broken))), TOO_FEW);
    // Beside a good one it does no harm.
    assert_eq!(found(file(&[broken, good])), None);
}

#[test]
fn a_proof_of_an_entry_that_is_still_to_be_published_covers_nothing() {
    let forge = Forge::genesis(list(1, &[11]));
    assert_eq!(refused(&forge, &[(0, 11)]), TOO_FEW);
    assert_eq!(refused(&forge, &[(1, 11), (0, 11)]), None);
}

#[test]
fn a_proof_of_another_dids_entry_covers_nothing() {
    let own = Forge::genesis(list(1, &[11]));
    let other = Forge::genesis(list(1, &[11])).with(|step| step.state["x"] = json!("other"));
    let [own_id, other_id] = [&own, &other].map(|forge| forged::ids(&forge.lines())[0].clone());
    assert_ne!(own_id, other_id);
    for record in [&own_id, &other_id] {
        let file = json!([{"versionId": record, "proof": [witness(&other_id, 11)]}]);
        let found = verify_with(&own.log(), Some(&file.to_string()));
        assert_eq!(found.err().map(|e| e.code()), TOO_FEW);
    }
}

#[test]
fn a_witness_signs_with_its_own_key_in_the_one_form() {
    let forge = Forge::genesis(list(1, &[11]));
    let id = &forged::ids(&forge.lines())[0];
    let (own, other) = (multikey(11), multikey(12));
    let found = |signer: u8, changed: &[(&'static str, Json)]| {
        let proof = forged::prove(&json!({"versionId": id}), signer, changed);
        let file = json!([{"versionId": id, "proof": [proof]}]).to_string();
        verify_with(&forge.log(), Some(&file))
            .err()
            .map(|e| e.code())
    };
    assert_eq!(found(11, &[]), None);
    for method in [
        format!("did:key:{own}#{other}"),
        format!("did:key:{other}#{own}"),
        format!("did:key:{own}#{own}"),
        format!("did:key:{own}"),
    ] {
        assert_eq!(
            found(12, &[("verificationMethod", json!(method))]),
            TOO_FEW,
            "{method}"
        );
    }
    assert_eq!(
        found(11, &[("cryptosuite", json!("ecdsa-jcs-2019"))]),
        TOO_FEW
    );
    assert_eq!(
        found(11, &[("proofPurpose", json!("authentication"))]),
        TOO_FEW
    );
}

/// A list takes effect behind the entry that brings it; where there was none, at once.
#[test]
fn the_list_of_the_entry_before_is_in_force() {
    let replaced = Forge::genesis(list(2, &[11, 12])).update(1, list(1, &[13]));
    assert_eq!(refused(&replaced, &[(2, 11), (2, 12)]), None);
    // Neither the new one alone, nor the old one for the first entry only.
    assert_eq!(refused(&replaced, &[(1, 11), (1, 12), (2, 13)]), TOO_FEW);
    assert_eq!(refused(&replaced, &[(1, 11), (1, 12), (2, 11)]), TOO_FEW);
    let then = replaced.update(1, json!({}));
    assert_eq!(refused(&then, &[(2, 11), (2, 12), (3, 13)]), None);
    assert_eq!(refused(&then, &[(3, 11), (3, 12)]), TOO_FEW);

    let removed = Forge::genesis(list(1, &[11])).update(1, json!({"witness": {}}));
    assert_eq!(refused(&removed, &[(1, 11)]), TOO_FEW);
    assert_eq!(refused(&removed, &[(2, 11)]), None);
    let null = Forge::genesis(list(1, &[11])).update(1, json!({"witness": null}));
    assert_eq!(refused(&null, &[(1, 11)]), TOO_FEW);
    assert_eq!(refused(&removed.update(1, json!({})), &[(2, 11)]), None);

    let added = Forge::genesis(json!({})).update(1, list(1, &[11]));
    assert_eq!(refused(&added, &[]), TOO_FEW);
    assert_eq!(refused(&added, &[(2, 11)]), None);
}

#[test]
fn a_file_that_is_no_list_of_proofs_is_refused() {
    let forge = Forge::genesis(list(1, &[11]));
    let id = &forged::ids(&forge.lines())[0];
    for (file, code) in [
        (String::new(), Code::JsonMalformed),
        ("{}".to_owned(), Code::DidLogMalformed),
        ("[{}]".to_owned(), Code::DidLogMalformed),
        (
            json!([{"versionId": id, "proof": {}}]).to_string(),
            Code::DidLogMalformed,
        ),
        // Records without proofs, and things that are none, are only of no use.
        (
            json!([{"versionId": id}]).to_string(),
            Code::DidLogWitnesses,
        ),
        (
            json!([{"versionId": id, "proof": [7, {}]}]).to_string(),
            Code::DidLogWitnesses,
        ),
    ] {
        let found = verify_with(&forge.log(), Some(&file));
        assert_eq!(found.err().map(|e| e.code()), Some(code), "{file}");
    }
    // Where nobody witnesses, it is not looked at.
    let forge = Forge::genesis(json!({}));
    assert!(verify_with(&forge.log(), Some("{}")).is_ok());
}

#[test]
fn the_proofs_are_paid_for_and_those_that_cannot_count_are_not_tried() {
    let forge = Forge::genesis(list(1, &[11])).update(1, json!({}));
    let ids = forged::ids(&forge.lines());
    let all: Vec<_> = [(1, 11), (0, 11), (1, 99), (0, 99)]
        .map(|(nth, seed): (usize, u8)| json!({"versionId": ids[nth], "proof": [witness(&ids[nth], seed)]}))
        .into();
    let file = json!(all).to_string();
    let log = forge.log();
    let with_left = |left: usize| {
        let mut budget = Budget::did_log();
        for _ in left..4096 {
            budget.spend_signature().unwrap();
        }
        let log = Log::parse(log.as_bytes(), &mut budget).unwrap();
        let found = log.verify(None, Some(file.as_bytes()), now(), &mut budget);
        found.err().map(|e| e.code())
    };
    // Two entries and the latest proof of the one witness.
    assert_eq!(with_left(3), None);
    assert_eq!(with_left(2), Some(Code::BudgetExhausted));
    let mut budget = Budget::did_log();
    let parsed = Log::parse(log.as_bytes(), &mut budget).unwrap();
    budget
        .spend_bytes((16 << 20) - log.len() - file.len() + 1)
        .unwrap();
    let found = parsed.verify(None, Some(file.as_bytes()), now(), &mut budget);
    assert_eq!(found.err().map(|e| e.code()), Some(Code::BudgetExhausted));
}

#[test]
fn a_file_is_kept_with_the_latest_proof_of_each_witness() {
    let forge = Forge::genesis(list(2, &[11, 12])).update(1, json!({}));
    let log = forge.log();
    let ids = forged::ids(&forge.lines());
    let coming = format!("3-{}", hash::of(b"still to come"));
    let mut file = WitnessFile::new();
    for id in [&ids[0], &ids[1], &coming] {
        for seed in [11, 12] {
            let created = at("2026-01-03T00:00:00Z");
            file.add(id, witness_proof(id, &key(seed), created).unwrap());
            file.add(id, witness_proof(id, &key(seed), created).unwrap());
        }
    }
    let history = verify_with(&log, Some(&file.to_json().unwrap())).unwrap();
    assert_eq!(
        WitnessFile::parse(file.to_json().unwrap().as_bytes()),
        Ok(file.clone())
    );
    file.prune(&history);
    let json: Json = serde_json::from_str(&file.to_json().unwrap()).unwrap();
    let kept: Vec<_> = json
        .as_array()
        .unwrap()
        .iter()
        .map(|record| {
            (
                record["versionId"].clone(),
                record["proof"].as_array().unwrap().len(),
            )
        })
        .collect();
    assert_eq!(kept, [(json!(ids[1]), 2), (json!(coming), 2)]);
    // A later proof by one witness takes nothing from another.
    let mut file = WitnessFile::new();
    for (id, seed) in [(&ids[0], 11), (&ids[0], 12), (&ids[1], 12)] {
        file.add(id, witness_proof(id, &key(seed), now()).unwrap());
    }
    file.prune(&history);
    let json: Json = serde_json::from_str(&file.to_json().unwrap()).unwrap();
    let name = format!("did:key:{0}#{0}", multikey(11));
    assert_eq!(json[0]["versionId"], ids[0]);
    assert_eq!(json[0]["proof"].as_array().unwrap().len(), 1);
    assert_eq!(json[0]["proof"][0]["verificationMethod"], name);
    assert_eq!(json[1]["versionId"], ids[1]);
    let mut file = WitnessFile::new();
    for id in [&ids[0], &ids[1], &coming] {
        for seed in [11, 12] {
            let created = at("2026-01-03T00:00:00Z");
            file.add(id, witness_proof(id, &key(seed), created).unwrap());
        }
    }
    file.prune(&history);
    assert!(verify_with(&log, Some(&file.to_json().unwrap())).is_ok());
    // A P-256 key makes no such proof.
    let p256 = SecretKey::from_secret_bytes(Algorithm::Es256, &[1; 32]).unwrap();
    assert!(witness_proof(&coming, &p256, now()).is_err());
}
