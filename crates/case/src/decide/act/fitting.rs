//! Whether a plan goes to the right place, and whether its content is of the right kind.

use super::super::{ensure, unknown};
use crate::{
    Case, Gate, Refusal,
    act::{ActKind, Payload, Plan, Recipient},
    complete::{complete_advisory, differences},
    event::Origin,
    notice::{Audience, holds_link, holds_words},
    refusal::Rule,
    rights::Role,
};

/// Recipients are contacts of the case or a list of the policy, never free text; the content is
/// of the kind that the act needs; and words for a list pass the list's profile.
pub(super) fn check(case: &Case, plan: &Plan) -> Result<(), Refusal> {
    if !plan.to.iter().all(|to| known(case, to)) {
        return wrong("the act goes to somebody who is not known here under that address");
    }
    well_formed(&plan.payload)?;
    content(case, plan)?;
    as_the_case_says(case, plan)?;
    match &plan.kind {
        ActKind::Acknowledge { .. } | ActKind::TellReporter { .. } => to_the_reporter(case, plan),
        ActKind::NotifyDistributors | ActKind::NotifyUsers | ActKind::FollowUp => {
            to_a_list(case, plan)
        }
        ActKind::Nudge { person, .. } => super::nudge::to_the_distributor(case, plan, *person),
        ActKind::RequestCve { vulnerability } | ActKind::PublishCve { vulnerability } => {
            let found =
                case.vulnerabilities.get(vulnerability).ok_or_else(|| unknown("vulnerability"))?;
            ensure(
                found.origin == Origin::Ours,
                Rule::BadValue,
                "the vulnerability is upstream's, and so is its CVE id",
                "leave the CVE id to the upstream project",
            )?;
            if plan.to == [Recipient::Cna] { Ok(()) } else { wrong("the CNA must be addressed") }
        }
        ActKind::CreateDraft
        | ActKind::UpdateDraft
        | ActKind::CreateFork
        | ActKind::SetAccess
        | ActKind::PublishAdvisory => at_the_forge(case, plan),
    }
}

/// Another open case has an advisory at the same repository: its fork and its people are not these.
fn at_the_forge(case: &Case, plan: &Plan) -> Result<(), Refusal> {
    let [Recipient::Forge { advisory, .. }] = plan.to.as_slice() else {
        return wrong("the forge must be addressed");
    };
    let own = case.forge.draft.as_ref().map(|draft| &draft.ghsa);
    ensure(
        advisory.is_some() || !matches!(plan.kind, ActKind::CreateFork | ActKind::SetAccess),
        Rule::BadValue,
        format!("to {}, the advisory at the forge must be named", plan.kind.name()),
        "create the draft first; its id is read back",
    )?;
    ensure(
        advisory.is_none() || advisory.as_ref() == own,
        Rule::BadValue,
        "the advisory at the forge is not this case's",
        "take its id from the case",
    )
}

fn wrong(why: &str) -> Result<(), Refusal> {
    Err(Refusal::new(Rule::BadValue, why, "take the recipient from the case or its policy"))
}

fn known(case: &Case, to: &Recipient) -> bool {
    match to {
        Recipient::Person { person, mailbox, .. } => case
            .people
            .get(person)
            .is_some_and(|p| p.present() && p.mailbox.as_ref() == Some(mailbox)),
        Recipient::ReceiptPage { person } => case.people.contains_key(person),
        Recipient::List { list, mailbox, .. } => {
            case.policy.lists.get(list).is_some_and(|l| l.address == *mailbox)
        }
        Recipient::Forge { repository, .. } => case.policy.repositories.contains(repository),
        Recipient::Cna => true,
    }
}

/// A subject is one line, a body lines that end in LF: a stray carriage return or line break can
/// become a second recipient, or a second message, on the wire.
fn well_formed(payload: &Payload) -> Result<(), Refusal> {
    let Payload::Message { subject, body } = payload else {
        return Ok(());
    };
    ensure(
        !subject.trim().is_empty() && !subject.chars().any(char::is_control),
        Rule::BadValue,
        "the subject must be one line of words",
        "write the subject without line breaks",
    )?;
    ensure(
        !body.trim().is_empty() && !body.chars().any(|c| c.is_control() && !"\n\t".contains(c)),
        Rule::BadValue,
        "the body must be words in lines that end in LF",
        "take out the control characters",
    )
}

