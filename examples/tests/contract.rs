//! The contract, with the three programs in three homes, as acceptance runs use them.

#![expect(clippy::print_stderr, reason = "a skipped test must say so")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod programs;

use std::path::PathBuf;

use programs::{Place, Ran, program};

struct World {
    place: Place,
    issuer: PathBuf,
    wallet: PathBuf,
    verifier: PathBuf,
}

impl World {
    /// An issuer with six members, and a verifier; nobody has enrolled.
    fn new() -> Option<Self> {
        let world = Self {
            place: Place::new(),
            issuer: program("mandate-issuer")?,
            wallet: program("mandate-wallet")?,
            verifier: program("mandate-verifier")?,
        };
        world
            .issuer(&[
                "init",
                "--name",
                "Lower House",
                "--chamber",
                "EX-1",
                "--country",
                "XX",
            ])
            .ends(0);
        world.issuer(&["id", "--out", "issuer.json"]).ends(0);
        let roster = concat!(env!("CARGO_MANIFEST_DIR"), "/parliament/lower-house.csv");
        world.issuer(&["roster", "import", roster]).ends(0);
        world.verifier(&["init", "--name", "Gate"]).ends(0);
        world.verifier(&["id", "--out", "verifier.json"]).ends(0);
        Some(world)
    }

    fn issuer(&self, words: &[&str]) -> Ran {
        self.place.run(
            &self.issuer,
            "issuer",
            &[words, &["--format", "json"]].concat(),
        )
    }

    fn verifier(&self, words: &[&str]) -> Ran {
        self.place.run(
            &self.verifier,
            "verifier",
            &[words, &["--format", "json"]].concat(),
        )
    }

    fn wallet(&self, home: &str, words: &[&str]) -> Ran {
        self.place
            .run(&self.wallet, home, &[words, &["--format", "json"]].concat())
    }

    fn did(&self) -> String {
        let card = std::fs::read(self.place.path("issuer.json")).unwrap();
        let card: serde_json::Value = serde_json::from_slice(&card).unwrap();
        card["did"].as_str().unwrap().to_owned()
    }

    /// Invites a member and enrols a new wallet; the enrolment is in `<home>.enrolment`.
    fn enrol(&self, member: &str, home: &str, verb: &str) {
        let code = format!("{home}.code");
        self.issuer(&["enrol", verb, member, "--out", &code])
            .ends(0);
        self.wallet(home, &["init"]).ends(0);
        let out = format!("{home}.enrolment");
        self.wallet(
            home,
            &[
                "enrol",
                "--code-file",
                &code,
                "--issuer",
                "issuer.json",
                "--out",
                &out,
            ],
        )
        .ends(0);
    }

    /// Brings a mandate into a wallet, and lets the wallet trust the verifier.
    fn seat(&self, member: &str, home: &str) {
        self.enrol(member, home, "invite");
        let (enrolment, out) = (format!("{home}.enrolment"), format!("{home}.txt"));
        self.issuer(&[
            "credential",
            "issue",
            member,
            "--enrolment",
            &enrolment,
            "--out",
            &out,
        ])
        .ends(0);
        self.wallet(home, &["credential", "add", &out]).ends(0);
        self.wallet(home, &["verifier", "trust", "verifier.json"])
            .ends(0);
    }

    fn publish(&self) {
        self.issuer(&["publish", "--out", "site"]).ends(0);
    }

    /// Asks, and lets a wallet answer into `answer.txt`.
    fn ask(&self, home: &str, claims: &str) {
        self.verifier(&[
            "request",
            "create",
            "--claims",
            claims,
            "--purpose",
            "a vote",
            "--out",
            "request.jwt",
        ])
        .ends(0);
        self.wallet(home, &["present", "request.jwt", "--out", "answer.txt"])
            .ends(0);
    }

    fn check(&self, more: &[&str]) -> Ran {
        let anchor = format!("{}=House", self.did());
        let words = [
            "check",
            "answer.txt",
            "--request",
            "request.jwt",
            "--trust",
            "site",
            "--anchor",
            &anchor,
        ];
        self.verifier(&[&words, more].concat())
    }

