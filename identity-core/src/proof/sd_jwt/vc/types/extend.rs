//! Types that extend others (draft-ietf-oauth-sd-jwt-vc sections 5.4, 5.5.2 and 5.6.5).

use super::{ClaimMetadata, Disclosability, Display, TypeError, TypeMetadata, document};
use crate::proof::sd_jwt::vc::{Claims, Integrity};

/// Longest chain of types, the last one counted.
const MAX_CHAIN: usize = 8;

/// Type metadata documents that somebody handed in. Whoever does vouches for where they come from.
#[derive(Clone, Debug, Default)]
pub struct TypeDocuments(Vec<(Vec<u8>, TypeMetadata)>);

/// What holds for a type, with everything that it inherits.
#[derive(Clone, Debug, PartialEq)]
pub struct ResolvedType {
    chain: Vec<String>,
    display: Vec<Display>,
    claims: Vec<ClaimMetadata>,
}

impl TypeDocuments {
    /// Holds no document.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a document as it was received: its digest is over these bytes.
    ///
    /// # Errors
    /// [`TypeError`] when it is not well formed.
    pub fn insert(&mut self, json: &[u8]) -> Result<(), TypeError> {
        let metadata = TypeMetadata::parse(json)?;
        self.0.push((json.to_vec(), metadata));
        Ok(())
    }

    /// Finds what holds for the type of a credential.
    ///
    /// # Errors
    /// [`TypeError`] when a document is not at hand or not the one referred to, the types go in a
    /// circle, or one takes back what the one it extends demands.
    pub fn resolve(&self, claims: &Claims) -> Result<ResolvedType, TypeError> {
        self.resolve_type(&claims.vct, claims.integrity.as_ref())
    }

    /// Finds what holds for a type.
    ///
    /// # Errors
    /// As for [`TypeDocuments::resolve`].
    pub fn resolve_type(
        &self,
        vct: &str,
        integrity: Option<&Integrity>,
    ) -> Result<ResolvedType, TypeError> {
        let mut documents: Vec<&TypeMetadata> = Vec::new();
        let mut next = Some((vct, integrity));
        while let Some((vct, integrity)) = next {
            if documents.len() == MAX_CHAIN || documents.iter().any(|d| d.vct == vct) {
                let vct = vct.to_owned();
                return Err(TypeError::Loop { vct });
            }
            let document = self.find(vct, integrity)?;
            documents.push(document);
            next = document
                .extends
                .as_deref()
                .map(|extended| (extended, document.extends_integrity.as_ref()));
        }
        let chain = documents.iter().map(|d| d.vct.clone()).collect();
        // The nearest type that says how it is shown (section 5.5.2).
        let display = documents.iter().find_map(|d| d.display.clone());
        let mut claims: Vec<ClaimMetadata> = Vec::new();
        for document in documents.iter().rev() {
            extend(&mut claims, document)?;
        }
        document::check_distinct(&claims)?;
        Ok(ResolvedType {
            chain,
            display: display.unwrap_or_default(),
            claims,
        })
    }

    /// Finds the document of a type: the one with this digest, or else the last that was handed in.
    fn find(&self, vct: &str, integrity: Option<&Integrity>) -> Result<&TypeMetadata, TypeError> {
        let mut found = Err(TypeError::Missing {
            vct: vct.to_owned(),
        });
        for (json, document) in self.0.iter().rev().filter(|(_, d)| d.vct == vct) {
            match integrity.map_or(Ok(()), |integrity| integrity.check(json)) {
                Ok(()) => return Ok(document),
                Err(error) => found = Err(error),
            }
        }
        found
    }
}

impl ResolvedType {
    /// Returns the type and those it extends, the nearest first.
    pub fn chain(&self) -> &[String] {
        &self.chain
    }

    /// Returns how credentials of the type are shown.
    pub fn display(&self) -> &[Display] {
        &self.display
    }

    /// Returns what holds for its claims, those of the furthest type first.
    pub fn claims(&self) -> &[ClaimMetadata] {
        &self.claims
    }
}

/// Puts what a type says over what the types it extends say.
fn extend(claims: &mut Vec<ClaimMetadata>, document: &TypeMetadata) -> Result<(), TypeError> {
    for child in &document.claims {
        let Some(parent) = claims.iter_mut().find(|claim| claim.path == child.path) else {
            claims.push(child.clone());
            continue;
        };
        let relaxed = || TypeError::Relaxed {
            vct: document.vct.clone(),
            path: child.path.to_string(),
        };
        // Section 5.6.5.1.
        match (parent.sd, child.sd) {
            (Some(fixed @ (Disclosability::Always | Disclosability::Never)), Some(other))
                if fixed != other =>
            {
                return Err(relaxed());
            }
            _ => parent.sd = child.sd.or(parent.sd),
        }
        if parent.mandatory == Some(true) && child.mandatory == Some(false) {
            return Err(relaxed());
        }
        parent.mandatory = child.mandatory.or(parent.mandatory);
        // What a member holds is never merged.
        parent.display = child.display.clone().or_else(|| parent.display.take());
        parent.svg_id = child.svg_id.clone().or_else(|| parent.svg_id.take());
    }
    Ok(())
}
