//! Actions that were prepared and wait for approvals.

use std::collections::BTreeSet;

use identity_core::{
    encoding::{
        base64url, jcs,
        merkle::Hash,
        strict_json::{Object, Value},
    },
    key::{Signature, Signer as _},
    status::Instant,
    trust::{
        approval::{self, ApprovalDraft, ApprovalError, Manifest, Salt},
        officers::{self as policies, Officer, PolicyDraft},
    },
    verify::Budget,
};
use jiff::SignedDuration;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

use super::{
    Action, Change, Office, OfficeCode, Officers, Refusal,
    action::{Item, changed, manifest},
    issue::NEXT_SLOT,
    officers::{object, of_policy, signers_of, text},
    settled::{Places, Settled, seed},
};
use crate::{
    officers::{OfficerCard, Release},
    store::{Family, Store, read},
};

const INDEX: &str = "approvals";
/// How long approvals can be given, unless something else was asked for.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// An action that was prepared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "a record of the store")]
pub struct PendingAction {
    /// `mandate.pending-action/1`.
    pub schema: String,
    /// Its id, which follows from the document.
    pub id: String,
    /// What is to be done.
    pub action: Action,
    /// What officers read of it, one for each item.
    pub contents: Vec<Json>,
    /// The salt of each item, base64url.
    pub salts: Vec<String>,
    /// What is settled of the credentials, where some are to be issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<Settled>,
    /// The document that officers sign, with the proofs of those who have; JSON.
    pub document: String,
    /// The preparer's signature over the document without proofs, base64url.
    pub preparation: String,
    /// The policy to come, with its proofs, when officers change; JSON.
    pub policy: Option<String>,
    /// Pads that were released for it.
    pub releases: Vec<Release>,
    /// What became of it.
    pub state: PendingState,
}

/// What became of a prepared action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "every state must be weighed")]
pub enum PendingState {
    /// It waits for approvals.
    Open,
    /// Enough officers have approved; it is being carried out.
    Approved,
    /// It was carried out.
    Done {
        /// When.
        at: Instant,
    },
    /// An officer said no.
    Rejected {
        /// Who.
        by: String,
    },
}

/// Which actions there are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Index {
    /// All of them, the oldest first.
    pub(super) ids: Vec<String>,
    /// When the latest of those under which credentials were issued was prepared.
    pub(super) latest: Option<Instant>,
}

impl PendingAction {
    /// The `schema` of a prepared action.
    pub const SCHEMA: &'static str = "mandate.pending-action/1";

    /// Returns what the document says; it is not verified.
    ///
    /// # Errors
    /// `approval.malformed`.
    pub fn draft(&self) -> Result<ApprovalDraft, Refusal> {
        ApprovalDraft::read(&object(&self.document)?).map_err(|error| of_approval(&error))
    }

    /// Returns the salts.
    pub(super) fn salts(&self) -> Result<Vec<Salt>, Refusal> {
        let salt = |text: &String| base64url::decode(text).ok()?.try_into().ok();
        let salts: Option<Vec<Salt>> = self.salts.iter().map(salt).collect();
        salts.ok_or_else(|| changed("a salt is none"))
    }

    /// Returns the manifest of what it says officers read.
    pub(super) fn manifest(&self) -> Result<Manifest, Refusal> {
        let items = self.items()?;
        manifest(&items, &self.salts()?)
    }

    /// Returns what it says is approved.
    pub(super) fn items(&self) -> Result<Vec<Item>, Refusal> {
        let issues = matches!(self.action, Action::Issue { .. });
        let credentials: Vec<Option<Hash>> = match (&self.settled, issues) {
            (Some(settled), true) => settled.digests()?.into_iter().map(Some).collect(),
            (None, false) => vec![None; self.contents.len()],
            _ => return Err(changed("what was settled of credentials does not fit it")),
        };
        if credentials.len() != self.contents.len() {
            return Err(changed("there are more items than credentials, or fewer"));
        }
        let contents = self.contents.iter().cloned();
        let items = contents.zip(credentials);
        Ok(items
            .map(|(content, credential)| Item {
                content,
                credential,
            })
            .collect())
    }

    /// Returns the preparer's signature, where it is one.
    pub(super) fn preparation(&self) -> Option<Signature> {
        let bytes = base64url::decode(&self.preparation).ok()?;
        Signature::from_slice(&bytes).ok()
    }

    /// Returns what the credentials can be made of again, where some are to be issued.
    pub(super) fn places(&self) -> Result<Option<Places>, Refusal> {
        self.settled.as_ref().map(Settled::places).transpose()
    }

    /// Returns who approved, by the proofs that the document carries; they are not verified here.
    ///
    /// # Errors
    /// `policy.missing` when the document cannot be read.
    pub fn approvers(&self, officers: &[Officer]) -> Result<Vec<String>, Refusal> {
        let signers = signers_of(&object(&self.document)?);
        let signed = officers
            .iter()
            .filter(|officer| signers.contains(&officer.did));
        Ok(signed.map(|officer| officer.id.clone()).collect())
    }

