use super::{
    super::{
        Bitstring, Effect, KnownLists, ListCredential, ListDelegation, ListDraft, ListIssuers,
        Purpose, StatusEntry, StatusError, StatusLists as _, StatusMessage, StatusSize, TtlMillis,
        evaluate, evaluate_all,
    },
    budget, json, signed, signer,
};
use crate::{
    Code,
    encoding::strict_json::{Object, Value},
    status::{Instant, SLOTS},
    testing::world::{World, did_of},
    verify::w3c::ProblemType,
};

const LIST: &str = "https://parliament.example/status/3";

fn now() -> Instant {
    World::now().into()
}

fn draft() -> ListDraft {
    ListDraft {
        id: LIST.to_owned(),
        issuer: did_of(1).to_string(),
        purposes: vec![Purpose::Revocation, Purpose::Suspension],
        valid_from: Some(World::days(-1).into()),
        valid_until: Some(World::days(6).into()),
        ttl: Some(TtlMillis::from_millis(43_200_000)),
    }
}

/// A list of one bit in which entry 7 is set.
fn bits() -> Bitstring {
    let mut bits = Bitstring::new(SLOTS, StatusSize::ONE).unwrap();
    bits.set(7, StatusSize::ONE, 1).unwrap();
    bits
}

/// Signs a document by key 1 and reads it as a list.
fn listed(document: Object<'static>) -> Result<ListCredential, StatusError> {
    let (document, signers) = signed(document, 1);
    ListCredential::read(&document, &signers, &mut budget())
}

fn list() -> ListCredential {
    listed(draft().document(&bits())).unwrap()
}

fn entry(purpose: Purpose, index: u64) -> StatusEntry {
    StatusEntry::new(purpose, index, LIST).unwrap()
}

/// The code with which the list is refused for entry 7, as a revocation, by its own issuer, now.
fn refused(list: &ListCredential) -> Result<u32, Code> {
    asked(&entry(Purpose::Revocation, 7), list)
}

fn asked(entry: &StatusEntry, list: &ListCredential) -> Result<u32, Code> {
    evaluate(entry, list, &signer(1), &ListIssuers::SameDid, now())
        .map(|status| status.value)
        .map_err(|error| error.code())
}

#[test]
fn what_is_published_is_read_back() {
    let list = list();
    assert_eq!(list.url(), Some(LIST));
    assert_eq!(list.signer(), &signer(1));
    assert_eq!(list.bits(), &bits());
    assert_eq!(list.purposes(), [Purpose::Revocation, Purpose::Suspension]);
    assert_eq!(list.valid_from(), Some(World::days(-1).into()));
    assert_eq!(list.valid_until(), Some(World::days(6).into()));
    let ttl = list.ttl().unwrap();
    assert_eq!(ttl.duration(), core::time::Duration::from_secs(43_200));
    assert_eq!(ttl, TtlMillis::from_duration(ttl.duration()));
}

#[test]
fn each_purpose_has_its_effect() {
    let purposes = ["revocation", "suspension", "refresh", "message", "loud"];
    let mut draft = draft();
    draft.purposes = purposes.map(Purpose::from).to_vec();
    let list = listed(draft.document(&bits())).unwrap();
    let effects = [
        Effect::Revoked,
        Effect::Suspended,
        Effect::Informs,
        Effect::Unknown,
        Effect::Unknown,
    ];
    for (purpose, effect) in purposes.into_iter().zip(effects) {
        let ask = |index| {
            let entry = entry(purpose.into(), index);
            evaluate(&entry, &list, &signer(1), &ListIssuers::SameDid, now()).unwrap()
        };
        let (set, clear) = (ask(7), ask(8));
        assert_eq!((set.effect(), set.is_clear()), (effect, false), "{purpose}");
        assert_eq!((clear.effect(), clear.is_clear()), (Effect::None, true));
        assert_eq!(set.message.as_deref(), Some("set"));
        assert_eq!(clear.message.as_deref(), Some("unset"));
        assert_eq!(set.as_of, Some(World::days(-1).into()));
    }
}

