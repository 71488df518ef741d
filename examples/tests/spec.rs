//! The reference tables and schemas of `spec/` say what the code says. `MANDATE_BLESS=1` writes those
//! that are made from it anew.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::{Path, PathBuf},
};

use identity_core::credential::{self, Kind};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every enum of codes: whose it is, and its codes with their meanings.
fn enums() -> Vec<(&'static str, Vec<(&'static str, &'static str)>)> {
    macro_rules! of {
        ($who:literal, $path:path) => {
            ($who, {
                use $path as C;
                C::ALL.iter().map(|c| (c.as_str(), c.meaning())).collect()
            })
        };
    }
    vec![
        of!("every program: checks, formats, keys", identity_core::Code),
        of!(
            "every program: files, passphrases, the command line",
            cli_kit::Code
        ),
        of!("mandate-issuer: roster, store, journal", issuer_cli::Code),
        of!("mandate-issuer: the office", issuer_cli::office::OfficeCode),
        of!(
            "mandate-issuer: the accreditor",
            issuer_cli::accreditor::AccreditorCode
        ),
        of!("mandate-issuer: tokens", issuer_cli::keys::token::TokenCode),
        of!("mandate-issuer: the DID", issuer_cli::did::DidCode),
        of!("mandate-wallet", wallet::Code),
        of!("mandate-wallet: the vault", wallet::vault::Code),
        of!("mandate-verifier", verifier_lib::cli::CliCode),
        of!("mandate-verifier serve", verifier_lib::serve::ServeCode),
    ]
}

fn holds(path: &Path, text: &str) {
    if std::env::var_os("MANDATE_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == text,
        "{} is not what the code says: run with MANDATE_BLESS=1",
        path.display()
    );
}

#[test]
fn the_table_of_errors_is_the_enums() {
    let mut table = String::from(
        "# Codes\n\nEvery error and every check that did not pass carries one of these. They are stable: scripts and \
         translations may key on them. Which exit code goes with which is in [exit-codes.md](exit-codes.md).\n",
    );
    for (who, codes) in enums() {
        writeln!(table, "\n## {who}\n\n| code | meaning |\n|---|---|").unwrap();
        for (code, meaning) in codes {
            writeln!(table, "| `{code}` | {meaning} |").unwrap();
        }
    }
    holds(&root().join("spec/errors.md"), &table);
}

