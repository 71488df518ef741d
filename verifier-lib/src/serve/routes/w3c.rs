//! What the two routes of VCALM 1.0 share: options, results, refusals.

use axum::{http::StatusCode, response::Response};
use identity_core::{
    encoding::strict_json::{Object, Value},
    proof::enveloping::MediaType,
    verify::w3c::{Binding, NotAuthentic, Problem as Found, Question, Secured, StatusPolicy},
};
use jiff::Timestamp;
use serde_json::{Value as Json, json};

use crate::serve::{
    problem::{Named, Problem, json_response, problem_response},
    server::App,
};

/// The problem type of an option that is not known (VCALM 1.0, section "Error Handling").
const UNKNOWN_OPTION: &str = "https://www.w3.org/TR/vcalm#UNKNOWN_OPTION_PROVIDED";

/// What the options ask for; one that is not known is refused, for it may have been meant to be strict.
pub(super) struct Options<'b> {
    pub(super) challenge: Option<&'b str>,
    pub(super) domains: Vec<&'b str>,
    pub(super) status: StatusPolicy,
    pub(super) return_document: bool,
    pub(super) return_results: bool,
}

/// Returns the document and the options of a body.
pub(super) fn read<'b>(
    body: &'b Value<'b>,
    member: &'static str,
) -> Result<(&'b Value<'b>, Options<'b>), Problem> {
    let object = body.as_object();
    let object = object.ok_or_else(|| Problem::malformed("the body is no object"))?;
    let known = [member, "options", "@context"];
    if object.iter().any(|(name, _)| !known.contains(&name)) {
        return Err(Problem::malformed(format!(
            "the body has members beside {member} and options"
        )));
    }
    let document = object.get(member);
    let document = document.ok_or_else(|| Problem::malformed(format!("{member} is missing")))?;
    let options = match object.get("options") {
        None => None,
        Some(Value::Object(options)) => Some(options),
        Some(_) => return Err(Problem::malformed("options is no object")),
    };
    Ok((document, Options::read(options)?))
}

impl<'b> Options<'b> {
    fn read(object: Option<&'b Object<'b>>) -> Result<Self, Problem> {
        let mut options = Self {
            challenge: None,
            domains: Vec::new(),
            status: StatusPolicy::WhereAtHand,
            return_document: false,
            return_results: false,
        };
        for (name, value) in object.into_iter().flat_map(Object::iter) {
            let wrong = || Problem::malformed(format!("options.{name} is of another kind"));
            let flag = || value.as_bool().ok_or_else(wrong);
            match name {
                "challenge" => options.challenge = Some(value.as_str().ok_or_else(wrong)?),
                "domain" => options.domains = texts(value).ok_or_else(wrong)?,
                "checks" => options.demand(&texts(value).ok_or_else(wrong)?)?,
                "returnCredential" | "returnPresentation" => options.return_document = flag()?,
                "returnResults" => options.return_results = flag()?,
                // They always are.
                "returnProblemDetails" => {
                    flag()?;
                }
                _ => return Err(unknown(name)),
            }
        }
        Ok(options)
    }

    /// Takes the checks asked for. All are made in any case; one that is named may not be left open.
    fn demand(&mut self, checks: &[&str]) -> Result<(), Problem> {
        for check in checks {
            match *check {
                "proof" => {}
                "status" | "credentialStatus" => self.status = StatusPolicy::Demand,
                other => return Err(unknown(other)),
            }
        }
        Ok(())
    }
}

/// One text, or an array of at least one.
fn texts<'b>(value: &'b Value<'b>) -> Option<Vec<&'b str>> {
    match value {
        Value::String(text) => Some(vec![text.as_ref()]),
        Value::Array(items) if !items.is_empty() => items.iter().map(Value::as_str).collect(),
        _ => None,
    }
}

fn unknown(name: &str) -> Problem {
    let name: String = name.chars().take(64).collect();
    Problem::malformed(format!("there is no option or check {name:?} here"))
        .of_type(UNKNOWN_OPTION, "UNKNOWN_OPTION_PROVIDED")
}

/// Returns a document as it came: an object, or the text of an envelope in one of two forms.
pub(super) fn secured<'b>(
    document: &'b Value<'b>,
    member: &'static str,
    (jwt, sd_jwt): (MediaType, MediaType),
) -> Result<Secured<'b>, Problem> {
    match document {
        Value::Object(object) => Ok(Secured::Object(object)),
        Value::String(text) => Ok(Secured::Text {
            media_type: if text.contains('~') { sd_jwt } else { jwt },
            text,
        }),
        _ => Err(Problem::malformed(format!(
            "{member} is no object and no text"
        ))),
    }
}

/// Returns what is asked: what the options say, and whatever was decided when the sidecar was started.
pub(super) fn question<'o>(app: &App, options: &'o Options<'_>, now: Timestamp) -> Question<'o> {
    Question {
        challenge: options.challenge.map_or(Binding::Any, Binding::Exactly),
        // One of those named, or anybody where none is.
        domain: if options.domains.is_empty() {
            Binding::Any
        } else {
            Binding::Exactly(&options.domains)
        },
        issuer: app.references.issuer(),
        status: options.status,
        ..Question::at(now)
    }
}

/// Answers 200: it is authentic.
pub(super) fn verified(
    member: &'static str,
    document: &Value<'_>,
    options: &Options<'_>,
    warnings: &[Found],
) -> Response {
    let details: Vec<Json> = warnings.iter().map(details).collect();
    let mut value = json!({
        "verified": true,
        "problemDetails": details,
        "warnings": details,
        "errors": [],
    });
    if options.return_document {
        value[member] = document.to_serde();
    }
    if options.return_results {
        value["results"] = results(document, warnings);
    }
    json_response(StatusCode::OK, &value)
}

/// Returns each thing that was looked at; one of which there is a warning was not verified.
fn results(document: &Value<'_>, warnings: &[Found]) -> Json {
    let mut results = json!({});
    for name in [
        "proof",
        "validFrom",
        "validUntil",
        "credentialStatus",
        "credentialSchema",
    ] {
        let Some(value) = document.get(name) else {
            continue;
        };
        let pointer = format!("/{name}");
        let verified = !warnings
            .iter()
            .any(|warning| warning.at.starts_with(&pointer));
        let one = |value: &Value<'_>| json!({"verified": verified, "input": value.to_serde()});
        results[name] = match value {
            Value::Array(items) => items.iter().map(one).collect(),
            single if name.starts_with("valid") => one(single),
            single => json!([one(single)]),
        };
    }
    results
}

/// Answers 400: it is not. VCALM would have 200 with `verified: false`; the W3C's suites, and callers who look
/// at the status alone, have 400.
pub(super) fn refused(error: &NotAuthentic) -> Response {
    let problems: Vec<Json> = error.problems().iter().map(details).collect();
    let warnings: Vec<Json> = error.warnings().iter().map(details).collect();
    let first = problems.first().cloned().unwrap_or_default();
    let value = json!({
        "type": first["type"],
        "title": first["title"],
        "status": 400,
        "detail": first["detail"],
        "code": error.code().as_str(),
        "verified": false,
        "problemDetails": problems,
        "warnings": warnings,
        "errors": problems,
    });
    let named = Named(error.code().as_str());
    problem_response(StatusCode::BAD_REQUEST, &value, named)
}

fn details(problem: &Found) -> Json {
    let kind = problem.problem_type();
    json!({
        "type": kind.url(),
        "title": kind.title(),
        "detail": problem.detail,
        "code": problem.code.as_str(),
        "pointer": problem.at,
    })
}
