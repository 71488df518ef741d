use super::*;
use crate::{
    Code,
    encoding::{jcs, strict_json::Value},
    key::{Algorithm, Signer as _},
    proof::jose::{Header, Unsigned, flattened},
    status::{Instant, Suspension},
    testing::world::{World, did_of, key},
    verify::Budget,
};

mod houses;

fn open(text: &str) -> Result<Bundle, Code> {
    Bundle::open(text.as_bytes(), &mut Budget::bundle()).map_err(|e| e.code())
}

#[test]
fn a_bundle_comes_back() {
    let world = World::new();
    let bundle = open(&world.bundle(|_| ())).unwrap();
    assert_eq!(bundle.signer().did(), &world.issuer);
    assert_eq!((bundle.seq(), bundle.epoch()), (5, 0));
    assert_eq!((bundle.chamber(), bundle.is_trial()), ("XX-1", true));
    assert_eq!(bundle.types(), ["MemberMandate"]);
    assert!(bundle.electoral_periods().is_empty());
    assert!(bundle.term("10").is_some());
    assert_eq!(bundle.terms().count(), 1);
    let in_earnest = open(&world.bundle(|content| content.trial = false)).unwrap();
    assert!(!in_earnest.is_trial());
    assert_eq!(bundle.lists().count(), 1);
}

#[test]
fn a_bundle_that_signs_itself_is_not_believed() {
    let world = World::new();
    // The status key of somebody else, with the issuer's own statement about the right one.
    assert_eq!(
        open(&world.content(|_| ()).sign(&key(9)).unwrap()).err(),
        Some(Code::BundleStatusKey)
    );
    // A statement by the attacker, who names the issuer.
    let forged = world.content(|content| {
        let did = crate::did::key::create(key(9).public_key());
        let method = did.with_fragment(did.specific_id()).unwrap();
        content.status_key =
            status_key::certify(key(9).public_key(), &method, World::now(), &key(9)).unwrap();
    });
    assert_eq!(
        open(&forged.sign(&key(9)).unwrap()).err(),
        Some(Code::BundleStatusKey)
    );
}

#[test]
fn a_tampered_bundle_is_refused() {
    let world = World::new();
    let text = world.bundle(|_| ());
    let other = world.bundle(|content| content.seq = 6);
    let part = |text: &str, name: &str| {
        let value: serde_json::Value = serde_json::from_str(text).unwrap();
        value[name].as_str().unwrap().to_owned()
    };
    let mixed = text.replace(&part(&text, "payload"), &part(&other, "payload"));
    assert_eq!(open(&mixed).err(), Some(Code::BundleSignature));
    let extra = text.replacen('{', "{\"header\":{},", 1);
    assert_eq!(open(&extra).err(), Some(Code::BundleMalformed));
    assert_eq!(open("{}").err(), Some(Code::BundleMalformed));
}

#[test]
fn what_a_bundle_may_not_hold() {
    type Break = fn(&mut Content);
    let world = World::new();
    let cases: [Break; 8] = [
        |c| c.schema = "mandate.bundle/2".to_owned(),
        |c| c.next_update = c.issued_at,
        |c| c.expires = Instant::floor(World::now()),
        |c| {
            let list = c.status_lists[0].uri.clone();
            let suspension = Suspension::new(list, 131_072, c.issued_at, None);
            c.suspensions.push(suspension);
        },
        |c| c.status_lists.push(c.status_lists[0].clone()),
        |c| c.status_lists[0].uri = "did:web:other.example/status/1".parse().unwrap(),
        |c| c.terms.push(c.terms[0].clone()),
        |c| {
            let list = c.status_lists[0].uri.clone();
            c.revocations.push(crate::status::Revocation::new(
                list,
                131_072,
                c.issued_at,
                c.issued_at,
            ));
        },
    ];
    for (i, break_it) in cases.into_iter().enumerate() {
        assert_eq!(
            open(&world.bundle(break_it)).err(),
            Some(Code::BundleMalformed),
            "case {i}"
        );
    }
}

#[test]
fn what_a_bundle_may_just_hold() {
    type Change = fn(&mut Content);
    let world = World::new();
    let cases: [Change; 2] = [
        |c| c.expires = c.next_update,
        |c| {
            let list = c.status_lists[0].uri.clone();
            let suspension = Suspension::new(list, 131_071, c.issued_at, None);
            c.suspensions.push(suspension);
        },
    ];
    for (i, change) in cases.into_iter().enumerate() {
        assert_eq!(open(&world.bundle(change)).err(), None, "case {i}");
    }
}

