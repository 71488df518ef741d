//! The verdict as JSON: `mandate.verdict/1` of the contract.

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::{CredentialCheck, CredentialReport, Finding, PresentationCheck, Report};
use crate::status::Instant;

impl Report {
    /// Returns the verdict in its JSON form.
    pub fn to_json(&self) -> Json {
        let checks =
            PresentationCheck::ALL.map(|check| finding(check.as_str(), self.finding(check)));
        let credentials: Vec<Json> = self.credentials.iter().map(credential).collect();
        json!({
            "schema": "mandate.verdict/1",
            "verdict": self.verdict().as_str(),
            "checkedAt": instant(self.checked_at),
            "at": instant(self.at),
            "presentation": { "checks": checks },
            "credentials": credentials,
            "hints": self.hints(),
        })
    }
}

fn credential(report: &CredentialReport) -> Json {
    let checks = CredentialCheck::ALL.map(|check| finding(check.as_str(), report.finding(check)));
    let mut object = json!({
        "verdict": report.verdict().as_str(),
        "type": report.kind,
        "issuer": report.issuer,
        "issuerName": report.issuer_name,
        "claims": report.claims.to_serde(),
        "checks": checks,
    });
    if let Some(period) = &report.electoral_period {
        object["electoralPeriod"] = json!({
            "from": period.from,
            "to": period.to,
            "legalBasis": period.legal_basis,
        });
    }
    object
}

fn finding(check: &str, finding: &Finding) -> Json {
    let mut object = json!({ "check": check, "result": finding.outcome.as_str() });
    if let Some(code) = finding.code {
        object["code"] = code.as_str().into();
    }
    if let Some(detail) = &finding.detail {
        object["detail"] = detail.as_str().into();
    }
    if let Some(as_of) = finding.as_of {
        object["asOf"] = instant(as_of).into();
    }
    if let Some(decision) = finding.decision {
        object["decision"] = decision.to_string().into();
    }
    if finding.is_contested() {
        object["contested"] = true.into();
    }
    if !finding.notes.is_empty() {
        let notes = finding.notes.iter();
        let notes =
            notes.map(|note| json!({ "code": note.code.as_str(), "detail": note.detail.as_str() }));
        object["notes"] = notes.collect();
    }
    object
}

fn instant(at: Timestamp) -> String {
    Instant::floor(at).to_string()
}
