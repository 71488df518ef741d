//! The accreditor: five officers, of whom three are needed, and a key that publishes.

use identity_core::{
    did::Did,
    encoding::{base64url, strict_json::Object},
    key::{PublicKey, Signer as _},
    status::Instant,
    trust::{
        accreditation::{
            Grant, Parliament as Terms, State,
            compile::{Header, compile},
            digest,
            statement::{self, Body, Statement, StatementDraft},
        },
        network::{Entry, ListEntry, Parts, SignedBundle, SnapshotContent},
        officers::{self, Officer, PolicyChain, PolicyDraft, Refounding},
    },
    verify::Budget,
};

use super::{Parliament, did_of, hours, key_of, text};
use crate::world::days;

/// An accreditor with what its officers have stated.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Union {
    /// Its DID.
    pub did: Did,
    /// The number of the next snapshot.
    pub seq: u64,
    policy: Object<'static>,
    chain: PolicyChain,
    /// The statements, verified.
    pub statements: Vec<Statement>,
}

impl Default for Union {
    fn default() -> Self {
        Self::new()
    }
}

impl Union {
    /// Founds it, 500 days before [`now`](crate::world::now).
    ///
    /// # Panics
    /// Never: what it is made of is known.
    pub fn new() -> Self {
        let did = did_of("accreditor", 0);
        let officer = |n: u32| Officer {
            id: format!("officer-{n}"),
            did: did_of("officer", n),
            roles: vec!["accreditation".to_owned()],
        };
        let draft = PolicyDraft {
            issuer: did.clone(),
            version: 1,
            epoch: 0,
            threshold: 3,
            officers: (1..=5).map(officer).collect(),
            publishing: vec![did_of("publisher", 0)],
            issued_at: Instant::floor(days(-500)),
        };
        let unsigned = draft.document().expect("a policy that can be written");
        let signers = [
            key_of("accreditor", 0),
            key_of("officer", 1),
            key_of("officer", 2),
            key_of("officer", 3),
        ];
        let policy = signers.iter().fold(unsigned, |document, key| {
            officers::sign(document, key, days(-500)).expect("a software key signs")
        });
        let own = key_of("accreditor", 0).public_key().clone();
        let controls = |key: &PublicKey, _| *key == own;
        let chain = PolicyChain::verify(
            std::slice::from_ref(&policy),
            &did,
            Refounding::Never,
            controls,
            &mut Budget::bundle(),
        );
        Self {
            did,
            seq: 3,
            policy,
            chain: chain.expect("our own policy verifies"),
            statements: Vec::new(),
        }
    }

    /// What a parliament is accredited for.
    pub fn terms(of: &Parliament) -> Terms {
        let grant = |kind: &str, days, may_delegate| Grant {
            kind: kind.to_owned(),
            chambers: vec![of.chamber()],
            max_validity_days: days,
            may_delegate,
            approvals: 0,
        };
        Terms {
            id: of.did.clone(),
            name: [("en".to_owned(), format!("Parliament {}", of.number))].into(),
            country: "XX".to_owned(),
            chambers: vec![of.chamber()],
            domains: vec![format!("parliament-{}.example", of.number)],
            accredited_for: vec![
                grant("MemberMandate", 1830, false),
                grant("StaffAccreditation", 365, true),
            ],
            csirt: None,
        }
    }

    /// Accredits a parliament from 300 days before [`now`](crate::world::now) on.
    pub fn accredit(&mut self, terms: Terms) {
        self.say(-300, Body::Accredits(terms), &[1, 2, 3]);
    }

    /// Changes the state of a parliament on a day.
    pub fn change(&mut self, parliament: &Parliament, state: State, day: i64) {
        let body = Body::Changes {
            parliament: parliament.did.clone(),
            state,
            reason: None,
            decision: None,
        };
        self.say(day, body, &[2, 4, 5]);
    }

    /// States something from a day on, by these officers.
    ///
    /// # Panics
    /// When they are too few, or it cannot be written.
    pub fn say(&mut self, day: i64, body: Body, by: &[u32]) {
        let day = Instant::floor(days(day));
        let draft = StatementDraft {
            accreditor: self.did.clone(),
            policy_version: 1,
            recorded: day,
            from: day,
            until: None,
            body,
        };
        let document = draft.document().expect("a statement that can be written");
        let document = by_officers(document, by);
        let budget = &mut Budget::bundle();
        let statement = Statement::verify(&document, &self.did, &self.chain, budget);
        self.statements
            .push(statement.expect("three officers signed"));
    }

    /// The parts of the trust bundle with these bundles, signed an hour before [`now`](crate::world::now).
    ///
    /// # Panics
    /// When a bundle is none.
    pub fn parts(&self, bundles: &[String], change: impl FnOnce(&mut SnapshotContent)) -> Parts {
        let header = Header {
            accreditor: self.did.clone(),
            name: "Union of Parliaments".to_owned(),
            seq: 2,
            policy_version: 1,
            issued_at: hours(-48),
            next_update: hours(24 * 30),
            expires: hours(24 * 90),
        };
        let list = compile(header, &self.statements).expect("statements of our own");
        let list = by_officers(
            list.document().expect("a list that can be written"),
            &[3, 4, 5],
        );
        let mut signed: Vec<(Entry, SignedBundle)> = bundles.iter().map(|b| entry(b)).collect();
        signed.sort_by(|a, b| a.0.issuer.cmp(&b.0.issuer));
        let (entries, bundles) = signed.into_iter().unzip();
        let mut content = SnapshotContent {
            schema: SnapshotContent::SCHEMA.to_owned(),
            accreditor: self.did.clone(),
            policy_version: 1,
            policy_digest: base64url::encode(self.chain.latest().digest()),
            epoch: 0,
            seq: self.seq,
            issued_at: hours(-1),
            next_update: hours(23),
            expires: hours(24 * 7 - 1),
            list: ListEntry {
                seq: 2,
                digest: base64url::encode(&digest(&list).expect("it has a canonical form")),
            },
            bundles: entries,
        };
        change(&mut content);
        let snapshot = content.sign(&key_of("publisher", 0));
        Parts {
            policies: vec![text(&self.policy)],
            did_log: None,
            did_witness: None,
            snapshot: snapshot.expect("a software key signs"),
            list: text(&list),
            bundles,
        }
    }
}

/// Adds the signatures of these officers.
fn by_officers(document: Object<'static>, officers: &[u32]) -> Object<'static> {
    officers.iter().fold(document, |document, n| {
        let signed = statement::sign(document, &key_of("officer", *n), days(-2));
        signed.expect("a software key signs")
    })
}

/// A bundle with its line of the snapshot.
fn entry(json: &str) -> (Entry, SignedBundle) {
    let signed = SignedBundle::from_json(json.as_bytes()).expect("a bundle");
    (signed.entry().expect("it says whose it is"), signed)
}
