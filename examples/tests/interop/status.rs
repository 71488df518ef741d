//! Both status lists beside others' libraries. The two number their bits from opposite ends of a byte.

use identity_core::{
    did::{LocalResolver, Relationship},
    encoding::{base64url, strict_json::Value as Strict},
    proof::data_integrity::{self, Cryptosuite},
    status::{
        Instant, StatusListError, token_list,
        w3c::{
            Bitstring, Effect, EntryStatus, ListCredential, ListDraft, ListIssuers, Purpose,
            StatusEntry, StatusError, StatusSize, TtlMillis, evaluate,
        },
    },
    verify::Budget,
};
use serde_json::{Value, json};
use testkit::world;

use crate::{
    data_integrity::{expected, key, object, sign, strict},
    generate,
    peer::Peer,
};

/// Indexes at the ends of bytes and of the list.
const INDEXES: [u64; 9] = [0, 1, 6, 7, 8, 9, 94_567, 131_070, 131_071];

const LIST: &str = "https://parliament.example/status/1";

fn indexes_set(number: u64) -> Vec<u64> {
    let chosen = |at: &u64| (number >> (at % 9)) & 1 == 1;
    INDEXES.into_iter().filter(chosen).collect()
}

#[test]
fn a_bitstring_says_the_same_to_both() {
    let Some(mut peer) = Peer::node() else { return };
    for number in 0..24 {
        let set = indexes_set(number * 37 + 5);
        let expected: Vec<bool> = INDEXES.iter().map(|index| set.contains(index)).collect();

        let theirs = peer.ask("bitstring.encode", json!({"length": 131_072, "set": set}));
        let theirs = Bitstring::decode(theirs.unwrap().as_str().unwrap(), &mut Budget::bundle());
        let theirs = theirs.unwrap();
        let read = INDEXES.map(|index| theirs.get(index, StatusSize::ONE) == Some(1));
        assert_eq!(read.to_vec(), expected);

        let mut ours = Bitstring::new(131_072, StatusSize::ONE).unwrap();
        for index in &set {
            ours.set(*index, StatusSize::ONE, 1).unwrap();
        }
        let asked = json!({"encodedList": ours.encode(), "indexes": INDEXES});
        assert_eq!(
            peer.ask("bitstring.decode", asked).unwrap(),
            json!(expected)
        );
    }
}

#[test]
fn a_token_list_says_the_same_to_both() {
    let Some(mut peer) = Peer::node() else { return };
    for bits in [1_u64, 2, 4, 8] {
        let values: Vec<u64> = (0..64).map(|index| (index * 7 + 1) % (1 << bits)).collect();
        let indexes: Vec<u64> = (0..64).collect();

        let asked = json!({"bits": bits, "values": values});
        let theirs = peer.ask("token.encode", asked).unwrap();
        let theirs = read_token_list(theirs.as_str().unwrap(), bits).unwrap();
        let read: Vec<_> = indexes
            .iter()
            .map(|index| theirs.get(*index).map(u64::from))
            .collect();
        assert_eq!(read, values.iter().copied().map(Some).collect::<Vec<_>>());

        let asked = json!({"bits": bits, "lst": token_list::encode(&theirs), "indexes": indexes});
        assert_eq!(peer.ask("token.decode", asked).unwrap(), json!(values));
    }
}

fn read_token_list(
    lst: &str,
    bits: u64,
) -> Result<identity_core::status::StatusList, StatusListError> {
    token_list::decode(lst, bits.try_into()?, &mut Budget::bundle())
}

#[test]
fn neither_list_is_taken_for_the_other() {
    let Some(mut peer) = Peer::node() else { return };
    let theirs = peer
        .ask("bitstring.encode", json!({"length": 131_072, "set": [0]}))
        .unwrap();
    let bitstring = theirs.as_str().unwrap();
    read_token_list(bitstring, 1).unwrap_err();
    read_token_list(bitstring.trim_start_matches('u'), 1).unwrap_err();
    let values: Vec<u64> = std::iter::once(1)
        .chain(std::iter::repeat_n(0, 131_071))
        .collect();
    let theirs = peer
        .ask("token.encode", json!({"bits": 1, "values": values}))
        .unwrap();
    let token_list = theirs.as_str().unwrap();
    Bitstring::decode(token_list, &mut Budget::bundle()).unwrap_err();
    Bitstring::decode(&format!("u{token_list}"), &mut Budget::bundle()).unwrap_err();
}

fn with_status(number: u64, index: u64, purpose: Purpose) -> Value {
    let mut credential = generate::credential(number);
    let entry = StatusEntry::new(purpose, index, LIST).unwrap();
    credential["credentialStatus"] = entry.to_value().to_serde();
    credential
}

/// What we say of a credential and the list it names, proofs included.
fn our_check(credential: &Value, list: &Value) -> Result<EntryStatus, StatusError> {
    let verified = |document: &Value| {
        let expected = expected(Relationship::AssertionMethod);
        let (resolver, mut budget) = (LocalResolver::new(), Budget::bundle());
        data_integrity::verify(&object(document), &expected, &resolver, &mut budget).unwrap()
    };
    let issuer = verified(credential);
    let entry = StatusEntry::read(&strict(&credential["credentialStatus"])).unwrap();
    let list = ListCredential::read(&object(list), &verified(list), &mut Budget::bundle())?;
    let now = Instant::floor(world::now());
    evaluate(&entry, &list, &issuer[0], &ListIssuers::SameDid, now)
}

