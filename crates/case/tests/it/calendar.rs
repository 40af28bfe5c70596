//! Business days over weekends, holidays and clock changes; times that name no single instant.

#![cfg(test)]

use case::calendar::{Calendar, CalendarError, Day, is_near_utc_midnight, named_zone, resolve};
use jiff::{SignedDuration, Timestamp, civil::Date};
use proptest::prelude::*;

const BERLIN: &str = "Europe/Berlin";
const NEW_YORK: &str = "America/New_York";

fn plain(zone: &str) -> Calendar {
    Calendar::new(zone, [Day::Saturday, Day::Sunday], []).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn business_days_keep_the_local_hour() {
    // zone, start, business days, expected; both instants in UTC.
    let table = [
        // A plain week, and one that spans a weekend.
        (BERLIN, "2026-06-01T08:00:00Z", 3, "2026-06-04T08:00:00Z"),
        (BERLIN, "2026-06-05T08:00:00Z", 1, "2026-06-08T08:00:00Z"),
        // Over the night to 29 March 2026, when Berlin goes from +01 to +02.
        (BERLIN, "2026-03-27T09:00:00Z", 1, "2026-03-30T08:00:00Z"),
        (BERLIN, "2026-03-27T09:00:00Z", 14, "2026-04-16T08:00:00Z"),
        // Over the night to 25 October 2026, when it goes back.
        (BERLIN, "2026-10-23T08:00:00Z", 1, "2026-10-26T09:00:00Z"),
        // New York changes on 8 March and 1 November 2026.
        (NEW_YORK, "2026-03-06T15:00:00Z", 1, "2026-03-09T14:00:00Z"),
        (NEW_YORK, "2026-10-30T14:00:00Z", 1, "2026-11-02T15:00:00Z"),
        // Friday evening in New York is Saturday in UTC: the zone's day counts.
        (NEW_YORK, "2026-06-06T01:00:00Z", 1, "2026-06-09T01:00:00Z"),
        // The start's day never counts, not even when it is a Saturday.
        (BERLIN, "2026-06-06T08:00:00Z", 1, "2026-06-08T08:00:00Z"),
        (BERLIN, "2026-06-06T08:00:00Z", 3, "2026-06-10T08:00:00Z"),
        // None from a business day is the start; none from a Saturday is Monday.
        (BERLIN, "2026-06-05T08:00:00Z", 0, "2026-06-05T08:00:00Z"),
        (BERLIN, "2026-06-06T08:00:00Z", 0, "2026-06-08T08:00:00Z"),
    ];
    for (zone, start, days, expected) in table {
        let found = plain(zone).add_business_days(at(start), days).unwrap();
        assert_eq!(found, at(expected), "{days} business days after {start} in {zone}");
    }
}

#[test]
fn holidays_do_not_count() {
    let holidays = ["2026-12-25", "2026-12-26", "2027-01-01"].map(|day| day.parse().unwrap());
    let calendar = Calendar::new(BERLIN, [Day::Saturday, Day::Sunday], holidays).unwrap();
    let found = calendar.add_business_days(at("2026-12-24T09:00:00Z"), 5).unwrap();
    assert_eq!(found, at("2027-01-04T09:00:00Z"));
    assert!(!calendar.is_business_day("2026-12-25".parse().unwrap()));
    assert!(calendar.is_business_day("2026-12-24".parse().unwrap()));
}

#[test]
fn a_deadline_in_a_clock_change_never_comes_early() {
    // With a Friday weekend the night of the change is a business day.
    let calendar = Calendar::new(BERLIN, [Day::Friday], []).unwrap();
    // 02:30 does not exist on 29 March 2026: the deadline is the change itself, 03:00 +02.
    let gap = calendar.add_business_days(at("2026-03-28T01:30:00Z"), 1).unwrap();
    assert_eq!(gap, at("2026-03-29T01:00:00Z"));
    // 02:30 comes twice on 25 October 2026: the deadline is the second one.
    let fold = calendar.add_business_days(at("2026-10-24T00:30:00Z"), 1).unwrap();
    assert_eq!(fold, at("2026-10-25T01:30:00Z"));
}

#[test]
fn local_times_resolve_to_one_instant_or_none() {
    let table = [
        (BERLIN, "2026-03-29T01:59:59", Ok("2026-03-29T00:59:59Z")),
        (BERLIN, "2026-03-29T02:00:00", Err("does not exist")),
        (BERLIN, "2026-03-29T02:59:59", Err("does not exist")),
        (BERLIN, "2026-03-29T03:00:00", Ok("2026-03-29T01:00:00Z")),
        (BERLIN, "2026-10-25T01:59:59", Ok("2026-10-24T23:59:59Z")),
        (BERLIN, "2026-10-25T02:00:00", Err("comes twice")),
        (BERLIN, "2026-10-25T02:59:59", Err("comes twice")),
        (BERLIN, "2026-10-25T03:00:00", Ok("2026-10-25T02:00:00Z")),
        (NEW_YORK, "2026-03-08T02:30:00", Err("does not exist")),
        (NEW_YORK, "2026-11-01T01:30:00", Err("comes twice")),
        (NEW_YORK, "2026-11-01T02:00:00", Ok("2026-11-01T07:00:00Z")),
        ("UTC", "2026-03-29T02:30:00", Ok("2026-03-29T02:30:00Z")),
    ];
    for (zone, local, expected) in table {
        let found = plain(zone).resolve(local.parse().unwrap());
        match expected {
            Ok(instant) => assert_eq!(found, Ok(at(instant)), "{local} in {zone}"),
            Err(words) => {
                let message = found.unwrap_err().to_string();
                assert!(message.contains(words) && message.contains(zone), "{message}");
            }
        }
    }
}

#[test]
fn a_repeated_time_names_both_instants() {
    let local = "2026-10-25T02:30:00".parse().unwrap();
    let error = resolve(local, &named_zone(BERLIN).unwrap()).unwrap_err();
    let CalendarError::Repeated { first, second, .. } = error else {
        panic!("{error}");
    };
    assert_eq!((first, second), (at("2026-10-25T00:30:00Z"), at("2026-10-25T01:30:00Z")));
}

#[test]
fn publication_avoids_midnight_and_forbidden_days() {
    let calendar = plain(NEW_YORK).without_publication_on([Day::Friday]);
    let table = [
        ("2026-06-03T14:00:00Z", "may"),
        ("2026-06-03T23:59:49.999999999Z", "may"),
        ("2026-06-03T23:59:50Z", "midnight"),
        ("2026-06-04T00:00:00Z", "midnight"),
        ("2026-06-04T00:00:10Z", "midnight"),
        ("2026-06-04T00:00:10.000000001Z", "may"),
        // Friday in UTC, Thursday evening in New York; then the other way round.
        ("2026-06-05T03:00:00Z", "may"),
        ("2026-06-05T14:00:00Z", "Friday"),
        ("2026-06-06T03:00:00Z", "Friday"),
    ];
    for (instant, expected) in table {
        match calendar.may_publish(at(instant)) {
            Ok(()) => assert_eq!(expected, "may", "{instant}"),
            Err(error) => assert!(error.to_string().contains(expected), "{instant}: {error}"),
        }
    }
}

#[test]
fn calendars_are_written_as_data() {
    let text = r#"{"weekend":["saturday","sunday"],"holidays":["2026-12-25"],"zone":"Europe/Berlin","no_publication":["friday"]}"#;
    let calendar: Calendar = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&calendar).unwrap(), text);
    let refused = [
        (r#"{"weekend":[],"zone":"Europe/Bärlin"}"#, "“Europe/Bärlin” is no time zone"),
        (r#"{"weekend":["caturday"],"zone":"UTC"}"#, "caturday"),
        (r#"{"weekend":[],"zone":"UTC","holydays":[]}"#, "holydays"),
        (
            r#"{"weekend":["monday","tuesday","wednesday","thursday","friday","saturday","sunday"],"zone":"UTC"}"#,
            "no business day",
        ),
    ];
    for (text, expected) in refused {
        let error = serde_json::from_str::<Calendar>(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn the_end_of_time_is_an_error() {
    let found = plain("UTC").add_business_days(at("9999-12-30T00:00:00Z"), 9);
    assert_eq!(found, Err(CalendarError::OutOfRange));
}

fn zone() -> impl Strategy<Value = &'static str> {
    // Cairo changes its clocks on Fridays, Apia skipped a whole day, Lord Howe moves by 30 minutes.
    proptest::sample::select(vec![
        BERLIN,
        NEW_YORK,
        "UTC",
        "Africa/Cairo",
        "Pacific/Apia",
        "Australia/Lord_Howe",
    ])
}

fn date() -> impl Strategy<Value = Date> {
    (2010_i16..2040, 1_i8..=12, 1_i8..=28).prop_map(|(y, m, d)| Date::new(y, m, d).unwrap())
}

fn instant() -> impl Strategy<Value = Timestamp> {
    (1_262_304_000_i64..2_208_988_800).prop_map(|s| Timestamp::from_second(s).unwrap())
}

fn calendar() -> impl Strategy<Value = Calendar> {
    let weekend = proptest::sample::subsequence(Day::ALL.to_vec(), 0..=6);
    (zone(), weekend, proptest::collection::vec(date(), 0..40))
        .prop_map(|(zone, weekend, holidays)| Calendar::new(zone, weekend, holidays).unwrap())
}

proptest! {
    #[test]
    fn a_deadline_is_a_business_day(calendar in calendar(), start in instant(), days in 0_u32..60) {
        let end = calendar.add_business_days(start, days).unwrap();
        prop_assert!(end >= start);
        // Where the clocks skip a time up to midnight, the deadline is the midnight after it.
        let eve = calendar.date(end - SignedDuration::from_nanos(1));
        prop_assert!(calendar.is_business_day(calendar.date(end)) || calendar.is_business_day(eve));
    }

    #[test]
    fn more_days_end_later(calendar in calendar(), start in instant(), days in 0_u32..60) {
        let fewer = calendar.add_business_days(start, days).unwrap();
        let more = calendar.add_business_days(start, days + 1).unwrap();
        prop_assert!(fewer <= more, "{fewer} {more}");
        prop_assert!(days == 0 || fewer < more, "{fewer} {more}");
    }

    #[test]
    fn later_starts_end_later(
        calendar in calendar(), start in instant(), wait in 0_i64..400_000, days in 1_u32..60,
    ) {
        // From business day to business day; a weekend's starts are put on its Monday.
        let later = start + SignedDuration::from_secs(wait);
        let mut starts = [start, later].map(|at| calendar.add_business_days(at, 0).unwrap());
        starts.sort_unstable();
        let local = starts.map(|at| calendar.zone().to_datetime(at));
        prop_assume!(local.iter().all(|local| calendar.is_business_day(local.date())));
        // While clocks go back, a later instant may show an earlier time.
        prop_assume!(local[0] <= local[1]);
        let ends = starts.map(|at| calendar.add_business_days(at, days).unwrap());
        prop_assert!(ends[0] <= ends[1], "{ends:?}");
    }

    #[test]
    fn exactly_that_many_business_days_pass(
        calendar in calendar(), start in instant(), days in 1_u32..60,
    ) {
        // Counted in another way than the calendar counts: over every date in between.
        let end = calendar.add_business_days(start, days).unwrap();
        prop_assume!(calendar.resolve(calendar.zone().to_datetime(end)).is_ok());
        let first = calendar.date(start).tomorrow().unwrap();
        let passed = first
            .series(jiff::Span::new().days(1))
            .take_while(|date| *date <= calendar.date(end))
            .filter(|date| calendar.is_business_day(*date))
            .count();
        prop_assert_eq!(passed, days as usize);
    }

    #[test]
    fn a_resolved_time_reads_back(zone in zone(), instant in instant()) {
        let zone = named_zone(zone).unwrap();
        let local = zone.to_datetime(instant);
        match resolve(local, &zone) {
            Ok(found) => prop_assert_eq!(found, instant),
            Err(CalendarError::Repeated { first, second, .. }) => {
                prop_assert!(first < second && (instant == first || instant == second));
            }
            Err(other) => prop_assert!(false, "{other}"),
        }
    }

    #[test]
    fn midnight_is_near_by_the_clock(instant in instant()) {
        let time = instant.to_zoned(jiff::tz::TimeZone::UTC).time();
        let seconds = i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60
            + i64::from(time.second());
        prop_assert_eq!(is_near_utc_midnight(instant), !(11..86_390).contains(&seconds));
    }
}
