//! A small world whose keys are known: one issuer, one holder, one verifier, a mandate and a bundle.

use core::convert::Infallible;

use identity_core::{
    card::document_json,
    credential::{Checked, Draft, Intent, Journal, Kind, Securing},
    did::{self, Did, DidUrl, LocalResolver, Resolver as _},
    encoding::strict_json::{Object, Value},
    key::{Algorithm, SecretKey, Signer as _},
    presentation::{
        Shown, answer,
        request::{Asked, Request},
    },
    status::{Instant, ListUri, SlotBits, SlotRef, StatusList, Term, token_list},
    trust::{Content, PublishedList, SCHEMA, status_key},
};
use jiff::{SignedDuration, Timestamp};

/// A generator of known bytes: what is made with it is the same in every run.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "made from its seed")]
pub struct Steps(pub u64);

impl rand_core::TryRng for Steps {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let [a, b, c, d, ..] = self.try_next_u64()?.to_le_bytes();
        Ok(u32::from_le_bytes([a, b, c, d]))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        Ok(self.0 ^ (self.0 >> 29))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        for chunk in bytes.chunks_mut(8) {
            let word = self.try_next_u64()?.to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Steps {}

/// A journal that forgets.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "it holds nothing")]
pub struct Nowhere;

impl Journal for Nowhere {
    type Error = Infallible;

    fn record(&mut self, _: &[&Intent]) -> Result<(), Self::Error> {
        Ok(())
    }
}

/// The Ed25519 key whose secret is this byte, 32 times.
///
/// # Panics
/// Never: any 32 bytes are an Ed25519 key.
pub fn key(seed: u8) -> SecretKey {
    SecretKey::from_secret_bytes(Algorithm::EdDsa, &[seed; 32]).expect("any 32 bytes are a key")
}

/// Now in this world: 2027-01-15T08:00:00Z.
///
/// # Panics
/// Never.
pub fn now() -> Timestamp {
    days(0)
}

/// So many days after [`now`].
///
/// # Panics
/// When the day is beyond the calendar.
pub fn days(days: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + days * 86_400).expect("a day of this era")
}

/// The parties: issuing key 1, status key 2, holder 3, verifier 4.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct World {
    /// The issuer.
    pub issuer: Did,
    /// The verifier.
    pub verifier: Did,
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl World {
    /// Makes the world; it is always the same.
    pub fn new() -> Self {
        Self {
            issuer: did::key::create(key(1).public_key()),
            verifier: did::key::create(key(4).public_key()),
        }
    }

    /// The issuer's verification method.
    ///
    /// # Panics
    /// Never: a did:key names its own key.
    pub fn method(&self) -> DidUrl {
        let method = self.issuer.with_fragment(self.issuer.specific_id());
        method.expect("a did:key names its own key")
    }

    /// The slot of this index in the issuer's only list.
    ///
    /// # Panics
    /// Never.
    pub fn slot(&self, index: u64) -> SlotRef {
        SlotRef {
            list: ListUri::new(self.issuer.as_str(), 1).expect("a DID names lists"),
            index,
        }
    }

    /// The ten claims of the mandate.
    pub fn claims() -> Object<'static> {
        let place =
            |label: &str| Value::object([("label", label.to_owned()), ("code", "c".to_owned())]);
        let name = [
            ("display", "Ana Example"),
            ("family", "Example"),
            ("given", "Ana"),
        ];
        let mut claims = Object::default();
        claims.insert("name", Value::object(name));
        claims.insert("role", "member".into());
        claims.insert("mandateStart", "2026-03-21".into());
        claims.insert("mandateEnd", "2030-03-20".into());
        claims.insert("constituency", place("North 3"));
        claims.insert("group", place("Green Alliance"));
        claims.insert("election", "XX-E20260118".into());
        claims.insert("email", "ana@example.org".into());
        claims.insert("languages", Value::array(["es", "ca"]));
        claims.insert("seat", "112".into());
        claims
    }

