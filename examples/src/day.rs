//! A parliament's day on one simulated clock: from a roster to verified mandates, and what happens to
//! them when a device is lost, a member is suspended or leaves, and the term ends.

use std::{collections::BTreeMap, path::Path, time::Instant as Stopwatch};

use cli_kit::Failure;
use identity_core::{
    Code as CoreCode,
    credential::{Kind, Securing},
    did,
    enrolment::{self, Code},
    key::{Algorithm, SecretKey, Signer as _},
    presentation::{Shown, answer, request::Asked},
    status::Instant,
    trust::{Policy, status_key},
    verify::{CredentialCheck, MemoryLedger, Report, VerifyError},
};
use issuer_cli::{
    office::{IssueOrder, MachineKeys, Office, Profile, Reason},
    store::RocksStore,
};
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use serde_json::{Value as Json, json};
use verifier_lib::{Verifier, When};

/// How many credentials share a write.
const GROUP: usize = 512;

/// What a day may go wrong with, in words.
type Wrong = String;

/// One member's wallet: a key and a credential.
struct Wallet {
    key: SecretKey,
    credential: String,
    id: String,
}

struct Day {
    office: Office<RocksStore>,
    issuing: SecretKey,
    gate: Verifier,
    now: Instant,
    out: std::path::PathBuf,
    wrong: Vec<Wrong>,
    seconds: BTreeMap<&'static str, f64>,
}

/// Lives through the day; returns the figures and what was not as expected.
///
/// # Errors
/// [`Failure`] when a file cannot be read or written, or the issuer refuses what it should do.
pub fn run(roster: &Path, out: &Path, as_of: Option<Date>) -> Result<(Json, Vec<String>), Failure> {
    let file = cli_kit::files::read_bounded(roster, 256 << 20)?;
    let begun = Stopwatch::now();
    let (mut day, report, sitting) = morning(&file, out, as_of)?;
    let mut wallets = day.enrol_and_issue()?;
    let issued = wallets.len();
    day.expect(issued == sitting, || {
        format!("{issued} issued, but {sitting} sit")
    });
    day.publish()?;
    let all: Vec<String> = wallets.keys().cloned().collect();
    let valid = day.count(&wallets, &all, None, 0, None)?;
    day.expect(valid == sitting, || {
        format!("{valid} valid, but {sitting} sit")
    });

    let pick = |n: usize| all.get(n % all.len().max(1)).cloned();
    let (mut replaced, mut suspended, mut ended_one) = (0, 0, 0);
    if let Some(member) = pick(0) {
        replaced = day.replace(&mut wallets, &member)?;
    }
    if let Some(member) = pick(1) {
        suspended = day.suspend(&wallets, &member)?;
    }
    let gone = pick(2);
    if let Some(member) = &gone {
        ended_one = day.end_one(&wallets, member)?;
    }
    let left: Vec<String> = all
        .iter()
        .filter(|m| Some(*m) != gone.as_ref())
        .cloned()
        .collect();
    let (ended, before) = day.end_terms(&wallets, &left)?;
    day.expect(ended == left.len(), || {
        format!("{ended} ended of {}", left.len())
    });
    day.expect(before == left.len(), || {
        format!("{before} valid before the end of {}", left.len())
    });
    day.expect(sitting > 0, || {
        "nobody sits: name another day with --as-of".to_owned()
    });

    let mut seconds: serde_json::Map<String, Json> = day
        .seconds
        .iter()
        .map(|(name, seconds)| {
            (
                (*name).to_owned(),
                json!((seconds * 1000.0).round() / 1000.0),
            )
        })
        .collect();
    let total = begun.elapsed().as_secs_f64();
    seconds.insert("total".to_owned(), json!((total * 1000.0).round() / 1000.0));
    let figures = json!({
        "rows": report.0,
        "refused": report.1,
        "sitting": sitting,
        "issued": issued,
        "valid": valid,
        "replaced": replaced,
        "suspended": suspended,
        "endedOne": ended_one,
        "ended": ended,
        "validBeforeEnd": before,
        "seconds": seconds,
    });
    Ok((figures, day.wrong))
}

