use proptest::prelude::*;

use super::*;
use crate::{
    did,
    encoding::{
        jcs,
        strict_json::{self, Limits, Object, Value},
    },
    key::{PublicKey, Signer as _},
    status::Instant,
    testing::people::{key, officer, policy, signed},
    verify::Budget,
};

const BODY: u8 = 100;

fn verify_as(documents: &[Object<'_>], refounding: Refounding) -> Result<PolicyChain, PolicyError> {
    let issuer = did::key::create(key(BODY).public_key());
    let controls = |found: &PublicKey, _: Instant| found == key(BODY).public_key();
    PolicyChain::verify(
        documents,
        &issuer,
        refounding,
        controls,
        &mut Budget::bundle(),
    )
}

fn verify(documents: &[Object<'_>]) -> Result<PolicyChain, PolicyError> {
    verify_as(documents, Refounding::Never)
}

fn code(documents: &[Object<'_>]) -> Code {
    verify(documents).unwrap_err().code()
}

fn next(of: &PolicyDraft) -> PolicyDraft {
    PolicyDraft {
        version: of.version + 1,
        ..of.clone()
    }
}

#[test]
fn the_first_version_needs_the_did_and_its_own_officers() {
    let draft = policy(BODY, &[1, 2, 3], 2);
    let chain = verify(&[signed(&draft, &[BODY, 1, 3])]).unwrap();
    let latest = chain.latest();
    assert_eq!((latest.version(), latest.threshold()), (1, 2));
    assert_eq!(latest.officers(), draft.officers);
    assert_eq!(latest.officer("o2"), Some(&officer(2)));
    assert_eq!(chain.versions(), core::slice::from_ref(latest));
    // Without whoever controls the DID, anybody could list themselves.
    assert_eq!(code(&[signed(&draft, &[1, 2, 3])]), Code::PolicyTooFew);
    assert_eq!(code(&[signed(&draft, &[BODY, 1])]), Code::PolicyTooFew);
    assert_eq!(code(&[signed(&draft, &[BODY])]), Code::PolicyTooFew);
}

#[test]
fn who_signs_twice_is_one() {
    let draft = policy(BODY, &[1, 2, 3], 2);
    assert_eq!(code(&[signed(&draft, &[BODY, 1, 1])]), Code::PolicyTooFew);
}

#[test]
fn a_stranger_has_no_say() {
    let draft = policy(BODY, &[1, 2, 3], 2);
    assert_eq!(
        code(&[signed(&draft, &[BODY, 1, 2, 9])]),
        Code::PolicyStranger
    );
}

#[test]
fn a_later_version_needs_both_thresholds() {
    let first = policy(BODY, &[1, 2, 3], 2);
    let one = signed(&first, &[BODY, 1, 2]);
    let second = PolicyDraft {
        officers: [3, 4, 5].map(officer).to_vec(),
        ..next(&first)
    };
    let chain = verify(&[one.clone(), signed(&second, &[1, 3, 4])]).unwrap();
    assert_eq!(chain.latest().version(), 2);
    assert_eq!(chain.version(1).unwrap().officers(), first.officers);
    // Enough of those before, not of its own; and the reverse, which is a coup.
    assert_eq!(
        code(&[one.clone(), signed(&second, &[1, 2, 4])]),
        Code::PolicyTooFew
    );
    assert_eq!(
        code(&[one.clone(), signed(&second, &[3, 4, 5])]),
        Code::PolicyTooFew
    );
    // One is enough to act, and not to say who acts; where there is one, it is.
    let lax = policy(BODY, &[1, 2, 3], 1);
    let coup = PolicyDraft {
        officers: [1, 4].map(officer).to_vec(),
        ..next(&lax)
    };
    let first = signed(&lax, &[BODY, 1]);
    assert_eq!(
        code(&[first.clone(), signed(&coup, &[1, 4])]),
        Code::PolicyTooFew
    );
    assert!(verify(&[first, signed(&coup, &[1, 2, 4])]).is_ok());
    let sole = policy(BODY, &[1], 1);
    let wider = PolicyDraft {
        officers: [1, 4].map(officer).to_vec(),
        ..next(&sole)
    };
    assert!(verify(&[signed(&sole, &[BODY, 1]), signed(&wider, &[1, 4])]).is_ok());
    // Two of the second version are not two of the third's predecessor's officers.
    let third = PolicyDraft {
        officers: [1, 2].map(officer).to_vec(),
        ..next(&second)
    };
    let two = signed(&second, &[1, 3, 4]);
    assert_eq!(
        code(&[one, two, signed(&third, &[1, 2])]),
        Code::PolicyTooFew
    );
}

#[test]
fn whoever_controls_the_did_replaces_officers_where_that_is_allowed() {
    let first = policy(BODY, &[1, 2, 3], 2);
    let one = signed(&first, &[BODY, 1, 2]);
    let second = PolicyDraft {
        officers: [4, 5].map(officer).to_vec(),
        ..next(&first)
    };
    let chain = [one.clone(), signed(&second, &[BODY, 4, 5])];
    assert!(verify_as(&chain, Refounding::ByControlKey).is_ok());
    assert_eq!(code(&chain), Code::PolicyStranger);
    let alone = [one, signed(&second, &[BODY, 4])];
    let refused = verify_as(&alone, Refounding::ByControlKey).unwrap_err();
    assert_eq!(refused.code(), Code::PolicyTooFew);
}

#[test]
fn versions_follow_each_other() {
    let first = policy(BODY, &[1, 2], 2);
    let one = signed(&first, &[BODY, 1, 2]);
    let follows = |draft: &PolicyDraft| verify(&[one.clone(), signed(draft, &[1, 2])]);
    assert!(follows(&next(&first)).is_ok());
    let epoch = |epoch| PolicyDraft {
        epoch,
        ..next(&first)
    };
    assert!(follows(&epoch(1)).is_ok());
    let earlier = PolicyDraft {
        issued_at: "2025-12-31T23:59:59Z".parse().unwrap(),
        ..next(&first)
    };
    let foreign = PolicyDraft {
        issuer: did::key::create(key(7).public_key()),
        ..next(&first)
    };
    let third = next(&next(&first));
    for wrong in [&first, &third, &epoch(2), &earlier, &foreign] {
        assert_eq!(
            follows(wrong).unwrap_err().code(),
            Code::PolicyVersion,
            "{wrong:?}"
        );
    }
    // From the middle on nothing says who the officers before were.
    assert_eq!(
        code(&[signed(&next(&first), &[BODY, 1, 2])]),
        Code::PolicyVersion
    );
    let first_epoch = PolicyDraft { epoch: 1, ..first };
    assert_eq!(
        code(&[signed(&first_epoch, &[BODY, 1, 2])]),
        Code::PolicyVersion
    );
    assert_eq!(code(&[]), Code::PolicyMalformed);
}

#[test]
fn the_version_in_force_is_found_by_the_instant() {
    let first = policy(BODY, &[1], 1);
    let second = PolicyDraft {
        issued_at: "2026-06-01T00:00:00Z".parse().unwrap(),
        ..next(&first)
    };
    let chain = verify(&[signed(&first, &[BODY, 1]), signed(&second, &[1])]).unwrap();
    let version = |text: &str| chain.at(text.parse().unwrap()).map(OfficerPolicy::version);
    assert_eq!(version("2025-12-31T23:59:59Z"), None);
    assert_eq!(version("2026-01-01T00:00:00Z"), Some(1));
    assert_eq!(version("2026-05-31T23:59:59Z"), Some(1));
    assert_eq!(version("2026-06-01T00:00:00Z"), Some(2));
}

#[test]
fn what_no_policy_can_say_is_not_signed() {
    let good = policy(BODY, &[1, 2], 2);
    let mut same_key = good.clone();
    same_key.officers[1].did = same_key.officers[0].did.clone();
    let mut same_id = good.clone();
    same_id.officers[1].id = "o1".to_owned();
    let mut odd_id = good.clone();
    odd_id.officers[0].id = "Ana María".to_owned();
    let mut no_key = good.clone();
    no_key.officers[0].did = "did:web:example.org".parse().unwrap();
    let mut publisher = good.clone();
    publisher.publishing = vec![officer(1).did];
    let with = |threshold, version| PolicyDraft {
        version,
        threshold,
        ..good.clone()
    };
    let nobody = PolicyDraft {
        officers: Vec::new(),
        ..good.clone()
    };
    for wrong in [
        same_key,
        same_id,
        odd_id,
        no_key,
        publisher,
        nobody,
        with(0, 1),
        with(3, 1),
        with(2, 0),
    ] {
        assert_eq!(
            wrong.document().unwrap_err().code(),
            Code::PolicyMalformed,
            "{wrong:?}"
        );
    }
}

/// The largest policy there can be, and one step beyond each of its bounds.
#[test]
fn a_policy_has_up_to_32_officers_and_32_keys_that_publish() {
    let officers: Vec<u8> = (1..=33).collect();
    let publishing = |n: u8| (201..201 + n).map(|seed| officer(seed).did).collect();
    let largest = PolicyDraft {
        publishing: publishing(32),
        ..policy(BODY, &officers[..32], 32)
    };
    let mut words = largest.clone();
    words.officers[0].id = "clerk-1_b".to_owned();
    for good in [&largest, &words] {
        let document = good.document().unwrap();
        assert_eq!(PolicyDraft::read(&document).as_ref(), Ok(good));
    }
    let crowd = PolicyDraft {
        threshold: 2,
        ..policy(BODY, &officers, 2)
    };
    let presses = PolicyDraft {
        publishing: publishing(33),
        ..largest
    };
    for wrong in [crowd, presses] {
        let refused = wrong.document().unwrap_err();
        assert_eq!(refused.code(), Code::PolicyMalformed);
    }
}

#[test]
fn a_chain_has_up_to_1024_versions() {
    let nothing = |many: usize| verify(&vec![Object::default(); many]).unwrap_err();
    let too_many = nothing(MOST_VERSIONS + 1);
    assert_eq!(too_many.code(), Code::PolicyMalformed);
    // Counted before anything is read.
    assert_eq!(too_many, nothing(0));
    assert_ne!(too_many, nothing(MOST_VERSIONS));
}

#[test]
fn the_publishing_key_is_named() {
    let draft = PolicyDraft {
        publishing: vec![officer(8).did],
        ..policy(BODY, &[1], 1)
    };
    let chain = verify(&[signed(&draft, &[BODY, 1])]).unwrap();
    assert!(chain.latest().may_publish(key(8).public_key()));
    assert!(!chain.latest().may_publish(key(1).public_key()));
}

#[test]
fn an_unknown_member_is_refused_even_signed() {
    let mut document = policy(BODY, &[1], 1).document().unwrap();
    document.insert("note", "x".into());
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    let document = sign(document, &key(BODY), now).unwrap();
    assert_eq!(
        code(&[sign(document, &key(1), now).unwrap()]),
        Code::PolicyMalformed
    );
}

proptest! {
    /// Any byte changed is noticed, or is no policy any more.
    #[test]
    fn a_changed_byte_is_refused(at in 0_usize..4000, flip in 1_u8..128) {
        let document = signed(&policy(BODY, &[1, 2, 3], 2), &[BODY, 1, 2]);
        let mut bytes = jcs::canonicalize(&Value::Object(document.clone())).unwrap();
        let at = at % bytes.len();
        bytes[at] ^= flip;
        if let Ok(Value::Object(changed)) = strict_json::parse(&bytes, &Limits::large())
            && changed != document
        {
            prop_assert!(verify(&[changed]).is_err());
        }
    }
}
