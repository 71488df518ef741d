//! Keys on a token, against `SoftHSM2`: it stands for whatever PKCS #11 module a parliament has.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::world::*;

const MODULES: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
];

/// A place with two tokens; the PIN of `issuing` is the place's passphrase, that of `status` another.
struct Tokens {
    place: Place,
    issuer: PathBuf,
    module: &'static str,
}

impl Tokens {
    fn new() -> Option<Self> {
        let issuer = program("mandate-issuer")?;
        let is_required = std::env::var_os("MANDATE_REQUIRE_PEERS").is_some();
        let skipped = |why: &str| {
            assert!(!is_required, "{why}");
            eprintln!("SKIPPED: {why}");
        };
        let Some(module) = MODULES.into_iter().find(|path| Path::new(path).exists()) else {
            skipped("SoftHSM2 is not installed: apt-get install softhsm2");
            return None;
        };
        let place = Place::new();
        std::fs::create_dir(place.path("tokens")).unwrap();
        let conf = format!(
            "directories.tokendir = {}\n",
            place.path("tokens").display()
        );
        std::fs::write(place.path("softhsm2.conf"), conf).unwrap();
        let tokens = Self {
            place,
            issuer,
            module,
        };
        for (label, pin) in [("issuing", "correct horse"), ("status", "947213")] {
            let made = Command::new("softhsm2-util")
                .args(["--init-token", "--free", "--label", label])
                .args(["--pin", pin, "--so-pin", "313131"])
                .env("SOFTHSM2_CONF", tokens.place.path("softhsm2.conf"))
                .output()
                .unwrap();
            assert!(made.status.success(), "{made:?}");
        }
        tokens.secret("pin", "947213\n");
        let looked = tokens.init(&["--dry-run", "--issuing-key", &tokens.issuing()]);
        if looked.exit != 0 && looked.code() == "token.unsupported" {
            skipped("mandate-issuer was built without the feature issuer-cli/pkcs11");
            return None;
        }
        assert_eq!(looked.exit, 0, "{}", looked.err);
        Some(tokens)
    }

