//! What every request passes before its route answers, and what is noted about it afterwards.

use core::{fmt, time::Duration};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use axum_server::ConnectionShutdown;
use tokio::sync::Semaphore;
use tracing::info;

use super::{
    ServeCode,
    connection::Place,
    limits,
    metrics::Counted,
    problem::{Named, Problem},
    routes::Route,
    server::App,
};

/// The name under which an answer and its line in the log say which request it was.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Admits requests, up to a number at once, and numbers them.
#[derive(Debug)]
pub(super) struct Guard {
    at_once: Semaphore,
    process: u64,
    next: AtomicU64,
}

/// The number of a request: a random one of the process, and a running one.
#[derive(Clone, Copy)]
struct RequestId(u64, u64);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}-{:x}", self.0 & 0xffff_ffff, self.1)
    }
}

impl Guard {
    pub(super) fn new(max_concurrent: usize, process: u64) -> Self {
        Self {
            at_once: Semaphore::new(max_concurrent),
            process,
            next: AtomicU64::new(0),
        }
    }

    fn number(&self) -> RequestId {
        RequestId(self.process, self.next.fetch_add(1, Ordering::Relaxed))
    }
}

/// Admits a request, has it answered in time, and notes the answer.
pub(super) async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = app.guard.number();
    let route = Route::of(request.uri().path());
    let in_flight = Counted::new(&app.metrics.in_flight);
    let mut response = answer(&app, route, request, next).await;
    drop(in_flight);
    finish(&app, route, id, began.elapsed(), &mut response);
    response
}

async fn answer(app: &App, route: Route, request: Request, next: Next) -> Response {
    let place = request.extensions().get().copied().unwrap_or(Place::Served);
    let connection = request.extensions().get::<ConnectionShutdown>().cloned();
    if place != Place::Served
        && let Some(connection) = &connection
    {
        connection.graceful_shutdown();
    }
    if place == Place::Refused {
        return Problem::own(ServeCode::Connections).into_response();
    }
    if size(request.headers()) > limits::HEADERS {
        return Problem::own(ServeCode::HeadersTooLarge).into_response();
    }
    // A page that gives its own name this machine's address is no other origin to the browser, so the
    // absence of CORS does not stop it; but every browser says where a POST comes from.
    if request.headers().contains_key(header::ORIGIN) {
        return Problem::own(ServeCode::Origin).into_response();
    }
    // Whoever watches is answered also when nobody else is.
    if route.is_watching() {
        return next.run(request).await;
    }
    let Ok(_admitted) = app.guard.at_once.try_acquire() else {
        return Problem::own(ServeCode::Busy).into_response();
    };
    let answered = tokio::time::timeout(app.limits.timeout, next.run(request)).await;
    answered.unwrap_or_else(|_| Problem::own(ServeCode::Timeout).into_response())
}

/// Returns what the headers hold, names and values.
fn size(headers: &HeaderMap) -> usize {
    let of = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len();
    headers.iter().map(of).sum()
}

fn finish(app: &App, route: Route, id: RequestId, after: Duration, response: &mut Response) {
    let status = response.status();
    let code = response
        .extensions()
        .get::<Named>()
        .map_or("", |named| named.0);
    let outcome = outcome(status);
    if is_limit(status) {
        app.metrics.limited(code);
    }
    app.metrics.answered(route, outcome, after);
    info!(
        event = "answered",
        request = %id,
        route = route.as_str(),
        status = status.as_u16(),
        code,
        milliseconds = u64::try_from(after.as_millis()).unwrap_or(u64::MAX),
    );
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id.to_string()) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let nosniff = HeaderValue::from_static("nosniff");
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, nosniff);
    let nothing = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    headers.insert(header::CONTENT_SECURITY_POLICY, nothing);
}

/// Returns what an answer counts as.
fn outcome(status: StatusCode) -> &'static str {
    match status {
        _ if status.is_success() => "answered",
        _ if is_limit(status) => "limited",
        _ if status.is_client_error() => "refused",
        _ => "failed",
    }
}

const fn is_limit(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::REQUEST_TIMEOUT
            | StatusCode::PAYLOAD_TOO_LARGE
            | StatusCode::UNSUPPORTED_MEDIA_TYPE
            | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
            | StatusCode::SERVICE_UNAVAILABLE
    )
}
