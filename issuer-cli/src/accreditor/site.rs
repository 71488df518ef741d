//! The files that go out beside the trust bundle.

use std::collections::BTreeMap;

use identity_core::{
    encoding::strict_json::{Object, Value},
    trust::network::{History, Parts},
};
use serde_json::json;

use super::{Archive, hex, members::Member};

impl Archive {
    /// Puts the parts of a trust bundle together.
    pub(super) fn parts(&self, snapshot: String, members: &[Member]) -> Parts {
        Parts {
            policies: self.policies.iter().map(text).collect(),
            did_log: self.did_log.clone(),
            did_witness: None,
            snapshot,
            list: self.lists.last().map(text).unwrap_or_default(),
            bundles: members.iter().map(|member| member.signed.clone()).collect(),
        }
    }

    /// Returns the history: every statement, and the lists before the one in force.
    pub fn history_file(&self) -> History {
        History {
            policies: self.policies.iter().map(text).collect(),
            did_log: self.did_log.clone(),
            statements: self
                .statements
                .iter()
                .map(|(_, document)| text(document))
                .collect(),
            lists: self.lists.iter().map(text).collect(),
        }
    }

    /// The files beside the two: the same, one by one, for people and for other software.
    pub(super) fn site(&self, parts: &Parts) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        let card = json!({
            "schema": "mandate.accreditor-card/1",
            "did": self.profile.did,
            "name": self.profile.name,
            "trial": self.profile.did.method() == "key",
        });
        files.insert(
            "accreditor.json".to_owned(),
            format!("{card:#}\n").into_bytes(),
        );
        files.insert("list.json".to_owned(), parts.list.clone().into_bytes());
        files.insert(
            "snapshot.jwt".to_owned(),
            parts.snapshot.clone().into_bytes(),
        );
        for (number, policy) in (1..).zip(&parts.policies) {
            files.insert(
                format!("policies/{number}.json"),
                policy.clone().into_bytes(),
            );
        }
        for (statement, document) in &self.statements {
            let name = format!("statements/{}.json", hex(statement.digest()));
            files.insert(name, text(document).into_bytes());
        }
        if let Some(log) = &self.did_log {
            files.insert("did.jsonl".to_owned(), log.clone().into_bytes());
        }
        files
    }
}

fn text(document: &Object<'static>) -> String {
    Value::Object(document.clone()).to_serde().to_string()
}
