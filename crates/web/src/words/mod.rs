//! Every entry of a case in a sentence, for people. Complete on purpose: an event without words
//! would be a hole in the timeline, so each match names every variant.

mod acts;
mod decisions;
mod world;

use case::{
    Event, Gate,
    embargo::{Answer, Channel, EndedBy, Given, Settlement},
    event::{EmbargoEvent, LifeEvent, PeopleEvent},
    people::CreditAnswer,
    rights::Role,
    sealing::Protection,
};

use crate::names::Names;

pub(crate) use acts::{state as act_state, undo};
pub(crate) use decisions::{line_verdict, triage};
pub(crate) use world::found_by;

/// What happened.
pub(crate) fn event(event: &Event, names: &Names) -> String {
    match event {
        Event::Life(event) => life(event, names),
        Event::Observed(seen) => world::observation(seen, names),
        Event::Attested(told) => format!(
            "told, not read back: {}; seen at {} ({})",
            world::observation(&told.seen, names),
            told.place,
            told.note
        ),
        Event::Decided(decision) => decisions::decision(decision, names),
        Event::People(event) => people(event, names),
        Event::Embargo(event) => embargo(event, names),
        Event::Act(event) => acts::act(event, names),
        Event::Disclosure(event) => acts::disclosure(event),
    }
}

/// A gate: what one does who passes it.
pub(crate) fn gate(gate: Gate) -> &'static str {
    match gate {
        Gate::Notify => "notify the distributors",
        Gate::Arm => "arm the disclosure",
        Gate::Publish => "publish",
        Gate::Announce => "tell users and distributors that it is out",
        Gate::Close => "close the case",
    }
}

fn life(event: &LifeEvent, names: &Names) -> String {
    match event {
        LifeEvent::Opened { codename, playbook, .. } => {
            format!("opened the case {codename}; it follows the playbook {}", playbook.name)
        }
        LifeEvent::Linked(link) => format!(
            "received the report “{}” from {}, by {}",
            link.title,
            names.of(link.reporter),
            link.channel
        ),
        LifeEvent::Unlinked { reason, .. } => format!("took a report out of the case: {reason}"),
        LifeEvent::SplitOff { reports, reason, .. } => {
            format!(
                "split {} off into a case of their own: {reason}",
                count(reports.len(), "report")
            )
        }
        LifeEvent::Merged { reason, .. } => format!("merged the case into another: {reason}"),
        LifeEvent::Withdrawn { reason } => format!("withdrew the case: {reason}"),
        LifeEvent::Closed { reason } => format!("closed the case: {reason}"),
        LifeEvent::Reopened { reason } => format!("reopened the case: {reason}"),
        LifeEvent::LoweringProposed { reason, .. } => {
            format!("proposed that fewer people must approve: {reason}")
        }
        LifeEvent::ApprovalsSet { approvals, reason } => format!(
            "{} must approve a publication, {} a notice, {} anything else: {reason}",
            approvals.publish, approvals.notice, approvals.other
        ),
    }
}

fn people(event: &PeopleEvent, names: &Names) -> String {
    match event {
        PeopleEvent::Joined { person, roles, .. } => {
            let roles: Vec<_> = roles.iter().map(|r| role(*r)).collect();
            format!("{} takes part as {}", names.of(*person), roles.join(", "))
        }
        PeopleEvent::Removed { person, reason } => {
            format!("{} takes part no more: {reason}", names.of(*person))
        }
        PeopleEvent::Struck { person, reason } => {
            format!("{} is a distributor here no more: {reason}", names.of(*person))
        }
        PeopleEvent::Protected { person, correspondent } => {
            let how = protection(correspondent.protection);
            let key = correspondent.key.as_ref().filter(|_| names.identity());
            let key = key.map(|key| format!(", key {}", key.fingerprint)).unwrap_or_default();
            format!("mail to {} is {how} from now on{key}", names.of(*person))
        }
        PeopleEvent::CreditOffered { person, .. } => {
            format!("asked {} how to be credited", names.of(*person))
        }
        PeopleEvent::CreditAnswered { person, answer, by_default } => {
            let how = if names.identity() { credit(answer) } else { "as answered".into() };
            if *by_default {
                format!("nobody answered about credit; the project's default holds: {how}")
            } else {
                format!("{} is to be credited: {how}", names.of(*person))
            }
        }
    }
}

/// How mail is protected.
pub(crate) fn protection(protection: Protection) -> &'static str {
    match protection {
        Protection::IfKey => "encrypted if a key is there",
        Protection::Required => "encrypted or not sent",
        Protection::Signed => "not encrypted, but signed",
        Protection::Plain => "neither encrypted nor signed",
    }
}

fn embargo(event: &EmbargoEvent, names: &Names) -> String {
    match event {
        EmbargoEvent::Proposed(p) => {
            format!("proposed {} as the end of the embargo", utc(p.instant))
        }
        EmbargoEvent::Rejected { revision, reason } => {
            format!("turned down date {revision}: {reason}")
        }
        EmbargoEvent::Agreed { revision } => {
            format!("agreed to date {revision}; the embargo binds")
        }
        EmbargoEvent::Answered { person, revision, answer, given } => {
            let how = given.as_ref().map(|given| format!(", {}", self::given(given, names)));
            let (who, how) = (names.of(*person), how.unwrap_or_default());
            format!("{who} {} date {revision}{how}", self::answer(answer))
        }
        EmbargoEvent::Settled { person, settlement } => {
            format!("the objection of {} {}", names.of(*person), self::settlement(settlement))
        }
        EmbargoEvent::Ended(ended) => {
            let by = match ended.by {
                EndedBy::World => "by what became known",
                EndedBy::Person(_) => "on purpose, before its instant",
                EndedBy::Disclosure => "with the disclosure",
            };
            format!("the embargo ended {by}: {}", ended.why)
        }
    }
}

/// What somebody said to a date.
pub(crate) fn answer(answer: &Answer) -> String {
    match answer {
        Answer::Accepted => "accepted".into(),
        Answer::Objected { reason, settled: None } => format!("objected to ({reason})"),
        Answer::Objected { reason, settled: Some(how) } => {
            format!("objected to ({reason}; {})", settlement(how))
        }
    }
}

/// Who gave a distributor's answer, and how it came.
pub(crate) fn given(given: &Given, names: &Names) -> String {
    let by = names.of(given.by);
    match &given.channel {
        Channel::Link => format!("by the link of {by}"),
        Channel::Mail { message } => {
            format!("by a mail of {by}, number {} in the conversation", message.saturating_add(1))
        }
        Channel::Told { note } => format!("told by {by}: {note}"),
    }
}

fn settlement(settlement: &Settlement) -> String {
    match settlement {
        Settlement::Withdrawn => "was withdrawn".into(),
        Settlement::Met { how } => format!("was met: {how}"),
        Settlement::Overridden { reason, .. } => format!("was overridden: {reason}"),
    }
}

/// How somebody is credited.
pub(crate) fn credit(answer: &CreditAnswer) -> String {
    answer.line().unwrap_or_else(|| "anonymous, no name at all".into())
}

/// A role's name.
pub(crate) fn role(role: Role) -> &'static str {
    match role {
        Role::Team => "security team",
        Role::Reporter => "reporter",
        Role::FixDeveloper => "fix developer",
        Role::ReleaseManager => "release manager",
        Role::Distributor => "distributor",
    }
}

/// An instant in UTC, with its hour.
pub(crate) fn utc(at: jiff::Timestamp) -> String {
    crate::time::Moment::new(at, at).utc
}

/// A number with its noun.
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
