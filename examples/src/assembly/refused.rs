//! What has to be refused: who is not believed, and which files are not taken.

use identity_core::{Code, trust::network::SignedBundle};
use testkit::{
    assembly::{Parliament, key_of},
    world::{days, now},
};
use verifier_lib::Added;

use super::{
    ENDED_AT, MANDATE, PASS, Story, WIDE_AT,
    approvals::Approved,
    gate::{judge, judge_later, verifier},
};

impl Story {
    pub(super) fn who_is_refused(&mut self) {
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
        let old = self.parliaments[0].issue_with(&key_of("first issuing", 0), |_| ());
        self.refuse("retired key", (10, "issuer.key_period"), MANDATE, &old);
        let early = self.parliaments[0].issue_with(&key_of("first issuing", 0), |draft| {
            draft.issued_at = days(-310);
        });
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

    pub(super) fn files_that_are_refused(&mut self) {
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
        if let Ok(newer) = SignedBundle::from_json(newer.as_bytes()) {
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
}