/// Signs a bundle with the right key, under another header.
fn sealed(change: impl FnOnce(&mut Header)) -> Result<Bundle, Code> {
    let payload = serde_json::to_vec(&World::new().content(|_| ())).unwrap();
    let did = did_of(2);
    let kid = did.with_fragment(did.specific_id()).unwrap();
    let mut header = Header::with_kid(Algorithm::EdDsa, TYP, &kid);
    change(&mut header);
    open(&flattened::sign(Unsigned::new(&header, &payload), &key(2)).unwrap())
}

#[test]
fn a_bundle_is_of_its_kind_and_names_its_key_once() {
    assert!(sealed(|_| ()).is_ok());
    for typ in [None, Some("JWT"), Some(status_key::TYP), Some("dc+sd-jwt")] {
        let found = sealed(|header| header.typ = typ.map(str::to_owned));
        assert_eq!(found.err(), Some(Code::BundleMalformed), "{typ:?}");
    }
    for seed in [2, 9] {
        let found = sealed(|header| header.jwk = Some(key(seed).public_key().clone()));
        assert_eq!(found.err(), Some(Code::BundleStatusKey), "{seed}");
    }
    let other = did_of(9);
    for kid in [
        None,
        Some(other.to_string()),
        Some(format!("{}#0", did_of(2))),
    ] {
        let found = sealed(|header| header.kid = kid);
        assert_eq!(found.err(), Some(Code::BundleStatusKey));
    }
}

