//! Logs that are made here, from drafts.

use proptest::prelude::*;

use super::*;
use crate::key::SigningError;

/// Where the logs of these tests stand.
const PLACE: &str = "parliament.example";

/// What a document says: an issuing key, a status key and a P-256 key.
fn content(issuing: u8, status: u8) -> Content {
    Content {
        methods: vec![
            (public(issuing), vec![Relationship::AssertionMethod]),
            (public(status), vec![Relationship::CapabilityInvocation]),
            (
                p256(issuing),
                vec![Relationship::AssertionMethod, Relationship::Authentication],
            ),
        ],
        ..Content::default()
    }
}

/// The instant of an entry.
fn day(number: u64) -> Timestamp {
    at(&format!("2026-01-{number:02}T00:00:00Z"))
}

fn genesis() -> Draft<'static> {
    let draft = Draft::genesis(PLACE, &[public(1)], content(21, 31)).unwrap();
    draft.announce(&[public(2)])
}

fn add(log: &mut String, draft: Draft<'_>, control: u8, number: u64) -> Signed {
    let unsigned = draft.prepare(Profile::A, day(number)).unwrap();
    assert_eq!(unsigned.number(), number);
    assert_eq!(unsigned.controlled_by(), [multikey(control)]);
    let (id, did) = (unsigned.version_id().to_owned(), unsigned.did().clone());
    let json = unsigned.document_json().to_owned();
    let signed = unsigned.sign(&key(control), day(number)).unwrap();
    log.push_str(&signed.line);
    // A reader finds what was made.
    let history = verify(log).unwrap();
    assert_eq!(history.latest(), &signed.version);
    assert_eq!(
        (history.latest().version_id.as_str(), history.did()),
        (id.as_str(), &did)
    );
    assert_eq!(history.latest().document_json.as_ref(), json);
    signed
}

#[test]
fn a_did_is_made_changed_rotated_moved_and_ended() {
    let mut log = String::new();
    add(&mut log, genesis().portable(true).ttl(60), 1, 1);
    let history = verify(&log).unwrap();
    assert_eq!(Profile::A.check(&history), Ok(()));
    assert_eq!(
        history.did().to_string(),
        format!("did:webvh:{}:{PLACE}", history.scid())
    );
    let named = |purpose, key: &PublicKey| {
        let method = history.did().with_fragment(&key.to_multikey()).unwrap();
        history.periods(&method, key, purpose).len()
    };
    assert_eq!(named(Relationship::AssertionMethod, &public(21)), 1);
    assert_eq!(named(Relationship::CapabilityInvocation, &public(21)), 0);
    assert_eq!(named(Relationship::CapabilityInvocation, &public(31)), 1);
    assert_eq!(named(Relationship::AssertionMethod, &public(31)), 0);
    assert_eq!(named(Relationship::Authentication, &p256(21)), 1);

    // The next key takes over with another issuing key; what is not said stays.
    let draft = Draft::update(&history)
        .unwrap()
        .control(&[public(2)])
        .announce(&[public(3)]);
    add(&mut log, draft.content(content(22, 31)), 2, 2);
    let history = verify(&log).unwrap();
    assert_eq!(Content::of(&history), Ok(content(22, 31)));
    assert!(history.latest().parameters.portable);
    assert_eq!(history.latest().parameters.ttl, 60);

    let draft = Draft::update(&history)
        .unwrap()
        .control(&[public(3)])
        .announce(&[public(4)]);
    let moved = add(
        &mut log,
        draft.move_to("chamber.example:did").unwrap(),
        3,
        3,
    );
    let history = verify(&log).unwrap();
    assert_eq!(history.dids().len(), 2);
    assert_eq!(moved.version.document.methods().len(), 3);
    assert!(
        moved
            .version
            .document_json
            .contains("did:web:chamber.example:did")
    );
    assert_eq!(Profile::A.check(&history), Ok(()));

    let draft = Draft::update(&history)
        .unwrap()
        .control(&[public(4)])
        .deactivate();
    add(&mut log, draft, 4, 4);
    let history = verify(&log).unwrap();
    assert!(history.is_deactivated());
    assert_eq!(Profile::A.check(&history), Ok(()));
}

/// A key that says it is another.
struct Liar(PublicKey, SecretKey);

impl crate::key::Signer for Liar {
    fn public_key(&self) -> &PublicKey {
        &self.0
    }

    fn try_sign(&self, message: &[u8]) -> Result<crate::key::Signature, SigningError> {
        self.1.try_sign(message)
    }
}

#[test]
fn only_a_key_that_controls_the_did_signs() {
    let unsigned = || genesis().prepare(Profile::A, day(1)).unwrap();
    let found = unsigned().sign(&key(2), day(1)).map_err(|e| e.code());
    assert_eq!(found, Err(Code::DidLogUnauthorised));
    let p256 = SecretKey::from_secret_bytes(Algorithm::Es256, &[1; 32]).unwrap();
    let found = unsigned().sign(&p256, day(1)).map_err(|e| e.code());
    assert_eq!(found, Err(Code::DidLogUnauthorised));
    assert!(unsigned().to_be_signed(p256.public_key(), day(1)).is_err());
    // A false name is found out before anything is published.
    let found = unsigned()
        .sign(&Liar(public(1), key(2)), day(1))
        .map_err(|e| e.code());
    assert_eq!(found, Err(Code::DidLogSignature));
}

