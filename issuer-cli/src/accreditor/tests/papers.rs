//! What is recorded, and what is not.

use super::*;

fn refused(archive: &mut Archive, papers: Vec<Paper>, verb: &str, now: Instant) -> &'static str {
    archive.record(papers, verb, now).unwrap_err().code
}

#[test]
fn nothing_is_done_before_the_officers_have_signed_their_policy() {
    let folder = tempfile::tempdir().unwrap();
    let policy = begun(folder.path());
    let mut archive = Archive::open(folder.path(), day(1)).unwrap();
    let prepared = archive.prepare_accreditation(parliament(20), (None, None), day(1));
    assert_eq!(prepared.unwrap_err().code, "accreditor.not_founded");
    assert_eq!(archive.pending().unwrap().len(), 1);
    let verb = "officers record";
    let codes = [
        (signed(&policy, &[1, 2]), "policy.too_few"),
        (signed(&policy, &[1, 2, 2]), "policy.too_few"),
        (signed(&policy, &[1, 2, 3, 9]), "policy.stranger"),
    ];
    for (papers, code) in codes {
        assert_eq!(refused(&mut archive, papers, verb, day(1)), code);
    }
    let papers = signed(&policy, &[1, 2, 3]);
    archive.record(papers.clone(), verb, day(1)).unwrap();
    assert_eq!(
        refused(&mut archive, papers, verb, day(1)),
        "accreditor.recorded_already"
    );
    assert!(archive.pending().unwrap().is_empty());
}

#[test]
fn a_home_is_made_once_and_not_over_an_issuer() {
    let folder = tempfile::tempdir().unwrap();
    begun(folder.path());
    let officers = [1, 2].map(card);
    let passphrase = passphrase();
    let mut founding = Founding {
        name: "Union".to_owned(),
        place: Place::Key,
        officers: &officers,
        threshold: 3,
        passphrase: &passphrase,
    };
    let again = found(folder.path(), &founding, day(1), &mut Steps(0)).unwrap_err();
    assert_eq!(again.code, "accreditor.exists");
    let other = tempfile::tempdir().unwrap();
    let unreachable = found(other.path(), &founding, day(1), &mut Steps(0)).unwrap_err();
    assert_eq!(unreachable.code, "policy.malformed");
    assert_eq!(std::fs::read_dir(other.path()).unwrap().count(), 0);
    std::fs::write(other.path().join("issuer.json"), "{}").unwrap();
    founding.threshold = 2;
    let issuer = found(other.path(), &founding, day(1), &mut Steps(0)).unwrap_err();
    assert_eq!(issuer.code, "accreditor.exists");
}

#[test]
fn a_statement_takes_enough_officers_and_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = union(folder.path());
    let paper = archive
        .prepare_accreditation(parliament(20), (None, None), day(2))
        .unwrap();
    let codes: [(&[u8], &str); 3] = [
        (&[1, 2], "accreditation.too_few"),
        (&[1, 1, 1], "accreditation.too_few"),
        (&[1, 2, 3, 9], "accreditation.stranger"),
    ];
    for (seeds, code) in codes {
        assert_eq!(
            refused(&mut archive, signed(&paper, seeds), "accredit", day(2)),
            code
        );
    }
    let unsigned = refused(&mut archive, vec![paper.clone()], "accredit", day(2));
    assert_eq!(unsigned, "accreditation.too_few");
    let none = refused(&mut archive, Vec::new(), "accredit", day(2));
    assert_eq!(none, "accreditor.paper_malformed");
    assert!(archive.statements.is_empty());
    // Signed one after the other in one file, or each in a copy: it is the same.
    let chain = [1, 2].iter().fold(paper.clone(), |paper, seed| {
        paper.sign(&key(*seed), day(2).timestamp()).unwrap()
    });
    let mut copies = signed(&paper, &[3]);
    copies.push(chain);
    let recorded = archive.record(copies, "accredit", day(2)).unwrap();
    assert_eq!(recorded.signers.len(), 3);
    assert_eq!(
        Archive::open(folder.path(), day(2))
            .unwrap()
            .statements
            .len(),
        1
    );
    // With other signatures it is the same statement still.
    let again = refused(&mut archive, signed(&paper, &[3, 4, 5]), "accredit", day(2));
    assert_eq!(again, "accreditor.recorded_already");
}

#[test]
fn copies_that_say_different_things_are_not_merged() {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = union(folder.path());
    let prepare = |seed| {
        archive
            .prepare_accreditation(parliament(seed), (None, None), day(2))
            .unwrap()
    };
    let mut papers = signed(&prepare(20), &[1, 2]);
    papers.extend(signed(&prepare(21), &[3]));
    let code = refused(&mut archive, papers, "accredit", day(2));
    assert_eq!(code, "accreditor.copies_differ");
}

