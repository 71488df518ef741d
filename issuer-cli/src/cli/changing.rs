//! Changing the DID, so that no power cut can lose a line between signing and storing.
//!
//! First the control key after next is made and sealed. Then the change is written down, in
//! `did.pending.json`. Then it is signed with the key that was announced, and the log replaced by one
//! with its line. At last keys take their places, and the change is no longer pending. Whatever happens in
//! between, `did resume` goes on from there: an Ed25519 signature made again is the same.

use std::{borrow::Cow, path::Path};

use cli_kit::{
    Context, ExitCode, Failure,
    files::{self, Access, Durability},
    output,
    run::system_rng,
};
use fs_err as fs;
use identity_core::{
    card::IssuerCard,
    did::{DidDocument, LocalResolver, Resolver as _},
    encoding::base64url,
    key::Signer as _,
    status::Instant,
};
use jiff::SignedDuration;
use rand_core::Rng as _;
use serde_json::{Value as Json, json};

use super::{control::ControlPlace, desk::Desk, home::Home, outcome::put_before};
use crate::{
    did::{
        Answer, Control, DidCode, DidError, DidLog, Document, Pending, Purpose, Replaced, Request,
    },
    office::{Action, Actor, OfficeCode},
};

/// The files of a DID with a history.
pub(super) const LOG: &str = "did.jsonl";
pub(super) const WITNESS: &str = "did-witness.json";
pub(super) const PENDING: &str = "did.pending.json";

impl Home {
    /// Returns the log of the home's DID, verified; none for a DID without a history.
    pub(super) fn did_log(&self) -> Result<Option<DidLog>, Failure> {
        let did = self.profile()?.did;
        if did.method() != "webvh" {
            return Ok(None);
        }
        let text = read_text(&self.path.join(LOG))?;
        let witness = self.path.join(WITNESS);
        let witness = witness.exists().then(|| read_text(&witness)).transpose()?;
        Ok(Some(DidLog::read(
            &did,
            text,
            witness,
            cli_kit::run::now(),
        )?))
    }

    /// Returns the DID's document as it is now; that of an ended DID is its last.
    pub(super) fn document(&self) -> Result<DidDocument, Failure> {
        if let Some(log) = self.did_log()? {
            return Ok(log.last_document().clone());
        }
        let resolver = LocalResolver::new();
        let document = resolver.resolve(&self.profile()?.did).map(Cow::into_owned);
        document.map_err(|error| Failure::from_error(error.code().as_str(), &error))
    }

    /// Returns the issuer's card.
    pub(super) fn card(&self) -> Result<IssuerCard, Failure> {
        let profile = self.profile()?;
        let place = (profile.chamber, profile.country);
        let card = IssuerCard::new(&self.document()?, profile.name, place);
        let card = match self.did_log()? {
            Some(log) => card.with_log(log.text()),
            None => card,
        };
        Ok(match &profile.predecessor {
            Some(statement) => card.with_predecessor(statement),
            None => card,
        })
    }

    /// Returns the log, where only a DID with a history will do.
    pub(super) fn history(&self) -> Result<DidLog, Failure> {
        self.did_log()?.ok_or_else(|| {
            let message = "the DID is its key: it has no history, and cannot be changed";
            Failure::failed(DidCode::DidNoHistory.as_str(), message)
                .hint("a did:key is for trials; make an issuer with: mandate-issuer init --did webvh:HOST")
        })
    }

    /// Returns the change that was begun and not finished.
    pub(super) fn pending(&self) -> Result<Option<Pending>, Failure> {
        let path = self.path.join(PENDING);
        if !path.exists() {
            return Ok(None);
        }
        let bytes = files::read_bounded(&path, 1 << 20)?;
        let read: Option<Pending> = serde_json::from_slice(&bytes).ok();
        let read = read.filter(|read| read.schema == Pending::SCHEMA);
        read.map(Some).ok_or_else(|| {
            let message = format!("{} is not what was written there", path.display());
            Failure::failed(DidCode::DidLogDamaged.as_str(), message)
                .hint("drop the change: mandate-issuer did resume --discard")
        })
    }

    /// Refuses to issue while another issuing key is on its way: it would be older than what is issued.
    pub(super) fn no_issuing_key_pending(&self) -> Result<(), Failure> {
        let pending = self.pending()?.and_then(|pending| pending.replaced);
        match pending {
            Some(replaced) if replaced.name == "issuing" => self.nothing_pending(),
            _ => Ok(()),
        }
    }

