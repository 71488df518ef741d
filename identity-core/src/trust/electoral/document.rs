//! A period as it is written: drawn up, signed, and read again.

use jiff::Timestamp;

use super::{ElectoralError, LONGEST};
use crate::{
    did::Did,
    encoding::strict_json::{Object, Value},
    key::{PublicKey, Signer},
    proof::data_integrity::ProofError,
    status::{DecisionDigest, Instant},
    trust::officers::{self, Officer, Signers},
    verify::Budget,
};

/// The `schema` of a period.
const SCHEMA: &str = "mandate.electoral-period/1";

/// What a period says, before anybody has signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct PeriodDraft {
    /// The DID of the parliament.
    pub issuer: Did,
    /// The chamber's code; `None` for all chambers of the issuer.
    pub chamber: Option<String>,
    /// From when.
    pub from: Instant,
    /// Until when; intervals are `[from, to)`.
    pub to: Instant,
    /// The digest of the law or decree that it rests on.
    pub legal_basis: DecisionDigest,
    /// When it was drawn up.
    pub announced: Instant,
}

/// A period whose signatures were verified; when it was made public is not known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announced(PeriodDraft);

impl PeriodDraft {
    /// Checks what can be checked without a signature.
    ///
    /// # Errors
    /// [`ElectoralError::Malformed`], and [`ElectoralError::Late`] when it begins before it is drawn up.
    pub fn check(&self) -> Result<(), ElectoralError> {
        let malformed = |reason| Err(ElectoralError::Malformed { reason });
        let lasts = self.to.seconds_since(self.from);
        if lasts <= 0 || lasts > LONGEST.as_secs() {
            return malformed("it ends before it begins, or lasts more than 366 days");
        }
        if self.from <= self.announced {
            return Err(ElectoralError::Late);
        }
        let chamber = self.chamber.as_deref();
        if chamber.is_some_and(|chamber| chamber.is_empty() || chamber.len() > 500) {
            return malformed("its chamber has no code");
        }
        Ok(())
    }

    /// Returns the document to be signed.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn document(&self) -> Result<Object<'static>, ElectoralError> {
        self.check()?;
        let mut document = Object::default();
        document.insert("schema", SCHEMA.into());
        document.insert("issuer", self.issuer.to_string().into());
        if let Some(chamber) = &self.chamber {
            document.insert("chamber", chamber.clone().into());
        }
        for (name, instant) in [
            ("from", self.from),
            ("to", self.to),
            ("announced", self.announced),
        ] {
            document.insert(name, instant.to_string().into());
        }
        document.insert("legalBasis", self.legal_basis.to_string().into());
        Ok(document)
    }

    /// Reads a document; nothing is said of its signatures.
    ///
    /// # Errors
    /// As [`check`](Self::check), and when it is of another shape.
    pub fn read(document: &Object<'_>) -> Result<Self, ElectoralError> {
        const MEMBERS: [&str; 8] = [
            "schema",
            "issuer",
            "chamber",
            "from",
            "to",
            "announced",
            "legalBasis",
            "proof",
        ];
        let malformed = |reason| ElectoralError::Malformed { reason };
        if document.iter().any(|(name, _)| !MEMBERS.contains(&name)) {
            return Err(malformed("it has a member that no period has"));
        }
        let text = |name| document.get(name).and_then(Value::as_str);
        if text("schema") != Some(SCHEMA) {
            return Err(malformed("its schema is not mandate.electoral-period/1"));
        }
        let instant = |name| {
            let instant = text(name).and_then(|text| text.parse::<Instant>().ok());
            instant.ok_or_else(|| malformed("an instant is missing"))
        };
        let chamber = match document.get("chamber") {
            None => None,
            Some(chamber) => Some(
                chamber
                    .as_str()
                    .ok_or_else(|| malformed("its chamber is no text"))?
                    .to_owned(),
            ),
        };
        let draft = Self {
            issuer: text("issuer")
                .and_then(|did| did.parse().ok())
                .ok_or_else(|| malformed("it names no issuer"))?,
            chamber,
            from: instant("from")?,
            to: instant("to")?,
            legal_basis: text("legalBasis")
                .and_then(|digest| digest.parse().ok())
                .ok_or_else(|| malformed("it names no legal basis"))?,
            announced: instant("announced")?,
        };
        draft.check()?;
        Ok(draft)
    }
}

/// Adds an officer's signature, or that of the issuing key; under the key's did:key.
///
/// # Errors
/// [`ProofError`] when the key could not sign.
pub fn sign(
    document: Object<'static>,
    signer: &impl Signer,
    now: Timestamp,
) -> Result<Object<'static>, ProofError> {
    officers::sign(document, signer, now)
}

impl Announced {
    /// Verifies the signatures: of one officer more than the threshold of the policy in force, or of all, or
    /// without officers of a key that may issue.
    ///
    /// # Errors
    /// [`ElectoralError`] when any signature, or the whole, is refused.
    pub fn verify<'o>(
        document: &Object<'_>,
        issuer: &Did,
        officers: impl FnOnce(Instant) -> Option<(&'o [Officer], usize)>,
        may_issue: impl Fn(&PublicKey, Instant) -> bool,
        budget: &mut Budget,
    ) -> Result<Self, ElectoralError> {
        let draft = PeriodDraft::read(document)?;
        if draft.issuer.subject() != issuer.subject() {
            return Err(ElectoralError::Malformed {
                reason: "it is another parliament's",
            });
        }
        if document.get("proof").is_none() {
            return Err(ElectoralError::TooFew {
                found: 0,
                needed: 1,
            });
        }
        let signers = Signers::verify(document, draft.announced.timestamp(), budget)?;
        let (found, needed) = if let Some((officers, threshold)) = officers(draft.announced) {
            // One prepares and others approve, as with a delegation: the threshold counts the others alone.
            let persons = (threshold + 1).min(officers.len()).max(1);
            (signers.count(officers), persons)
        } else {
            let is_issuing = |key: &PublicKey| may_issue(key, draft.announced);
            (usize::from(signers.any(is_issuing)), 1)
        };
        if found < needed {
            return Err(ElectoralError::TooFew { found, needed });
        }
        Ok(Self(draft))
    }

    /// Returns what was announced.
    pub const fn draft(&self) -> &PeriodDraft {
        &self.0
    }
}
