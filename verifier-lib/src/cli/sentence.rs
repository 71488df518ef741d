//! The verdict for people: one sentence, the checklist, what to do.

use cli_kit::{Failure, Mark, Printer, text::one_line};
use identity_core::{
    Code,
    credential::Kind,
    encoding::strict_json::Value,
    status::Instant,
    verify::{
        CredentialCheck, CredentialReport, Finding, Outcome, PresentationCheck, Report, Verdict,
    },
};

use super::check::NOT_LOOKED_UP;

pub(super) fn print(report: &Report, recheck: bool, printer: &mut Printer) -> Result<(), Failure> {
    printer.heading(sentence(report))?;
    for check in PresentationCheck::ALL {
        let mut finding = report.finding(check).clone();
        if recheck && check == PresentationCheck::Nonce && finding.outcome == Outcome::Pass {
            finding.detail = Some(NOT_LOOKED_UP.into());
        }
        line(printer, title_of(check), &finding)?;
    }
    for (at, credential) in report.credentials.iter().enumerate() {
        if report.credentials.len() > 1 {
            let kind = credential.kind.as_deref().unwrap_or("credential");
            printer.heading(format!("{}. {}", at + 1, one_line(kind)))?;
        }
        claims(printer, credential)?;
        for check in CredentialCheck::ALL {
            line(printer, title(check), credential.finding(check))?;
        }
    }
    for hint in report.hints() {
        printer.hint(hint);
    }
    Ok(())
}

/// Prints what the member showed beside what the sentence says already.
fn claims(printer: &mut Printer, credential: &CredentialReport) -> Result<(), Failure> {
    let kind = credential
        .kind
        .as_deref()
        .and_then(|k| k.parse::<Kind>().ok());
    for claim in kind.map(Kind::claims).unwrap_or_default() {
        let value = credential.claims.get(claim.name);
        if let Some(value) = value.filter(|_| claim.name != "name" && claim.name != "basedOn") {
            printer.line(format!("  {}: {}", claim.label, one_line(&plain(value))))?;
        }
    }
    Ok(())
}

