//! A project's calendar: business days, days on which nothing is published, and clear instants.
//!
//! Deadlines are counted in business days of one time zone and keep the hour on its clock. A
//! time that a person chooses must name one instant: local times that do not exist or exist twice
//! are refused and asked for again. The zones come from the database built into the program, so
//! that every machine, and every replay, computes the same instants. This module never asks what
//! time it is.

use std::collections::BTreeSet;

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime, Weekday},
    tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase},
};
use serde::{Deserialize, Serialize};

/// Publishing keeps this far from a UTC midnight, on either side. Records carry a bare UTC date
/// in many formats, and a few seconds of delay must not turn it into the next day's.
pub const MIDNIGHT_MARGIN: SignedDuration = SignedDuration::from_secs(10);

/// When a project works, and when it does not publish. Read from and written as
/// `{weekend, holidays, zone, no_publication}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Calendar {
    weekend: BTreeSet<Day>,
    holidays: BTreeSet<Date>,
    zone: TimeZone,
    no_publication: BTreeSet<Day>,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// Why a calendar cannot be built, or a time cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The zone is not in the IANA time zone database.
    #[error("“{0}” is no time zone; write one such as “Europe/Berlin” or “UTC”")]
    UnknownZone(String),
    /// Every day of the week was declared weekend.
    #[error("the weekend covers all seven days, so no business day is left")]
    NoBusinessDay,
    /// The clocks skip this local time.
    #[error(
        "{local} does not exist in {zone}: the clocks go forward over it, from {before} to \
         {after}; choose an earlier or a later time"
    )]
    Skipped {
        /// The time on the wall.
        local: DateTime,
        /// The zone's IANA name.
        zone: String,
        /// The offset from UTC before the gap.
        before: Offset,
        /// The offset from UTC after the gap.
        after: Offset,
    },
    /// The clocks show this local time twice.
    #[error(
        "{local} comes twice in {zone}: the clocks go back over it; it may mean {first} or \
         {second}; choose another time, or give it in UTC"
    )]
    Repeated {
        /// The time on the wall.
        local: DateTime,
        /// The zone's IANA name.
        zone: String,
        /// The earlier instant that it names.
        first: Timestamp,
        /// The later instant that it names.
        second: Timestamp,
    },
    /// The project does not publish on this weekday.
    #[error("{date} is a {day:?}, and this project does not publish on that day of the week")]
    ForbiddenDay {
        /// The date in the calendar's zone.
        date: Date,
        /// Its weekday.
        day: Day,
    },
    /// The instant lies within [`MIDNIGHT_MARGIN`] of a UTC midnight.
    #[error("{0} is within 10 seconds of midnight UTC; choose a time further from it")]
    NearMidnight(Timestamp),
    /// The computation leaves the years that a timestamp can hold.
    #[error("that lies outside the years that a calendar can count")]
    OutOfRange,
}

/// The form in which a calendar is written down.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    weekend: BTreeSet<Day>,
    #[serde(default)]
    holidays: BTreeSet<Date>,
    zone: String,
    #[serde(default)]
    no_publication: BTreeSet<Day>,
}

impl Calendar {
    /// A calendar in `zone` (an IANA name) with this weekend and these holidays, on any day of
    /// which it may publish.
    ///
    /// # Errors
    ///
    /// [`CalendarError::UnknownZone`], and [`CalendarError::NoBusinessDay`] for a week that is
    /// all weekend.
    pub fn new(
        zone: &str,
        weekend: impl IntoIterator<Item = Day>,
        holidays: impl IntoIterator<Item = Date>,
    ) -> Result<Self, CalendarError> {
        let weekend: BTreeSet<Day> = weekend.into_iter().collect();
        if Day::ALL.iter().all(|day| weekend.contains(day)) {
            return Err(CalendarError::NoBusinessDay);
        }
        let holidays = holidays.into_iter().collect();
        Ok(Self { weekend, holidays, zone: named_zone(zone)?, no_publication: BTreeSet::new() })
    }

    /// The same calendar, which does not publish on these days of the week.
    #[must_use]
    pub fn without_publication_on(mut self, days: impl IntoIterator<Item = Day>) -> Self {
        self.no_publication = days.into_iter().collect();
        self
    }

    /// The zone in which the calendar counts.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The date that `at` falls on in the calendar's zone.
    #[must_use]
    pub fn date(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }

    /// Whether `date` is neither weekend nor holiday.
    #[must_use]
    pub fn is_business_day(&self, date: Date) -> bool {
        !self.weekend.contains(&date.weekday().into()) && !self.holidays.contains(&date)
    }

    /// The instant `days` business days after `start`, at the same time on the zone's clock.
    ///
    /// The day of `start` does not count, whatever day it is: one business day after a Saturday
    /// is Monday at the same time, and so are zero. Where the clocks skip that time, the result
    /// is the first instant after the gap; where they show it twice, the later one, since a
    /// deadline must not come early.
    ///
    /// # Errors
    ///
    /// [`CalendarError::OutOfRange`] beyond the year 9999.
    pub fn add_business_days(
        &self,
        start: Timestamp,
        days: u32,
    ) -> Result<Timestamp, CalendarError> {
        let local = self.zone.to_datetime(start);
        if days == 0 && self.is_business_day(local.date()) {
            return Ok(start);
        }
        let mut date = local.date();
        for _ in 0..days.max(1) {
            date = self.next_business_day(date)?;
        }
        self.deadline(date.to_datetime(local.time()))
    }

