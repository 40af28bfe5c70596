//! What a project has published: the advisories of its cases, as they were approved, with the
//! moments at which they went out.
//!
//! An advisory is public when the act that publishes it is proven done, and by nothing else. Facts
//! that a case learned later are not in it before they have been approved as well.

use advisory::{
    Advisory,
    csaf::Revision,
    provider::{Provider, Published, Versions},
};
use case::{
    Case, Entry, Event, ProjectId,
    act::{Act, ActKind, Payload},
    event::LifeEvent,
    state::Phase,
};
use jiff::Timestamp;
use store::Scope;

use crate::{Engine, EngineError, Loaded, journal, people::scope_of, streams};

impl Engine {
    /// How a project appears as a provider, and every advisory that it has published; of each case
    /// the last approved words. Withdrawn ones are there, marked as such.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] where nobody said yet how the project signs; [`EngineError::NotFound`]
    /// when there is no such project.
    pub fn published(&self, project: ProjectId) -> Result<(Provider, Vec<Published>), EngineError> {
        let found = self.project(project)?;
        let (imprint, since) = found.imprint.ok_or_else(|| {
            EngineError::Invalid(format!(
                "nobody has said yet how {} signs what it publishes",
                found.policy.project
            ))
        })?;
        let scope = Scope::project(scope_of(project)?, "publication");
        let mut all = Vec::new();
        for case in streams::cases(&*self.store, &scope)? {
            let loaded = journal::load(&*self.store, case)?;
            all.extend(published(&loaded));
        }
        Ok((Provider { imprint, since, versions: Versions::default() }, all))
    }
}

fn published(loaded: &Loaded) -> Option<Published> {
    let acts = acts(&loaded.case);
    let advisory = acts.iter().rev().find_map(|(_, advisory)| *advisory)?.clone();
    let (editions, withdrawn) = editions_and_withdrawal(loaded);
    Some(Published { advisory, editions, withdrawn })
}

/// The editions of a case's advisory, its withdrawal among them, and when that was; nothing as long
/// as it is not public.
pub(crate) fn editions_and_withdrawal(loaded: &Loaded) -> (Vec<Revision>, Option<Timestamp>) {
    let mut editions = editions(&loaded.case);
    if editions.is_empty() {
        return (editions, None);
    }
    let withdrawn = withdrawn(&loaded.case, &loaded.entries);
    editions.extend(withdrawn.map(|at| Revision { at, summary: "Withdrawn.".to_owned() }));
    editions.sort_by_key(|edition| edition.at);
    (editions, withdrawn)
}

/// When a case's advisory went out, and again each time that its words were changed since; empty
/// as long as it is not public.
#[must_use]
pub fn editions(case: &Case) -> Vec<Revision> {
    let words = std::iter::once("Published.").chain(std::iter::repeat("Corrected."));
    let edition =
        |((at, _), summary): ((Timestamp, _), &str)| Revision { at, summary: summary.to_owned() };
    acts(case).into_iter().zip(words).map(edition).collect()
}

/// Since when a case's advisory is public, and its last approved words.
pub(crate) fn in_force(case: &Case) -> Option<(Timestamp, &Advisory)> {
    let acts = acts(case);
    let (since, _) = acts.first()?;
    Some((*since, acts.iter().rev().find_map(|(_, advisory)| *advisory)?))
}

/// The acts that made it public, in order. A change of the forge's copy afterwards changes what the
/// public reads; it counts where as many people stood behind it as a publication needs.
fn acts(case: &Case) -> Vec<(Timestamp, Option<&Advisory>)> {
    let done = |act: &'_ &Act| act.done_at().is_some();
    let Some(first) = case.acts_of(|kind| *kind == ActKind::PublishAdvisory).find(done) else {
        return Vec::new();
    };
    let since = first.done_at();
    let enough = usize::from(case.policy.approvals.publish.max(1));
    let later = case
        .acts_of(|kind| *kind == ActKind::UpdateDraft)
        .filter(|act| act.done_at() > since && act.approvals.len() >= enough);
    let mut acts: Vec<_> = std::iter::once(first)
        .chain(later)
        .filter_map(|act| Some((act.done_at()?, said(act))))
        .collect();
    acts.sort_by_key(|(at, _)| *at);
    acts
}

fn said(act: &Act) -> Option<&Advisory> {
    match &act.plan.payload {
        Payload::Advisory(advisory) => Some(advisory),
        _ => None,
    }
}

/// When a case that is withdrawn was withdrawn.
fn withdrawn(case: &Case, entries: &[Entry]) -> Option<Timestamp> {
    if case.phase != Phase::Withdrawn {
        return None;
    }
    let withdraws =
        |entry: &&Entry| matches!(entry.event, Event::Life(LifeEvent::Withdrawn { .. }));
    entries.iter().rev().find(withdraws).map(|entry| entry.recorded_at)
}
