//! Evidence that the holder brings along: an in-office statement, younger than the bundle at hand.
//!
//! It makes evidence younger and nothing else. What the bundle says against a mandate stays, also where the
//! statement is newer: a suspension that was lifted shows by a new bundle. It speaks for now, never for
//! a past instant, and never without a bundle that still counts, which names the key that signed it.

use super::{
    Budget, CredentialCheck, CredentialReport, Finding, Outcome, Question, credential::Clock,
};
use crate::{
    Code,
    credential::{Envelope, Kind},
    proof::SignerDid,
    status::Instant,
    trust::{
        Bundle, Evidence,
        in_office::{InOfficeError, Mandate, Statement},
    },
};

/// A credential whose checks have been made, with the statement that came with it.
pub(super) struct Brought<'b> {
    pub(super) signer: &'b SignerDid,
    pub(super) envelope: &'b Envelope,
    pub(super) signed_part: &'b str,
    pub(super) statement: &'b str,
}

/// Lets the statement count where it is sound and newer than the bundle; a remark says so, or why not.
pub(super) fn weigh(
    report: &mut CredentialReport,
    brought: &Brought<'_>,
    question: &Question<'_>,
    clock: Clock,
    budget: &mut Budget,
) {
    if brought.envelope.kind != Kind::MemberMandate || clock.at != clock.now {
        return;
    }
    let stands = |check| {
        let outcome = report.finding(check).outcome;
        matches!(outcome, Outcome::Pass | Outcome::Skipped)
    };
    if !stands(CredentialCheck::Status) || !stands(CredentialCheck::Term) {
        return;
    }
    let freshness = report.finding(CredentialCheck::Freshness);
    let is_stale = freshness.code == Some(Code::BundleStale);
    if freshness.outcome != Outcome::Pass && !is_stale {
        return;
    }
    let Evidence::Held { bundle, .. } = question.trust.evidence(brought.signer) else {
        return;
    };
    let statement = match sound(brought, bundle, clock, budget) {
        Ok(statement) => statement,
        Err(error) => {
            let finding = freshness.clone().remark(error.code(), error.to_string());
            report.set(CredentialCheck::Freshness, finding);
            return;
        }
    };
    let issued_at = statement.issued_at();
    if issued_at <= bundle.times().issued_at {
        return;
    }
    let age = Instant::floor(clock.now).seconds_since(issued_at);
    let age = u64::try_from(age).unwrap_or(0);
    let most = question.policy.status_max_age;
    if most.is_some_and(|most| age > most.as_secs()) {
        return;
    }
    for check in [CredentialCheck::Status, CredentialCheck::Term] {
        let finding = report.finding(check);
        if finding.outcome == Outcome::Pass {
            let finding = finding.clone().speaking_for(issued_at.timestamp());
            report.set(check, finding);
        }
    }
    let detail = format!("the holder brought an in-office statement of {issued_at}");
    let fresh = Finding::pass().speaking_for(issued_at.timestamp());
    report.set(
        CredentialCheck::Freshness,
        fresh.remark(Code::InOfficeNewer, detail),
    );
}

fn sound(
    brought: &Brought<'_>,
    bundle: &Bundle,
    clock: Clock,
    budget: &mut Budget,
) -> Result<Statement, InOfficeError> {
    let statement = Statement::open(brought.statement, budget)?;
    let mandate = Mandate {
        issuer: brought.signer.did().as_str(),
        signed_part: brought.signed_part,
        holder: &brought.envelope.holder,
    };
    statement.check(&mandate, bundle.status_key(), Instant::floor(clock.now))?;
    Ok(statement)
}
