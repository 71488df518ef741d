//! Who is in the roster, and who has left it.

use super::*;

fn left(imported: &Import) -> Vec<&str> {
    let left = imported.report.left.iter();
    left.map(|left| left.member.as_str()).collect()
}

fn notes(imported: &Import) -> String {
    let notes = imported.report.notes.iter();
    notes.map(|note| note.message.as_str()).collect()
}

#[test]
fn a_row_with_a_typo_makes_nobody_leave() {
    let mut register = Register::default();
    let all = "id,name,start_date\na,Ana,2015-01-01\nb,Bilal,2015-01-01\nc,Chiara,2015-01-01\n";
    take(&mut register, all);
    let typo = "id,name,start_date\na,Ana,2015-01-01\nb,Bilal,2015-02-30\n";
    let imported = take(&mut register, typo);
    assert_eq!(problems(&imported), ["2 roster.date_invalid"]);
    assert_eq!(left(&imported), ["c"]);
    // Nor does a seat that has still to begin.
    let late = "id,name,start_date\na,Ana,2015-01-01\nb,Bilal,2017-01-01\nc,Chiara,2015-01-01\n";
    assert_eq!(left(&take(&mut register.clone(), late)), [""; 0]);
    // A row that names nobody could be anybody's.
    let unnamed = "id,name,start_date\na,Ana,2015-01-01\n,Bilal,2015-01-01\n";
    let imported = take(&mut register, unnamed);
    assert_eq!(left(&imported), ["b", "c"]);
    assert!(notes(&imported).contains("1 refused rows name nobody"));
}

#[test]
fn whose_seat_is_over_by_the_file_has_left() {
    let mut register = Register::default();
    take(&mut register, "id,name,start_date\na,Ana,2015-01-01\n");
    let over = "id,name,start_date,end_date\na,Ana,2015-01-01,2015-11-30\n";
    let imported = take(&mut register, over);
    assert_eq!(left(&imported), ["a"]);
    let end = imported.report.left[0].end.unwrap();
    assert_eq!(end.to_string(), "2015-11-30");
}

#[test]
fn an_import_never_ends_a_mandate_and_never_lets_it_go_on() {
    let mut register = Register::default();
    let file = "id,name,start_date\na,Ana,2015-01-01\n";
    take(&mut register, file);
    let ending = Ending::new(
        "2015-06-01T00:00:00Z".parse().unwrap(),
        Reason::Resignation,
        "2015-06-02T00:00:00Z".parse().unwrap(),
    );
    let mandate = register.mandates.get_mut("a@current").unwrap();
    mandate.ended = Some(ending.clone());
    let again = take(&mut register, file);
    assert!(again.changes.is_empty());
    assert_eq!(again.report.sitting, 0);
    // Not even when the row changes.
    take(
        &mut register,
        "id,name,start_date,group\na,Ana,2015-02-01,Greens\n",
    );
    assert_eq!(register.mandates["a@current"].ended, Some(ending.clone()));
    assert!(register.mandates["a@current"].group.is_some());
    // Who comes back has a mandate of its own, and the one that was ended stays so.
    let back = "id,name,start_date,end_date\n\
                a,Ana,2015-03-01,2015-06-30\na,Ana,2015-09-01,\n";
    assert_eq!(take(&mut register, back).report.sitting, 1);
    assert_eq!(register.mandates["a@current"].ended, Some(ending));
    assert_eq!(register.mandates["a@current~2"].ended, None);
}

