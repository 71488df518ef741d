//! Invitations, one-time codes, letters and what is issued for them.

use crate::world::*;

#[test]
fn a_code_is_used_once_by_one_member_for_one_issuer() {
    let Some(world) = World::new() else { return };
    world.enrol("m-001", "ana", "invite");
    let issue = |member: &str, enrolment: &str, out: &str| {
        world.issuer(&[
            "credential",
            "issue",
            member,
            "--enrolment",
            enrolment,
            "--out",
            out,
        ])
    };
    let other = issue("m-002", "ana.enrolment", "no.txt").ends(1);
    assert_eq!(other.code(), "enrolment.wrong_member");
    issue("m-001", "ana.enrolment", "a.txt").ends(0);
    issue("m-001", "ana.enrolment", "b.txt").ends(0);
    let read = |name: &str| std::fs::read(world.place.path(name)).unwrap();
    assert_eq!(read("a.txt"), read("b.txt"));
    // The same code in another wallet.
    world.wallet("thief", &["init"]).ends(0);
    world
        .wallet(
            "thief",
            &[
                "enrol",
                "--code-file",
                "ana.code",
                "--issuer",
                "issuer.json",
                "--out",
                "thief.enrolment",
            ],
        )
        .ends(0);
    assert_eq!(
        issue("m-001", "thief.enrolment", "no.txt").ends(1).code(),
        "enrolment.code_used"
    );
    // Another issuer's card.
    let init = [
        "init",
        "--name",
        "Other",
        "--chamber",
        "O",
        "--country",
        "YY",
    ];
    world.place.run(&world.issuer, "other", &init).ends(0);
    world
        .place
        .run(&world.issuer, "other", &["id", "--out", "other.json"])
        .ends(0);
    let mismatch = world
        .wallet(
            "thief",
            &[
                "enrol",
                "--code-file",
                "ana.code",
                "--issuer",
                "other.json",
                "--out",
                "x",
            ],
        )
        .ends(1);
    assert_eq!(mismatch.code(), "issuer.card_mismatch");
    // A credential of somebody else is not kept.
    assert_eq!(
        world
            .wallet("thief", &["credential", "add", "a.txt"])
            .ends(1)
            .code(),
        "credential.not_mine"
    );
    // Who has a credential is not invited again.
    let all = world
        .issuer(&["enrol", "invite", "--all", "--out", "all.jsonl"])
        .ends(0)
        .json();
    assert_eq!(all["invited"], 5);
}

