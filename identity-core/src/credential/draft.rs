//! From draft to issued: each step takes the one before by value, so that none can be left out.

use jiff::Timestamp;
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};

use super::{
    CONTEXT, CONTEXT_V2, CredentialError, Kind,
    approved::{approved_claims, approved_document},
    claims, is_displayable,
};
use crate::{
    did::{self, DidUrl, Relationship},
    encoding::{
        base64url, jcs,
        merkle::Hash,
        strict_json::{self, Limits, Object, Value},
    },
    key::{PublicKey, Signer},
    proof::{
        data_integrity::{self, Cryptosuite, ProofOptions},
        jose::{Header, Unsigned},
        sd_jwt::{self, Concealed, Step},
    },
    status::SlotRef,
    trust::approval::Evidence,
};

/// How many digests a credential of each type shows at least, so that their number does not tell
/// which optional claims it has.
const DIGESTS: usize = 14;

/// The claims that a credential without selective disclosure may have.
const OPEN_CLAIMS: [&str; 4] = ["name", "role", "mandateStart", "mandateEnd"];

/// How a credential is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Securing {
    /// VC 2.0 with a Data Integrity proof: every verifier sees all of it.
    DataIntegrity,
    /// SD-JWT VC: the holder chooses what each verifier sees.
    SdJwt,
}

/// A credential as somebody wishes it; nothing has been checked.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "an issuer that leaves a member out must not compile"
)]
pub struct Draft {
    /// The type.
    pub kind: Kind,
    /// How it is to be secured.
    pub securing: Securing,
    /// The issuer's verification method.
    pub method: DidUrl,
    /// The key it is to be bound to.
    pub holder: PublicKey,
    /// The chamber's code.
    pub chamber: String,
    /// The country, ISO 3166-1 alpha-2.
    pub country: String,
    /// The term of the mandate.
    pub term: Option<String>,
    /// When it is issued; floored to whole seconds.
    pub issued_at: Timestamp,
    /// The beginning of the mandate; floored to whole seconds.
    pub valid_from: Timestamp,
    /// From when it is no longer valid; floored to whole seconds.
    pub valid_until: Timestamp,
    /// Where its status will stand.
    pub slot: SlotRef,
    /// The claims of its type.
    pub claims: Object<'static>,
    /// What shows that officers approved it; every verifier sees it.
    pub approval: Option<Evidence>,
}

/// A credential that fits its type; its exact bytes are settled.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    form: Form,
    intent: Intent,
}

/// A credential of which the journal knows; only such a one can be signed.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded(Checked);

/// A signed credential.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Issued {
    /// The credential: a compact SD-JWT, or JSON.
    pub text: String,
    /// What the journal recorded.
    pub intent: Intent,
}

/// What a journal records before a credential is signed; no personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Intent {
    /// The type.
    pub kind: Kind,
    /// Where its status stands.
    pub slot: SlotRef,
    /// The SHA-256 digest of the bytes about to be signed.
    pub digest: [u8; 32],
    /// The thumbprint of the holder's key (RFC 7638).
    pub holder: [u8; 32],
}

/// Where intents are written before anything is signed.
pub trait Journal {
    /// Why it could not be written.
    type Error;

    /// Writes intents durably, all or none.
    ///
    /// # Errors
    /// When they are not on disk; nothing of them may then be signed.
    fn record(&mut self, intents: &[&Intent]) -> Result<(), Self::Error>;
}

#[derive(Clone, Debug, PartialEq)]
enum Form {
    DataIntegrity {
        document: Object<'static>,
        options: ProofOptions,
    },
    SdJwt {
        unsigned: Unsigned,
        disclosures: Vec<String>,
    },
}

impl Draft {
    /// Checks the draft against its type and settles the bytes to be signed by `key`.
    ///
    /// # Errors
    /// [`CredentialError`] when a claim is missing, unknown or of the wrong form, the credential
    /// would end before it begins, or a claim cannot be kept from a verifier as it should.
    pub fn check(
        mut self,
        key: &PublicKey,
        rng: &mut impl CryptoRng,
    ) -> Result<Checked, CredentialError> {
        self.settle()?;
        let (form, digest) = match self.securing {
            Securing::DataIntegrity => self.as_vc(key)?,
            Securing::SdJwt => self.as_sd_jwt(key, rng)?,
        };
        Ok(Checked {
            form,
            intent: Intent {
                kind: self.kind,
                slot: self.slot,
                digest,
                holder: self.holder.thumbprint(),
            },
        })
    }

