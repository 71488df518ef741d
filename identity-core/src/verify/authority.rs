//! Whether the issuer could issue this: the state of its DID and who vouches for it, at the issue and at the
//! instant asked about.

use jiff::Timestamp;

use super::{
    Budget, CredentialCheck, CredentialReport, Finding, Question,
    credential::{Clock, usable},
};
use crate::{
    Code,
    credential::Envelope,
    did::{Did, Relationship, webvh::DidHistory},
    encoding::{merkle::Hash, strict_json::Value},
    proof::SignerDid,
    status::Instant,
    trust::{
        Authority, Bundle, Path,
        accreditation::{Act, Delegation, Grant, Judgement, Standing, State},
        approval::{Evidence as Approvals, issue_item},
    },
};

/// Says whether the key stood in the issuer's DID document when the credential was issued, and whether the
/// DID had not ended by the instant asked about.
///
/// A DID that holds its own key has no history, and nothing to ask.
pub(super) fn key_in_force(
    signer: &SignerDid,
    envelope: &Envelope,
    history: Option<&DidHistory>,
    clock: Clock,
) -> Finding {
    let Some(history) = history else {
        return Finding::pass();
    };
    let as_of = history.latest().version_time;
    let Some(issued) = envelope.issued_at else {
        let detail = "the credential does not say when it was issued, and its issuer's keys change";
        return Finding::fail(Code::IssuerKeyPeriod, detail);
    };
    if let Some(ended) = history.deactivated_at().filter(|ended| *ended <= clock.at) {
        let detail = format!("the issuer's DID was ended at {ended:.0}");
        return Finding::fail(Code::IssuerDidDeactivated, detail).speaking_for(as_of);
    }
    let purpose = Relationship::AssertionMethod;
    let periods = history.periods(signer.method(), signer.key(), purpose);
    if periods.iter().any(|period| period.contains(issued)) {
        return Finding::pass().speaking_for(as_of);
    }
    let told = periods.iter().map(|period| match period.to {
        Some(to) => format!("from {:.0} to {to:.0}", period.from),
        None => format!("from {:.0} on", period.from),
    });
    let told: Vec<String> = told.collect();
    let detail = format!("the key was the issuer's {}", told.join(", and "));
    Finding::fail(Code::IssuerKeyPeriod, detail).speaking_for(as_of)
}

/// What follows from who vouches for the issuer.
pub(super) struct Vouched {
    /// The check `accreditation`.
    pub(super) accreditation: Finding,
    /// The check `term`, where the parliament itself has ended.
    pub(super) term: Option<Finding>,
    /// The check `freshness`, where what vouches is too old.
    pub(super) freshness: Option<Finding>,
}

impl Vouched {
    const fn with(accreditation: Finding) -> Self {
        Self {
            accreditation,
            term: None,
            freshness: None,
        }
    }

    /// How good it is, the best first. What one leaves open, another's "ended" does not settle.
    fn rank(&self) -> u8 {
        use super::Outcome;
        match self.accreditation.outcome {
            Outcome::Pass | Outcome::Skipped if self.term.is_some() => 3,
            Outcome::Pass | Outcome::Skipped if self.freshness.is_some() => 1,
            Outcome::Pass | Outcome::Skipped => 0,
            Outcome::Unknown => 2,
            Outcome::Fail => 4,
        }
    }

    /// Returns what an accreditor says against the issuer, or the parliament above it.
    fn against(&self) -> Option<(Code, &str)> {
        let finding = self.term.as_ref().unwrap_or(&self.accreditation);
        let states = [
            Code::AccreditationSuspended,
            Code::AccreditationWithdrawn,
            Code::AccreditationDissolved,
            Code::AccreditationKeyCompromised,
        ];
        let code = finding.code.filter(|code| states.contains(code))?;
        Some((code, finding.detail.as_deref()?))
    }

    fn tells_of_a_theft(&self) -> bool {
        self.accreditation.code == Some(Code::AccreditationKeyCompromised)
    }
}

