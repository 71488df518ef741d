use super::*;
use crate::{
    did,
    encoding::strict_json::{Object, Value},
    key::{PublicKey, Signer as _},
    status::Instant,
    testing::{
        Steps,
        people::{instant, key, policy, signed},
    },
    trust::officers::{PolicyChain, PolicyDraft, Refounding},
    verify::Budget,
};

const BODY: u8 = 100;
const AT: &str = "2026-03-01T10:00:00Z";

fn chain(drafts: &[(PolicyDraft, &[u8])]) -> PolicyChain {
    let documents: Vec<_> = drafts.iter().map(|(draft, by)| signed(draft, by)).collect();
    let issuer = did::key::create(key(BODY).public_key());
    let controls = |found: &PublicKey, _: Instant| found == key(BODY).public_key();
    PolicyChain::verify(
        &documents,
        &issuer,
        Refounding::Never,
        controls,
        &mut Budget::bundle(),
    )
    .unwrap()
}

/// o1 prepares; any two of o1 to o4 approve.
fn house() -> PolicyChain {
    chain(&[(policy(BODY, &[1, 2, 3, 4], 2), &[BODY, 1, 2])])
}

fn draft() -> ApprovalDraft {
    ApprovalDraft {
        home: did::key::create(key(BODY).public_key()),
        policy_version: 1,
        preparer: "o1".to_owned(),
        action: Evidence::ACTION.to_owned(),
        manifest: [7; 32],
        items: 1,
        created: instant("2026-03-01T09:00:00Z"),
        expires: instant("2026-03-02T09:00:00Z"),
        nonce: [3; 16],
    }
}

fn approved(document: Object<'static>, by: &[u8]) -> Object<'static> {
    let now = instant("2026-03-01T09:30:00Z").timestamp();
    by.iter().fold(document, |document, seed| {
        approve(document, &key(*seed), now).unwrap()
    })
}

fn check(draft: &ApprovalDraft, by: &[u8], at: &str) -> Result<Approval, ApprovalError> {
    let document = approved(draft.document(), by);
    verify(
        &document,
        house().latest(),
        instant(at),
        0,
        &mut Budget::presentation(),
    )
}

fn code(draft: &ApprovalDraft, by: &[u8]) -> Code {
    check(draft, by, AT).unwrap_err().code()
}

#[test]
fn two_others_approve() {
    let approval = check(&draft(), &[2, 4], AT).unwrap();
    assert_eq!(approval.approvers(), ["o2", "o4"]);
    assert_eq!(approval.draft(), &draft());
}

#[test]
fn nobody_counts_twice_and_the_preparer_not_at_all() {
    assert_eq!(code(&draft(), &[2]), Code::ApprovalTooFew);
    assert_eq!(code(&draft(), &[2, 2]), Code::ApprovalTooFew);
    assert_eq!(code(&draft(), &[]), Code::ApprovalTooFew);
    assert_eq!(code(&draft(), &[1, 2]), Code::ApprovalPreparer);
    // Not even beside enough others: what he signed was not to be signed.
    assert_eq!(code(&draft(), &[1, 2, 3]), Code::ApprovalPreparer);
    assert_eq!(code(&draft(), &[2, 9]), Code::ApprovalStranger);
}

#[test]
fn more_may_be_demanded_than_the_policy_does() {
    let document = approved(draft().document(), &[2, 3]);
    let needed = |needed| {
        let at = instant(AT);
        verify(
            &document,
            house().latest(),
            at,
            needed,
            &mut Budget::presentation(),
        )
    };
    assert!(needed(2).is_ok());
    assert_eq!(needed(3).unwrap_err().code(), Code::ApprovalTooFew);
}

#[test]
fn approvals_count_from_their_making_to_their_end() {
    let at = |at| {
        check(&draft(), &[2, 3], at)
            .map(|_| ())
            .map_err(|e| e.code())
    };
    assert_eq!(at("2026-03-01T08:59:59Z"), Err(Code::ApprovalExpired));
    assert_eq!(at("2026-03-01T09:00:00Z"), Ok(()));
    assert_eq!(at("2026-03-02T08:59:59Z"), Ok(()));
    assert_eq!(at("2026-03-02T09:00:00Z"), Err(Code::ApprovalExpired));
    let backwards = ApprovalDraft {
        expires: instant("2026-03-01T09:00:00Z"),
        ..draft()
    };
    let read = ApprovalDraft::read(&backwards.document());
    assert_eq!(read.unwrap_err().code(), Code::ApprovalMalformed);
}

#[test]
fn approvals_are_for_one_house_and_one_policy() {
    let foreign = ApprovalDraft {
        home: did::key::create(key(7).public_key()),
        ..draft()
    };
    assert_eq!(code(&foreign, &[2, 3]), Code::ApprovalForeign);
    let version = ApprovalDraft {
        policy_version: 2,
        ..draft()
    };
    assert_eq!(code(&version, &[2, 3]), Code::ApprovalPolicyVersion);
    let early = ApprovalDraft {
        created: instant("2025-12-31T00:00:00Z"),
        ..draft()
    };
    assert_eq!(code(&early, &[2, 3]), Code::ApprovalPolicyVersion);
}

#[test]
fn whoever_draws_up_a_policy_may_approve_under_it_in_the_same_second() {
    let at = house().latest().issued_at();
    let first = ApprovalDraft {
        created: at,
        ..draft()
    };
    let found = check(&first, &[2, 3], "2026-01-01T00:00:00Z");
    assert_eq!(found.map(drop), Ok(()));
}

#[test]
fn every_item_has_a_salt_that_nobody_guesses() {
    let mut rng = Steps(1);
    let salts = [(); 3].map(|()| Manifest::salt(&mut rng));
    assert!(salts.iter().all(|salt| salt.iter().any(|byte| *byte != 0)));
    assert!(salts[0] != salts[1] && salts[1] != salts[2] && salts[0] != salts[2]);
    let items = [item(1), item(1), item(1)];
    let manifest = Manifest::new(items.iter().zip(salts)).unwrap();
    assert_eq!((manifest.len(), manifest.is_empty()), (3, false));
    assert!(Manifest::new([]).unwrap().is_empty());
    assert_eq!(manifest.proof(2).map(|(salt, _)| salt), Some(salts[2]));
    let other = Manifest::new([(&items[0], salts[0])]).unwrap();
    let same = Manifest::new([(&items[0], salts[1])]).unwrap();
    assert_ne!(other.digest(), same.digest());
}

#[test]
fn what_was_signed_cannot_be_changed() {
    let signed = approved(draft().document(), &[2, 3]);
    for (member, value) in [
        ("preparer", Value::from("o4")),
        ("action", "term.end".into()),
        (
            "manifest",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".into(),
        ),
        ("items", 2_u64.into()),
        ("expires", "2027-03-02T09:00:00Z".into()),
        ("nonce", "AAAAAAAAAAAAAAAAAAAAAA".into()),
    ] {
        let mut changed = signed.clone();
        assert!(changed.insert(member, value).is_some());
        let policy = house();
        let result = verify(
            &changed,
            policy.latest(),
            instant(AT),
            0,
            &mut Budget::presentation(),
        );
        assert_eq!(
            result.unwrap_err().code(),
            Code::ApprovalSignature,
            "{member}"
        );
    }
    let mut other = draft().document();
    other.insert("note", "x".into());
    assert_eq!(
        ApprovalDraft::read(&other).unwrap_err().code(),
        Code::ApprovalMalformed
    );
}

fn item(n: u8) -> Value<'static> {
    issue_item(&[100 + n; 32], &[n; 32])
}

