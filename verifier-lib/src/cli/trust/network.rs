//! What the trust bundle of an accreditor says: who it is, how old it is, and how each parliament stands.

use cli_kit::{Failure, Mark, Printer, text::one_line};
use identity_core::{
    did::Did,
    status::Instant,
    trust::{
        Anchor, Bundle, BundleError, BundleTimes,
        accreditation::{Listed, Parliament, Standing, State},
        network::Network,
        officers::OfficerPolicy,
    },
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{age, name_of};

/// Returns the state as one word: those of a statement, and `not-yet` and `ended` of the dates.
pub(super) const fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::NotYet { .. } => "not-yet",
        Standing::Over { .. } => "ended",
        Standing::In { state, .. } => state.as_str(),
    }
}

/// Returns the instant since which it is so, or from which it will be.
const fn since(standing: Standing) -> Instant {
    match standing {
        Standing::NotYet { from } => from,
        Standing::Over { since } | Standing::In { since, .. } => since,
    }
}

fn sentence(standing: Standing) -> String {
    let since = since(standing);
    match standing {
        Standing::NotYet { .. } => format!("accredited from {since} on"),
        Standing::Over { .. } => format!("accreditation ended {since}"),
        Standing::In { state, .. } => match state {
            State::Active => format!("accredited since {since}"),
            State::Suspended => format!("accreditation suspended since {since}"),
            State::Withdrawn => format!("accreditation withdrawn since {since}"),
            State::Dissolved => format!("parliament dissolved since {since}"),
            State::KeyCompromised => format!("its keys in other hands since {since}"),
        },
    }
}

pub(super) fn to_json(network: &Network, anchors: &[Anchor], now: Timestamp) -> Value {
    let (snapshot, list) = (network.snapshot(), network.list());
    let parliaments: Vec<_> = list
        .parliaments()
        .map(|listed| parliament(network, listed, now))
        .collect();
    let units: Vec<_> = units(network)
        .map(|(did, opened)| issuer(did, Some(opened), now))
        .collect();
    json!({
        "schema": "mandate.network/1",
        "accreditor": network.accreditor(),
        "claimedName": list.claimed_name(),
        "anchorName": name_of(anchors, network.accreditor()),
        "didLog": network.history().map(log),
        "officers": officers(network.policies().latest()),
        "seq": snapshot.content().seq,
        "issuedAt": snapshot.content().issued_at,
        "nextUpdate": snapshot.content().next_update,
        "expires": snapshot.content().expires,
        "code": code(&snapshot.times(), now),
        "list": {
            "seq": list.seq(),
            "issuedAt": list.times().issued_at,
            "nextUpdate": list.times().next_update,
            "expires": list.times().expires,
            "code": code(list.times(), now),
        },
        "parliaments": parliaments,
        "units": units,
    })
}

pub(super) fn officers(policy: &OfficerPolicy) -> Value {
    let officers: Vec<_> = policy
        .officers()
        .iter()
        .map(|officer| json!({ "id": officer.id, "did": officer.did, "roles": officer.roles }))
        .collect();
    json!({
        "version": policy.version(),
        "epoch": policy.epoch(),
        "threshold": policy.threshold(),
        "issuedAt": policy.issued_at(),
        "items": officers,
    })
}

fn code(times: &BundleTimes, now: Timestamp) -> Option<&'static str> {
    let code = times.freshness(now, None).network_code();
    code.map(identity_core::Code::as_str)
}

pub(super) fn log(history: &identity_core::did::webvh::DidHistory) -> Value {
    let (entries, _) = history.head();
    json!({
        "entries": entries,
        "latest": Instant::floor(history.latest().version_time),
        "deactivated": history.is_deactivated(),
    })
}

fn parliament(network: &Network, listed: &Listed, now: Timestamp) -> Value {
    let standing = listed.standing(Instant::floor(now));
    let mut value = issuer(&listed.id, network.bundle(&listed.id), now);
    value["state"] = word(standing).into();
    value["since"] = since(standing).to_string().into();
    let described = listed.latest().map(|version| &version.parliament);
    value["name"] = described.map(Parliament::display_name).into();
    value["country"] = described.map(|it| it.country.as_str()).into();
    value["chambers"] = described
        .map(|it| it.chambers.clone())
        .unwrap_or_default()
        .into();
    let types = described.map(|it| it.accredited_for.iter().map(|grant| grant.kind.clone()));
    value["types"] = types.map(Vec::from_iter).unwrap_or_default().into();
    value["csirt"] = described.and_then(|it| it.csirt.as_ref()).map_or(
        Value::Null,
        |csirt| json!({ "contact": csirt.contact, "securityTxt": csirt.security_txt }),
    );
    value
}

fn issuer(did: &Did, opened: Option<&Result<Bundle, BundleError>>, now: Timestamp) -> Value {
    let bundle = opened.and_then(|opened| opened.as_ref().ok());
    let refused = opened.and_then(|opened| opened.as_ref().err());
    json!({
        "id": did,
        "bundle": bundle.map(|bundle| json!({
            "seq": bundle.seq(),
            "issuedAt": bundle.times().issued_at,
            "nextUpdate": bundle.times().next_update,
            "expires": bundle.times().expires,
            "code": bundle.times().freshness(now, None).code().map(identity_core::Code::as_str),
        })),
        "refused": refused.map(|error| json!({
            "code": error.code().as_str(),
            "message": error.to_string(),
        })),
        "didLog": bundle.and_then(Bundle::history).map(log),
    })
}

