use super::*;

#[test]
fn accredited_now_but_not_at_the_issue_and_the_reverse() {
    let withdrawn = becomes(
        State::Withdrawn,
        "2026-09-01T00:00:00Z",
        "2026-09-01T00:00:00Z",
    );
    let listed = listed(&[accredits("2026-03-01T00:00:00Z"), withdrawn]);
    let judge = |issued: &str, at: &str| listed.judge(&act(issued), instant(at));
    let (june, december) = ("2026-06-01T00:00:00Z", "2026-12-01T00:00:00Z");
    assert!(matches!(
        judge("2026-05-01T00:00:00Z", june),
        Judgement::Granted(_)
    ));
    // Before it began, though it is in force when looked at.
    let refused = judge("2026-02-28T23:59:59Z", june);
    assert!(matches!(
        refused,
        Judgement::Refused {
            standing: Standing::NotYet { .. },
            at_issue: true
        }
    ));
    // Withdrawn since: the mandate was held then, and nobody vouches for it now.
    let refused = judge("2026-05-01T00:00:00Z", december);
    let state = State::Withdrawn;
    assert!(
        matches!(refused, Judgement::Refused { standing: Standing::In { state: s, .. }, at_issue: false } if s == state)
    );
    assert!(matches!(
        judge("2026-05-01T00:00:00Z", "2026-08-31T23:59:59Z"),
        Judgement::Granted(_)
    ));
    // Issued after the withdrawal, about whatever instant.
    for at in [june, december] {
        let refused = judge("2026-09-01T00:00:00Z", at);
        assert!(
            matches!(refused, Judgement::Refused { at_issue: true, .. }),
            "{at}"
        );
    }
}

#[test]
fn a_suspension_counts_while_it_lasts() {
    let listed = listed(&[
        accredits("2026-03-01T00:00:00Z"),
        becomes(
            State::Suspended,
            "2026-06-01T00:00:00Z",
            "2026-06-01T00:00:00Z",
        ),
        becomes(
            State::Active,
            "2026-09-01T00:00:00Z",
            "2026-09-01T00:00:00Z",
        ),
    ]);
    let judge = |issued: &str, at: &str| listed.judge(&act(issued), instant(at));
    let during = "2026-07-01T00:00:00Z";
    let refused = judge("2026-05-01T00:00:00Z", during);
    assert!(matches!(refused, Judgement::Suspended { .. }));
    let after = "2026-10-01T00:00:00Z";
    assert!(matches!(judge(during, after), Judgement::Granted(_)));
}

#[test]
fn without_a_decision_nothing_reaches_back() {
    let late = becomes(
        State::Withdrawn,
        "2026-04-01T00:00:00Z",
        "2026-09-01T00:00:00Z",
    );
    let mut decided = late.clone();
    if let Body::Changes { decision, .. } = &mut decided.body {
        *decision = Some(DecisionDigest::of(b"judgment"));
    }
    let at = |statement: StatementDraft| {
        listed(&[accredits("2026-03-01T00:00:00Z"), statement])
            .standing(instant("2026-06-01T00:00:00Z"))
    };
    assert!(matches!(
        at(late),
        Standing::In {
            state: State::Active,
            ..
        }
    ));
    assert!(matches!(
        at(decided),
        Standing::In {
            state: State::Withdrawn,
            ..
        }
    ));
}

#[test]
fn stolen_keys_prove_nothing_and_cast_doubt_on_what_says_it_is_older() {
    let theft = becomes(
        State::KeyCompromised,
        "2026-06-01T00:00:00Z",
        "2026-07-01T00:00:00Z",
    );
    let since = |drafts: &[StatementDraft], issued: &str| match listed(drafts)
        .judge(&act(issued), instant("2026-12-01T00:00:00Z"))
    {
        Judgement::Compromised { since_then, .. } => Some(since_then),
        Judgement::Granted(_) => None,
        other => panic!("{other:?}"),
    };
    let stolen = [accredits("2026-03-01T00:00:00Z"), theft.clone()];
    assert_eq!(since(&stolen, "2026-06-01T00:00:00Z"), Some(true));
    assert_eq!(since(&stolen, "2026-05-31T23:59:59Z"), Some(false));
    let back = becomes(
        State::Active,
        "2026-08-01T00:00:00Z",
        "2026-08-01T00:00:00Z",
    );
    let restored = [accredits("2026-03-01T00:00:00Z"), theft, back];
    assert_eq!(since(&restored, "2026-07-31T23:59:59Z"), Some(true));
    assert_eq!(since(&restored, "2026-08-01T00:00:00Z"), None);
}

