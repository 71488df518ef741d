//! What is doubtful about evidence.

use cli_kit::{Context, ExitCode, Failure, Mark, run::now};
use identity_core::{
    did,
    status::Instant,
    trust::{
        Bundle, Freshness,
        accreditation::{Delegation, Listed, Parliament, State},
        network::Network,
        officers::{OfficerPolicy, PolicyChain},
    },
};
use jiff::Timestamp;
use serde_json::json;

use super::{super::CliCode, network::word};

/// Something doubtful: its code, and what it is in words.
type Problem = (&'static str, String);

pub(super) fn bundle(bundle: &Bundle, context: &mut Context) -> Result<ExitCode, Failure> {
    let mut problems: Vec<Problem> = Vec::new();
    let freshness = bundle.times().freshness(now(), None);
    if let Some(code) = freshness.code() {
        problems.push((code.as_str(), code.meaning().to_owned()));
    }
    if freshness == Freshness::Fresh && bundle.terms().next().is_none() {
        problems.push(("term.missing", "The bundle holds no term.".to_owned()));
    }
    if bundle.lists().next().is_none() {
        problems.push((
            "status.list_missing",
            "The bundle holds no status list.".to_owned(),
        ));
    }
    if bundle.is_trial() {
        let warning = "the issuer's DID is one for trials: its key can never be replaced";
        context.printer.warn(warning);
    }
    tell(&problems, context)
}

pub(super) fn network(network: &Network, context: &mut Context) -> Result<ExitCode, Failure> {
    tell(&problems(network, now()), context)
}

fn tell(problems: &[Problem], context: &mut Context) -> Result<ExitCode, Failure> {
    let printer = &mut context.printer;
    if printer.is_json() {
        let items: Vec<_> = problems
            .iter()
            .map(|(code, message)| json!({ "id": code, "message": message }))
            .collect();
        printer.json_list("mandate.trust-lint/1", &items)?;
    }
    for (code, message) in problems {
        printer.marked(Mark::No, format!("{message} ({code})"))?;
    }
    if problems.is_empty() {
        printer.marked(Mark::Yes, "nothing doubtful")?;
        return Ok(ExitCode::Done);
    }
    Ok(ExitCode::Failed)
}

/// Returns what is doubtful about a trust bundle.
fn problems(network: &Network, now: Timestamp) -> Vec<Problem> {
    let mut found: Vec<Problem> = Vec::new();
    let snapshot = network.snapshot().times().freshness(now, None);
    if let Some(code) = snapshot.network_code() {
        found.push((code.as_str(), code.meaning().to_owned()));
    }
    let times = network.list().times();
    if let Some(code) = times.freshness(now, None).network_code() {
        let message = format!("Of the trust list in it: {}", code.meaning());
        found.push((code.as_str(), message));
    } else {
        let whole = times.expires.seconds_since(times.issued_at);
        let left = times.expires.seconds_since(Instant::floor(now));
        if left < whole / 3 {
            let message = format!(
                "The trust list expires at {}, and less than a third of its time is left.",
                times.expires
            );
            found.push((CliCode::LintListEnds.as_str(), message));
        }
    }
    officers(network.policies(), &mut found);
    publishing(network, &mut found);
    for listed in network.list().parliaments() {
        parliament(network, listed, now, &mut found);
    }
    found
}

fn officers(policies: &PolicyChain, found: &mut Vec<Problem>) {
    let latest = policies.latest();
    let version = latest.version();
    if latest.officers().len() == 1 {
        let message = format!("Officer policy {version} has one officer, who decides alone.");
        found.push((CliCode::LintOneOfficer.as_str(), message));
    } else if latest.threshold() == 1 {
        let message = format!("By officer policy {version} one officer of several is enough.");
        found.push((CliCode::LintThresholdOne.as_str(), message));
    }
}

/// The key that publishes unattended lies on a server: whoever takes it must not decide anything with it.
fn publishing(network: &Network, found: &mut Vec<Problem>) {
    let key = network.snapshot().key();
    let own = did::key::create(key);
    let was_officer = |policy: &OfficerPolicy| policy.officers().iter().any(|o| o.did == own);
    let controls = match network.history() {
        None => own == *network.accreditor(),
        Some(history) => history
            .versions()
            .any(|version| controls_at(history, key, version.version_time)),
    };
    if controls || network.policies().versions().iter().any(was_officer) {
        let message =
            "The key that publishes is, or was, an officer's, or controls the accreditor's DID.";
        found.push((CliCode::LintPublishingKey.as_str(), message.to_owned()));
    }
}

fn controls_at(
    history: &did::webvh::DidHistory,
    key: &identity_core::key::PublicKey,
    at: Timestamp,
) -> bool {
    history
        .update_keys_at(at)
        .is_some_and(|keys| keys.contains(key))
}

fn parliament(network: &Network, listed: &Listed, now: Timestamp, found: &mut Vec<Problem>) {
    let described = listed.latest().map(|version| &version.parliament);
    let name = described.map_or("", Parliament::display_name);
    match network.bundle(&listed.id) {
        None => {
            // One that is not in force needs no bundle.
            if word(listed.standing(Instant::floor(now))) == State::Active.as_str() {
                let message = format!("{name} ({}) has no bundle in it.", listed.id);
                found.push((CliCode::LintNoBundle.as_str(), message));
            }
        }
        Some(Err(error)) => {
            let message = format!(
                "The bundle of {name} is refused: {error} ({}).",
                error.code()
            );
            found.push((CliCode::LintRefusedBundle.as_str(), message));
        }
        Some(Ok(bundle)) => {
            if let Some(code) = bundle.times().freshness(now, None).code() {
                let message = format!("Of {name}: {}", code.meaning());
                found.push((code.as_str(), message));
            }
            for refused in bundle.refused_delegations() {
                let message = format!("A delegation by {name} is refused: {}.", refused.error);
                found.push((refused.error.code().as_str(), message));
            }
            for delegation in bundle.delegations() {
                wider(delegation, described, name, found);
            }
        }
    }
}

fn wider(
    delegation: &Delegation,
    parliament: Option<&Parliament>,
    name: &str,
    found: &mut Vec<Problem>,
) {
    let is_covered = |grant: &identity_core::trust::accreditation::Grant| {
        let of_parliament = parliament.and_then(|parliament| parliament.grant(&grant.kind));
        of_parliament.is_some_and(|wide| Delegation::is_within(grant, wide))
    };
    for grant in &delegation.draft().grants {
        if !is_covered(grant) {
            let message = format!(
                "{name} delegates {} to {}, and that is more than it may.",
                grant.kind,
                delegation.display_name()
            );
            found.push((identity_core::Code::DelegationWider.as_str(), message));
        }
    }
}
