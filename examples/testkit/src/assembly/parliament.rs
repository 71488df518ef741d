//! A parliament under did:webvh, and a unit that it delegates to.

use identity_core::{
    credential::{Checked, Draft, Kind},
    did::{
        Did, Relationship,
        webvh::{Content as DidContent, Draft as DidDraft, Log, Profile},
    },
    encoding::strict_json::{Object, Value},
    key::{SecretKey, Signer as _},
    proof::data_integrity::{self, Cryptosuite, ProofOptions},
    status::{Instant, ListUri, SlotBits, SlotRef, StatusList, Term, token_list},
    trust::{
        Content, PublishedDelegation, PublishedList, SCHEMA,
        accreditation::{DelegationDraft, Grant},
        status_key,
    },
    verify::Budget,
};

use super::{did_of, hours, key_of};
use crate::world::{Nowhere, Steps, World, days, now};

/// A parliament. It was founded 400 days before [`now`] and replaced its issuing key 100 days before.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Parliament {
    /// Which one.
    pub number: u32,
    /// Its DID.
    pub did: Did,
    /// The log of its DID: two entries.
    pub log: String,
}

/// A unit with a did:key, which accredits staff for its parliament.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Unit {
    /// The number of its parliament.
    pub number: u32,
    /// Its DID.
    pub did: Did,
}

fn published(uri: ListUri) -> PublishedList {
    PublishedList {
        uri,
        bits: 1,
        lst: token_list::encode(&StatusList::new(SlotBits::One)),
        ttl: 86_400,
    }
}

impl Parliament {
    /// Founds it.
    ///
    /// # Panics
    /// Never: what it is made of is known.
    pub fn new(number: u32) -> Self {
        let place = format!("id.parliament-{number}.example");
        let control = |n: &str| vec![key_of(n, number).public_key().clone()];
        let content = |issuing: &str| DidContent {
            methods: vec![
                (
                    key_of(issuing, number).public_key().clone(),
                    vec![Relationship::AssertionMethod],
                ),
                (
                    key_of("status", number).public_key().clone(),
                    vec![Relationship::CapabilityInvocation],
                ),
            ],
            ..DidContent::default()
        };
        let first = DidDraft::genesis(&place, &control("control 1"), content("first issuing"))
            .expect("a place that a DID can have")
            .announce(&control("control 2"))
            .prepare(Profile::A, days(-400))
            .expect("an entry of our profile");
        let did = first.did().clone();
        let mut log = first
            .sign(&key_of("control 1", number), days(-400))
            .expect("its own control key signs")
            .line;
        let parsed = Log::parse(log.as_bytes(), &mut Budget::bundle()).expect("a log");
        let history = parsed
            .verify(None, None, now(), &mut Budget::bundle())
            .expect("our own log verifies");
        let second = DidDraft::update(&history)
            .expect("a DID that has not ended")
            .content(content("issuing"))
            .control(&control("control 2"))
            .announce(&control("control 3"))
            .prepare(Profile::A, days(-100))
            .expect("an entry of our profile");
        let second = second.sign(&key_of("control 2", number), days(-100));
        log.push_str(&second.expect("the announced key signs").line);
        Self { number, did, log }
    }

    /// The code of its chamber.
    pub fn chamber(&self) -> String {
        format!("P{}-LC", self.number)
    }

    /// Its only status list.
    ///
    /// # Panics
    /// Never.
    pub fn list(&self) -> ListUri {
        ListUri::new(self.did.as_str(), 1).expect("a DID names lists")
    }

    /// A mandate in slot 7 for the holder of [`world`](crate::world), issued 50 days before [`now`] with the key
    /// in force then.
    ///
    /// # Panics
    /// When the change makes it one that cannot be issued.
    pub fn issue(&self, change: impl FnOnce(&mut Draft)) -> String {
        self.issue_with(&key_of("issuing", self.number), change)
    }

    /// The same, signed with another key.
    ///
    /// # Panics
    /// As [`issue`](Self::issue).
    pub fn issue_with(&self, signer: &SecretKey, change: impl FnOnce(&mut Draft)) -> String {
        let fragment = signer.public_key().to_multikey();
        let mut draft = World::new().draft();
        draft.method = self.did.with_fragment(&fragment).expect("a fragment");
        draft.chamber = self.chamber();
        draft.issued_at = days(-50);
        draft.slot = SlotRef {
            list: self.list(),
            index: 7,
        };
        change(&mut draft);
        sign(draft, signer)
    }

    /// What its bundle says: signed an hour before [`now`], number 5.
    pub fn content(&self, change: impl FnOnce(&mut Content)) -> Content {
        let mut content = Content {
            schema: SCHEMA.to_owned(),
            issuer: self.did.clone(),
            name: format!("Parliament {}", self.number),
            chamber: self.chamber(),
            country: "XX".to_owned(),
            trial: false,
            seq: 5,
            issued_at: hours(-1),
            next_update: hours(23),
            expires: hours(24 * 7 - 1),
            did_document: serde_json::Value::Null,
            status_key: String::new(),
            did_log: Some(self.log.clone()),
            did_witness: None,
            officers: Vec::new(),
            delegations: Vec::new(),
            electoral_periods: Vec::new(),
            status_lists: vec![published(self.list())],
            revocations: Vec::new(),
            suspensions: Vec::new(),
            terms: vec![Term::new("10", "Tenth term", days(-400), None)],
            types: vec!["MemberMandate".to_owned()],
        };
        change(&mut content);
        content
    }

