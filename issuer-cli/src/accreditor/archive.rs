//! The home as it is read: every file of it verified anew.

use std::path::{Path, PathBuf};

use cli_kit::{
    Failure,
    files::{self, Access, Durability},
};
use fs_err as fs;
use identity_core::{
    did::{
        self, Did,
        webvh::{self, DidHistory},
    },
    encoding::strict_json::{self, Limits, Object, Value},
    key::PublicKey,
    status::Instant,
    trust::{
        accreditation::{ListDraft, TrustList, statement::Statement},
        officers::{OfficerPolicy, PolicyChain, Refounding},
    },
    verify::Budget,
};
use serde::{Deserialize, Serialize};

use super::{
    Paper, Says,
    error::{AccreditorCode, core, damaged, refuse},
    hex,
};

/// Who the accreditor is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "a file, complete")]
pub struct Profile {
    /// `mandate.accreditor-profile/1`.
    pub schema: String,
    /// Its DID.
    pub did: Did,
    /// What it calls itself.
    pub name: String,
}

impl Profile {
    /// The `schema` of a profile.
    pub const SCHEMA: &'static str = "mandate.accreditor-profile/1";
}

/// How far the numbers have got: what a home that was put back does not know any more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "a file, complete")]
pub struct Published {
    /// The epoch of the officer policy.
    pub epoch: u64,
    /// The number of the newest snapshot in that epoch; 0 before the first.
    pub seq: u64,
    /// When it was signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_at: Option<Instant>,
    /// When the next is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_update: Option<Instant>,
    /// How many policies, statements and lists there were.
    pub policies: usize,
    /// As above.
    pub statements: usize,
    /// As above.
    pub lists: usize,
}

/// A home that was opened.
#[derive(Debug)]
pub struct Archive {
    pub(super) path: PathBuf,
    pub(super) profile: Profile,
    pub(super) did_log: Option<String>,
    pub(super) history: Option<DidHistory>,
    pub(super) policies: Vec<Object<'static>>,
    /// None until the officers have signed their first policy.
    pub(super) chain: Option<PolicyChain>,
    pub(super) statements: Vec<(Statement, Object<'static>)>,
    pub(super) lists: Vec<Object<'static>>,
    /// The newest list, verified.
    pub(super) list: Option<(TrustList, ListDraft)>,
    pub(super) published: Published,
}

impl Archive {
    /// Opens a home and verifies what is in it.
    ///
    /// # Errors
    /// `accreditor.missing`, `accreditor.damaged`, `accreditor.rolled_back`.
    pub fn open(path: &Path, now: Instant) -> Result<Self, Failure> {
        let profile = profile(path)?;
        let (did_log, history) = history(path, &profile.did, now)?;
        let mut archive = Self {
            path: path.to_owned(),
            profile,
            did_log,
            history,
            policies: Vec::new(),
            chain: None,
            statements: Vec::new(),
            lists: Vec::new(),
            list: None,
            published: Published::default(),
        };
        archive.read_policies()?;
        archive.read_statements()?;
        archive.read_lists()?;
        let at = path.join("published.json");
        if !at.exists() {
            return Err(rolled_back("published.json"));
        }
        let read = serde_json::from_slice(&files::read_bounded(&at, 1 << 16)?);
        archive.published = read.map_err(|_| damaged(&at))?;
        archive.check_complete()?;
        Ok(archive)
    }

    fn read_policies(&mut self) -> Result<(), Failure> {
        for (path, document) in documents(&self.path.join("policies"))? {
            self.policies.push(document);
            self.chain = Some(
                self.verify_policies(&self.policies)
                    .map_err(|why| damaged(&path).because(why.message))?,
            );
        }
        Ok(())
    }

