//! Where a key is: a PKCS #11 URI (RFC 7512), as far as it is understood here.

use core::{fmt, str::FromStr};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::TokenError;

/// The longest place that is read, in bytes.
const MAX_BYTES: usize = 2048;

/// The place of a key on a token.
///
/// Path attributes `token`, `serial`, `manufacturer`, `model` name the token; `object` and `id` the key
/// (RFC 7512 section 2.3); `type`, if there, is `private`. Of the query attributes `module-path` has to be
/// there and `pin-source` may be. Others are refused, `pin-value` above all: what stands in a command line
/// can be read by everybody on the machine.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TokenUri {
    text: String,
    pub(super) module: PathBuf,
    pub(super) token: Option<String>,
    pub(super) serial: Option<String>,
    pub(super) manufacturer: Option<String>,
    pub(super) model: Option<String>,
    pub(super) label: Option<String>,
    pub(super) id: Option<Vec<u8>>,
    pin_source: Option<PathBuf>,
}

impl TokenUri {
    /// Returns the token's name, for people: its label, else its serial number.
    pub fn token_name(&self) -> &str {
        let name = self.token.as_deref().or(self.serial.as_deref());
        name.unwrap_or("the one that is in")
    }

    /// Returns the place of one of several keys: its label has `-` and the number behind it.
    ///
    /// # Errors
    /// [`TokenError::KeyUnnamed`] when there is no label to number.
    pub fn numbered(&self, number: u64) -> Result<Self, TokenError> {
        let rest = self.text.strip_prefix("pkcs11:").unwrap_or_default();
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        if self.label.is_none() {
            return Err(TokenError::KeyUnnamed);
        }
        let parts: Vec<String> = path
            .split(';')
            .map(|part| match part.split_once('=') {
                Some(("object", _)) => format!("{part}-{number}"),
                _ => part.to_owned(),
            })
            .collect();
        format!("pkcs11:{}?{query}", parts.join(";")).parse()
    }

    /// Returns the file with the PIN, if the place names one.
    pub fn pin_source(&self) -> Option<&Path> {
        self.pin_source.as_deref()
    }
}

impl FromStr for TokenUri {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, TokenError> {
        let invalid = |reason: &str| TokenError::UriInvalid(reason.to_owned());
        let rest = text.strip_prefix("pkcs11:");
        let rest = rest.ok_or_else(|| invalid("it does not begin with pkcs11:"))?;
        if text.len() > MAX_BYTES {
            return Err(invalid("it is too long"));
        }
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut read = Attributes::default();
        let pairs = path.split(';').chain(query.split('&'));
        for pair in pairs.filter(|pair| !pair.is_empty()) {
            let (name, value) = pair
                .split_once('=')
                .ok_or_else(|| invalid("an attribute has no value"))?;
            read.take(name, value)?;
        }
        let module = read.text("module-path")?.map(PathBuf::from);
        let module = module.ok_or_else(|| invalid("module-path is missing"))?;
        if !module.is_absolute() {
            return Err(invalid("module-path is not an absolute path"));
        }
        if read.text("type")?.is_some_and(|kind| kind != "private") {
            return Err(invalid("type is another than private"));
        }
        let pin_source = read.text("pin-source")?;
        let pin_source = pin_source.map(|source| pin_file(&source)).transpose()?;
        Ok(Self {
            text: text.to_owned(),
            module,
            token: read.text("token")?,
            serial: read.text("serial")?,
            manufacturer: read.text("manufacturer")?,
            model: read.text("model")?,
            label: read.text("object")?,
            id: read.bytes("id").cloned(),
            pin_source,
        })
    }
}

/// Reads `pin-source`: a path, or a `file:` URI without a host. RFC 7512 section 2.4 lets it name a program
/// to run as well; that is not done here.
fn pin_file(source: &str) -> Result<PathBuf, TokenError> {
    let path = source.strip_prefix("file:").unwrap_or(source);
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.starts_with('/') {
        Ok(PathBuf::from(path))
    } else {
        let message = "pin-source is no absolute path of a file".to_owned();
        Err(TokenError::UriInvalid(message))
    }
}

