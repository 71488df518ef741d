//! Lives through a parliament's day with any roster: `parliament-day --roster FILE --out DIR`.
//!
//! The last line is JSON. Exit 1 unless somebody sits and everything came out as expected.

use std::path::PathBuf;

use clap::Parser;
use cli_kit::{Context, ExitCode, Failure, GlobalArgs, Program, run};

/// Lives through a parliament's day on one simulated clock
#[derive(Parser, Debug)]
#[command(name = "parliament-day")]
struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
    /// The roster, Popolo JSON or CSV
    #[arg(long, value_name = "FILE")]
    roster: PathBuf,
    /// An empty folder for what the day leaves
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The day; without it the latest membership or term start in the roster
    #[arg(long, value_name = "DATE")]
    as_of: Option<jiff::civil::Date>,
}

fn main() -> std::process::ExitCode {
    let program = Program::issuer(env!("CARGO_PKG_VERSION"), &[]);
    run::<Cli>(
        program,
        |cli| &cli.global,
        |cli, context| day(&cli, context),
    )
}

fn day(cli: &Cli, context: &mut Context) -> Result<ExitCode, Failure> {
    let (figures, wrong) = examples::day::run(&cli.roster, &cli.out, cli.as_of)?;
    for line in &wrong {
        context.printer.warn(line);
    }
    context.printer.data(format!("{figures}\n").as_bytes())?;
    Ok(if wrong.is_empty() {
        ExitCode::Done
    } else {
        ExitCode::Failed
    })
}
