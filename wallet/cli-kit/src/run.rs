//! How a program starts and ends.

use std::any::Any;
use std::cell::RefCell;
use std::ffi::{OsStr, OsString};
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

use clap::Parser;
use clap::error::ErrorKind;

use crate::{
    Code, Context, ExitCode, Failure, Format, GlobalArgs, Input, Printer, Program, Variables, env,
    interrupt, output,
};

/// Runs a program: parses its arguments, calls `main`, prints its failure and returns its exit code.
///
/// `globals` returns the [`GlobalArgs`] among the program's arguments. A fault in `main` ends with
/// exit code 70 and says where to report it; an interruption with 130. Without arguments the program's
/// examples are shown.
pub fn run<C: Parser>(
    program: Program,
    globals: fn(&C) -> &GlobalArgs,
    main: impl FnOnce(C, &mut Context) -> Result<ExitCode, Failure>,
) -> std::process::ExitCode {
    interrupt::install();
    let arguments: Vec<_> = std::env::args_os().collect();
    let variables = Variables::of_process();
    // A trace is no JSON: programs that read standard error get the error object alone.
    let people = format_wanted(&arguments, &variables) == Format::Human;
    remember_faults(people && variables.get(env::RUST_BACKTRACE).is_some());
    let parsed = parse::<C>(&program, &arguments, &variables);
    let exit = match parsed {
        Err(early) => {
            let early_args = GlobalArgs {
                format: early.format,
                color: early.color,
                ..GlobalArgs::default()
            };
            let mut printer = Printer::new(&early_args);
            early.print(&mut printer)
        }
        Ok(cli) => {
            let args = globals(&cli).clone();
            if args.dry_run {
                crate::files::rehearse();
            }
            let printer = Printer::new(&args);
            let input = Input::new(&args, &variables);
            let mut context = Context::new(program, args, variables, printer, input);
            protect(&context);
            call(cli, &mut context, main)
        }
    };
    exit.into()
}

/// Keeps results away from the program's home, and from its passphrase also where it is not needed.
fn protect(context: &Context) {
    // Without a home there is nothing to keep; the command that needs one says so.
    if let Ok(home) = context.home() {
        output::protect_home(&home);
    }
    let flag = context.args.passphrase_file.as_deref();
    let variable = context.variables.get(env::PASSPHRASE_FILE).map(Path::new);
    for file in [flag, variable].into_iter().flatten() {
        output::protect_input(file);
    }
}

/// Calls a program's main function, prints its failure or fault and returns the exit code; for tests
/// of a program in its own process.
pub fn call<C>(
    cli: C,
    context: &mut Context,
    main: impl FnOnce(C, &mut Context) -> Result<ExitCode, Failure>,
) -> ExitCode {
    let result = panic::catch_unwind(AssertUnwindSafe(|| main(cli, context)));
    let failure = match result {
        Ok(Ok(exit)) => {
            if context.args.dry_run {
                context.printer.note("nothing was changed: --dry-run");
            }
            context.printer.settle();
            return exit;
        }
        // What is interrupted may fail before the process has ended.
        Ok(Err(_)) if interrupt::has_happened() => return ExitCode::Interrupted,
        Ok(Err(failure)) => failure,
        Err(payload) => fault(&context.program, payload.as_ref()),
    };
    context.printer.failure(&failure);
    failure.exit
}

/// Parses arguments, the program's name first.
fn parse<C: Parser>(
    program: &Program,
    arguments: &[OsString],
    variables: &Variables,
) -> Result<C, Early> {
    let format = format_wanted(arguments, variables);
    let color = crate::ColorWhen::default();
    // A program that has no examples to show has nothing to be told either.
    if arguments.len() < 2 && !program.examples.is_empty() {
        let kind = EarlyKind::NoArguments(*program);
        return Err(Early {
            format,
            color,
            kind,
        });
    }
    let kind = match C::try_parse_from(arguments) {
        Ok(cli) => return Ok(cli),
        Err(error) => EarlyKind::Clap(error),
    };
    Err(Early {
        format,
        color,
        kind,
    })
}

/// Why the main function was not called.
struct Early {
    format: Format,
    color: crate::ColorWhen,
    kind: EarlyKind,
}

enum EarlyKind {
    Clap(clap::Error),
    NoArguments(Program),
}

