//! `relatedResource` (section 5.3) and the digests in it.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::{Findings, ModelError, credential::each_object, place::Place};
use crate::{
    credential::CONTEXT_V2,
    encoding::{
        multibase,
        strict_json::{Object, Value},
    },
};

/// What can be said of a resource whose digest a credential states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "another outcome must be weighed at every match"
)]
pub enum RelatedOutcome {
    /// The digest is that of an earlier edition, which is no longer published at that URL.
    Earlier,
    /// A digest is that of other bytes.
    Mismatch,
    /// Every digest stated is that of the resource.
    Same,
    /// The resource is not at hand, so nothing was compared.
    Unchecked,
}

/// One stated digest.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stated {
    Sha256(Vec<u8>),
    Sha384(Vec<u8>),
    Sha512(Vec<u8>),
}

/// The editions of the base context, newest first, each by its digests: what is published
/// since February 2025, which appendix B.1 of the Recommendation names, and the one that the
/// Candidate Recommendations named since July 2024.
const BASE_CONTEXT: [[&str; 3]; 2] = [
    [
        "sha256-WZVc7WaX1h4D8rJVb+vlMIqxaEKEb1tYbX8fet7JJzQ=",
        "sha384-l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU",
        "sha512-XVVFK9Lc+KKfWikEc+skKxxft31OaPGgqoe6pNuiaUhS1l7GPUisBKmdlW+fcVO5QG+E0tBMdIabAsI5odgTBQ==",
    ],
    [
        "sha256-JKGMkOmFbVJhEfKTduMC2XCyvRAYLjOVmZWwIH1wQ7k=",
        "sha384-NSOcNpmdIVUxIJGvGUoe22FjTWrXiaXlsZ8q6912LdnR3KraQO2n75Ica4wK4Qeg",
        "sha512-yxM236hnDYDQM0SzsMwl+vTUUgGCPDXzm7Gv5an5EfYV/07IDsXy+J4z0U6Wvsi+eOON81uRjJzV87NEm9bIjw==",
    ],
];

/// Checks the members of every related resource.
pub(super) fn check(document: &Object<'_>, at: &Place<'_>, found: &mut Findings) {
    let Some(value) = document.get("relatedResource") else {
        return;
    };
    let here = at.member("relatedResource");
    let mut seen = BTreeSet::new();
    each_object(
        value,
        ModelError::Related,
        &here,
        found,
        |object, at, found| {
            // Whether it is a URL is looked at with the claims.
            if object.get("id").is_none() {
                found.add(ModelError::Related, at, "it has no id");
            }
            if let Some(id) = object.get("id").and_then(Value::as_str)
                && !seen.insert(id.to_owned())
            {
                let reason = "two related resources have one id";
                found.add(ModelError::Related, &at.member("id"), reason);
            }
            match digests(object) {
                None => found.add(ModelError::Related, at, "a digest is not well formed"),
                Some(stated) if stated.is_empty() => {
                    found.add(
                        ModelError::Related,
                        at,
                        "neither digestSRI nor digestMultibase",
                    );
                }
                Some(_) => {}
            }
            if let Some(media_type) = object.get("mediaType")
                && !media_type.as_str().is_some_and(is_media_type)
            {
                let at = at.member("mediaType");
                found.add(ModelError::Related, &at, "not a media type");
            }
        },
    );
}

/// Tells whether an object states the digest of what its `id` names.
pub fn states_digest(object: &Object<'_>) -> bool {
    ["digestMultibase", "digestSRI"]
        .iter()
        .any(|member| object.get(member).is_some())
}

/// Compares the digests that a related resource states with the resource at hand.
///
/// The base context is always at hand. Where several digests are stated, every one must be of the
/// same bytes, except that of several of one `digestSRI` the strongest decides (Subresource Integrity
/// section 3.3.4).
pub fn related_resource(related: &Object<'_>, at_hand: Option<&[u8]>) -> RelatedOutcome {
    let Some(stated) = digests(related).filter(|stated| !stated.is_empty()) else {
        return RelatedOutcome::Mismatch;
    };
    if let Some(bytes) = at_hand {
        let same = stated
            .iter()
            .all(|alternatives| alternatives.iter().any(|digest| digest.is_of(bytes)));
        return if same {
            RelatedOutcome::Same
        } else {
            RelatedOutcome::Mismatch
        };
    }
    if related.get("id").and_then(Value::as_str) != Some(CONTEXT_V2) {
        return RelatedOutcome::Unchecked;
    }
    base_context(&stated)
}

