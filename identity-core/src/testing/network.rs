//! A larger world: an accreditor with five officers, parliaments under did:webvh, and their trust bundle.

use jiff::Timestamp;

use super::{
    people::{key, officer},
    world::World,
};
use crate::{
    credential::Draft as CredentialDraft,
    did::{
        self, Did, Relationship,
        webvh::{Content as DidContent, DidHistory, Draft, Log, Profile},
    },
    encoding::{
        base64url, jcs,
        strict_json::{Object, Value},
    },
    key::Signer as _,
    status::{Instant, ListUri, SlotBits, StatusList, Term, token_list},
    trust::{
        Bundle, Content, PublishedList, SCHEMA,
        accreditation::{
            Grant, ListDraft, Parliament, State,
            compile::{Header, compile},
            statement::{self, Body, Statement, StatementDraft},
        },
        network::{Entry, ListEntry, Parts, SignedBundle, SnapshotContent},
        officers::{PolicyChain, PolicyDraft, Refounding},
    },
    verify::Budget,
};

/// The accreditor's key; its officers are the five after it, three of them needed.
pub(crate) const UNION: u8 = 200;
/// The key that publishes the accreditor's trust bundle unattended.
pub(crate) const PUBLISHER: u8 = 210;

pub(crate) fn did_of(seed: u8) -> Did {
    did::key::create(key(seed).public_key())
}

pub(crate) fn hours(hours: i64) -> Instant {
    Instant::floor(Timestamp::from_second(1_800_000_000 + hours * 3_600).unwrap())
}

/// A parliament under did:webvh. Its seeds: `n` and `n + 1` control it, `n + 2` issues, `n + 3` is the status
/// key, `n + 4` the next issuing key.
#[derive(Clone, Debug)]
pub(crate) struct House {
    pub(crate) seed: u8,
    pub(crate) log: String,
    pub(crate) did: Did,
}

impl House {
    /// Founded 400 days before [`World::now`]; its DID may move.
    pub(crate) fn new(seed: u8) -> Self {
        let place = format!("house{seed}.example");
        let control = key(seed).public_key().clone();
        let draft = Draft::genesis(&place, &[control], Self::content(seed, seed + 2)).unwrap();
        let draft = draft.announce(&[key(seed + 1).public_key().clone()]);
        let draft = draft.portable(true);
        let unsigned = draft.prepare(Profile::A, World::days(-400)).unwrap();
        let did = unsigned.did().clone();
        let signed = unsigned.sign(&key(seed), World::days(-400)).unwrap();
        Self {
            seed,
            log: signed.line,
            did,
        }
    }

    fn content(seed: u8, issuing: u8) -> DidContent {
        DidContent {
            methods: vec![
                (
                    key(issuing).public_key().clone(),
                    vec![Relationship::AssertionMethod],
                ),
                (
                    key(seed + 3).public_key().clone(),
                    vec![Relationship::CapabilityInvocation],
                ),
            ],
            ..DidContent::default()
        }
    }

    pub(crate) fn history(&self) -> DidHistory {
        let log = Log::parse(self.log.as_bytes(), &mut Budget::bundle()).unwrap();
        log.verify(None, None, World::now(), &mut Budget::bundle())
            .unwrap()
    }

    /// Replaces the issuing key on a day.
    pub(crate) fn rotate(&mut self, day: i64) {
        let history = self.history();
        let draft = Draft::update(&history).unwrap();
        let draft = draft
            .content(Self::content(self.seed, self.seed + 4))
            .control(&[key(self.seed + 1).public_key().clone()])
            .announce(&[key(self.seed + 5).public_key().clone()]);
        self.append(draft, day);
    }

    /// Moves the DID to another place on a day, and returns the one it had.
    pub(crate) fn move_to(&mut self, place: &str, day: i64) -> Did {
        let history = self.history();
        let draft = Draft::update(&history).unwrap().move_to(place).unwrap();
        let draft = draft
            .control(&[key(self.seed + 1).public_key().clone()])
            .announce(&[key(self.seed + 5).public_key().clone()]);
        self.append(draft, day);
        let did = self.history().did().clone();
        core::mem::replace(&mut self.did, did)
    }

    /// Ends the DID on a day.
    pub(crate) fn end(&mut self, day: i64) {
        let history = self.history();
        let draft = Draft::update(&history).unwrap();
        let draft = draft
            .control(&[key(self.seed + 1).public_key().clone()])
            .deactivate();
        self.append(draft, day);
    }