    /// Verifies a chain of policies for this accreditor.
    pub(super) fn verify_policies(
        &self,
        documents: &[Object<'static>],
    ) -> Result<PolicyChain, Failure> {
        let did = &self.profile.did;
        let controls = |key: &PublicKey, at: Instant| match &self.history {
            Some(history) => history
                .update_keys_at(at.timestamp())
                .is_some_and(|keys| keys.contains(key)),
            None => did::key::create(key) == *did,
        };
        let budget = &mut Budget::network();
        PolicyChain::verify(documents, did, Refounding::Never, controls, budget)
            .map_err(|error| core(error.code(), &error))
    }

    fn read_statements(&mut self) -> Result<(), Failure> {
        let mut statements = Vec::new();
        for (path, document) in documents(&self.path.join("statements"))? {
            let chain = self.chain.as_ref().ok_or_else(|| damaged(&path))?;
            let budget = &mut Budget::presentation();
            let statement = Statement::verify(&document, &self.profile.did, chain, budget)
                .map_err(|error| damaged(&path).caused_by(&error))?;
            let name = path.file_stem().unwrap_or_default();
            if name.to_string_lossy() != hex(statement.digest()) {
                return Err(damaged(&path));
            }
            statements.push((statement, document));
        }
        self.statements = statements;
        Ok(())
    }

    fn read_lists(&mut self) -> Result<(), Failure> {
        let mut newest = None;
        for (path, document) in documents(&self.path.join("lists"))? {
            self.lists.push(document);
            newest = Some(path);
        }
        let (Some(path), Some(document)) = (newest, self.lists.last()) else {
            return Ok(());
        };
        let chain = self.chain.as_ref().ok_or_else(|| damaged(&path))?;
        let budget = &mut Budget::presentation();
        let list = TrustList::verify(document, &self.profile.did, chain, budget)
            .map_err(|error| damaged(&path).caused_by(&error))?;
        let draft = ListDraft::read(document).map_err(|error| damaged(&path).caused_by(&error))?;
        self.list = Some((list, draft));
        Ok(())
    }

    /// Holds the home against what was counted when something was last recorded or published: a part of it may have been put back
    /// from an older copy.
    fn check_complete(&self) -> Result<(), Failure> {
        let published = &self.published;
        if self.policies.len() < published.policies {
            return Err(rolled_back("an officer policy"));
        }
        if self.statements.len() < published.statements {
            return Err(rolled_back("a statement"));
        }
        if self.lists.len() < published.lists {
            return Err(rolled_back("a trust list"));
        }
        let listed = self.list.iter().flat_map(|(_, draft)| &draft.parliaments);
        let digests: Vec<String> = self
            .statements
            .iter()
            .map(|(statement, _)| identity_core::encoding::base64url::encode(statement.digest()))
            .collect();
        for version in listed.flat_map(|listed| &listed.versions) {
            if !digests.contains(&version.statement) {
                return Err(rolled_back("a statement"));
            }
        }
        Ok(())
    }

    /// Returns who the accreditor is.
    pub const fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Returns the history of its DID, where it has one.
    pub const fn history(&self) -> Option<&DidHistory> {
        self.history.as_ref()
    }

    /// Returns the officer policies.
    ///
    /// # Errors
    /// `accreditor.not_founded` until the officers have signed the first one.
    pub fn chain(&self) -> Result<&PolicyChain, Failure> {
        self.chain.as_ref().ok_or_else(|| {
            refuse(
                AccreditorCode::AccreditorNotFounded,
                "the officers have not signed their first policy yet",
            )
            .hint("have them sign it: mandate-issuer accreditor approve FILE --officer-key KEY")
            .hint("then record it: mandate-issuer accreditor officers record FILE ...")
        })
    }

    /// Returns the policy in force.
    ///
    /// # Errors
    /// As [`chain`](Self::chain).
    pub fn policy(&self) -> Result<&OfficerPolicy, Failure> {
        self.chain().map(PolicyChain::latest)
    }

    /// Returns the statements.
    pub fn statements(&self) -> impl Iterator<Item = &Statement> {
        self.statements.iter().map(|(statement, _)| statement)
    }

    /// Returns the newest signed list.
    pub fn list(&self) -> Option<&ListDraft> {
        self.list.as_ref().map(|(_, draft)| draft)
    }

    /// Returns how far the numbers have got.
    pub const fn published(&self) -> &Published {
        &self.published
    }

    /// Returns what waits for signatures, the oldest first. What cannot be read any more is left out.
    ///
    /// # Errors
    /// `file.unreadable`.
    pub fn pending(&self) -> Result<Vec<Paper>, Failure> {
        let mut papers: Vec<Paper> = documents(&self.path.join("pending"))?
            .into_iter()
            .filter_map(|(_, document)| Paper::new(document).ok())
            .collect();
        papers.sort_by_key(|paper| (paper.says().drawn_up(), paper.id().to_owned()));
        Ok(papers)
    }

    /// Keeps a document that waits for signatures.
    ///
    /// # Errors
    /// `file.unwritable`.
    pub fn keep_pending(&self, paper: &Paper) -> Result<(), Failure> {
        let folder = self.path.join("pending");
        files::make_private_dir(&folder)?;
        let path = folder.join(format!("{}.json", paper.id()));
        files::write_atomic(
            &path,
            &paper.to_bytes(),
            Access::Private,
            Durability::Synced,
        )
    }

    /// Takes away what waits under this id, and lists that a newer one stands for.
    pub(super) fn drop_pending(&self, paper: &Paper) -> Result<(), Failure> {
        let is_list = matches!(paper.says(), Says::List(_));
        for other in self.pending()? {
            let done =
                other.id() == paper.id() || (is_list && matches!(other.says(), Says::List(_)));
            if done && !files::is_rehearsal() {
                let path = self.path.join(format!("pending/{}.json", other.id()));
                fs::remove_file(&path).map_err(|error| Failure::writing(&path, &error))?;
            }
        }
        Ok(())
    }

    pub(super) fn save_published(&mut self) -> Result<(), Failure> {
        self.published.policies = self.policies.len();
        self.published.statements = self.statements.len();
        self.published.lists = self.lists.len();
        let json = serde_json::to_vec_pretty(&self.published)
            .map_err(|error| Failure::from_error("file.unwritable", &error))?;
        let path = self.path.join("published.json");
        files::write_atomic(&path, &json, Access::Private, Durability::Synced)
    }
}

/// Reads who the accreditor of a home is.
///
/// # Errors
/// `accreditor.missing`, `accreditor.damaged`.
pub fn profile(path: &Path) -> Result<Profile, Failure> {
    let at = path.join("accreditor.json");
    if !at.exists() {
        let message = format!("there is no accreditor in {}", path.display());
        return Err(refuse(AccreditorCode::AccreditorMissing, message)
            .hint("make one with: mandate-issuer accreditor init --name NAME --officer-card CARD ... --threshold K --out FILE")
            .hint("or name its folder with --home"));
    }
    let profile: Option<Profile> = serde_json::from_slice(&files::read_bounded(&at, 1 << 20)?).ok();
    profile
        .filter(|profile| profile.schema == Profile::SCHEMA)
        .ok_or_else(|| damaged(&at))
}

fn rolled_back(what: &str) -> Failure {
    refuse(
        AccreditorCode::AccreditorRolledBack,
        format!("the home lacks {what}, which it had before"),
    )
    .hint("put a newer copy of the whole home back, not of a part of it")
}

/// Reads the JSON documents of a folder in the order of their names.
fn documents(folder: &Path) -> Result<Vec<(PathBuf, Object<'static>)>, Failure> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder).map_err(|error| Failure::reading(folder, &error))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry
            .map_err(|error| Failure::reading(folder, &error))?
            .path();
        if path.extension().is_some_and(|end| end == "json") {
            paths.push(path);
        }
    }
    paths.sort_unstable();
    let read = paths.into_iter().map(|path| {
        let bytes = files::read_bounded(&path, 256 << 20)?;
        match strict_json::parse(&bytes, &Limits::large()) {
            Ok(Value::Object(object)) => Ok((path, object.into_owned())),
            _ => Err(damaged(&path)),
        }
    });
    read.collect()
}

fn history(
    home: &Path,
    did: &Did,
    now: Instant,
) -> Result<(Option<String>, Option<DidHistory>), Failure> {
    if did.method() != "webvh" {
        return Ok((None, None));
    }
    let path = home.join("did.jsonl");
    let bytes = files::read_bounded(&path, 16 << 20)?;
    let budget = &mut Budget::did_log();
    let history = webvh::Log::parse(&bytes, budget)
        .and_then(|log| log.verify(Some(did), None, now.timestamp(), budget))
        .map_err(|error| damaged(&path).caused_by(&error))?;
    let text = String::from_utf8(bytes.to_vec()).map_err(|_| damaged(&path))?;
    Ok((Some(text), Some(history)))
}
