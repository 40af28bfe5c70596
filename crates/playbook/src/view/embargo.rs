//! The embargo's date, and how each distributor stands to it.

use case::{
    PersonId,
    embargo::{Answer, EndedBy, Settlement},
    event::Concerned,
    observation::Delivery,
    people::Participant,
};

use super::{
    Kind, Row, Table, Value,
    root::embargo_state,
    row,
    source::{Date, Source},
    text, texts, time, yes,
};

type Get = fn(&Source<'_>) -> Value;

const fn of(name: &'static str, kind: Kind, doc: &'static str, get: Get) -> Row<Get> {
    row(name, kind, doc, get)
}

pub(super) static EMBARGO: Table<Get> = Table {
    name: "embargo",
    doc: "The embargo's date: the agreed one, whatever else is on the table; before any is agreed, \
          the one on the table.",
    rows: &[
        of("state", Kind::Text, "`none`, `proposed`, `active`, `revise` or `exited`.", |s| {
            text(embargo_state(s.case.embargo.state))
        }),
        of("in_force", Kind::Bool, "It holds now.", |s| yes(s.case.embargo.in_force())),
        of("pending", Kind::Bool, "A date is on the table and not agreed.", |s| {
            yes(s.case.embargo.pending.is_some())
        }),
        of("agreed", Kind::Bool, "A date was agreed.", |s| yes(s.case.embargo.agreed.is_some())),
        of("revision", Kind::Int, "Which proposal the date is, from 1.", |s| {
            Value::Int(s.date.as_ref().map_or(0, |date| i64::from(date.revision)))
        }),
        of("instant", Kind::Time, "The date.", |s| {
            time(s.date.as_ref().map(|date| date.proposal.instant))
        }),
        of("answer_by", Kind::Time, "Until when to object to it.", |s| {
            time(s.date.as_ref().map(|date| date.proposal.answer_by))
        }),
        of(
            "question",
            Kind::Time,
            "The date to ask people about: the one on the table, else the agreed one.",
            |s| time(s.question.as_ref().map(|date| date.proposal.instant)),
        ),
        of("question_until", Kind::Time, "Until when to object to that.", |s| {
            time(s.question.as_ref().map(|date| date.proposal.answer_by))
        }),
        of("ended_by", Kind::Text, "`world`, `team` or `disclosure`; empty while it lasts.", |s| {
            text(match s.case.embargo.ended.as_ref().map(|ended| &ended.by) {
                None => "",
                Some(EndedBy::World) => "world",
                Some(EndedBy::Person(_)) => "team",
                Some(EndedBy::Disclosure) => "disclosure",
            })
        }),
    ],
};

pub(super) static DISTRIBUTORS: Table<Get> = Table {
    name: "distributors",
    doc: "Which distributors are concerned.",
    rows: &[
        of("decided", Kind::Bool, "It is decided who is.", |s| yes(s.case.distributors.is_some())),
        of("reason", Kind::Text, "Why these, or why none.", |s| {
            text(s.case.distributors.as_ref().map_or("", |d| d.reason.as_str()))
        }),
        of("concerned", Kind::List(&DISTRIBUTOR), "Those concerned who take part now.", |s| {
            Value::List(concerned(s).map(|c| DISTRIBUTOR.record(|get| get(s, c))).collect())
        }),
    ],
};

pub(super) fn distributors(source: &Source<'_>) -> Value {
    DISTRIBUTORS.record(|get| get(source))
}

fn concerned<'a>(source: &Source<'a>) -> impl Iterator<Item = &'a Concerned> {
    let case = source.case;
    let all = case.distributors.iter().flat_map(|d| &d.concerned);
    all.filter(|c| case.people.get(&c.person).is_none_or(Participant::present))
}

type OfDistributor = fn(&Source<'_>, &Concerned) -> Value;

const fn distributor(
    name: &'static str,
    kind: Kind,
    doc: &'static str,
    get: OfDistributor,
) -> Row<OfDistributor> {
    row(name, kind, doc, get)
}

pub(super) static DISTRIBUTOR: Table<OfDistributor> = Table {
    name: "distributor",
    doc: "A distributor that this bug concerns.",
    rows: &[
        distributor("name", Kind::Text, "The organisation.", |_, c| text(&c.organisation)),
        distributor("why", Kind::Text, "Why it is concerned.", |_, c| text(c.why.trim())),
        distributor("lines", Kind::Texts, "Lines it ships.", |_, c| {
            texts(c.lines.iter().map(ToString::to_string))
        }),
        distributor(
            "standing",
            Kind::Text,
            "To the embargo's date: `accepted`; `objected`, until an objection to it, or to an \
             earlier one, is settled; `overridden`; `silent`, once the notice that names the date \
             provably arrived and the deadline has passed; `undelivered`, if it came back; \
             `unproven`, if nothing shows that it arrived; `waiting`, while the deadline lasts; \
             `unasked`, if no notice that names the date was sent.",
            |s, c| text(Standing::of(s, c.person).word()),
        ),
        distributor("objection", Kind::Text, "What it objects to, unsettled.", |s, c| {
            let date = s.date.as_ref().map_or(0, |date| date.revision);
            text(match s.case.embargo.answer_until(c.person, date) {
                Some((_, Answer::Objected { reason, settled: None })) => reason.as_str(),
                _ => "",
            })
        }),
        distributor(
            "delivered",
            Kind::Bool,
            "The notice that names the date provably arrived.",
            |s, c| yes(delivery(s, c.person) == Some(true)),
        ),
    ],
};

/// How a distributor stands to the embargo's date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Accepted,
    Objected,
    Overridden,
    Silent,
    Undelivered,
    Unproven,
    Waiting,
    Unasked,
}

impl Standing {
    /// Consent belongs to one revision of the date, an objection stays until it is settled, and
    /// silence counts only after proven delivery and the stated deadline.
    fn of(source: &Source<'_>, person: PersonId) -> Self {
        let Some(Date { revision, proposal, .. }) = &source.date else {
            return Self::Unasked;
        };
        // An objection to a date that is only proposed says nothing against the one that binds.
        let relevant = source.case.embargo.answer_until(person, *revision);
        if let Some((_, Answer::Objected { settled: None, .. })) = relevant {
            return Self::Objected;
        }
        match source.case.embargo.answer(person, *revision) {
            Some(Answer::Accepted) => return Self::Accepted,
            Some(Answer::Objected { settled: Some(Settlement::Overridden { .. }), .. }) => {
                return Self::Overridden;
            }
            // An objection that was taken back or met leaves the distributor as one who was asked.
            _ => {}
        }
        match (source.date_notice().is_some(), delivery(source, person)) {
            (false, _) => Self::Unasked,
            (true, Some(false)) => Self::Undelivered,
            (true, None) => Self::Unproven,
            (true, Some(true)) if source.now >= proposal.answer_by => Self::Silent,
            (true, Some(true)) => Self::Waiting,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Objected => "objected",
            Self::Overridden => "overridden",
            Self::Silent => "silent",
            Self::Undelivered => "undelivered",
            Self::Unproven => "unproven",
            Self::Waiting => "waiting",
            Self::Unasked => "unasked",
        }
    }
}

/// Whether the notice that names the date arrived: `None` while nothing shows it either way.
fn delivery(source: &Source<'_>, person: PersonId) -> Option<bool> {
    let act = source.date_notice()?.act;
    let (outcome, _) = source.case.deliveries.get(&act.id)?.get(&person)?;
    Some(*outcome == Delivery::Delivered)
}
