//! The media types of VC-JOSE-COSE section 6.1, and the `data:` URLs that carry them.

use super::EnvelopeError;

/// How a document is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a new form must be weighed at every match"
)]
pub enum Form {
    /// A compact JWS.
    Jwt,
    /// A compact SD-JWT.
    SdJwt,
}

/// What is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "VCDM 2.0 has these two documents")]
pub enum Kind {
    /// A verifiable credential.
    Credential,
    /// A verifiable presentation.
    Presentation,
}

/// A media type of a secured document, such as `application/vc+jwt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a new type must be weighed at every match"
)]
pub enum MediaType {
    /// `application/vc+jwt`
    VcJwt,
    /// `application/vc+sd-jwt`
    VcSdJwt,
    /// `application/vp+jwt`
    VpJwt,
    /// `application/vp+sd-jwt`
    VpSdJwt,
}

impl Kind {
    /// Returns the subtype of the document without its envelope, as `cty` names it.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Credential => "vc",
            Self::Presentation => "vp",
        }
    }

    /// Returns the member that says whom the document is from.
    pub(super) const fn author(self) -> &'static str {
        match self {
            Self::Credential => "issuer",
            Self::Presentation => "holder",
        }
    }
}

impl MediaType {
    /// Every type, in the order of their names.
    pub const ALL: [Self; 4] = [Self::VcJwt, Self::VcSdJwt, Self::VpJwt, Self::VpSdJwt];

    /// Returns the type of a document of this kind in this form.
    pub const fn new(kind: Kind, form: Form) -> Self {
        match (kind, form) {
            (Kind::Credential, Form::Jwt) => Self::VcJwt,
            (Kind::Credential, Form::SdJwt) => Self::VcSdJwt,
            (Kind::Presentation, Form::Jwt) => Self::VpJwt,
            (Kind::Presentation, Form::SdJwt) => Self::VpSdJwt,
        }
    }

    /// Returns the subtype, as `typ` names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VcJwt => "vc+jwt",
            Self::VcSdJwt => "vc+sd-jwt",
            Self::VpJwt => "vp+jwt",
            Self::VpSdJwt => "vp+sd-jwt",
        }
    }

    /// Returns how such a document is secured.
    pub const fn form(self) -> Form {
        match self {
            Self::VcJwt | Self::VpJwt => Form::Jwt,
            Self::VcSdJwt | Self::VpSdJwt => Form::SdJwt,
        }
    }

    /// Returns what such a document is.
    pub const fn kind(self) -> Kind {
        match self {
            Self::VcJwt | Self::VcSdJwt => Kind::Credential,
            Self::VpJwt | Self::VpSdJwt => Kind::Presentation,
        }
    }

    /// Splits the `id` of an enveloped credential or presentation, such as
    /// `data:application/vc+jwt,eyJ…`, into its type and the secured text (VCDM 2.0 sections 4.13.1
    /// and 4.13.2; RFC 2397).
    ///
    /// # Errors
    /// [`EnvelopeError::DataUrl`] when it is no such URL, [`EnvelopeError::MediaType`] when it is one
    /// of a type not read here, COSE among them.
    pub fn split_data_url(url: &str) -> Result<(Self, &str), EnvelopeError> {
        let (scheme, rest) = url.split_once(':').ok_or(EnvelopeError::DataUrl)?;
        let (media_type, text) = rest.split_once(',').ok_or(EnvelopeError::DataUrl)?;
        if !scheme.eq_ignore_ascii_case("data") || text.is_empty() {
            return Err(EnvelopeError::DataUrl);
        }
        let known = Self::ALL
            .into_iter()
            .find(|known| is_application(media_type, known.as_str()) && media_type.contains('/'));
        match known {
            Some(known) => Ok((known, text)),
            None => Err(EnvelopeError::MediaType {
                found: media_type.chars().take(64).collect(),
            }),
        }
    }

    /// Writes the `data:` URL of a secured text.
    pub fn to_data_url(self, text: &str) -> String {
        format!("data:application/{},{text}", self.as_str())
    }
}

/// Tells whether `typ` or `cty` names this subtype of `application`: the prefix may be left out where
/// no other slash stands (RFC 7515 sections 4.1.9 and 4.1.10), and case says nothing (RFC 2045
/// section 5.1).
pub(super) fn is_application(found: &str, subtype: &str) -> bool {
    let subtype_found = match found.split_once('/') {
        None => found,
        Some((tree, rest)) if tree.eq_ignore_ascii_case("application") => rest,
        Some(_) => return false,
    };
    subtype_found.eq_ignore_ascii_case(subtype)
}