/// Returns those in the trust bundle whom not the list, but a parliament vouches for.
fn units(network: &Network) -> impl Iterator<Item = (&Did, &Result<Bundle, BundleError>)> {
    let list = network.list();
    network
        .bundles()
        .iter()
        .filter(move |(did, _)| list.parliament(did).is_none())
}

pub(super) fn print(
    network: &Network,
    anchors: &[Anchor],
    now: Timestamp,
    printer: &mut Printer,
) -> Result<(), Failure> {
    let (content, list) = (network.snapshot().content(), network.list());
    let own = one_line(list.claimed_name());
    printer.heading(format!(
        "Trust bundle {} of \"{own}\" (its own name)",
        content.seq
    ))?;
    match name_of(anchors, network.accreditor()) {
        Some(name) => printer.line(format!("your name for it: {}", one_line(name)))?,
        None => {
            printer.line("your name for it: none given; compare its DID before you trust it")?;
        }
    }
    printer.line(format!("accreditor: {}", network.accreditor()))?;
    if let Some(history) = network.history() {
        let (number, _) = history.head();
        let latest = history.latest().version_time;
        printer.line(format!(
            "DID log: {number} entries, the last of {latest:.0}"
        ))?;
    }
    let policy = network.policies().latest();
    printer.line(format!(
        "officers: {} of {} decide, policy version {} of {}",
        policy.threshold(),
        policy.officers().len(),
        policy.version(),
        policy.issued_at()
    ))?;
    ages(printer, "signed", &network.snapshot().times(), now)?;
    ages(
        printer,
        &format!("trust list {}, signed", list.seq()),
        list.times(),
        now,
    )?;
    printer.heading(format!("{} parliaments", list.parliaments().len()))?;
    for listed in list.parliaments() {
        print_parliament(network, listed, now, printer)?;
    }
    for (did, opened) in units(network) {
        let (mark, text) = of_bundle(Some(opened), now);
        printer.marked(mark, format!("unit {did}: {text}"))?;
    }
    Ok(())
}

fn ages(
    printer: &mut Printer,
    what: &str,
    times: &BundleTimes,
    now: Timestamp,
) -> Result<(), Failure> {
    let mut line = format!(
        "{what}: {}, {}; next {}; expires {}",
        times.issued_at,
        age(now, times.issued_at),
        age(now, times.next_update),
        age(now, times.expires)
    );
    if let Some(code) = code(times, now) {
        line = format!("{line} ({code})");
    }
    printer.line(line)
}

fn print_parliament(
    network: &Network,
    listed: &Listed,
    now: Timestamp,
    printer: &mut Printer,
) -> Result<(), Failure> {
    let standing = listed.standing(Instant::floor(now));
    let (mut mark, held) = of_bundle(network.bundle(&listed.id), now);
    let is_active = word(standing) == State::Active.as_str();
    if !is_active {
        mark = Mark::No;
    }
    let described = listed.latest().map(|version| &version.parliament);
    let (name, country, chambers) = described.map_or_else(Default::default, |it| {
        let chambers = it.chambers.join(", ");
        (it.display_name(), it.country.as_str(), chambers)
    });
    printer.marked(
        mark,
        format!(
            "{}, {country} ({}): {}; {held}",
            one_line(name),
            one_line(&chambers),
            sentence(standing)
        ),
    )?;
    if printer.verbosity() == 0 {
        return Ok(());
    }
    printer.line(format!("    {}", listed.id))?;
    for grant in described.into_iter().flat_map(|it| &it.accredited_for) {
        let delegated = if grant.may_delegate {
            ", may delegate"
        } else {
            ""
        };
        printer.line(format!(
            "    {} for {}, {} days at most{delegated}",
            one_line(&grant.kind),
            one_line(&grant.chambers.join(", ")),
            grant.max_validity_days
        ))?;
    }
    if let Some(csirt) = described.and_then(|it| it.csirt.as_ref()) {
        printer.line(format!(
            "    when something is wrong: {}",
            one_line(&csirt.contact)
        ))?;
    }
    Ok(())
}

/// Says how the bundle stands.
fn of_bundle(opened: Option<&Result<Bundle, BundleError>>, now: Timestamp) -> (Mark, String) {
    match opened {
        None => (Mark::Unknown, "no bundle".to_owned()),
        Some(Err(error)) => {
            let text = format!(
                "bundle refused: {} ({})",
                one_line(&error.to_string()),
                error.code()
            );
            (Mark::No, text)
        }
        Some(Ok(bundle)) => {
            let times = bundle.times();
            let mut text = format!("bundle {}, {}", bundle.seq(), age(now, times.issued_at));
            if let Some(history) = bundle.history() {
                let (number, _) = history.head();
                text = format!("{text}, DID log {number} entries");
            }
            match times.freshness(now, None).code() {
                None => (Mark::Yes, text),
                Some(code) => (Mark::Unknown, format!("{text} ({code})")),
            }
        }
    }
}
