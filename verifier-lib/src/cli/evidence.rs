//! Evidence in files: an issuer's `bundle.json` and an accreditor's `trust.bundle`, told apart by what is in
//! them.

use std::path::{Path, PathBuf};

use cli_kit::{Failure, files};
use fs_err as fs;
use identity_core::{
    Code,
    did::Did,
    encoding::strict_json::{self, Limits},
    trust::{
        Added, Bundle, BundleError, TrustSet,
        network::{Network, NetworkError},
    },
    verify::Budget,
};

/// Largest bundle of one issuer that is read.
pub(crate) const MAX_BUNDLE: u64 = 256 << 20;

/// Largest trust bundle of an accreditor that is read, as it is stored.
const MAX_NETWORK: usize = 64 << 20;

/// A piece of evidence whose signatures were looked at.
#[derive(Debug)]
pub(crate) enum Opened {
    /// From one issuer.
    Bundle(Result<Box<Bundle>, BundleError>),
    /// From an accreditor, with many issuers in it.
    Network(Result<Box<Network>, NetworkError>),
}

/// A file with evidence.
#[derive(Debug)]
pub(crate) struct Found {
    file: PathBuf,
    opened: Opened,
}

/// What became of a file.
#[derive(Debug)]
pub(crate) enum Became {
    /// It was authentic.
    Added {
        /// `bundle` or `network`.
        kind: &'static str,
        /// Whose it is.
        of: Did,
        /// Its number.
        seq: u64,
        /// Whether it is used.
        added: Added,
    },
    /// It was refused.
    Refused {
        /// `bundle` or `network`.
        kind: &'static str,
        /// The stable code.
        code: Code,
        /// Why, in words.
        detail: String,
    },
}

/// Opens what is in a file.
pub(crate) fn open(bytes: &[u8]) -> Opened {
    if !is_compressed(bytes) {
        let opened = Bundle::open(bytes, &mut Budget::bundle());
        return Opened::Bundle(opened.map(Box::new));
    }
    let mut budget = Budget::network();
    if bytes.len() > MAX_NETWORK {
        // Has the budget say so, in the one place where it is said.
        let beyond = budget.spend_bytes(usize::MAX).map_err(NetworkError::from);
        return Opened::Network(
            beyond.and_then(|()| Network::open(bytes, &mut budget).map(Box::new)),
        );
    }
    Opened::Network(Network::open(bytes, &mut budget).map(Box::new))
}

/// Tells a trust bundle by the two bytes with which zlib begins (RFC 1950 section 2.2): no JSON does.
fn is_compressed(bytes: &[u8]) -> bool {
    match bytes {
        [method, flags, ..] => {
            method & 0x0f == 8 && (u16::from(*method) << 8 | u16::from(*flags)).is_multiple_of(31)
        }
        _ => false,
    }
}

/// Opens a file, or those of a folder and of the folders in it, in the order of their names.
pub(crate) fn read(path: &Path, found: &mut Vec<Found>) -> Result<(), Failure> {
    let mut take = |file: &Path, bytes: &[u8]| {
        let (file, opened) = (file.to_owned(), open(bytes));
        found.push(Found { file, opened });
    };
    if !path.is_dir() {
        take(path, &files::read_bounded(path, MAX_BUNDLE)?);
        return Ok(());
    }
    for file in files_in(path)? {
        let bytes = files::read_bounded(&file, MAX_BUNDLE)?;
        // A published folder has other JSON beside the bundle; what looks signed is a bundle.
        let is_named_so = file
            .file_name()
            .is_some_and(|name| name == BUNDLE || has_ending(&file, "bundle"));
        if is_named_so || is_compressed(&bytes) || looks_signed(&bytes) {
            take(&file, &bytes);
        }
    }
    Ok(())
}

/// The name under which an issuer publishes its bundle.
pub(crate) const BUNDLE: &str = "bundle.json";

/// The name under which an accreditor publishes its trust bundle.
pub(crate) const NETWORK: &str = "trust.bundle";

/// Returns the files of a folder that may be evidence, in the order of their names.
pub(crate) fn files_in(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let reading = |error: &std::io::Error| Failure::reading(folder, error);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| reading(&error))? {
        let entry = entry.map_err(|error| reading(&error))?.path();
        if entry.is_dir() {
            let published = [BUNDLE, NETWORK].map(|name| entry.join(name));
            found.extend(published.into_iter().filter(|path| path.is_file()));
        } else if has_ending(&entry, "json") || has_ending(&entry, "bundle") {
            found.push(entry);
        }
    }
    found.sort();
    Ok(found)
}

fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|found| found == ending)
}

fn looks_signed(bytes: &[u8]) -> bool {
    strict_json::parse(bytes, &Limits::large())
        .is_ok_and(|value| value.get("protected").is_some() && value.get("signature").is_some())
}

/// Adds evidence: trust bundles first, for they say whose bundles count, then those bundles, be they newer than
/// the ones in the trust bundle or not.
pub(crate) fn add(trust: &mut TrustSet, found: Vec<Found>, mut tell: impl FnMut(&Path, Became)) {
    let mut bundles = Vec::new();
    for Found { file, opened } in found {
        match opened {
            Opened::Bundle(opened) => bundles.push((file, opened)),
            Opened::Network(Ok(network)) => {
                let (of, seq) = (
                    network.accreditor().clone(),
                    network.snapshot().content().seq,
                );
                let added = trust.add_network(*network);
                let kind = "network";
                tell(
                    &file,
                    Became::Added {
                        kind,
                        of,
                        seq,
                        added,
                    },
                );
            }
            Opened::Network(Err(error)) => {
                trust.add_unreadable_network(&error);
                let (kind, code, detail) = ("network", error.code(), error.to_string());
                tell(&file, Became::Refused { kind, code, detail });
            }
        }
    }
    // A unit is known by its parliament's bundle, which may stand behind its own.
    while !bundles.is_empty() {
        let is_vouched = |opened: &Result<Box<Bundle>, BundleError>| match opened {
            Ok(bundle) => trust.vouches_for(bundle),
            Err(_) => true,
        };
        let (mut now, mut later): (Vec<_>, Vec<_>) = bundles
            .into_iter()
            .partition(|(_, opened)| is_vouched(opened));
        if now.is_empty() {
            core::mem::swap(&mut now, &mut later);
        }
        for (file, opened) in now {
            tell(&file, add_bundle(trust, opened));
        }
        bundles = later;
    }
}

fn add_bundle(trust: &mut TrustSet, opened: Result<Box<Bundle>, BundleError>) -> Became {
    let kind = "bundle";
    match opened {
        Ok(bundle) => {
            let (of, seq) = (bundle.signer().did().clone(), bundle.seq());
            let added = trust.add(*bundle);
            Became::Added {
                kind,
                of,
                seq,
                added,
            }
        }
        Err(error) => {
            trust.add_unreadable(&error);
            let (code, detail) = (error.code(), error.to_string());
            Became::Refused { kind, code, detail }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compressed_is_no_json_and_the_other_way_round() {
        // Every level of compression that zlib names.
        for flags in [0x01, 0x5e, 0x9c, 0xda] {
            assert!(is_compressed(&[0x78, flags, 0]));
        }
        for other in [&b"{\"protected\":1}"[..], b" \n{", b"x", b"", b"eyJ"] {
            assert!(!is_compressed(other));
        }
    }

    #[test]
    fn the_kind_decides_how_it_is_refused() {
        assert!(matches!(open(b"{}"), Opened::Bundle(Err(_))));
        assert!(matches!(open(&[0x78, 0x9c, 1, 2]), Opened::Network(Err(_))));
    }
}
