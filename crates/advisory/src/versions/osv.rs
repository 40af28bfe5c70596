//! OSV's event lists: `introduced`, `fixed`, `last_affected`.
//!
//! One list may not hold both `fixed` and `last_affected`, so stretches are written as one list
//! for each kind of end. `limit` belongs to git histories and is refused.

use std::cmp::Ordering;

use super::{Lower, Scheme, Stretch, StretchError, Upper};

/// One event of a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// From this version on it is affected; `0` is the beginning.
    Introduced(String),
    /// From this version on it is not.
    Fixed(String),
    /// After this version it is not.
    LastAffected(String),
}

impl Event {
    /// Its key in the JSON.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Self::Introduced(_) => "introduced",
            Self::Fixed(_) => "fixed",
            Self::LastAffected(_) => "last_affected",
        }
    }

    /// Its version.
    #[must_use]
    pub fn version(&self) -> &str {
        match self {
            Self::Introduced(version) | Self::Fixed(version) | Self::LastAffected(version) => {
                version
            }
        }
    }

    /// In the order of versions; at one version, what ends stands before what begins, unless what
    /// begins and ends there is that version alone.
    fn compare(&self, other: &Self, scheme: Scheme) -> Result<Ordering, StretchError> {
        let order = match (self.version(), other.version()) {
            ("0", "0") => Ordering::Equal,
            ("0", _) => Ordering::Less,
            (_, "0") => Ordering::Greater,
            (one, another) => scheme.compare(one, another)?,
        };
        let rank = |event: &Self| match event {
            Self::Fixed(_) => 0,
            Self::Introduced(_) => 1,
            Self::LastAffected(_) => 2,
        };
        Ok(order.then(rank(self).cmp(&rank(other))))
    }
}

impl Stretch {
    /// As event lists, sorted; at most one with `fixed` and one with `last_affected`. Stretches of
    /// which one begins where the other is fixed become one, since no version lies between them.
    ///
    /// # Errors
    /// If a stretch begins after a version, which events cannot say, or a version has no order.
    pub fn to_events(stretches: &[Self], scheme: Scheme) -> Result<Vec<Vec<Event>>, StretchError> {
        let (last, fixed): (Vec<_>, Vec<_>) =
            stretches.iter().partition(|stretch| matches!(stretch.upper(), Upper::UpTo(_)));
        let lists = [fixed, last].into_iter().filter(|list| !list.is_empty());
        lists.map(|list| events(&list, scheme)).collect()
    }

    /// Reads an event list, in whatever order it is.
    ///
    /// # Errors
    /// If it holds both `fixed` and `last_affected`, no `introduced`, or a version has no order.
    pub fn from_events(events: &[Event], scheme: Scheme) -> Result<Vec<Self>, StretchError> {
        let malformed = |why: &str| StretchError::Malformed {
            notation: "an event list of OSV",
            why: why.to_owned(),
        };
        let any = |which: fn(&Event) -> bool| events.iter().any(which);
        if !any(|event| matches!(event, Event::Introduced(_))) {
            return Err(malformed("nothing is introduced"));
        }
        if any(|event| matches!(event, Event::Fixed(_)))
            && any(|event| matches!(event, Event::LastAffected(_)))
        {
            return Err(malformed("it has both fixed and last_affected"));
        }
        Ok(Self::between(sorted(events.iter().collect(), scheme)?))
    }

    /// Reads an event list in the order in which it stands, for versions that no scheme orders.
    pub(crate) fn from_events_in_order(events: &[Event]) -> Vec<Self> {
        Self::between(events)
    }

    fn between<'e>(events: impl IntoIterator<Item = &'e Event>) -> Vec<Self> {
        let mut stretches = Vec::new();
        let mut open: Option<&str> = None;
        for event in events {
            let upper = match event {
                Event::Introduced(version) => {
                    open = open.or(Some(version));
                    continue;
                }
                Event::Fixed(version) => Upper::Before(version.clone()),
                Event::LastAffected(version) => Upper::UpTo(version.clone()),
            };
            if let Some(from) = open.take() {
                stretches.push(Self::new(Lower::From(from.to_owned()), upper));
            }
        }
        if let Some(from) = open {
            stretches.push(Self::new(Lower::From(from.to_owned()), Upper::Open));
        }
        stretches
    }
}

fn events(stretches: &[&Stretch], scheme: Scheme) -> Result<Vec<Event>, StretchError> {
    let mut events = Vec::new();
    for stretch in stretches {
        events.push(Event::Introduced(match stretch.lower() {
            Lower::Start => "0".to_owned(),
            Lower::From(version) => version.clone(),
            Lower::After(_) => {
                return Err(StretchError::CannotSay {
                    notation: "an event list of OSV",
                    what: "that a stretch begins after a version",
                });
            }
        }));
        match stretch.upper() {
            Upper::Open => {}
            Upper::Before(version) => events.push(Event::Fixed(version.clone())),
            Upper::UpTo(version) => events.push(Event::LastAffected(version.clone())),
        }
    }
    let mut joined: Vec<Event> = Vec::with_capacity(events.len());
    for event in sorted(events.iter().collect(), scheme)? {
        match (joined.last(), event) {
            (Some(Event::Fixed(end)), Event::Introduced(start)) if end == start => {
                joined.pop();
            }
            _ => joined.push(event.clone()),
        }
    }
    Ok(joined)
}

/// Sorting must not stop halfway at a version without order, so each is tried first.
fn sorted(mut events: Vec<&Event>, scheme: Scheme) -> Result<Vec<&Event>, StretchError> {
    for event in &events {
        event.compare(event, scheme)?;
    }
    events.sort_by(|one, other| one.compare(other, scheme).unwrap_or(Ordering::Equal));
    Ok(events)
}
