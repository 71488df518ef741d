//! An accreditor of the small world, with its trust bundle.

use identity_core::{
    did::{self, Did},
    encoding::{base64url, strict_json::Object},
    key::Signer as _,
    status::Instant,
    trust::{
        accreditation::{
            self, Csirt, Grant, ListDraft, Listed, ListedVersion, Parliament, StateChange,
            statement,
        },
        network::{Entry, ListEntry, Parts, SignedBundle, SnapshotContent},
        officers::{self, Officer, PolicyDraft},
    },
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    assembly::text,
    world::{World, key},
};

/// The accreditor: key 60, officers 61 to 63 of whom two decide, key 70 publishes unattended.
#[derive(Clone, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "each member is for tests to change"
)]
pub struct Union {
    /// The number of the snapshot.
    pub seq: u64,
    /// When list and snapshot are signed; the snapshot's next is due a day later.
    pub now: Timestamp,
    /// What became of the world's issuer.
    pub states: Vec<StateChange>,
    /// How many officers decide.
    pub threshold: usize,
    /// The seeds of the officers' keys.
    pub officers: Vec<u8>,
    /// What the issuer may issue.
    pub grants: Vec<Grant>,
}

impl Union {
    /// Makes the accreditor, which publishes at an instant.
    pub fn new(now: Timestamp) -> Self {
        Self {
            seq: 3,
            now,
            states: Vec::new(),
            threshold: 2,
            officers: vec![61, 62, 63],
            grants: vec![Grant {
                kind: "MemberMandate".to_owned(),
                chambers: vec!["XX-1".to_owned()],
                max_validity_days: 1830,
                may_delegate: false,
                approvals: 0,
            }],
        }
    }

    /// Its DID.
    pub fn did() -> Did {
        did::key::create(key(60).public_key())
    }

    fn at(&self, hours: i64) -> Instant {
        Instant::floor(self.now + SignedDuration::from_hours(hours))
    }

    fn policy(&self) -> Object<'static> {
        let officer = |seed: &u8| Officer {
            id: format!("o{seed}"),
            did: did::key::create(key(*seed).public_key()),
            roles: vec!["secretary".to_owned()],
        };
        let draft = PolicyDraft {
            issuer: Self::did(),
            version: 1,
            epoch: 0,
            threshold: self.threshold,
            officers: self.officers.iter().map(officer).collect(),
            publishing: vec![did::key::create(key(70).public_key())],
            // The same in every trust bundle: another policy 1 would be another history.
            issued_at: Instant::floor(Timestamp::UNIX_EPOCH),
        };
        let document = draft.document().expect("a sound policy");
        let signers = core::iter::once(&60).chain(&self.officers);
        signers.fold(document, |document, seed| {
            let signed = officers::sign(document, &key(*seed), draft.issued_at.timestamp());
            signed.expect("a software key signs")
        })
    }

    fn list(&self) -> Object<'static> {
        let issuer = World::new().issuer;
        let described = Parliament {
            id: issuer.clone(),
            name: [("en".to_owned(), "Parliament of Exampleland".to_owned())].into(),
            country: "XX".to_owned(),
            chambers: vec!["XX-1".to_owned()],
            domains: Vec::new(),
            accredited_for: self.grants.clone(),
            csirt: Some(Csirt {
                contact: "csirt@example.org".to_owned(),
                security_txt: None,
            }),
        };
        let version = ListedVersion {
            from: self.at(-24 * 400),
            until: None,
            recorded: self.at(-24 * 400),
            statement: base64url::encode(&[7; 32]),
            parliament: described,
        };
        let draft = ListDraft {
            schema: "mandate.trust-list/1".to_owned(),
            accreditor: Self::did(),
            name: "Union of Parliaments".to_owned(),
            seq: self.seq,
            policy_version: 1,
            issued_at: self.at(0),
            next_update: self.at(24 * 30),
            expires: self.at(24 * 90),
            parliaments: vec![Listed {
                id: issuer,
                versions: vec![version],
                states: self.states.clone(),
            }],
        };
        let document = draft.document().expect("a sound list");
        self.officers.iter().fold(document, |document, seed| {
            let signed = statement::sign(document, &key(*seed), self.now);
            signed.expect("a software key signs")
        })
    }

    /// The trust bundle with these bundles, of which each is another issuer's.
    ///
    /// # Panics
    /// When one of them is no bundle.
    pub fn file(&self, bundles: &[String]) -> Vec<u8> {
        let mut signed: Vec<(Entry, SignedBundle)> =
            bundles.iter().map(|json| entry(json)).collect();
        signed.sort_by(|a, b| a.0.issuer.cmp(&b.0.issuer));
        let (entries, bundles) = signed.into_iter().unzip();
        let (policy, list) = (self.policy(), self.list());
        let digest = |object: &Object<'_>| {
            base64url::encode(&accreditation::digest(object).expect("it can be written"))
        };
        let content = SnapshotContent {
            schema: SnapshotContent::SCHEMA.to_owned(),
            accreditor: Self::did(),
            policy_version: 1,
            policy_digest: digest(&policy),
            epoch: 0,
            seq: self.seq,
            issued_at: self.at(0),
            next_update: self.at(24),
            expires: self.at(24 * 7),
            list: ListEntry {
                seq: self.seq,
                digest: digest(&list),
            },
            bundles: entries,
        };
        let parts = Parts {
            policies: vec![text(&policy)],
            did_log: None,
            did_witness: None,
            snapshot: content.sign(&key(70)).expect("a software key signs"),
            list: text(&list),
            bundles,
        };
        parts.to_bytes()
    }
}

/// A bundle with its line of the snapshot.
fn entry(json: &str) -> (Entry, SignedBundle) {
    let signed = SignedBundle::from_json(json.as_bytes()).expect("a bundle");
    (signed.entry().expect("it says whose it is"), signed)
}
