//! `GET /healthz` and `GET /metrics`: for whoever watches over the sidecar.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use cli_kit::run::now;
use serde_json::json;

use crate::serve::{evidence::Evidence, metrics, problem::json_response, server::App};

/// Says that the sidecar answers, and how its evidence stands.
///
/// It is alive also when its evidence is stale: starting it anew would not help.
pub(super) async fn health(State(app): State<Arc<App>>) -> Response {
    let trust = app.evidence.as_ref().map(Evidence::trust);
    let standing = trust.as_ref().map(|trust| trust.standing(now()));
    let anchors: Vec<_> = standing
        .into_iter()
        .flatten()
        .map(|standing| {
            json!({
                "did": standing.anchor.did(),
                "name": standing.anchor.name(),
                "seq": standing.number(),
                "code": standing.code.map(identity_core::Code::as_str),
            })
        })
        .collect();
    let fresh = anchors.iter().all(|anchor| anchor["code"].is_null());
    let value = json!({
        "schema": "mandate.health/1",
        "status": "serving",
        "fresh": fresh,
        "anchors": anchors,
    });
    json_response(StatusCode::OK, &value)
}

/// Says what was counted.
pub(super) async fn metrics(State(app): State<Arc<App>>) -> Response {
    let trust = app.evidence.as_ref().map(Evidence::trust);
    let text = app.metrics.text(trust.as_deref(), now());
    ([(header::CONTENT_TYPE, metrics::CONTENT_TYPE)], text).into_response()
}
