//! The list as a credential (section 2.2).

use super::{Bitstring, Purpose, StatusError, StatusSize, entry::items};
use crate::{
    credential::CONTEXT_V2,
    encoding::strict_json::{Object, Value},
    proof::SignerDid,
    status::{
        Instant,
        form::{is_url, natural},
    },
    verify::Budget,
};

/// How long a copy of a W3C list may be used before a newer one should be looked for, in
/// **milliseconds** (`ttl`). It neither shortens nor stretches the list's validity.
///
/// A Token Status List counts in seconds, in a [type of its own](crate::status::token_list::TtlSeconds).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TtlMillis(u64);

/// A `BitstringStatusListCredential` that was authenticated.
#[derive(Clone, Debug, PartialEq)]
pub struct ListCredential {
    pub(super) url: Option<String>,
    pub(super) signer: SignerDid,
    pub(super) valid_from: Option<Instant>,
    pub(super) valid_until: Option<Instant>,
    pub(super) purposes: Vec<Purpose>,
    pub(super) size: Option<StatusSize>,
    pub(super) bits: Bitstring,
    ttl: Option<TtlMillis>,
}

/// What a list credential is made of, besides the list and its proof.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct ListDraft {
    /// The URL at which it is published, which its entries name.
    pub id: String,
    /// The DID that signs it.
    pub issuer: String,
    /// What the list is kept for: one or more.
    pub purposes: Vec<Purpose>,
    /// From when it counts.
    pub valid_from: Option<Instant>,
    /// From when it no longer counts.
    pub valid_until: Option<Instant>,
    /// How long a copy may be used before a newer one is looked for.
    pub ttl: Option<TtlMillis>,
}

const TYPE: &str = "BitstringStatusListCredential";
const SUBJECT_TYPE: &str = "BitstringStatusList";

impl TtlMillis {
    /// Takes a number of milliseconds.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Takes a duration, in whole milliseconds.
    pub fn from_duration(duration: core::time::Duration) -> Self {
        Self(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
    }

    /// Returns the duration.
    pub const fn duration(self) -> core::time::Duration {
        core::time::Duration::from_millis(self.0)
    }

    /// Returns the number of milliseconds.
    pub const fn as_millis(self) -> u64 {
        self.0
    }
}

impl ListCredential {
    /// Reads the list from a credential whose proofs were all verified, by these signers.
    ///
    /// That the document is a conforming credential of VC Data Model 2.0 is for the caller to have
    /// checked; here stands what section 2.2 adds, and that whom it names as issuer signed it.
    ///
    /// # Errors
    /// [`StatusError`] when a rule is broken, the issuer did not sign, or the list is damaged.
    pub fn read(
        document: &Object<'_>,
        signers: &[SignerDid],
        budget: &mut Budget,
    ) -> Result<Self, StatusError> {
        let has = |name: &str, wanted: &str| {
            let types = document.get(name).map(items).unwrap_or_default();
            types.iter().any(|item| item.as_str() == Some(wanted))
        };
        let context = document.get("@context").map(items).unwrap_or_default();
        if context.first().and_then(Value::as_str) != Some(CONTEXT_V2) {
            return Err(list("@context", "not that of VC 2.0"));
        }
        if !has("type", "VerifiableCredential") || !has("type", TYPE) {
            return Err(list("type", "not BitstringStatusListCredential"));
        }
        let signer = signed_by_issuer(document, signers)?;
        let url = match document.get("id") {
            None => None,
            Some(id) => Some(
                id.as_str()
                    .filter(|id| is_url(id))
                    .ok_or_else(|| list("id", "no URL"))?
                    .to_owned(),
            ),
        };
        let instant = |member| match document.get(member) {
            None => Ok(None),
            Some(value) => value
                .as_str()
                .and_then(|text| text.parse().ok())
                .map(Some)
                .ok_or_else(|| list(member, "no instant with an offset")),
        };
        let subject = document.get("credentialSubject").map(items);
        let [subject] = subject.unwrap_or_default() else {
            return Err(list("credentialSubject", "not one object"));
        };
        let types = subject.get("type").map(items).unwrap_or_default();
        if !types.iter().any(|item| item.as_str() == Some(SUBJECT_TYPE)) {
            return Err(list("credentialSubject.type", "not BitstringStatusList"));
        }
        let size = subject.get("statusSize").map(|size| {
            let size = natural(size).and_then(|size| StatusSize::try_from(size).ok());
            size.ok_or_else(|| list("credentialSubject.statusSize", "not 1 to 32"))
        });
        let ttl = subject.get("ttl").map(|ttl| {
            let ttl = natural(ttl).map(TtlMillis);
            ttl.ok_or_else(|| list("credentialSubject.ttl", "no number of milliseconds"))
        });
        let encoded = subject.get("encodedList").and_then(Value::as_str);
        let encoded = encoded.ok_or_else(|| list("credentialSubject.encodedList", "no string"))?;
        Ok(Self {
            url,
            signer,
            valid_from: instant("validFrom")?,
            valid_until: instant("validUntil")?,
            purposes: purposes(subject)?,
            size: size.transpose()?,
            ttl: ttl.transpose()?,
            bits: Bitstring::decode(encoded, budget)?,
        })
    }

