//! `doctor`: reads everything, changes nothing.

use std::path::PathBuf;

use cli_kit::{Context, ExitCode, Failure, Mark, Printer};
use serde_json::json;

use super::{
    home::{Home, is_accreditor},
    naming::command,
    reading::is_damage,
    status::doubts,
};
use crate::{Code, keys::token, office::OfficeCode};

pub(super) fn run(context: &mut Context) -> Result<ExitCode, Failure> {
    let path = context.home()?;
    if is_accreditor(&path) {
        return super::accreditor::doctor::run(context);
    }
    let home = Home::open(context)?;
    let mut found: Vec<(&'static str, String)> = Vec::new();
    found.extend(readable_by_others(&home.secret_folders())?);
    for name in ["issuing", "status"] {
        if let Some(record) = home.token_record(name)?
            && let Err(error) = token::look(&record.uri)
        {
            let message = format!("the {name} key is out of reach: {error}; {}", error.hint());
            found.push((error.code().as_str(), message));
        }
    }
    let office = home.reading_room()?;
    let journal = home.examine(|office, acknowledged| Ok(office.audit(Some(acknowledged))?));
    match journal {
        Ok(replayed) => {
            let differences = replayed.differences.into_iter();
            let code = Code::JournalRecordDiffers.as_str();
            found.extend(differences.map(|difference| (code, difference.message)));
            let published = doubts(&office)?.into_iter();
            found.extend(published.map(|doubt| ("status.unpublished", doubt)));
            for (credential, since) in office.outliving(super::now())? {
                let end = command(
                    "mandate end",
                    &credential.member,
                    &format!("--at {since} --reason REASON"),
                );
                found.push((
                    OfficeCode::CredentialOutlives.as_str(),
                    format!(
                        "credential {} is valid for verifiers, but its mandate is over by the roster \
                         since {since}: {end}",
                        credential.id
                    ),
                ));
            }
        }
        Err(failure) if is_damage(&failure) => found.push((failure.code, failure.message)),
        Err(failure) => return Err(failure),
    }
    let is_shared = office
        .officers()
        .is_some_and(|officers| officers.shared().is_some());
    if is_shared && home.path.join("secrets/issuing.key").exists() {
        found.push((
            OfficeCode::OfficerPads.as_str(),
            "secrets/issuing.key opens with one passphrase: remove it, the officers share the key"
                .to_owned(),
        ));
    }
    let mut warnings = Vec::new();
    if is_shared
        && office
            .officers()
            .is_some_and(crate::office::Officers::was_alone)
    {
        warnings.push(
            "copies of this home from before the second officer open the issuing key with one \
             passphrase: destroy them, or rotate the key where the DID allows it",
        );
    }
    if office.profile().did.method() == "key" {
        warnings.push("the issuer's DID is one for trials: its key can never be replaced");
    }
    let printer = &mut context.printer;
    tell(&found, printer)?;
    for warning in &warnings {
        printer.warn(*warning);
    }
    if !found.is_empty() {
        return Ok(ExitCode::Failed);
    }
    // A warning asks for attention: it is not followed by the word that nothing does.
    let well = if warnings.is_empty() {
        "nothing needs attention"
    } else {
        "nothing is wrong; what is said above stays so until you act"
    };
    printer.marked(Mark::Yes, well)?;
    Ok(ExitCode::Done)
}

/// Finds the secrets that others on this machine can read.
#[cfg(unix)]
pub(super) fn readable_by_others(
    folders: &[PathBuf],
) -> Result<Vec<(&'static str, String)>, Failure> {
    use std::os::unix::fs::PermissionsExt as _;

    let mut found = Vec::new();
    for path in files_in(folders)? {
        let metadata = fs_err::metadata(&path).map_err(|error| Failure::reading(&path, &error))?;
        if metadata.permissions().mode() & 0o077 != 0 {
            let message = format!("{} can be read by others: chmod 600", path.display());
            found.push((Code::SecretsReadable.as_str(), message));
        }
    }
    Ok(found)
}

/// Returns the files of folders, those that are there.
#[cfg(unix)]
fn files_in(folders: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut paths = Vec::new();
    for folder in folders.iter().filter(|folder| folder.exists()) {
        let reading = |error: &std::io::Error| Failure::reading(folder, error);
        for entry in fs_err::read_dir(folder).map_err(|error| reading(&error))? {
            let path = entry.map_err(|error| reading(&error))?.path();
            paths.extend(path.is_file().then_some(path));
        }
    }
    paths.sort();
    Ok(paths)
}

/// Elsewhere the folder's access list decides.
#[cfg(not(unix))]
pub(super) fn readable_by_others(_: &[PathBuf]) -> Result<Vec<(&'static str, String)>, Failure> {
    Ok(Vec::new())
}

/// Prints what was found wrong, for programs and for people; an accreditor's doctor prints the same.
pub(in crate::cli) fn tell(
    found: &[(&'static str, String)],
    printer: &mut Printer,
) -> Result<(), Failure> {
    if printer.is_json() {
        let items: Vec<_> = found
            .iter()
            .map(|(code, message)| json!({ "id": code, "message": message }))
            .collect();
        printer.json_list("mandate.doctor/1", &items)?;
    }
    for (code, message) in found {
        printer.marked(Mark::No, format!("{message} ({code})"))?;
    }
    Ok(())
}
