//! The seven checks of one credential.

use jiff::{SignedDuration, Timestamp};

use super::{
    Budget, CredentialCheck, CredentialReport, Finding, Question,
    authority::{is_beyond, key_in_force, vouched},
    electoral,
    in_office::{self, Brought},
    reading::{Binding, Judged, read_sd_jwt, read_vp},
};
use crate::{
    Code,
    credential::Envelope,
    did::Did,
    encoding::merkle::Hash,
    presentation::Form,
    proof::SignerDid,
    status::{
        Ender, Instant, LEEWAY, StatusOutcome, TermOutcome, UnknownStatus, status_at, term_at,
    },
    trust::{Bundle, Evidence, Freshness, TrustSet},
};

/// The instant asked about and the real one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    pub(super) now: Timestamp,
    pub(super) at: Timestamp,
}

/// Judges one presented credential; `Err` when it cannot even be read.
pub(super) fn judge(
    form: &Form,
    question: &Question<'_>,
    clock: Clock,
    budget: &mut Budget,
) -> Result<Judged, Finding> {
    let mut judged = match form {
        Form::SdJwt(text) => read_sd_jwt(text, question, budget)?,
        Form::Vp(vp) => read_vp(vp, question, clock, budget)?,
    };
    if let (Some(signer), Some(envelope)) = (&judged.signer, &judged.envelope) {
        let report = &mut judged.report;
        let seen = (envelope, judged.body.as_ref());
        check(report, signer, seen, question, clock, budget);
        if let (
            Some(Ok(Binding {
                in_office: Some(statement),
                ..
            })),
            Some(signed_part),
        ) = (&judged.binding, &judged.signed_part)
        {
            let brought = Brought {
                signer,
                envelope,
                signed_part,
                statement,
            };
            in_office::weigh(report, &brought, question, clock, budget);
        }
        electoral::show(report, signer, question, clock);
    }
    Ok(judged)
}

/// Checks issuer, validity, status, term and freshness of a credential whose signature has passed.
fn check(
    report: &mut CredentialReport,
    signer: &SignerDid,
    seen: (&Envelope, Option<&Hash>),
    question: &Question<'_>,
    clock: Clock,
    budget: &mut Budget,
) {
    let envelope = seen.0;
    if envelope.issuer != signer.did().as_str() {
        let detail = "the credential names another issuer than the one whose key signed it";
        report.set(
            CredentialCheck::Issuer,
            Finding::fail(Code::IssuerMismatch, detail),
        );
        return;
    }
    report.set(CredentialCheck::Validity, validity(envelope, clock));
    let (name, bundle, authority) = match question.trust.evidence(signer) {
        Evidence::NotAnchored => {
            let refused = why_no_delegation(not_trusted(), signer.did(), question.trust);
            report.set(CredentialCheck::Issuer, refused);
            return;
        }
        Evidence::Missing {
            name,
            code,
            detail,
            authority,
        } => (name, Err((code, detail)), authority),
        Evidence::Held {
            name,
            bundle,
            authority,
        } => (name, Ok(bundle), authority),
    };
    report.issuer_name = name.map(str::to_owned);
    let history = bundle.as_ref().ok().and_then(|bundle| bundle.history());
    let issuer = key_in_force(signer, envelope, history, clock);
    report.set(CredentialCheck::Issuer, issuer);
    let held = bundle.as_ref().ok().copied();
    let vouched = vouched(&authority, seen, held, question, clock, budget);
    report.set(CredentialCheck::Accreditation, vouched.accreditation);
    let bundle = bundle.and_then(|bundle| usable(bundle, question, clock));
    match bundle {
        Err((code, detail)) => {
            for check in [
                CredentialCheck::Status,
                CredentialCheck::Term,
                CredentialCheck::Freshness,
            ] {
                report.set(check, Finding::unknown(code, detail.clone()));
            }
        }
        Ok((bundle, stale)) => {
            let as_of = bundle.times().issued_at.timestamp();
            // What holds now is what the bundle says, also where its clock is a little ahead of ours.
            let clock = Clock {
                at: if clock.at == clock.now {
                    clock.at.max(as_of)
                } else {
                    clock.at
                },
                ..clock
            };
            report.set(
                CredentialCheck::Status,
                status(envelope, bundle, clock).speaking_for(as_of),
            );
            report.set(
                CredentialCheck::Term,
                term(envelope, bundle, clock).speaking_for(as_of),
            );
            let fresh = match stale {
                None => Finding::pass(),
                Some(code) => Finding::unknown(code, "the bundle is older than accepted"),
            };
            let fresh = fresh.speaking_for(as_of);
            report.set(
                CredentialCheck::Freshness,
                vouched.freshness.unwrap_or(fresh),
            );
        }
    }
    if let Some(ended) = vouched.term {
        report.set(CredentialCheck::Term, ended);
    }
}

fn not_trusted() -> Finding {
    let detail = "the issuer is none of this verifier's anchors, and none of them vouches for it";
    Finding::fail(Code::IssuerNotTrusted, detail)
}

/// Says of somebody in whom nobody trusts that a parliament's delegation to them was refused, where one was.
pub(super) fn why_no_delegation(finding: Finding, unit: &Did, trust: &TrustSet) -> Finding {
    match trust.refused_delegation(unit) {
        None => finding,
        Some(refused) => {
            let detail = format!("a delegation to it is refused: {}", refused.error);
            finding.remark(refused.error.code(), detail)
        }
    }
}

