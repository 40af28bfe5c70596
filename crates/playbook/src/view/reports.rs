//! Reports and the people behind them. A reporter has a number here, never a name: what a step
//! lacks is read by people who may not know who reported.

use case::{
    PersonId,
    act::{Act, ActKind, Topic},
    embargo::Answer,
    event::ReportLink,
    people::CreditAnswer,
};
use jiff::Timestamp;

use crate::template::utc;

use super::{Kind, Row, Table, Value, row, source::Source, source::acts, text, time, yes};

type OfReport = fn(&Source<'_>, &ReportLink) -> Value;

const fn report(name: &'static str, kind: Kind, doc: &'static str, get: OfReport) -> Row<OfReport> {
    row(name, kind, doc, get)
}

pub(super) static REPORT: Table<OfReport> = Table {
    name: "report",
    doc: "What came in through one channel, once.",
    rows: &[
        report("channel", Kind::Text, "`mail`, `form` or `forge`.", |_, r| text(&r.channel)),
        report("received_at", Kind::Time, "When it arrived.", |_, r| time(Some(r.received_at))),
        report("deadline", Kind::Time, "A date the reporter set for going public.", |_, r| {
            time(r.deadline)
        }),
        report("acknowledged", Kind::Bool, "The reporter was told that it arrived.", |s, r| {
            yes(acknowledged(s, r).is_some())
        }),
        report("acknowledged_at", Kind::Time, "When.", |s, r| time(acknowledged(s, r))),
        report("reply", Kind::Text, "What became of the acknowledgement, in words.", |s, r| {
            text(reply(s, r))
        }),
        report("reachable", Kind::Bool, "The reporter can be reached.", |s, r| {
            yes(s.reachable(r.reporter))
        }),
    ],
};

pub(super) fn reports(source: &Source<'_>) -> Value {
    let mut reports: Vec<&ReportLink> = source.case.reports.values().collect();
    reports.sort_by_key(|report| report.received_at);
    Value::List(reports.iter().map(|r| REPORT.record(|get| get(source, r))).collect())
}

/// By the acknowledgement or, where that came back, by another message.
fn acknowledged(source: &Source<'_>, report: &ReportLink) -> Option<Timestamp> {
    let person = report.reporter;
    let kinds = [
        ActKind::Acknowledge { report: report.report },
        ActKind::TellReporter { person, topic: Topic::Other },
    ];
    let sent = kinds.iter().flat_map(|kind| acts(source.case, kind));
    sent.filter(|act| source.reached(act, person))
        .filter_map(Act::done_at)
        .find(|at| *at >= report.received_at)
}

fn reply(source: &Source<'_>, report: &ReportLink) -> String {
    match acknowledged(source, report) {
        Some(at) => format!("it was acknowledged at {}", utc(at)),
        None if source.reachable(report.reporter) => "it was not acknowledged yet".into(),
        None => "its reporter cannot be reached".into(),
    }
}

type OfReporter = fn(&Source<'_>, PersonId) -> Value;

const fn reporter(
    name: &'static str,
    kind: Kind,
    doc: &'static str,
    get: OfReporter,
) -> Row<OfReporter> {
    row(name, kind, doc, get)
}

pub(super) static REPORTER: Table<OfReporter> = Table {
    name: "reporter",
    doc: "Somebody who reported. Times are those of planning a message that has been sent, so that \
          a message from before a decision does not count as one about it.",
    rows: &[
        reporter("label", Kind::Text, "`the reporter`, or `reporter 2`: never a name.", |s, p| {
            let all = s.reporters();
            let place = all.iter().position(|one| *one == p).unwrap_or(0);
            text(if all.len() == 1 {
                "the reporter".to_owned()
            } else {
                format!("reporter {}", place.saturating_add(1))
            })
        }),
        reporter(
            "reachable",
            Kind::Bool,
            "Nobody recorded that they cannot be reached.",
            |s, p| yes(s.reachable(p)),
        ),
        reporter("told_verdict_at", Kind::Time, "Told the verdict.", |s, p| {
            time(told(s, p, Topic::Verdict))
        }),
        reporter("told_draft_at", Kind::Time, "Told that the draft exists.", |s, p| {
            time(told(s, p, Topic::Draft))
        }),
        reporter(
            "told_date",
            Kind::Bool,
            "Told the agreed date, in its latest revision.",
            |s, p| {
                let agreed = s.case.embargo.agreed;
                yes(agreed.is_some_and(|revision| told(s, p, Topic::Date(revision)).is_some()))
            },
        ),
        reporter(
            "objects",
            Kind::Bool,
            "Has an objection to the embargo's date, or an earlier one, that is not settled.",
            |s, p| {
                let date = s.date.as_ref().map_or(0, |date| date.revision);
                let answer = s.case.embargo.answer_until(p, date);
                yes(matches!(answer, Some((_, Answer::Objected { settled: None, .. }))))
            },
        ),
        reporter("credit_offered", Kind::Bool, "The question of credit was opened.", |s, p| {
            yes(s.case.credit.contains_key(&p))
        }),
        reporter(
            "credit_asked",
            Kind::Bool,
            "The question was sent, and did not come back.",
            |s, p| yes(told(s, p, Topic::Credit).is_some()),
        ),
        reporter("credit_answer_by", Kind::Time, "Until when an answer counts.", |s, p| {
            time(s.case.credit.get(&p).map(|credit| credit.answer_by))
        }),
        reporter("credit_decided", Kind::Bool, "Answered, or the default holds.", |s, p| {
            yes(s.case.credit.get(&p).is_some_and(|credit| credit.answer.is_some()))
        }),
        reporter(
            "credit_mirrored",
            Kind::Bool,
            "The forge's advisory names them exactly so, or not at all if they want that.",
            |s, p| yes(mirrored(s, p)),
        ),
    ],
};

pub(super) fn reporters(source: &Source<'_>) -> Value {
    let people = source.reporters();
    Value::List(people.iter().map(|p| REPORTER.record(|get| get(source, *p))).collect())
}

fn told(source: &Source<'_>, person: PersonId, topic: Topic) -> Option<Timestamp> {
    acts(source.case, &ActKind::TellReporter { person, topic })
        .rfind(|act| source.reached(act, person))
        .map(|act| act.planned_at)
}

fn mirrored(source: &Source<'_>, person: PersonId) -> bool {
    let answer = source.case.credit.get(&person).and_then(|credit| credit.answer.as_ref());
    let (Some(answer), Some(draft)) = (answer, &source.case.forge.draft) else {
        return false;
    };
    let stands = |line: &str| draft.credits.iter().any(|credit| credit.trim() == line);
    match answer {
        CreditAnswer::Anonymous => names(source, person)
            .iter()
            .all(|name| !draft.credits.iter().any(|credit| credit.contains(name))),
        named => named.line().is_some_and(|line| stands(&line)),
    }
}

/// The names that somebody was ever known by here, without those that are none.
fn names<'a>(source: &Source<'a>, person: PersonId) -> Vec<&'a str> {
    let reports = source.case.reports.values().filter(|report| report.reporter == person);
    let given = reports.map(|report| report.reporter_name.as_str());
    let known = source.case.people.get(&person).map(|participant| participant.name.as_str());
    let is_name = |name: &&str| !name.is_empty() && !name.eq_ignore_ascii_case("anonymous");
    known.into_iter().chain(given).map(str::trim).filter(is_name).collect()
}
