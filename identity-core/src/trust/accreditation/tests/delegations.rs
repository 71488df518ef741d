use super::*;

fn delegation() -> DelegationDraft {
    DelegationDraft {
        parliament: did(PARLIAMENT),
        policy_version: 0,
        recorded: instant("2026-04-01T00:00:00Z"),
        unit: did(UNIT),
        name: [("en".to_owned(), "Pass office".to_owned())].into(),
        grants: vec![Grant {
            may_delegate: false,
            ..grant("StaffAccreditation", 365)
        }],
        from: instant("2026-04-01T00:00:00Z"),
        until: instant("2027-04-01T00:00:00Z"),
    }
}

fn by_the_did(draft: &DelegationDraft, seed: u8) -> Object<'static> {
    let signer = did(seed);
    let method = signer.with_fragment(signer.specific_id()).unwrap();
    let options = ProofOptions::new(
        Cryptosuite::EddsaJcs2022,
        method,
        did::Relationship::AssertionMethod,
        draft.recorded.timestamp(),
    );
    data_integrity::sign(draft.document().unwrap(), &options, &key(seed)).unwrap()
}

fn verify_delegation(
    document: &Object<'_>,
    officers: Option<&PolicyChain>,
) -> Result<Delegation, Code> {
    let authority = (officers, None);
    Delegation::verify(
        document,
        &did(PARLIAMENT),
        authority,
        None,
        &mut Budget::presentation(),
    )
    .map_err(|error| error.code())
}

#[test]
fn a_parliament_delegates_by_its_key_or_by_its_officers() {
    let draft = delegation();
    let document = by_the_did(&draft, PARLIAMENT);
    assert_eq!(verify_delegation(&document, None).unwrap().draft(), &draft);
    // Another's key, in the parliament's name: trust goes by the key.
    assert_eq!(
        verify_delegation(&by_the_did(&draft, 9), None),
        Err(Code::AccreditationStranger)
    );
    // Where there are officers, the key alone does not do.
    let chain = chain_of(
        PARLIAMENT,
        &[(policy(PARLIAMENT, &[1, 2, 3], 2), &[PARLIAMENT, 1, 2])],
    );
    let own = DelegationDraft {
        policy_version: 1,
        ..draft.clone()
    };
    assert_eq!(
        verify_delegation(&by_the_did(&own, PARLIAMENT), Some(&chain)),
        Err(Code::AccreditationStranger)
    );
    let officers = by(own.document().unwrap(), &[1, 2, 3]);
    assert!(verify_delegation(&officers, Some(&chain)).is_ok());
    // One prepares and two approve: with the threshold alone there was nobody else.
    for few in [&[1][..], &[1, 3]] {
        let few = by(own.document().unwrap(), few);
        assert_eq!(
            verify_delegation(&few, Some(&chain)),
            Err(Code::AccreditationTooFew)
        );
    }
    let foreign = DelegationDraft {
        parliament: did(9),
        ..draft
    };
    assert_eq!(
        verify_delegation(&by_the_did(&foreign, 9), None),
        Err(Code::AccreditationForeign)
    );
}

#[test]
fn a_unit_cannot_be_given_more_than_there_is() {
    let wide = grant("StaffAccreditation", 365);
    let narrow = Grant {
        may_delegate: false,
        ..wide.clone()
    };
    assert!(Delegation::is_within(&narrow, &wide));
    let wider = [
        Grant {
            max_validity_days: 366,
            ..narrow.clone()
        },
        Grant {
            chambers: vec!["XX-UC".to_owned()],
            ..narrow.clone()
        },
        Grant {
            kind: "MemberMandate".to_owned(),
            ..narrow.clone()
        },
        wide.clone(),
    ];
    for wider in wider {
        assert!(!Delegation::is_within(&wider, &wide), "{wider:?}");
    }
    let kept = Grant {
        may_delegate: false,
        ..wide.clone()
    };
    assert!(!Delegation::is_within(&narrow, &kept));
    let approved = Grant {
        approvals: 2,
        ..wide
    };
    assert!(!Delegation::is_within(&narrow, &approved));
    // And further than one step there is none.
    let mut further = delegation();
    further.grants[0].may_delegate = true;
    assert_eq!(
        further.document().unwrap_err().code(),
        Code::AccreditationMalformed
    );
    let own = DelegationDraft {
        unit: did(PARLIAMENT),
        ..delegation()
    };
    assert_eq!(
        own.document().unwrap_err().code(),
        Code::AccreditationMalformed
    );
}

#[test]
fn a_delegation_counts_until_it_is_ended() {
    let document = by_the_did(&delegation(), PARLIAMENT);
    let ended = Some(instant("2026-08-01T00:00:00Z"));
    let verify = |ended| {
        let authority = (None, None);
        Delegation::verify(
            &document,
            &did(PARLIAMENT),
            authority,
            ended,
            &mut Budget::presentation(),
        )
        .unwrap()
    };
    let counts = |delegation: &Delegation, at| delegation.counts_at(instant(at));
    let whole = verify(None);
    assert!(!counts(&whole, "2026-03-31T23:59:59Z"));
    assert!(counts(&whole, "2026-04-01T00:00:00Z") && counts(&whole, "2027-03-31T23:59:59Z"));
    assert!(!counts(&whole, "2027-04-01T00:00:00Z"));
    let cut = verify(ended);
    assert!(counts(&cut, "2026-07-31T23:59:59Z") && !counts(&cut, "2026-08-01T00:00:00Z"));
}

#[test]
fn a_delegation_names_its_unit_and_ends_after_it_begins() {
    let refusal = |change: &dyn Fn(&mut DelegationDraft)| {
        let mut draft = delegation();
        change(&mut draft);
        draft.document().err().map(|error| error.code())
    };
    assert_eq!(refusal(&|_| ()), None);
    let wrongs: [&dyn Fn(&mut DelegationDraft); 5] = [
        &|d| d.name.clear(),
        &|d| drop(d.name.insert("en".to_owned(), "a\u{202e}b".to_owned())),
        &|d| d.grants.clear(),
        &|d| d.grants[0].chambers.clear(),
        &|d| d.until = d.from,
    ];
    for (at, wrong) in wrongs.into_iter().enumerate() {
        assert_eq!(refusal(wrong), Some(Code::AccreditationMalformed), "{at}");
    }
}
