//! An issuer under did:webvh: its keys change, and what they signed stays.

use std::path::Path;

use crate::world::*;

const CONTROL: [&str; 2] = ["--control-passphrase-file", "control-pass"];

/// An issuer whose control keys lie on a medium of their own, in `safe`.
struct Parliament(World);

impl Parliament {
    fn new() -> Option<Self> {
        let place = |place: &Place| {
            let path = place.path("control-pass");
            std::fs::write(&path, "only in the safe\n").unwrap();
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt as _;
                std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
            }
            place.path("safe").display().to_string()
        };
        let world = World::prepared(|here| {
            let safe = place(here);
            let more = [
                "--did",
                "webvh:id.parliament.example",
                "--control-keys",
                &safe,
            ];
            [&more[..], &CONTROL]
                .concat()
                .into_iter()
                .map(str::to_owned)
                .collect()
        })?;
        Some(Self(world))
    }

    fn changes(&self, words: &[&str]) -> serde_json::Value {
        let words = [words, &CONTROL, &["--yes"]].concat();
        self.0.issuer(&words).ends(0).json()
    }

    /// Publishes, lets a member show a mandate, and says how the check ends.
    fn shown(&self, home: &str) -> Ran {
        self.0.publish();
        self.0.ask(home, "MemberMandate:name");
        self.0.check(&[])
    }

    fn file(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.place.path(name)).unwrap()
    }
}

fn lines(log: &str) -> usize {
    log.lines().count()
}

#[test]
fn a_mandate_of_a_did_with_a_history_is_valid() {
    let Some(house) = Parliament::new() else {
        return;
    };
    let world = &house.0;
    assert!(world.did().starts_with("did:webvh:Qm"));
    assert!(world.did().ends_with(":id.parliament.example"));
    world.seat("m-001", "ana");
    let verdict = house.shown("ana").ends(0).json();
    assert_eq!(verdict["verdict"], "valid");
    assert_eq!(verdict["credentials"][0]["issuer"], world.did());
    // Two control keys are there, and neither of them in the home.
    for number in [1, 2] {
        assert!(
            world
                .place
                .path(&format!("safe/control-{number}.key"))
                .exists()
        );
    }
    assert!(!world.place.path("issuer/secrets/control").exists());
    // The site has the log where the DID says, and the parallel did:web beside it.
    let log = house.file("site/.well-known/did.jsonl");
    assert_eq!(log, house.file("issuer/did.jsonl"));
    let web: serde_json::Value =
        serde_json::from_str(&house.file("site/.well-known/did.json")).unwrap();
    assert_eq!(web["id"], "did:web:id.parliament.example");
    let bundle = house.file("site/bundle.json");
    assert!(!bundle.is_empty());
    let shown = world.issuer(&["did", "show"]).ends(0).json();
    assert_eq!(
        shown["url"],
        "https://id.parliament.example/.well-known/did.jsonl"
    );
    assert_eq!(shown["control"]["next"], 2);
    world.issuer(&["did", "check", "site"]).ends(0);
    world.issuer(&["doctor"]).ends(0);
}

