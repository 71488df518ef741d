//! Which keys control a DID (sections "Authorized Keys" and "Pre-Rotation Key Hash Generation and
//! Verification").

use serde_json::json;

use super::*;

fn hash_of(seed: u8) -> String {
    key_hash(&multikey(seed))
}

/// Control key 1, with key 2 announced.
fn announced() -> Forge {
    Forge::genesis(json!({"nextKeyHashes": [hash_of(2)]}))
}

#[test]
fn without_announcing_the_keys_of_the_entry_before_sign() {
    let rotated = Forge::genesis(json!({})).update(1, json!({"updateKeys": [multikey(2)]}));
    assert_eq!(refusal(&rotated.log()), None);
    let history = verify(&rotated.clone().update(2, json!({})).log()).unwrap();
    for (time, seeds) in [
        ("2025-12-31T23:59:59Z", None),
        ("2026-01-01T00:00:00Z", Some(1)),
        ("2026-01-01T23:59:59Z", Some(1)),
        ("2026-01-02T00:00:00Z", Some(2)),
        ("2026-06-01T00:00:00Z", Some(2)),
    ] {
        let expected = seeds.map(|seed| vec![public(seed)]);
        assert_eq!(
            history.update_keys_at(at(time)).map(<[_]>::to_vec),
            expected,
            "{time}"
        );
    }
    // Neither may the new key sign its own coming, nor the old one afterwards.
    let by_itself = Forge::genesis(json!({})).update(2, json!({"updateKeys": [multikey(2)]}));
    assert_eq!(refusal(&by_itself.log()), Some(Code::DidLogUnauthorised));
    assert_eq!(
        refusal(&rotated.update(1, json!({})).log()),
        Some(Code::DidLogUnauthorised)
    );
}

#[test]
fn a_first_entry_is_signed_by_its_own_keys() {
    let foreign = Forge::genesis(json!({})).with(|step| step.signers = vec![2]);
    assert_eq!(refusal(&foreign.log()), Some(Code::DidLogUnauthorised));
    let nobody = Forge::genesis(json!({"updateKeys": []}));
    assert_eq!(refusal(&nobody.log()), Some(Code::DidLogUnauthorised));
}

#[test]
fn without_keys_a_did_is_frozen() {
    let frozen = Forge::genesis(json!({})).update(1, json!({"updateKeys": []}));
    let history = verify(&frozen.log()).unwrap();
    assert!(!history.is_deactivated());
    assert_eq!(history.update_keys_at(now()), Some([].as_slice()));
    assert_eq!(
        refusal(&frozen.update(1, json!({})).log()),
        Some(Code::DidLogUnauthorised)
    );
    let null = Forge::genesis(json!({})).update(1, json!({"updateKeys": null}));
    assert_eq!(
        refusal(&null.update(1, json!({})).log()),
        Some(Code::DidLogUnauthorised)
    );
}

#[test]
fn an_announced_key_takes_over_and_signs_its_own_coming() {
    let next = json!({"updateKeys": [multikey(2)], "nextKeyHashes": [hash_of(3)]});
    let history = verify(&announced().update(2, next.clone()).log()).unwrap();
    assert!(history.latest().parameters.has_pre_rotation());
    assert_eq!(history.latest().update_keys, [public(2)]);
    // The key of before, whoever stole it, cannot.
    assert_eq!(
        refusal(&announced().update(1, next).log()),
        Some(Code::DidLogUnauthorised)
    );
}

#[test]
fn while_keys_are_announced_nothing_is_inherited() {
    for (parameters, signer) in [
        // No updateKeys: those of before would stay in force.
        (json!({"nextKeyHashes": [hash_of(3)]}), 1),
        (json!({}), 1),
        // No nextKeyHashes.
        (json!({"updateKeys": [multikey(2)]}), 2),
        // A key that was not announced.
        (json!({"updateKeys": [multikey(4)], "nextKeyHashes": []}), 4),
        // One that was, and one that was not.
        (
            json!({"updateKeys": [multikey(2), multikey(4)], "nextKeyHashes": []}),
            2,
        ),
        // A key that controlled the DID before, and was not announced again.
        (
            json!({"updateKeys": [multikey(2), multikey(1)], "nextKeyHashes": []}),
            2,
        ),
        (json!({"updateKeys": [multikey(1)], "nextKeyHashes": []}), 1),
    ] {
        let found = refusal(&announced().update(signer, parameters.clone()).log());
        assert_eq!(found, Some(Code::DidLogPreRotation), "{parameters}");
    }
    // The keys of nobody: nobody can sign it.
    let nobody = json!({"updateKeys": [], "nextKeyHashes": []});
    let found = refusal(&announced().update(1, nobody).log());
    assert_eq!(found, Some(Code::DidLogUnauthorised));
}

#[test]
fn announcing_ends_behind_the_entry_that_says_so() {
    let off = json!({"updateKeys": [multikey(2)], "nextKeyHashes": []});
    let forge = announced().update(2, off);
    assert_eq!(refusal(&forge.log()), None);
    // From then on the keys of the entry before sign, and new ones need no announcing.
    let free = forge
        .clone()
        .update(2, json!({"updateKeys": [multikey(9)]}));
    assert_eq!(refusal(&free.log()), None);
    let early = forge.update(9, json!({"updateKeys": [multikey(9)]}));
    assert_eq!(refusal(&early.log()), Some(Code::DidLogUnauthorised));
    // Null is nothing, too.
    let null = json!({"updateKeys": [multikey(2)], "nextKeyHashes": null});
    assert_eq!(
        refusal(&announced().update(2, null).update(2, json!({})).log()),
        None
    );
}

#[test]
fn announcing_begins_behind_the_entry_that_does_it() {
    let on = json!({"nextKeyHashes": [hash_of(2), "any text at all"]});
    let forge = Forge::genesis(json!({})).update(1, on);
    assert_eq!(refusal(&forge.log()), None);
    let next = json!({"updateKeys": [multikey(2)], "nextKeyHashes": [hash_of(3)]});
    assert_eq!(refusal(&forge.clone().update(2, next).log()), None);
    assert_eq!(
        refusal(&forge.update(1, json!({})).log()),
        Some(Code::DidLogPreRotation)
    );
}
