//! `present`.

use std::path::PathBuf;

use clap::Args;
use cli_kit::{
    Context, ExitCode, Failure,
    files::{self, Access},
    text::one_line,
};
use serde_json::json;

use super::{now, open};
use crate::answer;

/// Arguments of `present`.
#[derive(Args, Debug)]
pub(super) struct PresentArgs {
    /// The verifier's request; - for standard input
    request: PathBuf,
    /// The claims to show, instead of those that are required
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    disclose: Option<Vec<String>>,
    /// Say who asks for what, and send nothing
    #[arg(long)]
    preview: bool,
    /// Answer a verifier that you do not know
    #[arg(long)]
    allow_unknown_verifier: bool,
    /// Where to write the answer
    #[arg(long, value_name = "FILE", required_unless_present = "preview")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &PresentArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let request = files::read_bounded(&args.request, 1 << 20)?;
    let request = core::str::from_utf8(&request).unwrap_or_default();
    let vault = open(context)?;
    let now = now();
    let wish = (args.disclose.as_deref(), args.allow_unknown_verifier);
    let plan = answer::plan(vault.contents(), request, wish, now)?;
    let sentences: Vec<String> = plan.sentences().iter().map(|s| one_line(s)).collect();
    let printer = &mut context.printer;
    if plan.known_as.is_none() {
        printer.warn(format!(
            "you do not know this verifier; it claims to be \"{}\"",
            one_line(&plan.request.name)
        ));
    }
    let json = json!({
        "schema": "mandate.presentation-plan/1",
        "verifier": plan.request.verifier,
        "knownAs": plan.known_as,
        "purpose": plan.request.purpose,
        "preview": args.preview,
        "credentials": plan.parts.iter().map(|part| json!({
            "id": part.credential.id,
            "type": part.kind.as_str(),
            "shown": part.shown,
            "hidden": part.hidden,
            "missing": part.missing,
        })).collect::<Vec<_>>(),
        "file": if args.preview { None } else { args.out.as_ref() },
    });
    if args.preview {
        if printer.is_json() {
            printer.json(&json)?;
        }
        for sentence in &sentences {
            printer.line(sentence)?;
        }
        printer.note("nothing was sent");
        return Ok(ExitCode::Done);
    }
    let Some(out) = &args.out else {
        return Err(Failure::usage("where to write the answer is not said").hint("give --out FILE"));
    };
    let text = plan.answer(vault.contents(), now)? + "\n";
    files::write_output(printer, out, text.as_bytes(), Access::Private)?;
    if printer.is_json() && out.as_os_str() != "-" {
        printer.json(&json)?;
    }
    for sentence in &sentences {
        printer.note(sentence);
    }
    printer.hint("hand the file to the verifier; it counts once");
    Ok(ExitCode::Done)
}
