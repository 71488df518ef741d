//! One approval is good for one credential: its place, its salts and its digest are settled before.

use super::{
    attacks::{code, edit, overwrite},
    *,
};
use crate::office::issue::NEXT_SLOT;
use serde_json::json;

#[test]
fn what_was_settled_is_not_changed() {
    type Edit = fn(&mut Json);
    let edits: [Edit; 6] = [
        |v| v["settled"]["first"] = 1.into(),
        |v| v["settled"]["first"] = u64::MAX.into(),
        |v| v["settled"]["seed"] = base64url::encode(&[1; 32]).into(),
        |v| v["settled"]["seed"] = Json::Null,
        |v| v["settled"]["credentials"][0] = base64url::encode(&[1; 32]).into(),
        |v| {
            v.as_object_mut().unwrap().remove("settled");
        },
    ];
    for change in edits {
        let mut house = House::of(2);
        let pending = house.issue();
        edit(&mut house, &pending.id, change);
        assert_eq!(code(house.approve(1, &pending.id)), "approval.changed");
    }
    // And nothing is settled where nothing is issued.
    let mut house = House::of(2);
    let (issue, end) = (house.issue(), house.end());
    edit(&mut house, &end.id, |v| v["settled"] = json!(issue.settled));
    assert_eq!(code(house.approve(1, &end.id)), "approval.changed");
}

#[test]
fn what_is_prepared_has_its_place_and_what_was_approved_is_issued() {
    let mut house = House::of(2);
    // Of two that are prepared for the same member the first that is approved is issued.
    let (first, second) = (house.issue(), house.issue());
    let place = |pending: &PendingAction| {
        (
            pending.contents[0]["list"].clone(),
            pending.contents[0]["index"].clone(),
        )
    };
    assert_ne!(place(&first), place(&second));
    assert_ne!(first.settled, second.settled);
    house.approve(1, &second.id).unwrap();
    let id = house.office.holdings("a").unwrap().credentials[0].clone();
    let record = house.office.credential(&id).unwrap();
    assert_eq!(
        place(&second),
        (json!(record.slot.list), json!(record.slot.index))
    );
    let digest = approved_claims(&signed_part(&record.text, Securing::SdJwt)).unwrap();
    let settled = second.settled.unwrap();
    assert_eq!(settled.credentials, [base64url::encode(&digest)]);
    // What the salts were made of is gone: whoever reads the store later learns nothing more of it.
    let kept = house.office.pending(&second.id).unwrap().settled.unwrap();
    assert_eq!((kept.seed, kept.credentials), (None, settled.credentials));
    assert_eq!(
        code(house.approve(1, &first.id)),
        "enrolment.code_cancelled"
    );
    house.is_sound();
}

/// The digest of what officers read stands in the credential, in clear; a roster is public.
#[test]
fn what_officers_read_is_not_guessed_from_its_digest() {
    let mut house = House::of(2);
    let (first, second) = (house.issue(), house.issue());
    let salt = |pending: &PendingAction| pending.contents[0]["salt"].as_str().unwrap().to_owned();
    assert_eq!(base64url::decode(&salt(&first)).unwrap().len(), 32);
    assert_ne!(salt(&first), salt(&second));
    // Neither is it what the disclosures or the manifest are salted with.
    assert!(!first.salts.contains(&salt(&first)));
    house.approve(1, &first.id).unwrap();
    let id = house.office.holdings("a").unwrap().credentials[0].clone();
    let record = house.office.credential(&id).unwrap();
    assert!(!record.text.contains(&salt(&first)));
}

#[test]
fn a_place_that_was_given_away_is_not_given_again() {
    let mut house = House::of(2);
    let first = house.issue();
    house.approve(1, &first.id).unwrap();
    // The counter put back: the next one would share the first one's status.
    overwrite(&mut house, NEXT_SLOT, &json!(0));
    house.act(0);
    let mut rng = cli_kit::run::system_rng().unwrap();
    let invited = house.office.reinvite("a", at(NOW), &mut rng).unwrap();
    let order = order(
        &house.office,
        &invited.invitations[0].secret_code,
        8,
        at(NOW),
    );
    let replace = Action::Issue {
        orders: vec![StoredOrder::keep(&order).unwrap()],
        replace: true,
    };
    let refused = house.prepare(replace).unwrap_err();
    assert_eq!(refused.code, "approval.changed");
    assert!(
        refused.message.contains("given away"),
        "{}",
        refused.message
    );
}