/// Returns what counts of several accreditors' words: the best, with a remark on what others say against it.
///
/// That the keys of a parliament are in other hands is no opinion of one accreditor's: whoever tells of it,
/// none that has not heard of it yet speaks for that parliament.
fn weigh(mut words: Vec<(&Path<'_>, Vouched)>) -> Option<Vouched> {
    let parliament = |path: &Path<'_>| {
        path.delegated
            .map(|(_, bundle)| bundle.signer().did().clone())
    };
    let thefts = words.iter().filter(|(_, word)| word.tells_of_a_theft());
    let stolen: Vec<Option<Did>> = thefts.map(|(path, _)| parliament(path)).collect();
    words.retain(|(path, word)| {
        path.accredited.is_none() || word.tells_of_a_theft() || !stolen.contains(&parliament(path))
    });
    words.sort_by_key(|(_, word)| word.rank());
    let mut words = words.into_iter();
    let (_, mut best) = words.next()?;
    for (path, other) in words {
        if let (Some((network, _)), Some((code, detail))) = (path.accredited, other.against()) {
            let detail = format!("{} says: {detail}", network.accreditor());
            best.accreditation = best.accreditation.remark(code, detail);
        }
    }
    Some(best)
}

/// Judges who vouches for the issuer: the best way from an anchor counts, for one accreditor's silence does
/// not undo another's word.
pub(super) fn vouched(
    authority: &Authority<'_>,
    (envelope, body): (&Envelope, Option<&Hash>),
    bundle: Option<&Bundle>,
    question: &Question<'_>,
    clock: Clock,
    budget: &mut Budget,
) -> Vouched {
    let case = Case {
        envelope,
        body,
        bundle,
        question,
        clock,
    };
    match authority {
        Authority::Anchor => {
            Vouched::with(match case.approved(question.policy.approvals, budget) {
                Ok(()) => Finding::skipped(),
                Err(finding) => finding,
            })
        }
        Authority::Others(paths) => {
            let words = paths.iter().map(|path| (path, case.judge(path, budget)));
            weigh(words.collect()).unwrap_or_else(|| {
                let detail = "nothing at hand says who is accredited";
                Vouched::with(Finding::unknown(Code::BundleMissing, detail))
            })
        }
    }
}

/// One credential with what is asked about it.
struct Case<'c> {
    envelope: &'c Envelope,
    /// The digest of what officers approve of it, where it has approvals.
    body: Option<&'c Hash>,
    bundle: Option<&'c Bundle>,
    question: &'c Question<'c>,
    clock: Clock,
}

