//! Requests, answers, and who is answered.

use crate::world::*;

#[test]
fn a_presentation_is_valid_once_and_shows_what_was_chosen() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    world.publish();
    world.ask("ana", "MemberMandate:name,constituency?");
    let verdict = world.check(&[]).ends(0).json();
    assert_eq!(verdict["verdict"], "valid");
    let credential = &verdict["credentials"][0];
    assert_eq!(credential["claims"]["name"]["display"], "Ana Example");
    assert_eq!(credential["issuerName"], "House");
    assert!(credential["claims"].get("constituency").is_none());
    assert_eq!(codes(&world.check(&[]).ends(10)), ["request.already_used"]);
    world.check(&["--recheck"]).ends(0);
    // A claim that is required and not shown.
    world
        .wallet(
            "ana",
            &[
                "present",
                "request.jwt",
                "--disclose",
                "constituency",
                "--out",
                "answer.txt",
            ],
        )
        .ends(0);
    assert_eq!(
        codes(&world.check(&["--recheck"]).ends(10)),
        ["request.claim_missing"]
    );
    world
        .wallet(
            "ana",
            &[
                "present",
                "request.jwt",
                "--disclose",
                "nonsense",
                "--out",
                "answer.txt",
            ],
        )
        .ends(2);
    // Nobody is trusted by default, and nothing speaks for the future.
    let bare = [
        "check",
        "answer.txt",
        "--request",
        "request.jwt",
        "--trust",
        "site",
    ];
    world.verifier(&bare).ends(2);
    world.check(&["--at", &instant(-3600)]).ends(2);
    world.check(&["--at", "2026-11-24T12:00:00"]).ends(2);
    // Another anchor.
    let other = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK=X";
    let found = world
        .verifier(&[&bare[..], &["--anchor", other, "--recheck"]].concat())
        .ends(10);
    assert!(codes(&found).contains(&"issuer.not_trusted".to_owned()));
}

#[test]
fn a_verifier_that_is_not_known_is_not_answered() {
    let Some(world) = World::new() else { return };
    world.enrol("m-001", "ana", "invite");
    let issue = [
        "credential",
        "issue",
        "m-001",
        "--enrolment",
        "ana.enrolment",
        "--out",
        "ana.txt",
    ];
    world.issuer(&issue).ends(0);
    world
        .wallet("ana", &["credential", "add", "ana.txt"])
        .ends(0);
    let create = [
        "request",
        "create",
        "--claims",
        "MemberMandate:name",
        "--purpose",
        "p",
        "--out",
        "request.jwt",
    ];
    world.verifier(&create).ends(0);
    let present = ["present", "request.jwt", "--out", "answer.txt"];
    assert_eq!(
        world.wallet("ana", &present).ends(1).code(),
        "verifier.unknown"
    );
    world
        .wallet(
            "ana",
            &[&present[..], &["--allow-unknown-verifier"]].concat(),
        )
        .ends(0);
    // Unsigned, and signed but changed.
    let request = std::fs::read_to_string(world.place.path("request.jwt")).unwrap();
    let (signed, _) = request.trim().rsplit_once('.').unwrap();
    std::fs::write(world.place.path("request.jwt"), format!("{signed}.")).unwrap();
    assert_eq!(
        world.wallet("ana", &present).ends(1).code(),
        "request.signature"
    );
}
