//! `enrol`.

use std::path::{Path, PathBuf};

use clap::Args;
use cli_kit::{
    Context, ExitCode, Failure, Input,
    files::{self, Access},
    output,
    run::system_rng,
    text::one_line,
};
use identity_core::card::{IssuerCard, VerifierCard};
use serde_json::json;
use zeroize::Zeroizing;

use super::{now, open};
use crate::enrol;

/// Arguments of `enrol`.
#[derive(Args, Debug)]
pub(super) struct EnrolArgs {
    /// The file with your one-time code; - for standard input; without it you are asked
    #[arg(long, value_name = "FILE")]
    code_file: Option<PathBuf>,
    /// The issuer's card
    #[arg(long, value_name = "FILE")]
    issuer: PathBuf,
    /// Where to write the enrolment, to be handed to the secretariat
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn run(args: &EnrolArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let card = read_card(&args.issuer)?;
    let code = read_code(args.code_file.as_deref(), &mut context.input)?;
    let code = enrol::read_code(core::str::from_utf8(&code).unwrap_or_default(), &card)?;
    output::allow(&args.out, "--out")?;
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

/// Reads an issuer's card.
pub(super) fn read_card(file: &Path) -> Result<IssuerCard, Failure> {
    let card = files::read_bounded(file, 1 << 20)?;
    IssuerCard::parse(&card).map_err(|error| {
        let code = error.code().as_str();
        let failure = if VerifierCard::parse(&card).is_ok() {
            Failure::failed(code, "this is a verifier's card, not an issuer's")
        } else {
            Failure::from_error(code, &error)
        };
        failure.hint("give the file that mandate-issuer id --out has written")
    })
}

/// Reads the code from the file, or asks for it: it stands on paper. Never from a flag's value, which
/// other people on the machine can read in the list of processes.
fn read_code(file: Option<&Path>, input: &mut Input) -> Result<Zeroizing<Vec<u8>>, Failure> {
    if let Some(file) = file {
        return files::read_bounded(file, 64 << 20);
    }
    let code = input.ask("The one-time code of your letter", None, "--code-file FILE")?;
    Ok(Zeroizing::new(code.into_bytes()))
}

#[cfg(test)]
mod tests {
    use cli_kit::{GlobalArgs, Variables, terminal::Script};

    use super::*;

    fn input(no_input: bool, script: Script) -> Input {
        let mut args = GlobalArgs::default();
        args.no_input = no_input;
        Input::with_terminal(&args, &Variables::default(), Box::new(script))
    }

    #[test]
    fn the_code_is_typed_where_no_file_is_given() {
        let script = || Script::answering(&["\n", " AAAA-BBBB \n"]);
        let typed = read_code(None, &mut input(false, script())).unwrap();
        assert_eq!(*typed, b"AAAA-BBBB");
        // Nobody to ask, and nobody who wants to be asked.
        for mut input in [input(false, Script::default()), input(true, script())] {
            let failure = read_code(None, &mut input).unwrap_err();
            assert_eq!((failure.code, failure.exit.number()), ("input.needed", 2));
            assert!(failure.hints[0].contains("--code-file"), "{failure:?}");
        }
    }
}
