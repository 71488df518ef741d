//! Whole chambers at once: names of files, rows that fail, and what a script reads afterwards.

use std::{collections::BTreeMap, fmt::Write as _};

use identity_core::{
    card::IssuerCard,
    enrolment,
    key::{Algorithm, SecretKey},
};
use serde_json::{Value, json};

use crate::world::*;

impl World {
    /// Invites everybody, and writes the enrolments of as many wallets into a file.
    pub(crate) fn enrol_all(&self, out: &str) {
        self.issuer(&["enrol", "invite", "--all", "--out", "codes.jsonl"])
            .ends(0);
        let card = std::fs::read(self.place.path("issuer.json")).unwrap();
        let card = IssuerCard::parse(&card).unwrap();
        let mut rng = cli_kit::run::system_rng().unwrap();
        let mut lines = String::new();
        for line in self.lines("codes.jsonl") {
            let code = line["code"].as_str().unwrap().parse().unwrap();
            let key = SecretKey::generate(Algorithm::EdDsa, &mut rng);
            let now = cli_kit::run::now();
            let enrolment = enrolment::prove(&code, &card.did, &key, now).unwrap();
            let line = json!({ "member": line["member"], "enrolment": enrolment });
            writeln!(lines, "{line}").unwrap();
        }
        std::fs::write(self.place.path(out), lines).unwrap();
    }

    /// The lines of a file of JSON lines.
    pub(crate) fn lines(&self, name: &str) -> Vec<Value> {
        let text = std::fs::read_to_string(self.place.path(name)).unwrap();
        let lines = text.lines().map(serde_json::from_str);
        lines.collect::<Result<_, _>>().unwrap()
    }

    fn batch(&self, enrolments: &str) -> Ran {
        let words = ["batch", "issue", "--enrolments", enrolments, "--out", "out"];
        self.issuer(&words)
    }

    /// The results by member.
    fn results(&self) -> BTreeMap<String, Value> {
        let rows = self.lines("out/results.jsonl").into_iter();
        rows.map(|row| (row["member"].as_str().unwrap().to_owned(), row))
            .collect()
    }
}

/// Ids that no file system takes as they are, and the names that they get.
fn odd_ids() -> [(String, String); 5] {
    let long = "ع".repeat(60);
    let encoded = "%D8%B9".repeat(60);
    [
        ("a/b c".to_owned(), "a%2Fb%20c".to_owned()),
        ("-x".to_owned(), "-x".to_owned()),
        (".x".to_owned(), "%2Ex".to_owned()),
        ("علی".to_owned(), "%D8%B9%D9%84%DB%8C".to_owned()),
        (long, encoded),
    ]
}

fn odd_world() -> Option<World> {
    let world = World::new()?;
    let mut roster = "id,name,start_date\n".to_owned();
    for (id, _) in odd_ids() {
        writeln!(roster, "{id},Somebody,2026-01-01").unwrap();
    }
    std::fs::write(world.place.path("odd.csv"), roster).unwrap();
    let report = world.issuer(&["roster", "import", "odd.csv"]).ends(0);
    assert_eq!(report.json()["imported"], 5);
    Some(world)
}

/// Whether a file has the name of an id: the encoded id, or its beginning and a digest.
fn is_named(file: &str, encoded: &str, end: &str) -> bool {
    let stem = file.strip_suffix(end).unwrap();
    if encoded.len() + end.len() < 255 {
        return stem == encoded;
    }
    let cut = stem.rsplit_once('-');
    file.len() < 255 && cut.is_some_and(|(start, _)| encoded.starts_with(start))
}

#[test]
fn files_are_named_by_ids_and_private_whatever_the_ids_are() {
    let Some(world) = odd_world() else { return };
    world.enrol_all("enrolments.jsonl");
    let summary = world.batch("enrolments.jsonl").ends(0).json();
    assert_eq!(
        (&summary["rows"], &summary["issued"]),
        (&json!(11), &json!(11))
    );
    let results = world.results();
    assert_eq!(results.len(), 11);
    for (id, encoded) in odd_ids() {
        let row = &results[&id];
        assert_eq!(row["error"], Value::Null, "{row}");
        let file = row["file"].as_str().unwrap();
        assert!(is_named(file, &encoded, ".sd-jwt"), "{file}");
        let path = world.place.path("out").join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        // It is the one the store has.
        let credential = row["credential"].as_str().unwrap();
        let show = ["credential", "show", credential, "--out", "again"];
        world.issuer(&show).ends(0);
        let again = std::fs::read_to_string(world.place.path("again")).unwrap();
        assert_eq!(again, text);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{file}");
        }
    }
    // Run again, it hands out the same.
    let summary = world.batch("enrolments.jsonl").ends(0).json();
    assert_eq!(
        (&summary["issued"], &summary["issuedBefore"]),
        (&json!(0), &json!(11))
    );
    assert_eq!(world.results(), results);
}

#[test]
fn letters_are_named_by_ids_too() {
    let Some(world) = odd_world() else { return };
    let invite = [
        "enrol",
        "invite",
        "--all",
        "--out",
        "codes",
        "--letters",
        "letters",
    ];
    world.issuer(&invite).ends(0);
    let letters = std::fs::read_dir(world.place.path("letters")).unwrap();
    let letters: Vec<String> = letters
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(letters.len(), 11);
    for (id, encoded) in odd_ids() {
        let found = letters.iter().any(|file| is_named(file, &encoded, ".svg"));
        assert!(found, "{id}");
    }
}

#[test]
fn a_file_that_cannot_be_written_costs_its_own_row_only() {
    let Some(world) = World::new() else { return };
    world.enrol_all("enrolments.jsonl");
    std::fs::create_dir_all(world.place.path("out/m-002.sd-jwt")).unwrap();
    let summary = world.batch("enrolments.jsonl").ends(0).json();
    assert_eq!(
        (&summary["issued"], &summary["failed"]),
        (&json!(5), &json!(1))
    );
    let row = &world.results()["m-002"];
    assert_eq!(row["error"]["code"], "file.unwritable");
    assert_eq!(row["file"], Value::Null);
    let credential = world.credential("m-002");
    assert_eq!(row["credential"], credential.as_str());
    // With the obstacle gone, the same credential is handed out.
    std::fs::remove_dir(world.place.path("out/m-002.sd-jwt")).unwrap();
    let summary = world.batch("enrolments.jsonl").ends(0).json();
    assert_eq!(
        (&summary["issuedBefore"], &summary["failed"]),
        (&json!(6), &json!(0))
    );
    assert_eq!(world.results()["m-002"]["credential"], credential.as_str());
}

#[test]
fn a_batch_of_which_nothing_came_fails_and_says_why() {
    let Some(world) = World::new() else { return };
    let lines = "no enrolment\n{\"member\": \"m-001\"}\n";
    std::fs::write(world.place.path("bad.jsonl"), lines).unwrap();
    let failed = world.batch("bad.jsonl").ends(1);
    assert_eq!(failed.code(), "batch.nothing_issued");
    assert_eq!(failed.json()["failed"], 2);
    let rows = world.lines("out/results.jsonl");
    assert_eq!(rows.len(), 2);
    for row in rows {
        let code = row["error"]["code"].as_str().unwrap();
        assert!(code.starts_with("enrolment."), "{row}");
        assert_eq!(row["credential"], Value::Null);
    }
}
