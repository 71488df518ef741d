//! The day of each real parliament whose roster is at hand.

#[test]
fn every_parliament_lives_through_its_day() {
    let Some(folder) = testkit::data("popolo") else {
        return;
    };
    let mut seen = 0;
    for entry in fs_err::read_dir(folder).unwrap() {
        let roster = entry.unwrap().path();
        let out = tempfile::tempdir().unwrap();
        let (figures, wrong) = examples::day::run(&roster, &out.path().join("day"), None).unwrap();
        assert!(
            wrong.is_empty(),
            "{}: {:?}",
            roster.display(),
            &wrong[..wrong.len().min(3)]
        );
        assert!(
            figures["sitting"].as_u64().unwrap() > 0,
            "{}",
            roster.display()
        );
        seen += 1;
    }
    assert_eq!(seen, 24);
}

#[test]
fn the_fictional_parliament_lives_through_its_day() {
    let roster = std::path::Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/parliament/lower-house.csv"
    ));
    let out = tempfile::tempdir().unwrap();
    let (figures, wrong) = examples::day::run(roster, &out.path().join("day"), None).unwrap();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert_eq!(
        (figures["rows"].as_u64(), figures["valid"].as_u64()),
        (Some(6), Some(6))
    );
}
