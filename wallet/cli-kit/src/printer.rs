//! Everything that is printed: data on standard output, all else on standard error.

use std::fmt;
use std::io::{self, Write};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::text::printable;
use crate::{Code, Failure, Format, GlobalArgs};

/// Prints data on standard output and notes, warnings, hints and errors on standard error.
///
/// When programs read and the command fails, standard error holds the error object alone: a sentence
/// before it would not parse. Notes, warnings and hints are therefore kept back, and said by
/// [`settle`](Self::settle) once the command has succeeded.
///
/// Text is made safe for a terminal on the way ([`crate::text`]); colours are added here and nowhere
/// else. When the reader of standard output has gone away the rest is dropped and the program goes on
/// to its own exit code: work is not left half done, and a verdict does not turn into success.
pub struct Printer {
    out: Box<dyn Write + Send>,
    err: Box<dyn Write + Send>,
    format: Format,
    quiet: bool,
    verbose: u8,
    closed: bool,
    /// What is to be said beside JSON, if the command succeeds.
    kept_back: String,
}

/// The three answers, each with a sign and a colour; the word goes with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mark {
    /// ✗, red.
    No,
    /// ?, yellow.
    Unknown,
    /// ✓, green.
    Yes,
}

impl Printer {
    /// Makes the printer the flags ask for, on the standard streams.
    pub fn new(args: &GlobalArgs) -> Self {
        let choice = args.color.into();
        Self::with_streams(
            args,
            Box::new(AutoStream::new(io::stdout(), choice)),
            Box::new(AutoStream::new(io::stderr(), choice)),
        )
    }

    /// Makes a printer on other streams, for tests.
    pub fn with_streams(
        args: &GlobalArgs,
        out: Box<dyn Write + Send>,
        err: Box<dyn Write + Send>,
    ) -> Self {
        Self {
            out,
            err,
            format: args.format,
            quiet: args.quiet,
            verbose: args.verbose,
            closed: false,
            kept_back: String::new(),
        }
    }

    /// Returns whether programs read the output.
    pub fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// Returns how often `-v` was given.
    pub const fn verbosity(&self) -> u8 {
        self.verbose
    }

