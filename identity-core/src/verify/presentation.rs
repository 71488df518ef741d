//! The four checks of a presentation, and the way from `Unverified` to `Verified`.

use jiff::Timestamp;

use super::{
    Budget, CredentialCheck, Finding, Ledger, LedgerError, Outcome, PresentationCheck, Report,
    Verdict, clock,
    credential::{Clock, judge},
    reading::{Binding, Judged},
};
use crate::{
    Code,
    credential::{Envelope, Kind},
    did::Did,
    encoding::{
        base64url,
        strict_json::{Object, Value},
    },
    presentation::{Response, request::Request},
    proof::SignerDid,
    status::LEEWAY,
    trust::{Policy, TrustSet},
};

/// Something that came from outside; nothing of it can be read before it is verified.
#[derive(Clone, Copy, Debug)]
pub struct Unverified<T>(T);

/// Something that was verified, with the question it answers and the evidence.
///
/// Only [`Unverified::verify`] makes one.
#[derive(Clone, Debug)]
pub struct Verified<T> {
    inner: T,
    report: Report,
    policy: Policy,
}

/// A presentation that was verified.
#[derive(Clone, Debug)]
pub struct Presentation {
    credentials: Vec<PresentedCredential>,
}

/// One credential of a verified presentation.
#[derive(Clone, Debug)]
pub struct PresentedCredential {
    signer: SignerDid,
    issuer_name: Option<String>,
    envelope: Envelope,
}

/// What is asked about a presentation; every member is a decision of the verifier's.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct Question<'q> {
    /// The verifier's own DID.
    pub verifier: &'q Did,
    /// The request that the presentation answers.
    pub request: &'q Request,
    /// Whom the verifier trusts, and the evidence at hand.
    pub trust: &'q TrustSet,
    /// The real instant, from the verifier's clock.
    pub now: Timestamp,
    /// The instant asked about; `None` for now.
    pub at: Option<Timestamp>,
    /// How old the evidence may be, and what else is demanded.
    pub policy: Policy,
}

/// Reports that a presentation is not valid, or that no answer could be found.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The instant asked about lies ahead, where no evidence can speak.
    #[error("{at} lies ahead of {now}: nothing can speak for it yet")]
    Future {
        /// The instant asked about.
        at: Timestamp,
        /// The real instant.
        now: Timestamp,
    },
    /// The ledger of nonces could not be used, so nothing was decided.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The verdict is another than valid; the report says why.
    #[error("not verified: {}", .0.verdict().as_str())]
    Refused(Box<Report>),
}

impl VerifyError {
    /// Returns the report, when there is a verdict.
    pub fn report(&self) -> Option<&Report> {
        match self {
            Self::Refused(report) => Some(report),
            Self::Future { .. } | Self::Ledger(_) => None,
        }
    }
}

impl<'p> Unverified<&'p [u8]> {
    /// Takes a presentation file.
    pub const fn new(file: &'p [u8]) -> Self {
        Self(file)
    }

    /// Verifies the presentation and, when it is valid, uses up the request's nonce.
    ///
    /// # Errors
    /// [`VerifyError`] for every answer but "valid".
    pub fn verify(
        self,
        question: &Question<'_>,
        ledger: &mut impl Ledger,
    ) -> Result<Verified<Presentation>, VerifyError> {
        let now = question.now;
        let at = question.at.unwrap_or(now);
        if at > now {
            return Err(VerifyError::Future { at, now });
        }
        let clock = Clock { now, at };
        let mut report = Report::unchecked(now, at);
        let mut budget = Budget::presentation();
        let judged = match read(self.0, question, clock, &mut budget) {
            Ok(judged) => judged,
            Err(finding) => {
                report.refuse(finding);
                return Err(VerifyError::Refused(Box::new(report)));
            }
        };
        report.set(PresentationCheck::Request, request(question, &judged));
        let open = ledger.is_open(&question.request.nonce)?;
        report.set(PresentationCheck::Nonce, nonce(question, &judged, open));
        report.set(PresentationCheck::Audience, audience(question, &judged));
        report.set(PresentationCheck::Holder, holder(&judged));
        let held = report.finding(PresentationCheck::Holder).outcome == Outcome::Pass;
        let mut credentials = Vec::with_capacity(judged.len());
        for one in judged {
            let mut found = one.report;
            let passed = |check| found.finding(check).outcome == Outcome::Pass;
            let accreditation = found.finding(CredentialCheck::Accreditation).outcome;
            let readable = held
                && passed(CredentialCheck::Signature)
                && passed(CredentialCheck::Issuer)
                && matches!(accreditation, Outcome::Pass | Outcome::Skipped);
            if let (true, Some(envelope), Some(signer)) = (readable, one.envelope, one.signer) {
                found.claims = Value::Object(envelope.claims.clone());
                credentials.push(PresentedCredential {
                    signer,
                    issuer_name: found.issuer_name.clone(),
                    envelope,
                });
            }
            report.credentials.push(found);
        }
        if let Some(seen) = question.trust.clock_set_back(now) {
            clock::doubt(&mut report, seen);
        }
        if report.verdict() == Verdict::Valid && !ledger.consume(&question.request.nonce)? {
            report.set(PresentationCheck::Nonce, already_used());
        }
        if report.verdict() != Verdict::Valid {
            return Err(VerifyError::Refused(Box::new(report)));
        }
        Ok(Verified {
            inner: Presentation { credentials },
            report,
            policy: question.policy,
        })
    }
}

