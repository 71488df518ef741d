//! In-office statements: which credential one is about, and whether it goes along.

use identity_core::{
    key::PublicKey,
    proof::sd_jwt::SdJwt,
    status::Instant,
    trust::in_office::{InOfficeError, Mandate, Statement},
    verify::Budget,
};

use crate::{
    code::{Code, Refusal},
    vault::{Contents, Securing, StoredCredential},
};

const TELL: &str = "ask the secretariat for a new one";

/// What a wallet kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Kept {
    /// The id of the credential it is about.
    pub credential: String,
    /// From when it is no longer in force.
    pub expires: Instant,
}

/// Keeps a statement beside the credential it is about, in the place of an earlier one.
///
/// Whether the issuer's status key signed it a wallet cannot know, since only bundles name that key; a verifier
/// does. It is held to everything else, so that nothing foreign is carried along.
///
/// # Errors
/// [`Refusal`] when it is no statement, not in force, or about no credential of this wallet.
pub fn keep(contents: &mut Contents, text: &str, now: Instant) -> Result<Kept, Refusal> {
    let text = text.trim();
    let refused = |error: InOfficeError| Refusal::core(error.code(), &error, TELL);
    let statement = Statement::open(text, &mut Budget::presentation()).map_err(refused)?;
    statement.is_in_force(now).map_err(refused)?;
    let mut found = None;
    for credential in &contents.credentials {
        if is_about(contents, credential, &statement) {
            found = Some(credential.id.clone());
        }
    }
    let Some(id) = found else {
        return Err(Refusal::new(
            Code::CredentialUnknown.as_str(),
            "the in-office statement is about no credential of this wallet",
            "add the mandate first: mandate-wallet credential add FILE",
        ));
    };
    let mut credentials = contents.credentials.iter_mut();
    if let Some(credential) = credentials.find(|credential| credential.id == id) {
        let newer = |known: &String| {
            let known = Statement::open(known, &mut Budget::presentation());
            known.is_ok_and(|known| known.issued_at() > statement.issued_at())
        };
        if !credential.in_office.as_ref().is_some_and(newer) {
            credential.in_office = Some(text.to_owned());
        }
    }
    Ok(Kept {
        credential: id,
        expires: statement.expires(),
    })
}

/// Returns the statement that goes along with a credential now.
pub(crate) fn in_force(credential: &StoredCredential, now: Instant) -> Option<&str> {
    let text = credential.in_office.as_deref()?;
    let statement = Statement::open(text, &mut Budget::presentation()).ok()?;
    statement.is_in_force(now).ok()?;
    Some(text)
}

fn is_about(contents: &Contents, credential: &StoredCredential, statement: &Statement) -> bool {
    if credential.securing != Securing::SdJwt {
        return false;
    }
    let Some(key) = contents.key(&credential.key) else {
        return false;
    };
    let holder: &PublicKey = identity_core::key::Signer::public_key(&key.secret);
    let Ok(sd_jwt) = SdJwt::parse(&credential.text, &mut Budget::presentation()) else {
        return false;
    };
    let mandate = Mandate {
        issuer: credential.issuer.as_str(),
        signed_part: sd_jwt.issuer_jwt().as_str(),
        holder,
    };
    statement.is_about(&mandate).is_ok()
}

#[cfg(test)]
mod tests;
