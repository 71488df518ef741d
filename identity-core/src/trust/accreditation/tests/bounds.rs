//! What officers may just sign, and what is one step too far.

use super::*;

fn refusal<T>(document: Result<T, AccreditationError>) -> Option<Code> {
    document.err().map(|error| error.code())
}

const MALFORMED: Option<Code> = Some(Code::AccreditationMalformed);

/// A parliament with the change, as an accreditation would have it.
fn described(change: impl Fn(&mut Parliament)) -> Option<Code> {
    let mut parliament = parliament();
    change(&mut parliament);
    let draft = StatementDraft {
        body: Body::Accredits(parliament),
        ..accredits("2026-03-01T00:00:00Z")
    };
    refusal(draft.document())
}

fn texts(many: usize) -> Vec<String> {
    (0..many).map(|n| format!("XX-{n}")).collect()
}

#[test]
fn what_a_parliament_has_is_counted() {
    type Of = fn(&mut Parliament, usize);
    let names: Of = |p, many| {
        p.name = (0..many)
            .map(|n| (format!("x{n}"), "A".to_owned()))
            .collect();
    };
    let chambers: Of = |p, many| p.chambers.extend(texts(many - 2));
    let domains: Of = |p, many| p.domains = texts(many);
    let grants: Of = |p, many| {
        p.accredited_for = (0..many).map(|n| grant(&format!("T{n}"), 1)).collect();
    };
    for (at, change) in [names, chambers, domains, grants].into_iter().enumerate() {
        for (many, code) in [(64, None), (65, MALFORMED)] {
            assert_eq!(described(|p| change(p, many)), code, "{at}: {many}");
        }
    }
    let days = |days| described(|p| p.accredited_for[0].max_validity_days = days);
    assert_eq!(
        [0, 1, 36_600, 36_601].map(days),
        [MALFORMED, None, None, MALFORMED]
    );
    let approvals = |many| described(|p| p.accredited_for[0].approvals = many);
    assert_eq!([0, 1, 32, 33].map(approvals), [None, None, None, MALFORMED]);
    let none = |p: &mut Parliament| p.accredited_for[0].chambers.clear();
    let twice = |p: &mut Parliament| p.accredited_for[0].chambers = vec!["XX-LC".to_owned(); 2];
    let unnamed = |p: &mut Parliament| p.accredited_for[0].kind.clear();
    assert_eq!([described(none), described(twice)], [MALFORMED; 2]);
    assert_eq!(described(unnamed), MALFORMED);
}

/// Whoever does not count approvals writes nothing of them: so it was signed before there were any.
#[test]
fn approvals_that_nobody_wants_are_not_written() {
    let written = |approvals| {
        let grant = Grant {
            approvals,
            ..grant("MemberMandate", 1)
        };
        serde_json::to_value(grant)
            .unwrap()
            .get("approvals")
            .cloned()
    };
    assert_eq!(written(0), None);
    assert_eq!(written(2), Some(2.into()));
}

#[test]
fn a_list_is_in_order() {
    let second = StatementDraft {
        recorded: instant("2026-06-01T00:00:00Z"),
        ..accredits("2026-07-01T00:00:00Z")
    };
    let drafts = [accredits("2026-03-01T00:00:00Z"), second];
    let statements = drafts.map(|draft| statement(&draft, &[1, 2, 3]).unwrap());
    let good = compile(header(), &statements).unwrap();
    let change = |change: &dyn Fn(&mut ListDraft)| {
        let mut draft = good.clone();
        change(&mut draft);
        refusal(draft.document())
    };
    let rights: [&dyn Fn(&mut ListDraft); 4] = [
        &|_| (),
        &|l| l.expires = l.next_update,
        &|l| l.seq = (1 << 53) - 1,
        &|l| l.parliaments.clear(),
    ];
    for (at, right) in rights.into_iter().enumerate() {
        assert_eq!(change(right), None, "{at}");
    }
    let wrongs: [&dyn Fn(&mut ListDraft); 6] = [
        &|l| l.name.clear(),
        &|l| l.next_update = l.issued_at,
        &|l| l.expires = l.issued_at,
        &|l| l.seq = u64::MAX,
        &|l| l.parliaments[0].versions.reverse(),
        &|l| l.parliaments[0].versions[1].parliament.country.clear(),
    ];
    for (at, wrong) in wrongs.into_iter().enumerate() {
        assert_eq!(change(wrong), MALFORMED, "{at}");
    }
    // As many as there are states in the world, and many more; not as many as one likes.
    for (many, code) in [(65_536, false), (65_537, true)] {
        let mut crowd = good.clone();
        crowd.parliaments = vec![good.parliaments[0].clone(); many];
        let refused = crowd.document().unwrap_err().to_string();
        assert_eq!(refused.contains("65,536"), code, "{many}: {refused}");
    }
}

