use identity_core::{
    encoding::base64url,
    key::{Algorithm, SecretKey, Signer as _},
    status::Instant,
};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

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

fn put_entry(store: &mut MemoryStore, seq: u64, bytes: &[u8]) {
    let mut batch = Batch::default();
    batch.put_bytes(Family::Journal, &seq.to_be_bytes(), bytes.to_vec());
    store.write(batch).unwrap();
}

/// An entry as it is written, that follows from another by its hash.
fn entry_after(before: &[u8], seq: u64) -> Vec<u8> {
    let prev = base64url::encode(&Sha256::digest(before));
    let at = Instant::floor(Timestamp::UNIX_EPOCH);
    format!(r#"{{"at":"{at}","body":{{}},"kind":"test","prev":"{prev}","seq":{seq}}}"#).into_bytes()
}

#[test]
fn a_gap_in_the_numbers_shows_though_the_hashes_follow() {
    let broken = |seq, reason| Err(StoreError::Journal { seq, reason });
    let (store, _) = filled(2);
    let (_, last) = store.last(Family::Journal).unwrap().unwrap();
    let with = |key, seq| {
        let mut store = store.clone();
        put_entry(&mut store, key, &entry_after(&last, seq));
        verify(&store, None, |_| Ok(()))
    };
    assert_eq!(with(3, 3), Ok(Summary { entries: 3 }));
    assert_eq!(with(4, 4), broken(4, "an entry is missing before it"));
    assert_eq!(with(3, 4), broken(3, "its number is another"));
    assert_eq!(with(3, 2), broken(3, "its number is another"));
    // Nor does a journal begin later, also where its first entry says that none was before it.
    let (first, _) = filled(1);
    let (_, first) = first.last(Family::Journal).unwrap().unwrap();
    let text = String::from_utf8(first).unwrap();
    for seq in [0, 2_u64] {
        let mut store = MemoryStore::default();
        let late = text.replace("\"seq\":1", &format!("\"seq\":{seq}"));
        put_entry(&mut store, seq, late.as_bytes());
        let found = verify(&store, None, |_| Ok(()));
        assert_eq!(found, broken(seq, "an entry is missing before it"));
    }
}

#[test]
fn an_entry_is_spelled_in_one_way() {
    let (store, _) = filled(2);
    let (_, last) = store.last(Family::Journal).unwrap().unwrap();
    let text = String::from_utf8(last).unwrap();
    let (head, seq) = text.rsplit_once(",\"seq\":2}").unwrap();
    assert_eq!(seq, "");
    let head = head.strip_prefix('{').unwrap();
    let others = [
        format!("{text} "),
        text.replace(':', ": "),
        text.replace("\"test\"", "\"\\u0074est\""),
        text.replace("\"seq\":2", "\"seq\":2.0"),
        format!("{{\"seq\":2,{head}}}"),
    ];
    for other in others {
        assert_ne!(other, text);
        let mut store = store.clone();
        put_entry(&mut store, 2, other.as_bytes());
        // Nothing comes after it that would tell by its hash.
        let reason = "it is not what was written";
        assert_eq!(
            verify(&store, None, |_| Ok(())),
            Err(StoreError::Journal { seq: 2, reason }),
            "{other}"
        );
    }
}

#[test]
fn another_entry_than_the_acknowledged_one_shows() {
    let (store, journal) = filled(3);
    let reason = "it is not the entry that was acknowledged";
    // At the end, and behind it: a head may lag.
    for seq in [3, 2] {
        let mut head = journal.head();
        head.seq = seq;
        head.hash[31] ^= 1;
        let broken = StoreError::Journal { seq, reason };
        assert_eq!(verify(&store, Some(head), |_| Ok(())), Err(broken.clone()));
        assert_eq!(Journal::open(&store, Some(head)).err(), Some(broken));
    }
    let beginning = Some(Head::BEGINNING);
    assert!(verify(&store, beginning, |_| Ok(())).is_ok());
    assert!(Journal::open(&store, beginning).is_ok());
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