    /// Tells whether [`Draft::check`] would accept the draft, without settling its bytes.
    ///
    /// # Errors
    /// As [`Draft::check`].
    pub fn fits(&self) -> Result<(), CredentialError> {
        self.clone().settle()
    }

    /// Returns what officers approve of it: the digest of all that [`Draft::check`] will have signed but the
    /// approval and the instant of the signature, where it draws the same from `rng`.
    ///
    /// # Errors
    /// As [`Draft::check`].
    pub fn approved(mut self, rng: &mut impl CryptoRng) -> Result<Hash, CredentialError> {
        self.settle()?;
        match self.securing {
            Securing::DataIntegrity => approved_document(&self.document()),
            Securing::SdJwt => {
                let payload = self.concealed(rng)?.payload;
                let payload = strict_json::parse(&payload, &Limits::large()).ok();
                let payload = payload.as_ref().and_then(Value::as_object);
                approved_claims(payload.ok_or(CredentialError::Malformed {
                    reason: "its claims are no object",
                })?)
            }
        }
    }

    fn settle(&mut self) -> Result<(), CredentialError> {
        claims::check(self.kind, &self.claims)?;
        if self.securing == Securing::DataIntegrity
            && let Some((name, _)) = self.claims.iter().find(|(n, _)| !OPEN_CLAIMS.contains(n))
        {
            return Err(CredentialError::ClaimInvalid {
                name: name.to_owned(),
                expected: "left out: without selective disclosure every verifier would see it",
            });
        }
        for (name, text) in [
            ("chamber", Some(&self.chamber)),
            ("country", Some(&self.country)),
            ("term", self.term.as_ref()),
        ] {
            if text.is_some_and(|text| !is_displayable(text)) {
                return Err(CredentialError::ClaimInvalid {
                    name: name.to_owned(),
                    expected: "a text of 1 to 500 characters without control characters",
                });
            }
        }
        if self.kind == Kind::MemberMandate && self.term.is_none() {
            return Err(CredentialError::ClaimMissing { name: "term" });
        }
        for instant in [
            &mut self.issued_at,
            &mut self.valid_from,
            &mut self.valid_until,
        ] {
            *instant = crate::status::Instant::floor(*instant).timestamp();
        }
        if self.valid_until <= self.valid_from || self.valid_until <= self.issued_at {
            return Err(CredentialError::Malformed {
                reason: "it would end before it begins",
            });
        }
        if self.slot.list.issuer() != self.method.did().as_str() {
            return Err(CredentialError::Malformed {
                reason: "its status list is another issuer's",
            });
        }
        Ok(())
    }

