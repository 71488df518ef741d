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