fn content(case: &Case, plan: &Plan) -> Result<(), Refusal> {
    let (fits, wanted) = match (&plan.kind, &plan.payload) {
        (
            ActKind::CreateDraft
            | ActKind::UpdateDraft
            | ActKind::PublishAdvisory
            | ActKind::PublishCve { .. },
            payload,
        ) => (matches!(payload, Payload::Advisory(_)), "the advisory that it shall carry"),
        (ActKind::RequestCve { .. }, payload) => {
            (matches!(payload, Payload::Advisory(_) | Payload::Empty), "the advisory, or nothing")
        }
        (ActKind::SetAccess, Payload::Logins(logins)) => {
            let gone =
                case.people.values().filter(|p| !p.present()).filter_map(|p| p.login.as_ref());
            let back = gone.into_iter().any(|login| logins.contains(login));
            (!back, "accounts of people who take part, and of nobody who was removed")
        }
        (ActKind::SetAccess, _) => (false, "the accounts that shall have access"),
        (ActKind::CreateFork, payload) => (*payload == Payload::Empty, "nothing"),
        (_, payload) => (matches!(payload, Payload::Message { .. }), "a message in words"),
    };
    ensure(
        fits,
        Rule::BadValue,
        format!("to {}, the plan must hold {wanted}", plan.kind.name()),
        "change the plan's content",
    )
}

/// What is to be published is the advisory that the case makes of its facts, to the letter: bytes
/// that were put together while the case moved on would otherwise be approved as the current ones.
fn as_the_case_says(case: &Case, plan: &Plan) -> Result<(), Refusal> {
    let (Some(Gate::Publish), Payload::Advisory(planned)) = (plan.kind.gate(), &plan.payload)
    else {
        return Ok(());
    };
    let changed = match complete_advisory(case) {
        Some(now) => differences(planned, &now),
        None => vec!["the text"],
    };
    ensure(
        changed.is_empty(),
        Rule::BadValue,
        format!("the plan does not hold what the case says now: {}", changed.join(", ")),
        "plan it anew with what holds now",
    )
}

fn to_a_list(case: &Case, plan: &Plan) -> Result<(), Refusal> {
    let [Recipient::List { list, .. }] = plan.to.as_slice() else {
        return wrong("a notice goes to exactly one list");
    };
    let profile = case.policy.lists.get(list).ok_or_else(|| unknown("list"))?;
    let embargoed = plan.kind == ActKind::NotifyDistributors;
    profile.check(&plan.to, &plan.payload, &case.cve_ids(), embargoed)?;
    no_private_link(case, plan)?;
    no_embargo_note(case, plan)?;
    ensure(
        profile.audience == plan.kind.audience(),
        Rule::ListProfile,
        format!("the list {list} serves another audience"),
        "choose the list for this notice",
    )
}

/// No link that only the team can open: a reference that somebody marked so, the fork, and, for
/// distributors, the draft.
fn no_private_link(case: &Case, plan: &Plan) -> Result<(), Refusal> {
    let Payload::Message { subject, body } = &plan.payload else { return Ok(()) };
    let words = format!("{subject}\n{body}");
    let references = case.advisory.iter().flat_map(|text| &text.advisory.references);
    let marked = references.filter(|link| link.private).map(|link| &link.url);
    let embargoed = plan.kind == ActKind::NotifyDistributors;
    let draft = case.forge.draft.iter().filter(|_| embargoed).map(|draft| &draft.url);
    let mut private = marked.chain(&case.forge.fork).chain(draft);
    match private.find(|link| holds_link(&words, link)) {
        Some(link) => Err(Refusal::new(
            Rule::ListProfile,
            format!("only the team can open {link}"),
            "leave the link out",
        )),
        None => Ok(()),
    }
}

/// What is for everybody does not ask to be kept back.
fn no_embargo_note(case: &Case, plan: &Plan) -> Result<(), Refusal> {
    let (ActKind::NotifyUsers, Payload::Message { body, .. }) = (&plan.kind, &plan.payload) else {
        return Ok(());
    };
    let lists = case.policy.lists.values().filter(|list| list.audience == Audience::Distributors);
    let mut notes = lists.filter_map(|list| Some((list, list.closing_note.as_ref()?)));
    match notes.find(|(_, note)| holds_words(body, note)) {
        Some((list, _)) => Err(Refusal::new(
            Rule::ListProfile,
            format!("the embargo note of {} stands in it", list.address),
            "leave the note out: this is for everybody",
        )),
        None => Ok(()),
    }
}

fn to_the_reporter(case: &Case, plan: &Plan) -> Result<(), Refusal> {
    let person = match plan.to.as_slice() {
        [Recipient::Person { person, .. } | Recipient::ReceiptPage { person }] => *person,
        _ => {
            return Err(Refusal::new(
                Rule::BadValue,
                "a message to a reporter goes to one person",
                "address the reporter alone",
            ));
        }
    };
    let meant = match &plan.kind {
        ActKind::TellReporter { person, .. } => Some(*person),
        ActKind::Acknowledge { report } => case.reports.get(report).map(|r| r.reporter),
        _ => None,
    };
    ensure(
        meant == Some(person) && case.roles(person).contains(&Role::Reporter),
        Rule::BadValue,
        "the message is addressed to somebody else than the reporter it is for",
        "address the reporter",
    )
}