    /// Refuses to begin a change while another is not finished.
    pub(super) fn nothing_pending(&self) -> Result<(), Failure> {
        if !self.path.join(PENDING).exists() {
            return Ok(());
        }
        let message = "a change of the DID was begun and not finished";
        Err(Failure::failed(DidCode::DidPending.as_str(), message)
            .hint("finish it with: mandate-issuer did resume")
            .hint("or drop it with: mandate-issuer did resume --discard"))
    }

    pub(super) fn write_pending(&self, pending: &Pending) -> Result<(), Failure> {
        let json = serde_json::to_vec_pretty(pending)
            .map_err(|error| Failure::from_error("file.unwritable", &error))?;
        let path = self.path.join(PENDING);
        files::write_atomic(&path, &json, Access::Private, Durability::Synced)
    }

    /// Writes down a change that is signed elsewhere, and the request for it.
    fn ask(&self, what: Change<'_>, out: &Path, context: &mut Context) -> Result<DidLog, Failure> {
        output::allow(out, "--request")?;
        let mut desk = self.desk(context)?;
        self.nothing_pending()?;
        let log = self.history()?;
        let at = next_instant(&log)?;
        let document = what.document.map_or_else(|| log.document(), Ok)?;
        let mut nonce = [0; 16];
        system_rng()?.fill_bytes(&mut nonce);
        let request = Request {
            schema: Request::SCHEMA.to_owned(),
            did: log.history().did().clone(),
            purpose: what.purpose,
            at,
            document: document.clone(),
            log: log.text().to_owned(),
            witness: log.witness().map(str::to_owned),
            nonce: base64url::encode(&nonce),
        };
        let pending = Pending {
            schema: Pending::SCHEMA.to_owned(),
            purpose: what.purpose,
            at,
            document,
            signer: None,
            next: None,
            replaced: what.replaced,
            version_id: String::new(),
            request: Some(request.digest()?),
        };
        authorise(&pending, &log, &mut desk)?;
        let text = format!("{:#}\n", json!(request));
        files::write_atomic(out, text.as_bytes(), Access::Public, Durability::Synced)?;
        self.write_pending(&pending)?;
        drop(desk);
        Ok(log)
    }

    /// Does what was asked for, with the answer of another machine.
    pub(super) fn apply(
        &self,
        answer: &Answer,
        context: &mut Context,
    ) -> Result<(DidLog, Desk), Failure> {
        let mut desk = self.desk(context)?;
        let mut pending = self.pending()?.ok_or_else(nothing_pending)?;
        let log = self.history()?;
        authorise(&pending, &log, &mut desk)?;
        let new = answer.accept(&pending, &log, cli_kit::run::now())?;
        // From here on `did resume` knows whether the line stands in the log.
        let version_id = &new.history().latest().version_id;
        version_id.clone_into(&mut pending.version_id);
        self.write_pending(&pending)?;
        self.complete(&pending, Some((&log, &answer.line)), desk)
    }

    /// Changes the DID, or asks another machine to; `None` when it was asked.
    pub(super) fn change_or_ask(
        &self,
        what: Change<'_>,
        request: Option<&Path>,
        context: &mut Context,
    ) -> Result<Option<DidLog>, Failure> {
        if let Some(out) = request {
            self.ask(what, out, context)?;
            return Ok(None);
        }
        let (log, _desk) = self.change(what, context)?;
        Ok(Some(log))
    }

