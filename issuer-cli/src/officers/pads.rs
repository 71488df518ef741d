//! The issuing secret, so sealed that several officers open it together and none alone.
//!
//! The secret is sealed with a random key. For each subset of as many officers as an action takes
//! persons, that key is split by exclusive or into pads, one for each of the subset; fewer than all pads of
//! a subset say nothing about it (Shannon's one-time pad). Each pad is sealed to its officer. Whoever
//! prepares or approves an action that needs the secret releases their pads: sealed to those who may
//! still approve it, and to nobody else.

use core::fmt;
use std::collections::BTreeSet;

use cli_kit::sealed;
use identity_core::{did::Did, encoding::base64url};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{OfficerCard, SealingKey, envelope};
use crate::office::{OfficeCode, Refusal};

/// A secret that several officers open together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "a record of the store")]
pub struct Shared {
    /// The version of the officer policy it was sealed under.
    pub policy_version: u64,
    /// How many officers open it together.
    pub size: usize,
    /// The secret, sealed with the key that the pads give; base64url.
    pub sealed: String,
    /// The subsets.
    pub subsets: Vec<Pads>,
}

/// The pads of one subset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "a record of the store")]
pub struct Pads {
    /// The officers, in the order of their ids.
    pub officers: Vec<String>,
    /// The pad of each, sealed to them; base64url.
    pub pads: Vec<String>,
}

/// A pad that its officer has sealed to another, for one action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "a record of the store")]
pub struct Release {
    /// The subset the pad is of.
    pub officers: Vec<String>,
    /// Whose pad it is.
    pub from: String,
    /// To whom it is sealed.
    pub to: String,
    /// The pad; base64url.
    pub sealed: String,
}

/// The secret in clear, in memory alone.
pub struct Opened(Zeroizing<Vec<u8>>);

impl Opened {
    /// Returns the secret.
    pub fn secret_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opened(..)")
    }
}

impl Shared {
    /// Seals a secret so that any `size` of these officers open it together.
    ///
    /// # Errors
    /// `officer.card` when nothing can be sealed to a card.
    pub fn split(
        secret: &[u8],
        cards: &[OfficerCard],
        size: usize,
        (home, policy_version): (&Did, u64),
        rng: &mut impl CryptoRng,
    ) -> Result<Self, Refusal> {
        let mut key = Zeroizing::new([0; 32]);
        rng.fill_bytes(key.as_mut_slice());
        let sealed = sealed::seal_with_key(secret, &key, rng).map_err(|_| broken())?;
        let mut cards: Vec<&OfficerCard> = cards.iter().collect();
        cards.sort_by(|a, b| a.id.cmp(&b.id));
        let mut subsets = Vec::new();
        for chosen in subsets_of(cards.len(), size) {
            let members: Vec<&OfficerCard> = chosen.iter().map(|at| cards[*at]).collect();
            let officers: Vec<String> = members.iter().map(|card| card.id.clone()).collect();
            let mut last = key.clone();
            let mut pads = Vec::with_capacity(members.len());
            for (at, card) in members.iter().enumerate() {
                let mut pad = Zeroizing::new([0; 32]);
                if at + 1 == members.len() {
                    pad.copy_from_slice(last.as_slice());
                } else {
                    rng.fill_bytes(pad.as_mut_slice());
                    mix(&mut last, pad.as_slice());
                }
                let aad = place(home, policy_version, &officers, &card.id);
                let public = card.sealing_public()?;
                let sealed = envelope::seal(pad.as_slice(), &public, &aad, rng)?;
                pads.push(base64url::encode(&sealed));
            }
            subsets.push(Pads { officers, pads });
        }
        Ok(Self {
            policy_version,
            size,
            sealed: base64url::encode(&sealed),
            subsets,
        })
    }

