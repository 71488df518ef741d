use super::*;
use crate::Code;
use crate::status::{
    DecisionDigest, Ender, ListHistory, ListUri, Revocation, Suspension, TermEnding,
};

const AS_OF: &str = "2026-03-12T12:00:00Z";

fn uri() -> ListUri {
    ListUri::new("did:key:zIssuer", 1).unwrap()
}

fn instant(text: &str) -> Instant {
    text.parse().unwrap()
}

fn shifted(text: &str, seconds: i64) -> Instant {
    let moved = instant(text).as_second() + seconds;
    jiff::Timestamp::from_second(moved).unwrap().into()
}

fn list(bits: SlotBits, value: u8) -> StatusList {
    let mut list = StatusList::new(bits);
    list.set(7, value).unwrap();
    list
}

fn revoked(effective: &str, published: &str) -> Revocation {
    Revocation::new(uri(), 7, instant(effective), instant(published))
}

fn code(
    bits: SlotBits,
    value: u8,
    at: Instant,
    revocations: &[Revocation],
    suspensions: &[Suspension],
) -> Option<Code> {
    let history = ListHistory::new(revocations.to_vec(), suspensions.to_vec());
    status_at(&list(bits, value), 7, at, instant(AS_OF), history.slot(7)).code()
}

#[test]
fn a_clear_slot_without_history_is_valid_at_every_instant() {
    for shift in [-1_000_000, -1, 0, 1, 1_000_000] {
        assert_eq!(
            code(SlotBits::One, 0, shifted(AS_OF, shift), &[], &[]),
            None
        );
    }
}

#[test]
fn a_revocation_counts_from_its_second_and_not_before() {
    let effective = "2026-03-10T09:00:00Z";
    let history = [revoked(effective, effective)];
    for (shift, expected) in [
        (-1, None),
        (0, Some(Code::StatusRevoked)),
        (1, Some(Code::StatusRevoked)),
        (1_000_000, Some(Code::StatusRevoked)),
    ] {
        let at = shifted(effective, shift);
        assert_eq!(
            code(SlotBits::One, 1, at, &history, &[]),
            expected,
            "{shift}"
        );
        assert_eq!(
            code(SlotBits::Two, 1, at, &history, &[]),
            expected,
            "{shift}"
        );
    }
}

#[test]
fn the_history_decides_even_where_the_bit_is_clear() {
    let history = [revoked("2026-03-10T09:00:00Z", "2026-03-10T09:00:00Z")];
    let at = instant("2026-03-11T00:00:00Z");
    assert_eq!(
        code(SlotBits::One, 0, at, &history, &[]),
        Some(Code::StatusRevoked)
    );
}

#[test]
fn a_revocation_ahead_counts_after_the_list_was_signed() {
    let ahead = "2026-03-13T00:00:00Z";
    let history = [revoked(ahead, "2026-03-12T11:00:00Z")];
    for (shift, expected) in [
        (-1, None),
        (0, Some(Code::StatusRevoked)),
        (1, Some(Code::StatusRevoked)),
    ] {
        assert_eq!(
            code(SlotBits::One, 0, shifted(ahead, shift), &history, &[]),
            expected
        );
    }
}

#[test]
fn a_revocation_ahead_does_not_excuse_a_slot_that_is_set_already() {
    let history = [revoked("2026-03-13T00:00:00Z", "2026-03-12T11:00:00Z")];
    let at = |text| code(SlotBits::One, 1, instant(text), &history, &[]);
    assert_eq!(at("2026-03-12T11:59:59Z"), Some(Code::StatusHistoryMissing));
    assert_eq!(at("2026-03-12T12:00:00Z"), Some(Code::StatusNotValid));
    assert_eq!(at("2026-03-12T23:59:59Z"), Some(Code::StatusNotValid));
    assert_eq!(at("2026-03-13T00:00:00Z"), Some(Code::StatusRevoked));
}

#[test]
fn a_backdated_revocation_counts_from_publication_unless_a_decision_stands_behind_it() {
    let (effective, published) = ("2026-03-01T00:00:00Z", "2026-03-10T09:00:00Z");
    let bare = [revoked(effective, published)];
    let decided = [revoked(effective, published).with_decision(DecisionDigest::of(b"decision"))];
    for (history, from) in [(&bare, published), (&decided, effective)] {
        for (shift, expected) in [
            (-1, None),
            (0, Some(Code::StatusRevoked)),
            (1, Some(Code::StatusRevoked)),
        ] {
            assert_eq!(
                code(SlotBits::One, 1, shifted(from, shift), history, &[]),
                expected
            );
        }
    }
}

