//! The reports, what was said with the people outside, and how the reporters are credited.

use case::{
    Command, PersonId, Role,
    act::{ActKind, ActState, Payload, Recipient, Topic},
    event::Decision,
    observation::Observation,
    opening::Letter,
    people::CreditAnswer,
    rights::Permission,
};
use serde::Serialize;

use super::{Tab, no_such_form};
use crate::{
    desk::{Choice, Desk},
    fields::{Fields, Read},
    time::Moment,
    view::{
        acts::{self, Offer},
        sealed::Sealed,
    },
    words,
};

pub(super) const TAB: Tab = Tab {
    slug: "conversation",
    title: "Conversation",
    template: "case/conversation.html",
    content,
    read,
};

#[derive(Serialize)]
struct ReportView {
    id: String,
    title: String,
    from: String,
    mailbox: Option<String>,
    channel: String,
    text: String,
    received: Moment,
    deadline: Option<Moment>,
    /// The viewer may have it to the byte.
    raw: bool,
    sealed: Option<Sealed>,
}

#[derive(Serialize)]
struct Word {
    out: bool,
    who: String,
    at: Moment,
    subject: Option<String>,
    text: String,
    act: Option<String>,
    /// The number of a mail that the viewer may have to the byte.
    raw: Option<usize>,
    sealed: Option<Sealed>,
    /// It goes to a list: long, and no part of the talk.
    folded: bool,
    state: &'static str,
    mark: &'static str,
}

#[derive(Serialize)]
struct ReporterView {
    id: String,
    name: String,
    reachable: &'static str,
    unreachable: Option<String>,
    offers: Vec<Offer>,
    offered: Option<Moment>,
    answer_by: Option<Moment>,
    answer: Option<String>,
    by_default: bool,
}

#[derive(Serialize)]
struct Content {
    reports: Vec<ReportView>,
    words: Vec<Word>,
    reporters: Vec<ReporterView>,
    senders: Vec<Choice>,
    coordinate: bool,
    identity: bool,
}

fn content(desk: &Desk<'_>) -> minijinja::Value {
    let reporters = desk.case.holding(Role::Reporter).map(|(id, _)| reporter(desk, id)).collect();
    let mut senders = desk.people(Role::Reporter);
    senders.extend(desk.people(Role::Distributor));
    minijinja::Value::from_serialize(Content {
        reports: reports(desk),
        words: conversation(desk),
        reporters,
        senders,
        coordinate: desk.may(Permission::Coordinate),
        identity: desk.names.identity(),
    })
}

fn reports(desk: &Desk<'_>) -> Vec<ReportView> {
    let shown = |report: &case::event::ReportLink| ReportView {
        id: report.report.to_string(),
        title: report.title.clone(),
        from: desk.names.of(report.reporter),
        mailbox: report.mailbox.as_ref().filter(|_| desk.names.identity()).map(ToString::to_string),
        channel: report.channel.clone(),
        text: report.text.clone(),
        received: desk.moment(report.received_at),
        deadline: report.deadline.map(|at| desk.moment(at)),
        raw: desk.may(Permission::ReadIdentity),
        sealed: Sealed::of(desk, Letter::Report(report.report)),
    };
    desk.case.reports.values().map(shown).collect()
}