#[test]
fn an_ending_stays_with_its_seat_when_an_earlier_one_appears() {
    let mut register = Register::default();
    take(&mut register, "id,name,start_date\na,Ana,2015-06-01\n");
    let ending = Ending::new(
        "2015-08-01T00:00:00Z".parse().unwrap(),
        Reason::Resignation,
        "2015-08-02T00:00:00Z".parse().unwrap(),
    );
    register.mandates.get_mut("a@current").unwrap().ended = Some(ending);
    // The first seat overlaps nothing but would be asked first.
    let both = "id,name,start_date,end_date\n\
                a,Ana,2015-01-01,2015-05-01\na,Ana,2015-06-01,\n";
    take(&mut register, both);
    assert!(register.mandates["a@current"].ended.is_some());
    assert_eq!(
        register.mandates["a@current"].start.to_string(),
        "2015-06-01"
    );
    assert!(register.mandates["a@current~2"].ended.is_none());
    // One long seat is the one that began with it, not the one that was ended within it.
    take(&mut register, "id,name,start_date\na,Ana,2015-01-01\n");
    assert!(register.mandates["a@current~2"].end.is_none());
    assert_eq!(
        register.mandates["a@current"].start.to_string(),
        "2015-06-01"
    );
}

#[test]
fn a_seat_that_begins_after_an_early_end_is_another() {
    for (ended_at, start, id) in [
        ("2025-01-01T00:00:00Z", "2025-01-02", "a@current~2"),
        ("2025-01-02T00:00:00Z", "2025-01-02", "a@current~2"),
        ("2025-01-02T00:00:01Z", "2025-01-02", "a@current"),
    ] {
        let mut register = Register::default();
        take(&mut register, "id,name,start_date\na,Ana,2024-01-01\n");
        let at: Timestamp = ended_at.parse().unwrap();
        let ending = Ending::new(at.into(), Reason::Resignation, at.into());
        register.mandates.get_mut("a@current").unwrap().ended = Some(ending.clone());
        let back = format!("id,name,start_date\na,Ana,{start}\n");
        take(&mut register, &back);
        assert_eq!(register.mandates[id].start.to_string(), start, "{ended_at}");
        assert_eq!(register.mandates["a@current"].ended, Some(ending));
        assert!(take(&mut register, &back).changes.is_empty());
    }
}

#[test]
fn two_descriptions_of_one_person_are_neither() {
    let file = |second: &str| {
        format!(
            r#"{{"persons":[{{"id":"a","name":"Ana"}},{{"id":"a","name":"{second}"}},
              {{"id":"b","name":"Bilal"}}],"memberships":[{{"person_id":"a"}},{{"person_id":"b"}}]}}"#
        )
    };
    let mut register = Register::default();
    let imported = take(&mut register, &file("Bruno"));
    assert_eq!(problems(&imported), ["1 roster.duplicate_person"]);
    assert_eq!(register.mandates.len(), 1);
    assert!(!register.members.contains_key("a"));
    // The same twice is once.
    let imported = take(&mut Register::default(), &file("Ana"));
    assert_eq!(problems(&imported), [""; 0]);
}

#[test]
fn as_of_says_which_day_counts() {
    let file = "id,name,start_date,end_date\n\
                a,Ana,2015-01-01,2015-12-31\nb,Bilal,2016-02-01,\n";
    for (day, sitting) in [
        ("2014-12-31T23:59:59Z", 0),
        ("2015-01-01T00:00:00Z", 1),
        ("2015-12-31T23:59:59Z", 1),
        ("2016-01-01T00:00:00Z", 0),
        ("2016-02-01T00:00:00Z", 1),
    ] {
        let mut register = Register::default();
        let imported = take_as(&mut register, file, "house", day);
        assert_eq!(imported.report.sitting, sitting, "{day}");
        // What is written is the same: later commands judge by their own day.
        assert_eq!(register.mandates.len(), 2);
        let later = "2016-03-01T00:00:00Z".parse().unwrap();
        assert_eq!(register.sitting(&TimeZone::UTC, later).count(), 1);
    }
}

