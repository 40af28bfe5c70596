//! What the exact words of a planned message say: whether a paragraph, a version or a date stands
//! in them. White space may differ, and so may the marks that quote a paragraph.

use case::{
    act::{Act, Payload},
    embargo::Proposal,
};
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

fn plain(text: &str) -> String {
    let words = text.split_whitespace().filter(|word| *word != ">");
    words.collect::<Vec<_>>().join(" ").to_lowercase()
}

impl Words {
    /// A text stands in them, word for word.
    pub(super) fn hold(&self, text: &str) -> bool {
        let text = plain(text);
        !text.is_empty() && self.0.contains(&text)
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

    /// An instant stands in them with its hour, in UTC or in the zone it was chosen in.
    pub(super) fn name_instant(&self, at: Timestamp, zone: &str) -> bool {
        let zones = [Some(TimeZone::UTC), case::calendar::named_zone(zone).ok()];
        zones.into_iter().flatten().any(|zone| {
            let local = at.to_zoned(zone);
            let (date, hour) = (local.strftime("%Y-%m-%d"), local.strftime("%H:%M"));
            self.stand_together(&date.to_string(), &hour.to_string())
        })
    }

    fn stand_together(&self, date: &str, hour: &str) -> bool {
        self.0.match_indices(date).any(|(at, found)| {
            let rest = self.0.get(at + found.len()..).unwrap_or_default();
            rest.find(hour).is_some_and(|gap| gap <= HOUR_FOLLOWS_WITHIN)
        })
    }

    /// The date of a proposal stands in them.
    pub(super) fn name(&self, proposal: &Proposal) -> bool {
        self.name_instant(proposal.instant, &proposal.zone)
    }

    /// They ask for objections, and until when.
    pub(super) fn ask(&self, proposal: &Proposal) -> bool {
        self.0.contains("object") && self.name_instant(proposal.answer_by, &proposal.zone)
    }
}
