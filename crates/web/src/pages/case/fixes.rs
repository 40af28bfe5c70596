//! Draft, private fork and access at the forge; fixes and releases, line by line.

use std::collections::BTreeSet;

use case::{
    Command, LineKey, Party, Role, Subject, TrainId,
    act::ActKind,
    event::Decision,
    observation::{DraftState, Milestone},
    rights::Permission,
};
use serde::Serialize;

use super::{
    Tab, no_such_form,
    private::{self, PrivateView},
    told::{self, DraftForm, Word},
};
use crate::{
    desk::{Choice, Desk},
    fields::{Fields, Read, bad},
    time::Moment,
    view::{
        acts::{self, Offer},
        readiness,
    },
};

pub(super) const TAB: Tab =
    Tab { slug: "fixes", title: "Fixes", template: "case/fixes.html", content, read };

#[derive(Serialize)]
struct DraftView {
    ghsa: String,
    url: String,
    state: &'static str,
    patched: Vec<(String, String)>,
    credits: Vec<String>,
    vector: Option<String>,
    read_at: Option<Moment>,
    told: Option<Word>,
}

#[derive(Serialize)]
struct AccessView {
    needed: Vec<String>,
    without_login: Vec<String>,
    members: Vec<String>,
    pending: Vec<String>,
    inherited: Vec<(String, bool)>,
    missing: Vec<String>,
    surplus: Vec<String>,
    unknown_inherited: String,
}

#[derive(Serialize)]
struct TrainView {
    id: String,
    planned: Moment,
    lines: Vec<String>,
    burnt: Vec<(String, String, String)>,
}

#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each says whether one form is shown")]
struct Content {
    draft: Option<DraftView>,
    fork: Option<String>,
    fork_told: Option<Word>,
    access: Option<AccessView>,
    access_told: Option<Word>,
    /// People tell what they see at the forge.
    tell: bool,
    drafted: DraftForm,
    create_draft: Option<Offer>,
    update_draft: Option<Offer>,
    create_fork: Option<Offer>,
    set_access: Option<Offer>,
    readiness: readiness::Matrix,
    private: PrivateView,
    /// People tell how far a line has come.
    tell_milestone: bool,
    /// Lines whose fix is declared.
    declared: Vec<String>,
    milestones: Vec<Choice>,
    lines: Vec<Choice>,
    trains: Vec<TrainView>,
    zone: String,
    fix: bool,
    release: bool,
    coordinate: bool,
}

fn content(desk: &Desk<'_>) -> minijinja::Value {
    let forge = &desk.case.forge;
    minijinja::Value::from_serialize(Content {
        draft: forge.draft.as_ref().map(|draft| DraftView {
            ghsa: draft.ghsa.to_string(),
            url: draft.url.clone(),
            state: match draft.state {
                DraftState::Draft => "a draft; only invited people see it",
                DraftState::Published => "published",
                DraftState::Closed => "closed",
            },
            patched: draft.patched.iter().map(|(l, v)| (l.to_string(), v.clone())).collect(),
            credits: if desk.names.identity() { draft.credits.clone() } else { Vec::new() },
            vector: draft.vector.clone(),
            read_at: forge.draft_read_at.map(|at| desk.moment(at)),
            told: Word::on(desk, Subject::Draft),
        }),
        fork: forge.fork.clone(),
        fork_told: Word::on(desk, Subject::Fork),
        access: access(desk),
        access_told: Word::on(desk, Subject::Access),
        tell: told::may(desk, Party::Forge),
        drafted: DraftForm::new(desk),
        create_draft: acts::offer(desk, &ActKind::CreateDraft),
        update_draft: acts::offer(desk, &ActKind::UpdateDraft),
        create_fork: acts::offer(desk, &ActKind::CreateFork),
        set_access: acts::offer(desk, &ActKind::SetAccess),
        readiness: readiness::matrix(desk),
        private: PrivateView::new(desk),
        tell_milestone: told::may_milestone(desk),
        declared: told::underway(desk).map(ToString::to_string).collect(),
        milestones: Milestone::ALL
            .map(|of| Choice { value: of.id().to_owned(), label: of.name().to_owned() })
            .into(),
        lines: desk
            .case
            .to_patch()
            .map(|(key, _, _)| Choice { value: key.to_string(), label: key.to_string() })
            .collect(),
        trains: desk
            .case
            .trains
            .iter()
            .map(|(id, train)| TrainView {
                id: id.to_string(),
                planned: desk.moment(train.planned_at),
                lines: train.lines.iter().map(ToString::to_string).collect(),
                burnt: train
                    .burnt
                    .iter()
                    .map(|(l, v, why)| (l.to_string(), v.clone(), why.clone()))
                    .collect(),
            })
            .collect(),
        zone: super::embargo::zone(desk),
        fix: desk.may(Permission::Fix),
        release: desk.may(Permission::Release),
        coordinate: desk.may(Permission::Coordinate),
    })
}