/// A statement that key 1 signs, and what becomes of it.
fn stated(typ: &str, members: &[(&'static str, String)]) -> Result<crate::did::Did, Code> {
    let members = members.iter().cloned();
    let payload = jcs::canonicalize(&Value::object(members)).unwrap();
    let header = Header::with_kid(Algorithm::EdDsa, typ, &World::new().method());
    let text = Unsigned::new(&header, &payload).sign(&key(1)).unwrap();
    let verified = status_key::verify(&text).map_err(|e| e.code());
    verified.map(|(signer, _)| signer.did().clone())
}

#[test]
fn a_statement_is_of_its_kind_and_of_the_issuer_that_signed_it() {
    let iss = ("iss", World::new().issuer.to_string());
    let named = ("statusKey", key(2).public_key().to_multikey());
    let good = [iss.clone(), named.clone()];
    assert_eq!(stated(status_key::TYP, &good), Ok(World::new().issuer));
    let refused = Err(Code::BundleStatusKey);
    // Whatever else the issuer signs names no key for bundles.
    for typ in ["dc+sd-jwt", "mandate-request+jwt", TYP, ""] {
        assert_eq!(stated(typ, &good), refused, "{typ}");
    }
    let another = ("iss", did_of(9).to_string());
    for members in [
        vec![another, named.clone()],
        vec![named],
        vec![iss.clone()],
        vec![iss, ("statusKey", did_of(2).to_string())],
    ] {
        assert_eq!(stated(status_key::TYP, &members), refused, "{members:?}");
    }
}

#[test]
fn a_statement_says_whose_lists_the_status_key_keeps() {
    let world = World::new();
    let text =
        status_key::certify(key(2).public_key(), &world.method(), World::now(), &key(1)).unwrap();
    let delegation = status_key::delegation(&text).unwrap();
    assert_eq!(delegation.issuer, world.issuer);
    assert_eq!(delegation.keeper, did_of(2));
    let refused = status_key::delegation(&text[..text.len() - 4]);
    assert_eq!(refused.map_err(|e| e.code()), Err(Code::BundleStatusKey));
}

#[test]
fn what_was_seen_is_not_forgotten_for_something_older() {
    let world = World::new();
    let anchor: Anchor = world.issuer.as_str().parse().unwrap();
    let seen = |seq| Seen {
        epoch: 0,
        log: None,
        policy: None,
        conflict: false,
        seq,
        digest: [7; 32],
    };
    let mut trust = TrustSet::new([anchor]).unwrap();
    trust.remember(&world.issuer, seen(6));
    trust.remember(&world.issuer, seen(5));
    trust.remember(&did_of(9), seen(9));
    let kept: Vec<Seen> = trust.seen(World::now()).map(|(_, seen)| seen).collect();
    assert_eq!(kept, [seen(6)]);
    let bundle = open(&world.bundle(|_| ())).unwrap();
    assert_eq!(trust.add(bundle), Added::Older);
}

#[test]
fn an_anchor_is_named_once() {
    let named = |name: &str| -> Anchor { format!("{}={name}", did_of(1)).parse().unwrap() };
    let found = TrustSet::new([named("One"), named("Another")]);
    assert_eq!(found.err(), Some(TrustError::Repeated { did: did_of(1) }));
}

#[test]
fn the_highest_number_counts_and_two_of_one_number_count_for_nothing() {
    let world = World::new();
    let bundle = |seq: u64, name: &str| {
        open(&world.bundle(|c| {
            c.seq = seq;
            c.name = name.to_owned();
        }))
        .unwrap()
    };
    let anchor: Anchor = format!("{}=Chamber", world.issuer).parse().unwrap();
    let set = || TrustSet::new([anchor.clone()]).unwrap();
    let signer = bundle(1, "a").signer().clone();
    let code = |set: &TrustSet| match set.evidence(&signer) {
        Evidence::Held { bundle, name, .. } => {
            assert_eq!(name, Some("Chamber"));
            Ok(bundle.seq())
        }
        Evidence::Missing { code, .. } => Err(code),
        Evidence::NotAnchored => Err(Code::IssuerNotTrusted),
    };
    let mut trust = set();
    assert_eq!(code(&trust), Err(Code::BundleMissing));
    assert_eq!(trust.add(bundle(5, "a")), Added::Used);
    assert_eq!(trust.add(bundle(5, "a")), Added::Used);
    assert_eq!(trust.add(bundle(4, "a")), Added::Older);
    assert_eq!(code(&trust), Ok(5));
    assert_eq!(trust.add(bundle(5, "b")), Added::Conflict);
    assert_eq!(code(&trust), Err(Code::BundleConflict));
    assert_eq!(trust.add(bundle(6, "a")), Added::Used);
    assert_eq!(code(&trust), Ok(6));
    let seen: Vec<Seen> = trust.seen(World::now()).map(|(_, seen)| seen).collect();
    let mut later = set();
    later.remember(&world.issuer, seen[0]);
    assert_eq!(later.add(bundle(5, "a")), Added::Older);
    assert_eq!(code(&later), Err(Code::BundleRollback));
    assert_eq!(later.seen(World::now()).next().unwrap().1, seen[0]);
    let mut later = set();
    later.remember(&world.issuer, seen[0]);
    assert_eq!(later.add(bundle(6, "b")), Added::Conflict);
    assert_eq!(code(&later), Err(Code::BundleConflict));
}

#[test]
fn nobody_is_trusted_by_default() {
    assert_eq!(
        TrustSet::new([]).err().map(|e| e.code()),
        Some(Code::TrustNoAnchor)
    );
    assert!("did:web:not.resolved.here=X".parse::<Anchor>().is_err());
    assert!("".parse::<Anchor>().is_err());
}

#[test]
fn two_bundles_of_one_number_conflict_in_any_order_and_stay_so() {
    let world = World::new();
    let bundle = |seq: u64, name: &str| {
        open(&world.bundle(|c| {
            c.seq = seq;
            c.name = name.to_owned();
        }))
        .unwrap()
    };
    let anchor: Anchor = world.issuer.as_str().parse().unwrap();
    let signer = bundle(1, "a").signer().clone();
    let is_conflict = |trust: &TrustSet| {
        matches!(
            trust.evidence(&signer),
            Evidence::Missing {
                code: Code::BundleConflict,
                ..
            }
        )
    };
    let seen_a = {
        let mut trust = TrustSet::new([anchor.clone()]).unwrap();
        trust.add(bundle(7, "a"));
        trust.seen(World::now()).next().unwrap().1
    };
    let run = |seen: Option<Seen>, names: &[&str]| {
        let mut trust = TrustSet::new([anchor.clone()]).unwrap();
        if let Some(seen) = seen {
            trust.remember(&world.issuer, seen);
        }
        for name in names {
            trust.add(bundle(7, name));
        }
        trust
    };
    for order in [["a", "b"], ["b", "a"]] {
        assert!(is_conflict(&run(None, &order)), "{order:?}");
        assert!(is_conflict(&run(Some(seen_a), &order)), "{order:?}");
    }
    // The next start with one of the two: it is remembered that there were two.
    let seen = run(None, &["a", "b"]).seen(World::now()).next().unwrap().1;
    assert!(seen.conflict);
    for name in ["a", "b"] {
        let mut trust = run(Some(seen), &[name]);
        assert!(is_conflict(&trust), "{name}");
        assert_eq!(trust.add(bundle(8, "c")), Added::Used);
        assert!(!is_conflict(&trust));
        let seen = trust.seen(World::now()).next().unwrap().1;
        assert_eq!((seen.seq, seen.conflict), (8, false));
    }
}

#[test]
fn a_bundle_of_another_day_is_not_remembered() {
    let world = World::new();
    let later = |content: &mut Content| {
        content.issued_at = Instant::floor(World::days(300));
        content.next_update = Instant::floor(World::days(301));
        content.expires = Instant::floor(World::days(302));
        content.seq = 1000;
    };
    let trust = world.trust(later);
    assert_eq!(trust.seen(World::now()).count(), 0);
    assert_eq!(trust.seen(World::days(300)).count(), 1);
}

#[test]
fn a_number_leaves_others_above_it() {
    let world = World::new();
    assert!(open(&world.bundle(|c| c.seq = (1 << 53) - 1)).is_ok());
    for seq in [1 << 53, u64::MAX] {
        let refused = open(&world.bundle(|c| c.seq = seq));
        assert_eq!(refused.err(), Some(Code::BundleMalformed), "{seq}");
    }
}

#[test]
fn each_anchor_says_how_it_stands() {
    let world = World::new();
    let anchor = Anchor::new(world.issuer.clone(), Some("House".to_owned())).unwrap();
    let mut trust = TrustSet::new([anchor]).unwrap();
    let code = |trust: &TrustSet, day: i64| trust.standing(World::days(day)).next().unwrap().code;
    assert_eq!(code(&trust, 0), Some(Code::BundleMissing));
    trust.add_unreadable(&Bundle::open(b"{}", &mut Budget::bundle()).unwrap_err());
    assert_eq!(code(&trust, 0), Some(Code::BundleMalformed));
    trust.forget_unreadable();
    assert_eq!(code(&trust, 0), Some(Code::BundleMissing));
    trust.add(open(&world.bundle(|_| ())).unwrap());
    assert_eq!(code(&trust, 0), None);
    assert_eq!(code(&trust, 2), Some(Code::BundleStale));
    assert_eq!(code(&trust, 8), Some(Code::BundleExpired));
    let standing = trust.standing(World::now()).next().unwrap();
    assert_eq!(standing.anchor.name(), Some("House"));
    assert_eq!(standing.bundle.map(Bundle::seq), Some(5));
    let newer = Seen {
        epoch: 0,
        log: None,
        policy: None,
        seq: 6,
        digest: [0; 32],
        conflict: false,
    };
    trust.remember(&world.issuer, newer);
    assert_eq!(code(&trust, 0), Some(Code::BundleRollback));
}

#[test]
fn what_an_earlier_bundle_told_and_a_newer_one_does_not_is_counted() {
    let world = World::new();
    let list = |c: &Content| c.status_lists[0].uri.clone();
    let revoked = |c: &mut Content| {
        let at = Instant::floor(World::days(-2));
        c.revocations
            .push(crate::status::Revocation::new(list(c), 3, at, at));
    };
    let ended = |c: &mut Content| {
        let ending = crate::status::TermEnding::new(Instant::floor(World::days(-2)));
        c.terms[0].endings.push(ending);
    };
    let told = |revocation: bool, ending: bool| {
        open(&world.bundle(|c| {
            if revocation {
                revoked(c);
            }
            if ending {
                ended(c);
            }
        }))
        .unwrap()
    };
    let (both, neither) = (told(true, true), told(false, false));
    assert_eq!(both.silent_about(&both), 0);
    assert_eq!(both.silent_about(&neither), 0);
    assert_eq!(neither.silent_about(&both), 2);
    assert_eq!(told(true, false).silent_about(&both), 1);
    assert_eq!(told(false, true).silent_about(&both), 1);
    // A list that is gone with what it told, and a term.
    let gone = open(&world.bundle(|c| {
        c.status_lists.clear();
        c.terms.clear();
    }));
    assert_eq!(gone.unwrap().silent_about(&both), 2);
}
