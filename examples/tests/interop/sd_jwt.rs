//! SD-JWT VC beside the Open Wallet Foundation's JavaScript and the IETF editors' Python.

use identity_core::{
    did::LocalResolver,
    key::{PublicKey, Signer as _},
    proof::sd_jwt::{SdJwt, SdJwtError},
    verify::Budget,
};
use serde_json::{Value, json};
use testkit::world::{self, World};

use crate::{data_integrity::strict, generate, peer::Peer};

/// How many credentials each direction has with each algorithm.
const MANY: u64 = 60;

const NONCE: &str = "n-0S6_WzA2Mj";
const AUDIENCE: &str = "https://verifier.example";

/// What we read in their presentation: the claims, once issuer, disclosures and holder are verified.
fn read(text: &str) -> Result<Value, SdJwtError> {
    let mut budget = Budget::presentation();
    let sd_jwt = SdJwt::parse(text, &mut budget)?;
    let (_, disclosed) = sd_jwt.verify_vc(&LocalResolver::new(), &mut budget)?;
    let claims = disclosed.claims();
    let holder = claims.get("cnf").and_then(|cnf| cnf.get("jwk")).unwrap();
    let holder = PublicKey::from_jwk(holder).unwrap();
    let binding = sd_jwt.verify_key_binding(&holder, &mut budget)?;
    assert_eq!(
        (binding.nonce.as_str(), binding.audience.as_str()),
        (NONCE, AUDIENCE)
    );
    Ok(claims.to_serde())
}

/// The generated claims, of which every second is shown.
fn claims_of(number: u64) -> (Value, Vec<String>, Vec<String>) {
    let mut claims = generate::credential(number)["credentialSubject"].take();
    if claims.is_array() {
        claims = claims[0].take();
    }
    let names: Vec<String> = claims.as_object().unwrap().keys().cloned().collect();
    let shown = names.iter().step_by(2).cloned().collect();
    claims["vct"] = "urn:example:claims".into();
    (claims, names, shown)
}

fn frame(names: &[String]) -> Value {
    names
        .iter()
        .map(|name| (name.clone(), json!(true)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

#[test]
fn javascript_makes_and_we_verify() {
    let Some(mut peer) = Peer::node() else { return };
    for alg in ["EdDSA", "ES256"] {
        for number in 0..MANY {
            let (claims, names, shown) = claims_of(number);
            let made = peer.ask(
                "sdjwt.make",
                json!({
                    "alg": alg, "claims": claims, "frame": {"_sd": names}, "present": frame(&shown),
                    "nonce": NONCE, "aud": AUDIENCE, "iat": world::now().as_second(),
                }),
            );
            accept(&made.unwrap(), &claims, &names, &shown);
        }
    }
}

#[test]
fn python_makes_and_we_verify() {
    let Some(mut peer) = Peer::python() else {
        return;
    };
    for alg in ["EdDSA", "ES256"] {
        for number in 0..MANY {
            let (claims, names, shown) = claims_of(number);
            let made = peer.ask(
                "sdjwt.make",
                json!({
                    "alg": alg, "claims": claims, "concealed": names, "present": frame(&shown),
                    "nonce": NONCE, "aud": AUDIENCE,
                }),
            );
            accept(&made.unwrap(), &claims, &names, &shown);
        }
    }
}

/// What was shown is read, what was not is not there, and any change is refused.
fn accept(made: &Value, claims: &Value, names: &[String], shown: &[String]) {
    let text = made["presentation"].as_str().unwrap();
    let read_claims = read(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    for name in names {
        if shown.contains(name) {
            assert_eq!(read_claims[name], claims[name], "{name}");
        } else {
            assert!(read_claims.get(name).is_none(), "{name}");
        }
    }
    // A disclosure that the holder did not present, in its place or instead of another.
    let credential = made["credential"].as_str().unwrap();
    let mut parts: Vec<&str> = text.split('~').collect();
    let hidden = credential
        .split('~')
        .find(|part| !part.is_empty() && !parts.contains(part));
    if let Some(hidden) = hidden {
        parts.insert(1, hidden);
        read(&parts.join("~")).unwrap_err();
        parts.remove(1);
    }
    parts.remove(1);
    read(&parts.join("~")).unwrap_err();
    // One character of the issuer's part, of the disclosures or of the binding.
    for at in [10, text.len() / 2, text.len() - 30] {
        let mut changed = text.as_bytes().to_vec();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        read(core::str::from_utf8(&changed).unwrap()).unwrap_err();
    }
}

/// Our mandate, with the claims of one member, presented for a request.
fn ours(number: u64) -> (String, String, Vec<String>) {
    let world = World::new();
    let (request, _) = world.request("MemberMandate:name,constituency?");
    let credential = world.issue(|draft| draft.slot.index = number);
    let shown: Vec<String> = ["name", "group", "seat", "languages", "email"]
        .into_iter()
        .enumerate()
        .filter(|(at, _)| *at == 0 || (number >> at) & 1 == 1)
        .map(|(_, name)| name.to_owned())
        .collect();
    let names: Vec<&str> = shown.iter().map(String::as_str).collect();
    (
        World::present(&request, &credential, &names),
        request.nonce,
        shown,
    )
}

fn issuer_key() -> Value {
    world::key(1).public_key().to_jwk().to_serde()
}

#[test]
fn both_verify_the_mandates_that_our_issuer_makes_and_our_wallet_shows() {
    let peers = [("javascript", Peer::node()), ("python", Peer::python())];
    for (who, peer) in peers {
        let Some(mut peer) = peer else { continue };
        for number in 0..MANY {
            let (text, nonce, shown) = ours(number);
            let mut asked =
                json!({"alg": "EdDSA", "text": text, "jwk": issuer_key(), "nonce": nonce});
            if who == "python" {
                asked["aud"] = World::new().verifier.as_str().into();
            } else {
                asked["now"] = world::now().as_second().into();
                asked["statusList"] = status_token().into();
            }
            let payload = peer.ask("sdjwt.verify", asked.clone());
            let payload = payload.unwrap_or_else(|error| panic!("{who}: {error}\n{text}"));
            let all = World::claims();
            for (name, value) in all.iter().filter(|(name, _)| *name != "role") {
                let expected = if shown.iter().any(|s| s == name) {
                    value.to_serde()
                } else {
                    Value::Null
                };
                assert_eq!(payload[name], expected, "{who}: {name}");
            }
            let (bound, binding) = text.rsplit_once('~').unwrap();
            let (rest, _) = bound.rsplit_once('~').unwrap();
            asked["text"] = format!("{rest}~{binding}").into();
            peer.ask("sdjwt.verify", asked).unwrap_err();
        }
    }
}

/// The issuer's list, in which nobody is revoked, as the token that the library fetches.
fn status_token() -> String {
    use identity_core::status::{Instant, SlotBits, StatusList, token_list::TokenDraft};
    let world = World::new();
    let draft = TokenDraft {
        uri: world.slot(0).list.as_str().to_owned(),
        issued_at: Instant::floor(world::now()),
        expires: Some(Instant::floor(world::days(7))),
        ttl: None,
        aggregation_uri: None,
    };
    draft
        .sign(
            &StatusList::new(SlotBits::One),
            &world.method(),
            &world::key(2),
        )
        .unwrap()
}

#[test]
fn strict_json_reads_what_serde_wrote() {
    let claims = generate::credential(3);
    assert_eq!(strict(&claims).to_serde(), claims);
}
