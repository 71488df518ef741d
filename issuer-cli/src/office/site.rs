//! What is published of the issuer's own DID, and the card that is given by hand.

use identity_core::{
    card::{IssuerCard, document_json},
    did::{DidDocument, LocalResolver, Relationship, Resolver as _},
    key::Signer as _,
};

use super::{
    Office, Refusal,
    publish::{Publication, file},
};
use crate::{
    did::{DidError, DidLog},
    store::Store,
};

impl<S: Store> Office<S> {
    /// Returns the DID's document as it is now; that of an ended DID is its last.
    ///
    /// # Errors
    /// [`Refusal`] when the DID cannot be resolved, or its log is not there.
    pub fn document(&self) -> Result<DidDocument, Refusal> {
        if let Some(log) = self.log()? {
            return Ok(log.last_document().clone());
        }
        let resolver = LocalResolver::new();
        let document = resolver.resolve(self.did());
        let document = document.map_err(|error| Refusal::core(error.code(), &error))?;
        Ok(document.into_owned())
    }

    /// Returns the issuer's card.
    ///
    /// # Errors
    /// As [`document`](Self::document).
    pub fn card(&self) -> Result<IssuerCard, Refusal> {
        let profile = self.profile();
        let place = (profile.chamber.clone(), profile.country.clone());
        let card = IssuerCard::new(&self.document()?, profile.name.clone(), place);
        let card = match self.log()? {
            Some(log) => card.with_log(log.text()),
            None => card,
        };
        Ok(match &self.profile().predecessor {
            Some(statement) => card.with_predecessor(statement),
            None => card,
        })
    }

    /// Returns the document, and the files of the DID where the DID itself says that they are looked for:
    /// below the site's root, which is the folder of the DID's path, or the host's.
    pub(super) fn did_files(&self) -> Result<(DidDocument, Vec<Publication>), Refusal> {
        let document = self.document()?;
        let Some(log) = self.log()? else {
            let json = document_json(&document);
            return Ok((document, vec![file("did.json", &json)]));
        };
        self.check_status_key(log)?;
        // With a path behind the host, which is behind the identifier, the files lie in its folder.
        let has_path = log.history().did().specific_id().split(':').count() > 2;
        let folder = if has_path { "" } else { ".well-known/" };
        let text = |name: &str, content: &str| Publication {
            path: format!("{folder}{name}"),
            content: content.as_bytes().to_vec(),
        };
        let mut files = vec![text("did.jsonl", log.text())];
        files.extend(
            log.witness()
                .map(|witness| text("did-witness.json", witness)),
        );
        if let Some(document) = log.web_document() {
            files.push(file(&format!("{folder}did.json"), &document.to_serde()));
        }
        Ok((document, files))
    }

    /// Verifiers take bundles from the key that the document names, so that another's are not made.
    fn check_status_key(&self, log: &DidLog) -> Result<(), Refusal> {
        let key = self.keys.status.public_key();
        let mut methods = log.last_document().methods().iter();
        let purpose = Relationship::CapabilityInvocation;
        if methods.any(|method| method.key() == key && method.purposes().contains(&purpose)) {
            return Ok(());
        }
        Err(DidError::KeyNotNamed {
            key: key.to_multikey(),
            purpose: purpose.as_str(),
        }
        .into())
    }
}
