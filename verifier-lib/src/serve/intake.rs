//! The body of a request, under limits: how it is encoded, how large it is, how long it takes.

use std::{future::poll_fn, pin::Pin};

use axum::{
    body::{Body, HttpBody as _},
    extract::Request,
    http::{HeaderMap, header},
};
use identity_core::encoding::strict_json::{self, JsonError, Value};

use super::{Limits, ServeCode, problem::Problem};

/// Reads the body whole, once its headers say that it can be JSON.
pub(super) async fn read(limits: &Limits, request: Request) -> Result<Vec<u8>, Problem> {
    let (head, body) = request.into_parts();
    declared(&head.headers, limits.max_body)?;
    let read = collect(body, limits.max_body);
    match tokio::time::timeout(limits.read_timeout, read).await {
        Ok(read) => read,
        Err(_) => Err(Problem::own(ServeCode::BodyTimeout)),
    }
}

/// Reads a body as strict JSON; on a worker, for it computes.
pub(super) fn parse<'b>(limits: &Limits, body: &'b [u8]) -> Result<Value<'b>, Problem> {
    strict_json::parse(body, &limits.json()).map_err(|error| not_json(&error))
}

/// Refuses a body of which nothing more needs to be heard. A compressed one is refused whatever it would
/// inflate to.
fn declared(headers: &HeaderMap, max: usize) -> Result<(), Problem> {
    let is_plain = |value: &header::HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
    if !headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .all(is_plain)
    {
        return Err(Problem::own(ServeCode::ContentEncoding));
    }
    let declared = headers.get(header::CONTENT_TYPE);
    // A browser's page can send others without asking first (Fetch, section 2.2.2): none of them is JSON.
    if !declared
        .and_then(|value| value.to_str().ok())
        .is_some_and(is_json)
    {
        return Err(Problem::own(ServeCode::ContentType));
    }
    let length = headers.get(header::CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| usize::try_from(length).map_or(true, |length| length > max)) {
        return Err(Problem::own(ServeCode::BodyTooLarge));
    }
    Ok(())
}

/// Tells JSON and what is built on it: `application/json`, `application/vc`, `application/ld+json` and so on.
fn is_json(declared: &str) -> bool {
    let essence = declared.split(';').next().unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    essence.strip_prefix("application/").is_some_and(|subtype| {
        matches!(subtype, "json" | "vc" | "vp") || subtype.ends_with("+json")
    })
}

async fn collect(mut body: Body, max: usize) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let frame = frame.map_err(|_| Problem::malformed("the body broke off"))?;
        if let Ok(data) = frame.into_data() {
            if data.len() > max - bytes.len() {
                return Err(Problem::own(ServeCode::BodyTooLarge));
            }
            bytes.extend_from_slice(&data);
        }
    }
    Ok(bytes)
}

fn not_json(error: &JsonError) -> Problem {
    Problem::new(
        axum::http::StatusCode::BAD_REQUEST,
        error.code().as_str(),
        error.to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_is_json() {
        for yes in [
            "application/json",
            "application/json; charset=utf-8",
            "Application/LD+JSON",
            "application/vc",
        ] {
            assert!(is_json(yes), "{yes}");
        }
        for no in [
            "text/plain",
            "application/jsonp",
            "text/json",
            "multipart/form-data",
            "",
        ] {
            assert!(!is_json(no), "{no}");
        }
    }

    #[tokio::test]
    async fn a_body_that_hides_its_length_is_counted() {
        let whole = collect(Body::from("12345"), 5).await;
        assert_eq!(whole.unwrap(), b"12345");
        assert!(collect(Body::from("123456"), 5).await.is_err());
    }
}
