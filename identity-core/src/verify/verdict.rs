//! The verdict: what was checked, with what result, and what follows from it.
//!
//! A verdict is data for a person and for a log. It never decides anything in code: what code may
//! rely on is [`Verified`](super::Verified), and only a report whose verdict is valid yields one.

use jiff::Timestamp;

use crate::{
    Code, encoding::strict_json::Value, presentation::request::RequestError,
    status::DecisionDigest, trust::electoral::PeriodDraft,
};

/// How one check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the contract names these four")]
pub enum Outcome {
    /// The check was made and failed.
    Fail,
    /// The check was made and passed.
    Pass,
    /// The check does not apply, or an earlier one made it pointless.
    Skipped,
    /// The evidence at hand cannot answer.
    Unknown,
}

impl Outcome {
    /// Returns the word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Pass => "pass",
            Self::Skipped => "skipped",
            Self::Unknown => "unknown",
        }
    }
}

/// What is checked of a presentation, in the order of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "the contract names these four")]
pub enum PresentationCheck {
    /// The request is this verifier's own, in force, and answered in full.
    Request,
    /// The nonce is the request's, and has not been used.
    Nonce,
    /// The presentation was made for this verifier.
    Audience,
    /// The presenter holds the key that every credential is bound to.
    Holder,
}

/// What is checked of each credential, in the order of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "the contract names these seven")]
pub enum CredentialCheck {
    /// The issuer's signature covers every byte.
    Signature,
    /// The DID whose key signed is the named issuer, and is anchored.
    Issuer,
    /// A body above the issuer says that it may issue this type.
    Accreditation,
    /// The instant asked about lies within the credential's validity.
    Validity,
    /// The credential is neither revoked nor suspended.
    Status,
    /// The term of the mandate has not ended.
    Term,
    /// The evidence is recent enough.
    Freshness,
}

impl PresentationCheck {
    /// Every check, in the order of the report.
    pub const ALL: [Self; 4] = [Self::Request, Self::Nonce, Self::Audience, Self::Holder];

    /// Returns the word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Nonce => "nonce",
            Self::Audience => "audience",
            Self::Holder => "holder",
        }
    }
}

impl CredentialCheck {
    /// Every check, in the order of the report.
    pub const ALL: [Self; 7] = [
        Self::Signature,
        Self::Issuer,
        Self::Accreditation,
        Self::Validity,
        Self::Status,
        Self::Term,
        Self::Freshness,
    ];

    /// Returns the word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::Issuer => "issuer",
            Self::Accreditation => "accreditation",
            Self::Validity => "validity",
            Self::Status => "status",
            Self::Term => "term",
            Self::Freshness => "freshness",
        }
    }

    /// Returns whether there are credentials that this check does not apply to: no accreditation is
    /// required in this version, and a staff member's credential has no term.
    const fn may_be_skipped(self) -> bool {
        matches!(self, Self::Accreditation | Self::Term)
    }

    /// Returns whether a failure of this check means "ended" rather than "wrong".
    const fn is_effect(self) -> bool {
        matches!(self, Self::Status | Self::Term)
    }
}

/// One line of the checklist.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// How the check came out.
    pub outcome: Outcome,
    /// Why, when there is more to say than "passed".
    pub code: Option<Code>,
    /// One sentence for a person, lower case, without a full stop.
    pub detail: Option<String>,
    /// The instant the evidence speaks for, where that differs from now.
    pub as_of: Option<Timestamp>,
    /// The digest of the decision behind what failed, where one is published.
    pub decision: Option<DecisionDigest>,
    /// What else a person should know; none of it changes the outcome.
    pub notes: Vec<Note>,
}

/// A remark beside the outcome of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Note {
    /// The stable code.
    pub code: Code,
    /// One sentence for a person, lower case, without a full stop.
    pub detail: String,
}

impl Finding {
    /// A check that passed.
    pub(crate) const fn pass() -> Self {
        Self {
            outcome: Outcome::Pass,
            code: None,
            detail: None,
            as_of: None,
            decision: None,
            notes: Vec::new(),
        }
    }