#[test]
fn merging_does_not_depend_on_who_came_first() {
    let folder = tempfile::tempdir().unwrap();
    let archive = union(folder.path());
    let paper = archive
        .prepare_accreditation(parliament(20), (None, None), day(2))
        .unwrap();
    let mut copies = signed(&paper, &[1, 2, 3]);
    let here = Paper::merge(copies.clone()).unwrap().to_bytes();
    copies.reverse();
    copies.push(copies[0].clone());
    assert_eq!(Paper::merge(copies).unwrap().to_bytes(), here);
    let read = Paper::read(&here).unwrap();
    assert_eq!(read.claimed_signers().len(), 3);
    assert_eq!(read.id(), paper.id());
    for wrong in [&b"[]"[..], b"{}", b"{\"schema\":\"mandate.other/1\"}", b""] {
        assert_eq!(
            Paper::read(wrong).unwrap_err().code,
            "accreditor.paper_malformed"
        );
    }
}

#[test]
fn a_verb_records_its_own_kind_only() {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = union(folder.path());
    accredit(&mut archive, 20, day(2));
    let states = [
        (State::Suspended, "suspend"),
        (State::Active, "reinstate"),
        (State::Dissolved, "dissolve"),
        (State::KeyCompromised, "compromised"),
        (State::Withdrawn, "withdraw"),
    ];
    for (state, verb) in states {
        let papers = signed(&change(&archive, 20, state, day(3)), &[1, 2, 3]);
        let other = refused(&mut archive, papers.clone(), "accredit", day(3));
        assert_eq!(other, "accreditor.other_paper");
        archive.record(papers, verb, day(3)).unwrap();
    }
    let order = StateOrder {
        parliament: did_of(29),
        state: State::Suspended,
        from: None,
        reason: None,
        decision: None,
    };
    let unknown = archive.prepare_state(order, day(3)).unwrap_err();
    assert_eq!(unknown.code, "accreditor.unknown_parliament");
}

#[test]
fn what_was_signed_long_ago_or_under_other_officers_is_not_brought_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = union(folder.path());
    accredit(&mut archive, 20, day(2));
    let papers = signed(&change(&archive, 20, State::Withdrawn, day(3)), &[1, 2, 3]);
    let month = at("2026-04-20T12:00:00Z");
    let code = refused(&mut archive, papers.clone(), "withdraw", month);
    assert_eq!(code, "accreditor.outdated");
    let code = refused(&mut archive, papers.clone(), "withdraw", day(2));
    assert_eq!(code, "accreditor.ahead");
    let change = OfficerChange {
        threshold: Some(2),
        ..OfficerChange::default()
    };
    let policy = archive
        .prepare_policy(&change, day(4), &mut Steps(0))
        .unwrap();
    let policy = signed(&policy, &[1, 2, 3]);
    archive.record(policy, "officers record", day(4)).unwrap();
    let code = refused(&mut archive, papers, "withdraw", day(4));
    assert_eq!(code, "accreditor.outdated");
}

#[test]
fn a_policy_does_not_take_away_what_was_recorded_since_it_was_drawn_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = union(folder.path());
    let change = OfficerChange {
        threshold: Some(2),
        ..OfficerChange::default()
    };
    let policy = archive
        .prepare_policy(&change, day(2), &mut Steps(0))
        .unwrap();
    accredit(&mut archive, 20, day(3));
    let code = refused(
        &mut archive,
        signed(&policy, &[1, 2, 3]),
        "officers record",
        day(3),
    );
    assert_eq!(code, "accreditor.outdated");
    // Drawn up within one second of a statement it begins after it.
    let policy = archive
        .prepare_policy(&change, day(3), &mut Steps(0))
        .unwrap();
    let policy = signed(&policy, &[1, 2, 3]);
    archive.record(policy, "officers record", day(3)).unwrap();
    assert!(Archive::open(folder.path(), day(3)).is_ok());
}

#[test]
fn a_list_that_no_statements_compile_into_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = union(folder.path());
    accredit(&mut archive, 20, day(2));
    let due = archive
        .due_list(&Spans::default(), day(2))
        .unwrap()
        .unwrap();
    // Recorded since, and drawn up before.
    accredit(&mut archive, 21, day(2));
    let papers = signed(&due.paper, &[1, 2, 3]);
    let code = refused(&mut archive, papers, "publish", day(2));
    assert_eq!(code, "accreditor.list_differs");
    let Says::List(mut draft) = due.paper.says().clone() else {
        panic!("no list")
    };
    draft.parliaments[0].versions[0].parliament.accredited_for[0].max_validity_days = 3660;
    let wider = Paper::new(draft.document().unwrap()).unwrap();
    let code = refused(&mut archive, signed(&wider, &[1, 2, 3]), "publish", day(2));
    assert_eq!(code, "accreditor.list_differs");
}
