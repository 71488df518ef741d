//! What an import decides, rule by rule, on tables.

use super::*;

#[test]
fn a_second_import_changes_nothing_and_a_third_file_says_who_left() {
    let mut register = Register::default();
    let file = "id,name,start_date\na,Ana,2015-01-01\nb,Bilal,2015-01-01\n";
    assert_eq!(take(&mut register, file).report.new.len(), 2);
    let again = take(&mut register, file);
    assert!(again.changes.is_empty());
    assert_eq!((again.report.imported, again.report.unchanged), (2, 2));
    let fewer = take(&mut register, "id,name,start_date\na,Ana,2015-01-01\n");
    let left: Vec<_> = fewer
        .report
        .left
        .iter()
        .map(|left| left.member.as_str())
        .collect();
    assert_eq!(left, ["b"]);
    assert!(
        register
            .mandates
            .values()
            .all(|mandate| mandate.ended.is_none())
    );
}

#[test]
fn separators_and_byte_order_marks_are_told_apart() {
    for file in [
        "id,name\na,Ana\n",
        "id;name\r\na;Ana\r\n",
        "id\tname\na\tAna\n",
        "\u{feff}id,name\na,Ana\n",
    ] {
        let mut register = Register::default();
        take(&mut register, file);
        assert_eq!(register.members["a"].name.display, "Ana", "{file:?}");
    }
}

#[test]
fn rows_that_cannot_be_taken_are_refused_with_their_reason() {
    let file = "id,name,start_date,end_date\n\
                a,Ana,2015-02-30,\n\
                b,Bilal,2015-03-01,2015-02-01\n\
                ,Chiara,2015-01-01,\n\
                d,Da\u{202e}rya,2015-01-01,\n\
                e,Efua,2015-01-01,\n";
    let mut register = Register::default();
    let imported = take(&mut register, file);
    assert_eq!(
        problems(&imported),
        [
            "1 roster.date_invalid",
            "2 roster.dates_reversed",
            "3 roster.field_missing",
            "4 roster.text_unsafe"
        ]
    );
    assert_eq!(register.members.len(), 1);
}

#[test]
fn of_two_open_memberships_in_one_term_the_latest_start_counts() {
    let file = r#"{"persons":[{"id":"a","name":"Ana"}],
        "organizations":[{"id":"house","name":"House","classification":"legislature"}],
        "events":[{"id":"term/1","name":"First","classification":"legislative period","start_date":"2015-01-01"}],
        "memberships":[
          {"person_id":"a","organization_id":"house","role":"member","legislative_period_id":"term/1","area_id":"x"},
          {"person_id":"a","organization_id":"house","role":"member","legislative_period_id":"term/1","area_id":"y","start_date":"2015-06-01"}]}"#;
    let mut register = Register::default();
    let imported = take_as(&mut register, file, "house", AS_OF);
    assert_eq!(problems(&imported), ["1 roster.duplicate_mandate"]);
    let mandate = register.mandates.values().next().unwrap();
    assert_eq!(mandate.start.to_string(), "2015-06-01");
}

#[test]
fn a_table_of_the_other_chamber_gives_no_mandate() {
    for title in [
        "chamber",
        "Chamber",
        "ORGANIZATION",
        "Organization ID",
        "organisation",
        "House",
    ] {
        let mut register = Register::default();
        let file = format!("id,name,{title}\na,Ana,EX-2\nb,Bilal,EX-2\n");
        let imported = take_as(&mut register, &file, "EX-1", AS_OF);
        assert_eq!(
            problems(&imported),
            ["1 roster.other_chamber", "2 roster.other_chamber"],
            "{title}"
        );
        assert!(register.mandates.is_empty() && register.members.is_empty());
        // The issuer of that chamber takes the same file.
        let imported = take_as(&mut register, &file, "EX-2", AS_OF);
        assert_eq!(imported.report.sitting, 2, "{title}");
        assert!(register.mandates.values().all(|m| m.chamber == "EX-2"));
    }
    // Nor do two that are both others'.
    let mut register = Register::default();
    let file = "id,name,chamber\na,Ana,EX-2\nb,Bilal,EX-3\n";
    assert_eq!(
        take_as(&mut register, file, "EX-1", AS_OF).report.refused,
        2
    );
}

#[test]
fn a_row_that_names_no_chamber_is_in_the_issuers() {
    let mut register = Register::default();
    let file = "id,name,chamber\na,Ana,\nb,Bilal,EX-1\nc,Chiara,EX-2\nd,Dora, \n";
    let imported = take_as(&mut register, file, "EX-1", AS_OF);
    assert_eq!(problems(&imported), ["3 roster.other_chamber"]);
    assert!(register.mandates.values().all(|m| m.chamber == "EX-1"));
    assert_eq!(register.mandates.len(), 3);
    let none = take_as(&mut Register::default(), "id,name\na,Ana\n", "EX-1", AS_OF);
    assert_eq!(none.report.sitting, 1);
}

#[test]
fn an_empty_chamber_hides_no_other_column_that_names_one() {
    let mut register = Register::default();
    let file = "id,name,house,chamber\na,Ana,EX-2,\nb,Bilal,Lower House,EX-1\n";
    let imported = take_as(&mut register, file, "EX-1", AS_OF);
    assert_eq!(problems(&imported), ["1 roster.other_chamber"]);
    let note = &imported.report.notes[0].message;
    assert_eq!(note, "columns that count where chamber is empty: house");
}

#[test]
fn the_fictional_senate_is_not_taken_by_the_lower_house() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../examples/parliament/senate.csv"
    );
    let file = fs_err::read_to_string(path).unwrap();
    let imported = take_as(&mut Register::default(), &file, "EX-1", AS_OF);
    let report = &imported.report;
    assert_eq!((report.rows, report.refused), (3, 3));
    let codes = report.problems.iter().map(|p| p.code);
    assert!(codes.eq([crate::Code::RosterOtherChamber; 3]));
    let imported = take_as(&mut Register::default(), &file, "EX-2", AS_OF);
    assert_eq!(imported.report.imported, 3);
}
