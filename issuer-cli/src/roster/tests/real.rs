//! The rosters of real parliaments, as they are and as they might have been mistyped.

use serde_json::{Value, json};

use super::random::twice;
use super::*;

#[test]
fn every_roster_is_taken_and_a_second_import_changes_nothing() {
    let Some(folder) = testkit::data("popolo") else {
        return;
    };
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let as_of = "2016-06-01T12:00:00Z".parse().unwrap();
    let options = ImportOptions::new("house", &zone, as_of);
    let mut seen = 0;
    for entry in fs_err::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let file = fs_err::read(&path).unwrap();
        let mut register = Register::default();
        let first = import(&register, &file, &options).unwrap();
        let report = &first.report;
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        println!(
            "{name}: {} rows, {} refused, {} mandates, {} sitting",
            report.rows,
            report.refused,
            first.changes.mandates.len(),
            report.sitting
        );
        for problem in &report.problems {
            println!("  {problem:?}");
        }
        assert_eq!(report.imported + report.refused, report.rows, "{name}");
        assert!(report.refused * 50 <= report.rows * 2, "{name}: {report:?}");
        assert_eq!(
            (report.unchanged, report.changed.len(), report.left.len()),
            (0, 0, 0)
        );
        first.changes.apply(&mut register);
        assert_eq!(
            register.sitting(&zone, as_of).count(),
            report.sitting,
            "{name}"
        );

        let second = import(&register, &file, &options).unwrap();
        assert!(second.changes.is_empty(), "{name}");
        assert_eq!(second.report.unchanged, second.report.imported, "{name}");
        assert_eq!(second.report.imported, report.imported, "{name}");
        assert_eq!(second.report.problems, report.problems, "{name}");
        assert!(
            second.report.new.is_empty() && second.report.left.is_empty(),
            "{name}"
        );
        seen += 1;
    }
    assert_eq!(seen, 24);
}

/// Numbers that look random and are the same every time (Marsaglia's xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % n.max(1)
    }
}

/// Takes a member of an entry away, shortens it, or puts something odd in its place.
fn mistype(entry: &mut Value, dice: &mut Dice) {
    let odd = [
        json!(null),
        json!(17),
        json!(true),
        json!(["a", "b"]),
        json!({ "id": "inline", "name": "Inline" }),
        json!(""),
        json!("2015-00-00"),
        json!("2015-02-30"),
        json!("9999-12-31"),
        json!("2014"),
        json!("2099-01"),
        json!("n/a"),
        json!("a\u{200b}b"),
        json!("\u{202e}abc"),
        json!("--yes"),
        json!("x".repeat(600)),
    ];
    let Some(members) = entry.as_object_mut().filter(|members| !members.is_empty()) else {
        return;
    };
    let name = members
        .keys()
        .nth(dice.below(members.len()))
        .unwrap()
        .clone();
    match dice.below(8) {
        0 | 1 => drop(members.remove(&name)),
        2 => {
            let mut shorter = members[&name].as_str().unwrap_or_default().to_owned();
            shorter.pop();
            members[&name] = shorter.into();
        }
        3 => drop(members.insert("end_date".to_owned(), odd[dice.below(odd.len())].clone())),
        _ => members[&name] = odd[dice.below(odd.len())].clone(),
    }
}

#[test]
fn a_mistyped_roster_loses_no_row_and_is_taken_once() {
    let Some(folder) = testkit::data("popolo") else {
        return;
    };
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut paths: Vec<_> = fs_err::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    // The three largest would only take longer.
    paths.retain(|path| fs_err::metadata(path).unwrap().len() < 1 << 20);
    assert!(paths.len() > 15);
    for path in paths {
        let document: Value = serde_json::from_slice(&fs_err::read(&path).unwrap()).unwrap();
        let mut register = Register::default();
        for rarely in [40, 4] {
            let mut mistyped = document.clone();
            for list in ["persons", "memberships", "events", "organizations", "areas"] {
                let entries = mistyped[list].as_array_mut();
                for entry in entries.into_iter().flatten() {
                    if dice.below(rarely) == 0 {
                        mistype(entry, &mut dice);
                    }
                }
            }
            twice(&mut register, &mistyped.to_string());
        }
    }
}
