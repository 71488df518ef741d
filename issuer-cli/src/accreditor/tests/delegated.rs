//! Units, whose parliaments say who they are.

use std::collections::BTreeMap;

use identity_core::{
    did::Relationship,
    encoding::strict_json::Value,
    proof::data_integrity::{self, Cryptosuite, ProofOptions},
    trust::{PublishedDelegation, accreditation::DelegationDraft},
};

use super::*;

fn delegation(parliament: u8, unit: u8) -> PublishedDelegation {
    let mut grant = super::parliament(parliament).accredited_for.remove(0);
    grant.may_delegate = false;
    let did = did_of(parliament);
    let draft = DelegationDraft {
        parliament: did.clone(),
        policy_version: 0,
        recorded: day(2),
        unit: did_of(unit),
        name: BTreeMap::from([("en".to_owned(), "Pass office".to_owned())]),
        grants: vec![grant],
        from: day(2),
        until: at("2027-01-01T00:00:00Z"),
    };
    let method = did.with_fragment(did.specific_id()).unwrap();
    let options = ProofOptions::new(
        Cryptosuite::EddsaJcs2022,
        method,
        Relationship::AssertionMethod,
        day(2).timestamp(),
    );
    let signed = data_integrity::sign(draft.document().unwrap(), &options, &key(parliament));
    PublishedDelegation {
        credential: Value::Object(signed.unwrap()).to_serde(),
        ended: None,
    }
}

#[test]
fn a_units_bundle_is_taken_because_its_parliament_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = union(folder.path());
    accredit(&mut archive, 20, day(2));
    sign_list(&mut archive, day(2));
    let unit = bundle(40, 1, day(2), |_| ());
    assert_eq!(
        collect(&archive, std::slice::from_ref(&unit), day(2)),
        [Fate::Stranger]
    );
    let parliament = bundle(20, 1, day(2), |content| {
        content.delegations.push(delegation(20, 40));
    });
    // The unit's comes first: it is looked at again.
    let fates = collect(&archive, &[unit, parliament], day(2));
    assert_eq!(fates, [Fate::Taken, Fate::Taken]);
    let released = archive.release(None, &Spans::default(), day(2)).unwrap();
    let network = Network::open(&released.bundle, &mut Budget::network()).unwrap();
    assert!(network.bundles()[&did_of(40)].is_ok());
}
