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