    /// Prints one value as indented JSON, in either format. Ask [`is_json`](Self::is_json) first.
    ///
    /// # Errors
    /// [`Failure`] `output.unwritable`, also for a value that does not serialise.
    pub fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let mut text = serde_json::to_string_pretty(value)
            .map_err(|error| unwritable(&io::Error::other(error)))?;
        text.push('\n');
        self.data(text.as_bytes())
    }

    /// Prints a list as JSON: `{"schema": .., "items": [..]}`.
    ///
    /// # Errors
    /// As [`json`](Self::json).
    pub fn json_list(&mut self, schema: &str, items: &[impl Serialize]) -> Result<(), Failure> {
        #[derive(Serialize)]
        struct List<'a, T> {
            schema: &'a str,
            items: &'a [T],
        }
        self.json(&List { schema, items })
    }

    /// Prints a line of data for people; nothing when programs read.
    ///
    /// # Errors
    /// [`Failure`] `output.unwritable`.
    pub fn line(&mut self, text: impl fmt::Display) -> Result<(), Failure> {
        if self.is_json() {
            return Ok(());
        }
        let text = format!("{}\n", printable(&text.to_string()));
        self.data(text.as_bytes())
    }

    /// Prints a line of data with a sign before it; nothing when programs read.
    ///
    /// # Errors
    /// [`Failure`] `output.unwritable`.
    pub fn marked(&mut self, mark: Mark, text: impl fmt::Display) -> Result<(), Failure> {
        if self.is_json() {
            return Ok(());
        }
        let (sign, style) = mark.sign();
        let text = printable(&text.to_string());
        self.data(format!("{style}{sign}{style:#} {text}\n").as_bytes())
    }

    /// Prints a line of data in bold; nothing when programs read.
    ///
    /// # Errors
    /// [`Failure`] `output.unwritable`.
    pub fn heading(&mut self, text: impl fmt::Display) -> Result<(), Failure> {
        if self.is_json() {
            return Ok(());
        }
        let style = Style::new().bold();
        let text = printable(&text.to_string());
        self.data(format!("{style}{text}{style:#}\n").as_bytes())
    }

    /// Writes bytes to standard output as they are, in either format: a file asked for with `-`.
    ///
    /// # Errors
    /// [`Failure`] `output.unwritable`; a closed pipe is none.
    pub fn data(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        if self.closed {
            return Ok(());
        }
        match self.out.write_all(bytes).and_then(|()| self.out.flush()) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            Err(error) => Err(unwritable(&error)),
        }
    }

    /// Says what was kept back while it was not known whether the command would succeed.
    pub fn settle(&mut self) {
        let text = std::mem::take(&mut self.kept_back);
        self.complain(&text);
    }

    /// Says something on standard error, unless quiet: what changed, where the file is.
    pub fn note(&mut self, text: impl fmt::Display) {
        if !self.quiet {
            self.say("", Style::new(), &text.to_string());
        }
    }

    /// Says something on standard error when `-v` was given.
    pub fn detail(&mut self, text: impl fmt::Display) {
        if self.verbose > 0 && !self.quiet {
            self.say("", Style::new().dimmed(), &text.to_string());
        }
    }

    /// Warns on standard error, even when quiet.
    pub fn warn(&mut self, text: impl fmt::Display) {
        let style = AnsiColor::Yellow.on_default().bold();
        self.say("warning: ", style, &text.to_string());
    }

    /// Says what to do next on standard error, unless quiet.
    pub fn hint(&mut self, text: impl fmt::Display) {
        if !self.quiet {
            let style = AnsiColor::Cyan.on_default();
            self.say("hint: ", style, &text.to_string());
        }
    }

    /// Prints why the command failed on standard error: lines for people, or the error object.
    pub fn failure(&mut self, failure: &Failure) {
        if self.is_json() {
            self.complain(&format!("{}\n", failure.to_json()));
            return;
        }
        let text = failure.to_human();
        let red = AnsiColor::Red.on_default().bold();
        let rest = text.strip_prefix("error:").unwrap_or(&text);
        self.complain(&format!("{red}error:{red:#}{rest}"));
    }

    /// Writes text to standard error as it is. A standard error that is gone cannot be complained to.
    pub(crate) fn complain(&mut self, text: &str) {
        let written = self.err.write_all(text.as_bytes());
        written.and_then(|()| self.err.flush()).unwrap_or_default();
    }

    fn say(&mut self, label: &str, style: Style, text: &str) {
        let text = printable(text);
        let line = if label.is_empty() {
            format!("{style}{text}{style:#}\n")
        } else {
            format!("{style}{label}{style:#}{text}\n")
        };
        if self.is_json() {
            self.kept_back.push_str(&line);
        } else {
            self.complain(&line);
        }
    }
}

impl Mark {
    fn sign(self) -> (&'static str, Style) {
        match self {
            Self::No => ("✗", AnsiColor::Red.on_default().bold()),
            Self::Unknown => ("?", AnsiColor::Yellow.on_default().bold()),
            Self::Yes => ("✓", AnsiColor::Green.on_default().bold()),
        }
    }
}

impl fmt::Debug for Printer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Printer")
            .field("format", &self.format)
            .field("quiet", &self.quiet)
            .finish_non_exhaustive()
    }
}

fn unwritable(error: &io::Error) -> Failure {
    Failure::failed(Code::OutputUnwritable.as_str(), "cannot write the result")
        .caused_by(error)
        .hint("check where standard output goes")
}

