//! What a vault holds.

use std::fmt::{self, Write as _};
use std::io;

use identity_core::did::{self, Did};
use identity_core::encoding::base64url;
use identity_core::key::{Algorithm, SecretKey, Signer as _};
use identity_core::status::Instant;
use rand_core::CryptoRng;
use serde::de::{Deserializer, Error as _};
use serde::ser::{SerializeStruct as _, Serializer};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// The `schema` of a vault's contents.
const SCHEMA: &str = "mandate.vault/1";

/// What a vault holds.
///
/// Members this version does not know are refused when it is read: they would be lost when it is saved.
#[derive(Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Contents {
    schema: String,
    /// The holder's keys, one for each issuer, so that two issuers do not see that they know one person.
    pub keys: Vec<HolderKey>,
    /// The credentials.
    pub credentials: Vec<StoredCredential>,
    /// The verifiers the member answers.
    pub verifiers: Vec<TrustedVerifier>,
    /// The issuers whose cards the member was given.
    pub issuers: Vec<TrustedIssuer>,
    /// Enrolments handed in, whose credential has not come yet.
    pub enrolments: Vec<PendingEnrolment>,
}

/// A key of the holder, kept for one issuer.
#[non_exhaustive]
pub struct HolderKey {
    /// The key's did:key, which is the subject of the credentials bound to it.
    pub id: Did,
    /// The issuer it is for.
    pub issuer: Did,
    /// When it was made.
    pub created: Instant,
    /// The key.
    pub secret: SecretKey,
}

/// A credential as the issuer handed it out.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "callers make these")]
pub struct StoredCredential {
    /// [`credential_id`] of the text.
    pub id: String,
    /// Its type, such as `MemberMandate`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The issuer whose signature was verified.
    pub issuer: Did,
    /// How it is secured.
    pub securing: Securing,
    /// The credential's text.
    pub text: String,
    /// When it was added.
    pub added: Instant,
    /// The [`HolderKey::id`] it is bound to.
    pub key: Did,
    /// The newest in-office statement about it; goes along when it is shown, while it is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_office: Option<String>,
}

/// How a credential is secured.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Securing {
    /// Verifiable Credential Data Integrity 1.0.
    #[serde(rename = "data-integrity")]
    DataIntegrity,
    /// SD-JWT VC (RFC 9901).
    #[serde(rename = "sd-jwt")]
    SdJwt,
}

/// A verifier the member answers.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "callers make these")]
pub struct TrustedVerifier {
    /// The verifier's DID.
    pub did: Did,
    /// What it is called here.
    pub name: String,
    /// When it was added.
    pub added: Instant,
}

/// An issuer whose card the member was given.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "callers make these")]
pub struct TrustedIssuer {
    /// The issuer's DID.
    pub did: Did,
    /// What it calls itself.
    pub name: String,
    /// The code of its chamber.
    pub chamber: String,
    /// Its country.
    pub country: String,
    /// The log of its DID, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub did_log: Option<String>,
    /// The DID that it succeeds, by that one's own statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predecessor: Option<Did>,
}

/// An enrolment handed in. The one-time code is not kept.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "callers make these")]
pub struct PendingEnrolment {
    /// The issuer it is for.
    pub issuer: Did,
    /// The [`HolderKey::id`] enrolled.
    pub key: Did,
    /// When it was made.
    pub made: Instant,
}

/// Returns a credential's id: the first 64 bits of SHA-256 over its text, in hexadecimal.
pub fn credential_id(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let mut id = String::with_capacity(16);
    for byte in &digest[..8] {
        write!(id, "{byte:02x}").expect("a string takes every text");
    }
    id
}

impl Contents {
    /// Returns the key kept for an issuer.
    pub fn key_for(&self, issuer: &Did) -> Option<&HolderKey> {
        self.keys.iter().find(|key| key.issuer == *issuer)
    }

    /// Returns the key with this id.
    pub fn key(&self, id: &Did) -> Option<&HolderKey> {
        self.keys.iter().find(|key| key.id == *id)
    }

    /// Returns the key kept for an issuer, and makes one if there is none.
    pub fn ensure_key(
        &mut self,
        issuer: &Did,
        algorithm: Algorithm,
        now: Instant,
        rng: &mut impl CryptoRng,
    ) -> &HolderKey {
        let known = self.keys.iter().position(|key| key.issuer == *issuer);
        let at = known.unwrap_or_else(|| {
            let secret = SecretKey::generate(algorithm, rng);
            self.keys.push(HolderKey {
                id: did::key::create(secret.public_key()),
                issuer: issuer.clone(),
                created: now,
                secret,
            });
            self.keys.len() - 1
        });
        &self.keys[at]
    }

    /// Returns the credential with this id.
    pub fn credential(&self, id: &str) -> Option<&StoredCredential> {
        self.credentials
            .iter()
            .find(|credential| credential.id == id)
    }

    /// Adds a credential, and drops its issuer's pending enrolment of the same key. Returns whether it
    /// was new; the same one again changes nothing.
    pub fn add_credential(&mut self, credential: StoredCredential) -> bool {
        if self.credential(&credential.id).is_some() {
            return false;
        }
        let arrived = |pending: &PendingEnrolment| {
            pending.issuer == credential.issuer && pending.key == credential.key
        };
        self.enrolments.retain(|pending| !arrived(pending));
        self.credentials.push(credential);
        true
    }

