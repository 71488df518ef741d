//! Putting disclosures back where their digests stand (RFC 9901 section 7.1).

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use super::{
    SdJwtError,
    disclosed::{Disclosed, Found, Hash, Part, Withheld},
};
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

/// How many disclosures may stand inside one another: a mandate needs two, and what recurses must end.
const MAX_NESTED: usize = 16;

/// Puts disclosures in place whose digests are in SHA-256, the one that is issued here.
pub(in crate::proof) fn disclose(
    payload: &[u8],
    disclosures: &[&str],
    never: &'static [&'static str],
) -> Result<Disclosed, SdJwtError> {
    disclose_with(payload, disclosures, never, &[Hash::Sha256])
}

/// Puts disclosures in place whose digests are in any hash function known here.
pub(super) fn disclose_open(payload: &[u8], disclosures: &[&str]) -> Result<Disclosed, SdJwtError> {
    disclose_with(payload, disclosures, &["_sd_alg"], &Hash::ALL)
}

fn disclose_with(
    payload: &[u8],
    disclosures: &[&str],
    never: &'static [&'static str],
    hashes: &[Hash],
) -> Result<Disclosed, SdJwtError> {
    let Value::Object(mut claims) = strict_json::parse(payload, &Limits::small())? else {
        return Err(SdJwtError::Malformed {
            reason: "the payload is no object",
        });
    };
    let hash = match claims.remove("_sd_alg") {
        None => Hash::Sha256,
        Some(name) => {
            let name = name.as_str().unwrap_or_default();
            let known = hashes.iter().find(|hash| hash.as_str() == name);
            *known.ok_or_else(|| SdJwtError::HashAlgorithm {
                name: name.chars().take(32).collect(),
            })?
        }
    };
    let decoded: Result<Vec<Vec<u8>>, SdJwtError> = disclosures
        .iter()
        .map(|text| base64url::decode(text).map_err(|_| NOT_AN_ARRAY))
        .collect();
    let decoded = decoded?;
    let mut walk = Walk {
        open: HashMap::with_capacity(disclosures.len()),
        seen: HashSet::new(),
        found: Vec::with_capacity(disclosures.len()),
        withheld: Withheld::default(),
    };
    for (index, (text, json)) in disclosures.iter().zip(&decoded).enumerate() {
        if walk.open.insert(hash.digest(text), (index, json)).is_some() {
            return Err(SdJwtError::DigestRepeated);
        }
    }
    let top = Place {
        above: None,
        step: Step::Top,
        parent: None,
        nested: 0,
    };
    let claims = walk.object(claims, &top, never)?;
    if !walk.open.is_empty() {
        return Err(SdJwtError::DisclosureUnreferenced);
    }
    Ok(Disclosed {
        claims: claims.into_owned(),
        found: walk.found,
        withheld: walk.withheld,
        hash,
    })
}

const NOT_AN_ARRAY: SdJwtError = SdJwtError::Malformed {
    reason: "a disclosure is not base64url of an array",
};

/// Goes through a payload and puts each disclosure where its digest stands.
struct Walk<'p> {
    /// Disclosures whose digest has not been met.
    open: HashMap<String, (usize, &'p [u8])>,
    /// Every digest met, also those without a disclosure: none may stand twice.
    seen: HashSet<Cow<'p, str>>,
    found: Vec<Found>,
    withheld: Withheld,
}

/// Where the walk is; the path is written only for what was disclosed.
struct Place<'w> {
    above: Option<&'w Self>,
    step: Step<'w>,
    /// The disclosure in which this stands.
    parent: Option<usize>,
    /// How many disclosures that one stands in, itself counted.
    nested: usize,
}

enum Step<'w> {
    Top,
    Member(&'w str),
    Element(usize),
}

impl<'w> Place<'w> {
    fn at(&'w self, step: Step<'w>) -> Self {
        Self {
            above: Some(self),
            step,
            parent: self.parent,
            nested: self.nested,
        }
    }

    /// The place of what stands inside a disclosure.
    fn inside(&'w self, step: Step<'w>, disclosure: usize) -> Result<Self, SdJwtError> {
        if self.nested == MAX_NESTED {
            return Err(SdJwtError::Malformed {
                reason: "disclosures stand too deep in one another",
            });
        }
        Ok(Self {
            above: Some(self),
            step,
            parent: Some(disclosure),
            nested: self.nested + 1,
        })
    }