    /// Checks that all of it is what its preparer put together, and what the approvers so far signed.
    ///
    /// # Errors
    /// `approval.changed` when the content is not the one under the digest; `approval.unsigned` when the
    /// officer named did not prepare it; `approval.*` of the core when a signature is refused.
    pub(super) fn verify(
        &self,
        officers: &Officers,
        now: Instant,
    ) -> Result<ApprovalDraft, Refusal> {
        let document = object(&self.document)?;
        let draft = ApprovalDraft::read(&document).map_err(|error| of_approval(&error))?;
        if draft.action != self.action.name() {
            return Err(changed("the document is of another action"));
        }
        let manifest = self.manifest()?;
        let items = u64::try_from(manifest.len()).unwrap_or(u64::MAX);
        if manifest.digest() != draft.manifest || items != draft.items {
            return Err(changed("its content is not the one under the digest"));
        }
        // With approvals to come this says that they are too few, and everything else before.
        let policy = officers.policy();
        let needed = officers.approvals();
        let verified =
            approval::verify(&document, policy, now, needed, &mut Budget::presentation());
        match verified {
            Ok(_) | Err(ApprovalError::TooFew { .. }) => {}
            Err(error) => return Err(of_approval(&error)),
        }
        self.check_preparer(&draft, officers)?;
        if self.id != id_of(&draft)? {
            return Err(changed("it has the id of another"));
        }
        Ok(draft)
    }

    /// Checks that the officer who is said to have prepared it did: else whoever prepared it could name
    /// another, and approve it.
    fn check_preparer(&self, draft: &ApprovalDraft, officers: &Officers) -> Result<(), Refusal> {
        let unsigned = || {
            let message = format!("{} did not prepare this", draft.preparer);
            Refusal::new(OfficeCode::ApprovalUnsigned, message)
                .hint("reject it, and look at: mandate-issuer audit verify")
        };
        let signature = self.preparation();
        let key = officers.card(&draft.preparer)?.key()?;
        key.verify(&preparation(draft)?, &signature.ok_or_else(unsigned)?)
            .map_err(|_| unsigned())
    }
}

/// Returns the bytes that a preparer signs.
fn preparation(draft: &ApprovalDraft) -> Result<Vec<u8>, Refusal> {
    approval::prepared_message(draft).map_err(|error| of_approval(&error))
}

/// Returns the digest of the document without its proofs, base64url, as the journal has it.
pub(super) fn document_digest(draft: &ApprovalDraft) -> Result<String, Refusal> {
    Ok(base64url::encode(&Sha256::digest(canonical(
        &draft.document(),
    )?)))
}

/// Returns the id of an action: `a` and 12 letters of Crockford's base32 out of the document's digest.
pub(super) fn id_of(draft: &ApprovalDraft) -> Result<String, Refusal> {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let digest = Sha256::digest(canonical(&draft.document())?);
    let symbol = |byte: &u8| char::from(ALPHABET[usize::from(byte & 31)]);
    Ok(format!(
        "a{}",
        digest.iter().take(12).map(symbol).collect::<String>()
    ))
}

fn canonical(object: &Object<'static>) -> Result<Vec<u8>, Refusal> {
    jcs::canonicalize(&Value::Object(object.clone()))
        .map_err(|error| Refusal::core(error.code(), &error))
}

pub(super) fn of_approval(error: &ApprovalError) -> Refusal {
    Refusal::core(error.code(), error).hint("prepare it again, or see: mandate-issuer approve list")
}

pub(super) fn key_of(id: &str) -> String {
    format!("approval/{id}")
}

