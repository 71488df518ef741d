//! Why a command failed, for people and for programs.

use std::error::Error;
use std::fmt::{self, Write as _};
use std::io;
use std::path::Path;

use serde::Serialize;

use crate::text::printable;
use crate::{Code, ExitCode};

/// Why a command failed: an exit code, a stable code, a sentence, its causes and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// How the program ends.
    pub exit: ExitCode,
    /// The stable code, such as `file.unreadable`.
    pub code: &'static str,
    /// What failed, naming the file or id.
    pub message: String,
    /// Why, the nearest cause first.
    pub causes: Vec<String>,
    /// What to do next, one command or sentence each.
    pub hints: Vec<String>,
}

impl Failure {
    /// Makes a failure with an exit code of its own.
    pub fn new(exit: ExitCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            exit,
            code,
            message: message.into(),
            causes: Vec::new(),
            hints: Vec::new(),
        }
    }

    /// Makes a failure of the work itself, exit code 1.
    pub fn failed(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(ExitCode::Failed, code, message)
    }

    /// Makes a failure of how the command was called, exit code 2, `usage.invalid`.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ExitCode::Usage, Code::UsageInvalid.as_str(), message)
    }

    /// Makes a failure (exit code 1) from an error, with its sources as causes.
    pub fn from_error(code: &'static str, error: &dyn Error) -> Self {
        let failure = Self::failed(code, error.to_string());
        match error.source() {
            Some(source) => failure.caused_by(source),
            None => failure,
        }
    }

    /// Makes a failure to read a file, `file.unreadable`.
    pub fn reading(path: &Path, error: &io::Error) -> Self {
        let message = format!("cannot read {}", path.display());
        let failure = Self::failed(Code::FileUnreadable.as_str(), message).caused_by(error);
        failure.hint(match error.kind() {
            io::ErrorKind::NotFound => "check the path: there is no such file",
            io::ErrorKind::PermissionDenied => "check who may read the file: ls -l",
            io::ErrorKind::IsADirectory => "this is a folder: name a file in it",
            _ => "check that the path names a file and that the disk is sound",
        })
    }

    /// Makes a failure to write a file, `file.unwritable` or `file.exists`.
    pub fn writing(path: &Path, error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::AlreadyExists {
            let message = format!("{} exists already, and is not overwritten", path.display());
            return Self::failed(Code::FileExists.as_str(), message)
                .hint("name another file, or move this one away");
        }
        let message = format!("cannot write {}", path.display());
        let failure = Self::failed(Code::FileUnwritable.as_str(), message).caused_by(error);
        failure.hint(match error.kind() {
            io::ErrorKind::NotFound => "make the folder first",
            io::ErrorKind::PermissionDenied => "check who may write there: ls -ld",
            io::ErrorKind::StorageFull => "free some space on the disk, then run it again",
            _ => "check the path and the disk",
        })
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds why it failed, and why that, and so on.
    #[must_use]
    pub fn caused_by(mut self, cause: &(dyn Error + 'static)) -> Self {
        let mut next = Some(cause);
        while let Some(cause) = next {
            self.causes.push(cause.to_string());
            next = cause.source();
        }
        self
    }

    /// Adds a cause in words.
    #[must_use]
    pub fn because(mut self, cause: impl Into<String>) -> Self {
        self.causes.push(cause.into());
        self
    }

    /// Changes how the program ends.
    #[must_use]
    pub fn exit(mut self, exit: ExitCode) -> Self {
        self.exit = exit;
        self
    }

    /// Returns the error object, `mandate.error/1`, on one line.
    ///
    /// The causes are joined to the message, since the object has no member for them.
    pub fn to_json(&self) -> String {
        let object = ErrorObject {
            schema: "mandate.error/1",
            error: ErrorBody {
                code: self.code,
                message: &self.to_string(),
                hints: &self.hints,
            },
        };
        // Strings and lists of strings always serialise.
        serde_json::to_string(&object).unwrap_or_default()
    }

    /// Returns the lines for people, with a line break at the end, safe for a terminal.
    pub fn to_human(&self) -> String {
        let mut out = format!("error: {}\n", self.message);
        for cause in &self.causes {
            writeln!(out, "  caused by: {cause}").unwrap_or_default();
        }
        if !self.hints.is_empty() {
            out.push('\n');
        }
        for hint in &self.hints {
            writeln!(out, "hint: {hint}").unwrap_or_default();
        }
        printable(&out)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        for cause in &self.causes {
            write!(f, ": {cause}")?;
        }
        Ok(())
    }
}

impl Error for Failure {}

#[derive(Serialize)]
struct ErrorObject<'a> {
    schema: &'static str,
    error: ErrorBody<'a>,
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    code: &'static str,
    message: &'a str,
    hints: &'a [String],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_what_failed_why_and_what_to_do() {
        let failure = Failure::failed("file.unreadable", "cannot read roster.json")
            .because("no such file")
            .hint("check the path");
        assert_eq!(
            failure.to_human(),
            "error: cannot read roster.json\n  caused by: no such file\n\nhint: check the path\n"
        );
        let bare = Failure::usage("no");
        assert_eq!(bare.to_human(), "error: no\n");
        assert_eq!(bare.exit, ExitCode::Usage);
    }

    #[test]
    fn programs_read_exactly_one_object() {
        let failure = Failure::failed("a.b", "said \"x\"")
            .because("why")
            .hint("do");
        assert_eq!(
            failure.to_json(),
            r#"{"schema":"mandate.error/1","error":{"code":"a.b","message":"said \"x\": why","hints":["do"]}}"#
        );
    }

    #[test]
    fn escape_sequences_in_names_of_others_are_not_printed() {
        assert!(
            !Failure::failed("a.b", "\x1b[2J")
                .to_human()
                .contains('\x1b')
        );
    }

    #[test]
    fn io_errors_name_the_path_and_say_what_to_do() {
        let error = |kind| io::Error::new(kind, "why");
        let failure = Failure::reading(Path::new("a/b"), &error(io::ErrorKind::NotFound));
        assert_eq!(failure.code, "file.unreadable");
        assert_eq!(failure.to_string(), "cannot read a/b: why");
        assert_eq!(failure.hints.len(), 1);
        let failure = Failure::writing(Path::new("a/b"), &error(io::ErrorKind::AlreadyExists));
        assert_eq!(failure.code, "file.exists");
        let failure = Failure::writing(Path::new("a/b"), &error(io::ErrorKind::StorageFull));
        assert_eq!(failure.code, "file.unwritable");
        assert!(failure.hints[0].contains("space"));
    }

    #[test]
    fn the_sources_of_an_error_are_its_causes() {
        let inner = Failure::failed("a.b", "inner");
        let outer = io::Error::other(inner);
        let failure = Failure::failed("c.d", "outer").caused_by(&outer);
        assert_eq!(failure.causes, ["inner"]);
    }
}
