//! What an entry of the journal does, found among what officers approved.

use serde_json::Value as Json;

use super::action::digest_text;
use crate::store::Entry;

/// Finds what an entry does among what officers approved, and returns what tells it from the rest.
pub(super) fn part_of(entry: &Entry, contents: &[Json]) -> Option<String> {
    let body = &entry.body;
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    // What an entry is silent about, the audit takes from the record: none of it may be missing.
    let same = |content: &Json, names: &[&str]| {
        let mut names = names.iter();
        names.all(|name| body.get(*name) == Some(&content[*name]))
    };
    let find = |fits: &dyn Fn(&Json) -> bool| contents.iter().find(|content| fits(content));
    let is = |content: &Json, what: &[&str]| {
        content["do"]
            .as_str()
            .is_some_and(|found| what.contains(&found))
    };
    let issue = ["issue", "replace"];
    match entry.kind.as_str() {
        "credential.intended" => {
            find(&|c| is(c, &issue) && same(c, &["type", "holder", "list", "index"]))?;
            Some(text("holder"))
        }
        "credential.issued" => {
            find(&|c| is(c, &issue) && same(c, &["type", "member", "mandate", "list", "index"]))?;
            Some(text("member"))
        }
        "credential.revoked" => {
            let id = text("credential");
            find(&|c| {
                let named = is(c, &["revoke"])
                    && same(c, &["credential", "effective", "reason", "decision"]);
                let with = c["revokes"]
                    .as_array()
                    .is_some_and(|ids| ids.contains(&body["credential"]));
                let undecided = body.get("decision") == Some(&Json::Null);
                let superseded = undecided && body["reason"] == "superseded";
                named || (with && is(c, &issue) && superseded)
            })?;
            Some(id)
        }
        "mandate.ended" => {
            find(&|c| {
                let with = c["revokes"] == body["credentials"];
                with && is(c, &["end-mandate"])
                    && same(c, &["member", "mandate", "at", "reason", "decision"])
            })?;
            Some(text("mandate"))
        }
        "term.ended" => {
            find(&|c| {
                let excepted = digest_text(&c["except"]).ok();
                let excepted = excepted.as_deref() == body["excepted"].as_str();
                excepted && is(c, &["end-term"]) && same(c, &["term", "at", "decision"])
            })?;
            Some(text("term"))
        }
        "term.reinstated" => {
            // Brought forward, without a decision of its own; and from now on, as nobody approved a date.
            let by = |c: &Json| is(c, &["end-term"]) && body.get("decision").is_none();
            let again = |c: &Json| is(c, &["reinstate-term"]) && same(c, &["decision"]);
            let fits = |c: &Json| same(c, &["term"]) && (by(c) || again(c));
            find(&|c| body.get("annulledAt").is_none() && fits(c))?;
            Some(text("term"))
        }
        "officers.changed" => {
            find(&|c| is(c, &["change-officers"]) && same(c, &["version"]))?;
            Some(body["version"].to_string())
        }
        // Keys and the DID: what is done is named by the entry as by the content.
        kind => {
            find(&|c| is(c, &[kind]))?;
            Some(kind.to_owned())
        }
    }
}