impl<S: Store> Office<S> {
    /// Prepares an action and puts it before the officers; nothing else is changed.
    ///
    /// # Errors
    /// `officer.needed` when no officer acts; [`Refusal`] when the action could not be carried out now.
    pub fn prepare(
        &mut self,
        action: Action,
        lifetime: SignedDuration,
        now: Instant,
        rng: &mut impl CryptoRng,
    ) -> Result<PendingAction, Refusal> {
        let (places, next_slot) = match &action {
            Action::Issue { orders, .. } => {
                let (first, next) = self.reserve(orders.len(), now, rng)?;
                let places = Places {
                    first,
                    seed: seed(rng),
                };
                (Some(places), Some(next))
            }
            _ => (None, None),
        };
        let items: Vec<Item> = self
            .items(&action, places.as_ref(), (now, now))?
            .into_iter()
            .collect::<Result<_, _>>()?;
        let (preparer, keys) = self.acting()?;
        let officers = self.officers.as_ref().ok_or_else(none)?;
        let salts: Vec<Salt> = items.iter().map(|_| Manifest::salt(rng)).collect();
        let manifest = manifest(&items, &salts)?;
        let mut nonce = [0; 16];
        rng.fill_bytes(&mut nonce);
        let expires = now.timestamp().checked_add(lifetime).map_err(|_| {
            Refusal::new(
                OfficeCode::InstantInvalid,
                "it would expire beyond the calendar",
            )
        })?;
        let draft = ApprovalDraft {
            home: self.did().clone(),
            policy_version: officers.policy().version(),
            preparer: preparer.to_owned(),
            action: action.name().to_owned(),
            manifest: manifest.digest(),
            items: u64::try_from(manifest.len()).unwrap_or(u64::MAX),
            created: now,
            expires: Instant::floor(expires),
            nonce,
        };
        let id = id_of(&draft)?;
        let signature = keys
            .signing
            .try_sign(&preparation(&draft)?)
            .map_err(|error| Refusal::core(error.code(), &error))?;
        let policy = match &action {
            Action::ChangeOfficers { cards, threshold } => {
                let next = self.next_policy(cards, *threshold, now);
                Some(text(&sign_policy(&next, &keys.signing, now)?)?)
            }
            _ => None,
        };
        let behind = BTreeSet::from([preparer.to_owned()]);
        let releases = match officers.shared() {
            Some(shared) if action.needs_secret() => {
                let own = (preparer, &keys.sealing);
                shared.release(own, &behind, &officers.cards(), (self.did(), &id), rng)?
            }
            _ => Vec::new(),
        };
        let pending = PendingAction {
            schema: PendingAction::SCHEMA.to_owned(),
            id,
            settled: places.map(|places| places.keep(&items)),
            contents: items.into_iter().map(|item| item.content).collect(),
            salts: salts.iter().map(|salt| base64url::encode(salt)).collect(),
            document: text(&draft.document())?,
            preparation: base64url::encode(signature.as_bytes()),
            policy,
            releases,
            state: PendingState::Open,
            action,
        };
        let mut change = Change::default();
        if let Some(next) = next_slot {
            change.batch.put(Family::Meta, NEXT_SLOT, &next)?;
        }
        let mut index = self.approvals_index()?;
        index.ids.push(pending.id.clone());
        change.batch.put(Family::Meta, INDEX, &index)?;
        change
            .batch
            .put(Family::Meta, &key_of(&pending.id), &pending)?;
        change.note(
            "approval.prepared",
            json!({
                "approval": pending.id,
                "action": pending.action.name(),
                "items": pending.contents.len(),
                "document": document_digest(&draft)?,
                "expires": draft.expires.to_string(),
            }),
        );
        self.commit(now, change)?;
        Ok(pending)
    }

    /// Draws the next version of the policy up.
    pub(super) fn next_policy(
        &self,
        cards: &[OfficerCard],
        threshold: usize,
        now: Instant,
    ) -> PolicyDraft {
        let before = self
            .officers
            .as_ref()
            .map(|officers| officers.policy().draft());
        PolicyDraft {
            issuer: self.did().clone(),
            version: before.map_or(1, |before| before.version + 1),
            epoch: before.map_or(0, |before| before.epoch),
            threshold,
            officers: cards
                .iter()
                .map(|card| Officer {
                    id: card.id.clone(),
                    did: card.did.clone(),
                    roles: vec![card.role.clone()],
                })
                .collect(),
            publishing: Vec::new(),
            issued_at: now,
        }
    }

    /// Returns a prepared action.
    ///
    /// # Errors
    /// `approval.unknown`.
    pub fn pending(&self, id: &str) -> Result<PendingAction, Refusal> {
        let pending: Option<PendingAction> = read(&self.store, Family::Meta, &key_of(id))?;
        pending.filter(|pending| pending.id == id).ok_or_else(|| {
            let message = format!("no prepared action has the id {id}");
            Refusal::new(OfficeCode::ApprovalUnknown, message)
                .hint("see them with: mandate-issuer approve list")
        })
    }

    /// Returns every action that was prepared, the oldest first.
    ///
    /// # Errors
    /// [`Refusal`] when the store cannot be read.
    pub fn prepared(&self) -> Result<Vec<PendingAction>, Refusal> {
        let index = self.approvals_index()?;
        index.ids.iter().map(|id| self.pending(id)).collect()
    }

    pub(super) fn approvals_index(&self) -> Result<Index, Refusal> {
        Ok(read(&self.store, Family::Meta, INDEX)?.unwrap_or_default())
    }

    pub(super) fn put_index(&self, change: &mut Change, latest: Instant) -> Result<(), Refusal> {
        let mut index = self.approvals_index()?;
        index.latest = index.latest.max(Some(latest));
        Ok(change.batch.put(Family::Meta, INDEX, &index)?)
    }
}

/// Signs the next version of a policy for the first time.
pub(super) fn sign_policy(
    draft: &PolicyDraft,
    key: &identity_core::key::SecretKey,
    now: Instant,
) -> Result<Object<'static>, Refusal> {
    let document = draft.document().map_err(|error| of_policy(&error))?;
    policies::sign(document, key, now.timestamp())
        .map_err(|error| Refusal::core(error.code(), &error))
}

pub(super) fn none() -> Refusal {
    Refusal::new(OfficeCode::OfficerNeeded, "this office has no officers")
        .hint("make the first one: mandate-issuer officer add ID")
}
