//! A verdict says that an electoral period is on, and is the same as without.

use super::*;
use crate::{
    status::DecisionDigest,
    trust::electoral::{PeriodDraft, PublishedPeriod, sign},
};

/// A period of these days from now, announced and published before it begins.
fn period(from: i64, to: i64, chamber: Option<&str>) -> PublishedPeriod {
    let instant = |day| Instant::floor(World::days(day));
    let draft = PeriodDraft {
        issuer: did_of(1),
        chamber: chamber.map(str::to_owned),
        from: instant(from),
        to: instant(to),
        legal_basis: DecisionDigest::of(b"electoral code"),
        announced: instant(from - 2),
    };
    let document = sign(
        draft.document().unwrap(),
        &key(1),
        draft.announced.timestamp(),
    );
    PublishedPeriod {
        document: Value::Object(document.unwrap()).to_serde(),
        published: instant(from - 1),
        bulk_changes: Vec::new(),
    }
}

fn shown(check: &Check) -> (u8, bool, serde_json::Value) {
    let credential = check.world.issue(|_| ());
    let report = check.run(&World::present(&check.request, &credential, &["name"]));
    let notes = &report.credentials[0]
        .finding(CredentialCheck::Freshness)
        .notes;
    let is_said = notes.iter().any(|note| note.code == Code::ElectoralPeriod);
    let json = report.to_json()["credentials"][0]["electoralPeriod"].clone();
    (report.verdict().exit_code(), is_said, json)
}

#[test]
fn a_period_that_covers_the_instant_is_shown_and_changes_nothing() {
    let on = |from, to, chamber| {
        let check = Check::new();
        check.with_bundle(move |c| c.electoral_periods.push(period(from, to, chamber)))
    };
    let (exit, is_said, json) = shown(&on(-5, 5, None));
    assert_eq!((exit, is_said), (0, true));
    assert_eq!(json["from"], Instant::floor(World::days(-5)).to_string());
    assert_eq!(json["to"], Instant::floor(World::days(5)).to_string());
    assert_eq!(
        json["legalBasis"],
        DecisionDigest::of(b"electoral code").to_string()
    );
    assert!(shown(&on(-5, 5, Some("XX-1"))).1);
    for check in [
        Check::new(),
        on(-5, -1, None),
        on(2, 5, None),
        on(-5, 5, Some("XX-2")),
    ] {
        let (exit, is_said, json) = shown(&check);
        assert_eq!((exit, is_said, json), (0, false, serde_json::Value::Null));
    }
    // Of a past day the period of that day counts.
    assert!(shown(&on(-9, -5, None).at_day(-7)).1);
    assert!(!shown(&on(-5, 5, None).at_day(-7)).1);
    // Ended is ended, within it too.
    let plain = |r| r;
    let check = Check::new().with_bundle(|c| {
        revoke(-1, -1, plain)(c);
        c.electoral_periods.push(period(-5, 5, None));
    });
    let (exit, is_said, _) = shown(&check);
    assert_eq!((exit, is_said), (11, true));
}

#[test]
fn a_bundle_with_a_period_that_was_not_announced_in_time_is_refused() {
    let world = World::new();
    let open = |change: fn(&mut PublishedPeriod)| {
        let mut one = period(-5, 5, None);
        change(&mut one);
        let bundle = world.bundle(|content| content.electoral_periods.push(one));
        let opened = crate::trust::Bundle::open(bundle.as_bytes(), &mut Budget::bundle());
        opened.err().map(|error| error.code())
    };
    assert_eq!(open(|_| ()), None);
    assert_eq!(
        open(|one| one.published = Instant::floor(World::days(-5))),
        Some(Code::ElectoralLate)
    );
    let unsigned: fn(&mut PublishedPeriod) = |one| {
        one.document.as_object_mut().unwrap().remove("proof");
    };
    assert_eq!(open(unsigned), Some(Code::ElectoralTooFew));
    assert_eq!(
        open(|one| one.document = serde_json::Value::Null),
        Some(Code::BundleMalformed)
    );
}
