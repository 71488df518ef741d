//! `init`, `id` and `config show`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use cli_kit::{
    Context, ExitCode, Failure,
    files::{self, Access},
    passphrase::Purpose,
};
use identity_core::{
    did::{self, Did, webvh},
    key::{Algorithm, Signer as _},
};
use serde_json::json;

use super::{
    control::{ControlKeys, FOLDER, Keeper},
    home::Home,
    places::{NewKey, NewKeys, check_unattended},
};
use crate::{
    did::{DidError, DidLog, Document, Keys, genesis},
    keys::token::TokenUri,
    office::Profile,
};

/// Arguments of `init`.
#[derive(Args, Debug)]
pub(super) struct InitArgs {
    /// What the issuer calls itself, such as "Secretariat of the Senate"
    #[arg(long)]
    name: String,
    /// The chamber's code, as you wish to see it in credentials
    #[arg(long)]
    chamber: String,
    /// The country, ISO 3166-1 alpha-2, such as ES
    #[arg(long)]
    country: String,
    /// The chamber's time zone: a day of office begins at its midnight
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    time_zone: String,
    /// The method of the issuer's DID; key is for trials, its key can never be replaced
    #[arg(long, value_name = "key|webvh:HOST[/PATH]", default_value = "key", value_parser = did_method)]
    did: DidMethod,
    /// Where the control keys are to be: a folder, such as one on a medium for the safe, or a token's place
    #[arg(long, value_name = "DIR|pkcs11:...", default_value = FOLDER)]
    control_keys: String,
    /// Seal the control keys with the passphrase in this file
    #[arg(long, value_name = "FILE")]
    control_passphrase_file: Option<PathBuf>,
    /// Where the issuing key is, or is to be made: a token's place, RFC 7512; in a sealed file without it
    #[arg(long, value_name = "pkcs11:...")]
    issuing_key: Option<TokenUri>,
    /// Where the status key is, or is to be made; its place names a file with the PIN (pin-source)
    #[arg(long, value_name = "pkcs11:...")]
    status_key: Option<TokenUri>,
    /// The algorithm of the issuing key
    #[arg(long, value_enum, default_value_t = AlgorithmArg::Ed25519)]
    algorithm: AlgorithmArg,
    /// Longest validity of a mandate whose end is not known: days, such as 1826d
    #[arg(long, value_name = "DURATION", default_value = "1826d", value_parser = cli_kit::instant::duration)]
    max_term: jiff::SignedDuration,
    /// Publish periods of suspension, so that past dates can be judged by others
    #[arg(long)]
    publish_suspensions: bool,
    /// How far apart the regular publications lie (publish --if-due): 1m to 12h; 6h without it
    #[arg(long, value_name = "DURATION", value_parser = cli_kit::instant::duration)]
    publish_every: Option<jiff::SignedDuration>,
}

/// The DID methods that can be chosen.
#[derive(Clone, Debug)]
enum DidMethod {
    /// did:key, for trials
    Key,
    /// did:webvh at a place, written as DIDs do: `host%3A8443:path`
    Webvh(String),
}

fn did_method(text: &str) -> Result<DidMethod, String> {
    if text == "key" {
        return Ok(DidMethod::Key);
    }
    let place = text.strip_prefix("webvh:").ok_or(
        "write key for a trial, or webvh:HOST with the host that will serve the DID's log",
    )?;
    let place = place.strip_suffix('/').unwrap_or(place);
    if place.contains("//") {
        return Err("write the host without https://, such as webvh:id.parliament.example".into());
    }
    let (host, path) = place.split_once('/').unwrap_or((place, ""));
    let host = host.replace(':', "%3A");
    let path = path.split('/').filter(|segment| !segment.is_empty());
    Ok(DidMethod::Webvh(
        core::iter::once(host.as_str())
            .chain(path)
            .collect::<Vec<_>>()
            .join(":"),
    ))
}