#[test]
fn a_void_credential_was_never_valid() {
    let history = [revoked("2026-03-10T09:00:00Z", "2026-03-10T09:00:00Z").never_valid()];
    for at in [
        "1990-01-01T00:00:00Z",
        "2026-03-10T08:59:59Z",
        "2026-04-01T00:00:00Z",
    ] {
        for value in [0, 1] {
            let found = code(SlotBits::One, value, instant(at), &history, &[]);
            assert_eq!(found, Some(Code::StatusRevoked), "{at}");
        }
    }
}

#[test]
fn a_set_slot_without_history_speaks_from_the_signing_of_the_list_on() {
    for (bits, value, now) in [
        (SlotBits::One, 1, Code::StatusNotValid),
        (SlotBits::Two, 1, Code::StatusRevoked),
        (SlotBits::Two, 2, Code::StatusSuspended),
        (SlotBits::Two, 3, Code::StatusNotValid),
        (SlotBits::Eight, 77, Code::StatusNotValid),
    ] {
        for (shift, expected) in [(-1, Code::StatusHistoryMissing), (0, now), (1, now)] {
            let found = code(bits, value, shifted(AS_OF, shift), &[], &[]);
            assert_eq!(found, Some(expected), "{value} {shift}");
        }
    }
}

#[test]
fn suspend_publish_and_check_within_one_second_agree() {
    let as_of: jiff::Timestamp = "2026-03-12T12:00:00.9Z".parse().unwrap();
    let at: jiff::Timestamp = "2026-03-12T12:00:00.2Z".parse().unwrap();
    let outcome = status_at(
        &list(SlotBits::One, 1),
        7,
        at,
        as_of,
        SlotHistory::default(),
    );
    assert_eq!(outcome, StatusOutcome::NotValid);
}

#[test]
fn a_published_suspension_is_a_half_open_period() {
    let (from, to) = ("2026-03-05T00:00:00Z", "2026-03-06T00:00:00Z");
    let past = [Suspension::new(uri(), 7, instant(from), Some(instant(to)))];
    let at = |at| code(SlotBits::Two, 0, at, &[], &past);
    assert_eq!(at(shifted(from, -1)), None);
    assert_eq!(at(shifted(from, 0)), Some(Code::StatusSuspended));
    assert_eq!(at(shifted(to, -1)), Some(Code::StatusSuspended));
    assert_eq!(at(shifted(to, 0)), None);

    let lasting = [Suspension::new(uri(), 7, instant(from), None)];
    let at = |at| code(SlotBits::Two, 2, at, &[], &lasting);
    assert_eq!(at(shifted(from, -1)), None);
    assert_eq!(at(shifted(AS_OF, 1_000)), Some(Code::StatusSuspended));
}

#[test]
fn a_suspension_does_not_account_for_a_slot_that_says_revoked() {
    let lasting = [Suspension::new(
        uri(),
        7,
        instant("2026-03-05T00:00:00Z"),
        None,
    )];
    let at = instant("2026-03-04T00:00:00Z");
    assert_eq!(
        code(SlotBits::Two, 1, at, &[], &lasting),
        Some(Code::StatusHistoryMissing)
    );
    // Where there is one bit, it says one of the two, and the period says which.
    assert_eq!(code(SlotBits::One, 1, at, &[], &lasting), None);
}

#[test]
fn revoked_comes_before_suspended() {
    let from = "2026-03-05T00:00:00Z";
    let lasting = [Suspension::new(uri(), 7, instant(from), None)];
    let revocation = [revoked("2026-03-06T00:00:00Z", "2026-03-06T00:00:00Z")];
    let at = |text| code(SlotBits::Two, 1, instant(text), &revocation, &lasting);
    assert_eq!(at("2026-03-05T23:59:59Z"), Some(Code::StatusSuspended));
    assert_eq!(at("2026-03-06T00:00:00Z"), Some(Code::StatusRevoked));
}

