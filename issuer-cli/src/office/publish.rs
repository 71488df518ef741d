//! Publishing: the bundle, and beside it the same facts in the forms that other software reads.

use identity_core::{
    card::document_json,
    credential::{self, Kind},
    did::{self, DidUrl, Relationship},
    encoding::strict_json::Value,
    key::Signer as _,
    proof::data_integrity::{self, Cryptosuite, ProofOptions},
    status::{Instant, ListUri, StatusList, token_list, values, w3c},
    trust::{Content, PublishedList, SCHEMA},
};
use jiff::SignedDuration;
use serde_json::json;

use super::{Change, Office, OfficeCode, Refusal};
use crate::store::{Family, Store, read};

pub(super) const SEQ: &str = "published-seq";
const LAST: &str = "published-last";

/// When the next bundle is due, and from when nobody may use this one.
const NEXT_UPDATE: SignedDuration = SignedDuration::from_hours(24);
const EXPIRES: SignedDuration = SignedDuration::from_hours(24 * 7);

/// How long a copy of a status list may be kept.
const KEEP: core::time::Duration = core::time::Duration::from_secs(86_400);

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
    /// The ids of delegations that are left out: officers came since, and did not sign them.
    pub left_out: Vec<String>,
}

impl<S: Store> Office<S> {
    /// Returns how long a bundle of this instant is fresh.
    pub(super) fn freshness(&self, published: Instant) -> Result<SignedDuration, Refusal> {
        Ok(self.electoral_freshness(published)?.unwrap_or(NEXT_UPDATE))
    }

    /// Says so when less than a third of the last bundle's freshness is left, or none: from the instant
    /// the next one is due, verifiers that are not told otherwise decide nothing with it.
    ///
    /// # Errors
    /// [`Refusal`] when the store cannot be read.
    pub fn overdue(&self, now: Instant) -> Result<Option<String>, Refusal> {
        let Some((_, published)) = self.last_published()? else {
            return Ok(None);
        };
        let lasts = self.freshness(published)?.as_secs();
        let left = lasts - now.seconds_since(published);
        if left >= lasts / 3 {
            return Ok(None);
        }
        Ok(Some(if left > 0 {
            format!(
                "the bundle of {published} is fresh for {} minutes more",
                left / 60
            )
        } else {
            format!("the bundle of {published} is stale: verifiers can decide nothing with it")
        }))
    }

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
        let (next_update, expires) = (after(self.freshness(now)?)?, after(EXPIRES)?);
        let seq = read::<u64>(&self.store, Family::Meta, SEQ)?.unwrap_or(0) + 1;
        let mut change = Change::default();
        let facts = self.facts(now, &mut change)?;
        let electoral_periods = self.told_periods(now, &mut change)?;
        let (document, did_files) = self.did_files()?;
        let log = self.log()?;
        let (delegations, left_out) = self.published_delegations()?;
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
            did_log: log.map(|log| log.text().to_owned()),
            did_witness: log.and_then(|log| log.witness().map(str::to_owned)),
            officers: self.policies()?,
            delegations,
            electoral_periods,
            status_lists: facts
                .lists
                .iter()
                .map(|(uri, list)| PublishedList {
                    uri: uri.clone(),
                    bits: list.bits().get().into(),
                    lst: token_list::encode(list),
                    ttl: KEEP.as_secs(),
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
        let card = self.card()?;
        let mut files = vec![
            file("issuer.json", &json!(card)),
            file(
                "terms.json",
                &json!({ "schema": "mandate.terms/1", "items": facts.terms }),
            ),
            file("types.json", &types()),
            Publication {
                path: "contexts/mandate-1.jsonld".to_owned(),
                content: credential::CONTEXT_DOCUMENT.into(),
            },
        ];
        files.extend(did_files);
        if !profile.status_key.is_empty() {
            files.push(Publication {
                path: "status/keeper.jwt".to_owned(),
                content: profile.status_key.clone().into_bytes(),
            });
        }
        for kind in Kind::ALL {
            let path = format!("schemas/{kind}.schema.json");
            files.push(file(&path, &credential::schema(kind)));
            let path = format!("types/{kind}.json");
            files.push(file(&path, &credential::type_metadata(kind)));
        }
        for (uri, list) in &facts.lists {
            let number = uri.as_str().rsplit('/').next().unwrap_or_default();
            let token = self.status_token(uri, list, now, expires)?;
            files.push(Publication {
                path: format!("status/{number}.jwt"),
                content: token.into_bytes(),
            });
            files.push(Publication {
                path: format!("status/{number}.bitstring.json"),
                content: self
                    .status_credential(uri, list, now, expires)?
                    .into_bytes(),
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
            left_out,
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

    /// A Status List Token (draft-ietf-oauth-status-list section 5.1).
    fn status_token(
        &self,
        uri: &ListUri,
        list: &StatusList,
        now: Instant,
        expires: Instant,
    ) -> Result<String, Refusal> {
        let draft = token_list::TokenDraft {
            uri: uri.to_string(),
            issued_at: now,
            expires: Some(expires),
            ttl: Some(token_list::TtlSeconds::from_duration(KEEP)),
            aggregation_uri: None,
        };
        draft
            .sign(list, &self.status_method()?, &self.keys.status)
            .map_err(|error| Refusal::core(error.code(), &error))
    }

    /// The same list for W3C verifiers (Bitstring Status List 1.0 section 2.2): every slot that is not
    /// valid is set, whether revoked or suspended, for our credentials name this one list.
    ///
    /// Its issuer is the status key's own DID, as `spec/adr/0015-bitstring-issuer.md` has it:
    /// publishing runs without the issuing key, and nothing that runs so may sign as the parliament.
    fn status_credential(
        &self,
        uri: &ListUri,
        list: &StatusList,
        now: Instant,
        expires: Instant,
    ) -> Result<String, Refusal> {
        let method = self.status_method()?;
        let draft = w3c::ListDraft {
            id: uri.to_string(),
            issuer: method.did().to_string(),
            purposes: vec![w3c::Purpose::Revocation],
            valid_from: Some(now),
            valid_until: Some(expires),
            ttl: Some(w3c::TtlMillis::from_duration(KEEP)),
        };
        let bits = w3c::Bitstring::of(list, |value| value != values::VALID);
        let purpose = Relationship::AssertionMethod;
        let suite = Cryptosuite::jcs(self.keys.status.public_key().algorithm());
        let options = ProofOptions::new(suite, method, purpose, now.timestamp());
        let signed = data_integrity::sign(draft.document(&bits), &options, &self.keys.status)
            .map_err(|error| Refusal::core(error.code(), &error))?;
        Ok(format!("{:#}\n", Value::Object(signed).to_serde()))
    }

    /// Names the status key.
    fn status_method(&self) -> Result<DidUrl, Refusal> {
        let did = did::key::create(self.keys.status.public_key());
        did.with_fragment(did.specific_id())
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

pub(super) fn file(path: &str, content: &serde_json::Value) -> Publication {
    Publication {
        path: path.to_owned(),
        content: format!("{content:#}\n").into_bytes(),
    }
}
