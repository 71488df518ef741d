//! What an in-office statement can do, which is to make evidence younger, and what it cannot.

use core::time::Duration;

use super::*;
use crate::{
    proof::sd_jwt::SdJwt,
    trust::in_office::{self, Mandate},
};

/// The instant so many hours from now; the bundle was signed an hour ago.
fn hours(hours: i64) -> Instant {
    Instant::floor(Timestamp::from_second(World::now().as_second() + hours * 3_600).unwrap())
}

/// A mandate that is presented with a statement of this instant, signed by this key, about that credential.
struct With<'w> {
    check: &'w Check,
    credential: String,
    about: String,
    issued_at: Instant,
    key: u8,
}

impl<'w> With<'w> {
    fn new(check: &'w Check) -> Self {
        let credential = check.world.issue(|_| ());
        Self {
            check,
            about: credential.clone(),
            credential,
            issued_at: hours(0),
            key: 2,
        }
    }

    fn statement(&self) -> String {
        let sd_jwt = SdJwt::parse(&self.about, &mut Budget::presentation()).unwrap();
        let holder = key(3);
        let mandate = Mandate {
            issuer: self.check.world.issuer.as_str(),
            signed_part: sd_jwt.issuer_jwt().as_str(),
            holder: holder.public_key(),
        };
        let until = Instant::floor(World::days(30));
        in_office::state(&mandate, (self.issued_at, until), &key(self.key)).unwrap()
    }

    fn file(&self) -> String {
        self.shown_with(&self.statement())
    }

    fn shown_with(&self, statement: &str) -> String {
        let signer = key(3);
        let shown = Shown {
            credential: &self.credential,
            disclose: &["name".to_owned()],
            signer: &signer,
            in_office: Some(statement),
        };
        answer(&self.check.request, &[shown], self.check.now).unwrap()
    }

    fn outcome(&self) -> (u8, Vec<&'static str>) {
        self.check.outcome(&self.file())
    }

    fn freshness(&self) -> Finding {
        let report = self.check.run(&self.file());
        report.credentials[0]
            .finding(CredentialCheck::Freshness)
            .clone()
    }
}

fn stale() -> Check {
    let mut check = Check::new();
    check.max_age = Some(Duration::from_secs(60));
    check
}

#[test]
fn a_statement_newer_than_a_stale_bundle_makes_the_mandate_valid() {
    let check = stale();
    assert_eq!(check.mandate(), (12, vec!["bundle.stale"]));
    let with = With::new(&check);
    assert_eq!(with.outcome(), (0, vec![]));
    let report = check.run(&with.file());
    for which in [
        CredentialCheck::Status,
        CredentialCheck::Term,
        CredentialCheck::Freshness,
    ] {
        let finding = report.credentials[0].finding(which);
        assert_eq!(finding.as_of, Some(World::now()), "{which:?}");
    }
    assert_eq!(with.freshness().notes[0].code, Code::InOfficeNewer);
    // By what the bundle says of itself, too.
    let late = |content: &mut Content| {
        content.issued_at = hours(-30);
        content.next_update = hours(-6);
    };
    let check = Check::new().with_bundle(late);
    assert_eq!(check.mandate(), (12, vec!["bundle.stale"]));
    assert_eq!(With::new(&check).outcome(), (0, vec![]));
}

#[test]
fn a_statement_that_is_too_old_itself_changes_nothing() {
    let check = stale();
    let mut with = With::new(&check);
    let seconds = |back: i64| {
        Instant::floor(Timestamp::from_second(World::now().as_second() - back).unwrap())
    };
    with.issued_at = seconds(60);
    assert_eq!(with.outcome(), (0, vec![]));
    with.issued_at = seconds(61);
    assert_eq!(with.outcome(), (12, vec!["bundle.stale"]));
    // Beside a fresh bundle it counts where it is newer.
    let fresh = Check::new();
    let mut with = With::new(&fresh);
    assert_eq!(with.freshness().notes[0].code, Code::InOfficeNewer);
    assert_eq!(with.freshness().as_of, Some(World::now()));
    // Older than the bundle, or just as old: the bundle knows all that it can say.
    for hour in [-1, -2] {
        with.issued_at = hours(hour);
        assert_eq!(with.outcome(), (0, vec![]));
        assert_eq!(with.freshness().notes, []);
        assert_eq!(with.freshness().as_of, Some(hours(-1).timestamp()));
    }
}

