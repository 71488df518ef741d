//! An accreditor with five officers, two parliaments, and a verifier far from all of them.

use crate::world::{Ran, World, codes};

/// The accreditor, in the place of a first parliament; the second is in a home beside it.
struct Union {
    world: World,
    did: String,
}

impl Union {
    fn new() -> Option<Self> {
        let world = World::new()?;
        world.issuer(&["publish", "--out", "site"]).ends(0);
        for officer in ["o1", "o2", "o3", "o4", "o5"] {
            let (key, card) = (format!("{officer}.key"), format!("{officer}.card"));
            let words = ["officer-key", officer, "--out", &key, "--card", &card];
            Self::run(&world, &words).ends(0);
        }
        let officers = ["o1", "o2", "o3", "o4", "o5"].map(|officer| format!("{officer}.card"));
        let mut init = vec![
            "init",
            "--name",
            "Union",
            "--threshold",
            "3",
            "--out",
            "policy",
        ];
        init.extend(
            officers
                .iter()
                .flat_map(|card| ["--officer-card", card.as_str()]),
        );
        let made = Self::run(&world, &init).ends(0).json();
        let did = made["did"].as_str().unwrap().to_owned();
        let union = Self { world, did };
        union
            .record(&["officers", "record"], "policy", &["o1", "o2", "o3"])
            .ends(0);
        Some(union)
    }

    fn run(world: &World, words: &[&str]) -> Ran {
        let words = [&["accreditor"], words, &["--yes", "--format", "json"]].concat();
        world.place.run(&world.issuer, "union", &words)
    }

    fn accreditor(&self, words: &[&str]) -> Ran {
        Self::run(&self.world, words)
    }

    /// Lets officers sign a copy each, in a home that is none.
    fn sign(&self, file: &str, officers: &[&str]) -> Vec<String> {
        let sign = |officer: &&str| {
            let (key, out) = (format!("{officer}.key"), format!("{file}.{officer}"));
            let words = [
                "accreditor",
                "approve",
                file,
                "--officer-key",
                &key,
                "--out",
                &out,
                "--yes",
                "--format",
                "json",
            ];
            let ran = self.world.place.run(&self.world.issuer, "nowhere", &words);
            let said = ran.ends(0).json();
            assert!(said["document"].is_object());
            out
        };
        officers.iter().map(sign).collect()
    }

    fn record(&self, verb: &[&str], file: &str, officers: &[&str]) -> Ran {
        let copies = self.sign(file, officers);
        let copies: Vec<&str> = copies.iter().map(String::as_str).collect();
        self.accreditor(&[verb, &copies].concat())
    }

    /// Prepares a change of a parliament's state, has it signed and recorded, and publishes it.
    fn change(&self, verb: &str, parliament: &str) {
        std::fs::write(self.world.place.path("decision"), verb).unwrap();
        let words = [
            "prepare",
            verb,
            parliament,
            "--decision",
            "decision",
            "--out",
            verb,
        ];
        self.accreditor(&words).ends(0);
        self.record(&[verb], verb, &["o2", "o3", "o4"]).ends(0);
        self.publish();
    }

    /// Publishes; what officers have to sign first is signed.
    fn publish(&self) {
        let list = ["publish", "--out", "pub", "--list-out", "list"];
        let waits = self.accreditor(&list).ends(0).json();
        assert_eq!(waits["schema"], "mandate.accreditor-pending/1");
        assert_eq!(waits["needed"], 3);
        let copies = self.sign("list", &["o1", "o4", "o5"]);
        let copies: Vec<&str> = copies.iter().map(String::as_str).collect();
        let words = [&["publish", "--out", "pub"], &copies[..]].concat();
        let published = self.accreditor(&words).ends(0).json();
        assert_eq!(published["schema"], "mandate.accreditor-published/1");
        assert!(self.world.place.path("pub/history.bundle").exists());
    }

    /// Checks for people, with suspensions accepted.
    fn looked_past(&self) -> Ran {
        let anchor = format!("{}=Union", self.did);
        let words = [
            "check",
            "answer.txt",
            "--request",
            "request.jwt",
            "--trust",
            "pub/trust.bundle",
            "--anchor",
            &anchor,
            "--recheck",
            "--accept-suspended",
        ];
        let world = &self.world;
        world.place.run(&world.verifier, "verifier", &words).ends(0)
    }

    fn check(&self) -> Ran {
        let anchor = format!("{}=Union", self.did);
        self.world.verifier(&[
            "check",
            "answer.txt",
            "--request",
            "request.jwt",
            "--trust",
            "pub/trust.bundle",
            "--anchor",
            &anchor,
            "--recheck",
        ])
    }
}

