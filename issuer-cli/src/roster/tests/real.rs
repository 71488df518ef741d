//! The rosters of real parliaments.

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
