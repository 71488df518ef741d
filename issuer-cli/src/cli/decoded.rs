//! What officers approve, in words: every member of it, so that nothing is approved unseen.

use cli_kit::text::one_line;
use serde_json::{Value as Json, json};

/// Says one item in one line, for a list of many.
pub(super) fn sentence(content: &Json) -> String {
    let told: Vec<String> = rows(content)
        .into_iter()
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    format!("{}: {}", headline(content), told.join("; "))
}

/// Says one item in several lines, one for each member.
pub(super) fn lines(content: &Json) -> Vec<String> {
    let rows = rows(content);
    let width = rows.iter().map(|(name, _)| name.chars().count()).max();
    let width = width.unwrap_or(0);
    let head = core::iter::once(headline(content));
    let told = rows.iter();
    head.chain(told.map(|(name, value)| format!("  {name:width$}  {value}")))
        .collect()
}

/// Says what whoever approves should know beside it.
pub(super) fn advice(content: &Json) -> Vec<&'static str> {
    let mut advice = Vec::new();
    let is = |names: &[&str]| content["do"].as_str().is_some_and(|it| names.contains(&it));
    if is(&["issue", "replace"]) {
        advice.push(
            "whoever answered the letter has that key: let the member read theirs to you, mandate-wallet id",
        );
    }
    let ends = is(&["revoke", "end-mandate", "end-term"]);
    if ends && content["decision"].is_null() && content["reason"] != "superseded" {
        advice.push("no decision is named: verifiers will say that it is contested");
    }
    advice
}

/// The words for what is done.
fn headline(content: &Json) -> String {
    let text = |name: &str| one_line(content[name].as_str().unwrap_or_default());
    let what = text("do");
    match what.as_str() {
        "issue" => format!("issue a {} to {}", text("type"), text("name")),
        "replace" => format!("issue a new {} to {}", text("type"), text("name")),
        "revoke" => format!("revoke the {} of {}", text("type"), text("name")),
        "end-mandate" => format!("end the mandate of {}", text("name")),
        "end-term" => format!("end the term {}", text("term")),
        "reinstate-term" => format!("let the term {} run again", text("term")),
        "delegation.ended" => format!("end the delegation {}", text("delegation")),
        "change-officers" => "change who the officers are".to_owned(),
        "did.changed" => format!("change the DID: {}", text("change")),
        _ => what,
    }
}

/// The members in the order in which people ask for them, and all others behind.
fn rows(content: &Json) -> Vec<(String, String)> {
    const FIRST: [(&str, &str); 20] = [
        ("member", "member"),
        ("wallet", "the wallet's key"),
        ("chamber", "chamber"),
        ("country", "country"),
        ("term", "term"),
        ("label", "called"),
        ("mandate", "mandate"),
        ("credential", "credential"),
        ("at", "from"),
        ("effective", "from"),
        ("reason", "reason"),
        ("decision", "decision"),
        ("except", "but for"),
        ("validFrom", "valid from"),
        ("validUntil", "valid until"),
        ("claims", "claim"),
        ("revokes", "revokes"),
        ("approvals", "approvals needed"),
        ("officers", "officer"),
        ("alsoKnownAs", "also known as"),
    ];
    // In the headline already; the salt says nothing to anybody.
    const TOLD: [&str; 4] = ["do", "name", "salt", "type"];
    let Some(members) = content.as_object() else {
        return vec![("content".to_owned(), one_line(&content.to_string()))];
    };
    let mut rows = Vec::new();
    for (name, label) in FIRST {
        if let Some(value) = members.get(name) {
            put(&mut rows, label, value);
        }
    }
    for (name, value) in members {
        let is_first = FIRST.iter().any(|(first, _)| first == name);
        if !is_first && !TOLD.contains(&name.as_str()) {
            put(&mut rows, name, value);
        }
    }
    rows
}

/// One row for a text, one for each of several.
fn put(rows: &mut Vec<(String, String)>, label: &str, value: &Json) {
    let is_nothing = value.is_null() || *value == json!([]) || *value == json!(false);
    match value {
        _ if is_nothing => {}
        Json::Array(items) => items.iter().for_each(|item| put(rows, label, item)),
        Json::Object(members) if label == "claim" => {
            for (name, value) in members {
                rows.push((label.to_owned(), format!("{name} {}", plain(value))));
            }
        }
        value => rows.push((label.to_owned(), plain(value))),
    }
}

/// A value without the marks of JSON.
fn plain(value: &Json) -> String {
    let text = match value {
        Json::String(text) => text.clone(),
        Json::Object(members) => {
            let told = members
                .iter()
                .map(|(name, value)| format!("{name} {}", plain(value)));
            told.collect::<Vec<_>>().join(", ")
        }
        Json::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        value => value.to_string(),
    };
    one_line(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_is_shown_and_none_can_break_out_of_its_line() {
        let content = json!({
            "do": "issue", "type": "MemberMandate", "name": "Max\nMember", "member": "m2",
            "claims": { "name": { "display": "Max", "family": "Member" }, "role": "member" },
            "wallet": "did:key:z6Mk", "index": 7, "revokes": ["c1", "c2"], "tiedToMandate": false,
            "decision": null, "unheardOf": { "a": [1, "two\u{1b}[2J"] },
        });
        let lines = lines(&content);
        assert!(
            lines[0].starts_with("issue a MemberMandate to Max"),
            "{lines:#?}"
        );
        for shown in [
            "m2",
            "did:key:z6Mk",
            "role member",
            "c1",
            "c2",
            "index",
            "unheardOf",
        ] {
            assert!(
                lines.iter().any(|line| line.contains(shown)),
                "{shown} {lines:#?}"
            );
            assert!(sentence(&content).contains(shown), "{shown}");
        }
        let all = lines.join("");
        assert!(!all.contains(['\n', '\u{1b}']), "{lines:#?}");
        assert!(
            !all.contains("tiedToMandate") && !all.contains("decision"),
            "{lines:#?}"
        );
    }

    #[test]
    fn whoever_approves_is_told_what_to_compare_and_what_is_missing() {
        let issue = json!({ "do": "issue" });
        assert_eq!(advice(&issue).len(), 1);
        for (reason, decision, told) in [
            ("court", json!(null), 1),
            ("court", json!("digest"), 0),
            ("superseded", json!(null), 0),
        ] {
            let content = json!({ "do": "revoke", "reason": reason, "decision": decision });
            assert_eq!(advice(&content).len(), told, "{content}");
        }
        assert!(advice(&json!({ "do": "change-officers" })).is_empty());
    }
}