impl<T> Verified<T> {
    /// Returns the evidence behind the verdict.
    pub const fn report(&self) -> &Report {
        &self.report
    }

    /// Returns the instant it was verified for.
    pub const fn at(&self) -> Timestamp {
        self.report.at
    }

    /// Returns what was demanded of the evidence.
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }
}

impl Verified<Presentation> {
    /// Returns the credentials, in the order presented.
    pub fn credentials(&self) -> &[PresentedCredential] {
        &self.inner.credentials
    }
}

impl PresentedCredential {
    /// Returns the type.
    pub const fn kind(&self) -> Kind {
        self.envelope.kind
    }

    /// Returns the DID whose key signed: an anchor of this verifier.
    pub const fn issuer(&self) -> &SignerDid {
        &self.signer
    }

    /// Returns this verifier's own name for the issuer.
    pub fn issuer_name(&self) -> Option<&str> {
        self.issuer_name.as_deref()
    }

    /// Returns the claims that are shown, with `chamber`, `country` and `term`.
    pub const fn claims(&self) -> &Object<'static> {
        &self.envelope.claims
    }

    /// Returns the display form of the name, when it is shown.
    pub fn name(&self) -> Option<&str> {
        self.envelope.claims.get("name")?.get("display")?.as_str()
    }

    /// Returns from when the credential is no longer valid.
    pub const fn valid_until(&self) -> Timestamp {
        self.envelope.valid_until
    }
}

fn read(
    file: &[u8],
    question: &Question<'_>,
    clock: Clock,
    budget: &mut Budget,
) -> Result<Vec<Judged>, Finding> {
    let response = Response::parse(file, budget)
        .map_err(|error| Finding::fail(error.code(), error.to_string()))?;
    let malformed = |detail: &str| Finding::fail(Code::PresentationMalformed, detail);
    let mut judged: Vec<Judged> = Vec::with_capacity(response.presented.len());
    for presented in &response.presented {
        let one = judge(&presented.form, question, clock, budget)?;
        if let Some(envelope) = &one.envelope {
            if presented.kind.is_some_and(|kind| kind != envelope.kind) {
                return Err(malformed(
                    "a credential stands under another type than its own",
                ));
            }
            // No two credentials share a slot: this is one, counted twice.
            let same = |other: &Envelope| other.slot == envelope.slot;
            if judged.iter().filter_map(|j| j.envelope.as_ref()).any(same) {
                return Err(malformed("one credential stands twice"));
            }
        }
        judged.push(one);
    }
    Ok(judged)
}

/// The request is this verifier's own, in force, and answered in full and no further.
fn request(question: &Question<'_>, judged: &[Judged]) -> Finding {
    let request = question.request;
    if request.verifier != *question.verifier {
        return Finding::fail(Code::RequestForeign, "the request is another verifier's");
    }
    if let Err(error) = request.check_time(question.now) {
        return Finding::fail(error.code(), error.to_string());
    }
    let shown: Vec<&Envelope> = judged.iter().filter_map(|j| j.envelope.as_ref()).collect();
    for envelope in &shown {
        let kind = envelope.kind.as_str();
        if !request
            .asked
            .iter()
            .any(|asked| asked.credential_type == kind)
        {
            return Finding::fail(Code::RequestNotAsked, format!("{kind} was not asked for"));
        }
    }
    for asked in &request.asked {
        let of_type = |envelope: &&&Envelope| envelope.kind.as_str() == asked.credential_type;
        let mut matching = shown.iter().filter(of_type).peekable();
        // A credential that could not be read may be the one asked for: its own check has failed.
        if matching.peek().is_none() && shown.len() == judged.len() {
            let detail = format!("{} is not shown", asked.credential_type);
            return Finding::fail(Code::RequestClaimMissing, detail);
        }
        for envelope in matching {
            let missing = |name: &&String| envelope.claims.get(name).is_none();
            if let Some(name) = asked.required.iter().find(missing) {
                let detail = format!("{name} is not shown");
                return Finding::fail(Code::RequestClaimMissing, detail);
            }
        }
    }
    Finding::pass()
}