#[test]
fn a_list_says_whose_it_is() {
    let statements = [statement(&accredits("2026-03-01T00:00:00Z"), &[1, 2, 3]).unwrap()];
    let document = compile(header(), &statements).unwrap().document().unwrap();
    let budget = &mut Budget::presentation();
    let list = TrustList::verify(&by(document, &[1, 2, 3]), &did(IPU), &ipu(), budget).unwrap();
    assert_eq!((list.claimed_name(), list.policy_version()), ("Union", 1));
    let second = PolicyDraft {
        version: 2,
        ..policy(IPU, &[1, 2, 3, 4, 5], 3)
    };
    let first = (policy(IPU, &[1, 2, 3, 4, 5], 3), &[IPU, 1, 2, 3][..]);
    let chain = chain_of(IPU, &[first, (second, &[1, 2, 3])]);
    let later = Header {
        policy_version: 2,
        ..header()
    };
    let document = compile(later, &statements).unwrap().document().unwrap();
    let list = TrustList::verify(&by(document, &[1, 2, 3]), &did(IPU), &chain, budget).unwrap();
    assert_eq!(list.policy_version(), 2);
}

#[test]
fn a_change_of_state_has_no_end_and_a_reason_that_can_be_shown() {
    let said = |change: &dyn Fn(&mut StatementDraft)| {
        let at = "2026-06-01T00:00:00Z";
        let mut draft = becomes(State::Suspended, at, at);
        change(&mut draft);
        refusal(draft.document())
    };
    let why = |why: &str| {
        said(&|draft| {
            if let Body::Changes { reason, .. } = &mut draft.body {
                *reason = Some(why.to_owned());
            }
        })
    };
    assert_eq!([said(&|_| ()), why("court-order")], [None, None]);
    assert_eq!([why(""), why("a\u{202e}b")], [MALFORMED; 2]);
    let ends = |draft: &mut StatementDraft| draft.until = Some(instant("2026-07-01T00:00:00Z"));
    assert_eq!(said(&ends), MALFORMED);
}

/// The credential around a statement, member by member.
#[test]
fn a_statement_of_another_make_is_not_read() {
    let good = StatementDraft {
        until: Some(instant("2026-03-02T00:00:00Z")),
        ..accredits("2026-03-01T00:00:00Z")
    };
    let document = good.document().unwrap();
    assert_eq!(StatementDraft::read(&document).as_ref(), Ok(&good));
    let context = |texts: &[&str]| Value::array(texts.iter().map(|text| (*text).to_owned()));
    let mut terms = document.get("termsOfUse").unwrap().clone().into_owned();
    if let Value::Object(terms) = &mut terms {
        terms.insert("type", "AnotherPolicy".into());
    }
    let first = document.get("@context").and_then(Value::as_array).unwrap()[0].as_str();
    let wrongs = [
        (
            "@context",
            context(&[first.unwrap(), "https://other.example"]),
        ),
        ("type", context(&["Other", "ParliamentAccreditation"])),
        ("termsOfUse", terms),
        ("validUntil", "2026-03-01T00:00:00Z".into()),
        ("validUntil", "2026-02-28T00:00:00Z".into()),
    ];
    for (name, value) in wrongs {
        let mut changed = document.clone();
        changed.insert(name, value);
        assert_eq!(refusal(StatementDraft::read(&changed)), MALFORMED, "{name}");
    }
}

#[test]
fn what_was_granted_is_found_by_its_type() {
    let mut parliament = parliament();
    parliament.accredited_for = vec![grant("T1", 1), grant("T2", 2)];
    let second = parliament.grant("T2").unwrap();
    assert_eq!(*second, parliament.accredited_for[1]);
    assert_eq!(parliament.grant("T3"), None);
}
