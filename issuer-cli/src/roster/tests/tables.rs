//! Dates and zones.

use jiff::{Timestamp, tz::TimeZone};

use crate::records::PartialDate;

#[test]
fn a_day_lasts_to_the_next_local_midnight_and_a_year_through_december() {
    let zone = TimeZone::get("Europe/Madrid").unwrap();
    let ends = |text: &str| text.parse::<PartialDate>().unwrap().ends(&zone);
    let instant = |text: &str| text.parse::<Timestamp>().unwrap();
    // Winter, summer, and the day on which the clocks change.
    assert_eq!(ends("2026-01-31"), instant("2026-01-31T23:00:00Z"));
    assert_eq!(ends("2026-07-31"), instant("2026-07-31T22:00:00Z"));
    assert_eq!(ends("2026-03-29"), instant("2026-03-29T22:00:00Z"));
    assert_eq!(ends("2026-02"), instant("2026-02-28T23:00:00Z"));
    assert_eq!(ends("2026"), instant("2026-12-31T23:00:00Z"));
    let begins = "2026".parse::<PartialDate>().unwrap().begins(&zone);
    assert_eq!(begins, instant("2025-12-31T23:00:00Z"));
}
