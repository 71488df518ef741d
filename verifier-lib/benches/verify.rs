//! Verification against its floor, the raw signature checks in it, interleaved in one run. Prints the
//! ratio of the medians: (a) a presentation from end to end, (b) one Data Integrity credential.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]

use std::{
    hint::black_box,
    time::{Duration, Instant as Stopwatch},
};

use identity_core::{
    credential::Securing,
    did::Relationship,
    encoding::{
        base64url, jcs, multibase,
        strict_json::{self, Limits, Object, Value},
    },
    key::{PublicKey, Signature, Signer as _},
    proof::data_integrity,
    verify::Budget,
};
use sha2::{Digest as _, Sha256};
use testkit::world::{World, key, now};
use verifier_lib::{Recheck, TrustSet, Verifier, When};

const REPEATS: u32 = 200;

fn main() {
    for disclosed in [1, 5, 10] {
        presentation(disclosed);
    }
    data_integrity();
}

/// Request, issuer's signature, key binding, bundle at hand, status, term, policy; no rendering.
fn presentation(disclosed: usize) {
    let world = World::new();
    let credential = world.issue(|_| ());
    let anchor = format!("{}=Chamber", world.issuer).parse().unwrap();
    let mut gate = Verifier::new("Gate", key(4), [anchor]).unwrap();
    gate.add_bundle(world.bundle(|_| ()).as_bytes()).unwrap();
    let (request, _) = world.request("MemberMandate:name");
    let claims = World::claims();
    let names: Vec<&str> = claims.iter().map(|(name, _)| name).collect();
    let file = World::present(&request, &credential, &names[..disclosed]);
    let jwts = [
        file.split('~').next().unwrap(),
        file.rsplit('~').next().unwrap(),
    ];
    let keys = [key(1).public_key().clone(), key(3).public_key().clone()];
    let raw: Vec<(&PublicKey, &[u8], Signature)> = jwts
        .iter()
        .zip(&keys)
        .map(|(jwt, key)| {
            let (input, signature) = jwt.rsplit_once('.').unwrap();
            let signature = Signature::from_slice(&base64url::decode(signature).unwrap()).unwrap();
            (key, input.as_bytes(), signature)
        })
        .collect();
    compare(
        &format!("(a) presentation, {disclosed} of 10 claims disclosed, two signatures"),
        || {
            let found = gate.check(
                black_box(file.as_bytes()),
                &request,
                When::now(now()),
                &mut Recheck,
            );
            black_box(found.unwrap());
        },
        || {
            for (key, message, signature) in &raw {
                black_box(key.verify(black_box(message), signature)).unwrap();
            }
        },
    );
}

/// One `eddsa-jcs-2022` credential, from its bytes to who signed it, with the issuer's key parsed.
fn data_integrity() {
    let text = World::new().issue(|draft| {
        draft.securing = Securing::DataIntegrity;
        for name in [
            "constituency",
            "group",
            "election",
            "email",
            "languages",
            "seat",
        ] {
            draft.claims.remove(name);
        }
    });
    let anchor = World::new().issuer.to_string().parse().unwrap();
    let trust = TrustSet::new([anchor]).unwrap();
    let expected = data_integrity::Expected::mandate(Relationship::AssertionMethod, now());
    // Data Integrity EdDSA Cryptosuites 1.0 section 3.3: both digests, then the signature over them.
    let value = strict_json::parse(text.as_bytes(), &Limits::small()).unwrap();
    let mut document: Object<'_> = value.as_object().unwrap().clone();
    let mut proof = document
        .remove("proof")
        .unwrap()
        .as_object()
        .unwrap()
        .clone();
    let signature = proof.remove("proofValue").unwrap();
    let signature = multibase::decode(signature.as_str().unwrap()).unwrap();
    let signature = Signature::from_slice(&signature).unwrap();
    let digest = |value: Value<'_>| Sha256::digest(jcs::canonicalize(&value).unwrap());
    let message = [digest(proof.into()), digest(document.into())].concat();
    let key = key(1).public_key().clone();
    compare(
        "(b) eddsa-jcs-2022 credential, one signature",
        || {
            let value = strict_json::parse(black_box(text.as_bytes()), &Limits::small()).unwrap();
            let document = value.as_object().unwrap();
            let mut budget = Budget::presentation();
            let signers = data_integrity::verify(document, &expected, &trust, &mut budget);
            black_box(signers.unwrap());
        },
        || black_box(key.verify(black_box(&message), &signature)).unwrap(),
    );
}

fn compare(what: &str, mut ours: impl FnMut(), mut floor: impl FnMut()) {
    // Few rounds are for profilers, whose runs take a hundred times as long.
    let rounds = std::env::var("MANDATE_BENCH_ROUNDS").map_or(15, |n| n.parse().unwrap());
    let (mut our_times, mut floor_times) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        our_times.push(time(&mut ours));
        floor_times.push(time(&mut floor));
    }
    our_times.sort();
    floor_times.sort();
    let (ours, floor) = (our_times[rounds / 2], floor_times[rounds / 2]);
    let ratio = ours.as_secs_f64() / floor.as_secs_f64();
    println!("{what}: {ours:?}, raw {floor:?}, ratio {ratio:.2}");
}

fn time(run: &mut impl FnMut()) -> Duration {
    let watch = Stopwatch::now();
    for _ in 0..REPEATS {
        run();
    }
    watch.elapsed() / REPEATS
}
