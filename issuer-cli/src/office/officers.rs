//! Who acts in this office: its officers, as the policy in the store lists them, and what each may do.

use core::fmt;
use std::collections::BTreeSet;

use identity_core::{
    did::Did,
    encoding::strict_json::{self, Limits, Object, Value},
    key::{PublicKey, Signer},
    status::Instant,
    trust::officers::{OfficerPolicy, PolicyChain, PolicyError, Refounding},
    verify::Budget,
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{Office, OfficeCode, Profile, Refusal, authority::NextShared};
use crate::{
    did::DidLog,
    officers::{MOST_OFFICERS, OfficerCard, OfficerKeys, Shared, persons},
    store::{Family, MACHINE, Store, last_entry, read},
};

/// Where the record stands in `meta`.
pub(super) const OFFICERS: &str = "officers";

/// What needs approvals from two officers on, by the kinds of its journal entries.
const GUARDED: [&str; 8] = [
    "credential.intended",
    "credential.issued",
    "credential.revoked",
    "delegation.ended",
    "mandate.ended",
    "officers.changed",
    "term.ended",
    "term.reinstated",
];

/// What the machine does without an officer.
const UNATTENDED: [&str; 2] = ["in-office.stated", "published"];

/// Returns whether entries of a kind need approvals; those of the keys and of the DID do.
pub(super) fn is_guarded(kind: &str) -> bool {
    GUARDED.contains(&kind) || kind.starts_with("key.") || kind.starts_with("did.")
}

/// Returns whether the machine may write an entry; a member's own code suspends what is theirs, with no
/// officer in the house.
pub(super) fn is_unattended(kind: &str, body: &Json) -> bool {
    let by_member = kind == "credential.suspended" && body["by"] == "member";
    UNATTENDED.contains(&kind) || by_member
}

/// Who acts.
#[derive(Debug, Default)]
#[expect(clippy::exhaustive_enums, reason = "each must be weighed")]
pub enum Actor {
    /// Nobody in particular: there are no officers, or nothing is to be changed.
    #[default]
    Nobody,
    /// The machine, which publishes.
    Machine,
    /// An officer.
    Officer {
        /// The id.
        id: String,
        /// The keys.
        keys: Box<OfficerKeys>,
    },
}

/// What the store keeps of the officers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct OfficersRecord {
    /// Every version of the policy, with its proofs, as JSON.
    pub(super) policies: Vec<String>,
    /// The cards of the officers of the last version.
    pub(super) cards: Vec<OfficerCard>,
    /// The issuing secret; absent while one officer has it under the passphrase.
    pub(super) shared: Option<Shared>,
    /// Whether one passphrase once opened this issuing secret: then old copies of the home still do.
    #[serde(default)]
    pub(super) was_alone: bool,
    /// The secret of an issuing key that the DID is about to name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<NextShared>,
}

/// The officers of an office, as verified.
#[derive(Clone)]
pub struct Officers {
    pub(super) record: OfficersRecord,
    pub(super) chain: PolicyChain,
}

impl Officers {
    /// Verifies what the store says of the officers.
    pub(super) fn verify(
        record: OfficersRecord,
        profile: &Profile,
        log: Option<&DidLog>,
    ) -> Result<Self, Refusal> {
        let documents: Vec<Object<'static>> = record
            .policies
            .iter()
            .map(|text| object(text))
            .collect::<Result<_, Refusal>>()?;
        let refounding = match profile.did.method() {
            "key" => Refounding::Never,
            _ => Refounding::ByControlKey,
        };
        let controls = |key: &PublicKey, at: Instant| match log {
            None => profile.did == identity_core::did::key::create(key),
            Some(log) => log
                .history()
                .update_keys_at(at.timestamp())
                .is_some_and(|keys| keys.contains(key)),
        };
        let chain = PolicyChain::verify(
            &documents,
            &profile.did,
            refounding,
            controls,
            &mut Budget::bundle(),
        )
        .map_err(|error| of_policy(&error))?;
        for (document, versions) in documents[1..].iter().zip(chain.versions().windows(2)) {
            enough_changed(document, &versions[0])?;
        }
        let latest = chain.latest();
        check_size(latest.officers().len(), latest.threshold())?;
        for officer in latest.officers() {
            let card = record.cards.iter().find(|card| card.id == officer.id);
            let card = card.ok_or_else(|| foreign_card(&officer.id))?;
            card.check()?;
            if card.did != officer.did {
                return Err(foreign_card(&officer.id));
            }
        }
        Ok(Self { record, chain })
    }