    fn append(&mut self, draft: Draft<'_>, day: i64) {
        let unsigned = draft.prepare(Profile::A, World::days(day)).unwrap();
        let signed = unsigned
            .sign(&key(self.seed + 1), World::days(day))
            .unwrap();
        self.log.push_str(&signed.line);
    }

    pub(crate) fn chamber(&self) -> String {
        format!("H{}", self.seed)
    }

    /// A mandate of this house, by default as [`World::draft`] has it, signed with the first issuing key.
    pub(crate) fn issue(&self, change: impl FnOnce(&mut CredentialDraft)) -> String {
        self.issue_with(self.seed + 2, change)
    }

    pub(crate) fn issue_with(&self, seed: u8, change: impl FnOnce(&mut CredentialDraft)) -> String {
        let fragment = key(seed).public_key().to_multikey();
        World::new().issue_by(seed, |draft| {
            draft.method = self.did.with_fragment(&fragment).unwrap();
            draft.slot.list = self.list();
            draft.chamber = self.chamber();
            change(draft);
        })
    }

    fn list(&self) -> ListUri {
        ListUri::new(self.did.as_str(), 1).unwrap()
    }

    /// Its bundle, signed an hour before [`World::now`].
    pub(crate) fn bundle(&self, change: impl FnOnce(&mut Content)) -> String {
        let mut content = Content {
            schema: SCHEMA.to_owned(),
            issuer: self.did.clone(),
            name: format!("House {}", self.seed),
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
            status_lists: vec![PublishedList {
                uri: self.list(),
                bits: 1,
                lst: token_list::encode(&StatusList::new(SlotBits::One)),
                ttl: 86_400,
            }],
            revocations: Vec::new(),
            suspensions: Vec::new(),
            terms: vec![Term::new("10", "Tenth term", World::days(-400), None)],
            types: vec!["MemberMandate".to_owned()],
        };
        change(&mut content);
        content.sign(&key(self.seed + 3)).unwrap()
    }

    pub(crate) fn opened(&self, change: impl FnOnce(&mut Content)) -> Bundle {
        let bundle = self.bundle(change);
        Bundle::open(bundle.as_bytes(), &mut Budget::bundle()).unwrap()
    }
}

/// The accreditor, and what its officers signed.
#[derive(Clone, Debug)]
pub(crate) struct Union {
    pub(crate) did: Did,
    /// The log of its DID, where that is a did:webvh.
    pub(crate) log: Option<String>,
    pub(crate) policies: Vec<Object<'static>>,
    pub(crate) statements: Vec<Statement>,
    pub(crate) seq: u64,
    pub(crate) list_seq: u64,
    pub(crate) publisher: u8,
}

impl Union {
    pub(crate) fn new() -> Self {
        Self::of(did_of(UNION), None, UNION)
    }

    /// An accreditor under did:webvh, whose log is that of this house.
    pub(crate) fn with_log(house: &House) -> Self {
        Self::of(house.did.clone(), Some(house.log.clone()), house.seed)
    }

    fn of(did: Did, log: Option<String>, control: u8) -> Self {
        let first = PolicyDraft {
            issuer: did.clone(),
            issued_at: Instant::floor(World::days(if log.is_some() { -390 } else { -500 })),
            ..Self::policy()
        };
        let signed = super::people::signed(&first, &[control, 201, 202, 203]);
        Self {
            did,
            log,
            policies: vec![signed],
            statements: Vec::new(),
            seq: 3,
            list_seq: 2,
            publisher: PUBLISHER,
        }
    }

    /// Founded 500 days before [`World::now`]; three of five.
    pub(crate) fn policy() -> PolicyDraft {
        PolicyDraft {
            issuer: did_of(UNION),
            version: 1,
            epoch: 0,
            threshold: 3,
            officers: (201..=205).map(officer).collect(),
            publishing: vec![did_of(PUBLISHER)],
            issued_at: Instant::floor(World::days(-500)),
        }
    }

    /// Adds a version of the policy, signed by the officers of these seeds.
    pub(crate) fn next_policy(&mut self, draft: &PolicyDraft, by: &[u8]) {
        self.policies.push(super::people::signed(draft, by));
    }

    pub(crate) fn chain(&self) -> PolicyChain {
        let budget = &mut Budget::network();
        let never = Refounding::Never;
        PolicyChain::verify(&self.policies, &self.did, never, |_, _| true, budget).unwrap()
    }

