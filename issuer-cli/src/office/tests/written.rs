//! What is written down, in which order, and what never is.

use super::*;
use crate::store::{Family, Pair, Visit};

const TODAY: &str = "2026-02-01T12:00:00Z";

/// A store that takes so many writes and no more.
#[derive(Debug)]
struct Failing {
    store: MemoryStore,
    left: usize,
}

impl Store for Failing {
    fn get(&self, family: Family, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.store.get(family, key)
    }

    fn visit(&self, family: Family, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        self.store.visit(family, visit)
    }

    fn last(&self, family: Family) -> Result<Option<Pair>, StoreError> {
        self.store.last(family)
    }

    fn write(&mut self, batch: Batch) -> Result<(), StoreError> {
        self.left = self
            .left
            .checked_sub(1)
            .ok_or_else(|| StoreError::failed("the disk is full"))?;
        self.store.write(batch)
    }
}

/// An office whose member has a letter, and what answers it.
fn invited() -> (Office<MemoryStore>, String) {
    let mut office = office();
    let mut rng = cli_kit::run::system_rng().unwrap();
    let roster = "id,name,start_date\na,Ana,2026-01-01\n";
    office
        .import(roster.as_bytes(), at(TODAY), at(TODAY))
        .unwrap();
    let invited = office.invite("a", at(TODAY), &mut rng).unwrap();
    let code = invited.invitations[0].secret_code.to_string();
    (office, code)
}

fn entries(store: &impl Store) -> Vec<String> {
    let mut kinds = Vec::new();
    let mut visit = |_: &[u8], value: &[u8]| {
        let entry: Json = serde_json::from_slice(value).unwrap();
        kinds.push(entry["kind"].as_str().unwrap().to_owned());
        Ok(())
    };
    store.visit(Family::Journal, &mut visit).unwrap();
    kinds
}

#[test]
fn the_code_of_a_letter_stands_nowhere_in_the_store() {
    let (office, code) = invited();
    let plain = code.replace('-', "");
    for family in Family::ALL {
        let mut visit = |key: &[u8], value: &[u8]| {
            let text = String::from_utf8_lossy(&[key, value].concat()).into_owned();
            assert!(
                !text.contains(&code) && !text.contains(&plain),
                "{family:?}"
            );
            Ok(())
        };
        office.store.visit(family, &mut visit).unwrap();
    }
    // Of its 32 symbols of five bits, the first sixteen are random: 80 bits.
    let (_, other) = invited();
    assert_ne!(plain[..16], other.replace('-', "")[..16]);
}

#[test]
fn the_intent_is_journalled_before_the_credential() {
    let (office, _) = with_ana(at(TODAY));
    let kinds = entries(&office.store);
    let place = |kind: &str| kinds.iter().position(|k| k == kind).unwrap();
    assert!(
        place("credential.intended") < place("credential.issued"),
        "{kinds:?}"
    );
}

#[test]
fn a_write_that_fails_hands_nothing_out_and_leaves_the_code_open() {
    // The slot secret, the intent, the record.
    for left in 0..3 {
        let (office, code) = invited();
        let order = order(&office, &code, 7, at(TODAY));
        let store = Failing {
            store: office.store.clone(),
            left,
        };
        let (profile, keys) = office.close();
        let mut failing = Office::open(store, profile, keys, (None, None)).unwrap();
        let mut rng = cli_kit::run::system_rng().unwrap();
        let refused = failing
            .issue(&order, &key(1), at(TODAY), &mut rng)
            .unwrap_err();
        assert_eq!(refused.code, "store.failed");
        let issued = entries(&failing.store)
            .iter()
            .any(|kind| kind == "credential.issued");
        assert!(!issued, "{left}");
        // The disk has room again: the same enrolment is answered, once.
        failing.store.left = usize::MAX;
        let first = failing.issue(&order, &key(1), at(TODAY), &mut rng).unwrap();
        let again = failing.issue(&order, &key(1), at(TODAY), &mut rng).unwrap();
        assert!(first.is_new && !again.is_new);
        assert_eq!(first.credential.id, again.credential.id);
    }
}
