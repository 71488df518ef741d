//! A small world: one issuer, one holder, one verifier, all keys known.

use jiff::{SignedDuration, Timestamp};

use super::Steps;
use crate::{
    credential::{Checked, Draft, Intent, Journal, Kind, Securing},
    did::{self, Did, DidUrl, LocalResolver, Resolver as _},
    encoding::strict_json::{Object, Value},
    key::{Algorithm, SecretKey, Signer as _},
    presentation::{
        Shown, answer,
        request::{Asked, Request},
    },
    status::{Instant, ListUri, SlotBits, SlotRef, StatusList, Term, token_list},
    trust::{Bundle, Content, PublishedList, SCHEMA, TrustSet, status_key},
    verify::Budget,
};

pub(crate) const DAY: i64 = 86_400;

pub(crate) fn key(seed: u8) -> SecretKey {
    SecretKey::from_secret_bytes(Algorithm::EdDsa, &[seed; 32]).unwrap()
}

pub(crate) fn did_of(seed: u8) -> Did {
    did::key::create(key(seed).public_key())
}

pub(crate) struct World {
    pub(crate) issuer: Did,
    pub(crate) verifier: Did,
}

struct Nowhere;

impl Journal for Nowhere {
    type Error = core::convert::Infallible;

    fn record(&mut self, _: &[&Intent]) -> Result<(), Self::Error> {
        Ok(())
    }
}

/// Keys: 1 issuer, 2 status key, 3 holder, 4 verifier.
impl World {
    pub(crate) fn new() -> Self {
        Self {
            issuer: did_of(1),
            verifier: did_of(4),
        }
    }

    /// 2027-01-15T08:00:00Z
    pub(crate) fn now() -> Timestamp {
        Timestamp::from_second(1_800_000_000).unwrap()
    }

    pub(crate) fn days(days: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + days * DAY).unwrap()
    }

    pub(crate) fn method(&self) -> DidUrl {
        self.issuer
            .with_fragment(self.issuer.specific_id())
            .unwrap()
    }

    pub(crate) fn slot(&self, index: u64) -> SlotRef {
        SlotRef {
            list: ListUri::new(self.issuer.as_str(), 1).unwrap(),
            index,
        }
    }

    /// A mandate that began 300 days ago, issued 200 days ago, good for 1000 days more.
    pub(crate) fn draft(&self) -> Draft {
        let mut claims = Object::default();
        claims.insert("name", Value::object([("display", "Ana Example")]));
        claims.insert("role", "member".into());
        claims.insert("mandateStart", "2026-03-21".into());
        claims.insert("constituency", Value::object([("label", "North 3")]));
        Draft {
            kind: Kind::MemberMandate,
            securing: Securing::SdJwt,
            method: self.method(),
            holder: key(3).public_key().clone(),
            chamber: "XX-1".to_owned(),
            country: "XX".to_owned(),
            term: Some("10".to_owned()),
            issued_at: Self::days(-200),
            valid_from: Self::days(-300),
            valid_until: Self::days(1000),
            slot: self.slot(7),
            claims,
            approval: None,
        }
    }

    pub(crate) fn issue(&self, change: impl FnOnce(&mut Draft)) -> String {
        self.issue_by(1, change)
    }

    /// Issues with another issuer's key; the draft has to name that issuer.
    pub(crate) fn issue_by(&self, seed: u8, change: impl FnOnce(&mut Draft)) -> String {
        let mut draft = self.draft();
        change(&mut draft);
        let checked = draft.check(key(seed).public_key(), &mut Steps(1)).unwrap();
        let mut recorded = Checked::record(vec![checked], &mut Nowhere).unwrap();
        recorded.remove(0).sign(&key(seed)).unwrap().text
    }

    /// Signed an hour ago, number 5.
    pub(crate) fn content(&self, change: impl FnOnce(&mut Content)) -> Content {
        let second = |hours: i64| {
            Instant::floor(Timestamp::from_second(1_800_000_000 + hours * 3_600).unwrap())
        };
        let document = LocalResolver::new()
            .resolve(&self.issuer)
            .unwrap()
            .into_owned();
        let mut content = Content {
            schema: SCHEMA.to_owned(),
            issuer: self.issuer.clone(),
            name: "The Chamber".to_owned(),
            chamber: "XX-1".to_owned(),
            country: "XX".to_owned(),
            trial: true,
            seq: 5,
            issued_at: second(-1),
            next_update: second(23),
            expires: second(24 * 7 - 1),
            did_document: crate::card::document_json(&document),
            status_key: status_key::certify(
                key(2).public_key(),
                &self.method(),
                Self::now(),
                &key(1),
            )
            .unwrap(),
            did_log: None,
            did_witness: None,
            officers: Vec::new(),
            delegations: Vec::new(),
            electoral_periods: Vec::new(),
            status_lists: vec![PublishedList {
                uri: self.slot(0).list,
                bits: 1,
                lst: token_list::encode(&StatusList::new(SlotBits::One)),
                ttl: 86_400,
            }],
            revocations: Vec::new(),
            suspensions: Vec::new(),
            terms: vec![Term::new("10", "Tenth term", Self::days(-400), None)],
            types: vec!["MemberMandate".to_owned()],
        };
        change(&mut content);
        content
    }

    pub(crate) fn bundle(&self, change: impl FnOnce(&mut Content)) -> String {
        self.content(change).sign(&key(2)).unwrap()
    }

    pub(crate) fn trust(&self, change: impl FnOnce(&mut Content)) -> TrustSet {
        let bundle = self.bundle(change);
        let bundle = Bundle::open(bundle.as_bytes(), &mut Budget::bundle()).unwrap();
        let anchor = format!("{}=Chamber of XX", self.issuer).parse().unwrap();
        let mut trust = TrustSet::new([anchor]).unwrap();
        trust.add(bundle);
        trust
    }

    pub(crate) fn request(&self, claims: &str) -> Request {
        self.request_for(&[claims])
    }

    pub(crate) fn request_for(&self, claims: &[&str]) -> Request {
        let asked = claims
            .iter()
            .map(|c| Asked::from_flag(c).unwrap())
            .collect();
        let time = (Self::now(), SignedDuration::from_hours(1));
        let name = "Gate".to_owned();
        let purpose = "entry".to_owned();
        Request::new(
            self.verifier.clone(),
            name,
            purpose,
            asked,
            time,
            &mut Steps(99),
        )
        .unwrap()
    }

    pub(crate) fn present(request: &Request, credential: &str, disclose: &[&str]) -> String {
        let disclose: Vec<String> = disclose.iter().map(|&s| s.to_owned()).collect();
        let signer = key(3);
        let shown = Shown {
            credential,
            disclose: &disclose,
            signer: &signer,
            in_office: None,
        };
        answer(request, &[shown], Self::now()).unwrap()
    }
}
