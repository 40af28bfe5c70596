//! The disclosure: everything that goes out, planned as one thing, approved to the byte, armed,
//! held, and out.

use advisory::Digest;
use case::{
    ActId, Command, DisclosureId, Gate, Party,
    act::{ActKind, Payload},
    policy::Approvals,
    rights::Permission,
    state::{Disclosure, DisclosureState, Phase},
};
use engine::EngineError;
use serde::Serialize;

use super::{Tab, no_such_form, told::Word};
use crate::{
    desk::Desk,
    fields::{Fields, Read, bad},
    frame::MissingStep,
    time::Moment,
    view::acts::{self, Approval, Panel, PlanView},
};

pub(super) const TAB: Tab = Tab {
    slug: "disclosure",
    title: "Disclosure",
    template: "case/disclosure.html",
    content,
    read,
};

/// Something that could be part of a disclosure.
#[derive(Serialize)]
struct Part {
    key: String,
    plan: PlanView,
    must: bool,
}

#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each says whether one form is shown")]
struct DisclosureView {
    id: String,
    instant: Moment,
    state: &'static str,
    mark: &'static str,
    held: Option<String>,
    digest: String,
    needs: u8,
    approvals: Vec<Approval>,
    acts: Vec<Panel>,
    blocked: Vec<MissingStep>,
    preflight: Option<Preflight>,
    stale: bool,
    may_approve: bool,
    may_arm: bool,
    may_hold: bool,
    may_resume: bool,
    may_drop: bool,
    /// No other clock can be asked: at the instant, a person must tell.
    by_hand: bool,
    /// The instant has come, by this machine's clock, and it waits for a person's word.
    may_tell: bool,
    time_told: Option<Word>,
}

/// The rehearsal shortly before the instant.
#[derive(Serialize)]
struct Preflight {
    at: Moment,
    problems: Vec<String>,
}

#[derive(Serialize)]
struct Content {
    disclosure: Option<DisclosureView>,
    may_plan: bool,
    parts: Vec<Part>,
    lacking: Option<String>,
    instant: Option<Moment>,
    zone: String,
    before_arming: Vec<MissingStep>,
    before_publishing: Vec<MissingStep>,
    approvals: Approvals,
    lowering: Option<LoweringView>,
    may_set: bool,
}

/// Fewer approvals, as somebody proposed them.
#[derive(Serialize)]
struct LoweringView {
    by: String,
    approvals: Approvals,
    reason: String,
    at: Moment,
    may_confirm: bool,
}

fn content(desk: &Desk<'_>) -> minijinja::Value {
    let disclosure = desk.case.disclosure.as_ref();
    let over = disclosure.is_none_or(|d| d.state == DisclosureState::Finished);
    let may_plan = over && disclosure.is_none() && desk.may(Permission::Plan);
    let (parts, lacking) = if may_plan {
        match parts(desk) {
            Ok(parts) => (parts, None),
            Err(why) => (Vec::new(), Some(why)),
        }
    } else {
        (Vec::new(), None)
    };
    let verdict = desk.view.checklist.verdict();
    minijinja::Value::from_serialize(Content {
        disclosure: disclosure.map(|d| view(desk, d)),
        may_plan,
        parts,
        lacking,
        instant: desk
            .case
            .embargo
            .agreed_instant()
            .map(|at| Moment::chosen_in(at, &super::embargo::zone(desk), desk.view.now)),
        zone: super::embargo::zone(desk),
        before_arming: acts::steps(desk, verdict.missing(Gate::Arm)),
        before_publishing: acts::steps(desk, verdict.missing(Gate::Publish)),
        approvals: desk.case.policy.approvals,
        lowering: desk.case.lowering.as_ref().map(|proposed| LoweringView {
            by: desk.names.of(proposed.by),
            approvals: proposed.approvals,
            reason: proposed.reason.clone(),
            at: desk.moment(proposed.at),
            may_confirm: desk.may(Permission::Approve) && proposed.by != desk.visit.person,
        }),
        may_set: desk.may(Permission::Approve) && desk.case.phase == Phase::Open,
    })
}

fn key(kind: &ActKind) -> String {
    match kind {
        ActKind::PublishAdvisory => "advisory".into(),
        ActKind::PublishCve { vulnerability } => format!("cve {vulnerability}"),
        ActKind::NotifyUsers => "users".into(),
        _ => "follow-up".into(),
    }
}

/// The acts of a usual disclosure, composed from the case as it is now.
fn parts(desk: &Desk<'_>) -> Result<Vec<Part>, String> {
    let part = |kind: ActKind| {
        let plan = desk.visit.hall.engine.compose(desk.case, &kind, None);
        match plan {
            Ok(plan) => Ok(Part {
                key: key(&kind),
                plan: PlanView::new(desk, &plan),
                must: kind == ActKind::PublishAdvisory,
            }),
            Err(EngineError::Invalid(why)) => Err(why),
            Err(other) => Err(other.to_string()),
        }
    };
    engine::usual_acts(desk.case).into_iter().map(part).collect()
}

