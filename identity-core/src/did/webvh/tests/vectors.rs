//! The logs of two other implementations resolve to the documents that they expect.

use std::path::Path;

use super::*;

fn history(folder: &Path) -> Result<DidHistory, WebvhError> {
    let log = std::fs::read(folder.join("did.jsonl")).unwrap();
    let witnesses = std::fs::read(folder.join("did-witness.json")).ok();
    let mut budget = Budget::did_log();
    Log::parse(&log, &mut budget)?.verify(None, witnesses.as_deref(), now(), &mut budget)
}

/// Leaves away the two services that a resolver adds to every document: their ids are written in two
/// ways (section "DID URL Resolution").
fn plain(document: &mut serde_json::Value) {
    let Some(services) = document.get_mut("service") else {
        return;
    };
    let services = services.as_array_mut().unwrap();
    services.retain(|service| {
        let id = service["id"].as_str().unwrap();
        !id.ends_with("#files") && !id.ends_with("#whois")
    });
    if services.is_empty() {
        document.as_object_mut().unwrap().remove("service");
    }
}

/// Compares a version with the file that says what it resolves to.
fn assert_expected(history: &DidHistory, file: &Path) {
    let mut expected: serde_json::Value =
        serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let metadata = expected["didDocumentMetadata"].take();
    let version = history
        .version(metadata["versionId"].as_str().unwrap())
        .unwrap_or_else(|| panic!("{}", file.display()));
    let mut document = expected["didDocument"].take();
    plain(&mut document);
    let mut found: serde_json::Value = serde_json::from_str(&version.document_json).unwrap();
    plain(&mut found);
    assert_eq!(found, document, "{}", file.display());
    assert_eq!(metadata["versionNumber"], version.number);
    assert_eq!(metadata["versionTime"], version.version_time.to_string());
    let ended = metadata["deactivated"].as_bool().unwrap_or_default();
    assert_eq!(history.is_deactivated(), ended, "{}", file.display());
}

#[test]
fn the_published_logs_resolve_to_their_documents() {
    let Some(folder) = testkit::vectors("didwebvh") else {
        return;
    };
    let mut resolved = 0;
    for case in std::fs::read_dir(&folder).unwrap() {
        let case = case.unwrap().path();
        for writer in ["rust", "ts"] {
            let folder = case.join(writer);
            if case.ends_with("witness-update") && writer == "ts" {
                continue;
            }
            let history = history(&folder).unwrap_or_else(|error| {
                panic!("{}: {error}", folder.display());
            });
            for file in std::fs::read_dir(&folder).unwrap() {
                let file = file.unwrap().path();
                if file
                    .file_name()
                    .unwrap()
                    .to_string_lossy()
                    .starts_with("resolutionResult")
                {
                    assert_expected(&history, &file);
                    resolved += 1;
                }
            }
        }
    }
    assert!(resolved >= 29, "only {resolved}");
}

/// Its second entry lowers the threshold from two to one and has one proof. The list of the entry
/// before is in force for it (section "Witness Lists": a new list becomes active *after* its entry), or
/// a stolen control key would do away with the witnesses; two of the other four implementations of the
/// suite refuse it as well.
#[test]
fn a_log_that_lowers_its_own_threshold_before_the_witnesses_agree_is_refused() {
    let Some(folder) = testkit::vectors("didwebvh/witness-update/ts") else {
        return;
    };
    assert_eq!(
        history(&folder),
        Err(WebvhError::Witnesses {
            entry: 2,
            found: 1,
            needed: 2
        })
    );
    // Without that entry it is a good log.
    let log = std::fs::read_to_string(folder.join("did.jsonl")).unwrap();
    let witnesses = std::fs::read(folder.join("did-witness.json")).unwrap();
    let first = log.lines().next().unwrap();
    let mut budget = Budget::did_log();
    let log = Log::parse(first.as_bytes(), &mut budget).unwrap();
    let history = log.verify(None, Some(&witnesses), now(), &mut budget);
    assert_eq!(history.unwrap().head().0, 1);
}
