//! Putting disclosures back where their digests stand (RFC 9901 section 7.1).

use std::collections::{HashMap, HashSet};

use sha2::{Digest as _, Sha256};

use super::SdJwtError;
use crate::encoding::{
    base64url,
    strict_json::{self, Limits, Object, Value},
};

/// Claims of an SD-JWT VC that are never selectively disclosable: those of its specification, and
/// those without which a mandate cannot be judged.
pub const VC_NEVER_CONCEALED: &[&str] = &[
    "_sd_alg",
    "chamber",
    "cnf",
    "country",
    "exp",
    "iss",
    "nbf",
    "status",
    "term",
    "vct",
    "vct#integrity",
];

/// The claims of an SD-JWT after its disclosures were put in place.
#[derive(Clone, Debug, PartialEq)]
pub struct Disclosed {
    claims: Value<'static>,
    found: Vec<Found>,
}

/// Where one disclosure belongs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    pub(super) index: usize,
    pub(super) path: String,
    /// The disclosure in which this one's digest stands.
    pub(super) parent: Option<usize>,
}

impl Disclosed {
    /// Returns the claims, without a trace of the digests.
    pub const fn claims(&self) -> &Value<'static> {
        &self.claims
    }

    /// Returns the paths of what was disclosed, such as `name` or `languages[0]`.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.found.iter().map(|found| found.path.as_str())
    }

    pub(super) fn found(&self) -> &[Found] {
        &self.found
    }
}

/// Returns the digest of a disclosure, over its text as sent (RFC 9901 section 4.2.3).
pub(super) fn digest(disclosure: &str) -> String {
    base64url::encode(&Sha256::digest(disclosure))
}

pub(super) fn disclose(
    payload: &[u8],
    disclosures: &[&str],
    never: &'static [&'static str],
) -> Result<Disclosed, SdJwtError> {
    let Value::Object(mut claims) = strict_json::parse(payload, &Limits::small())?.into_owned()
    else {
        return Err(SdJwtError::Malformed {
            reason: "the payload is no object",
        });
    };
    match claims.remove("_sd_alg") {
        None => {}
        Some(name) if name.as_str() == Some("sha-256") => {}
        Some(name) => {
            let name = name.as_str().unwrap_or_default().chars().take(32).collect();
            return Err(SdJwtError::HashAlgorithm { name });
        }
    }
    let mut walk = Walk {
        open: HashMap::new(),
        seen: HashSet::new(),
        found: Vec::new(),
    };
    for (index, text) in disclosures.iter().enumerate() {
        if walk.open.insert(digest(text), (index, *text)).is_some() {
            return Err(SdJwtError::DigestRepeated);
        }
    }
    let claims = walk.object(
        claims,
        &Place {
            path: "",
            parent: None,
        },
        never,
    )?;
    if !walk.open.is_empty() {
        return Err(SdJwtError::DisclosureUnreferenced);
    }
    Ok(Disclosed {
        claims,
        found: walk.found,
    })
}

struct Walk<'d> {
    /// Disclosures whose digest has not been met.
    open: HashMap<String, (usize, &'d str)>,
    /// Every digest met, also those without a disclosure: none may stand twice.
    seen: HashSet<String>,
    found: Vec<Found>,
}

struct Place<'p> {
    path: &'p str,
    parent: Option<usize>,
}

impl Walk<'_> {
    fn value(
        &mut self,
        value: Value<'static>,
        at: &Place<'_>,
    ) -> Result<Value<'static>, SdJwtError> {
        match value {
            Value::Object(object) => self.object(object, at, &[]),
            Value::Array(items) => self.array(items, at),
            other => Ok(other),
        }
    }

    fn object(
        &mut self,
        mut object: Object<'static>,
        at: &Place<'_>,
        never: &[&str],
    ) -> Result<Value<'static>, SdJwtError> {
        let digests = object.remove("_sd");
        let mut whole = Object::default();
        for (name, value) in object.iter() {
            if name == "..." {
                return Err(SdJwtError::Malformed {
                    reason: "a digest where no element stands",
                });
            }
            let path = join(at.path, name);
            let value = self.value(
                value.clone(),
                &Place {
                    path: &path,
                    parent: at.parent,
                },
            )?;
            whole.insert(name.to_owned(), value);
        }
        let malformed = SdJwtError::Malformed {
            reason: "_sd is no array of digests",
        };
        let digests = match &digests {
            None => &[],
            Some(list) => list.as_array().ok_or_else(|| malformed.clone())?,
        };
        for digest in digests {
            let digest = digest.as_str().ok_or_else(|| malformed.clone())?;
            let Some((index, parts)) = self.open(digest)? else {
                continue;
            };
            let Ok([_, Value::String(name), value]) = <[_; 3]>::try_from(parts) else {
                return Err(SdJwtError::Malformed {
                    reason: "a disclosure is not that of a claim",
                });
            };
            let is_reserved = name == "_sd" || name == "..." || never.contains(&name.as_ref());
            if is_reserved || whole.get(&name).is_some() {
                return Err(SdJwtError::ClaimConflict {
                    name: name.chars().take(64).collect(),
                });
            }
            let path = join(at.path, &name);
            let value = self.value(
                value,
                &Place {
                    path: &path,
                    parent: Some(index),
                },
            )?;
            whole.insert(name, value);
            self.found.push(Found {
                index,
                path,
                parent: at.parent,
            });
        }
        Ok(Value::Object(whole))
    }

    fn array(
        &mut self,
        items: Vec<Value<'static>>,
        at: &Place<'_>,
    ) -> Result<Value<'static>, SdJwtError> {
        let mut whole = Vec::with_capacity(items.len());
        for (i, item) in items.into_iter().enumerate() {
            let path = format!("{}[{i}]", at.path);
            let Some(digest) = item.get("...") else {
                whole.push(self.value(
                    item,
                    &Place {
                        path: &path,
                        parent: at.parent,
                    },
                )?);
                continue;
            };
            let alone = item.as_object().is_some_and(|object| object.len() == 1);
            let (true, Some(digest)) = (alone, digest.as_str()) else {
                return Err(SdJwtError::Malformed {
                    reason: "an element's digest is not alone",
                });
            };
            let Some((index, parts)) = self.open(digest)? else {
                continue;
            };
            let Ok([_, value]) = <[_; 2]>::try_from(parts) else {
                return Err(SdJwtError::Malformed {
                    reason: "a disclosure is not that of an element",
                });
            };
            whole.push(self.value(
                value,
                &Place {
                    path: &path,
                    parent: Some(index),
                },
            )?);
            self.found.push(Found {
                index,
                path,
                parent: at.parent,
            });
        }
        Ok(Value::Array(whole))
    }

    /// Meets a digest: returns its disclosure, if that was sent.
    fn open(&mut self, digest: &str) -> Result<Option<(usize, Vec<Value<'static>>)>, SdJwtError> {
        if !self.seen.insert(digest.to_owned()) {
            return Err(SdJwtError::DigestRepeated);
        }
        let Some((index, text)) = self.open.remove(digest) else {
            return Ok(None);
        };
        let malformed = SdJwtError::Malformed {
            reason: "a disclosure is not base64url of an array",
        };
        let json = base64url::decode(text).map_err(|_| malformed.clone())?;
        match strict_json::parse(&json, &Limits::small())?.into_owned() {
            Value::Array(parts) if matches!(parts.first(), Some(Value::String(_))) => {
                Ok(Some((index, parts)))
            }
            _ => Err(malformed),
        }
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}
