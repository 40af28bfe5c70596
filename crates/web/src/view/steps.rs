//! The checklist as a page shows it: each step with its evidence or what it lacks, and where on
//! these pages the next move is made.

use case::{
    Gate as CaseGate, Role,
    act::{ActKind, Topic},
    rights::Permission,
};
use playbook::{Action, Item, Status};
use serde::Serialize;

use super::acts;
use crate::{desk::Desk, frame::MissingStep, time::Moment, words};

/// Where a next move is made: a page of the case, or an act that Fermata can prepare.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Move {
    /// Address below the case.
    pub(crate) to: String,
    /// What the link says.
    pub(crate) label: String,
}

/// One step.
#[derive(Debug, Clone, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each says whether one thing is shown")]
pub(crate) struct Step {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) role: &'static str,
    pub(crate) mark: &'static str,
    pub(crate) status: String,
    /// The same in a word or two.
    pub(crate) brief: &'static str,
    pub(crate) evidence: Vec<String>,
    pub(crate) missing: Vec<String>,
    /// What has to wait for it.
    pub(crate) gates: Vec<&'static str>,
    pub(crate) due: Option<Moment>,
    pub(crate) overdue: bool,
    /// It is ready: somebody can do it now.
    pub(crate) actionable: bool,
    /// The viewer holds its role.
    pub(crate) yours: bool,
    pub(crate) may_skip: bool,
    pub(crate) may_override: bool,
    pub(crate) moves: Vec<Move>,
}

/// A gate and what keeps it shut.
#[derive(Debug, Serialize)]
pub(crate) struct Gate {
    pub(crate) name: &'static str,
    pub(crate) mark: &'static str,
    pub(crate) missing: Vec<MissingStep>,
}

/// Every step, in the playbook's order.
pub(crate) fn all(desk: &Desk<'_>) -> Vec<Step> {
    desk.view.checklist.items.iter().map(|item| step(desk, item)).collect()
}

fn step(desk: &Desk<'_>, item: &Item) -> Step {
    let (mark, status, evidence) = match &item.status {
        Status::Done { evidence } => ("done", "done".to_owned(), evidence.clone()),
        Status::Skipped { reason } => ("off", format!("left out: {reason}"), Vec::new()),
        Status::Overridden { reason } => ("off", format!("overridden: {reason}"), Vec::new()),
        Status::NotApplicable { why } => ("off", format!("does not apply: {why}"), Vec::new()),
        Status::Ready { .. } => ("ready", "ready to be done".to_owned(), Vec::new()),
        Status::Waiting { on, .. } => ("waiting", format!("waits for {on}"), Vec::new()),
    };
    let open = item.status.open();
    let decides = open && desk.may(Permission::Coordinate);
    Step {
        id: item.step.to_string(),
        title: item.title.clone(),
        role: words::role(item.role),
        mark: if item.overdue { "overdue" } else { mark },
        brief: match mark {
            _ if item.overdue => "overdue",
            "done" => "done",
            "ready" => "ready to be done",
            "waiting" => "waiting",
            _ => "left out",
        },
        status,
        evidence,
        missing: item.status.missing().to_vec(),
        gates: item.gates.iter().map(|gate| gate.guards()).collect(),
        due: item.due.map(|at| desk.moment(at)),
        overdue: item.overdue,
        actionable: matches!(item.status, Status::Ready { .. }),
        yours: desk.view.roles.contains(&item.role),
        may_skip: decides && item.optional,
        may_override: decides && item.overridable,
        moves: if open { moves(desk, item) } else { Vec::new() },
    }
}

/// Gates in the order in which a case meets them.
pub(crate) fn gates(desk: &Desk<'_>) -> Vec<Gate> {
    let verdict = desk.view.checklist.verdict();
    CaseGate::ALL
        .into_iter()
        .map(|gate| {
            let missing = acts::steps(desk, verdict.missing(gate));
            let mark = if missing.is_empty() { "done" } else { "waiting" };
            Gate { name: words::gate(gate), mark, missing }
        })
        .collect()
}

/// Acts that Fermata can take for the step, and the page where people do their part.
fn moves(desk: &Desk<'_>, item: &Item) -> Vec<Move> {
    let mut moves: Vec<Move> = Vec::new();
    for kind in item.action.map(|action| kinds(desk, action)).unwrap_or_default() {
        let waiting = desk.acts().filter(|a| a.plan.kind == kind).find(|a| a.live());
        if let Some(act) = waiting {
            let label = format!("{}: {}", kind.name(), words::act_state(&act.state).1);
            moves.push(Move { to: format!("act/{}", act.id), label });
        } else if let Some(offer) = acts::offer(desk, &kind) {
            let label = format!("prepare: {}", offer.name);
            moves.push(Move { to: format!("prepare/{}", offer.slug), label });
        }
    }
    if let Some((page, label)) = place(&item.step.0) {
        moves.push(Move { to: page.into(), label: label.into() });
    }
    if moves.is_empty() {
        let page = fallback(item);
        moves.push(Move { to: page.into(), label: format!("go to {page}") });
    }
    moves
}

