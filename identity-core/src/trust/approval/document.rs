//! The document that officers sign to approve.

use jiff::Timestamp;

use super::ApprovalError;
use crate::{
    did::Did,
    encoding::{
        base64url, jcs,
        merkle::Hash,
        strict_json::{Object, Value},
    },
    key::Signer,
    proof::data_integrity::ProofError,
    status::Instant,
    trust::officers::{Officer, OfficerPolicy, Signers, add_proof},
    verify::Budget,
};

const SCHEMA: &str = "mandate.approval/1";

/// What is put before the officers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct ApprovalDraft {
    /// The DID of the body in whose house it is to be done.
    pub home: Did,
    /// The version of the officer policy in force.
    pub policy_version: u64,
    /// The id of the officer who prepared it.
    pub preparer: String,
    /// What is to be done, such as `credential.issue`.
    pub action: String,
    /// The digest of the [manifest](super::Manifest).
    pub manifest: Hash,
    /// How many items the manifest has.
    pub items: u64,
    /// When it was prepared.
    pub created: Instant,
    /// From when on it may no longer be done.
    pub expires: Instant,
    /// What tells it from every other, 16 random bytes.
    pub nonce: [u8; 16],
}

/// What keeps the preparer's signature apart from every other of the same key.
const PREPARED: &[u8] = b"mandate-approval-prepared/1\n";

/// Returns the bytes by whose signature an officer says that they prepared it: without it whoever did could
/// name another, and approve it.
///
/// # Errors
/// [`ApprovalError::Canonical`].
pub fn prepared_message(draft: &ApprovalDraft) -> Result<Vec<u8>, ApprovalError> {
    let bytes = jcs::canonicalize(&Value::Object(draft.document()))?;
    Ok([PREPARED, &bytes].concat())
}

/// Approvals that were verified: enough officers, none of them the preparer.
///
/// Only [`verify`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    draft: ApprovalDraft,
    approvers: Vec<String>,
}

impl ApprovalDraft {
    /// Returns the document to be signed.
    pub fn document(&self) -> Object<'static> {
        let mut object = Object::default();
        let mut put = |name: &'static str, value: Value<'static>| {
            object.insert(name, value);
        };
        put("schema", SCHEMA.into());
        put("home", self.home.to_string().into());
        put("policyVersion", self.policy_version.into());
        put("preparer", self.preparer.clone().into());
        put("action", self.action.clone().into());
        put("manifest", base64url::encode(&self.manifest).into());
        put("items", self.items.into());
        put("created", self.created.to_string().into());
        put("expires", self.expires.to_string().into());
        put("nonce", base64url::encode(&self.nonce).into());
        object
    }

    /// Reads a document, signed or not; what it says counts for nothing until [`verify`] has passed.
    ///
    /// # Errors
    /// [`ApprovalError::Malformed`].
    pub fn read(document: &Object<'_>) -> Result<Self, ApprovalError> {
        const MEMBERS: [&str; 11] = [
            "schema",
            "home",
            "policyVersion",
            "preparer",
            "action",
            "manifest",
            "items",
            "created",
            "expires",
            "nonce",
            "proof",
        ];
        let malformed = |reason| ApprovalError::Malformed { reason };
        if document.iter().any(|(name, _)| !MEMBERS.contains(&name)) {
            return Err(malformed("there is a member that no approval has"));
        }
        let text = |name| document.get(name).and_then(Value::as_str);
        let number = |name| document.get(name).and_then(Value::as_u64);
        let instant = |name| text(name).and_then(|text| text.parse::<Instant>().ok());
        if text("schema") != Some(SCHEMA) {
            return Err(malformed("the schema is not mandate.approval/1"));
        }
        let (created, expires) = (instant("created"), instant("expires"));
        let (Some(created), Some(expires)) = (created, expires) else {
            return Err(malformed("created or expires is no instant"));
        };
        if expires <= created {
            return Err(malformed("it expires before it was made"));
        }
        Ok(Self {
            home: text("home")
                .ok_or_else(|| malformed("it names no home"))?
                .parse()?,
            policy_version: number("policyVersion")
                .ok_or_else(|| malformed("it names no policy version"))?,
            preparer: text("preparer")
                .ok_or_else(|| malformed("it names no preparer"))?
                .to_owned(),
            action: text("action")
                .ok_or_else(|| malformed("it names no action"))?
                .to_owned(),
            manifest: bytes(text("manifest"))
                .ok_or_else(|| malformed("the manifest is no digest"))?,
            items: number("items").ok_or_else(|| malformed("it has no number of items"))?,
            created,
            expires,
            nonce: bytes(text("nonce")).ok_or_else(|| malformed("the nonce is not 16 bytes"))?,
        })
    }
}