    /// Changes the DID: the document as `edit` leaves it, or its end where `edit` is none.
    pub(super) fn change(
        &self,
        what: Change<'_>,
        context: &mut Context,
    ) -> Result<(DidLog, Desk), Failure> {
        let log = self.history()?;
        let number = log.live()?.number + 1;
        let keeper = what.keys.open(&self.path, context)?;
        let key = keeper.announced(&log, context)?;
        let signer = Control::new(number, key.public_key());
        let next = match what.purpose {
            Purpose::Deactivate => None,
            _ => Some(Control::new(
                signer.number + 1,
                &keeper.make(signer.number + 1, context)?,
            )),
        };
        // From here on nobody else writes. What was issued before now is older than the entry, and what is
        // issued behind it is not: no credential may fall on the instant at which its key changes.
        let mut desk = self.desk(context)?;
        self.nothing_pending()?;
        if self.history()?.text() != log.text() {
            let message = "the DID was changed meanwhile";
            return Err(Failure::failed(DidCode::DidPending.as_str(), message)
                .hint("look at it with: mandate-issuer did show"));
        }
        let at = next_instant(&log)?;
        let mut pending = Pending {
            schema: Pending::SCHEMA.to_owned(),
            purpose: what.purpose,
            at,
            document: what.document.map_or_else(|| log.document(), Ok)?,
            signer: Some(signer),
            next,
            replaced: what.replaced,
            version_id: String::new(),
            request: None,
        };
        authorise(&pending, &log, &mut desk)?;
        let entry = pending.prepare(&log)?;
        entry.version_id().clone_into(&mut pending.version_id);
        self.write_pending(&pending)?;
        let line = entry
            .sign(&key, pending.at.timestamp())
            .map_err(DidError::from)?
            .line;
        self.complete(&pending, Some((&log, &line)), desk)
    }

    /// Puts a change of the DID before the officers, where it takes approvals and has none yet; `None` when it
    /// may be made.
    pub(super) fn gate(
        &self,
        change: &str,
        also_known_as: Option<&[String]>,
        context: &mut Context,
    ) -> Result<Option<ExitCode>, Failure> {
        if !self.takes_approvals()? {
            return Ok(None);
        }
        let shown = content(&self.history()?, change, also_known_as);
        let mut office = self.reading_room()?;
        office.act_as(self.actor(context)?)?;
        match office.authorise(Some(&shown), super::now()) {
            Ok(()) => Ok(None),
            Err(refusal) if refusal.code == OfficeCode::ApprovalNeeded.as_str() => {
                drop(office);
                let action = Action::change_did(&shown)?;
                put_before(self, action, context).map(Some)
            }
            Err(refusal) => Err(refusal.into()),
        }
    }

    /// Puts the line of a change into the log, unless it stands there, and lets keys take their places.
    pub(super) fn complete(
        &self,
        pending: &Pending,
        line: Option<(&DidLog, &str)>,
        mut desk: Desk,
    ) -> Result<(DidLog, Desk), Failure> {
        let log = match line {
            Some((log, line)) => {
                let log = log.with(line, cli_kit::run::now())?;
                let path = self.path.join(LOG);
                let text = log.text().as_bytes();
                files::write_atomic(&path, text, Access::Private, Durability::Synced)?;
                log
            }
            None => self.history()?,
        };
        self.put_in_place(pending)?;
        if !self.dry {
            let until = log.history().latest().version_time;
            let left = until.duration_since(cli_kit::run::now());
            if let Ok(left) = core::time::Duration::try_from(left) {
                std::thread::sleep(left);
            }
        }
        desk.office.did_changed(&log, super::now())?;
        let path = self.path.join(PENDING);
        if !files::is_rehearsal() {
            fs::remove_file(&path).map_err(|error| Failure::writing(&path, &error))?;
        }
        Ok((log, desk))
    }

    /// Everything that follows from an entry in the log; done twice, it is the same.
    fn put_in_place(&self, pending: &Pending) -> Result<(), Failure> {
        let Some(replaced) = &pending.replaced else {
            return Ok(());
        };
        if files::is_rehearsal() {
            return Ok(());
        }
        let secrets = self.path.join("secrets");
        let new = secrets.join(&replaced.file);
        if new.exists() {
            let ending = new.extension().unwrap_or_default().to_owned();
            let place = secrets.join(&replaced.name).with_extension(&ending);
            fs::rename(&new, &place).map_err(|error| Failure::writing(&place, &error))?;
            for other in ["key", "token"]
                .into_iter()
                .filter(|other| *other != ending)
            {
                let old = place.with_extension(other);
                if old.exists() {
                    fs::remove_file(&old).map_err(|error| Failure::writing(&old, &error))?;
                }
            }
        }
        Ok(())
    }

