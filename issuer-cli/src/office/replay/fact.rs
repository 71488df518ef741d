//! What entries and records tell of a credential, a mandate or a term, brought down to the same facts.

use core::fmt;

use identity_core::status::Instant;
use serde_json::json;

use crate::{
    office::{CredentialRecord, action::digest_text},
    records::{Mandate, Term},
};

/// Something that happened to a credential, a mandate or a term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fact {
    Issued {
        member: String,
        /// Whose exception from the end of a term is its exception too.
        mandate: Told<Option<String>>,
        kind: String,
        slot: Slot,
    },
    /// Said by the intent: the entry of the issue does not repeat it.
    Bound {
        holder: String,
    },
    Revoked {
        effective: Instant,
        reason: String,
        decision: Told<Option<String>>,
        recorded: Instant,
        /// When it was first published, from which alone one without a decision counts.
        published: Told<Option<Instant>>,
    },
    Suspended {
        from: Instant,
        to: Option<Instant>,
    },
    Ended {
        at: Instant,
        reason: String,
        decision: Told<Option<String>>,
        recorded: Instant,
    },
    TermEnded {
        at: Instant,
        /// How many go on, and the digest of who.
        exceptions: (usize, Told<String>),
        decision: Told<Option<String>>,
        recorded: Instant,
        annulled: Option<Instant>,
    },
}

/// A list and an index in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Slot(pub(super) String, pub(super) u64);

/// What an entry may be silent about: those of earlier versions are, and nobody tells what another life of this
/// office published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Told<T> {
    Is(T),
    Nothing,
}

impl<T: Clone> Told<T> {
    fn or(&mut self, other: &Self) {
        if matches!(self, Self::Nothing) {
            self.clone_from(other);
        }
    }
}

impl Fact {
    /// Returns whether a record that tells this tells what an entry told, as far as it did.
    pub(super) fn is(&self, told: &Self) -> bool {
        let mut told = told.clone();
        match (&mut told, self) {
            (Self::Issued { mandate, .. }, Self::Issued { mandate: found, .. }) => {
                mandate.or(found);
            }
            (
                Self::Revoked {
                    decision,
                    published,
                    ..
                },
                Self::Revoked {
                    decision: found,
                    published: first,
                    ..
                },
            ) => {
                decision.or(found);
                published.or(first);
            }
            (
                Self::Ended { decision, .. },
                Self::Ended {
                    decision: found, ..
                },
            ) => decision.or(found),
            (
                Self::TermEnded {
                    exceptions: (_, who),
                    decision,
                    ..
                },
                Self::TermEnded {
                    exceptions: (_, known),
                    decision: found,
                    ..
                },
            ) => {
                who.or(known);
                decision.or(found);
            }
            _ => {}
        }
        *self == told
    }
}

pub(super) fn of_credential(record: &CredentialRecord) -> Vec<Fact> {
    let issued = Fact::Issued {
        member: record.member.clone(),
        mandate: Told::Is(record.mandate.clone()),
        kind: record.kind.clone(),
        slot: Slot(record.slot.list.as_str().to_owned(), record.slot.index),
    };
    let holder = record.holder.clone();
    let revoked = record.revocations.iter().map(|r| Fact::Revoked {
        effective: r.effective,
        reason: r.reason.as_str().to_owned(),
        decision: Told::Is(r.decision.map(|decision| decision.to_string())),
        recorded: r.recorded,
        published: Told::Is(r.published),
    });
    let suspended = record.suspensions.iter().map(|s| Fact::Suspended {
        from: s.from,
        to: s.to,
    });
    let made = [issued, Fact::Bound { holder }].into_iter();
    made.chain(revoked).chain(suspended).collect()
}

pub(super) fn of_mandate(mandate: &Mandate) -> Vec<Fact> {
    let ended = mandate.ended.iter().map(|ending| Fact::Ended {
        at: ending.at,
        reason: ending.reason.as_str().to_owned(),
        decision: Told::Is(ending.decision.map(|decision| decision.to_string())),
        recorded: ending.recorded,
    });
    ended.collect()
}

pub(super) fn of_term(term: &Term) -> Vec<Fact> {
    let ended = term.endings.iter().map(|ending| Fact::TermEnded {
        at: ending.at,
        exceptions: (
            ending.exceptions.len(),
            Told::Is(digest_text(&json!(ending.exceptions)).unwrap_or_default()),
        ),
        decision: Told::Is(ending.decision.map(|decision| decision.to_string())),
        recorded: ending.recorded,
        annulled: ending.annulled_at,
    });
    ended.collect()
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "slot {} of {}", self.1, self.0)
    }
}

/// What happened, as the end of a sentence that begins with "it".
impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Issued {
                member,
                mandate,
                kind,
                slot,
            } => {
                write!(f, "was issued to {member} as a {kind} in {slot}")?;
                match mandate {
                    Told::Is(Some(mandate)) => write!(f, " for the mandate {mandate}"),
                    _ => Ok(()),
                }
            }
            Self::Bound { holder } => write!(f, "was bound to the key {holder}"),
            Self::Revoked {
                effective,
                reason,
                decision,
                recorded,
                published,
            } => {
                write!(
                    f,
                    "was revoked from {effective} on ({reason}{}) at {recorded}",
                    by(decision)
                )?;
                match published {
                    Told::Is(Some(at)) => write!(f, ", first published at {at}"),
                    _ => Ok(()),
                }
            }
            Self::Suspended { from, to: None } => write!(f, "is suspended since {from}"),
            Self::Suspended { from, to: Some(to) } => {
                write!(f, "was suspended from {from} to {to}")
            }
            Self::Ended {
                at,
                reason,
                decision,
                recorded,
            } => write!(
                f,
                "was ended from {at} on ({reason}{}) at {recorded}",
                by(decision)
            ),
            Self::TermEnded {
                at,
                exceptions: (exceptions, who),
                decision,
                recorded,
                annulled,
            } => {
                write!(f, "was ended from {at} on but for {exceptions}")?;
                if let Told::Is(who) = who {
                    write!(f, " (their digest {who})")?;
                }
                if let Told::Is(Some(decision)) = decision {
                    write!(f, " (decision {decision})")?;
                }
                write!(f, " at {recorded}")?;
                annulled.map_or(Ok(()), |at| write!(f, ", annulled at {at}"))
            }
        }
    }
}

/// The end of a bracket that says by which decision.
fn by(decision: &Told<Option<String>>) -> String {
    match decision {
        Told::Is(Some(decision)) => format!(", decision {decision}"),
        _ => String::new(),
    }
}