    /// Releases an officer's pads for one action: of every subset with those who stand behind it so far,
    /// this officer among them, to each other of the subset.
    ///
    /// # Errors
    /// `officer.pads` when the pads are not this officer's.
    pub fn release(
        &self,
        (id, key): (&str, &SealingKey),
        behind: &BTreeSet<String>,
        cards: &[OfficerCard],
        (home, approval): (&Did, &str),
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<Release>, Refusal> {
        let mut releases = Vec::new();
        for subset in &self.subsets {
            if !behind.iter().all(|id| subset.officers.contains(id)) {
                continue;
            }
            let pad = self.own_pad(subset, (id, key), home)?;
            for to in &subset.officers {
                if behind.contains(to) {
                    continue;
                }
                let card = cards.iter().find(|card| card.id == *to);
                let public = card.ok_or_else(broken)?.sealing_public()?;
                let aad = passage(
                    self.policy_version,
                    &subset.officers,
                    (id, to),
                    (home, approval),
                );
                let sealed = envelope::seal(&pad, &public, &aad, rng)?;
                releases.push(Release {
                    officers: subset.officers.clone(),
                    from: id.to_owned(),
                    to: to.clone(),
                    sealed: base64url::encode(&sealed),
                });
            }
        }
        Ok(releases)
    }

    /// Opens the secret with this officer's pad and those released to them.
    ///
    /// # Errors
    /// `officer.pads` when a pad is missing, or not what was released.
    pub fn open(
        &self,
        (id, key): (&str, &SealingKey),
        behind: &BTreeSet<String>,
        releases: &[Release],
        (home, approval): (&Did, &str),
    ) -> Result<Opened, Refusal> {
        let subset = self.subsets.iter().find(|subset| {
            subset.officers.len() == behind.len()
                && behind.iter().all(|id| subset.officers.contains(id))
        });
        let subset = subset.ok_or_else(broken)?;
        let mut secret = Zeroizing::new([0; 32]);
        for from in &subset.officers {
            let pad = if from == id {
                self.own_pad(subset, (id, key), home)?
            } else {
                let found = releases.iter().find(|release| {
                    release.officers == subset.officers && release.from == *from && release.to == id
                });
                let found = found.ok_or_else(broken)?;
                let sealed = base64url::decode(&found.sealed).map_err(|_| broken())?;
                let officers = &subset.officers;
                let aad = passage(self.policy_version, officers, (from, id), (home, approval));
                key.open(&sealed, &aad)?
            };
            if pad.len() != secret.len() {
                return Err(broken());
            }
            mix(&mut secret, &pad);
        }
        let sealed = base64url::decode(&self.sealed).map_err(|_| broken())?;
        sealed::open_with_key(&sealed, &secret)
            .map(Opened)
            .map_err(|_| broken())
    }

    fn own_pad(
        &self,
        subset: &Pads,
        (id, key): (&str, &SealingKey),
        home: &Did,
    ) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        let at = subset.officers.iter().position(|officer| officer == id);
        let sealed = at.and_then(|at| subset.pads.get(at));
        let sealed = sealed.and_then(|pad| base64url::decode(pad).ok());
        let aad = place(home, self.policy_version, &subset.officers, id);
        key.open(&sealed.ok_or_else(broken)?, &aad)
    }
}

/// Where a pad belongs.
fn place(home: &Did, version: u64, officers: &[String], id: &str) -> Vec<u8> {
    format!("pad\n{home}\n{version}\n{}\n{id}", officers.join(",")).into_bytes()
}

/// From whom to whom a pad goes, and for which action.
fn passage(
    version: u64,
    officers: &[String],
    (from, to): (&str, &str),
    (home, approval): (&Did, &str),
) -> Vec<u8> {
    let subset = officers.join(",");
    format!("release\n{home}\n{version}\n{subset}\n{from}\n{to}\n{approval}").into_bytes()
}

fn mix(into: &mut [u8; 32], pad: &[u8]) {
    for (byte, other) in into.iter_mut().zip(pad) {
        *byte ^= other;
    }
}

/// Returns every choice of `size` out of `count`, each in ascending order.
fn subsets_of(count: usize, size: usize) -> Vec<Vec<usize>> {
    let mut found = vec![Vec::new()];
    for _ in 0..size {
        found = found
            .into_iter()
            .flat_map(|chosen: Vec<usize>| {
                let from = chosen.last().map_or(0, |last| last + 1);
                (from..count).map(move |at| {
                    let mut longer = chosen.clone();
                    longer.push(at);
                    longer
                })
            })
            .collect();
    }
    found
}

fn broken() -> Refusal {
    let message = "the officers' pads of the issuing key are not what was written there";
    Refusal::new(OfficeCode::OfficerPads, message)
        .hint("keep the folder as it is and restore a backup: mandate-issuer backup restore FILE")
}

#[cfg(test)]
mod tests {
    use cli_kit::run::system_rng;
    use identity_core::{did, key::Signer as _};

    use super::{super::OfficerKeys, *};

    struct House {
        home: Did,
        keys: Vec<OfficerKeys>,
        cards: Vec<OfficerCard>,
        shared: Shared,
    }

    const SECRET: [u8; 32] = [7; 32];

    fn house(officers: usize, size: usize) -> House {
        let mut rng = system_rng().unwrap();
        let keys: Vec<_> = (0..officers)
            .map(|_| OfficerKeys::generate(&mut rng))
            .collect();
        let card = |(at, keys): (usize, &OfficerKeys)| {
            OfficerCard::new((&id(at), "Name", "clerk"), &keys.signing, &keys.sealing).unwrap()
        };
        let cards: Vec<_> = keys.iter().enumerate().map(card).collect();
        let home = did::key::create(keys[0].signing.public_key());
        let shared = Shared::split(&SECRET, &cards, size, (&home, 3), &mut rng).unwrap();
        House {
            home,
            keys,
            cards,
            shared,
        }
    }