#[test]
fn the_earliest_of_several_revocations_counts_and_other_slots_do_not() {
    let mut other = revoked("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z");
    other.index = 8;
    let history = [
        revoked("2026-03-06T00:00:00Z", "2026-03-06T00:00:00Z"),
        other,
        revoked("2026-03-05T00:00:00Z", "2026-03-05T00:00:00Z"),
    ];
    let at = |text| code(SlotBits::One, 1, instant(text), &history, &[]);
    assert_eq!(at("2026-03-04T23:59:59Z"), None);
    assert_eq!(at("2026-03-05T00:00:00Z"), Some(Code::StatusRevoked));
}

#[test]
fn an_index_past_the_end_is_unknown() {
    let list = StatusList::new(SlotBits::One);
    let at = instant(AS_OF);
    for (index, expected) in [
        (131_071, None),
        (131_072, Some(Code::StatusIndexOutOfRange)),
        (u64::MAX, Some(Code::StatusIndexOutOfRange)),
    ] {
        assert_eq!(
            status_at(&list, index, at, at, SlotHistory::default()).code(),
            expected
        );
    }
}

fn term() -> Term {
    let start = instant("2024-01-10T00:00:00Z");
    Term::new(
        "term/10",
        "Tenth term",
        start,
        Some(instant("2028-01-10T00:00:00Z")),
    )
}

fn term_code(term: &Term, at: Instant) -> Option<Code> {
    let slot = SlotRef {
        list: uri(),
        index: 7,
    };
    term_at(Some(term), at, Some(&slot)).code()
}

#[test]
fn a_revocation_is_contested_until_one_with_a_decision_counts() {
    let (bare, later) = ("2026-03-01T00:00:00Z", "2026-03-05T00:00:00Z");
    let (first, second) = (DecisionDigest::of(b"first"), DecisionDigest::of(b"second"));
    let decision = |at, bits, value, history: &[Revocation]| {
        let history = ListHistory::new(history.to_vec(), Vec::new());
        let list = list(bits, value);
        match status_at(&list, 7, at, instant(AS_OF), history.slot(7)) {
            StatusOutcome::Revoked { decision, .. } => decision,
            other => panic!("{other:?}"),
        }
    };
    let of = |at, history: &[Revocation]| decision(at, SlotBits::One, 1, history);
    let both = [
        revoked(bare, bare),
        revoked(later, later).with_decision(first),
        revoked("2026-03-06T00:00:00Z", later).with_decision(second),
    ];
    assert_eq!(of(instant(bare), &both), None);
    assert_eq!(of(shifted(later, -1), &both), None);
    assert_eq!(of(instant(later), &both), Some(first));
    assert_eq!(of(instant(AS_OF), &both), Some(first));
    // One by which it was never valid stands behind itself at every instant.
    let void = [revoked(later, later).with_decision(first).never_valid()];
    assert_eq!(of(instant(bare), &void), Some(first));
    let void = [revoked(later, later).never_valid()];
    assert_eq!(of(instant(AS_OF), &void), None);
    // The list alone says so: nothing is published behind it.
    assert_eq!(decision(instant(AS_OF), SlotBits::Two, 1, &[]), None);
}

#[test]
fn a_term_runs_from_its_start_to_its_end() {
    let term = term();
    let (start, end) = ("2024-01-10T00:00:00Z", "2028-01-10T00:00:00Z");
    assert_eq!(
        term_code(&term, shifted(start, -1)),
        Some(Code::TermNotBegun)
    );
    assert_eq!(term_code(&term, shifted(start, 0)), None);
    assert_eq!(term_code(&term, shifted(end, -1)), None);
    assert_eq!(term_code(&term, shifted(end, 0)), Some(Code::TermEnded));
    assert_eq!(
        term_at(None, term.start, None).code(),
        Some(Code::TermMissing)
    );
}

#[test]
fn a_dissolution_ends_the_term_at_its_second() {
    let ended = "2026-05-01T17:30:00Z";
    let mut term = term();
    term.endings.push(TermEnding::new(instant(ended)));
    assert_eq!(term_code(&term, shifted(ended, -1)), None);
    assert_eq!(term_code(&term, shifted(ended, 0)), Some(Code::TermEnded));
    assert_eq!(
        term_at(Some(&term), instant("2029-01-01T00:00:00Z"), None),
        TermOutcome::Ended {
            since: instant(ended),
            by: Ender::Nobody,
        }
    );
}