impl Case<'_> {
    fn judge(&self, path: &Path<'_>, budget: &mut Budget) -> Vouched {
        let Some(issued) = self.envelope.issued_at.map(Instant::floor) else {
            let detail = "the credential does not say when it was issued";
            return Vouched::with(Finding::fail(Code::AccreditationNotYet, detail));
        };
        let kind = self.envelope.kind.to_string();
        let chamber = self.envelope.claims.get("chamber").and_then(Value::as_str);
        let act = Act {
            kind: &kind,
            chamber: chamber.unwrap_or_default(),
            issued_at: issued,
            valid_from: Instant::floor(self.envelope.valid_from),
            valid_until: Instant::floor(self.envelope.valid_until),
        };
        let at = Instant::floor(self.clock.at);
        let mut found = Vouched::with(Finding::pass());
        let mut granted: Option<&Grant> = None;
        if let Some((network, listed)) = path.accredited {
            let as_of = network.snapshot().content().issued_at.timestamp();
            match self.listed(listed.judge(&act, at)) {
                Ok((grant, finding)) => {
                    granted = Some(grant);
                    found.accreditation = match listed.standing(at) {
                        Standing::NotYet { from } => finding.remark(
                            Code::AccreditationLater,
                            format!("accredited from {from} on, which is later than the date asked about"),
                        ),
                        _ => finding,
                    }
                    .speaking_for(as_of);
                }
                Err(Refused::Ended(finding)) => {
                    found.accreditation = Finding::pass().speaking_for(as_of);
                    found.term = Some(finding.speaking_for(as_of));
                    return found;
                }
                Err(Refused::Accreditation(finding)) => {
                    return Vouched::with(finding.speaking_for(as_of));
                }
            }
            let max_age = self.question.policy.list_max_age;
            let snapshot = network
                .snapshot()
                .times()
                .freshness(self.clock.now, max_age);
            let list = network
                .list()
                .times()
                .freshness(self.clock.now, Some(AGE_OF_LIST));
            let hard = self.question.policy.hard_max_age;
            let beyond = is_beyond(as_of, self.clock, hard).then_some(Code::NetworkExpired);
            let code = snapshot.network_code().or_else(|| list.network_code());
            let code = code.or(beyond);
            found.freshness = code.map(|code| {
                let detail = "the accreditor's trust bundle is older than accepted";
                Finding::unknown(code, detail).speaking_for(as_of)
            });
        }
        let mut approvals = granted.map_or(0, |grant| grant.approvals);
        if let Some((delegated, parliament)) = path.delegated {
            match delegation(delegated, granted, &act, at) {
                Err(finding) => return Vouched::with(finding),
                Ok(grant) => approvals = approvals.max(grant.approvals),
            }
            if let Some(finding) = self.ended(parliament) {
                return Vouched::with(finding);
            }
            // Whether it was ended stands in the parliament's bundle, which may be withheld.
            if let Err((code, detail)) = self.dated(parliament) {
                let as_of = parliament.times().issued_at.timestamp();
                found.freshness = Some(Finding::unknown(code, detail).speaking_for(as_of));
            }
        }
        let needed = approvals.max(self.question.policy.approvals);
        if let Err(finding) = self.approved(needed, budget) {
            found.accreditation = finding;
        }
        found
    }

    /// Says so when the parliament that delegated had ended its DID by the instant asked about.
    fn ended(&self, parliament: &Bundle) -> Option<Finding> {
        let ended = parliament.history()?.deactivated_at()?;
        (ended <= self.clock.at).then(|| {
            let detail =
                format!("the DID of the parliament that delegated was ended at {ended:.0}");
            Finding::fail(Code::IssuerDidDeactivated, detail)
        })
    }

    /// Checks that the bundle of the parliament that delegated is young enough.
    fn dated(&self, parliament: &Bundle) -> Result<(), (Code, String)> {
        match usable(parliament, self.question, self.clock)? {
            (_, None) => Ok(()),
            (_, Some(code)) => {
                let detail = "the bundle of the parliament that delegated is older than accepted";
                Err((code, detail.to_owned()))
            }
        }
    }

    /// Turns what the list says into a finding, with the grant where there is one.
    fn listed<'l>(&self, judged: Judgement<'l>) -> Result<(&'l Grant, Finding), Refused> {
        let refused =
            |code: Code, detail: String| Err(Refused::Accreditation(Finding::fail(code, detail)));
        match judged {
            Judgement::Granted(grant) => Ok((grant, Finding::pass())),
            Judgement::Suspended { grant, since } => {
                let detail = format!("the accreditation is suspended since {since}");
                let code = Code::AccreditationSuspended;
                if self.question.policy.accept_suspended {
                    return Ok((grant, Finding::pass().note(code, detail)));
                }
                Err(Refused::Accreditation(Finding::unknown(code, detail)))
            }
            Judgement::Beyond(beyond) => refused(beyond.code(), beyond.to_string()),
            Judgement::Compromised {
                since,
                since_then: true,
            } => refused(
                Code::AccreditationKeyCompromised,
                format!("the issuer's keys are in other hands since {since}"),
            ),
            Judgement::Compromised {
                since,
                since_then: false,
            } => {
                let detail = format!(
                    "the issuer's keys are in other hands since {since}; whether this is older is only said by itself"
                );
                let finding = Finding::unknown(Code::AccreditationKeyCompromised, detail);
                Err(Refused::Accreditation(finding))
            }
            Judgement::Refused { standing, at_issue } => {
                let when = if at_issue { " when it was issued" } else { "" };
                match standing {
                    Standing::NotYet { from } => refused(
                        Code::AccreditationNotYet,
                        format!("accredited from {from} on, and it was issued before"),
                    ),
                    Standing::Over { since } => refused(
                        Code::AccreditationEnded,
                        format!("the accreditation ended at {since}"),
                    ),
                    Standing::In {
                        state: State::Dissolved,
                        since,
                    } if !at_issue => {
                        let detail = format!("the parliament was dissolved at {since}");
                        Err(Refused::Ended(Finding::fail(
                            Code::AccreditationDissolved,
                            detail,
                        )))
                    }
                    Standing::In { state, since } => refused(
                        state.code().unwrap_or(Code::AccreditationWithdrawn),
                        format!(
                            "the accreditation is {} since {since}{when}",
                            state.as_str()
                        ),
                    ),
                }
            }
        }
    }

    /// Checks that enough officers approved the credential, where that is demanded.
    fn approved(&self, needed: u32, budget: &mut Budget) -> Result<(), Finding> {
        if needed == 0 {
            return Ok(());
        }
        let missing = |detail: &str| Finding::fail(Code::ApprovalTooFew, detail);
        let Some(value) = &self.envelope.approval else {
            return Err(missing("no officer's approval came with the credential"));
        };
        let Some(bundle) = self.bundle else {
            let detail = "who the issuer's officers are is not at hand";
            return Err(Finding::unknown(Code::BundleMissing, detail));
        };
        let Some(officers) = bundle.officers() else {
            return Err(missing("the issuer publishes no officers"));
        };
        let Some(issued) = self.envelope.issued_at.map(Instant::floor) else {
            return Err(missing("the credential does not say when it was issued"));
        };
        let needed = usize::try_from(needed).unwrap_or(usize::MAX);
        let Some(body) = self.body else {
            let detail = "what officers would have approved of it has no digest";
            return Err(Finding::fail(Code::ApprovalManifest, detail));
        };
        let verified = Approvals::from_value(value).and_then(|approvals| {
            let item = issue_item(body, approvals.content());
            let house = (bundle.signer().did(), officers);
            approvals.verify(&item, house, issued, needed, budget)
        });
        verified
            .map(|_| ())
            .map_err(|error| Finding::fail(error.code(), error.to_string()))
    }
}

