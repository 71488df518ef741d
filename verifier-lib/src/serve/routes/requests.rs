//! `POST /requests`: what `mandate-verifier request create` makes.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use cli_kit::{ExitCode, Failure, instant};
use identity_core::encoding::strict_json::Value;
use jiff::SignedDuration;
use serde_json::json;

use crate::{
    cli::request::Wanted,
    serve::{
        ServeCode, intake,
        problem::{Problem, json_response},
        server::App,
    },
};

/// How long a request may be answered, and how long at most.
const LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// Answers 201 with the signed request, whose nonce is open from then on.
pub(super) async fn create(State(app): State<Arc<App>>, request: Request) -> Response {
    let body = match intake::read(&app.limits, request).await {
        Ok(body) => body,
        Err(problem) => return problem.into_response(),
    };
    super::on_worker(&app, move |app| make(app, &body)).await
}

fn make(app: &App, body: &[u8]) -> Result<Response, Problem> {
    let evidence = app.evidence.as_ref();
    let evidence = evidence.ok_or_else(|| Problem::own(ServeCode::NotOffered))?;
    let body = intake::parse(&app.limits, body)?;
    let malformed =
        || Problem::malformed("the body is not {claims: [TYPE:claim,...], purpose, expires?}");
    let object = body.as_object().ok_or_else(malformed)?;
    let known = ["claims", "purpose", "expires"];
    if object.iter().any(|(name, _)| !known.contains(&name)) {
        return Err(malformed());
    }
    let claims = object.get("claims").and_then(Value::as_array);
    let claims = claims.ok_or_else(malformed)?.iter();
    let claims: Option<Vec<String>> = claims.map(|c| c.as_str().map(str::to_owned)).collect();
    let claims = claims.ok_or_else(malformed)?;
    let purpose = object.get("purpose").and_then(Value::as_str);
    let expires = match object.get("expires") {
        None => LIFETIME,
        Some(value) => {
            let parsed = value.as_str().map(instant::duration);
            parsed.and_then(Result::ok).ok_or_else(malformed)?
        }
    };
    let wanted = Wanted {
        claims: &claims,
        purpose: purpose.ok_or_else(malformed)?.to_owned(),
        expires,
    };
    let (request, text) = wanted.create(evidence.home()).map_err(problem)?;
    let value = json!({
        "schema": "mandate.request-signed/1",
        "request": text.trim_end(),
        "verifier": request.verifier,
        "nonce": request.nonce,
        "expires": request.expires.to_string(),
    });
    Ok(json_response(StatusCode::CREATED, &value))
}

/// What was asked for is the caller's; the home is ours, and nobody else's to look into.
fn problem(failure: Failure) -> Problem {
    if failure.exit == ExitCode::Usage {
        Problem::malformed(failure.message)
    } else {
        tracing::warn!(
            event = "home",
            code = failure.code,
            detail = failure.message
        );
        Problem::own(ServeCode::Ledger)
    }
}
