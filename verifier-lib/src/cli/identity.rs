//! `init` and `id`.

use std::path::PathBuf;

use clap::Args;
use cli_kit::{
    Context, ExitCode, Failure,
    files::{self, Access},
    run::system_rng,
};
use identity_core::{
    card::VerifierCard,
    credential::is_displayable,
    did::{LocalResolver, Resolver as _},
    key::{Algorithm, SecretKey},
};

use super::home::Home;

/// Arguments of `init`.
#[derive(Args, Debug)]
pub(super) struct InitArgs {
    /// What members will see asking, such as "Chamber e-voting"
    #[arg(long)]
    name: String,
}

/// Arguments of `id`.
#[derive(Args, Debug)]
pub(super) struct IdArgs {
    /// Where to write the card; standard output without it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn init(args: &InitArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    if !is_displayable(&args.name) {
        return Err(
            Failure::usage("the name is empty or has characters that cannot be shown")
                .hint("give --name with a text of 1 to 500 characters"),
        );
    }
    let path = context.home()?;
    let key = SecretKey::generate(Algorithm::EdDsa, &mut system_rng()?);
    let home = Home::create(&path, &args.name, &key)?;
    let printer = &mut context.printer;
    if printer.is_json() {
        printer.json(&serde_json::json!({
            "schema": "mandate.verifier-init/1",
            "did": home.did,
            "name": home.name,
            "home": path,
        }))?;
    }
    printer.line(format!("{} is ready in {}", home.name, path.display()))?;
    printer.line(format!("DID: {}", home.did))?;
    printer.hint("give members this verifier's card: mandate-verifier id --out verifier.json");
    Ok(ExitCode::Done)
}

pub(super) fn id(args: &IdArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let home = Home::open(context)?;
    let resolver = LocalResolver::new();
    let document = resolver
        .resolve(&home.did)
        .map_err(|error| Failure::from_error(error.code().as_str(), &error))?;
    let card = VerifierCard::new(&document, home.name.clone());
    let mut json = serde_json::to_vec_pretty(&card)
        .map_err(|error| Failure::from_error("file.unwritable", &error))?;
    json.push(b'\n');
    match &args.out {
        None => context.printer.data(&json)?,
        Some(path) => {
            files::write_output(&mut context.printer, path, &json, Access::Public)?;
            if path.as_os_str() != "-" && context.printer.is_json() {
                context.printer.json(&card)?;
            }
            context
                .printer
                .note(format!("{} of {}", path.display(), home.did));
            context
                .printer
                .hint("members trust it with: mandate-wallet verifier trust FILE");
        }
    }
    Ok(ExitCode::Done)
}