/// Makes the first two control keys and the log's first entry; returns them with the DID.
fn begin_log(
    home: &Path,
    place: &str,
    args: &InitArgs,
    (issuing, status): (&NewKey, &NewKey),
    context: &mut Context,
) -> Result<(Did, ControlKeys, String), Failure> {
    let document = Document {
        keys: Keys {
            issuing: issuing.public_key().to_multikey(),
            status: status.public_key().to_multikey(),
        },
        also_known_as: Vec::new(),
    };
    // The place is looked at before any key is made.
    let any_key = status.public_key();
    let now = super::now();
    let _ = genesis(place, &document, (any_key, any_key), now)?;
    let keeper = Keeper::open(
        home,
        &args.control_keys,
        args.control_passphrase_file.as_deref(),
        Purpose::Seal,
        context,
    )?;
    let (current, next) = (keeper.make(1, context)?, keeper.make(2, context)?);
    let control = ControlKeys {
        schema: ControlKeys::SCHEMA.to_owned(),
        place: args.control_keys.clone(),
    };
    let entry = genesis(place, &document, (&current, &next), now)?;
    let did = entry.did().clone();
    // A rehearsal has made no key that could be opened.
    if context.args.dry_run {
        return Ok((did, control, String::new()));
    }
    let first = current.to_multikey();
    let key = keeper.key(1, |multikey| multikey == first, context)?;
    let signed = entry.sign(&key, now.timestamp()).map_err(DidError::from)?;
    let log = signed.line;
    DidLog::read(&did, log.clone(), None, cli_kit::run::now())?;
    Ok((did, control, log))
}

/// The algorithms that can be chosen; the second is for tokens that know no other.
#[derive(ValueEnum, Clone, Copy, Debug)]
enum AlgorithmArg {
    /// Ed25519
    Ed25519,
    /// ECDSA over P-256, for a key on a token
    P256,
}

