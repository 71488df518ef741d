//! What is settled of credentials before officers approve them: their places in the status lists and their
//! salts. With these each can be made the same again, so that what is approved is one credential and no other.

use std::collections::BTreeSet;

use chacha20::{ChaCha20Rng, rand_core::SeedableRng as _};
use identity_core::{
    encoding::{base64url, merkle::Hash},
    status::{Instant, SlotRef},
    trust::approval::Evidence,
};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{
    CredentialRecord, Handed, IssueOrder, Office, PendingAction, Refusal,
    action::{Item, changed, digest_of},
    inherit::{INHERITED, Inherited},
    issue::{NEXT_SLOT, SLOT_SECRET},
    officers::object,
    plan::{Plan, Ready},
};
use crate::keys::KeyHandle;
use crate::store::{Family, Store, read, read_all};

/// How many credentials share a write.
const GROUP: usize = 512;

/// What keeps the salts of credentials apart from everything else made of a seed.
const DOMAIN: &[u8] = b"mandate/approved-credential/1\n";

/// What is settled of the credentials of one action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "a record of the store")]
pub struct Settled {
    /// The number of the first one's place in the status lists; the others follow.
    pub first: u64,
    /// What their salts are made of, base64url; gone when they were issued.
    pub seed: Option<String>,
    /// The digest of each, base64url (`spec/100-officers.md` section 3.3).
    pub credentials: Vec<String>,
}

/// What is settled before the digests are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places {
    /// As in [`Settled`].
    pub(super) first: u64,
    /// As in [`Settled`].
    pub(super) seed: Hash,
}

impl Places {
    /// Returns the number of the place at this index.
    pub(super) fn number(&self, at: usize) -> u64 {
        let at = u64::try_from(at).unwrap_or(u64::MAX);
        self.first.saturating_add(at)
    }

    /// Writes down what was settled.
    pub(super) fn keep(&self, items: &[Item]) -> Settled {
        let digests = items.iter().filter_map(|item| item.credential);
        Settled {
            first: self.first,
            seed: Some(base64url::encode(&self.seed)),
            credentials: digests.map(|digest| base64url::encode(&digest)).collect(),
        }
    }
}

/// What the salts of one credential are made of.
#[derive(Clone, Debug)]
pub(super) struct Salts(Hash);

impl Salts {
    /// Those of the credential at this index.
    pub(super) fn new(seed: &Hash, at: usize) -> Self {
        let at = u64::try_from(at).unwrap_or(u64::MAX);
        Self(digest(seed, &at.to_be_bytes()))
    }

    /// For the claims that have salts of their own.
    pub(super) fn of_claims(&self) -> ChaCha20Rng {
        ChaCha20Rng::from_seed(digest(&self.0, b"claims"))
    }

    /// For the digest of what officers read, which everybody sees: what is in it can be guessed.
    pub(super) fn of_content(&self) -> String {
        base64url::encode(&digest(&self.0, b"content"))
    }

    /// For the disclosures.
    pub(super) fn of_disclosures(&self) -> ChaCha20Rng {
        ChaCha20Rng::from_seed(digest(&self.0, b"disclosures"))
    }
}

fn digest(of: &Hash, part: &[u8]) -> Hash {
    let digest = Sha256::new_with_prefix(DOMAIN);
    digest.chain_update(of).chain_update(part).finalize().into()
}

/// Draws a seed.
pub(super) fn seed(rng: &mut impl CryptoRng) -> Hash {
    let mut seed = [0; 32];
    rng.fill_bytes(&mut seed);
    seed
}

impl Settled {
    /// Returns what the credentials can be made of again.
    pub(super) fn places(&self) -> Result<Places, Refusal> {
        let seed = self.seed.as_deref().and_then(hash);
        Ok(Places {
            first: self.first,
            seed: seed.ok_or_else(|| changed("what its salts are made of is gone"))?,
        })
    }

    /// Returns the digests.
    pub(super) fn digests(&self) -> Result<Vec<Hash>, Refusal> {
        let digests: Option<Vec<Hash>> = self.credentials.iter().map(|text| hash(text)).collect();
        digests.ok_or_else(|| changed("the digest of a credential is none"))
    }
}

fn hash(text: &str) -> Option<Hash> {
    base64url::decode(text).ok()?.try_into().ok()
}