    fn secret(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.place.path(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }

    fn issuing(&self) -> String {
        format!(
            "pkcs11:token=issuing;object=issuing?module-path={}",
            self.module
        )
    }

    fn status(&self) -> String {
        let pin = self.place.path("pin");
        format!(
            "pkcs11:token=status;object=status?module-path={}&pin-source=file:{}",
            self.module,
            pin.display()
        )
    }

    fn run(&self, home: &str, words: &[&str]) -> Ran {
        let words = [words, &["--format", "json"]].concat();
        let mut command = self.place.command(&self.issuer, home, &words);
        command.env("SOFTHSM2_CONF", self.place.path("softhsm2.conf"));
        Ran::from(command.output().unwrap())
    }

    fn issuer(&self, words: &[&str]) -> Ran {
        self.run("issuer", words)
    }

    fn init(&self, more: &[&str]) -> Ran {
        let init = [
            "init",
            "--name",
            "House",
            "--chamber",
            "EX-1",
            "--country",
            "XX",
        ];
        self.issuer(&[&init[..], more].concat())
    }
}

/// The whole way, with the issuing key on one token and the status key on another.
fn a_mandate_is_issued_on_tokens(algorithm: &str) {
    let Some(tokens) = Tokens::new() else { return };
    let (issuing, status) = (tokens.issuing(), tokens.status());
    let keys = ["--issuing-key", &issuing, "--status-key", &status];
    let more = [&keys[..], &["--algorithm", algorithm]].concat();
    tokens.init(&more).ends(0);
    let secrets = tokens.place.path("issuer/secrets");
    assert!(!secrets.join("issuing.key").exists());
    assert!(!secrets.join("status.key").exists());
    let listed = tokens.issuer(&["key", "list"]).ends(0).json();
    assert_eq!(listed["items"][0]["place"], issuing.as_str());
    assert_eq!(listed["items"][1]["place"], status.as_str());
    let roster = concat!(env!("CARGO_MANIFEST_DIR"), "/parliament/lower-house.csv");
    tokens.issuer(&["roster", "import", roster]).ends(0);
    tokens.issuer(&["id", "--out", "issuer.json"]).ends(0);
    tokens
        .issuer(&["enrol", "invite", "m-001", "--out", "code"])
        .ends(0);
    let wallet = program("mandate-wallet").unwrap();
    let verifier = program("mandate-verifier").unwrap();
    let run = |program: &Path, words: &[&str]| {
        let words = [words, &["--format", "json"]].concat();
        let home = program.file_name().unwrap().to_str().unwrap().to_owned();
        tokens.place.run(program, &home, &words)
    };
    run(&wallet, &["init"]).ends(0);
    let enrol = [
        "enrol",
        "--code-file",
        "code",
        "--issuer",
        "issuer.json",
        "--out",
        "enrolment",
    ];
    run(&wallet, &enrol).ends(0);
    let issue = [
        "credential",
        "issue",
        "m-001",
        "--enrolment",
        "enrolment",
        "--out",
        "ana.txt",
    ];
    tokens.issuer(&issue).ends(0);
    tokens.issuer(&["publish", "--out", "site"]).ends(0);
    tokens.issuer(&["doctor"]).ends(0);
    run(&wallet, &["credential", "add", "ana.txt"]).ends(0);
    run(&verifier, &["init", "--name", "Gate"]).ends(0);
    run(&verifier, &["id", "--out", "verifier.json"]).ends(0);
    run(&wallet, &["verifier", "trust", "verifier.json"]).ends(0);
    let ask = [
        "request",
        "create",
        "--claims",
        "MemberMandate:name",
        "--purpose",
        "a vote",
    ];
    run(&verifier, &[&ask[..], &["--out", "request.jwt"]].concat()).ends(0);
    run(&wallet, &["present", "request.jwt", "--out", "answer.txt"]).ends(0);
    let card = std::fs::read(tokens.place.path("issuer.json")).unwrap();
    let card: serde_json::Value = serde_json::from_slice(&card).unwrap();
    let anchor = format!("{}=House", card["did"].as_str().unwrap());
    let check = [
        "check",
        "answer.txt",
        "--request",
        "request.jwt",
        "--trust",
        "site",
    ];
    let check = [&check[..], &["--anchor", &anchor]].concat();
    let verdict = run(&verifier, &check).ends(0).json();
    assert_eq!(verdict["verdict"], "valid");
}

#[test]
fn a_mandate_signed_on_a_token_by_ed25519_is_valid() {
    a_mandate_is_issued_on_tokens("ed25519");
}

#[test]
fn a_mandate_signed_on_a_token_by_p256_is_valid() {
    a_mandate_is_issued_on_tokens("p256");
}

#[test]
fn a_token_that_is_not_there_is_named_and_nothing_is_issued() {
    let Some(tokens) = Tokens::new() else { return };
    let (issuing, status) = (tokens.issuing(), tokens.status());
    let keys = ["--issuing-key", &issuing, "--status-key", &status];
    tokens.init(&keys).ends(0);
    let publish = ["publish", "--out", "site"];
    tokens.issuer(&publish).ends(0);
    // A wrong PIN, from the file that the place names; then none.
    tokens.secret("pin", "111111\n");
    assert_eq!(tokens.issuer(&publish).ends(1).code(), "token.pin_wrong");
    std::fs::remove_file(tokens.place.path("pin")).unwrap();
    assert_eq!(tokens.issuer(&publish).ends(1).code(), "file.unreadable");
    tokens.secret("pin", "947213\n");
    tokens.issuer(&publish).ends(0);
    // The tokens are pulled out.
    std::fs::rename(tokens.place.path("tokens"), tokens.place.path("away")).unwrap();
    std::fs::create_dir(tokens.place.path("tokens")).unwrap();
    assert_eq!(tokens.issuer(&publish).ends(1).code(), "token.missing");
    let doctor = tokens.issuer(&["doctor"]).ends(1).json();
    let found: Vec<_> = doctor["items"].as_array().unwrap().iter().collect();
    assert_eq!(found.len(), 2, "{doctor}");
    assert!(
        found.iter().all(|one| one["id"] == "token.missing"),
        "{doctor}"
    );
    // What signs nothing needs no token.
    tokens.issuer(&["key", "list"]).ends(0);
}

#[test]
fn another_key_in_the_same_place_is_refused() {
    let Some(tokens) = Tokens::new() else { return };
    let (issuing, status) = (tokens.issuing(), tokens.status());
    tokens
        .init(&["--issuing-key", &issuing, "--status-key", &status])
        .ends(0);
    // A second home with the same places uses the same keys.
    let again = ["init", "--name", "B", "--chamber", "B", "--country", "XX"];
    let again = [&again[..], &["--issuing-key", &issuing]].concat();
    let first = std::fs::read_to_string(tokens.place.path("issuer/secrets/issuing.token")).unwrap();
    tokens.run("second", &again).ends(0);
    let second = std::fs::read_to_string(tokens.place.path("second/secrets/issuing.token"));
    assert_eq!(second.unwrap(), first);
    // The token's keys are lost, and others made under the same labels.
    for folder in std::fs::read_dir(tokens.place.path("tokens")).unwrap() {
        for file in std::fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let is_object = path.extension().is_some_and(|end| end == "object");
            if is_object && path.file_name().unwrap() != "token.object" {
                std::fs::remove_file(path).unwrap();
            }
        }
    }
    let publish = ["publish", "--out", "site"];
    assert_eq!(tokens.issuer(&publish).ends(1).code(), "token.key_missing");
    let third = [
        &again[..7],
        &["--issuing-key", &issuing, "--status-key", &status],
    ]
    .concat();
    tokens.run("third", &third).ends(0);
    assert_eq!(tokens.issuer(&publish).ends(1).code(), "token.key_differs");
    tokens.run("third", &publish).ends(0);
}