#[test]
fn a_verifier_believes_a_parliament_because_the_accreditor_does_and_for_as_long() {
    let Some(union) = Union::new() else { return };
    let world = &union.world;
    // A second parliament, so that the list says who is who.
    let other = |words: &[&str]| {
        let words = [words, &["--format", "json"]].concat();
        world.place.run(&world.issuer, "other", &words)
    };
    let init = [
        "init",
        "--name",
        "Senate",
        "--chamber",
        "YY-1",
        "--country",
        "YY",
    ];
    other(&init).ends(0);
    other(&["id", "--out", "other.json"]).ends(0);
    other(&["publish", "--out", "site-other"]).ends(0);
    for (card, file) in [("issuer.json", "first"), ("other.json", "second")] {
        let words = [
            "prepare",
            "accredit",
            "--card",
            card,
            "--name",
            "en=Parliament",
            "--out",
            file,
        ];
        union.accreditor(&words).ends(0);
        // Two of the three that it takes, or one of them twice, are not enough.
        let few = union
            .record(&["accredit"], file, &["o1", "o2", "o2"])
            .ends(1);
        assert_eq!(few.code(), "accreditation.too_few");
        union
            .record(&["accredit"], file, &["o1", "o2", "o3"])
            .ends(0);
    }
    let collected = union
        .accreditor(&["collect", "site", "site-other"])
        .ends(0)
        .json();
    assert_eq!(collected["items"].as_array().unwrap().len(), 2);
    union.publish();
    let listed = union.accreditor(&["list"]).ends(0).json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);

    world.seat("m-001", "ana");
    // Issued since: the newest bundle of the parliament is collected and published, unattended.
    world.publish();
    union.accreditor(&["collect", "site"]).ends(0);
    let again = union
        .accreditor(&["publish", "--out", "pub"])
        .ends(0)
        .json();
    assert_eq!(again["seq"], 2);
    world.ask("ana", "MemberMandate:name");
    let valid = union.check().ends(0);
    assert_eq!(valid.json()["credentials"][0]["issuerName"], "Parliament");

    let did = world.did();
    union.change("suspend", &did);
    let suspended = union.check().ends(12);
    assert!(codes(&suspended).contains(&"accreditation.suspended".to_owned()));
    // Whoever looks past it is told so in the headline, and not how to look past it.
    assert!(suspended.out.contains("--accept-suspended"));
    let accepted = union.looked_past();
    let headline = accepted.out.lines().next().unwrap();
    assert!(
        headline.contains("VALID") && headline.contains("SUSPENDED"),
        "{headline}"
    );
    assert!(!accepted.err.contains("admit"), "{}", accepted.err);
    union.change("reinstate", &did);
    union.check().ends(0);
    union.change("withdraw", &did);
    let withdrawn = union.check().ends(10);
    assert!(codes(&withdrawn).contains(&"accreditation.withdrawn".to_owned()));

    let shown = union.accreditor(&["show", &did]).ends(0).json();
    assert_eq!(shown["state"], "withdrawn");
    assert_eq!(shown["states"].as_array().unwrap().len(), 3);
    let whole = union.accreditor(&["show"]).ends(0).json();
    assert_eq!(whole["pending"].as_array().unwrap().len(), 0);
    let written = union
        .accreditor(&["export", "pub/history.bundle", "--out", "all"])
        .ends(0);
    // A policy, two accreditations and three changes, five lists.
    assert_eq!(written.json()["files"].as_array().unwrap().len(), 1 + 5 + 4);
    let document = ["show", "--file", "withdraw.o2"];
    assert_eq!(
        union.accreditor(&document).ends(0).json()["verb"],
        "withdraw"
    );
}

