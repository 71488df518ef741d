//! An issuer with six members, wallets and a verifier, each in a home of its own.

use std::path::PathBuf;

pub(crate) use crate::programs::{Place, Ran, program};

pub(crate) struct World {
    pub(crate) place: Place,
    pub(crate) issuer: PathBuf,
    pub(crate) wallet: PathBuf,
    pub(crate) verifier: PathBuf,
}

impl World {
    /// An issuer with six members, and a verifier; nobody has enrolled.
    pub(crate) fn new() -> Option<Self> {
        Self::with(&[])
    }

    /// The same, with more said to `init`.
    pub(crate) fn with(more: &[&str]) -> Option<Self> {
        Self::prepared(|_| more.iter().map(|word| (*word).to_owned()).collect())
    }

    /// The same, with more said to `init` that depends on the place.
    pub(crate) fn prepared(more: impl FnOnce(&Place) -> Vec<String>) -> Option<Self> {
        let init = [
            "init",
            "--name",
            "Lower House",
            "--chamber",
            "EX-1",
            "--country",
            "XX",
        ];
        let world = Self {
            place: Place::new(),
            issuer: program("mandate-issuer")?,
            wallet: program("mandate-wallet")?,
            verifier: program("mandate-verifier")?,
        };
        let more = more(&world.place);
        let more: Vec<&str> = more.iter().map(String::as_str).collect();
        world.issuer(&[&init[..], &more].concat()).ends(0);
        world.issuer(&["id", "--out", "issuer.json"]).ends(0);
        let roster = concat!(env!("CARGO_MANIFEST_DIR"), "/parliament/lower-house.csv");
        world.issuer(&["roster", "import", roster]).ends(0);
        world.verifier(&["init", "--name", "Gate"]).ends(0);
        world.verifier(&["id", "--out", "verifier.json"]).ends(0);
        Some(world)
    }

    pub(crate) fn issuer(&self, words: &[&str]) -> Ran {
        self.place.run(
            &self.issuer,
            "issuer",
            &[words, &["--format", "json"]].concat(),
        )
    }

    pub(crate) fn verifier(&self, words: &[&str]) -> Ran {
        self.place.run(
            &self.verifier,
            "verifier",
            &[words, &["--format", "json"]].concat(),
        )
    }

    pub(crate) fn wallet(&self, home: &str, words: &[&str]) -> Ran {
        self.place
            .run(&self.wallet, home, &[words, &["--format", "json"]].concat())
    }

    pub(crate) fn did(&self) -> String {
        let card = std::fs::read(self.place.path("issuer.json")).unwrap();
        let card: serde_json::Value = serde_json::from_slice(&card).unwrap();
        card["did"].as_str().unwrap().to_owned()
    }

    /// Invites a member and enrols a new wallet; the enrolment is in `<home>.enrolment`.
    pub(crate) fn enrol(&self, member: &str, home: &str, verb: &str) {
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
    pub(crate) fn seat(&self, member: &str, home: &str) {
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

    pub(crate) fn publish(&self) {
        self.issuer(&["publish", "--out", "site"]).ends(0);
    }

    /// Asks, and lets a wallet answer into `answer.txt`.
    pub(crate) fn ask(&self, home: &str, claims: &str) {
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

    pub(crate) fn check(&self, more: &[&str]) -> Ran {
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
    pub(crate) fn credential(&self, member: &str) -> String {
        let list = self.issuer(&["credential", "list"]).ends(0).json();
        let mut items = list["items"].as_array().unwrap().iter();
        let found = items.rfind(|item| item["member"] == member && item["state"] != "revoked");
        found.unwrap()["id"].as_str().unwrap().to_owned()
    }
}

pub(crate) fn codes(ran: &Ran) -> Vec<String> {
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

pub(crate) fn instant(seconds_ago: i64) -> String {
    let now = cli_kit::run::now();
    let at = now
        .checked_sub(jiff::SignedDuration::from_secs(seconds_ago))
        .unwrap();
    identity_core::status::Instant::floor(at).to_string()
}