fn base_context(stated: &[Vec<Stated>]) -> RelatedOutcome {
    for (edition, outcome) in BASE_CONTEXT
        .iter()
        .zip([RelatedOutcome::Same, RelatedOutcome::Earlier])
    {
        let known: Vec<Stated> = edition.iter().filter_map(|text| integrity(text)).collect();
        let fits = stated
            .iter()
            .all(|alternatives| alternatives.iter().any(|digest| known.contains(digest)));
        if fits {
            return outcome;
        }
    }
    RelatedOutcome::Mismatch
}

impl Stated {
    fn is_of(&self, bytes: &[u8]) -> bool {
        match self {
            Self::Sha256(digest) => Sha256::digest(bytes).as_slice() == digest,
            Self::Sha384(digest) => Sha384::digest(bytes).as_slice() == digest,
            Self::Sha512(digest) => Sha512::digest(bytes).as_slice() == digest,
        }
    }

    const fn strength(&self) -> usize {
        match self {
            Self::Sha256(_) => 256,
            Self::Sha384(_) => 384,
            Self::Sha512(_) => 512,
        }
    }
}

/// Returns the digests that an object states: for each, the values of which one must fit. `None` when
/// one of them is not well formed.
fn digests(object: &Object<'_>) -> Option<Vec<Vec<Stated>>> {
    let mut stated = Vec::new();
    for text in texts(object.get("digestSRI"))? {
        let all: Vec<Stated> = text
            .split_ascii_whitespace()
            .map(integrity)
            .collect::<Option<_>>()?;
        let strongest = all.iter().map(Stated::strength).max()?;
        stated.push(
            all.into_iter()
                .filter(|s| s.strength() == strongest)
                .collect(),
        );
    }
    for text in texts(object.get("digestMultibase"))? {
        stated.push(vec![multihash(text)?]);
    }
    Some(stated)
}

fn texts<'v>(value: Option<&'v Value<'_>>) -> Option<Vec<&'v str>> {
    match value {
        None => Some(Vec::new()),
        Some(Value::Array(items)) if items.is_empty() => None,
        Some(Value::Array(items)) => items.iter().map(Value::as_str).collect(),
        Some(one) => one.as_str().map(|text| vec![text]),
    }
}

/// Reads one `hash-expression` (Subresource Integrity section 3.5), leaving out its options.
fn integrity(text: &str) -> Option<Stated> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let text = text.split_once('?').map_or(text, |(text, _)| text);
    let (algorithm, value) = text.split_once('-')?;
    let digest = STANDARD.decode(value).ok()?;
    of_length(match algorithm {
        "sha256" => Stated::Sha256(digest),
        "sha384" => Stated::Sha384(digest),
        "sha512" => Stated::Sha512(digest),
        _ => return None,
    })
}

/// Reads a multibase digest (Data Integrity 1.0 section 2.6): a multihash (Controlled Identifiers 1.0
/// section 2.5) or, as digests were written before there was one, the bare bytes of a SHA-2 digest.
fn multihash(text: &str) -> Option<Stated> {
    let bytes = multibase::decode(text).ok()?;
    let tagged = match bytes.as_slice() {
        [0x12, 32, digest @ ..] => Some(Stated::Sha256(digest.to_vec())),
        [0x20, 48, digest @ ..] => Some(Stated::Sha384(digest.to_vec())),
        [0x13, 64, digest @ ..] => Some(Stated::Sha512(digest.to_vec())),
        _ => None,
    };
    if let Some(stated) = tagged.and_then(of_length) {
        return Some(stated);
    }
    match bytes.len() {
        32 => Some(Stated::Sha256(bytes)),
        48 => Some(Stated::Sha384(bytes)),
        64 => Some(Stated::Sha512(bytes)),
        _ => None,
    }
}

fn of_length(stated: Stated) -> Option<Stated> {
    let (Stated::Sha256(digest) | Stated::Sha384(digest) | Stated::Sha512(digest)) = &stated;
    (digest.len() * 8 == stated.strength()).then_some(stated)
}

/// Tells whether the text is a media type, with or without parameters (RFC 6838 section 4.2).
fn is_media_type(text: &str) -> bool {
    let essence = text.split(';').next().unwrap_or_default().trim_end();
    let is_name = |name: &str| {
        name.len() <= 127
            && name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    essence
        .split_once('/')
        .is_some_and(|(kind, sub)| is_name(kind) && is_name(sub))
}
