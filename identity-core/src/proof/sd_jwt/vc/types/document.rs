//! One type metadata document (draft-ietf-oauth-sd-jwt-vc sections 5.2, 5.5 and 5.6).

use super::{ClaimPath, TypeError};
use crate::{
    encoding::strict_json::{self, Limits, Object, Value},
    proof::sd_jwt::vc::Integrity,
};

/// Most claims that one document describes, and most displays of one thing.
const MAX_CLAIMS: usize = 256;
const MAX_DISPLAYS: usize = 256;

/// Longest document that is read, in bytes.
const MAX_BYTES: usize = 256 << 10;

/// A type metadata document; members not named here are ignored (section 5.2).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TypeMetadata {
    /// The type it describes.
    pub vct: String,
    /// Its name, for developers.
    pub name: Option<String>,
    /// Its description, for developers.
    pub description: Option<String>,
    /// The type it extends.
    pub extends: Option<String>,
    /// What the document of that type has to be.
    pub extends_integrity: Option<Integrity>,
    /// How credentials of the type are shown; none means as the extended type says.
    pub display: Option<Vec<Display>>,
    /// The claims it says something about.
    pub claims: Vec<ClaimMetadata>,
}

/// How a type is shown in one language.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Display {
    /// The language (RFC 5646).
    pub locale: String,
    /// The name, for people.
    pub name: String,
    /// The description, for people.
    pub description: Option<String>,
    /// Colours and pictures, as written: their addresses are HTTPS or `data:`, nothing else of them
    /// has been looked at.
    pub rendering: Option<Value<'static>>,
}

/// What a type says about one claim, or several that one path leads to.
///
/// What is left out in a document is none, so that an extending type can leave it as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClaimMetadata {
    /// Which claim.
    pub path: ClaimPath,
    /// How it is shown.
    pub display: Option<Vec<ClaimDisplay>>,
    /// Whether every credential of the type has it; when left out, it need not.
    pub mandatory: Option<bool>,
    /// Whether it is selectively disclosable; when left out, either way is allowed.
    pub sd: Option<Disclosability>,
    /// Its name in templates.
    pub svg_id: Option<String>,
}

/// How a claim is shown in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClaimDisplay {
    /// The language (RFC 5646).
    pub locale: String,
    /// What people call the claim.
    pub label: String,
    /// A description, for people.
    pub description: Option<String>,
}

/// Whether a claim is selectively disclosable (section 5.6.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "complete by the specification")]
pub enum Disclosability {
    /// It may be.
    Allowed,
    /// It has to be.
    Always,
    /// It may not be.
    Never,
}

impl Disclosability {
    const ALL: [Self; 3] = [Self::Allowed, Self::Always, Self::Never];

    /// Returns the word in a document.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Always => "always",
            Self::Never => "never",
        }
    }
}

impl TypeMetadata {
    /// Reads a document.
    ///
    /// # Errors
    /// [`TypeError`] when it is not strict JSON of at most 256 KiB, or not well formed.
    pub fn parse(json: &[u8]) -> Result<Self, TypeError> {
        let limits = Limits {
            max_bytes: MAX_BYTES,
            ..Limits::small()
        };
        let value = strict_json::parse(json, &limits)?;
        let object = value
            .as_object()
            .ok_or_else(|| malformed("it is no object"))?;
        let extends = text(object, "extends")?;
        let integrity = text(object, "extends#integrity")?;
        if integrity.is_some() && extends.is_none() {
            return Err(malformed("it has a digest of a type it does not name"));
        }
        let display = list(object, "display", MAX_DISPLAYS)?;
        let claims = list(object, "claims", MAX_CLAIMS)?.unwrap_or_default();
        let claims: Vec<ClaimMetadata> = claims
            .iter()
            .map(|claim| ClaimMetadata::read(claim))
            .collect::<Result<_, _>>()?;
        check_distinct(&claims)?;
        Ok(Self {
            vct: text(object, "vct")?
                .filter(|vct| !vct.is_empty())
                .ok_or_else(|| malformed("it names no vct"))?,
            name: text(object, "name")?,
            description: text(object, "description")?,
            extends,
            extends_integrity: integrity.map(|text| Integrity::parse(&text)).transpose()?,
            display: display
                .map(|displays| displays.iter().map(|d| Display::read(d)).collect())
                .transpose()?,
            claims,
        })
    }
}

/// Checks that one path is described once, and that one name in templates means one claim.
pub(super) fn check_distinct(claims: &[ClaimMetadata]) -> Result<(), TypeError> {
    let mut paths = std::collections::HashSet::new();
    let mut ids = std::collections::HashSet::new();
    for claim in claims {
        if !paths.insert(&claim.path) {
            return Err(malformed("one path is described twice"));
        }
        if let Some(id) = &claim.svg_id
            && !ids.insert(id)
        {
            return Err(malformed("one svg_id is of two claims"));
        }
    }
    Ok(())
}

