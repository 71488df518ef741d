//! Status entries, and the lists at hand.

use super::*;
use crate::status::w3c::{
    Bitstring, KnownLists, ListCredential, ListDelegation, ListDraft, ListIssuers, Purpose,
    StatusEntry, StatusSize,
};

pub(super) const LIST: &str = "https://parliament.example/status/3";

/// A list of this key's in which the entry of that number is set.
pub(super) fn list(seed: u8, set: Option<u64>, purpose: Purpose, until: &str) -> Object<'static> {
    let mut bits = Bitstring::new(131_072, StatusSize::ONE).unwrap();
    if let Some(index) = set {
        bits.set(index, StatusSize::ONE, 1).unwrap();
    }
    let draft = ListDraft {
        id: LIST.to_owned(),
        issuer: did_of(seed).to_string(),
        purposes: vec![purpose],
        valid_from: Some("2025-01-01T00:00:00Z".parse().unwrap()),
        valid_until: Some(until.parse().unwrap()),
        ttl: None,
    };
    issued_by(seed, draft.document(&bits))
}

pub(super) fn read(document: &Object<'_>) -> Result<ListCredential, NotAuthentic> {
    let (question, budget) = (Question::at(now()), &mut Budget::presentation());
    verify_status_list(
        Secured::Object(document),
        &question,
        &AtHand::nothing(),
        budget,
    )
}

fn credential(purpose: Purpose) -> Object<'static> {
    let mut document = draft();
    let entry = StatusEntry::new(purpose, 94_567, LIST).unwrap();
    document.insert("credentialStatus", Value::array([entry.to_value()]));
    issued(document)
}

fn look_up(
    document: &Object<'_>,
    list: Option<&Object<'_>>,
    status: StatusPolicy,
    issuers: ListIssuers<'_>,
) -> Result<Authentic<Credential>, NotAuthentic> {
    let mut lists = KnownLists::default();
    if let Some(list) = list {
        lists.insert(read(list).unwrap()).unwrap();
    }
    let at_hand = AtHand::nothing().with_status_lists(&lists, issuers);
    let question = Question {
        status,
        ..Question::at(now())
    };
    ask_with(document, &question, &at_hand)
}

/// Whether a list is itself revoked is not asked: lists would lead to lists without end.
#[test]
fn the_status_of_a_status_list_is_not_looked_up() {
    let mut named = list(1, None, Purpose::Revocation, FAR);
    named.remove("proof");
    let entry = StatusEntry::new(Purpose::Revocation, 5, LIST).unwrap();
    named.insert("credentialStatus", Value::array([entry.to_value()]));
    let named = issued(named);
    let question = Question {
        status: StatusPolicy::Demand,
        ..Question::at(now())
    };
    let budget = &mut Budget::presentation();
    let secured = Secured::Object(&named);
    let found = verify_status_list(secured, &question, &AtHand::nothing(), budget);
    assert_eq!(refusal(found), []);
    // Of a credential it would be.
    let found = ask_with(&named, &question, &AtHand::nothing());
    assert_eq!(found.unwrap_err().code(), Code::StatusListMissing);
}

pub(super) const FAR: &str = "2030-01-01T00:00:00Z";
const HERE: &str = "/credentialStatus/0";
const POLICIES: [StatusPolicy; 2] = [StatusPolicy::Demand, StatusPolicy::WhereAtHand];

#[test]
fn a_set_entry_is_refused_and_a_clear_one_is_not() {
    let same = ListIssuers::SameDid;
    for policy in POLICIES {
        for (purpose, code) in [
            (Purpose::Revocation, Code::StatusRevoked),
            (Purpose::Suspension, Code::StatusSuspended),
        ] {
            let document = credential(purpose.clone());
            let set = list(1, Some(94_567), purpose.clone(), FAR);
            let refused = look_up(&document, Some(&set), policy, same);
            assert_eq!(refusal(refused), one(code, HERE));
            let other = list(1, Some(94_568), purpose, FAR);
            let passed = look_up(&document, Some(&other), policy, same).unwrap();
            assert_eq!(passed.warnings(), []);
            assert!(passed.get().statuses()[0].is_clear());
        }
        let message = credential(Purpose::Refresh);
        let set = list(1, Some(94_567), Purpose::Refresh, FAR);
        let passed = look_up(&message, Some(&set), policy, same).unwrap();
        assert_eq!(passed.get().statuses()[0].value, 1);
    }
}

#[test]
fn what_is_not_at_hand_is_unknown() {
    let same = ListIssuers::SameDid;
    let document = credential(Purpose::Revocation);
    let refused = look_up(&document, None, StatusPolicy::Demand, same);
    assert_eq!(refusal(refused), one(Code::StatusListMissing, HERE));
    let unchecked = one(Code::VcStatusUnchecked, HERE);
    let warned = look_up(&document, None, StatusPolicy::WhereAtHand, same);
    assert_eq!(warnings(warned), unchecked);
    let set = list(1, Some(94_567), Purpose::Revocation, FAR);
    let ignored = look_up(&document, Some(&set), StatusPolicy::Ignore, same);
    assert_eq!(warnings(ignored), unchecked);
}

