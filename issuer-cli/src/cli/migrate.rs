//! `migrate`: from a trial's did:key to a DID with a history, in a home of its own.

use std::path::PathBuf;

use clap::Args;
use cli_kit::{
    Context, ExitCode, Failure,
    files::{self, Access, Durability},
    output,
    run::system_rng,
    text::count,
};
use identity_core::trust::successor;
use serde_json::json;

use super::{
    home::Home,
    identity::{SuccessorArgs, found_successor},
    naming::file_name,
    now,
};
use crate::{
    did::DidCode,
    office::{OfficeCode, Reason, Reissued},
};

/// Arguments of `migrate`.
#[derive(Args, Debug)]
pub(super) struct MigrateArgs {
    #[command(flatten)]
    successor: SuccessorArgs,
    /// The folder of the new home
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// The folder for the new credentials
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

pub(super) fn run(args: &MigrateArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let old_home = Home::open(context)?;
    let old = old_home.profile()?;
    if old.did.method() != "key" {
        let message = "only a did:key is left this way: a DID with a history moves by its log";
        return Err(Failure::failed(DidCode::DidNotTrial.as_str(), message)
            .hint("change it with: mandate-issuer did update, or key rotate"));
    }
    if old_home.takes_approvals()? {
        // The key that all of it would be signed with is shared, and each new credential wants approvals.
        let message =
            "with two officers and more, one of them does not move the house to another DID";
        return Err(Failure::failed(OfficeCode::ApprovalNeeded.as_str(), message)
            .hint("migrate before the second officer comes; what to do after: OPERATIONS.md, A trial with officers, and an issuing key on a token"));
    }
    output::allow(&args.out, "--out")?;
    let question = format!(
        "Issue everything anew under another DID, and revoke what {} has issued?",
        old.did
    );
    context.input.require(&question)?;
    let old_key = old_home.issuing_key(context)?;
    let new_home = Home::at(&args.to, context);
    let is_new = !args.to.join("issuer.json").exists();
    if is_new {
        let certify = |did: &identity_core::did::Did| {
            let method = old.did.with_fragment(old.did.specific_id());
            let method =
                method.map_err(|error| Failure::from_error(error.code().as_str(), &error))?;
            successor::certify(did, &method, now().timestamp(), &old_key)
                .map_err(|error| Failure::from_error(error.code().as_str(), &error))
        };
        found_successor(&args.to, &args.successor, &old, certify, context)?;
        if context.args.dry_run {
            context
                .printer
                .note("a rehearsal makes no home, and can issue nothing from it");
            return Ok(ExitCode::Done);
        }
    }
    // One that was begun before is gone on with, if it is this one's.
    let new = new_home.profile()?;
    let statement = new.predecessor.as_deref().map(successor::verify);
    if !statement.is_some_and(|read| read.is_ok_and(|read| *read.from.did() == old.did)) {
        let message = format!(
            "the home in {} does not succeed this one",
            args.to.display()
        );
        return Err(Failure::failed(DidCode::DidDiffers.as_str(), message)
            .hint("name an empty folder with --to"));
    }
    let key = new_home.issuing_key(context)?;
    files::make_private_dir(&args.out)?;
    let mut from = old_home.desk(context)?;
    let mut desk = new_home.desk(context)?;
    if desk.office.has_no_register()? {
        desk.office.take_register(&from.office, now())?;
    }
    let reissued = desk
        .office
        .reissue(&from.office, &key, now(), &mut system_rng()?)?;
    let mut rows = String::new();
    for one in &reissued {
        rows.push_str(&write(args, one)?);
    }
    let results = args.out.join("results.jsonl");
    files::write_atomic(
        &results,
        rows.as_bytes(),
        Access::Private,
        Durability::Synced,
    )?;
    // Last: whatever fails before leaves every old credential as it was.
    for one in &reissued {
        let why = (Reason::Superseded, None);
        from.office.revoke(&one.old, now(), why, now())?;
    }
    let printer = &mut context.printer;
    if printer.is_json() {
        printer.json(&json!({
            "schema": "mandate.migrated/1",
            "from": old.did,
            "to": new.did,
            "home": args.to,
            "reissued": reissued.len(),
            "out": args.out,
        }))?;
    }
    printer.line(format!(
        "{} is succeeded by {}: {} issued anew into {}",
        old.did,
        new.did,
        count(reissued.len(), "credential", "credentials"),
        args.out.display()
    ))?;
    printer.note(
        "publish from both homes: the old one says what is revoked, the new one what is valid",
    );
    printer.hint(format!(
        "give members the new card with their credential: mandate-issuer id --home {} --out FILE",
        args.to.display()
    ));
    printer.hint("they keep both: mandate-wallet credential add FILE --issuer CARD, and then remove the old one");
    printer.hint("tell those who check: the anchor is now another DID");
    Ok(ExitCode::Done)
}

/// Writes a credential, and returns its row.
fn write(args: &MigrateArgs, one: &Reissued) -> Result<String, Failure> {
    let credential = &one.handed.credential;
    let name = file_name(&credential.id, "txt");
    let path = args.out.join(&name);
    output::allow(&path, "--out")?;
    let text = format!("{}\n", credential.text);
    files::write_atomic(&path, text.as_bytes(), Access::Private, Durability::Cached)?;
    let row = json!({
        "member": credential.member,
        "type": credential.kind,
        "old": one.old,
        "credential": credential.id,
        "file": name,
    });
    Ok(format!("{row}\n"))
}
