//! A term's end, and a mandate's own.

use super::*;
use crate::records::{Mandate, PartialDate, TermEnding};

fn file(term_end: &str, memberships: &str) -> String {
    format!(
        r#"{{"persons":[{{"id":"a","name":"Ana"}},{{"id":"b","name":"Bilal"}}],
          "events":[{{"id":"t","classification":"legislative period","start_date":"2022-11-01"{term_end}}}],
          "memberships":[{memberships}]}}"#
    )
}

const OWN: &str = r#"{"person_id":"a","legislative_period_id":"t","end_date":"2026-12-31"}"#;
const TERMS: &str = r#"{"person_id":"b","legislative_period_id":"t"}"#;
const OCTOBER: &str = r#","end_date":"2026-10-31""#;

fn sits(register: &Register, member: &str, at: &str) -> bool {
    let at = at.parse().unwrap();
    let zone = TimeZone::UTC;
    let mut sitting = register.sitting(&zone, at);
    sitting.any(|mandate| mandate.member == member)
}

#[test]
fn an_own_end_wins_over_the_terms() {
    let mut register = Register::default();
    take(&mut register, &file(OCTOBER, &format!("{OWN},{TERMS}")));
    let november = "2026-11-15T12:00:00Z";
    assert!(sits(&register, "a", november));
    assert!(!sits(&register, "b", november));
    assert!(!sits(&register, "a", "2027-01-01T00:00:00Z"));
    // A term that was ended ends both, but for the exceptions.
    let ended_at = "2026-11-01T00:00:00Z".parse().unwrap();
    let mut ending = TermEnding::new(ended_at, ended_at);
    register.terms.get_mut("t").unwrap().endings = vec![ending.clone()];
    assert!(!sits(&register, "a", november));
    ending.exceptions.insert("a@t".to_owned());
    register.terms.get_mut("t").unwrap().endings = vec![ending];
    assert!(sits(&register, "a", november));
}

#[test]
fn what_took_the_terms_end_follows_it() {
    let mut register = Register::default();
    let both = format!("{OWN},{TERMS}");
    let end = |register: &Register, id: &str| -> Option<String> {
        let mandate: &Mandate = &register.mandates[id];
        mandate.end.as_ref().map(PartialDate::to_string)
    };
    take(&mut register, &file("", &both));
    assert_eq!(end(&register, "b@t"), None);
    take(&mut register, &file(OCTOBER, &both));
    assert_eq!(end(&register, "b@t").as_deref(), Some("2026-10-31"));
    // Also when the file no longer has a row about the member.
    let later = file(r#","end_date":"2027-01""#, OWN);
    let imported = take_as(&mut register, &later, "house", "2026-11-15T12:00:00Z");
    assert_eq!(end(&register, "b@t").as_deref(), Some("2027-01"));
    assert_eq!(end(&register, "a@t").as_deref(), Some("2026-12-31"));
    let changed: Vec<_> = imported
        .report
        .changed
        .iter()
        .map(|d| d.member.as_str())
        .collect();
    assert_eq!(changed, ["b"]);
    assert!(take(&mut register, &later).changes.is_empty());
    // And when nobody of that term is in it.
    take(&mut register, &file(OCTOBER, ""));
    assert_eq!(end(&register, "b@t").as_deref(), Some("2026-10-31"));
    assert_eq!(end(&register, "a@t").as_deref(), Some("2026-12-31"));
    assert!(take(&mut register, &file(OCTOBER, "")).changes.is_empty());
    // But not to before it began.
    take(&mut register, &file(r#","end_date":"2022-10""#, ""));
    assert_eq!(end(&register, "b@t").as_deref(), Some("2026-10-31"));
}

#[test]
fn an_end_nobody_can_read_is_not_no_end() {
    let november = "2026-11-15T12:00:00Z";
    for unreadable in [
        r#","end_date":"31/10/2026""#,
        r#","end_date":"someday""#,
        r#","end_date":[]"#,
        r#","end_date":"9998-12-31""#,
    ] {
        // What the register knows stays, for who is in it and for who is new.
        let mut register = Register::default();
        take(&mut register, &file(OCTOBER, TERMS));
        let both = format!(r#"{TERMS},{{"person_id":"a","legislative_period_id":"t"}}"#);
        let imported = take(&mut register, &file(unreadable, &both));
        assert_eq!(problems(&imported), [""; 0], "{unreadable}");
        let mut changed = imported.report.changed.iter();
        assert!(changed.all(|d| d.member != "b"), "{unreadable}");
        assert!(!imported.report.notes.is_empty(), "{unreadable}");
        let end = register.terms["t"].end.map(|end| end.to_string());
        assert_eq!(end.as_deref(), Some("2026-10-31"));
        assert!(!sits(&register, "b", november) && !sits(&register, "a", november));
        assert!(
            take(&mut register, &file(unreadable, &both))
                .changes
                .is_empty()
        );
        // Where nothing is known, nobody sits for ever.
        let mut register = Register::default();
        for _ in 0..2 {
            let imported = take(&mut register, &file(unreadable, &both));
            let refused = problems(&imported);
            assert_eq!(refused.len(), 2, "{unreadable}: {refused:?}");
            assert!(register.mandates.is_empty() && register.terms.is_empty());
        }
        // A term that is known to be open takes nobody in, and lets nobody go.
        let mut register = Register::default();
        take(&mut register, &file("", TERMS));
        let imported = take(&mut register, &file(unreadable, &both));
        assert_eq!(problems(&imported).len(), 2, "{unreadable}");
        assert!(imported.report.left.is_empty() && imported.changes.is_empty());
    }
}

#[test]
fn a_seats_own_end_that_nobody_can_read_refuses_its_row() {
    for unreadable in ["31/10/2016", "someday", "2016-02-30", "9998-12-31"] {
        let popolo = file("", TERMS).replace(
            r#""legislative_period_id":"t"}"#,
            &format!(r#""legislative_period_id":"t","end_date":"{unreadable}"}}"#),
        );
        let table = format!("id,name,start_date,end_date\na,Ana,2015-01-01,{unreadable}\n");
        for file in [popolo, table] {
            let imported = take(&mut Register::default(), &file);
            assert_eq!(problems(&imported), ["1 roster.date_invalid"], "{file}");
        }
    }
}