#[test]
fn no_code_is_used_that_no_enum_names() {
    /// What the journal calls what happened; no error.
    const ENTRIES: [&str; 24] = [
        "approval.carried_out",
        "approval.given",
        "approval.prepared",
        "approval.rejected",
        "backup.restored",
        "credential.intended",
        "credential.issued",
        "credential.reinstated",
        "credential.revoked",
        "credential.suspended",
        "delegation.added",
        "delegation.ended",
        "did.changed",
        "electoral.declared",
        "electoral.drafted",
        "enrolment.cancelled",
        "enrolment.invited",
        "mandate.ended",
        "officers.changed",
        "register.taken_over",
        "roster.imported",
        "slot.secret",
        "term.ended",
        "term.reinstated",
    ];
    /// What officers approve.
    const ACTIONS: [&str; 8] = [
        "credential.issue",
        "credential.revoke",
        "delegation.end",
        "did.change",
        "mandate.end",
        "officers.change",
        "term.end",
        "term.reinstate",
    ];
    let known: BTreeSet<&str> = enums()
        .into_iter()
        .flat_map(|(_, codes)| codes)
        .map(|(code, _)| code)
        .chain(ENTRIES)
        .chain(ACTIONS)
        .collect();
    let mut unknown = BTreeMap::new();
    for folder in [
        "identity-core/src",
        "issuer-cli/src",
        "wallet/src",
        "wallet/cli-kit/src",
        "verifier-lib/src",
    ] {
        each_source(&root().join(folder), &mut |path, text| {
            let text = text.split("#[cfg(test)]").next().unwrap();
            for literal in text.split('"').skip(1).step_by(2) {
                let is_code = literal.split_once('.').is_some_and(|(a, b)| {
                    let word = |w: &str| {
                        w.len() > 1 && w.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
                    };
                    word(a) && word(b)
                });
                let is_file = [
                    "bundle", "json", "jsonl", "jwt", "key", "txt", "lock", "head", "owner",
                    "mandate",
                ]
                .iter()
                .any(|end| literal.ends_with(&format!(".{end}")));
                if is_code && !is_file && !known.contains(literal) {
                    unknown.insert(literal.to_owned(), path.to_owned());
                }
            }
        });
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}

fn each_source(folder: &Path, visit: &mut impl FnMut(&Path, &str)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "tests" && name != "testing" {
            each_source(&path, visit);
        } else if path.extension().is_some_and(|end| end == "rs") && !name.starts_with("tests") {
            visit(&path, &std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn the_schemas_of_the_types_are_the_catalogue() {
    for kind in Kind::ALL {
        let schema = serde_json::to_string_pretty(&credential::schema(kind)).unwrap() + "\n";
        let path = format!("spec/schemas/types/{kind}.schema.json");
        holds(&root().join(path), &schema);
    }
    // A real mandate's claims fit their schema, and an invented one does not.
    let schema = jsonschema::validator_for(&credential::schema(Kind::MemberMandate)).unwrap();
    let mut claims =
        identity_core::encoding::strict_json::Value::from(testkit::world::World::claims())
            .to_serde();
    assert!(schema.is_valid(&claims));
    claims["birthDate"] = "1970-01-01".into();
    assert!(!schema.is_valid(&claims));
}

#[test]
fn the_context_names_every_type_and_claim() {
    let context: serde_json::Value = serde_json::from_str(credential::CONTEXT_DOCUMENT).unwrap();
    let context = &context["@context"];
    for kind in Kind::ALL {
        assert!(context[kind.as_str()].is_string(), "{kind}");
        for claim in kind.claims() {
            // VC 2.0 defines name itself, and protects it.
            let expected = claim.name != "name";
            assert_eq!(!context[claim.name].is_null(), expected, "{}", claim.name);
        }
    }
}

#[test]
fn every_output_has_a_schema_and_every_schema_an_output() {
    // Files that are no output: their formats are described in spec/.
    const FILES: [&str; 20] = [
        "accreditor-profile",
        "approval",
        "bundle",
        "control-keys",
        "did-pending",
        "electoral-period",
        "issuer-backup",
        "issuer-profile",
        "officer-card",
        "officer-policy",
        "officer-slot",
        "pending-action",
        "snapshot",
        "token-key",
        "trust-list",
        "types",
        "vault",
        "verifier-home",
        "wallet-backup",
        "x",
    ];
    let mut printed = BTreeSet::new();
    for folder in [
        "identity-core/src",
        "issuer-cli/src",
        "wallet/src",
        "wallet/cli-kit/src",
        "verifier-lib/src",
    ] {
        each_source(&root().join(folder), &mut |_, text| {
            for literal in text.split('"').skip(1).step_by(2) {
                let name = literal
                    .strip_prefix("mandate.")
                    .and_then(|n| n.strip_suffix("/1"));
                printed.extend(name.map(str::to_owned));
            }
        });
    }
    printed.retain(|name| !FILES.contains(&name.as_str()));
    let schemas: BTreeSet<String> = std::fs::read_dir(root().join("spec/schemas/cli"))
        .unwrap()
        .map(|entry| {
            let name = entry.unwrap().file_name().to_string_lossy().into_owned();
            name.trim_end_matches(".schema.json").to_owned()
        })
        .collect();
    assert_eq!(printed, schemas);
}

#[test]
fn every_line_of_the_tables_points_to_a_test() {
    for table in ["spec/attacks.md", "spec/conformance.md"] {
        points_to_tests(table);
    }
}

fn points_to_tests(table: &str) {
    let text = std::fs::read_to_string(root().join(table)).unwrap();
    let mut lines = 0;
    for line in text.lines().filter(|line| line.starts_with("| ")) {
        let is_heading = ["| attack", "| section", "| suite"]
            .iter()
            .any(|heading| line.starts_with(heading));
        if is_heading {
            continue;
        }
        lines += 1;
        let quoted = line.split('`').skip(1).step_by(2);
        let tests: Vec<&str> = quoted.filter(|text| text.contains(".rs::")).collect();
        assert!(!tests.is_empty(), "no test: {line}");
        for test in tests {
            let (file, name) = test.split_once("::").unwrap();
            let source = std::fs::read_to_string(root().join(file));
            let source = source.unwrap_or_else(|error| panic!("{file}: {error}"));
            assert!(
                source.contains(&format!("fn {name}(")),
                "no such test: {test}"
            );
        }
    }
    assert!(lines > 50, "only {lines} lines were read");
}