fn view(desk: &Desk<'_>, disclosure: &Disclosure) -> DisclosureView {
    let by_hand = desk.view.unconnected.contains(&Party::Clocks);
    let (mark, state) = match disclosure.state {
        DisclosureState::Planned => ("waiting", "waits for approvals, then to be armed"),
        DisclosureState::Armed if by_hand => {
            ("ready", "armed: goes out at its instant, once a person has said that it has come")
        }
        DisclosureState::Armed => ("ready", "armed: goes out by itself at its instant"),
        DisclosureState::Held { .. } => ("overdue", "held"),
        DisclosureState::Running => ("ready", "going out"),
        DisclosureState::Finished => ("done", "out"),
    };
    let approver = desk.may(Permission::Approve);
    let finished = disclosure.state == DisclosureState::Finished;
    DisclosureView {
        id: disclosure.id.to_string(),
        instant: Moment::chosen_in(disclosure.instant, &disclosure.zone, desk.view.now),
        state,
        mark,
        held: match &disclosure.state {
            DisclosureState::Held { reason } => Some(reason.clone()),
            _ => None,
        },
        digest: disclosure.digest.to_string(),
        needs: disclosure.needs,
        approvals: disclosure
            .approvals
            .iter()
            .map(|(who, at)| Approval { by: desk.names.of(*who), at: desk.moment(*at) })
            .collect(),
        acts: disclosure
            .acts
            .iter()
            .filter_map(|id| desk.case.acts.get(id))
            .map(|act| Panel::new(desk, act))
            .collect(),
        blocked: acts::steps(desk, &disclosure.blocked),
        preflight: disclosure
            .preflight
            .as_ref()
            .map(|seen| Preflight { at: desk.moment(seen.at), problems: seen.problems.clone() }),
        stale: disclosure.started_at.is_none() && stale(desk, disclosure),
        may_approve: approver
            && !finished
            && !disclosure.approvals.contains_key(&desk.visit.person),
        may_arm: approver && disclosure.state == DisclosureState::Planned,
        may_hold: desk.may(Permission::Coordinate)
            && matches!(disclosure.state, DisclosureState::Armed | DisclosureState::Running),
        may_resume: approver && matches!(disclosure.state, DisclosureState::Held { .. }),
        may_drop: desk.may(Permission::Plan) && disclosure.started_at.is_none(),
        by_hand,
        may_tell: by_hand
            && approver
            && disclosure.time_told.is_none()
            && disclosure.instant <= desk.view.now
            && matches!(disclosure.state, DisclosureState::Armed | DisclosureState::Running),
        time_told: disclosure.time_told.as_ref().map(|told| Word::new(desk, told)),
    }
}

/// The case has moved on: planned anew, the disclosure would hold other acts or another advisory.
fn stale(desk: &Desk<'_>, disclosure: &Disclosure) -> bool {
    let planned: Vec<_> = disclosure.acts.iter().filter_map(|id| desk.case.acts.get(id)).collect();
    engine::usual_acts(desk.case).into_iter().any(|kind| {
        let before = planned.iter().find(|act| act.plan.kind == kind);
        match before.map(|act| &act.plan.payload) {
            Some(Payload::Advisory(advisory)) => {
                engine::complete_advisory(desk.case).as_ref() != Some(&**advisory)
            }
            Some(_) => false,
            None => kind.gate() == Some(Gate::Publish),
        }
    })
}

fn read(desk: &Desk<'_>, fields: &Fields) -> Read<Vec<Command>> {
    let id = || fields.parsed::<DisclosureId>("disclosure", "Disclosure");
    let reason = || fields.text("reason").to_owned();
    Ok(vec![match fields.form() {
        "plan" => plan(desk, fields)?,
        "approve" => Command::ApproveDisclosure {
            id: id()?,
            digest: fields.parsed::<Digest>("digest", "Digest")?,
        },
        "arm" => Command::Arm { id: id()? },
        "tell-time" => Command::TellTime {
            id: id()?,
            name: desk.names.of(desk.visit.person),
            clock: fields.required("clock", "Which clock")?.to_owned(),
        },
        "hold" => Command::Hold { id: id()?, reason: reason() },
        "resume" => Command::Resume { id: id()? },
        "drop" => Command::Drop { id: id()?, reason: reason() },
        "approvals" => Command::SetApprovals { approvals: approvals(fields)?, reason: reason() },
        "confirm-approvals" => Command::ConfirmApprovals { approvals: approvals(fields)? },
        _ => return Err(no_such_form()),
    }])
}

fn approvals(fields: &Fields) -> Read<Approvals> {
    Ok(Approvals {
        publish: fields.parsed("publish", "To publish")?,
        notice: fields.parsed("notice", "For a notice")?,
        other: fields.parsed("other", "For anything else")?,
    })
}

/// Composes the chosen acts anew, with the words of the form where they may be changed.
fn plan(desk: &Desk<'_>, fields: &Fields) -> Read<Command> {
    let id = DisclosureId(fields.derive("disclosure"));
    let zone = fields.required("zone", "Time zone")?.to_owned();
    let instant = match desk.case.embargo.agreed_instant() {
        Some(agreed) => agreed,
        None => fields.instant("at", &zone, "Date and time")?,
    };
    let chosen: Vec<&str> = fields.all("part").collect();
    let mut planned = Vec::new();
    for kind in engine::usual_acts(desk.case) {
        let key = key(&kind);
        if kind != ActKind::PublishAdvisory && !chosen.contains(&key.as_str()) {
            continue;
        }
        let mut plan = desk
            .visit
            .hall
            .engine
            .compose(desk.case, &kind, Some(id))
            .map_err(|why| bad(why.to_string(), "add what the case lacks"))?;
        if let Payload::Message { subject, body } = &mut plan.payload {
            fields.required(&format!("subject {key}"), "Subject")?.clone_into(subject);
            fields.verbatim(&format!("body {key}")).clone_into(body);
        }
        planned.push((ActId(fields.derive(&format!("act {key}"))), plan));
    }
    Ok(Command::PlanDisclosure { id, instant, zone, acts: planned })
}
