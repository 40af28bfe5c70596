//! Reports joining and leaving, and the case's end.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{move_facts, move_rm};
use crate::{
    Case, PersonId, ReportId,
    event::{LifeEvent, ReportLink},
    opening::Letter,
    people::{Participant, Standing},
    rights::Role,
    state::{Lowering, Phase},
    vultron::{cs, rm},
};

pub(super) fn apply(case: &mut Case, event: &LifeEvent, at: Timestamp) {
    match event {
        LifeEvent::Opened { .. } => {}
        LifeEvent::Linked(link) => link_report(case, link, at),
        LifeEvent::Unlinked { report, .. } => unlink_reports(case, at, |id| id == report),
        LifeEvent::SplitOff { reports, .. } => unlink_reports(case, at, |id| reports.contains(id)),
        LifeEvent::Merged { into, .. } => case.phase = Phase::Merged { into: *into },
        LifeEvent::Withdrawn { .. } => case.phase = Phase::Withdrawn,
        LifeEvent::Closed { .. } => {
            move_rm(case, &[rm::Event::Close]);
            case.phase = Phase::Closed;
        }
        LifeEvent::LoweringProposed { approvals, by, reason } => {
            let lowering = Lowering { approvals: *approvals, by: *by, reason: reason.clone(), at };
            case.lowering = Some(lowering);
        }
        LifeEvent::ApprovalsSet { approvals, .. } => {
            case.policy.approvals = *approvals;
            case.lowering = None;
        }
        LifeEvent::Reopened { .. } => {
            // Vultron has no way back from Closed; a reopened case begins a new life of the report.
            case.rm = rm::State::Received;
            case.phase = Phase::Open;
            case.triage = None;
        }
    }
}

fn link_report(case: &mut Case, link: &ReportLink, at: Timestamp) {
    move_rm(case, &[rm::Event::Receive]);
    move_facts(case, cs::Event::VendorAware);
    let newcomer = Participant {
        name: link.reporter_name.clone(),
        organisation: None,
        mailbox: link.mailbox.clone(),
        login: None,
        roles: BTreeSet::new(),
        standing: Standing::Invited,
        since: at,
    };
    super::people::give_role(case, link.reporter, Role::Reporter, newcomer);
    case.reports.insert(link.report, link.clone());
}

/// A reporter whose last report leaves the case has no part in it any more.
fn unlink_reports(case: &mut Case, at: Timestamp, leaves: impl Fn(&ReportId) -> bool) {
    let gone: Vec<PersonId> =
        case.reports.iter().filter(|(id, _)| leaves(id)).map(|(_, link)| link.reporter).collect();
    case.reports.retain(|id, _| !leaves(id));
    case.openings.retain(|opening| match &opening.letter {
        Letter::Report(report) => !leaves(report),
        Letter::Message(_) => true,
    });
    for reporter in gone {
        if !case.reports.values().any(|link| link.reporter == reporter) {
            super::people::drop_role(case, reporter, Role::Reporter, at);
        }
    }
}
