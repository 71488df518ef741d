//! What the three command lines share: printer, exit codes, failures with hints, passphrases, sealed files.
//!
//! A program declares its arguments with clap, puts [`GlobalArgs`] among them with
//! `#[command(flatten)]`, and hands its main function to [`run()`](fn@run). The main function gets a
//! [`Context`]: a [`Printer`] for everything that goes out, an [`Input`] for passphrases and
//! questions, and the program's home. It returns an [`ExitCode`], or a [`Failure`] that `run` prints.

pub mod args;
pub mod code;
pub mod confirm;
pub mod context;
pub mod env;
pub mod exit;
pub mod failure;
pub mod files;
pub mod instant;
pub mod interrupt;
pub mod output;
pub mod passphrase;
pub mod printer;
pub mod program;
pub mod run;
pub mod sealed;
pub mod staged;
pub mod terminal;
pub mod text;

pub use args::{ColorWhen, Format, GlobalArgs};
pub use code::Code;
pub use context::Context;
pub use env::Variables;
pub use exit::ExitCode;
pub use failure::Failure;
pub use passphrase::{Input, Passphrase};
pub use printer::{Mark, Printer};
pub use program::Program;
pub use run::run;
pub use staged::Staged;
