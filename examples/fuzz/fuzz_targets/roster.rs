//! Rosters: every row is taken or refused with a reason, and a second import changes nothing.

#![no_main]

use issuer_cli::{
    records::Register,
    roster::{ImportOptions, import},
};
use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;
use mandate_fuzz::edited;
use testkit::world::now;

const TABLE: &[u8] =
    b"id,name,family_name,given_name,start_date,end_date,constituency,group,email\n\
m-001,Ana Example,Example,Ana,2026-02-03,,North 3,Greens,ana@example.org\n\
m-002,\"B, Example\",Example,B,2026-02,2027,South,,\n";
const POPOLO: &[u8] = br#"{"persons":[{"id":"p1","name":"Ana Example","email":"a@example.org"},{"id":"p2","name":"B"}],
"organizations":[{"id":"o1","name":"House","classification":"legislature"},{"id":"g1","name":"Greens","classification":"party"}],
"events":[{"id":"t/1","name":"First","classification":"legislative period","start_date":"2026-01-01"}],
"areas":[{"id":"a1","name":"North"}],
"memberships":[{"person_id":"p1","organization_id":"o1","legislative_period_id":"t/1","role":"member","area_id":"a1","on_behalf_of_id":"g1","start_date":"2026-02"},
{"person_id":"p2","organization_id":"o1","legislative_period_id":"t/1","role":"member","end_date":"2026-12-31"}]}"#;

fuzz_target!(|input: &[u8]| {
    let Some((which, input)) = input.split_first() else {
        return;
    };
    let file = edited(if which & 1 == 0 { TABLE } else { POPOLO }, input);
    let zone = TimeZone::UTC;
    let options = ImportOptions::new("XX-1", &zone, now());
    let mut register = Register::default();
    let Ok(first) = import(&register, &file, &options) else {
        return;
    };
    let report = &first.report;
    assert_eq!(
        report.imported + report.refused,
        report.rows,
        "a row was lost"
    );
    first.changes.apply(&mut register);
    let before = register.clone();
    let again = import(&register, &file, &options).expect("the same file can be read again");
    assert_eq!(
        again.report.imported, again.report.unchanged,
        "a second import changes something"
    );
    again.changes.apply(&mut register);
    assert_eq!(register, before, "a second import changes something");
});
