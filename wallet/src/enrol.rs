//! Enrolment: from a one-time code and an issuer's card to the file that goes back to the issuer.

use identity_core::{
    card::IssuerCard,
    did::Did,
    enrolment::{self, Code as EnrolmentCode},
    key::Algorithm,
    status::Instant,
};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::{
    code::{Code, Refusal},
    issuers,
    vault::{Contents, PendingEnrolment},
};

/// How few and how many symbols a line may have to be taken for a mistyped code, which has 32, and how
/// many characters that are in no code.
const LEAST: usize = 4;
const MOST: usize = 64;
const SLIPS: usize = 2;

/// Reads a code: bare, or one line of the secretariat's file of invitations.
///
/// # Errors
/// `enrolment.no_code`, `enrolment.several_codes`, `enrolment.code_mistyped`, `issuer.card_mismatch`.
pub fn read_code(text: &str, card: &IssuerCard) -> Result<EnrolmentCode, Refusal> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    if !has_code(lines.clone()) {
        return Err(Refusal::new(
            Code::CodeFileNone.as_str(),
            "there is no code in this file",
            "type the code of your letter when you are asked, without --code-file, or put it alone into a file",
        ));
    }
    let line = lines.next().unwrap_or_default();
    if lines.next().is_some() {
        return Err(Refusal::new(
            Code::CodeFileSeveral.as_str(),
            "the file holds several codes: it was meant for the secretariat",
            "give a file with your own code alone, and tell the secretariat that you saw the others",
        ));
    }
    if !line.starts_with('{') {
        return parse(line);
    }
    let value: serde_json::Value = serde_json::from_str(line).map_err(|_| {
        Refusal::core(
            identity_core::Code::EnrolmentCodeMistyped,
            &"the line is not an invitation",
            "give the line as the secretariat wrote it, or the code alone",
        )
    })?;
    let issuer = value["issuer"]
        .as_str()
        .and_then(|did| did.parse::<Did>().ok());
    if issuer.is_some_and(|issuer| issuer != card.did) {
        return Err(mismatch());
    }
    parse(&Zeroizing::new(
        value["code"].as_str().unwrap_or_default().to_owned(),
    ))
}

/// Whether a file holds a code, perhaps a mistyped one, or an invitation with one: the picture of a
/// letter and a text in words do not.
fn has_code<'t>(mut lines: impl Iterator<Item = &'t str> + Clone) -> bool {
    let mut rest = lines.clone().skip(1);
    if rest.next().is_none() {
        return lines.next().is_some_and(may_be_code);
    }
    // Of several lines one is exact: they were printed by a program.
    lines.any(|line| invitation(line).is_some() || line.parse::<EnrolmentCode>().is_ok())
}

/// Whether a line that was typed may have been meant as a code.
fn may_be_code(line: &str) -> bool {
    if line.starts_with('{') {
        return !line.ends_with('}') || invitation(line).is_some();
    }
    let count = |is: fn(char) -> bool| line.chars().filter(|&c| is(c)).count();
    let symbols = count(|c| c.is_ascii_alphanumeric());
    let others = count(|c| !c.is_ascii_alphanumeric() && !matches!(c, '-' | ' '));
    (LEAST..=MOST).contains(&symbols) && others <= SLIPS
}

/// Returns an invitation, which is an object with a code.
fn invitation(line: &str) -> Option<serde_json::Value> {
    let value: serde_json::Value = serde_json::from_str(line).ok()?;
    value["code"].is_string().then_some(value)
}

fn parse(text: &str) -> Result<EnrolmentCode, Refusal> {
    text.parse().map_err(|error: enrolment::CodeError| {
        Refusal::core(
            error.code(),
            &error,
            "type it again from the letter; I and L are read as 1, O as 0",
        )
    })
}

fn mismatch() -> Refusal {
    Refusal::core(
        identity_core::Code::IssuerCardMismatch,
        &"the code was given out by another issuer than the one on the card",
        "ask the secretariat for its card, and compare its DID by a second way",
    )
}

/// Enrols a key of the wallet with an issuer, and returns the file's text.
///
/// The vault must be saved before the file is handed in.
///
/// # Errors
/// `issuer.card_mismatch`, or what signing meets.
pub fn enrol(
    contents: &mut Contents,
    code: &EnrolmentCode,
    card: &IssuerCard,
    now: Instant,
    rng: &mut impl CryptoRng,
) -> Result<String, Refusal> {
    // Before a key is made: another issuer's code changes nothing here.
    code.key(&card.did).map_err(|_| mismatch())?;
    issuers::keep(contents, card, now)?;
    let key = contents.ensure_key(&card.did, Algorithm::EdDsa, now, rng);
    let text = enrolment::prove(code, &card.did, &key.secret, now.timestamp())
        .map_err(|error| Refusal::core(error.code(), &error, "try it again"))?;
    let id = key.id.clone();
    contents
        .enrolments
        .retain(|pending| pending.issuer != card.did || pending.key != id);
    contents.enrolments.push(PendingEnrolment {
        issuer: card.did.clone(),
        key: id,
        made: now,
    });
    Ok(text)
}

#[cfg(test)]
mod tests;
