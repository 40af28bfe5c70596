//! What the exact words of a planned message say: whether a paragraph, a version or a date stands
//! in them. White space may differ, and so may the marks that quote a paragraph.

use case::act::{Act, Payload};
use jiff::{Timestamp, tz::TimeZone};

/// How far behind its date an hour may stand: `2026-12-01, at 14:00`.
const HOUR_FOLLOWS_WITHIN: usize = 12;

/// A message's subject and body, in lower case and with single spaces.
#[derive(Debug, Clone, Default)]
pub(super) struct Words(String);

pub(super) fn of(act: &Act) -> Words {
    match &act.plan.payload {
        Payload::Message { subject, body } => Words(plain(&format!("{subject}\n{body}"))),
        _ => Words::default(),
    }
}

/// Single spaces, lower case, no marks that quote.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for word in text.split_whitespace().filter(|word| *word != ">") {
        if !plain.is_empty() {
            plain.push(' ');
        }
        if word.is_ascii() {
            plain.extend(word.chars().map(|c| c.to_ascii_lowercase()));
        } else {
            plain.push_str(&word.to_lowercase());
        }
    }
    plain
}

/// A text to look for, in the form that it is looked for in.
#[derive(Debug, Clone)]
pub(super) struct Phrase(String);

impl Phrase {
    pub(super) fn new(text: &str) -> Self {
        Self(plain(text))
    }
}

/// An instant to look for: its date and hour, in UTC and in the zone it was chosen in.
#[derive(Debug, Clone)]
pub(super) struct Moment(Vec<(String, String)>);

impl Moment {
    pub(super) fn new(at: Timestamp, zone: &str) -> Self {
        let own = if zone == "UTC" { None } else { case::calendar::named_zone(zone).ok() };
        let zones = std::iter::once(TimeZone::UTC).chain(own);
        let written = zones.map(|zone| {
            let local = at.to_zoned(zone);
            (local.strftime("%Y-%m-%d").to_string(), local.strftime("%H:%M").to_string())
        });
        Self(written.collect())
    }
}

impl Words {
    /// A text stands in them, word for word.
    pub(super) fn hold(&self, Phrase(text): &Phrase) -> bool {
        !text.is_empty() && self.0.contains(text)
    }

    /// A name or version stands in them by itself: `1.15.2` does not stand in `1.15.20`.
    pub(super) fn name_exactly(&self, name: &str) -> bool {
        let name = plain(name);
        let part = |c: char| c.is_alphanumeric();
        !name.is_empty()
            && self.0.match_indices(&name).any(|(at, found)| {
                let before = self.0.get(..at).unwrap_or_default().chars().next_back();
                let mut after = self.0.get(at + found.len()..).unwrap_or_default().chars();
                let follows = match after.next() {
                    Some('.' | '-') => after.next().is_some_and(part),
                    Some(c) => part(c),
                    None => false,
                };
                let precedes = before.is_some_and(|c| part(c) && c != 'v' || c == '.');
                !precedes && !follows
            })
    }

    /// An instant stands in them with its hour.
    pub(super) fn tell(&self, Moment(forms): &Moment) -> bool {
        forms.iter().any(|(date, hour)| self.stand_together(date, hour))
    }

    /// They ask for objections, and until when.
    pub(super) fn ask(&self, until: &Moment) -> bool {
        self.0.contains("object") && self.tell(until)
    }

    fn stand_together(&self, date: &str, hour: &str) -> bool {
        self.0.match_indices(date).any(|(at, found)| {
            let rest = self.0.get(at + found.len()..).unwrap_or_default();
            rest.find(hour).is_some_and(|gap| gap <= HOUR_FOLLOWS_WITHIN)
        })
    }
}
