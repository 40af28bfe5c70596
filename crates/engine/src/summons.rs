//! Summons: a mail to those of a team for whom something waits, so that nobody has to keep looking
//! at the pages.
//!
//! It is not encrypted, so it says the codename, what kind of thing waits, and where: no word of a
//! report, no name, no address. Nobody approves it; it can therefore say nothing that somebody
//! wrote. Who was summoned for what is a row of the house, and no part of a case: if the row is lost,
//! somebody is summoned twice.

mod reasons;

use std::{collections::BTreeSet, fmt::Write as _};

use advisory::Mailbox;
use case::{ActId, Actor, CaseId, PersonId, ProjectId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use store::{Batch, Scope, StreamId};

use self::reasons::Reason;
use crate::{
    Engine, EngineError, Project,
    ports::{PortError, Summons},
    summary::entry,
};

/// The list of who was summoned for what.
const SUMMONED: &str = "summoned";
/// The list of what people said of being summoned.
const WISHES: &str = "wishes of summons";
/// Somebody who is at it needs no summons.
const SETTLES: SignedDuration = SignedDuration::from_mins(2);
/// Between two mails to one person, unless something is urgent.
const QUIET: SignedDuration = SignedDuration::from_mins(15);

/// What a member of a team wants of summons.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SummonsWish {
    /// None.
    pub silent: bool,
    /// That they go to this address, and not to the one in the directory. Nobody is found by it.
    pub mailbox: Option<Mailbox>,
}

/// How it stands with summons to one member of a team.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summoned {
    /// When the last one went out.
    pub last: Option<Timestamp>,
    /// Why the latest one did not, in the mail server's words.
    pub failed: Option<String>,
    /// What still waits of what that person was summoned for.
    told: BTreeSet<String>,
}

impl Summoned {
    /// What holds after a mail. What may have gone out goes out again: a mail too many does no harm.
    fn after(
        self,
        answer: &Result<(), PortError>,
        waiting: &[Waiting],
        about: &[&Waiting],
        now: Timestamp,
    ) -> Self {
        let failed = answer.as_ref().err().map(ToString::to_string);
        match answer {
            Ok(()) | Err(PortError::Refused(_)) => {
                let still = waiting.iter().map(Waiting::mark).filter(|m| self.told.contains(m));
                let told = still.chain(about.iter().map(|one| one.mark())).collect();
                Self { last: Some(now), failed, told }
            }
            Err(_) => Self { failed, ..self },
        }
    }
}

/// What a round of summons came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Round {
    /// Mails that the server took.
    pub sent: usize,
    /// Mails that it did not take; the project's page says why.
    pub failed: usize,
}

/// Something that waits, and where.
struct Waiting {
    /// The case and its codename; otherwise it is the project's or the house's.
    case: Option<(CaseId, String)>,
    reason: Reason,
}

impl Waiting {
    fn mark(&self) -> String {
        match &self.case {
            Some((case, _)) => format!("{case} {}", self.reason.mark),
            None => self.reason.mark.clone(),
        }
    }
}

impl Engine {
    /// How it stands with summons to a member of a team.
    ///
    /// # Errors
    /// When the store fails.
    pub fn summoned(&self, project: ProjectId, person: PersonId) -> Result<Summoned, EngineError> {
        Ok(self.noted(SUMMONED, project, person)?.unwrap_or_default())
    }

    /// What a member of a team wants of summons.
    ///
    /// # Errors
    /// When the store fails.
    pub fn summons_wish(
        &self,
        project: ProjectId,
        person: PersonId,
    ) -> Result<SummonsWish, EngineError> {
        Ok(self.noted(WISHES, project, person)?.unwrap_or_default())
    }

    /// Whether anybody can be summoned here.
    #[must_use]
    pub fn summons(&self) -> bool {
        self.ports.summoner.connected()
    }

    /// From now on, a member of the team is summoned like this.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when the person is no member; others when the store fails.
    pub fn wish_summons(
        &self,
        project: ProjectId,
        person: PersonId,
        wish: &SummonsWish,
    ) -> Result<(), EngineError> {
        if !self.project(project)?.team.contains(&person) {
            return Err(EngineError::NotFound);
        }
        self.note(WISHES, project, person, wish)
    }

    /// The address at which somebody is summoned; `None` for who has none, or wants no summons.
    fn address_for(
        &self,
        project: ProjectId,
        person: PersonId,
    ) -> Result<Option<Mailbox>, EngineError> {
        let SummonsWish { silent, mailbox } = self.summons_wish(project, person)?;
        match mailbox {
            _ if silent => Ok(None),
            None => Ok(self.contact(person)?.and_then(|contact| contact.mailbox)),
            chosen => Ok(chosen),
        }
    }

    /// Summons everybody for whom something waits that they were not summoned for. `house` is where the
    /// pages are. To be called again and again, one at a time.
    ///
    /// # Errors
    /// When the store fails. What a mail server says is no error, and stands in the answer.
    pub fn summon_teams(&self, house: &str) -> Result<Round, EngineError> {
        let mut round = Round::default();
        if !self.summons() || self.locked().is_some() {
            return Ok(round);
        }
        for project in self.projects()? {
            if let Some(from) = self.sender(project.id)? {
                self.summon_team(&project, &from, house, &mut round)?;
            }
        }
        Ok(round)
    }

