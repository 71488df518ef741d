//! The journal replayed against the records: the chain alone shows that no entry was changed, not that
//! the records are what the entries made them.
//!
//! Both sides are brought down to the same facts. A fact that only one of them tells is a difference.

mod fact;
mod kept;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use identity_core::status::Instant;
use serde_json::Value as Json;

use self::{
    fact::{Fact, Slot, Told, of_credential, of_mandate, of_term},
    kept::Kept,
};
use super::CredentialRecord;
use crate::{
    records::{Mandate, Term},
    store::{Entry, Family, Head, Store, StoreError, parse, verify},
};

/// What replaying a journal found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Replayed {
    /// How many entries there are.
    pub entries: u64,
    /// Slots that were intended and in which nothing was issued: the issuer was interrupted, and nothing
    /// was handed out.
    pub abandoned: u64,
    /// Where journal and records tell different stories.
    pub differences: Vec<Difference>,
}

/// Something that only the journal says, or only the records.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// The entry; absent when no entry tells what the record says.
    pub entry: Option<u64>,
    /// The record, by family and id; absent when the entry alone is at odds.
    pub record: Option<(Family, String)>,
    /// What is different, for people.
    pub message: String,
}

/// Verifies the journal as [`verify`] does, and compares every credential, mandate and term with it.
///
/// # Errors
/// [`StoreError`] when the journal does not verify, or the store cannot be read.
pub fn replay(store: &impl Store, acknowledged: Option<Head>) -> Result<Replayed, StoreError> {
    let mut replay = Replay::default();
    let summary = verify(store, acknowledged, |entry| {
        replay.take(entry);
        Ok(())
    })?;
    store.visit(Family::Credentials, &mut |key, value| {
        let record: CredentialRecord = parse(Family::Credentials, key, value)?;
        replay.compare(
            (Family::Credentials, key),
            &record.id,
            of_credential(&record),
        );
        replay.kept.holds(&record);
        Ok(())
    })?;
    store.visit(Family::Mandates, &mut |key, value| {
        let record: Mandate = parse(Family::Mandates, key, value)?;
        replay.compare((Family::Mandates, key), &record.id, of_mandate(&record));
        Ok(())
    })?;
    store.visit(Family::Terms, &mut |key, value| {
        let record: Term = parse(Family::Terms, key, value)?;
        replay.compare((Family::Terms, key), &record.id, of_term(&record));
        replay.compare_start(&record);
        Ok(())
    })?;
    replay.compare_kept(store)?;
    Ok(replay.finish(summary.entries))
}

#[derive(Debug)]
struct Intent {
    seq: u64,
    kind: String,
    holder: String,
    /// The approvals it rests on.
    approval: Option<String>,
    /// The entry that issued a credential in its slot.
    used: Option<u64>,
}

#[derive(Debug, Default)]
struct Replay {
    intents: HashMap<Slot, Intent>,
    /// What the entries tell of each record, with the entry that told it last.
    told: BTreeMap<(Family, String), Vec<(u64, Fact)>>,
    differences: Vec<Difference>,
    /// Credentials with a revocation that no publication has told of yet.
    unpublished: BTreeSet<String>,
    kept: Kept,
}

impl Replay {
    fn take(&mut self, entry: &Entry) {
        let taken = entry.at.parse().ok().and_then(|now| {
            let (seq, body) = (entry.seq, &entry.body);
            match entry.kind.as_str() {
                "credential.intended" => self.intended(seq, body),
                "credential.issued" => self.issued(seq, body),
                "credential.revoked" => {
                    let effective = instant(body, "effective")?;
                    self.revoked(seq, text(body, "credential")?, effective, body, now)
                }
                "credential.suspended" => {
                    let fact = Fact::Suspended {
                        from: now,
                        to: None,
                    };
                    self.tell(Family::Credentials, text(body, "credential")?, seq, fact);
                    Some(())
                }
                "credential.reinstated" => self.reinstated(seq, body, now),
                "mandate.ended" => self.mandate_ended(seq, body, now),
                "published" => {
                    self.published(&Told::Is(Some(now)));
                    Some(())
                }
                "backup.restored" => {
                    self.published(&Told::Nothing);
                    self.kept.restored(seq, body);
                    Some(())
                }
                "term.ended" => self.term_ended(seq, body, now),
                "term.reinstated" => self.term_reinstated(seq, body, now),
                kind => self.kept.take(seq, kind, body),
            }
        });
        if taken.is_none() {
            let what = format!("is no {} as they are written", entry.kind);
            self.odd(entry.seq, &what);
        }
    }

