//! Whether what a name came to mean is what a reader takes it for.
//!
//! Contexts can give one meaning many names, by more ways than their texts show: a type can define a
//! prefix anew, a context at hand can nest members. So what counts is looked at once more where every
//! name has its meaning, whatever led there.

use ssi_json_ld::syntax::Keyword;

use super::{LITERALS, OTHER_DOCUMENTS, refused, touches_reserved};
use crate::ld::{
    LdError,
    active::{Meaning, Named},
};

/// Which wordings of a statement are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ld) enum Wording {
    /// Every one that JSON-LD has.
    Any,
    /// The one under which others look for what is reserved.
    Plain,
}

/// Reserved names that the standards' own contexts call otherwise than their IRIs end.
const OTHER_NAMES: [(&str, &str); 6] = [
    ("authentication", "authenticationMethod"),
    ("capabilityDelegation", "capabilityDelegationMethod"),
    ("capabilityInvocation", "capabilityInvocationMethod"),
    ("expires", "expiration"),
    ("keyAgreement", "keyAgreementMethod"),
    ("mediaType", "encodingFormat"),
];

impl Wording {
    /// Refuses a member that stands for something reserved, or for a keyword, under another name.
    pub(in crate::ld) fn member(self, name: &str, meaning: &Meaning) -> Result<(), LdError> {
        if self == Self::Any {
            return Ok(());
        }
        match meaning {
            Meaning::Iri(named) => {
                own_name(name, named)?;
                if OTHER_DOCUMENTS.contains(&name) && !touches_reserved(&named.plain) {
                    return Err(refused(name, "the name of another member"));
                }
                Ok(())
            }
            Meaning::Keyword(keyword) => {
                let own = match keyword {
                    Keyword::Id => "id",
                    Keyword::Type => "type",
                    keyword => keyword.into_str(),
                };
                // Keywords themselves were looked at in the text.
                if name == own || name.starts_with('@') {
                    return Ok(());
                }
                Err(refused(name, "another name for a keyword"))
            }
            Meaning::Blank(_) | Meaning::Nothing | Meaning::Relative => Ok(()),
        }
    }

    /// Refuses a type that is reserved under another name than its own.
    pub(in crate::ld) fn class(self, name: &str, meaning: &Meaning) -> Result<(), LdError> {
        match (self, meaning) {
            (Self::Plain, Meaning::Iri(named)) => own_name(name, named),
            _ => Ok(()),
        }
    }

    /// Refuses an id in short: it is compared with others as it stands.
    pub(in crate::ld) fn id(self, text: &str, meaning: &Meaning) -> Result<(), LdError> {
        match (self, meaning) {
            (Self::Plain, Meaning::Iri(named)) if *named.plain != *text => {
                Err(refused(text, "an id that is not written in full"))
            }
            _ => Ok(()),
        }
    }

    /// Refuses a reference in short where what it refers to is looked up.
    pub(in crate::ld) fn reference(
        self,
        property: &Meaning,
        text: &str,
        meaning: &Meaning,
    ) -> Result<(), LdError> {
        match property {
            Meaning::Iri(named) if touches_reserved(&named.plain) => self.id(text, meaning),
            _ => Ok(()),
        }
    }

    /// Refuses what is called like a literal of JSON and is none: nobody has looked inside.
    pub(in crate::ld) fn literal(self, name: &str, is_json: bool) -> Result<(), LdError> {
        if self == Self::Plain && LITERALS.contains(&name) && !is_json {
            return Err(refused(name, "no literal of JSON, as its name has it"));
        }
        Ok(())
    }
}

fn own_name(name: &str, named: &Named) -> Result<(), LdError> {
    let iri = &*named.plain;
    let last = iri.rsplit(['#', '/', ':']).next().unwrap_or(iri);
    let other = OTHER_NAMES.iter().find(|(_, end)| *end == last);
    let own = other.map_or(last, |(name, _)| *name);
    if !touches_reserved(iri) || name == own {
        return Ok(());
    }
    Err(refused(name, "another name for a reserved member"))
}