#[test]
fn an_early_end_without_a_decision_is_contested_and_the_calendars_is_not() {
    let (early, by_calendar) = ("2026-05-01T00:00:00Z", "2028-01-10T00:00:00Z");
    let decision = DecisionDigest::of(b"decree 7");
    let ender = |term: &Term, at| match term_at(Some(term), instant(at), None) {
        TermOutcome::Ended { by, .. } => Some(by),
        _ => None,
    };
    let mut term = term();
    assert_eq!(ender(&term, by_calendar), Some(Ender::Calendar));
    term.endings.push(TermEnding::new(instant(early)));
    assert_eq!(ender(&term, early), Some(Ender::Nobody));
    term.endings[0].decision = Some(decision);
    assert_eq!(ender(&term, early), Some(Ender::Decision(decision)));
    // The bundle then holds the decision to annul, and says nothing of the one to end.
    term.endings[0].annulled_at = Some(instant("2026-07-12T00:00:00Z"));
    assert_eq!(ender(&term, early), Some(Ender::Annulled));
    term.endings[0] = TermEnding::new(instant(by_calendar));
    assert_eq!(ender(&term, by_calendar), Some(Ender::Calendar));
}

#[test]
fn an_annulled_end_counts_until_it_is_annulled() {
    let (ended, annulled) = ("2026-05-01T00:00:00Z", "2026-07-12T00:00:00Z");
    let mut term = term();
    term.endings.push(TermEnding::new(instant(ended)));
    term.endings[0].annulled_at = Some(instant(annulled));
    assert_eq!(term_code(&term, shifted(ended, -1)), None);
    assert_eq!(term_code(&term, shifted(ended, 0)), Some(Code::TermEnded));
    assert_eq!(
        term_code(&term, shifted(annulled, -1)),
        Some(Code::TermEnded)
    );
    assert_eq!(term_code(&term, shifted(annulled, 0)), None);
    assert_eq!(
        term_code(&term, instant("2028-01-10T00:00:00Z")),
        Some(Code::TermEnded)
    );
    // Ended once more: the first period stays what it was.
    let again = "2026-09-01T00:00:00Z";
    term.endings.push(TermEnding::new(instant(again)));
    let ended_at = |at| term_code(&term, at) == Some(Code::TermEnded);
    assert!(ended_at(shifted(annulled, -1)) && !ended_at(shifted(annulled, 0)));
    assert!(!ended_at(shifted(again, -1)) && ended_at(shifted(again, 0)));
    term.endings.pop();
    term.endings[0].annulled_at = Some(instant(ended));
    assert_eq!(term_code(&term, shifted(ended, 0)), None);
}

#[test]
fn an_exception_outlives_the_end_and_only_its_own_slot_does() {
    let mut term = term();
    let mut ending = TermEnding::new(instant("2026-05-01T00:00:00Z"));
    let slot = |list, index| SlotRef { list, index };
    ending.exceptions.insert(slot(uri(), 7));
    term.endings.push(ending);
    let (own, next) = (slot(uri(), 7), slot(uri(), 8));
    let other = slot(ListUri::new("did:key:zIssuer", 2).unwrap(), 7);
    for at in ["2026-05-01T00:00:00Z", "2028-02-01T00:00:00Z"] {
        let at = |slot| term_at(Some(&term), instant(at), slot).code();
        assert_eq!(at(Some(&own)), None);
        assert_eq!(at(Some(&next)), Some(Code::TermEnded));
        assert_eq!(at(Some(&other)), Some(Code::TermEnded));
        assert_eq!(at(None), Some(Code::TermEnded));
    }
    // An ending that is annulled, or still to come, keeps nobody beyond the calendar's end.
    let by_calendar = "2028-02-01T00:00:00Z";
    let mut other = term.clone();
    other.endings[0].annulled_at = Some(instant("2026-06-01T00:00:00Z"));
    let own_at = |term: &Term, at| term_at(Some(term), at, Some(&own)).code();
    assert_eq!(own_at(&other, instant(by_calendar)), Some(Code::TermEnded));
    other.endings[0] = TermEnding::new(instant("2029-01-01T00:00:00Z"));
    other.endings[0].exceptions.insert(own.clone());
    assert_eq!(own_at(&other, instant(by_calendar)), Some(Code::TermEnded));
    // A later ending that does not except it.
    let whole = "2026-08-01T00:00:00Z";
    term.endings.push(TermEnding::new(instant(whole)));
    let at = |at| term_at(Some(&term), at, Some(&own)).code();
    assert_eq!(at(shifted(whole, -1)), None);
    assert_eq!(at(shifted(whole, 0)), Some(Code::TermEnded));
}
