//! A member's letter has a second code, which suspends what is theirs and nothing else.

use crate::world::*;

#[test]
fn the_second_code_suspends_without_an_officer() {
    let Some(world) = World::new() else { return };
    let invite = ["enrol", "invite", "m-001", "--out", "ana.code"];
    let more = ["--letters", "letters", "--suspend-codes", "apart.jsonl"];
    world.issuer(&[&invite[..], &more].concat()).ends(0);
    let read = |name: &str| std::fs::read_to_string(world.place.path(name)).unwrap();
    let invitation: serde_json::Value = serde_json::from_str(&read("ana.code")).unwrap();
    let names: Vec<&String> = invitation.as_object().unwrap().keys().collect();
    assert_eq!(names, ["code", "expires", "issuer", "member", "name"]);
    let apart: serde_json::Value = serde_json::from_str(&read("apart.jsonl")).unwrap();
    let code = apart["suspendCode"].as_str().unwrap();
    assert!(read("letters/m-001.svg").contains(code));

    world.wallet("ana", &["init"]).ends(0);
    let card = ["--issuer", "issuer.json", "--out", "ana.enrolment"];
    world
        .wallet(
            "ana",
            &[&["enrol", "--code-file", "ana.code"], &card[..]].concat(),
        )
        .ends(0);
    let issue = [
        "credential",
        "issue",
        "m-001",
        "--enrolment",
        "ana.enrolment",
    ];
    world.issuer(&issue).ends(0);

    // No passphrase is there to be asked for.
    let suspend = |file: &str| {
        let mut command = std::process::Command::new(&world.issuer);
        command
            .current_dir(world.place.folder.path())
            .args(["--home", "issuer", "--no-input", "--format", "json"])
            .args(["credential", "suspend", "--code-file", file]);
        Ran::from(command.output().unwrap())
    };
    // The enrolling code is no code for suspending, and a slip is told from another code.
    let enrolling = invitation["code"].as_str().unwrap();
    std::fs::write(world.place.path("enrolling"), enrolling).unwrap();
    assert_eq!(
        suspend("enrolling").ends(1).code(),
        "suspension_code.unknown"
    );
    std::fs::write(world.place.path("slip"), &code[..38]).unwrap();
    assert_eq!(suspend("slip").ends(1).code(), "enrolment.code_mistyped");

    let done = suspend("apart.jsonl").ends(0).json();
    assert_eq!(done["items"][0]["member"], "m-001");
    assert_eq!(done["items"][0]["state"], "suspended");
    std::fs::write(world.place.path("typed"), code.to_lowercase()).unwrap();
    assert_eq!(suspend("typed").ends(1).code(), "suspension_code.used");
    let id = done["items"][0]["id"].as_str().unwrap();
    let again = world.issuer(&["credential", "reinstate", id]).ends(0);
    assert_eq!(again.json()["state"], "valid");
    world.issuer(&["credential", "suspend"]).ends(2);
    let both = ["credential", "suspend", id, "--code-file", "typed"];
    world.issuer(&both).ends(2);
}
