//! `POST /credentials/verify` (VCALM 1.0, "Verify Credential").

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    response::{IntoResponse as _, Response},
};
use cli_kit::run::now;
use identity_core::{
    proof::enveloping::MediaType,
    verify::{
        Budget,
        w3c::{Secured, verify_credential, verify_credential_1_1},
    },
};

use super::w3c;
use crate::serve::{intake, problem::Problem, server::App};

const MEMBER: &str = "verifiableCredential";

pub(super) async fn verify(State(app): State<Arc<App>>, request: Request) -> Response {
    let body = match intake::read(&app.limits, request).await {
        Ok(body) => body,
        Err(problem) => return problem.into_response(),
    };
    super::on_worker(&app, move |app| check(app, &body)).await
}

fn check(app: &App, body: &[u8]) -> Result<Response, Problem> {
    let body = intake::parse(&app.limits, body)?;
    let (document, options) = w3c::read(&body, MEMBER)?;
    let secured = w3c::secured(document, MEMBER, (MediaType::VcJwt, MediaType::VcSdJwt))?;
    let now = now();
    let question = w3c::question(app, &options, now);
    let mut budget = Budget::presentation();
    let found = app.references.held().with(now, |at_hand| match secured {
        Secured::Object(object) if app.references.accepts_1_1() => {
            verify_credential_1_1(object, &question, at_hand, &mut budget)
        }
        secured => verify_credential(secured, &question, at_hand, &mut budget),
    });
    Ok(match found {
        Ok(authentic) => w3c::verified("credential", document, &options, authentic.warnings()),
        Err(error) => w3c::refused(&error),
    })
}
