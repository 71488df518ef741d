//! Four eyes: what one officer alone does not get done here, whatever is on the disk.

use identity_core::{
    credential::{approved_claims, approved_document},
    encoding::{
        base64url,
        strict_json::{self, Limits, Object},
    },
    trust::approval::{Evidence, issue_item},
};

use super::*;
use crate::{
    officers::{OfficerCard, OfficerKeys},
    store::{Family, read},
};

mod attacks;
mod delegating;
mod disk;
mod papers;
mod settled;

const NOW: &str = "2026-02-01T12:00:00Z";
const LATER: &str = "2026-02-01T13:00:00Z";

/// An office with officers `anna`, `bo` and so on, and their keys.
pub(super) struct House {
    pub(super) office: Office<MemoryStore>,
    pub(super) keys: Vec<(String, Secrets)>,
}

/// The seeds of an officer's keys, so that one can act more than once in a test.
#[derive(Clone)]
pub(super) struct Secrets([u8; 32], [u8; 32]);

const NAMES: [&str; 4] = ["anna", "bo", "cleo", "dan"];

impl Secrets {
    pub(super) fn new(seed: u8) -> Self {
        Self([seed; 32], [seed + 100; 32])
    }

    /// The signing key of one and the sealing key of another.
    pub(super) fn mixed(signing: &Self, sealing: &Self) -> Self {
        Self(signing.0, sealing.1)
    }

    pub(super) fn keys(&self) -> OfficerKeys {
        OfficerKeys {
            signing: SecretKey::from_secret_bytes(Algorithm::EdDsa, &self.0).unwrap(),
            sealing: crate::officers::SealingKey::from_secret_bytes(self.1.into()),
        }
    }

    pub(super) fn card(&self, id: &str) -> OfficerCard {
        let keys = self.keys();
        OfficerCard::new((id, id, "clerk"), &keys.signing, &keys.sealing).unwrap()
    }
}

impl House {
    /// A house with so many officers, and one member, Ana, who sits.
    pub(super) fn of(officers: usize) -> Self {
        let now = at(NOW);
        let mut house = Self {
            office: with_a_seat(now),
            keys: Vec::new(),
        };
        for (seed, id) in NAMES.iter().copied().enumerate().take(officers) {
            let secrets = Secrets::new(u8::try_from(seed).unwrap() + 50);
            house.appoint(id, &secrets);
            house.keys.push((id.to_owned(), secrets));
        }
        house
    }

    fn appoint(&mut self, id: &str, secrets: &Secrets) {
        self.appoint_at(id, secrets, NOW);
    }

    /// Appoints the first or the second at an instant, each later one at noon.
    fn appoint_at(&mut self, id: &str, secrets: &Secrets, when: &str) {
        let now = at(when);
        let mut rng = cli_kit::run::system_rng().unwrap();
        let card = secrets.card(id);
        match self.keys.len() {
            0 => self
                .office
                .appoint_first(card, secrets.keys(), &key(1), now)
                .unwrap(),
            1 => {
                let own = secrets.keys().signing;
                let seed = key(1).secret_bytes();
                let new = (card, Some(&own));
                self.office
                    .appoint_second(new, &*seed, now, &mut rng)
                    .unwrap();
            }
            officers => {
                let cards = self.office.with_officer(card).unwrap();
                let threshold = crate::officers::default_threshold(officers + 1);
                let change = Action::ChangeOfficers { cards, threshold };
                self.act(0);
                let pending = self.prepare(change).unwrap();
                for other in 1..=self.office.approvals_needed() {
                    self.approve(other, &pending.id).unwrap();
                }
            }
        }
    }

    pub(super) fn act(&mut self, who: usize) {
        let (id, secrets) = &self.keys[who];
        let (id, keys) = (id.clone(), Box::new(secrets.keys()));
        self.office.act_as(Actor::Officer { id, keys }).unwrap();
    }

    pub(super) fn prepare(&mut self, action: Action) -> Result<PendingAction, Refusal> {
        let mut rng = cli_kit::run::system_rng().unwrap();
        self.office.prepare(action, LIFETIME, at(NOW), &mut rng)
    }

    pub(super) fn approve(&mut self, who: usize, id: &str) -> Result<Approved, Refusal> {
        self.approve_at(who, id, LATER)
    }

    pub(super) fn approve_at(
        &mut self,
        who: usize,
        id: &str,
        when: &str,
    ) -> Result<Approved, Refusal> {
        let mut rng = cli_kit::run::system_rng().unwrap();
        self.act(who);
        let unlock = |seed: &[u8]| {
            let seed = seed.try_into().unwrap();
            let key = SecretKey::from_secret_bytes(Algorithm::EdDsa, seed).unwrap();
            Ok(key.into())
        };
        self.office.approve(id, &unlock, at(when), &mut rng)
    }

    /// Anna prepares to issue to Ana, whose wallet has key 7.
    pub(super) fn issue(&mut self) -> PendingAction {
        self.act(0);
        let action = self.issue_action(7);
        self.prepare(action).unwrap()
    }