/// Attributes as they were read, each once.
#[derive(Default)]
struct Attributes(Vec<(&'static str, Vec<u8>)>);

impl Attributes {
    const KNOWN: [&'static str; 9] = [
        "token",
        "serial",
        "manufacturer",
        "model",
        "object",
        "id",
        "type",
        "module-path",
        "pin-source",
    ];

    fn take(&mut self, name: &str, value: &str) -> Result<(), TokenError> {
        let invalid = |reason: String| Err(TokenError::UriInvalid(reason));
        if name == "pin-value" {
            return invalid("pin-value would show the PIN to everybody; use pin-source".to_owned());
        }
        let Some(known) = Self::KNOWN.into_iter().find(|known| *known == name) else {
            return invalid(format!("{name} is not understood"));
        };
        if self.bytes(known).is_some() {
            return invalid(format!("{name} stands there twice"));
        }
        match percent_decoded(value) {
            Some(bytes) if !bytes.is_empty() => self.0.push((known, bytes)),
            _ => return invalid(format!("{name} has no readable value")),
        }
        Ok(())
    }

    fn bytes(&self, name: &str) -> Option<&Vec<u8>> {
        self.0
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    fn text(&self, name: &str) -> Result<Option<String>, TokenError> {
        let bytes = self.bytes(name).cloned();
        let text = bytes.map(String::from_utf8).transpose();
        match text {
            Ok(text) if text.iter().all(|text| !text.contains(char::is_control)) => Ok(text),
            _ => Err(TokenError::UriInvalid(format!("{name} is no text"))),
        }
    }
}

fn percent_decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            let digits = core::str::from_utf8(&digits).ok()?;
            if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return None;
            }
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    Some(bytes)
}

impl fmt::Display for TokenUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for TokenUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenUri({})", self.text)
    }
}

impl TryFrom<String> for TokenUri {
    type Error = TokenError;

    fn try_from(text: String) -> Result<Self, TokenError> {
        text.parse()
    }
}

impl From<TokenUri> for String {
    fn from(uri: TokenUri) -> Self {
        uri.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        match text.parse::<TokenUri>() {
            Err(TokenError::UriInvalid(reason)) => reason,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn a_place_is_read_as_rfc_7512_has_it() {
        let text = "pkcs11:token=The%20Senate;serial=1a;manufacturer=M;model=m;object=iss%3Bue;id=%01%ff;type=private\
            ?module-path=/lib/p11.so&pin-source=file:///run/pin";
        let uri: TokenUri = text.parse().unwrap();
        assert_eq!(uri.token.as_deref(), Some("The Senate"));
        assert_eq!(uri.serial.as_deref(), Some("1a"));
        assert_eq!(uri.label.as_deref(), Some("iss;ue"));
        assert_eq!(uri.id.as_deref(), Some(&[1, 255][..]));
        assert_eq!(uri.module, Path::new("/lib/p11.so"));
        assert_eq!(uri.pin_source(), Some(Path::new("/run/pin")));
        assert_eq!(uri.to_string(), text);
        assert_eq!(uri.token_name(), "The Senate");
        let json = serde_json::to_string(&uri).unwrap();
        assert_eq!(serde_json::from_str::<TokenUri>(&json).unwrap(), uri);
        for source in ["/run/pin", "file:/run/pin"] {
            let uri: TokenUri = format!("pkcs11:?module-path=/a&pin-source={source}")
                .parse()
                .unwrap();
            assert_eq!(uri.pin_source(), Some(Path::new("/run/pin")));
        }
    }

    #[test]
    fn one_of_several_keys_has_its_number_behind_the_label() {
        let uri = |text: &str| text.parse::<TokenUri>().unwrap();
        let place = uri("pkcs11:object=a%20b;token=object?module-path=/a&pin-source=/object=x");
        let second = place.numbered(2).unwrap();
        assert_eq!(second.label.as_deref(), Some("a b-2"));
        assert_eq!(second.token, place.token);
        assert_eq!(second.pin_source(), place.pin_source());
        let unnamed = uri("pkcs11:token=t?module-path=/a");
        assert_eq!(unnamed.numbered(1), Err(TokenError::KeyUnnamed));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for (text, reason) in [
            ("token=x", "pkcs11:"),
            ("pkcs11:token=x", "module-path is missing"),
            ("pkcs11:token=x?module-path=lib.so", "absolute"),
            ("pkcs11:token=x;token=y?module-path=/a", "twice"),
            ("pkcs11:token=?module-path=/a", "no readable value"),
            ("pkcs11:token=%4?module-path=/a", "no readable value"),
            ("pkcs11:token=%+4?module-path=/a", "no readable value"),
            ("pkcs11:token=%ff?module-path=/a", "no text"),
            ("pkcs11:token=%00?module-path=/a", "no text"),
            ("pkcs11:token?module-path=/a", "no value"),
            (
                "pkcs11:slot-id=1?module-path=/a",
                "slot-id is not understood",
            ),
            ("pkcs11:type=cert?module-path=/a", "type"),
            ("pkcs11:?module-path=/a&pin-value=1234", "pin-value"),
            ("pkcs11:?module-path=/a&pin-source=|/bin/pin", "pin-source"),
            ("pkcs11:?module-path=/a&pin-source=pin", "pin-source"),
        ] {
            let found = refused(text);
            assert!(found.contains(reason), "{text}: {found}");
        }
        assert!(
            refused(&format!("pkcs11:token={}?module-path=/a", "x".repeat(2048))).contains("long")
        );
    }

    #[test]
    fn a_pin_in_the_place_is_not_repeated_in_the_error() {
        assert!(!refused("pkcs11:?module-path=/a&pin-value=947213").contains("947213"));
    }
}