    fn id(at: usize) -> String {
        format!("o{at}")
    }

    fn ids(of: &[usize]) -> BTreeSet<String> {
        of.iter().copied().map(id).collect()
    }

    impl House {
        /// These release one after the other, and the last of them opens.
        fn together(&self, of: &[usize]) -> Result<Opened, Refusal> {
            let mut releases = Vec::new();
            let (last, before) = of.split_last().unwrap();
            for at in 1..=before.len() {
                releases.extend(self.release(&of[..at])?);
            }
            self.open(*last, of, &releases)
        }

        /// The last of these releases.
        fn release(&self, of: &[usize]) -> Result<Vec<Release>, Refusal> {
            let at = *of.last().unwrap();
            let own = (id(at), &self.keys[at].sealing);
            let mut rng = system_rng().unwrap();
            self.shared.release(
                (&own.0, own.1),
                &ids(of),
                &self.cards,
                (&self.home, "a1"),
                &mut rng,
            )
        }

        fn open(&self, at: usize, of: &[usize], releases: &[Release]) -> Result<Opened, Refusal> {
            let own = id(at);
            let key = &self.keys[at].sealing;
            self.shared
                .open((&own, key), &ids(of), releases, (&self.home, "a1"))
        }
    }

    fn code<T: fmt::Debug>(result: Result<T, Refusal>) -> &'static str {
        result.unwrap_err().code
    }

    #[test]
    fn enough_officers_open_it_and_fewer_do_not() {
        for (officers, size) in [(1, 1), (2, 2), (3, 2), (4, 3), (5, 5)] {
            let house = house(officers, size);
            for chosen in subsets_of(officers, size) {
                let opened = house.together(&chosen).unwrap();
                assert_eq!(opened.secret_bytes(), SECRET);
                if size > 1 {
                    assert_eq!(code(house.together(&chosen[1..])), "officer.pads");
                }
            }
        }
        assert_eq!(house(10, 5).shared.subsets.len(), 252);
    }

    #[test]
    fn a_pad_is_released_to_those_who_may_still_approve() {
        let house = house(4, 3);
        let prepared = house.release(&[1]).unwrap();
        let approved = house.release(&[1, 2]).unwrap();
        assert!(prepared.iter().all(|r| r.from == "o1" && r.to != "o1"));
        // Not to the preparer, nor back to whoever approved.
        assert!(
            approved
                .iter()
                .all(|r| r.from == "o2" && (r.to == "o0" || r.to == "o3"))
        );
        // The preparer has nobody's pad, and one approver not the other's.
        let all = [prepared, approved].concat();
        assert_eq!(code(house.open(1, &[1, 2, 3], &all)), "officer.pads");
        assert_eq!(code(house.open(2, &[1, 2, 3], &all)), "officer.pads");
        assert!(house.open(3, &[1, 2, 3], &all).is_ok());
    }

    #[test]
    fn a_release_counts_for_one_action_and_from_one_officer_to_one() {
        let house = house(3, 2);
        let released = house.release(&[0]).unwrap();
        assert!(house.open(1, &[0, 1], &released).is_ok());
        let mut readdressed = released.clone();
        for release in &mut readdressed {
            release.to = "o1".to_owned();
            release.officers = vec!["o0".to_owned(), "o1".to_owned()];
        }
        readdressed.reverse();
        assert_eq!(code(house.open(1, &[0, 1], &readdressed)), "officer.pads");
        let (own, key) = (id(1), &house.keys[1].sealing);
        let other = house
            .shared
            .open((&own, key), &ids(&[0, 1]), &released, (&house.home, "a2"));
        assert_eq!(code(other), "officer.pads");
    }

    #[test]
    fn pads_belong_to_one_home_one_policy_and_one_subset() {
        let mut house = house(3, 2);
        let other_home = did::key::create(house.keys[1].signing.public_key());
        let released = house.release(&[0]).unwrap();
        let (own, key) = (id(1), &house.keys[1].sealing);
        let behind = ids(&[0, 1]);
        let elsewhere = house
            .shared
            .open((&own, key), &behind, &released, (&other_home, "a1"));
        assert_eq!(code(elsewhere), "officer.pads");
        house.shared.policy_version = 4;
        assert_eq!(code(house.open(1, &[0, 1], &released)), "officer.pads");
        house.shared.policy_version = 3;
        house.shared.subsets.swap(0, 1);
        assert!(house.open(1, &[0, 1], &released).is_ok());
        let pads = house.shared.subsets[0].pads.clone();
        house.shared.subsets[1].pads = pads;
        assert_eq!(code(house.open(1, &[0, 1], &released)), "officer.pads");
    }
}
