//! Bringing a home that was put back from an old copy up to what was published from it.

use std::path::Path;

use cli_kit::{
    Failure,
    files::{self, Access, Durability},
};
use identity_core::{
    encoding::strict_json::{self, Limits, Object, Value},
    status::Instant,
    trust::{
        accreditation::digest,
        network::{History, Network},
    },
    verify::Budget,
};

use super::{
    Archive, Published,
    error::{AccreditorCode, core, refuse},
    hex, profile,
};

/// Takes over from a trust bundle and its history what a home lacks, and opens it.
///
/// Nothing is taken on faith: the bundle has to be this accreditor's, and whatever is added is verified when
/// the home is opened.
///
/// # Errors
/// `accreditation.foreign` for another accreditor's bundle; `accreditor.rolled_back` when home and history
/// say different things.
pub fn recover(
    path: &Path,
    bundle: &[u8],
    history: &[u8],
    now: Instant,
) -> Result<Archive, Failure> {
    let profile = profile(path)?;
    let network = Network::open(bundle, &mut Budget::network())
        .map_err(|error| core(error.code(), &error))?;
    if *network.accreditor() != profile.did {
        let message = format!("the trust bundle is that of {}", network.accreditor());
        return Err(
            Failure::failed(identity_core::Code::AccreditationForeign.as_str(), message)
                .hint("name the trust bundle that this accreditor published"),
        );
    }
    let history = History::from_bytes(history, &mut Budget::network())
        .map_err(|error| core(error.code(), &error))?;
    if let Some(log) = &history.did_log {
        files::write_atomic(
            &path.join("did.jsonl"),
            log.as_bytes(),
            Access::Public,
            Durability::Synced,
        )?;
    }
    for (folder, documents) in [("policies", &history.policies), ("lists", &history.lists)] {
        for (number, text) in (1..).zip(documents) {
            put(path, &format!("{folder}/{number:04}.json"), text)?;
        }
    }
    for text in &history.statements {
        let digest = digest(&object(text)?).map_err(|error| core(error.code(), &error))?;
        put(path, &format!("statements/{}.json", hex(&digest)), text)?;
    }
    let content = network.snapshot().content();
    let known = path.join("published.json");
    let known: Published = files::read_bounded(&known, 1 << 16)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default();
    let mut published = Published {
        epoch: content.epoch,
        seq: content.seq,
        issued_at: Some(content.issued_at),
        next_update: Some(content.next_update),
        policies: known.policies.max(history.policies.len()),
        statements: known.statements.max(history.statements.len()),
        lists: known.lists.max(history.lists.len()),
    };
    if (known.epoch, known.seq) > (published.epoch, published.seq) {
        published.epoch = known.epoch;
        published.seq = known.seq;
        published.issued_at = known.issued_at;
        published.next_update = known.next_update;
    }
    let json = serde_json::to_vec_pretty(&published)
        .map_err(|error| Failure::from_error("file.unwritable", &error))?;
    let at = path.join("published.json");
    files::write_atomic(&at, &json, Access::Private, Durability::Synced)?;
    Archive::open(path, now)
}

/// Writes a document that is not there; one that is there has to say the same.
fn put(home: &Path, name: &str, text: &str) -> Result<(), Failure> {
    let at = home.join(name);
    if !at.exists() {
        if let Some(folder) = at.parent() {
            files::make_private_dir(folder)?;
        }
        let json = format!("{:#}\n", Value::Object(object(text)?).to_serde());
        return files::create_new(&at, json.as_bytes(), Access::Private, Durability::Synced);
    }
    let held = files::read_bounded(&at, 256 << 20)?;
    let held = strict_json::parse(&held, &Limits::large()).ok();
    if held.is_some_and(|held| held == Value::Object(object(text).unwrap_or_default())) {
        return Ok(());
    }
    let message = format!("{} is another than was published", at.display());
    Err(refuse(AccreditorCode::AccreditorRolledBack, message)
        .hint("two homes have gone different ways: find out which of them officers signed for"))
}

fn object(text: &str) -> Result<Object<'static>, Failure> {
    match strict_json::parse(text.as_bytes(), &Limits::large()) {
        Ok(Value::Object(object)) => Ok(object.into_owned()),
        _ => Err(refuse(
            AccreditorCode::AccreditorPaperMalformed,
            "a document of the history is no JSON object",
        )
        .hint("name a history.bundle that this program wrote")),
    }
}
