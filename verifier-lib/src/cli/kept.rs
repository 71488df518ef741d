//! The evidence that a home keeps: one file for each accreditor and each issuer, the newest that was seen.
//!
//! ```text
//! trust/<DID, percent-encoded>.bundle  an accreditor's trust bundle
//! trust/<DID, percent-encoded>.json    an issuer's bundle
//! trust.lock                           held while one of them is replaced
//! ```

use std::path::PathBuf;

use cli_kit::{
    Failure,
    files::{self, Access, Durability},
};
use fs_err as fs;
use identity_core::{
    Code,
    did::Did,
    trust::{Added, Anchor, BundleTimes, Freshness, TrustSet},
};

use super::{
    evidence::{self, Opened},
    home::Home,
};

/// Evidence of which the signatures passed, as it came.
#[derive(Debug)]
pub(super) struct Authentic {
    bytes: Vec<u8>,
    opened: Opened,
    /// Whose it is.
    pub(super) did: Did,
    /// The DIDs that its log says it had before it moved, and the present one.
    pub(super) former: Vec<Did>,
    /// Its number.
    pub(super) seq: u64,
    /// How old it is.
    pub(super) times: BundleTimes,
    /// Whether it is an accreditor's.
    pub(super) is_network: bool,
}

/// What became of evidence that was taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// It is what was there.
    Unchanged,
    /// It is newer than what was there.
    Replaced,
}

impl Authentic {
    /// Opens evidence.
    ///
    /// # Errors
    /// The code of what refuses it.
    pub(super) fn open(bytes: Vec<u8>) -> Result<Self, Failure> {
        let refused = |code: Code, error: &dyn core::error::Error| {
            Failure::from_error(code.as_str(), error)
                .hint("fetch it again from where it is published")
        };
        let opened = evidence::open(&bytes);
        let (did, history, seq, times, is_network) = match &opened {
            Opened::Bundle(Ok(bundle)) => {
                let did = bundle.signer().did().clone();
                (did, bundle.history(), bundle.seq(), *bundle.times(), false)
            }
            Opened::Network(Ok(network)) => {
                let snapshot = network.snapshot();
                let did = network.accreditor().clone();
                let seq = snapshot.content().seq;
                (did, network.history(), seq, snapshot.times(), true)
            }
            Opened::Bundle(Err(error)) => return Err(refused(error.code(), error)),
            Opened::Network(Err(error)) => return Err(refused(error.code(), error)),
        };
        let former = history.map_or_else(Vec::new, |history| history.dids());
        let former = former.into_iter().cloned().collect();
        Ok(Self {
            bytes,
            opened,
            did,
            former,
            seq,
            times,
            is_network,
        })
    }

    /// Returns what it holds.
    pub(super) fn into_opened(self) -> Opened {
        self.opened
    }

    /// Returns its file's bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the code for its age; `None` when it is fresh.
    pub(super) fn age_code(&self, now: jiff::Timestamp) -> Option<Code> {
        let freshness = self.times.freshness(now, None);
        if self.is_network {
            freshness.network_code()
        } else {
            freshness.code()
        }
    }

    /// Takes it into a trust set that knows what was seen before, and says why it is not used there.
    ///
    /// # Errors
    /// The code of a rollback, a fork or a conflict, or of a clock that is wrong.
    pub(super) fn add_to(self, trust: &mut TrustSet, now: jiff::Timestamp) -> Result<(), Failure> {
        let (did, seq, is_network) = (self.did.clone(), self.seq, self.is_network);
        if let Some(seen) = trust.clock_set_back(now) {
            let message = format!("this machine's clock is earlier than {seen}, which it has seen");
            let code = Code::ClockRollback.as_str();
            return Err(Failure::failed(code, message).hint("set this machine's clock"));
        }
        if self.times.freshness(now, None) == Freshness::NotYetIssued {
            let code = self.age_code(now).unwrap_or(Code::BundleNotYetIssued);
            let message = format!("number {seq} of {did} says it was signed later than now");
            return Err(Failure::failed(code.as_str(), message).hint("check this machine's clock"));
        }
        let added = match self.opened {
            Opened::Bundle(Ok(bundle)) => trust.add(*bundle),
            Opened::Network(Ok(network)) => trust.add_network(*network),
            Opened::Bundle(Err(_)) | Opened::Network(Err(_)) => return Ok(()),
        };
        refusal(added, is_network, seq, &did).map_or(Ok(()), Err)
    }
}

/// Says why evidence is not used; `None` where it is.
fn refusal(added: Added, is_network: bool, seq: u64, did: &Did) -> Option<Failure> {
    let (code, message, hint) = match added {
        Added::Used => return None,
        Added::NotAnchored => (
            Code::IssuerNotTrusted,
            format!("it is from {did}, whom no --anchor names"),
            "compare that DID with the issuer's card by a second way, then name it with --anchor",
        ),
        Added::Conflict => (
            if is_network {
                Code::NetworkConflict
            } else {
                Code::BundleConflict
            },
            format!(
                "two different files have number {seq} of {did}: neither counts until a higher one comes"
            ),
            "keep both files and call whoever publishes them: a key may be in other hands",
        ),
        Added::Fork => (
            if is_network {
                Code::NetworkFork
            } else {
                Code::DidLogFork
            },
            format!("number {seq} of {did} rests on another history than the one seen before"),
            "keep the file and call whoever publishes it: a key may be in other hands",
        ),
        _ => (
            if is_network {
                Code::NetworkRollback
            } else {
                Code::BundleRollback
            },
            format!("number {seq} of {did} is older than what was seen before"),
            "fetch the newest one, and ask who handed you this one",
        ),
    };
    Some(Failure::failed(code.as_str(), message).hint(hint))
}