    /// Removes a credential and returns it. Its key stays: the issuer may hand the credential out again.
    pub fn remove_credential(&mut self, id: &str) -> Option<StoredCredential> {
        let at = self
            .credentials
            .iter()
            .position(|credential| credential.id == id)?;
        Some(self.credentials.remove(at))
    }

    /// Returns the trusted verifier with this DID.
    pub fn verifier(&self, did: &Did) -> Option<&TrustedVerifier> {
        self.verifiers.iter().find(|verifier| verifier.did == *did)
    }

    /// Trusts a verifier, or gives it another name. Returns whether it was new.
    pub fn trust_verifier(&mut self, verifier: TrustedVerifier) -> bool {
        let mut known = self.verifiers.iter_mut();
        if let Some(known) = known.find(|known| known.did == verifier.did) {
            known.name = verifier.name;
            return false;
        }
        self.verifiers.push(verifier);
        true
    }

    /// Trusts a verifier no longer, and returns it.
    pub fn remove_verifier(&mut self, did: &Did) -> Option<TrustedVerifier> {
        let at = self
            .verifiers
            .iter()
            .position(|verifier| verifier.did == *did)?;
        Some(self.verifiers.remove(at))
    }

    /// Returns the issuer with this DID.
    pub fn issuer(&self, did: &Did) -> Option<&TrustedIssuer> {
        self.issuers.iter().find(|issuer| issuer.did == *did)
    }

    /// Keeps what an issuer's card says; a later card of the same issuer replaces an earlier one.
    pub fn keep_issuer(&mut self, issuer: TrustedIssuer) {
        self.issuers.retain(|known| known.did != issuer.did);
        self.issuers.push(issuer);
    }

    /// Writes the contents as JSON into one buffer of the right size: one that grows would leave
    /// secrets behind in memory each time it moves.
    pub(super) fn to_json(&self) -> Zeroizing<Vec<u8>> {
        to_wiped_json(self)
    }

    pub(super) fn from_json(json: &[u8]) -> Result<Self, String> {
        let contents: Self = serde_json::from_slice(json).map_err(|error| said(&error))?;
        contents.checked()
    }

    /// Checks what the shape does not say.
    pub(super) fn checked(self) -> Result<Self, String> {
        if self.schema != SCHEMA {
            return Err("its contents are of another schema".to_owned());
        }
        for (at, key) in self.keys.iter().enumerate() {
            if did::key::create(key.secret.public_key()) != key.id {
                return Err("a key is not the one its name says".to_owned());
            }
            if self.keys[..at]
                .iter()
                .any(|other| other.issuer == key.issuer)
            {
                return Err("it holds two keys for one issuer".to_owned());
            }
        }
        Ok(self)
    }
}

/// Serialises into a buffer that never grows and is wiped when dropped.
pub(super) fn to_wiped_json(value: &impl Serialize) -> Zeroizing<Vec<u8>> {
    let mut length = Count(0);
    serde_json::to_writer(&mut length, value)
        .expect("text, lists and keys always serialise, and counting does not fail");
    let mut json = Zeroizing::new(Vec::with_capacity(length.0));
    serde_json::to_writer(&mut *json, value)
        .expect("text, lists and keys always serialise, and memory takes them");
    json
}

/// Says where JSON went wrong without quoting it: what it holds is secret.
pub(super) fn said(error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    format!("its contents are not of the shape expected (line {line}, column {column})")
}

impl Default for Contents {
    fn default() -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            keys: Vec::new(),
            credentials: Vec::new(),
            verifiers: Vec::new(),
            issuers: Vec::new(),
            enrolments: Vec::new(),
        }
    }
}

impl fmt::Debug for HolderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HolderKey")
            .field("id", &self.id)
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

impl Serialize for HolderKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let secret = Zeroizing::new(base64url::encode(&*self.secret.secret_bytes()));
        let mut fields = serializer.serialize_struct("HolderKey", 5)?;
        fields.serialize_field("id", &self.id)?;
        fields.serialize_field("issuer", &self.issuer)?;
        fields.serialize_field("created", &self.created)?;
        fields.serialize_field("algorithm", self.secret.algorithm().as_jose())?;
        fields.serialize_field("secret", secret.as_str())?;
        fields.end()
    }
}

impl<'de> Deserialize<'de> for HolderKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// The secret is borrowed from the buffer that is wiped, not copied.
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Fields<'a> {
            id: Did,
            issuer: Did,
            created: Instant,
            algorithm: &'a str,
            secret: &'a str,
        }

        let fields = Fields::deserialize(deserializer)?;
        let refused = || D::Error::custom("not a key");
        let algorithm = Algorithm::from_jose(fields.algorithm).ok_or_else(refused)?;
        let bytes = base64url::decode(fields.secret).map(Zeroizing::new);
        let bytes = bytes.map_err(|_| refused())?;
        let bytes: &[u8; 32] = bytes.as_slice().try_into().map_err(|_| refused())?;
        let secret = SecretKey::from_secret_bytes(algorithm, bytes).map_err(|_| refused())?;
        Ok(Self {
            id: fields.id,
            issuer: fields.issuer,
            created: fields.created,
            secret,
        })
    }
}

/// Counts what is written.
struct Count(usize);

impl io::Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
