//! Claim paths (draft-ietf-oauth-sd-jwt-vc section 5.6.1).

use core::fmt;

use super::TypeError;
use crate::{
    encoding::strict_json::Value,
    proof::sd_jwt::{Disclosed, disclosed::Part},
};

/// Longest path that is read.
const MAX: usize = 16;

/// Which claim or claims of a credential are meant, from its top down.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClaimPath(Vec<PathPart>);

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "complete by the specification")]
pub enum PathPart {
    /// To every element of an array (`null`).
    All,
    /// To the element at this index of an array.
    Index(usize),
    /// To the member of this name of an object.
    Name(String),
}

/// A part of a credential that a path leads to.
pub(super) struct Selected<'d> {
    /// Its place as issued.
    pub(super) place: Vec<Part>,
    /// Its value; none when the holder withholds it.
    pub(super) value: Option<&'d Value<'static>>,
}

/// Where a path leads.
pub(super) struct Selection<'d> {
    pub(super) selected: Vec<Selected<'d>>,
    /// Whether something that is withheld on the way may hold what the path means.
    pub(super) inside_withheld: bool,
    /// Whether what the path means may itself be withheld from where it would stand.
    pub(super) itself_withheld: bool,
}

impl ClaimPath {
    /// Reads a path such as `["degrees", null, "type"]`.
    ///
    /// # Errors
    /// [`TypeError::Malformed`] when it is not a list of one to 16 texts, nulls and indexes.
    pub fn read(value: &Value<'_>) -> Result<Self, TypeError> {
        let malformed = TypeError::Malformed {
            reason: "a path is no list of 1 to 16 texts, nulls and indexes",
        };
        let parts = value.as_array().unwrap_or_default();
        if parts.is_empty() || parts.len() > MAX {
            return Err(malformed);
        }
        let read = parts.iter().map(|part| match part {
            Value::Null => Some(PathPart::All),
            Value::String(name) => Some(PathPart::Name(name.to_string())),
            // A sign, a point or an exponent is no index.
            Value::Number(text) => text.parse().ok().map(PathPart::Index),
            _ => None,
        });
        read.collect::<Option<_>>().map(Self).ok_or(malformed)
    }

    /// Makes the path of a claim at the top of a credential.
    pub fn of_name(name: &str) -> Self {
        Self(vec![PathPart::Name(name.to_owned())])
    }

    /// Returns the steps.
    pub fn parts(&self) -> &[PathPart] {
        &self.0
    }

    /// Writes the path.
    pub fn to_value(&self) -> Value<'static> {
        Value::Array(self.0.iter().map(PathPart::to_value).collect())
    }

    /// Follows the path through a credential, counting elements that are withheld.
    ///
    /// `work` is counted down by every part met.
    pub(super) fn select<'d>(
        &self,
        disclosed: &'d Disclosed,
        work: &mut usize,
    ) -> Result<Selection<'d>, TypeError> {
        let (mut inside_withheld, mut itself_withheld) = (false, false);
        let mut selected = vec![Selected {
            place: Vec::new(),
            value: Some(disclosed.claims()),
        }];
        for (step, part) in self.0.iter().enumerate() {
            let is_last = step + 1 == self.0.len();
            let mut next = Vec::new();
            for from in &selected {
                let Some(value) = from.value else {
                    inside_withheld = true;
                    continue;
                };
                match (part, value) {
                    (PathPart::Name(name), Value::Object(object)) => {
                        if let Some(value) = object.get(name) {
                            next.push(from.at(Part::Member(name.clone()), Some(value)));
                        } else {
                            let withheld = disclosed.withheld().members.contains(&from.place);
                            inside_withheld |= withheld && !is_last;
                            itself_withheld |= withheld && is_last;
                        }
                    }
                    (PathPart::All, Value::Array(items)) => {
                        from.elements(items, disclosed, None, &mut next, work)?;
                    }
                    (PathPart::Index(index), Value::Array(items)) => {
                        from.elements(items, disclosed, Some(*index), &mut next, work)?;
                    }
                    _ => {
                        return Err(TypeError::Path {
                            path: self.to_string(),
                        });
                    }
                }
                spend(work)?;
            }
            selected = next;
        }
        Ok(Selection {
            selected,
            inside_withheld,
            itself_withheld,
        })
    }
}

impl<'d> Selected<'d> {
    fn at(&self, part: Part, value: Option<&'d Value<'static>>) -> Self {
        let mut place = Vec::with_capacity(self.place.len() + 1);
        place.clone_from(&self.place);
        place.push(part);
        Self { place, value }
    }

    /// Adds the elements of an array as it was issued: all, or one.
    fn elements(
        &self,
        items: &'d [Value<'static>],
        disclosed: &Disclosed,
        only: Option<usize>,
        to: &mut Vec<Self>,
        work: &mut usize,
    ) -> Result<(), TypeError> {
        let mut shown = items.iter();
        for index in 0.. {
            spend(work)?;
            let mut element = self.at(Part::Element(index), None);
            if !disclosed.withheld().elements.contains(&element.place) {
                let Some(value) = shown.next() else {
                    break;
                };
                element.value = Some(value);
            }
            if only.is_none_or(|only| only == index) {
                to.push(element);
            }
            if only == Some(index) {
                break;
            }
        }
        Ok(())
    }
}

fn spend(work: &mut usize) -> Result<(), TypeError> {
    *work = work.checked_sub(1).ok_or(TypeError::TooMuch)?;
    Ok(())
}

impl PathPart {
    fn to_value(&self) -> Value<'static> {
        match self {
            Self::All => Value::Null,
            Self::Index(index) => Value::Number(index.to_string().into()),
            Self::Name(name) => name.clone().into(),
        }
    }
}

impl fmt::Display for ClaimPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, part) in self.0.iter().enumerate() {
            let separator = if i == 0 { "" } else { "." };
            match part {
                PathPart::All => write!(f, "[*]")?,
                PathPart::Index(index) => write!(f, "[{index}]")?,
                PathPart::Name(name) => write!(f, "{separator}{name}")?,
            }
        }
        Ok(())
    }
}
