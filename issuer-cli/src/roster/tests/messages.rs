//! What a clerk with a spreadsheet reads when a table cannot be taken.

use super::*;

fn unreadable(file: &[u8]) -> String {
    let zone = TimeZone::UTC;
    let options = ImportOptions::new("house", &zone, AS_OF.parse().unwrap());
    let refused = import(&Register::default(), file, &options).unwrap_err();
    assert_eq!(refused.code(), crate::Code::RosterMalformed);
    refused.to_string()
}

/// Returns the messages of the problems, each after its row.
fn told(file: &str) -> Vec<String> {
    let imported = take(&mut Register::default(), file);
    let problems = imported.report.problems.iter();
    problems
        .map(|p| format!("{} {}", p.row, p.message))
        .collect()
}

#[test]
fn another_encoding_is_named_by_its_line_and_its_cure() {
    for (file, line) in [
        (&b"id,name\na,Ana\nb,Jos\xe9\n"[..], 3),
        (b"id,name\r\n\r\na,Jos\xe9\r\n", 3),
        (b"id,name\ra,Ana\rb,Jos\xe9\r", 3),
        (b"id,Pr\xe9nom\na,Ana\n", 1),
        (b"\xff\xfei\0d\0", 1),
    ] {
        let message = unreadable(file);
        let cure = format!("line {line} is not UTF-8: save the file as CSV UTF-8");
        assert!(message.contains(&cure), "{message}");
    }
}

#[test]
fn a_header_that_lacks_a_column_is_told_which_there_are() {
    let message = unreadable(b"Number,Member\n1,Ana\n");
    assert!(message.contains("no column id"), "{message}");
    assert!(message.contains("it has: Number, Member"), "{message}");
    assert!(message.contains("known columns: id, name, "), "{message}");
    let message = unreadable(b"id,Member\n1,Ana\n");
    assert!(message.contains("no column name"), "{message}");
    assert!(message.contains("given_name, family_name"), "{message}");
}

#[test]
fn a_refused_row_is_named_by_its_line_too() {
    for end in ["\n", "\r\n", "\r"] {
        let lines = [
            "",
            "id,name,start_date",
            "",
            "a,\"Ana",
            "Maria\",2015-01-01",
            "",
            "",
            ",Bilal,2015",
            "c,Chiara,2015-02-30",
        ];
        let told = told(&lines.join(end));
        assert_eq!(
            told,
            [
                "2 line 8: id is missing",
                "3 line 9: start_date 2015-02-30: the calendar has no such date"
            ],
            "{end:?}"
        );
    }
    // A row that another one outdoes names that one the same way.
    let told = told("id,name,start_date\na,Ana,2015-01-01\n\na,Ana,2015-02-01\n");
    assert!(told[0].starts_with("1 line 2: row 2 (line 4) "), "{told:?}");
    // A document has no lines to look for.
    let told = self::told(r#"{"persons":[{"id":"a"}]}"#);
    assert_eq!(told, ["1 name is missing"]);
}

#[test]
fn a_date_as_a_spreadsheet_shows_it_is_written_out() {
    let told = told("id,name,start_date\na,Ana,12/03/2015\nb,Bilal,31.12.2014\n");
    assert!(
        told[0].ends_with("; write 2015-03-12, or 2015-12-03 if the month comes first"),
        "{told:?}"
    );
    assert!(told[1].ends_with("; write 2014-12-31"), "{told:?}");
}
