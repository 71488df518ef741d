//! Cards: what an issuer and a verifier give to others so that these know them again.
//!
//! A card is not signed. Whoever gets one by hand, or compares its DID with one read out over the
//! telephone, knows whose it is; everything later rests on the DID alone.

use serde::{Deserialize, Serialize};

use crate::{
    Code,
    did::{Did, DidDocument},
    encoding::strict_json::{self, JsonError, Limits},
};

/// The `schema` of an issuer's card.
pub const ISSUER_SCHEMA: &str = "mandate.issuer-card/1";

/// The `schema` of a verifier's card.
pub const VERIFIER_SCHEMA: &str = "mandate.verifier-card/1";

/// An issuer's card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct IssuerCard {
    /// [`ISSUER_SCHEMA`].
    pub schema: String,
    /// The issuer's DID.
    pub did: Did,
    /// What the issuer calls itself.
    pub name: String,
    /// The code of its chamber.
    pub chamber: String,
    /// Its country, ISO 3166-1 alpha-2.
    pub country: String,
    /// Whether its DID is one for trials, whose key can never be replaced.
    pub trial: bool,
    /// Its DID document.
    pub did_document: serde_json::Value,
    /// The log of its DID (`did.jsonl`), where it has one: it proves the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub did_log: Option<String>,
    /// The [statement](crate::trust::successor) of the DID that this one succeeds, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predecessor: Option<String>,
}

/// A verifier's card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VerifierCard {
    /// [`VERIFIER_SCHEMA`].
    pub schema: String,
    /// The verifier's DID.
    pub did: Did,
    /// What the verifier calls itself.
    pub name: String,
    /// Its DID document.
    pub did_document: serde_json::Value,
}

/// Reports why a card is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CardError {
    /// The DID document is that of another DID, or not well formed.
    #[error("the card's DID document is not that of {did}")]
    Document {
        /// The card's DID.
        did: Did,
    },
    /// The card is not strict JSON of its shape.
    #[error("not a card: {0}")]
    Json(#[from] JsonError),
    /// A name or code is empty or has characters that could disturb a display.
    #[error("the card's {member} is empty or cannot be displayed")]
    Name {
        /// The member.
        member: &'static str,
    },
    /// The file is a card of another kind, or none.
    #[error("expected {expected}, found {found:?}")]
    Schema {
        /// The schema expected.
        expected: &'static str,
        /// The schema found.
        found: String,
    },
}

impl CardError {
    /// Returns [`Code::CardMalformed`].
    pub const fn code(&self) -> Code {
        Code::CardMalformed
    }
}

impl IssuerCard {
    /// Makes the card of an issuer.
    pub fn new(
        document: &DidDocument,
        name: impl Into<String>,
        (chamber, country): (impl Into<String>, impl Into<String>),
    ) -> Self {
        Self {
            schema: ISSUER_SCHEMA.to_owned(),
            did: document.id().clone(),
            name: name.into(),
            chamber: chamber.into(),
            country: country.into(),
            trial: document.id().method() == "key",
            did_document: document_json(document),
            did_log: None,
            predecessor: None,
        }
    }

    /// Adds the log of the DID.
    #[must_use]
    pub fn with_log(mut self, log: &str) -> Self {
        self.did_log = Some(log.to_owned());
        self
    }

    /// Adds the statement of the DID that this one succeeds.
    #[must_use]
    pub fn with_predecessor(mut self, statement: &str) -> Self {
        self.predecessor = Some(statement.to_owned());
        self
    }

    /// Reads a card. Neither its log nor its predecessor's statement is verified.
    ///
    /// # Errors
    /// [`CardError`] when it is not one, or its document is another DID's.
    pub fn parse(json: &[u8]) -> Result<Self, CardError> {
        let card: Self = strict_json::from_slice(json, &Limits::large())?;
        check_schema(&card.schema, ISSUER_SCHEMA)?;
        check_name("name", &card.name)?;
        check_name("chamber", &card.chamber)?;
        check_name("country", &card.country)?;
        check_document(&card.did, &card.did_document)?;
        Ok(card)
    }
}

impl VerifierCard {
    /// Makes the card of a verifier.
    pub fn new(document: &DidDocument, name: impl Into<String>) -> Self {
        Self {
            schema: VERIFIER_SCHEMA.to_owned(),
            did: document.id().clone(),
            name: name.into(),
            did_document: document_json(document),
        }
    }

    /// Reads a card.
    ///
    /// # Errors
    /// [`CardError`] when it is not one, or its document is another DID's.
    pub fn parse(json: &[u8]) -> Result<Self, CardError> {
        let card: Self = strict_json::from_slice(json, &Limits::small())?;
        check_schema(&card.schema, VERIFIER_SCHEMA)?;
        check_name("name", &card.name)?;
        check_document(&card.did, &card.did_document)?;
        Ok(card)
    }
}

/// Returns a DID document as JSON of the other library, for files meant for people.
pub fn document_json(document: &DidDocument) -> serde_json::Value {
    document.to_value().to_serde()
}

fn check_schema(found: &str, expected: &'static str) -> Result<(), CardError> {
    if found == expected {
        return Ok(());
    }
    Err(CardError::Schema {
        expected,
        found: found.chars().take(64).collect(),
    })
}

fn check_name(member: &'static str, text: &str) -> Result<(), CardError> {
    if crate::credential::is_displayable(text) {
        Ok(())
    } else {
        Err(CardError::Name { member })
    }
}

fn check_document(did: &Did, document: &serde_json::Value) -> Result<(), CardError> {
    let text = document.to_string();
    let found = strict_json::parse(text.as_bytes(), &Limits::small())
        .ok()
        .and_then(|value| DidDocument::from_value(&value).ok());
    match found {
        Some(found) if found.id() == did => Ok(()),
        _ => Err(CardError::Document { did: did.clone() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        did::{self, LocalResolver, Resolver as _},
        key::{Algorithm, SecretKey, Signer as _},
    };

    fn document(seed: u8) -> DidDocument {
        let key = SecretKey::from_secret_bytes(Algorithm::EdDsa, &[seed; 32]).unwrap();
        let did = did::key::create(key.public_key());
        LocalResolver::new().resolve(&did).unwrap().into_owned()
    }

    #[test]
    fn a_card_comes_back() {
        let card = IssuerCard::new(&document(1), "Chamber", ("XX-1", "XX"));
        let json = serde_json::to_vec(&card).unwrap();
        assert_eq!(IssuerCard::parse(&json), Ok(card));
        let card = VerifierCard::new(&document(1), "Gate");
        let json = serde_json::to_vec(&card).unwrap();
        assert_eq!(VerifierCard::parse(&json), Ok(card));
    }

    #[test]
    fn a_card_with_anothers_document_or_schema_is_refused() {
        let card = IssuerCard::new(&document(1), "Chamber", ("XX-1", "XX"));
        let mut other = card.clone();
        other.did_document = document_json(&document(2));
        let json = serde_json::to_vec(&other).unwrap();
        assert!(matches!(
            IssuerCard::parse(&json),
            Err(CardError::Document { .. })
        ));
        let json = serde_json::to_vec(&VerifierCard::new(&document(1), "Gate")).unwrap();
        assert!(IssuerCard::parse(&json).is_err());
        let mut other = card;
        other.name = "a\u{202e}b".to_owned();
        let json = serde_json::to_vec(&other).unwrap();
        assert!(matches!(
            IssuerCard::parse(&json),
            Err(CardError::Name { .. })
        ));
    }
}
