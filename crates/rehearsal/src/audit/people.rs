//! Law: nothing to the wrong people. Every address is the planned one, belongs to whom it was
//! planned for, and is true; every account with access takes part; nobody is named against their
//! will.

use std::collections::BTreeSet;

use advisory::mailbox::Mailbox;
use case::{
    PersonId,
    act::{ActKind, Recipient},
    event::{EmbargoEvent, PeopleEvent},
    people::CreditAnswer,
};

use super::{Books, Law, Ledger, Place, Truth, Violation, ledger::ActLines};
use crate::world::{
    letter::Letter,
    record::{Happened, Record, Sent},
};

pub(super) fn check(books: &Books, ledger: &Ledger<'_>, found: &mut Vec<Violation>) {
    for record in books.records() {
        let lines = record.what.act().and_then(|act| ledger.acts.get(&act));
        let what = lines
            .and_then(|lines| address(books, ledger, record, lines))
            .or_else(|| lines.and_then(|_| access(ledger, record)))
            .or_else(|| lines.and_then(|_| named(ledger, record)));
        if let Some(what) = what {
            found.push(Violation { law: Law::WrongPeople, at: Place::Witness(record.n), what });
        }
    }
}

fn address(
    books: &Books,
    ledger: &Ledger<'_>,
    record: &Record,
    lines: &ActLines<'_>,
) -> Option<String> {
    let (to, mail, posted) = match &record.what {
        Happened::Mailed { to, mail, .. } => (to, mail, false),
        Happened::Posted { to, mail, .. } => (to, mail, true),
        _ => return None,
    };
    let planned = lines.plan.to.iter().any(|recipient| match recipient {
        Recipient::Person { mailbox, person, .. } => {
            !posted && mailbox == to && belongs(ledger, *person, to)
        }
        Recipient::List { mailbox, .. } => posted && mailbox == to,
        _ => false,
    });
    let what = record.what.in_words();
    if !planned {
        return Some(format!("{what}: nobody approved that address for this"));
    }
    if let Some(stranger) = stranger(record, to, mail) {
        return Some(format!("{what}: {stranger}"));
    }
    let truth = books.truth.as_ref()?;
    if !ours(truth, record, mail) {
        return Some(format!("{what}: it names, or comes back to, an address that is not ours"));
    }
    let right = match lines.plan.kind {
        ActKind::NotifyDistributors | ActKind::FollowUp => *to == truth.distributors,
        ActKind::NotifyUsers => *to == truth.users,
        ActKind::Nudge { person, revision } => {
            if answered(ledger, (person, revision), record) {
                return Some(format!("{what}: that distributor had answered"));
            }
            truth.vendors.contains(to)
        }
        _ => truth.reporters.contains(to),
    };
    (!right).then(|| format!("{what}: that is not whom it is for"))
}

/// A distributor's word on a date was in the journal before the call that reminded it began.
fn answered(ledger: &Ledger<'_>, asked: (PersonId, u32), record: &Record) -> bool {
    let begun = record.what.act().and_then(|act| ledger.acts.get(&act)?.started.last().copied());
    ledger.embargo.iter().any(|(when, event)| {
        matches!(event, EmbargoEvent::Answered { person, revision, .. } if (*person, *revision) == asked)
            && begun.is_some_and(|begun| when.seq < begun.seq)
    })
}

/// Somebody beside its recipient whom a mail names, and so tells of the other.
fn stranger(record: &Record, to: &Mailbox, mail: &Sent) -> Option<String> {
    let letter = Letter::read(&mail.raw);
    if letter.act != record.what.act() {
        return Some("it does not name its act".into());
    }
    let other = letter.named.iter().find(|named| *named != to);
    match other {
        Some(other) => Some(format!("its headers name {other}")),
        None => letter.named.is_empty().then(|| "its headers do not name its recipient".into()),
    }
}

/// The mail is from the team, and what becomes of it is told to the team alone.
fn ours(truth: &Truth, record: &Record, mail: &Sent) -> bool {
    let Some(act) = record.what.act() else { return false };
    let team = &truth.team;
    let own = format!("{}+{act}@{}", team.local(), team.domain());
    Letter::read(&mail.raw).from == [team.clone()]
        && mail.sender.as_ref().is_none_or(|sender| sender.as_str() == own)
}

fn belongs(ledger: &Ledger<'_>, person: PersonId, to: &Mailbox) -> bool {
    let linked = ledger
        .reports
        .iter()
        .any(|(_, link)| link.reporter == person && link.mailbox.as_ref() == Some(to));
    linked
        || ledger.people.iter().any(|(_, event)| {
            matches!(event, PeopleEvent::Joined { person: who, mailbox, .. }
                if *who == person && mailbox.as_ref() == Some(to))
        })
}

/// An account with access whose owner does not take part.
fn access(ledger: &Ledger<'_>, record: &Record) -> Option<String> {
    let Happened::AccessSet { logins, .. } = &record.what else { return None };
    let mut present = BTreeSet::new();
    for (when, event) in &ledger.people {
        if let PeopleEvent::Joined { person, login: Some(login), .. } = event
            && when.at <= record.at
            && !ledger.gone(*person, record.at)
        {
            present.insert(login);
        }
    }
    let stranger = logins.iter().find(|login| !present.contains(login))?;
    Some(format!("{stranger} was given access and takes no part in the case"))
}

/// A reporter, or a company, named in public against the reporter's word.
fn named(ledger: &Ledger<'_>, record: &Record) -> Option<String> {
    let text = match &record.what {
        Happened::AdvisoryPublished { advisory, .. } => serde_json::to_string(advisory).ok()?,
        Happened::Posted { subject, body, .. } => format!("{subject}\n{body}"),
        _ => return None,
    };
    ledger.people.iter().find_map(|(_, event)| {
        let PeopleEvent::CreditAnswered { person, answer: CreditAnswer::Anonymous, .. } = event
        else {
            return None;
        };
        let mut links = ledger.reports.iter().filter(|(_, link)| link.reporter == *person);
        links
            .any(|(_, link)| {
                link.reporter_name != "anonymous" && text.contains(&link.reporter_name)
            })
            .then(|| {
                format!("{} names a reporter who is to stay anonymous", record.what.in_words())
            })
    })
}
