use std::path::Path;

use cli_kit::Passphrase;
use identity_core::{
    did::{self, Did},
    key::{Algorithm, PublicKey, SecretKey, Signer as _},
    status::{DecisionDigest, Instant},
    trust::{
        Content, SCHEMA,
        accreditation::{Grant, Parliament, State},
        network::Network,
        status_key,
    },
    verify::Budget,
};
use zeroize::Zeroizing;

use super::*;

mod delegated;
mod going_back;
mod moved;
mod papers;

/// Bytes that only count up: no two keys are one.
struct Steps(u64);

impl rand_core::TryRng for Steps {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Self::Error> {
        use sha2::{Digest as _, Sha256};
        for chunk in out.chunks_mut(32) {
            self.0 += 1;
            let digest = Sha256::digest(self.0.to_le_bytes());
            chunk.copy_from_slice(&digest[..chunk.len()]);
        }
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Steps {}

fn key(seed: u8) -> SecretKey {
    SecretKey::from_secret_bytes(Algorithm::EdDsa, &[seed; 32]).unwrap()
}

fn did_of(seed: u8) -> Did {
    did::key::create(key(seed).public_key())
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

/// A day of March 2026, noon.
fn day(day: u8) -> Instant {
    at(&format!("2026-03-{day:02}T12:00:00Z"))
}

fn card(seed: u8) -> OfficerCard {
    OfficerCard::new(format!("o{seed}"), did_of(seed), vec!["root".to_owned()])
}

fn passphrase() -> Passphrase {
    Passphrase::new(Zeroizing::new("correct horse".to_owned())).unwrap()
}

fn signed(paper: &Paper, seeds: &[u8]) -> Vec<Paper> {
    let sign = |seed: &u8| paper.clone().sign(&key(*seed), day(1).timestamp()).unwrap();
    seeds.iter().map(sign).collect()
}

/// Five officers, of whom it takes three; the policy is not signed yet.
fn begun(folder: &Path) -> Paper {
    let officers = [1, 2, 3, 4, 5].map(card);
    let passphrase = passphrase();
    let founding = Founding {
        name: "Union".to_owned(),
        place: Place::Key,
        officers: &officers,
        threshold: 3,
        passphrase: &passphrase,
    };
    found(folder, &founding, day(1), &mut Steps(0)).unwrap().1
}

fn union(folder: &Path) -> Archive {
    let policy = begun(folder);
    let mut archive = Archive::open(folder, day(1)).unwrap();
    archive
        .record(signed(&policy, &[1, 2, 3]), "officers record", day(1))
        .unwrap();
    archive
}

fn parliament(seed: u8) -> Parliament {
    Parliament {
        id: did_of(seed),
        name: [("en".to_owned(), format!("Parliament {seed}"))].into(),
        country: "XX".to_owned(),
        chambers: vec![format!("XX-{seed}")],
        domains: Vec::new(),
        accredited_for: vec![Grant {
            kind: "MemberMandate".to_owned(),
            chambers: vec![format!("XX-{seed}")],
            max_validity_days: 1830,
            may_delegate: true,
            approvals: 0,
        }],
        csirt: None,
    }
}

fn accredit(archive: &mut Archive, seed: u8, now: Instant) {
    let paper = archive
        .prepare_accreditation(parliament(seed), (None, None), now)
        .unwrap();
    archive
        .record(signed(&paper, &[1, 2, 3]), "accredit", now)
        .unwrap();
}

fn change(archive: &Archive, seed: u8, state: State, now: Instant) -> Paper {
    let order = StateOrder {
        parliament: did_of(seed),
        state,
        from: None,
        reason: Some("affiliation".to_owned()),
        decision: Some(DecisionDigest::of(b"decision")),
    };
    archive.prepare_state(order, now).unwrap()
}

fn sign_list(archive: &mut Archive, now: Instant) {
    let due = archive.due_list(&Spans::default(), now).unwrap().unwrap();
    archive
        .record(signed(&due.paper, &[3, 4, 5]), "publish", now)
        .unwrap();
}

/// The bundle of a trial parliament, with its issuing key's seed and whatever else it says.
fn bundle(seed: u8, seq: u64, now: Instant, change: impl FnOnce(&mut Content)) -> Vec<u8> {
    let (issuing, status) = (key(seed), key(seed + 100));
    let did = did_of(seed);
    let method = did.with_fragment(did.specific_id()).unwrap();
    let certified =
        |key: &PublicKey| status_key::certify(key, &method, now.timestamp(), &issuing).unwrap();
    let later = |hours| {
        let span = jiff::SignedDuration::from_hours(hours);
        Instant::floor(now.timestamp().checked_add(span).unwrap())
    };
    let mut content = Content {
        schema: SCHEMA.to_owned(),
        issuer: did,
        name: format!("Parliament {seed}"),
        chamber: format!("XX-{seed}"),
        country: "XX".to_owned(),
        trial: true,
        seq,
        issued_at: now,
        next_update: later(24),
        expires: later(24 * 7),
        did_document: serde_json::json!({}),
        status_key: certified(status.public_key()),
        did_log: None,
        did_witness: None,
        officers: Vec::new(),
        delegations: Vec::new(),
        electoral_periods: Vec::new(),
        status_lists: Vec::new(),
        revocations: Vec::new(),
        suspensions: Vec::new(),
        terms: Vec::new(),
        types: Vec::new(),
    };
    change(&mut content);
    content.sign(&status).unwrap().into_bytes()
}

fn collect(archive: &Archive, bytes: &[Vec<u8>], now: Instant) -> Vec<Fate> {
    let sources = bytes.iter().map(|bytes| {
        let bundle = identity_core::trust::Bundle::open(bytes, &mut Budget::bundle()).unwrap();
        (bytes.clone(), bundle)
    });
    let collected = archive.collect(sources.collect(), now).unwrap();
    collected.into_iter().map(|c| c.fate).collect()
}

#[test]
fn what_is_published_is_believed_as_it_was_signed() {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = union(folder.path());
    for seed in [20, 21] {
        accredit(&mut archive, seed, day(2));
    }
    let due = archive
        .due_list(&Spans::default(), day(2))
        .unwrap()
        .unwrap();
    assert!(!due.is_renewal);
    assert_eq!(due.changed.len(), 2);
    // Asked again, the officers get the same document.
    let again = archive
        .due_list(&Spans::default(), day(3))
        .unwrap()
        .unwrap();
    assert_eq!(due.paper.id(), again.paper.id());
    let none = archive
        .release(None, &Spans::default(), day(3))
        .unwrap_err();
    assert_eq!(none.code, "accreditor.list_expired");
    sign_list(&mut archive, day(3));
    assert!(
        archive
            .due_list(&Spans::default(), day(3))
            .unwrap()
            .is_none()
    );
    assert!(archive.pending().unwrap().is_empty());
    let bundles = [bundle(20, 1, day(3), |_| ()), bundle(30, 1, day(3), |_| ())];
    let fates = collect(&archive, &bundles, day(3));
    assert_eq!(fates, [Fate::Taken, Fate::Stranger]);
    let released = archive.release(None, &Spans::default(), day(3)).unwrap();
    assert_eq!(
        (released.seq, released.list_seq, released.bundles),
        (1, 1, 1)
    );
    assert_eq!(released.without, [did_of(21)]);
    let network = Network::open(&released.bundle, &mut Budget::network()).unwrap();
    assert_eq!(network.list().parliaments().len(), 2);
    assert_eq!(network.bundles().len(), 1);
    // A home that is opened anew goes on counting.
    let mut archive = Archive::open(folder.path(), day(4)).unwrap();
    let released = archive.release(None, &Spans::default(), day(4)).unwrap();
    assert_eq!(released.seq, 2);
    assert_eq!(released.old, [did_of(20)]);
}

#[test]
fn a_list_in_force_is_renewed_in_good_time_and_not_used_when_it_has_expired() {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = union(folder.path());
    accredit(&mut archive, 20, day(2));
    sign_list(&mut archive, day(2));
    let later = |days: i64| {
        let span = jiff::SignedDuration::from_hours(24 * days);
        Instant::floor(day(2).timestamp().checked_add(span).unwrap())
    };
    let spans = Spans::default();
    assert!(archive.due_list(&spans, later(70)).unwrap().is_none());
    assert!(
        archive
            .due_list(&spans, later(80))
            .unwrap()
            .unwrap()
            .is_renewal
    );
    assert!(
        !archive
            .due_list(&spans, later(91))
            .unwrap()
            .unwrap()
            .is_renewal
    );
    assert!(archive.release(None, &spans, later(179)).is_ok());
    let refused = archive.release(None, &spans, later(180)).unwrap_err();
    assert_eq!(refused.code, "accreditor.list_expired");
}

#[test]
fn the_same_statements_give_the_same_list() {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = union(folder.path());
    for seed in [21, 20, 22] {
        accredit(&mut archive, seed, day(2));
    }
    let suspended = change(&archive, 20, State::Suspended, day(3));
    archive
        .record(signed(&suspended, &[1, 2, 4]), "suspend", day(3))
        .unwrap();
    let list = |archive: &Archive| archive.compile(1, day(4), day(5), day(6)).unwrap();
    let here = list(&archive);
    // Another reads the same files, in whatever order.
    let mut other = Archive::open(folder.path(), day(4)).unwrap();
    other.statements.reverse();
    assert_eq!(list(&other), here);
    other.statements.remove(0);
    assert_ne!(list(&other), here);
}

#[test]
fn officers_that_changed_sign_the_list_anew_and_another_key_publishes() {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = union(folder.path());
    accredit(&mut archive, 20, day(2));
    sign_list(&mut archive, day(2));
    let change = OfficerChange {
        add: vec![card(6)],
        remove: vec!["o1".to_owned()],
        new_publishing_key: true,
        ..OfficerChange::default()
    };
    let paper = archive
        .prepare_policy(&change, day(3), &mut Steps(900))
        .unwrap();
    // Three of those before, and three of its own: two of both and the newcomer are not enough.
    let few = archive.record(signed(&paper, &[2, 3, 6]), "officers record", day(3));
    assert_eq!(few.unwrap_err().code, "policy.too_few");
    archive
        .record(signed(&paper, &[2, 3, 4]), "officers record", day(3))
        .unwrap();
    assert_eq!(archive.policy().unwrap().version(), 2);
    let due = archive
        .due_list(&Spans::default(), day(4))
        .unwrap()
        .unwrap();
    let stranger = archive.record(signed(&due.paper, &[1, 2, 3, 4]), "publish", day(4));
    assert_eq!(stranger.unwrap_err().code, "accreditation.stranger");
    archive
        .record(signed(&due.paper, &[4, 5, 6]), "publish", day(4))
        .unwrap();
    let released = archive.release(None, &Spans::default(), day(4)).unwrap();
    assert!(Network::open(&released.bundle, &mut Budget::network()).is_ok());
    let unknown = OfficerChange {
        remove: vec!["o9".to_owned()],
        ..OfficerChange::default()
    };
    let refused = archive
        .prepare_policy(&unknown, day(4), &mut Steps(0))
        .unwrap_err();
    assert_eq!(refused.exit, cli_kit::ExitCode::Usage);
}

#[test]
fn an_accreditor_of_real_use_has_a_history_of_its_did() {
    let folder = tempfile::tempdir().unwrap();
    let officers = [1, 2, 3].map(card);
    let passphrase = passphrase();
    let founding = Founding {
        name: "Union".to_owned(),
        place: Place::Webvh("union.example".to_owned()),
        officers: &officers,
        threshold: 2,
        passphrase: &passphrase,
    };
    let (profile, policy) = found(folder.path(), &founding, day(1), &mut Steps(5)).unwrap();
    assert_eq!(profile.did.method(), "webvh");
    let mut archive = Archive::open(folder.path(), day(1)).unwrap();
    archive
        .record(signed(&policy, &[1, 2]), "officers record", day(1))
        .unwrap();
    accredit_with(&mut archive, &[1, 2]);
    let due = archive
        .due_list(&Spans::default(), day(2))
        .unwrap()
        .unwrap();
    archive
        .record(signed(&due.paper, &[1, 3]), "publish", day(2))
        .unwrap();
    let released = archive.release(None, &Spans::default(), day(2)).unwrap();
    let network = Network::open(&released.bundle, &mut Budget::network()).unwrap();
    assert_eq!(network.accreditor(), &profile.did);
    assert!(network.history().is_some());
    assert!(released.files.contains_key("did.jsonl"));
    // The announced control key takes over, twice, and what was signed before counts.
    for number in [2, 3] {
        let archive = Archive::open(folder.path(), day(3)).unwrap();
        let now = at(&format!("2026-03-03T12:00:0{number}Z"));
        let rotated = archive.rotate_control(&passphrase, now, &mut Steps(500 * number));
        assert_eq!(rotated.unwrap(), number);
    }
    let mut archive = Archive::open(folder.path(), day(4)).unwrap();
    let released = archive.release(None, &Spans::default(), day(4)).unwrap();
    let network = Network::open(&released.bundle, &mut Budget::network()).unwrap();
    assert_eq!(network.history().unwrap().latest().number, 3);
    // Interrupted before the files had their names: the key is found by its hash.
    let secrets = folder.path().join("secrets");
    std::fs::rename(secrets.join("next.key"), secrets.join("next.new.key")).unwrap();
    std::fs::rename(secrets.join("control.key"), secrets.join("next.key")).unwrap();
    let rotated = archive.rotate_control(&passphrase, day(5), &mut Steps(9000));
    assert_eq!(rotated.unwrap(), 4);
    std::fs::remove_file(secrets.join("next.key")).unwrap();
    let archive = Archive::open(folder.path(), day(6)).unwrap();
    let lost = archive.rotate_control(&passphrase, day(6), &mut Steps(9900));
    assert_eq!(lost.unwrap_err().code, "accreditor.damaged");
}

#[test]
fn the_key_of_a_trial_is_never_another() {
    let folder = tempfile::tempdir().unwrap();
    let archive = union(folder.path());
    let refused = archive.rotate_control(&passphrase(), day(2), &mut Steps(5));
    assert_eq!(refused.unwrap_err().exit, cli_kit::ExitCode::Usage);
}

fn accredit_with(archive: &mut Archive, seeds: &[u8]) {
    let paper = archive
        .prepare_accreditation(parliament(20), (None, None), day(2))
        .unwrap();
    archive
        .record(signed(&paper, seeds), "accredit", day(2))
        .unwrap();
}