#[test]
fn places_that_would_show_a_pin_or_stop_a_timer_are_refused() {
    let Some(tokens) = Tokens::new() else { return };
    let shown = format!("{}&pin-value=947213", tokens.issuing());
    let refused = tokens.init(&["--issuing-key", &shown]).ends(2);
    assert!(refused.err.contains("pin-source"), "{}", refused.err);
    let issuing = tokens.issuing();
    let refused = tokens.init(&["--status-key", &issuing]).ends(1);
    assert_eq!(refused.code(), "token.pin_source_missing");
    let refused = tokens.init(&["--algorithm", "p256"]).ends(2);
    assert_eq!(refused.code(), "usage.invalid");
    let nowhere = "pkcs11:token=x;object=y?module-path=/nowhere/p11.so";
    let refused = tokens.init(&["--issuing-key", nowhere]).ends(1);
    assert_eq!(refused.code(), "token.module");
    assert!(!tokens.place.path("issuer").exists());
}

#[test]
fn a_backup_of_a_home_with_tokens_is_sealed_under_a_passphrase_of_its_own() {
    let Some(tokens) = Tokens::new() else { return };
    let (issuing, status) = (tokens.issuing(), tokens.status());
    tokens
        .init(&["--issuing-key", &issuing, "--status-key", &status])
        .ends(0);
    let create = ["backup", "create", "--out", "b.mandate"];
    assert_eq!(tokens.issuer(&create).ends(1).code(), "passphrase.missing");
    tokens.secret("own", "of the backup alone\n");
    let own = ["--backup-passphrase-file", "own"];
    tokens.issuer(&[&create[..], &own].concat()).ends(0);
    let restore = ["backup", "restore", "b.mandate"];
    tokens
        .run("restored", &[&restore[..], &own].concat())
        .ends(0);
    tokens
        .run("restored", &["publish", "--out", "site"])
        .ends(0);
}

#[test]
fn control_keys_live_on_a_token_too() {
    let Some(tokens) = Tokens::new() else { return };
    let module = tokens.module;
    let control = format!("pkcs11:token=issuing;object=control?module-path={module}");
    let did = ["--did", "webvh:id.parliament.example"];
    let pin = format!(
        "{control}&pin-source={}",
        tokens.place.path("pass").display()
    );
    let more = [&did[..], &["--control-keys", &pin]].concat();
    tokens.init(&more).ends(0);
    tokens.issuer(&["did", "rotate"]).ends(0);
    tokens.issuer(&["key", "rotate", "--yes"]).ends(0);
    let shown = tokens.issuer(&["did", "show"]).ends(0).json();
    assert_eq!(shown["control"]["number"], 3);
    tokens.issuer(&["publish", "--out", "site"]).ends(0);
    tokens.issuer(&["did", "check", "site"]).ends(0);
    // Without the token nothing is changed.
    std::fs::rename(tokens.place.path("tokens"), tokens.place.path("away")).unwrap();
    std::fs::create_dir(tokens.place.path("tokens")).unwrap();
    let refused = tokens.issuer(&["did", "rotate"]).ends(1);
    assert_eq!(refused.code(), "token.missing");
}