    /// Returns the policy in force.
    pub fn policy(&self) -> &OfficerPolicy {
        self.chain.latest()
    }

    /// Returns every version of the policy, from the first on.
    pub const fn chain(&self) -> &PolicyChain {
        &self.chain
    }

    /// Returns the documents of every version, with their proofs, as JSON texts.
    pub fn documents(&self) -> &[String] {
        &self.record.policies
    }

    /// Returns an officer's card.
    ///
    /// # Errors
    /// `officer.unknown`.
    pub fn card(&self, id: &str) -> Result<&OfficerCard, Refusal> {
        let known = self.policy().officer(id).is_some();
        let card = self.record.cards.iter().find(|card| card.id == id);
        card.filter(|_| known).ok_or_else(|| {
            let message = format!("there is no officer {id}");
            Refusal::new(OfficeCode::OfficerUnknown, message)
                .hint("see them with: mandate-issuer officer list")
        })
    }

    /// Returns the cards of the officers in force.
    pub fn cards(&self) -> Vec<OfficerCard> {
        let in_force = |card: &&OfficerCard| self.policy().officer(&card.id).is_some();
        self.record.cards.iter().filter(in_force).cloned().collect()
    }

    /// Returns the issuing secret as the officers share it; `None` while one has it alone.
    pub const fn shared(&self) -> Option<&Shared> {
        self.record.shared.as_ref()
    }

    /// Returns whether one passphrase once opened the issuing secret that the officers share.
    pub const fn was_alone(&self) -> bool {
        self.record.was_alone
    }

    /// Returns how many approvals an action takes; none while there is one officer.
    pub fn approvals(&self) -> usize {
        let policy = self.policy();
        persons(policy.officers().len(), policy.threshold()) - 1
    }

    /// Says whether this officer's key is the one that the policy in force lists.
    pub(super) fn check_actor(&self, id: &str, keys: &OfficerKeys) -> Result<(), Refusal> {
        let card = self.card(id)?;
        if &card.key()? == keys.signing.public_key() {
            return Ok(());
        }
        let message = format!("the key in the slot of {id} is not the one in the officer policy");
        Err(Refusal::new(OfficeCode::OfficerSlot, message)
            .hint("restore the slot from a backup; see: mandate-issuer audit verify"))
    }
}

impl fmt::Debug for Officers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Officers")
            .field("policy", self.policy())
            .finish_non_exhaustive()
    }
}

/// Reads the officers of a store; none when nobody was made one.
///
/// A store whose journal an officer has signed has officers, and a policy as new as its last entry.
pub(super) fn load(
    store: &impl Store,
    profile: &Profile,
    log: Option<&DidLog>,
) -> Result<Option<Officers>, Refusal> {
    let record: Option<OfficersRecord> = read(store, Family::Meta, OFFICERS)?;
    let last = last_entry(store)?;
    let signed = last.as_ref().and_then(|entry| entry.policy);
    let Some(record) = record else {
        return match signed {
            None => Ok(None),
            Some(_) => Err(missing(
                "the officer policy is gone, though officers signed here",
            )),
        };
    };
    let officers = Officers::verify(record, profile, log)?;
    if signed.is_some_and(|version| version > officers.policy().version()) {
        return Err(missing(
            "the officer policy is an older one than that under which officers signed here",
        ));
    }
    Ok(Some(officers))
}

/// Checks how many officers there are, and how many it takes: the preparer never approves, so that the
/// others have to reach the threshold.
pub(super) fn check_size(officers: usize, threshold: usize) -> Result<(), Refusal> {
    let refused = |message: String| {
        Err(Refusal::new(OfficeCode::OfficerThreshold, message)
            .hint("choose with --threshold K: K others have to approve what one has prepared"))
    };
    if officers > MOST_OFFICERS {
        return refused(format!("there can be {MOST_OFFICERS} officers at most"));
    }
    let most = officers.saturating_sub(1).max(1);
    if threshold == 0 || threshold > most {
        return refused(format!(
            "of {officers} officers, of whom one prepares, {most} can approve at most: {threshold} is no threshold"
        ));
    }
    Ok(())
}

/// A change of the policy is an action: as many persons as an action takes have signed it, all of them
/// officers before. The policy's own rule, its threshold, is one less: with two officers it would be one.
fn enough_changed(document: &Object<'_>, before: &OfficerPolicy) -> Result<(), Refusal> {
    let needed = persons(before.officers().len(), before.threshold());
    let signers = signers_of(document);
    let count = before.officers().iter();
    let found = count
        .filter(|officer| signers.contains(&officer.did))
        .count();
    if found >= needed {
        return Ok(());
    }
    let code = identity_core::Code::PolicyTooFew.as_str();
    Err(Refusal {
        code,
        message: format!(
            "officer policy {} is signed by {found} of the {needed} officers before it that it takes",
            before.version() + 1
        ),
        hint: Some(RESTORE.to_owned()),
    })
}

