//! Bundles that are older, changed, missing or due.

use crate::world::*;

#[test]
fn a_bundle_that_is_older_changed_or_missing_decides_nothing() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    world.publish();
    let old = std::fs::read(world.place.path("site/bundle.json")).unwrap();
    world.publish();
    world.ask("ana", "MemberMandate:name");
    world.check(&["--recheck"]).ends(0);
    std::fs::write(world.place.path("site/bundle.json"), &old).unwrap();
    assert_eq!(
        codes(&world.check(&["--recheck"]).ends(12))[0],
        "bundle.rollback"
    );
    let mut changed = old.clone();
    let at = changed.len() / 2;
    changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
    std::fs::write(world.place.path("site/bundle.json"), &changed).unwrap();
    let found = codes(&world.check(&["--recheck"]).ends(12));
    assert!(found[0].starts_with("bundle."), "{found:?}");
    std::fs::remove_file(world.place.path("site/bundle.json")).unwrap();
    assert_eq!(
        codes(&world.check(&["--recheck"]).ends(12))[0],
        "bundle.missing"
    );
    world.publish();
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert_eq!(
        codes(&world.check(&["--recheck", "--max-age", "0s"]).ends(12)),
        ["bundle.stale"]
    );
    world.check(&["--recheck"]).ends(0);
}

#[test]
fn a_timer_publishes_at_fixed_instants_and_a_person_at_any() {
    let Some(world) = World::with(&["--publish-every", "12h"]) else {
        return;
    };
    let timer = || {
        let ran = world.issuer(&["publish", "--if-due", "--out", "site"]);
        ran.ends(0).json()
    };
    assert_eq!(timer()["schema"], "mandate.published/1");
    let again = timer();
    // The instant may have come between the two, at noon or at midnight.
    let again = if again["schema"] == "mandate.published/1" {
        timer()
    } else {
        again
    };
    assert_eq!(again["schema"], "mandate.publish-not-due/1");
    let due = again["due"].as_str().unwrap();
    assert!(
        due.ends_with("T00:00:00Z") || due.ends_with("T12:00:00Z"),
        "{due}"
    );
    let by_hand = world.issuer(&["publish", "--out", "site"]).ends(0).json();
    assert_eq!(by_hand["seq"], again["seq"].as_u64().unwrap() + 1);
    assert_eq!(
        world.issuer(&["config", "show"]).ends(0).json()["publishEveryMinutes"],
        720
    );
}

#[test]
fn an_interval_in_which_a_bundle_grows_stale_is_no_interval() {
    let Some(world) = World::new() else { return };
    for wrong in ["13h", "59s"] {
        let init = [
            "init",
            "--name",
            "House",
            "--chamber",
            "EX-1",
            "--country",
            "XX",
        ];
        let every = ["--publish-every", wrong];
        let home = world.place.path("other");
        let home = ["--home", home.to_str().unwrap()];
        world.issuer(&[&init[..], &every, &home].concat()).ends(2);
    }
}