#[test]
fn a_signature_can_be_made_elsewhere() {
    let unsigned = genesis().prepare(Profile::A, day(1)).unwrap();
    let bytes = unsigned.to_be_signed(&public(1), day(1)).unwrap();
    let signature = key(1).try_sign(&bytes).unwrap();
    let signed = unsigned.complete(&public(1), day(1), &signature).unwrap();
    let again = genesis().prepare(Profile::A, day(1)).unwrap();
    assert_eq!(again.sign(&key(1), day(1)), Ok(signed));
    let unsigned = genesis().prepare(Profile::A, day(1)).unwrap();
    let found = unsigned.complete(&public(1), day(2), &signature);
    assert_eq!(found.map_err(|e| e.code()), Err(Code::DidLogSignature));
}

#[test]
fn a_draft_that_breaks_a_rule_is_not_made() {
    let code = |draft: Draft<'_>| {
        draft
            .prepare(Profile::A, day(2))
            .map(drop)
            .map_err(|e| e.code())
    };
    let bare = Draft::genesis(PLACE, &[public(1)], content(21, 31)).unwrap();
    assert_eq!(code(bare), Err(Code::DidLogProfile));
    assert_eq!(
        code(genesis().control(&[p256(1)])),
        Err(Code::DidLogParameter)
    );
    let mut log = String::new();
    add(&mut log, genesis(), 1, 1);
    let history = verify(&log).unwrap();
    let update = || Draft::update(&history).unwrap();
    // The key that was announced has not taken over, or nothing is announced behind it.
    assert_eq!(code(update()), Err(Code::DidLogPreRotation));
    assert_eq!(
        code(update().control(&[public(2)])),
        Err(Code::DidLogPreRotation)
    );
    let other = update().control(&[public(3)]).announce(&[public(4)]);
    assert_eq!(code(other), Err(Code::DidLogPreRotation));
    let last = update().control(&[public(2)]).announce(&[]);
    assert_eq!(code(last), Err(Code::DidLogProfile));
    let portable = update()
        .control(&[public(2)])
        .announce(&[public(3)])
        .portable(true);
    assert_eq!(code(portable), Err(Code::DidLogParameter));
    let moved = update().move_to("chamber.example").map(drop);
    assert_eq!(moved.map_err(|e| e.code()), Err(Code::DidLogMoved));
    assert_eq!(
        genesis()
            .move_to("x.example")
            .map(drop)
            .map_err(|e| e.code()),
        Err(Code::DidLogMoved)
    );
    // Not later than the entry before.
    let draft = update().control(&[public(2)]).announce(&[public(3)]);
    let unsigned = draft.prepare(Profile::A, day(1)).unwrap();
    let found = unsigned.sign(&key(2), day(1)).map_err(|e| e.code());
    assert_eq!(found, Err(Code::DidLogTime));
}

#[test]
fn witnesses_sign_before_an_entry_is_published() {
    let witnesses = Witnesses::new(2, vec![multikey(11), multikey(12), multikey(13)]).unwrap();
    let unsigned = genesis()
        .witness(&witnesses)
        .prepare(Profile::A, day(1))
        .unwrap();
    let first = unsigned.sign(&key(1), day(1)).unwrap();
    assert_eq!(first.witnesses, Some(witnesses.clone()));
    let mut file = WitnessFile::new();
    let sign = |file: &mut WitnessFile, signed: &Signed, seed| {
        let id = &signed.version.version_id;
        file.add(id, witness_proof(id, &key(seed), day(9)).unwrap());
        file.to_json().unwrap()
    };
    let json = sign(&mut file, &first, 11);
    let found = verify_with(&first.line, Some(&json)).map_err(|e| e.code());
    assert_eq!(found, Err(Code::DidLogWitnesses));
    let json = sign(&mut file, &first, 13);
    let history = verify_with(&first.line, Some(&json)).unwrap();
    // Whoever does away with them needs them once more.
    let draft = Draft::update(&history)
        .unwrap()
        .control(&[public(2)])
        .announce(&[public(3)]);
    let unsigned = draft.without_witness().prepare(Profile::A, day(2)).unwrap();
    let second = unsigned.sign(&key(2), day(2)).unwrap();
    assert_eq!(second.witnesses, Some(witnesses));
    let log = format!("{}{}", first.line, second.line);
    assert!(verify_with(&log, Some(&json)).is_err());
    sign(&mut file, &second, 12);
    let json = sign(&mut file, &second, 13);
    let history = verify_with(&log, Some(&json)).unwrap();
    assert_eq!(history.latest().parameters.witness, None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Any number of updates, each with new keys, moves now and then, and one end.
    #[test]
    fn what_is_made_can_be_read(
        changes in proptest::collection::vec((21_u8..60, 61_u8..90, any::<bool>()), 0..12),
        ends in any::<bool>(),
    ) {
        let mut log = String::new();
        add(&mut log, genesis().portable(true), 1, 1);
        let mut control = 1;
        for (issuing, status, moves) in changes {
            let history = verify(&log).unwrap();
            control += 1;
            let draft = Draft::update(&history)
                .unwrap()
                .control(&[public(control)])
                .announce(&[public(control + 1)])
                .content(content(issuing, status));
            let draft = if moves {
                draft.move_to(&format!("chamber{control}.example")).unwrap()
            } else {
                draft
            };
            add(&mut log, draft, control, u64::from(control));
        }
        if ends {
            let history = verify(&log).unwrap();
            control += 1;
            let draft = Draft::update(&history).unwrap().control(&[public(control)]).deactivate();
            add(&mut log, draft, control, u64::from(control));
        }
        let history = verify(&log).unwrap();
        prop_assert_eq!(history.is_deactivated(), ends);
        prop_assert_eq!(history.head().0, u64::from(control));
        prop_assert_eq!(Profile::A.check(&history), Ok(()));
    }
}
