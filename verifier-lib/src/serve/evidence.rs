//! The evidence that was handed in, read again whenever its files change.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use cli_kit::Failure;
use identity_core::trust::{Added, TrustSet};
use tracing::{info, warn};

use super::{looks::Looks, metrics::Metrics};
use crate::cli::{
    demand::Demand,
    evidence::{self, Became},
    home::Home,
};

/// Where the evidence for verdicts lies.
#[derive(Debug)]
pub(crate) struct Sources {
    /// The anchors, without any bundle.
    pub(crate) anchors: TrustSet,
    /// Bundles, trust bundles, and folders with such; none for what the home keeps.
    pub(crate) bundles: Vec<PathBuf>,
    /// What is demanded of it.
    pub(crate) demand: Demand,
    /// Whose highest numbers count.
    pub(crate) home: Home,
}

/// The evidence at hand.
#[derive(Debug)]
pub(super) struct Evidence {
    bundles: Vec<PathBuf>,
    demand: Demand,
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
            demand: sources.demand,
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

    /// Returns what is demanded of it.
    pub(super) const fn demand(&self) -> Demand {
        self.demand
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
        let mut found = Vec::new();
        for path in self.sources() {
            let read = evidence::read(&path, &mut found);
            failed = failed.or_else(|| read.err());
        }
        evidence::add(&mut trust, found, |file, became| self.tell(file, became));
        // A home that cannot be written holds up no revocation.
        failed = failed.or_else(|| self.home.keep(&trust).err());
        *self.trust.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(trust);
        failed.map_or(Ok(()), Err)
    }

    /// Returns where the evidence lies: where the flags say, else what the home keeps, as soon as it keeps any.
    fn sources(&self) -> Vec<PathBuf> {
        if !self.bundles.is_empty() {
            return self.bundles.clone();
        }
        let kept = self.home.kept();
        Vec::from_iter(kept.is_dir().then_some(kept))
    }

    fn tell(&self, file: &Path, became: Became) {
        let file = file.display().to_string();
        match became {
            Became::Refused { kind, code, detail } => {
                self.metrics.reloaded("refused");
                warn!(event = kind, file, code = code.as_str(), detail);
            }
            Became::Added {
                kind,
                of,
                seq,
                added,
            } => {
                let became = match added {
                    Added::Used => "used",
                    Added::Older => "older",
                    Added::NotAnchored => "not anchored",
                    Added::Fork => "fork",
                    _ => "conflict",
                };
                let issuer = of.as_str();
                info!(event = kind, file, issuer, seq, became);
            }
        }
    }

    /// Returns how the files look now; one that is not there looks like nothing.
    fn files(&self) -> Vec<Looks> {
        let mut paths = vec![self.home.seen_path(), self.home.networks_path()];
        for path in self.sources() {
            if path.is_dir() {
                paths.extend(evidence::files_in(&path).unwrap_or_default());
            } else {
                paths.push(path);
            }
        }
        paths.into_iter().map(Looks::of).collect()
    }
}