    /// A check not made.
    pub(crate) const fn skipped() -> Self {
        Self {
            outcome: Outcome::Skipped,
            code: None,
            detail: None,
            as_of: None,
            decision: None,
            notes: Vec::new(),
        }
    }

    /// A check that failed.
    pub(crate) fn fail(code: Code, detail: impl Into<String>) -> Self {
        Self {
            outcome: Outcome::Fail,
            code: Some(code),
            detail: Some(detail.into()),
            as_of: None,
            decision: None,
            notes: Vec::new(),
        }
    }

    /// A check that the evidence cannot answer.
    pub(crate) fn unknown(code: Code, detail: impl Into<String>) -> Self {
        Self {
            outcome: Outcome::Unknown,
            code: Some(code),
            detail: Some(detail.into()),
            as_of: None,
            decision: None,
            notes: Vec::new(),
        }
    }

    /// Says which decision stands behind a failure.
    pub(crate) const fn decided_by(mut self, decision: DecisionDigest) -> Self {
        self.decision = Some(decision);
        self
    }

    /// Adds a remark, whatever the outcome.
    pub(crate) fn remark(mut self, code: Code, detail: impl Into<String>) -> Self {
        self.notes.push(Note {
            code,
            detail: detail.into(),
        });
        self
    }

    /// Returns whether the revocation or ending it speaks of is one without a published decision.
    pub fn is_contested(&self) -> bool {
        let contested = [Code::StatusContested, Code::TermContested];
        self.notes.iter().any(|note| contested.contains(&note.code))
    }

    /// Says which instant the evidence speaks for.
    pub(crate) const fn speaking_for(mut self, instant: Timestamp) -> Self {
        self.as_of = Some(instant);
        self
    }

    /// Adds a note to a check that passed.
    pub(crate) fn note(mut self, code: Code, detail: impl Into<String>) -> Self {
        self.code = Some(code);
        self.detail = Some(detail.into());
        self
    }
}

/// The answer, from best to worst in the order of precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(
    clippy::exhaustive_enums,
    reason = "complete by the contract: exit codes 0, 12, 11 and 10"
)]
pub enum Verdict {
    /// Every required check passed.
    Valid,
    /// Nothing failed, but a required check could not be made.
    Indeterminate,
    /// Genuine, but revoked, suspended or ended at the instant asked about.
    Ended,
    /// A check other than status or term failed.
    Invalid,
}

impl Verdict {
    /// Returns the word used in JSON: an ended mandate is `invalid`, and the checks say why.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Indeterminate => "indeterminate",
            Self::Ended | Self::Invalid => "invalid",
        }
    }

    /// Returns the exit code of the command line: 0, 12, 11 or 10.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Valid => 0,
            Self::Indeterminate => 12,
            Self::Ended => 11,
            Self::Invalid => 10,
        }
    }

    /// What one check alone comes to. A check that was not made is no check that passed, unless there
    /// are credentials to which it does not apply.
    const fn of(outcome: Outcome, is_effect: bool, may_be_skipped: bool) -> Self {
        match outcome {
            Outcome::Pass => Self::Valid,
            Outcome::Skipped if may_be_skipped => Self::Valid,
            Outcome::Unknown => Self::Indeterminate,
            Outcome::Fail if is_effect => Self::Ended,
            Outcome::Fail | Outcome::Skipped => Self::Invalid,
        }
    }
}

/// What was found about one credential.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CredentialReport {
    /// The credential's type, as claimed; `None` when the credential could not be read.
    pub kind: Option<String>,
    /// The DID whose key signed; `None` until the signature has passed.
    pub issuer: Option<String>,
    /// The name this verifier gave the issuer with its anchor, never one from the credential.
    pub issuer_name: Option<String>,
    /// What the member disclosed; empty unless signature, issuer and holder passed.
    pub claims: Value<'static>,
    /// The electoral period that covers the instant asked about, as the issuer announced it.
    pub electoral_period: Option<PeriodDraft>,
    findings: [Finding; 7],
}

