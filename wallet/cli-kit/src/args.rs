//! The flags every command accepts, before or after the noun.

use std::path::PathBuf;

use clap::{ArgAction, Args, ValueEnum};

/// The heading of these flags in the help. Each names it: a heading for all would go on to the
/// program's own flags.
const HEADING: &str = "Options of every command";

/// The flags every command accepts. Put them into the program's arguments with `#[command(flatten)]`.
#[derive(Args, Clone, Default, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "flags")]
// The text above is for programmers: clap would show it as what the program does.
#[command(about = None, long_about = None)]
#[non_exhaustive]
pub struct GlobalArgs {
    /// What is printed: sentences for people, or JSON for programs
    #[arg(long, global = true, help_heading = HEADING, value_enum, env = crate::env::FORMAT, hide_env = true, default_value_t)]
    pub format: Format,

    /// Where this program keeps its data
    #[arg(long, global = true, help_heading = HEADING, value_name = "DIR")]
    pub home: Option<PathBuf>,

    /// Never ask anything; fail when an answer is needed
    #[arg(long, global = true, help_heading = HEADING)]
    pub no_input: bool,

    /// Read the passphrase from this file, which nobody else may be able to read
    #[arg(long, global = true, help_heading = HEADING, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,

    /// Read the passphrase from this open file descriptor
    #[arg(long, global = true, help_heading = HEADING, value_name = "N")]
    pub passphrase_fd: Option<u32>,

    /// Answer yes to every question
    #[arg(long, global = true, help_heading = HEADING)]
    pub yes: bool,

    /// Show what would be done, and change nothing
    #[arg(long, global = true, help_heading = HEADING)]
    pub dry_run: bool,

    /// Print results and errors only
    #[arg(short, long, global = true, help_heading = HEADING)]
    pub quiet: bool,

    /// Print more of what is done; twice for still more
    #[arg(short, long, global = true, help_heading = HEADING, action = ArgAction::Count)]
    pub verbose: u8,

    /// When to use colours
    #[arg(long, global = true, help_heading = HEADING, value_enum, value_name = "WHEN", default_value_t)]
    pub color: ColorWhen,
}

/// What is printed: sentences or JSON.
#[derive(ValueEnum, Clone, Copy, Default, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// Sentences for people
    #[default]
    Human,
    /// JSON for programs, errors too
    Json,
}

/// When colours are used.
#[derive(ValueEnum, Clone, Copy, Default, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColorWhen {
    /// Always, even into a file
    Always,
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Never
    Never,
}

impl From<ColorWhen> for anstream::ColorChoice {
    fn from(when: ColorWhen) -> Self {
        match when {
            ColorWhen::Always => Self::Always,
            ColorWhen::Auto => Self::Auto,
            ColorWhen::Never => Self::Never,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser, Subcommand};

    use super::*;

    #[derive(Parser, Debug)]
    struct Cli {
        #[command(flatten)]
        global: GlobalArgs,
        #[command(subcommand)]
        _noun: Noun,
    }

    #[derive(Subcommand, Debug)]
    enum Noun {
        Credential {
            #[command(subcommand)]
            _verb: Verb,
        },
    }

    #[derive(Subcommand, Debug)]
    enum Verb {
        List,
    }

    #[test]
    fn flags_stand_before_or_after_the_noun() {
        Cli::command().debug_assert();
        let flags = [
            "--format",
            "json",
            "--home",
            "h",
            "--no-input",
            "--passphrase-file",
            "p",
            "--passphrase-fd",
            "3",
            "--yes",
            "--dry-run",
            "-q",
            "-vv",
            "--color",
            "never",
        ];
        for place in 0..3 {
            let mut words = vec!["credential", "list"];
            words.splice(place..place, flags);
            words.insert(0, "program");
            let global = Cli::try_parse_from(&words).unwrap().global;
            assert_eq!(global.format, Format::Json, "{words:?}");
            assert_eq!(global.home, Some("h".into()));
            assert_eq!(global.passphrase_file, Some("p".into()));
            assert_eq!(global.passphrase_fd, Some(3));
            assert!(global.no_input && global.yes && global.quiet && global.dry_run);
            assert_eq!(global.verbose, 2);
            assert_eq!(global.color, ColorWhen::Never);
        }
    }

    #[test]
    fn the_help_is_the_programs_own() {
        /// Keeps credentials
        #[derive(Parser)]
        struct Described {
            #[command(flatten)]
            _global: GlobalArgs,
            /// Its own
            #[arg(long)]
            _own: bool,
        }

        let mut described = Described::command();
        let help = described.render_help().to_string();
        assert!(help.starts_with("Keeps credentials\n"), "{help}");
        let (_, shared) = help.split_once("Options of every command:").unwrap();
        assert!(
            shared.contains("--no-input") && !shared.contains("Its own"),
            "{help}"
        );
        let bare = Cli::command().render_long_help().to_string();
        assert!(!bare.contains("flatten"), "{bare}");
    }

    #[test]
    fn without_flags_people_are_served() {
        let global = Cli::try_parse_from(["p", "credential", "list"])
            .unwrap()
            .global;
        assert_eq!(global.color, ColorWhen::Auto);
        assert!(!(global.no_input || global.yes || global.quiet));
    }
}
