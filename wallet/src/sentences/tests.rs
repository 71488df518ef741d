use testkit::world::World;

use crate::{
    answer::{self, Wish},
    testing::{add, day, enrol_with_another, office, request, wallet_that_trusts, whole},
    vault::Contents,
};

fn said(contents: &Contents, claims: &[&str], disclose: Option<&[&str]>) -> Vec<String> {
    let disclose: Option<Vec<String>> =
        disclose.map(|names| names.iter().map(|&name| name.to_owned()).collect());
    let wish = Wish {
        disclose: disclose.as_deref(),
        allow_unknown: true,
        ..Wish::default()
    };
    let plan = answer::plan(contents, &request(claims), wish, day(0)).unwrap();
    plan.sentences()
}

fn member() -> Contents {
    let mut contents = wallet_that_trusts();
    add(&mut contents, &World::new().issue(|_| ()), day(0));
    contents
}

const REST: &str = "your role, your first day of the mandate, your last day of the mandate, \
                    your parliamentary group or party, your election, your e-mail address, \
                    your languages, your seat";

#[test]
fn what_is_asked_is_told_apart_from_what_is_shown() {
    let contents = member();
    let asks = ["MemberMandate:name,constituency?"];
    let [who, why, sees, hidden, always] = said(&contents, &asks, None).try_into().unwrap();
    assert_eq!(
        who,
        "Chamber e-voting (known to you) asks: that you hold a mandate, your name; if you like: your constituency."
    );
    assert_eq!(why, "What for: Vote 12.");
    assert_eq!(sees, "It will see: that you hold a mandate, your name.");
    assert!(hidden.starts_with("It will not see: ") && hidden.contains("your constituency"));
    assert_eq!(
        always,
        "It will always see: your chamber, country and term, from when until when the credential \
         is valid, and which credential it is."
    );
}

#[test]
fn a_choice_changes_what_is_seen_and_not_what_is_asked() {
    let contents = member();
    let asks = ["MemberMandate:name,term"];
    let said = said(&contents, &asks, Some(&["constituency"]));
    assert_eq!(
        said[0],
        "Chamber e-voting (known to you) asks: that you hold a mandate, your name, your term."
    );
    assert_eq!(
        said[2],
        "It will see: that you hold a mandate, your constituency."
    );
    assert_eq!(said[3], format!("It will not see: your name, {REST}."));
    assert_eq!(
        said[5],
        "It requires your name, which you do not show: it will refuse."
    );
    let said = self::said(&contents, &["MemberMandate"], Some(&[]));
    assert_eq!(
        said[0],
        "Chamber e-voting (known to you) asks: that you hold a mandate."
    );
    assert_eq!(said[2], "It will see: that you hold a mandate.");
}

#[test]
fn a_stranger_is_called_one() {
    let mut contents = member();
    contents.remove_verifier(&World::new().verifier);
    let said = said(&contents, &["MemberMandate:name"], None);
    assert_eq!(
        said[0],
        "Somebody unknown to you, who claims to be \"Gate\", asks: that you hold a mandate, your name."
    );
}

#[test]
fn what_no_credential_has_is_asked_for_all_the_same() {
    let contents = member();
    let said = said(&contents, &["MemberMandate:birthDate,photoDigest?"], None);
    assert!(
        said[0].contains("a claim called birthDate; if you like: your digest of the photograph.")
    );
    assert!(said[5].starts_with("It requires a claim called birthDate, which you do not show"));
}

#[test]
fn several_credentials_are_told_one_after_the_other() {
    let mut contents = member();
    add(&mut contents, &World::new().issue(office), day(0));
    let asks = ["MemberMandate:name,seat?", "OfficeHolder:role,body?"];
    let said = said(&contents, &asks, None);
    assert_eq!(
        said[0],
        "Chamber e-voting (known to you) asks: that you hold a mandate, your name, that you hold an \
         office, your role; if you like: your seat, your committee or body."
    );
    assert_eq!(
        said[2],
        "It will see: that you hold a mandate, your name, that you hold an office, your role."
    );
    assert!(said[4].contains("which mandate it rests on"), "{}", said[4]);
}

#[test]
fn of_a_credential_without_selective_disclosure_nothing_stays_hidden() {
    let mut contents = wallet_that_trusts();
    add(&mut contents, &World::new().issue(whole), day(0));
    let said = said(&contents, &["MemberMandate:name"], None);
    assert_eq!(
        said[2],
        "It will see: that you hold a mandate, your name, your role, your first day of the mandate, \
         your last day of the mandate."
    );
    assert!(
        !said
            .iter()
            .any(|sentence| sentence.starts_with("It will not see"))
    );
}

#[test]
fn a_member_of_several_chambers_reads_whose_credential_it_is() {
    let mut contents = member();
    let id = contents.credentials[0].id.clone();
    assert!(!said(&contents, &["MemberMandate:name"], None)[2].contains("The Chamber"));
    enrol_with_another(&mut contents);
    assert_eq!(
        said(&contents, &["MemberMandate:name"], None)[2],
        format!("You show: MemberMandate from The Chamber, id {id}.")
    );
}

#[test]
fn where_no_credential_fits_it_is_told_who_asks_for_what() {
    let contents = wallet_that_trusts();
    let said = said(&contents, &["MemberMandate:name,seat?"], None);
    assert_eq!(
        said,
        [
            "Chamber e-voting (known to you) asks: that you hold a mandate, your name; if you like: your seat.",
            "What for: Vote 12.",
            "No credential here fits: the wallet has no MemberMandate that is in force.",
        ]
    );
    // Also of a type that only the verifier knows, and beside one that fits.
    let said = self::said(
        &member(),
        &["MemberMandate:name", "DriversLicence:name,term"],
        None,
    );
    assert_eq!(
        said[0],
        "Chamber e-voting (known to you) asks: that you hold a mandate, your name, for a credential \
         called DriversLicence, a claim called name, your term."
    );
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(said[2].starts_with("No credential here fits: the verifier asks for a DriversLicence"));
}