/// Returns whose proofs a document carries. They have been verified: all of them, or the document was
/// refused.
pub(super) fn signers_of(document: &Object<'_>) -> BTreeSet<Did> {
    let proofs = match document.get("proof") {
        None => &[][..],
        Some(Value::Array(proofs)) => proofs,
        Some(proof) => core::slice::from_ref(proof),
    };
    let method = |proof: &Value<'_>| {
        proof
            .get("verificationMethod")?
            .as_str()?
            .split('#')
            .next()?
            .parse()
            .ok()
    };
    proofs.iter().filter_map(method).collect()
}

/// Reads a JSON object that the store keeps as text.
pub(super) fn object(text: &str) -> Result<Object<'static>, Refusal> {
    match strict_json::parse(text.as_bytes(), &Limits::small()).map(Value::into_owned) {
        Ok(Value::Object(object)) => Ok(object),
        _ => Err(missing(
            "a document of the officers is not what was written",
        )),
    }
}

/// Writes a JSON object as the store keeps it.
pub(super) fn text(object: &Object<'static>) -> Result<String, Refusal> {
    let value = Value::Object(object.clone());
    let bytes = identity_core::encoding::jcs::canonicalize(&value)
        .map_err(|error| Refusal::core(error.code(), &error))?;
    String::from_utf8(bytes).map_err(|_| missing("a document of the officers is no text"))
}

const RESTORE: &str =
    "keep the folder as it is and restore a backup: mandate-issuer backup restore FILE";

fn missing(message: &str) -> Refusal {
    Refusal::new(OfficeCode::PolicyMissing, message).hint(RESTORE)
}

fn foreign_card(id: &str) -> Refusal {
    let message = format!("the card of {id} is not that of the officer in the policy");
    Refusal::new(OfficeCode::OfficerCard, message).hint(RESTORE)
}

pub(super) fn of_policy(error: &PolicyError) -> Refusal {
    Refusal::core(error.code(), error).hint(RESTORE)
}

impl<S: Store> Office<S> {
    /// Returns the officers; `None` while there are none.
    pub const fn officers(&self) -> Option<&Officers> {
        self.officers.as_ref()
    }

    /// Returns every version of the officer policy, as a bundle carries them.
    pub(super) fn policies(&self) -> Result<Vec<Json>, Refusal> {
        let documents = self.officers.iter().flat_map(Officers::documents);
        let read = |text: &String| Ok(Value::Object(object(text)?).to_serde());
        documents.map(read).collect()
    }

    /// Says who acts from now on.
    ///
    /// # Errors
    /// `officer.unknown`; `officer.slot` when the key is not the one in the policy.
    pub fn act_as(&mut self, actor: Actor) -> Result<(), Refusal> {
        if let (Actor::Officer { id, keys }, Some(officers)) = (&actor, &self.officers) {
            officers.check_actor(id, keys)?;
        }
        self.actor = actor;
        Ok(())
    }

    /// Lets nobody act any more, and returns who did.
    pub fn stand_down(&mut self) -> Actor {
        core::mem::take(&mut self.actor)
    }

    /// Returns the officer who acts.
    pub(super) fn acting(&self) -> Result<(&str, &OfficerKeys), Refusal> {
        match &self.actor {
            Actor::Officer { id, keys } => Ok((id, keys)),
            _ => Err(nobody()),
        }
    }

    /// Returns how many approvals an action takes; none while there is at most one officer.
    pub fn approvals_needed(&self) -> usize {
        self.officers.as_ref().map_or(0, Officers::approvals)
    }

    /// Returns who signs these entries; nobody else may write them.
    pub(super) fn author(&self, entries: &[(&str, &Json)]) -> Result<(&str, &dyn Signer), Refusal> {
        match &self.actor {
            Actor::Officer { id, keys } => Ok((id, &keys.signing)),
            Actor::Machine if entries.iter().all(|(kind, body)| is_unattended(kind, body)) => {
                Ok((MACHINE, &self.keys.journal))
            }
            _ => Err(nobody()),
        }
    }
}

fn nobody() -> Refusal {
    Refusal::new(
        OfficeCode::OfficerNeeded,
        "this office has officers: one of them has to act",
    )
    .hint("say who acts with --officer ID, and give that officer's passphrase")
}
