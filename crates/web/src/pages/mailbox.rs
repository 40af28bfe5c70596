//! How reading the house's mailbox goes, for those of a team: whether it can be read, and which of its
//! mails wait there for a person. Of those nothing is shown but their number: nobody knows whose
//! they are.

use serde::Serialize;

use crate::{fault::Fault, time::Moment, visit::Visit};

/// The mailbox as pages show it.
#[derive(Serialize)]
pub(super) struct MailboxView {
    place: String,
    trouble: Option<String>,
    since: Moment,
    /// UID and why, in words.
    waiting: Vec<(u32, &'static str)>,
}

impl MailboxView {
    /// The mailbox that this house reads, if it reads one.
    pub(super) fn of(visit: &Visit) -> Result<Option<Self>, Fault> {
        let engine = &visit.hall.engine;
        let now = engine.now().now;
        Ok(engine.fetching()?.map(|fetching| Self {
            place: fetching.place,
            trouble: fetching.trouble,
            since: Moment::new(fetching.since, now),
            waiting: fetching.waiting.into_iter().map(|(uid, why)| (uid, why.words())).collect(),
        }))
    }

    /// Whether a person must look.
    pub(super) fn calls(&self) -> bool {
        self.trouble.is_some() || !self.waiting.is_empty()
    }
}
