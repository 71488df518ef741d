//! Saying that an electoral period is on.

use super::{CredentialCheck, CredentialReport, Question, credential::Clock};
use crate::{
    Code,
    proof::SignerDid,
    status::Instant,
    trust::{Evidence, electoral::PeriodDraft},
};

/// Notes the period that covers the instant asked about, as the issuer's bundle announces it. It changes no
/// outcome: it tells whoever looks that the parliament has bound its own hands, and that questions about
/// what it did just then deserve a second look.
pub(super) fn show(
    report: &mut CredentialReport,
    signer: &SignerDid,
    question: &Question<'_>,
    clock: Clock,
) {
    let Evidence::Held { bundle, .. } = question.trust.evidence(signer) else {
        return;
    };
    let Some(period) = bundle.electoral_period(Instant::floor(clock.at)) else {
        return;
    };
    let PeriodDraft { from, to, .. } = period.draft();
    let detail = format!("electoral period from {from} to {to}");
    let freshness = report.finding(CredentialCheck::Freshness).clone();
    report.set(
        CredentialCheck::Freshness,
        freshness.remark(Code::ElectoralPeriod, detail),
    );
    report.electoral_period = Some(period.draft().clone());
}
