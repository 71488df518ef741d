//! `completions`.

use clap::{Args, CommandFactory};
use cli_kit::{Context, ExitCode, Failure};

/// Arguments of `completions`.
#[derive(Args, Debug)]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: clap_complete::Shell,
}

pub(super) fn run<C: CommandFactory>(
    args: &CompletionsArgs,
    context: &mut Context,
) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(
        args.shell,
        &mut C::command(),
        context.program.name,
        &mut script,
    );
    context.printer.data(&script)?;
    Ok(ExitCode::Done)
}
