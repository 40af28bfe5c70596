//! Outward acts and the disclosure in words.

use case::{
    act::{ActKind, ActState},
    event::{ActEvent, DisclosureEvent},
};

use super::{count, utc};
use crate::names::Names;

pub(super) fn act(event: &ActEvent, names: &Names) -> String {
    match event {
        ActEvent::Planned { plan, needs: 0, .. } => format!("planned: {}", plan.kind.name()),
        ActEvent::Planned { plan, needs, .. } => {
            format!("planned: {} (needs {})", plan.kind.name(), count((*needs).into(), "approval"))
        }
        ActEvent::Approved { .. } => "approved an act".into(),
        ActEvent::Started { .. } => "began to carry an act out".into(),
        ActEvent::Sealed { sealed, .. } if sealed.keys.is_empty() => "signed a mail".into(),
        ActEvent::Sealed { sealed, .. } => {
            format!("encrypted a mail to {}", sealed.keys.join(" and "))
        }
        ActEvent::Done { act, proof, .. } => {
            format!("done; receipt from {}: {}", proof.by, names.said_of(*act, &proof.reference))
        }
        ActEvent::Failed { act, why } => format!("an act failed: {}", names.said_of(*act, why)),
        ActEvent::PutOff { act, why, .. } => {
            format!("an act was put off: {}", names.said_of(*act, why))
        }
        ActEvent::Uncertain { act, why } => {
            format!("nobody can know whether an act happened: {}", names.said_of(*act, why))
        }
        ActEvent::Retried { reason, .. } => format!("asked for another try: {reason}"),
        ActEvent::Cancelled { reason, .. } => format!("gave an act up: {reason}"),
    }
}

pub(super) fn disclosure(event: &DisclosureEvent) -> String {
    match event {
        DisclosureEvent::Planned { instant, acts, .. } => {
            format!("planned the disclosure for {}: {}", utc(*instant), count(acts.len(), "act"))
        }
        DisclosureEvent::Approved { .. } => "approved the disclosure".into(),
        DisclosureEvent::Armed { .. } => "armed the disclosure".into(),
        DisclosureEvent::TimeTold { clock, .. } => {
            format!("told that the instant has come, by {clock}")
        }
        DisclosureEvent::Held { reason, .. } => format!("held the disclosure: {reason}"),
        DisclosureEvent::Resumed { .. } => "let the disclosure go on".into(),
        DisclosureEvent::Blocked { missing, .. } => {
            let steps: Vec<_> = missing.iter().map(|m| m.step.to_string()).collect();
            format!("the instant has come, but steps are open: {}", steps.join(", "))
        }
        DisclosureEvent::Started { .. } => "the disclosure goes out".into(),
        DisclosureEvent::Finished { .. } => "the disclosure is out".into(),
        DisclosureEvent::Dropped { reason, .. } => format!("dropped the disclosure: {reason}"),
    }
}

/// Where an act stands, as a mark with its word.
pub(crate) fn state(state: &ActState) -> (&'static str, &'static str) {
    match state {
        ActState::Planned => ("waiting", "waits for approval"),
        ActState::Approved { .. } => ("ready", "approved, about to go"),
        ActState::Started { .. } => ("ready", "on its way"),
        ActState::Done { .. } => ("done", "done"),
        ActState::Failed { .. } => ("overdue", "failed"),
        ActState::Uncertain { .. } => ("overdue", "uncertain"),
        ActState::Cancelled { .. } => ("off", "given up"),
    }
}

/// Whether, and how, an act can be undone.
pub(crate) fn undo(kind: &ActKind) -> &'static str {
    match kind {
        ActKind::Acknowledge { .. } | ActKind::TellReporter { .. } | ActKind::Nudge { .. } => {
            "No. A message that was sent stays sent."
        }
        ActKind::NotifyDistributors | ActKind::NotifyUsers | ActKind::FollowUp => {
            "No. Everybody on the list has it, and the archive keeps it."
        }
        ActKind::CreateDraft => "Yes, while it is a draft: it can be closed at the forge.",
        ActKind::UpdateDraft => "Yes: the draft can be updated again.",
        ActKind::RequestCve { .. } => "Partly: an id, once assigned, can only be rejected.",
        ActKind::CreateFork => "Yes: the private fork can be deleted at the forge.",
        ActKind::SetAccess => "Partly: access can be taken away, but not what was read meanwhile.",
        ActKind::PublishAdvisory | ActKind::PublishCve { .. } => {
            "No. What was public once stays known."
        }
    }
}
