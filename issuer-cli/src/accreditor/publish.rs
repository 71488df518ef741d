//! Publishing: the list from the statements, the snapshot over everything, and the files of the site.

use std::collections::BTreeMap;

use cli_kit::Failure;
use identity_core::{
    did::Did,
    encoding::base64url,
    key::{SecretKey, Signer as _},
    status::Instant,
    trust::{
        BundleTimes, Freshness,
        accreditation::{
            ListDraft, Listed,
            compile::{Header, compile},
        },
        network::{Entry, ListEntry, Network, Parts, Snapshot, SnapshotContent},
    },
    verify::Budget,
};
use jiff::SignedDuration;

use super::{
    Archive, PROGRAM, Paper, Says,
    error::{AccreditorCode, core, refuse},
    keys,
    members::Member,
};

/// How long what is published counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct Spans {
    /// When the next list is due.
    pub list_next: SignedDuration,
    /// From when nobody may use a list.
    pub list_expires: SignedDuration,
    /// When the next snapshot is due.
    pub snapshot_next: SignedDuration,
    /// From when nobody may use a snapshot.
    pub snapshot_expires: SignedDuration,
}

impl Default for Spans {
    /// 90 and 180 days for the list, 24 hours and 7 days for the snapshot.
    fn default() -> Self {
        let days = |days: i64| SignedDuration::from_hours(24 * days);
        Self {
            list_next: days(90),
            list_expires: days(180),
            snapshot_next: days(1),
            snapshot_expires: days(7),
        }
    }
}

/// A list that has to be signed before, or soon.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Due {
    /// The list, for the officers.
    pub paper: Paper,
    /// Why.
    pub why: &'static str,
    /// Whether the list in force still says what the statements say: it is then renewed in good time, and
    /// goes on being published.
    pub is_renewal: bool,
    /// The parliaments that stand in it otherwise than in the list in force.
    pub changed: Vec<Did>,
}

/// What goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Release {
    /// The number of the snapshot.
    pub seq: u64,
    /// The number of the list.
    pub list_seq: u64,
    /// Its three instants.
    pub times: BundleTimes,
    /// The trust bundle.
    pub bundle: Vec<u8>,
    /// The history behind it.
    pub history: Vec<u8>,
    /// The other files of the site, by their paths.
    pub files: BTreeMap<String, Vec<u8>>,
    /// How many bundles are in it.
    pub bundles: usize,
    /// Listed parliaments of which no bundle is held.
    pub without: Vec<Did>,
    /// Issuers whose bundle is stale or has expired.
    pub old: Vec<Did>,
}

impl Archive {
    /// Compiles the list under the policy in force.
    pub(super) fn compile(
        &self,
        seq: u64,
        issued_at: Instant,
        next_update: Instant,
        expires: Instant,
    ) -> Result<ListDraft, Failure> {
        let statements: Vec<_> = self.statements().cloned().collect();
        let header = Header {
            accreditor: self.profile.did.clone(),
            name: self.profile.name.clone(),
            seq,
            policy_version: self.policy()?.version(),
            issued_at,
            next_update,
            expires,
        };
        compile(header, &statements).map_err(|error| core(error.code(), &error))
    }

    /// Returns the parliaments as the statements have them at an instant, in a signed list or not.
    ///
    /// # Errors
    /// `accreditor.not_founded`.
    pub fn parliaments(&self, now: Instant) -> Result<Vec<Listed>, Failure> {
        let at = now.max(self.newest_record().unwrap_or(now));
        let later = after(at, SignedDuration::from_hours(1))?;
        self.compile(0, at, later, later)
            .map(|list| list.parliaments)
    }

    pub(super) fn next_list_seq(&self) -> u64 {
        self.list().map_or(1, |list| list.seq + 1)
    }