    /// Finishes a change that was begun.
    pub(super) fn resume(
        &self,
        keys: &ControlPlace,
        context: &mut Context,
    ) -> Result<(DidLog, Desk), Failure> {
        let pending = self.pending()?.ok_or_else(nothing_pending)?;
        let log = self.history()?;
        if log.history().version(&pending.version_id).is_some() {
            let mut desk = self.desk(context)?;
            desk.office.authorise(None, super::now())?;
            return self.complete(&pending, None, desk);
        }
        if pending.request.is_some() {
            let message = "the change waits for its answer from another machine";
            return Err(Failure::failed(DidCode::DidPending.as_str(), message)
                .hint("go on with the answer: mandate-issuer request apply FILE")
                .hint("or drop the change: mandate-issuer did resume --discard"));
        }
        let keeper = keys.open(&self.path, context)?;
        let key = keeper.announced(&log, context)?;
        let signed = pending
            .prepare(&log)?
            .sign(&key, pending.at.timestamp())
            .map_err(DidError::from)?;
        let line = signed.line;
        let mut desk = self.desk(context)?;
        authorise(&pending, &log, &mut desk)?;
        self.complete(&pending, Some((&log, &line)), desk)
    }

    /// Drops a change that was begun, unless it stands in the log already.
    pub(super) fn discard(&self) -> Result<(), Failure> {
        let desk = self.desk_as(Actor::Nobody)?;
        let path = self.path.join(PENDING);
        if let Some(pending) = self.pending()?
            && self
                .history()?
                .history()
                .version(&pending.version_id)
                .is_some()
        {
            let message = "the change stands in the log already, and can only be finished";
            return Err(Failure::failed(DidCode::DidPending.as_str(), message)
                .hint("finish it with: mandate-issuer did resume"));
        }
        if !path.exists() {
            return Err(nothing_pending());
        }
        if !files::is_rehearsal() {
            fs::remove_file(&path).map_err(|error| Failure::writing(&path, &error))?;
        }
        drop(desk);
        Ok(())
    }
}

/// Goes on under the approvals of this change, and of no other.
fn authorise(pending: &Pending, log: &DidLog, desk: &mut Desk) -> Result<(), Failure> {
    if desk.office.approvals_needed() == 0 {
        return Ok(());
    }
    let is_update = pending.purpose == Purpose::Update;
    let also_known_as = is_update.then_some(&pending.document.also_known_as[..]);
    let change = match pending.purpose {
        Purpose::Update => "update",
        Purpose::Rotate => "rotate-control-key",
        Purpose::Deactivate => "end",
        Purpose::ReplaceKey if pending.document.keys.issuing != log.document()?.keys.issuing => {
            "replace-issuing-key"
        }
        Purpose::ReplaceKey => "replace-status-key",
    };
    let content = content(log, change, also_known_as);
    Ok(desk.office.authorise(Some(&content), super::now())?)
}

/// Returns what officers read of a change; it counts behind the version that there is now.
fn content(log: &DidLog, change: &str, also_known_as: Option<&[String]>) -> Json {
    json!({
        "do": "did.changed",
        "change": change,
        "did": log.history().did(),
        "behind": log.history().latest().version_id,
        "alsoKnownAs": also_known_as,
    })
}

/// A change to be made.
#[derive(Debug)]
pub(super) struct Change<'c> {
    pub(super) purpose: Purpose,
    /// The document behind it; that of before without one.
    pub(super) document: Option<Document>,
    pub(super) replaced: Option<Replaced>,
    pub(super) keys: &'c ControlPlace,
}

/// Returns the instant of the next entry: behind everything that was done before it, to the second.
fn next_instant(log: &DidLog) -> Result<Instant, Failure> {
    let latest = log.history().latest().version_time;
    let at = super::now().timestamp().max(latest);
    let at = at.checked_add(SignedDuration::from_secs(1));
    at.map(Instant::floor)
        .map_err(|error| Failure::from_error("instant.invalid", &error))
}

fn nothing_pending() -> Failure {
    Failure::failed(
        DidCode::DidNothingPending.as_str(),
        "no change of the DID waits to be finished",
    )
    .hint("look at the DID: mandate-issuer did show")
}

pub(super) fn read_text(path: &Path) -> Result<String, Failure> {
    let bytes = files::read_bounded(path, 16 << 20)?;
    String::from_utf8(bytes.to_vec()).map_err(|error| {
        let message = format!("{} is no text", path.display());
        Failure::failed(DidCode::DidLogDamaged.as_str(), message).caused_by(&error)
    })
}

impl From<DidError> for Failure {
    fn from(error: DidError) -> Self {
        Self::from_error(error.code(), &error).hint(error.hint())
    }
}
