//! An assembly: an accreditor with five officers, many parliaments under did:webvh, units that they
//! delegate to, and a verifier abroad that has one file and no network.

use std::{collections::BTreeMap, time::Instant as Stopwatch};

use identity_core::{
    Code,
    status::TermEnding,
    trust::accreditation::{DelegationDraft, State},
};
use serde_json::{Value as Json, json};
use testkit::{
    assembly::{Parliament, Union, Unit, hours},
    world::{days, key, now},
};
use verifier_lib::{Added, Recheck, Report, Verifier, VerifyError, When};

use crate::approvals::Approved;

/// What came of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outcome {
    /// The figures.
    pub figures: Json,
    /// What was done, for people.
    pub told: Vec<String>,
    /// What was not as expected.
    pub wrong: Vec<String>,
}

/// Every eighth parliament has a pass office.
const EVERY: u32 = 8;

/// Runs the whole story.
pub fn run(count: u32) -> Outcome {
    let begun = Stopwatch::now();
    let mut story = Story::found(count);
    story.bundle_is_loaded();
    story.each_parliament_is_believed();
    story.units_are_believed();
    story.who_is_refused();
    story.files_that_are_refused();
    story.took("total", begun);
    let seconds = &story.seconds;
    let figures = json!({
        "parliaments": count,
        "logEntries": 2 * count,
        "units": story.units.len(),
        "bundleBytes": story.file.len(),
        "mandates": story.valid,
        "passes": story.passes,
        "refused": story.refused,
        "seconds": seconds,
    });
    Outcome {
        figures,
        told: story.told,
        wrong: story.wrong,
    }
}

struct Story {
    union: Union,
    parliaments: Vec<Parliament>,
    units: Vec<Unit>,
    bundles: Vec<String>,
    file: Vec<u8>,
    abroad: Verifier,
    valid: usize,
    passes: usize,
    /// What was refused, with the code it was refused with.
    refused: BTreeMap<&'static str, String>,
    seconds: BTreeMap<&'static str, f64>,
    told: Vec<String>,
    wrong: Vec<String>,
}

impl Story {
    /// Founds everybody: logs with a rotation, accreditations by three of five officers, delegations.
    fn found(count: u32) -> Self {
        let watch = Stopwatch::now();
        let mut union = Union::new();
        let parliaments: Vec<Parliament> = (0..count).map(Parliament::new).collect();
        let units: Vec<Unit> = (0..count)
            .step_by(EVERY.try_into().unwrap_or(8))
            .map(Unit::new)
            .collect();
        let mut bundles = Vec::new();
        for parliament in &parliaments {
            let mut terms = Union::terms(parliament);
            if parliament.number == Approved::HOUSE {
                terms.accredited_for[0].approvals = 2;
            }
            union.accredit(terms);
            bundles.push(bundle_of(parliament));
        }
        bundles.extend(units.iter().map(Unit::bundle));
        union.change(&parliaments[4], State::Suspended, -10);
        union.change(&parliaments[5], State::Withdrawn, -10);
        let file = union.parts(&bundles, |_| ()).to_bytes();
        let mut story = Self {
            abroad: verifier(&union),
            union,
            parliaments,
            units,
            bundles,
            file,
            valid: 0,
            passes: 0,
            refused: BTreeMap::new(),
            seconds: BTreeMap::new(),
            told: Vec::new(),
            wrong: Vec::new(),
        };
        story.took("found", watch);
        story.tell(format!(
            "{count} parliaments founded and accredited by three of five officers; {} units",
            story.units.len()
        ));
        story
    }

    /// Everything a verifier needs, in one file.
    fn bundle_is_loaded(&mut self) {
        let watch = Stopwatch::now();
        let added = self.abroad.add_network(&self.file);
        self.took("load", watch);
        if added != Ok(Added::Used) {
            self.wrong
                .push(format!("the trust bundle was not taken: {added:?}"));
        }
        self.tell(format!(
            "one trust bundle of {} bytes, loaded without a network",
            self.file.len()
        ));
    }

