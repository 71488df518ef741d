//! A house with four officers, two of whom approve what a third prepared.

use identity_core::{
    credential::Draft,
    did,
    encoding::strict_json::Value,
    key::Signer as _,
    status::Instant,
    trust::{
        approval::{ApprovalDraft, Evidence, Manifest, approve, issue_item, prepared_message},
        officers::{self, Officer, PolicyDraft},
    },
};
use testkit::{
    assembly::{Parliament, key_of},
    world::{Steps, days},
};

/// A mandate with the approvals it was issued under.
pub(super) struct Approved {
    pub(super) credential: String,
}

impl Approved {
    /// The number of the house.
    pub(super) const HOUSE: u32 = 7;
    /// Its place among the parliaments.
    pub(super) const AT: usize = 7;

    /// The house's officer policy, signed by whoever controls its DID and by two officers.
    pub(super) fn policy(house: &Parliament) -> serde_json::Value {
        let draft = PolicyDraft {
            issuer: house.did.clone(),
            version: 1,
            epoch: 0,
            threshold: 2,
            officers: (1..=4)
                .map(|n| Officer {
                    id: format!("o{n}"),
                    did: did::key::create(key_of("house officer", n).public_key()),
                    roles: vec!["registrar".to_owned()],
                })
                .collect(),
            publishing: Vec::new(),
            issued_at: Instant::floor(days(-90)),
        };
        let unsigned = draft.document().expect("a policy that can be written");
        let signers = [
            key_of("control 2", house.number),
            key_of("house officer", 1),
            key_of("house officer", 2),
        ];
        let signed = signers.iter().fold(unsigned, |document, key| {
            officers::sign(document, key, days(-90)).expect("a software key signs")
        });
        Value::Object(signed).to_serde()
    }

    /// Issues a mandate that o1 prepared, and these approved.
    pub(super) fn new(house: &Parliament, approvers: &[&str]) -> Self {
        let credential = house.issue(|draft| {
            draft.approval = evidence(house, approvers, draft);
        });
        Self { credential }
    }
}

/// What shows that these officers approved just this credential.
fn evidence(house: &Parliament, approvers: &[&str], draft: &Draft) -> Option<Evidence> {
    let content = [7; 32];
    let credential = draft.clone().approved(&mut Steps(1));
    let item = issue_item(&credential.expect("the draft fits its type"), &content);
    let salt = Manifest::salt(&mut Steps(5));
    let manifest = Manifest::new([(&item, salt)]).expect("an item has a canonical form");
    let draft = ApprovalDraft {
        home: house.did.clone(),
        policy_version: 1,
        preparer: "o1".to_owned(),
        action: Evidence::ACTION.to_owned(),
        manifest: manifest.digest(),
        items: 1,
        created: Instant::floor(days(-51)),
        expires: Instant::floor(days(-49)),
        nonce: [9; 16],
    };
    let officer = |id: &str| key_of("house officer", id[1..].parse().unwrap_or(0));
    let document = approvers.iter().fold(draft.document(), |document, id| {
        approve(document, &officer(id), days(-51)).expect("a software key signs")
    });
    let message = prepared_message(&draft).expect("it has a canonical form");
    let preparation = officer(&draft.preparer).try_sign(&message);
    let preparation = preparation.expect("a software key signs");
    Evidence::new((document, preparation), &manifest, 0, content)
}