enum Refused {
    Accreditation(Finding),
    Ended(Finding),
}

/// The list is signed by people, and rarely: its `expires` bounds it, and the snapshot says how old it is.
const AGE_OF_LIST: core::time::Duration = core::time::Duration::MAX;

/// Checks a delegation: in force at the issue and at the instant asked about, and no wider than what the
/// parliament may delegate.
fn delegation<'d>(
    delegated: &'d Delegation,
    granted: Option<&Grant>,
    act: &Act<'_>,
    at: Instant,
) -> Result<&'d Grant, Finding> {
    let draft = delegated.draft();
    if !delegated.counts_at(act.issued_at) {
        let detail = format!("delegated from {} to {}", draft.from, delegated.over_from());
        return Err(Finding::fail(Code::DelegationPeriod, detail));
    }
    if at >= delegated.over_from() {
        let detail = format!("the delegation ended at {}", delegated.over_from());
        return Err(Finding::fail(Code::DelegationPeriod, detail));
    }
    let grant = delegated
        .covering(act)
        .map_err(|beyond| Finding::fail(beyond.code(), format!("the unit: {beyond}")))?;
    if granted.is_some_and(|wide| !Delegation::is_within(grant, wide)) {
        let detail = "the unit was given more than the parliament may delegate";
        return Err(Finding::fail(Code::DelegationWider, detail));
    }
    Ok(grant)
}

/// Sets everything undecided: what signed cannot be known from the evidence at hand.
pub(super) fn undecided(report: &mut CredentialReport, code: Code, detail: &str) {
    for check in CredentialCheck::ALL {
        if !matches!(check, CredentialCheck::Accreditation) {
            report.set(check, Finding::unknown(code, detail));
        }
    }
}

/// Bounds the age of the evidence by the verifier's own limit, whatever it says of itself.
pub(super) fn is_beyond(
    issued: Timestamp,
    clock: Clock,
    max: Option<core::time::Duration>,
) -> bool {
    let age = clock.now.duration_since(issued);
    max.is_some_and(|max| {
        age > jiff::SignedDuration::try_from(max).unwrap_or(jiff::SignedDuration::MAX)
    })
}
