//! Verification against its floor: a presentation from end to end, and the two raw signature checks in
//! it, interleaved in one run. Prints the ratio of the medians.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]

use std::{
    hint::black_box,
    time::{Duration, Instant as Stopwatch},
};

use identity_core::{
    card::document_json,
    credential::{Checked, Draft, Intent, Journal, Kind, Securing},
    did::{self, LocalResolver, Resolver as _},
    encoding::{
        base64url,
        strict_json::{Object, Value},
    },
    key::{Algorithm, PublicKey, SecretKey, Signature, Signer as _},
    presentation::{Shown, answer},
    status::{Instant, ListUri, SlotBits, SlotRef, StatusList, Term, token_list},
    trust::{Content, PublishedList, SCHEMA, status_key},
};
use jiff::Timestamp;
use verifier_lib::{Asked, Recheck, Verifier, When};

const ROUNDS: usize = 15;
const REPEATS: u32 = 200;

struct Nowhere;

impl Journal for Nowhere {
    type Error = core::convert::Infallible;

    fn record(&mut self, _: &[&Intent]) -> Result<(), Self::Error> {
        Ok(())
    }
}

/// A generator of known bytes: a measurement needs no secrets.
struct Steps(u64);

impl rand_core::TryRng for Steps {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let [a, b, c, d, ..] = self.try_next_u64()?.to_le_bytes();
        Ok(u32::from_le_bytes([a, b, c, d]))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        Ok(self.0 ^ (self.0 >> 29))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        for chunk in bytes.chunks_mut(8) {
            let word = self.try_next_u64()?.to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Steps {}

fn key(seed: u8) -> SecretKey {
    SecretKey::from_secret_bytes(Algorithm::EdDsa, &[seed; 32]).unwrap()
}

fn claims() -> Object<'static> {
    let place =
        |label: &str| Value::object([("label", label.to_owned()), ("code", "c".to_owned())]);
    let mut claims = Object::default();
    claims.insert(
        "name",
        Value::object([
            ("display", "Ana Example"),
            ("family", "Example"),
            ("given", "Ana"),
        ]),
    );
    claims.insert("role", "member".into());
    claims.insert("mandateStart", "2026-03-21".into());
    claims.insert("mandateEnd", "2030-03-20".into());
    claims.insert("constituency", place("North 3"));
    claims.insert("group", place("Green Alliance"));
    claims.insert("election", "XX-E20260118".into());
    claims.insert("email", "ana@example.org".into());
    claims.insert("languages", Value::array(["es", "ca"]));
    claims.insert("seat", "112".into());
    claims
}

fn main() {
    let mut rng = Steps(7);
    let now = Timestamp::from_second(1_800_000_000).unwrap();
    let day = |days: i64| Timestamp::from_second(1_800_000_000 + days * 86_400).unwrap();
    let (issuing, status, holder) = (key(1), key(2), key(3));
    let issuer = did::key::create(issuing.public_key());
    let method = issuer.with_fragment(issuer.specific_id()).unwrap();
    let list = ListUri::new(issuer.as_str(), 1).unwrap();
    let draft = Draft {
        kind: Kind::MemberMandate,
        securing: Securing::SdJwt,
        method: method.clone(),
        holder: holder.public_key().clone(),
        chamber: "XX-1".to_owned(),
        country: "XX".to_owned(),
        term: Some("10".to_owned()),
        issued_at: day(-200),
        valid_from: day(-300),
        valid_until: day(1000),
        slot: SlotRef {
            list: list.clone(),
            index: 7,
        },
        claims: claims(),
    };
    let checked = draft.check(issuing.public_key(), &mut rng).unwrap();
    let credential = Checked::record(vec![checked], &mut Nowhere)
        .unwrap()
        .remove(0)
        .sign(&issuing)
        .unwrap()
        .text;
    let document = LocalResolver::new().resolve(&issuer).unwrap().into_owned();
    let bundle = Content {
        schema: SCHEMA.to_owned(),
        issuer: issuer.clone(),
        name: "Chamber".to_owned(),
        chamber: "XX-1".to_owned(),
        country: "XX".to_owned(),
        trial: true,
        seq: 1,
        issued_at: Instant::floor(now),
        next_update: Instant::floor(day(1)),
        expires: Instant::floor(day(7)),
        did_document: document_json(&document),
        status_key: status_key::certify(status.public_key(), &method, now, &issuing).unwrap(),
        status_lists: vec![PublishedList {
            uri: list,
            bits: 1,
            lst: token_list::encode(&StatusList::new(SlotBits::One)),
            ttl: 86_400,
        }],
        revocations: Vec::new(),
        suspensions: Vec::new(),
        terms: vec![Term::new("10", "Tenth", day(-400), None)],
        types: Vec::new(),
    };
    let anchor = format!("{issuer}=Chamber").parse().unwrap();
    let mut gate = Verifier::new("Gate", key(4), [anchor]).unwrap();
    gate.add_bundle(bundle.sign(&status).unwrap().as_bytes())
        .unwrap();
    let asked = vec![Asked::from_flag("MemberMandate:name").unwrap()];
    let (request, _) = gate.request("entry", asked, now, &mut rng).unwrap();
    let names: Vec<String> = claims().iter().map(|(name, _)| name.to_owned()).collect();
    for disclosed in [1, 5, 10] {
        let shown = Shown {
            credential: &credential,
            disclose: &names[..disclosed],
            signer: &holder,
        };
        let file = answer(&request, &[shown], now).unwrap();
        measure(
            &gate,
            &request,
            &file,
            now,
            disclosed,
            [issuing.public_key(), holder.public_key()],
        );
    }
}

fn measure(
    gate: &Verifier,
    request: &verifier_lib::Request,
    file: &str,
    now: Timestamp,
    disclosed: usize,
    keys: [&PublicKey; 2],
) {
    let jwts = [
        file.split('~').next().unwrap(),
        file.rsplit('~').next().unwrap(),
    ];
    let raw: Vec<(&PublicKey, &[u8], Signature)> = jwts
        .iter()
        .zip(keys)
        .map(|(jwt, key)| {
            let (input, signature) = jwt.rsplit_once('.').unwrap();
            let signature = Signature::from_slice(&base64url::decode(signature).unwrap()).unwrap();
            (key, input.as_bytes(), signature)
        })
        .collect();
    let (mut ours, mut floor): (Vec<Duration>, Vec<Duration>) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let watch = Stopwatch::now();
        for _ in 0..REPEATS {
            let found = gate.check(
                black_box(file.as_bytes()),
                request,
                When::now(now),
                &mut Recheck,
            );
            black_box(found.unwrap());
        }
        ours.push(watch.elapsed() / REPEATS);
        let watch = Stopwatch::now();
        for _ in 0..REPEATS {
            for (key, message, signature) in &raw {
                black_box(key.verify(black_box(message), signature)).unwrap();
            }
        }
        floor.push(watch.elapsed() / REPEATS);
    }
    ours.sort();
    floor.sort();
    let (ours, floor) = (ours[ROUNDS / 2], floor[ROUNDS / 2]);
    let ratio = ours.as_secs_f64() / floor.as_secs_f64();
    println!(
        "{disclosed:>2} of 10 claims disclosed: {ours:?}, two raw signature checks {floor:?}, ratio {ratio:.2}"
    );
}
