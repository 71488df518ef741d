//! Status lists of both standards: compressed lists, entries and claims in credentials, and whole lists
//! under a signature. Never more than the budget allows, and what is written can be read.

#![no_main]

use std::sync::LazyLock;

use identity_core::{
    did::{self, LocalResolver, Relationship},
    encoding::{
        base64url,
        strict_json::{self, Limits, Object, Value},
    },
    key::Signer as _,
    proof::{
        SignerDid,
        data_integrity::{self, Cryptosuite, Expected, ProofOptions},
        jose::Header,
    },
    status::{
        Instant, SLOTS, SlotBits,
        token_list::{self, Aggregation, StatusClaim, StatusListToken, TYP, TokenIssuers},
        w3c::{
            self, Bitstring, KnownLists, ListCredential, ListDraft, ListIssuers, Purpose,
            StatusEntry, StatusSize,
        },
    },
    verify::Budget,
};
use libfuzzer_sys::fuzz_target;
use mandate_fuzz::{edited, json, sign};
use testkit::world::{key, now};

const LIST: &str = "https://parliament.example/status/3";

const ENTRY: &[u8] = br#"{"credentialStatus":{"id":"urn:a","type":"BitstringStatusListEntry",
"statusPurpose":"message","statusListIndex":"7","statusSize":2,"statusReference":["urn:b","urn:c"],
"statusListCredential":"https://parliament.example/status/3","statusMessage":[
{"status":"0x0","message":"a"},{"status":"0x1","message":"b"},{"status":"0x2","message":"c"},
{"status":"0x3","message":"d"}]}}"#;

const CLAIMS: &[u8] =
    br#"{"sub":"https://parliament.example/status/3","iat":1700000000,"exp":2000000000,
"ttl":43200,"status_list":{"bits":2,"lst":"eNo76fITAAPfAgc","aggregation_uri":"urn:a"}}"#;

const CLAIM: &[u8] =
    br#"{"status_list":{"idx":3,"uri":"https://parliament.example/status/3"},"other":{}}"#;

static LIST_CREDENTIAL: LazyLock<Object<'static>> = LazyLock::new(|| {
    let draft = ListDraft {
        id: LIST.to_owned(),
        issuer: did::key::create(key(1).public_key()).to_string(),
        purposes: vec![Purpose::Message],
        valid_from: None,
        valid_until: None,
        ttl: None,
    };
    let size = StatusSize::try_from(2).expect("two bits");
    draft.document(&Bitstring::new(SLOTS, size).expect("a small list"))
});

/// Whoever signs with key 1, as a verification names it.
static SIGNER: LazyLock<SignerDid> = LazyLock::new(|| {
    let did = did::key::create(key(1).public_key());
    let method = did.with_fragment(did.specific_id()).expect("a fragment");
    let purpose = Relationship::AssertionMethod;
    let suite = Cryptosuite::jcs(key(1).public_key().algorithm());
    let options = ProofOptions::new(suite, method, purpose, now());
    let signed = data_integrity::sign(LIST_CREDENTIAL.clone(), &options, &key(1));
    let expected = Expected::mandate(purpose, now());
    let mut budget = Budget::presentation();
    let signed = signed.expect("a software key signs");
    let signers = data_integrity::verify(&signed, &expected, &LocalResolver::new(), &mut budget);
    signers.expect("it was just signed").remove(0)
});

fuzz_target!(|input: &[u8]| {
    let Some((which, input)) = input.split_first() else {
        return;
    };
    match which % 6 {
        0 => token_text(input),
        1 => bitstring_text(input),
        2 => entry(input),
        3 => list_credential(input),
        4 => token(input),
        _ => claim(input),
    }
});

fn token_text(input: &[u8]) {
    let Some((bits, input)) = input.split_first() else {
        return;
    };
    let bits = SlotBits::try_from(1_u64 << (bits % 4)).expect("1, 2, 4 or 8");
    let mut budget = Budget::presentation();
    if let Ok(list) = token_list::decode(&base64url::encode(input), bits, &mut budget) {
        let again = token_list::decode(&token_list::encode(&list), bits, &mut Budget::bundle());
        assert_eq!(again.expect("what is written can be read"), list);
        assert_eq!(list.get(list.slots()), None);
    }
}