    fn intended(&mut self, seq: u64, body: &Json) -> Option<()> {
        let intent = Intent {
            seq,
            kind: text(body, "type")?,
            holder: text(body, "holder")?,
            approval: text(body, "approval"),
            used: None,
        };
        let slot = slot(body)?;
        // A slot is for one credential, ever: a second one would share its status.
        if let Some(first) = self.intents.get_mut(&slot) {
            // Interrupted before it was signed: what was approved has its place, and is intended again.
            let same = first.approval.is_some()
                && first.used.is_none()
                && (&first.approval, &first.kind, &first.holder)
                    == (&intent.approval, &intent.kind, &intent.holder);
            if same {
                return Some(());
            }
            let what = format!("intends {slot}, which entry {} intended", first.seq);
            self.odd(seq, &what);
        } else {
            self.intents.insert(slot, intent);
        }
        Some(())
    }

    fn issued(&mut self, seq: u64, body: &Json) -> Option<()> {
        let (id, kind, slot) = (text(body, "credential")?, text(body, "type")?, slot(body)?);
        let wrong = match self.intents.get_mut(&slot) {
            None => Some(format!(
                "issued credential {id} in {slot}, which no entry before it intended"
            )),
            Some(Intent {
                used: Some(first), ..
            }) => Some(format!(
                "issued credential {id} in {slot}, in which entry {first} had issued one"
            )),
            Some(intent) => {
                intent.used = Some(seq);
                let wrong = (intent.kind != kind).then(|| {
                    let (intended, other) = (intent.seq, &intent.kind);
                    format!("issued a {kind} in {slot}, where entry {intended} intended a {other}")
                });
                let holder = intent.holder.clone();
                self.tell(Family::Credentials, id.clone(), seq, Fact::Bound { holder });
                wrong
            }
        };
        if let Some(wrong) = wrong {
            self.odd(seq, &wrong);
        }
        let member = text(body, "member")?;
        let fact = Fact::Issued {
            member,
            mandate: what_of(body, "mandate"),
            kind,
            slot,
        };
        self.tell(Family::Credentials, id, seq, fact);
        Some(())
    }

    fn revoked(
        &mut self,
        seq: u64,
        id: String,
        effective: Instant,
        body: &Json,
        now: Instant,
    ) -> Option<()> {
        let fact = Fact::Revoked {
            effective,
            reason: text(body, "reason")?,
            decision: what_of(body, "decision"),
            recorded: now,
            published: Told::Is(None),
        };
        self.unpublished.insert(id.clone());
        self.tell(Family::Credentials, id, seq, fact);
        Some(())
    }

    /// What was revoked until then was told to verifiers at `at`; or who knows when, in a life of this office
    /// that its journal does not tell of.
    fn published(&mut self, first: &Told<Option<Instant>>) {
        for id in core::mem::take(&mut self.unpublished) {
            let told = self.told.get_mut(&(Family::Credentials, id));
            for (_, fact) in told.into_iter().flatten() {
                if let Fact::Revoked { published, .. } = fact
                    && *published == Told::Is(None)
                {
                    published.clone_from(first);
                }
            }
        }
    }

    fn reinstated(&mut self, seq: u64, body: &Json, now: Instant) -> Option<()> {
        let id = text(body, "credential")?;
        let told = self.told.entry((Family::Credentials, id.clone()));
        let open = told
            .or_default()
            .iter_mut()
            .find_map(|(said, fact)| match fact {
                Fact::Suspended { to, .. } if to.is_none() => Some((said, to)),
                _ => None,
            });
        if let Some((said, to)) = open {
            (*said, *to) = (seq, Some(now));
        } else {
            self.odd(
                seq,
                &format!("reinstated credential {id}, which was not suspended"),
            );
        }
        Some(())
    }

    fn mandate_ended(&mut self, seq: u64, body: &Json, now: Instant) -> Option<()> {
        let at = instant(body, "at")?;
        let fact = Fact::Ended {
            at,
            reason: text(body, "reason")?,
            decision: what_of(body, "decision"),
            recorded: now,
        };
        // An end that is brought forward takes the place of the later one.
        let mandate = (Family::Mandates, text(body, "mandate")?);
        self.told.insert(mandate, vec![(seq, fact)]);
        for id in body.get("credentials")?.as_array()? {
            self.revoked(seq, id.as_str()?.to_owned(), at, body, now)?;
        }
        Some(())
    }

