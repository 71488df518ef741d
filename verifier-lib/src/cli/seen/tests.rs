use super::*;

fn did() -> Did {
    "did:key:z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw"
        .parse()
        .unwrap()
}

fn network(seq: u64, byte: u8) -> NetworkEntry {
    NetworkEntry {
        policy_version: 2,
        policy_digest: Digest([2; 32]),
        epoch: 0,
        seq,
        digest: Digest([byte; 32]),
        list_seq: 4,
        issued_at: "2026-03-01T12:00:00Z".parse().unwrap(),
        log: Some(LogEntry {
            number: 3,
            digest: Digest([3; 32]),
        }),
        conflict: false,
    }
}

fn issuer(seq: u64, byte: u8) -> SeenEntry {
    SeenEntry {
        epoch: 0,
        seq,
        digest: Digest([byte; 32]),
        log: None,
        policy: None,
        conflict: false,
    }
}

#[test]
fn officers_that_were_seen_stay_seen() {
    let with = |seq, version| SeenEntry {
        policy: Some(PolicyEntry {
            version,
            digest: Digest([1; 32]),
        }),
        ..issuer(seq, 7)
    };
    let mut known = with(5, 2);
    for (seen, version) in [(with(6, 1), 2), (issuer(7, 9), 2), (with(8, 3), 3)] {
        known.raise(&seen);
        assert!(known.policy.is_some_and(|policy| policy.version == version));
    }
}

#[test]
fn a_home_of_an_earlier_version_is_read() {
    let digest = base64url::encode(&[7; 32]);
    let text = format!(r#"{{"{}": {{"seq": 5, "digest": "{digest}"}}}}"#, did());
    let read: SeenFile = serde_json::from_str(&text).unwrap();
    assert!(read.0[&did()] == issuer(5, 7));
    // And what is written of an issuer without officers and log is what such a version reads.
    assert_eq!(
        serde_json::to_value(&read).unwrap(),
        serde_json::from_str::<serde_json::Value>(&text).unwrap()
    );
}

#[test]
fn numbers_of_issuers_never_go_down() {
    let mut known = issuer(5, 7);
    known.raise(&issuer(4, 9));
    assert!(known == issuer(5, 7));
    known.raise(&issuer(6, 9));
    assert!(known == issuer(6, 9));
    // Two programs that saw two bundles of one number: neither counts.
    known.raise(&issuer(6, 8));
    assert!(known.conflict);
    known.raise(&issuer(7, 1));
    assert!(!known.conflict);
    known.raise(&SeenEntry {
        epoch: 1,
        ..issuer(1, 1)
    });
    assert_eq!((known.epoch, known.seq), (1, 1));
    known.raise(&issuer(9, 1));
    assert_eq!((known.epoch, known.seq), (1, 1));
}

#[test]
fn each_number_of_an_accreditor_is_the_higher_one() {
    let mut known = network(5, 7);
    // A higher snapshot from before the newest officers, and with a shorter log.
    let mut other = network(6, 9);
    other.policy_version = 1;
    other.policy_digest = Digest([1; 32]);
    other.list_seq = 3;
    other.issued_at = "2026-02-01T12:00:00Z".parse().unwrap();
    other.log = Some(LogEntry {
        number: 2,
        digest: Digest([4; 32]),
    });
    known.raise(&other);
    let mut expected = network(6, 9);
    assert!(known == expected);
    known.raise(&network(6, 8));
    expected.conflict = true;
    assert!(known == expected);
    // Of a later epoch the list may begin anew, the officers not.
    let mut anew = network(1, 1);
    anew.epoch = 1;
    anew.list_seq = 1;
    anew.policy_version = 3;
    known.raise(&anew);
    assert!(known == anew);
}

#[test]
fn what_is_remembered_comes_back_as_it_was() {
    let entry = network(5, 7);
    let text = serde_json::to_string(&entry).unwrap();
    let read: NetworkEntry = serde_json::from_str(&text).unwrap();
    assert!(NetworkEntry::from(NetworkSeen::from(read)) == entry);
    assert!(SeenEntry::from(Seen::from(issuer(5, 7))) == issuer(5, 7));
    assert!(
        serde_json::from_str::<NetworkEntry>(&text.replace("\"seq\"", "\"sequence\"")).is_err()
    );
    assert!(serde_json::from_str::<Digest>("\"AAAA\"").is_err());
}

/// A home of an earlier version remembers a DID that moved under each of its names.
#[test]
fn what_was_seen_of_one_did_under_two_names_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("networks.json");
    let (former, present) = ("did:webvh:QmX:old.example", "did:webvh:QmX:new.example:a");
    let mut older = network(7, 9);
    older.policy_version = 3;
    older.policy_digest = Digest([1; 32]);
    let mut further = network(5, 7);
    further.log = Some(LogEntry {
        number: 9,
        digest: Digest([4; 32]),
    });
    let other = "did:webvh:QmY:old.example";
    let file = serde_json::json!({ former: older, present: further, other: network(2, 2) });
    std::fs::write(&path, file.to_string()).unwrap();
    let read = read::<NetworkEntry>(&path).unwrap().0;
    let names: Vec<_> = read.keys().map(Did::as_str).collect();
    assert_eq!(names, ["did:webvh:QmX", "did:webvh:QmY"]);
    let joined = &read[&"did:webvh:QmX".parse().unwrap()];
    assert_eq!((joined.seq, joined.policy_version), (7, 3));
    assert_eq!(joined.log.map(|log| log.number), Some(9));
    // And what is seen under a third name is seen of the same.
    let mut known = Remembered(read);
    known.raise(
        &"did:webvh:QmX:third.example".parse().unwrap(),
        &network(8, 3),
    );
    assert_eq!(known.0.len(), 2);
    assert_eq!(known.0[&"did:webvh:QmX".parse().unwrap()].seq, 8);
}