impl Display {
    fn read(value: &Value<'_>) -> Result<Self, TypeError> {
        let object = value
            .as_object()
            .ok_or_else(|| malformed("a display is no object"))?;
        let rendering = object.get("rendering");
        if let Some(rendering) = rendering {
            check_rendering(rendering)?;
        }
        Ok(Self {
            locale: locale(object)?,
            name: text(object, "name")?.ok_or_else(|| malformed("a display has no name"))?,
            description: text(object, "description")?,
            rendering: rendering.map(|rendering| rendering.clone().into_owned()),
        })
    }
}

impl ClaimMetadata {
    fn read(value: &Value<'_>) -> Result<Self, TypeError> {
        let object = value
            .as_object()
            .ok_or_else(|| malformed("a claim is no object"))?;
        let path = object.get("path");
        let display = list(object, "display", MAX_DISPLAYS)?;
        let sd = match text(object, "sd")? {
            None => None,
            Some(word) => {
                let mut known = Disclosability::ALL.into_iter();
                let found = known.find(|sd| sd.as_str() == word);
                Some(found.ok_or_else(|| malformed("sd is not always, allowed or never"))?)
            }
        };
        let svg_id = text(object, "svg_id")?;
        if svg_id.as_deref().is_some_and(|id| !is_svg_id(id)) {
            return Err(malformed("an svg_id has characters it may not have"));
        }
        Ok(Self {
            path: ClaimPath::read(path.ok_or_else(|| malformed("a claim has no path"))?)?,
            display: display
                .map(|displays| displays.iter().map(|d| ClaimDisplay::read(d)).collect())
                .transpose()?,
            mandatory: match object.get("mandatory") {
                None => None,
                Some(Value::Bool(mandatory)) => Some(*mandatory),
                Some(_) => return Err(malformed("mandatory is neither true nor false")),
            },
            sd,
            svg_id,
        })
    }
}

impl ClaimDisplay {
    fn read(value: &Value<'_>) -> Result<Self, TypeError> {
        let object = value
            .as_object()
            .ok_or_else(|| malformed("a display is no object"))?;
        Ok(Self {
            locale: locale(object)?,
            label: text(object, "label")?.ok_or_else(|| malformed("a display has no label"))?,
            description: text(object, "description")?,
        })
    }
}

/// Letters, digits and underscores, no digit first (section 5.6).
fn is_svg_id(id: &str) -> bool {
    !id.is_empty()
        && !id.starts_with(|c: char| c.is_ascii_digit())
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Reads a language tag, by its syntax alone (RFC 5646 section 2.1).
fn locale(object: &Object<'_>) -> Result<String, TypeError> {
    let is_subtag =
        |tag: &str| (1..=8).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric());
    let locale = text(object, "locale")?.filter(|text| text.split('-').all(is_subtag));
    locale.ok_or_else(|| malformed("a display has no language tag"))
}

/// Checks the addresses of pictures: HTTPS or `data:` (section 5.5.1), with a digest that can be read.
fn check_rendering(rendering: &Value<'_>) -> Result<(), TypeError> {
    let methods = rendering
        .as_object()
        .ok_or_else(|| malformed("a rendering is no object"))?;
    let simple = methods.get("simple");
    let pictures = ["logo", "background_image"]
        .into_iter()
        .filter_map(|name| simple?.get(name));
    let templates = match methods.get("svg_templates") {
        None => &[],
        Some(Value::Array(templates)) => templates.as_slice(),
        Some(_) => return Err(malformed("svg_templates is no list")),
    };
    for picture in pictures.chain(templates) {
        let picture = picture
            .as_object()
            .ok_or_else(|| malformed("a picture is no object"))?;
        let uri = text(picture, "uri")?.unwrap_or_default();
        if !uri.starts_with("https://") && !uri.starts_with("data:") {
            return Err(malformed("a picture's address is neither HTTPS nor data:"));
        }
        if let Some(integrity) = text(picture, "uri#integrity")? {
            Integrity::parse(&integrity)?;
        }
    }
    Ok(())
}

fn text(object: &Object<'_>, name: &str) -> Result<Option<String>, TypeError> {
    match object.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.to_string())),
        Some(_) => Err(malformed("a member that is a text is none")),
    }
}

fn list<'v, 'a>(
    object: &'v Object<'a>,
    name: &str,
    most: usize,
) -> Result<Option<&'v [Value<'a>]>, TypeError> {
    match object.get(name) {
        None => Ok(None),
        Some(Value::Array(items)) if items.len() <= most => Ok(Some(items)),
        Some(_) => Err(malformed("a member that is a list is none, or too long")),
    }
}

const fn malformed(reason: &'static str) -> TypeError {
    TypeError::Malformed { reason }
}