    /// A mandate of each.
    fn each_parliament_is_believed(&mut self) {
        let watch = Stopwatch::now();
        let special = [4, 5, Approved::HOUSE, ENDED];
        for at in 0..self.parliaments.len() {
            let parliament = &self.parliaments[at];
            if special.contains(&parliament.number) {
                continue;
            }
            let (exit, codes) = judge(&self.abroad, MANDATE, &parliament.issue(|_| ()), None);
            if exit == 0 {
                self.valid += 1;
            } else {
                let did = parliament.did.clone();
                self.wrong
                    .push(format!("a mandate of {did} is {exit}: {codes:?}"));
            }
        }
        self.took("check", watch);
        let approved = Approved::new(&self.parliaments[Approved::AT], &["o2", "o3"]);
        let (exit, codes) = judge(&self.abroad, MANDATE, &approved.credential, None);
        if exit == 0 {
            self.valid += 1;
        } else {
            self.wrong
                .push(format!("a mandate with its approvals is {exit}: {codes:?}"));
        }
        // Suspended or withdrawn ten days ago, term ended five days ago: before that they were what they were.
        for number in [4, 5, ENDED] {
            let parliament = self.parliaments.iter().find(|p| p.number == number);
            let credential = parliament.map(|p| p.issue(|_| ())).unwrap_or_default();
            let (exit, codes) = judge(&self.abroad, MANDATE, &credential, Some(-20));
            if exit == 0 {
                self.valid += 1;
            } else {
                self.wrong.push(format!(
                    "the mandate of {number} at a date is {exit}: {codes:?}"
                ));
            }
        }
        self.tell(format!(
            "{} mandates believed by their accreditation",
            self.valid
        ));
    }

    fn units_are_believed(&mut self) {
        let mut passes = 0;
        for unit in self.units.iter().filter(|unit| unit.number != WIDE) {
            let (exit, codes) = judge(&self.abroad, PASS, &unit.issue(|_| ()), None);
            if exit == 0 {
                passes += 1;
            } else {
                let number = unit.number;
                self.wrong
                    .push(format!("a pass of unit {number} is {exit}: {codes:?}"));
            }
        }
        self.passes = passes;
        self.tell(format!("{passes} staff passes believed by delegation"));
    }

    fn who_is_refused(&mut self) {
        let rogue = Parliament::new(1_000_000);
        self.refuse(
            "rogue parliament",
            (10, "issuer.not_trusted"),
            MANDATE,
            &rogue.issue(|_| ()),
        );
        let suspended = self.parliaments[4].issue(|_| ());
        self.refuse(
            "suspended",
            (12, "accreditation.suspended"),
            MANDATE,
            &suspended,
        );
        let withdrawn = self.parliaments[5].issue(|_| ());
        self.refuse(
            "withdrawn",
            (10, "accreditation.withdrawn"),
            MANDATE,
            &withdrawn,
        );
        let ended = self.parliaments[ENDED_AT].issue(|_| ());
        self.refuse("ended term", (11, "term.ended"), MANDATE, &ended);
        let old =
            self.parliaments[0].issue_with(&testkit::assembly::key_of("first issuing", 0), |_| ());
        self.refuse("retired key", (10, "issuer.key_period"), MANDATE, &old);
        let early = self.parliaments[0].issue_with(
            &testkit::assembly::key_of("first issuing", 0),
            |draft| {
                draft.issued_at = days(-310);
            },
        );
        self.refuse(
            "before the accreditation",
            (10, "accreditation.not_yet"),
            MANDATE,
            &early,
        );
        let long = self.parliaments[0].issue(|draft| draft.valid_until = days(3_000));
        self.refuse(
            "longer than granted",
            (10, "accreditation.validity"),
            MANDATE,
            &long,
        );
        let chamber = self.parliaments[0].issue(|draft| "P1-LC".clone_into(&mut draft.chamber));
        self.refuse(
            "another's chamber",
            (10, "accreditation.chamber"),
            MANDATE,
            &chamber,
        );
        let wider = self.units[WIDE_AT].issue(|_| ());
        self.refuse(
            "delegation wider than the grant",
            (10, "delegation.wider"),
            PASS,
            &wider,
        );
        let house = &self.parliaments[Approved::AT];
        let alone = house.issue(|_| ());
        self.refuse(
            "without approvals",
            (10, "approval.too_few"),
            MANDATE,
            &alone,
        );
        let own = Approved::new(&self.parliaments[Approved::AT], &["o1", "o2"]);
        let own = own.credential;
        self.refuse(
            "preparer who approved himself",
            (10, "approval.preparer"),
            MANDATE,
            &own,
        );
        let twice = Approved::new(&self.parliaments[Approved::AT], &["o2", "o2"]);
        let twice = twice.credential;
        self.refuse(
            "one officer twice",
            (10, "approval.too_few"),
            MANDATE,
            &twice,
        );
    }

