//! Taking a credential in: signature, issuer and binding are checked before anything is kept.

use identity_core::{
    credential::Envelope,
    did::{self, Did, Relationship},
    encoding::strict_json::{self, Limits},
    proof::{
        SignerDid,
        data_integrity::{self, Expected},
        sd_jwt::SdJwt,
    },
    status::Instant,
    verify::Budget,
};

use crate::{
    answer::issuer_name,
    code::{Code, Refusal},
    issuers::KnownIssuers,
    vault::{Contents, Securing, StoredCredential, credential_id},
};

const TELL: &str = "do not rely on it; ask the secretariat to hand it out again";

/// A credential that was checked against the wallet.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Accepted {
    /// What is to be kept.
    pub credential: StoredCredential,
    /// What it says.
    pub envelope: Envelope,
}

/// Checks a credential: who signed it, whether that issuer's card is known here, whether it is bound
/// to the key that this wallet made for that issuer, and whether it came whole.
///
/// # Errors
/// [`Refusal`] with the code of the first check that fails.
pub fn check(contents: &Contents, text: &str, now: Instant) -> Result<Accepted, Refusal> {
    let text = text.trim();
    let known = KnownIssuers::new(contents, now);
    let (signer, envelope, securing) = if text.starts_with('{') {
        open_vc(text, now, &known)?
    } else {
        open_sd_jwt(text, &known)?
    };
    if envelope.issuer != signer.did().as_str() {
        return Err(Refusal::new(
            identity_core::Code::IssuerMismatch.as_str(),
            "the credential names another issuer than the one whose key signed it",
            TELL,
        ));
    }
    let Some(issuer) = contents.issuer(signer.did()) else {
        return Err(Refusal::new(
            Code::IssuerUnknown.as_str(),
            format!(
                "the card of {} was never given to this wallet",
                signer.did()
            ),
            "enrol with the issuer first: mandate-wallet enrol",
        ));
    };
    let holder: Did = did::key::create(&envelope.holder);
    let Some(key) = contents.key(&holder) else {
        return Err(Refusal::new(
            Code::CredentialNotMine.as_str(),
            "the credential is bound to a key that this wallet does not have",
            "it may be another member's, or that of an earlier device: tell the secretariat",
        ));
    };
    // An issuer learns the key made for another from every presentation. Were its credential taken on
    // that key, showing it would tell each of the two that the other knows the same person.
    // The successor of an issuer is the same parliament, by the word of the one that it succeeds.
    let succeeds = issuer.predecessor.as_ref() == Some(&key.issuer);
    if key.issuer != *signer.did() && !succeeds {
        let made_for = issuer_name(contents, &key.issuer);
        let signed_by = issuer_name(contents, signer.did());
        return Err(Refusal::new(
            Code::CredentialNotMine.as_str(),
            format!(
                "the credential of {signed_by} is bound to the key that this wallet made for another issuer, {made_for}"
            ),
            "do not rely on it; enrol with its issuer, which then binds it to the key made for it: mandate-wallet enrol",
        ));
    }
    if envelope.valid_until <= now.timestamp() {
        return Err(Refusal::new(
            identity_core::Code::CredentialExpired.as_str(),
            format!("the credential was valid until {}", envelope.valid_until),
            "ask the secretariat for a new one",
        ));
    }
    // The signature still holds when disclosures were cut off on the way: without this the first to
    // notice would be the verifier, at the vote.
    let mut required = envelope.kind.claims().iter().filter(|spec| spec.required);
    if let Some(spec) = required.find(|spec| envelope.claims.get(spec.name).is_none()) {
        return Err(Refusal::new(
            Code::CredentialIncomplete.as_str(),
            format!(
                "the credential is incomplete: its {} is missing, perhaps cut off on the way here",
                spec.label
            ),
            "ask the secretariat to hand it out again: mandate-issuer credential show ID --out FILE",
        ));
    }
    Ok(Accepted {
        credential: StoredCredential {
            id: credential_id(text),
            kind: envelope.kind.to_string(),
            issuer: signer.did().clone(),
            securing,
            text: text.to_owned(),
            added: now,
            key: key.id.clone(),
            in_office: None,
        },
        envelope,
    })
}

fn open_sd_jwt(
    text: &str,
    known: &KnownIssuers<'_>,
) -> Result<(SignerDid, Envelope, Securing), Refusal> {
    let mut budget = Budget::presentation();
    let sd_jwt = SdJwt::parse(text, &mut budget)
        .map_err(|error| Refusal::core(error.code(), &error, TELL))?;
    if sd_jwt.is_bound() {
        return Err(presentation());
    }
    let (signer, disclosed) = sd_jwt
        .verify_vc(known, &mut budget)
        .map_err(|error| unverified(error.code(), &error))?;
    let envelope = Envelope::from_sd_jwt(disclosed.claims())
        .map_err(|error| Refusal::core(error.code(), &error, TELL))?;
    Ok((signer, envelope, Securing::SdJwt))
}

fn open_vc(
    text: &str,
    now: Instant,
    known: &KnownIssuers<'_>,
) -> Result<(SignerDid, Envelope, Securing), Refusal> {
    let malformed = || {
        Refusal::core(
            identity_core::Code::CredentialMalformed,
            &"not a credential in strict JSON",
            TELL,
        )
    };
    let value = strict_json::parse(text.as_bytes(), &Limits::small()).map_err(|_| malformed())?;
    let document = value.as_object().ok_or_else(malformed)?;
    let of_presentations = ["vp_token", "verifiableCredential"];
    if of_presentations
        .iter()
        .any(|name| document.get(name).is_some())
    {
        return Err(presentation());
    }
    let expected = Expected::mandate(Relationship::AssertionMethod, now.timestamp());
    let mut budget = Budget::presentation();
    let signers = data_integrity::verify(document, &expected, known, &mut budget)
        .map_err(|error| unverified(error.code(), &error))?;
    let [signer] = signers.as_slice() else {
        return Err(malformed());
    };
    let envelope =
        Envelope::from_vc(document).map_err(|error| Refusal::core(error.code(), &error, TELL))?;
    Ok((signer.clone(), envelope, Securing::DataIntegrity))
}

/// Says why a signature does not count. A key that is not known may be newer than the card.
fn unverified(code: identity_core::Code, error: &impl core::fmt::Display) -> Refusal {
    let newer = [
        identity_core::Code::DidDocumentMissing,
        identity_core::Code::DidNoSuchMethod,
    ];
    if !newer.contains(&code) {
        return Refusal::core(code, error, TELL);
    }
    Refusal::new(
        code.as_str(),
        "it is signed with a key that this wallet does not know of its issuer, who may have replaced the \
         key since this wallet was given the card",
        "ask the secretariat for its newest card, and give both: mandate-wallet credential add FILE --issuer CARD",
    )
    .hint("if the newest card changes nothing, do not rely on it, and tell the secretariat")
}

fn presentation() -> Refusal {
    Refusal::core(
        identity_core::Code::CredentialMalformed,
        &"this is a presentation, not a credential",
        "add the file that the secretariat handed out",
    )
}

#[cfg(test)]
mod tests;