    /// The one instant that `local` names in the calendar's zone, as [`resolve`].
    ///
    /// # Errors
    ///
    /// As [`resolve`].
    pub fn resolve(&self, local: DateTime) -> Result<Timestamp, CalendarError> {
        resolve(local, &self.zone)
    }

    /// Whether the project may publish at `at`: not on a forbidden weekday of the calendar's
    /// zone, and never within [`MIDNIGHT_MARGIN`] of a UTC midnight.
    ///
    /// # Errors
    ///
    /// [`CalendarError::ForbiddenDay`] or [`CalendarError::NearMidnight`].
    pub fn may_publish(&self, at: Timestamp) -> Result<(), CalendarError> {
        let date = self.date(at);
        let day = Day::from(date.weekday());
        if self.no_publication.contains(&day) {
            return Err(CalendarError::ForbiddenDay { date, day });
        }
        if is_near_utc_midnight(at) {
            return Err(CalendarError::NearMidnight(at));
        }
        Ok(())
    }

    fn next_business_day(&self, date: Date) -> Result<Date, CalendarError> {
        let mut date = date;
        loop {
            date = date.tomorrow().map_err(|_| CalendarError::OutOfRange)?;
            if self.is_business_day(date) {
                return Ok(date);
            }
        }
    }

    fn deadline(&self, local: DateTime) -> Result<Timestamp, CalendarError> {
        let out_of_range = |_| CalendarError::OutOfRange;
        let ambiguous = self.zone.to_ambiguous_timestamp(local);
        if let AmbiguousOffset::Gap { .. } = ambiguous.offset() {
            // The gap's first local time is the transition itself, read on either clock.
            let beyond = ambiguous.later().map_err(out_of_range)?;
            return match self.zone.preceding(beyond).next() {
                Some(transition) => Ok(transition.timestamp()),
                None => Ok(beyond),
            };
        }
        ambiguous.later().map_err(out_of_range)
    }
}

/// The zone of this IANA name, from the database built into the program.
///
/// # Errors
///
/// [`CalendarError::UnknownZone`].
pub fn named_zone(name: &str) -> Result<TimeZone, CalendarError> {
    TimeZoneDatabase::bundled().get(name).map_err(|_| CalendarError::UnknownZone(name.to_owned()))
}

/// The one instant that `local` names in `zone`.
///
/// # Errors
///
/// [`CalendarError::Skipped`] or [`CalendarError::Repeated`] where the clocks change, and
/// [`CalendarError::OutOfRange`] at the ends of time.
pub fn resolve(local: DateTime, zone: &TimeZone) -> Result<Timestamp, CalendarError> {
    let out_of_range = |_| CalendarError::OutOfRange;
    let ambiguous = zone.to_ambiguous_timestamp(local);
    match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(local).map_err(out_of_range),
        AmbiguousOffset::Gap { before, after } => {
            Err(CalendarError::Skipped { local, zone: zone_name(zone), before, after })
        }
        AmbiguousOffset::Fold { before, after } => Err(CalendarError::Repeated {
            local,
            zone: zone_name(zone),
            first: before.to_timestamp(local).map_err(out_of_range)?,
            second: after.to_timestamp(local).map_err(out_of_range)?,
        }),
    }
}

/// Whether `at` lies within [`MIDNIGHT_MARGIN`] of a UTC midnight, the margin itself included.
#[must_use]
pub fn is_near_utc_midnight(at: Timestamp) -> bool {
    const DAY: i128 = 86_400 * 1_000_000_000;
    let since_midnight = at.as_nanosecond().rem_euclid(DAY);
    since_midnight.min(DAY - since_midnight) <= MIDNIGHT_MARGIN.as_nanos()
}

fn zone_name(zone: &TimeZone) -> String {
    zone.iana_name().unwrap_or("this zone").to_owned()
}

impl Day {
    /// The week, from Monday.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];
}

impl From<Weekday> for Day {
    fn from(weekday: Weekday) -> Self {
        match weekday {
            Weekday::Monday => Self::Monday,
            Weekday::Tuesday => Self::Tuesday,
            Weekday::Wednesday => Self::Wednesday,
            Weekday::Thursday => Self::Thursday,
            Weekday::Friday => Self::Friday,
            Weekday::Saturday => Self::Saturday,
            Weekday::Sunday => Self::Sunday,
        }
    }
}

impl TryFrom<Written> for Calendar {
    type Error = CalendarError;

    fn try_from(written: Written) -> Result<Self, CalendarError> {
        let calendar = Self::new(&written.zone, written.weekend, written.holidays)?;
        Ok(calendar.without_publication_on(written.no_publication))
    }
}

impl From<Calendar> for Written {
    fn from(calendar: Calendar) -> Self {
        Self {
            zone: zone_name(&calendar.zone),
            weekend: calendar.weekend,
            holidays: calendar.holidays,
            no_publication: calendar.no_publication,
        }
    }
}
