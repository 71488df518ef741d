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
use crate::{
    answer::{self, Part, Standing, Wish},
    in_office,
};

/// Arguments of `present`.
#[derive(Args, Debug)]
pub(super) struct PresentArgs {
    /// The verifier's request; - for standard input
    request: PathBuf,
    /// The claims to show, instead of those that are required; "" for none
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    disclose: Option<Vec<String>>,
    /// The credential to show, by the id that the list prints; may be given again for another type
    #[arg(long = "credential", value_name = "ID")]
    credentials: Vec<String>,
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
    // An empty text names no claim: nothing is shown but what every verifier sees.
    let disclose: Option<Vec<String>> = args.disclose.as_ref().map(|names| {
        let names = names.iter().map(|name| name.trim().to_owned());
        names.filter(|name| !name.is_empty()).collect()
    });
    // A preview sends nothing, and is how a member finds out who it is that asks.
    let allow_unknown = args.allow_unknown_verifier || args.preview;
    let wish = Wish {
        disclose: disclose.as_deref(),
        credentials: &args.credentials,
        allow_unknown,
    };
    let plan = answer::plan(vault.contents(), request, wish, now)?;
    let sentences: Vec<String> = plan.sentences().iter().map(|s| one_line(s)).collect();
    let printer = &mut context.printer;
    let mut warnings: Vec<String> = Vec::new();
    if plan.known_as.is_none() {
        warnings.push(format!(
            "you do not know this verifier; it claims to be \"{}\"",
            one_line(&plan.request.name)
        ));
    }
    warnings.extend(plan.parts.iter().filter_map(out_of_force));
    for warning in &warnings {
        printer.warn(warning);
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
            "issuer": part.credential.issuer,
            "issuerName": part.issuer_name,
            "required": part.asked.required,
            "optional": part.asked.optional,
            "shown": part.shown,
            "hidden": part.hidden,
            "always": part.always,
            "missing": part.missing,
            "inOffice": in_office::in_force(&part.credential, now).is_some(),
        })).collect::<Vec<_>>(),
        "unmet": plan.unmet.iter().map(|(asked, why)| json!({
            "type": asked.credential_type,
            "required": asked.required,
            "optional": asked.optional,
            "reason": why.to_string(),
        })).collect::<Vec<_>>(),
        "file": if args.preview { None } else { args.out.as_ref() },
        "warnings": warnings,
    });
    if args.preview {
        if printer.is_json() {
            printer.json(&json)?;
        }
        for sentence in &sentences {
            printer.line(sentence)?;
        }
        printer.note("nothing was sent");
        for (_, why) in &plan.unmet {
            for hint in &why.hints {
                printer.hint(hint);
            }
        }
        if plan.known_as.is_none() {
            printer.hint("if you know whose it is: mandate-wallet verifier trust CARD");
            printer.hint("to answer all the same: --allow-unknown-verifier");
        }
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
    if (plan.parts.iter()).any(|part| in_office::in_force(&part.credential, now).is_some()) {
        printer.note("the secretariat's newest statement that you are in office goes along");
    }
    printer.hint("hand the file to the verifier; it counts once");
    Ok(ExitCode::Done)
}

/// Warns of a credential that a verifier will not accept today: a check of a past or later day may.
fn out_of_force(part: &Part) -> Option<String> {
    let (kind, id) = (part.kind, &part.credential.id);
    match part.standing {
        Standing::InForce => None,
        Standing::NotBegun => Some(format!("{kind} {id} is not in force yet")),
        Standing::Over => Some(format!("{kind} {id} is no longer in force")),
    }
}