/// Returns the bundle with the code for its age, or why it says nothing at all.
pub(super) fn usable<'b>(
    bundle: &'b Bundle,
    question: &Question<'_>,
    clock: Clock,
) -> Result<(&'b Bundle, Option<Code>), (Code, String)> {
    let (times, policy) = (bundle.times(), &question.policy);
    let freshness = times.freshness(clock.now, policy.status_max_age);
    match freshness {
        Freshness::Expired => Err((Code::BundleExpired, "the bundle has expired".to_owned())),
        Freshness::NotYetIssued => Err((
            Code::BundleNotYetIssued,
            "the bundle was signed later than now: one of the clocks is wrong".to_owned(),
        )),
        Freshness::Fresh | Freshness::Stale => {
            let issued = times.issued_at.timestamp();
            if is_beyond(issued, clock, policy.hard_max_age) {
                let detail = "the bundle is older than this verifier accepts of anything";
                return Err((Code::BundleExpired, detail.to_owned()));
            }
            Ok((bundle, freshness.code()))
        }
    }
}

fn validity(envelope: &Envelope, clock: Clock) -> Finding {
    let ahead = |issued: Timestamp| clock.now.checked_add(LEEWAY).is_ok_and(|t| issued > t);
    if envelope.issued_at.is_some_and(ahead) {
        let detail = "the credential says it was issued later than now";
        return Finding::fail(Code::CredentialNotYetValid, detail);
    }
    // What is valid from its issue on is so by the issuer's clock, which may be ahead.
    let from_issue = envelope.issued_at == Some(envelope.valid_from) && clock.at == clock.now;
    let leeway = if from_issue {
        LEEWAY
    } else {
        SignedDuration::ZERO
    };
    let at = clock.at.checked_add(leeway).unwrap_or(clock.at);
    if at < envelope.valid_from {
        let detail = format!("valid from {}", envelope.valid_from);
        return Finding::fail(Code::CredentialNotYetValid, detail);
    }
    if clock.at >= envelope.valid_until {
        let detail = format!("valid until {}", envelope.valid_until);
        return Finding::fail(Code::CredentialExpired, detail);
    }
    match envelope.issued_at {
        Some(issued) if issued > clock.at && clock.at < clock.now => Finding::pass().note(
            Code::CredentialIssuedLater,
            format!("issued at {issued}, for a mandate that had begun before"),
        ),
        _ => Finding::pass(),
    }
}

fn status(envelope: &Envelope, bundle: &Bundle, clock: Clock) -> Finding {
    let slot = &envelope.slot;
    let outcome = if bundle.is_issuer(slot.list.issuer()) {
        bundle
            .list(&slot.list)
            .map_or(StatusOutcome::Unknown(UnknownStatus::ListMissing), |held| {
                status_at(
                    &held.list,
                    slot.index,
                    clock.at,
                    bundle.times().issued_at,
                    held.history.slot(slot.index),
                )
            })
    } else {
        StatusOutcome::Unknown(UnknownStatus::ForeignList)
    };
    let since =
        |since: Option<Instant>| since.map_or_else(String::new, |since| format!(" since {since}"));
    match (outcome, outcome.code()) {
        (StatusOutcome::Valid, _) | (_, None) => Finding::pass(),
        (StatusOutcome::Unknown(_), Some(code)) => {
            Finding::unknown(code, code.meaning().trim_end_matches('.'))
        }
        (
            StatusOutcome::Revoked {
                since: at,
                void,
                decision,
            },
            Some(code),
        ) => {
            let detail = if void {
                "revoked, and never valid".to_owned()
            } else {
                format!("revoked{}", since(at))
            };
            let finding = Finding::fail(code, detail);
            match decision {
                Some(decision) => finding.decided_by(decision),
                None => finding.remark(
                    Code::StatusContested,
                    "contested: the issuer publishes no decision behind the revocation",
                ),
            }
        }
        (StatusOutcome::Suspended { since: at }, Some(code)) => {
            Finding::fail(code, format!("suspended{}", since(at)))
        }
        (StatusOutcome::NotValid, Some(code)) => {
            Finding::fail(code, "revoked or suspended; the issuer does not say which")
        }
    }
}

fn term(envelope: &Envelope, bundle: &Bundle, clock: Clock) -> Finding {
    let Some(id) = &envelope.term else {
        return Finding::skipped();
    };
    let outcome = term_at(bundle.term(id), clock.at, Some(&envelope.slot));
    match (outcome, outcome.code()) {
        (TermOutcome::Running, _) | (_, None) => Finding::pass(),
        (TermOutcome::Ended { since, by }, Some(code)) => {
            let finding = Finding::fail(code, format!("the term ended at {since}"));
            match by {
                Ender::Decision(decision) => finding.decided_by(decision),
                Ender::Nobody => finding.remark(
                    Code::TermContested,
                    "contested: the issuer publishes no decision behind the early end",
                ),
                Ender::Calendar | Ender::Annulled => finding,
            }
        }
        // The mandate is older than its term: two statements of one issuer that do not agree.
        (TermOutcome::NotBegun { start }, Some(code)) => {
            Finding::unknown(code, format!("the term begins at {start}"))
        }
        (TermOutcome::Missing, Some(code)) => {
            Finding::unknown(code, "the bundle does not hold this term")
        }
    }
}