    pub(crate) fn grant(kind: &str, house: &House) -> Grant {
        Grant {
            kind: kind.to_owned(),
            chambers: vec![house.chamber()],
            max_validity_days: 1830,
            may_delegate: kind == "StaffAccreditation",
            approvals: 0,
        }
    }

    pub(crate) fn parliament(house: &House) -> Parliament {
        Parliament {
            id: house.did.clone(),
            name: [("en".to_owned(), format!("Parliament {}", house.seed))].into(),
            country: "XX".to_owned(),
            chambers: vec![house.chamber()],
            domains: Vec::new(),
            accredited_for: vec![
                Self::grant("MemberMandate", house),
                Self::grant("StaffAccreditation", house),
            ],
            csirt: None,
        }
    }

    /// Accredits a house from 300 days before [`World::now`] on.
    pub(crate) fn accredit(&mut self, house: &House) {
        self.say(-300, Body::Accredits(Self::parliament(house)));
    }

    /// Changes the state of a house on a day.
    pub(crate) fn change(&mut self, house: &House, state: State, day: i64) {
        let body = Body::Changes {
            parliament: house.did.clone(),
            state,
            reason: None,
            decision: None,
        };
        self.say(day, body);
    }

    /// States something that counts from a day on, and was recorded then.
    pub(crate) fn say(&mut self, day: i64, body: Body) {
        let day = Instant::floor(World::days(day));
        let draft = StatementDraft {
            accreditor: self.did.clone(),
            policy_version: 1,
            recorded: day,
            from: day,
            until: None,
            body,
        };
        let unsigned = draft.document().unwrap();
        let document = Self::by_officers(unsigned, &[201, 202, 203]);
        let chain = self.chain();
        let budget = &mut Budget::network();
        let statement = Statement::verify(&document, &self.did, &chain, budget).unwrap();
        self.statements.push(statement);
    }

    pub(crate) fn by_officers(document: Object<'static>, seeds: &[u8]) -> Object<'static> {
        let now = World::days(-1);
        seeds.iter().fold(document, |document, seed| {
            statement::sign(document, &key(*seed), now).unwrap()
        })
    }

    pub(crate) fn list(&self) -> ListDraft {
        let header = Header {
            accreditor: self.did.clone(),
            name: "Union".to_owned(),
            seq: self.list_seq,
            policy_version: u64::try_from(self.policies.len()).unwrap(),
            issued_at: hours(-48),
            next_update: hours(24 * 30),
            expires: hours(24 * 90),
        };
        compile(header, &self.statements).unwrap()
    }

    /// The trust bundle with these bundles, signed half an hour... an hour before [`World::now`].
    pub(crate) fn parts(
        &self,
        bundles: &[String],
        change: impl FnOnce(&mut SnapshotContent),
    ) -> Parts {
        let mut signed: Vec<(Entry, SignedBundle)> = bundles
            .iter()
            .map(|json| {
                let signed = SignedBundle::from_json(json.as_bytes()).unwrap();
                (signed.entry().unwrap(), signed)
            })
            .collect();
        signed.sort_by(|a, b| a.0.issuer.cmp(&b.0.issuer));
        let (entries, bundles) = signed.into_iter().unzip();
        let list = Self::by_officers(self.list().document().unwrap(), &[203, 204, 205]);
        let chain = self.chain();
        let mut content = SnapshotContent {
            schema: SnapshotContent::SCHEMA.to_owned(),
            accreditor: self.did.clone(),
            policy_version: chain.latest().version(),
            policy_digest: base64url::encode(chain.latest().digest()),
            epoch: chain.latest().epoch(),
            seq: self.seq,
            issued_at: hours(-1),
            next_update: hours(23),
            expires: hours(24 * 7 - 1),
            list: ListEntry {
                seq: self.list_seq,
                digest: base64url::encode(&crate::trust::accreditation::digest(&list).unwrap()),
            },
            bundles: entries,
        };
        change(&mut content);
        let text = |object: &Object<'static>| {
            let bytes = jcs::canonicalize(&Value::Object(object.clone())).unwrap();
            String::from_utf8(bytes).unwrap()
        };
        Parts {
            policies: self.policies.iter().map(text).collect(),
            did_log: self.log.clone(),
            did_witness: None,
            snapshot: content.sign(&key(self.publisher)).unwrap(),
            list: text(&list),
            bundles,
        }
    }

    pub(crate) fn file(&self, bundles: &[String]) -> Vec<u8> {
        self.parts(bundles, |_| ()).to_bytes()
    }
}