    fn term_ended(&mut self, seq: u64, body: &Json, now: Instant) -> Option<()> {
        let fact = Fact::TermEnded {
            at: instant(body, "at")?,
            exceptions: (
                body.get("exceptions")?.as_u64()?.try_into().ok()?,
                text(body, "excepted").map_or(Told::Nothing, Told::Is),
            ),
            decision: what_of(body, "decision"),
            recorded: now,
            annulled: None,
        };
        self.tell(Family::Terms, text(body, "term")?, seq, fact);
        Some(())
    }

    fn term_reinstated(&mut self, seq: u64, body: &Json, now: Instant) -> Option<()> {
        let id = text(body, "term")?;
        // A restored office takes over when that was.
        let now = instant(body, "annulledAt").unwrap_or(now);
        let told = self.told.entry((Family::Terms, id.clone())).or_default();
        let mut any = false;
        for (said, fact) in told {
            if let Fact::TermEnded {
                annulled, decision, ..
            } = fact
                && annulled.is_none()
            {
                (*said, *annulled) = (seq, Some(now));
                if body.get("decision").is_some() {
                    *decision = what_of(body, "decision");
                }
                any = true;
            }
        }
        if !any {
            self.odd(seq, &format!("reinstated term {id}, which was not ended"));
        }
        Some(())
    }

    fn tell(&mut self, family: Family, id: String, seq: u64, fact: Fact) {
        self.told.entry((family, id)).or_default().push((seq, fact));
    }

    /// Notes what is wrong with an entry whatever the records say.
    fn odd(&mut self, seq: u64, what: &str) {
        self.differences.push(Difference {
            entry: Some(seq),
            record: None,
            message: format!("entry {seq} {what}"),
        });
    }

    /// Compares the facts of one record with what was told of it, each as often as it is there.
    fn compare(&mut self, (family, key): (Family, &[u8]), id: &str, mut facts: Vec<Fact>) {
        let named = || format!("{} {id}", noun(family));
        let mut differ = |entry, message| {
            self.differences.push(Difference {
                entry,
                record: Some((family, id.to_owned())),
                message,
            });
        };
        if key != id.as_bytes() {
            let key = String::from_utf8_lossy(key);
            differ(None, format!("the record of {} is kept as {key}", named()));
        }
        let Some(told) = self.told.remove(&(family, id.to_owned())) else {
            // One sentence about the whole record, if there is anything to tell.
            if let Some(fact) = facts.first() {
                let message = format!(
                    "{}: its record says it {fact}; no entry tells of it",
                    named()
                );
                differ(None, message);
            }
            return;
        };
        for (seq, fact) in told {
            if let Some(at) = facts.iter().position(|recorded| recorded.is(&fact)) {
                facts.swap_remove(at);
            } else {
                let message = format!(
                    "{}: entry {seq} says it {fact}; its record does not",
                    named()
                );
                differ(Some(seq), message);
            }
        }
        for fact in facts {
            let message = format!("{}: its record says it {fact}; no entry does", named());
            differ(None, message);
        }
    }

    /// What is left was told of records that are not there.
    fn finish(mut self, entries: u64) -> Replayed {
        for ((family, id), told) in self.told {
            let Some((seq, fact)) = told.into_iter().next() else {
                continue;
            };
            let named = noun(family);
            self.differences.push(Difference {
                entry: Some(seq),
                message: format!("{named} {id}: entry {seq} says it {fact}; it has no record"),
                record: Some((family, id)),
            });
        }
        let unused = self.intents.values().filter(|intent| intent.used.is_none());
        Replayed {
            entries,
            abandoned: unused.map(|_| 1).sum(),
            differences: self.differences,
        }
    }
}

fn text(body: &Json, name: &str) -> Option<String> {
    body.get(name)?.as_str().map(str::to_owned)
}

/// Returns what an entry says of something that may be absent.
fn what_of(body: &Json, name: &str) -> Told<Option<String>> {
    match body.get(name) {
        None => Told::Nothing,
        Some(value) => Told::Is(value.as_str().map(str::to_owned)),
    }
}

fn instant(body: &Json, name: &str) -> Option<Instant> {
    body.get(name)?.as_str()?.parse().ok()
}

fn slot(body: &Json) -> Option<Slot> {
    Some(Slot(text(body, "list")?, body.get("index")?.as_u64()?))
}

const fn noun(family: Family) -> &'static str {
    match family {
        Family::Credentials => "credential",
        Family::Mandates => "mandate",
        Family::Terms => "term",
        other => other.as_str(),
    }
}