#[test]
fn the_doctor_knows_an_accreditors_home() {
    let Some(union) = Union::new() else { return };
    let world = &union.world;
    let found = |exit: i32| {
        let both = [
            union.accreditor(&["doctor"]).ends(exit).json(),
            // It sees by itself what home it is.
            world
                .place
                .run(&world.issuer, "union", &["doctor", "--format", "json"])
                .ends(exit)
                .json(),
        ];
        assert_eq!(both[0], both[1]);
        let items = both[0]["items"].as_array().unwrap().iter();
        let codes = items.map(|item| item["id"].as_str().unwrap().to_owned());
        codes.collect::<Vec<_>>()
    };
    assert!(found(0).is_empty());
    let words = [
        "prepare",
        "accredit",
        "--card",
        "issuer.json",
        "--out",
        "first",
    ];
    union.accreditor(&words).ends(0);
    union
        .record(&["accredit"], "first", &["o1", "o2", "o3"])
        .ends(0);
    assert_eq!(found(1), ["accreditor.list_expired", "network.stale"]);
    union.publish();
    assert_eq!(found(1), ["bundle.missing"]);
    union.accreditor(&["collect", "site"]).ends(0);
    union.accreditor(&["publish", "--out", "pub"]).ends(0);
    assert!(found(0).is_empty());
    // Two thirds of its time are over.
    let path = world.place.path("union/published.json");
    let mut published: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let whole = published.clone();
    published["issuedAt"] = crate::world::instant(80_000).into();
    published["nextUpdate"] = crate::world::instant(-6_400).into();
    std::fs::write(&path, published.to_string()).unwrap();
    assert_eq!(found(1), ["network.stale"]);
    std::fs::write(&path, whole.to_string()).unwrap();
    // What officers have signed since is not in the list that goes out.
    std::fs::write(world.place.path("decision"), "suspend").unwrap();
    let did = world.did();
    let words = [
        "prepare",
        "suspend",
        &did,
        "--decision",
        "decision",
        "--out",
        "suspend",
    ];
    union.accreditor(&words).ends(0);
    assert!(found(0).is_empty());
    union
        .record(&["suspend"], "suspend", &["o1", "o2", "o3"])
        .ends(0);
    assert_eq!(found(1), ["accreditor.list_differs"]);
    let list = ["accreditor", "publish", "--out", "pub", "--list-out", "l"];
    let said = world.place.run(&world.issuer, "union", &list).ends(0).out;
    assert!(
        said.contains("nothing new was published, number 2 stays"),
        "{said}"
    );
    let secret = world.place.path("union/secrets/publishing.key");
    let open_to_all = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(&secret, open_to_all).unwrap();
    assert!(found(1).contains(&"secrets.readable".to_owned()));
    // Another command is told whose home it is.
    let wrong = ["credential", "list", "--format", "json"];
    let wrong = world.place.run(&world.issuer, "union", &wrong).ends(1);
    assert_eq!(wrong.code(), "issuer.missing");
    assert!(
        wrong.err.contains("mandate-issuer accreditor"),
        "{}",
        wrong.err
    );
}

#[test]
fn what_a_verifier_keeps_has_the_name_that_it_was_given() {
    let Some(union) = Union::new() else { return };
    let world = &union.world;
    world.seat("m-001", "ana");
    world.publish();
    world.ask("ana", "MemberMandate:name");
    let did = world.did();
    // The folder in which it was published will do.
    let named = format!("{did}=Lower house");
    let update = ["trust", "update", "site", "--anchor", &named];
    world.verifier(&update).ends(0);
    let checked = |anchor: &str| {
        let check = [
            "check",
            "answer.txt",
            "--request",
            "request.jwt",
            "--anchor",
            anchor,
            "--recheck",
        ];
        let verdict = world.verifier(&check).ends(0).json();
        verdict["credentials"][0]["issuerName"].clone()
    };
    assert_eq!(checked(&did), "Lower house");
    assert_eq!(checked(&format!("{did}=Another")), "Another");
    // A later update without a name takes none away, and one with a name replaces it.
    let again = ["trust", "update", "site/bundle.json", "--anchor", &did];
    world.verifier(&again).ends(0);
    assert_eq!(checked(&did), "Lower house");
    let other = format!("{did}=House of Example");
    let again = ["trust", "update", "site", "--anchor", &other];
    world.verifier(&again).ends(0);
    assert_eq!(checked(&did), "House of Example");
    // A name trusts nobody.
    let nobody = ["check", "answer.txt", "--request", "request.jwt"];
    world.verifier(&nobody).ends(2);
    // A folder in which nothing was published says what belongs there.
    let nothing = world.verifier(&["trust", "update", "union"]).ends(1);
    assert_eq!(nothing.code(), "file.unreadable");
    assert!(nothing.err.contains("trust.bundle"), "{}", nothing.err);
}

