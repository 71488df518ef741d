//! `request create`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use cli_kit::{
    Context, ExitCode, Failure,
    files::{self, Access},
    output,
    run::{now, system_rng},
};
use identity_core::{
    credential::Kind,
    presentation::request::{Request, RequestError},
};
use jiff::SignedDuration;

use super::home::Home;
use crate::Asked;

/// The verbs of `request`.
#[derive(Subcommand, Debug)]
pub(super) enum RequestCommand {
    /// Make a signed request for members' wallets to answer
    Create(CreateArgs),
}

/// Arguments of `request create`.
#[derive(Args, Debug)]
pub(super) struct CreateArgs {
    /// What to ask for: TYPE:claim[,claim], with ? behind a claim that may be left out; may be given several
    /// times
    #[arg(long, required = true, value_name = "TYPE:CLAIM,...")]
    claims: Vec<String>,
    /// What the answer is for, in words for the member
    #[arg(long)]
    purpose: String,
    /// How long it may be answered, such as 10m or 1h
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = cli_kit::instant::duration)]
    expires: SignedDuration,
    /// Where to write the request
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn run(command: RequestCommand, context: &mut Context) -> Result<ExitCode, Failure> {
    match command {
        RequestCommand::Create(args) => create(args, context),
    }
}

fn create(args: CreateArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    output::allow(&args.out, "--out")?;
    let home = Home::open(context)?;
    let wanted = Wanted {
        claims: &args.claims,
        purpose: args.purpose,
        expires: args.expires,
    };
    let (request, text) = wanted.create(&home)?;
    files::write_output(
        &mut context.printer,
        &args.out,
        text.as_bytes(),
        Access::Public,
    )?;
    let printer = &mut context.printer;
    if printer.is_json() && args.out.as_os_str() != "-" {
        printer.json(&serde_json::json!({
            "schema": "mandate.request-created/1",
            "file": args.out,
            "verifier": request.verifier,
            "nonce": request.nonce,
            "expires": request.expires.to_string(),
        }))?;
    }
    printer.note(format!("it can be answered until {}", request.expires));
    printer.hint("the member answers with: mandate-wallet present REQUEST --out FILE");
    Ok(ExitCode::Done)
}

/// What a request is to ask for.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    /// `TYPE:claim[,claim]`, as in `--claims`.
    pub(crate) claims: &'a [String],
    /// What the answer is for.
    pub(crate) purpose: String,
    /// How long it may be answered.
    pub(crate) expires: SignedDuration,
}

impl Wanted<'_> {
    /// Makes and signs the request, and opens its nonce.
    pub(crate) fn create(self, home: &Home) -> Result<(Request, String), Failure> {
        let asked = ask(self.claims)?;
        let key = home.key()?;
        let (did, name) = (home.did.clone(), home.name.clone());
        let refused = |error: RequestError| {
            Failure::usage(error.to_string()).hint("see: mandate-verifier request create --help")
        };
        let time = (now(), self.expires);
        let request = Request::new(did, name, self.purpose, asked, time, &mut system_rng()?)
            .map_err(refused)?;
        let method = home.did.with_fragment(home.did.specific_id());
        let method = method.map_err(|error| Failure::from_error(error.code().as_str(), &error))?;
        let text = request.sign(&method, &key).map_err(refused)? + "\n";
        home.open_nonce(&request.nonce)?;
        Ok((request, text))
    }
}

/// Reads the flags; two of one type ask for the claims of both.
fn ask(flags: &[String]) -> Result<Vec<Asked>, Failure> {
    let mut all: Vec<Asked> = Vec::new();
    for flag in flags {
        let asked = parse(flag)?;
        match all
            .iter_mut()
            .find(|a| a.credential_type == asked.credential_type)
        {
            None => all.push(asked),
            Some(before) => before.join(asked),
        }
    }
    Ok(all)
}

/// Reads one flag and holds its names to the catalogue, so that no member is asked in vain.
fn parse(flag: &str) -> Result<Asked, Failure> {
    let asked = Asked::from_flag(flag).map_err(|error| {
        Failure::usage(format!("--claims {flag}: {error}"))
            .hint("write for example --claims 'MemberMandate:name,constituency?'")
    })?;
    let kinds = Kind::ALL.map(Kind::as_str).join(", ");
    let kind: Kind = asked.credential_type.parse().map_err(|_| {
        Failure::usage(format!(
            "no credential type is called {}",
            asked.credential_type
        ))
        .hint(format!("the types are {kinds}"))
    })?;
    let visible = ["chamber", "country", "term"];
    for name in asked.required.iter().chain(&asked.optional) {
        if kind.claim(name).is_none() && !visible.contains(&name.as_str()) {
            let claims: Vec<&str> = kind.claims().iter().map(|claim| claim.name).collect();
            return Err(Failure::usage(format!("a {kind} has no claim {name}"))
                .hint(format!("its claims are {}", claims.join(", "))));
        }
    }
    Ok(asked)
}