impl CredentialReport {
    /// A report in which nothing has been checked.
    pub(crate) fn unchecked() -> Self {
        Self {
            kind: None,
            issuer: None,
            issuer_name: None,
            claims: Value::object::<&str, Value<'static>>([]),
            electoral_period: None,
            findings: std::array::from_fn(|_| Finding::skipped()),
        }
    }

    /// Returns what was found for one check.
    pub fn finding(&self, check: CredentialCheck) -> &Finding {
        let [
            signature,
            issuer,
            accreditation,
            validity,
            status,
            term,
            freshness,
        ] = &self.findings;
        match check {
            CredentialCheck::Signature => signature,
            CredentialCheck::Issuer => issuer,
            CredentialCheck::Accreditation => accreditation,
            CredentialCheck::Validity => validity,
            CredentialCheck::Status => status,
            CredentialCheck::Term => term,
            CredentialCheck::Freshness => freshness,
        }
    }

    /// Records what was found for one check.
    pub(crate) fn set(&mut self, check: CredentialCheck, finding: Finding) {
        let [
            signature,
            issuer,
            accreditation,
            validity,
            status,
            term,
            freshness,
        ] = &mut self.findings;
        *match check {
            CredentialCheck::Signature => signature,
            CredentialCheck::Issuer => issuer,
            CredentialCheck::Accreditation => accreditation,
            CredentialCheck::Validity => validity,
            CredentialCheck::Status => status,
            CredentialCheck::Term => term,
            CredentialCheck::Freshness => freshness,
        } = finding;
    }

    /// Returns the verdict on this credential alone.
    pub fn verdict(&self) -> Verdict {
        CredentialCheck::ALL
            .into_iter()
            .map(|check| {
                let outcome = self.finding(check).outcome;
                Verdict::of(outcome, check.is_effect(), check.may_be_skipped())
            })
            .max()
            .unwrap_or(Verdict::Invalid)
    }
}

/// What was found about a presentation and everything in it: the evidence behind a verdict.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// The real instant at which the check was made.
    pub checked_at: Timestamp,
    /// The instant the question was about; the same, unless a past date was asked for.
    pub at: Timestamp,
    /// What was found about each credential, in the order presented.
    pub credentials: Vec<CredentialReport>,
    /// Set when the presentation could not be read at all.
    pub malformed: Option<Finding>,
    presentation: [Finding; 4],
}

impl Report {
    /// A report in which nothing has been checked.
    pub(crate) fn unchecked(checked_at: Timestamp, at: Timestamp) -> Self {
        Self {
            checked_at,
            at,
            credentials: Vec::new(),
            malformed: None,
            presentation: std::array::from_fn(|_| Finding::skipped()),
        }
    }

    /// The report on a request that was refused, to which no answer can be valid.
    pub fn of_refused_request(checked_at: Timestamp, at: Timestamp, error: &RequestError) -> Self {
        let mut report = Self::unchecked(checked_at, at);
        report.refuse(Finding::fail(error.code(), error.to_string()));
        report
    }

    /// The report on a file that is larger than any presentation, so that nobody read it.
    pub fn of_oversized_presentation(checked_at: Timestamp, at: Timestamp) -> Self {
        let mut report = Self::unchecked(checked_at, at);
        let detail = "the file is larger than any presentation";
        report.refuse(Finding::fail(Code::PresentationMalformed, detail));
        report
    }

    /// Records that nothing could be read.
    pub(crate) fn refuse(&mut self, finding: Finding) {
        self.malformed = Some(finding.clone());
        self.set(PresentationCheck::Request, finding);
    }

    /// Returns what was found for one check of the presentation.
    pub fn finding(&self, check: PresentationCheck) -> &Finding {
        let [request, nonce, audience, holder] = &self.presentation;
        match check {
            PresentationCheck::Request => request,
            PresentationCheck::Nonce => nonce,
            PresentationCheck::Audience => audience,
            PresentationCheck::Holder => holder,
        }
    }