    /// A mandate that began 300 days ago, issued 200 days ago, good for 1,000 days more.
    pub fn draft(&self) -> Draft {
        Draft {
            kind: Kind::MemberMandate,
            securing: Securing::SdJwt,
            method: self.method(),
            holder: key(3).public_key().clone(),
            chamber: "XX-1".to_owned(),
            country: "XX".to_owned(),
            term: Some("10".to_owned()),
            issued_at: days(-200),
            valid_from: days(-300),
            valid_until: days(1000),
            slot: self.slot(7),
            claims: Self::claims(),
            approval: None,
        }
    }

    /// The mandate, issued.
    ///
    /// # Panics
    /// When the change makes it one that cannot be issued.
    pub fn issue(&self, change: impl FnOnce(&mut Draft)) -> String {
        let mut draft = self.draft();
        change(&mut draft);
        let checked = draft.check(key(1).public_key(), &mut Steps(1));
        let checked = checked.expect("the draft fits its type");
        let Ok(mut recorded) = Checked::record(vec![checked], &mut Nowhere);
        let issued = recorded.remove(0).sign(&key(1));
        issued.expect("a software key signs").text
    }

    /// What the bundle says: signed an hour ago, number 5.
    ///
    /// # Panics
    /// Never.
    pub fn content(&self, change: impl FnOnce(&mut Content)) -> Content {
        let hour = |hours: i64| {
            let instant = Timestamp::from_second(1_800_000_000 + hours * 3_600);
            Instant::floor(instant.expect("an hour of this era"))
        };
        let resolver = LocalResolver::new();
        let document = resolver.resolve(&self.issuer);
        let document = document.expect("a did:key resolves").into_owned();
        let certified = status_key::certify(key(2).public_key(), &self.method(), now(), &key(1));
        let mut content = Content {
            schema: SCHEMA.to_owned(),
            issuer: self.issuer.clone(),
            name: "The Chamber".to_owned(),
            chamber: "XX-1".to_owned(),
            country: "XX".to_owned(),
            trial: true,
            seq: 5,
            issued_at: hour(-1),
            next_update: hour(23),
            expires: hour(24 * 7 - 1),
            did_document: document_json(&document),
            status_key: certified.expect("a software key signs"),
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
            terms: vec![Term::new("10", "Tenth term", days(-400), None)],
            types: vec!["MemberMandate".to_owned()],
        };
        change(&mut content);
        content
    }

    /// The bundle's file.
    ///
    /// # Panics
    /// When what it is to say cannot be written.
    pub fn bundle(&self, change: impl FnOnce(&mut Content)) -> String {
        let bundle = self.content(change).sign(&key(2));
        bundle.expect("the bundle can be written")
    }

    /// A request of the verifier's for these claims, and its signed text.
    ///
    /// # Panics
    /// When the claims are no names.
    pub fn request(&self, claims: &str) -> (Request, String) {
        let asked = Asked::from_flag(claims).expect("names of claims");
        let request = Request::new(
            self.verifier.clone(),
            "Gate".to_owned(),
            "entry".to_owned(),
            vec![asked],
            (now(), SignedDuration::from_hours(1)),
            &mut Steps(99),
        );
        let request = request.expect("a request that can be made");
        let method = self.verifier.with_fragment(self.verifier.specific_id());
        let method = method.expect("a did:key names its own key");
        let text = request.sign(&method, &key(4)).expect("it can be signed");
        (request, text)
    }

    /// The holder's answer, with these claims shown.
    ///
    /// # Panics
    /// When the credential has no such claims.
    pub fn present(request: &Request, credential: &str, disclose: &[&str]) -> String {
        let disclose: Vec<String> = disclose.iter().map(|&name| name.to_owned()).collect();
        let shown = Shown {
            credential,
            disclose: &disclose,
            signer: &key(3),
            in_office: None,
        };
        answer(request, &[shown], now()).expect("the claims can be shown")
    }
}