#[test]
fn an_entry_of_several_bits_has_the_message_of_its_value() {
    for bits in [2_u64, 3, 5] {
        let size = StatusSize::try_from(bits).unwrap();
        let mut list = Bitstring::new(SLOTS, size).unwrap();
        list.set(11, size, 2).unwrap();
        let list = ListDraft {
            purposes: vec![Purpose::Message],
            ..draft()
        }
        .document(&list);
        let list = listed(list).unwrap();
        let messages = (0..1_u32 << bits).map(|v| StatusMessage::new(v, format!("m{v}")));
        let entry = entry(Purpose::Message, 11);
        let entry = entry.with_messages(size, messages.collect()).unwrap();
        let found = evaluate(&entry, &list, &signer(1), &ListIssuers::SameDid, now()).unwrap();
        assert_eq!((found.value, found.message.as_deref()), (2, Some("m2")));
    }
}

#[test]
fn refuses_a_list_of_somebody_else() {
    let foreign = || {
        let draft = ListDraft {
            issuer: did_of(9).to_string(),
            ..draft()
        };
        let (document, signers) = signed(draft.document(&bits()), 9);
        ListCredential::read(&document, &signers, &mut budget()).unwrap()
    };
    assert_eq!(refused(&foreign()), Err(Code::StatusListForeign));
    let ask = |accepted| {
        let entry = entry(Purpose::Revocation, 7);
        let found = evaluate(&entry, &foreign(), &signer(1), &accepted, now());
        found.map(|status| status.value).map_err(|e| e.code())
    };
    let keeps = |keeper, issuer| ListDelegation::new(did_of(issuer), did_of(keeper));
    let others = [keeps(8, 1), keeps(2, 1), keeps(9, 2), keeps(1, 9)];
    assert_eq!(
        ask(ListIssuers::Delegated(&others)),
        Err(Code::StatusListForeign)
    );
    let delegated = [keeps(8, 1), keeps(9, 1)];
    assert_eq!(ask(ListIssuers::Delegated(&delegated)), Ok(1));
    let own = evaluate(
        &entry(Purpose::Revocation, 7),
        &list(),
        &signer(1),
        &ListIssuers::Delegated(&delegated),
        now(),
    );
    assert_eq!(own.map(|status| status.value), Ok(1));
}

#[test]
fn refuses_a_list_whose_issuer_did_not_sign_it() {
    let (document, signers) = signed(draft().document(&bits()), 9);
    let refused = ListCredential::read(&document, &signers, &mut budget());
    assert_eq!(refused.map_err(|e| e.code()), Err(Code::IssuerMismatch));
    let (document, _) = signed(draft().document(&bits()), 1);
    let refused = ListCredential::read(&document, &[], &mut budget());
    assert_eq!(refused.map_err(|e| e.code()), Err(Code::IssuerMismatch));
    // An issuer may be an object, and one of several signers.
    let mut document = draft().document(&bits());
    document.insert("issuer", Value::object([("id", did_of(1).to_string())]));
    let both = [signer(9), signer(1)];
    let list = ListCredential::read(&document, &both, &mut budget()).unwrap();
    assert_eq!(list.signer(), &signer(1));
}

#[test]
fn refuses_another_list_of_the_same_issuer() {
    let other = ListDraft {
        id: format!("{LIST}0"),
        ..draft()
    };
    let other = listed(other.document(&bits())).unwrap();
    assert_eq!(refused(&other), Err(Code::StatusListForeign));
    // Where it says itself what it is, nobody else can say otherwise.
    assert_eq!(refused(&other.found_at(LIST)), Err(Code::StatusListForeign));

    let mut nameless = draft().document(&bits());
    nameless.remove("id");
    let nameless = listed(nameless).unwrap();
    assert_eq!(refused(&nameless), Err(Code::StatusListForeign));
    assert_eq!(refused(&nameless.found_at(LIST)), Ok(1));
}

#[test]
fn a_list_counts_from_its_beginning_until_its_end() {
    let period = |from: i64, until: i64| {
        let instant = |seconds: i64| {
            let timestamp = World::now() + jiff::SignedDuration::from_secs(seconds);
            Some(Instant::floor(timestamp))
        };
        let (valid_from, valid_until) = (instant(from), instant(until));
        let draft = ListDraft {
            valid_from,
            valid_until,
            ..draft()
        };
        refused(&listed(draft.document(&bits())).unwrap())
    };
    assert_eq!(period(0, 1), Ok(1));
    assert_eq!(period(-9, 0), Err(Code::StatusListExpired));
    assert_eq!(period(300, 900), Ok(1));
    assert_eq!(period(301, 900), Err(Code::StatusListNotYetValid));
    let always = ListDraft {
        valid_from: None,
        valid_until: None,
        ttl: None,
        ..draft()
    };
    let always = listed(always.document(&bits())).unwrap();
    assert_eq!((always.ttl(), refused(&always)), (None, Ok(1)));
}

