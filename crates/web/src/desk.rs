//! A case on somebody's desk: the case, who looks at it, and what they may do with it. Everything
//! that a case page shows is drawn from here.

use std::collections::BTreeSet;

use case::{
    Case, LineKey, PersonId, Role,
    act::{Act, ActState},
    rights::{Permission, may},
    state::Phase,
    vultron::{em, rm},
};
use engine::{View, ports::Party};
use serde::Serialize;

use crate::{
    fault::Fault, names::Names, pages::case::TABS, time::Moment, view::acts::ActLine, visit::Visit,
};

/// A case as its pages see it.
pub(crate) struct Desk<'a> {
    /// Who looks.
    pub(crate) visit: &'a Visit,
    /// What the engine shows them.
    pub(crate) view: &'a View,
    /// The case.
    pub(crate) case: &'a Case,
    /// What people are called.
    pub(crate) names: Names,
}

/// The head of every page of a case.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each says whether one thing is shown")]
pub(crate) struct Head {
    id: String,
    codename: String,
    project: String,
    project_id: String,
    state: &'static str,
    open: bool,
    embargo: Clock,
    world: Vec<&'static str>,
    tabs: Vec<TabLink>,
    approvals_wanted: Vec<ActLine>,
    team: bool,
    /// Outside parties that only people can reach from this house.
    unconnected: Vec<&'static str>,
    /// A notice of this case is posted to its list from here, and looked for in the archive.
    posts: bool,
    /// Mail goes out by itself, and what becomes of it is not seen.
    mails_blindly: bool,
    /// The house can look at repositories.
    sees_lines: bool,
}

/// The embargo's clock.
#[derive(Debug, Serialize)]
pub(crate) struct Clock {
    /// What holds, in words.
    pub(crate) state: &'static str,
    /// What that means.
    pub(crate) meaning: &'static str,
    /// How it is marked: a kind of `mark`.
    pub(crate) mark: &'static str,
    /// The instant that stands, if there is one.
    pub(crate) instant: Option<Moment>,
}

#[derive(Debug, Serialize)]
struct TabLink {
    slug: &'static str,
    title: &'static str,
    here: bool,
}

/// A page of a case: its head, and what is its own.
#[derive(Debug, Serialize)]
pub(crate) struct Sheet {
    pub(crate) head: Head,
    pub(crate) it: minijinja::Value,
}

/// One choice of a list.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Choice {
    /// The value that the form sends.
    pub(crate) value: String,
    /// What people read.
    pub(crate) label: String,
}

impl<'a> Desk<'a> {
    /// Lays a case out. Reads names from the directory, so it blocks.
    pub(crate) fn new(visit: &'a Visit, view: &'a View) -> Result<Self, Fault> {
        let case = &view.loaded.case;
        let team = view
            .team
            .iter()
            .map(|person| Ok((*person, visit.hall.name(*person)?)))
            .collect::<Result<Vec<_>, Fault>>()?;
        let delegates = view.roll.members.values().flat_map(|member| &member.delegates);
        let delegates = delegates.filter(|_| view.roles.contains(&Role::Team));
        let delegates = delegates.map(|(person, it)| (*person, it.name.clone()));
        let known = team.into_iter().chain(delegates);
        let names = Names::new(case, visit.actor(), &view.roles, known);
        Ok(Self { visit, view, case, names })
    }

    /// The viewer has the permission.
    pub(crate) fn may(&self, permission: Permission) -> bool {
        may(self.visit.actor(), &self.view.roles, permission)
    }

    /// An instant as seen now.
    pub(crate) fn moment(&self, at: jiff::Timestamp) -> Moment {
        Moment::new(at, self.view.now)
    }

    /// The page `slug` of the case, with its own content.
    pub(crate) fn sheet(&self, slug: &str, it: impl Serialize) -> Sheet {
        Sheet { head: self.head(slug), it: minijinja::Value::from_serialize(it) }
    }

    fn head(&self, slug: &str) -> Head {
        let case = self.case;
        let unconnected = &self.view.unconnected;
        Head {
            id: case.id.to_string(),
            codename: case.codename.to_string(),
            project: case.policy.project.clone(),
            project_id: case.project.to_string(),
            state: state(case),
            open: case.phase == Phase::Open,
            embargo: self.clock(),
            world: world(case),
            tabs: TABS
                .iter()
                .map(|tab| TabLink { slug: tab.slug, title: tab.title, here: tab.slug == slug })
                .collect(),
            approvals_wanted: self.approvals_wanted().map(|act| ActLine::new(self, act)).collect(),
            team: self.view.roles.contains(&Role::Team),
            sees_lines: !unconnected.contains(&Party::Repositories),
            unconnected: unconnected
                .iter()
                .filter(|party| **party != Party::Mail || !self.view.mails)
                .map(|party| party.name())
                .collect(),
            posts: !self.view.posted.is_empty(),
            mails_blindly: self.view.mails && unconnected.contains(&Party::Mail),
        }
    }

