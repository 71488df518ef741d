//! `init`, `id` and `config show`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use cli_kit::{
    Context, ExitCode, Failure,
    files::{self, Access},
};
use identity_core::{
    card::IssuerCard,
    did::{self, LocalResolver, Resolver as _},
    key::{Algorithm, Signer as _},
};
use serde_json::json;

use super::{
    home::Home,
    places::{NewKey, check_unattended},
};
use crate::{keys::token::TokenUri, office::Profile};

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
    #[arg(long, value_enum, default_value_t = DidMethod::Key)]
    did: DidMethod,
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
#[derive(ValueEnum, Clone, Copy, Debug)]
enum DidMethod {
    /// did:key, for trials
    Key,
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

pub(super) fn init(args: &InitArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let DidMethod::Key = args.did;
    let path = context.home()?;
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
    let profile = Profile {
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
    };
    profile.check().map_err(|refusal| {
        let failure = Failure::usage(refusal.message.clone());
        match refusal.hint {
            Some(hint) => failure.hint(hint),
            None => failure.hint("see: mandate-issuer init --help"),
        }
    })?;
    let profile = Home::create(&path, profile, &issuing, &status, context)?;
    let printer = &mut context.printer;
    if printer.is_json() {
        printer.json(&json!({
            "schema": "mandate.issuer-init/1",
            "did": profile.did,
            "name": profile.name,
            "chamber": profile.chamber,
            "country": profile.country,
            "trial": true,
            "home": path,
        }))?;
    }
    printer.line(format!("{} is ready in {}", profile.name, path.display()))?;
    printer.line(format!("DID: {}", profile.did))?;
    printer.warn("a did:key is for trials: its key can never be replaced, not even after a theft");
    printer.note("name, chamber, country and DID cannot be changed later");
    printer.hint("keep a copy now: mandate-issuer backup create --out FILE");
    printer.hint("then take the members in: mandate-issuer roster import FILE");
    Ok(ExitCode::Done)
}

pub(super) fn id(args: &IdArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let profile = Home::open(context)?.profile()?;
    let resolver = LocalResolver::new();
    let document = resolver
        .resolve(&profile.did)
        .map_err(|error| Failure::from_error(error.code().as_str(), &error))?;
    let place = (profile.chamber.clone(), profile.country.clone());
    let card = IssuerCard::new(&document, profile.name.clone(), place);
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
