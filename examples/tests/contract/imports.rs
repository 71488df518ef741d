//! Importing rosters: the difference comes first, and an import of nothing is a failure.

use crate::world::*;

#[test]
fn nothing_is_written_before_the_difference_is_out() {
    let Some(world) = World::new() else { return };
    let roster = "id,name,start_date\nm-900,Nova,2026-01-01\n";
    std::fs::write(world.place.path("more.csv"), roster).unwrap();
    let import = ["roster", "import", "more.csv"];
    for more in [&[][..], &["--format", "json"]] {
        let words = [&import[..], more].concat();
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
        let ran = world
            .place
            .command(&world.issuer, "issuer", &words)
            .stdout(full.unwrap())
            .output()
            .unwrap();
        assert_eq!(ran.status.code(), Some(1), "{ran:?}");
        world.issuer(&["roster", "show", "m-900"]).ends(1);
    }
    world.issuer(&import).ends(0);
    world.issuer(&["roster", "show", "m-900"]).ends(0);
}

#[test]
fn a_roster_of_which_nothing_was_taken_fails() {
    let Some(world) = World::new() else { return };
    for (name, roster, rows) in [
        (
            "bad.csv",
            "id,name,start_date\nm-1,Nova,yesterday\nm-2,Ada,2026-13\n",
            2,
        ),
        ("none.csv", "id,name,start_date\n", 0),
        ("none.json", "{\"persons\": [], \"memberships\": []}", 0),
    ] {
        std::fs::write(world.place.path(name), roster).unwrap();
        let before = world.issuer(&["audit", "export"]).ends(0).out;
        let ran = world.issuer(&["roster", "import", name]).ends(1);
        assert_eq!(ran.code(), "roster.nothing_taken", "{name}");
        let report = ran.json();
        assert_eq!(
            (&report["rows"], &report["refused"]),
            (&rows.into(), &rows.into())
        );
        assert_eq!(world.issuer(&["audit", "export"]).ends(0).out, before);
        // People read each refusal.
        let words = ["roster", "import", name];
        let people = world.place.run(&world.issuer, "issuer", &words).ends(1);
        assert_eq!(people.err.matches(") refused: ").count() > rows, rows > 0);
    }
    // One row is enough.
    let roster = "id,name,start_date\nm-1,Nova,yesterday\nm-2,Ada,2026-01\n";
    std::fs::write(world.place.path("half.csv"), roster).unwrap();
    let half = world.issuer(&["roster", "import", "half.csv"]).ends(0);
    assert_eq!(half.json()["problems"][0]["code"], "roster.date_invalid");
}

#[test]
fn commands_for_those_who_left_can_be_copied() {
    let Some(world) = World::new() else { return };
    let roster = "id,name,start_date\na b,Ada,2026-01-01\n-x9,Xenia,2026-01-01\n";
    std::fs::write(world.place.path("odd.csv"), roster).unwrap();
    world.issuer(&["roster", "import", "odd.csv"]).ends(0);
    let lower = concat!(env!("CARGO_MANIFEST_DIR"), "/parliament/lower-house.csv");
    let words = ["roster", "import", lower];
    let ran = world.place.run(&world.issuer, "issuer", &words).ends(0);
    let instant = instant(0);
    for id in ["a b", "-x9"] {
        let line = ran
            .out
            .lines()
            .find(|line| line.contains("mandate-issuer mandate end") && line.contains(id));
        let line = line.unwrap().split_once("if so: ").unwrap().1;
        let line = line.replace("INSTANT", &instant).replace("REASON", "death");
        let path = world.issuer.parent().unwrap().display().to_string();
        let flags = "--home issuer --passphrase-file pass --yes";
        let line = line.replacen(
            "mandate-issuer",
            &format!("{path}/mandate-issuer {flags}"),
            1,
        );
        let ran = std::process::Command::new("sh")
            .args(["-c", &line])
            .current_dir(world.place.folder.path())
            .output();
        let ran = Ran::from(ran.unwrap());
        assert_eq!(ran.exit, 0, "{line}\n{}", ran.err);
    }
}

#[test]
fn a_flag_with_a_slip_in_it_is_no_member() {
    let Some(world) = World::new() else { return };
    let roster = "id,name,start_date\n-x9,Xenia,2026-01-01\n--x8,Xaver,2026-01-01\n";
    std::fs::write(world.place.path("odd.csv"), roster).unwrap();
    let imported = world
        .issuer(&["roster", "import", "odd.csv"])
        .ends(0)
        .json();
    assert_eq!(imported["problems"][0]["code"], "roster.id_invalid");
    for words in [
        &["roster", "show", "--bogus"][..],
        &["mandate", "show", "--bogus"],
        &["enrol", "invite", "--bogus", "--out", "x"],
        &[
            "mandate",
            "end",
            "--bogus",
            "--at",
            &instant(0),
            "--reason",
            "death",
        ],
        &["roster", "show", "--x8"],
    ] {
        let ran = world.issuer(words).ends(2);
        assert_eq!(ran.code(), "usage.invalid", "{words:?}");
        assert!(ran.err.contains("put -- before it"), "{}", ran.err);
    }
    let shown = world.issuer(&["roster", "show", "-x9"]).ends(0).json();
    assert_eq!(shown["id"], "-x9");
    let words = ["--format", "json", "roster", "show", "--", "-x9"];
    let shown = world.place.run(&world.issuer, "issuer", &words).ends(0);
    assert_eq!(shown.json()["id"], "-x9");
}
