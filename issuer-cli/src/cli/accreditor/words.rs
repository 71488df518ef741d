//! What a document says, in words: what an officer reads before signing.

use cli_kit::text::{count, one_line};
use identity_core::status::Instant;
use identity_core::trust::{
    accreditation::{
        Grant, ListDraft, Listed, Parliament, Standing, State,
        statement::{Body, StatementDraft},
    },
    officers::PolicyDraft,
};

use crate::accreditor::Says;

/// Returns the lines, each safe for a terminal.
pub(super) fn lines(says: &Says) -> Vec<String> {
    let lines = match says {
        Says::Policy(draft) => policy(draft),
        Says::Statement(draft) => statement(draft),
        Says::List(draft) => list(draft),
    };
    lines.iter().map(|line| one_line(line)).collect()
}

fn policy(draft: &PolicyDraft) -> Vec<String> {
    let mut lines = vec![
        format!("officer policy {} of {}", draft.version, draft.issuer),
        format!("in force from: {}", draft.issued_at),
        format!(
            "{} of these {} officers have to sign:",
            draft.threshold,
            draft.officers.len()
        ),
    ];
    for officer in &draft.officers {
        let roles = officer.roles.join(", ");
        lines.push(format!("  {}  {}  {roles}", officer.id, officer.did));
    }
    for key in &draft.publishing {
        lines.push(format!("publishes unattended: {key}"));
    }
    if draft.epoch > 0 {
        lines.push(format!("numbers begin anew: epoch {}", draft.epoch));
    }
    lines
}

fn statement(draft: &StatementDraft) -> Vec<String> {
    let mut lines = vec![format!("statement of {}", draft.accreditor)];
    match &draft.body {
        Body::Accredits(parliament) => {
            lines.push(format!("accredits {}", parliament.id));
            lines.extend(of_parliament(parliament));
        }
        Body::Changes {
            parliament,
            state,
            reason,
            decision,
        } => {
            lines.push(format!("{}: {parliament}", meaning(*state)));
            if let Some(reason) = reason {
                lines.push(format!("reason: {reason}"));
            }
            lines.push(match decision {
                Some(decision) => format!("decision: {decision} (SHA-256)"),
                None => "decision: none is named, so it does not reach back".to_owned(),
            });
        }
    }
    lines.push(format!("from: {}", draft.from));
    if let Some(until) = draft.until {
        lines.push(format!("until: {until}"));
    }
    lines.push(format!(
        "drawn up: {} under officer policy {}",
        draft.recorded, draft.policy_version
    ));
    lines
}

pub(super) fn of_parliament(parliament: &Parliament) -> Vec<String> {
    let mut lines = Vec::new();
    for (language, name) in &parliament.name {
        lines.push(format!("name ({language}): {name}"));
    }
    lines.push(format!("country: {}", parliament.country));
    lines.push(format!("chambers: {}", parliament.chambers.join(", ")));
    if !parliament.domains.is_empty() {
        lines.push(format!("domains: {}", parliament.domains.join(", ")));
    }
    lines.extend(parliament.accredited_for.iter().map(of_grant));
    if let Some(csirt) = &parliament.csirt {
        lines.push(format!("incident response: {}", csirt.contact));
    }
    lines
}

pub(super) fn of_grant(grant: &Grant) -> String {
    let delegable = if grant.may_delegate {
        "; may delegate it"
    } else {
        ""
    };
    let approvals = match grant.approvals {
        0 => String::new(),
        1 => "; one officer has to approve each".to_owned(),
        k => format!("; {k} officers have to approve each"),
    };
    format!(
        "may issue {} for {}, valid for {} days at most{delegable}{approvals}",
        grant.kind,
        grant.chambers.join(", "),
        grant.max_validity_days
    )
}

fn list(draft: &ListDraft) -> Vec<String> {
    let mut lines = vec![
        format!("trust list {} of {}", draft.seq, draft.name),
        format!("accreditor: {}", draft.accreditor),
        format!(
            "compiled: {} under officer policy {}; next due {}; expires {}",
            draft.issued_at, draft.policy_version, draft.next_update, draft.expires
        ),
        format!(
            "{}:",
            count(draft.parliaments.len(), "parliament", "parliaments")
        ),
    ];
    for listed in &draft.parliaments {
        lines.push(format!("  {}", of_listed(listed, draft.issued_at)));
        let grants = listed
            .latest()
            .map(|latest| &latest.parliament.accredited_for);
        for grant in grants.into_iter().flatten() {
            lines.push(format!("    {}", of_grant(grant)));
        }
    }
    lines
}

/// A parliament in one line.
pub(super) fn of_listed(listed: &Listed, at: Instant) -> String {
    let latest = listed.latest().map(|latest| &latest.parliament);
    let (name, country) = latest.map_or(("", ""), |p| (p.display_name(), p.country.as_str()));
    let (state, since) = state_of(listed, at);
    format!("{country}  {name}  {state} since {since}  {}", listed.id)
}

/// How a parliament stands, in a word, and since when.
pub(super) fn state_of(listed: &Listed, at: Instant) -> (&'static str, Instant) {
    match listed.standing(at) {
        Standing::NotYet { from } => ("not-yet", from),
        Standing::Over { since } => ("over", since),
        Standing::In { state, since } => (state.as_str(), since),
    }
}

pub(super) const fn meaning(state: State) -> &'static str {
    match state {
        State::Active => "is in force again",
        State::Suspended => "is suspended",
        State::Withdrawn => "is withdrawn",
        State::Dissolved => "does not function any more, and its mandates have ended",
        State::KeyCompromised => "has its keys in other hands",
    }
}
