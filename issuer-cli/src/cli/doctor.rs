//! `doctor`: reads everything, changes nothing.

use cli_kit::{Context, ExitCode, Failure, Mark};
use serde_json::json;

use super::{home::Home, reading::is_damage, status::doubts};
use crate::store::verify;

pub(super) fn run(context: &mut Context) -> Result<ExitCode, Failure> {
    let home = Home::open(context)?;
    let mut found: Vec<(&'static str, String)> = Vec::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        for name in ["issuing.key", "machine.key", "status.key", "journal.key"] {
            let path = home.path.join("secrets").join(name);
            let metadata =
                fs_err::metadata(&path).map_err(|error| Failure::reading(&path, &error))?;
            if metadata.permissions().mode() & 0o077 != 0 {
                let message = format!("{} can be read by others: chmod 600", path.display());
                found.push(("secrets.readable", message));
            }
        }
    }
    let office = home.reading_room()?;
    let chain = home.examine(|office, acknowledged| {
        Ok(verify(office.store(), Some(acknowledged), |_| Ok(()))?)
    });
    match chain {
        Ok(_) => {
            let published = doubts(&office)?.into_iter();
            found.extend(published.map(|doubt| ("status.unpublished", doubt)));
        }
        Err(failure) if is_damage(&failure) => found.push((failure.code, failure.message)),
        Err(failure) => return Err(failure),
    }
    let printer = &mut context.printer;
    if printer.is_json() {
        let items: Vec<_> = found
            .iter()
            .map(|(code, message)| json!({ "id": code, "message": message }))
            .collect();
        printer.json_list("mandate.doctor/1", &items)?;
    }
    for (code, message) in &found {
        printer.marked(Mark::No, format!("{message} ({code})"))?;
    }
    if office.profile().did.method() == "key" {
        printer.warn("the issuer's DID is one for trials: its key can never be replaced");
    }
    if found.is_empty() {
        printer.marked(Mark::Yes, "nothing needs attention")?;
        return Ok(ExitCode::Done);
    }
    Ok(ExitCode::Failed)
}