/// Makes an issuer and a verifier, and takes the roster in.
fn morning(
    file: &[u8],
    out: &Path,
    as_of: Option<Date>,
) -> Result<(Day, (usize, usize), usize), Failure> {
    let mut rng = cli_kit::run::system_rng()?;
    let mut key = || SecretKey::generate(Algorithm::EdDsa, &mut rng);
    let (issuing, status, journal, gate) = (key(), key(), key(), key());
    let did = did::key::create(issuing.public_key());
    let method = did
        .with_fragment(did.specific_id())
        .map_err(|error| Failure::from_error(error.code().as_str(), &error))?;
    // The statement is older than every day that a roster may ask for.
    let certified = status_key::certify(
        status.public_key(),
        &method,
        Timestamp::UNIX_EPOCH,
        &issuing,
    )
    .map_err(|error| Failure::from_error(error.code().as_str(), &error))?;
    let profile = Profile {
        schema: Profile::SCHEMA.to_owned(),
        did: did.clone(),
        name: "A parliament".to_owned(),
        chamber: "chamber".to_owned(),
        country: "XX".to_owned(),
        time_zone: "UTC".to_owned(),
        max_term_days: 1826,
        publish_suspensions: false,
        publish_every_minutes: None,
        status_key: certified,
        predecessor: None,
    };
    cli_kit::files::make_private_dir(out)?;
    let store = RocksStore::create(&out.join("db"))?;
    let keys = MachineKeys {
        status: status.into(),
        journal: journal.into(),
    };
    let head = Some(out.join("journal.head"));
    let mut office = Office::open(store, profile, keys, (head, None))?;
    let watch = Stopwatch::now();
    let noon = match as_of {
        Some(day) => noon(day)?,
        None => latest_start(&mut office, file)?,
    };
    let outcome = office.import(file, noon, noon)?;
    let again = office.import(file, noon, noon)?;
    let sitting = office.sitting_members(noon)?.len();
    let anchor = format!("{did}=A parliament").parse();
    let anchor = anchor.map_err(|error: verifier_lib::TrustError| {
        Failure::from_error(error.code().as_str(), &error)
    })?;
    let gate = Verifier::new("Gate", gate, [anchor])
        .map_err(|error| Failure::from_error(error.code().as_str(), &error))?;
    let mut day = Day {
        office,
        issuing,
        gate,
        now: noon,
        out: out.to_owned(),
        wrong: Vec::new(),
        seconds: BTreeMap::new(),
    };
    day.took("import", watch);
    let report = &outcome.report;
    day.expect(report.imported + report.refused == report.rows, || {
        "rows were lost".to_owned()
    });
    day.expect(
        again.report.imported == again.report.unchanged && !again.written,
        || "a second import changed something".to_owned(),
    );
    Ok((day, (report.rows, report.refused), sitting))
}

fn noon(day: Date) -> Result<Instant, Failure> {
    let noon = day.at(12, 0, 0, 0).to_zoned_datetime(TimeZone::UTC);
    let noon = noon.map_err(|error| Failure::usage(error.to_string()))?;
    Ok(Instant::floor(noon.timestamp()))
}

/// Returns noon of the day of the latest start that the roster knows.
fn latest_start(office: &mut Office<RocksStore>, file: &[u8]) -> Result<Instant, Failure> {
    let trial = Instant::floor(Timestamp::UNIX_EPOCH);
    let register = office.peek(file, trial)?;
    let starts = register.mandates.values().map(|mandate| mandate.start);
    let starts = starts.chain(register.terms.values().map(|term| term.start));
    let latest = starts.map(|start| start.begins(&TimeZone::UTC)).max();
    let latest = latest.unwrap_or(Timestamp::UNIX_EPOCH);
    noon(latest.to_zoned_datetime(TimeZone::UTC).date())
}

impl Day {
    fn expect(&mut self, holds: bool, or: impl FnOnce() -> Wrong) {
        if !holds {
            self.wrong.push(or());
        }
    }

    fn took(&mut self, what: &'static str, watch: Stopwatch) {
        *self.seconds.entry(what).or_default() += watch.elapsed().as_secs_f64();
    }

    /// Lets minutes pass.
    fn pass(&mut self, minutes: i64) {
        let later = self
            .now
            .timestamp()
            .checked_add(SignedDuration::from_mins(minutes));
        self.now = later.map_or(self.now, Instant::floor);
    }