#[test]
fn a_changed_name_is_the_same_person() {
    let file = "id,name,term,start_date,email\n\
                a,Ana Silva Costa,2,2015-01-01,new@example.org\n\
                a,Ana Silva,1,2010-01-01,old@example.org\n";
    let mut register = Register::default();
    let imported = take(&mut register, file);
    assert_eq!(problems(&imported), [""; 0]);
    assert_eq!(register.mandates.len(), 2);
    assert_eq!(register.members["a"].name.display, "Ana Silva Costa");
    assert_eq!(
        register.members["a"].email.as_deref(),
        Some("new@example.org")
    );
    assert!(notes(&imported).contains("several names"));
}

#[test]
fn two_persons_under_one_id_are_not_one() {
    let file = "id,name,term,start_date,birth_date\n\
                a,Ana Silva,1,2010-01-01,1960\n\
                a,Bruno Costa,2,2015-01-01,\n\
                a,Ana Silva,3,2015-06-01,1960-05-01\n\
                a,Ana Silva,4,2015-07-01,1990\n";
    let mut register = Register::default();
    let imported = take(&mut register, file);
    assert_eq!(
        problems(&imported),
        ["2 roster.duplicate_person", "4 roster.duplicate_person"]
    );
    let member = &register.members["a"];
    assert_eq!(member.name.display, "Ana Silva");
    assert_eq!(member.birth_date.unwrap().to_string(), "1960-05-01");
    assert_eq!(register.mandates.len(), 2);
}

#[test]
fn a_refused_row_still_says_whose_id_it_is() {
    let rest = "b,Bilal,2015-01-01,,\na,Bruno Costa,2015-06-01,,\n";
    for first in [
        "a,Ana Silva,2015-02-30,,",
        "a,Ana Silva,2015-01-01,2014-01-01,",
        "a,Ana Silva,2015-01-01,n/a,",
        "a,Ana Silva,2015-01-01,,elsewhere",
        "a,Ana Silva,2015-01-01,,--yes",
    ] {
        let file = format!("id,name,start_date,end_date,chamber\n{first}\n{rest}");
        let mut register = Register::default();
        let problems = problems(&take(&mut register, &file));
        assert_eq!(problems.len(), 2, "{first}: {problems:?}");
        assert_eq!(problems[1], "3 roster.duplicate_person", "{first}");
        let members: Vec<&String> = register.members.keys().collect();
        assert_eq!(members, ["b"], "{first}");
    }
    // What a refused row says of a person is not taken.
    let file = "id,name,start_date,birth_date\n\
                a,Ana Silva,2015-02-30,1960-05-01\na,Ana Silva Costa,2015-06-01,1960\n";
    let mut register = Register::default();
    let imported = take(&mut register, file);
    assert_eq!(problems(&imported), ["1 roster.date_invalid"]);
    assert_eq!(register.members["a"].name.display, "Ana Silva Costa");
    let birth = register.members["a"].birth_date.unwrap();
    assert_eq!(birth.to_string(), "1960");
    assert!(!notes(&imported).contains("several names"));
}

#[test]
fn a_file_of_which_nothing_is_taken_says_of_nobody_that_they_left() {
    let mut register = Register::default();
    take(&mut register, "id,name\na,Ana\nb,Bilal\n");
    for wrong in [
        "id,name\n",
        "id,name,start_date\nc,Chiara,yesterday\n",
        "id,name\n,Chiara\n",
        "id,name,chamber\nc,Chiara,elsewhere\n",
        r#"{"persons": [], "memberships": []}"#,
    ] {
        let imported = take(&mut register, wrong);
        assert_eq!(imported.report.imported, 0);
        assert_eq!(left(&imported), [""; 0], "{wrong}");
    }
    assert_eq!(left(&take(&mut register, "id,name\na,Ana\n")), ["b"]);
}

