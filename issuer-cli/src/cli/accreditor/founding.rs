//! `accreditor init`, `accreditor officer-key`.

use std::path::PathBuf;

use clap::Args;
use cli_kit::{
    Context, ExitCode, Failure,
    files::{self, Access, Durability},
    output,
    passphrase::Purpose,
    run::system_rng,
};
use identity_core::{
    did,
    key::{Algorithm, Signer as _},
};
use serde_json::json;

use super::{command, writing};
use crate::{
    accreditor::{Founding, OfficerCard, OfficerKey, Place, found},
    cli::{now, places::NewKey},
    keys::token::TokenUri,
};

/// Arguments of `accreditor init`.
#[derive(Args, Debug)]
pub(in crate::cli) struct InitArgs {
    /// What the accreditor calls itself
    #[arg(long)]
    name: String,
    /// The card of an officer; once for each
    #[arg(long = "officer-card", value_name = "CARD", required = true)]
    officers: Vec<PathBuf>,
    /// How many officers have to sign
    #[arg(long, value_name = "K")]
    threshold: usize,
    /// The method of the DID: key for trials, or webvh:HOST
    #[arg(long, value_name = "key|webvh:HOST", default_value = "key", value_parser = place)]
    did: Place,
    /// Where to write the first policy, for the officers to sign
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Arguments of `accreditor officer-key`.
#[derive(Args, Debug)]
pub(in crate::cli) struct OfficerKeyArgs {
    /// The officer's short name: 1 to 32 of a-z, 0-9, - and _
    #[arg(value_parser = word)]
    id: String,
    /// Where to write the key, sealed with the officer's passphrase
    #[arg(long, value_name = "FILE", required_unless_present = "token")]
    out: Option<PathBuf>,
    /// Where the key is on a token, or is to be made: RFC 7512
    #[arg(long, value_name = "pkcs11:...", conflicts_with = "out")]
    token: Option<TokenUri>,
    /// Where to write the card, which is public
    #[arg(long, value_name = "FILE")]
    card: PathBuf,
    /// What the officer is, such as president
    #[arg(long = "role", value_name = "ROLE", default_value = "officer", value_parser = word)]
    roles: Vec<String>,
}

fn place(text: &str) -> Result<Place, String> {
    match text.split_once(':') {
        None if text == "key" => Ok(Place::Key),
        Some(("webvh", place)) if !place.is_empty() => Ok(Place::Webvh(place.to_owned())),
        _ => Err("key, or webvh:HOST such as webvh:union.example".to_owned()),
    }
}

fn word(text: &str) -> Result<String, String> {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    let is_word =
        (1..=32).contains(&text.len()) && !text.starts_with('-') && text.bytes().all(fits);
    if is_word {
        Ok(text.to_owned())
    } else {
        Err("1 to 32 of a-z, 0-9, - and _, not beginning with -".to_owned())
    }
}

pub(super) fn init(args: &InitArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let path = context.home()?;
    output::allow(&args.out, "--out")?;
    let officers = args.officers.iter();
    let officers = officers.map(|file| OfficerCard::read(&files::read_bounded(file, 1 << 16)?));
    let officers = officers.collect::<Result<Vec<_>, _>>()?;
    let passphrase = context.input.passphrase("the control key", Purpose::Seal)?;
    let founding = Founding {
        name: args.name.clone(),
        place: args.did.clone(),
        officers: &officers,
        threshold: args.threshold,
        passphrase: &passphrase,
    };
    let (profile, paper) = found(&path, &founding, now(), &mut system_rng()?)?;
    files::write_output(
        &mut context.printer,
        &args.out,
        &paper.to_bytes(),
        Access::Public,
    )?;
    let trial = profile.did.method() == "key";
    let printer = &mut context.printer;
    if printer.is_json() && args.out.as_os_str() != "-" {
        printer.json(&json!({
            "schema": "mandate.accreditor-init/1",
            "did": profile.did,
            "name": profile.name,
            "trial": trial,
            "home": path,
            "officers": officers.len(),
            "threshold": args.threshold,
            "id": paper.id(),
            "file": args.out,
            "next": command("officers record FILE ..."),
        }))?;
    }
    if args.out.as_os_str() != "-" {
        printer.line(format!(
            "{} is being founded in {}",
            profile.name,
            path.display()
        ))?;
        printer.line(format!("DID: {}", profile.did))?;
        printer.line(format!(
            "{} of its {} officers have to sign {}",
            args.threshold,
            officers.len(),
            args.out.display()
        ))?;
    }
    if trial {
        printer
            .warn("a did:key is for trials: its key can never be replaced, not even after a theft");
    } else {
        printer.hint("put did.jsonl, which publish writes, where the DID says");
    }
    printer.hint("each officer signs a copy: mandate-issuer accreditor approve FILE --officer-key KEY --out COPY");
    printer.hint("then record the copies: mandate-issuer accreditor officers record COPY ...");
    Ok(ExitCode::Done)
}

pub(super) fn officer_key(
    args: &OfficerKeyArgs,
    context: &mut Context,
) -> Result<ExitCode, Failure> {
    output::allow(&args.card, "--card")?;
    let did = if let Some(uri) = &args.token {
        let key = NewKey::make(Some(uri), Algorithm::EdDsa, context)?;
        did::key::create(key.public_key())
    } else {
        let out = args
            .out
            .as_deref()
            .unwrap_or_else(|| "officer.key".as_ref());
        output::allow(out, "--out")?;
        let what = format!("the key of officer {}", args.id);
        let passphrase = context.input.passphrase(&what, Purpose::Seal)?;
        let mut rng = system_rng()?;
        let key = OfficerKey::generate(&mut rng);
        let sealed = key.seal(&passphrase, &mut rng, out)?;
        // Never over another: a key is lost with its file.
        files::create_new(out, &sealed, Access::Private, Durability::Synced)?;
        key.did()
    };
    let card = OfficerCard::new(args.id.clone(), did, args.roles.clone());
    let json = format!("{:#}\n", json!(card));
    files::write_output(
        &mut context.printer,
        &args.card,
        json.as_bytes(),
        Access::Public,
    )?;
    let printer = &mut context.printer;
    if args.card.as_os_str() == "-" {
        return Ok(ExitCode::Done);
    }
    if printer.is_json() {
        printer.json(&json!({
            "schema": "mandate.accreditor-officer-key/1",
            "id": card.id,
            "did": card.did,
            "file": args.out,
            "place": args.token.as_ref().map(ToString::to_string),
            "card": args.card,
        }))?;
    }
    printer.line(format!("officer {}: {}", card.id, card.did))?;
    printer.hint(format!(
        "give {} to the accreditor, and the key to nobody",
        args.card.display()
    ));
    Ok(ExitCode::Done)
}

pub(super) fn rotate_control(context: &mut Context) -> Result<ExitCode, Failure> {
    let (archive, _lock) = writing(context)?;
    context
        .input
        .require("Let the announced control key take over?")?;
    let passphrase = context.input.passphrase("the control key", Purpose::Open)?;
    let number = archive.rotate_control(&passphrase, now(), &mut system_rng()?)?;
    let did = &archive.profile().did;
    let next = command("publish --out DIR");
    if context.printer.is_json() {
        context.printer.json(&json!({
            "schema": "mandate.accreditor-control/1",
            "did": did,
            "version": number,
            "next": format!("not in force until published: {next}"),
        }))?;
    }
    context
        .printer
        .line(format!("the log has entry {number}"))?;
    context.printer.hint(format!("publish it with: {next}"));
    context
        .printer
        .hint("keep a copy of the home: without the next control key the DID never changes again");
    Ok(ExitCode::Done)
}