/// Adds an officer's approval. The proof expires when the approval does.
///
/// # Errors
/// [`ApprovalError`] when the document is not well formed or the key could not sign.
pub fn approve(
    document: Object<'static>,
    signer: &impl Signer,
    now: Timestamp,
) -> Result<Object<'static>, ApprovalError> {
    let expires = ApprovalDraft::read(&document)?.expires;
    Ok(add_proof(document, signer, now, Some(expires.timestamp()))?)
}

/// Verifies that enough officers of this policy approved, and counts each once.
///
/// `at` is when what was approved is done: now at home, and the instant of issue for whoever looks at it
/// later. `needed` is the number of officers it takes, the policy's threshold or more.
///
/// # Errors
/// [`ApprovalError`] when any signature, or the whole, is refused.
pub fn verify(
    document: &Object<'_>,
    policy: &OfficerPolicy,
    at: Instant,
    needed: usize,
    budget: &mut Budget,
) -> Result<Approval, ApprovalError> {
    let draft = ApprovalDraft::read(document)?;
    if draft.home != *policy.issuer() {
        return Err(ApprovalError::Foreign {
            home: draft.home.to_string(),
        });
    }
    if draft.policy_version != policy.version() || draft.created < policy.issued_at() {
        return Err(ApprovalError::PolicyVersion {
            found: draft.policy_version,
        });
    }
    if at < draft.created || at >= draft.expires {
        return Err(ApprovalError::Expired {
            from: draft.created.to_string(),
            to: draft.expires.to_string(),
        });
    }
    let needed = needed.max(policy.threshold());
    if document.get("proof").is_none() {
        return Err(ApprovalError::TooFew { found: 0, needed });
    }
    let signers =
        Signers::verify(document, at.timestamp(), budget).map_err(|error| match error {
            ProofError::Expired => ApprovalError::Expired {
                from: draft.created.to_string(),
                to: draft.expires.to_string(),
            },
            error => error.into(),
        })?;
    let is_officer = |did: &Did| policy.officers().iter().any(|o| o.did == *did);
    if let Some(stranger) = signers.stranger(|signer| is_officer(signer.did())) {
        return Err(ApprovalError::Stranger {
            signer: stranger.did().to_string(),
        });
    }
    let approvers: Vec<&Officer> = signers.among(policy.officers()).collect();
    if approvers.iter().any(|officer| officer.id == draft.preparer) {
        return Err(ApprovalError::Preparer {
            preparer: draft.preparer,
        });
    }
    if approvers.len() < needed {
        return Err(ApprovalError::TooFew {
            found: approvers.len(),
            needed,
        });
    }
    let approvers = approvers.into_iter().map(|o| o.id.clone()).collect();
    Ok(Approval { draft, approvers })
}

impl Approval {
    /// Returns what was approved.
    pub const fn draft(&self) -> &ApprovalDraft {
        &self.draft
    }

    /// Returns the ids of the officers who approved.
    pub fn approvers(&self) -> &[String] {
        &self.approvers
    }
}

/// Reads bytes of a fixed length in base64url.
pub(super) fn bytes<const N: usize>(text: Option<&str>) -> Option<[u8; N]> {
    base64url::decode(text?).ok()?.try_into().ok()
}
