//! The README's tour, word for word: every command is run as it stands there, and says what it says there.

#![expect(clippy::print_stderr, reason = "a skipped test must say so")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(dead_code, reason = "each test uses its part of the shared helpers")]

mod programs;

use std::{collections::BTreeMap, path::Path, process::Command};

use programs::{Place, program};

/// What differs from run to run is compared by its kind only.
fn normal(line: &str) -> String {
    let word = |word: &str| {
        let all = |of: fn(&u8) -> bool| word.bytes().all(|b| of(&b));
        let alphanumeric = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        if word.contains("did:key:") {
            "DID".to_owned()
        } else if word.len() >= 20 && word.as_bytes()[4] == b'-' && word.contains('Z') {
            "INSTANT".to_owned()
        } else if (word.len() == 13 && word.starts_with('c') && all(alphanumeric))
            || (word.len() == 16 && all(u8::is_ascii_hexdigit))
        {
            // A credential's id at the issuer's, and in a wallet.
            "ID".to_owned()
        } else {
            word.to_owned()
        }
    };
    line.split_whitespace()
        .map(word)
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn the_tour_goes_as_it_is_told() {
    let Some(issuer) = program("mandate-issuer") else {
        return;
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let place = Place::new();
    // The tour is told from the top of a checkout.
    let rosters = place.path("examples/parliament");
    std::fs::create_dir_all(&rosters).unwrap();
    for entry in std::fs::read_dir(root.join("examples/parliament")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            std::fs::copy(&path, rosters.join(path.file_name().unwrap())).unwrap();
        }
    }
    let paths = std::env::var_os("PATH").unwrap();
    let paths =
        std::iter::once(issuer.parent().unwrap().to_owned()).chain(std::env::split_paths(&paths));
    let paths = std::env::join_paths(paths).unwrap();
    let mut commands = 0;
    let mut told: BTreeMap<&str, String> = BTreeMap::new();
    // Ids that the README tells of, and what they are this time.
    let mut ids: BTreeMap<String, String> = BTreeMap::new();
    for block in readme.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap();
        for step in block.split("$ ").skip(1) {
            let (command, expected) = step.split_once('\n').unwrap();
            // Whoever follows the tour puts the DID of the card in; so does this test.
            let mut command = match told.get("did") {
                Some(did) => command.replace("did:key:z6Mk...", did),
                None => command.to_owned(),
            };
            for (id, real) in &ids {
                command = command.replace(id, real);
            }
            let output = Command::new("bash")
                .args(["-c", &format!("{command} 2>&1")])
                .current_dir(place.path(""))
                .env("PATH", &paths)
                .env("MANDATE_PASSPHRASE_FILE", place.path("pass"))
                .output()
                .unwrap();
            let said = String::from_utf8(output.stdout).unwrap();
            assert!(output.status.success(), "{command}\n{said}");
            commands += 1;
            let spoken: Vec<&str> = said.lines().collect();
            let lines: Vec<String> = spoken.iter().map(|line| normal(line)).collect();
            let mut at = 0;
            for line in expected
                .lines()
                .filter(|line| !line.trim().is_empty() && *line != "...")
            {
                let wanted = normal(line);
                let found = lines[at..].iter().position(|line| *line == wanted);
                let found =
                    found.unwrap_or_else(|| panic!("{command}\nshould say: {line}\nsaid:\n{said}"));
                let real = spoken[at + found].split_whitespace();
                for (written, real) in line.split_whitespace().zip(real) {
                    if normal(written) == "ID" {
                        ids.insert(written.to_owned(), real.to_owned());
                    }
                }
                at += found + 1;
            }
            if let Some(did) = said
                .split_whitespace()
                .find(|word| word.starts_with("did:key:"))
            {
                told.entry("did").or_insert_with(|| did.to_owned());
            }
        }
    }
    assert!(commands >= 30, "only {commands} commands in the tour");
}