    pub(super) fn issue_action(&mut self, holder: u8) -> Action {
        self.act(0);
        let now = at(NOW);
        let mut rng = cli_kit::run::system_rng().unwrap();
        let invited = self.office.invite("a", now, &mut rng).unwrap();
        let order = order(
            &self.office,
            &invited.invitations[0].secret_code,
            holder,
            now,
        );
        Action::Issue {
            orders: vec![StoredOrder::keep(&order).unwrap()],
            replace: false,
        }
    }

    pub(super) fn end(&mut self) -> PendingAction {
        self.act(0);
        self.prepare(end_of_mandate()).unwrap()
    }

    pub(super) fn is_sound(&self) {
        let found = self.office.audit(None).unwrap();
        assert_eq!(found.differences, []);
    }

    /// The same store, opened again with what somebody changed in it.
    pub(super) fn reopened(self) -> Result<Self, Refusal> {
        let Self { office, keys } = self;
        let office = Office::open(
            office.store,
            office.profile,
            MachineKeys {
                status: key(2).into(),
                journal: key(3).into(),
            },
            (None, None),
        )?;
        Ok(Self { office, keys })
    }
}

pub(super) fn end_of_mandate() -> Action {
    Action::EndMandate {
        member: "a".to_owned(),
        at: at(NOW),
        reason: Reason::Resignation,
        decision: None,
    }
}

#[test]
fn one_officer_acts_alone_and_signs() {
    let mut house = House::of(1);
    let mut rng = cli_kit::run::system_rng().unwrap();
    let invited = house.office.invite("a", at(NOW), &mut rng).unwrap();
    let one = order(
        &house.office,
        &invited.invitations[0].secret_code,
        7,
        at(NOW),
    );
    house
        .office
        .issue(&one, &key(1), at(NOW), &mut rng)
        .unwrap();
    house.office.publish(at(LATER)).unwrap();
    house.is_sound();
    let mut entries = 0;
    crate::store::verify(&house.office.store, None, |entry| {
        entries += usize::from(entry.by.as_deref() == Some("anna"));
        Ok(())
    })
    .unwrap();
    assert_eq!(entries, 5);
}

#[test]
fn with_two_one_prepares_and_the_other_carries_it_out() {
    let mut house = House::of(2);
    let pending = house.issue();
    let Approved::Done(outcome) = house.approve(1, &pending.id).unwrap() else {
        panic!("one approval is enough with two officers");
    };
    let Outcome::Issued(issued) = *outcome else {
        panic!("it was an issue");
    };
    let record = &issued[0].as_ref().unwrap().credential;
    assert_eq!(house.office.credential(&record.id).unwrap().member, "a");
    let end = house.end();
    let done = house.approve(1, &end.id).unwrap();
    assert!(
        matches!(done, Approved::Done(outcome) if matches!(*outcome, Outcome::MandateEnded(_)))
    );
    assert!(
        house
            .office
            .credential(&record.id)
            .unwrap()
            .is_revoked(at(LATER))
    );
    house.office.act_as(Actor::Machine).unwrap();
    let bundle = bundle(&mut house.office, at(LATER));
    // Whoever checks a credential learns who the officers are, and may demand their approvals.
    assert_eq!(bundle.officers().unwrap().latest().version(), 2);
    house.is_sound();
}

#[test]
fn with_three_it_takes_two_approvals() {
    let mut house = House::of(3);
    assert_eq!(house.office.approvals_needed(), 2);
    let pending = house.issue();
    let waiting = house.approve(2, &pending.id).unwrap();
    assert!(matches!(
        waiting,
        Approved::Waiting {
            given: 1,
            needed: 2
        }
    ));
    let again = house.approve(2, &pending.id).unwrap_err();
    assert_eq!(again.code, "approval.duplicate");
    let done = house.approve(1, &pending.id).unwrap();
    assert!(matches!(done, Approved::Done(_)));
    assert_eq!(
        house.approve(1, &pending.id).unwrap_err().code,
        "approval.closed"
    );
    house.is_sound();
}

#[test]
fn officers_come_and_go_and_the_secret_goes_with_them() {
    let mut house = House::of(4);
    let version = house.office.officers().unwrap().policy().version();
    assert_eq!(version, 4);
    let cards = house.office.without_officer("bo").unwrap();
    house.act(0);
    let change = Action::ChangeOfficers {
        cards,
        threshold: 1,
    };
    let pending = house.prepare(change).unwrap();
    // He may have his say in his own removal.
    house.approve(1, &pending.id).unwrap();
    house.approve(2, &pending.id).unwrap();
    house.is_sound();
    let id = house.keys[1].0.clone();
    let keys = Box::new(house.keys[1].1.keys());
    let gone = house
        .office
        .act_as(Actor::Officer { id, keys })
        .unwrap_err();
    assert_eq!(gone.code, "officer.unknown");
    let pending = house.issue();
    assert!(matches!(
        house.approve(3, &pending.id).unwrap(),
        Approved::Done(_)
    ));
    house.is_sound();
    let two = House::of(2);
    assert_eq!(
        two.office.without_officer("bo").unwrap_err().code,
        "officer.threshold"
    );
}