    /// Returns the list that officers have to sign, if they have to: one that waits already, or a new one.
    ///
    /// # Errors
    /// [`Failure`] when it cannot be compiled.
    pub fn due_list(&self, spans: &Spans, now: Instant) -> Result<Option<Due>, Failure> {
        let issued = now.max(self.newest_record().unwrap_or(now));
        let (next, expires) = (
            after(issued, spans.list_next)?,
            after(issued, spans.list_expires)?,
        );
        let new = self.compile(self.next_list_seq(), issued, next, expires)?;
        let before = self.list();
        let changed = before.map_or_else(
            || new.parliaments.iter().map(|p| p.id.clone()).collect(),
            |before| changed(&before.parliaments, &new.parliaments),
        );
        let (why, is_renewal) = match before {
            None => ("no trust list has been signed yet", false),
            Some(_) if !changed.is_empty() => ("statements were recorded since", false),
            Some(list) if list.policy_version != new.policy_version => {
                ("the officers are others now", false)
            }
            Some(list) if now >= list.next_update => ("the list in force is due", false),
            Some(list) if is_soon(list, now) => ("the list in force is due soon", true),
            Some(_) => return Ok(None),
        };
        // Officers may be signing one already: another would make their signatures worthless.
        let waiting = self.pending()?.into_iter().find(|paper| {
            let Says::List(draft) = paper.says() else {
                return false;
            };
            let same = draft.parliaments == new.parliaments && draft.seq == new.seq;
            same && draft.policy_version == new.policy_version
                && draft.name == new.name
                && now.seconds_since(draft.issued_at) < 30 * 86_400
        });
        let paper = if let Some(paper) = waiting {
            paper
        } else {
            let document = new.document().map_err(|error| core(error.code(), &error))?;
            let paper = Paper::new(document)?;
            self.drop_pending(&paper)?;
            self.keep_pending(&paper)?;
            paper
        };
        Ok(Some(Due {
            paper,
            why,
            is_renewal,
            changed,
        }))
    }

    /// Signs a snapshot over the list in force and the bundles held, and counts it. `published` is the trust
    /// bundle that stands at the place where this one will, if there is one.
    ///
    /// # Errors
    /// `accreditor.list_expired`; `accreditor.rolled_back` when a later one was published.
    pub fn release(
        &mut self,
        published: Option<&[u8]>,
        spans: &Spans,
        now: Instant,
    ) -> Result<Release, Failure> {
        let policy = self.policy()?.clone();
        let (list_seq, list_digest) = match &self.list {
            Some((list, _)) if now < list.times().expires => (list.seq(), *list.digest()),
            _ => {
                return Err(refuse(
                    AccreditorCode::AccreditorListExpired,
                    "no trust list is in force",
                )
                .hint(
                    "have the officers sign the one that waits: mandate-issuer accreditor show",
                ));
            }
        };
        let key = self.publishing_key()?;
        let before = if self.published.epoch == policy.epoch() {
            self.published.seq
        } else {
            0
        };
        if let Some(bytes) = published {
            self.is_newer_than(bytes, (policy.epoch(), before))?;
        }
        let members = self.members()?;
        let times = BundleTimes {
            issued_at: now,
            next_update: after(now, spans.snapshot_next)?,
            expires: after(now, spans.snapshot_expires)?,
        };
        let content = SnapshotContent {
            schema: SnapshotContent::SCHEMA.to_owned(),
            accreditor: self.profile.did.clone(),
            policy_version: policy.version(),
            policy_digest: base64url::encode(policy.digest()),
            epoch: policy.epoch(),
            seq: before + 1,
            issued_at: now,
            next_update: times.next_update,
            expires: times.expires,
            list: ListEntry {
                seq: list_seq,
                digest: base64url::encode(&list_digest),
            },
            bundles: members.iter().map(entry).collect(),
        };
        let snapshot = content
            .sign(&key)
            .map_err(|error| core(error.code(), &error))?;
        let parts = self.parts(snapshot, &members);
        let bundle = parts.to_bytes();
        // What verifiers would refuse does not go out.
        Network::open(&bundle, &mut Budget::network())
            .map_err(|error| core(error.code(), &error))?;
        let (without, old) = self.gaps(&members, now);
        self.published.epoch = content.epoch;
        self.published.seq = content.seq;
        self.published.issued_at = Some(now);
        self.published.next_update = Some(times.next_update);
        self.save_published()?;
        Ok(Release {
            seq: content.seq,
            list_seq,
            times,
            bundle,
            history: self.history_file().to_bytes(),
            files: self.site(&parts),
            bundles: members.len(),
            without,
            old,
        })
    }

