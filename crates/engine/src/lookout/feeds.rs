//! Feeds: read for the words of a project's secret cases, and asked for whether there is such a case or not.

use case::{ProjectId, sighting::Spot};
use jiff::Timestamp;

use super::{
    Found, Listener, listing, locked,
    markup::{self, Entry},
};
use crate::{Engine, EngineError, ports::Feed};

/// Bytes of an entry that are kept as evidence, at most.
const LARGEST_KEPT: usize = 64 * 1024;

/// How reading a feed stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heard {
    trouble: Option<String>,
    at: Timestamp,
}

/// A feed of a project, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeardFeed {
    /// Its address.
    pub url: String,
    /// Why it could not be read the last time, if it could not.
    pub trouble: Option<String>,
    /// When it was asked for last; `None` before this process has.
    pub at: Option<Timestamp>,
}

impl Engine {
    /// Reads a project's feeds.
    pub(crate) fn hear_feeds(&self, project: ProjectId) -> Result<(), EngineError> {
        let project = self.project(project)?;
        for feed in self.feeds_of(&project.policy.project) {
            let read = self.ports.feeds.read(feed);
            let trouble = read.as_ref().err().map(|error| error.words().to_owned());
            let heard = Heard { trouble, at: self.clock.wall() };
            locked(&self.lookout.feeds).insert(feed.url.clone(), heard);
            let Ok(bytes) = read else { continue };
            let text = markup::text(&bytes);
            let entries = entries(&text);
            for (case, terms) in self.secret_cases(&project)? {
                let listener = Listener::new(&terms);
                let found = entries.iter().filter_map(|entry| found(&listener, feed, entry));
                let found = found.collect();
                // What is left is still there the next time.
                self.tell(case, found)?;
            }
        }
        Ok(())
    }

    /// How a project's feeds stand.
    #[must_use]
    pub fn feeds(&self, project: &str) -> Vec<HeardFeed> {
        let heard = locked(&self.lookout.feeds);
        let stands = |feed: &Feed| {
            let known = heard.get(&feed.url);
            HeardFeed {
                url: feed.url.clone(),
                trouble: known.and_then(|known| known.trouble.clone()),
                at: known.map(|known| known.at),
            }
        };
        self.feeds_of(project).map(stands).collect()
    }

    fn feeds_of(&self, project: &str) -> impl Iterator<Item = &Feed> {
        self.ports.feeds.all().iter().filter(move |feed| feed.project == project)
    }
}

/// The entries of a document, whatever it is: a listing in JSON, or a feed or page with markup.
#[must_use]
pub fn entries(text: &str) -> Vec<Entry<'_>> {
    listing::entries(text).unwrap_or_else(|| markup::entries(text))
}

fn found(listener: &Listener, feed: &Feed, entry: &Entry<'_>) -> Option<Found> {
    let readings = entry.readings();
    let rules = listener.rules_of(readings.iter().map(String::as_str));
    if rules.is_empty() {
        return None;
    }
    let which = entry.id.as_deref().unwrap_or(entry.raw).to_owned();
    let link = entry.link.as_deref().and_then(|link| listener.quotable(link));
    let link = link.map(|link| format!(": {link}")).unwrap_or_default();
    let place = match entry.number {
        Some(number) => format!("number {number} of {}{link}", feed.url),
        None => format!("an entry of {}{link}", feed.url),
    };
    let kept = entry.raw.as_bytes();
    Some(Found {
        spot: Spot::Feed,
        key: vec![feed.url.clone(), which],
        place,
        rules,
        evidence: Some(kept.get(..LARGEST_KEPT).unwrap_or(kept).to_vec()),
    })
}
