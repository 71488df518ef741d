//! The person at the terminal.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use zeroize::Zeroizing;

/// Somebody who can be asked: the terminal, or a script of answers in a test.
pub trait Terminal: Send {
    /// Returns whether somebody is there: standard input and standard error are both a terminal.
    fn is_attended(&self) -> bool;

    /// Asks for a line and shows what is typed. `None` at the end of input.
    ///
    /// # Errors
    /// What the terminal reports.
    fn ask(&mut self, prompt: &str) -> io::Result<Option<String>>;

    /// Asks for a line without showing what is typed.
    ///
    /// # Errors
    /// What the terminal reports.
    fn ask_hidden(&mut self, prompt: &str) -> io::Result<Zeroizing<String>>;
}

/// The terminal the program runs in.
#[derive(Clone, Copy, Default, Debug)]
#[non_exhaustive]
pub struct SystemTerminal;

impl Terminal for SystemTerminal {
    fn is_attended(&self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    fn ask(&mut self, prompt: &str) -> io::Result<Option<String>> {
        let mut stderr = io::stderr().lock();
        stderr.write_all(prompt.as_bytes())?;
        stderr.flush()?;
        let mut line = String::new();
        let read = io::stdin().lock().read_line(&mut line)?;
        Ok((read > 0).then_some(line))
    }

    fn ask_hidden(&mut self, prompt: &str) -> io::Result<Zeroizing<String>> {
        let _shown_again = crate::interrupt::Hidden::begin();
        rpassword::prompt_password(prompt).map(Zeroizing::new)
    }
}

/// A script of answers, for tests here and in the programs. Without answers nobody is there.
#[derive(Clone, Default, Debug)]
pub struct Script {
    answers: std::collections::VecDeque<String>,
    attended: bool,
}

impl Script {
    /// Makes a terminal at which these answers are given, then the input ends.
    pub fn answering(answers: &[&str]) -> Self {
        Self {
            answers: answers.iter().map(|answer| (*answer).to_owned()).collect(),
            attended: true,
        }
    }
}

impl Terminal for Script {
    fn is_attended(&self) -> bool {
        self.attended
    }

    fn ask(&mut self, _prompt: &str) -> io::Result<Option<String>> {
        Ok(self.answers.pop_front())
    }

    fn ask_hidden(&mut self, _prompt: &str) -> io::Result<Zeroizing<String>> {
        let answer = self.answers.pop_front().map(Zeroizing::new);
        answer.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}