#[test]
fn a_name_is_made_of_its_parts_where_there_is_none() {
    let file = r#"{"persons":[
        {"id":"a","given_name":"Ana","family_name":"Silva"},
        {"id":"b","name":"  ","sort_name":"Costa, Bruno"},
        {"id":"c","name":null,"family_name":"Suharto"},
        {"id":"d","email":"d@example.org"},
        {"id":"e","name":5}]}"#;
    let mut register = Register::default();
    let imported = take(&mut register, file);
    assert_eq!(
        problems(&imported),
        ["4 roster.field_missing", "5 roster.row_malformed"]
    );
    let name = |id: &str| register.members[id].name.display.as_str();
    assert_eq!(
        (name("a"), name("b"), name("c")),
        ("Ana Silva", "Costa, Bruno", "Suharto")
    );
    let about: Vec<_> = imported
        .report
        .notes
        .iter()
        .map(|n| n.id.as_deref())
        .collect();
    assert_eq!(about, [Some("b"), Some("c")]);
    for table in [
        "id,given_name,family_name\na,Ana,Silva\n",
        "id,name,given_name,family_name\na,,Ana,Silva\n",
        "id,sort_name\na,Ana Silva\n",
    ] {
        let mut register = Register::default();
        take(&mut register, table);
        assert_eq!(register.members["a"].name.display, "Ana Silva", "{table}");
    }
}

#[test]
fn a_birth_date_that_is_none_costs_nobody_a_seat() {
    for birth in ["1960-00-00", "n/a", "0000-00-00", "1960-02-30"] {
        let table = format!("id,name,start_date,birth_date\na,Ana,2015-01-01,{birth}\n");
        let popolo = format!(
            r#"{{"persons":[{{"id":"a","name":"Ana","birth_date":"{birth}"}}],
                "memberships":[{{"person_id":"a","start_date":"2015-01-01"}}]}}"#
        );
        for file in [table, popolo] {
            let mut register = Register::default();
            let imported = take(&mut register, &file);
            assert_eq!(imported.report.sitting, 1, "{file}");
            assert_eq!(register.members["a"].birth_date, None);
            assert!(notes(&imported).contains("birth_date"), "{file}");
        }
    }
}

#[test]
fn what_no_mandate_rests_on_is_left_out_with_a_note() {
    let long = "x".repeat(501);
    let table = format!(
        "id,name,start_date,group,constituency,email,image,languages\n\
         a,Ana,2015,{long},No\u{202e}rth,a\u{1}@example.org,\u{7},en fr\u{2066}\n"
    );
    let mut register = Register::default();
    let imported = take(&mut register, &table);
    assert_eq!(problems(&imported), [""; 0]);
    let mandate = &register.mandates["a@current"];
    assert_eq!((&mandate.group, &mandate.constituency), (&None, &None));
    let member = &register.members["a"];
    assert_eq!((&member.email, &member.image), (&None, &None));
    assert_eq!(member.languages, ["en"]);
    assert_eq!(imported.report.notes.len(), 5);
    // What says who sits where is not left out.
    for (column, value, code) in [
        ("name", long.as_str(), "1 roster.text_too_long"),
        ("name", "An\u{202e}a", "1 roster.text_unsafe"),
        ("term", long.as_str(), "1 roster.text_too_long"),
        ("term", "1\u{202e}", "1 roster.text_unsafe"),
        ("term", "--yes", "1 roster.id_invalid"),
        ("chamber", long.as_str(), "1 roster.text_too_long"),
    ] {
        let (name, term, chamber) = match column {
            "name" => (value, "1", "house"),
            "term" => ("Ana", value, "house"),
            _ => ("Ana", "1", value),
        };
        let table = format!("id,name,term,chamber\na,{name},{term},{chamber}\n");
        let imported = take(&mut Register::default(), &table);
        assert_eq!(problems(&imported), [code], "{column}");
    }
}

#[test]
fn of_two_columns_of_one_meaning_the_better_one_counts() {
    let file = "party,id,group,name\nP,a,G,Ana\n";
    let mut register = Register::default();
    let imported = take(&mut register, file);
    let group = register.mandates["a@current"].group.as_ref().unwrap();
    assert_eq!(group.name, "G");
    assert!(notes(&imported).contains("columns passed over: party"));
}