impl Home {
    /// Returns the folder of the evidence that is kept.
    pub(crate) fn kept(&self) -> PathBuf {
        self.path().join("trust")
    }

    /// Tells whether any evidence is kept.
    pub(crate) fn keeps_evidence(&self) -> bool {
        evidence::files_in(&self.kept()).is_ok_and(|files| !files.is_empty())
    }

    /// Keeps evidence, if it is the newest that was seen of its issuer or accreditor. Says how many revocations and
    /// endings an issuer's is silent about, of which the one before told.
    ///
    /// # Errors
    /// As [`Authentic::add_to`]; then what is kept stays, and a conflict is remembered.
    pub(super) fn take(&self, new: Authentic) -> Result<(Taken, usize), Failure> {
        let now = cli_kit::run::now();
        let folder = self.kept();
        files::make_private_dir(&folder)?;
        let _alone = self.alone()?;
        let ending = if new.is_network { "bundle" } else { "json" };
        let path = folder.join(file_name(&new.did, ending));
        let (mut others, mut kept) = (Vec::new(), Vec::new());
        for other in self.kept_of(&new.did, ending)? {
            let bytes = files::read_bounded(&other, evidence::MAX_BUNDLE)?.to_vec();
            // What is damaged or was never sound gives way to what is sound.
            kept.extend(Authentic::open(bytes).ok());
            others.extend((other != path).then_some(other));
        }
        let mut names: Vec<Did> = kept.iter().map(|kept| kept.did.clone()).collect();
        names.push(new.did.clone());
        names.sort();
        names.dedup();
        let anchors = names.into_iter().map(|did| Anchor::new(did, None));
        let anchors = anchors.collect::<Result<Vec<_>, _>>();
        let anchors = anchors.map_err(|e| Failure::from_error(e.code().as_str(), &e))?;
        let trust = TrustSet::new(anchors);
        let mut trust = trust.map_err(|e| Failure::from_error(e.code().as_str(), &e))?;
        self.recall(&mut trust)?;
        let mut taken = Taken::Replaced;
        let mut silent = 0;
        for before in kept {
            if let (Opened::Bundle(Ok(before)), Opened::Bundle(Ok(new))) =
                (&before.opened, &new.opened)
            {
                silent = new.silent_about(before).max(silent);
            }
            if before.bytes == new.bytes {
                taken = Taken::Unchanged;
            }
            // It may be refused itself by now: then it is no reason to refuse the new one.
            let _ = before.add_to(&mut trust, now);
        }
        let bytes = new.bytes.clone();
        let added = new.add_to(&mut trust, now);
        self.keep(&trust)?;
        added?;
        if taken == Taken::Replaced {
            files::write_atomic(&path, &bytes, Access::Private, Durability::Synced)?;
        }
        if !files::is_rehearsal() {
            for other in others {
                fs::remove_file(&other).map_err(|error| Failure::writing(&other, &error))?;
            }
        }
        Ok((taken, silent))
    }

    /// Returns the files kept of a DID, under whichever of its names.
    fn kept_of(&self, did: &Did, ending: &str) -> Result<Vec<PathBuf>, Failure> {
        let (own, moved) = (plain(did.as_str()), format!("{}%3A", plain(did.subject())));
        let is_its = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str());
            let name = name.and_then(|name| name.strip_suffix(&format!(".{ending}")));
            name.is_some_and(|name| name == own || name.starts_with(&moved))
        };
        let mut files = evidence::files_in(&self.kept())?;
        files.retain(is_its);
        Ok(files)
    }

    /// Waits until no other program replaces evidence here.
    fn alone(&self) -> Result<Option<std::fs::File>, Failure> {
        if files::is_rehearsal() {
            return Ok(None);
        }
        let path = self.path().join("trust.lock");
        let file = fs::OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|error| Failure::writing(&path, &error))?;
        let file = file.into_parts().0;
        file.lock()
            .map_err(|error| Failure::writing(&path, &error))?;
        Ok(Some(file))
    }
}

/// Returns the name of a file for a DID: what a DID has beside letters, digits and `.-_` is `:` and `%`.
fn file_name(did: &Did, ending: &str) -> String {
    format!("{}.{ending}", plain(did.as_str()))
}

fn plain(did: &str) -> String {
    did.replace('%', "%25").replace(':', "%3A")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_did_is_one_name_of_a_file() {
        let did = "did:webvh:QmX:id.example.org%3A8443:a".parse().unwrap();
        let name = file_name(&did, "json");
        assert_eq!(name, "did%3Awebvh%3AQmX%3Aid.example.org%253A8443%3Aa.json");
    }

    #[test]
    fn every_refusal_has_a_code_of_its_own() {
        let did: Did = "did:key:z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw"
            .parse()
            .unwrap();
        let code = |added, is_network| refusal(added, is_network, 7, &did).map(|f| f.code);
        assert_eq!(code(Added::Used, true), None);
        for (added, of_issuer, of_accreditor) in [
            (Added::Older, "bundle.rollback", "network.rollback"),
            (Added::Conflict, "bundle.conflict", "network.conflict"),
            (Added::Fork, "did.log_fork", "network.fork"),
        ] {
            assert_eq!(code(added, false), Some(of_issuer));
            assert_eq!(code(added, true), Some(of_accreditor));
        }
    }
}
