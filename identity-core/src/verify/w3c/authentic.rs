//! What a successful check says, and of what.

use super::Problem;
use crate::{
    encoding::strict_json::Object,
    proof::{SignerDid, enveloping::MediaType},
    status::w3c::EntryStatus,
};

/// Something that is authentic: well formed, and signed by whom it names.
///
/// It is no verdict: nothing says that the signer is trusted. Only the functions of this module make
/// one, after every check has passed.
///
/// Where a verdict is wanted, it does not fit:
///
/// ```compile_fail,E0308
/// use identity_core::verify::{Presentation, Verified, w3c};
///
/// fn admit(_: &Verified<Presentation>) {}
///
/// fn at_the_gate(shown: &w3c::Authentic<w3c::Presentation>) {
///     admit(shown);
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Authentic<T> {
    inner: T,
    warnings: Vec<Problem>,
}

/// A document as it comes: an object with its proof inside, or the text of an envelope.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Secured<'s> {
    /// An object: with an embedded proof, or an `EnvelopedVerifiableCredential` (or presentation).
    Object(&'s Object<'s>),
    /// The text of an envelope, such as a compact JWS.
    Text {
        /// What the text is, such as `application/vc+jwt`.
        media_type: MediaType,
        /// The text.
        text: &'s str,
    },
}

/// A credential whose proofs verify.
#[derive(Clone, Debug)]
pub struct Credential {
    pub(super) document: Object<'static>,
    pub(super) signers: Vec<SignerDid>,
    pub(super) statuses: Vec<EntryStatus>,
}

/// A presentation whose proofs verify, as do those of the credentials in it.
#[derive(Clone, Debug)]
pub struct Presentation {
    pub(super) document: Object<'static>,
    pub(super) signers: Vec<SignerDid>,
    pub(super) credentials: Vec<Presented>,
}

/// One credential of an authentic presentation, in the order of the presentation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Presented {
    /// A credential that its issuer signed.
    Credential(Box<Credential>),
    /// What the holder says without another signature than that of the presentation (VC Data Model 2.0
    /// section 4.13.4): its issuer is the holder, who signed the presentation.
    SelfAsserted(Box<Object<'static>>),
}

impl<T> Authentic<T> {
    /// States that every check of this module has passed.
    ///
    /// To be called in the line after the last check, and nowhere else.
    pub(super) const fn assertion(inner: T, warnings: Vec<Problem>) -> Self {
        Self { inner, warnings }
    }

    /// Returns what was checked, to be read as what its signer says and no more.
    pub const fn get(&self) -> &T {
        &self.inner
    }

    /// Returns what was not checked, and what the question asked to report rather than refuse.
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }
}

impl Credential {
    /// Returns the credential without its proof.
    pub const fn document(&self) -> &Object<'static> {
        &self.document
    }

    /// Returns whose keys signed it; the issuer that the credential names is one of them.
    pub fn signers(&self) -> &[SignerDid] {
        &self.signers
    }

    /// Returns what the status lists say of it, without the entries that were not looked up.
    pub fn statuses(&self) -> &[EntryStatus] {
        &self.statuses
    }
}

impl Presentation {
    /// Returns the presentation without its proof. The credentials in it are as presented; those that
    /// came in envelopes are to be read in [`credentials`](Self::credentials).
    pub const fn document(&self) -> &Object<'static> {
        &self.document
    }

    /// Returns whose keys signed it; the holder is one of them, if the presentation names one.
    pub fn signers(&self) -> &[SignerDid] {
        &self.signers
    }

    /// Returns the credentials in it.
    pub fn credentials(&self) -> &[Presented] {
        &self.credentials
    }
}
