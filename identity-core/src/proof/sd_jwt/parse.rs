//! Reading and verifying the compact form (RFC 9901 sections 4 and 7).

use super::{
    Disclosed, KeyBinding, SdJwtError, TYP_VC, VC_NEVER_CONCEALED, disclosed::Hash, holder, process,
};
use crate::{
    did::{Relationship, Resolver},
    key::PublicKey,
    proof::{
        SignerDid,
        jose::{Jws, JwsError},
    },
    verify::Budget,
};

/// An SD-JWT, with or without key binding, that has been read but not verified.
#[derive(Clone, Debug)]
pub struct SdJwt<'a> {
    issuer: Jws<'a>,
    disclosures: Vec<&'a str>,
    /// Everything that a key binding covers: up to and with the last tilde.
    bound: &'a str,
    key_binding: Option<Jws<'a>>,
}

/// Reads a JWS and returns its header's JSON with it, where that is asked for.
type ParseJws<'a> = fn(&'a str) -> Result<(Jws<'a>, Vec<u8>), JwsError>;

impl<'a> SdJwt<'a> {
    /// Reads `<JWT>~<disclosure>~…~[<key binding>]`.
    ///
    /// # Errors
    /// [`SdJwtError`] when it is not of that form or costs more than the budget.
    pub fn parse(text: &'a str, budget: &mut Budget) -> Result<Self, SdJwtError> {
        Self::read(text, budget, |text| Ok((Jws::parse(text)?, Vec::new())))
            .map(|(sd_jwt, _)| sd_jwt)
    }

    /// Reads one that others made, whose headers may have members not known here, and returns the
    /// issuer's header in JSON with it.
    pub(super) fn parse_open(
        text: &'a str,
        budget: &mut Budget,
    ) -> Result<(Self, Vec<u8>), SdJwtError> {
        Self::read(text, budget, Jws::parse_open)
    }

    fn read(
        text: &'a str,
        budget: &mut Budget,
        parse: ParseJws<'a>,
    ) -> Result<(Self, Vec<u8>), SdJwtError> {
        budget.spend_bytes(text.len())?;
        let (before, last) = text.rsplit_once('~').ok_or(SdJwtError::Malformed {
            reason: "it has no tilde",
        })?;
        let mut parts = before.split('~');
        let (issuer, header) = parse(parts.next().unwrap_or_default())?;
        let disclosures: Vec<&str> = parts.collect();
        budget.spend_disclosures(disclosures.len())?;
        let sd_jwt = Self {
            issuer,
            disclosures,
            bound: &text[..=before.len()],
            key_binding: if last.is_empty() {
                None
            } else {
                Some(parse(last)?.0)
            },
        };
        Ok((sd_jwt, header))
    }

    /// Returns the issuer-signed part, not verified.
    pub const fn issuer_jwt(&self) -> &Jws<'a> {
        &self.issuer
    }

    /// Verifies the issuer's signature with a known key, and discloses.
    ///
    /// # Errors
    /// [`SdJwtError`] when the signature does not match or a disclosure does not belong.
    pub fn verify_with_key(
        &self,
        key: &PublicKey,
        budget: &mut Budget,
    ) -> Result<Disclosed, SdJwtError> {
        budget.spend_signature()?;
        let payload = self.issuer.verify_with_key(key)?;
        process::disclose(payload, &self.disclosures, &[])
    }

    /// Verifies an SD-JWT VC with the key its `kid` names, and discloses.
    ///
    /// # Errors
    /// [`SdJwtError`] when it is of another type, the signature does not match, a disclosure does
    /// not belong, or a claim is disclosed that may never have been concealed.
    pub fn verify_vc(
        &self,
        resolver: &impl Resolver,
        budget: &mut Budget,
    ) -> Result<(SignerDid, Disclosed), SdJwtError> {
        let (signer, payload) = self.issuer.expect_type(TYP_VC)?.verify_any(
            resolver,
            Relationship::AssertionMethod,
            budget,
        )?;
        Ok((
            signer,
            process::disclose(payload, &self.disclosures, VC_NEVER_CONCEALED)?,
        ))
    }

    /// Puts the disclosures in place before anything has been verified.
    ///
    /// For whoever holds the credential and verified it when it came; a verifier uses
    /// [`SdJwt::verify_vc`].
    ///
    /// # Errors
    /// [`SdJwtError`] when a disclosure does not belong.
    pub fn unverified_disclosed(&self) -> Result<Disclosed, SdJwtError> {
        process::disclose(
            self.issuer.unverified_payload(),
            &self.disclosures,
            VC_NEVER_CONCEALED,
        )
    }

    /// Returns whether a key binding stands behind the disclosures.
    pub const fn is_bound(&self) -> bool {
        self.key_binding.is_some()
    }

    /// Verifies that the holder of this key made this presentation, and says for whom and when.
    ///
    /// # Errors
    /// [`SdJwtError::KeyBinding`] when there is none or it covers other bytes, [`SdJwtError::Jws`]
    /// when it is of another type or its signature does not match.
    pub fn verify_key_binding(
        &self,
        holder: &PublicKey,
        budget: &mut Budget,
    ) -> Result<KeyBinding, SdJwtError> {
        self.verify_key_binding_in(Hash::Sha256, holder, budget)
    }

    /// Puts the disclosures in place in a payload that has been verified.
    pub(super) fn disclose_open(&self, payload: &[u8]) -> Result<Disclosed, SdJwtError> {
        process::disclose_open(payload, &self.disclosures)
    }

    /// Verifies a holder's proof whose digest is in the hash function of the credential
    /// (RFC 9901 section 4.3.1).
    pub(super) fn verify_key_binding_in(
        &self,
        hash: Hash,
        holder: &PublicKey,
        budget: &mut Budget,
    ) -> Result<KeyBinding, SdJwtError> {
        let binding = self.key_binding.as_ref().ok_or(SdJwtError::KeyBinding)?;
        budget.spend_signature()?;
        holder::verify(binding, self.bound, hash, holder)
    }

    /// Returns the presentation that shows the disclosures for which `show` says so by their path,
    /// such as `name` or `languages[0]`, with those they are nested in; without key binding.
    ///
    /// # Errors
    /// [`SdJwtError`] when the disclosures do not belong.
    pub fn select(&self, show: impl Fn(&str) -> bool) -> Result<String, SdJwtError> {
        let disclosed =
            process::disclose(self.issuer.unverified_payload(), &self.disclosures, &[])?;
        let mut shown = vec![false; self.disclosures.len()];
        for found in disclosed.found() {
            if show(&found.path) {
                let mut next = Some(found);
                while let Some(found) = next {
                    shown[found.index] = true;
                    next = found
                        .parent
                        .and_then(|p| disclosed.found().iter().find(|f| f.index == p));
                }
            }
        }
        let mut text = format!("{}~", self.issuer.as_str());
        for (disclosure, _) in self
            .disclosures
            .iter()
            .zip(shown)
            .filter(|(_, shown)| *shown)
        {
            text.push_str(disclosure);
            text.push('~');
        }
        Ok(text)
    }
}
