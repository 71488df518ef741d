//! Parliaments whose DID moves.

use identity_core::did::{
    Relationship,
    webvh::{Content as DidContent, DidHistory, Draft, Log, Profile},
};

use super::*;

fn history(log: &str) -> DidHistory {
    let budget = &mut Budget::bundle();
    let parsed = Log::parse(log.as_bytes(), budget).unwrap();
    parsed
        .verify(None, None, day(20).timestamp(), budget)
        .unwrap()
}

/// The DID and log of a parliament of this seed from the first on, and the same after it moved on the third.
fn moved(seed: u8) -> [(Did, String); 2] {
    let control = |n| vec![key(n).public_key().clone()];
    let content = DidContent {
        methods: vec![
            (
                key(seed).public_key().clone(),
                vec![Relationship::AssertionMethod],
            ),
            (
                key(seed + 100).public_key().clone(),
                vec![Relationship::CapabilityInvocation],
            ),
        ],
        ..DidContent::default()
    };
    let first = Draft::genesis("old.example", &control(70), content).unwrap();
    let first = first.announce(&control(71)).portable(true);
    let first = first.prepare(Profile::A, day(1).timestamp()).unwrap();
    let did = first.did().clone();
    let log = first.sign(&key(70), day(1).timestamp()).unwrap().line;
    let known = history(&log);
    let second = Draft::update(&known)
        .unwrap()
        .move_to("new.example")
        .unwrap();
    let second = second.control(&control(71)).announce(&control(72));
    let second = second.prepare(Profile::A, day(3).timestamp()).unwrap();
    let line = second.sign(&key(71), day(3).timestamp()).unwrap().line;
    let longer = format!("{log}{line}");
    [(did, log), (history(&longer).did().clone(), longer)]
}

#[test]
fn who_moves_is_held_once_and_goes_no_more_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = union(folder.path());
    let [before, after] = moved(20);
    let terms = Parliament {
        id: before.0.clone(),
        ..parliament(20)
    };
    let paper = archive
        .prepare_accreditation(terms, (None, None), day(2))
        .unwrap();
    archive
        .record(signed(&paper, &[1, 2, 3]), "accredit", day(2))
        .unwrap();
    sign_list(&mut archive, day(2));
    let told = |(did, log): &(Did, String), seq, now| {
        bundle(20, seq, now, |content| {
            content.issuer = did.clone();
            content.status_key = String::new();
            content.did_log = Some(log.clone());
        })
    };
    let held = || {
        let files = std::fs::read_dir(folder.path().join("members")).unwrap();
        files.count()
    };
    let old = told(&before, 5, day(2));
    assert_eq!(
        collect(&archive, std::slice::from_ref(&old), day(2)),
        [Fate::Taken]
    );
    let new = told(&after, 6, day(4));
    assert_eq!(collect(&archive, &[new], day(4)), [Fate::Taken]);
    assert_eq!(held(), 1);
    // The log of before the move, under whatever number.
    let back = told(&before, 9, day(4));
    assert_eq!(collect(&archive, &[back], day(4)), [Fate::Older]);
    // A home that was interrupted between the two files holds the newer one.
    let name = hex(&<sha2::Sha256 as sha2::Digest>::digest(before.0.as_str().as_bytes())[..16]);
    std::fs::write(folder.path().join(format!("members/{name}.json")), old).unwrap();
    let members = archive.members().unwrap();
    let [member] = members.as_slice() else {
        panic!("{members:?}")
    };
    assert_eq!(*member.bundle.signer().did(), after.0);
    let released = archive.release(None, &Spans::default(), day(4)).unwrap();
    let network = Network::open(&released.bundle, &mut Budget::network()).unwrap();
    assert_eq!(network.bundles().len(), 1);
    assert!(released.without.is_empty(), "{:?}", released.without);
}
