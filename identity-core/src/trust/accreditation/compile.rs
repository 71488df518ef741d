//! From statements to the list: whoever has the same statements gets the same list.

use std::collections::BTreeMap;

use super::{
    AccreditationError, ListDraft, Listed, ListedVersion,
    statement::{Body, Statement},
};
use crate::{did::Did, encoding::base64url, status::Instant};

/// What a list says beside its parliaments.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct Header {
    /// The accreditor.
    pub accreditor: Did,
    /// What it calls itself.
    pub name: String,
    /// The number of the list.
    pub seq: u64,
    /// The version of the officer policy in force.
    pub policy_version: u64,
    /// When it is compiled: statements recorded later are left out.
    pub issued_at: Instant,
    /// When the next one is due.
    pub next_update: Instant,
    /// From when nobody may use it.
    pub expires: Instant,
}

/// Compiles a list. The order of the statements and repetitions make no difference.
///
/// # Errors
/// [`AccreditationError`] when a statement is another accreditor's, or changes the state of a parliament
/// that none accredits.
pub fn compile(header: Header, statements: &[Statement]) -> Result<ListDraft, AccreditationError> {
    // By what stays of a DID that moves: what was said under the one before is said of the same parliament.
    let mut parliaments: BTreeMap<String, Listed> = BTreeMap::new();
    let mut ordered: Vec<&Statement> = statements
        .iter()
        .filter(|statement| statement.draft().recorded <= header.issued_at)
        .collect();
    ordered.sort_by_key(|statement| (statement.draft().recorded, *statement.digest()));
    ordered.dedup_by_key(|statement| *statement.digest());
    for statement in ordered {
        let draft = statement.draft();
        if draft.accreditor.subject() != header.accreditor.subject() {
            return Err(AccreditationError::Foreign {
                what: "a statement",
                found: draft.accreditor.to_string(),
            });
        }
        let listed = parliaments
            .entry(draft.parliament().subject().to_owned())
            .or_insert_with(|| Listed {
                id: draft.parliament().clone(),
                versions: Vec::new(),
                states: Vec::new(),
            });
        match (&draft.body, statement.change()) {
            (Body::Accredits(parliament), _) => {
                // The latest that was said of it names the DID it has now.
                listed.id.clone_from(draft.parliament());
                listed.versions.push(ListedVersion {
                    from: draft.from,
                    until: draft.until,
                    recorded: draft.recorded,
                    statement: base64url::encode(statement.digest()),
                    parliament: parliament.clone(),
                });
            }
            (Body::Changes { .. }, change) => listed.states.extend(change),
        }
    }
    for listed in parliaments.values_mut() {
        listed
            .versions
            .sort_by_key(|version| (version.from, version.recorded));
    }
    if let Some(listed) = parliaments
        .values()
        .find(|listed| listed.versions.is_empty())
    {
        let reason = format!("no statement accredits {}", listed.id);
        return Err(AccreditationError::malformed("trust list", reason));
    }
    let mut parliaments: Vec<Listed> = parliaments.into_values().collect();
    parliaments.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(ListDraft {
        schema: "mandate.trust-list/1".to_owned(),
        accreditor: header.accreditor,
        name: header.name,
        seq: header.seq,
        policy_version: header.policy_version,
        issued_at: header.issued_at,
        next_update: header.next_update,
        expires: header.expires,
        parliaments,
    })
}
