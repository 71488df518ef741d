//! Whose keys the wallet knows: those that a DID holds itself, and those in the logs that issuers' cards
//! brought. A log proves itself: nobody but who controls the DID could have written it.

use std::borrow::Cow;

use identity_core::{
    card::IssuerCard,
    did::{
        Did, DidDocument, DidError, LocalResolver, Resolver,
        webvh::{DidHistory, Log},
    },
    status::Instant,
    trust::successor,
    verify::Budget,
};

use crate::{
    code::{Code, Refusal},
    vault::{Contents, TrustedIssuer},
};

const ASK: &str = "ask the secretariat for its card: mandate-issuer id --out FILE";

/// Tells whether a wallet knows the issuer of a card: it enrolled with it, or with the one that names it
/// as its successor.
pub(crate) fn knows(contents: &Contents, card: &IssuerCard) -> bool {
    let before = card.predecessor.as_deref().map(successor::verify);
    let before = before.and_then(Result::ok);
    let succeeds = before
        .is_some_and(|read| read.to == card.did && contents.issuer(read.from.did()).is_some());
    succeeds || contents.issuer(&card.did).is_some()
}

/// Resolves issuers from what is kept of their cards.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KnownIssuers<'c> {
    contents: &'c Contents,
    now: Instant,
}

impl<'c> KnownIssuers<'c> {
    pub(crate) const fn new(contents: &'c Contents, now: Instant) -> Self {
        Self { contents, now }
    }
}

impl Resolver for KnownIssuers<'_> {
    fn resolve(&self, did: &Did) -> Result<Cow<'_, DidDocument>, DidError> {
        if did.method() != "webvh" {
            let document = LocalResolver::new().resolve(did)?.into_owned();
            return Ok(Cow::Owned(document));
        }
        let not_held = || DidError::NotHeld { did: did.clone() };
        let issuer = self.contents.issuer(did).ok_or_else(not_held)?;
        let log = issuer.did_log.as_deref().ok_or_else(not_held)?;
        let history = history(did, log, self.now).map_err(|_| not_held())?;
        // With every key that ever stood there: an older credential is its issuer's as well.
        Ok(Cow::Owned(history.union_document()))
    }
}

fn history(did: &Did, log: &str, now: Instant) -> Result<DidHistory, String> {
    let mut budget = Budget::did_log();
    let log = Log::parse(log.as_bytes(), &mut budget).map_err(|error| error.to_string())?;
    let history = log.verify(Some(did), None, now.timestamp(), &mut budget);
    history.map_err(|error| error.to_string())
}

/// Keeps what an issuer's card says, once the log that it brings is found to be that of its DID, and to go
/// on from the one that is known.
///
/// # Errors
/// [`Refusal`] when the card has no log and its DID needs one, or another one.
pub fn keep(contents: &mut Contents, card: &IssuerCard, now: Instant) -> Result<(), Refusal> {
    let mut did_log = None;
    if card.did.method() == "webvh" {
        let refused = |reason: &str| {
            Refusal::new(
                Code::IssuerLogRefused.as_str(),
                format!("the card of {} is of no use: {reason}", card.did),
                ASK,
            )
        };
        let log = card.did_log.as_deref();
        let log = log.ok_or_else(|| refused("the log of its DID is missing"))?;
        let new = history(&card.did, log, now).map_err(|reason| refused(&reason))?;
        let known = contents.issuer(&card.did);
        let known = known.and_then(|known| known.did_log.as_deref());
        let known = known.and_then(|known| history(&card.did, known, now).ok());
        if let Some((number, hash)) = known.as_ref().map(DidHistory::head) {
            new.extends(number, hash)
                .map_err(|error| refused(&format!("{error}, against what this wallet knows")))?;
        }
        did_log = Some(log.to_owned());
    }
    let predecessor = match &card.predecessor {
        None => None,
        Some(statement) => {
            let read = successor::verify(statement)
                .map_err(|error| Refusal::core(error.code(), &error, ASK))?;
            if read.to != card.did {
                let error = "the card's statement names another successor than the card's DID";
                return Err(Refusal::core(
                    identity_core::Code::SuccessorInvalid,
                    &error,
                    ASK,
                ));
            }
            Some(read.from.did().clone())
        }
    };
    contents.keep_issuer(TrustedIssuer {
        did: card.did.clone(),
        name: card.name.clone(),
        chamber: card.chamber.clone(),
        country: card.country.clone(),
        did_log,
        predecessor,
    });
    Ok(())
}
