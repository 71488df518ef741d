use super::*;

#[test]
fn the_same_statements_make_the_same_list() {
    let one = statement(&accredits("2026-03-01T00:00:00Z"), &[1, 2, 3]).unwrap();
    let two = becomes(
        State::Suspended,
        "2026-06-01T00:00:00Z",
        "2026-06-01T00:00:00Z",
    );
    let two = statement(&two, &[1, 2, 3]).unwrap();
    let list = compile(header(), &[one.clone(), two.clone()]).unwrap();
    let again = compile(header(), &[two.clone(), one.clone(), two.clone(), one]).unwrap();
    assert_eq!(list.document().unwrap(), again.document().unwrap());
    // What was recorded after the list was compiled is for the next one.
    let early = Header {
        issued_at: instant("2026-05-01T00:00:00Z"),
        ..header()
    };
    let again = compile(
        early,
        &[
            statement(&accredits("2026-03-01T00:00:00Z"), &[1, 2, 3]).unwrap(),
            two.clone(),
        ],
    );
    assert!(again.unwrap().parliaments[0].states.is_empty());
    let orphan = compile(header(), &[two]).unwrap_err();
    assert_eq!(orphan.code(), Code::AccreditationMalformed);
}

#[test]
fn a_list_is_signed_by_officers_too() {
    let statements = [statement(&accredits("2026-03-01T00:00:00Z"), &[1, 2, 3]).unwrap()];
    let draft = compile(header(), &statements).unwrap();
    let document = draft.document().unwrap();
    let verify = |document: &Object<'_>| {
        TrustList::verify(document, &did(IPU), &ipu(), &mut Budget::presentation())
    };
    let list = verify(&by(document.clone(), &[1, 2, 3])).unwrap();
    assert_eq!((list.seq(), list.parliaments().len()), (7, 1));
    assert_eq!(
        list.parliament(&did(PARLIAMENT)),
        Some(&draft.parliaments[0])
    );
    assert_eq!(list.parliament(&did(9)), None);
    let code = |document: &Object<'_>| verify(document).unwrap_err().code();
    assert_eq!(
        code(&by(document.clone(), &[1, 2])),
        Code::AccreditationTooFew
    );
    let mut changed = by(document, &[1, 2, 3]);
    changed.insert("seq", 8_u64.into());
    assert_eq!(code(&changed), Code::AccreditationSignature);
}

#[test]
fn lists_out_of_order_are_not_signed() {
    let statements = [statement(&accredits("2026-03-01T00:00:00Z"), &[1, 2, 3]).unwrap()];
    let good = compile(header(), &statements).unwrap();
    let change = |change: &dyn Fn(&mut ListDraft)| {
        let mut draft = good.clone();
        change(&mut draft);
        draft.document().map(|_| ()).map_err(|error| error.code())
    };
    assert_eq!(change(&|_| ()), Ok(()));
    let twice = |draft: &mut ListDraft| draft.parliaments.push(draft.parliaments[0].clone());
    let foreign = |draft: &mut ListDraft| draft.parliaments[0].id = did(9);
    let nothing = |draft: &mut ListDraft| draft.parliaments[0].versions.clear();
    let backwards = |draft: &mut ListDraft| draft.expires = draft.issued_at;
    let last = |draft: &mut ListDraft| draft.seq = 1 << 53;
    let schema = |draft: &mut ListDraft| draft.schema.push('x');
    let over = |draft: &mut ListDraft| {
        let version = &mut draft.parliaments[0].versions[0];
        version.until = Some(version.from);
    };
    let changes: [&dyn Fn(&mut ListDraft); 7] = [
        &twice, &foreign, &nothing, &backwards, &last, &schema, &over,
    ];
    for (at, wrong) in changes.into_iter().enumerate() {
        assert_eq!(change(wrong), Err(Code::AccreditationMalformed), "{at}");
    }
}
