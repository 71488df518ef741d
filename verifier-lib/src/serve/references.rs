//! What W3C documents may refer to, as it was handed in: DID documents, contexts, schemas, status lists.
//!
//! Nothing is fetched: a document that refers to what is not here is refused, or answered with a warning.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use cli_kit::{Failure, files, run::now};
use fs_err as fs;
use identity_core::{
    did::{Did, PinnedDocuments},
    encoding::strict_json::{self, Limits, Value},
    ld::Contexts,
    proof::{enveloping::MediaType, jose::Jws},
    status::{
        token_list,
        w3c::{KnownLists, ListDelegation, ListIssuers},
    },
    trust::status_key,
    verify::{
        Budget,
        w3c::{AtHand, IssuerPolicy, Question, Secured, verify_status_list},
    },
};
use jiff::{SignedDuration, Timestamp};
use tracing::{info, warn};

use super::looks::Looks;

/// Largest file read here.
const MAX_FILE: u64 = 64 << 20;

/// Where they lie.
#[derive(Debug)]
pub(crate) struct ReferenceFiles {
    /// Documents of did:web, which name their DID.
    pub(crate) did_documents: Vec<PathBuf>,
    /// How old such a document may be, by the time its file was written.
    pub(crate) max_document_age: SignedDuration,
    /// JSON-LD contexts, by URL.
    pub(crate) contexts: Vec<(String, PathBuf)>,
    /// Other resources, by URL.
    pub(crate) resources: Vec<(String, PathBuf)>,
    /// JSON Schemas, by URL.
    pub(crate) schemas: Vec<(String, PathBuf)>,
    /// Status list credentials, which name their URL, statements of who keeps whose lists, and folders.
    pub(crate) status_lists: Vec<PathBuf>,
    /// Whether credentials of VC Data Model 1.1 are verified too.
    pub(crate) accept_1_1: bool,
    /// What follows from an issuer that is no DID.
    pub(crate) issuer: IssuerPolicy,
}

/// What is at hand, read again when its files change.
#[derive(Debug)]
pub(super) struct References {
    files: ReferenceFiles,
    held: RwLock<Arc<Held>>,
    looked: Mutex<Vec<Looks>>,
}

/// What was read, all at one time.
#[derive(Debug)]
pub(super) struct Held {
    documents: PinnedDocuments,
    max_age: SignedDuration,
    contexts: Contexts,
    keepers: Vec<ListDelegation>,
    resources: BTreeMap<String, Vec<u8>>,
    schemas: BTreeMap<String, Vec<u8>>,
    lists: KnownLists,
}

impl Held {
    /// Asks with everything at hand at that instant.
    pub(super) fn with<T>(&self, now: Timestamp, ask: impl FnOnce(&AtHand<'_>) -> T) -> T {
        let resolver = self.documents.at(now, self.max_age);
        let at_hand = AtHand::nothing()
            .with_resolver(&resolver)
            .with_contexts(&self.contexts)
            .with_status_lists(&self.lists, ListIssuers::Delegated(&self.keepers))
            .with_schemas(&self.schemas)
            .with_resources(&self.resources);
        ask(&at_hand)
    }
}

impl References {
    /// Reads everything for the first time: here a fault ends the program.
    pub(super) fn open(files: ReferenceFiles) -> Result<Self, Failure> {
        let references = Self {
            files,
            held: RwLock::default(),
            looked: Mutex::default(),
        };
        references.read()?;
        Ok(references)
    }

    /// Returns whether credentials of VC Data Model 1.1 are verified too.
    pub(super) const fn accepts_1_1(&self) -> bool {
        self.files.accept_1_1
    }

    /// Returns what follows from an issuer that is no DID.
    pub(super) const fn issuer(&self) -> IssuerPolicy {
        self.files.issuer
    }

