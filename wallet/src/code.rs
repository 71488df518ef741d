//! Why the wallet does not do what it was asked to.

use core::fmt::Display;

identity_core::codes! {
    /// A stable code of the wallet.
    pub enum Code {
        /// There is no code in the file.
        CodeFileNone = "enrolment.no_code",
        /// The file of codes has several lines: it was meant for the secretariat.
        CodeFileSeveral = "enrolment.several_codes",
        /// The credential lacks a claim that its type requires: something on the way here may have cut it off.
        CredentialIncomplete = "credential.incomplete",
        /// No credential in the wallet fits the request.
        CredentialNoneSuitable = "credential.none_suitable",
        /// The credential is bound to a key that this wallet does not have, or made for another issuer.
        CredentialNotMine = "credential.not_mine",
        /// There is no credential of that id.
        CredentialUnknown = "credential.unknown",
        /// A claim is named that the credential does not have.
        DiscloseUnknown = "disclose.unknown",
        /// The credential shows all of its claims or none.
        DiscloseImpossible = "disclose.impossible",
        /// The log of the issuer's DID on its card is missing, does not verify, or contradicts the one known.
        IssuerLogRefused = "issuer.log_refused",
        /// The issuer's card was never given to this wallet.
        IssuerUnknown = "issuer.unknown",
        /// Credentials of several issuers fit, or several of one type are named: it must be said which.
        PresentAmbiguous = "present.ambiguous",
        /// A credential is named of a type that the verifier does not ask for.
        PresentNotAsked = "present.not_asked",
        /// The verifier is not one that the member trusts.
        VerifierUnknown = "verifier.unknown",
    }
}

/// Reports why an operation was refused; nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct Refusal {
    /// The stable code.
    pub code: &'static str,
    /// What is wrong, for people.
    pub message: String,
    /// What to do next, at least one.
    pub hints: Vec<String>,
    /// Whether the command line itself is at fault (exit 2).
    pub is_usage: bool,
}

impl Refusal {
    pub(crate) fn new(
        code: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            code,
            message: message.into(),
            hints: vec![hint.into()],
            is_usage: false,
        }
    }

    pub(crate) fn core(
        code: identity_core::Code,
        error: &impl Display,
        hint: impl Into<String>,
    ) -> Self {
        Self::new(code.as_str(), error.to_string(), hint)
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    pub(crate) const fn usage(mut self) -> Self {
        self.is_usage = true;
        self
    }
}
