//! What a person of the team is summoned for, read off a case, the project's keys and the mailbox.

use std::collections::BTreeSet;

use case::{
    Case, PersonId,
    act::{Act, ActState},
    observation::Delivery,
    sealing::{Book, Correspondent},
    state::{Disclosure, DisclosureState},
    vultron::rm,
};
use jiff::{SignedDuration, Timestamp};

use crate::{Fetching, View};

/// A step is a reason so long before it is due.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// Why somebody is summoned.
pub(super) struct Reason {
    /// What makes it another one than others of its case.
    pub(super) mark: String,
    /// In words that anybody may read.
    pub(super) words: String,
    /// Since when.
    pub(super) since: Timestamp,
    /// It does not wait until those who caused it are done, nor for the next mail.
    pub(super) urgent: bool,
    /// Those whom it does not concern.
    but: BTreeSet<PersonId>,
}

impl Reason {
    fn new(mark: String, words: impl Into<String>, since: Timestamp) -> Self {
        Self { mark, words: words.into(), since, urgent: false, but: BTreeSet::new() }
    }

    fn urgent(self) -> Self {
        Self { urgent: true, ..self }
    }

    fn but(self, people: impl IntoIterator<Item = PersonId>) -> Self {
        Self { but: people.into_iter().collect(), ..self }
    }

    /// Whether it is this person who is summoned.
    pub(super) fn concerns(&self, person: PersonId) -> bool {
        !self.but.contains(&person)
    }
}

/// What an open case waits for.
pub(super) fn of_case(view: &View) -> Vec<Reason> {
    let case = &view.loaded.case;
    let mut reasons = Vec::new();
    if matches!(case.rm, rm::State::Start | rm::State::Received) {
        reasons.push(Reason::new("report".into(), "A report came in.", case.opened_at));
    }
    reasons.extend(answers(view));
    reasons.extend(case.acts.values().filter_map(of_act));
    reasons.extend(came_back(case));
    reasons.extend(case.strange_copies().map(|seen| {
        let words = "A notice came from its list in other words than approved.";
        Reason::new(format!("copy {} {}", seen.copy.act, seen.at), words, seen.at).urgent()
    }));
    reasons.extend(case.open_sightings().map(|seen| {
        let (mark, words) =
            (format!("seen {}", seen.sighting.thing), "Words of the case stand in public.");
        Reason::new(mark, words, seen.at).urgent()
    }));
    reasons.extend(case.disclosure.iter().flat_map(of_disclosure));
    reasons.extend(of_steps(view));
    reasons.extend(case.correspondents.iter().filter_map(|(person, known)| {
        let words = "The key of somebody whom this case writes to";
        of_key(&person.to_string(), words, known, view.now)
    }));
    let removed = case.people.iter().filter(|(_, person)| !person.present()).map(|(id, _)| *id);
    let removed: BTreeSet<_> = removed.collect();
    for reason in &mut reasons {
        reason.but.extend(&removed);
    }
    reasons
}

/// Somebody outside of the team wrote.
fn answers(view: &View) -> Option<Reason> {
    let outside = |from: Option<PersonId>| from.is_none_or(|person| !view.team.contains(&person));
    let mut written = view.loaded.case.messages.iter().enumerate();
    let (number, last) = written.rfind(|(_, message)| outside(message.from))?;
    Some(Reason::new(format!("message {number}"), "Somebody wrote.", last.at))
}

fn of_act(act: &Act) -> Option<Reason> {
    let name = act.plan.kind.name();
    let urgent = act.plan.under.is_some();
    let reason = match &act.state {
        ActState::Failed { at, .. } => {
            Reason::new(format!("failed {} {at}", act.id), format!("Failed: {name}."), *at)
        }
        ActState::Uncertain { at, .. } => {
            let words = format!("Nobody can know whether it happened: {name}.");
            Reason::new(format!("uncertain {} {at}", act.id), words, *at)
        }
        ActState::Planned if act.plan.under.is_none() => {
            let words = format!("It waits for approvals: {name}.");
            let behind = act.approvals.keys().copied().chain(act.planned_by);
            Reason::new(format!("approve {}", act.id), words, act.planned_at).but(behind)
        }
        _ => return None,
    };
    Some(if urgent { reason.urgent() } else { reason })
}

