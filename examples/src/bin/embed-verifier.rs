//! A complete verifier in thirty lines: `embed-verifier BUNDLE ANCHOR` prints a request, reads the
//! path of the answer from standard input and says who holds a mandate.

#![expect(
    clippy::disallowed_methods,
    reason = "the embedding program has the clock"
)]

use std::{error::Error, io, process::ExitCode};

use jiff::Timestamp;
use verifier_lib::{Algorithm, Asked, MemoryLedger, SecretKey, Verifier, VerifyError, When};

// An error that `main` returns is printed for programmers; people read the sentence.
#[expect(clippy::print_stderr, reason = "an example talks to its reader")]
fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "an example talks to its reader")]
fn run() -> Result<(), Box<dyn Error>> {
    let [bundle, anchor] = <[String; 2]>::try_from(std::env::args().skip(1).collect::<Vec<_>>())
        .map_err(|_| "usage: embed-verifier BUNDLE ANCHOR")?;
    let mut rng = cli_kit::run::system_rng()?;
    let key = SecretKey::generate(Algorithm::EdDsa, &mut rng);
    let mut gate = Verifier::new("Embedded gate", key, [anchor.parse()?])?;
    gate.add_bundle(&fs_err::read(bundle)?)?;

    let asked = vec![Asked::from_flag("MemberMandate:name,constituency?")?];
    let (request, text) = gate.request("Entry", asked, Timestamp::now(), &mut rng)?;
    let mut ledger = MemoryLedger::default();
    ledger.open(request.nonce.clone());
    println!("{text}");

    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    let file = fs_err::read(answer.trim())?;
    match gate.check(&file, &request, When::now(Timestamp::now()), &mut ledger) {
        Ok(verified) => println!(
            "welcome, {}",
            verified.credentials()[0].name().unwrap_or("?")
        ),
        Err(VerifyError::Refused(report)) => println!("{}", report.to_json()),
        Err(other) => return Err(other.into()),
    }
    Ok(())
}
