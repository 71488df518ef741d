//! `credential issue`, `list`, `show`, `suspend`, `reinstate`, `revoke`, `replace`.

use std::path::{Path, PathBuf};

use clap::{
    Args, Subcommand, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};
use cli_kit::{
    Context, ExitCode, Failure,
    files::{self, Access},
    output,
    run::system_rng,
    text::one_line,
};
use identity_core::{
    credential::{Kind, Securing},
    encoding::strict_json::{self, Limits, Object, Value},
    status::Instant,
};
use serde_json::json;

mod by_code;

use super::{
    NEXT, decision,
    home::Home,
    naming::{command, id},
    not_in_force, now,
    outcome::put_before,
};
use crate::{
    office::{Action, CredentialRecord, Handed, IssueOrder, Reason, Sifted, StoredOrder},
    store::{Family, read_all},
};

/// The verbs of `credential`.
#[derive(Subcommand, Debug)]
pub(super) enum CredentialCommand {
    /// Issue a credential to a member who has enrolled
    Issue(IssueArgs),
    /// List the credentials
    List,
    /// Show a credential, or hand it out again
    Show(ShowArgs),
    /// Suspend a credential, or all of a member's by the code of their letter
    Suspend(SuspendArgs),
    /// Lift a suspension
    Reinstate(OneArgs),
    /// Revoke a credential for good
    Revoke(RevokeArgs),
    /// Issue a mandate to a new key and revoke what earlier keys hold
    Replace(ReplaceArgs),
}

/// How a credential is secured.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum SecuringArg {
    /// SD-JWT VC: the member chooses what to show
    SdJwt,
    /// W3C Data Integrity: name, chamber, term, role and dates only, always shown
    DataIntegrity,
}