fn bitstring_text(input: &[u8]) {
    let mut budget = Budget::presentation();
    let text = format!("u{}", base64url::encode(input));
    if let Ok(bits) = Bitstring::decode(&text, &mut budget) {
        let again = Bitstring::decode(&bits.encode(), &mut Budget::bundle());
        assert_eq!(again.expect("what is written can be read"), bits);
        for size in 1..=u64::from(StatusSize::MAX) {
            let size = StatusSize::try_from(size).expect("1 to 32");
            let entries = bits.entries(size);
            assert!(
                bits.get(entries - 1, size)
                    .is_some_and(|v| u64::from(v) < size.values())
            );
            assert_eq!(bits.get(entries, size), None);
        }
    }
}

fn entry(input: &[u8]) {
    let Some(value) = json(&edited(ENTRY, input)) else {
        return;
    };
    let Some(credential) = value.as_object() else {
        return;
    };
    let sound = w3c::check_entries(credential).is_ok();
    if let Some(Ok(entry)) = credential.get("credentialStatus").map(StatusEntry::read) {
        let again = StatusEntry::read(&entry.to_value());
        assert_eq!(again.as_ref(), Ok(&entry));
        assert!(entry.message(0).is_some());
    } else if let Some(Value::Object(object)) = credential.get("credentialStatus") {
        let is_entry = object.get("type").and_then(Value::as_str);
        assert!(!sound || is_entry != Some("BitstringStatusListEntry"));
    }
    let mut lists = KnownLists::default();
    let mut budget = Budget::presentation();
    let list = ListCredential::read(&LIST_CREDENTIAL, &[SIGNER.clone()], &mut budget);
    lists
        .insert(list.expect("a valid list"))
        .expect("it has an id");
    let instant = Instant::from(now());
    for answer in w3c::evaluate_all(credential, &SIGNER, &lists, &ListIssuers::SameDid, instant) {
        // The list is all clear: whatever can be read of it stands against nobody.
        assert!(answer.is_err() || answer.is_ok_and(|status| status.is_clear()));
    }
}

fn list_credential(input: &[u8]) {
    let valid = serde_json::to_vec(&Value::Object(LIST_CREDENTIAL.clone()).to_serde());
    let Some(value) = json(&edited(&valid.expect("JSON"), input)) else {
        return;
    };
    let Some(document) = value.as_object() else {
        return;
    };
    let mut budget = Budget::presentation();
    if let Ok(list) = ListCredential::read(document, &[SIGNER.clone()], &mut budget) {
        assert!(!list.purposes().is_empty() && list.bits().len() >= SLOTS);
        let entry = StatusEntry::new(Purpose::Message, 7, LIST).expect("a URL");
        let accepted = ListIssuers::SameDid;
        let found = w3c::evaluate(&entry, &list, &SIGNER, &accepted, now().into());
        assert!(found.is_err() || list.url() == Some(LIST));
    }
}

fn token(input: &[u8]) {
    let payload = edited(CLAIMS, input);
    let header = Header::bare(key(1).public_key().algorithm(), TYP);
    let text = sign(&header, &payload, &key(1));
    let mut budget = Budget::presentation();
    let public = key(1);
    let public = public.public_key();
    if let Ok(token) = StatusListToken::verify_with_key(&text, public, &mut budget) {
        let claim = StatusClaim::new(3, token.uri()).expect("a token has a URI");
        let place = claim.list.expect("it was just named");
        let _ = token.status(&place, &TokenIssuers::SameKey(public), now().into());
        assert!(token.ttl().is_none_or(|ttl| ttl.as_secs() > 0));
    }
}

fn claim(input: &[u8]) {
    let bytes = edited(CLAIM, input);
    let _ = Aggregation::read(&bytes);
    let Ok(value) = strict_json::parse(&bytes, &Limits::small()) else {
        return;
    };
    if let Ok(claim) = StatusClaim::read(&value)
        && claim.list.is_some()
    {
        let again = StatusClaim::read(&claim.to_value()).expect("what is written can be read");
        assert_eq!(again.list, claim.list);
    }
}