    fn clock(&self) -> Clock {
        let embargo = &self.case.embargo;
        let (mark, state, meaning) = embargo_words(self.case);
        let standing = embargo
            .standing_instant()
            .or_else(|| embargo.proposal(embargo.pending?).map(|p| p.instant));
        let zone = embargo
            .proposals
            .iter()
            .rev()
            .find(|p| Some(p.instant) == standing)
            .map_or("UTC", |p| p.zone.as_str());
        let shown = standing.filter(|_| embargo.state != em::State::Exited);
        let instant = shown.map(|at| Moment::chosen_in(at, zone, self.view.now));
        Clock { state, meaning, mark, instant }
    }

    /// Acts that the viewer could approve now.
    fn approvals_wanted(&self) -> impl Iterator<Item = &Act> {
        let person = self.visit.person;
        let approver = self.may(Permission::Approve);
        self.acts().filter(move |act| {
            approver
                && act.state == ActState::Planned
                && act.plan.under.is_none()
                && !act.approvals.contains_key(&person)
        })
    }

    /// Acts, oldest first.
    pub(crate) fn acts(&self) -> impl Iterator<Item = &Act> {
        self.case.act_order.iter().filter_map(|id| self.case.acts.get(id))
    }

    /// People who hold a role now.
    pub(crate) fn people(&self, role: Role) -> Vec<Choice> {
        let choice = |(id, _)| Choice { value: PersonId::to_string(&id), label: self.names.of(id) };
        self.case.holding(role).map(choice).collect()
    }

    /// The lines that are supported now.
    pub(crate) fn supported(&self) -> impl Iterator<Item = (&LineKey, &case::state::Line)> {
        self.case.lines.iter().filter(|(_, line)| line.supported)
    }

    /// The security team, as members of this case.
    pub(crate) fn team(&self) -> BTreeSet<PersonId> {
        let removed =
            |p: &&PersonId| self.case.people.get(p).is_none_or(case::people::Participant::present);
        self.view.team.iter().filter(removed).copied().collect()
    }
}

/// The embargo as a mark, in words, and what it means to those who work on the case.
fn embargo_words(case: &Case) -> (&'static str, &'static str, &'static str) {
    match case.embargo.state {
        _ if case.phase != Phase::Open => ("off", "Over", "Nothing waits for an instant any more."),
        _ if case.facts.is_public() => {
            ("off", "No embargo: the bug is public", "There is nothing left to keep back.")
        }
        em::State::None => (
            "waiting",
            "No embargo yet",
            "Nobody outside has agreed to keep this to themselves until a date. Inside, it stays \
             with the people of the case.",
        ),
        em::State::Proposed => (
            "waiting",
            "Embargo proposed, not agreed",
            "The date below is on the table; it binds nobody yet.",
        ),
        em::State::Active => (
            "ready",
            "Under embargo",
            "Not a word to anybody outside the case before this instant.",
        ),
        em::State::Revise => (
            "ready",
            "Under embargo, another date is on the table",
            "This instant holds until another one is agreed.",
        ),
        em::State::Exited => ("off", "The embargo is over", "There is no date to keep any more."),
    }
}

fn state(case: &Case) -> &'static str {
    match (&case.phase, case.rm) {
        (Phase::Merged { .. }, _) => "merged into another case",
        (Phase::Withdrawn, _) => "withdrawn",
        (Phase::Closed, _) => "closed",
        (Phase::Open, rm) => report_state(rm),
    }
}

/// Where a report stands.
pub(crate) fn report_state(state: rm::State) -> &'static str {
    match state {
        rm::State::Start => "not received yet",
        rm::State::Received => "received, waits for triage",
        rm::State::Invalid => "found not valid",
        rm::State::Valid => "found valid",
        rm::State::Deferred => "deferred",
        rm::State::Accepted => "accepted",
        rm::State::Closed => "closed",
    }
}

fn world(case: &Case) -> Vec<&'static str> {
    let letters = case.facts.to_string();
    let facts = [('P', "the public knows"), ('X', "an exploit is public"), ('A', "attacks seen")];
    facts.into_iter().filter(|(letter, _)| letters.contains(*letter)).map(|(_, w)| w).collect()
}
