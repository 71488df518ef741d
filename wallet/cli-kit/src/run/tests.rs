use clap::Subcommand;

use super::*;
use crate::printer::Kept;
use crate::terminal::Script;

#[derive(Parser, Debug)]
#[command(name = "mandate-wallet", version = "1.2.3")]
struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    noun: Noun,
}

#[derive(Subcommand, Debug)]
enum Noun {
    /// Succeeds
    Well,
    /// Warns, then succeeds or fails
    Warn {
        #[arg(action = clap::ArgAction::Set)]
        fails: bool,
    },
    /// Fails
    Fail,
    /// Panics
    Panic { what: String },
}

const PROGRAM: Program = Program::wallet(
    "1.2.3",
    &[
        ("mandate-wallet init", "make a vault"),
        ("mandate-wallet id", "show it"),
    ],
);

fn main(cli: Cli, context: &mut Context) -> Result<ExitCode, Failure> {
    match cli.noun {
        Noun::Well => context.printer.line("well").map(|()| ExitCode::NotValid),
        Noun::Warn { fails } => {
            context.printer.warn("look out");
            if fails {
                return Err(Failure::failed("a.b", "it failed"));
            }
            Ok(ExitCode::Done)
        }
        Noun::Fail => Err(Failure::failed("a.b", "it failed").exit(ExitCode::Undecided)),
        Noun::Panic { what } => panic!("{what}"),
    }
}

/// Runs as `run` does, with streams that are kept.
fn run_kept(words: &[&str], variables: &[(&str, &str)]) -> (u8, String, String) {
    let (out, err) = (Kept::default(), Kept::default());
    let streams = |args: &GlobalArgs| {
        Printer::with_streams(args, Box::new(out.clone()), Box::new(err.clone()))
    };
    let variables: Variables = variables.iter().copied().collect();
    let mut arguments = vec![OsString::from("mandate-wallet")];
    arguments.extend(words.iter().map(OsString::from));
    let exit = match parse::<Cli>(&PROGRAM, &arguments, &variables) {
        Err(early) => {
            let args = GlobalArgs {
                format: early.format,
                ..GlobalArgs::default()
            };
            early.print(&mut streams(&args))
        }
        Ok(cli) => {
            let args = cli.global.clone();
            let input = Input::with_terminal(&args, &variables, Box::new(Script::default()));
            let printer = streams(&args);
            let mut context = Context::new(PROGRAM, args, variables, printer, input);
            call(cli, &mut context, main)
        }
    };
    (exit.number(), out.text(), err.text())
}

fn error_object(text: &str) -> serde_json::Value {
    let value: serde_json::Value = serde_json::from_str(text).unwrap();
    assert_eq!(value["schema"], "mandate.error/1");
    value["error"].clone()
}

#[test]
fn a_warning_is_said_beside_json_unless_an_error_object_stands_there() {
    let well = ["warn", "false", "--format", "json"];
    assert_eq!(run_kept(&well, &[]).2, "warning: look out\n");
    let (_, _, err) = run_kept(&["warn", "true", "--format", "json"], &[]);
    assert_eq!(error_object(&err)["code"], "a.b");
    let (_, _, err) = run_kept(&["warn", "true"], &[]);
    assert!(
        err.starts_with("warning: look out\nerror: it failed"),
        "{err}"
    );
}

#[test]
fn the_main_function_decides_the_exit_code() {
    let (exit, out, err) = run_kept(&["well"], &[]);
    assert_eq!((exit, out.as_str(), err.as_str()), (10, "well\n", ""));
    let (exit, out, err) = run_kept(&["fail"], &[]);
    assert_eq!(
        (exit, out.as_str(), err.as_str()),
        (12, "", "error: it failed\n")
    );
    let (exit, _, err) = run_kept(&["--format", "json", "fail"], &[]);
    assert_eq!(
        (exit, error_object(&err)["code"].as_str()),
        (12, Some("a.b"))
    );
}

#[test]
fn wrong_use_is_exit_2_and_json_where_json_was_asked_for() {
    let (exit, out, err) = run_kept(&["wel"], &[]);
    assert_eq!((exit, out.as_str()), (2, ""));
    assert!(err.starts_with("error: ") && err.contains("well"), "{err}");
    for words in [
        &["--format", "json", "wel"][..],
        &["wel", "--format=json"],
        &["well", "--wrong", "--format", "json"],
    ] {
        let (exit, out, err) = run_kept(words, &[]);
        assert_eq!((exit, out.as_str()), (2, ""));
        let object = error_object(&err);
        assert_eq!(object["code"], "usage.invalid");
        assert!(object["hints"][0].is_string(), "{object}");
        assert!(!object["message"].as_str().unwrap().starts_with("error"));
    }
    let (_, _, err) = run_kept(&["wel"], &[(env::FORMAT, "json")]);
    assert_eq!(error_object(&err)["code"], "usage.invalid");
    // What follows `--` is no flag, and the flag goes before the variable.
    for words in [
        &["wel", "--", "--format", "json"][..],
        &["wel", "--format", "human"],
    ] {
        let (_, _, err) = run_kept(words, &[]);
        assert!(err.starts_with("error: "), "{err}");
    }
    let (_, _, err) = run_kept(&["wel", "--format", "human"], &[(env::FORMAT, "json")]);
    assert!(err.starts_with("error: "), "{err}");
}

#[test]
fn help_and_version_are_data() {
    let (exit, out, err) = run_kept(&["--version"], &[]);
    assert_eq!(
        (exit, out.as_str(), err.as_str()),
        (0, "mandate-wallet 1.2.3\n", "")
    );
    let (exit, out, err) = run_kept(&["well", "--help"], &[]);
    assert_eq!((exit, err.as_str()), (0, ""));
    assert!(out.contains("--passphrase-file"));
}

#[test]
fn without_arguments_the_examples_are_shown() {
    let (exit, out, err) = run_kept(&[], &[]);
    assert_eq!((exit, out.as_str()), (2, ""));
    assert!(err.contains("mandate-wallet init\n      make a vault\n"));
    assert!(err.contains("mandate-wallet --help"));
    let (exit, _, err) = run_kept(&[], &[(env::FORMAT, "json")]);
    assert_eq!(
        (exit, &error_object(&err)["hints"][0]),
        (2, &"mandate-wallet init".into())
    );
}

#[test]
fn a_fault_is_exit_70_and_says_where_to_report_it() {
    let (exit, out, err) = run_kept(&["panic", "out of cheese"], &[]);
    assert_eq!((exit, out.as_str()), (70, ""));
    for part in ["mandate-wallet 1.2.3", "out of cheese", "SECURITY.md"] {
        assert!(err.contains(part), "{err}");
    }
    let (_, _, err) = run_kept(&["panic", "x", "--format", "json"], &[]);
    assert_eq!(error_object(&err)["code"], "internal.panic");
}

#[test]
fn the_system_gives_random_numbers_and_the_time() {
    assert!(system_rng().is_ok());
    assert!(now() > "2025-01-01T00:00:00Z".parse().unwrap());
}
