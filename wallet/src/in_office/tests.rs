use identity_core::{
    key::Signer as _,
    presentation::request::Request,
    trust::{Bundle, TrustSet, in_office},
    verify::{Question, Recheck, Unverified},
};
use testkit::world::{World, key};

use super::*;
use crate::{
    answer::{Wish, plan},
    testing::{add, day, request, wallet_that_trusts},
};

fn after(seconds: i64) -> Instant {
    let second = day(0).as_second() + seconds;
    Instant::floor(jiff::Timestamp::from_second(second).unwrap())
}

/// A statement about a credential, by the world's status key.
fn statement(credential: &str, now: Instant) -> String {
    let sd_jwt = SdJwt::parse(credential, &mut Budget::presentation()).unwrap();
    let (world, holder) = (World::new(), key(3));
    let mandate = Mandate {
        issuer: world.issuer.as_str(),
        signed_part: sd_jwt.issuer_jwt().as_str(),
        holder: holder.public_key(),
    };
    in_office::state(&mandate, (now, day(30)), &key(2)).unwrap()
}

#[test]
fn a_statement_is_kept_beside_its_own_mandate_and_the_newest_stays() {
    let mut contents = wallet_that_trusts();
    let (first, second) = (
        World::new().issue(|_| ()),
        World::new().issue(|draft| draft.slot.index = 8),
    );
    add(&mut contents, &first, day(0));
    let id = add(&mut contents, &second, day(0));
    let old = statement(&second, after(0));
    let new = statement(&second, after(60));
    for text in [&new, &old] {
        let kept = keep(&mut contents, text, after(60)).unwrap();
        assert_eq!(kept.credential, id);
    }
    assert_eq!(contents.credentials[0].in_office, None);
    assert_eq!(contents.credentials[1].in_office.as_ref(), Some(&new));
    let refused =
        |contents: &mut Contents, text: &str, now| keep(contents, text, now).unwrap_err().code;
    let foreign = statement(&World::new().issue(|draft| draft.slot.index = 9), after(0));
    assert_eq!(
        refused(&mut contents, &foreign, after(0)),
        "credential.unknown"
    );
    assert_eq!(
        refused(&mut contents, &new, after(60 + 86_400)),
        "in_office.expired"
    );
    assert_eq!(
        refused(&mut contents, &first, after(0)),
        "in_office.malformed"
    );
}

#[test]
fn it_goes_along_while_it_is_in_force_and_the_verifier_finds_it() {
    let mut contents = wallet_that_trusts();
    let mandate = World::new().issue(|_| ());
    add(&mut contents, &mandate, day(0));
    keep(&mut contents, &statement(&mandate, after(0)), after(0)).unwrap();
    assert!(in_force(&contents.credentials[0], after(86_399)).is_some());
    assert_eq!(in_force(&contents.credentials[0], after(86_400)), None);
    let text = request(&["MemberMandate:name"]);
    let plan = plan(&contents, &text, Wish::default(), day(0)).unwrap();
    let file = plan.answer(&contents, day(0)).unwrap();
    let world = World::new();
    let bundle = world.bundle(|_| ());
    let bundle = Bundle::open(bundle.as_bytes(), &mut Budget::bundle()).unwrap();
    let mut trust = TrustSet::new([world.issuer.to_string().parse().unwrap()]).unwrap();
    trust.add(bundle);
    let question = Question {
        verifier: &world.verifier,
        request: &Request::open(&text).unwrap(),
        trust: &trust,
        now: day(0).timestamp(),
        at: None,
        policy: identity_core::trust::Policy::as_published(),
    };
    let verified = Unverified::new(file.as_bytes())
        .verify(&question, &mut Recheck)
        .unwrap();
    let freshness = verified.report().credentials[0]
        .finding(identity_core::verify::CredentialCheck::Freshness)
        .clone();
    assert_eq!(freshness.as_of, Some(day(0).timestamp()));
    assert_eq!(freshness.notes.len(), 1);
}
