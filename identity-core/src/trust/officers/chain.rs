//! The versions of a policy, each resting on the one before.

use super::{
    MOST_VERSIONS, Officer, PolicyDraft, PolicyError, Signers,
    document::{digest, key_of},
};
use crate::{
    did::Did, encoding::strict_json::Object, key::PublicKey, status::Instant, verify::Budget,
};

/// A version of a policy whose signatures were verified, as part of its [`PolicyChain`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficerPolicy {
    draft: PolicyDraft,
    digest: [u8; 32],
}

/// Every version of a body's policy, from the first on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyChain(Vec<OfficerPolicy>);

/// Whether whoever controls the DID may set up a policy anew when its officers are lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "complete: they may or may not")]
pub enum Refounding {
    /// A secretariat: the control key is in the safe, and can replace every other key anyway.
    ByControlKey,
    /// An accreditor: only its officers replace its officers.
    Never,
}

impl PolicyChain {
    /// Verifies all versions. `controls` says whether a key was in control of the DID at an instant: for
    /// did:key its only key, for did:webvh the update keys in force then.
    ///
    /// # Errors
    /// [`PolicyError`] at the first version that is refused: then none counts.
    pub fn verify(
        documents: &[Object<'_>],
        issuer: &Did,
        refounding: Refounding,
        controls: impl Fn(&PublicKey, Instant) -> bool,
        budget: &mut Budget,
    ) -> Result<Self, PolicyError> {
        if documents.is_empty() || documents.len() > MOST_VERSIONS {
            return Err(PolicyError::Malformed {
                reason: "there is no version, or more than 1,024",
            });
        }
        let mut chain: Vec<OfficerPolicy> = Vec::with_capacity(documents.len());
        for document in documents {
            let draft = PolicyDraft::read(document)?;
            let version = draft.version;
            let before = chain.last();
            follows(&draft, before, issuer)?;
            let now = draft.issued_at.timestamp();
            let signers = Signers::verify(document, now, budget)
                .map_err(|error| PolicyError::Proof { version, error })?;
            let is_control = |key: &PublicKey| controls(key, draft.issued_at);
            let officers_before = before.map_or(&[][..], OfficerPolicy::officers);
            let may_control = before.is_none() || refounding == Refounding::ByControlKey;
            let stranger = signers.stranger(|signer| {
                let is_officer = |officer: &Officer| officer.did == *signer.did();
                draft.officers.iter().any(is_officer)
                    || officers_before.iter().any(is_officer)
                    || (may_control && is_control(signer.key()))
            });
            if let Some(stranger) = stranger {
                return Err(PolicyError::Stranger {
                    version,
                    signer: stranger.did().to_string(),
                });
            }
            need(
                version,
                "officers it lists",
                signers.count(&draft.officers),
                draft.threshold,
            )?;
            if !(may_control && signers.any(is_control)) {
                match before {
                    None => need(version, "keys that control the DID", 0, 1)?,
                    Some(before) => {
                        let found = signers.count(before.officers());
                        need(version, "officers before it", found, before.to_change())?;
                    }
                }
            }
            let digest = digest(document)?;
            chain.push(OfficerPolicy { draft, digest });
        }
        Ok(Self(chain))
    }

    /// Returns the newest version.
    ///
    /// # Panics
    /// Never: a chain has at least one version.
    pub fn latest(&self) -> &OfficerPolicy {
        self.0.last().expect("verify refuses an empty chain")
    }

    /// Returns a version by its number.
    pub fn version(&self, number: u64) -> Option<&OfficerPolicy> {
        let at = usize::try_from(number.checked_sub(1)?).ok()?;
        self.0.get(at)
    }

    /// Returns the version in force at an instant.
    pub fn at(&self, instant: Instant) -> Option<&OfficerPolicy> {
        self.0
            .iter()
            .rev()
            .find(|policy| policy.issued_at() <= instant)
    }

    /// Returns the versions from the first on.
    pub fn versions(&self) -> &[OfficerPolicy] {
        &self.0
    }
}

/// Holds a version against the one before it.
fn follows(
    draft: &PolicyDraft,
    before: Option<&OfficerPolicy>,
    issuer: &Did,
) -> Result<(), PolicyError> {
    let refused = |reason| {
        Err(PolicyError::Version {
            found: draft.version,
            reason,
        })
    };
    if draft.issuer.subject() != issuer.subject() {
        return refused("it is another body's");
    }
    let Some(before) = before else {
        return match (draft.version, draft.epoch) {
            (1, 0) => Ok(()),
            _ => refused("the first version has number 1 and epoch 0"),
        };
    };
    if draft.version != before.version() + 1 {
        return refused("its number is not one more than that before it");
    }
    if draft.issued_at < before.issued_at() {
        return refused("it was drawn up before the one before it");
    }
    if draft.epoch != before.epoch() && draft.epoch != before.epoch() + 1 {
        return refused("its epoch is not that before it, or one more");
    }
    Ok(())
}

const fn need(
    version: u64,
    who: &'static str,
    found: usize,
    needed: usize,
) -> Result<(), PolicyError> {
    if found >= needed {
        return Ok(());
    }
    Err(PolicyError::TooFew {
        version,
        who,
        found,
        needed,
    })
}

impl OfficerPolicy {
    /// Returns the DID of the body.
    pub const fn issuer(&self) -> &Did {
        &self.draft.issuer
    }

    /// Returns the number of the version.
    pub const fn version(&self) -> u64 {
        self.draft.version
    }

    /// Returns the epoch: sequence numbers of another epoch are not compared.
    pub const fn epoch(&self) -> u64 {
        self.draft.epoch
    }

    /// Returns how many officers it takes.
    pub const fn threshold(&self) -> usize {
        self.draft.threshold
    }

    /// Returns how many of its officers it takes to put another in its place: two where there are two, also
    /// where one is enough for everything else. One alone could make everybody else an officer no more.
    pub fn to_change(&self) -> usize {
        self.threshold().max(self.officers().len().min(2))
    }

    /// Returns the officers.
    pub fn officers(&self) -> &[Officer] {
        &self.draft.officers
    }

    /// Returns an officer by the short name.
    pub fn officer(&self, id: &str) -> Option<&Officer> {
        self.officers().iter().find(|officer| officer.id == id)
    }

    /// Returns whether a key may publish unattended.
    pub fn may_publish(&self, key: &PublicKey) -> bool {
        let keys = self.draft.publishing.iter().map(key_of);
        keys.into_iter().any(|other| other.as_ref() == Ok(key))
    }

    /// Returns when it was drawn up.
    pub const fn issued_at(&self) -> Instant {
        self.draft.issued_at
    }

    /// Returns what it says, to draw the next version up from.
    pub const fn draft(&self) -> &PolicyDraft {
        &self.draft
    }

    /// Returns the SHA-256 digest of the document with its proofs, in canonical form.
    pub const fn digest(&self) -> &[u8; 32] {
        &self.digest
    }
}
