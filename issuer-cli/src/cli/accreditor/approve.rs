//! `accreditor approve`.

use std::path::PathBuf;

use clap::Args;
use cli_kit::{
    Context, ExitCode, Failure,
    files::{self, Access},
    output,
    passphrase::Purpose,
};
use identity_core::{did, encoding::strict_json::Value, key::Signer as _};
use serde_json::json;

use super::{command, words};
use crate::{
    accreditor::{Paper, Says, open_sealed},
    cli::{now, places::open_place},
    keys::KeyHandle,
};

/// Arguments of `accreditor approve`.
#[derive(Args, Debug)]
pub(in crate::cli) struct ApproveArgs {
    /// The document
    file: PathBuf,
    /// The officer's key: a sealed file, or its place on a token (pkcs11:..., RFC 7512)
    #[arg(long, value_name = "FILE|pkcs11:...")]
    officer_key: String,
    /// Where to write the signed copy; standard output without it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &ApproveArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let paper = Paper::read(&files::read_bounded(&args.file, 256 << 20)?)?;
    if let Some(out) = &args.out {
        output::allow(out, "--out")?;
    }
    let to_stdout = args.out.as_ref().is_none_or(|out| out.as_os_str() == "-");
    // What is signed is shown first, wherever the copy goes.
    for line in words::lines(paper.says()) {
        if to_stdout || context.printer.is_json() {
            context.printer.note(line);
        } else {
            context.printer.line(line)?;
        }
    }
    let key = if args.officer_key.starts_with("pkcs11:") {
        open_place(&args.officer_key, context)?
    } else {
        let passphrase = context
            .input
            .passphrase("the officer's key", Purpose::Open)?;
        KeyHandle::from(open_sealed(args.officer_key.as_ref(), &passphrase)?)
    };
    let officer = did::key::create(key.public_key());
    if paper.claimed_signers().contains(&officer.to_string()) {
        context.printer.note("this officer has signed it before");
    }
    if let Says::Policy(draft) = paper.says()
        && draft.officers.iter().all(|listed| listed.did != officer)
    {
        context
            .printer
            .note("this key is none of the officers that the policy lists");
    }
    context.input.require(&format!("Sign this as {officer}?"))?;
    let signed = paper.sign(&key, now().timestamp())?;
    let out = args.out.clone().unwrap_or_else(|| PathBuf::from("-"));
    files::write_output(
        &mut context.printer,
        &out,
        &signed.to_bytes(),
        Access::Public,
    )?;
    let verb = signed.says().verb();
    let printer = &mut context.printer;
    if !to_stdout {
        if printer.is_json() {
            printer.json(&json!({
                "schema": "mandate.accreditor-approved/1",
                "id": signed.id(),
                "verb": verb,
                "officer": officer,
                "signers": signed.claimed_signers(),
                "document": Value::Object(signed.document().clone()).to_serde(),
                "file": out,
            }))?;
        }
        printer.line(format!("signed by {officer}: {}", out.display()))?;
    }
    printer.hint(format!(
        "bring the copy to the accreditor, who records it with: {}",
        command(&format!("{verb} FILE ..."))
    ));
    Ok(ExitCode::Done)
}
