//! Who is accredited, and for what.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::AccreditationError;
use crate::{credential::is_displayable, did::Did};

/// A parliament as an accreditor describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct Parliament {
    /// Its DID.
    pub id: Did,
    /// Its legal name by language (BCP 47).
    pub name: BTreeMap<String, String>,
    /// Its country, ISO 3166-1 alpha-2.
    pub country: String,
    /// The codes of its chambers, those of the IPU's Parline where they exist.
    pub chambers: Vec<String>,
    /// Its domain names; evidence for people, never a reason to believe.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<String>,
    /// What it may issue.
    pub accredited_for: Vec<Grant>,
    /// Whom to call when something is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub csirt: Option<Csirt>,
}

/// One type of credential that may be issued, and within what bounds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct Grant {
    /// The type, such as `MemberMandate`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The chambers it may be issued for.
    pub chambers: Vec<String>,
    /// Longest validity of such a credential, in days.
    pub max_validity_days: u32,
    /// Whether the parliament may delegate it to a unit; a unit may not delegate further.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub may_delegate: bool,
    /// How many officers have to approve each such credential; 0 where that is the parliament's affair.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub approvals: u32,
}

/// Where a parliament's incident response team is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "two members, complete")]
pub struct Csirt {
    /// An address or a telephone number.
    pub contact: String,
    /// Where its `security.txt` (RFC 9116) stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_txt: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// Most chambers, languages, domains and grants of one parliament.
const MANY: usize = 64;

/// Longest validity that can be granted: a hundred years.
const LONGEST: u32 = 36_600;

impl Parliament {
    /// Returns the name to show: in English where there is one, else the first.
    pub fn display_name(&self) -> &str {
        let name = self.name.get("en").or_else(|| self.name.values().next());
        name.map_or("", String::as_str)
    }

    /// Returns the grant for a type.
    pub fn grant(&self, kind: &str) -> Option<&Grant> {
        self.accredited_for.iter().find(|grant| grant.kind == kind)
    }

    /// Checks what a person typed, and what a list says.
    ///
    /// # Errors
    /// [`AccreditationError::Malformed`].
    pub fn check(&self) -> Result<(), AccreditationError> {
        let wrong = |reason| Err(AccreditationError::malformed("accreditation", reason));
        if self.name.is_empty() || self.name.len() > MANY {
            return wrong("it has no name, or names in more than 64 languages");
        }
        if !self
            .name
            .iter()
            .all(|(language, name)| is_tag(language) && is_displayable(name))
        {
            return wrong("a name is no text of 1 to 500 characters under a language such as en");
        }
        if self.country.len() != 2 || !self.country.bytes().all(|b| b.is_ascii_uppercase()) {
            return wrong("the country is not two capital letters, ISO 3166-1 alpha-2");
        }
        if !is_set(&self.chambers) || self.chambers.is_empty() {
            return wrong("chambers are 1 to 64 different codes");
        }
        if !is_set(&self.domains) {
            return wrong("domains are up to 64 different names");
        }
        check_grants(&self.accredited_for, &self.chambers)
            .map_err(|reason| AccreditationError::malformed("accreditation", reason))?;
        let texts = self
            .csirt
            .iter()
            .flat_map(|csirt| core::iter::once(&csirt.contact).chain(csirt.security_txt.as_ref()));
        if !texts.into_iter().all(|text| is_displayable(text)) {
            return wrong("the contact is no text of 1 to 500 characters");
        }
        Ok(())
    }
}

/// Checks grants within the chambers there are.
pub(super) fn check_grants(grants: &[Grant], chambers: &[String]) -> Result<(), &'static str> {
    if grants.is_empty() || grants.len() > MANY {
        return Err("it is for no type, or for more than 64");
    }
    for (at, grant) in grants.iter().enumerate() {
        if !is_displayable(&grant.kind) || grants[..at].iter().any(|g| g.kind == grant.kind) {
            return Err("a type stands twice, or is no text");
        }
        let inside = grant
            .chambers
            .iter()
            .all(|chamber| chambers.contains(chamber));
        if !inside || !is_set(&grant.chambers) || grant.chambers.is_empty() {
            return Err("a type is for chambers that are not there");
        }
        if grant.max_validity_days == 0 || grant.max_validity_days > LONGEST {
            return Err("the longest validity is between a day and a hundred years");
        }
        if usize::try_from(grant.approvals).is_ok_and(|n| n > crate::trust::officers::MOST_OFFICERS)
        {
            return Err("it wants more approvals than there can be officers");
        }
    }
    Ok(())
}

fn is_set(texts: &[String]) -> bool {
    texts.len() <= MANY
        && texts.iter().all(|text| is_displayable(text))
        && (1..texts.len()).all(|at| !texts[..at].contains(&texts[at]))
}

/// Tells whether a text looks like a language tag (RFC 5646): letters and digits in groups of up to eight.
fn is_tag(text: &str) -> bool {
    let group = |group: &str| {
        (1..=8).contains(&group.len()) && group.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    text.split('-').all(group)
}
