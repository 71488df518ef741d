//! An assembly: an accreditor with five officers, many parliaments under did:webvh, units that they
//! delegate to, and a verifier abroad that has one file and no network.

mod approvals;
mod gate;
mod refused;

use std::{collections::BTreeMap, time::Instant as Stopwatch};

use identity_core::{
    status::TermEnding,
    trust::accreditation::{DelegationDraft, State},
};
use serde_json::{Value as Json, json};
use testkit::assembly::{Parliament, Union, Unit, hours};
use verifier_lib::{Added, Verifier};

use approvals::Approved;
use gate::{judge, verifier};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_assembly_comes_out_as_expected() {
        let outcome = run(24);
        assert_eq!(outcome.wrong, Vec::<String>::new());
    }
}