    fn summon_team(
        &self,
        project: &Project,
        from: &Mailbox,
        house: &str,
        round: &mut Round,
    ) -> Result<(), EngineError> {
        let now = self.clock.wall();
        let waiting = self.waiting(project, now)?;
        for person in &project.team {
            let Some(to) = self.address_for(project.id, *person)? else { continue };
            let before = self.summoned(project.id, *person)?;
            let about = due(&waiting, &before, *person, now);
            if about.is_empty() {
                continue;
            }
            let text = words(project, &about, house);
            let (id, subject) = (ActId(self.draw()), subject(project));
            let summons = Summons { id, from, to: &to, subject: &subject, text: &text };
            let answer = self.ports.summoner.summon(&summons);
            let counted = if answer.is_ok() { &mut round.sent } else { &mut round.failed };
            *counted = counted.saturating_add(1);
            let after = before.after(&answer, &waiting, &about, now);
            self.note(SUMMONED, project.id, *person, &after)?;
        }
        Ok(())
    }

    /// Everything that waits for a project's team.
    fn waiting(&self, project: &Project, now: Timestamp) -> Result<Vec<Waiting>, EngineError> {
        let mut of_project = reasons::of_keys(&project.book, now);
        of_project.extend(self.fetching()?.and_then(|mailbox| reasons::of_mailbox(&mailbox)));
        let mut waiting: Vec<_> =
            of_project.into_iter().map(|reason| Waiting { case: None, reason }).collect();
        for case in self.open_cases(project.id)? {
            let view = self.view(case, Actor::House)?;
            let name = view.loaded.case.codename.to_string();
            let of_case = reasons::of_case(&view).into_iter();
            waiting
                .extend(of_case.map(|reason| Waiting { case: Some((case, name.clone())), reason }));
        }
        Ok(waiting)
    }

    fn noted<T: DeserializeOwned>(
        &self,
        list: &str,
        project: ProjectId,
        person: PersonId,
    ) -> Result<Option<T>, EngineError> {
        let row = self.store.row(&Scope::house("summons"), list, &key(project, person))?;
        let Some(row) = row else { return Ok(None) };
        let text = row.body.as_bytes().unwrap_or_default();
        serde_json::from_slice(text).map(Some).map_err(|error| EngineError::Unreadable {
            stream: StreamId::house().to_string(),
            why: format!("the list of {list}: {error}"),
        })
    }

    fn note(
        &self,
        list: &str,
        project: ProjectId,
        person: PersonId,
        what: &impl Serialize,
    ) -> Result<(), EngineError> {
        let text = serde_json::to_string(what).map_err(|e| EngineError::Invalid(e.to_string()))?;
        let rows = vec![entry(list, &key(project, person), &StreamId::house(), &text)];
        self.store.commit(&Scope::house("summons"), Batch { rows, ..Batch::default() })?;
        Ok(())
    }
}

fn key(project: ProjectId, person: PersonId) -> String {
    format!("{project} {person}")
}

/// What somebody is to be summoned for now; nothing while they have been summoned a moment ago, or while
/// those who caused it may still be at it.
fn due<'a>(
    waiting: &'a [Waiting],
    before: &Summoned,
    person: PersonId,
    now: Timestamp,
) -> Vec<&'a Waiting> {
    let passed = |since: Timestamp, long| now.duration_since(since) >= long;
    let about: Vec<_> = waiting
        .iter()
        .filter(|one| one.reason.concerns(person))
        .filter(|one| one.reason.urgent || passed(one.reason.since, SETTLES))
        .filter(|one| !before.told.contains(&one.mark()))
        .collect();
    let urgent = about.iter().any(|one| one.reason.urgent);
    let rested = before.last.is_none_or(|last| passed(last, QUIET));
    if urgent || rested { about } else { Vec::new() }
}

fn subject(project: &Project) -> String {
    let name = project.policy.project.replace(char::is_control, " ");
    format!("[{name}] Something waits for you")
}

fn words(project: &Project, about: &[&Waiting], house: &str) -> String {
    let mut text = String::new();
    let mut place = None;
    for one in about {
        let here = one.case.as_ref().map(|(case, _)| *case);
        if place != Some(here) {
            let (name, link) = match &one.case {
                Some((case, codename)) => (codename.as_str(), format!("{house}/case/{case}")),
                None => ("The project", format!("{house}/project/{}", project.id)),
            };
            let _ = writeln!(text, "{}{name}\n{link}", if place.is_some() { "\n" } else { "" });
            place = Some(here);
        }
        let _ = writeln!(text, "- {}", one.reason.words);
    }
    text.push_str(
        "\nThis mail is not encrypted, so it says no more. You get it because\n\
         you are on the security team; the project's page is where you can\n\
         end that. What is answered to it becomes a report.\n",
    );
    text
}