    /// The id of the latest credential of a member.
    fn credential(&self, member: &str) -> String {
        let list = self.issuer(&["credential", "list"]).ends(0).json();
        let mut items = list["items"].as_array().unwrap().iter();
        let found = items.rfind(|item| item["member"] == member && item["state"] != "revoked");
        found.unwrap()["id"].as_str().unwrap().to_owned()
    }
}

fn codes(ran: &Ran) -> Vec<String> {
    let verdict = ran.json();
    assert_eq!(verdict["schema"], "mandate.verdict/1");
    let mut codes = Vec::new();
    let lists =
        std::iter::once(&verdict["presentation"]).chain(verdict["credentials"].as_array().unwrap());
    for list in lists {
        for check in list["checks"].as_array().unwrap() {
            codes.extend(check["code"].as_str().map(str::to_owned));
        }
    }
    codes
}

fn instant(seconds_ago: i64) -> String {
    let now = cli_kit::run::now();
    let at = now
        .checked_sub(jiff::SignedDuration::from_secs(seconds_ago))
        .unwrap();
    identity_core::status::Instant::floor(at).to_string()
}

#[test]
fn a_code_is_used_once_by_one_member_for_one_issuer() {
    let Some(world) = World::new() else { return };
    world.enrol("m-001", "ana", "invite");
    let issue = |member: &str, enrolment: &str, out: &str| {
        world.issuer(&[
            "credential",
            "issue",
            member,
            "--enrolment",
            enrolment,
            "--out",
            out,
        ])
    };
    let other = issue("m-002", "ana.enrolment", "no.txt").ends(1);
    assert_eq!(other.code(), "enrolment.wrong_member");
    issue("m-001", "ana.enrolment", "a.txt").ends(0);
    issue("m-001", "ana.enrolment", "b.txt").ends(0);
    let read = |name: &str| std::fs::read(world.place.path(name)).unwrap();
    assert_eq!(read("a.txt"), read("b.txt"));
    // The same code in another wallet.
    world.wallet("thief", &["init"]).ends(0);
    world
        .wallet(
            "thief",
            &[
                "enrol",
                "--code-file",
                "ana.code",
                "--issuer",
                "issuer.json",
                "--out",
                "thief.enrolment",
            ],
        )
        .ends(0);
    assert_eq!(
        issue("m-001", "thief.enrolment", "no.txt").ends(1).code(),
        "enrolment.code_used"
    );
    // Another issuer's card.
    let init = [
        "init",
        "--name",
        "Other",
        "--chamber",
        "O",
        "--country",
        "YY",
    ];
    world.place.run(&world.issuer, "other", &init).ends(0);
    world
        .place
        .run(&world.issuer, "other", &["id", "--out", "other.json"])
        .ends(0);
    let mismatch = world
        .wallet(
            "thief",
            &[
                "enrol",
                "--code-file",
                "ana.code",
                "--issuer",
                "other.json",
                "--out",
                "x",
            ],
        )
        .ends(1);
    assert_eq!(mismatch.code(), "issuer.card_mismatch");
    // A credential of somebody else is not kept.
    assert_eq!(
        world
            .wallet("thief", &["credential", "add", "a.txt"])
            .ends(1)
            .code(),
        "credential.not_mine"
    );
    // Who has a credential is not invited again.
    let all = world
        .issuer(&["enrol", "invite", "--all", "--out", "all.jsonl"])
        .ends(0)
        .json();
    assert_eq!(all["invited"], 5);
}

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

