//! The newest bundle of each parliament and unit, as its issuer publishes it.

use std::collections::BTreeSet;

use cli_kit::{
    Failure,
    files::{self, Access, Durability},
};
use fs_err as fs;
use identity_core::{
    did::Did,
    status::Instant,
    trust::{Bundle, Freshness, network::SignedBundle},
    verify::Budget,
};
use sha2::{Digest as _, Sha256};

use super::{Archive, error::damaged, hex};

/// What became of a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Collected {
    /// Whose it is.
    pub issuer: Did,
    /// Its number.
    pub seq: u64,
    /// When its issuer has to publish the next.
    pub next_update: Instant,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a message must name every case")]
pub enum Fate {
    /// It was taken.
    Taken,
    /// It is the one that is held.
    Same,
    /// A newer one is held.
    Older,
    /// Another one of the same number is held: its issuer's status key signs two stories.
    Conflict,
    /// The history of its DID is another than the one that is held.
    Fork,
    /// It has expired, or says that it was signed later than now.
    Untimely,
    /// Nobody accredits its issuer, and no parliament that is held delegates to it.
    Stranger,
}

impl Fate {
    /// Returns the word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Same => "same",
            Self::Older => "older",
            Self::Conflict => "conflict",
            Self::Fork => "fork",
            Self::Untimely => "untimely",
            Self::Stranger => "stranger",
        }
    }

    /// Returns whether the home now holds it.
    pub const fn is_held(self) -> bool {
        matches!(self, Self::Taken | Self::Same)
    }
}

/// A bundle that is held.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) bundle: Bundle,
    pub(super) signed: SignedBundle,
}

impl Member {
    /// Returns what stays of its issuer's DID when that moves.
    pub(super) fn subject(&self) -> &str {
        self.bundle.signer().did().subject()
    }
}

fn file_name(did: &Did) -> String {
    format!(
        "{}.json",
        hex(&Sha256::digest(did.as_str().as_bytes())[..16])
    )
}

impl Archive {
    /// Returns the bundles that are held, in the order of their issuers.
    pub(super) fn members(&self) -> Result<Vec<Member>, Failure> {
        let folder = self.path.join("members");
        if !folder.exists() {
            return Ok(Vec::new());
        }
        let mut members = Vec::new();
        for entry in fs::read_dir(&folder).map_err(|error| Failure::reading(&folder, &error))? {
            let path = entry
                .map_err(|error| Failure::reading(&folder, &error))?
                .path();
            if path.extension().is_none_or(|end| end != "json") {
                continue;
            }
            let bytes = files::read_bounded(&path, 256 << 20)?;
            let bundle = Bundle::open(&bytes, &mut Budget::bundle())
                .map_err(|error| damaged(&path).caused_by(&error))?;
            let signed = SignedBundle::from_json(&bytes)
                .map_err(|error| damaged(&path).caused_by(&error))?;
            members.push(Member { bundle, signed });
        }
        // One that moved may have left a file under the name it had: the newest counts.
        let number = |member: &Member| (member.bundle.epoch(), member.bundle.seq());
        members.sort_by_key(|member| core::cmp::Reverse(number(member)));
        let mut seen = BTreeSet::new();
        members.retain(|member| seen.insert(member.subject().to_owned()));
        members.sort_by(|a, b| a.bundle.signer().did().cmp(b.bundle.signer().did()));
        Ok(members)
    }

    /// Takes bundles in, each when it is newer than the one held of its issuer. Of several sources those of
    /// parliaments are looked at first: they say who their units are.
    ///
    /// # Errors
    /// `accreditor.damaged` when what is held cannot be read.
    pub fn collect(
        &self,
        sources: Vec<(Vec<u8>, Bundle)>,
        now: Instant,
    ) -> Result<Vec<Collected>, Failure> {
        let mut held = self.members()?;
        let mut collected = Vec::new();
        let mut rest = sources;
        // A unit's bundle may come before that of the parliament which names it.
        loop {
            let before = rest.len();
            let mut later = Vec::new();
            for (bytes, bundle) in rest {
                if self.is_vouched_for(bundle.signer().did(), &held) {
                    collected.push(self.take(&bytes, bundle, &mut held, now)?);
                } else {
                    later.push((bytes, bundle));
                }
            }
            rest = later;
            if rest.len() == before || rest.is_empty() {
                break;
            }
        }
        let strangers = rest.into_iter();
        collected.extend(strangers.map(|(_, bundle)| outcome(&bundle, Fate::Stranger)));
        Ok(collected)
    }

    fn is_vouched_for(&self, did: &Did, held: &[Member]) -> bool {
        let by_parliament = |member: &Member| {
            let delegations = member.bundle.delegations();
            delegations
                .iter()
                .any(|delegation| delegation.unit().subject() == did.subject())
        };
        self.is_accredited(did).is_ok() || held.iter().any(by_parliament)
    }

    fn take(
        &self,
        bytes: &[u8],
        bundle: Bundle,
        held: &mut Vec<Member>,
        now: Instant,
    ) -> Result<Collected, Failure> {
        let did = bundle.signer().did().clone();
        let at = held.iter().position(|m| m.subject() == did.subject());
        let fate = match at {
            _ if matches!(
                bundle.times().freshness(now, None),
                Freshness::Expired | Freshness::NotYetIssued
            ) =>
            {
                Fate::Untimely
            }
            None => Fate::Taken,
            Some(at) => compare(&held[at].bundle, &bundle),
        };
        let collected = outcome(&bundle, fate);
        if fate != Fate::Taken {
            return Ok(collected);
        }
        let signed = SignedBundle::from_json(bytes)
            .map_err(|error| super::error::core(error.code(), &error))?;
        let folder = self.path.join("members");
        files::make_private_dir(&folder)?;
        let path = folder.join(file_name(&did));
        files::write_atomic(&path, bytes, Access::Private, Durability::Synced)?;
        let former = at.map(|at| folder.join(file_name(held[at].bundle.signer().did())));
        if let Some(former) = former.filter(|former| *former != path && former.exists())
            && !files::is_rehearsal()
        {
            fs::remove_file(&former).map_err(|error| Failure::writing(&former, &error))?;
        }
        let member = Member { bundle, signed };
        match at {
            Some(at) => held[at] = member,
            None => held.push(member),
        }
        Ok(collected)
    }
}

fn compare(held: &Bundle, new: &Bundle) -> Fate {
    if let Some(history) = held.history() {
        let (number, hash) = history.head();
        let Some(newer) = new.history() else {
            return Fate::Fork;
        };
        if newer.head().0 < number {
            return Fate::Older;
        }
        if newer.extends(number, hash).is_err() {
            return Fate::Fork;
        }
    }
    let (before, after) = ((held.epoch(), held.seq()), (new.epoch(), new.seq()));
    match after.cmp(&before) {
        core::cmp::Ordering::Greater => Fate::Taken,
        core::cmp::Ordering::Less => Fate::Older,
        core::cmp::Ordering::Equal if held.digest() == new.digest() => Fate::Same,
        core::cmp::Ordering::Equal => Fate::Conflict,
    }
}

fn outcome(bundle: &Bundle, fate: Fate) -> Collected {
    Collected {
        issuer: bundle.signer().did().clone(),
        seq: bundle.seq(),
        next_update: bundle.times().next_update,
        fate,
    }
}