/// A claim's value as a person reads it.
fn plain(value: &Value<'_>) -> String {
    match value {
        Value::String(text) => text.to_string(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(object) => match object.get("label").and_then(Value::as_str) {
            Some(label) => label.to_owned(),
            None => object
                .iter()
                .map(|(_, v)| plain(v))
                .collect::<Vec<_>>()
                .join(", "),
        },
        other => other.clone().to_serde().to_string(),
    }
}

fn line(printer: &mut Printer, title: &str, finding: &Finding) -> Result<(), Failure> {
    let (mark, word) = match finding.outcome {
        Outcome::Pass => (Mark::Yes, "passed"),
        Outcome::Fail => (Mark::No, "failed"),
        Outcome::Unknown => (Mark::Unknown, "unknown"),
        Outcome::Skipped => return Ok(()),
    };
    let mut text = format!("{title}: {word}");
    if let Some(detail) = &finding.detail {
        text.push_str(": ");
        text.push_str(&one_line(detail));
    }
    if let Some(code) = finding.code {
        text = format!("{text} ({code})");
    }
    if let Some(as_of) = finding.as_of {
        text = format!("{text}, as of {}", Instant::floor(as_of));
    }
    if let Some(decision) = finding.decision {
        text = format!("{text}, by the decision with SHA-256 {decision}");
    }
    printer.marked(mark, text)?;
    for note in &finding.notes {
        let remark = format!("  {} ({})", one_line(&note.detail), note.code);
        printer.line(remark)?;
    }
    Ok(())
}

fn sentence(report: &Report) -> String {
    match report.verdict() {
        Verdict::Valid => {
            let shown: Vec<String> = report
                .credentials
                .iter()
                .map(|c| shown(c, report))
                .collect();
            let accepted = if report.credentials.iter().any(is_of_suspended) {
                ", THOUGH THE ISSUER'S ACCREDITATION IS SUSPENDED (accepted by --accept-suspended)"
            } else {
                ""
            };
            format!("VALID{accepted}: {}.", shown.join("; "))
        }
        Verdict::Indeterminate => {
            format!("COULD NOT DECIDE: {}.", reason(report, Outcome::Unknown))
        }
        Verdict::Ended | Verdict::Invalid => {
            format!("NOT VALID: {}.", reason(report, Outcome::Fail))
        }
    }
}

/// Whether the accreditor has suspended the issuer, and the verifier looks past it.
fn is_of_suspended(credential: &CredentialReport) -> bool {
    let finding = credential.finding(CredentialCheck::Accreditation);
    finding.outcome == Outcome::Pass && finding.code == Some(Code::AccreditationSuspended)
}

fn shown(credential: &CredentialReport, report: &Report) -> String {
    let text = |value: Option<&Value<'_>>| value.and_then(Value::as_str).map(one_line);
    let claims = &credential.claims;
    let name = text(claims.get("name").and_then(|name| name.get("display")));
    let name = name.unwrap_or_else(|| "the holder".to_owned());
    let past = report.at != report.checked_at;
    let what = match credential.kind.as_deref() {
        Some("MemberMandate") if past => "held a mandate",
        Some("MemberMandate") => "holds a mandate",
        Some("OfficeHolder") if past => "held an office",
        Some("OfficeHolder") => "holds an office",
        Some("CommitteeMembership") if past => "sat on a committee",
        Some("CommitteeMembership") => "sits on a committee",
        Some("StaffAccreditation") if past => "was accredited as staff",
        Some("StaffAccreditation") => "is accredited as staff",
        _ if past => "was an accredited delegate",
        _ => "is an accredited delegate",
    };
    let chamber = text(claims.get("chamber")).unwrap_or_default();
    let issuer = credential.issuer_name.as_deref().map(one_line);
    let issuer = issuer.map_or_else(String::new, |issuer| format!(", says {issuer}"));
    let when = if past {
        format!(" at {}", Instant::floor(report.at))
    } else {
        String::new()
    };
    format!("{name} {what} in {chamber}{when}{issuer}")
}

/// Returns the first reason of this kind, in the order of the checks.
fn reason(report: &Report, outcome: Outcome) -> String {
    let of_presentation = PresentationCheck::ALL.map(|check| report.finding(check));
    let effect =
        |check: &CredentialCheck| matches!(check, CredentialCheck::Status | CredentialCheck::Term);
    let credentials = || report.credentials.iter();
    let wrong = credentials().flat_map(|c| {
        let checks = CredentialCheck::ALL
            .into_iter()
            .filter(move |check| !effect(check));
        checks.map(|check| c.finding(check))
    });
    let ended = credentials().flat_map(|c| {
        let checks = CredentialCheck::ALL.into_iter().filter(effect);
        checks.map(|check| c.finding(check))
    });
    let mut all = of_presentation.into_iter().chain(wrong).chain(ended);
    let found = all.find(|finding| finding.outcome == outcome);
    found
        .and_then(|finding| finding.detail.as_deref())
        .map_or_else(|| "nothing was presented".to_owned(), one_line)
}

const fn title_of(check: PresentationCheck) -> &'static str {
    match check {
        PresentationCheck::Request => "Request answered in full",
        PresentationCheck::Nonce => "Answered once, to this request",
        PresentationCheck::Audience => "Made for this verifier",
        PresentationCheck::Holder => "Held by the presenter",
    }
}

const fn title(check: CredentialCheck) -> &'static str {
    match check {
        CredentialCheck::Signature => "Signature",
        CredentialCheck::Issuer => "Issuer trusted",
        CredentialCheck::Accreditation => "Issuer accredited",
        CredentialCheck::Validity => "Dates",
        CredentialCheck::Status => "Not revoked or suspended",
        CredentialCheck::Term => "Term running",
        CredentialCheck::Freshness => "Evidence recent enough",
    }
}