/// Messages both ways, oldest first.
fn conversation(desk: &Desk<'_>) -> Vec<Word> {
    let identity = desk.may(Permission::ReadIdentity);
    let came = desk.case.messages.iter().enumerate().map(|(number, message)| {
        let word = Word {
            out: false,
            who: desk.names.sender(message.from, &message.sender),
            at: desk.moment(message.at),
            subject: None,
            text: message.text.clone(),
            act: None,
            raw: message.raw.as_ref().filter(|_| identity).map(|_| number),
            sealed: Sealed::of(desk, Letter::Message(number)),
            folded: false,
            state: "received",
            mark: "done",
        };
        (message.at, word)
    });
    let went = desk.acts().filter_map(|act| {
        let Payload::Message { subject, body } = &act.plan.payload else { return None };
        let (mark, state) = words::act_state(&act.state);
        let at = act.done_at().unwrap_or(act.planned_at);
        let to: Vec<_> = act.plan.to.iter().map(|to| desk.names.recipient(to)).collect();
        let word = Word {
            out: true,
            who: to.join(", "),
            at: desk.moment(at),
            subject: Some(subject.clone()),
            text: body.clone(),
            act: Some(act.id.to_string()),
            raw: None,
            sealed: None,
            folded: act.plan.to.iter().any(|to| matches!(to, Recipient::List { .. })),
            state,
            mark,
        };
        (!matches!(act.state, ActState::Cancelled { .. })).then_some((at, word))
    });
    let mut words: Vec<_> = came.chain(went).collect();
    words.sort_by_key(|(at, _)| *at);
    words.into_iter().map(|(_, word)| word).collect()
}

fn reporter(desk: &Desk<'_>, id: PersonId) -> ReporterView {
    let credit = desk.case.credit.get(&id);
    let mailbox = desk.case.people.get(&id).and_then(|p| p.mailbox.as_ref());
    let mut topics = vec![Topic::Verdict, Topic::Draft];
    topics.extend(desk.case.embargo.pending.or(desk.case.embargo.agreed).map(Topic::Date));
    topics.extend([Topic::Credit, Topic::Other]);
    let offers = topics
        .into_iter()
        .filter_map(|topic| acts::offer(desk, &ActKind::TellReporter { person: id, topic }));
    ReporterView {
        id: id.to_string(),
        name: desk.names.of(id),
        reachable: if mailbox.is_some() { "by mail" } else { "on the receipt page only" },
        unreachable: desk.case.unreachable.get(&id).cloned(),
        offers: offers.collect(),
        offered: credit.map(|c| desk.moment(c.offered_at)),
        answer_by: credit.map(|c| desk.moment(c.answer_by)),
        answer: credit
            .and_then(|c| c.answer.as_ref())
            .map(|a| if desk.names.identity() { words::credit(a) } else { "answered".into() }),
        by_default: credit.is_some_and(|c| c.by_default),
    }
}

/// How somebody wants to be credited, from the fields that the team's and the reporter's forms
/// share.
pub(crate) fn credit_answer(fields: &Fields) -> Read<CreditAnswer> {
    let name = || fields.required("name", "Name to print").map(ToOwned::to_owned);
    Ok(match fields.text("how") {
        "named" => CreditAnswer::Named { name: name()?, company: fields.optional("company") },
        "without-company" => CreditAnswer::NamedWithoutCompany { name: name()? },
        "anonymous" => CreditAnswer::Anonymous,
        _ => return Err(crate::fields::bad("no kind of credit is chosen", "choose one")),
    })
}

fn read(desk: &Desk<'_>, fields: &Fields) -> Read<Vec<Command>> {
    let command = match fields.form() {
        "message" => {
            let from = fields.optional("person").and_then(|text| text.parse().ok());
            let sender = match from {
                Some(person) => desk.names.of(person),
                None => fields.required("sender", "From")?.to_owned(),
            };
            Command::Observe(Box::new(Observation::Message {
                from,
                sender,
                text: fields.required("text", "What was said")?.to_owned(),
                raw: None,
                encrypted: false,
            }))
        }
        "offer-credit" => Command::OfferCredit { person: fields.person()? },
        "answer-credit" => {
            Command::AnswerCredit { person: fields.person()?, answer: credit_answer(fields)? }
        }
        "deadline" => Command::Observe(Box::new(Observation::Deadline {
            report: fields.parsed("report", "Report")?,
            deadline: fields.instant_if_any("at", "UTC", "Date and time")?,
        })),
        "unreachable" => Command::Decide(Box::new(Decision::ReporterUnreachable {
            person: fields.person()?,
            why: fields.text("reason").to_owned(),
        })),
        _ => return Err(no_such_form()),
    };
    Ok(vec![command])
}
