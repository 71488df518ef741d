//! What one issuer's bundle says.

use cli_kit::{Failure, Printer, text::one_line};
use identity_core::{did::Did, trust::Bundle};
use serde_json::{Value, json};

pub(super) fn to_json(bundle: &Bundle) -> Value {
    let times = bundle.times();
    let lists: Vec<_> = bundle
        .lists()
        .map(|(uri, held)| json!({ "id": uri, "slots": held.list.slots(), "set": held.list.set_slots().count() }))
        .collect();
    let mut value = json!({
        "schema": "mandate.trust/1",
        "issuer": bundle.signer().did(),
        "claimedName": bundle.claimed_name(),
        "chamber": bundle.chamber(),
        "trial": bundle.is_trial(),
        "seq": bundle.seq(),
        "issuedAt": times.issued_at,
        "nextUpdate": times.next_update,
        "expires": times.expires,
        "statusLists": lists,
        "terms": bundle.terms().collect::<Vec<_>>(),
        "types": bundle.types(),
    });
    if let Some(history) = bundle.history() {
        value["didLog"] = super::network::log(history);
    }
    if let Some(officers) = bundle.officers() {
        value["officers"] = super::network::officers(officers.latest());
    }
    if !bundle.delegations().is_empty() {
        let delegations = bundle.delegations().iter().map(|delegation| {
            json!({
                "id": delegation.unit(),
                "name": delegation.display_name(),
                "from": delegation.draft().from,
                "until": delegation.over_from(),
            })
        });
        value["delegations"] = delegations.collect();
    }
    if !bundle.refused_delegations().is_empty() {
        let refused = bundle.refused_delegations().iter().map(|refused| {
            json!({
                "id": refused.unit,
                "code": refused.error.code().as_str(),
                "detail": refused.error.to_string(),
            })
        });
        value["refusedDelegations"] = refused.collect();
    }
    value
}

pub(super) fn print(bundle: &Bundle, printer: &mut Printer) -> Result<(), Failure> {
    let times = bundle.times();
    let name = one_line(bundle.claimed_name());
    printer.heading(format!(
        "Bundle {} of \"{name}\" (its own name)",
        bundle.seq()
    ))?;
    printer.line(format!("issuer: {}", bundle.signer().did()))?;
    printer.line(format!("chamber: {}", one_line(bundle.chamber())))?;
    printer.line(format!("signed: {}", times.issued_at))?;
    printer.line(format!(
        "next: {}, expires: {}",
        times.next_update, times.expires
    ))?;
    if let Some(history) = bundle.history() {
        let (number, _) = history.head();
        let latest = history.latest().version_time;
        printer.line(format!(
            "DID log: {number} entries, the last of {latest:.0}"
        ))?;
    }
    if let Some(officers) = bundle.officers() {
        let latest = officers.latest();
        printer.line(format!(
            "officers: {} of {} decide, policy version {}",
            latest.threshold(),
            latest.officers().len(),
            latest.version()
        ))?;
    }
    for delegation in bundle.delegations() {
        let name = one_line(delegation.display_name());
        printer.line(format!(
            "delegates to \"{name}\": from {} to {}, {}",
            delegation.draft().from,
            delegation.over_from(),
            delegation.unit()
        ))?;
    }
    for refused in bundle.refused_delegations() {
        let unit = refused.unit.as_ref().map_or("nobody", Did::as_str);
        let why = one_line(&refused.error.to_string());
        let code = refused.error.code();
        printer.line(format!("a delegation to {unit} is refused: {why} ({code})"))?;
    }
    for (uri, held) in bundle.lists() {
        let set = held.list.set_slots().count();
        printer.line(format!("status list {uri}: {set} not valid"))?;
    }
    for term in bundle.terms() {
        let mut line = format!("term {}: from {}", one_line(&term.id), term.start);
        for ending in &term.endings {
            line = format!("{line}, ended {}", ending.at);
            if let Some(annulled) = ending.annulled_at {
                line = format!("{line} until {annulled}");
            }
        }
        printer.line(line)?;
    }
    Ok(())
}
