//! The names that the house has for issuers and accreditors, from the anchors with which evidence was kept.
//!
//! A name is shown to people and decides nothing: whom to trust is said by each command's `--anchor`.

use std::collections::BTreeMap;

use cli_kit::{
    Failure,
    files::{self, Access, Durability},
};
use identity_core::{did::Did, trust::Anchor};

use super::home::{Home, damaged, to_json};

/// The file in the home.
const NAMES: &str = "names.json";

impl Home {
    /// Returns the names that were given, each with its DID.
    pub(super) fn names(&self) -> Result<Vec<Anchor>, Failure> {
        let anchor = |(did, name)| {
            let anchor = Anchor::new(did, Some(name));
            anchor.map_err(|error| Failure::from_error(error.code().as_str(), &error))
        };
        self.read_names()?.into_iter().map(anchor).collect()
    }

    /// Gives the anchors that have no name the one that was given before.
    pub(super) fn with_names(&self, anchors: Vec<Anchor>) -> Result<Vec<Anchor>, Failure> {
        let known = self.names()?;
        let named = anchors.into_iter().map(|anchor| {
            let mut names = known.iter().filter(|other| other.did() == anchor.did());
            match (anchor.name(), names.next()) {
                (None, Some(known)) => known.clone(),
                _ => anchor,
            }
        });
        Ok(named.collect())
    }

    /// Keeps the names of anchors that have one.
    pub(super) fn keep_names(&self, anchors: &[Anchor]) -> Result<(), Failure> {
        let before = self.read_names()?;
        let mut names = before.clone();
        for anchor in anchors {
            if let Some(name) = anchor.name() {
                names.insert(anchor.did().clone(), name.to_owned());
            }
        }
        if names == before {
            return Ok(());
        }
        let path = self.path().join(NAMES);
        files::write_atomic(
            &path,
            &to_json(&names)?,
            Access::Private,
            Durability::Synced,
        )
    }

    fn read_names(&self) -> Result<BTreeMap<Did, String>, Failure> {
        let path = self.path().join(NAMES);
        if !path.exists() {
            return Ok(BTreeMap::new());
        }
        let bytes = files::read_bounded(&path, 1 << 20)?;
        serde_json::from_slice(&bytes).map_err(|_| damaged(&path))
    }
}
