use identity_core::{
    key::{Algorithm, SecretKey, Signer as _},
    status::Instant,
};
use jiff::Timestamp;

use super::*;

fn filled(entries: u64) -> (MemoryStore, Journal) {
    let mut store = MemoryStore::default();
    let mut journal = Journal::open(&store, None).unwrap();
    for n in 0..entries {
        let mut batch = Batch::default();
        let at = Instant::floor(Timestamp::UNIX_EPOCH);
        let body = serde_json::json!({ "n": n });
        journal.append(&mut batch, at, "test", &body).unwrap();
        store.write(batch).unwrap();
    }
    (store, journal)
}

#[test]
fn a_journal_verifies_and_every_changed_byte_is_named() {
    let (store, journal) = filled(4);
    let head = journal.head();
    let found = verify(&store, Some(head), |_| Ok(())).unwrap();
    assert_eq!(found.entries, 4);
    for seq in 1..=4_u64 {
        let whole = store
            .get(Family::Journal, &seq.to_be_bytes())
            .unwrap()
            .unwrap();
        for at in 0..whole.len() {
            let mut store = store.clone();
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            let mut batch = Batch::default();
            batch.put_bytes(Family::Journal, &seq.to_be_bytes(), bytes);
            store.write(batch).unwrap();
            assert!(
                verify(&store, Some(head), |_| Ok(())).is_err(),
                "{seq} {at}"
            );
        }
    }
}

#[test]
fn a_journal_cut_short_shows() {
    let (_, long) = filled(4);
    let (short, _) = filled(3);
    let cut = StoreError::Truncated {
        found: 3,
        expected: 4,
    };
    assert_eq!(
        verify(&short, Some(long.head()), |_| Ok(())),
        Err(cut.clone())
    );
    assert_eq!(Journal::open(&short, Some(long.head())).err(), Some(cut));
    // A head that lags behind is what a kill leaves.
    let (store, _) = filled(5);
    assert!(Journal::open(&store, Some(long.head())).is_ok());
}

#[test]
fn a_head_is_signed_by_its_key() {
    let key = |seed| SecretKey::from_secret_bytes(Algorithm::EdDsa, &[seed; 32]).unwrap();
    let (_, journal) = filled(2);
    let text = journal.head().sign(&key(1)).unwrap();
    assert_eq!(Head::open(&text, key(1).public_key()), Ok(journal.head()));
    assert!(Head::open(&text, key(2).public_key()).is_err());
    assert!(Head::open(&text[1..], key(1).public_key()).is_err());
}

#[cfg(feature = "cli")]
#[test]
fn rocks_keeps_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    assert_eq!(RocksStore::open(&path).unwrap_err().code(), "store.missing");
    let mut store = RocksStore::create(&path).unwrap();
    let mut batch = Batch::default();
    batch.put(Family::Meta, "a", &1).unwrap();
    batch.put(Family::Meta, "b", &2).unwrap();
    store.write(batch).unwrap();
    assert!(RocksStore::create(&path).is_err());
    let reader = RocksStore::open_read_only(&path).unwrap();
    assert_eq!(read::<u8>(&reader, Family::Meta, "b").unwrap(), Some(2));
    drop((reader, store));
    let store = RocksStore::open(&path).unwrap();
    assert_eq!(store.last(Family::Meta).unwrap().unwrap().0, b"b");
    let mut seen = 0;
    read_all(&store, Family::Meta, |n: u8| {
        seen += n;
        Ok(())
    })
    .unwrap();
    assert_eq!(seen, 3);
}
