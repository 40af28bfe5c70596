//! Instants as people read them: in UTC with the hour, in the zone that was chosen, and how far
//! away. Nothing here asks what time it is.

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

/// One instant, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Moment {
    /// For machines: `2021-06-01T16:00:00Z`.
    pub(crate) iso: String,
    /// `Tue 1 Jun 2021, 16:00 UTC`.
    pub(crate) utc: String,
    /// The same in the zone in which it was chosen, when that is another.
    pub(crate) local: Option<String>,
    /// `in 3 days 4 h`, `5 min ago`.
    pub(crate) away: String,
    /// It has passed.
    pub(crate) past: bool,
}

impl Moment {
    /// An instant as seen from `now`.
    pub(crate) fn new(at: Timestamp, now: Timestamp) -> Self {
        Self {
            iso: at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            utc: in_zone(at, &TimeZone::UTC, "UTC"),
            local: None,
            away: away(at, now),
            past: at <= now,
        }
    }

    /// An instant that was chosen in a zone.
    pub(crate) fn chosen_in(at: Timestamp, zone: &str, now: Timestamp) -> Self {
        let local = match case::calendar::named_zone(zone) {
            Ok(found) if zone != "UTC" && zone != "Etc/UTC" => Some(in_zone(at, &found, zone)),
            _ => None,
        };
        Self { local, ..Self::new(at, now) }
    }
}

fn in_zone(at: Timestamp, zone: &TimeZone, name: &str) -> String {
    let zoned = at.to_zoned(zone.clone());
    let seconds = if zoned.second() == 0 { "" } else { ":%S" };
    zoned.strftime(&format!("%a %-d %b %Y, %H:%M{seconds} {name}")).to_string()
}

/// How far `at` lies from `now`, in its two largest units.
fn away(at: Timestamp, now: Timestamp) -> String {
    let seconds = at.duration_since(now).as_secs();
    let distance = distance(seconds.unsigned_abs());
    match seconds {
        0 => "now".into(),
        1.. => format!("in {distance}"),
        _ => format!("{distance} ago"),
    }
}

/// A stretch of time in its two largest units.
pub(crate) fn distance(seconds: u64) -> String {
    let (days, hours) = (seconds / 86_400, seconds % 86_400 / 3_600);
    let (minutes, rest) = (seconds % 3_600 / 60, seconds % 60);
    let one = |n: u64| if n == 1 { "day" } else { "days" };
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{rest} s"),
        (0, 0, m) => format!("{m} min"),
        (0, h, 0) => format!("{h} h"),
        (0, h, m) => format!("{h} h {m} min"),
        (d, 0, _) => format!("{d} {}", one(d)),
        (d, h, _) => format!("{d} {} {h} h", one(d)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn an_instant_shows_its_hour_in_utc_and_in_its_zone() {
        let now = at("2021-05-28T12:00:00Z");
        let moment = Moment::chosen_in(at("2021-06-01T16:00:00Z"), "America/New_York", now);
        assert_eq!(moment.utc, "Tue 1 Jun 2021, 16:00 UTC");
        assert_eq!(moment.local.as_deref(), Some("Tue 1 Jun 2021, 12:00 America/New_York"));
        assert_eq!(moment.away, "in 4 days 4 h");
        assert!(!moment.past);
    }

    #[test]
    fn distances_keep_their_two_largest_units() {
        for (seconds, words) in [
            (9, "9 s"),
            (60, "1 min"),
            (3_600, "1 h"),
            (3_661, "1 h 1 min"),
            (86_400, "1 day"),
            (200_000, "2 days 7 h"),
        ] {
            assert_eq!(distance(seconds), words);
        }
    }
}
