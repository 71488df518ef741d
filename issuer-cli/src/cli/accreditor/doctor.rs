//! `accreditor doctor`: reads everything, changes nothing.

use cli_kit::{Context, ExitCode, Failure, Mark};

use super::{command, reading};
use crate::{
    accreditor::Health,
    cli::{
        doctor::{readable_by_others, tell},
        now,
    },
};

pub(in crate::cli) fn run(context: &mut Context) -> Result<ExitCode, Failure> {
    let home = context.home()?;
    let archive = reading(context)?;
    let Health { mut found, waiting } = archive.health(now())?;
    found.extend(readable_by_others(&[home.join("secrets")])?);
    let printer = &mut context.printer;
    tell(&found, printer)?;
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
