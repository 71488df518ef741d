//! `conformance-mock`: says yes, or no, to everything. What a test suite counts for it is what that suite
//! counts for nothing.

use std::process::ExitCode as ProcessExit;

use axum::{
    Json, Router, body::Bytes, http::StatusCode, response::IntoResponse as _, routing::any,
};
use clap::Parser;
use cli_kit::{Context, ExitCode, Failure, GlobalArgs, Program};
use examples::conformance::{Listen, problem, serve};
use serde_json::{Value, json};

/// Answers every request in the same way
#[derive(Parser, Debug)]
#[command(name = "conformance-mock", version)]
struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    listen: Listen,
    /// Say yes: issue the credential as it came, with a made-up proof, and verify everything
    #[arg(
        long,
        conflicts_with = "reject_all",
        required_unless_present = "reject_all"
    )]
    accept_all: bool,
    /// Say no
    #[arg(long)]
    reject_all: bool,
}

const EXAMPLES: &[(&str, &str)] = &[("conformance-mock --accept-all", "say yes to everything")];

fn main() -> ProcessExit {
    let program = Program::verifier(env!("CARGO_PKG_VERSION"), EXAMPLES);
    cli_kit::run::<Cli>(program, |cli| &cli.global, run)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature of a main function"
)]
fn run(cli: Cli, context: &mut Context) -> Result<ExitCode, Failure> {
    let accept = cli.accept_all;
    serve(&cli.listen, |url| {
        context
            .printer
            .json(&json!({"schema": "mandate.conformance-serving/1", "url": url}))?;
        let answer = move |body: Bytes| async move {
            if accept {
                yes(&body).into_response()
            } else {
                problem(&json!({"type": "about:blank", "title": "no"}))
            }
        };
        Ok(Router::new().fallback(any(answer)))
    })?;
    Ok(ExitCode::Done)
}

fn yes(body: &[u8]) -> (StatusCode, Json<Value>) {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let Some(credential) = body.get("credential") else {
        return (
            StatusCode::OK,
            Json(json!({"verified": true, "warnings": []})),
        );
    };
    let mut credential = credential.clone();
    if credential.is_object() {
        credential["proof"] = json!({
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-rdfc-2022",
            "created": "2026-01-01T00:00:00Z",
            "proofPurpose": "assertionMethod",
            "verificationMethod": "did:key:z6Mk#z6Mk",
            "proofValue": "z1",
        });
    }
    (
        StatusCode::CREATED,
        Json(json!({"verifiableCredential": credential})),
    )
}