    fn path(&self) -> String {
        let above = self.above.map(Self::path).unwrap_or_default();
        match self.step {
            Step::Top => above,
            Step::Member(name) if above.is_empty() => name.to_owned(),
            Step::Member(name) => format!("{above}.{name}"),
            Step::Element(index) => format!("{above}[{index}]"),
        }
    }
}

impl Place<'_> {
    fn parts(&self) -> Vec<Part> {
        let mut parts = self.above.map(Self::parts).unwrap_or_default();
        match self.step {
            Step::Top => {}
            Step::Member(name) => parts.push(Part::Member(name.to_owned())),
            Step::Element(index) => parts.push(Part::Element(index)),
        }
        parts
    }
}

impl<'p> Walk<'p> {
    fn value(&mut self, value: Value<'p>, at: &Place<'_>) -> Result<Value<'p>, SdJwtError> {
        match value {
            Value::Object(object) => self.object(object, at, &[]),
            Value::Array(items) => self.array(items, at),
            other => Ok(other),
        }
    }

    fn object(
        &mut self,
        mut object: Object<'p>,
        at: &Place<'_>,
        never: &[&str],
    ) -> Result<Value<'p>, SdJwtError> {
        let malformed = SdJwtError::Malformed {
            reason: "_sd is no array of digests",
        };
        let digests = match object.remove("_sd") {
            None => Vec::new(),
            Some(Value::Array(digests)) => digests,
            Some(_) => return Err(malformed),
        };
        let mut whole = Object::default();
        for (name, value) in object {
            if name == "..." {
                return Err(SdJwtError::Malformed {
                    reason: "a digest where no element stands",
                });
            }
            let value = self.value(value, &at.at(Step::Member(&name)))?;
            whole.insert(name, value);
        }
        let mut withheld = false;
        for digest in digests {
            let Value::String(digest) = digest else {
                return Err(malformed);
            };
            let Some((index, parts)) = self.open(digest)? else {
                withheld = true;
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
            let inside = at.inside(Step::Member(&name), index)?;
            let value = self.value(value, &inside)?;
            self.found.push(Found {
                index,
                path: inside.path(),
                place: inside.parts(),
                parent: at.parent,
            });
            whole.insert(name, value);
        }
        if withheld {
            self.withheld.members.insert(at.parts());
        }
        Ok(Value::Object(whole))
    }

    fn array(&mut self, items: Vec<Value<'p>>, at: &Place<'_>) -> Result<Value<'p>, SdJwtError> {
        let mut whole = Vec::with_capacity(items.len());
        for (i, item) in items.into_iter().enumerate() {
            let digest = match item {
                Value::Object(mut object) if object.get("...").is_some() => {
                    let digest = object.remove("...");
                    match digest {
                        Some(Value::String(digest)) if object.is_empty() => digest,
                        _ => {
                            return Err(SdJwtError::Malformed {
                                reason: "an element's digest is not alone",
                            });
                        }
                    }
                }
                item => {
                    whole.push(self.value(item, &at.at(Step::Element(i)))?);
                    continue;
                }
            };
            let Some((index, parts)) = self.open(digest)? else {
                let element = at.at(Step::Element(i));
                self.withheld.elements.insert(element.parts());
                continue;
            };
            let Ok([_, value]) = <[_; 2]>::try_from(parts) else {
                return Err(SdJwtError::Malformed {
                    reason: "a disclosure is not that of an element",
                });
            };
            let inside = at.inside(Step::Element(i), index)?;
            whole.push(self.value(value, &inside)?);
            self.found.push(Found {
                index,
                path: inside.path(),
                place: inside.parts(),
                parent: at.parent,
            });
        }
        Ok(Value::Array(whole))
    }

    /// Meets a digest: returns its disclosure, if that was sent.
    fn open(
        &mut self,
        digest: Cow<'p, str>,
    ) -> Result<Option<(usize, Vec<Value<'p>>)>, SdJwtError> {
        let sent = self.open.remove(digest.as_ref());
        if !self.seen.insert(digest) {
            return Err(SdJwtError::DigestRepeated);
        }
        let Some((index, json)) = sent else {
            return Ok(None);
        };
        match strict_json::parse(json, &Limits::small())? {
            Value::Array(parts) if matches!(parts.first(), Some(Value::String(_))) => {
                Ok(Some((index, parts)))
            }
            _ => Err(NOT_AN_ARRAY),
        }
    }
}