#[test]
fn a_status_of_another_kind_is_unknown() {
    let same = ListIssuers::SameDid;
    let other = r#"{ "id": "https://a.example/1", "type": "urn:a:other" }"#;
    let document = issued(with("credentialStatus", other));
    let warned = look_up(&document, None, StatusPolicy::WhereAtHand, same);
    assert_eq!(
        warnings(warned),
        one(Code::VcStatusUnchecked, "/credentialStatus")
    );
    let refused = look_up(&document, None, StatusPolicy::Demand, same);
    assert_eq!(
        refusal(refused),
        one(Code::StatusEntryUnknown, "/credentialStatus")
    );
    // A value without a known meaning is unknown too.
    let purpose = Purpose::Other("https://a.example/purpose".to_owned());
    let document = credential(purpose.clone());
    let set = list(1, Some(94_567), purpose, FAR);
    let warned = look_up(&document, Some(&set), StatusPolicy::WhereAtHand, same);
    assert_eq!(warnings(warned), one(Code::VcStatusUnchecked, HERE));
    let refused = look_up(&document, Some(&set), StatusPolicy::Demand, same);
    assert_eq!(refusal(refused), one(Code::VcStatusUnchecked, HERE));
}

#[test]
fn an_entry_that_is_not_well_formed_is_refused_whatever_the_policy() {
    let entry = r#"{ "type": "BitstringStatusListEntry", "statusPurpose": "revocation" }"#;
    let document = issued(with("credentialStatus", entry));
    for policy in [
        StatusPolicy::Ignore,
        StatusPolicy::Demand,
        StatusPolicy::WhereAtHand,
    ] {
        let refused = look_up(&document, None, policy, ListIssuers::SameDid);
        assert_eq!(
            refusal(refused),
            one(Code::StatusEntryMalformed, "/credentialStatus")
        );
    }
}

#[test]
fn a_list_that_cannot_be_used_is_refused() {
    let document = credential(Purpose::Revocation);
    for policy in POLICIES {
        for (list, code) in [
            (
                list(3, None, Purpose::Revocation, FAR),
                Code::StatusListForeign,
            ),
            (list(1, None, Purpose::Suspension, FAR), Code::StatusPurpose),
            (
                list(1, None, Purpose::Revocation, "2025-06-01T00:00:00Z"),
                Code::StatusListExpired,
            ),
        ] {
            let refused = look_up(&document, Some(&list), policy, ListIssuers::SameDid);
            assert_eq!(refusal(refused), one(code, HERE));
        }
    }
}

#[test]
fn another_issuer_of_lists_may_be_named() {
    let document = credential(Purpose::Revocation);
    let set = list(3, Some(94_567), Purpose::Revocation, FAR);
    let keeps = [ListDelegation::new(did_of(1), did_of(3))];
    let named = ListIssuers::Delegated(&keeps);
    let refused = look_up(&document, Some(&set), StatusPolicy::Demand, named);
    assert_eq!(refusal(refused), one(Code::StatusRevoked, HERE));
}

#[test]
fn a_list_must_be_authentic_itself() {
    let valid = list(1, None, Purpose::Revocation, FAR);
    assert!(read(&valid).is_ok());
    let mut changed = valid.clone();
    changed.insert("name", "x".into());
    assert_eq!(
        refusal(read(&changed)),
        one(Code::SignatureInvalid, "/proof")
    );
    let no_list = issued(draft());
    assert_eq!(refusal(read(&no_list)), one(Code::StatusListMalformed, ""));
    let mut foreign = valid;
    foreign.remove("proof");
    assert_eq!(
        refusal(read(&issued_by(2, foreign))),
        one(Code::IssuerMismatch, "/issuer")
    );
}

#[test]
fn the_status_of_what_a_holder_asserts_is_looked_up_too() {
    let mut own = draft();
    let entry = StatusEntry::new(Purpose::Revocation, 94_567, LIST).unwrap();
    own.insert("credentialStatus", entry.to_value());
    let mut document = object(
        r#"{ "@context": ["https://www.w3.org/ns/credentials/v2"], "type": "VerifiablePresentation" }"#,
    );
    document.insert("holder", did_of(1).to_string().into());
    document.insert("verifiableCredential", own.into());
    let options = options(1, Relationship::Authentication);
    let document = sign(document, &options, &key(1)).unwrap();
    let mut lists = KnownLists::default();
    let set = list(1, Some(94_567), Purpose::Revocation, FAR);
    lists.insert(read(&set).unwrap()).unwrap();
    let at_hand = AtHand::nothing().with_status_lists(&lists, ListIssuers::SameDid);
    let budget = &mut Budget::presentation();
    let question = Question::at(now());
    let refused = verify_presentation(Secured::Object(&document), &question, &at_hand, budget);
    let at = "/verifiableCredential/credentialStatus";
    assert_eq!(refusal(refused), one(Code::StatusRevoked, at));
}