/// Arguments of `id`.
#[derive(Args, Debug)]
pub(super) struct IdArgs {
    /// Where to write the card; standard output without it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Arguments of `migrate`.
#[derive(Args, Debug)]
pub(super) struct SuccessorArgs {
    /// The new DID: webvh:HOST[/PATH]
    #[arg(long, value_name = "webvh:HOST[/PATH]", value_parser = did_method)]
    did: DidMethod,
    /// Where the control keys are to be: a folder, such as one on a medium for the safe, or a token's place
    #[arg(long, value_name = "DIR|pkcs11:...", default_value = FOLDER)]
    control_keys: String,
    /// Seal the control keys with the passphrase in this file
    #[arg(long, value_name = "FILE")]
    control_passphrase_file: Option<PathBuf>,
    /// Where the new issuing key is, or is to be made; in a sealed file without it
    #[arg(long, value_name = "pkcs11:...")]
    issuing_key: Option<TokenUri>,
    /// Where the new status key is, or is to be made
    #[arg(long, value_name = "pkcs11:...")]
    status_key: Option<TokenUri>,
}

/// Makes the home of the DID that comes after this one's; `certify` makes the old one's statement.
pub(super) fn found_successor(
    path: &Path,
    args: &SuccessorArgs,
    old: &Profile,
    certify: impl FnOnce(&Did) -> Result<String, Failure>,
    context: &mut Context,
) -> Result<Profile, Failure> {
    if let DidMethod::Key = args.did {
        return Err(
            Failure::usage("a did:key can have no successor that is one")
                .hint("name the host that will serve the DID's log: --did webvh:HOST"),
        );
    }
    let hours = i64::from(old.max_term_days) * 24;
    let args = InitArgs {
        name: old.name.clone(),
        chamber: old.chamber.clone(),
        country: old.country.clone(),
        time_zone: old.time_zone.clone(),
        did: args.did.clone(),
        control_keys: args.control_keys.clone(),
        control_passphrase_file: args.control_passphrase_file.clone(),
        issuing_key: args.issuing_key.clone(),
        status_key: args.status_key.clone(),
        algorithm: AlgorithmArg::Ed25519,
        max_term: jiff::SignedDuration::from_hours(hours),
        publish_suspensions: old.publish_suspensions,
        publish_every: old
            .publish_every_minutes
            .map(|minutes| jiff::SignedDuration::from_mins(i64::from(minutes))),
    };
    found(path, &args, |did| certify(did).map(Some), context)
}

/// Makes the home, with the statement of the DID that it succeeds.
fn found(
    path: &Path,
    args: &InitArgs,
    predecessor: impl FnOnce(&Did) -> Result<Option<String>, Failure>,
    context: &mut Context,
) -> Result<Profile, Failure> {
    Home::vacant(path)?;
    let algorithm = match args.algorithm {
        AlgorithmArg::Ed25519 => Algorithm::EdDsa,
        AlgorithmArg::P256 if args.issuing_key.is_some() => Algorithm::Es256,
        AlgorithmArg::P256 => {
            return Err(Failure::usage("a P-256 key is made on a token only")
                .hint("name the token with --issuing-key, or leave --algorithm out"));
        }
    };
    check_unattended(args.status_key.as_ref())?;
    let issuing = NewKey::make(args.issuing_key.as_ref(), algorithm, context)?;
    let status = NewKey::make(args.status_key.as_ref(), Algorithm::EdDsa, context)?;
    let mut profile = Profile {
        schema: Profile::SCHEMA.to_owned(),
        did: did::key::create(issuing.public_key()),
        name: args.name.clone(),
        chamber: args.chamber.clone(),
        country: args.country.clone(),
        time_zone: args.time_zone.clone(),
        max_term_days: u32::try_from(args.max_term.as_hours() / 24).unwrap_or(u32::MAX),
        publish_suspensions: args.publish_suspensions,
        publish_every_minutes: args
            .publish_every
            .map(|every| u32::try_from(every.as_secs().div_euclid(60)).unwrap_or(u32::MAX)),
        status_key: String::new(),
        predecessor: None,
    };
    profile.check().map_err(|refusal| {
        let failure = Failure::usage(refusal.message.clone());
        match refusal.hint {
            Some(hint) => failure.hint(hint),
            None => failure.hint("see: mandate-issuer init --help"),
        }
    })?;
    let control = match &args.did {
        DidMethod::Key => None,
        DidMethod::Webvh(place) => {
            let keys = (&issuing, &status);
            let (did, control, log) = begin_log(path, place, args, keys, context)?;
            profile.did = did;
            Some((control, log))
        }
    };
    profile.predecessor = predecessor(&profile.did)?;
    let keys = NewKeys {
        issuing,
        status,
        control,
    };
    Home::create(path, profile, &keys, context)
}

pub(super) fn init(args: &InitArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let path = context.home()?;
    let profile = found(&path, args, |_| Ok(None), context)?;
    let is_trial = profile.did.method() == "key";
    let printer = &mut context.printer;
    if printer.is_json() {
        printer.json(&json!({
            "schema": "mandate.issuer-init/1",
            "did": profile.did,
            "name": profile.name,
            "chamber": profile.chamber,
            "country": profile.country,
            "trial": is_trial,
            "home": path,
        }))?;
    }
    printer.line(format!("{} is ready in {}", profile.name, path.display()))?;
    printer.line(format!("DID: {}", profile.did))?;
    if is_trial {
        printer
            .warn("a did:key is for trials: its key can never be replaced, not even after a theft");
    } else {
        let url = webvh::url(&profile.did)
            .map_err(|error| Failure::from_error(error.code().as_str(), &error))?;
        printer.note(format!("the DID's log belongs at {url}"));
        if args.control_keys == FOLDER {
            printer.warn(format!(
                "the control keys are in {}, beside all else: an issuer for real use is made with \
                 --control-keys DIR, a medium that lies in the safe",
                path.join(FOLDER).display()
            ));
        }
    }
    printer.note("name, chamber, country and DID cannot be changed later");
    printer.hint("keep a copy now: mandate-issuer backup create --out FILE");
    printer.hint("then take the members in: mandate-issuer roster import FILE");
    Ok(ExitCode::Done)
}

pub(super) fn id(args: &IdArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let home = Home::open(context)?;
    let profile = home.profile()?;
    let card = home.card()?;
    let json = format!("{:#}\n", json!(card));
    match &args.out {
        None => context.printer.data(json.as_bytes())?,
        Some(path) => {
            files::write_output(&mut context.printer, path, json.as_bytes(), Access::Public)?;
            if context.printer.is_json() && path.as_os_str() != "-" {
                context.printer.json(&card)?;
            }
            context
                .printer
                .note(format!("{} of {}", path.display(), profile.did));
        }
    }
    Ok(ExitCode::Done)
}

pub(super) fn config(context: &mut Context) -> Result<ExitCode, Failure> {
    let home = Home::open(context)?;
    let profile = home.profile()?;
    let printer = &mut context.printer;
    if printer.is_json() {
        let mut value = json!(profile);
        value["schema"] = "mandate.issuer-config/1".into();
        value["home"] = home.path.display().to_string().into();
        printer.json(&value)?;
        return Ok(ExitCode::Done);
    }
    printer.line(format!("home: {}", home.path.display()))?;
    let every = profile.publish_every().as_mins();
    for (label, value) in [
        ("DID", profile.did.to_string()),
        ("name", profile.name),
        ("chamber", profile.chamber),
        ("country", profile.country),
        ("time zone", profile.time_zone),
        ("longest term", format!("{} days", profile.max_term_days)),
        (
            "publishes suspensions",
            profile.publish_suspensions.to_string(),
        ),
        ("publishes every", format!("{every} minutes")),
    ] {
        printer.line(format!("{label}: {value}"))?;
    }
    Ok(ExitCode::Done)
}
