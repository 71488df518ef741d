//! Which organisations are chambers: a membership in a party or a committee is no seat.
//!
//! Parliaments call their chambers what they like, so that a list of what a chamber may be called is
//! never complete. What surely is none is known by its kind; of what is left, it counts in which
//! organisations memberships are held for a legislative period.

use std::collections::{BTreeMap, BTreeSet};

use identity_core::encoding::strict_json::Value;

use super::values::{Reference, cleaned, id_of, one_id, text};
use crate::Code;
use crate::roster::report::Note;
use crate::roster::sheet::Refusal;
use crate::roster::text::{Use, shown};

/// Words in the name of a kind by which it is a chamber.
const CHAMBERS: &[&str] = &[
    "assembly",
    "chamber",
    "congress",
    "deputies",
    "diet",
    "house",
    "legislative",
    "legislature",
    "parliament",
    "representatives",
    "senate",
];

/// Words by which it is none, whatever else it is called: a *parliamentary group*, a *house committee*.
const NOT_CHAMBERS: &[&str] = &[
    "agency",
    "alliance",
    "bloc",
    "cabinet",
    "caucus",
    "coalition",
    "committee",
    "committees",
    "department",
    "faction",
    "fraction",
    "government",
    "group",
    "ministers",
    "ministry",
    "parties",
    "party",
    "subcommittee",
    "subgroup",
];

/// Words by which it is none, unless it is where the file's seats are: the Vatican's legislature is
/// a commission.
const RARELY_CHAMBERS: &[&str] = &[
    "association",
    "board",
    "commission",
    "company",
    "court",
    "delegation",
    "executive",
    "office",
    "union",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Chamber,
    Never,
    Rarely,
    /// The kind says nothing, or nothing is said of the kind.
    Unknown,
}

impl Kind {
    fn of(classification: &str) -> Self {
        let has = |list: &[&str]| {
            classification
                .split(|c: char| !c.is_alphanumeric())
                .any(|word| list.contains(&word))
        };
        if has(NOT_CHAMBERS) {
            Self::Never
        } else if has(RARELY_CHAMBERS) {
            Self::Rarely
        } else if has(CHAMBERS) {
            Self::Chamber
        } else {
            Self::Unknown
        }
    }
}

/// What is known of an organisation.
#[derive(Debug)]
struct Organisation {
    name: String,
    classification: String,
    kind: Kind,
}

/// The organisations of a document.
#[derive(Debug, Default)]
pub(super) struct Organisations {
    known: BTreeMap<String, Organisation>,
    chambers: BTreeSet<String>,
}

impl Organisations {
    /// Reads the organisations listed and those written out in memberships, and decides in which of
    /// them a membership is a seat.
    pub(super) fn read<'v>(
        listed: &'v [Value<'v>],
        memberships: &[&'v Value<'v>],
        notes: &mut Vec<Note>,
    ) -> Self {
        let mut found = Self::default();
        for organisation in listed {
            if !found.add(organisation) {
                let message = "an organisation without a usable id was passed over";
                notes.push(Note::new(None, message));
            }
        }
        for membership in memberships {
            for name in ["organization", "on_behalf_of"] {
                for reference in Reference::all(membership, name) {
                    if let Reference::Inline(organisation) = reference {
                        found.add(organisation);
                    }
                }
            }
        }
        found.decide(memberships);
        found
    }

    /// Says whether the organisation could be used; of two with one id the first counts.
    fn add(&mut self, organisation: &Value<'_>) -> bool {
        let Ok(id) = id_of(organisation, "id") else {
            return false;
        };
        let classification = text(organisation, "classification").ok().flatten();
        let classification = classification.unwrap_or_default().trim().to_lowercase();
        let name = cleaned(organisation, "name", Use::Shown).ok().flatten();
        let entry = Organisation {
            name: name.unwrap_or_else(|| id.clone()),
            kind: Kind::of(&classification),
            classification,
        };
        self.known.entry(id).or_insert(entry);
        true
    }

    fn decide(&mut self, memberships: &[&Value<'_>]) {
        let mut all: BTreeSet<String> = BTreeSet::new();
        let mut for_a_period: BTreeSet<String> = BTreeSet::new();
        for membership in memberships {
            let Ok(Some(id)) = one_id(membership, "organization") else {
                continue;
            };
            let period = one_id(membership, "legislative_period");
            if self.kind(&id) != Kind::Never && period.is_ok_and(|period| period.is_some()) {
                for_a_period.insert(id.clone());
            }
            all.insert(id);
        }
        let named_so = all.iter().any(|id| self.kind(id) == Kind::Chamber);
        let mut listed = self.known.values();
        let one_is_listed = listed.any(|known| known.kind == Kind::Chamber);
        // Beside what is called a chamber, a kind that says nothing here is another language's
        // committee sooner than a second chamber; periods are written down for committees too.
        let is_called_else = |id: &str| {
            let known = self.known.get(id);
            one_is_listed && known.is_some_and(|known| !known.classification.is_empty())
        };
        let sole = for_a_period.len() == 1;
        for id in all {
            let seats_are_here = for_a_period.contains(&id);
            let is_chamber = match self.kind(&id) {
                Kind::Chamber => true,
                Kind::Never => false,
                Kind::Rarely => seats_are_here && sole && !named_so,
                Kind::Unknown if is_called_else(&id) => false,
                Kind::Unknown => seats_are_here || (for_a_period.is_empty() && !named_so),
            };
            if is_chamber {
                self.chambers.insert(id);
            }
        }
    }

    fn kind(&self, id: &str) -> Kind {
        self.known.get(id).map_or(Kind::Unknown, |known| known.kind)
    }

    /// Returns an organisation's name.
    pub(super) fn name(&self, id: &str) -> Option<String> {
        self.known.get(id).map(|known| known.name.clone())
    }

    /// Refuses a membership in what is no chamber.
    ///
    /// # Errors
    /// `roster.not_a_chamber`.
    pub(super) fn seat_in(&self, id: &str) -> Result<(), Refusal> {
        if self.chambers.contains(id) {
            return Ok(());
        }
        let known = self.known.get(id);
        let name = known.map_or(id, |known| &known.name);
        let message = match known.map(|known| shown(&known.classification)) {
            Some(kind) if !kind.is_empty() => format!("{name} is a {kind}, not a chamber"),
            _ => format!("nothing says that {name} is a chamber"),
        };
        Err(Refusal::new(Code::RosterNotAChamber, message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_told_by_its_words() {
        for kind in [
            "legislature",
            "national assembly",
            "chamber of deputies",
            "lower house",
            "legislative council",
            "house of lords",
            "upper-house",
        ] {
            assert_eq!(Kind::of(kind), Kind::Chamber, "{kind}");
        }
        for kind in [
            "party",
            "political party",
            "parliamentary group",
            "house committee",
            "parliamentary_faction",
            "government",
            "ministers",
            "ministry",
        ] {
            assert_eq!(Kind::of(kind), Kind::Never, "{kind}");
        }
        for kind in ["", "riksdag", "states", "general council"] {
            assert_eq!(Kind::of(kind), Kind::Unknown, "{kind}");
        }
        assert_eq!(Kind::of("commission"), Kind::Rarely);
    }
}