/// A stream that keeps what is written, for tests here and in the programs.
#[derive(Clone, Default, Debug)]
pub struct Kept(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl Kept {
    /// Returns what was written so far, with colours taken out.
    pub fn text(&self) -> String {
        let bytes = self.0.lock().map(|kept| kept.clone()).unwrap_or_default();
        let bytes = anstream::adapter::strip_bytes(&bytes).into_vec();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut kept = self
            .0
            .lock()
            .map_err(|_| io::Error::other("a writer panicked"))?;
        kept.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printer_on(args: &GlobalArgs) -> (Printer, Kept, Kept) {
        let (out, err) = (Kept::default(), Kept::default());
        let printer = Printer::with_streams(args, Box::new(out.clone()), Box::new(err.clone()));
        (printer, out, err)
    }

    fn args(format: Format, quiet: bool) -> GlobalArgs {
        GlobalArgs {
            format,
            quiet,
            ..GlobalArgs::default()
        }
    }

    #[test]
    fn people_get_lines_and_programs_get_json() {
        let (mut printer, out, err) = printer_on(&args(Format::Human, false));
        printer.line("a").unwrap();
        printer.marked(Mark::Yes, "valid").unwrap();
        printer.marked(Mark::No, "not valid").unwrap();
        printer.marked(Mark::Unknown, "could not decide").unwrap();
        printer.heading("h").unwrap();
        printer.note("n");
        printer.warn("w");
        printer.hint("do");
        printer.detail("d");
        assert_eq!(
            out.text(),
            "a\n✓ valid\n✗ not valid\n? could not decide\nh\n"
        );
        assert_eq!(err.text(), "n\nwarning: w\nhint: do\n");

        // Once more than asked for: not even that comes before the error object.
        let (mut printer, out, err) = printer_on(&GlobalArgs {
            verbose: 1,
            ..args(Format::Json, false)
        });
        printer.line("a").unwrap();
        printer.marked(Mark::Yes, "valid").unwrap();
        printer.heading("h").unwrap();
        printer.note("n");
        printer.warn("w");
        printer.hint("do");
        printer.detail("d");
        printer.json_list("mandate.x/1", &["one"]).unwrap();
        printer.failure(&Failure::usage("no"));
        let value: serde_json::Value = serde_json::from_str(&out.text()).unwrap();
        assert_eq!(
            value,
            serde_json::json!({"schema": "mandate.x/1", "items": ["one"]})
        );
        let value: serde_json::Value = serde_json::from_str(&err.text()).unwrap();
        assert_eq!(value["error"]["code"], "usage.invalid");
    }

    #[test]
    fn quiet_keeps_results_warnings_and_errors() {
        let (mut printer, out, err) = printer_on(&args(Format::Human, true));
        printer.line("a").unwrap();
        printer.note("n");
        printer.hint("h");
        printer.warn("w");
        printer.failure(&Failure::usage("no"));
        assert_eq!(out.text(), "a\n");
        assert_eq!(err.text(), "warning: w\nerror: no\n");
    }

    #[test]
    fn details_need_the_flag() {
        let (mut printer, _, err) = printer_on(&GlobalArgs {
            verbose: 1,
            ..GlobalArgs::default()
        });
        printer.detail("d");
        assert_eq!(err.text(), "d\n");
        assert_eq!(printer.verbosity(), 1);
    }

    #[test]
    fn text_of_others_cannot_drive_the_terminal() {
        let kept = Kept::default();
        let err = Kept::default();
        let args = GlobalArgs::default();
        let mut printer =
            Printer::with_streams(&args, Box::new(kept.clone()), Box::new(err.clone()));
        printer.line("\x1b[2J").unwrap();
        printer.marked(Mark::No, "\x1b[2J").unwrap();
        printer.heading("\x1b[2J").unwrap();
        printer.warn("\x1b[2J");
        for kept in [kept, err] {
            let bytes = kept.0.lock().unwrap().clone();
            assert!(!String::from_utf8(bytes).unwrap().contains("\x1b[2J"));
        }
    }

    struct Broken(io::ErrorKind);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_closed_pipe_is_no_failure_and_a_full_disk_is() {
        let args = GlobalArgs::default();
        let on =
            |kind| Printer::with_streams(&args, Box::new(Broken(kind)), Box::new(Kept::default()));
        let mut closed = on(io::ErrorKind::BrokenPipe);
        assert_eq!(closed.line("a"), Ok(()));
        assert_eq!(closed.line("b"), Ok(()));
        let mut full = on(io::ErrorKind::StorageFull);
        assert_eq!(full.line("a").unwrap_err().code, "output.unwritable");
    }
}
