//! An office, a committee seat or a delegation has dates of its own, within those of the mandate.

use identity_core::encoding::strict_json::{Object, Value};

use super::*;

const TODAY: &str = "2026-02-01T12:00:00Z";

pub(super) fn office_claims(start: &str, end: Option<&str>) -> Object<'static> {
    let mut claims = Object::default();
    claims.insert("role", Value::from("speaker"));
    claims.insert("body", Value::from("House"));
    claims.insert("start", Value::from(start.to_owned()));
    if let Some(end) = end {
        claims.insert("end", Value::from(end.to_owned()));
    }
    claims
}

fn issued(roster_end: &str, start: &str, end: Option<&str>) -> Result<CredentialRecord, Refusal> {
    let now = at(TODAY);
    let mut office = office_in("America/Lima");
    let mut rng = cli_kit::run::system_rng().unwrap();
    let roster = format!("id,name,start_date,end_date\na,Ana,2026-01-01,{roster_end}\n");
    office.import(roster.as_bytes(), now, now).unwrap();
    let invited = office.invite("a", now, &mut rng).unwrap();
    let mut one = order(&office, &invited.invitations[0].secret_code, 7, now);
    one.kind = Kind::OfficeHolder;
    one.claims = Some(office_claims(start, end));
    let handed = office.issue(&one, &key(1), now, &mut rng)?;
    Ok(handed.credential)
}

#[test]
fn an_office_is_held_from_its_first_day_to_the_end_of_its_last() {
    let term = "2026-01-01T05:00:00Z";
    // The roster's end, start and end of the office, and what follows where the chamber is.
    let cases = [
        (
            "",
            "2026-03-01",
            Some("2026-06-30"),
            "2026-03-01T05:00:00Z",
            "2026-07-01T05:00:00Z",
        ),
        (
            "",
            "2026-03",
            Some("2026"),
            "2026-03-01T05:00:00Z",
            "2027-01-01T05:00:00Z",
        ),
        // Never beyond the mandate.
        (
            "2026-05-31",
            "2026-03-01",
            Some("2026-06-30"),
            "2026-03-01T05:00:00Z",
            "2026-06-01T05:00:00Z",
        ),
        ("2026-05-31", "2020", None, term, "2026-06-01T05:00:00Z"),
    ];
    for (roster_end, start, end, from, until) in cases {
        let record = issued(roster_end, start, end).unwrap();
        assert_eq!(record.valid_from, at(from), "{start}");
        assert_eq!(record.valid_until, at(until), "{end:?}");
    }
}

#[test]
fn an_office_outside_its_mandate_or_with_no_dates_is_not_issued() {
    for (start, end) in [
        ("2026-06-30", Some("2026-03-01")),
        ("2030", Some("2026")),
        ("2026-02-01", Some("2025-12-31")),
        ("2026-13-01", None),
        ("soon", None),
        ("2026-02-01", Some("2026-02-30")),
    ] {
        let refused = issued("", start, end).unwrap_err();
        assert_eq!(refused.code, "credential.claim_invalid", "{start} {end:?}");
    }
}
