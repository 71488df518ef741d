//! What is said of a prepared action: that it waits, what is in it, and what became of it.

use std::path::Path;

use cli_kit::{
    Context, ExitCode, Failure,
    files::{self, Access, Durability},
    output,
    run::system_rng,
    text::{self, one_line},
};
use serde_json::{Value as Json, json};

use super::{
    NEXT, decoded,
    home::Home,
    naming::{command, file_name},
    not_in_force, now,
};
use crate::office::{
    Action, Handed, LIFETIME, OfficeCode, Officers, Outcome, PendingAction, PendingState, Refusal,
};

/// What follows an approval to change the DID.
const AGAIN: &str =
    "give the same key or did command again, as an officer who approved it, with the control keys";

/// How many items are shown to a person; all of them go into a file.
const SHOWN: usize = 10;

/// Prepares an action and says what it waits for.
pub(super) fn put_before(
    home: &Home,
    action: Action,
    context: &mut Context,
) -> Result<ExitCode, Failure> {
    let mut desk = home.desk(context)?;
    let now = now();
    let pending = desk
        .office
        .prepare(action, LIFETIME, now, &mut system_rng()?)?;
    let needed = desk.office.approvals_needed();
    drop(desk);
    say_pending(&pending, needed, context)
}

/// Says that an action waits, and for what.
pub(super) fn say_pending(
    pending: &PendingAction,
    needed: usize,
    context: &mut Context,
) -> Result<ExitCode, Failure> {
    let draft = pending.draft()?;
    // Whoever gives the last approval has what is issued, and has to say where it goes.
    let flags = match pending.action {
        Action::Issue { .. } => "--officer OTHER --out DIR",
        _ => "--officer OTHER",
    };
    let next = command("approve sign", &pending.id, flags);
    let printer = &mut context.printer;
    if printer.is_json() {
        printer.json(&json!({
            "schema": "mandate.approval-pending/1",
            "code": OfficeCode::ApprovalPending.as_str(),
            "id": pending.id,
            "action": pending.action.name(),
            "items": pending.contents.len(),
            "needed": needed,
            "expires": draft.expires,
            "next": next,
        }))?;
    }
    printer.line(format!(
        "prepared: {} {} waits for {needed} of the other officers until {}",
        pending.action.name(),
        pending.id,
        draft.expires
    ))?;
    printer.note("nothing was done yet");
    if !matches!(pending.action, Action::Issue { .. }) {
        for advice in pending.contents.iter().flat_map(decoded::advice) {
            printer.note(advice);
        }
    }
    printer.hint(format!("another officer approves with: {next}"));
    Ok(ExitCode::Done)
}

/// Returns the state of an action in one word.
pub(super) fn state_of(pending: &PendingAction) -> &'static str {
    match pending.state {
        PendingState::Open if pending.draft().is_ok_and(|draft| draft.expires <= now()) => {
            "expired"
        }
        PendingState::Open => "open",
        PendingState::Approved => "interrupted",
        PendingState::Done { .. } => "done",
        PendingState::Rejected { .. } => "rejected",
    }
}

/// Returns what is listed of an action.
pub(super) fn summary(pending: &PendingAction, officers: &Officers) -> Result<Json, Failure> {
    let draft = pending.draft()?;
    // Of an older policy, where it has one: officers may have left since.
    let policy = officers.chain().version(draft.policy_version);
    let listed = policy.unwrap_or_else(|| officers.policy()).officers();
    Ok(json!({
        "id": pending.id,
        "action": pending.action.name(),
        "state": state_of(pending),
        "preparer": draft.preparer,
        "approvers": pending.approvers(listed)?,
        "needed": officers.approvals(),
        "items": pending.contents.len(),
        "created": draft.created,
        "expires": draft.expires,
    }))
}

/// Shows an action to a person: what would be done, decoded.
pub(super) fn show(
    pending: &PendingAction,
    officers: &Officers,
    context: &mut Context,
) -> Result<(), Failure> {
    let draft = pending.draft()?;
    let summary = summary(pending, officers)?;
    let preparer = officers.card(&draft.preparer).map(|card| card.name.clone());
    let preparer = preparer.unwrap_or_else(|_| "no officer any more".to_owned());
    let printer = &mut context.printer;
    let items = pending.contents.len();
    printer.heading(format!("{} ({items})", pending.action.name()))?;
    printer.line(format!(
        "prepared by {} ({}) at {}; counts until {}",
        one_line(&draft.preparer),
        one_line(&preparer),
        draft.created,
        draft.expires
    ))?;
    let approvers = summary["approvers"].as_array().map_or(0, Vec::len);
    printer.line(format!(
        "{approvers} of {} approvals, {}",
        officers.approvals(),
        state_of(pending)
    ))?;
    let digest = identity_core::encoding::base64url::encode(&draft.manifest);
    printer.line(format!(
        "digest: {digest}, officer policy {}",
        draft.policy_version
    ))?;
    if let [only] = pending.contents.as_slice() {
        for line in decoded::lines(only) {
            printer.line(line)?;
        }
    } else {
        for content in pending.contents.iter().take(SHOWN) {
            printer.line(format!("- {}", decoded::sentence(content)))?;
        }
    }
    if items > SHOWN {
        let out = command("approve show", &pending.id, "--out FILE");
        printer.line(format!("and {} more", items - SHOWN))?;
        printer.hint(format!("for all of them: {out}"));
    }
    let mut advice: Vec<_> = pending.contents.iter().flat_map(decoded::advice).collect();
    advice.sort_unstable();
    advice.dedup();
    for one in advice {
        printer.note(one);
    }
    Ok(())
}