    fn files_that_are_refused(&mut self) {
        // Rolled back: an older bundle after a newer one, also over a restart.
        let mut older = self.union.clone();
        older.seq -= 1;
        let older = older.parts(&self.bundles, |_| ()).to_bytes();
        let added = self.abroad.add_network(&older);
        self.expect(
            "rolled-back bundle",
            added == Ok(Added::Older),
            "network.rollback",
        );
        let mut restarted = verifier(&self.union);
        let seen: Vec<_> = self
            .abroad
            .trust()
            .networks_seen(now())
            .map(|(did, seen)| (did.clone(), seen))
            .collect();
        for (did, seen) in seen {
            restarted.trust_mut().remember_network(&did, seen);
        }
        let _ = restarted.add_network(&older);
        let credential = self.parliaments[0].issue(|_| ());
        let (exit, codes) = judge(&restarted, MANDATE, &credential, None);
        let is_rollback = exit == 12 && codes.contains(&Code::NetworkRollback.as_str());
        self.expect(
            "rolled back after a restart",
            is_rollback,
            "network.rollback",
        );
        // Frozen: the right file, a day too late.
        let (exit, codes) = judge_later(&self.abroad, &credential, 24);
        let is_frozen = exit == 12 && codes.contains(&Code::NetworkStale.as_str());
        self.expect("frozen bundle", is_frozen, "network.stale");
        // Mixed: one parliament's bundle of another day.
        let mut parts = self.union.parts(&self.bundles, |_| ());
        let newer = self.parliaments[0].bundle(|content| content.seq = 6);
        if let Ok(newer) = identity_core::trust::network::SignedBundle::from_json(newer.as_bytes())
        {
            parts.bundles[0] = newer;
        }
        let mixed = verifier(&self.union).add_network(&parts.to_bytes());
        let code = mixed.err().map(|error| error.code());
        self.expect(
            "mixed bundle",
            code == Some(Code::NetworkMixed),
            "network.mixed",
        );
        // The log of a DID, cut back under a newer number: a log like any other, but for what was seen.
        let first = self.parliaments[0].log.lines().next().unwrap_or_default();
        let cut = format!("{first}\n");
        let short = self.parliaments[0].bundle(|content| {
            content.did_log = Some(cut);
            content.seq = 9;
        });
        let added = self.abroad.add_bundle(short.as_bytes());
        let is_kept = judge(&self.abroad, MANDATE, &credential, None).0 == 0;
        let holds = added == Ok(Added::Older) && is_kept;
        self.expect(
            "log cut back under a newer number",
            holds,
            "bundle.rollback",
        );
    }

    fn refuse(&mut self, what: &'static str, expected: (u8, &str), asked: &str, credential: &str) {
        let (exit, codes) = judge(&self.abroad, asked, credential, None);
        if exit == expected.0 && codes.contains(&expected.1) {
            self.refused.insert(what, expected.1.to_owned());
        } else {
            self.wrong
                .push(format!("{what}: {exit} {codes:?}, expected {expected:?}"));
        }
    }

