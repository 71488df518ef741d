//! What can be asked, one file for each thing.

mod credentials;
mod presentations;
mod requests;
mod verdict;
mod w3c;
mod watching;

use std::sync::Arc;

use axum::{
    Router,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};

use super::{ServeCode, problem::Problem, server::App};

/// A route, as the log and the metrics name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    Credentials,
    Health,
    Metrics,
    Other,
    Presentations,
    Requests,
    Verdict,
}

impl Route {
    /// Returns the route of a path.
    pub(super) fn of(path: &str) -> Self {
        match path {
            "/credentials/verify" => Self::Credentials,
            "/healthz" => Self::Health,
            "/metrics" => Self::Metrics,
            "/presentations/verify" => Self::Presentations,
            "/requests" => Self::Requests,
            "/verdict" => Self::Verdict,
            _ => Self::Other,
        }
    }

    /// Returns its name.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Credentials => "/credentials/verify",
            Self::Health => "/healthz",
            Self::Metrics => "/metrics",
            Self::Other => "other",
            Self::Presentations => "/presentations/verify",
            Self::Requests => "/requests",
            Self::Verdict => "/verdict",
        }
    }

    /// Tells whether it is for whoever watches over the sidecar.
    pub(super) const fn is_watching(self) -> bool {
        matches!(self, Self::Health | Self::Metrics)
    }
}

/// Returns all routes.
pub(super) fn all() -> Router<Arc<App>> {
    Router::new()
        .route("/credentials/verify", post(credentials::verify))
        .route("/healthz", get(watching::health))
        .route("/metrics", get(watching::metrics))
        .route("/presentations/verify", post(presentations::verify))
        .route("/requests", post(requests::create))
        .route("/verdict", post(verdict::check))
        .fallback(|| async { Problem::own(ServeCode::Route).into_response() })
        .method_not_allowed_fallback(|| async { Problem::own(ServeCode::Method).into_response() })
}

/// Does the work of a route on a worker; a fault of ours is an answer too.
async fn on_worker(
    app: &Arc<App>,
    work: impl FnOnce(&App) -> Result<Response, Problem> + Send + 'static,
) -> Response {
    let shared = Arc::clone(app);
    match app.workers.run(move || work(&shared)).await {
        Ok(Ok(response)) => response,
        Ok(Err(problem)) => problem.into_response(),
        Err(_fault) => {
            app.metrics.fault();
            Problem::own(ServeCode::Fault).into_response()
        }
    }
}
