//! `enrol invite`, `list`, `cancel`, `reinvite`.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use cli_kit::{
    Context, ExitCode, Failure, Staged, files::Access, output, run::system_rng, text::one_line,
};
use identity_core::status::Instant;
use serde_json::json;
use zeroize::Zeroizing;

use super::{
    desk::Desk,
    home::Home,
    letters,
    naming::{command, id},
    now,
};
use crate::{
    office::{EnrolmentRecord, EnrolmentState, Invitation, Invited, Profile},
    store::{Family, read_all},
};

/// The verbs of `enrol`.
#[derive(Subcommand, Debug)]
pub(super) enum EnrolCommand {
    /// Make one-time codes for members, to be handed over in person
    Invite(InviteArgs),
    /// List the codes that were given out
    List,
    /// Take a member's open code back
    Cancel {
        /// The member's id
        #[arg(allow_hyphen_values = true, value_parser = id)]
        member: String,
    },
    /// Make a new code for a member who lost a device
    Reinvite(ReinviteArgs),
}

/// Arguments of `enrol invite`.
#[derive(Args, Debug)]
pub(super) struct InviteArgs {
    /// The member's id
    #[arg(
        allow_hyphen_values = true,
        value_parser = id,
        required_unless_present = "all",
        conflicts_with = "all"
    )]
    member: Option<String>,
    /// Invite everybody who holds a mandate and has no credential
    #[arg(long)]
    all: bool,
    /// Where to write the invitations, one JSON line each
    #[arg(long, value_name = "FILE.jsonl")]
    out: PathBuf,
    /// Where to write a letter for each, to be printed; it has a code for suspending, too
    #[arg(long, value_name = "DIR")]
    letters: Option<PathBuf>,
    /// Where to write the codes for suspending, one JSON line each: apart from the invitations, which
    /// lie on the device that may be stolen
    #[arg(long, value_name = "FILE.jsonl")]
    suspend_codes: Option<PathBuf>,
}

/// Arguments of `enrol reinvite`.
#[derive(Args, Debug)]
pub(super) struct ReinviteArgs {
    /// The member's id
    #[arg(allow_hyphen_values = true, value_parser = id)]
    member: String,
    /// Where to write the invitation; standard output without it
    #[arg(
        long,
        value_name = "FILE.jsonl",
        default_value = "-",
        hide_default_value = true
    )]
    out: PathBuf,
    /// Where to write the letter; it has a code for suspending, too
    #[arg(long, value_name = "DIR")]
    letters: Option<PathBuf>,
    /// Where to write the code for suspending, a JSON line
    #[arg(long, value_name = "FILE.jsonl")]
    suspend_codes: Option<PathBuf>,
}

/// Where the codes go.
struct Places<'a> {
    out: &'a Path,
    letters: Option<&'a Path>,
    suspend_codes: Option<&'a Path>,
}

impl Places<'_> {
    /// Before a folder is made: what is refused changes nothing.
    fn allow(&self) -> Result<(), Failure> {
        output::allow(self.out, "--out")?;
        if let Some(file) = self.suspend_codes {
            output::allow(file, "--suspend-codes")?;
        }
        self.letters
            .map_or(Ok(()), |folder| output::allow(folder, "--letters"))
    }

    /// Whether somebody would learn a code for suspending.
    const fn tell_suspension(&self) -> bool {
        self.letters.is_some() || self.suspend_codes.is_some()
    }
}

pub(super) fn run(command: &EnrolCommand, context: &mut Context) -> Result<ExitCode, Failure> {
    match command {
        EnrolCommand::Invite(args) => invite(args, context),
        EnrolCommand::Reinvite(args) => reinvite(args, context),
        EnrolCommand::List => list(context),
        EnrolCommand::Cancel { member } => {
            let mut desk = Home::open(context)?.desk(context)?;
            desk.office.cancel_invitation(member, now())?;
            context
                .printer
                .line(format!("the code of {member} no longer works"))?;
            if context.printer.is_json() {
                context.printer.json(
                    &json!({ "schema": "mandate.enrolment-cancelled/1", "member": member }),
                )?;
            }
            Ok(ExitCode::Done)
        }
    }
}

fn invite(args: &InviteArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let home = Home::open(context)?;
    let places = Places {
        out: &args.out,
        letters: args.letters.as_deref(),
        suspend_codes: args.suspend_codes.as_deref(),
    };
    places.allow()?;
    let mut desk = home.draft(context)?;
    let (now, mut rng) = (now(), system_rng()?);
    let waiting = with_open_code(&desk, now)?;
    let mut invited = match &args.member {
        Some(member) => desk.office.invite(member, now, &mut rng)?,
        None => desk.office.invite_all(now, &mut rng)?,
    };
    if places.tell_suspension() {
        let office = &mut desk.office;
        office.add_suspension_codes(&mut invited, false, now, &mut rng)?;
    }
    let exit = hand_over((&home, desk), &invited, &places, context)?;
    let again = |invitation: &&Invitation| waiting.contains(&invitation.member);
    let again = invited.invitations.iter().filter(again).count();
    if again > 0 {
        context.printer.note(format!(
            "{again} already had an open code, which still works"
        ));
    }
    Ok(exit)
}

/// Returns the members who have a code that can still be used.
fn with_open_code(desk: &Desk, now: Instant) -> Result<BTreeSet<String>, Failure> {
    let mut members = BTreeSet::new();
    let store = desk.office.store();
    read_all(store, Family::Enrolments, |record: EnrolmentRecord| {
        if record.state == EnrolmentState::Open && record.expires > now {
            members.insert(record.member);
        }
        Ok(())
    })?;
    Ok(members)
}