impl Early {
    fn print(self, printer: &mut Printer) -> ExitCode {
        let error = match self.kind {
            EarlyKind::NoArguments(program) => {
                if printer.is_json() {
                    printer.failure(&no_arguments(&program));
                } else {
                    printer.complain(&examples(&program));
                }
                return ExitCode::Usage;
            }
            EarlyKind::Clap(error) => error,
        };
        let asked = matches!(
            error.kind(),
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
        );
        if asked {
            let text = error.render().ansi().to_string();
            return match printer.data(text.as_bytes()) {
                Ok(()) => ExitCode::Done,
                Err(failure) => {
                    printer.failure(&failure);
                    failure.exit
                }
            };
        }
        if printer.is_json() {
            printer.failure(&misuse(&error));
        } else {
            printer.complain(&error.render().ansi().to_string());
        }
        ExitCode::Usage
    }
}

/// Looks for `--format json` without parsing, since the error to be printed is one of parsing.
fn format_wanted(arguments: &[OsString], variables: &Variables) -> Format {
    let mut wanted = variables.get(env::FORMAT);
    let mut words = arguments.iter().skip(1);
    while let Some(word) = words.next() {
        if word == "--" {
            break;
        }
        if word == "--format" {
            wanted = words.next().map(OsString::as_os_str);
        } else if let Some(value) = word
            .to_str()
            .and_then(|word| word.strip_prefix("--format="))
        {
            wanted = Some(OsStr::new(value));
        }
    }
    if wanted == Some(OsStr::new("json")) {
        Format::Json
    } else {
        Format::Human
    }
}

/// Turns clap's paragraphs into a message and hints.
fn misuse(error: &clap::Error) -> Failure {
    let text = error.render().to_string();
    let mut paragraphs = text.trim().split("\n\n");
    let first = paragraphs.next().unwrap_or_default();
    let first = first.strip_prefix("error: ").unwrap_or(first);
    let words: Vec<_> = first.split_whitespace().collect();
    let mut failure = Failure::usage(words.join(" "));
    for paragraph in paragraphs {
        let words: Vec<_> = paragraph.split_whitespace().collect();
        let hint = words.join(" ");
        failure = failure.hint(hint.strip_prefix("tip: ").unwrap_or(&hint));
    }
    failure
}

fn no_arguments(program: &Program) -> Failure {
    let failure = Failure::usage("no command was given");
    let hints = program.examples.iter().map(|(command, _)| *command);
    hints.fold(failure, Failure::hint)
}

fn examples(program: &Program) -> String {
    let mut out = "Examples:\n".to_owned();
    for (command, meaning) in program.examples {
        out.push_str("  ");
        out.push_str(command);
        out.push_str("\n      ");
        out.push_str(meaning);
        out.push('\n');
    }
    out.push_str("\nAll commands: ");
    out.push_str(program.name);
    out.push_str(" --help\n");
    out
}

thread_local! {
    /// Where the last fault of this thread was met.
    static LAST_FAULT: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Has faults of the main thread remembered and not printed: they are printed once, with what to do.
fn remember_faults(with_trace: bool) {
    let main_thread = std::thread::current().id();
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if with_trace || std::thread::current().id() != main_thread {
            usual(info);
        }
        LAST_FAULT.set(info.location().map(ToString::to_string));
    }));
}

fn fault(program: &Program, payload: &(dyn Any + Send)) -> Failure {
    let what = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned());
    let cause = match LAST_FAULT.take() {
        Some(place) => format!("{what} ({place})"),
        None => what,
    };
    let message = format!("a fault in {} {}", program.name, program.version);
    Failure::new(ExitCode::Internal, Code::InternalPanic.as_str(), message)
        .because(cause)
        .hint("report these lines to the maintainers, privately if a verdict is concerned (SECURITY.md)")
        .hint("RUST_BACKTRACE=1 shows where it happened")
}

/// Returns the system's random numbers, once it is known that it gives them.
///
/// # Errors
/// `internal.randomness` (exit 70).
pub fn system_rng() -> Result<impl rand_core::CryptoRng, Failure> {
    let mut probe = [0; 1];
    getrandom::fill(&mut probe).map_err(|error| {
        let message = format!("the system gives no random numbers: {error}");
        Failure::new(
            ExitCode::Internal,
            Code::InternalRandomness.as_str(),
            message,
        )
        .hint("check the system's random device")
    })?;
    Ok(rand_core::UnwrapErr(getrandom::SysRng))
}

/// Reads the clock: the one place a command line takes the time from.
#[expect(
    clippy::disallowed_methods,
    reason = "a command line's clock; libraries are given the time"
)]
pub fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

#[cfg(test)]
mod tests;