#[test]
fn new_terms_count_from_their_day() {
    let mut wider = parliament();
    wider.accredited_for[0].chambers.push("XX-UC".to_owned());
    let second = StatementDraft {
        recorded: instant("2026-06-01T00:00:00Z"),
        body: Body::Accredits(wider),
        ..accredits("2026-07-01T00:00:00Z")
    };
    let listed = listed(&[accredits("2026-03-01T00:00:00Z"), second]);
    let judge = |issued: &str| {
        let act = Act {
            chamber: "XX-UC",
            ..act(issued)
        };
        listed.judge(&act, instant("2026-12-01T00:00:00Z"))
    };
    let beyond = judge("2026-06-30T23:59:59Z");
    assert!(
        matches!(&beyond, Judgement::Beyond(error) if error.code() == Code::AccreditationChamber)
    );
    assert!(matches!(
        judge("2026-07-01T00:00:00Z"),
        Judgement::Granted(_)
    ));
}

#[test]
fn what_was_not_granted_is_refused() {
    let listed = listed(&[StatementDraft {
        until: Some(instant("2026-11-01T00:00:00Z")),
        ..accredits("2026-03-01T00:00:00Z")
    }]);
    let good = act("2026-05-01T00:00:00Z");
    let code = |act: Act<'_>, at: &str| match listed.judge(&act, instant(at)) {
        Judgement::Granted(_) => None,
        Judgement::Beyond(error) => Some(error.code()),
        other => panic!("{other:?}"),
    };
    let at = "2026-06-01T00:00:00Z";
    assert_eq!(code(good, at), None);
    let kind = Act {
        kind: "OfficeHolder",
        ..good
    };
    assert_eq!(code(kind, at), Some(Code::AccreditationType));
    let chamber = Act {
        chamber: "XX-UC",
        ..good
    };
    assert_eq!(code(chamber, at), Some(Code::AccreditationChamber));
    // 1,830 days from the issue, to the second.
    let until = |text| Act {
        valid_until: instant(text),
        ..good
    };
    assert_eq!(code(until("2031-05-05T00:00:00Z"), at), None);
    assert_eq!(
        code(until("2031-05-05T00:00:01Z"), at),
        Some(Code::AccreditationValidity)
    );
    let over = listed.judge(&good, instant("2026-11-01T00:00:00Z"));
    assert!(matches!(
        over,
        Judgement::Refused {
            standing: Standing::Over { .. },
            at_issue: false
        }
    ));
}

/// A theft is undone by new keys alone, and those come behind it.
#[test]
fn nothing_that_was_said_before_or_with_a_theft_undoes_it() {
    let at = |state, from: &str| becomes(state, from, from);
    let theft = at(State::KeyCompromised, "2026-06-01T00:00:00Z");
    let first = accredits("2026-03-01T00:00:00Z");
    let earlier = [
        at(State::Suspended, "2026-04-01T00:00:00Z"),
        at(State::Active, "2026-05-01T00:00:00Z"),
    ];
    // Signed in the same second, by officers who did not agree.
    let beside = becomes(
        State::Active,
        "2026-06-02T00:00:00Z",
        "2026-06-01T00:00:00Z",
    );
    let again = at(State::KeyCompromised, "2026-07-01T00:00:00Z");
    let doubted = |others: &[StatementDraft]| {
        let mut drafts = vec![first.clone(), theft.clone()];
        drafts.extend_from_slice(others);
        let judged = listed(&drafts);
        let judged = judged.judge(
            &act("2026-08-01T00:00:00Z"),
            instant("2026-12-01T00:00:00Z"),
        );
        matches!(
            judged,
            Judgement::Compromised {
                since_then: true,
                ..
            }
        )
    };
    assert!(doubted(&[]));
    assert!(doubted(&earlier));
    assert!(doubted(&[beside]));
    assert!(doubted(&[again]));
    assert!(!doubted(&[at(State::Active, "2026-07-01T00:00:00Z")]));
}

#[test]
fn each_state_has_its_word_and_the_code_of_what_it_refuses() {
    let states = [
        (State::Active, "active", None),
        (
            State::Suspended,
            "suspended",
            Some(Code::AccreditationSuspended),
        ),
        (
            State::Withdrawn,
            "withdrawn",
            Some(Code::AccreditationWithdrawn),
        ),
        (
            State::Dissolved,
            "dissolved",
            Some(Code::AccreditationDissolved),
        ),
        (
            State::KeyCompromised,
            "key-compromised",
            Some(Code::AccreditationKeyCompromised),
        ),
    ];
    for (state, word, code) in states {
        assert_eq!((state.as_str(), state.code()), (word, code));
        assert_eq!(serde_json::to_value(state).unwrap(), word);
    }
}