    fn enrol_and_issue(&mut self) -> Result<BTreeMap<String, Wallet>, Failure> {
        let mut rng = cli_kit::run::system_rng()?;
        let watch = Stopwatch::now();
        let invited = self.office.invite_all(self.now, &mut rng)?;
        self.took("invite", watch);
        let watch = Stopwatch::now();
        let did = self.office.profile().did.clone();
        let mut keys = BTreeMap::new();
        let mut orders = Vec::with_capacity(invited.invitations.len());
        for invitation in &invited.invitations {
            let code: Code =
                invitation
                    .secret_code
                    .parse()
                    .map_err(|error: enrolment::CodeError| {
                        Failure::from_error(error.code().as_str(), &error)
                    })?;
            let key = SecretKey::generate(Algorithm::EdDsa, &mut rng);
            let enrolment = enrolment::prove(&code, &did, &key, self.now.timestamp())
                .map_err(|error| Failure::from_error(error.code().as_str(), &error))?;
            orders.push(order(Some(invitation.member.clone()), enrolment));
            keys.insert(invitation.member.clone(), key);
        }
        self.took("enrol", watch);
        let watch = Stopwatch::now();
        let mut wallets = BTreeMap::new();
        for group in orders.chunks(GROUP) {
            let handed = self
                .office
                .issue_group(group, &self.issuing, self.now, &mut rng)?;
            for outcome in handed {
                match outcome {
                    Err(refusal) => self.wrong.push(refusal.to_string()),
                    Ok(handed) => {
                        if let Some(key) = keys.remove(&handed.member) {
                            let wallet = Wallet {
                                key,
                                credential: handed.credential.text,
                                id: handed.credential.id,
                            };
                            wallets.insert(handed.member, wallet);
                        }
                    }
                }
            }
        }
        self.took("issue", watch);
        Ok(wallets)
    }

    /// Publishes a minute later, and lets the verifier take the bundle.
    fn publish(&mut self) -> Result<(), Failure> {
        self.pass(1);
        let watch = Stopwatch::now();
        let published = self.office.publish(self.now)?;
        for file in &published.files {
            let path = self.out.join("site").join(&file.path);
            if let Some(folder) = path.parent() {
                fs_err::create_dir_all(folder).map_err(|e| Failure::writing(folder, &e))?;
            }
            fs_err::write(&path, &file.content).map_err(|error| Failure::writing(&path, &error))?;
            if file.path == "bundle.json" {
                self.gate
                    .add_bundle(&file.content)
                    .map_err(|error| Failure::from_error(error.code().as_str(), &error))?;
            }
        }
        self.took("publish", watch);
        self.pass(1);
        Ok(())
    }

    /// Presents one mandate and checks it; returns the report.
    fn check(&mut self, wallet: &Wallet, at: Option<Instant>) -> Result<Report, Failure> {
        let mut rng = cli_kit::run::system_rng()?;
        let wrong = |error: &dyn std::error::Error| Failure::from_error("example", error);
        let asked = Asked::from_flag("MemberMandate:name").map_err(|error| wrong(&error))?;
        let now = self.now.timestamp();
        let request = self.gate.request("A vote", vec![asked], now, &mut rng);
        let (request, _) = request.map_err(|error| wrong(&error))?;
        let watch = Stopwatch::now();
        let disclose = [String::from("name")];
        let shown = Shown {
            credential: &wallet.credential,
            disclose: &disclose,
            signer: &wallet.key,
            in_office: None,
        };
        let file = answer(&request, &[shown], now).map_err(|error| wrong(&error))?;
        self.took("present", watch);
        let mut ledger = MemoryLedger::default();
        ledger.open(request.nonce.clone());
        let when = When {
            now,
            at: at.map(Instant::timestamp),
            policy: Policy::as_published(),
        };
        let watch = Stopwatch::now();
        let found = self
            .gate
            .check(file.as_bytes(), &request, when, &mut ledger);
        self.took("verify", watch);
        match found {
            Ok(verified) => Ok(verified.report().clone()),
            Err(VerifyError::Refused(report)) => Ok(*report),
            Err(error) => Err(wrong(&error)),
        }
    }

