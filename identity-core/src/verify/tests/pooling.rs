//! Several credentials in one presentation are one person's, or nobody's.

use super::*;

#[test]
fn two_members_cannot_pool() {
    let mut check = Check::new();
    check.request = check
        .world
        .request_for(&["MemberMandate:name", "OfficeHolder:role"]);
    let mandate = check.world.issue(|_| ());
    let office = |holder: u8, based: Option<Value<'static>>| {
        check.world.issue(|draft| {
            draft.kind = Kind::OfficeHolder;
            draft.holder = key(holder).public_key().clone();
            draft.slot.index = 8;
            draft.claims.remove("mandateStart");
            draft.claims.remove("constituency");
            draft.claims.insert("role", "speaker".into());
            draft.claims.insert("body", "Presidium".into());
            draft.claims.insert("start", "2026-04-01".into());
            if let Some(based) = based {
                draft.claims.insert("basedOn", based);
            }
        })
    };
    let run = |office: &str, holder: u8| {
        let disclose = [String::from("name"), String::from("role")];
        let (own, other) = (key(3), key(holder));
        let shown = [
            Shown {
                credential: &mandate,
                disclose: &disclose,
                signer: &own,
                in_office: None,
            },
            Shown {
                credential: office,
                disclose: &disclose,
                signer: &other,
                in_office: None,
            },
        ];
        check.outcome(&answer(&check.request, &shown, check.now).unwrap())
    };
    assert_eq!(run(&office(3, None), 3), (0, vec![]));
    assert_eq!(run(&office(6, None), 6), (10, vec!["holder.mixed"]));
    let jwt = mandate.split_once('~').unwrap().0;
    let right = based_on(jwt, &mut Steps(4));
    assert_eq!(run(&office(6, Some(right)), 6), (0, vec![]));
    let wrong = based_on("another mandate", &mut Steps(4));
    assert_eq!(run(&office(6, Some(wrong)), 6), (10, vec!["holder.mixed"]));
}

/// A mandate bound to key 3, and an office bound to key 6 that names it, each by an issuer of ours.
fn named_by(issuer: u8, salt: &[u8]) -> (u8, Vec<&'static str>) {
    let mut check = Check::new();
    check.request = check
        .world
        .request_for(&["MemberMandate:name", "OfficeHolder:role"]);
    let anchors = [did_of(1), did_of(9)].map(|did| did.as_str().parse().unwrap());
    check.trust = TrustSet::new(anchors).unwrap();
    let mandate = check.world.issue(|_| ());
    let jwt = mandate.split_once('~').unwrap().0;
    let digest = crate::credential::based_on_digest(salt, jwt);
    let salt = crate::encoding::base64url::encode(salt);
    // An issuer that keeps to the rules makes no short salt: it stands there after another signing.
    let stand_in = crate::encoding::base64url::encode(&[0x5a; 16]);
    let based = Value::object([("salt", stand_in.clone()), ("digest", digest)]);
    let office = check.world.issue_by(issuer, |draft| {
        let did = did_of(issuer);
        draft.method = did.with_fragment(did.specific_id()).unwrap();
        draft.kind = Kind::OfficeHolder;
        draft.holder = key(6).public_key().clone();
        draft.slot.list = crate::status::ListUri::new(did.as_str(), 1).unwrap();
        draft.slot.index = 8;
        draft.claims.remove("mandateStart");
        draft.claims.remove("constituency");
        draft.claims.insert("role", "speaker".into());
        draft.claims.insert("body", "Presidium".into());
        draft.claims.insert("start", "2026-04-01".into());
        draft.claims.insert("basedOn", based);
    });
    let (jwt, disclosures) = office.split_once('~').unwrap();
    let payload = jwt.split('.').nth(1).unwrap();
    let payload = String::from_utf8(crate::encoding::base64url::decode(payload).unwrap()).unwrap();
    assert!(payload.contains(&stand_in));
    let did = did_of(issuer);
    let method = did.with_fragment(did.specific_id()).unwrap();
    let header = Header::with_kid(crate::key::Algorithm::EdDsa, TYP_VC, &method);
    let signed = Unsigned::new(&header, payload.replace(&stand_in, &salt).as_bytes())
        .sign(&key(issuer))
        .unwrap();
    let office = format!("{signed}~{disclosures}");
    let disclose = [String::from("name"), String::from("role")];
    let keys = [key(3), key(6)];
    let shown: Vec<_> = [&mandate, &office]
        .into_iter()
        .zip(&keys)
        .map(|(credential, signer)| Shown {
            credential,
            disclose: &disclose,
            signer,
            in_office: None,
        })
        .collect();
    let (exit, codes) = check.outcome(&answer(&check.request, &shown, check.now).unwrap());
    // No bundle is at hand here, which is not what this is about.
    let about = codes.into_iter().filter(|code| *code != "bundle.missing");
    (exit, about.collect())
}

#[test]
fn a_mandate_is_named_by_its_own_issuer_with_a_salt_that_hides_it() {
    assert_eq!(named_by(1, &[7; 16]), (12, vec![]));
    assert_eq!(named_by(9, &[7; 16]), (10, vec!["holder.mixed"]));
    assert_eq!(named_by(1, &[7; 15]), (10, vec!["holder.mixed"]));
}

#[test]
fn only_a_mandate_holds_credentials_of_two_keys_together() {
    let mut check = Check::new();
    check.request = check.world.request("OfficeHolder:role");
    let office = |holder: u8, index: u64, based: Option<Value<'static>>| {
        check.world.issue(|draft| {
            draft.kind = Kind::OfficeHolder;
            draft.holder = key(holder).public_key().clone();
            draft.slot.index = index;
            draft.claims.remove("mandateStart");
            draft.claims.remove("constituency");
            draft.claims.insert("body", "Presidium".into());
            draft.claims.insert("start", "2026-04-01".into());
            if let Some(based) = based {
                draft.claims.insert("basedOn", based);
            }
        })
    };
    let first = office(3, 8, None);
    // An office that names the first as if it were a mandate.
    let based = based_on(first.split_once('~').unwrap().0, &mut Steps(4));
    let outcome = |holder: u8| {
        let second = office(holder, 9, Some(based.clone()));
        let disclose = [String::from("role")];
        let (own, other) = (key(3), key(holder));
        let shown = [(&first, &own), (&second, &other)].map(|(credential, signer)| Shown {
            credential,
            disclose: &disclose,
            signer,
            in_office: None,
        });
        check.outcome(&answer(&check.request, &shown, check.now).unwrap())
    };
    assert_eq!(outcome(3), (0, vec![]));
    assert_eq!(outcome(6), (10, vec!["holder.mixed"]));
}