    /// States that a list without an `id` was found at this URL, over a channel that the caller
    /// trusts to have given the right one. A list that names itself keeps its name.
    #[must_use]
    pub fn found_at(mut self, url: &str) -> Self {
        self.url.get_or_insert_with(|| url.to_owned());
        self
    }

    /// Returns the URL of the list: its `id`, or where it was found.
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// Returns who signed the list.
    pub const fn signer(&self) -> &SignerDid {
        &self.signer
    }

    /// Returns what the list is kept for.
    pub fn purposes(&self) -> &[Purpose] {
        &self.purposes
    }

    /// Returns the instant from which the list counts, which is as old as what it says.
    pub const fn valid_from(&self) -> Option<Instant> {
        self.valid_from
    }

    /// Returns the instant from which the list no longer counts.
    pub const fn valid_until(&self) -> Option<Instant> {
        self.valid_until
    }

    /// Returns how long a copy may be used before a newer one should be looked for.
    ///
    /// There is no default (section 2.2).
    pub const fn ttl(&self) -> Option<TtlMillis> {
        self.ttl
    }

    /// Returns the bits.
    pub const fn bits(&self) -> &Bitstring {
        &self.bits
    }
}

impl ListDraft {
    /// Makes the credential that publishes the list, to be signed by its issuer (section 3.1).
    pub fn document(&self, bits: &Bitstring) -> Object<'static> {
        let strings = |texts: &[&'static str]| Value::array(texts.iter().copied());
        let mut subject = Object::default();
        subject.insert("id", format!("{}#list", self.id).into());
        subject.insert("type", SUBJECT_TYPE.into());
        let purposes = self.purposes.iter().map(ToString::to_string);
        let purposes: Vec<String> = purposes.collect();
        let purposes = match &purposes[..] {
            [one] => one.clone().into(),
            several => Value::array(several.iter().cloned()),
        };
        subject.insert("statusPurpose", purposes);
        subject.insert("encodedList", bits.encode().into());
        if let Some(ttl) = self.ttl {
            subject.insert("ttl", ttl.as_millis().into());
        }
        let mut document = Object::default();
        document.insert("@context", strings(&[CONTEXT_V2]));
        document.insert("id", self.id.clone().into());
        document.insert("type", strings(&["VerifiableCredential", TYPE]));
        document.insert("issuer", self.issuer.clone().into());
        for (name, instant) in [
            ("validFrom", self.valid_from),
            ("validUntil", self.valid_until),
        ] {
            if let Some(instant) = instant {
                document.insert(name, instant.to_string().into());
            }
        }
        document.insert("credentialSubject", subject.into());
        document
    }
}

/// Finds the signer whom the list names as its issuer.
fn signed_by_issuer(
    document: &Object<'_>,
    signers: &[SignerDid],
) -> Result<SignerDid, StatusError> {
    let issuer = document.get("issuer");
    let issuer = issuer.and_then(|issuer| issuer.as_str().or_else(|| issuer.get("id")?.as_str()));
    let issuer = issuer.ok_or_else(|| list("issuer", "missing"))?;
    let signer = signers.iter().find(|s| s.did().as_str() == issuer);
    signer.cloned().ok_or_else(|| StatusError::ListIssuer {
        issuer: issuer.chars().take(128).collect(),
    })
}

fn purposes(subject: &Value<'_>) -> Result<Vec<Purpose>, StatusError> {
    let wrong = || list("credentialSubject.statusPurpose", "not one or more strings");
    let purposes = subject.get("statusPurpose").map(items).unwrap_or_default();
    let purposes = purposes.iter().map(|p| p.as_str().map(Purpose::from));
    let purposes: Option<Vec<_>> = purposes.collect();
    purposes.filter(|p| !p.is_empty()).ok_or_else(wrong)
}

const fn list(member: &'static str, fault: &'static str) -> StatusError {
    StatusError::ListMalformed { member, fault }
}
