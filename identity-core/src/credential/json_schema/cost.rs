//! What a schema costs for one value of an instance, before it is used.

use std::collections::HashMap;

use crate::encoding::strict_json::{Object, Value};

/// How many patterns a schema may have: each is compiled before the first is used.
const MAX_PATTERNS: usize = 64;

/// Keywords that refer beyond what is seen in the text, or change what others refer to.
const REFUSED: [&str; 6] = [
    "$anchor",
    "$dynamicAnchor",
    "$dynamicRef",
    "$recursiveAnchor",
    "$recursiveRef",
    "$vocabulary",
];

/// Keywords whose members are named schemas.
const MAPS: [&str; 4] = [
    "dependencies",
    "dependentSchemas",
    "patternProperties",
    "properties",
];

/// Keywords under which a part of the instance is looked at.
const DESCENDING: [&str; 9] = [
    "additionalItems",
    "additionalProperties",
    "contains",
    "items",
    "patternProperties",
    "prefixItems",
    "properties",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// Keywords that hold data or parts that count only where they are referred to.
const NOT_FOLLOWED: [&str; 6] = [
    "$defs",
    "const",
    "default",
    "definitions",
    "enum",
    "examples",
];

/// What is known of a part of the schema.
#[derive(Clone, Copy)]
enum Part {
    /// It is being looked at, so reaching it again is recursion; so many keywords that descend into
    /// the instance led to it.
    Begun { descents: u64 },
    /// It costs this, and leads back to a part that holds it this often.
    Known(Cost),
}

#[derive(Clone, Copy, Default)]
struct Cost {
    steps: u64,
    recursions: u64,
}

struct Walk<'s, 'a> {
    root: &'s Value<'a>,
    parts: HashMap<*const Value<'a>, Part>,
}

/// Returns how many steps the schema takes for one value of an instance, at most.
///
/// A part that is referred to twice counts twice, however deep, so that a few lines cannot unfold to
/// billions of steps. Recursion is taken where it leads into a part of the instance, and once at most:
/// with two ways back each level of the instance would double the work.
pub(super) fn of(schema: &Value<'_>) -> Result<u64, &'static str> {
    if patterns(schema, true)? > MAX_PATTERNS {
        return Err("it has too many patterns");
    }
    let mut walk = Walk {
        root: schema,
        parts: HashMap::new(),
    };
    let cost = walk.schema(schema, 0)?;
    if cost.recursions > 1 {
        return Err("it leads back to itself in more than one way");
    }
    Ok(cost.steps)
}

/// Refuses keywords that are not used here, wherever they stand, and counts the patterns.
fn patterns(value: &Value<'_>, is_root: bool) -> Result<usize, &'static str> {
    let mut count = 0;
    match value {
        Value::Array(items) => {
            for item in items {
                count += patterns(item, false)?;
            }
        }
        Value::Object(object) => {
            for (name, value) in object.iter() {
                if REFUSED.contains(&name) || (name == "$id" && !is_root) {
                    return Err("it has a keyword that is not used here");
                }
                count += match (name, value) {
                    ("pattern", _) => 1,
                    ("patternProperties", Value::Object(members)) => members.len(),
                    _ => 0,
                };
                count += patterns(value, false)?;
            }
        }
        _ => {}
    }
    Ok(count)
}

impl<'s, 'a> Walk<'s, 'a> {
    fn schema(&mut self, value: &'s Value<'a>, descents: u64) -> Result<Cost, &'static str> {
        let Some(object) = value.as_object() else {
            return Ok(Cost {
                steps: 1,
                recursions: 0,
            });
        };
        let key = std::ptr::from_ref(value);
        match self.parts.get(&key) {
            Some(Part::Known(cost)) => return Ok(*cost),
            Some(Part::Begun { descents: before }) if descents > *before => {
                return Ok(Cost {
                    steps: 1,
                    recursions: 1,
                });
            }
            Some(Part::Begun { .. }) => return Err("it leads back to itself without end"),
            None => {}
        }
        self.parts.insert(key, Part::Begun { descents });
        let cost = self.keywords(object, descents)?;
        self.parts.insert(key, Part::Known(cost));
        Ok(cost)
    }

    fn keywords(&mut self, object: &'s Object<'a>, descents: u64) -> Result<Cost, &'static str> {
        let mut cost = Cost {
            steps: 1,
            recursions: 0,
        };
        for (name, value) in object.iter() {
            let descents = descents + u64::from(DESCENDING.contains(&name));
            cost.add(Cost {
                steps: 1,
                recursions: 0,
            });
            match (name, value) {
                ("$ref", Value::String(target)) => {
                    let target = self.part(target).ok_or("it refers to what is not in it")?;
                    cost.add(self.schema(target, descents)?);
                }
                (name, value) if NOT_FOLLOWED.contains(&name) => {
                    cost.add(Cost {
                        steps: super::count(value),
                        recursions: 0,
                    });
                }
                (name, Value::Object(members)) if MAPS.contains(&name) => {
                    for (_, value) in members.iter() {
                        cost.add(self.schema(value, descents)?);
                    }
                }
                (_, Value::Array(items)) => {
                    for item in items {
                        cost.add(self.schema(item, descents)?);
                    }
                }
                (_, value) => cost.add(self.schema(value, descents)?),
            }
        }
        Ok(cost)
    }

    /// Finds the part that a reference names: the whole schema, or a JSON Pointer into it.
    fn part(&self, target: &str) -> Option<&'s Value<'a>> {
        let pointer = target
            .strip_prefix('#')
            .filter(|rest| !rest.contains('%'))?;
        if pointer.is_empty() {
            return Some(self.root);
        }
        let mut here = self.root;
        for step in pointer.strip_prefix('/')?.split('/') {
            let step = step.replace("~1", "/").replace("~0", "~");
            here = match here {
                Value::Array(items) => items.get(step.parse::<usize>().ok()?)?,
                other => other.get(&step)?,
            };
        }
        Some(here)
    }
}

impl Cost {
    fn add(&mut self, other: Self) {
        self.steps = self.steps.saturating_add(other.steps);
        self.recursions = self.recursions.saturating_add(other.recursions);
    }
}