#[test]
fn invitations_are_for_whom_issuing_would_succeed_and_letters_say_so() {
    let Some(world) = World::new() else { return };
    std::fs::write(
        world.place.path("more.csv"),
        "id,name,start_date,end_date\n\
         m-900,\"Gone <b>&\",2020-01-01,2024-01-01\n\
         m-901,\"Nova <b>&\",2026-01-01,\n",
    )
    .unwrap();
    world.issuer(&["roster", "import", "more.csv"]).ends(0);
    world.seat("m-001", "ana");
    let invite = [
        "enrol",
        "invite",
        "--all",
        "--out",
        "all.jsonl",
        "--letters",
        "letters",
    ];
    world.issuer(&invite).ends(0);
    let text = std::fs::read_to_string(world.place.path("all.jsonl")).unwrap();
    let lines: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let members: Vec<&str> = lines.iter().filter_map(|l| l["member"].as_str()).collect();
    // Not who has a credential, not who is gone.
    assert_eq!(
        members,
        ["m-002", "m-003", "m-004", "m-005", "m-006", "m-901"]
    );
    for line in &lines {
        for name in ["member", "name", "code", "expires", "issuer"] {
            assert!(line[name].is_string(), "{name}");
        }
        assert_eq!(line["issuer"], world.did());
    }
    let letter = world.place.path("letters/m-901.svg");
    let svg = std::fs::read_to_string(&letter).unwrap();
    assert!(svg.contains("Nova &lt;b&gt;&amp;"), "{svg}");
    assert!(svg.contains(lines[5]["code"].as_str().unwrap()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        for path in [letter, world.place.path("all.jsonl")] {
            let mode = std::fs::metadata(path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
    // The whole file is the secretariat's; a member has one line of it.
    world.wallet("mix", &["init"]).ends(0);
    let enrol = |file: &str| {
        world.wallet(
            "mix",
            &[
                "enrol",
                "--code-file",
                file,
                "--issuer",
                "issuer.json",
                "--out",
                "mix.enrolment",
            ],
        )
    };
    assert_eq!(enrol("all.jsonl").ends(1).code(), "enrolment.several_codes");
    let line = text.lines().nth(1).unwrap();
    std::fs::write(world.place.path("one.jsonl"), line).unwrap();
    enrol("one.jsonl").ends(0);
    let issue = |member: &str| {
        world.issuer(&[
            "credential",
            "issue",
            member,
            "--enrolment",
            "mix.enrolment",
            "--out",
            "mix.txt",
        ])
    };
    // A code that was taken back, and a member who has left.
    world.issuer(&["enrol", "cancel", "m-003"]).ends(0);
    assert_eq!(issue("m-003").ends(1).code(), "enrolment.code_cancelled");
    assert_eq!(
        world
            .issuer(&["enrol", "invite", "m-900", "--out", "x.jsonl"])
            .ends(1)
            .code(),
        "mandate.not_sitting"
    );
}

#[test]
fn a_batch_says_of_each_row_what_became_of_it() {
    let Some(world) = World::new() else { return };
    for (member, home) in [("m-001", "ana"), ("m-002", "bilal")] {
        world.enrol(member, home, "invite");
    }
    let enrolment = |home: &str| {
        let text = std::fs::read_to_string(world.place.path(&format!("{home}.enrolment"))).unwrap();
        text.trim().to_owned()
    };
    let row = |member: &str, enrolment: &str| {
        serde_json::json!({ "member": member, "enrolment": enrolment }).to_string()
    };
    let rows = [
        row("m-001", &enrolment("ana")),
        row("m-003", &enrolment("bilal")),
        "no JSON".to_owned(),
        row("m-002", "no.such.enrolment"),
        row("m-001", &enrolment("ana")),
    ];
    std::fs::write(world.place.path("rows.jsonl"), rows.join("\n")).unwrap();
    let batch = [
        "batch",
        "issue",
        "--enrolments",
        "rows.jsonl",
        "--out",
        "out",
    ];
    let report = world.issuer(&batch).json();
    assert_eq!(
        (report["rows"].as_u64(), report["issued"].as_u64()),
        (Some(5), Some(1))
    );
    assert_eq!(
        (report["failed"].as_u64(), report["issuedBefore"].as_u64()),
        (Some(3), Some(1))
    );
    let results = std::fs::read_to_string(world.place.path("out/results.jsonl")).unwrap();
    let results: Vec<serde_json::Value> = results
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(results[0]["credential"], results[4]["credential"]);
    assert_eq!(results[1]["error"]["code"], "enrolment.wrong_member");
    for at in [1, 2, 3] {
        assert!(results[at]["credential"].is_null(), "{}", results[at]);
    }
    let file = results[0]["file"].as_str().unwrap();
    let file = if world.place.path(file).exists() {
        file.to_owned()
    } else {
        format!("out/{file}")
    };
    world.wallet("ana", &["credential", "add", &file]).ends(0);
}

#[test]
fn a_file_of_another_kind_is_called_what_it_is() {
    let Some(world) = World::new() else { return };
    let invite = [
        "enrol",
        "invite",
        "m-001",
        "--out",
        "code",
        "--letters",
        "l",
    ];
    world.issuer(&invite).ends(0);
    world.wallet("ana", &["init"]).ends(0);
    let write = |name: &str, text: &str| std::fs::write(world.place.path(name), text).unwrap();
    write("words", "Dear member,\nplease come to room 12.\n");
    write("empty", "");
    write("other.json", "{\"hello\": 1}");
    let enrol = |code: &str, card: &str| {
        let words = ["enrol", "--code-file", code, "--issuer", card, "--out", "e"];
        world.wallet("ana", &words).ends(1)
    };
    for file in ["l/m-001.svg", "words", "empty", "other.json"] {
        let refused = enrol(file, "issuer.json");
        assert_eq!(refused.code(), "enrolment.no_code", "{file}");
        assert!(
            refused.err.contains("no code in this file"),
            "{}",
            refused.err
        );
    }
    write("mistyped", "AAAA-BBBB-1111-2222-3333-4444-5555-6666");
    assert_eq!(
        enrol("mistyped", "issuer.json").code(),
        "enrolment.code_mistyped"
    );
    let says = |refused: Ran, code: &str, sentence: &str| {
        assert_eq!(refused.code(), code);
        assert!(refused.err.contains(sentence), "{}", refused.err);
    };
    let card = enrol("code", "verifier.json");
    says(card, "card.malformed", "this is a verifier's card");
    let card = world.wallet("ana", &["verifier", "trust", "issuer.json"]);
    says(card.ends(1), "card.malformed", "this is an issuer's card");
    let issue = ["credential", "issue", "m-001", "--enrolment", "code"];
    let sentence = "this is an invitation, not an enrolment: the member enrols with it";
    says(
        world.issuer(&issue).ends(1),
        "enrolment.malformed",
        sentence,
    );
    let batch = ["batch", "issue", "--enrolments", "code", "--out", "out"];
    says(
        world.issuer(&batch).ends(1),
        "batch.nothing_issued",
        sentence,
    );

    let mut folder = std::process::Command::new(&world.wallet);
    folder.current_dir(world.place.folder.path()).args([
        "--home",
        "ana",
        "--passphrase-file",
        "l",
        "--format",
        "json",
        "id",
    ]);
    let folder = Ran::from(folder.output().unwrap()).ends(1);
    says(folder, "file.unreadable", "l is a folder");
    world.publish();
    let show = |path: &str| world.verifier(&["trust", "show", path]);
    assert_eq!(show("site").ends(0).json()["seq"], 1);
    says(
        show("l").ends(1),
        "file.unreadable",
        "without a bundle.json",
    );
}

#[test]
fn what_was_done_before_is_said_as_it_is() {
    let Some(world) = World::new() else { return };
    let people = |words: &[&str]| world.place.run(&world.issuer, "issuer", words).ends(0);
    let all = ["enrol", "invite", "--all", "--out", "all.jsonl"];
    let first = people(&all);
    assert!(!first.err.contains("already had"), "{}", first.err);
    assert!(first.err.contains("hand each over"), "{}", first.err);
    let again = people(&["enrol", "invite", "m-001", "--out", "one.jsonl"]);
    let note = "1 already had an open code, which still works";
    assert!(again.err.contains(note), "{}", again.err);

    world.enrol_all("enrolments.jsonl");
    let batch = [
        "batch",
        "issue",
        "--enrolments",
        "enrolments.jsonl",
        "--out",
        "out",
    ];
    people(&batch);
    let nobody = people(&all);
    assert!(nobody.out.contains("0 invited"), "{}", nobody.out);
    assert!(!nobody.err.contains("hand each over"), "{}", nobody.err);
    // The codes of before are nowhere else.
    assert!(nobody.err.contains("kept as all.jsonl.1"), "{}", nobody.err);
    let kept = std::fs::read_to_string(world.place.path("all.jsonl.1")).unwrap();
    assert_eq!(kept.lines().count(), 6);

    world.enrol("m-001", "again", "reinvite");
    let replace = [
        "credential",
        "replace",
        "m-001",
        "--enrolment",
        "again.enrolment",
    ];
    people(&[&replace[..], &["--yes", "--out", "c"]].concat());
    let id = world.credential("m-001");
    people(&["credential", "revoke", &id, "--reason", "court", "--yes"]);
    let issue = [
        "credential",
        "issue",
        "m-001",
        "--enrolment",
        "again.enrolment",
    ];
    let issued = people(&[&issue[..], &["--out", "d"]].concat());
    assert!(
        issued.out.contains("before, and revoked since"),
        "{}",
        issued.out
    );
    assert!(
        !issued.err.contains("not in force until published"),
        "{}",
        issued.err
    );
    let issued = people(&batch);
    assert!(
        issued
            .err
            .contains("1 of them were issued before, and revoked since"),
        "{}",
        issued.err
    );
}

#[test]
fn the_help_lists_what_can_be_given() {
    let Some(world) = World::new() else { return };
    let help = |program: &std::path::Path, words: &[&str]| {
        world
            .place
            .run(program, "x", &[words, &["--help"]].concat())
            .ends(0)
            .out
    };
    for words in [["credential", "revoke"], ["mandate", "end"]] {
        let help = help(&world.issuer, &words);
        for reason in [
            "death",
            "resignation",
            "court",
            "lost-seat",
            "compromise",
            "superseded",
            "issued-in-error",
        ] {
            assert!(help.contains(reason), "{reason}: {help}");
        }
    }
    let claims = help(&world.verifier, &["request", "create"]);
    let words: Vec<&str> = claims.split_whitespace().collect();
    assert!(
        words.join(" ").contains("may be given several times"),
        "{claims}"
    );
    for (program, home) in [
        (&world.issuer, "MANDATE_ISSUER_HOME"),
        (&world.wallet, "MANDATE_WALLET_HOME"),
        (&world.verifier, "MANDATE_VERIFIER_HOME"),
    ] {
        let help = help(program, &[]);
        assert!(
            help.contains(home) && help.contains("MANDATE_PASSPHRASE_FILE"),
            "{help}"
        );
    }
}
