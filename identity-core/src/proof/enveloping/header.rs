//! The protected header, read as RFC 7515 and VC-JOSE-COSE say.

use super::{EnvelopeError, Kind, MediaType, media::is_application};
use crate::{
    encoding::strict_json::{self, Limits, Object, Value},
    proof::{jose::JwsError, sd_jwt::TYP_KEY_BINDING},
};

/// What a header says that is heeded; all else in it is ignored (RFC 7515 section 4).
#[derive(Clone, Debug)]
pub(super) struct Header {
    pub(super) alg: String,
    pub(super) kid: Option<String>,
    typ: Option<String>,
    cty: Option<String>,
    /// Claims that may be replicated in the header (RFC 7519 section 5.3) and are heeded.
    pub(super) replicated: Object<'static>,
}

/// The claims of the header that VC-JOSE-COSE section 4.1 heeds, and the one that RFC 7519 section 5.3
/// names beside them.
const REPLICATED: [&str; 3] = ["cnf", "iss", "sub"];

impl Header {
    pub(super) fn parse(json: &[u8]) -> Result<Self, EnvelopeError> {
        // Room for a certificate chain, which is ignored.
        let limits = Limits {
            max_bytes: 64 << 10,
            max_depth: 16,
            max_values: 1024,
        };
        let value = strict_json::parse(json, &limits).map_err(JwsError::Json)?;
        let Value::Object(mut object) = value else {
            return Err(malformed("the header is no object"));
        };
        refuse_what_changes_the_reading(&object)?;
        let text = |name: &str| match object.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone().into_owned())),
            Some(_) => Err(refused(name)),
        };
        let (alg, kid, typ, cty) = (text("alg")?, text("kid")?, text("typ")?, text("cty")?);
        let mut replicated = Object::default();
        for name in REPLICATED {
            if let Some(value) = object.remove(name) {
                replicated.insert(name, value.into_owned());
            }
        }
        Ok(Self {
            alg: alg.ok_or_else(|| malformed("the header has no alg"))?,
            kid,
            typ,
            cty,
            replicated,
        })
    }

    /// Holds `typ` and `cty` to what is expected, where they are there.
    ///
    /// Both are recommended only (VC-JOSE-COSE sections 3.1.1 to 3.2.2). One that says something else
    /// speaks of another document, and one document must not pass for another (RFC 8725 section 3.11).
    pub(super) fn expect_type(&self, media_type: MediaType) -> Result<(), EnvelopeError> {
        let cut = |text: &str| text.chars().take(64).collect();
        if let Some(typ) = &self.typ
            && !is_application(typ, media_type.as_str())
        {
            return Err(EnvelopeError::Jws(JwsError::Type {
                expected: media_type.as_str(),
                found: cut(typ),
            }));
        }
        let expected = Kind::content_type(media_type.kind());
        match &self.cty {
            Some(cty) if !is_application(cty, expected) => Err(EnvelopeError::ContentType {
                expected,
                found: cut(cty),
            }),
            _ => Ok(()),
        }
    }

    /// Holds `typ` to that of a key binding, which must be there (RFC 9901 section 4.3).
    pub(super) fn expect_key_binding(&self) -> Result<(), EnvelopeError> {
        let typ = self.typ.as_deref().unwrap_or_default();
        if is_application(typ, TYP_KEY_BINDING) {
            return Ok(());
        }
        Err(EnvelopeError::Jws(JwsError::Type {
            expected: TYP_KEY_BINDING,
            found: typ.chars().take(64).collect(),
        }))
    }
}

/// Refuses the few members that change how the rest is read.
///
/// - `crit` says that others must be understood, and none of them is (RFC 7515 section 4.1.11).
/// - `b64` other than `true` changes which bytes are signed (RFC 7797 section 3), and is forbidden in a
///   JWT (its section 7).
/// - `enc` makes it a JWE (RFC 7516 section 9).
fn refuse_what_changes_the_reading(header: &Object<'_>) -> Result<(), EnvelopeError> {
    for name in ["crit", "enc"] {
        if header.get(name).is_some() {
            return Err(refused(name));
        }
    }
    match header.get("b64") {
        None | Some(Value::Bool(true)) => Ok(()),
        Some(_) => Err(refused("b64")),
    }
}

fn refused(name: &str) -> EnvelopeError {
    EnvelopeError::Jws(JwsError::Header {
        name: name.to_owned(),
    })
}

fn malformed(reason: &'static str) -> EnvelopeError {
    EnvelopeError::Jws(JwsError::Malformed { reason })
}