    /// Checks members and counts those with this exit code and, where given, this code among the checks.
    fn count(
        &mut self,
        wallets: &BTreeMap<String, Wallet>,
        members: &[String],
        at: Option<Instant>,
        exit: u8,
        code: Option<CoreCode>,
    ) -> Result<usize, Failure> {
        let mut count = 0;
        for member in members {
            let Some(wallet) = wallets.get(member) else {
                continue;
            };
            let report = self.check(wallet, at)?;
            let says = |code: CoreCode| {
                report.credentials.iter().any(|credential| {
                    CredentialCheck::ALL
                        .iter()
                        .any(|check| credential.finding(*check).code == Some(code))
                })
            };
            if report.verdict().exit_code() == exit && code.is_none_or(says) {
                count += 1;
            } else {
                let json = report.to_json();
                self.wrong
                    .push(format!("{member}: not {exit} {code:?}: {json}"));
            }
        }
        Ok(count)
    }

    fn replace(
        &mut self,
        wallets: &mut BTreeMap<String, Wallet>,
        member: &String,
    ) -> Result<usize, Failure> {
        let mut rng = cli_kit::run::system_rng()?;
        let did = self.office.profile().did.clone();
        let invited = self.office.reinvite(member, self.now, &mut rng)?;
        let Some(invitation) = invited.invitations.first() else {
            return Ok(0);
        };
        let code: Code =
            invitation
                .secret_code
                .parse()
                .map_err(|error: enrolment::CodeError| {
                    Failure::from_error(error.code().as_str(), &error)
                })?;
        let key = SecretKey::generate(Algorithm::EdDsa, &mut rng);
        let enrolment = enrolment::prove(&code, &did, &key, self.now.timestamp())
            .map_err(|error| Failure::from_error(error.code().as_str(), &error))?;
        self.pass(1);
        let order = order(Some(member.clone()), enrolment);
        let handed = self
            .office
            .replace(&order, &self.issuing, self.now, &mut rng)?;
        let new = Wallet {
            key,
            credential: handed.credential.text,
            id: handed.credential.id,
        };
        self.publish()?;
        let revoked = Some(CoreCode::StatusRevoked);
        let one = std::slice::from_ref(member);
        let stolen = self.count(wallets, one, None, 11, revoked)?;
        wallets.insert(member.clone(), new);
        let fresh = self.count(wallets, one, None, 0, None)?;
        Ok(stolen.min(fresh))
    }

    fn suspend(
        &mut self,
        wallets: &BTreeMap<String, Wallet>,
        member: &String,
    ) -> Result<usize, Failure> {
        let Some(wallet) = wallets.get(member) else {
            return Ok(0);
        };
        self.office.suspend(&wallet.id, self.now)?;
        self.publish()?;
        let one = std::slice::from_ref(member);
        let suspended = self.count(wallets, one, None, 11, Some(CoreCode::StatusNotValid))?;
        self.office.reinstate(&wallet.id, self.now)?;
        self.publish()?;
        let back = self.count(wallets, one, None, 0, None)?;
        Ok(suspended.min(back))
    }

    fn end_one(
        &mut self,
        wallets: &BTreeMap<String, Wallet>,
        member: &String,
    ) -> Result<usize, Failure> {
        self.pass(5);
        let at = self.now;
        self.office
            .end_mandate(member, at, (Reason::Resignation, None), self.now)?;
        self.publish()?;
        let one = std::slice::from_ref(member);
        let ended = self.count(wallets, one, None, 11, Some(CoreCode::StatusRevoked))?;
        let before = self.count(wallets, one, Some(minute_before(at)), 0, None)?;
        Ok(ended.min(before))
    }

    fn end_terms(
        &mut self,
        wallets: &BTreeMap<String, Wallet>,
        members: &[String],
    ) -> Result<(usize, usize), Failure> {
        self.pass(5);
        let at = self.now;
        let mut terms: Vec<String> = Vec::new();
        for member in members {
            terms.push(self.office.sitting_mandate(member, at)?.term);
        }
        terms.sort();
        terms.dedup();
        for term in terms {
            self.office.end_term(&term, at, (&[], None), at)?;
        }
        self.publish()?;
        let ended = self.count(wallets, members, None, 11, Some(CoreCode::TermEnded))?;
        let before = self.count(wallets, members, Some(minute_before(at)), 0, None)?;
        Ok((ended, before))
    }
}

fn order(member: Option<String>, enrolment: String) -> IssueOrder {
    IssueOrder {
        member,
        enrolment,
        kind: Kind::MemberMandate,
        securing: Securing::SdJwt,
        claims: None,
    }
}

fn minute_before(at: Instant) -> Instant {
    let before = at.timestamp().checked_sub(SignedDuration::from_mins(1));
    before.map_or(at, Instant::floor)
}
