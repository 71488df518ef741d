//! An assembly of 192 parliaments, and a foreign verifier without a network: `assembly`.
//!
//! The last line is JSON. Exit 1 unless everything came out as expected.

use clap::Parser;
use cli_kit::{Context, ExitCode, Failure, GlobalArgs, Program, run};

/// Accredits many parliaments, checks a mandate of each from one file, and refuses what has to be refused
#[derive(Parser, Debug)]
#[command(name = "assembly")]
struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
    /// How many parliaments
    #[arg(long, default_value_t = 192, value_parser = clap::value_parser!(u32).range(16..=10_000))]
    parliaments: u32,
}

fn main() -> std::process::ExitCode {
    let program = Program::issuer(env!("CARGO_PKG_VERSION"), &[]);
    run::<Cli>(
        program,
        |cli| &cli.global,
        |cli, context| assemble(&cli, context),
    )
}

fn assemble(cli: &Cli, context: &mut Context) -> Result<ExitCode, Failure> {
    let outcome = examples::assembly::run(cli.parliaments);
    for line in &outcome.told {
        if !context.printer.is_json() {
            context.printer.line(line)?;
        }
    }
    for line in &outcome.wrong {
        context.printer.warn(line);
    }
    let figures = format!("{}\n", outcome.figures);
    context.printer.data(figures.as_bytes())?;
    Ok(if outcome.wrong.is_empty() {
        ExitCode::Done
    } else {
        ExitCode::Failed
    })
}
