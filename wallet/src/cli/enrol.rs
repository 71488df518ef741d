//! `enrol`.

use std::path::PathBuf;

use clap::Args;
use cli_kit::{
    Context, ExitCode, Failure,
    files::{self, Access},
    run::system_rng,
    text::one_line,
};
use identity_core::card::IssuerCard;
use serde_json::json;

use super::{now, open};
use crate::enrol;

/// Arguments of `enrol`.
#[derive(Args, Debug)]
pub(super) struct EnrolArgs {
    /// The file with your one-time code; - for standard input
    #[arg(long, value_name = "FILE")]
    code_file: PathBuf,
    /// The issuer's card
    #[arg(long, value_name = "FILE")]
    issuer: PathBuf,
    /// Where to write the enrolment, to be handed to the secretariat
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn run(args: &EnrolArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let card = files::read_bounded(&args.issuer, 1 << 20)?;
    let card = IssuerCard::parse(&card).map_err(|error| {
        Failure::from_error(error.code().as_str(), &error)
            .hint("give the file that mandate-issuer id --out has written")
    })?;
    let code = files::read_bounded(&args.code_file, 64 << 20)?;
    let code = enrol::read_code(core::str::from_utf8(&code).unwrap_or_default(), &card)?;
    let mut vault = open(context)?;
    let mut rng = system_rng()?;
    let text = enrol::enrol(vault.contents_mut(), &code, &card, now(), &mut rng)?;
    // Kept before the enrolment leaves: a credential bound to a lost key would be useless.
    vault.save(&mut rng)?;
    let text = text + "\n";
    files::write_output(
        &mut context.printer,
        &args.out,
        text.as_bytes(),
        Access::Private,
    )?;
    let printer = &mut context.printer;
    if printer.is_json() && args.out.as_os_str() != "-" {
        printer.json(&json!({
            "schema": "mandate.enrolled/1",
            "issuer": card.did,
            "file": args.out,
        }))?;
    }
    printer.note(format!(
        "enrolled with {} ({})",
        one_line(&card.name),
        card.did
    ));
    printer.note("the card is not signed: compare this DID with the one in the letter");
    printer.hint("hand the file to the secretariat; it answers with a credential");
    printer.hint("then keep it with: mandate-wallet credential add FILE");
    Ok(ExitCode::Done)
}