    /// Records what was found for one check of the presentation.
    pub(crate) fn set(&mut self, check: PresentationCheck, finding: Finding) {
        let [request, nonce, audience, holder] = &mut self.presentation;
        *match check {
            PresentationCheck::Request => request,
            PresentationCheck::Nonce => nonce,
            PresentationCheck::Audience => audience,
            PresentationCheck::Holder => holder,
        } = finding;
    }

    /// Returns the verdict: the worst of everything found.
    ///
    /// A presentation without a credential is never valid.
    pub fn verdict(&self) -> Verdict {
        if self.malformed.is_some() || self.credentials.is_empty() {
            return Verdict::Invalid;
        }
        let presentation = self
            .presentation
            .iter()
            .map(|f| Verdict::of(f.outcome, false, false));
        let credentials = self.credentials.iter().map(CredentialReport::verdict);
        presentation
            .chain(credentials)
            .max()
            .unwrap_or(Verdict::Invalid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(failed: &[(CredentialCheck, Finding)]) -> Report {
        let now = Timestamp::UNIX_EPOCH;
        let mut report = Report::unchecked(now, now);
        for check in PresentationCheck::ALL {
            report.set(check, Finding::pass());
        }
        let mut credential = CredentialReport::unchecked();
        for check in CredentialCheck::ALL {
            credential.set(check, Finding::pass().speaking_for(now));
        }
        for (check, finding) in failed {
            credential.set(*check, finding.clone());
        }
        report.credentials.push(credential);
        report
    }

    #[test]
    fn wrong_outweighs_ended_and_ended_outweighs_unknown() {
        let wrong = (
            CredentialCheck::Validity,
            Finding::fail(Code::CredentialExpired, "expired"),
        );
        let ended = (
            CredentialCheck::Status,
            Finding::fail(Code::CredentialExpired, "revoked"),
        );
        let unknown = (
            CredentialCheck::Freshness,
            Finding::unknown(Code::BundleStale, "old"),
        );
        let exit = |failed: &[_]| report(failed).verdict().exit_code();
        assert_eq!(exit(&[]), 0);
        assert_eq!(exit(std::slice::from_ref(&unknown)), 12);
        assert_eq!(exit(&[unknown.clone(), ended.clone()]), 11);
        assert_eq!(exit(&[unknown, ended, wrong]), 10);
    }

    #[test]
    fn a_note_does_not_make_a_pass_a_failure() {
        let noted = Finding::pass().note(Code::CredentialIssuedLater, "issued later");
        assert_eq!(
            report(&[(CredentialCheck::Validity, noted)]).verdict(),
            Verdict::Valid
        );
    }

    #[test]
    fn a_check_that_was_not_made_has_not_passed() {
        for check in CredentialCheck::ALL {
            let verdict = report(&[(check, Finding::skipped())]).verdict();
            let may = matches!(
                check,
                CredentialCheck::Accreditation | CredentialCheck::Term
            );
            assert_eq!(verdict == Verdict::Valid, may, "{check:?}");
        }
        for check in PresentationCheck::ALL {
            let mut report = report(&[]);
            report.set(check, Finding::skipped());
            assert_eq!(report.verdict(), Verdict::Invalid, "{check:?}");
        }
    }

    #[test]
    fn nothing_presented_is_never_valid() {
        let mut empty = report(&[]);
        empty.credentials.clear();
        assert_eq!(empty.verdict(), Verdict::Invalid);
        let mut malformed = report(&[]);
        malformed.malformed = Some(Finding::fail(Code::CredentialMalformed, "no JSON"));
        assert_eq!(malformed.verdict(), Verdict::Invalid);
    }

    #[test]
    fn a_failure_of_the_presentation_is_wrong_never_ended() {
        let mut report = report(&[]);
        report.set(
            PresentationCheck::Holder,
            Finding::fail(Code::SignatureInvalid, "no match"),
        );
        assert_eq!(report.verdict().exit_code(), 10);
    }
}