#[test]
fn refuses_a_list_that_is_kept_for_another_purpose() {
    let list = list();
    for purpose in ["suspension", "revocation"] {
        assert_eq!(asked(&entry(purpose.into(), 7), &list), Ok(1));
    }
    for purpose in ["refresh", "message", "Revocation", "loud"] {
        let refused = asked(&entry(purpose.into(), 7), &list);
        assert_eq!(refused, Err(Code::StatusPurpose), "{purpose}");
    }
}

#[test]
fn refuses_a_list_with_room_for_fewer_entries_than_131_072() {
    let two = StatusSize::try_from(2).unwrap();
    let messages: Vec<_> = (0..4).map(|v| StatusMessage::new(v, "m")).collect();
    let entry = entry(Purpose::Revocation, 7)
        .with_messages(two, messages)
        .unwrap();
    assert_eq!(asked(&entry, &list()), Err(Code::StatusListTooShort));
    let wide = Bitstring::new(SLOTS, two).unwrap();
    let wide = listed(draft().document(&wide)).unwrap();
    assert_eq!(asked(&entry, &wide), Ok(0));
}

#[test]
fn refuses_an_index_beyond_the_end() {
    let list = list();
    assert_eq!(asked(&entry(Purpose::Revocation, SLOTS - 1), &list), Ok(0));
    for index in [SLOTS, u64::MAX] {
        let refused = asked(&entry(Purpose::Revocation, index), &list);
        assert_eq!(refused, Err(Code::StatusIndexOutOfRange));
    }
    // Of any size: 2^64 + 7 is not 7.
    let mut written = entry(Purpose::Revocation, 7).to_value();
    if let Value::Object(object) = &mut written {
        object.insert("statusListIndex", "18446744073709551623".into());
    }
    let beyond = StatusEntry::read(&written).unwrap();
    assert_eq!(asked(&beyond, &list), Err(Code::StatusIndexOutOfRange));
}

#[test]
fn refuses_a_list_that_says_it_has_entries_of_another_size() {
    let mut document = draft().document(&bits());
    let subject = document.get_mut("credentialSubject").unwrap();
    if let Value::Object(subject) = subject {
        subject.insert("statusSize", 2_u64.into());
    }
    let two = listed(document.clone()).unwrap();
    assert_eq!(refused(&two), Err(Code::StatusListMalformed));
    if let Some(Value::Object(subject)) = document.get_mut("credentialSubject") {
        subject.insert("statusSize", 1_u64.into());
    }
    assert_eq!(refused(&listed(document).unwrap()), Ok(1));
}

#[test]
fn refuses_a_list_credential_that_breaks_a_rule() {
    let text = |text: &'static str| Some(Value::from(text));
    let whole = [
        ("@context", None),
        (
            "@context",
            Some(Value::array(["https://www.w3.org/2018/credentials/v1"])),
        ),
        ("type", text("VerifiableCredential")),
        ("type", text("BitstringStatusListCredential")),
        ("id", text("no URL")),
        ("id", Some(Value::Null)),
        ("issuer", None),
        ("validFrom", text("2026-03-12")),
        ("validUntil", text("2026-03-12T09:00:00")),
        ("validUntil", Some(Value::Null)),
        ("credentialSubject", None),
        ("credentialSubject", Some(Value::Array(Vec::new()))),
    ];
    let subject = [
        ("type", None),
        ("type", text("StatusList2021")),
        ("statusPurpose", None),
        ("statusPurpose", Some(Value::Array(Vec::new()))),
        ("statusPurpose", Some(Value::array([Value::Bool(true)]))),
        ("encodedList", None),
        ("encodedList", text("H4sI")),
        ("encodedList", text("uH4sI")),
        ("ttl", text("300000")),
        ("ttl", Some(Value::from(-1_i64))),
        ("statusSize", Some(Value::from(0_u64))),
    ];
    let change = |object: &mut Object<'static>, name, value| match value {
        Some(value) => object.insert(name, value),
        None => object.remove(name),
    };
    let read = |document: &Object<'_>| {
        let read = ListCredential::read(document, &[signer(1)], &mut budget());
        read.map_err(|error| error.code()).map(|_| ())
    };
    assert_eq!(read(&draft().document(&bits())), Ok(()));
    for (name, value) in whole {
        let mut document = draft().document(&bits());
        change(&mut document, name, value.clone());
        assert_eq!(
            read(&document),
            Err(Code::StatusListMalformed),
            "{name}: {value:?}"
        );
    }
    for (name, value) in subject {
        let mut document = draft().document(&bits());
        let Some(Value::Object(subject)) = document.get_mut("credentialSubject") else {
            panic!("no subject");
        };
        change(subject, name, value.clone());
        assert_eq!(
            read(&document),
            Err(Code::StatusListMalformed),
            "{name}: {value:?}"
        );
    }
}

