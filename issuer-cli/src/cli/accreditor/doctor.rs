//! `accreditor doctor`: reads everything, changes nothing.

use cli_kit::{Context, ExitCode, Failure, Mark};
use serde_json::json;

use super::{command, reading};
use crate::{
    accreditor::Health,
    cli::{doctor::readable_by_others, now},
};

pub(in crate::cli) fn run(context: &mut Context) -> Result<ExitCode, Failure> {
    let home = context.home()?;
    let archive = reading(context)?;
    let Health { mut found, waiting } = archive.health(now())?;
    found.extend(readable_by_others(&[home.join("secrets")])?);
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
    for waits in &waiting {
        printer.note(waits);
    }
    if found.is_empty() {
        printer.marked(Mark::Yes, "nothing needs attention")?;
        return Ok(ExitCode::Done);
    }
    printer.hint(format!(
        "what is new is taken in by: {}",
        command("collect URL|DIR ...")
    ));
    printer.hint(format!(
        "and goes out with: {}",
        command("publish --out DIR")
    ));
    Ok(ExitCode::Failed)
}
