//! The evidence that was handed in, read again whenever its files change.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use cli_kit::Failure;
use identity_core::trust::{Added, Bundle, BundleError, TrustSet};
use tracing::{info, warn};

use super::{looks::Looks, metrics::Metrics};
use crate::cli::{
    check::{bundle_files, each_bundle},
    home::Home,
};

/// Where the evidence for verdicts lies.
#[derive(Debug)]
pub(crate) struct Sources {
    /// The anchors, without any bundle.
    pub(crate) anchors: TrustSet,
    /// Bundles, and folders with bundles.
    pub(crate) bundles: Vec<PathBuf>,
    /// Whose highest numbers count.
    pub(crate) home: Home,
}

/// The evidence at hand.
#[derive(Debug)]
pub(super) struct Evidence {
    bundles: Vec<PathBuf>,
    home: Home,
    trust: RwLock<Arc<TrustSet>>,
    /// How the files looked when they were last read.
    looked: Mutex<Vec<Looks>>,
    metrics: Arc<Metrics>,
}

impl Evidence {
    /// Reads the evidence for the first time.
    pub(super) fn open(sources: Sources, metrics: Arc<Metrics>) -> Result<Self, Failure> {
        let evidence = Self {
            bundles: sources.bundles,
            home: sources.home,
            trust: RwLock::new(Arc::new(sources.anchors)),
            looked: Mutex::default(),
            metrics,
        };
        evidence.read()?;
        Ok(evidence)
    }

    /// Returns the evidence as it is now; a check that has begun goes on with what it began with.
    pub(super) fn trust(&self) -> Arc<TrustSet> {
        Arc::clone(&self.trust.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns the home whose ledger counts.
    pub(super) const fn home(&self) -> &Home {
        &self.home
    }

    /// Reads the files again if they look different. What cannot be read is said in the log, and what
    /// is held already stays: it grows stale by itself.
    pub(super) fn look(&self) {
        let looked = self
            .looked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if self.files() != looked {
            self.reload();
        }
    }

    /// Reads the files again.
    pub(super) fn reload(&self) {
        match self.read() {
            Ok(()) => self.metrics.reloaded("read"),
            Err(failure) => {
                // What failed may succeed the next time, though no file looks different by then.
                self.looked
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .clear();
                self.metrics.reloaded("failed");
                warn!(
                    event = "evidence",
                    code = failure.code,
                    detail = failure.message
                );
            }
        }
    }

    fn read(&self) -> Result<(), Failure> {
        // Looked at before it is read: what changes meanwhile is read again.
        *self.looked.lock().unwrap_or_else(PoisonError::into_inner) = self.files();
        let mut trust = TrustSet::clone(&self.trust());
        trust.forget_unreadable();
        let mut failed = self.home.recall(&mut trust).err();
        for path in &self.bundles {
            let read = each_bundle(path, |file, opened| self.add(&mut trust, file, opened));
            failed = failed.or_else(|| read.err());
        }
        // A home that cannot be written holds up no revocation.
        failed = failed.or_else(|| self.home.keep(&trust).err());
        *self.trust.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(trust);
        failed.map_or(Ok(()), Err)
    }

    fn add(&self, trust: &mut TrustSet, file: &Path, opened: Result<Bundle, BundleError>) {
        let file = file.display().to_string();
        match opened {
            Err(error) => {
                self.metrics.reloaded("refused");
                warn!(event = "bundle", file, code = error.code().as_str(), detail = %error);
                trust.add_unreadable(&error);
            }
            Ok(bundle) => {
                let (issuer, seq) = (bundle.signer().did().to_string(), bundle.seq());
                let became = match trust.add(bundle) {
                    Added::Used => "used",
                    Added::Older => "older",
                    Added::NotAnchored => "not anchored",
                    _ => "conflict",
                };
                info!(event = "bundle", file, issuer, seq, became);
            }
        }
    }

    /// Returns how the files look now; one that is not there looks like nothing.
    fn files(&self) -> Vec<Looks> {
        let mut paths = vec![self.home.seen_path()];
        for path in &self.bundles {
            if path.is_dir() {
                paths.extend(bundle_files(path).unwrap_or_default());
            } else {
                paths.push(path.clone());
            }
        }
        paths.into_iter().map(Looks::of).collect()
    }
}
