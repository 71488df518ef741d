//! Rosters nobody would write: every row is counted, a second import changes nothing, and who sits
//! could be issued a credential.

use identity_core::credential::is_displayable;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use super::*;

const ODD_TEXTS: &[&str] = &[
    "",
    " ",
    "a",
    "b",
    "c",
    "Ana Silva",
    "Ana Costa",
    "Bruno",
    "--yes",
    "-5",
    "A\u{200b}na",
    "An\u{202e}a",
    "علی\u{200c}اکبر",
    "\u{200d}",
    "a@t",
    "a~2",
    "x\ny",
    "\0",
    "member",
    "speaker",
    "party",
    "legislature",
    "committee",
    "legislative period",
    "house",
    "t",
    "u",
    "\"",
    ",",
    ";",
];
const ODD_DATES: &[&str] = &[
    "",
    "2014",
    "2015",
    "2015-03",
    "2015-03-30",
    "2015-06-01",
    "2015-12-31",
    "2016",
    "2016-01-01",
    "2015-02-30",
    "2015-00-00",
    "9999-12-31",
    "n/a",
    "0001-01-01",
    "2015-03-30T00:00:00Z",
];

fn odd_text() -> impl Strategy<Value = String> + Clone {
    prop_oneof![
        8 => select(ODD_TEXTS).prop_map(str::to_owned),
        1 => (1_usize..700).prop_map(|n| "é".repeat(n)),
    ]
}

fn odd_date() -> impl Strategy<Value = String> + Clone {
    select(ODD_DATES).prop_map(str::to_owned)
}

fn odd_value(
    text: impl Strategy<Value = String> + Clone + 'static,
) -> impl Strategy<Value = Value> {
    prop_oneof![
        20 => text.clone().prop_map(Value::String),
        1 => Just(Value::Null),
        1 => Just(json!(2015)),
        1 => Just(json!(true)),
        1 => text.prop_map(|id| json!({ "id": id, "name": "Inline" })),
        1 => Just(json!(["a", "b"])),
    ]
}

