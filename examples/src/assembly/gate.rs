//! The verifier abroad, and what it says.

use identity_core::{
    Code,
    presentation::{Shown, answer as present},
};
use testkit::{
    assembly::{Union, hours},
    world::{Steps, days, key, now},
};
use verifier_lib::{Asked, CredentialCheck, Recheck, Report, Verifier, VerifyError, When};

use super::MANDATE;

pub(super) fn verifier(union: &Union) -> Verifier {
    let anchor = format!("{}=Union of Parliaments", union.did).parse();
    let anchor = anchor.expect("the accreditor has a DID");
    Verifier::new("Gate", key(4), [anchor]).expect("one anchor is named")
}

pub(super) fn judge(
    gate: &Verifier,
    asked: &str,
    credential: &str,
    day: Option<i64>,
) -> (u8, Vec<&'static str>) {
    let when = When {
        at: day.map(days),
        ..When::now(now())
    };
    answer(gate, asked, credential, when)
}

/// The same, some hours later, with a holder who answers then.
pub(super) fn judge_later(
    gate: &Verifier,
    credential: &str,
    later: i64,
) -> (u8, Vec<&'static str>) {
    let mut policy = When::now(hours(later).timestamp());
    // The status may be a day old here: it is the accreditor's file that nobody renews.
    policy.policy.status_max_age = Some(core::time::Duration::from_secs(48 * 3_600));
    answer(gate, MANDATE, credential, policy)
}

fn answer(gate: &Verifier, asked: &str, credential: &str, when: When) -> (u8, Vec<&'static str>) {
    let asked = Asked::from_flag(asked).expect("names of claims");
    let mut rng = Steps(99);
    let request = gate.request("entry", vec![asked], when.now, &mut rng);
    let (request, _) = request.expect("a request that can be made");
    let disclosed = ["name".to_owned()];
    let shown = Shown {
        credential,
        disclose: &disclosed,
        signer: &key(3),
        in_office: None,
    };
    let file = present(&request, &[shown], when.now);
    let file = file.unwrap_or_default();
    match gate.check(file.as_bytes(), &request, when, &mut Recheck) {
        Ok(verified) => told(verified.report()),
        Err(VerifyError::Refused(report)) => told(&report),
        Err(_) => (1, Vec::new()),
    }
}

fn told(report: &Report) -> (u8, Vec<&'static str>) {
    let checks = report
        .credentials
        .iter()
        .flat_map(|credential| CredentialCheck::ALL.map(|check| credential.finding(check).code));
    let codes = checks.flatten().map(Code::as_str).collect();
    (report.verdict().exit_code(), codes)
}
