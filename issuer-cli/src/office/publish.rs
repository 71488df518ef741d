//! Publishing: the bundle, and beside it the same facts in the forms that other software reads.

use identity_core::{
    card::{IssuerCard, document_json},
    credential::Kind,
    did::{self, LocalResolver, Resolver as _},
    key::Signer as _,
    proof::jose::{Header, Unsigned},
    status::{
        Instant, ListUri, Revocation, SLOTS, SlotBits, SlotRef, StatusList, Suspension, Term,
        token_list, values,
    },
    trust::{Content, PublishedList, SCHEMA},
};
use jiff::SignedDuration;
use serde_json::json;

use super::{Change, CredentialRecord, Office, OfficeCode, Refusal};
use crate::{
    records,
    store::{Family, Store, read, read_all},
};

const SEQ: &str = "published-seq";
const LAST: &str = "published-last";

/// When the next bundle is due, and from when nobody may use this one.
const NEXT_UPDATE: SignedDuration = SignedDuration::from_hours(24);
const EXPIRES: SignedDuration = SignedDuration::from_hours(24 * 7);

/// Says so when less than a third of a bundle's freshness is left, or none: from the instant the next
/// one is due, verifiers that are not told otherwise decide nothing with it.
pub fn overdue(published: Instant, now: Instant) -> Option<String> {
    let left = NEXT_UPDATE.as_secs() - now.seconds_since(published);
    if left >= NEXT_UPDATE.as_secs() / 3 {
        return None;
    }
    Some(if left > 0 {
        format!(
            "the bundle of {published} is fresh for {} minutes more",
            left / 60
        )
    } else {
        format!("the bundle of {published} is stale: verifiers can decide nothing with it")
    })
}

/// A file of the published site.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Publication {
    /// Its path below the site's folder, with slashes.
    pub path: String,
    /// Its content.
    pub content: Vec<u8>,
}

/// What was published.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Published {
    /// The bundle's sequence number.
    pub seq: u64,
    /// When it was signed.
    pub issued_at: Instant,
    /// When the next one is due.
    pub next_update: Instant,
    /// From when nobody may use it.
    pub expires: Instant,
    /// The files, the bundle last.
    pub files: Vec<Publication>,
}

struct Facts {
    lists: Vec<(ListUri, StatusList)>,
    revocations: Vec<Revocation>,
    suspensions: Vec<Suspension>,
    terms: Vec<Term>,
}

impl<S: Store> Office<S> {
    /// Raises the sequence number and signs everything that is to be published.
    ///
    /// # Errors
    /// [`Refusal`] when the store cannot be used.
    pub fn publish(&mut self, now: Instant) -> Result<Published, Refusal> {
        let after = |duration| {
            let instant = now.timestamp().checked_add(duration);
            instant.map(Instant::floor).map_err(|_| {
                Refusal::new(
                    OfficeCode::InstantInvalid,
                    "the clock is beyond the calendar",
                )
            })
        };
        let (next_update, expires) = (after(NEXT_UPDATE)?, after(EXPIRES)?);
        let seq = read::<u64>(&self.store, Family::Meta, SEQ)?.unwrap_or(0) + 1;
        let mut change = Change::default();
        let facts = self.facts(now, &mut change)?;
        let resolver = LocalResolver::new();
        let document = resolver
            .resolve(self.did())
            .map_err(|error| Refusal::core(error.code(), &error))?;
        let profile = &self.profile;
        let content = Content {
            schema: SCHEMA.to_owned(),
            issuer: profile.did.clone(),
            name: profile.name.clone(),
            chamber: profile.chamber.clone(),
            country: profile.country.clone(),
            trial: profile.did.method() == "key",
            seq,
            issued_at: now,
            next_update,
            expires,
            did_document: document_json(&document),
            status_key: profile.status_key.clone(),
            status_lists: facts
                .lists
                .iter()
                .map(|(uri, list)| PublishedList {
                    uri: uri.clone(),
                    bits: list.bits().get().into(),
                    lst: token_list::encode(list),
                    ttl: 86_400,
                })
                .collect(),
            revocations: facts.revocations,
            suspensions: facts.suspensions,
            terms: facts.terms.clone(),
            types: Kind::ALL.iter().map(ToString::to_string).collect(),
        };
        let bundle = content
            .sign(&self.keys.status)
            .map_err(|error| Refusal::core(error.code(), &error))?;
        let card = IssuerCard::new(
            &document,
            profile.name.clone(),
            (profile.chamber.clone(), profile.country.clone()),
        );
        let mut files = vec![
            file("issuer.json", &json!(card)),
            file("did.json", &document_json(&document)),
            file(
                "terms.json",
                &json!({ "schema": "mandate.terms/1", "items": facts.terms }),
            ),
            file("types.json", &types()),
        ];
        for (uri, list) in &facts.lists {
            let number = uri.as_str().rsplit('/').next().unwrap_or_default();
            files.push(Publication {
                path: format!("status/{number}.jwt"),
                content: self.status_token(uri, list, now, expires)?.into_bytes(),
            });
        }
        files.push(Publication {
            path: "bundle.json".to_owned(),
            content: bundle.into_bytes(),
        });
        change.batch.put(Family::Meta, SEQ, &seq)?;
        change.batch.put(Family::Meta, LAST, &now)?;
        change.note("published", json!({ "seq": seq }));
        self.commit(now, change)?;
        Ok(Published {
            seq,
            issued_at: now,
            next_update,
            expires,
            files,
        })
    }

