//! Feeds that the house reads, and how they were read last.

use engine::{Engine, HeardFeed};
use jiff::Timestamp;
use serde::Serialize;

use crate::time::Moment;

/// A feed.
#[derive(Debug, Serialize)]
pub(crate) struct FeedView {
    url: String,
    /// Why it was not read.
    trouble: Option<String>,
    /// When it was asked for.
    at: Option<Moment>,
}

/// The feeds of a project, by its name.
pub(crate) fn of(engine: &Engine, project: &str, now: Timestamp) -> Vec<FeedView> {
    let view = |feed: HeardFeed| {
        let HeardFeed { url, trouble, at } = feed;
        FeedView { url, trouble, at: at.map(|at| Moment::new(at, now)) }
    };
    engine.feeds(project).into_iter().map(view).collect()
}