#[test]
fn they_publish_and_we_check() {
    let Some(mut peer) = Peer::node() else { return };
    for (suite, purpose) in [
        (Cryptosuite::EddsaJcs2022, Purpose::Revocation),
        (Cryptosuite::EddsaRdfc2022, Purpose::Suspension),
        (Cryptosuite::EcdsaRdfc2019, Purpose::Revocation),
        (Cryptosuite::EcdsaJcs2019, Purpose::Suspension),
    ] {
        for (number, index) in INDEXES.into_iter().enumerate() {
            let set = if number % 2 == 0 {
                vec![index]
            } else {
                vec![index ^ 1]
            };
            let credential = with_status(7, index, purpose.clone());
            let asked = json!({
                "suite": suite.as_str(), "credential": credential, "id": LIST,
                "length": 131_072, "set": set, "purpose": purpose.to_string(),
            });
            let issued = peer.ask("bitstring.issue", asked).unwrap();
            let found = our_check(&issued["credential"], &issued["list"]).unwrap();
            assert_eq!(found.is_clear(), number % 2 == 1, "{suite:?} {index}");
            let effect = if purpose == Purpose::Revocation {
                Effect::Revoked
            } else {
                Effect::Suspended
            };
            assert_eq!(found.effect() == effect, number % 2 == 0);
        }
    }
}

#[test]
fn we_publish_and_they_check() {
    let Some(mut peer) = Peer::node() else { return };
    for suite in Cryptosuite::ALL {
        for (number, index) in INDEXES.into_iter().enumerate() {
            let set = if number % 2 == 0 { index } else { index ^ 1 };
            let mut bits = Bitstring::new(131_072, StatusSize::ONE).unwrap();
            bits.set(set, StatusSize::ONE, 1).unwrap();
            let (_, method) = key(suite);
            let draft = ListDraft {
                id: LIST.to_owned(),
                issuer: method.did().to_string(),
                purposes: vec![Purpose::Revocation],
                valid_from: None,
                valid_until: None,
                ttl: Some(TtlMillis::from_millis(86_400_000)),
            };
            let list = Strict::from(draft.document(&bits)).to_serde();
            let (credential, list) = (
                sign(suite, with_status(9, index, Purpose::Revocation)),
                sign(suite, list),
            );
            let asked = json!({"credential": credential, "list": list});
            let statuses = peer.ask("bitstring.check", asked);
            let statuses = statuses.unwrap_or_else(|error| panic!("{suite:?}: {error}"));
            assert_eq!(statuses, json!([number % 2 == 0]), "{suite:?} {index}");
            assert_eq!(
                our_check(&credential, &list).unwrap().is_clear(),
                number % 2 == 1
            );

            // A bit is turned back after the list was signed.
            let mut changed = list;
            let blank = Bitstring::new(131_072, StatusSize::ONE).unwrap();
            changed["credentialSubject"]["encodedList"] = blank.encode().into();
            let asked = json!({"credential": credential, "list": changed});
            peer.ask("bitstring.check", asked).unwrap_err();
        }
    }
}

#[test]
fn they_read_the_status_tokens_we_sign() {
    let Some(mut peer) = Peer::node() else { return };
    for suite in [Cryptosuite::EddsaJcs2022, Cryptosuite::EcdsaJcs2019] {
        let (key, method) = key(suite);
        let values: Vec<u64> = (0..64).map(|index| index % 4).collect();
        let list = read_token_list(
            peer.ask("token.encode", json!({"bits": 2, "values": values}))
                .unwrap()
                .as_str()
                .unwrap(),
            2,
        );
        let draft = token_list::TokenDraft {
            uri: format!("{}/status/1", method.did()),
            issued_at: Instant::floor(world::now()),
            expires: Some(Instant::floor(world::days(7))),
            ttl: None,
            aggregation_uri: None,
        };
        let jwt = draft.sign(&list.unwrap(), &method, &key).unwrap();
        let jwk = identity_core::key::Signer::public_key(&key)
            .to_jwk()
            .to_serde();
        let indexes: Vec<u64> = (0..64).collect();
        let asked = json!({"jwt": jwt, "jwk": jwk, "indexes": indexes});
        assert_eq!(peer.ask("token.read", asked).unwrap(), json!(values));
        let (input, _) = jwt.rsplit_once('.').unwrap();
        let forged = format!("{input}.{}", base64url::encode(&[1; 64]));
        let asked = json!({"jwt": forged, "jwk": jwk, "indexes": indexes});
        peer.ask("token.read", asked).unwrap_err();
    }
}

#[test]
fn we_read_the_status_tokens_they_sign() {
    let Some(mut peer) = Peer::node() else { return };
    for alg in ["EdDSA", "ES256"] {
        let values: Vec<u64> = (0..64).map(|index| index % 3).collect();
        let (iat, exp) = (world::now().as_second(), world::days(1).as_second());
        let asked =
            json!({"alg": alg, "bits": 2, "values": values, "iat": iat, "exp": exp, "ttl": 3600});
        let made = peer.ask("token.sign", asked).unwrap();
        let jwt = made["jwt"].as_str().unwrap();
        let resolver = LocalResolver::new();
        let token = token_list::StatusListToken::verify(jwt, &resolver, &mut Budget::bundle());
        assert_eq!(token.unwrap().uri(), made["sub"].as_str().unwrap());
        let (input, _) = jwt.rsplit_once('.').unwrap();
        let forged = format!("{input}.{}", base64url::encode(&[1; 64]));
        token_list::StatusListToken::verify(&forged, &resolver, &mut Budget::bundle()).unwrap_err();
    }
}