fn reinvite(args: &ReinviteArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let home = Home::open(context)?;
    let places = Places {
        out: &args.out,
        letters: args.letters.as_deref(),
        suspend_codes: args.suspend_codes.as_deref(),
    };
    places.allow()?;
    let mut desk = home.draft(context)?;
    let (now, mut rng) = (now(), system_rng()?);
    let mut invited = desk.office.reinvite(&args.member, now, &mut rng)?;
    if places.tell_suspension() {
        let office = &mut desk.office;
        office.add_suspension_codes(&mut invited, true, now, &mut rng)?;
    }
    let exit = hand_over((&home, desk), &invited, &places, context)?;
    let replace = command("credential replace", &args.member, "--enrolment FILE");
    context
        .printer
        .hint(format!("when the member has enrolled: {replace}"));
    Ok(exit)
}

/// Writes the codes, then lets them count: the store keeps no code, so one that could not be written
/// would be a code that nobody has.
fn hand_over(
    (home, desk): (&Home, Desk),
    invited: &Invited,
    places: &Places<'_>,
    context: &mut Context,
) -> Result<ExitCode, Failure> {
    let profile = desk.office.profile();
    let lines = lines(profile, invited);
    let out = places.out;
    let staged = match places.letters {
        Some(folder) => letters::stage(profile, &invited.invitations, folder)?,
        None => Vec::new(),
    };
    let mut codes = Vec::new();
    if out.as_os_str() == "-" {
        context.printer.data(lines.as_bytes())?;
    } else {
        codes.push(Staged::write(out, lines.as_bytes(), Access::Private)?);
    }
    if let Some(file) = places.suspend_codes {
        let lines = suspension_lines(profile, invited);
        codes.push(Staged::write(file, lines.as_bytes(), Access::Private)?);
    }
    desk.settle(home)?;
    for file in staged {
        file.keep()?;
    }
    for file in codes {
        // Codes of others may lie there, and the store keeps none.
        if let Some(before) = file.keep_beside()? {
            let before = before.display();
            context
                .printer
                .note(format!("the codes that lay there are kept as {before}"));
        }
    }
    let left_out: Vec<_> = invited
        .left_out
        .iter()
        .map(|(id, why)| json!({ "id": id, "code": why.code, "message": why.message }))
        .collect();
    let printer = &mut context.printer;
    if printer.is_json() && out.as_os_str() != "-" {
        printer.json(&json!({
            "schema": "mandate.invited/1",
            "invited": invited.invitations.len(),
            "replaced": invited.replaced,
            "leftOut": left_out,
            "file": out,
        }))?;
    }
    if out.as_os_str() != "-" {
        printer.line(format!("{} invited", invited.invitations.len()))?;
    }
    for (id, why) in &invited.left_out {
        let id = one_line(id);
        printer.warn(format!("{id} was left out: {} ({})", why.message, why.code));
    }
    if invited.replaced > 0 {
        printer.warn(format!("{} earlier codes no longer work", invited.replaced));
    }
    if invited.invitations.is_empty() {
        printer.note("there was nobody to invite, and no code was made");
        return Ok(ExitCode::Done);
    }
    printer.note("whoever has a code can enrol in the member's place: hand each over in person");
    printer.hint(
        "the member enrols with: mandate-wallet enrol --code-file FILE --issuer CARD --out FILE",
    );
    Ok(ExitCode::Done)
}

/// Returns the invitations, one JSON line each.
fn lines(profile: &Profile, invited: &Invited) -> Zeroizing<String> {
    let mut lines = Zeroizing::new(String::new());
    for invitation in &invited.invitations {
        let line = Zeroizing::new(
            json!({
                "member": invitation.member,
                "name": invitation.name,
                "code": invitation.secret_code.as_str(),
                "expires": invitation.expires,
                "issuer": profile.did,
            })
            .to_string(),
        );
        lines.push_str(&line);
        lines.push('\n');
    }
    lines
}

/// Returns the codes for suspending, one JSON line each.
fn suspension_lines(profile: &Profile, invited: &Invited) -> Zeroizing<String> {
    let mut lines = Zeroizing::new(String::new());
    for invitation in &invited.invitations {
        let code = invitation.suspension_code.as_ref();
        let line = Zeroizing::new(
            json!({
                "member": invitation.member,
                "name": invitation.name,
                "suspendCode": code.map(|code| code.as_str()),
                "issuer": profile.did,
            })
            .to_string(),
        );
        lines.push_str(&line);
        lines.push('\n');
    }
    lines
}

fn list(context: &mut Context) -> Result<ExitCode, Failure> {
    let office = Home::open(context)?.reading_room()?;
    let mut records: Vec<EnrolmentRecord> = Vec::new();
    read_all(office.store(), Family::Enrolments, |record| {
        records.push(record);
        Ok(())
    })?;
    records.sort_by(|a, b| (&a.member, a.invited).cmp(&(&b.member, b.invited)));
    let now = now();
    let state = |record: &EnrolmentRecord| match &record.state {
        EnrolmentState::Open if record.expires <= now => "expired",
        EnrolmentState::Open => "open",
        EnrolmentState::Cancelled => "cancelled",
        EnrolmentState::Used { .. } => "used",
    };
    let printer = &mut context.printer;
    if printer.is_json() {
        let items: Vec<_> = records
            .iter()
            .map(|record| {
                json!({
                    "id": record.code_key,
                    "member": record.member,
                    "state": state(record),
                    "invited": record.invited,
                    "expires": record.expires,
                })
            })
            .collect();
        printer.json_list("mandate.enrolments/1", &items)?;
        return Ok(ExitCode::Done);
    }
    for record in &records {
        printer.line(format!(
            "{}  {}  until {}",
            one_line(&record.member),
            state(record),
            record.expires
        ))?;
    }
    Ok(ExitCode::Done)
}
