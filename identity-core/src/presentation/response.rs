//! The file a holder hands over: one compact SD-JWT with key binding, or JSON for several credentials
//! (the `vp_token` of `OpenID4VP` 1.0 section 8.1, keyed by credential type).

use crate::{
    Code,
    credential::Kind,
    encoding::strict_json::{self, JsonError, Limits, Object, Value},
    verify::Budget,
};

/// Most credentials in one presentation.
const MOST: usize = 16;

/// A presentation that has been taken apart but not verified.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Response {
    /// What is presented, in the order of the file.
    pub presented: Vec<Presented>,
}

/// One credential with the type under which it stands in the file.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Presented {
    /// The type named; `None` where the file is the one credential.
    pub kind: Option<Kind>,
    /// The credential.
    pub form: Form,
}

/// One credential as presented.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Form {
    /// A compact SD-JWT with key binding.
    SdJwt(String),
    /// A VC 2.0 presentation that holds one credential.
    Vp(Object<'static>),
}

/// Reports why a presentation cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResponseError {
    /// It is not strict JSON.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// It is of another shape.
    #[error("not a presentation: {reason}")]
    Malformed {
        /// What is wrong.
        reason: &'static str,
    },
}

impl ResponseError {
    /// Returns the stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Json(_) | Self::Malformed { .. } => Code::PresentationMalformed,
        }
    }
}

impl Response {
    /// Takes a presentation file apart.
    ///
    /// # Errors
    /// [`ResponseError`] when it is neither of the two forms, or has members that are not known.
    pub fn parse(file: &[u8], budget: &mut Budget) -> Result<Self, ResponseError> {
        let malformed = |reason| ResponseError::Malformed { reason };
        budget
            .spend_bytes(file.len())
            .map_err(|_| malformed("it is larger than any presentation"))?;
        let text = core::str::from_utf8(file).map_err(|_| malformed("it is no text"))?;
        let text = text.trim_end_matches(['\r', '\n']);
        if !text.starts_with('{') {
            let form = Form::SdJwt(text.to_owned());
            let presented = vec![Presented { kind: None, form }];
            return Ok(Self { presented });
        }
        let value = strict_json::parse(text.as_bytes(), &Limits::small())?;
        let object = value.as_object().filter(|object| object.len() == 1);
        let token = object.and_then(|object| object.get("vp_token"));
        let token = token
            .and_then(Value::as_object)
            .ok_or_else(|| malformed("it has other members than vp_token"))?;
        let mut presented = Vec::new();
        for (kind, list) in token.iter() {
            let kind = kind.parse::<Kind>().ok();
            let kind = Some(kind.ok_or_else(|| malformed("a member of vp_token is no type"))?);
            let list = list.as_array().filter(|list| !list.is_empty());
            for one in list.ok_or_else(|| malformed("a type has no list of credentials"))? {
                let form = match one {
                    Value::String(text) => Form::SdJwt(text.to_string()),
                    Value::Object(vp) => match Value::Object(vp.clone()).into_owned() {
                        Value::Object(vp) => Form::Vp(vp),
                        _ => return Err(malformed("a credential is neither text nor object")),
                    },
                    _ => return Err(malformed("a credential is neither text nor object")),
                };
                presented.push(Presented { kind, form });
            }
        }
        if presented.is_empty() || presented.len() > MOST {
            return Err(malformed("it holds no credential, or too many"));
        }
        Ok(Self { presented })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(file: &str, budget: &mut Budget) -> Result<usize, ResponseError> {
        Response::parse(file.as_bytes(), budget).map(|response| response.presented.len())
    }

    fn of(count: usize) -> String {
        let list = Value::array(std::iter::repeat_n("a~", count));
        let token = Value::object([("MemberMandate", list)]);
        Value::object([("vp_token", token)]).to_serde().to_string()
    }

    #[test]
    fn sixteen_credentials_are_the_most() {
        for (count, expected) in [(1, Some(1)), (16, Some(16)), (17, None), (0, None)] {
            let found = parse(&of(count), &mut Budget::presentation());
            assert_eq!(found.ok(), expected, "{count}");
        }
    }

    #[test]
    fn what_is_read_is_paid_for() {
        let file = of(1);
        for (left, is_read) in [(file.len(), true), (file.len() - 1, false)] {
            let mut budget = Budget::presentation();
            budget.spend_bytes((1 << 20) - left).unwrap();
            assert_eq!(parse(&file, &mut budget).is_ok(), is_read, "{left}");
        }
    }
}
