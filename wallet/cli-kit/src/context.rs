//! What a program's main function is given.

use std::path::PathBuf;

use crate::{Failure, GlobalArgs, Input, Printer, Program, Variables, files};

/// What a program's main function is given: where to print, whom to ask, where its data lie.
#[derive(Debug)]
#[non_exhaustive]
pub struct Context {
    /// The program that runs.
    pub program: Program,
    /// The flags every command accepts.
    pub args: GlobalArgs,
    /// The environment.
    pub variables: Variables,
    /// Where to print.
    pub printer: Printer,
    /// Whom to ask.
    pub input: Input,
    /// Who acts, in a program that several persons use, each with a passphrase of their own.
    pub acting: Option<String>,
}

impl Context {
    /// Puts the parts together; [`crate::run()`](fn@crate::run) does it for a program, tests do it themselves.
    pub fn new(
        program: Program,
        args: GlobalArgs,
        variables: Variables,
        printer: Printer,
        input: Input,
    ) -> Self {
        Self {
            program,
            args,
            variables,
            printer,
            input,
            acting: None,
        }
    }

    /// Returns where the program keeps its data, without making it.
    ///
    /// # Errors
    /// As [`files::home`].
    pub fn home(&self) -> Result<PathBuf, Failure> {
        files::home(&self.program, self.args.home.as_deref(), &self.variables)
    }
}