#[test]
fn urgent_and_harmless_things_stay_with_one() {
    let mut house = House::of(2);
    let pending = house.issue();
    let Approved::Done(outcome) = house.approve(1, &pending.id).unwrap() else {
        panic!("done")
    };
    let Outcome::Issued(issued) = *outcome else {
        panic!("issued")
    };
    let id = issued[0].as_ref().unwrap().credential.id.clone();
    house.act(0);
    house.office.suspend(&id, at(LATER)).unwrap();
    house.office.reinstate(&id, at(LATER)).unwrap();
    let roster = "id,name,start_date\na,Ana,2026-01-01\nb,Bo,2026-01-01\n";
    house
        .office
        .import(roster.as_bytes(), at(LATER), at(LATER))
        .unwrap();
    house.is_sound();
}

#[test]
fn nothing_is_written_by_nobody() {
    for officers in [1, 2] {
        let mut house = House::of(officers);
        house.office.act_as(Actor::Nobody).unwrap();
        let roster = "id,name,start_date\na,Ana,2026-01-01\nb,Bo,2026-01-01\n";
        let refused = house
            .office
            .import(roster.as_bytes(), at(NOW), at(NOW))
            .unwrap_err();
        assert_eq!(refused.code, "officer.needed");
        // The machine publishes, and does nothing else.
        house.office.act_as(Actor::Machine).unwrap();
        let refused = house
            .office
            .import(roster.as_bytes(), at(NOW), at(NOW))
            .unwrap_err();
        assert_eq!(refused.code, "officer.needed");
        house.office.publish(at(LATER)).unwrap();
        house.is_sound();
    }
}

#[test]
fn what_one_officer_rejects_is_not_done() {
    let mut house = House::of(2);
    let pending = house.end();
    house.act(1);
    house.office.reject(&pending.id, at(LATER)).unwrap();
    assert_eq!(
        house.approve(1, &pending.id).unwrap_err().code,
        "approval.closed"
    );
    house.act(0);
    assert_eq!(
        house
            .office
            .reject(&pending.id, at(LATER))
            .unwrap_err()
            .code,
        "approval.closed"
    );
    house.is_sound();
}

#[test]
fn what_is_issued_under_approvals_shows_them() {
    for securing in [Securing::SdJwt, Securing::DataIntegrity] {
        let mut house = House::of(3);
        let Action::Issue { mut orders, .. } = house.issue_action(7) else {
            panic!("an issue")
        };
        let mut order = orders[0].order().unwrap();
        order.securing = securing;
        orders[0] = StoredOrder::keep(&order).unwrap();
        let replace = false;
        let pending = house.prepare(Action::Issue { orders, replace }).unwrap();
        house.approve(1, &pending.id).unwrap();
        house.approve(2, &pending.id).unwrap();
        let id = house.office.holdings("a").unwrap().credentials[0].clone();
        let record = house.office.credential(&id).unwrap();
        let signed = signed_part(&record.text, securing);
        let value = match securing {
            Securing::SdJwt => signed.get("approval"),
            _ => signed.get("evidence").and_then(|e| e.get("approval")),
        };
        let evidence = Evidence::from_value(value.unwrap()).unwrap();
        let chain = house.office.officers().unwrap().chain();
        let home = &house.office.profile().did;
        // What any verifier makes of the credential itself.
        let credential = match securing {
            Securing::SdJwt => approved_claims(&signed),
            _ => approved_document(&signed),
        };
        let check = |credential: &[u8; 32], needed| {
            let item = issue_item(credential, evidence.content());
            let mut budget = Budget::presentation();
            let verified =
                evidence.verify(&item, (home, chain), record.issued, needed, &mut budget);
            verified.map(|approval| approval.approvers().to_vec())
        };
        let credential = credential.unwrap();
        assert_eq!(check(&credential, 2).unwrap(), ["bo", "cleo"]);
        assert!(check(&[8; 32], 2).is_err() && check(&credential, 3).is_err());
    }
}

/// Returns what is signed of a credential.
fn signed_part(text: &str, securing: Securing) -> Object<'static> {
    let json = if securing == Securing::SdJwt {
        base64url::decode(text.split('.').nth(1).unwrap()).unwrap()
    } else {
        text.as_bytes().to_vec()
    };
    let value = strict_json::parse(&json, &Limits::large()).unwrap();
    value.as_object().unwrap().clone().into_owned()
}

#[test]
fn what_is_prepared_is_kept() {
    let mut house = House::of(2);
    let pending = house.issue();
    assert_eq!(house.office.pending(&pending.id).unwrap(), pending);
}