#[test]
fn a_home_that_was_put_back_does_not_publish_behind_itself() {
    let Some(union) = Union::new() else { return };
    let world = &union.world;
    let words = [
        "prepare",
        "accredit",
        "--card",
        "issuer.json",
        "--out",
        "first",
    ];
    union.accreditor(&words).ends(0);
    union
        .record(&["accredit"], "first", &["o1", "o2", "o3"])
        .ends(0);
    union.accreditor(&["collect", "site"]).ends(0);
    union.publish();
    let home = world.place.path("union");
    let old = std::fs::read(home.join("published.json")).unwrap();
    union.accreditor(&["publish", "--out", "pub"]).ends(0);
    std::fs::write(home.join("published.json"), &old).unwrap();
    let refused = union.accreditor(&["publish", "--out", "pub"]).ends(1);
    assert_eq!(refused.code(), "accreditor.rolled_back");
    let recover = [
        "recover",
        "--bundle",
        "pub/trust.bundle",
        "--history",
        "pub/history.bundle",
    ];
    let recovered = union.accreditor(&recover).ends(0).json();
    let next = union
        .accreditor(&["publish", "--out", "pub"])
        .ends(0)
        .json();
    assert_eq!(next["seq"], recovered["seq"].as_u64().unwrap() + 1);
    // A rehearsal changes nothing.
    let before = std::fs::read(home.join("published.json")).unwrap();
    let out = ["publish", "--out", "elsewhere", "--dry-run"];
    union.accreditor(&out).ends(0);
    assert_eq!(std::fs::read(home.join("published.json")).unwrap(), before);
    assert!(!world.place.path("elsewhere").exists());
}

#[test]
fn a_unit_is_believed_because_its_parliament_delegates_to_it() {
    let Some(union) = Union::new() else { return };
    let world = &union.world;
    let unit = |words: &[&str]| {
        let words = [words, &["--yes", "--format", "json"]].concat();
        world.place.run(&world.issuer, "unit", &words)
    };
    unit(&[
        "init",
        "--name",
        "Pass office",
        "--chamber",
        "EX-1",
        "--country",
        "XX",
    ])
    .ends(0);
    unit(&["id", "--out", "unit.json"]).ends(0);
    unit(&["publish", "--out", "site-unit"]).ends(0);
    let words = [
        "prepare",
        "accredit",
        "--card",
        "issuer.json",
        "--grant",
        "MemberMandate:1830d",
        "--delegable",
        "MemberMandate",
        "--out",
        "first",
    ];
    union.accreditor(&words).ends(0);
    union
        .record(&["accredit"], "first", &["o1", "o2", "o3"])
        .ends(0);
    let early = union.accreditor(&["collect", "site-unit"]).ends(1);
    assert!(early.err.contains("accreditor.nothing_collected"));
    let prepare = [
        "delegation",
        "prepare",
        "--card",
        "unit.json",
        "--grant",
        "MemberMandate:1830d",
        "--until",
        "2035-01-01T00:00:00Z",
        "--out",
        "delegation",
    ];
    world.issuer(&prepare).ends(0);
    let added = world
        .issuer(&["delegation", "add", "delegation", "--yes"])
        .ends(0)
        .json();
    let twice = world
        .issuer(&["delegation", "add", "delegation", "--yes"])
        .ends(1);
    assert_eq!(twice.code(), "delegation.recorded_already");
    // Nobody abroad knows of it yet.
    world.issuer(&["status", "check"]).ends(1);
    world.publish();
    union.accreditor(&["collect", "site", "site-unit"]).ends(0);
    union.publish();
    // The unit seats a member, and its word is as good as the parliament's.
    let roster = concat!(env!("CARGO_MANIFEST_DIR"), "/parliament/lower-house.csv");
    unit(&["roster", "import", roster]).ends(0);
    unit(&["enrol", "invite", "m-001", "--out", "code"]).ends(0);
    world.wallet("ana", &["init"]).ends(0);
    let enrol = [
        "enrol",
        "--code-file",
        "code",
        "--issuer",
        "unit.json",
        "--out",
        "enrolment",
    ];
    world.wallet("ana", &enrol).ends(0);
    let issue = [
        "credential",
        "issue",
        "m-001",
        "--enrolment",
        "enrolment",
        "--out",
        "mandate",
    ];
    unit(&issue).ends(0);
    world
        .wallet("ana", &["credential", "add", "mandate"])
        .ends(0);
    world
        .wallet("ana", &["verifier", "trust", "verifier.json"])
        .ends(0);
    unit(&["publish", "--out", "site-unit"]).ends(0);
    union.accreditor(&["collect", "site-unit"]).ends(0);
    union.accreditor(&["publish", "--out", "pub"]).ends(0);
    world.ask("ana", "MemberMandate:name");
    let valid = union.check().ends(0);
    assert_eq!(valid.json()["credentials"][0]["issuerName"], "Pass office");
    let id = added["id"].as_str().unwrap();
    world.issuer(&["delegation", "end", id, "--yes"]).ends(0);
    let listed = world.issuer(&["delegation", "list"]).ends(0).json();
    assert_eq!(listed["items"][0]["state"], "over");
    let unknown = world
        .issuer(&["delegation", "end", "none", "--yes"])
        .ends(1);
    assert_eq!(unknown.code(), "delegation.unknown");
}