/// Who has access, against who needs it: both ways.
fn access(desk: &Desk<'_>) -> Option<AccessView> {
    let forge = &desk.case.forge;
    let seen = forge.access.as_ref()?;
    let needed: BTreeSet<String> = engine::needed_logins(desk.case).into_iter().collect();
    let has = |login: &&String| {
        seen.members.contains(*login)
            || seen.pending.contains(*login)
            || seen.inherited.contains(*login)
    };
    let workers = [Role::FixDeveloper, Role::ReleaseManager];
    let unknown: Vec<_> = seen.inherited.difference(&forge.inherited_known).cloned().collect();
    Some(AccessView {
        missing: needed.iter().filter(|login| !has(login)).cloned().collect(),
        surplus: seen
            .members
            .union(&seen.pending)
            .filter(|l| !needed.contains(*l))
            .cloned()
            .collect(),
        without_login: desk
            .case
            .people
            .iter()
            .filter(|(_, p)| p.present() && p.login.is_none())
            .filter(|(_, p)| workers.iter().any(|role| p.roles.contains(role)))
            .map(|(id, _)| desk.names.of(*id))
            .collect(),
        needed: needed.into_iter().collect(),
        members: seen.members.iter().cloned().collect(),
        pending: seen.pending.iter().cloned().collect(),
        inherited: seen
            .inherited
            .iter()
            .map(|login| (login.clone(), forge.inherited_known.contains(login)))
            .collect(),
        unknown_inherited: unknown.join(" "),
    })
}

fn read(desk: &Desk<'_>, fields: &Fields) -> Read<Vec<Command>> {
    let seen = match fields.form() {
        "tell-draft" => Some(told::draft(desk, fields)?),
        "tell-fork" => Some(told::fork(fields)?),
        "tell-access" => Some(told::access(fields)),
        "tell-milestone" => Some(told::milestone(fields)?),
        _ => None,
    };
    if let Some(seen) = seen {
        return Ok(vec![told::word(desk, fields, seen)?]);
    }
    if fields.form() == "private" {
        return Ok(vec![private::named(desk, fields)]);
    }
    let decisions = match fields.form() {
        "fixes" => declared(desk, fields)?,
        "inherited" => {
            vec![Decision::InheritedAccess { logins: fields.words("logins").into_iter().collect() }]
        }
        "train" => vec![Decision::Train {
            id: TrainId(fields.derive("train")),
            planned_at: fields.instant("at", fields.text("zone"), "Leaves")?,
            lines: chosen_lines(fields)?,
        }],
        "burnt" => vec![Decision::Burnt {
            train: fields.parsed("train", "Train")?,
            line: fields.parsed("line", "Line")?,
            version: fields.required("version", "Lost version")?.to_owned(),
            why: fields.text("reason").to_owned(),
        }],
        _ => return Err(no_such_form()),
    };
    Ok(decisions.into_iter().map(|d| Command::Decide(Box::new(d))).collect())
}

fn chosen_lines(fields: &Fields) -> Read<BTreeSet<LineKey>> {
    let line = |text: &str| text.parse::<LineKey>().map_err(|why| bad(why.to_string(), "choose"));
    let lines = fields.all("line").map(line).collect::<Read<BTreeSet<_>>>()?;
    if lines.is_empty() { Err(bad("no line is chosen", "choose at least one")) } else { Ok(lines) }
}

/// The fixes that differ from what was declared before.
fn declared(desk: &Desk<'_>, fields: &Fields) -> Read<Vec<Decision>> {
    let changed: Vec<_> = desk
        .case
        .to_patch()
        .filter_map(|(key, line, _)| {
            let commits = fields.words(&format!("commits {key}"));
            let new = !commits.is_empty() && commits != line.fix.declared;
            new.then(|| Decision::Fix { line: key.clone(), commits })
        })
        .collect();
    if changed.is_empty() {
        return Err(bad("no commit was added", "name the fix on at least one line"));
    }
    Ok(changed)
}
