//! What the view is found in: the case, the team and the time, and the few things that several
//! fields need.

use std::collections::BTreeSet;

use case::{
    Case, PersonId,
    act::{Act, ActKind, ActState},
    embargo::{EndedBy, Proposal},
    observation::Delivery,
    people::Participant,
};
use jiff::Timestamp;

use super::{
    ROOT, Value,
    wording::{self, Moment, Phrase, Words},
};

/// A case at one moment.
pub(crate) struct Source<'a> {
    pub(crate) case: &'a Case,
    pub(super) team: &'a BTreeSet<PersonId>,
    pub(crate) now: Timestamp,
    /// The date that binds: the agreed one, whatever else is on the table; before any is agreed,
    /// the one on the table. A later date that is only proposed neither binds nor stops anybody.
    pub(super) date: Option<Date<'a>>,
    /// The date to ask people about: the one on the table, else the agreed one.
    pub(super) question: Option<Date<'a>>,
    /// The latest notice to the distributors that was not given up.
    pub(super) distributors_notice: Option<Notice<'a>>,
    /// Those that were sent, oldest first.
    sent_notices: Vec<Notice<'a>>,
    pub(super) users_notice: Option<Notice<'a>>,
    pub(super) follow_up: Option<Notice<'a>>,
    /// What must end a notice to distributors, by the project's lists.
    pub(super) closing_notes: Vec<Phrase>,
}

/// A proposed or agreed date.
pub(super) struct Date<'a> {
    pub(super) revision: u32,
    pub(super) proposal: &'a Proposal,
    pub(super) instant: Moment,
    pub(super) answer_by: Moment,
}

/// An act that sends words to a list.
#[derive(Clone)]
pub(crate) struct Notice<'a> {
    pub(crate) act: &'a Act,
    pub(super) words: Words,
}

impl<'a> Notice<'a> {
    fn new(act: &'a Act) -> Self {
        Self { act, words: wording::of(act) }
    }
}

impl<'a> Source<'a> {
    pub(crate) fn new(case: &'a Case, team: &'a BTreeSet<PersonId>, now: Timestamp) -> Self {
        let latest = |kind: ActKind| acts(case, &kind).rfind(|act| kept(act)).map(Notice::new);
        let sent = acts(case, &ActKind::NotifyDistributors).filter(|act| act.done_at().is_some());
        let (pending, agreed) = (case.embargo.pending, case.embargo.agreed);
        let notes = case.policy.lists.values().filter_map(|list| list.closing_note.as_deref());
        Self {
            case,
            team,
            now,
            date: agreed.or(pending).and_then(|revision| date(case, revision)),
            question: pending.or(agreed).and_then(|revision| date(case, revision)),
            distributors_notice: latest(ActKind::NotifyDistributors),
            sent_notices: sent.map(Notice::new).collect(),
            users_notice: latest(ActKind::NotifyUsers),
            follow_up: latest(ActKind::FollowUp),
            closing_notes: notes.map(Phrase::new).collect(),
        }
    }

    /// The whole view.
    pub(crate) fn view(&self) -> Value {
        ROOT.record(|get| get(self))
    }

    /// The publication of the advisory, once it is done.
    pub(crate) fn published(&self) -> Option<Timestamp> {
        acts(self.case, &ActKind::PublishAdvisory).find_map(Act::done_at)
    }

    /// The bug got out, or the embargo was given up, before the project published.
    pub(super) fn early(&self) -> bool {
        let case = self.case;
        match case.embargo.ended.as_ref().map(|ended| &ended.by) {
            Some(EndedBy::World | EndedBy::Person(_)) => true,
            Some(EndedBy::Disclosure) => false,
            None => !case.facts.is_quiet(),
        }
    }

    /// The latest notice to the distributors that was sent and names the date that binds.
    pub(crate) fn date_notice(&self) -> Option<&Notice<'a>> {
        let date = self.date.as_ref()?;
        self.sent_notices.iter().rfind(|notice| notice.words.tell(&date.instant))
    }

    /// The notice that a field of the view stands for.
    pub(crate) fn notice(&self, field: &str) -> Option<&Notice<'a>> {
        match field {
            "distributors_notice" => self.distributors_notice.as_ref(),
            "date_notice" => self.date_notice(),
            "users_notice" => self.users_notice.as_ref(),
            "follow_up" => self.follow_up.as_ref(),
            _ => None,
        }
    }

    /// The archive shows a sent notice in this thread, or no notice was ever sent.
    pub(super) fn continues(&self, thread: Option<&str>) -> bool {
        let posts = self.sent_notices.iter().filter_map(|n| self.case.posts.get(&n.act.id));
        let mut threads = posts.map(|post| post.thread.as_str());
        self.sent_notices.is_empty() || threads.any(|one| Some(one) == thread)
    }

    /// The people who reported and still take part, in the order of their ids.
    pub(super) fn reporters(&self) -> BTreeSet<PersonId> {
        let present =
            |person: &PersonId| self.case.people.get(person).is_some_and(Participant::present);
        self.case.reports.values().map(|report| report.reporter).filter(present).collect()
    }

    /// The person takes part, and nobody recorded that they cannot be reached.
    pub(super) fn reachable(&self, person: PersonId) -> bool {
        let present = self.case.people.get(&person).is_some_and(Participant::present);
        present && !self.case.unreachable.contains_key(&person)
    }

    /// A message to a person was sent and did not come back for good.
    pub(super) fn reached(&self, act: &Act, person: PersonId) -> bool {
        let outcome = self.case.deliveries.get(&act.id).and_then(|people| people.get(&person));
        act.done_at().is_some()
            && !matches!(outcome, Some((Delivery::Bounced { hard: true, .. }, _)))
    }
}

fn date(case: &Case, revision: u32) -> Option<Date<'_>> {
    let proposal = case.embargo.proposal(revision)?;
    let moment = |at| Moment::new(at, &proposal.zone);
    let (instant, answer_by) = (moment(proposal.instant), moment(proposal.answer_by));
    Some(Date { revision, proposal, instant, answer_by })
}

/// Acts of one kind, in the order they were planned.
pub(super) fn acts<'a>(
    case: &'a Case,
    kind: &ActKind,
) -> impl DoubleEndedIterator<Item = &'a Act> + use<'a> {
    let kind = kind.clone();
    case.act_order.iter().filter_map(|id| case.acts.get(id)).filter(move |a| a.plan.kind == kind)
}

fn kept(act: &Act) -> bool {
    !matches!(act.state, ActState::Cancelled { .. } | ActState::Failed { .. })
}
