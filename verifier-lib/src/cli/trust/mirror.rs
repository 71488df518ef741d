//! `trust mirror`: a folder of evidence that the house's verifiers read, fetched again and again.
//!
//! Whoever needs a status of five minutes cannot ask the issuer each time: the mirror asks, for everybody, and
//! so tells the issuer nothing about who is checked. Nothing replaces a file but what was verified, is from an
//! anchor and is no older; so the mirror can be stopped and started at any time.

use core::time::Duration;
use std::path::PathBuf;

use clap::Args;
use cli_kit::{
    Context, ExitCode, Failure, Mark,
    files::{self, Access, Durability},
    run::now,
};
use fs_err as fs;
use identity_core::{Code, status::Instant, trust::TrustSet};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::super::{
    check::anchors,
    evidence::{BUNDLE, MAX_BUNDLE, NETWORK},
    fetch,
    home::Home,
    kept::Authentic,
};

/// Arguments of `trust mirror`.
#[derive(Args, Debug)]
pub(in crate::cli) struct MirrorArgs {
    /// Where to fetch: an issuer's bundle.json, an accreditor's trust.bundle, or one of each
    #[arg(long, value_name = "URL", required = true)]
    from: Vec<String>,
    /// The folder that holds bundle.json and trust.bundle
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Whose evidence is taken, and your name for them
    #[arg(long, value_name = "DID[=NAME]", required = true)]
    anchor: Vec<String>,
    /// For https: the certificate authorities of the house, PEM, which count alone then
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// How often, such as 60s
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = every)]
    every: SignedDuration,
    /// Fetch once and end: for timers
    #[arg(long)]
    once: bool,
}

/// What became of one source in one round.
struct Round {
    url: String,
    /// Whose, and which number, where it was authentic.
    found: Option<(String, u64)>,
    outcome: &'static str,
    code: Option<&'static str>,
    message: Option<String>,
}

pub(super) fn run(args: &MirrorArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    for url in &args.from {
        fetch::address(url)?;
    }
    let known = anchors(&args.anchor)?;
    let home = Home::open(context)?;
    if !files::is_rehearsal() {
        fs::create_dir_all(&args.out).map_err(|error| Failure::writing(&args.out, &error))?;
    }
    let mut before: Vec<String> = Vec::new();
    loop {
        let rounds: Vec<Round> = args
            .from
            .iter()
            .map(|url| one(url, args, &known, &home))
            .collect();
        let told: Vec<String> = rounds.iter().map(Round::told).collect();
        // Every minute the same is no news.
        if args.once || told != before {
            tell(&rounds, context)?;
        }
        before = told;
        if args.once || files::is_rehearsal() {
            let is_well = rounds.iter().all(|round| round.outcome != "failed");
            return Ok(if is_well {
                ExitCode::Done
            } else {
                ExitCode::Failed
            });
        }
        std::thread::sleep(args.every.unsigned_abs());
    }
}

fn one(url: &str, args: &MirrorArgs, known: &TrustSet, home: &Home) -> Round {
    let mut round = Round {
        url: url.to_owned(),
        found: None,
        outcome: "failed",
        code: None,
        message: None,
    };
    if let Err(failure) = round.fetch(url, args, known, home) {
        round.outcome = "failed";
        round.code = Some(failure.code);
        round.message = Some(failure.message);
    }
    round
}

impl Round {
    fn fetch(
        &mut self,
        url: &str,
        args: &MirrorArgs,
        known: &TrustSet,
        home: &Home,
    ) -> Result<(), Failure> {
        let now = now();
        let new = Authentic::open(fetch::get(url, MAX_BUNDLE, args.ca.as_deref())?)?;
        self.found = Some((new.did.to_string(), new.seq));
        self.code = new.age_code(now).map(Code::as_str);
        let path = args.out.join(if new.is_network { NETWORK } else { BUNDLE });
        let mut trust = known.clone();
        home.recall(&mut trust)?;
        let bytes = new.bytes().to_vec();
        let before = path
            .exists()
            .then(|| files::read_bounded(&path, MAX_BUNDLE));
        let before = before.transpose()?.map(|bytes| bytes.to_vec());
        let is_same = before.as_ref() == Some(&bytes);
        if let Some(Ok(before)) = before.map(Authentic::open) {
            if before.did.subject() != new.did.subject() {
                let message = format!(
                    "{} holds that of {}, and this is from {}",
                    path.display(),
                    before.did,
                    new.did
                );
                return Err(Failure::failed(Code::IssuerNotTrusted.as_str(), message));
            }
            // Refused itself by now, it is no reason to refuse the new one.
            let _ = before.add_to(&mut trust, now);
        }
        let added = new.add_to(&mut trust, now);
        home.keep(&trust)?;
        added?;
        if is_same {
            self.outcome = "unchanged";
            return Ok(());
        }
        files::write_atomic(&path, &bytes, Access::Public, Durability::Synced)?;
        self.outcome = "replaced";
        Ok(())
    }

    /// Returns it as one line.
    fn told(&self) -> String {
        let mut line = self.url.clone();
        if let Some((did, seq)) = &self.found {
            line = format!("{line}: number {seq} of {did}");
        }
        line = format!("{line}: {}", self.outcome);
        if let Some(message) = &self.message {
            line = format!("{line}: {message}");
        }
        if let Some(code) = self.code {
            line = format!("{line} ({code})");
        }
        line
    }

    fn json(&self) -> Value {
        json!({
            "id": self.url,
            "did": self.found.as_ref().map(|(did, _)| did),
            "seq": self.found.as_ref().map(|(_, seq)| seq),
            "outcome": self.outcome,
            "code": self.code,
            "message": self.message,
        })
    }
}

fn tell(rounds: &[Round], context: &mut Context) -> Result<(), Failure> {
    let at = Instant::floor(now());
    if context.printer.is_json() {
        let items: Vec<_> = rounds.iter().map(Round::json).collect();
        let value = json!({ "schema": "mandate.mirrored/1", "at": at, "items": items });
        return context.printer.json(&value);
    }
    for round in rounds {
        let mark = match (round.outcome, round.code) {
            ("failed", _) => Mark::No,
            (_, Some(_)) => Mark::Unknown,
            _ => Mark::Yes,
        };
        context
            .printer
            .marked(mark, format!("{at} {}", round.told()))?;
    }
    Ok(())
}

/// Reads how often; more often than every ten seconds is of no use to anybody.
fn every(text: &str) -> Result<SignedDuration, String> {
    let every = cli_kit::instant::duration(text)?;
    let bounds = Duration::from_secs(10)..=Duration::from_secs(24 * 3_600);
    if bounds.contains(&every.unsigned_abs()) {
        Ok(every)
    } else {
        Err(format!("not between 10s and 24h: {text}"))
    }
}
