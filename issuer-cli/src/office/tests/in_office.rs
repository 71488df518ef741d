//! Who gets an in-office statement, and how long it may be believed.

use identity_core::trust::in_office::Statement;

use super::*;

const TODAY: &str = "2026-02-01T12:00:00Z";
const TOMORROW: &str = "2026-02-02T12:00:00Z";

fn stated(office: &mut Office<MemoryStore>, now: &str) -> Vec<InOffice> {
    office.state_in_office(None, at(now)).unwrap()
}

fn until(office: &mut Office<MemoryStore>, now: &str) -> Option<Instant> {
    let stated = stated(office, now);
    assert!(stated.len() < 2);
    stated.first().map(|one| {
        let read = Statement::open(&one.text, &mut Budget::presentation()).unwrap();
        assert_eq!(read.expires(), one.expires);
        assert_eq!(read.issued_at(), at(now));
        one.expires
    })
}

#[test]
fn who_sits_with_a_valid_credential_gets_a_day() {
    let (mut office, ana) = with_ana(at(TODAY));
    let one = stated(&mut office, TODAY).remove(0);
    assert_eq!((one.member.as_str(), &one.credential), ("a", &ana.id));
    assert_eq!(one.expires, at(TOMORROW));
    // No credential yet.
    assert_eq!(stated(&mut with_a_seat(at(TODAY)), TODAY), []);
}

#[test]
fn who_is_suspended_revoked_or_out_of_office_gets_none() {
    type Meanwhile = fn(&mut Office<MemoryStore>, &CredentialRecord);
    let cases: [Meanwhile; 4] = [
        |office, ana| {
            office.suspend(&ana.id, at(TODAY)).unwrap();
        },
        |office, ana| {
            let why = (Reason::Superseded, None);
            office.revoke(&ana.id, at(TODAY), why, at(TODAY)).unwrap();
        },
        |office, _| {
            let why = (Reason::Resignation, None);
            office.end_mandate("a", at(TODAY), why, at(TODAY)).unwrap();
        },
        |office, _| {
            office
                .end_term("current", at(TODAY), (&[], None), at(TODAY))
                .unwrap();
        },
    ];
    for meanwhile in cases {
        let (mut office, ana) = with_ana(at(TODAY));
        meanwhile(&mut office, &ana);
        assert_eq!(stated(&mut office, TODAY), []);
        let named = office.state_in_office(Some(&["a".to_owned()]), at(TODAY));
        let code = named.unwrap_err().code;
        assert!(
            ["credential.state", "mandate.not_sitting"].contains(&code),
            "{code}"
        );
    }
}

#[test]
fn a_statement_ends_with_what_is_known_to_end_sooner() {
    let soon = "2026-02-01T18:00:00Z";
    let (mut office, _) = with_ana(at(TODAY));
    let why = (Reason::Resignation, None);
    office.end_mandate("a", at(soon), why, at(TODAY)).unwrap();
    assert_eq!(until(&mut office, TODAY), Some(at(soon)));
    let (mut office, ana) = with_ana(at(TODAY));
    let why = (Reason::Superseded, None);
    office.revoke(&ana.id, at(soon), why, at(TODAY)).unwrap();
    assert_eq!(until(&mut office, TODAY), Some(at(soon)));
    let (mut office, _) = with_ana(at(TODAY));
    office
        .end_term("current", at(soon), (&[], None), at(TODAY))
        .unwrap();
    assert_eq!(until(&mut office, TODAY), Some(at(soon)));
    // Those who go on after the term do not end with it, nor does one whose end was annulled.
    let (mut office, _) = with_ana(at(TODAY));
    let except = ["a".to_owned()];
    office
        .end_term("current", at(soon), (&except, None), at(TODAY))
        .unwrap();
    assert_eq!(until(&mut office, TODAY), Some(at(TOMORROW)));
    let (mut office, mut ana) = with_ana(at(TODAY));
    ana.valid_until = at(soon);
    let mut batch = Batch::default();
    batch
        .put(crate::store::Family::Credentials, &ana.id, &ana)
        .unwrap();
    office.store.write(batch).unwrap();
    assert_eq!(until(&mut office, TODAY), Some(at(soon)));
    assert_eq!(until(&mut office, soon), None);
}

#[test]
fn members_may_be_named_and_must_be_known() {
    let (mut office, _) = with_ana(at(TODAY));
    let named = |office: &mut Office<_>, id: &str| {
        office.state_in_office(Some(&[id.to_owned()]), at(TODAY))
    };
    assert_eq!(named(&mut office, "a").unwrap().len(), 1);
    assert_eq!(named(&mut office, "b").unwrap_err().code, "member.unknown");
}