#[test]
fn no_column_that_decides_is_passed_over() {
    for (titles, cells, end) in [
        ("end,end_date", "2025-01-01,", "2025-01-01"),
        ("end,end_date", ", 2025-01-01", "2025-01-01"),
        ("end,end_date", "2025-01-01,2025-01-01 ", "2025-01-01"),
        ("end_date,end_date", ",2025-01-01", "2025-01-01"),
    ] {
        let file = format!("id,name,start_date,{titles}\na,Ana,2015-01-01,{cells}\n");
        let mut register = Register::default();
        assert_eq!(problems(&take(&mut register, &file)), [""; 0], "{file}");
        let found = register.mandates["a@current"].end.unwrap();
        assert_eq!(found.to_string(), end, "{file}");
    }
    for (titles, cells) in [
        ("end,end_date", "2025-01-01,2026-01-01"),
        ("start,start_date", "2015-01-01,2015-02-01"),
        ("term,term_id", "1,2"),
        ("member_id,person_id", "b,c"),
        ("id", "b"),
    ] {
        let file = format!("id,name,{titles}\na,Ana,{cells}\n");
        let file = file.replace("id,name,member_id", "email,name,member_id");
        let imported = take(&mut Register::default(), &file);
        assert_eq!(problems(&imported), ["1 roster.row_malformed"], "{file}");
    }
}

#[test]
fn the_id_of_a_line_is_no_persons() {
    let file = "id,person_id,name,start_date,end_date\n\
                m1,a,Ana,2015-01-01,2015-06-30\nm2,a,Ana,2015-07-01,\nm3,,Bilal,2015-01-01,\n";
    let mut register = Register::default();
    let imported = take(&mut register, file);
    assert_eq!(problems(&imported), ["3 roster.field_missing"]);
    assert_eq!((register.members.len(), imported.report.sitting), (1, 1));
    assert!(notes(&imported).contains("person_id says who a member is; id is passed over"));
    // Where the two never differ they are one, and either will do.
    let file = "id,person_id,name\na,a,Ana\n,b,Bilal\nc,,Chiara\n";
    let mut register = Register::default();
    assert_eq!(problems(&take(&mut register, file)), [""; 0]);
    let members: Vec<&str> = register.members.keys().map(String::as_str).collect();
    assert_eq!(members, ["a", "b", "c"]);
}

#[test]
fn empty_cells_beyond_the_header_are_nothing() {
    let file = "id,name\na,Ana,,\nb,Bilal,x\nc\n";
    let imported = take(&mut Register::default(), file);
    assert_eq!(
        problems(&imported),
        ["2 roster.row_malformed", "3 roster.row_malformed"]
    );
}

#[test]
fn a_word_that_many_have_makes_nobody_another() {
    // John Smith is first, and Mary Jones has no seat from his.
    for (john, mary) in [
        ("Hon. John Smith", "Hon. Mary Jones"),
        ("John van Smith", "Mary van Jones"),
        ("J. Li", "M. Li"),
    ] {
        let file = format!(
            "id,name,start_date,end_date\n7,{john},2024-01-01,2024-12-31\n7,{mary},2024-06-01,2028-01-01\n"
        );
        let mut register = Register::default();
        let imported = take(&mut register, &file);
        assert_eq!(problems(&imported), ["2 roster.duplicate_person"], "{john}");
        assert_eq!(register.members["7"].name.display, john);
        let mandate = &register.mandates["7@current"];
        assert_eq!(mandate.end.unwrap().to_string(), "2024-12-31");
    }
    // Nor does a bare family name between them join the two.
    let file = "id,name,start_date\n7,Smith,2014\n7,John Smith,2015\n7,Mary Smith,2015\n";
    let imported = take(&mut Register::default(), file);
    assert!(problems(&imported).contains(&"3 roster.duplicate_person".to_owned()));
}
