//! `backup create`, `backup restore`.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use cli_kit::{
    Context, ExitCode, Failure, Passphrase, output, passphrase::Purpose, run::system_rng,
    sealed::Cost,
};
use serde_json::json;

use super::{now, open};
use crate::vault::{FILE_NAME, backup};

/// The verbs of `backup`.
#[derive(Subcommand, Debug)]
pub(super) enum BackupCommand {
    /// Write everything into one sealed file
    Create {
        /// Where to; refuses to overwrite
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Seal it under the passphrase in this file; without it, under that of --passphrase-file or
        /// one that you are asked for
        #[arg(long, value_name = "FILE")]
        backup_passphrase_file: Option<PathBuf>,
    },
    /// Bring a backup back into an empty wallet folder
    Restore {
        /// The backup
        file: PathBuf,
        /// Open it with the passphrase in this file; without it, with that of --passphrase-file or one
        /// that you are asked for
        #[arg(long, value_name = "FILE")]
        backup_passphrase_file: Option<PathBuf>,
    },
}

/// Without a passphrase of its own a backup has the wallet's.
fn passphrase(
    file: Option<&Path>,
    purpose: Purpose,
    context: &mut Context,
) -> Result<Passphrase, Failure> {
    match file {
        Some(_) => {
            let from = (file, "--backup-passphrase-file");
            context.input.passphrase_from(from, "the backup", purpose)
        }
        None => context.input.passphrase("the backup", purpose),
    }
}

pub(super) fn run(command: &BackupCommand, context: &mut Context) -> Result<ExitCode, Failure> {
    match command {
        BackupCommand::Create {
            out,
            backup_passphrase_file,
        } => {
            output::allow(out, "--out")?;
            let vault = open(context)?;
            let pass = passphrase(backup_passphrase_file.as_deref(), Purpose::Seal, context)?;
            let mut rng = system_rng()?;
            backup::create(&vault, out, &pass, Cost::STANDARD, now(), &mut rng)?;
            if context.printer.is_json() {
                let done = json!({ "schema": "mandate.wallet-backup-created/1", "file": out });
                context.printer.json(&done)?;
            }
            context
                .printer
                .line(format!("backup written to {}", out.display()))?;
            context
                .printer
                .hint("keep it apart from this device, and its passphrase apart from it");
        }
        BackupCommand::Restore {
            file,
            backup_passphrase_file,
        } => {
            let path = context.home()?.join(FILE_NAME);
            if path.exists() {
                let message = format!("there is a wallet at {} already", path.display());
                return Err(Failure::failed("vault.exists", message)
                    .hint("name another folder with --home; nothing is overwritten"));
            }
            let of_backup = passphrase(backup_passphrase_file.as_deref(), Purpose::Open, context)?;
            let own = context.input.passphrase("the wallet", Purpose::Seal)?;
            let mut rng = system_rng()?;
            let from = (file.as_path(), &of_backup);
            let (_, made) = backup::restore(from, &path, own, Cost::STANDARD, &mut rng)?;
            if context.printer.is_json() {
                let done =
                    json!({ "schema": "mandate.wallet-restored/1", "vault": path, "made": made });
                context.printer.json(&done)?;
            }
            context
                .printer
                .line(format!("restored as it was at {made}"))?;
        }
    }
    Ok(ExitCode::Done)
}
