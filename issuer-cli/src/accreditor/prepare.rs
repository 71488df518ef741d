//! Drawing up what the officers are to sign.

use cli_kit::Failure;
use identity_core::{
    did::{self, Did},
    key::Signer as _,
    status::{DecisionDigest, Instant},
    trust::{
        accreditation::{
            Parliament, State,
            statement::{Body, StatementDraft},
        },
        officers::PolicyDraft,
    },
};
use rand_core::CryptoRng;

use super::{
    Archive, OfficerCard, PROGRAM, Paper,
    error::{AccreditorCode, core, refuse},
    keys::make_next_publishing,
};

/// A change of state to be drawn up.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct StateOrder {
    /// The parliament.
    pub parliament: Did,
    /// The state.
    pub state: State,
    /// From when; now without it.
    pub from: Option<Instant>,
    /// Why, as a short word.
    pub reason: Option<String>,
    /// The digest of the decision.
    pub decision: Option<DecisionDigest>,
}

/// What a new policy changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct OfficerChange {
    /// Who comes.
    pub add: Vec<OfficerCard>,
    /// Who goes, by their ids.
    pub remove: Vec<String>,
    /// How many it takes from then on.
    pub threshold: Option<usize>,
    /// Whether a new publishing key takes the place of the one in use.
    pub new_publishing_key: bool,
    /// Whether the numbers begin anew: after somebody else ran them up.
    pub new_epoch: bool,
}

impl Archive {
    /// Draws an accreditation up.
    ///
    /// # Errors
    /// `accreditation.malformed` when the parliament is not described within bounds.
    pub fn prepare_accreditation(
        &self,
        parliament: Parliament,
        (from, until): (Option<Instant>, Option<Instant>),
        now: Instant,
    ) -> Result<Paper, Failure> {
        if parliament.id == self.profile.did {
            return Err(Failure::usage("an accreditor does not accredit itself")
                .hint("name the DID of a parliament"));
        }
        self.statement(Body::Accredits(parliament), from, until, now)
    }

    /// Draws a change of state up.
    ///
    /// # Errors
    /// `accreditor.unknown_parliament` when no statement accredits it.
    pub fn prepare_state(&self, order: StateOrder, now: Instant) -> Result<Paper, Failure> {
        self.is_accredited(&order.parliament)?;
        let from = order.from;
        let body = Body::Changes {
            parliament: order.parliament,
            state: order.state,
            reason: order.reason,
            decision: order.decision,
        };
        self.statement(body, from, None, now)
    }

    fn statement(
        &self,
        body: Body,
        from: Option<Instant>,
        until: Option<Instant>,
        now: Instant,
    ) -> Result<Paper, Failure> {
        let policy = self.policy()?;
        // A policy may have been drawn up a second after what was recorded before it.
        let recorded = now.max(policy.issued_at());
        let draft = StatementDraft {
            accreditor: self.profile.did.clone(),
            policy_version: policy.version(),
            recorded,
            from: from.unwrap_or(recorded),
            until,
            body,
        };
        let document = draft
            .document()
            .map_err(|error| core(error.code(), &error))?;
        Paper::new(document)
    }

    /// Draws the next officer policy up.
    ///
    /// # Errors
    /// `policy.malformed` when officers and threshold do not fit; exit 2 when somebody is removed who is
    /// no officer.
    pub fn prepare_policy(
        &self,
        change: &OfficerChange,
        now: Instant,
        rng: &mut impl CryptoRng,
    ) -> Result<Paper, Failure> {
        let before = self.policy()?;
        let mut officers = before.officers().to_vec();
        for id in &change.remove {
            let count = officers.len();
            officers.retain(|officer| officer.id != *id);
            if officers.len() == count {
                return Err(Failure::usage(format!("no officer is called {id}"))
                    .hint(format!("who they are is shown by: {PROGRAM} officers list")));
            }
        }
        officers.extend(change.add.iter().map(OfficerCard::officer));
        let draft = PolicyDraft {
            issuer: self.profile.did.clone(),
            version: before.version() + 1,
            epoch: before.epoch() + u64::from(change.new_epoch),
            threshold: change.threshold.unwrap_or_else(|| before.threshold()),
            officers,
            publishing: before.draft().publishing.clone(),
            issued_at: now.max(self.after_everything(now)?),
        };
        draft.check().map_err(|error| core(error.code(), &error))?;
        let draft = PolicyDraft {
            publishing: if change.new_publishing_key {
                let key = make_next_publishing(&self.path.join("secrets"), rng)?;
                vec![did::key::create(key.public_key())]
            } else {
                draft.publishing
            },
            ..draft
        };
        let document = draft
            .document()
            .map_err(|error| core(error.code(), &error))?;
        Paper::new(document)
    }

    /// Returns an instant behind everything that was recorded: from a policy's instant on nothing counts
    /// that was signed under the one before.
    fn after_everything(&self, now: Instant) -> Result<Instant, Failure> {
        let newest = self.newest_record();
        let Some(newest) = newest.filter(|newest| *newest >= now) else {
            return Ok(now);
        };
        let next = newest
            .timestamp()
            .checked_add(jiff::SignedDuration::from_secs(1));
        next.map(Instant::floor).map_err(|_| {
            refuse(
                AccreditorCode::AccreditorAhead,
                "the clock is beyond the calendar",
            )
            .hint("check the clock of this machine")
        })
    }

    /// Returns when the newest statement or list was drawn up.
    pub(super) fn newest_record(&self) -> Option<Instant> {
        let statements = self.statements().map(|s| s.draft().recorded);
        statements
            .chain(self.list().map(|list| list.issued_at))
            .max()
    }

    /// Refuses a parliament that no statement accredits.
    pub(super) fn is_accredited(&self, parliament: &Did) -> Result<(), Failure> {
        let accredits = |draft: &StatementDraft| {
            matches!(draft.body, Body::Accredits(_))
                && draft.parliament().subject() == parliament.subject()
        };
        if self.statements().any(|s| accredits(s.draft())) {
            return Ok(());
        }
        Err(refuse(
            AccreditorCode::AccreditorUnknownParliament,
            format!("no statement accredits {parliament}"),
        )
        .hint(format!(
            "those that are accredited are shown by: {PROGRAM} list"
        )))
    }
}