    /// Opens the publishing key that the policy in force names.
    fn publishing_key(&self) -> Result<SecretKey, Failure> {
        let secrets = self.path.join("secrets");
        let policy = self.policy()?;
        for name in ["publishing.next.key", "publishing.key"] {
            let key = keys::publishing(&secrets, name)?;
            if let Some(key) = key.filter(|key| policy.may_publish(key.public_key())) {
                return Ok(key);
            }
        }
        Err(refuse(
            AccreditorCode::AccreditorDamaged,
            "the home has no publishing key that the officers named",
        )
        .hint(format!(
            "make one, and have the officers name it: {PROGRAM} prepare officers --new-publishing-key --out FILE"
        )))
    }

    /// Refuses to publish behind what is published: this home was then put back from an older copy.
    fn is_newer_than(&self, bytes: &[u8], ours: (u64, u64)) -> Result<(), Failure> {
        let parts = Parts::from_bytes(bytes, &mut Budget::network());
        // What cannot be read is replaced: it helps nobody.
        let Ok(snapshot) = parts.and_then(|parts| Snapshot::open(&parts.snapshot)) else {
            return Ok(());
        };
        let content = snapshot.content();
        if content.accreditor != self.profile.did {
            return Err(
                Failure::usage("another accreditor's trust bundle stands there")
                    .hint("name another place with --out"),
            );
        }
        if (content.epoch, content.seq) <= ours {
            return Ok(());
        }
        Err(refuse(
            AccreditorCode::AccreditorRolledBack,
            format!(
                "the trust bundle published there has number {}, and this home knows of {} only",
                content.seq, ours.1
            ),
        )
        .hint("put a newer copy of the home back")
        .hint(format!(
            "or take over what was published: {PROGRAM} recover --bundle FILE --history FILE"
        )))
    }

    /// Returns the listed parliaments of which nothing is held, and whose bundle is old.
    pub(super) fn gaps(&self, members: &[Member], now: Instant) -> (Vec<Did>, Vec<Did>) {
        let holds = |did: &Did| members.iter().any(|m| m.subject() == did.subject());
        let listed = self.list().into_iter().flat_map(|list| &list.parliaments);
        let without = listed.map(|l| l.id.clone()).filter(|did| !holds(did));
        let old = members
            .iter()
            .filter(|member| member.bundle.times().freshness(now, None) != Freshness::Fresh);
        let old = old.map(|member| member.bundle.signer().did().clone());
        (without.collect(), old.collect())
    }
}

fn entry(member: &Member) -> Entry {
    Entry {
        issuer: member.bundle.signer().did().clone(),
        seq: member.bundle.seq(),
        digest: base64url::encode(member.bundle.digest()),
    }
}

/// Returns the parliaments that stand in one list otherwise than in the other.
fn changed(before: &[Listed], after: &[Listed]) -> Vec<Did> {
    let other = |listed: &&Listed| !before.contains(listed);
    let added = after.iter().filter(other);
    let gone = before.iter().filter(|listed| {
        !after
            .iter()
            .any(|other| other.id.subject() == listed.id.subject())
    });
    added.chain(gone).map(|listed| listed.id.clone()).collect()
}

/// Whether less than a sixth of the time is left: officers need some of it to sign.
fn is_soon(list: &ListDraft, now: Instant) -> bool {
    let whole = list.next_update.seconds_since(list.issued_at);
    list.next_update.seconds_since(now) < whole / 6
}

fn after(instant: Instant, span: SignedDuration) -> Result<Instant, Failure> {
    let sum = instant.timestamp().checked_add(span);
    sum.map(Instant::floor).map_err(|_| {
        Failure::usage("the instant is beyond the calendar").hint("name a shorter time")
    })
}
