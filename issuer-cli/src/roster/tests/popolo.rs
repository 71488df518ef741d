//! What Popolo documents say, in the many ways in which they say it.

use super::*;

/// A document of one person, Ana, with these memberships and other members.
fn document(memberships: &str, rest: &str) -> String {
    format!(r#"{{"persons":[{{"id":"a","name":"Ana"}}],"memberships":[{memberships}]{rest}}}"#)
}

const TERM: &str =
    r#","events":[{"id":"t","classification":"legislative period","start_date":"2015-01-01"}]"#;

#[test]
fn rows_are_memberships_of_role_member_and_persons_without_a_membership() {
    let file = r#"{"persons":[{"id":"a","name":"Ana"},{"id":"b","name":"Bilal"}],
        "memberships":[
          {"person_id":"a","role":"member","start_date":"2015-01-01"},
          {"person_id":"a","role":"speaker","start_date":"2015-01-01"}]}"#;
    let mut register = Register::default();
    let imported = take(&mut register, file);
    assert_eq!((imported.report.rows, imported.report.imported), (2, 2));
    assert_eq!((register.members.len(), register.mandates.len()), (2, 1));
}

#[test]
fn a_membership_that_says_nothing_of_a_role_is_a_seat() {
    for (role, rows, taken) in [
        (r#""role":null,"#, 1, 1),
        (r#""role":" Member ","#, 1, 1),
        (r#""role":"","#, 1, 1),
        ("", 1, 1),
        (r#""role":"chair","#, 0, 0),
        (r#""role":{},"#, 1, 0),
    ] {
        let file = document(&format!(r#"{{{role}"person_id":"a"}}"#), "");
        let report = take(&mut Register::default(), &file).report;
        assert_eq!((report.rows, report.imported), (rows, taken), "{role}");
    }
}

#[test]
fn rows_that_overlap_are_one_mandate_with_the_latest_group() {
    let membership = |group: &str, start: &str, end: &str| {
        format!(
            r#"{{"person_id":"a","role":"member","legislative_period_id":"t","on_behalf_of_id":"{group}","start_date":"{start}"{end}}}"#
        )
    };
    let rows = [
        membership("second", "2015-03-01", r#","end_date":"2015-08""#),
        membership("third", "2015-09-01", ""),
        membership("first", "2015-01-01", r#","end_date":"2015-03-31""#),
    ];
    let mut register = Register::default();
    let imported = take(&mut register, &document(&rows.join(","), TERM));
    assert_eq!((imported.report.imported, register.mandates.len()), (3, 1));
    let mandate = &register.mandates["a@t"];
    assert_eq!(mandate.group.as_ref().unwrap().id, "third");
    assert_eq!(mandate.start.to_string(), "2015-01-01");
}

#[test]
fn of_open_rows_with_equal_starts_the_first_counts() {
    let membership = |area: &str| {
        format!(r#"{{"person_id":"a","legislative_period_id":"t","area_id":"{area}"}}"#)
    };
    let rows = [membership("x"), membership("y"), membership("z")];
    let mut register = Register::default();
    let imported = take(&mut register, &document(&rows.join(","), TERM));
    assert_eq!(
        problems(&imported),
        ["2 roster.duplicate_mandate", "3 roster.duplicate_mandate"]
    );
    let mandate = &register.mandates["a@t"];
    assert_eq!(mandate.constituency.as_ref().unwrap().id, "x");
}

#[test]
fn a_sole_chamber_may_be_called_anything() {
    for (kind, period, taken) in [
        ("national assembly", true, true),
        ("chamber of deputies", false, true),
        ("riksdag", true, true),
        ("riksdag", false, true),
        ("", false, true),
        // The Vatican's.
        ("pontifical commission", true, true),
        ("pontifical commission", false, false),
        ("party", true, false),
        ("parliamentary group", true, false),
        ("committee", true, false),
        ("government", true, false),
    ] {
        let period_id = if period {
            r#","legislative_period_id":"t""#
        } else {
            ""
        };
        let membership = format!(r#"{{"person_id":"a","organization_id":"o"{period_id}}}"#);
        let rest = format!(r#","organizations":[{{"id":"o","classification":"{kind}"}}]{TERM}"#);
        let file = document(&membership, &rest);
        let mut register = Register::default();
        let imported = take(&mut register, &file);
        let expected: &[&str] = if taken {
            &[]
        } else {
            &["1 roster.not_a_chamber"]
        };
        assert_eq!(problems(&imported), expected, "{kind} {period}");
        // One chamber in the file is the issuer's.
        assert!(register.mandates.values().all(|m| m.chamber == "house"));
    }
}

#[test]
fn beside_a_chamber_what_holds_no_seats_is_none() {
    let file = document(
        r#"{"person_id":"a","organization_id":"riksdag","legislative_period_id":"t"},
           {"person_id":"a","organization_id":"university"},
           {"person_id":"a","organization_id":"nowhere"}"#,
        &format!(
            r#","organizations":[{{"id":"riksdag","classification":"riksdag"}},
               {{"id":"university","name":"Uppsala","classification":"university"}}]{TERM}"#
        ),
    );
    let imported = take(&mut Register::default(), &file);
    assert_eq!(
        problems(&imported),
        ["2 roster.not_a_chamber", "3 roster.not_a_chamber"]
    );
}

#[test]
fn beside_what_is_called_a_chamber_nothing_else_is_one() {
    // The Vatican's commission is a chamber alone, and not beside a parliament or another of its kind.
    for (first, second, taken) in [
        ("parliament", "Ausschuss", ["lower"; 1].as_slice()),
        ("parliament", "comisión", &["lower"]),
        ("parliament", "commission", &["lower"]),
        ("parliament", "senate", &["lower", "upper"]),
        ("riksdag", "commission", &["lower"]),
        ("commission", "commission", &[]),
        ("riksdag", "estates", &["lower", "upper"]),
    ] {
        let file = document(
            r#"{"person_id":"a","organization_id":"lower","legislative_period_id":"t"},
               {"person_id":"a","organization_id":"upper","legislative_period_id":"t"}"#,
            &format!(
                r#","organizations":[{{"id":"lower","classification":"{first}"}},
                   {{"id":"upper","classification":"{second}"}}]{TERM}"#
            ),
        );
        let imported = take(&mut Register::default(), &file);
        let rows = [("lower", 1), ("upper", 2)].into_iter();
        let refused: Vec<String> = rows
            .filter(|(id, _)| !taken.contains(id))
            .map(|(_, row)| format!("{row} roster.not_a_chamber"))
            .collect();
        assert_eq!(problems(&imported), refused, "{first} {second}");
    }
    // Nor where the chamber has no seats in this file.
    let file = document(
        r#"{"person_id":"a","organization_id":"upper","legislative_period_id":"t"}"#,
        &format!(
            r#","organizations":[{{"id":"lower","classification":"parliament"}},
               {{"id":"upper","classification":"Ausschuss"}}]{TERM}"#
        ),
    );
    let imported = take(&mut Register::default(), &file);
    assert_eq!(problems(&imported), ["1 roster.not_a_chamber"]);
    // A commission has the seats of its file only where they are held for a period.
    let file = document(
        r#"{"person_id":"a","organization_id":"lower"},
           {"person_id":"a","organization_id":"upper","legislative_period_id":"t"}"#,
        &format!(
            r#","organizations":[{{"id":"lower","classification":"parliament"}},
               {{"id":"upper","classification":"commission"}}]{TERM}"#
        ),
    );
    let imported = take(&mut Register::default(), &file);
    assert_eq!(problems(&imported), ["2 roster.not_a_chamber"]);
}

#[test]
fn two_chambers_in_one_file_are_told_apart() {
    let file = document(
        r#"{"person_id":"a","organization_id":"lower","legislative_period_id":"t"},
           {"person_id":"a","organization_id":"upper","legislative_period_id":"t"}"#,
        &format!(
            r#","organizations":[{{"id":"lower","classification":"chamber"}},
               {{"id":"upper","classification":"chamber"}}]{TERM}"#
        ),
    );
    let mut register = Register::default();
    take(&mut register, &file);
    let chambers =
        |r: &Register| -> Vec<String> { r.mandates.values().map(|m| m.chamber.clone()).collect() };
    assert_eq!(chambers(&register), ["lower", "upper"]);
    // One of them alone is still the one the register knows.
    let one = file.replace(
        r#""organization_id":"upper""#,
        r#""organization_id":"lower""#,
    );
    take(&mut register, &one);
    assert_eq!(chambers(&register), ["lower", "upper"]);
    // An issuer for one of them takes its own.
    let mut register = Register::default();
    let imported = take_as(&mut register, &file, "upper", AS_OF);
    assert_eq!(problems(&imported), ["1 roster.other_chamber"]);
    assert_eq!(chambers(&register), ["upper"]);
}

#[test]
fn who_resigned_does_not_sit_again_when_the_file_has_a_second_chamber() {
    let file = |memberships: &str| {
        format!(
            r#"{{"persons":[{{"id":"a","name":"Ana"}},{{"id":"b","name":"Bilal"}}],"memberships":[{memberships}],
              "organizations":[{{"id":"bt","classification":"chamber"}},
               {{"id":"a-senate","classification":"senate"}}]{TERM}}}"#
        )
    };
    let row = |person: &str, chamber: &str| {
        format!(
            r#"{{"person_id":"{person}","organization_id":"{chamber}","legislative_period_id":"t"}}"#
        )
    };
    let (a, b) = (row("a", "bt"), row("b", "bt"));
    let mut register = Register::default();
    take(&mut register, &file(&format!("{a},{b}")));
    assert_eq!(register.mandates["a@t"].chamber, "house");
    let ending = Ending::new(
        "2015-06-01T00:00:00Z".parse().unwrap(),
        Reason::Resignation,
        "2015-06-02T00:00:00Z".parse().unwrap(),
    );
    register.mandates.get_mut("a@t").unwrap().ended = Some(ending.clone());
    // Nor does a seat in the other chamber take the ended one's place.
    for (with, mandates) in [
        (format!("{a},{}", row("b", "a-senate")), 3),
        (format!("{a},{b},{}", row("b", "a-senate")), 3),
        (format!("{a},{b},{}", row("a", "a-senate")), 3),
    ] {
        let mut register = register.clone();
        let imported = take(&mut register, &file(&with));
        assert_eq!(problems(&imported), [""; 0]);
        assert_eq!(
            register.mandates["a@t"].ended,
            Some(ending.clone()),
            "{with}"
        );
        let at: Timestamp = AS_OF.parse().unwrap();
        let in_bt = register
            .sitting(&TimeZone::UTC, at)
            .any(|m| m.member == "a" && m.chamber != "a-senate");
        assert!(!in_bt, "{with}: {:?}", register.mandates);
        assert!(register.mandates.len() <= mandates, "{with}");
        assert!(
            take(&mut register, &file(&with)).changes.is_empty(),
            "{with}"
        );
    }
}

#[test]
fn the_end_of_the_calendar_is_no_end() {
    for end in ["9999-12-31", "9999", "9999-01-01"] {
        let popolo = document(
            &format!(r#"{{"person_id":"a","start_date":"2015-01-01","end_date":"{end}"}}"#),
            "",
        );
        let table = format!("id,name,start_date,end_date\na,Ana,2015-01-01,{end}\n");
        for file in [popolo, table] {
            let mut register = Register::default();
            let imported = take(&mut register, &file);
            assert_eq!(imported.report.sitting, 1, "{file}");
            assert_eq!(register.mandates["a@current"].end, None);
            assert_eq!(imported.report.notes.len(), 1, "{file}");
        }
    }
    // A start so late is a mistake.
    let file = "id,name,start_date\na,Ana,9999-12-31\n";
    assert_eq!(
        problems(&take(&mut Register::default(), file)),
        ["1 roster.date_invalid"]
    );
}

#[test]
fn a_terms_bad_date_costs_nobody_a_seat() {
    let file = |start: &str, end: &str| {
        format!(
            r#"{{"persons":[{{"id":"a","name":"Ana"}},{{"id":"b","name":"Bilal"}}],
              "events":[{{"id":"t","classification":"legislative period","start_date":{start},"end_date":{end}}}],
              "memberships":[{{"person_id":"a","legislative_period_id":"t"}},
                {{"person_id":"b","legislative_period_id":"t","start_date":"2014-03-01"}}]}}"#
        )
    };
    for (start, end, began, ends) in [
        (r#""n/a""#, "null", "2014-03-01", None),
        (r#""2013-00-00""#, "null", "2013", None),
        (r#""2013-02-30""#, "null", "2013-02", None),
        (
            r#""2013-01-01""#,
            r#""2017-06-31""#,
            "2013-01-01",
            Some("2017-06"),
        ),
        ("2013", r#""9999-12-31""#, "2013", None),
        ("{}", "null", "2014-03-01", None),
    ] {
        let mut register = Register::default();
        let imported = take(&mut register, &file(start, end));
        assert_eq!(problems(&imported), [""; 0], "{start} {end}");
        let term = &register.terms["t"];
        assert_eq!(term.start.to_string(), began);
        assert_eq!(term.end.map(|end| end.to_string()).as_deref(), ends);
        assert_eq!(imported.report.sitting, 2);
        let noted = imported
            .report
            .notes
            .iter()
            .any(|n| n.id.as_deref() == Some("t"));
        assert!(noted, "{start} {end}: {:?}", imported.report.notes);
        assert!(take(&mut register, &file(start, end)).changes.is_empty());
    }
}

#[test]
fn what_is_written_out_is_as_good_as_its_id() {
    let file = document(
        r#"{"person":{"id":"a"},"organization":{"id":7,"name":"House","classification":"assembly"},
            "area":{"id":"n","name":"North"},"on_behalf_of":[{"id":1,"name":"Greens"},{"id":2}],
            "legislative_period_id":"t"}"#,
        TERM,
    );
    let mut register = Register::default();
    let imported = take(&mut register, &file);
    assert_eq!(problems(&imported), [""; 0]);
    let mandate = &register.mandates["a@t"];
    let (area, group) = (
        mandate.constituency.as_ref().unwrap(),
        mandate.group.as_ref().unwrap(),
    );
    assert_eq!((area.id.as_str(), area.name.as_str()), ("n", "North"));
    assert_eq!((group.id.as_str(), group.name.as_str()), ("1", "Greens"));
    assert!(
        imported
            .report
            .notes
            .iter()
            .any(|note| note.message.contains("the first counts"))
    );
}

#[test]
fn numbers_are_ids_and_null_is_missing() {
    let file = r#"{"persons":[{"id":17,"name":"Ana","email":null,"identifiers":null}],"areas":null,
        "events":[{"id":5,"classification":"legislative period","start_date":2015}],
        "memberships":[{"person_id":17,"legislative_period_id":5,"area_id":3,"end_date":null,"role":"member"},
          {"person_id":null},{"person_id":true},null,[]]}"#;
    let mut register = Register::default();
    let imported = take(&mut register, file);
    assert_eq!(
        problems(&imported),
        [
            "2 roster.field_missing",
            "3 roster.row_malformed",
            "4 roster.row_malformed",
            "5 roster.row_malformed"
        ]
    );
    let mandate = &register.mandates["17@5"];
    assert_eq!(mandate.start.to_string(), "2015");
    assert_eq!(mandate.constituency.as_ref().unwrap().id, "3");
}

#[test]
fn what_a_membership_names_as_its_period_is_a_term() {
    let file = document(
        r#"{"person_id":"a","legislative_period_id":"t"}"#,
        r#","events":[{"id":"t","classification":"Wahlperiode","start_date":"2015"},
            {"id":"u","classification":"election","start_date":"2014"}]"#,
    );
    let mut register = Register::default();
    take(&mut register, &file);
    assert!(register.mandates.contains_key("a@t"));
    assert_eq!(register.terms.len(), 1);
}

#[test]
fn a_row_that_names_two_chambers_is_in_neither() {
    let file = document(
        r#"{"person_id":"a","organization_id":"x","organization":{"id":"y"}},
           {"person_id":"a","organization_id":"x","organization":{"id":"x"}}"#,
        "",
    );
    let imported = take(&mut Register::default(), &file);
    assert_eq!(problems(&imported), ["1 roster.row_malformed"]);
}

#[test]
fn a_seat_without_a_period_stands_in_a_term_of_its_own() {
    let file = document(r#"{"person_id":"a","start_date":"2015-05"}"#, TERM);
    let mut register = Register::default();
    let imported = take(&mut register, &file);
    assert_eq!(imported.report.sitting, 1);
    assert_eq!(register.mandates["a@current"].start.to_string(), "2015-05");
    assert_eq!(imported.report.notes.len(), 1);
}

#[test]
fn ids_that_spell_an_option_are_refused() {
    let file = r#"{"persons":[{"id":"--yes","name":"Ana"},{"id":"-5","name":"Bilal"}],
        "memberships":[{"person_id":"--yes"},{"person_id":"-5"}]}"#;
    let imported = take(&mut Register::default(), file);
    assert_eq!(
        problems(&imported),
        ["1 roster.id_invalid", "3 roster.id_invalid"]
    );
}

#[test]
fn ids_that_only_look_alike_are_not_one() {
    let popolo =
        "{\"persons\":[{\"id\":\"a\",\"name\":\"Ana\"},{\"id\":\"a\u{200b}\",\"name\":\"Ana\"}],
        \"memberships\":[{\"person_id\":\"a\"},{\"person_id\":\"a\u{200b}\"}]}";
    let table = "id,name\na,Ana\na\u{200b},Ana\n";
    for (file, unsafe_rows) in [(popolo, &[2, 3][..]), (table, &[2])] {
        let mut register = Register::default();
        let expected = unsafe_rows
            .iter()
            .map(|row| format!("{row} roster.text_unsafe"));
        assert_eq!(
            problems(&take(&mut register, file)),
            expected.collect::<Vec<_>>()
        );
        assert_eq!(register.mandates.len(), 1);
    }
}

#[test]
fn a_byte_order_mark_is_passed_over_and_a_name_twice_is_refused() {
    let file = format!("\u{feff}{}", document("", ""));
    assert_eq!(take(&mut Register::default(), &file).report.imported, 1);
    let twice = br#"{"persons":[],"persons":[]}"#;
    let zone = TimeZone::UTC;
    let options = ImportOptions::new("house", &zone, AS_OF.parse().unwrap());
    let refused = import(&Register::default(), twice, &options).unwrap_err();
    assert_eq!(refused.code().as_str(), "roster.malformed");
}