    fn concealed(&self, rng: &mut impl CryptoRng) -> Result<Concealed, CredentialError> {
        let mut payload = Object::default();
        payload.insert("iss", self.method.did().to_string().into());
        payload.insert("iat", self.issued_at.as_second().into());
        payload.insert("nbf", self.valid_from.as_second().into());
        payload.insert("exp", self.valid_until.as_second().into());
        payload.insert("vct", self.kind.vct().into());
        payload.insert("cnf", Value::object([("jwk", self.holder.to_jwk())]));
        let reference = Value::object([
            ("idx", Value::from(self.slot.index)),
            ("uri", Value::from(self.slot.list.to_string())),
        ]);
        payload.insert("status", Value::object([("status_list", reference)]));
        self.put_always_visible(&mut payload);
        if let Some(approval) = &self.approval {
            payload.insert("approval", approval.to_value());
        }
        let mut hidden: Vec<[Step<'_>; 1]> = Vec::new();
        for (name, value) in self.claims.iter() {
            payload.insert(name.to_owned(), value.clone());
            if self
                .kind
                .claim(name)
                .is_some_and(|spec| !spec.always_visible)
            {
                hidden.push([Step::Name(name)]);
            }
        }
        let paths: Vec<&[Step<'_>]> = hidden.iter().map(<[_; 1]>::as_slice).collect();
        let decoys = DIGESTS.saturating_sub(paths.len());
        Ok(sd_jwt::conceal(payload, &paths, decoys, rng)?)
    }

    fn as_sd_jwt(
        &self,
        key: &PublicKey,
        rng: &mut impl CryptoRng,
    ) -> Result<(Form, [u8; 32]), CredentialError> {
        let concealed = self.concealed(rng)?;
        let header = Header::with_kid(key.algorithm(), sd_jwt::TYP_VC, &self.method);
        let unsigned = Unsigned::new(&header, &concealed.payload);
        let digest = Sha256::digest(unsigned.signing_input()).into();
        let disclosures = concealed.disclosures;
        Ok((
            Form::SdJwt {
                unsigned,
                disclosures,
            },
            digest,
        ))
    }

    fn document(&self) -> Object<'static> {
        let second = |instant: Timestamp| Value::from(format!("{instant:.0}"));
        let mut subject = Object::default();
        let holder = did::key::create(&self.holder);
        subject.insert("id", holder.to_string().into());
        self.put_always_visible(&mut subject);
        for (name, value) in self.claims.iter() {
            subject.insert(name.to_owned(), value.clone());
        }
        let mut document = Object::default();
        document.insert("@context", Value::array([CONTEXT_V2, CONTEXT]));
        document.insert(
            "type",
            Value::array(["VerifiableCredential", self.kind.as_str()]),
        );
        document.insert("issuer", self.method.did().to_string().into());
        document.insert("validFrom", second(self.valid_from));
        document.insert("validUntil", second(self.valid_until));
        document.insert("credentialSubject", subject.into());
        let status = Value::object([
            ("type", Value::from("BitstringStatusListEntry")),
            ("statusPurpose", "revocation".into()),
            ("statusListIndex", self.slot.index.to_string().into()),
            ("statusListCredential", self.slot.list.to_string().into()),
        ]);
        document.insert("credentialStatus", status);
        if let Some(approval) = &self.approval {
            let evidence = [
                ("type", Value::from("OfficerApproval")),
                ("approval", approval.to_value()),
            ];
            document.insert("evidence", Value::object(evidence));
        }
        document
    }

    fn as_vc(&self, key: &PublicKey) -> Result<(Form, [u8; 32]), CredentialError> {
        let document = self.document();
        let options = ProofOptions::new(
            Cryptosuite::jcs(key.algorithm()),
            self.method.clone(),
            Relationship::AssertionMethod,
            self.issued_at,
        );
        let digest = Sha256::digest(data_integrity::to_be_signed(&document, &options)?);
        Ok((Form::DataIntegrity { document, options }, digest.into()))
    }

    fn put_always_visible(&self, object: &mut Object<'static>) {
        object.insert("chamber", self.chamber.clone().into());
        object.insert("country", self.country.clone().into());
        if let Some(term) = &self.term {
            object.insert("term", term.clone().into());
        }
    }
}

impl Checked {
    /// Returns what is about to be recorded.
    pub const fn intent(&self) -> &Intent {
        &self.intent
    }

    /// Records the intents of several credentials in one write.
    ///
    /// # Errors
    /// The journal's error, and then none of them can be signed.
    pub fn record<J: Journal>(
        checked: Vec<Self>,
        journal: &mut J,
    ) -> Result<Vec<Recorded>, J::Error> {
        let intents: Vec<&Intent> = checked.iter().map(Self::intent).collect();
        journal.record(&intents)?;
        Ok(checked.into_iter().map(Recorded).collect())
    }
}

impl Recorded {
    /// Signs.
    ///
    /// # Errors
    /// [`CredentialError`] when the key could not sign.
    pub fn sign(self, signer: &impl Signer) -> Result<Issued, CredentialError> {
        let Checked { form, intent } = self.0;
        let text = match form {
            Form::SdJwt {
                unsigned,
                disclosures,
            } => {
                let jwt = unsigned.sign(signer).map_err(sd_jwt::SdJwtError::from)?;
                let mut text = jwt + "~";
                for disclosure in disclosures {
                    text.push_str(&disclosure);
                    text.push('~');
                }
                text
            }
            Form::DataIntegrity { document, options } => {
                let document = data_integrity::sign(document, &options, signer)?;
                let bytes = jcs::canonicalize(&document.into())
                    .map_err(data_integrity::ProofError::from)?;
                String::from_utf8(bytes).map_err(|_| CredentialError::Malformed {
                    reason: "it is no text",
                })?
            }
        };
        Ok(Issued { text, intent })
    }
}

/// Returns the `basedOn` claim that ties another credential to a mandate: a salted digest of the
/// mandate's issuer-signed part.
pub fn based_on(mandate_jwt: &str, rng: &mut impl CryptoRng) -> Value<'static> {
    let mut salt = [0; 16];
    rng.fill_bytes(&mut salt);
    Value::object([
        ("salt", base64url::encode(&salt)),
        ("digest", based_on_digest(&salt, mandate_jwt)),
    ])
}

/// Returns the digest of a mandate under a salt.
pub(crate) fn based_on_digest(salt: &[u8], mandate_jwt: &str) -> String {
    let digest = Sha256::new_with_prefix(salt).chain_update(mandate_jwt);
    base64url::encode(&digest.finalize())
}