/// Returns the digest of what is approved of a credential that was settled.
pub(super) fn digest_of_settled(ready: &Ready) -> Result<Hash, Refusal> {
    let salts = ready.salts.as_ref();
    let salts = salts.ok_or_else(|| changed("its salts were not settled"))?;
    let digest = ready.draft.clone().approved(&mut salts.of_disclosures());
    digest.map_err(|error| Refusal::core(error.code(), &error))
}

impl<S: Store> Office<S> {
    /// Takes so many places in the status lists, for good, and returns the number of the first. The counter
    /// that the caller has to write is returned with it.
    pub(super) fn reserve(
        &mut self,
        places: usize,
        now: Instant,
        rng: &mut impl CryptoRng,
    ) -> Result<(u64, u64), Refusal> {
        self.slot_secret(now, rng)?;
        let first = self.next_slot()?;
        let places = u64::try_from(places).unwrap_or(u64::MAX);
        Ok((first, first.saturating_add(places)))
    }

    pub(super) fn next_slot(&self) -> Result<u64, Refusal> {
        Ok(read(&self.store, Family::Meta, NEXT_SLOT)?.unwrap_or(0))
    }

    /// Puts a credential in the place that was settled for it.
    pub(super) fn settle(
        &self,
        ready: &mut Ready,
        number: u64,
        taken: &BTreeSet<SlotRef>,
    ) -> Result<(), Refusal> {
        let slot = self.settled_slot(number)?;
        if taken.contains(&slot) {
            return Err(changed("its place in the status lists was given away"));
        }
        ready.draft.slot = slot;
        Ok(())
    }

    /// Checks that places were taken for good: beyond the counter they would be given to somebody else later.
    pub(super) fn check_reserved(&self, places: &Places, items: usize) -> Result<(), Refusal> {
        if places.number(items) > self.next_slot()? {
            return Err(changed("its places in the status lists were never taken"));
        }
        Ok(())
    }

    fn settled_slot(&self, number: u64) -> Result<SlotRef, Refusal> {
        let secret = read(&self.store, Family::Meta, SLOT_SECRET)?;
        self.slot(secret.unwrap_or_default(), number)
    }

    /// Returns the places in which credentials stand.
    pub(super) fn taken(&self) -> Result<BTreeSet<SlotRef>, Refusal> {
        let mut taken = BTreeSet::new();
        read_all(
            &self.store,
            Family::Credentials,
            |record: CredentialRecord| {
                taken.insert(record.slot);
                Ok(())
            },
        )?;
        let inherited: Inherited = read(&self.store, Family::Meta, INHERITED)?.unwrap_or_default();
        taken.extend(inherited.not_valid);
        Ok(taken)
    }

    /// Issues what was approved, in groups that share their writes.
    pub(super) fn issue_approved(
        &mut self,
        (orders, replace): (&[IssueOrder], bool),
        (pending, key): (&PendingAction, &KeyHandle),
        dates: (Instant, Instant),
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<Result<Handed, Refusal>>, Refusal> {
        let mut outcomes = Vec::with_capacity(orders.len());
        let manifest = pending.manifest()?;
        let shown = pending.items()?;
        let places = pending.places()?;
        let places = places.ok_or_else(|| changed("its places were not settled"))?;
        let document = object(&pending.document)?;
        let preparation = pending.preparation();
        let preparation = preparation.ok_or_else(|| changed("its preparer's signature is none"))?;
        for (group, orders) in orders.chunks(GROUP).enumerate() {
            let first = group * GROUP;
            let plans = self.plan_settled(orders, replace, dates, (first, &places))?;
            let mut waiting = Vec::new();
            let mut ready: Vec<Ready> = Vec::new();
            for (at, plan) in (first..).zip(plans) {
                outcomes.push(match plan {
                    Err(refusal) => Err(refusal),
                    Ok(Plan::Before(handed)) => Ok(*handed),
                    Ok(Plan::Ready(mut one)) => {
                        let item = self.item_of(&one, replace)?;
                        if Some(&item) != shown.get(at) {
                            return Err(changed("the register says something else by now"));
                        }
                        let content = digest_of(&item.content)?;
                        let document = (document.clone(), preparation);
                        one.draft.approval = Evidence::new(document, &manifest, at, content);
                        waiting.push(at);
                        ready.push(*one);
                        Err(changed("it was not carried out"))
                    }
                });
            }
            let handed = self.carry_out(ready, key, dates.1, rng)?;
            for (at, one) in waiting.into_iter().zip(handed) {
                outcomes[at] = Ok(one);
            }
        }
        Ok(outcomes)
    }
}
