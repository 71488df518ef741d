//! The published tests of RDFC-1.0.

use std::collections::BTreeMap;

use super::*;

/// Everything that the manifest names: what must come out, the names given, and what must be refused.
#[test]
fn the_published_datasets_come_out_byte_for_byte() {
    let Some(folder) = testkit::vectors("rdf-canon/tests") else {
        return;
    };
    let manifest = std::fs::read_to_string(folder.join("manifest.jsonld")).unwrap();
    let manifest = parse(manifest.as_bytes(), &Limits::small()).unwrap();
    let entries = manifest.get("entries").and_then(Value::as_array).unwrap();
    let mut counts = BTreeMap::new();
    for entry in entries {
        let text = |name: &str| entry.get(name).and_then(Value::as_str);
        let kind = text("type").unwrap();
        let read = |name: &str| std::fs::read_to_string(folder.join(text(name).unwrap())).unwrap();
        let (dataset, names) = nquads::read(&read("action"));
        let mut budget = Budget::presentation();
        let found = if text("hashAlgorithm") == Some("SHA384") {
            rdfc::canonicalize::<sha2::Sha384>(dataset, &mut budget)
        } else {
            rdfc::canonicalize::<sha2::Sha256>(dataset, &mut budget)
        };
        let id = text("id").unwrap();
        match kind {
            "rdfc:RDFC10EvalTest" => assert_eq!(found.unwrap().nquads, read("result"), "{id}"),
            "rdfc:RDFC10MapTest" => {
                let found = found.unwrap().names;
                let expected = read("result");
                let expected = parse(expected.as_bytes(), &Limits::small()).unwrap();
                let expected = expected.as_object().unwrap();
                assert_eq!(expected.len(), names.len(), "{id}");
                for (name, number) in names.iter().zip(found) {
                    let number = format!("c14n{}", number.unwrap());
                    assert_eq!(expected.get(name), Some(&number.into()), "{id} {name}");
                }
            }
            "rdfc:RDFC10NegativeEvalTest" => {
                let error = found.unwrap_err();
                assert_eq!(error.code(), Code::BudgetExhausted, "{id}");
            }
            other => panic!("{id}: {other}"),
        }
        *counts.entry(kind.to_owned()).or_insert(0) += 1;
    }
    let counts: Vec<_> = counts.into_values().collect();
    assert!(counts.len() == 3 && counts[0] >= 60, "{counts:?}");
}