    /// Returns when the last bundle was signed.
    ///
    /// # Errors
    /// [`Refusal`] when the store cannot be read.
    pub fn last_published(&self) -> Result<Option<(u64, Instant)>, Refusal> {
        let seq = read::<u64>(&self.store, Family::Meta, SEQ)?;
        let last = read::<Instant>(&self.store, Family::Meta, LAST)?;
        Ok(seq.zip(last))
    }

    fn facts(&self, now: Instant, change: &mut Change) -> Result<Facts, Refusal> {
        let bits = if self.profile.publish_suspensions {
            SlotBits::Two
        } else {
            SlotBits::One
        };
        let next: u64 = read(&self.store, Family::Meta, "next-slot")?.unwrap_or(0);
        let mut lists = Vec::new();
        for number in 1..=next / SLOTS + 1 {
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            let uri = ListUri::new(self.did().as_str(), number)
                .map_err(|error| Refusal::core(error.code(), &error))?;
            lists.push((uri, StatusList::new(bits)));
        }
        let mut revocations = Vec::new();
        let mut suspensions = Vec::new();
        let mut of_mandate: std::collections::BTreeMap<String, Vec<SlotRef>> =
            std::collections::BTreeMap::new();
        let mut marked = Vec::new();
        read_all(
            &self.store,
            Family::Credentials,
            |mut record: CredentialRecord| {
                if let Some(mandate) = &record.mandate {
                    let slots = of_mandate.entry(mandate.clone()).or_default();
                    slots.push(record.slot.clone());
                }
                let suspended = record.is_suspended(now);
                let revoked = record
                    .revocation
                    .as_ref()
                    .is_some_and(|r| r.effective <= now);
                let value = match (revoked, suspended) {
                    (false, true) if bits == SlotBits::Two => values::SUSPENDED,
                    (true, _) | (false, true) => values::INVALID,
                    (false, false) => values::VALID,
                };
                if value != values::VALID
                    && let Some((_, list)) =
                        lists.iter_mut().find(|(uri, _)| *uri == record.slot.list)
                {
                    list.set(record.slot.index, value)
                        .map_err(crate::store::StoreError::failed)?;
                }
                if bits == SlotBits::Two {
                    suspensions.extend(record.suspensions.iter().map(|s| {
                        Suspension::new(record.slot.list.clone(), record.slot.index, s.from, s.to)
                    }));
                }
                if let Some(revocation) = &mut record.revocation {
                    let published = *revocation.published.get_or_insert(now);
                    let mut entry = Revocation::new(
                        record.slot.list.clone(),
                        record.slot.index,
                        revocation.effective,
                        published,
                    );
                    entry.decision = revocation.decision;
                    entry.void = revocation.reason.voids();
                    revocations.push(entry);
                    if published == now {
                        marked.push(record);
                    }
                }
                Ok(())
            },
        )?;
        for record in &marked {
            change.batch.put(Family::Credentials, &record.id, record)?;
        }
        let mut terms = Vec::new();
        read_all(&self.store, Family::Terms, |term: records::Term| {
            let mut entry = Term::new(
                term.id,
                term.label,
                Instant::floor(term.start.begins(&self.zone)),
                None,
            );
            if let Some(ending) = term.ended {
                entry.ended_at = Some(ending.at);
                entry.annulled_at = ending.annulled_at;
                entry.decision = ending.decision;
                for mandate in &ending.exceptions {
                    let slots = of_mandate.get(mandate).into_iter().flatten();
                    entry.exceptions.extend(slots.cloned());
                }
            }
            terms.push(entry);
            Ok(())
        })?;
        Ok(Facts {
            lists,
            revocations,
            suspensions,
            terms,
        })
    }

    /// A Status List Token (draft-ietf-oauth-status-list section 5.1).
    fn status_token(
        &self,
        uri: &ListUri,
        list: &StatusList,
        now: Instant,
        expires: Instant,
    ) -> Result<String, Refusal> {
        let payload = json!({
            "sub": uri,
            "iat": now.as_second(),
            "exp": expires.as_second(),
            "ttl": 86_400,
            "status_list": { "bits": list.bits().get(), "lst": token_list::encode(list) },
        });
        let did = did::key::create(self.keys.status.public_key());
        let kid = did
            .with_fragment(did.specific_id())
            .map_err(|error| Refusal::core(error.code(), &error))?;
        let algorithm = self.keys.status.public_key().algorithm();
        let header = Header::with_kid(algorithm, "statuslist+jwt", &kid);
        Unsigned::new(&header, payload.to_string().as_bytes())
            .sign(&self.keys.status)
            .map_err(|error| Refusal::core(error.code(), &error))
    }
}

fn types() -> serde_json::Value {
    let items: Vec<_> = Kind::ALL
        .iter()
        .map(|kind| {
            let claims: Vec<_> = kind
                .claims()
                .iter()
                .map(|claim| {
                    json!({
                        "name": claim.name,
                        "required": claim.required,
                        "alwaysVisible": claim.always_visible,
                        "label": claim.label,
                    })
                })
                .collect();
            json!({ "id": kind.as_str(), "vct": kind.vct(), "claims": claims })
        })
        .collect();
    json!({ "schema": "mandate.types/1", "items": items })
}

fn file(path: &str, content: &serde_json::Value) -> Publication {
    Publication {
        path: path.to_owned(),
        content: format!("{content:#}\n").into_bytes(),
    }
}