#[test]
fn every_entry_of_a_credential_has_an_answer_or_a_reason() {
    let mut lists = KnownLists::default();
    lists.insert(list()).unwrap();
    let credential = |status: &str| json(&format!(r#"{{"credentialStatus": {status}}}"#));
    let written = |purpose: &str, index: &str, list: &str| {
        format!(
            r#"{{"type": "BitstringStatusListEntry", "statusPurpose": "{purpose}",
                "statusListIndex": "{index}", "statusListCredential": "{list}"}}"#
        )
    };
    let ask = |credential: &Object<'_>| {
        let answers = evaluate_all(credential, &signer(1), &lists, &ListIssuers::SameDid, now());
        let answers = answers.into_iter();
        answers
            .map(|a| a.map(|status| status.effect()).map_err(|e| e.code()))
            .collect::<Vec<_>>()
    };
    let several = format!(
        r#"[{}, {}, {}, {{"type": "StatusList2021Entry"}}, {}]"#,
        written("revocation", "8", LIST),
        written("suspension", "7", LIST),
        written("revocation", "7", "https://parliament.example/status/4"),
        written("revocation", "07", LIST),
    );
    assert_eq!(
        ask(&credential(&several)),
        [
            Ok(Effect::None),
            Ok(Effect::Suspended),
            Err(Code::StatusListMissing),
            Err(Code::StatusEntryUnknown),
            Err(Code::StatusEntryMalformed),
        ]
    );
    let single = credential(&written("revocation", "7", LIST));
    assert_eq!(ask(&single), [Ok(Effect::Revoked)]);
    assert_eq!(ask(&json("{}")), []);

    let mut nameless = draft().document(&bits());
    nameless.remove("id");
    assert!(lists.insert(listed(nameless).unwrap()).is_err());
    assert!(lists.list(LIST).is_ok());
}

/// Section 3.5, and section 3 for values that are malformed.
#[test]
fn errors_are_the_problems_of_the_standard() {
    let problem = |error: StatusError| ProblemType::of(error.code()).title();
    let missing = KnownLists::default().list(LIST).unwrap_err();
    assert_eq!(problem(missing), "STATUS_RETRIEVAL_ERROR");
    let fail = |entry: &StatusEntry, list: &ListCredential| {
        evaluate(entry, list, &signer(1), &ListIssuers::SameDid, now()).unwrap_err()
    };
    let beyond = fail(&entry(Purpose::Revocation, SLOTS), &list());
    assert_eq!(problem(beyond), "RANGE_ERROR");
    let purpose = fail(&entry(Purpose::Refresh, 7), &list());
    assert_eq!(problem(purpose), "STATUS_VERIFICATION_ERROR");
    let short = StatusError::ListTooShort { entries: 1 };
    assert_eq!(problem(short), "STATUS_LIST_LENGTH_ERROR");
    let short = crate::status::StatusListError::TooFew { slots: 1 };
    assert_eq!(problem(short.into()), "STATUS_LIST_LENGTH_ERROR");
    let malformed = StatusEntry::read(&"x".into()).unwrap_err();
    assert_eq!(problem(malformed), "MALFORMED_VALUE_ERROR");
    let damaged = crate::status::StatusListError::Compression { format: "gzip" };
    assert_eq!(problem(damaged.into()), "MALFORMED_VALUE_ERROR");
}