fn evidence(items: u8, of: usize, by: &[u8]) -> Evidence {
    let mut rng = Steps(1);
    let items: Vec<_> = (10..10 + items)
        .map(|n| (item(n), Manifest::salt(&mut rng)))
        .collect();
    let manifest = Manifest::new(items.iter().map(|(item, salt)| (item, *salt))).unwrap();
    let draft = ApprovalDraft {
        manifest: manifest.digest(),
        items: u64::try_from(manifest.len()).unwrap(),
        ..draft()
    };
    let content = [10 + u8::try_from(of).unwrap(); 32];
    let message = prepared_message(&draft).unwrap();
    let preparation = key(1).try_sign(&message).unwrap();
    let document = approved(draft.document(), by);
    Evidence::new((document, preparation), &manifest, of, content).unwrap()
}

fn judge(evidence: &Evidence, item: &Value<'_>, chain: &PolicyChain) -> Result<(), Code> {
    let home = did::key::create(key(BODY).public_key());
    // As it travels.
    let evidence = Evidence::from_value(&evidence.to_value()).unwrap();
    let at = instant(AT);
    let result = evidence.verify(item, (&home, chain), at, 0, &mut Budget::presentation());
    result.map(|_| ()).map_err(|error| error.code())
}

#[test]
fn one_credential_of_many_shows_that_it_was_approved() {
    for (items, of) in [(1, 0), (2, 1), (5, 4), (7, 3)] {
        let evidence = evidence(items, of, &[2, 3]);
        let own = item(10 + u8::try_from(of).unwrap());
        assert_eq!(judge(&evidence, &own, &house()), Ok(()), "{items} {of}");
        assert_eq!(
            judge(&evidence, &item(99), &house()),
            Err(Code::ApprovalManifest)
        );
        // Of what the officers read and what is signed neither can be another.
        let n = 10 + u8::try_from(of).unwrap();
        for other in [
            issue_item(&[100 + n; 32], &[99; 32]),
            issue_item(&[99; 32], &[n; 32]),
        ] {
            assert_eq!(
                judge(&evidence, &other, &house()),
                Err(Code::ApprovalManifest)
            );
        }
    }
    let unapproved = evidence(1, 0, &[2]);
    assert_eq!(
        judge(&unapproved, &item(10), &house()),
        Err(Code::ApprovalTooFew)
    );
}

#[test]
fn officers_who_left_approve_nothing_new() {
    let first = policy(BODY, &[1, 2, 3, 4], 2);
    let second = PolicyDraft {
        version: 2,
        officers: [1, 4, 5].map(crate::testing::people::officer).to_vec(),
        issued_at: instant("2026-02-01T00:00:00Z"),
        ..first.clone()
    };
    let chain = chain(&[(first, &[BODY, 1, 2]), (second, &[1, 4])]);
    // Prepared in March under the policy of January, by two who left in February.
    let old = evidence(1, 0, &[2, 3]);
    assert_eq!(
        judge(&old, &item(10), &chain),
        Err(Code::ApprovalPolicyVersion)
    );
}

#[test]
fn approvals_of_something_else_do_not_issue() {
    let good = evidence(1, 0, &[2, 3]);
    let draft = ApprovalDraft {
        action: "mandate.end".to_owned(),
        manifest: ApprovalDraft::read(good.document()).unwrap().manifest,
        ..draft()
    };
    let Value::Object(mut claim) = good.to_value() else {
        unreachable!()
    };
    claim.insert("document", approved(draft.document(), &[2, 3]).into());
    let evidence = Evidence::from_value(&claim.into()).unwrap();
    assert_eq!(
        judge(&evidence, &item(10), &house()),
        Err(Code::ApprovalManifest)
    );
}