/// Says what was done, and hands out what was issued.
pub(super) fn report(
    (id, outcome): (&str, &Outcome),
    out: Option<&Path>,
    context: &mut Context,
) -> Result<ExitCode, Failure> {
    let mut value = json!({
        "schema": "mandate.approval-signed/1",
        "id": id,
        "state": "done",
        "next": NEXT,
    });
    let mut lines = Vec::new();
    match outcome {
        Outcome::Issued(issued) => {
            let rows = hand_out(issued, out)?;
            let count = issued.iter().filter(|one| one.is_ok()).count();
            lines.push(format!("{count} of {} credentials issued", issued.len()));
            for one in issued.iter().filter_map(|one| one.as_ref().err()) {
                lines.push(format!(
                    "left out: {} ({})",
                    one_line(&one.message),
                    one.code
                ));
            }
            if let [Ok(only)] = issued.as_slice() {
                let (id, member) = (&only.credential.id, one_line(&only.member));
                let file = out.zip(rows[0]["file"].as_str());
                lines.push(match file {
                    Some((out, file)) => {
                        format!("credential {id} of {member}: {}", out.join(file).display())
                    }
                    None => format!("credential {id} of {member}"),
                });
            }
            value["credentials"] = rows;
        }
        Outcome::Revoked(record) => {
            lines.push(format!(
                "revoked: credential {} of {}",
                record.id,
                one_line(&record.member)
            ));
            value["revoked"] = json!([record.id]);
        }
        Outcome::MandateEnded(ended) => {
            let count = ended.credentials.len();
            lines.push(format!(
                "mandate {} ends; {} revoked",
                one_line(&ended.mandate),
                text::count(count, "credential is", "credentials are")
            ));
            value["mandate"] = json!(ended.mandate);
            value["revoked"] = json!(ended.credentials);
        }
        Outcome::TermEnded(term) => {
            lines.push(format!("term {} ends", one_line(&term.id)));
            value["term"] = json!(term.id);
        }
        Outcome::DelegationEnded(record) => {
            lines.push(format!("delegation {} ends", record.id));
            value["delegation"] = json!(record.id);
        }
        Outcome::TermReinstated(term) => {
            lines.push(format!("term {} runs again", one_line(&term.id)));
            value["term"] = json!(term.id);
        }
        Outcome::Authorised => {
            lines.push("approved: one of those who approved it carries it out".to_owned());
            value["next"] = json!(AGAIN);
        }
        Outcome::OfficersChanged { version } => {
            lines.push(format!("officer policy {version} is in force"));
            value["policyVersion"] = json!(version);
            value["next"] = json!("keep a copy: mandate-issuer backup create --out FILE");
        }
    }
    let printer = &mut context.printer;
    if printer.is_json() {
        printer.json(&value)?;
    }
    for line in lines {
        printer.line(line)?;
    }
    match outcome {
        Outcome::Authorised => printer.hint(AGAIN),
        Outcome::OfficersChanged { .. } => {
            printer.hint("keep a copy: mandate-issuer backup create --out FILE");
        }
        Outcome::Issued(_) if out.is_none() => {
            printer.hint("hand one out with: mandate-issuer credential show ID --out FILE");
            printer.hint("or all of them by running batch issue again with the same enrolments");
            not_in_force(context);
        }
        _ => not_in_force(context),
    }
    Ok(ExitCode::Done)
}

/// Writes the credentials into a folder, if one was named, and returns a row for each.
fn hand_out(issued: &[Result<Handed, Refusal>], out: Option<&Path>) -> Result<Json, Failure> {
    let mut rows = Vec::with_capacity(issued.len());
    if let Some(out) = out
        && !files::is_rehearsal()
    {
        files::make_private_dir(out)?;
    }
    for one in issued {
        rows.push(match one {
            Err(refusal) => json!({
                "member": null,
                "credential": null,
                "file": null,
                "error": { "code": refusal.code, "message": refusal.message },
            }),
            Ok(handed) => {
                let record = &handed.credential;
                let name = out.map(|_| file_name(&record.member, &record.securing));
                if let (Some(out), Some(name)) = (out, &name) {
                    let path = out.join(name);
                    output::allow(&path, "--out")?;
                    let text = format!("{}\n", record.text);
                    let (access, durability) = (Access::Private, Durability::Cached);
                    files::write_atomic(&path, text.as_bytes(), access, durability)?;
                }
                json!({
                    "member": record.member,
                    "credential": record.id,
                    "file": name,
                    "error": null,
                })
            }
        });
    }
    Ok(Json::Array(rows))
}
