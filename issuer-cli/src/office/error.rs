//! Why the office does not do what it was asked to.

use core::fmt::Display;

use identity_core::Code as CoreCode;

use crate::{did::DidError, store::StoreError};

identity_core::codes! {
    /// A stable code of the issuer.
    pub enum OfficeCode {
        /// It was carried out, rejected, or given up already.
        ApprovalClosed = "approval.closed",
        /// What would be carried out is not what was prepared and approved.
        ApprovalChanged = "approval.changed",
        /// This officer has approved it already.
        ApprovalDuplicate = "approval.duplicate",
        /// With two officers and more nothing of this kind is done without approvals.
        ApprovalNeeded = "approval.needed",
        /// Whoever prepared an action does not approve it.
        ApprovalOwnAction = "approval.own_action",
        /// It was prepared, and waits for other officers.
        ApprovalPending = "approval.pending",
        /// What was prepared is not signed by the officer who is said to have prepared it.
        ApprovalUnsigned = "approval.unsigned",
        /// No action of that id was prepared.
        ApprovalUnknown = "approval.unknown",
        /// The bundle to take over is another issuer's.
        BackupForeignBundle = "backup.foreign_bundle",
        /// The member has a credential already; another copy needs another key.
        CredentialAlreadyIssued = "credential.already_issued",
        /// A credential goes on though the roster says that its mandate is over.
        CredentialOutlives = "credential.outlives",
        /// There is no credential of that id.
        CredentialUnknown = "credential.unknown",
        /// The credential's state does not allow this.
        CredentialState = "credential.state",
        /// The delegation is recorded already.
        DelegationRecordedAlready = "delegation.recorded_already",
        /// There is no delegation of that id.
        DelegationUnknown = "delegation.unknown",
        /// An electoral period does not allow this.
        ElectoralForbidden = "electoral.forbidden",
        /// No electoral period waits for signatures.
        ElectoralNone = "electoral.none",
        /// The enrolment code was taken back.
        EnrolmentCodeCancelled = "enrolment.code_cancelled",
        /// The enrolment code has expired.
        EnrolmentCodeExpired = "enrolment.code_expired",
        /// The enrolment code is not one of this issuer's.
        EnrolmentCodeUnknown = "enrolment.code_unknown",
        /// The enrolment code was used with another key.
        EnrolmentCodeUsed = "enrolment.code_used",
        /// The enrolment code was given to another member.
        EnrolmentWrongMember = "enrolment.wrong_member",
        /// An instant lies where it cannot.
        InstantInvalid = "instant.invalid",
        /// The member holds no mandate now.
        MandateNotSitting = "mandate.not_sitting",
        /// There is no member of that id.
        MemberUnknown = "member.unknown",
        /// An officer's card is none, or not signed by its own key.
        OfficerCard = "officer.card",
        /// There is an officer of that id, or with that key, already.
        OfficerExists = "officer.exists",
        /// It has to be said which officer acts, and the officer's passphrase given.
        OfficerNeeded = "officer.needed",
        /// The pads of the issuing key do not open, or are not what was written.
        OfficerPads = "officer.pads",
        /// An officer's slot is not what was written, or its key is not the one in the policy.
        OfficerSlot = "officer.slot",
        /// Fewer or more officers than a policy can have, or a threshold that they cannot reach.
        OfficerThreshold = "officer.threshold",
        /// There is no officer of that id.
        OfficerUnknown = "officer.unknown",
        /// The officer policy is gone, though officers have signed here.
        PolicyMissing = "policy.missing",
        /// The profile of the issuer is not well formed.
        ProfileInvalid = "profile.invalid",
        /// What lies at the place of publication says of a credential or a term what nothing here says.
        PublishForgotten = "publish.forgotten",
        /// A later number of this issuer lies at the place of publication.
        PublishRolledBack = "publish.rolled_back",
        /// No such code for suspending was given out, or a newer letter replaced it.
        SuspensionCodeUnknown = "suspension_code.unknown",
        /// The code for suspending was used already.
        SuspensionCodeUsed = "suspension_code.used",
        /// There is no term of that id.
        TermUnknown = "term.unknown",
        /// The term's state does not allow this.
        TermState = "term.state",
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
    /// What to do next.
    pub hint: Option<String>,
}

impl Refusal {
    pub(crate) fn new(code: OfficeCode, message: impl Into<String>) -> Self {
        Self {
            code: code.as_str(),
            message: message.into(),
            hint: None,
        }
    }

    pub(crate) fn core(code: CoreCode, error: &impl Display) -> Self {
        Self {
            code: code.as_str(),
            message: error.to_string(),
            hint: None,
        }
    }

    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl From<DidError> for Refusal {
    fn from(error: DidError) -> Self {
        Self {
            code: error.code(),
            message: error.to_string(),
            hint: Some(error.hint().to_owned()),
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        let hint = match &error {
            StoreError::Busy { .. } => "wait until it is done, then run this again",
            StoreError::Missing { .. } => "make an issuer with: mandate-issuer init",
            _ => "keep the folder as it is and restore a backup: mandate-issuer backup restore",
        };
        Self {
            code: error.code(),
            message: error.to_string(),
            hint: Some(hint.to_owned()),
        }
    }
}
