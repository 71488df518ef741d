//! `POST /verdict`: what `mandate-verifier check` says, over the same ledger.

use core::time::Duration;
use std::{borrow::Cow, sync::Arc};

use axum::{
    extract::{Request as HttpRequest, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use cli_kit::{instant, run::now};
use identity_core::{
    encoding::{jcs, strict_json::Value},
    presentation::request::Request,
    status::Instant,
    trust::Preset,
    verify::{Question, Recheck, Report, Unverified, VerifyError},
};
use jiff::Timestamp;

use crate::{
    cli::check::{advice, json},
    serve::{
        ServeCode,
        evidence::Evidence,
        intake, metrics,
        problem::{Named, Problem, json_response},
        server::App,
    },
};

/// What is asked.
struct Asked<'b> {
    presentation: Cow<'b, str>,
    request: &'b str,
    at: Option<Timestamp>,
    max_age: Option<Duration>,
    preset: Option<Preset>,
    recheck: bool,
}

/// Answers 200 with the verdict, whatever it is: it is data.
pub(super) async fn check(State(app): State<Arc<App>>, request: HttpRequest) -> Response {
    let body = match intake::read(&app.limits, request).await {
        Ok(body) => body,
        Err(problem) => return problem.into_response(),
    };
    super::on_worker(&app, move |app| judge(app, &body)).await
}

fn judge(app: &App, body: &[u8]) -> Result<Response, Problem> {
    let evidence = app.evidence.as_ref();
    let evidence = evidence.ok_or_else(|| Problem::own(ServeCode::NotOffered))?;
    let body = intake::parse(&app.limits, body)?;
    let now = now();
    let asked = Asked::read(&body, now)?;
    let opened = Request::open(asked.request);
    let advice = opened.as_ref().err().and_then(advice);
    let report = match opened {
        Err(error) => Report::of_refused_request(now, asked.at.unwrap_or(now), &error),
        Ok(request) => asked.verify(&request, evidence, now)?,
    };
    app.metrics.verdict(&report);
    let value = json(&report, asked.recheck, advice);
    let mut response = json_response(StatusCode::OK, &value);
    let named = Named(metrics::deciding(&report).unwrap_or(""));
    response.extensions_mut().insert(named);
    Ok(response)
}

impl<'b> Asked<'b> {
    fn read(body: &'b Value<'b>, now: Timestamp) -> Result<Self, Problem> {
        let object = body.as_object();
        let object = object.ok_or_else(|| Problem::malformed("the body is no object"))?;
        let known = [
            "presentation",
            "request",
            "at",
            "maxAge",
            "preset",
            "recheck",
        ];
        if object.iter().any(|(name, _)| !known.contains(&name)) {
            let detail =
                "the body has members beside presentation, request, at, maxAge, preset and recheck";
            return Err(Problem::malformed(detail));
        }
        let presentation = match object.get("presentation") {
            Some(Value::String(text)) => Cow::Borrowed(text.as_ref()),
            Some(value @ Value::Object(_)) => Cow::Owned(written(value)?),
            _ => return Err(Problem::malformed("presentation is no text and no object")),
        };
        let request = object.get("request").and_then(Value::as_str);
        let request = request.ok_or_else(|| Problem::malformed("request is no text"))?;
        let at = text(object.get("at"), "at is no text")?;
        let at = at.map(str::parse::<Instant>).transpose();
        let at = at.map_err(|error| Problem::malformed(format!("at: {error}")))?;
        let at = at.map(Instant::timestamp);
        if at.is_some_and(|at| at > now) {
            let detail = "at lies ahead: nothing can speak for it yet";
            return Err(Problem::malformed(detail));
        }
        let max_age = text(object.get("maxAge"), "maxAge is no text")?;
        let max_age = max_age.map(instant::duration).transpose();
        let max_age = max_age.map_err(|error| Problem::malformed(format!("maxAge: {error}")))?;
        let preset = text(object.get("preset"), "preset is no text")?;
        let preset = preset.map(str::parse::<Preset>).transpose();
        let preset = preset.map_err(|error| Problem::malformed(format!("preset: {error}")))?;
        let recheck = match object.get("recheck") {
            None => false,
            Some(Value::Bool(recheck)) => *recheck,
            Some(_) => return Err(Problem::malformed("recheck is neither true nor false")),
        };
        Ok(Self {
            presentation,
            request,
            at,
            max_age: max_age.map(jiff::SignedDuration::unsigned_abs),
            preset,
            recheck,
        })
    }

    fn verify(
        &self,
        request: &Request,
        evidence: &Evidence,
        now: Timestamp,
    ) -> Result<Report, Problem> {
        let (trust, mut home) = (evidence.trust(), evidence.home().clone());
        let own = home.did.clone();
        let question = Question {
            verifier: &own,
            request,
            trust: &trust,
            now,
            at: self.at,
            policy: evidence.demand().policy(self.preset, self.max_age),
        };
        let unverified = Unverified::new(self.presentation.as_bytes());
        let found = if self.recheck {
            unverified.verify(&question, &mut Recheck)
        } else {
            unverified.verify(&question, &mut home)
        };
        match found {
            Ok(verified) => Ok(verified.report().clone()),
            Err(VerifyError::Refused(report)) => Ok(*report),
            Err(VerifyError::Ledger(_)) => Err(Problem::own(ServeCode::Ledger)),
            Err(error) => Err(Problem::malformed(error.to_string())),
        }
    }
}

fn text<'b>(
    value: Option<&'b Value<'b>>,
    detail: &'static str,
) -> Result<Option<&'b str>, Problem> {
    value
        .map(|value| value.as_str().ok_or_else(|| Problem::malformed(detail)))
        .transpose()
}

/// Returns the text of a presentation that was handed in as an object. Its signatures are over texts that
/// it holds, or over its canonical form.
fn written(value: &Value<'_>) -> Result<String, Problem> {
    let bytes = jcs::canonicalize(value);
    let text = bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok());
    text.ok_or_else(|| Problem::malformed("presentation has a number that no signature can cover"))
}