fn came_back(case: &Case) -> impl Iterator<Item = Reason> {
    let copies = case.deliveries.iter().flat_map(|(act, copies)| {
        copies.iter().map(move |(person, (outcome, at))| (act, person, outcome, *at))
    });
    copies.filter(|(_, _, outcome, _)| matches!(outcome, Delivery::Bounced { hard: true, .. })).map(
        |(act, person, _, at)| {
            let words = "A message of ours came back for good.";
            Reason::new(format!("bounced {act} {person}"), words, at).urgent()
        },
    )
}

fn of_disclosure(plan: &Disclosure) -> Vec<Reason> {
    let id = plan.id;
    let mut reasons = Vec::new();
    if let Some(look) = plan.preflight.as_ref().filter(|look| !look.problems.is_empty()) {
        let words = "The disclosure could not go out as things are.";
        reasons.push(Reason::new(format!("obstacles {id} {}", look.at), words, look.at).urgent());
    }
    let (mark, words) = match plan.state {
        DisclosureState::Held { .. } => ("held", "The disclosure is held."),
        _ if !plan.blocked.is_empty() && plan.started_at.is_none() => {
            ("blocked", "The instant of the disclosure has come, and steps are open.")
        }
        DisclosureState::Planned => ("approve", "The disclosure waits for approvals."),
        _ => return reasons,
    };
    let reason = Reason::new(format!("{mark} {id}"), words, Timestamp::MIN);
    let waits = matches!(plan.state, DisclosureState::Planned);
    let behind = plan.approvals.keys().copied();
    reasons.push(if waits { reason.but(behind) } else { reason.urgent() });
    reasons
}

/// Steps that are due within a day, and again when they are overdue, whoever is to take them.
fn of_steps(view: &View) -> Vec<Reason> {
    let mut reasons = Vec::new();
    for item in view.checklist.items.iter().filter(|item| item.status.open()) {
        let Some(due) = item.due else { continue };
        let ahead = due.checked_sub(AHEAD).unwrap_or(Timestamp::MIN);
        let (mark, words, since) = if view.now >= due {
            ("overdue", "Overdue", due)
        } else if view.now >= ahead {
            ("due", "Due within a day", ahead)
        } else {
            continue;
        };
        let words = format!("{words}: {}.", item.title);
        reasons.push(Reason::new(format!("{mark} {} {due}", item.step), words, since));
    }
    reasons
}

/// Keys of a project's lists that run out, at each of the times at which one is warned of.
pub(super) fn of_keys(book: &Book, now: Timestamp) -> Vec<Reason> {
    let each = book.iter().filter_map(|(address, known)| {
        of_key(&address.to_string(), "The key of one of the project's lists", known, now)
    });
    each.collect()
}

fn of_key(whose: &str, what: &str, known: &Correspondent, now: Timestamp) -> Option<Reason> {
    let key = known.key.as_ref()?;
    let left = key.warning(now)?;
    let words = match left {
        0 => format!("{what} has run out."),
        1 => format!("{what} runs out within a day."),
        days => format!("{what} runs out within {days} days."),
    };
    Some(Reason::new(format!("key {whose} {} {left}", key.fingerprint), words, Timestamp::MIN))
}

/// The house's mailbox cannot be read.
pub(super) fn of_mailbox(mailbox: &Fetching) -> Option<Reason> {
    mailbox.trouble.as_ref()?;
    let words = "The mailbox that reports come into cannot be read.";
    Some(Reason::new(format!("mailbox {}", mailbox.since), words, mailbox.since))
}
