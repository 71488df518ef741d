//! What a credential carries to show that officers approved it.

use super::{
    Approval, ApprovalDraft, ApprovalError, Manifest,
    document::{bytes, prepared_message, verify},
    manifest::{Salt, leaf},
};
use crate::{
    did::Did,
    encoding::{
        base64url,
        merkle::{self, Hash},
        strict_json::{Object, Value},
    },
    key::{PublicKey, Signature},
    proof::data_integrity::ProofError,
    status::Instant,
    trust::officers::{OfficerPolicy, PolicyChain},
    verify::Budget,
};

/// The approvals with the way from one item to the manifest that was approved.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Evidence {
    document: Object<'static>,
    preparation: Signature,
    salt: Salt,
    index: u64,
    path: Vec<Hash>,
    content: Hash,
}

/// The item of a credential to be issued: a digest of the credential itself, without what shows the approval
/// ([`approved_claims`](crate::credential::approved_claims),
/// [`approved_document`](crate::credential::approved_document)), and one of what the officers read.
pub fn issue_item(credential: &Hash, content: &Hash) -> Value<'static> {
    Value::object([
        ("credential", base64url::encode(credential)),
        ("content", base64url::encode(content)),
    ])
}

impl Evidence {
    /// Puts the evidence of one item together, with the preparer's signature over
    /// [`prepared_message`]; `None` when the manifest has no such item.
    pub fn new(
        (document, preparation): (Object<'static>, Signature),
        manifest: &Manifest,
        index: usize,
        content: Hash,
    ) -> Option<Self> {
        let (salt, path) = manifest.proof(index)?;
        Some(Self {
            document,
            preparation,
            salt,
            index: u64::try_from(index).ok()?,
            path,
            content,
        })
    }

    /// Returns the claim `approval` of a credential.
    pub fn to_value(&self) -> Value<'static> {
        Value::object([
            ("document", Value::Object(self.document.clone())),
            (
                "preparation",
                base64url::encode(self.preparation.as_bytes()).into(),
            ),
            ("salt", base64url::encode(&self.salt).into()),
            ("index", self.index.into()),
            (
                "path",
                Value::array(self.path.iter().map(|node| base64url::encode(node))),
            ),
            ("content", base64url::encode(&self.content).into()),
        ])
    }

    /// Reads the claim.
    ///
    /// # Errors
    /// [`ApprovalError::Malformed`].
    pub fn from_value(value: &Value<'_>) -> Result<Self, ApprovalError> {
        let malformed = |reason| ApprovalError::Malformed { reason };
        let object = value.as_object();
        let object = object.ok_or_else(|| malformed("the evidence is no object"))?;
        let text = |name| object.get(name).and_then(Value::as_str);
        let document = object.get("document").and_then(Value::as_object);
        let path = object.get("path").and_then(Value::as_array);
        let path = path.filter(|path| path.len() <= 48);
        let path = path.ok_or_else(|| malformed("the path is no list of hashes"))?;
        let path = path.iter().map(|node| bytes(node.as_str()));
        let path: Option<Vec<Hash>> = path.collect();
        Ok(Self {
            document: document
                .ok_or_else(|| malformed("there is no document"))?
                .clone()
                .into_owned(),
            preparation: text("preparation")
                .and_then(|text| base64url::decode(text).ok())
                .and_then(|bytes| Signature::from_slice(&bytes).ok())
                .ok_or_else(|| malformed("the preparer's signature is none"))?,
            salt: bytes(text("salt")).ok_or_else(|| malformed("the salt is not 32 bytes"))?,
            index: object
                .get("index")
                .and_then(Value::as_u64)
                .ok_or_else(|| malformed("there is no index"))?,
            path: path.ok_or_else(|| malformed("the path is no list of hashes"))?,
            content: bytes(text("content")).ok_or_else(|| malformed("the content is no digest"))?,
        })
    }

    /// Returns the document that the officers signed.
    pub const fn document(&self) -> &Object<'static> {
        &self.document
    }

    /// Returns the digest of what cannot be seen of the credential.
    pub const fn content(&self) -> &Hash {
        &self.content
    }

    /// Verifies that officers of this body approved this item, at its issue.
    ///
    /// # Errors
    /// [`ApprovalError`].
    pub fn verify(
        &self,
        item: &Value<'_>,
        (home, chain): (&Did, &PolicyChain),
        issued_at: Instant,
        needed: usize,
        budget: &mut Budget,
    ) -> Result<Approval, ApprovalError> {
        let draft = ApprovalDraft::read(&self.document)?;
        if draft.home.subject() != home.subject() {
            return Err(ApprovalError::Foreign {
                home: draft.home.to_string(),
            });
        }
        let found = draft.policy_version;
        // That in force when it was prepared: officers who left cannot approve any more.
        let policy = chain
            .at(draft.created)
            .filter(|policy| policy.version() == found);
        let policy = policy.ok_or(ApprovalError::PolicyVersion { found })?;
        if draft.action != Self::ACTION {
            return Err(ApprovalError::Manifest {
                reason: "it was no issue",
            });
        }
        let leaf = leaf(item, &self.salt)?;
        let root = merkle::root_of_inclusion(&leaf, self.index, draft.items, &self.path);
        if root != Some(draft.manifest) {
            return Err(ApprovalError::Manifest {
                reason: "this credential was not in it",
            });
        }
        self.check_preparer(&draft, policy, budget)?;
        verify(&self.document, policy, issued_at, needed, budget)
    }

    /// Checks that the officer who is named prepared it: else one officer alone could name another, and be
    /// the one who approves.
    fn check_preparer(
        &self,
        draft: &ApprovalDraft,
        policy: &OfficerPolicy,
        budget: &mut Budget,
    ) -> Result<(), ApprovalError> {
        let unprepared = || ApprovalError::Unprepared {
            preparer: draft.preparer.clone(),
        };
        let officer = policy.officer(&draft.preparer).ok_or_else(unprepared)?;
        let key = PublicKey::from_multikey(officer.did.specific_id());
        let key = key.map_err(|_| unprepared())?;
        budget.spend_signature().map_err(ProofError::from)?;
        key.verify(&prepared_message(draft)?, &self.preparation)
            .map_err(|_| unprepared())
    }

    /// The action of a manifest whose items are credentials to be issued.
    pub const ACTION: &'static str = "credential.issue";
}
