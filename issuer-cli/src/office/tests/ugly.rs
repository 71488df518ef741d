//! A roster as ugly as rosters get: who is invited is exactly who can be issued a credential.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::office::claims::mandate_claims;

/// Invites everybody, issues to everybody who sits, both ways, and compares.
fn invited_are_issued(roster: &str, now: Instant) -> usize {
    let mut office = office();
    let mut rng = cli_kit::run::system_rng().unwrap();
    office.import(roster.as_bytes(), now, now).unwrap();
    let invited = office.invite_all(now, &mut rng).unwrap().invitations;
    let called: BTreeSet<&str> = invited.iter().map(|i| i.member.as_str()).collect();
    for member in office.register().unwrap().members.keys() {
        let alone = office.invite(member, now, &mut rng);
        assert_eq!(called.contains(member.as_str()), alone.is_ok(), "{member}");
    }
    for (number, invitation) in invited.iter().enumerate() {
        let holder = 10 + u8::try_from(number % 200).unwrap();
        let mut one = order(&office, &invitation.secret_code, holder, now);
        office
            .issue(&one, &key(1), now, &mut rng)
            .unwrap_or_else(|refusal| panic!("{}: {refusal:?}", invitation.member));
        one.securing = Securing::DataIntegrity;
        office
            .issue(&one, &key(1), now, &mut rng)
            .unwrap_or_else(|refusal| panic!("{}: {refusal:?}", invitation.member));
    }
    invited.len()
}

#[test]
fn names_with_what_nobody_sees_are_issued() {
    let now = at("2026-02-01T12:00:00Z");
    let long = "x".repeat(600);
    let roster = format!(
        "id,name,term,group,constituency,email,start_date,end_date\n\
         khmer,សុខ\u{200b}ហេង,t,,,,2026-01-01,\n\
         lao,ສົມ\u{2060}ໃຈ,t,,,,2026-01-01,\n\
         persian,علی\u{200c}اکبر,t,,,,1950,\n\
         sinhala,ශ්\u{200d}රී,t,G\u{200b},N\u{2060}orth,,2026-01-01,9999-12-31\n\
         long,{long},t,,,,2026-01-01,\n\
         group,Ana,t,{long},,,2026-01-01,\n\
         place,Bo,t,,{long}\u{202e},a\u{1}b,2026-01-01,\n\
         turned,A\u{202e}na,t,,,,2026-01-01,\n\
         later,Chiara,t,,,,2027-01-01,\n"
    );
    assert_eq!(invited_are_issued(&roster, now), 6);
    let mut office = office();
    let taken = office.import(roster.as_bytes(), now, now).unwrap();
    let problems = taken.report.problems.iter();
    let codes: Vec<&str> = problems.map(|problem| problem.code.as_str()).collect();
    assert_eq!(codes, ["roster.text_too_long", "roster.text_unsafe"]);
    let register = office.register().unwrap();
    let mandate = &register.mandates["sinhala@t"];
    let claims = mandate_claims(&register.members["sinhala"], mandate, Securing::SdJwt);
    let label = claims.get("group").and_then(|group| group.get("label"));
    assert_eq!(label.and_then(|label| label.as_str()), Some("G"));
}

fn ugly() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => select(&["Ana", "", "\u{200b}", "A\u{200b}\u{2060}b", "\u{202e}x", "\u{200d}", "\u{ad}", "a\u{2063}b", "\0", "--x", "É"][..])
            .prop_map(str::to_owned),
        2 => "\\PC{1,6}",
        1 => (490_usize..510).prop_map(|n| "ü".repeat(n)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn whoever_is_invited_is_issued(
        rows in proptest::collection::vec(
            (proptest::collection::vec(ugly(), 6), select(&["", "2026", "2026-01-01", "1850", "2027"][..]), select(&["", "2026", "2026-02-01", "2030-12", "9999-12-31"][..])),
            1..8,
        )
    ) {
        let mut lines = vec!["id,name,family_name,term,group,constituency,languages,start_date,end_date".to_owned()];
        for (number, (texts, start, end)) in rows.iter().enumerate() {
            let cell = |text: &String| format!("\"{}\"", text.replace('"', "\"\""));
            let cells: Vec<String> = texts.iter().map(cell).collect();
            lines.push(format!("m{number},{},{start},{end}", cells.join(",")));
        }
        let roster = lines.join("\n");
        invited_are_issued(&roster, at("2026-02-01T12:00:00Z"));
    }
}