#[test]
fn what_an_old_issuing_key_signed_stays_valid() {
    let Some(house) = Parliament::new() else {
        return;
    };
    let world = &house.0;
    world.seat("m-001", "ana");
    house.shown("ana").ends(0);
    let before = world.issuer(&["key", "list"]).ends(0).json();
    let old = std::fs::read(world.place.path("issuer/secrets/issuing.key")).unwrap();
    let changed = house.changes(&["key", "rotate"]);
    assert!(changed["versionId"].as_str().unwrap().starts_with("2-"));
    let after = world.issuer(&["key", "list"]).ends(0).json();
    assert_ne!(before["items"][0], after["items"][0]);
    assert_eq!(before["items"][1], after["items"][1]);
    // The old one signs nothing any more, also when it is put back.
    let new = std::fs::read(world.place.path("issuer/secrets/issuing.key")).unwrap();
    world.enrol("m-002", "ben", "invite");
    std::fs::write(world.place.path("issuer/secrets/issuing.key"), old).unwrap();
    let issue = [
        "credential",
        "issue",
        "m-002",
        "--enrolment",
        "ben.enrolment",
        "--out",
        "ben.txt",
    ];
    assert_eq!(world.issuer(&issue).ends(1).code(), "did.key_not_named");
    std::fs::write(world.place.path("issuer/secrets/issuing.key"), new).unwrap();
    world.issuer(&issue).ends(0);
    world
        .wallet("ben", &["verifier", "trust", "verifier.json"])
        .ends(0);
    // The wallet knows the card of before: it is asked for the new one.
    let refused = world
        .wallet("ben", &["credential", "add", "ben.txt"])
        .ends(1);
    assert_eq!(refused.code(), "did.no_such_method");
    assert!(refused.err.contains("--issuer"), "{}", refused.err);
    assert!(
        refused.err.contains("may have replaced the key"),
        "{}",
        refused.err
    );
    world.issuer(&["id", "--out", "new-card.json"]).ends(0);
    let add = ["credential", "add", "ben.txt", "--issuer", "new-card.json"];
    world.wallet("ben", &add).ends(0);
    for home in ["ana", "ben"] {
        assert_eq!(house.shown(home).ends(0).json()["verdict"], "valid");
    }
    // An older card is not believed any more.
    let add = ["credential", "add", "ben.txt", "--issuer", "issuer.json"];
    assert_eq!(
        world.wallet("ben", &add).ends(1).code(),
        "issuer.log_refused"
    );
}

#[test]
fn status_and_control_keys_are_replaced_too() {
    let Some(house) = Parliament::new() else {
        return;
    };
    let world = &house.0;
    world.seat("m-001", "ana");
    house.shown("ana").ends(0);
    house.changes(&["key", "rotate", "status"]);
    house.shown("ana").ends(0);
    for number in 3..5 {
        house.changes(&["did", "rotate"]);
        let shown = world.issuer(&["did", "show"]).ends(0).json();
        assert_eq!(shown["control"]["number"], number);
        assert!(
            world
                .place
                .path(&format!("safe/control-{}.key", number + 1))
                .exists()
        );
    }
    let named = [
        "did",
        "update",
        "--also-known-as",
        "https://parliament.example",
    ];
    house.changes(&named);
    let again = [&named[..], &CONTROL].concat();
    assert_eq!(world.issuer(&again).ends(2).code(), "usage.invalid");
    let shown = world.issuer(&["did", "show"]).ends(0).json();
    assert_eq!(shown["alsoKnownAs"][0], "https://parliament.example");
    house.shown("ana").ends(0);
    world.issuer(&["audit", "verify"]).ends(0);
    assert_eq!(lines(&house.file("site/.well-known/did.jsonl")), 5);
}

#[test]
fn nothing_is_changed_without_the_control_keys() {
    let Some(house) = Parliament::new() else {
        return;
    };
    let world = &house.0;
    let log = house.file("issuer/did.jsonl");
    let rotate = ["key", "rotate", "--yes"];
    // Nobody gives the passphrase of the control keys; that of the issuing key does not open them.
    assert_eq!(world.issuer(&rotate).ends(1).code(), "passphrase.missing");
    let wrong = [&rotate[..], &["--control-passphrase-file", "pass"]].concat();
    assert_eq!(world.issuer(&wrong).ends(1).code(), "passphrase.wrong");
    // The medium is in the safe.
    std::fs::rename(world.place.path("safe"), world.place.path("away")).unwrap();
    let with = [&rotate[..], &CONTROL].concat();
    assert_eq!(world.issuer(&with).ends(1).code(), "control.key_missing");
    std::fs::rename(world.place.path("away"), world.place.path("safe")).unwrap();
    // A key in force is no use where another was announced.
    let path = |number: u8| world.place.path(&format!("safe/control-{number}.key"));
    let second = std::fs::read(path(2)).unwrap();
    std::fs::copy(path(1), path(2)).unwrap();
    assert_eq!(world.issuer(&with).ends(1).code(), "control.key_missing");
    std::fs::write(path(2), second).unwrap();
    assert_eq!(house.file("issuer/did.jsonl"), log);
    world.seat("m-001", "ana");
    house.shown("ana").ends(0);
    house.changes(&["key", "rotate"]);
}

