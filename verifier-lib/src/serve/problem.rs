//! Refusals as problem details (RFC 9457).

use std::borrow::Cow;

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::ServeCode;

/// The media type of problem details.
pub(super) const MEDIA_TYPE: &str = "application/problem+json";

/// One refusal. Its detail names what is wrong with the request, and nothing that a member's document
/// holds: it may stand in a log of the caller's.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: Cow<'static, str>,
    /// The URL of its type and its title, where a standard has one.
    kind: Option<(&'static str, &'static str)>,
}

/// What a response is called in the log and in the metrics; kept among its extensions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named(pub(super) &'static str);

impl Problem {
    /// Makes a problem of another code than the sidecar's own.
    pub(super) fn new(
        status: StatusCode,
        code: &'static str,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            kind: None,
        }
    }

    /// Makes a problem of the sidecar's own.
    pub(super) fn own(code: ServeCode) -> Self {
        Self::new(status_of(code), code.as_str(), code.meaning())
    }

    /// Makes one for a body of another shape.
    pub(super) fn malformed(detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            detail: detail.into(),
            ..Self::own(ServeCode::Malformed)
        }
    }

    /// Gives it a type of a standard's.
    pub(super) const fn of_type(mut self, url: &'static str, title: &'static str) -> Self {
        self.kind = Some((url, title));
        self
    }
}

const fn status_of(code: ServeCode) -> StatusCode {
    match code {
        ServeCode::BodyTimeout | ServeCode::SlowClient => StatusCode::REQUEST_TIMEOUT,
        ServeCode::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ServeCode::Origin => StatusCode::FORBIDDEN,
        ServeCode::Busy | ServeCode::Connections | ServeCode::Timeout => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        ServeCode::ContentEncoding | ServeCode::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ServeCode::HeadersTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        ServeCode::Malformed => StatusCode::BAD_REQUEST,
        ServeCode::Method => StatusCode::METHOD_NOT_ALLOWED,
        ServeCode::NotOffered | ServeCode::Route => StatusCode::NOT_FOUND,
        ServeCode::Address
        | ServeCode::Fault
        | ServeCode::Ledger
        | ServeCode::PlainHttp
        | ServeCode::Tls => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        // Without a type of its own a problem has the title of its status (RFC 9457, section 4.2.1).
        let title = self.status.canonical_reason().unwrap_or_default();
        let (kind, title) = self.kind.unwrap_or(("about:blank", title));
        let value = json!({
            "type": kind,
            "title": title,
            "status": self.status.as_u16(),
            "detail": self.detail,
            "code": self.code,
        });
        problem_response(self.status, &value, Named(self.code))
    }
}

/// Returns problem details as a response.
pub(super) fn problem_response(status: StatusCode, value: &Value, named: Named) -> Response {
    let mut response = json_response(status, value);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response.extensions_mut().insert(named);
    response
}

/// Returns a value as the JSON of a response.
pub(super) fn json_response(status: StatusCode, value: &Value) -> Response {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