    fn expect(&mut self, what: &'static str, holds: bool, code: &str) {
        if holds {
            self.refused.insert(what, code.to_owned());
        } else {
            self.wrong.push(format!("{what}: not as expected"));
        }
    }

    fn took(&mut self, what: &'static str, watch: Stopwatch) {
        let seconds = (watch.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
        self.seconds.insert(what, seconds);
    }

    fn tell(&mut self, line: String) {
        self.told.push(line);
    }
}

const MANDATE: &str = "MemberMandate:name";
const PASS: &str = "StaffAccreditation:name";

/// The parliament whose term ended five days ago.
const ENDED: u32 = 6;
const ENDED_AT: usize = 6;

/// The unit that was given more than its parliament may delegate: that of parliament 8.
const WIDE: u32 = 8;
const WIDE_AT: usize = 1;

fn bundle_of(parliament: &Parliament) -> String {
    parliament.bundle(|content| {
        if parliament.number.is_multiple_of(EVERY) {
            let wide = |draft: &mut DelegationDraft| {
                if parliament.number == WIDE {
                    draft.grants[0].max_validity_days = 366;
                }
            };
            let unit = Unit::new(parliament.number);
            content.delegations.push(parliament.delegate(&unit, wide));
        }
        if parliament.number == ENDED {
            content.terms[0]
                .endings
                .push(TermEnding::new(hours(-24 * 5)));
        }
        if parliament.number == Approved::HOUSE {
            content.officers.push(Approved::policy(parliament));
        }
    })
}

fn verifier(union: &Union) -> Verifier {
    let anchor = format!("{}=Union of Parliaments", union.did).parse();
    let anchor = anchor.expect("the accreditor has a DID");
    Verifier::new("Gate", key(4), [anchor]).expect("one anchor is named")
}

fn judge(
    gate: &Verifier,
    asked: &str,
    credential: &str,
    day: Option<i64>,
) -> (u8, Vec<&'static str>) {
    let when = When {
        at: day.map(days),
        ..When::now(now())
    };
    answer(gate, asked, credential, when)
}

/// The same, some hours later, with a holder who answers then.
fn judge_later(gate: &Verifier, credential: &str, later: i64) -> (u8, Vec<&'static str>) {
    let mut policy = When::now(hours(later).timestamp());
    // The status may be a day old here: it is the accreditor's file that nobody renews.
    policy.policy.status_max_age = Some(core::time::Duration::from_secs(48 * 3_600));
    answer(gate, MANDATE, credential, policy)
}

fn answer(gate: &Verifier, asked: &str, credential: &str, when: When) -> (u8, Vec<&'static str>) {
    let asked = verifier_lib::Asked::from_flag(asked).expect("names of claims");
    let mut rng = testkit::world::Steps(99);
    let request = gate.request("entry", vec![asked], when.now, &mut rng);
    let (request, _) = request.expect("a request that can be made");
    let disclosed = ["name".to_owned()];
    let shown = identity_core::presentation::Shown {
        credential,
        disclose: &disclosed,
        signer: &key(3),
        in_office: None,
    };
    let file = identity_core::presentation::answer(&request, &[shown], when.now);
    let file = file.unwrap_or_default();
    match gate.check(file.as_bytes(), &request, when, &mut Recheck) {
        Ok(verified) => told(verified.report()),
        Err(VerifyError::Refused(report)) => told(&report),
        Err(_) => (1, Vec::new()),
    }
}

fn told(report: &Report) -> (u8, Vec<&'static str>) {
    let checks = report.credentials.iter().flat_map(|credential| {
        verifier_lib::CredentialCheck::ALL.map(|check| credential.finding(check).code)
    });
    let codes = checks.flatten().map(Code::as_str).collect();
    (report.verdict().exit_code(), codes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_assembly_comes_out_as_expected() {
        let outcome = run(24);
        assert_eq!(outcome.wrong, Vec::<String>::new());
    }
}