/// Arguments of `credential issue`.
#[derive(Args, Debug)]
pub(super) struct IssueArgs {
    /// The member's id
    #[arg(allow_hyphen_values = true, value_parser = id)]
    member: String,
    /// The file that the member's wallet made
    #[arg(long, value_name = "FILE")]
    enrolment: PathBuf,
    /// The credential type
    #[arg(long = "type", value_name = "TYPE", default_value = "MemberMandate", value_parser = kind)]
    kind: Kind,
    /// The claims of another type than the mandate, a JSON object
    #[arg(long, value_name = "FILE")]
    claims: Option<PathBuf>,
    /// How it is secured
    #[arg(long, value_enum, default_value_t = SecuringArg::SdJwt)]
    securing: SecuringArg,
    /// Where to write the credential; standard output without it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Arguments of `credential replace`.
#[derive(Args, Debug)]
pub(super) struct ReplaceArgs {
    /// The member's id
    #[arg(allow_hyphen_values = true, value_parser = id)]
    member: String,
    /// The file that the member's new wallet made
    #[arg(long, value_name = "FILE")]
    enrolment: PathBuf,
    /// Where to write the credential; standard output without it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Arguments of `credential show`.
#[derive(Args, Debug)]
pub(super) struct ShowArgs {
    /// The credential's id
    id: String,
    /// Write the credential itself there
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Arguments of `credential suspend`.
#[derive(Args, Debug)]
pub(super) struct SuspendArgs {
    /// The credential's id
    #[arg(required_unless_present = "code_file", conflicts_with = "code_file")]
    id: Option<String>,
    /// The code for suspending of a member's letter, in a file; - for standard input
    #[arg(long, value_name = "FILE")]
    code_file: Option<PathBuf>,
}

/// Arguments of verbs that need an id only.
#[derive(Args, Debug)]
pub(super) struct OneArgs {
    /// The credential's id
    id: String,
}

/// Arguments of `credential revoke`.
#[derive(Args, Debug)]
pub(super) struct RevokeArgs {
    /// The credential's id
    id: String,
    /// Why; never published
    #[arg(long, value_parser = reasons())]
    reason: Reason,
    /// From when; now without it
    #[arg(long, value_name = "INSTANT", value_parser = cli_kit::instant::instant)]
    effective: Option<Instant>,
    /// The decision behind it; its digest lets it reach back before its publication
    #[arg(long, value_name = "FILE")]
    decision: Option<PathBuf>,
}

fn kind(text: &str) -> Result<Kind, String> {
    let known = || Kind::ALL.map(Kind::as_str).join(", ");
    text.parse()
        .map_err(|_| format!("the types are {}", known()))
}

/// Takes a reason, and lists them all in the help.
pub(super) fn reasons() -> impl TypedValueParser<Value = Reason> {
    let known = Reason::ALL.iter().map(|reason| reason.as_str());
    PossibleValuesParser::new(known).try_map(|text| text.parse::<Reason>())
}

/// Whether a revocation is to reach back, and nothing lets it.
pub(super) fn is_backdated(from: Instant, reason: Reason, decision: Option<&Path>) -> bool {
    from < now() && decision.is_none() && !reason.voids()
}

/// Says what verifiers make of a revocation that reaches back without a decision.
pub(super) fn warn_backdated(context: &mut Context) {
    context.printer.warn(
        "without --decision verifiers count it from its publication; give --decision FILE to reach back",
    );
}

pub(super) fn run(command: &CredentialCommand, context: &mut Context) -> Result<ExitCode, Failure> {
    match command {
        CredentialCommand::Issue(args) => issue(args, context),
        CredentialCommand::List => list(context),
        CredentialCommand::Show(args) => show(args, context),
        CredentialCommand::Suspend(args) => match (&args.id, &args.code_file) {
            (_, Some(file)) => by_code::suspend(file, context),
            (id, None) => {
                let id = id.as_deref().unwrap_or_default();
                let record = Home::open(context)?
                    .desk(context)?
                    .office
                    .suspend(id, now())?;
                changed(&record, "suspended", "", context)
            }
        },
        CredentialCommand::Reinstate(args) => {
            let record = Home::open(context)?
                .desk(context)?
                .office
                .reinstate(&args.id, now())?;
            changed(&record, "reinstated", "", context)
        }
        CredentialCommand::Revoke(args) => revoke(args, context),
        CredentialCommand::Replace(args) => replace(args, context),
    }
}

/// Asked once the command's files are read, and before anything is changed.
fn allow(out: Option<&Path>) -> Result<(), Failure> {
    out.map_or(Ok(()), |out| output::allow(out, "--out"))
}

fn issue(args: &IssueArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let home = Home::open(context)?;
    let order = IssueOrder {
        member: Some(args.member.clone()),
        enrolment: enrolment(&args.enrolment)?,
        kind: args.kind,
        securing: match args.securing {
            SecuringArg::SdJwt => Securing::SdJwt,
            SecuringArg::DataIntegrity => Securing::DataIntegrity,
        },
        claims: args.claims.as_deref().map(claims).transpose()?,
    };
    allow(args.out.as_deref())?;
    if home.takes_approvals()? {
        return prepare(&home, &order, false, args.out.as_deref(), context);
    }
    let key = home.issuing_key(context)?;
    let mut desk = home.desk(context)?;
    let handed = desk.office.issue(&order, &key, now(), &mut system_rng()?)?;
    hand_out(&handed, args.out.as_deref(), context)
}

/// Puts an order before the officers; what the same enrolment brought before is handed out again.
fn prepare(
    home: &Home,
    order: &IssueOrder,
    replace: bool,
    out: Option<&Path>,
    context: &mut Context,
) -> Result<ExitCode, Failure> {
    let orders = core::slice::from_ref(order);
    let dates = (now(), now());
    let sifted = home
        .reading_room()?
        .sift(orders, replace, dates, &mut system_rng()?);
    for one in sifted {
        if let Sifted::Before(handed) = one? {
            return hand_out(&handed, out, context);
        }
    }
    let orders = vec![StoredOrder::keep(order)?];
    let exit = put_before(home, Action::Issue { orders, replace }, context)?;
    if let Some(out) = out.filter(|out| out.as_os_str() != "-") {
        context.printer.note(format!(
            "nothing is in {} yet: whoever approves last says where it goes (--out DIR), and credential show \
             ID --out FILE hands it out again",
            out.display()
        ));
    }
    Ok(exit)
}

fn replace(args: &ReplaceArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let home = Home::open(context)?;
    let order = IssueOrder {
        member: Some(args.member.clone()),
        enrolment: enrolment(&args.enrolment)?,
        kind: Kind::MemberMandate,
        securing: Securing::SdJwt,
        claims: None,
    };
    allow(args.out.as_deref())?;
    let question = format!(
        "Issue a new mandate to {} and revoke what earlier keys hold?",
        args.member
    );
    context.input.require(&question)?;
    if home.takes_approvals()? {
        return prepare(&home, &order, true, args.out.as_deref(), context);
    }
    let key = home.issuing_key(context)?;
    let mut desk = home.desk(context)?;
    let handed = desk
        .office
        .replace(&order, &key, now(), &mut system_rng()?)?;
    hand_out(&handed, args.out.as_deref(), context)
}

fn revoke(args: &RevokeArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let home = Home::open(context)?;
    let record = home.reading_room()?.credential(&args.id)?;
    let now = now();
    let effective = args.effective.unwrap_or(now);
    let backdated =
        is_backdated(effective, args.reason, args.decision.as_deref()) && args.effective.is_some();
    if backdated {
        warn_backdated(context);
    }
    let question = format!("Revoke {} of {} for good?", record.kind, record.member);
    context.input.require(&question)?;
    let why = (args.reason, decision(args.decision.as_deref())?);
    if home.takes_approvals()? {
        let action = Action::Revoke {
            credential: args.id.clone(),
            effective,
            reason: why.0,
            decision: why.1,
        };
        return put_before(&home, action, context);
    }
    let mut desk = home.desk(context)?;
    let record = desk.office.revoke(&args.id, effective, why, now)?;
    let from = if args.reason.voids() {
        ", for every instant: it was never valid".to_owned()
    } else if backdated {
        ", from its publication".to_owned()
    } else {
        format!(", from {effective}")
    };
    changed(&record, "revoked", &from, context)
}

fn changed(
    record: &CredentialRecord,
    what: &str,
    from: &str,
    context: &mut Context,
) -> Result<ExitCode, Failure> {
    let printer = &mut context.printer;
    if printer.is_json() {
        let mut value = summary("mandate.credential-changed/1", record);
        value["next"] = NEXT.into();
        printer.json(&value)?;
    }
    let member = one_line(&record.member);
    printer.line(format!(
        "{what}: credential {} of {member}{from}",
        record.id
    ))?;
    not_in_force(context);
    Ok(ExitCode::Done)
}

fn hand_out(
    handed: &Handed,
    out: Option<&Path>,
    context: &mut Context,
) -> Result<ExitCode, Failure> {
    let record = &handed.credential;
    let to_stdout = out.is_none_or(|out| out.as_os_str() == "-");
    let text = format!("{}\n", record.text);
    if let Some(out) = out {
        files::write_output(&mut context.printer, out, text.as_bytes(), Access::Private)?;
    } else if !context.printer.is_json() {
        context.printer.data(text.as_bytes())?;
    }
    if context.printer.is_json() && out.is_none_or(|out| out.as_os_str() != "-") {
        let mut value = summary("mandate.credential-issued/1", record);
        value["new"] = handed.is_new.into();
        value["next"] = NEXT.into();
        value["file"] = json!(out);
        if out.is_none() {
            value["credential"] = record.text.as_str().into();
        }
        context.printer.json(&value)?;
    }
    let is_revoked = !handed.is_new && record.is_revoked(now());
    let printer = &mut context.printer;
    let note = if is_revoked {
        format!(
            "credential {} was issued for this enrolment before, and revoked since",
            record.id
        )
    } else if handed.is_new {
        format!(
            "issued credential {} to {}",
            record.id,
            one_line(&record.member)
        )
    } else {
        format!(
            "credential {} was issued for this enrolment before",
            record.id
        )
    };
    if to_stdout {
        printer.note(note);
    } else {
        printer.line(note)?;
    }
    if is_revoked {
        let again = command("enrol reinvite", &record.member, "--out FILE");
        printer.hint(format!("for a new one, invite the member again: {again}"));
        return Ok(ExitCode::Done);
    }
    printer.hint("the member keeps it with: mandate-wallet credential add FILE");
    not_in_force(context);
    Ok(ExitCode::Done)
}

fn summary(schema: &str, record: &CredentialRecord) -> serde_json::Value {
    json!({
        "schema": schema,
        "id": record.id,
        "member": record.member,
        "type": record.kind,
        "securing": record.securing,
        "state": record.state(now()),
        "validFrom": record.valid_from,
        "validUntil": record.valid_until,
    })
}

fn list(context: &mut Context) -> Result<ExitCode, Failure> {
    let office = Home::open(context)?.reading_room()?;
    let mut records: Vec<CredentialRecord> = Vec::new();
    read_all(office.store(), Family::Credentials, |record| {
        records.push(record);
        Ok(())
    })?;
    records.sort_by(|a, b| (&a.member, a.issued, &a.id).cmp(&(&b.member, b.issued, &b.id)));
    let now = now();
    let printer = &mut context.printer;
    if printer.is_json() {
        let items: Vec<_> = records
            .iter()
            .map(|record| {
                json!({
                    "id": record.id,
                    "member": record.member,
                    "type": record.kind,
                    "securing": record.securing,
                    "state": record.state(now),
                    "issued": record.issued,
                    "validUntil": record.valid_until,
                })
            })
            .collect();
        printer.json_list("mandate.credentials/1", &items)?;
        return Ok(ExitCode::Done);
    }
    for record in &records {
        printer.line(format!(
            "{}  {}  {}  {}",
            record.id,
            one_line(&record.member),
            record.kind,
            record.state(now)
        ))?;
    }
    Ok(ExitCode::Done)
}

fn show(args: &ShowArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let record = Home::open(context)?.reading_room()?.credential(&args.id)?;
    if let Some(out) = &args.out {
        let text = format!("{}\n", record.text);
        files::write_output(&mut context.printer, out, text.as_bytes(), Access::Private)?;
        if out.as_os_str() == "-" {
            return Ok(ExitCode::Done);
        }
    }
    let printer = &mut context.printer;
    if printer.is_json() {
        let mut value = summary("mandate.credential/1", &record);
        value["issued"] = json!(record.issued);
        value["mandate"] = json!(record.mandate);
        value["slot"] = json!(record.slot);
        value["revocation"] = json!(record.revocation());
        value["suspensions"] = json!(record.suspensions);
        printer.json(&value)?;
        return Ok(ExitCode::Done);
    }
    printer.heading(format!("{} of {}", record.kind, one_line(&record.member)))?;
    printer.line(format!("id: {}", record.id))?;
    printer.line(format!("state: {}", record.state(now())))?;
    printer.line(format!(
        "valid: {} to {}",
        record.valid_from, record.valid_until
    ))?;
    Ok(ExitCode::Done)
}

fn enrolment(path: &Path) -> Result<String, Failure> {
    let bytes = files::read_bounded(path, 1 << 20)?;
    let text = core::str::from_utf8(&bytes).unwrap_or_default().trim();
    if text.lines().next().is_some_and(is_invitation) {
        let code = identity_core::Code::EnrolmentMalformed.as_str();
        return Err(Failure::failed(code, THIS_IS_AN_INVITATION).hint(
            "the member makes one with: mandate-wallet enrol --code-file FILE --issuer CARD --out FILE",
        ));
    }
    Ok(text.to_owned())
}

pub(super) const THIS_IS_AN_INVITATION: &str =
    "this is an invitation, not an enrolment: the member enrols with it";

/// Whether a line is one that `enrol invite` wrote.
fn is_invitation(line: &str) -> bool {
    let value: Option<serde_json::Value> = serde_json::from_str(line).ok();
    value.as_ref().is_some_and(has_code)
}

/// Whether an object is an invitation, which has a code and no enrolment.
pub(super) fn has_code(value: &serde_json::Value) -> bool {
    value["code"].is_string() && value.get("enrolment").is_none()
}

fn claims(path: &Path) -> Result<Object<'static>, Failure> {
    let bytes = files::read_bounded(path, 1 << 20)?;
    let value = strict_json::parse(&bytes, &Limits::small())
        .map_err(|error| Failure::from_error(error.code().as_str(), &error))?;
    match value.into_owned() {
        Value::Object(claims) => Ok(claims),
        _ => Err(Failure::failed("credential.claim_invalid", "the claims are no JSON object")
            .hint("write for example {\"role\": \"speaker\", \"body\": \"Presidium\", \"start\": \"2026-03-12\"}")),
    }
}
