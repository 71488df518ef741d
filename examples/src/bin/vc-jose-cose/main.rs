//! What the W3C's test suite for VC-JOSE-COSE drives: one document secured or verified a run.
//!
//! ```text
//! vc-jose-cose issue  --input F --key F --feature FEATURE [--sd PATHS] --output F
//! vc-jose-cose verify --input F --key F --feature FEATURE --output F
//! ```
//!
//! The key is a verification method in JSON with a JWK inside. The result is written as
//! `{"result":"success|failure|indeterminate|error","data":"..."}`; the exit code is 0 when it was
//! written. `failure` is the document's fault, `error` that of the call, and `indeterminate` says that
//! the feature is not supported: COSE is not.
//!
//! Every check is that of `identity-core`. Only the curves P-384 and P-521 are brought along, in
//! `key.rs`, since the suite's keys are of them and the core verifies neither
//! (`spec/adr/0014-jose-keys.md`).

mod check;
mod key;
mod result;

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand, ValueEnum};
use identity_core::{
    encoding::strict_json::Object,
    proof::{
        enveloping::{self, Concealing, Expected, Form, Kind, MediaType, SignatureLife},
        sd_jwt::{Step, parse_path},
    },
    verify::Budget,
};

use key::KeyFile;
use result::Outcome;

#[derive(Debug, Parser)]
#[command(
    name = "vc-jose-cose",
    about = "Secures or verifies one document, for the W3C's test suite"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Secure a credential or presentation
    Issue {
        #[command(flatten)]
        files: Files,
        /// Paths to conceal: a JSON array, or names between commas
        #[arg(long, value_name = "PATHS")]
        sd: Option<String>,
    },
    /// Verify a secured credential or presentation
    Verify {
        #[command(flatten)]
        files: Files,
    },
}

#[derive(Args, Debug)]
struct Files {
    /// The document
    #[arg(long, value_name = "F")]
    input: PathBuf,
    /// The verification method
    #[arg(long, value_name = "F")]
    key: PathBuf,
    /// What is secured, and how
    #[arg(long)]
    feature: Feature,
    /// Where the result is written
    #[arg(long, value_name = "F")]
    output: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Feature {
    CredentialCose,
    CredentialJose,
    CredentialSdjwt,
    PresentationCose,
    PresentationJose,
    PresentationSdjwt,
}

impl Feature {
    /// Returns the media type, or nothing for what is not supported.
    const fn media_type(self) -> Option<MediaType> {
        match self {
            Self::CredentialCose | Self::PresentationCose => None,
            Self::CredentialJose => Some(MediaType::VcJwt),
            Self::CredentialSdjwt => Some(MediaType::VcSdJwt),
            Self::PresentationJose => Some(MediaType::VpJwt),
            Self::PresentationSdjwt => Some(MediaType::VpSdJwt),
        }
    }
}

fn main() -> ExitCode {
    let (files, outcome) = match Cli::parse().command {
        Command::Issue { files, sd } => {
            let outcome = issue(&files, sd.as_deref());
            (files, outcome)
        }
        Command::Verify { files } => {
            let outcome = verify(&files);
            (files, outcome)
        }
    };
    let outcome = outcome.unwrap_or_else(|outcome| outcome);
    match fs_err::write(&files.output, outcome.to_json()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report(&error),
    }
}

#[expect(
    clippy::print_stderr,
    reason = "the result's file was to say it, and could not be written"
)]
fn report(error: &std::io::Error) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::FAILURE
}

fn issue(files: &Files, sd: Option<&str>) -> Result<Outcome, Outcome> {
    let media_type = supported(files)?;
    let input = fs_err::read(&files.input).map_err(Outcome::error)?;
    let key = KeyFile::read(&files.key)?;
    let signer = key.signer()?;
    let paths = concealed(media_type, sd)?;
    let document = check::draft(&input, media_type.kind())?;
    check::author(&document, media_type.kind(), key.controller.as_deref())?;
    let kid = key.id.as_deref();
    let text = match media_type.form() {
        Form::Jwt => enveloping::sign(&document, media_type.kind(), &signer, kid),
        Form::SdJwt => {
            let paths: Vec<&[Step<'_>]> = paths.iter().map(Vec::as_slice).collect();
            let concealing = Concealing {
                paths: &paths,
                decoys: 0,
            };
            let mut rng = cli_kit::run::system_rng().map_err(|e| Outcome::error(e.message))?;
            enveloping::conceal_and_sign(
                document,
                media_type.kind(),
                concealing,
                &signer,
                kid,
                &mut rng,
            )
        }
    };
    text.map(Outcome::Success).map_err(Outcome::failure)
}

fn verify(files: &Files) -> Result<Outcome, Outcome> {
    let media_type = supported(files)?;
    let input = fs_err::read_to_string(&files.input).map_err(Outcome::error)?;
    let key = KeyFile::read(&files.key)?;
    // A line feed ends the suite's files; it is no part of the document.
    let document = verified(input.trim_end(), media_type, &key)?;
    check::verified(&document, media_type.kind())?;
    if media_type.kind() == Kind::Presentation {
        for (inside, text) in check::enveloped_by(&document, &key)? {
            let credential = verified(text, inside, &key)?;
            check::verified(&credential, inside.kind())?;
        }
    }
    check::canonical(&document).map(Outcome::Success)
}

/// Verifies one envelope with the key of the file.
///
/// Which instant it is, this program does not ask: VC Data Model 2.0 section 7.1 leaves time out of
/// verification, and the suite's presentations have expired since they were made.
fn verified(text: &str, media_type: MediaType, key: &KeyFile) -> Result<Object<'static>, Outcome> {
    let expected = Expected {
        media_type,
        life: SignatureLife::Ignore,
    };
    let mut budget = Budget::presentation();
    let controller = key.controller.as_deref();
    enveloping::verify_with_key(text, expected, &key.public, controller, &mut budget)
        .map(|secured| secured.document)
        .map_err(Outcome::failure)
}

fn supported(files: &Files) -> Result<MediaType, Outcome> {
    files
        .feature
        .media_type()
        .ok_or_else(|| Outcome::Indeterminate("COSE is not spoken here".to_owned()))
}

/// Reads the paths of `--sd`.
fn concealed(media_type: MediaType, sd: Option<&str>) -> Result<Vec<Vec<Step<'_>>>, Outcome> {
    let Some(sd) = sd else {
        return Ok(Vec::new());
    };
    if media_type.form() != Form::SdJwt {
        return Err(Outcome::error("--sd is for SD-JWT"));
    }
    let list: Vec<&str> = match sd.strip_prefix('[') {
        Some(_) => serde_json::from_str(sd).map_err(Outcome::error)?,
        None => sd.split(',').map(str::trim).collect(),
    };
    list.into_iter()
        .map(|path| parse_path(path).map_err(Outcome::error))
        .collect()
}