#[test]
fn what_the_bundle_says_against_a_mandate_stays() {
    let plain = |r| r;
    let ended = |c: &mut Content| c.terms[0].endings.push(TermEnding::new(World::days(-3)));
    let cases: [(Check, &str); 4] = [
        (
            Check::new().with_bundle(revoke(-10, -10, plain)),
            "status.revoked",
        ),
        (
            Check::new().with_bundle(set_bit(SlotBits::One, 1)),
            "status.not_valid",
        ),
        (
            Check::new().with_bundle(set_bit(SlotBits::Two, values::SUSPENDED)),
            "status.suspended",
        ),
        (Check::new().with_bundle(ended), "term.ended"),
    ];
    for (check, code) in cases {
        let (exit, codes) = With::new(&check).outcome();
        assert_eq!((exit, codes), (11, vec![code]));
    }
    // Nor is the evidence made any younger by it.
    let revoked = revoke(-10, -10, plain);
    let ended = |c: &mut Content| c.terms[0].endings.push(TermEnding::new(World::days(-3)));
    for check in [stale().with_bundle(revoked), stale().with_bundle(ended)] {
        assert_eq!(With::new(&check).outcome(), check.mandate());
        assert_eq!(With::new(&check).freshness().code, Some(Code::BundleStale));
    }
    // What the bundle cannot answer, the statement does not either.
    let check = Check::new().with_bundle(|c| c.status_lists.clear());
    assert_eq!(
        With::new(&check).outcome(),
        (12, vec!["status.list_missing"])
    );
    let check = Check::new().with_bundle(|c| c.terms.clear());
    assert_eq!(With::new(&check).outcome(), (12, vec!["term.missing"]));
}

#[test]
fn a_statement_needs_a_bundle_that_still_counts_and_speaks_for_now_only() {
    let expired = |c: &mut Content| {
        c.issued_at = hours(-24 * 8);
        c.next_update = hours(-24 * 7);
        c.expires = hours(-24);
    };
    let check = Check::new().with_bundle(expired);
    let (exit, codes) = With::new(&check).outcome();
    assert_eq!((exit, codes), (12, vec!["bundle.expired"; 3]));
    let check = stale().at_day(-1);
    let (exit, codes) = With::new(&check).outcome();
    assert_eq!((exit, codes), (12, vec!["bundle.stale"]));
}

#[test]
fn a_statement_that_is_not_sound_is_named_and_counts_for_nothing() {
    let check = stale();
    let remark = |with: &With<'_>| {
        assert_eq!(with.outcome(), (12, vec!["bundle.stale"]));
        with.freshness().notes[0].code
    };
    // Another key than the one the issuer named: the issuing key itself does not do either.
    for key in [1, 9] {
        let with = With {
            key,
            ..With::new(&check)
        };
        assert_eq!(remark(&with), Code::InOfficeSignature);
    }
    let about = check.world.issue(|draft| draft.slot.index = 8);
    let with = With {
        about,
        ..With::new(&check)
    };
    assert_eq!(remark(&with), Code::InOfficeForeign);
    let with = With {
        issued_at: hours(-24),
        ..With::new(&check)
    };
    assert_eq!(remark(&with), Code::InOfficeExpired);
    let with = With {
        issued_at: hours(1),
        ..With::new(&check)
    };
    assert_eq!(remark(&with), Code::InOfficeNotYetIssued);
    let with = With::new(&check);
    let report = check.run(&with.shown_with("no statement"));
    assert_eq!(report.verdict().exit_code(), 12);
    let freshness = report.credentials[0].finding(CredentialCheck::Freshness);
    assert_eq!(freshness.notes[0].code, Code::InOfficeMalformed);
    // Beside a bundle that is fresh the verdict is what it is without.
    let check = Check::new();
    let with = With {
        key: 9,
        ..With::new(&check)
    };
    assert_eq!(with.outcome(), (0, vec![]));
}

#[test]
fn a_stolen_status_key_makes_no_mandate() {
    // Of an issuer that is no anchor, of another holder, and past its end.
    let check = stale();
    let with = With {
        credential: check.world.issue_by(9, |draft| {
            draft.method = did_of(9).with_fragment(did_of(9).specific_id()).unwrap();
            draft.slot.list = crate::status::ListUri::new(did_of(9).as_str(), 1).unwrap();
        }),
        ..With::new(&check)
    };
    assert_eq!(with.outcome().0, 10);
    let over = |draft: &mut crate::credential::Draft| draft.valid_until = World::days(-1);
    let credential = check.world.issue(over);
    let with = With {
        about: credential.clone(),
        credential,
        ..With::new(&check)
    };
    assert_eq!(with.outcome().0, 10);
}
