//! A gate without a network: `offline-gate BUNDLE ANCHOR` obeys one command a line.
//!
//! `ask FILE` writes a request for whoever stands there, `answer FILE` opens or stays shut and says why,
//! `bundle FILE` takes a newer bundle in: an older one is refused, and with one that is stale the gate
//! stays shut. Each request opens once.

#![expect(clippy::disallowed_methods, reason = "the gate's clock is its own")]

use std::{
    error::Error,
    io::{self, BufRead as _},
};

use jiff::Timestamp;
use verifier_lib::{
    Added, Algorithm, Asked, CredentialCheck, MemoryLedger, PresentationCheck, Report, Request,
    SecretKey, Verifier, VerifyError, When,
};

struct Gate {
    verifier: Verifier,
    /// The request that the one who stands there is to answer.
    asked: Option<Request>,
    /// Requests that have not opened yet; a gate that restarts forgets them, and asks again.
    ledger: MemoryLedger,
}

impl Gate {
    fn obey(&mut self, line: &str) -> Result<String, Box<dyn Error>> {
        match line.split_once(' ').ok_or("a command and a file")? {
            ("ask", file) => self.ask(file),
            ("answer", file) => self.answer(file),
            ("bundle", file) => match self.verifier.add_bundle(&fs_err::read(file)?)? {
                Added::Used => Ok("bundle: taken".to_owned()),
                other => Ok(format!("bundle: not taken, {other:?}")),
            },
            (other, _) => Err(format!("{other} is none of ask, answer, bundle").into()),
        }
    }

    fn ask(&mut self, file: &str) -> Result<String, Box<dyn Error>> {
        let asked = vec![Asked::from_flag("MemberMandate:name")?];
        let mut rng = cli_kit::run::system_rng()?;
        let now = Timestamp::now();
        let (request, text) =
            self.verifier
                .request("Entry to the chamber", asked, now, &mut rng)?;
        self.ledger.open(request.nonce.clone());
        self.asked = Some(request);
        fs_err::write(file, text)?;
        Ok(format!("asked: {file}"))
    }

    fn answer(&mut self, file: &str) -> Result<String, Box<dyn Error>> {
        let request = self.asked.as_ref().ok_or("nobody was asked")?;
        let file = fs_err::read(file)?;
        let when = When::now(Timestamp::now());
        match self.verifier.check(&file, request, when, &mut self.ledger) {
            Ok(verified) => {
                let name = verified.credentials()[0].name().unwrap_or("a member");
                Ok(format!("open: {name}"))
            }
            Err(VerifyError::Refused(report)) => Ok(format!("shut: {}", reasons(&report))),
            Err(other) => Err(other.into()),
        }
    }
}

/// Every code in the report, the worst of them first in no particular order: a log wants them all.
fn reasons(report: &Report) -> String {
    let presentation = PresentationCheck::ALL.map(|check| report.finding(check).code);
    let credentials = report
        .credentials
        .iter()
        .flat_map(|credential| CredentialCheck::ALL.map(|check| credential.finding(check).code));
    let codes = presentation.into_iter().chain(credentials).flatten();
    codes
        .map(|code| code.to_string())
        .collect::<Vec<_>>()
        .join(" ")
}

#[expect(clippy::print_stdout, reason = "a gate talks through its output")]
fn main() -> Result<(), Box<dyn Error>> {
    let [bundle, anchor] = <[String; 2]>::try_from(std::env::args().skip(1).collect::<Vec<_>>())
        .map_err(|_| "usage: offline-gate BUNDLE ANCHOR")?;
    let key = SecretKey::generate(Algorithm::EdDsa, &mut cli_kit::run::system_rng()?);
    let mut verifier = Verifier::new("Gate", key, [anchor.parse()?])?;
    verifier.add_bundle(&fs_err::read(bundle)?)?;
    let mut gate = Gate {
        verifier,
        asked: None,
        ledger: MemoryLedger::default(),
    };
    for line in io::stdin().lock().lines() {
        // A wrong command must not take the gate down, and must never open it.
        match gate.obey(line?.trim()) {
            Ok(said) => println!("{said}"),
            Err(error) => println!("shut: {error}"),
        }
    }
    Ok(())
}