    /// Its bundle.
    ///
    /// # Panics
    /// When what it is to say cannot be written.
    pub fn bundle(&self, change: impl FnOnce(&mut Content)) -> String {
        let bundle = self.content(change).sign(&key_of("status", self.number));
        bundle.expect("the bundle can be written")
    }

    /// A delegation of staff passes to a unit, signed with the issuing key.
    ///
    /// # Panics
    /// When the change makes it one that cannot be signed.
    pub fn delegate(
        &self,
        unit: &Unit,
        change: impl FnOnce(&mut DelegationDraft),
    ) -> PublishedDelegation {
        let mut draft = DelegationDraft {
            parliament: self.did.clone(),
            policy_version: 0,
            recorded: Instant::floor(days(-90)),
            unit: unit.did.clone(),
            name: [("en".to_owned(), format!("Pass office {}", self.number))].into(),
            grants: vec![Grant {
                kind: Kind::StaffAccreditation.to_string(),
                chambers: vec![self.chamber()],
                max_validity_days: 365,
                may_delegate: false,
                approvals: 0,
            }],
            from: Instant::floor(days(-90)),
            until: Instant::floor(days(275)),
        };
        change(&mut draft);
        let issuing = key_of("issuing", self.number);
        let method = self.did.with_fragment(&issuing.public_key().to_multikey());
        let options = ProofOptions::new(
            Cryptosuite::EddsaJcs2022,
            method.expect("a fragment"),
            Relationship::AssertionMethod,
            days(-90),
        );
        let document = draft.document().expect("a delegation that can be written");
        let signed = data_integrity::sign(document, &options, &issuing);
        PublishedDelegation {
            credential: Value::Object(signed.expect("a software key signs")).to_serde(),
            ended: None,
        }
    }
}

impl Unit {
    /// Makes the unit of a parliament.
    pub fn new(number: u32) -> Self {
        Self {
            number,
            did: did_of("unit", number),
        }
    }

    fn list(&self) -> ListUri {
        ListUri::new(self.did.as_str(), 1).expect("a DID names lists")
    }

    /// A staff pass for the holder of [`world`](crate::world), issued 50 days before [`now`] for 300 days.
    ///
    /// # Panics
    /// When the change makes it one that cannot be issued.
    pub fn issue(&self, change: impl FnOnce(&mut Draft)) -> String {
        let mut claims = Object::default();
        claims.insert("name", Value::object([("display", "Sam Staff")]));
        claims.insert("role", "researcher".into());
        let mut draft = World::new().draft();
        draft.kind = Kind::StaffAccreditation;
        let method = self.did.with_fragment(self.did.specific_id());
        draft.method = method.expect("a did:key names its own key");
        draft.chamber = format!("P{}-LC", self.number);
        draft.term = None;
        draft.issued_at = days(-50);
        draft.valid_from = days(-50);
        draft.valid_until = days(250);
        draft.slot = SlotRef {
            list: self.list(),
            index: 3,
        };
        draft.claims = claims;
        change(&mut draft);
        sign(draft, &key_of("unit", self.number))
    }

    /// Its bundle.
    ///
    /// # Panics
    /// Never.
    pub fn bundle(&self) -> String {
        let method = self.did.with_fragment(self.did.specific_id());
        let method = method.expect("a did:key names its own key");
        let status = key_of("unit status", self.number);
        let own = key_of("unit", self.number);
        let certified = status_key::certify(status.public_key(), &method, days(-90), &own);
        let content = Content {
            schema: SCHEMA.to_owned(),
            issuer: self.did.clone(),
            name: format!("Pass office {}", self.number),
            chamber: format!("P{}-LC", self.number),
            country: "XX".to_owned(),
            trial: true,
            seq: 2,
            issued_at: hours(-1),
            next_update: hours(23),
            expires: hours(24 * 7 - 1),
            did_document: serde_json::Value::Null,
            status_key: certified.expect("a software key signs"),
            did_log: None,
            did_witness: None,
            officers: Vec::new(),
            delegations: Vec::new(),
            electoral_periods: Vec::new(),
            status_lists: vec![published(self.list())],
            revocations: Vec::new(),
            suspensions: Vec::new(),
            terms: Vec::new(),
            types: vec!["StaffAccreditation".to_owned()],
        };
        content.sign(&status).expect("the bundle can be written")
    }
}

fn sign(draft: Draft, signer: &SecretKey) -> String {
    let checked = draft.check(signer.public_key(), &mut Steps(1));
    let checked = checked.expect("the draft fits its type");
    let Ok(mut recorded) = Checked::record(vec![checked], &mut Nowhere);
    let issued = recorded.remove(0).sign(signer);
    issued.expect("a software key signs").text
}
