//! `conformance-issuer`: signs whatever conforms, for anybody on this machine, on a home made for tests.
//!
//! The W3C's test suites need an issuer that they may fill as they like (VCALM 1.0, "Issue Credential"). The
//! shipped issuer has no such door, and this program refuses its home.

mod home;
mod issue;

use std::{process::ExitCode as ProcessExit, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    response::Response,
    routing::{get, post},
};
use clap::Parser;
use cli_kit::{Context, ExitCode, Failure, GlobalArgs, Program};
use examples::conformance::{Listen, problem, serve};
use serde_json::{Map, json};

use home::Home;
use identity_core::proof::data_integrity::Cryptosuite;
use issue::Issuer;

/// Issues credentials to test suites
#[derive(Parser, Debug)]
#[command(name = "conformance-issuer", version)]
struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    listen: Listen,
    /// How to sign at /credentials/issue, and with an entry in the list at /status/1 at
    /// /status/credentials/issue; each suite has its own /SUITE/credentials/issue besides
    #[arg(long, value_name = "SUITE", default_value = "eddsa-rdfc-2022", value_parser = named)]
    suite: Cryptosuite,
}

const EXAMPLES: &[(&str, &str)] = &[(
    "conformance-issuer --home DIR --listen 127.0.0.1:40443",
    "issue to the test suites on this machine",
)];

fn main() -> ProcessExit {
    let program = Program::issuer(env!("CARGO_PKG_VERSION"), EXAMPLES);
    cli_kit::run::<Cli>(program, |cli| &cli.global, run)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature of a main function"
)]
fn run(cli: Cli, context: &mut Context) -> Result<ExitCode, Failure> {
    let Some(folder) = context.args.home.clone() else {
        return Err(Failure::usage("no home is named").hint("give --home DIR, a folder for tests"));
    };
    serve(&cli.listen, |url| {
        let home = Home::open(&folder)?;
        let issuer = Issuer::new(home, cli.suite, format!("{url}/status/1"));
        let dids =
            Cryptosuite::ALL.map(|suite| (suite.as_str().to_owned(), json!(issuer.did(suite))));
        context.printer.json(&json!({
            "schema": "mandate.conformance-serving/1",
            "url": url,
            "suite": cli.suite.as_str(),
            "issuers": Map::from_iter(dids),
        }))?;
        Ok(Router::new()
            .route("/credentials/issue", post(by_default))
            .route("/status/credentials/issue", post(with_status))
            .route("/{suite}/credentials/issue", post(by_suite))
            .route("/status/1", get(status))
            .with_state(Arc::new(issuer)))
    })?;
    Ok(ExitCode::Done)
}

async fn by_default(State(issuer): State<Arc<Issuer>>, body: Bytes) -> Response {
    issuer.issue(&body, issuer.suite, false)
}

async fn with_status(State(issuer): State<Arc<Issuer>>, body: Bytes) -> Response {
    issuer.issue(&body, issuer.suite, true)
}

async fn by_suite(
    State(issuer): State<Arc<Issuer>>,
    Path(suite): Path<String>,
    body: Bytes,
) -> Response {
    match named(&suite) {
        Ok(suite) => issuer.issue(&body, suite, false),
        Err(reason) => problem(&json!({"type": "about:blank", "title": reason})),
    }
}

async fn status(State(issuer): State<Arc<Issuer>>) -> Response {
    issuer.status_list()
}

fn named(name: &str) -> Result<Cryptosuite, String> {
    Cryptosuite::from_name(name).ok_or_else(|| format!("there is no cryptosuite {name} here"))
}
