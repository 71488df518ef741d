//! In-office statements: from the unattended issuer through the wallet to the verifier.

use crate::world::*;

fn checks(verdict: &serde_json::Value) -> &Vec<serde_json::Value> {
    verdict["credentials"][0]["checks"].as_array().unwrap()
}

#[test]
fn a_statement_of_this_moment_is_newer_than_the_bundle() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    world.publish();
    world.ask("ana", "MemberMandate:name");
    let before = world.check(&["--recheck"]).ends(0).json();
    assert!(checks(&before)[6].get("notes").is_none());
    std::thread::sleep(std::time::Duration::from_millis(1100));

    // Unattended: no passphrase is asked for.
    let mut unattended = std::process::Command::new(&world.issuer);
    unattended
        .current_dir(world.place.folder.path())
        .args(["--home", "issuer", "--no-input", "--format", "json"])
        .args(["status", "tokens", "--out", "tokens"]);
    let stated = Ran::from(unattended.output().unwrap()).ends(0).json();
    // The others have no credential yet.
    assert_eq!(stated["items"].as_array().unwrap().len(), 1);
    assert_eq!(stated["items"][0]["id"], "m-001");
    let file = stated["items"][0]["file"].as_str().unwrap();
    let kept = world
        .wallet("ana", &["credential", "refresh", file])
        .ends(0);
    assert_eq!(kept.json()["expires"], stated["items"][0]["expires"]);

    world.ask("ana", "MemberMandate:name");
    let after = world.check(&["--recheck"]).ends(0).json();
    let freshness = &checks(&after)[6];
    assert_eq!(freshness["notes"][0]["code"], "in_office.newer");
    let issued = checks(&before)[6]["asOf"].as_str().unwrap();
    assert!(freshness["asOf"].as_str().unwrap() > issued);

    // It is believed no longer once a bundle says otherwise, and no new one is made.
    let list = world.issuer(&["credential", "list"]).ends(0).json();
    let id = list["items"][0]["id"].as_str().unwrap();
    world.issuer(&["credential", "suspend", id]).ends(0);
    let none = world.issuer(&["status", "tokens", "--out", "tokens"]);
    assert_eq!(none.ends(0).json()["items"], serde_json::json!([]));
    world.publish();
    let found = codes(&world.check(&["--recheck"]).ends(11));
    assert_eq!(found, ["status.not_valid"]);
}

#[test]
fn a_statement_is_for_one_wallet() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    world.seat("m-002", "bo");
    let stated = world
        .issuer(&["status", "tokens", "--out", "tokens", "--members", "m-001"])
        .ends(0)
        .json();
    let file = stated["items"][0]["file"].as_str().unwrap();
    let refused = world.wallet("bo", &["credential", "refresh", file]);
    assert_eq!(refused.ends(1).code(), "credential.unknown");
    world
        .wallet("ana", &["credential", "refresh", file])
        .ends(0);
    let unknown = world.issuer(&["status", "tokens", "--out", "tokens", "--members", "nobody"]);
    assert_eq!(unknown.ends(1).code(), "member.unknown");
}