#[test]
fn a_change_that_was_interrupted_is_finished_or_dropped() {
    let Some(house) = Parliament::new() else {
        return;
    };
    let world = &house.0;
    world.seat("m-001", "ana");
    let copy = |from: &str, to: &str| copy_all(&world.place.path(from), &world.place.path(to));
    copy("issuer", "before");
    // Killed while it waits for the instant at which the change is in force: the line stands there.
    let rotate = [&["key", "rotate", "--yes"], &CONTROL[..]].concat();
    let log = world.place.path("issuer/did.jsonl");
    let pending = world.place.path("issuer/did.pending.json");
    let kill = || {
        let mut killed = world.place.command(&world.issuer, "issuer", &rotate);
        let mut killed = killed.spawn().unwrap();
        let begun = std::time::Instant::now();
        while lines(&std::fs::read_to_string(&log).unwrap()) < 2 {
            assert!(begun.elapsed().as_secs() < 60, "no line was written");
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
        killed.kill().unwrap();
        killed.wait().unwrap();
        pending.exists()
    };
    // It waits for less than a second: where this machine was slower, it was done, and is tried again.
    while !kill() {
        std::fs::remove_dir_all(world.place.path("issuer")).unwrap();
        copy("before", "issuer");
    }
    copy("issuer", "killed");
    let set = |has_line: bool, is_in_place: bool| {
        std::fs::remove_dir_all(world.place.path("issuer")).unwrap();
        copy("before", "issuer");
        let taken = |from: &str, to: &str| {
            let (from, to) = (format!("killed/{from}"), format!("issuer/{to}"));
            std::fs::copy(world.place.path(&from), world.place.path(&to)).unwrap();
        };
        taken("did.pending.json", "did.pending.json");
        if has_line {
            taken("did.jsonl", "did.jsonl");
        }
        let name = if is_in_place {
            "issuing"
        } else {
            "issuing.next"
        };
        taken("secrets/issuing.key", &format!("secrets/{name}.key"));
    };
    for (has_line, is_in_place) in [(false, false), (true, false), (true, true)] {
        set(has_line, is_in_place);
        let other = [&["did", "rotate"], &CONTROL[..]].concat();
        assert_eq!(world.issuer(&other).ends(1).code(), "did.pending");
        let shown = world.issuer(&["did", "show"]).ends(0).json();
        assert!(shown["pending"].is_string());
        house.changes(&["did", "resume"]);
        assert_eq!(
            house.file("issuer/did.jsonl"),
            house.file("killed/did.jsonl")
        );
        let nothing = world.issuer(&["did", "resume"]).ends(1);
        assert_eq!(nothing.code(), "did.nothing_pending");
        // The new key signs, and what the old one signed stays.
        let home = format!("ben-{has_line}-{is_in_place}");
        world.enrol("m-002", &home, "invite");
        let (enrolment, out) = (format!("{home}.enrolment"), format!("{home}.txt"));
        let issue = ["credential", "issue", "m-002", "--enrolment", &enrolment];
        world
            .issuer(&[&issue[..], &["--out", &out]].concat())
            .ends(0);
    }
    world.publish();
    world.ask("ana", "MemberMandate:name");
    world.check(&[]).ends(0);
    // Dropped before the line stands there, and not behind it.
    set(true, false);
    let discard = ["did", "resume", "--discard"];
    assert_eq!(world.issuer(&discard).ends(1).code(), "did.pending");
    set(false, false);
    world.issuer(&discard).ends(0);
    house.changes(&["did", "rotate"]);
    assert_eq!(lines(&house.file("issuer/did.jsonl")), 2);
}

fn copy_all(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_all(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}

#[test]
fn a_log_cut_back_and_another_history_are_refused() {
    let Some(house) = Parliament::new() else {
        return;
    };
    let world = &house.0;
    world.seat("m-001", "ana");
    let old = house.file("issuer/did.jsonl");
    house.shown("ana").ends(0);
    house.changes(&["did", "rotate"]);
    house.shown("ana").ends(0);
    // The home loses its last line, and goes on as if nothing had been: the verifier has seen more.
    let new = house.file("issuer/did.jsonl");
    std::fs::write(world.place.path("issuer/did.jsonl"), &old).unwrap();
    let checked = world.issuer(&["did", "check", "site"]).ends(1).json();
    assert_eq!(checked["state"], "ahead");
    let refused = house.shown("ana").ends(12);
    let found = codes(&refused);
    assert!(
        found.iter().any(|code| code == "bundle.rollback"),
        "{found:?}"
    );
    // A line that was changed is no log at all.
    let spoilt = new.replace("\"portable\":true", "\"portable\":false");
    std::fs::write(world.place.path("issuer/did.jsonl"), spoilt).unwrap();
    let refused = world.issuer(&["publish", "--out", "site"]).ends(1);
    assert_eq!(refused.code(), "did.log_damaged");
    std::fs::write(world.place.path("issuer/did.jsonl"), new).unwrap();
    house.shown("ana").ends(0);
}

#[test]
fn an_ended_did_ends_its_credentials() {
    let Some(house) = Parliament::new() else {
        return;
    };
    let world = &house.0;
    world.seat("m-001", "ana");
    house.shown("ana").ends(0);
    house.changes(&["did", "deactivate"]);
    let refused = house.shown("ana").ends(10).json();
    assert_eq!(refused["verdict"], "invalid");
    // Nobody is invited any more, since nothing could be issued.
    let invite = ["enrol", "invite", "m-002", "--out", "ben.code"];
    assert_eq!(world.issuer(&invite).ends(1).code(), "did.deactivated");
    let again = [&["did", "rotate"], &CONTROL[..]].concat();
    assert_eq!(world.issuer(&again).ends(1).code(), "did.deactivated");
}

#[test]
fn places_that_no_did_can_have_are_refused_before_a_key_is_made() {
    let Some(issuer) = program("mandate-issuer") else {
        return;
    };
    let place = Place::new();
    let init = [
        "init",
        "--name",
        "H",
        "--chamber",
        "H",
        "--country",
        "XX",
        "--format",
        "json",
    ];
    let with = |did: &str| {
        let words = [
            &init[..],
            &["--did", did, "--control-passphrase-file", "pass"],
        ]
        .concat();
        place.run(&issuer, "home", &words)
    };
    for did in ["web:id.example", "webvh:https://id.example", "nonsense"] {
        with(did).ends(2);
    }
    for did in [
        "webvh:localhost",
        "webvh:192.0.2.1",
        "webvh:",
        "webvh:id.example/a b",
    ] {
        assert_eq!(with(did).ends(1).code(), "did.place_invalid");
    }
    assert!(!place.path("home").exists());
    let made = with("webvh:id.example:8443/units/clerk").ends(0).json();
    let did = made["did"].as_str().unwrap();
    assert!(did.ends_with(":id.example%3A8443:units:clerk"), "{did}");
    assert_eq!(made["trial"], false);
    // Without another place the control keys are in the home, which is said.
    assert!(place.path("home/secrets/control/control-2.key").exists());
}

#[test]
fn a_change_can_be_signed_on_a_machine_without_a_network() {
    let Some(house) = Parliament::new() else {
        return;
    };
    let world = &house.0;
    world.seat("m-001", "ana");
    // The medium with the control keys is with the other machine for good.
    std::fs::rename(world.place.path("safe"), world.place.path("offline")).unwrap();
    let ask = ["key", "rotate", "--yes", "--request", "request.json"];
    world.issuer(&ask).ends(0);
    fits_file(world, "request.json");
    // Until the answer is there, nothing is issued that would be younger than its key.
    world.enrol("m-002", "ben", "invite");
    let issue = [
        "credential",
        "issue",
        "m-002",
        "--enrolment",
        "ben.enrolment",
    ];
    let issue = [&issue[..], &["--out", "ben.txt"]].concat();
    assert_eq!(world.issuer(&issue).ends(1).code(), "did.pending");
    let resume = [&["did", "resume"], &CONTROL[..]].concat();
    assert_eq!(world.issuer(&resume).ends(1).code(), "did.pending");
    let offline = |words: &[&str]| {
        let words = [words, &["--format", "json"]].concat();
        world.place.run(&world.issuer, "nowhere", &words)
    };
    let shown = offline(&["request", "show", "request.json"]).ends(0).json();
    let changes = shown["changes"].to_string();
    assert!(changes.contains("issuing key"), "{changes}");
    let sign = |out: &str| {
        let sign = ["request", "sign", "request.json", "--keys", "offline"];
        offline(&[&sign[..], &CONTROL, &["--yes", "--out", out]].concat())
    };
    sign("answer.json").ends(0);
    fits_file(world, "answer.json");
    assert!(world.place.path("offline/control-3.key").exists());
    // What was changed on the way back is refused, and the right answer taken.
    let answer = house.file("answer.json");
    let spoilt = answer.replace("Multikey", "Multikez");
    std::fs::write(world.place.path("spoilt.json"), spoilt).unwrap();
    let refused = world.issuer(&["request", "apply", "spoilt.json"]).ends(1);
    assert_eq!(refused.code(), "did.log_damaged");
    world.issuer(&["request", "apply", "answer.json"]).ends(0);
    let again = world.issuer(&["request", "apply", "answer.json"]).ends(1);
    assert_eq!(again.code(), "did.nothing_pending");
    world.issuer(&issue).ends(0);
    house.shown("ana").ends(0);
    // The next one: an answer to a request that was dropped is of no use.
    let rotate = ["did", "rotate", "--request"];
    world
        .issuer(&[&rotate[..], &["second.json"]].concat())
        .ends(0);
    std::fs::copy(
        world.place.path("second.json"),
        world.place.path("request.json"),
    )
    .unwrap();
    sign("second-answer.json").ends(0);
    world.issuer(&["did", "resume", "--discard"]).ends(0);
    world
        .issuer(&[&rotate[..], &["third.json"]].concat())
        .ends(0);
    let refused = world
        .issuer(&["request", "apply", "second-answer.json"])
        .ends(1);
    assert_eq!(refused.code(), "request.answer");
    let refused = offline(&["request", "show", "answer.json"]).ends(1);
    assert_eq!(refused.code(), "request.file");
}

/// Holds a file that goes from machine to machine to its schema.
fn fits_file(world: &World, name: &str) {
    let text = std::fs::read_to_string(world.place.path(name)).unwrap();
    let ran = Ran {
        exit: 0,
        out: text,
        err: String::new(),
    };
    ran.json();
}

#[test]
fn a_trial_is_left_with_everything_that_was_issued() {
    let Some(world) = World::new() else { return };
    let path = world.place.path("control-pass");
    std::fs::write(&path, "only in the safe\n").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    for (member, home) in [("m-001", "ana"), ("m-002", "ben"), ("m-003", "eva")] {
        world.seat(member, home);
    }
    let revoked = world.credential("m-002");
    let revoke = [
        "credential",
        "revoke",
        &revoked,
        "--reason",
        "compromise",
        "--yes",
    ];
    world.issuer(&revoke).ends(0);
    let suspended = world.credential("m-003");
    world.issuer(&["credential", "suspend", &suspended]).ends(0);
    // One with a credential, and one without.
    world.seat("m-005", "fay");
    for member in ["m-004", "m-005"] {
        let end = ["mandate", "end", member, "--at", &instant(60)];
        let end = [&end[..], &["--reason", "resignation", "--yes"]].concat();
        world.issuer(&end).ends(0);
    }
    world.publish();
    world.ask("ana", "MemberMandate:name");
    world.check(&[]).ends(0);
    let migrate = [
        "migrate",
        "--did",
        "webvh:id.parliament.example",
        "--to",
        "new",
    ];
    let migrate = [&migrate[..], &["--out", "again", "--yes"], &CONTROL].concat();
    let done = world.issuer(&migrate).ends(0).json();
    assert_eq!(done["reissued"], 2);
    let new = |words: &[&str]| {
        let words = [words, &["--format", "json"]].concat();
        world.place.run(&world.issuer, "new", &words)
    };
    new(&["audit", "verify"]).ends(0);
    world.issuer(&["audit", "verify"]).ends(0);
    new(&["id", "--out", "new-card.json"]).ends(0);
    new(&["publish", "--out", "new-site"]).ends(0);
    world.publish();
    // What was ended stays ended there, and what was suspended suspended.
    let mandates = new(&["mandate", "list"]).ends(0).json();
    let old_mandates = world.issuer(&["mandate", "list"]).ends(0).json();
    assert_eq!(mandates["items"], old_mandates["items"]);
    let results = std::fs::read_to_string(world.place.path("again/results.jsonl")).unwrap();
    let row = |member: &str| -> serde_json::Value {
        let mut rows = results
            .lines()
            .map(|row| serde_json::from_str(row).unwrap());
        rows.find(|row: &serde_json::Value| row["member"] == member)
            .unwrap()
    };
    let file = |member: &str| format!("again/{}", row(member)["file"].as_str().unwrap());
    // The wallet takes it by the statement of the issuer that it knows, and not without.
    let add = |home: &str, file: &str, card: &str| {
        world.wallet(home, &["credential", "add", file, "--issuer", card])
    };
    let without = world
        .wallet("ana", &["credential", "add", &file("m-001")])
        .ends(1);
    assert_eq!(without.code(), "did.document_missing");
    let card = std::fs::read_to_string(world.place.path("new-card.json")).unwrap();
    let mut stranger: serde_json::Value = serde_json::from_str(&card).unwrap();
    stranger.as_object_mut().unwrap().remove("predecessor");
    std::fs::write(world.place.path("stranger.json"), stranger.to_string()).unwrap();
    let refused = add("ana", &file("m-001"), "stranger.json").ends(1);
    assert_eq!(refused.code(), "issuer.unknown");
    add("ana", &file("m-001"), "new-card.json").ends(0);
    add("eva", &file("m-003"), "new-card.json").ends(0);
    // Both fit what a verifier asks for; the old one is thrown away.
    for home in ["ana", "eva"] {
        let list = world.wallet(home, &["credential", "list"]).ends(0).json();
        let old = list["items"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(list["items"][0]["issuer"], done["from"]);
        world
            .wallet(home, &["credential", "remove", &old, "--yes"])
            .ends(0);
    }
    let anchor = format!("{}=House", done["to"].as_str().unwrap());
    let check = |home: &str| {
        let ask = [
            "request",
            "create",
            "--claims",
            "MemberMandate:name",
            "--purpose",
            "a vote",
        ];
        world
            .verifier(&[&ask[..], &["--out", "request.jwt"]].concat())
            .ends(0);
        let present = ["present", "request.jwt", "--out", "answer.txt"];
        world.wallet(home, &present).ends(0);
        let check = [
            "check",
            "answer.txt",
            "--request",
            "request.jwt",
            "--trust",
            "new-site",
        ];
        world.verifier(&[&check[..], &["--anchor", &anchor]].concat())
    };
    assert_eq!(check("ana").ends(0).json()["verdict"], "valid");
    check("eva").ends(11);
    // The old ones are revoked where they were issued.
    let list = world.issuer(&["credential", "list"]).ends(0).json();
    let items = list["items"].as_array().unwrap();
    assert!(
        items.iter().all(|item| item["state"] == "revoked"),
        "{list}"
    );
    // Once more, as after a kill: nothing is issued twice.
    let again = world.issuer(&migrate).ends(0).json();
    assert_eq!(again["reissued"], 0);
    let count = new(&["credential", "list"]).ends(0).json();
    assert_eq!(count["items"].as_array().unwrap().len(), 2);
    // A home that has nothing to do with it is no place to go to.
    let other = [
        "migrate",
        "--did",
        "webvh:id.parliament.example",
        "--to",
        "issuer",
    ];
    let other = [&other[..], &["--out", "again", "--yes"], &CONTROL].concat();
    assert_eq!(world.issuer(&other).ends(1).code(), "did.differs");
    let from_new = [
        "migrate",
        "--did",
        "webvh:id.parliament.example",
        "--to",
        "third",
    ];
    let from_new = [&from_new[..], &["--out", "again", "--yes"]].concat();
    assert_eq!(new(&from_new).ends(1).code(), "did.not_trial");
}

#[test]
fn a_restored_home_takes_what_was_published_of_its_did() {
    let Some(house) = Parliament::new() else {
        return;
    };
    let world = &house.0;
    world.seat("m-001", "ana");
    world
        .issuer(&["backup", "create", "--out", "b.mandate"])
        .ends(0);
    house.changes(&["key", "rotate"]);
    house.shown("ana").ends(0);
    let restored = |home: &str, words: &[&str]| {
        let words = [words, &["--format", "json"]].concat();
        world.place.run(&world.issuer, home, &words)
    };
    // Without the bundle it is as old as the backup, and says so when it is compared.
    let restore = ["backup", "restore", "b.mandate"];
    restored("old", &restore).ends(0);
    let checked = restored("old", &["did", "check", "site"]).ends(1).json();
    assert_eq!(checked["state"], "ahead");
    let with = [&restore[..], &["--published", "site/bundle.json"]].concat();
    restored("new", &with).ends(0);
    restored("new", &["did", "check", "site"]).ends(0);
    assert_eq!(house.file("new/did.jsonl"), house.file("issuer/did.jsonl"));
    // The issuing key of the backup was replaced since: it signs nothing, and is replaced again.
    world.issuer(&["id", "--out", "issuer.json"]).ends(0);
    let invite = ["enrol", "invite", "m-002", "--out", "ben.code"];
    restored("new", &invite).ends(0);
    world.wallet("ben", &["init"]).ends(0);
    let enrol = [
        "enrol",
        "--code-file",
        "ben.code",
        "--issuer",
        "issuer.json",
    ];
    let enrol = [&enrol[..], &["--out", "ben.enrolment"]].concat();
    world.wallet("ben", &enrol).ends(0);
    let issue = [
        "credential",
        "issue",
        "m-002",
        "--enrolment",
        "ben.enrolment",
    ];
    let issue = [&issue[..], &["--out", "ben.txt"]].concat();
    assert_eq!(restored("new", &issue).ends(1).code(), "did.key_not_named");
    let rotate = [&["key", "rotate", "--yes"], &CONTROL[..]].concat();
    restored("new", &rotate).ends(0);
    restored("new", &issue).ends(0);
    restored("new", &["publish", "--out", "site"]).ends(0);
    world.ask("ana", "MemberMandate:name");
    world.check(&[]).ends(0);
    // Two stories are not brought together.
    house.changes(&["did", "rotate"]);
    let refused = world.issuer(&["publish", "--out", "site"]).ends(1);
    assert_eq!(refused.code(), "publish.rolled_back");
    world.issuer(&["publish", "--out", "other"]).ends(0);
    let fork = ["backup", "create", "--out", "fork.mandate"];
    restored("new", &fork).ends(0);
    let restore = ["backup", "restore", "fork.mandate"];
    let with = [&restore[..], &["--published", "other/bundle.json"]].concat();
    assert_eq!(restored("third", &with).ends(1).code(), "did.differs");
}

#[test]
fn a_medium_is_found_where_it_is_this_time() {
    let Some(parliament) = Parliament::new() else {
        return;
    };
    let place = &parliament.0.place;
    std::fs::rename(place.path("safe"), place.path("stick")).unwrap();
    let rotate = ["did", "rotate", "--yes"];
    let refused = parliament
        .0
        .issuer(&[&rotate[..], &CONTROL].concat())
        .ends(1);
    assert_eq!(refused.code(), "control.key_missing");
    assert!(
        refused.err.contains("--control-keys DIR"),
        "{}",
        refused.err
    );
    let here = ["--control-keys", "stick"];
    // Named from where the command is given; nobody to ask for the passphrase.
    let refused = parliament.0.issuer(&[&rotate[..], &here].concat()).ends(1);
    assert_eq!(refused.code(), "passphrase.missing");
    let hint = "--control-passphrase-file";
    assert!(refused.err.contains(hint), "{}", refused.err);
    for words in [&rotate[..], &["key", "rotate", "status", "--yes"]] {
        let words = [words, &here, &CONTROL].concat();
        parliament.0.issuer(&words).ends(0);
    }
    assert!(place.path("stick/control-4.key").exists());
    assert!(!place.path("safe").exists());
}