/// An object with some of these members.
fn object(members: Vec<(&'static str, BoxedStrategy<Value>)>) -> impl Strategy<Value = Value> {
    let members: Vec<_> = members
        .into_iter()
        .map(|(name, value)| {
            let value = proptest::option::weighted(0.85, value);
            value.prop_map(move |value| value.map(|value| (name.to_owned(), value)))
        })
        .collect();
    members.prop_map(|members| Value::Object(members.into_iter().flatten().collect::<Map<_, _>>()))
}

fn popolo() -> impl Strategy<Value = String> {
    let text = || odd_value(odd_text()).boxed();
    let id = || {
        odd_value(select(&["a", "b", "c", "a\u{200b}", "--yes"][..]).prop_map(str::to_owned))
            .boxed()
    };
    let period = || odd_value(select(&["t", "u", "v"][..]).prop_map(str::to_owned)).boxed();
    let place = || odd_value(select(&["house", "o", "p"][..]).prop_map(str::to_owned)).boxed();
    let role = || {
        odd_value(select(&["member", "Member", "", "chair"][..]).prop_map(str::to_owned)).boxed()
    };
    let kind = || {
        odd_value(
            select(&["legislature", "riksdag", "party", "legislative period"][..])
                .prop_map(str::to_owned),
        )
        .boxed()
    };
    let date = || odd_value(odd_date()).boxed();
    let several = |one: BoxedStrategy<Value>, most| proptest::collection::vec(one, 0..most);
    let persons = object(vec![
        ("id", id()),
        ("name", text()),
        ("given_name", text()),
        ("family_name", text()),
        ("sort_name", text()),
        ("email", text()),
        ("birth_date", date()),
        ("other_names", text()),
    ]);
    let memberships = object(vec![
        ("person_id", id()),
        ("organization_id", place()),
        ("role", role()),
        ("legislative_period_id", period()),
        ("area_id", text()),
        ("on_behalf_of_id", text()),
        ("start_date", date()),
        ("end_date", date()),
    ]);
    let organizations = object(vec![
        ("id", place()),
        ("classification", kind()),
        ("name", text()),
    ]);
    let events = object(vec![
        ("id", period()),
        ("classification", kind()),
        ("name", text()),
        ("start_date", date()),
        ("end_date", date()),
    ]);
    (
        several(persons.boxed(), 5),
        several(memberships.boxed(), 8),
        several(organizations.boxed(), 4),
        several(events.boxed(), 4),
    )
        .prop_map(|(persons, memberships, organizations, events)| {
            json!({
                "persons": persons,
                "memberships": memberships,
                "organizations": organizations,
                "events": events,
            })
            .to_string()
        })
}

fn table() -> impl Strategy<Value = String> {
    let line = (
        select(&["a", "b", "c", "", "--yes", "a\u{200b}"][..]).prop_map(str::to_owned),
        proptest::collection::vec(odd_text(), 4),
        proptest::collection::vec(odd_date(), 3),
        select(&["", "1", "2"][..]),
        0_usize..12,
    );
    let lines = proptest::collection::vec(line, 0..8);
    (lines, select(&[",", ";", "\t"][..])).prop_map(|(lines, separator)| {
        let header = [
            "id",
            "name",
            "group",
            "party",
            "email",
            "start",
            "end_date",
            "birth_date",
            "term",
        ];
        let mut table = header.join(separator) + "\n";
        for (id, texts, dates, term, cells) in lines {
            let cell = |text: &String| format!("\"{}\"", text.replace('"', "\"\""));
            let mut line = vec![id];
            line.extend(texts.iter().map(cell));
            line.extend(dates);
            line.push(term.to_owned());
            // Now and then a cell is missing or one too many.
            match cells {
                0 => drop(line.pop()),
                1 => line.push("x".to_owned()),
                _ => {}
            }
            table += &(line.join(separator) + "\n");
        }
        table
    })
}

/// Imports a file twice, and holds the result against what every import promises.
pub(super) fn twice(register: &mut Register, file: &str) {
    let zone = TimeZone::UTC;
    let options = ImportOptions::new("house", &zone, AS_OF.parse().unwrap());
    let Ok(first) = import(register, file.as_bytes(), &options) else {
        return;
    };
    let report = &first.report;
    assert_eq!(report.imported + report.refused, report.rows);
    assert_eq!(report.problems.len(), report.refused);
    assert!(
        report
            .problems
            .iter()
            .all(|problem| !problem.message.is_empty())
    );
    first.changes.apply(register);
    let again = import(register, file.as_bytes(), &options).unwrap();
    assert!(again.changes.is_empty(), "{:?}", again.changes);
    assert_eq!(again.report.imported, again.report.unchanged);
    assert_eq!(again.report.problems, report.problems);
    for mandate in register.mandates.values() {
        let member = &register.members[&mandate.member];
        let name = &member.name;
        let parts = [&name.family, &name.given, &name.native, &member.email];
        let places = [&mandate.constituency, &mandate.group];
        let places = places.into_iter().flatten();
        let shown = [&name.display, &mandate.chamber, &mandate.term]
            .into_iter()
            .chain(parts.into_iter().flatten())
            .chain(places.flat_map(|named| [&named.id, &named.name]));
        for text in shown {
            assert!(is_displayable(text), "{text:?}");
        }
        let ends = mandate.end.map(|end| end.ends(&zone));
        assert!(ends.is_none_or(|end| mandate.start.begins(&zone) < end));
        let ids = [&mandate.member, &mandate.term];
        assert!(ids.into_iter().all(|id| !id.starts_with("--")));
    }
}

proptest! {
    #[test]
    fn popolo_documents_of_random_parts(files in proptest::collection::vec(popolo(), 1..4)) {
        let mut register = Register::default();
        for file in &files {
            twice(&mut register, file);
        }
    }

    #[test]
    fn tables_of_random_parts(files in proptest::collection::vec(table(), 1..4)) {
        let mut register = Register::default();
        for file in &files {
            twice(&mut register, file);
        }
    }

    #[test]
    fn one_after_the_other(document in popolo(), table in table()) {
        let mut register = Register::default();
        twice(&mut register, &table);
        twice(&mut register, &document);
        twice(&mut register, &table);
    }

    #[test]
    fn junk(junk in "\\PC{0,200}", lines in "(id,name|[a-z\",;\n\u{0}-\u{7f}]){0,40}") {
        twice(&mut Register::default(), &junk);
        twice(&mut Register::default(), &format!("id,name\n{lines}"));
    }
}
