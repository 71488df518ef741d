//! Which instant each check is made for, and what a ledger says.

use super::*;

fn seconds(second: i64) -> Timestamp {
    Timestamp::from_second(World::now().as_second() + second).unwrap()
}

#[test]
fn validity_is_that_of_the_instant_asked_about() {
    // Over by now, and not the day before yesterday.
    let outcome = |day: i64| {
        let check = Check::new().at_day(day);
        let credential = check
            .world
            .issue(|draft| draft.valid_until = World::days(-2));
        check.outcome(&World::present(&check.request, &credential, &["name"]))
    };
    assert_eq!(outcome(-3), (0, vec![]));
    assert_eq!(outcome(-2), (10, vec!["credential.expired"]));
    assert_eq!(outcome(0), (10, vec!["credential.expired"]));
}

#[test]
fn an_issuers_clock_may_run_five_minutes_ahead_and_no_more() {
    let check = Check::new();
    for (ahead, expected) in [
        (300, (0, vec![])),
        (301, (10, vec!["credential.not_yet_valid"])),
    ] {
        for securing in [Securing::SdJwt, Securing::DataIntegrity] {
            let credential = check.world.issue(|draft| {
                draft.securing = securing;
                draft.claims.remove("constituency");
                draft.issued_at = seconds(ahead);
            });
            let file = World::present(&check.request, &credential, &["name"]);
            assert_eq!(check.outcome(&file), expected, "{ahead} {securing:?}");
        }
    }
}

#[test]
fn a_mandate_outlives_its_term_only_where_the_ending_excepts_it() {
    let check = Check::new().with_bundle(|content| {
        let mut ending = TermEnding::new(World::days(-3));
        ending.exceptions.insert(World::new().slot(7));
        content.terms[0].endings.push(ending);
    });
    for (index, expected) in [(7, (0, vec![])), (8, (11, vec!["term.ended"]))] {
        let credential = check.world.issue(|draft| draft.slot.index = index);
        let file = World::present(&check.request, &credential, &["name"]);
        assert_eq!(check.outcome(&file), expected, "{index}");
    }
}

#[test]
fn a_mandate_before_its_term_is_not_valid() {
    let begins = |second: i64| {
        Check::new()
            .with_bundle(move |content| content.terms[0].start = Instant::floor(seconds(second)))
            .mandate()
    };
    assert_eq!(begins(0), (0, vec![]));
    assert_eq!(begins(1), (12, vec!["term.not_begun"]));
}

/// A ledger that says the nonce is closed, and would use it up all the same.
struct Closed;
impl Ledger for Closed {
    fn is_open(&self, _: &str) -> Result<bool, LedgerError> {
        Ok(false)
    }
    fn consume(&mut self, _: &str) -> Result<bool, LedgerError> {
        Ok(true)
    }
}

/// A ledger that cannot be used: to be read, or to be written.
struct Faulty {
    reads: bool,
}
impl Ledger for Faulty {
    fn is_open(&self, _: &str) -> Result<bool, LedgerError> {
        self.reads
            .then_some(true)
            .ok_or_else(|| LedgerError::new("no disk"))
    }
    fn consume(&mut self, _: &str) -> Result<bool, LedgerError> {
        Err(LedgerError::new("no disk"))
    }
}

#[test]
fn a_nonce_that_is_closed_is_not_used_again() {
    let check = Check::new();
    let credential = check.world.issue(|_| ());
    let file = World::present(&check.request, &credential, &["name"]);
    let error = Unverified::new(file.as_bytes())
        .verify(&check.question(), &mut Closed)
        .unwrap_err();
    let report = error.report().unwrap();
    assert_eq!(report.verdict(), Verdict::Invalid);
    let nonce = report.finding(PresentationCheck::Nonce);
    assert_eq!(nonce.code, Some(Code::RequestAlreadyUsed));
}

#[test]
fn without_a_ledger_nothing_is_decided() {
    let check = Check::new();
    let credential = check.world.issue(|_| ());
    let file = World::present(&check.request, &credential, &["name"]);
    for reads in [false, true] {
        let found =
            Unverified::new(file.as_bytes()).verify(&check.question(), &mut Faulty { reads });
        assert!(matches!(found, Err(VerifyError::Ledger(_))), "{reads}");
    }
}