    /// Returns what is at hand now.
    pub(super) fn held(&self) -> Arc<Held> {
        Arc::clone(&self.held.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the files again if they look different; what was held stays when one cannot be read.
    pub(super) fn look(&self) {
        let looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = *looked != self.looks();
        drop(looked);
        if changed {
            self.reload();
        }
    }

    /// Reads the files again.
    pub(super) fn reload(&self) {
        if let Err(failure) = self.read() {
            // What failed may succeed the next time, though no file looks different by then.
            self.looked
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clear();
            warn!(
                event = "references",
                code = failure.code,
                detail = failure.message
            );
        }
    }

    fn looks(&self) -> Vec<Looks> {
        let files = &self.files;
        let named = files.contexts.iter().chain(&files.schemas);
        let named = named.chain(&files.resources);
        let named = named.map(|(_, path)| path.clone());
        let lists = files
            .status_lists
            .iter()
            .flat_map(|path| list_files(path).unwrap_or_default());
        let documents = files.did_documents.iter().cloned();
        documents.chain(named).chain(lists).map(Looks::of).collect()
    }

    fn read(&self) -> Result<(), Failure> {
        *self.looked.lock().unwrap_or_else(PoisonError::into_inner) = self.looks();
        let mut held = Held {
            max_age: self.files.max_document_age,
            contexts: contexts(&self.files.contexts)?,
            resources: by_url(&self.files.resources)?,
            schemas: by_url(&self.files.schemas)?,
            ..Held::default()
        };
        // What a context says is also what its digest is compared with.
        held.resources.extend(by_url(&self.files.contexts)?);
        for path in &self.files.did_documents {
            pin(path, &mut held.documents)?;
        }
        for path in &self.files.status_lists {
            for file in list_files(path)? {
                add_list(&file, &mut held)?;
            }
        }
        held.lists.keep_newer_of(&self.held().lists);
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(held);
        Ok(())
    }
}

impl Default for Held {
    fn default() -> Self {
        Self {
            documents: PinnedDocuments::default(),
            max_age: SignedDuration::ZERO,
            contexts: Contexts::standard(),
            keepers: Vec::new(),
            resources: BTreeMap::new(),
            schemas: BTreeMap::new(),
            lists: KnownLists::default(),
        }
    }
}

/// Reads contexts beside those that are compiled in, of which none is replaced.
fn contexts(named: &[(String, PathBuf)]) -> Result<Contexts, Failure> {
    named
        .iter()
        .try_fold(Contexts::standard(), |known, (url, path)| {
            let bytes = files::read_bounded(path, MAX_FILE)?;
            let known = known.with(url, &bytes);
            known.map_err(|error| refused(path, error.code().as_str(), &error.to_string()))
        })
}

fn by_url(named: &[(String, PathBuf)]) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let mut found = BTreeMap::new();
    for (url, path) in named {
        let bytes = files::read_bounded(path, MAX_FILE)?.to_vec();
        strict_json::parse(&bytes, &Limits::large())
            .map_err(|error| refused(path, error.code().as_str(), &error.to_string()))?;
        found.insert(url.clone(), bytes);
    }
    Ok(found)
}

fn pin(path: &Path, documents: &mut PinnedDocuments) -> Result<(), Failure> {
    let bytes = files::read_bounded(path, MAX_FILE)?;
    let written = fs::metadata(path).and_then(|metadata| metadata.modified());
    let written = written.map_err(|error| Failure::reading(path, &error))?;
    // A file of a time that no calendar has was never written.
    let written = Timestamp::try_from(written).unwrap_or(Timestamp::MIN);
    let parsed = strict_json::parse(&bytes, &Limits::small())
        .map_err(|error| refused(path, error.code().as_str(), &error.to_string()))?;
    let id = parsed.get("id").and_then(Value::as_str).unwrap_or_default();
    let did: Result<Did, _> = id.parse();
    let pinned = did.and_then(|did| documents.insert(&did, &bytes, written));
    pinned.map_err(|error| refused(path, error.code().as_str(), &error.to_string()))
}

/// Says what a published text is, by the `typ` that it claims: a statement of who keeps whose lists, or
/// a list in the other standard's form, which no W3C document names.
fn claimed_type(text: &str) -> Option<String> {
    let (jws, _) = Jws::parse_open(text).ok()?;
    jws.unverified_header().typ.clone()
}

/// Verifies a status list with what is at hand so far, and has it at hand from then on.
fn add_list(path: &Path, held: &mut Held) -> Result<(), Failure> {
    let bytes = files::read_bounded(path, MAX_FILE)?;
    let now = now();
    let text = core::str::from_utf8(&bytes).unwrap_or_default().trim_end();
    match claimed_type(text).as_deref() {
        Some(status_key::TYP) => {
            let keeper = status_key::delegation(text)
                .map_err(|error| refused(path, error.code().as_str(), &error.to_string()))?;
            held.keepers.push(keeper);
            return Ok(());
        }
        Some(token_list::TYP) => return Ok(()),
        _ => {}
    }
    let parsed;
    let secured = if text.starts_with('{') {
        parsed = strict_json::parse(&bytes, &Limits::large())
            .map_err(|error| refused(path, error.code().as_str(), &error.to_string()))?;
        let object = parsed.as_object();
        Secured::Object(object.ok_or_else(|| refused(path, "json.malformed", "no object"))?)
    } else {
        let media_type = if text.contains('~') {
            MediaType::VcSdJwt
        } else {
            MediaType::VcJwt
        };
        Secured::Text { media_type, text }
    };
    let list = held.with(now, |at_hand| {
        verify_status_list(secured, &Question::at(now), at_hand, &mut Budget::bundle())
    });
    let list = list.map_err(|error| refused(path, error.code().as_str(), &error.to_string()))?;
    let url = list.url().unwrap_or_default().to_owned();
    held.lists
        .insert(list)
        .map_err(|_| refused(path, "status.list_missing", "it does not name its URL"))?;
    info!(event = "status list", file = %path.display(), url);
    Ok(())
}

fn list_files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path).map_err(|error| Failure::reading(path, &error))?;
    let entries: Result<Vec<_>, _> = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect();
    let mut found = entries.map_err(|error| Failure::reading(path, &error))?;
    found.retain(|path| path.is_file());
    found.sort();
    Ok(found)
}

fn refused(path: &Path, code: &'static str, reason: &str) -> Failure {
    Failure::failed(code, format!("{} cannot be used: {reason}", path.display()))
        .hint("check that the file is what its flag takes: mandate-verifier serve --help")
}