/// The acts that an action stands for in this case. What goes out with the disclosure is planned
/// there and not by itself.
fn kinds(desk: &Desk<'_>, action: Action) -> Vec<ActKind> {
    let tell = |topic: Topic| -> Vec<ActKind> {
        let reporters = desk.case.holding(Role::Reporter);
        let to = |(person, _)| ActKind::TellReporter { person, topic: topic.clone() };
        reporters.map(to).collect()
    };
    match action {
        Action::TellVerdict => tell(Topic::Verdict),
        Action::TellDraft => tell(Topic::Draft),
        Action::TellDate => {
            let embargo = &desk.case.embargo;
            embargo.agreed.or(embargo.pending).map(|r| tell(Topic::Date(r))).unwrap_or_default()
        }
        // Once the answer is there, it is the draft that must say so too.
        Action::AskCredit if answered(desk) => vec![ActKind::UpdateDraft],
        Action::AskCredit => tell(Topic::Credit),
        Action::CreateDraft if desk.case.forge.draft.is_some() => vec![ActKind::UpdateDraft],
        Action::CreateDraft => vec![ActKind::CreateDraft],
        Action::UpdateDraft => vec![ActKind::UpdateDraft],
        Action::RequestCve => desk
            .case
            .vulnerabilities
            .keys()
            .map(|id| ActKind::RequestCve { vulnerability: *id })
            .collect(),
        Action::CreateFork => vec![ActKind::CreateFork],
        Action::SetAccess => vec![ActKind::SetAccess],
        Action::NotifyDistributors => vec![ActKind::NotifyDistributors],
        // The house plans it by itself; it is shown while a person has to look after it.
        Action::Acknowledge => {
            let report = |report: &case::ReportId| ActKind::Acknowledge { report: *report };
            desk.case.reports.keys().map(report).collect()
        }
        Action::PublishAdvisory | Action::PublishCve | Action::NotifyUsers | Action::FollowUp => {
            Vec::new()
        }
    }
}

/// Every reporter's credit is settled, and there is a draft to write it into.
fn answered(desk: &Desk<'_>) -> bool {
    let settled = |id| desk.case.credit.get(&id).is_some_and(|credit| credit.answer.is_some());
    desk.case.forge.draft.is_some() && desk.case.holding(Role::Reporter).all(|(id, _)| settled(id))
}

/// The page where people do their part of a step, by the names that steps have in the shipped
/// playbooks; a link's label says what is done there.
fn place(step: &str) -> Option<(&'static str, &'static str)> {
    Some(match step {
        "acknowledge" => ("conversation", "see the conversation"),
        "verdict" => ("assessment#triage", "triage"),
        "lines" => ("assessment#lines", "judge the lines"),
        "distributors" => ("assessment#distributors", "name the distributors"),
        "assess" => ("assessment#vulnerabilities", "assess"),
        "draft" => ("assessment#advisory", "write the advisory"),
        "cve-id" => ("assessment#vulnerabilities", "see the CVE id"),
        "fork" => ("fixes#forge", "see the forge"),
        "access" => ("fixes#access", "see who has access"),
        "credit" => ("conversation#credit", "offer or record credit"),
        "date" => ("embargo#dates", "propose or agree"),
        "ask-buy-in" | "buy-in" => ("embargo#answers", "see the answers"),
        "fixes" => ("fixes#fixes", "declare fixes"),
        "releases" | "words" => ("fixes#readiness", "see the lines"),
        "keep-draft" | "recheck-draft" => ("fixes#forge", "see the draft"),
        "arm" | "publish" | "public" | "users-notice" | "follow-up" => {
            ("disclosure", "go to the disclosure")
        }
        "copies" => ("records#copies", "see what everybody can read"),
        "retrospective" => ("retrospective", "look back"),
        _ => return None,
    })
}

/// Where to go for a step of a playbook of somebody's own.
fn fallback(item: &Item) -> &'static str {
    match item.role {
        Role::Team => "assessment",
        Role::Reporter => "conversation",
        Role::FixDeveloper | Role::ReleaseManager => "fixes",
        Role::Distributor => "embargo",
    }
}
