//! Questions to a person, each with the flag that answers it.

use crate::{Code, ExitCode, Failure, Input};

impl Input {
    /// Asks a yes-or-no question; anything but `y` or `yes` is no. With `--yes` nobody is asked, nor
    /// with `--dry-run`: a rehearsal shows what yes would do, and does nothing that needs consent.
    ///
    /// # Errors
    /// `input.needed` (exit 2) naming `--yes`, when nobody can be asked.
    pub fn confirm(&mut self, question: &str) -> Result<bool, Failure> {
        if self.yes || self.rehearsal {
            return Ok(true);
        }
        if !self.can_ask() {
            return Err(needed(question, "give --yes to answer yes"));
        }
        let answer = self.line(&format!("{question} [y/N] "))?;
        let answer = answer.unwrap_or_default().trim().to_lowercase();
        Ok(answer == "y" || answer == "yes")
    }

    /// Asks as [`confirm`](Self::confirm) does, and fails unless the answer is yes.
    ///
    /// # Errors
    /// As `confirm`; `input.refused` (exit 1) when the answer is no.
    pub fn require(&mut self, question: &str) -> Result<(), Failure> {
        if self.confirm(question)? {
            return Ok(());
        }
        let message = "nothing was changed: the answer was no";
        Err(Failure::failed(Code::InputRefused.as_str(), message)
            .hint("run it again and answer y, or give --yes"))
    }

    /// Asks for a line of text; an empty answer takes the default. `flag` is what answers it
    /// without a person, such as `--name`. When nobody can be asked the default is taken.
    ///
    /// # Errors
    /// `input.needed` (exit 2) naming the flag, when nobody can be asked and there is no default, or
    /// when the input ends.
    pub fn ask(
        &mut self,
        question: &str,
        default: Option<&str>,
        flag: &str,
    ) -> Result<String, Failure> {
        let hint = format!("give {flag}");
        if !self.can_ask() {
            let default = default.map(str::to_owned);
            return default.ok_or_else(|| needed(question, &hint));
        }
        let prompt = match default {
            Some(default) => format!("{question} [{default}]: "),
            None => format!("{question}: "),
        };
        loop {
            let Some(answer) = self.line(&prompt)? else {
                return Err(needed(question, &hint));
            };
            match (answer.trim(), default) {
                ("", Some(default)) => return Ok(default.to_owned()),
                ("", None) => {}
                (answer, _) => return Ok(answer.to_owned()),
            }
        }
    }

    fn can_ask(&self) -> bool {
        !self.unattended && self.terminal.is_attended()
    }

    fn line(&mut self, prompt: &str) -> Result<Option<String>, Failure> {
        let prompt = crate::text::printable(prompt);
        self.terminal.ask(&prompt).map_err(|error| {
            Failure::failed(Code::InputNeeded.as_str(), "the terminal cannot be read")
                .caused_by(&error)
                .hint("give --no-input and the flags that answer")
        })
    }
}

fn needed(question: &str, hint: &str) -> Failure {
    let message = format!("an answer is needed, and nobody can be asked: {question}");
    Failure::new(ExitCode::Usage, Code::InputNeeded.as_str(), message).hint(hint)
}

#[cfg(test)]
mod tests {
    use crate::terminal::Script;
    use crate::{GlobalArgs, Input, Variables};

    fn input(args: &GlobalArgs, answers: &[&str]) -> Input {
        let script = if answers.is_empty() {
            Script::default()
        } else {
            Script::answering(answers)
        };
        Input::with_terminal(args, &Variables::default(), Box::new(script))
    }

    fn flags(yes: bool, no_input: bool) -> GlobalArgs {
        GlobalArgs {
            no_input,
            yes,
            ..GlobalArgs::default()
        }
    }

    #[test]
    fn only_yes_is_yes() {
        for (answer, wanted) in [
            ("y\n", true),
            ("YES\n", true),
            ("\n", false),
            ("n\n", false),
            ("yesterday\n", false),
        ] {
            let got = input(&flags(false, false), &[answer]).confirm("Revoke it?");
            assert_eq!(got, Ok(wanted), "{answer:?}");
        }
        let refused = input(&flags(false, false), &["n"]).require("Revoke it?");
        assert_eq!(refused.unwrap_err().code, "input.refused");
    }

    #[test]
    fn the_flag_answers_and_its_lack_is_named() {
        assert_eq!(input(&flags(true, true), &[]).confirm("?"), Ok(true));
        for mut input in [
            input(&flags(false, false), &[]),
            input(&flags(false, true), &["y"]),
        ] {
            let failure = input.confirm("Revoke it?").unwrap_err();
            assert_eq!((failure.code, failure.exit.number()), ("input.needed", 2));
            assert!(failure.hints[0].contains("--yes"));
        }
    }

    #[test]
    fn a_rehearsal_asks_nobody() {
        let rehearsal = GlobalArgs {
            dry_run: true,
            ..flags(false, true)
        };
        assert_eq!(input(&rehearsal, &[]).require("Revoke it?"), Ok(()));
        // Not even who is there, and would say no.
        let rehearsal = GlobalArgs {
            dry_run: true,
            ..flags(false, false)
        };
        assert_eq!(input(&rehearsal, &["n"]).require("Revoke it?"), Ok(()));
    }

    #[test]
    fn an_empty_answer_takes_the_default() {
        let ask = |answers: &[&str], default| {
            input(&flags(false, false), answers)
                .ask("Name", default, "--name")
                .map_err(|failure| failure.hints[0].clone())
        };
        assert_eq!(ask(&["\n"], Some("A")).as_deref(), Ok("A"));
        assert_eq!(ask(&[" B \n"], Some("A")).as_deref(), Ok("B"));
        assert_eq!(ask(&["\n", "C\n"], None).as_deref(), Ok("C"));
        assert_eq!(ask(&["\n"], None), Err("give --name".to_owned()));
        assert_eq!(ask(&[], Some("A")).as_deref(), Ok("A"));
        assert_eq!(ask(&[], None), Err("give --name".to_owned()));
    }
}
