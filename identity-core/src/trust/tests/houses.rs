//! What a bundle holds beside lists: officers, periods, former names, each by whose word it counts.

use super::*;
use crate::{
    did::Did,
    key::SecretKey,
    status::DecisionDigest,
    testing::{network::House, people},
    trust::{
        electoral::{PeriodDraft, PublishedPeriod},
        officers::PolicyDraft,
    },
};

const DAY: fn(i64) -> Instant = |day| Instant::floor(World::days(day));

fn period(issuer: &Did, by: &SecretKey) -> PublishedPeriod {
    let draft = PeriodDraft {
        issuer: issuer.clone(),
        chamber: None,
        from: DAY(-5),
        to: DAY(5),
        legal_basis: DecisionDigest::of(b"electoral code"),
        announced: DAY(-8),
    };
    let unsigned = draft.document().unwrap();
    let document = electoral::sign(unsigned, by, draft.announced.timestamp()).unwrap();
    PublishedPeriod {
        document: Value::Object(document).to_serde(),
        published: DAY(-7),
        bulk_changes: Vec::new(),
    }
}

#[test]
fn an_electoral_period_is_announced_by_the_key_that_issues() {
    let world = World::new();
    let told = |seed: u8| {
        let found =
            open(&world.bundle(|c| c.electoral_periods.push(period(&c.issuer, &key(seed)))));
        found.map(|bundle| bundle.electoral_periods().len())
    };
    assert_eq!(told(1), Ok(1));
    // Not by the key that publishes unattended, nor by a stranger's.
    for seed in [2, 9] {
        assert_eq!(told(seed), Err(Code::ElectoralTooFew), "{seed}");
    }
    // Of a DID with a history, by the key that stood in it at the time.
    let mut house = House::new(10);
    house.rotate(-100);
    let told = |seed: u8| {
        let found =
            open(&house.bundle(|c| c.electoral_periods.push(period(&c.issuer, &key(seed)))));
        found.map(|bundle| bundle.electoral_periods().len())
    };
    assert_eq!(told(14), Ok(1));
    for (seed, whose) in [
        (12, "before"),
        (13, "status"),
        (11, "control"),
        (9, "nobody"),
    ] {
        assert_eq!(told(seed), Err(Code::ElectoralTooFew), "{whose}");
    }
}

#[test]
fn an_electoral_period_goes_with_a_house_that_moves() {
    let mut house = House::new(10);
    let former = house.move_to("moved10.example", -6);
    let told = |issuer: &Did| {
        let found = open(&house.bundle(|c| c.electoral_periods.push(period(issuer, &key(12)))));
        found.map(|bundle| bundle.electoral_periods().len())
    };
    assert_eq!(told(&former), Ok(1));
    assert_eq!(told(&House::new(30).did), Err(Code::ElectoralMalformed));
}

#[test]
fn officers_are_named_by_who_controls_the_did() {
    let policy = |issuer: &Did, epoch, version, by: &[u8]| {
        let draft = PolicyDraft {
            issuer: issuer.clone(),
            version,
            epoch,
            issued_at: DAY(-300),
            ..people::policy(1, &[150, 151, 152], 2)
        };
        Value::Object(people::signed(&draft, by)).to_serde()
    };
    let world = World::new();
    let by = |control: u8| {
        let signed = policy(&world.issuer, 0, 1, &[control, 150, 151]);
        open(&world.bundle(|content| content.officers.push(signed))).map(drop)
    };
    assert_eq!(by(1), Ok(()));
    assert_eq!(by(2), Err(Code::PolicyStranger));
    let house = House::new(10);
    let by = |control: u8| {
        let signed = policy(&house.did, 0, 1, &[control, 150, 151]);
        open(&house.bundle(|content| content.officers.push(signed))).map(drop)
    };
    assert_eq!(by(10), Ok(()));
    // The issuing key, the status key, and the control key that is only announced.
    for control in [12, 13, 11] {
        assert_eq!(by(control), Err(Code::PolicyStranger), "{control}");
    }
    // Numbers begin anew where the officers say so.
    let bundle = open(&house.bundle(|content| {
        content.officers = vec![
            policy(&house.did, 0, 1, &[10, 150, 151]),
            policy(&house.did, 1, 2, &[150, 151]),
        ];
    }));
    assert_eq!(bundle.unwrap().epoch(), 1);
    // A control key that is kept elsewhere puts others in their place; a did:key's issues credentials besides.
    let replaced =
        |issuer: &Did, control: u8, open: &dyn Fn(Vec<serde_json::Value>) -> Option<Code>| {
            open(vec![
                policy(issuer, 0, 1, &[control, 150, 151]),
                policy(issuer, 0, 2, &[control, 151, 152]),
            ])
        };
    let at_house = |officers| open(&house.bundle(|content| content.officers = officers)).err();
    assert_eq!(replaced(&house.did, 10, &at_house), None);
    let at_key = |officers| open(&world.bundle(|content| content.officers = officers)).err();
    assert_eq!(
        replaced(&world.issuer, 1, &at_key),
        Some(Code::PolicyStranger)
    );
}

/// Lists that were named before the DID moved are still the issuer's.
#[test]
fn a_house_that_moved_keeps_its_lists() {
    let mut house = House::new(10);
    let former = house.move_to("moved10.example", -50);
    let list = |did: &Did| crate::status::ListUri::new(did.as_str(), 1).unwrap();
    let with = |did: &Did| open(&house.bundle(|content| content.status_lists[0].uri = list(did)));
    for did in [&former, &house.did] {
        let bundle = with(did).unwrap();
        assert!(bundle.list(&list(did)).is_some());
        assert!(bundle.is_issuer(former.as_str()) && bundle.is_issuer(house.did.as_str()));
        assert!(!bundle.is_issuer(did_of(9).as_str()));
    }
    let stranger = House::new(30).did;
    assert_eq!(with(&stranger).err(), Some(Code::BundleMalformed));
}

#[test]
fn the_document_of_an_anchor_is_held_and_not_made_anew() {
    use crate::did::Resolver as _;
    let world = World::new();
    let trust = world.trust(|_| ());
    let found = trust.resolve(&world.issuer).unwrap();
    assert!(matches!(found, std::borrow::Cow::Borrowed(_)));
    assert_eq!(*found.id(), world.issuer);
    // Whoever holds their own key can be resolved, and is not trusted for it.
    assert_eq!(*trust.resolve(&did_of(9)).unwrap().id(), did_of(9));
}