fn already_used() -> Finding {
    Finding::fail(
        Code::RequestAlreadyUsed,
        "the request has been answered already, or was not made here",
    )
}

/// Every holder's proof answers this request, was made in its time, and is the first to count.
fn nonce(question: &Question<'_>, judged: &[Judged], open: bool) -> Finding {
    let request = question.request;
    for binding in bindings(judged) {
        if binding.nonce != request.nonce {
            return Finding::fail(
                Code::PresentationNonce,
                "the presentation answers another request",
            );
        }
        let earliest = request.issued_at.checked_sub(LEEWAY);
        let latest = question.now.checked_add(LEEWAY);
        let in_time = binding.made_at.is_some_and(|made| {
            earliest.is_ok_and(|t| made >= t) && latest.is_ok_and(|t| made <= t)
        });
        if !in_time {
            return Finding::fail(
                Code::PresentationTime,
                "the presentation says it was made before the request or after now",
            );
        }
    }
    if open {
        Finding::pass()
    } else {
        already_used()
    }
}

/// Every holder's proof was made for this verifier.
fn audience(question: &Question<'_>, judged: &[Judged]) -> Finding {
    let other = |b: &&Binding| b.audience != question.verifier.as_str();
    if bindings(judged).any(|binding| other(&binding)) {
        return Finding::fail(
            Code::PresentationAudience,
            "the presentation was made for another verifier",
        );
    }
    if let Some(finding) = undecided(judged) {
        return finding;
    }
    if bindings(judged).next().is_none() {
        return Finding::skipped();
    }
    Finding::pass()
}

/// Where nobody can tell whose signature a credential has, its holder's proof cannot be looked at.
fn undecided(judged: &[Judged]) -> Option<Finding> {
    let mut reasons = judged.iter().filter_map(|one| one.undecided.as_ref());
    reasons
        .next()
        .map(|(code, detail)| Finding::unknown(*code, detail.clone()))
}

fn bindings(judged: &[Judged]) -> impl Iterator<Item = &Binding> {
    let bound = judged.iter().filter_map(|one| one.binding.as_ref());
    bound.filter_map(|binding| binding.as_ref().ok())
}

/// The presenter holds the key of every credential, and all are one person's.
fn holder(judged: &[Judged]) -> Finding {
    if let Some(finding) = undecided(judged) {
        return finding;
    }
    for one in judged {
        match &one.binding {
            None => return Finding::skipped(),
            Some(Err(finding)) => return finding.clone(),
            Some(Ok(_)) => {}
        }
    }
    let mandate = judged
        .iter()
        .find(|one| kind_of(one) == Some(Kind::MemberMandate));
    let Some(first) = mandate.or_else(|| judged.first()) else {
        return Finding::skipped();
    };
    let key = |one: &Judged| {
        one.envelope
            .as_ref()
            .map(|envelope| envelope.holder.clone())
    };
    let belongs = |one: &Judged| key(one) == key(first) || rests_on(one, first);
    if judged.iter().all(belongs) {
        Finding::pass()
    } else {
        Finding::fail(
            Code::HolderMixed,
            "the credentials are bound to keys of different holders",
        )
    }
}

fn kind_of(judged: &Judged) -> Option<Kind> {
    judged.envelope.as_ref().map(|envelope| envelope.kind)
}

/// Tells whether a credential names this mandate by a salted digest, from the mandate's own issuer.
fn rests_on(one: &Judged, mandate: &Judged) -> bool {
    if kind_of(mandate) != Some(Kind::MemberMandate) || one.report.issuer != mandate.report.issuer {
        return false;
    }
    let claims = one.envelope.as_ref().map(|envelope| &envelope.claims);
    let Some(based_on) = claims.and_then(|claims| claims.get("basedOn")) else {
        return false;
    };
    let text = |name| based_on.get(name).and_then(Value::as_str);
    let salt = text("salt").and_then(|salt| base64url::decode(salt).ok());
    match (salt, text("digest"), &mandate.signed_part) {
        (Some(salt), Some(digest), Some(jwt)) if salt.len() >= 16 => {
            crate::credential::based_on_digest(&salt, jwt) == digest
        }
        _ => false,
    }
}
