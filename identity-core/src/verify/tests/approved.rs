//! Four eyes behind a credential, where the accreditation or the verifier asks for them.

use super::*;
use crate::{
    credential::Draft,
    encoding::jcs,
    testing::{
        network::{House, UNION, Union, did_of},
        people::officer,
    },
    trust::{
        Policy,
        accreditation::statement::Body,
        approval::{ApprovalDraft, Evidence, Manifest, approve, issue_item, prepared_message},
        network::Network,
        officers::PolicyDraft,
    },
};

/// The house's officers: 150 to 153, two of whom decide; signed by whoever controls its DID.
fn policy(house: &House) -> serde_json::Value {
    let draft = PolicyDraft {
        issuer: house.did.clone(),
        version: 1,
        epoch: 0,
        threshold: 2,
        officers: (150..=153).map(officer).collect(),
        publishing: Vec::new(),
        issued_at: Instant::floor(World::days(-390)),
    };
    let signed = crate::testing::people::signed(&draft, &[house.seed, 150, 151]);
    let bytes = jcs::canonicalize(&Value::Object(signed)).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// Approvals by these officers of just this credential, as [`World::issue_by`] makes it; officer 150 prepared it.
fn approvals(house: &House, by: &[u8], draft: &Draft) -> Evidence {
    prepared_by(150, house, by, draft)
}

/// The same, in the name of officer 150, by whoever has this key.
fn prepared_by(preparer: u8, house: &House, by: &[u8], draft: &Draft) -> Evidence {
    let content = [9; 32];
    let credential = draft.clone().approved(&mut Steps(1)).unwrap();
    let item = issue_item(&credential, &content);
    let salt = Manifest::salt(&mut Steps(5));
    let manifest = Manifest::new([(&item, salt)]).unwrap();
    let draft = ApprovalDraft {
        home: house.did.clone(),
        policy_version: 1,
        preparer: "o150".to_owned(),
        action: Evidence::ACTION.to_owned(),
        manifest: manifest.digest(),
        items: 1,
        created: Instant::floor(World::days(-201)),
        expires: Instant::floor(World::days(-199)),
        nonce: [3; 16],
    };
    let message = prepared_message(&draft).unwrap();
    let preparation = key(preparer).try_sign(&message).unwrap();
    let document = by.iter().fold(draft.document(), |document, seed| {
        approve(document, &key(*seed), World::days(-200)).unwrap()
    });
    Evidence::new((document, preparation), &manifest, 0, content).unwrap()
}

/// A verifier abroad; the accreditor asks for so many approvals.
fn abroad(house: &House, asked: u32, has_officers: bool) -> Check {
    let mut union = Union::new();
    let mut terms = Union::parliament(house);
    terms.accredited_for[0].approvals = asked;
    union.say(-300, Body::Accredits(terms));
    let bundle = house.bundle(|content| {
        if has_officers {
            content.officers = vec![policy(house)];
        }
    });
    let mut check = Check::new();
    check.trust = TrustSet::new([did_of(UNION).to_string().parse().unwrap()]).unwrap();
    let network = Network::open(&union.file(&[bundle]), &mut Budget::network()).unwrap();
    check.trust.add_network(network);
    check
}

/// A verifier in the house itself, which publishes its officers.
fn at_home(house: &House) -> Check {
    let mut check = Check::new();
    check.trust = TrustSet::new([house.did.to_string().parse().unwrap()]).unwrap();
    check
        .trust
        .add(house.opened(|content| content.officers = vec![policy(house)]));
    check
}

fn outcome(check: &Check, approvals: u32, credential: &str) -> (u8, Option<&'static str>) {
    let file = World::present(&check.request, credential, &["name"]);
    let question = Question {
        policy: Policy {
            approvals,
            ..Policy::as_published()
        },
        ..check.question()
    };
    let report = match Unverified::new(file.as_bytes()).verify(&question, &mut Recheck) {
        Ok(verified) => verified.report().clone(),
        Err(error) => error.report().unwrap().clone(),
    };
    let found = report.credentials[0].finding(CredentialCheck::Accreditation);
    let is_shown = report.credentials[0]
        .claims
        .as_object()
        .is_some_and(|c| c.get("name").is_some());
    assert_eq!(is_shown, report.verdict() == Verdict::Valid);
    (report.verdict().exit_code(), found.code.map(Code::as_str))
}

/// Has these officers of the house approve the draft.
fn with<'h>(house: &'h House, by: &'h [u8]) -> impl Fn(&mut Draft) + 'h {
    move |draft| draft.approval = Some(approvals(house, by, draft))
}

#[test]
fn approvals_count_when_they_are_asked_for_by_either() {
    let house = House::new(10);
    let good = house.issue(with(&house, &[151, 152]));
    let none = house.issue(|_| ());
    let missing = (10, Some("approval.too_few"));
    for (asked, demanded) in [(0, 0), (2, 0), (0, 2), (1, 2)] {
        let check = abroad(&house, asked, true);
        assert_eq!(
            outcome(&check, demanded, &good),
            (0, None),
            "{asked} {demanded}"
        );
        let expected = if asked + demanded == 0 {
            (0, None)
        } else {
            missing
        };
        assert_eq!(
            outcome(&check, demanded, &none),
            expected,
            "{asked} {demanded}"
        );
    }
    // More than there are.
    assert_eq!(outcome(&abroad(&house, 0, true), 3, &good), missing);
    assert_eq!(outcome(&abroad(&house, 3, true), 0, &good), missing);
}

#[test]
fn approvals_that_are_not_the_officers_for_this_credential_do_not_count() {
    let house = House::new(10);
    let check = abroad(&house, 2, true);
    let of = |by: &[u8]| outcome(&check, 0, &house.issue(with(&house, by)));
    assert_eq!(of(&[151]), (10, Some("approval.too_few")));
    assert_eq!(of(&[151, 151]), (10, Some("approval.too_few")));
    assert_eq!(of(&[150, 151]), (10, Some("approval.preparer")));
    assert_eq!(of(&[151, 160]), (10, Some("approval.stranger")));
    // Approved in time, issued after its end.
    let late = house.issue(|draft| {
        with(&house, &[151, 152])(draft);
        draft.issued_at = World::days(-199);
    });
    assert_eq!(outcome(&check, 0, &late), (10, Some("approval.expired")));
    // One who approves, and names another as its preparer.
    for preparer in [151, 152, 12] {
        let alone = house.issue(|draft| {
            draft.approval = Some(prepared_by(preparer, &house, &[151, 152], draft));
        });
        assert_eq!(
            outcome(&check, 0, &alone),
            (10, Some("approval.unprepared"))
        );
    }
    // Another house's approvals.
    let foreign = house.issue(with(&House::new(20), &[151, 152]));
    assert_eq!(outcome(&check, 0, &foreign), (10, Some("approval.foreign")));
    // And a house that publishes no officers has none who could have approved.
    let without = abroad(&house, 2, false);
    let good = house.issue(with(&house, &[151, 152]));
    assert_eq!(outcome(&without, 0, &good), (10, Some("approval.too_few")));
}

#[test]
fn a_house_at_home_can_be_asked_for_four_eyes_too() {
    let house = House::new(10);
    let check = at_home(&house);
    let good = house.issue(with(&house, &[151, 152]));
    assert_eq!(outcome(&check, 2, &good), (0, None));
    let none = house.issue(|_| ());
    assert_eq!(outcome(&check, 0, &none), (0, None));
    assert_eq!(outcome(&check, 2, &none), (10, Some("approval.too_few")));
}

type Change = fn(&mut Draft);

/// Whoever has the issuing key could sign anything beside it: one approval is good for one credential.
#[test]
fn an_approval_is_good_for_the_credential_that_was_approved_and_no_other() {
    let house = House::new(10);
    let check = at_home(&house);
    let changes: [(&str, Change); 8] = [
        ("holder", |draft| draft.holder = key(5).public_key().clone()),
        ("chamber", |draft| draft.chamber = "H10-UC".to_owned()),
        ("country", |draft| draft.country = "YY".to_owned()),
        ("term", |draft| draft.term = Some("11".to_owned())),
        ("beginning", |draft| draft.valid_from = World::days(-399)),
        ("end", |draft| draft.valid_until = World::days(401)),
        ("slot", |draft| draft.slot.index += 1),
        ("name", |draft| {
            let name = Value::object([("display", "Eve Example")]);
            draft.claims.insert("name", name);
        }),
    ];
    for securing in [Securing::SdJwt, Securing::DataIntegrity] {
        let issue = |change: &dyn Fn(&mut Draft)| {
            house.issue(|draft| {
                draft.securing = securing;
                // Not one that everybody may see.
                draft.claims.remove("constituency");
                with(&house, &[151, 152])(draft);
                change(draft);
            })
        };
        // When it will be signed is not known when it is approved.
        let good = issue(&|draft| {
            draft.issued_at = World::days(-200) + jiff::SignedDuration::from_secs(9);
        });
        assert_eq!(outcome(&check, 2, &good), (0, None), "{securing:?}");
        for (name, change) in changes {
            let found = outcome(&check, 2, &issue(&change));
            let expected = (10, Some("approval.manifest"));
            assert_eq!(found, expected, "{securing:?}: another {name}");
        }
    }
}

/// Officers and what they approved go with a house that moves.
#[test]
fn what_was_approved_before_a_move_counts_behind_it() {
    let mut house = House::new(10);
    let credential = house.issue(with(&house, &[151, 152]));
    let officers = policy(&house);
    let former = house.move_to("moved10.example", -50);
    let bundle = house.opened(|content| {
        content.officers = vec![officers];
        content.status_lists[0].uri = crate::status::ListUri::new(former.as_str(), 1).unwrap();
    });
    let mut check = Check::new();
    check.trust = TrustSet::new([house.did.to_string().parse().unwrap()]).unwrap();
    check.trust.add(bundle);
    assert_eq!(outcome(&check, 2, &credential), (0, None));
    // Those of another house do not count there, though its officers were the same.
    let other = House::new(30);
    let foreign = house.issue(|draft| draft.approval = Some(approvals(&other, &[151, 152], draft)));
    assert_eq!(outcome(&check, 2, &foreign).1, Some("approval.foreign"));
}