#[test]
fn suspended_replaced_ended_and_the_end_of_the_term() {
    let Some(world) = World::new() else { return };
    world.seat("m-001", "ana");
    world.seat("m-002", "bilal");
    world.publish();
    world.ask("ana", "MemberMandate:name");
    world.check(&["--recheck"]).ends(0);

    let id = world.credential("m-001");
    world.issuer(&["credential", "suspend", &id]).ends(0);
    world.publish();
    assert_eq!(
        codes(&world.check(&["--recheck"]).ends(11)),
        ["status.not_valid"]
    );
    world.issuer(&["credential", "reinstate", &id]).ends(0);
    world.publish();
    world.check(&["--recheck"]).ends(0);

    world.enrol("m-001", "ana2", "reinvite");
    world
        .issuer(&[
            "credential",
            "replace",
            "m-001",
            "--enrolment",
            "ana2.enrolment",
            "--out",
            "ana2.txt",
            "--yes",
        ])
        .ends(0);
    world.publish();
    assert_eq!(
        codes(&world.check(&["--recheck"]).ends(11)),
        ["status.revoked"]
    );
    world.check(&["--recheck", "--at", &instant(60)]).ends(0);
    world
        .wallet("ana2", &["credential", "add", "ana2.txt"])
        .ends(0);
    world
        .wallet("ana2", &["verifier", "trust", "verifier.json"])
        .ends(0);
    world.ask("ana2", "MemberMandate:name");
    world.check(&[]).ends(0);

    world.ask("bilal", "MemberMandate:name");
    let end = [
        "mandate",
        "end",
        "m-002",
        "--at",
        &instant(0),
        "--reason",
        "resignation",
    ];
    assert_eq!(world.issuer(&end).ends(2).code(), "input.needed");
    world.issuer(&[&end[..], &["--yes"]].concat()).ends(0);
    world.publish();
    assert_eq!(
        codes(&world.check(&["--recheck"]).ends(11)),
        ["status.revoked"]
    );
    world.check(&["--recheck", "--at", &instant(60)]).ends(0);

    world.ask("ana2", "MemberMandate:name");
    world
        .issuer(&["term", "end", "current", "--at", &instant(0), "--yes"])
        .ends(0);
    world.publish();
    assert_eq!(codes(&world.check(&["--recheck"]).ends(11)), ["term.ended"]);
    world.check(&["--recheck", "--at", &instant(60)]).ends(0);
    let refused = world
        .issuer(&["enrol", "invite", "--all", "--out", "all.jsonl"])
        .ends(0)
        .json();
    assert_eq!(refused["invited"], 0);
    world.issuer(&["audit", "verify"]).ends(0);
}

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
fn what_cannot_be_done_says_why_and_what_to_do() {
    let Some(world) = World::new() else { return };
    assert_eq!(
        world.issuer(&["key", "rotate"]).ends(1).code(),
        "key.did_key_cannot_rotate"
    );
    assert_eq!(
        world.issuer(&["roster", "show", "m-404"]).ends(1).code(),
        "member.unknown"
    );
    assert_eq!(
        world
            .issuer(&["roster", "import", "nowhere.csv"])
            .ends(1)
            .code(),
        "file.unreadable"
    );
    world
        .issuer(&[
            "mandate", "end", "m-001", "--at", "tomorrow", "--reason", "death",
        ])
        .ends(2);
    world
        .issuer(&[
            "mandate",
            "end",
            "m-001",
            "--at",
            &instant(0),
            "--reason",
            "whim",
        ])
        .ends(2);
    let again = world.issuer(&[
        "roster",
        "import",
        concat!(env!("CARGO_MANIFEST_DIR"), "/parliament/lower-house.csv"),
    ]);
    let report = again.ends(0).json();
    assert_eq!(report["imported"], report["unchanged"]);
    assert_eq!(report["imported"], 6);
    assert_eq!(
        world.issuer(&["doctor"]).ends(1).json()["items"][0]["id"],
        "status.unpublished"
    );
    world.publish();
    world.issuer(&["doctor"]).ends(0);
    world
        .issuer(&["backup", "create", "--out", "b.mandate"])
        .ends(0);
    world
        .place
        .run(&world.issuer, "second", &["backup", "restore", "b.mandate"])
        .ends(0);
    world
        .place
        .run(&world.issuer, "second", &["audit", "verify"])
        .ends(0);
    let taken = world.issuer(&["backup", "restore", "b.mandate"]).ends(1);
    assert_eq!(taken.code(), "issuer.exists");
}
