//! Mirrors that the house keeps fresh itself: when each is fetched next, and how that goes.
//!
//! Each is fetched every so often; more often while a case waits for what a fetch may bring, and less
//! often as long as it fails. What was not fetched has not happened, so this makes the house late,
//! and never early. All of it is in memory: a new process fetches everything at once.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use case::{
    Case, CaseId, PersonId, ProjectId,
    event::Triage,
    state::{DisclosureState, Phase},
};
use jiff::{SignedDuration, Timestamp};
use store::{Batch, Scope};

use crate::{
    Engine, EngineError,
    hands::{Lane, Thing},
    jobs::Job,
    ports::Repository,
    runner::TURN,
};

/// Between two fetches while a case waits for what they may bring.
const CLOSE: SignedDuration = SignedDuration::from_mins(2);
/// How long before its instant a disclosure makes a case wait: so that both looks ahead are fresh.
const AHEAD: SignedDuration = SignedDuration::from_hours(25);
/// How long a case's word holds; it is looked at every minute.
const HOLDS: SignedDuration = SignedDuration::from_mins(3);
/// Between two fetches that fail, at most: usually, and while a case waits.
const MOST: (SignedDuration, SignedDuration) =
    (SignedDuration::from_hours(1), SignedDuration::from_mins(10));
/// A look at what everybody can see asks for a fetch when the last one is as old as this.
const OLD: SignedDuration = SignedDuration::from_mins(1);
/// Between two looks at which mirror is due.
const LOOK: SignedDuration = SignedDuration::from_mins(1);

/// How the house keeps a mirror fresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freshness {
    /// A fetch is under way.
    pub fetching: bool,
    /// Why the last one failed, if it did.
    pub trouble: Option<String>,
    /// Since when all of them fail, or none does.
    pub since: Timestamp,
    /// None has ended yet since the house was started.
    pub first: bool,
}

/// What this process knows of the mirrors that it keeps fresh.
#[derive(Default)]
pub(crate) struct Mirrors {
    /// The time between two fetches; none: somebody else keeps them fresh.
    every: Option<SignedDuration>,
    /// By folder: a mirror that two projects name is one mirror.
    known: Mutex<BTreeMap<String, Known>>,
    /// Cases that wait for a fetch, whose they are, and until when that is believed.
    close: Mutex<BTreeMap<CaseId, (ProjectId, SignedDuration)>>,
}

struct Known {
    /// When the last fetch ended.
    ended: Option<SignedDuration>,
    /// How many have failed in a row.
    failures: u32,
    /// Somebody wants it fetched now.
    asked: bool,
    fresh: Freshness,
}

/// How often is often.
#[derive(Clone, Copy)]
struct Pace {
    every: SignedDuration,
    most: SignedDuration,
}

impl Known {
    fn new(now: Timestamp) -> Self {
        let fresh = Freshness { fetching: false, trouble: None, since: now, first: true };
        Self { ended: None, failures: 0, asked: false, fresh }
    }

    /// How long until the next fetch.
    fn left(&self, pace: Pace, boot: SignedDuration) -> SignedDuration {
        let Some(ended) = self.ended.filter(|_| !self.asked) else { return SignedDuration::ZERO };
        let slower = 2_i32.saturating_pow(self.failures.min(16));
        let wait = pace.every.saturating_mul(slower).min(pace.most.max(pace.every));
        ended.saturating_add(wait).saturating_sub(boot)
    }

    fn end(&mut self, trouble: Option<String>, now: Timestamp, boot: SignedDuration) {
        self.failures = if trouble.is_some() { self.failures.saturating_add(1) } else { 0 };
        let fresh = &mut self.fresh;
        if fresh.first || fresh.trouble.is_some() != trouble.is_some() {
            fresh.since = now;
        }
        (fresh.fetching, fresh.first, fresh.trouble) = (false, false, trouble);
        self.ended = Some(boot);
    }
}

impl Mirrors {
    fn known(&self) -> MutexGuard<'_, BTreeMap<String, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A project's cases that wait for a fetch.
    fn waiting(&self, project: ProjectId, boot: SignedDuration) -> Vec<CaseId> {
        let mut close = self.close.lock().unwrap_or_else(PoisonError::into_inner);
        close.retain(|_, (_, until)| boot < *until);
        close.iter().filter(|(_, (of, _))| *of == project).map(|(case, _)| *case).collect()
    }

    fn pace(&self, project: ProjectId, boot: SignedDuration) -> Option<Pace> {
        let every = self.every?;
        let (usual, soon) = MOST;
        Some(if self.waiting(project, boot).is_empty() {
            Pace { every, most: usual }
        } else {
            Pace { every: every.min(CLOSE), most: soon }
        })
    }
}

impl Engine {
    /// Has the house keep the mirrors of all projects fresh itself, each fetched so often.
    ///
    /// # Errors
    /// When the store fails.
    pub fn keep_fresh(mut self, every: SignedDuration) -> Result<Self, EngineError> {
        self.mirrors.every = Some(every);
        for project in self.projects()? {
            self.refresh_soon(project.id)?;
        }
        Ok(self)
    }

    /// Whether the house fetches mirrors itself.
    #[must_use]
    pub fn fetches(&self) -> bool {
        self.mirrors.every.is_some()
    }

    /// How the house keeps a repository's mirror fresh; `None` where it does not.
    #[must_use]
    pub fn freshness(&self, repository: Repository<'_>) -> Option<Freshness> {
        self.mirrors.every?;
        let folder = &repository.clone?.folder;
        let fresh = self.mirrors.known().get(folder).map(|known| known.fresh.clone());
        Some(fresh.unwrap_or_else(|| Known::new(self.clock.wall()).fresh))
    }

    /// Fetches a repository as soon as may be. Only a member of its project's team may ask.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when the person is no member; [`EngineError::Invalid`] when the house
    /// does not fetch that repository.
    pub fn fetch_now(
        &self,
        project: ProjectId,
        by: PersonId,
        repository: &str,
    ) -> Result<(), EngineError> {
        let known = self.project(project)?;
        if !known.team.contains(&by) {
            return Err(EngineError::NotFound);
        }
        let folder = known.clones.get(repository).map(|clone| &clone.folder);
        let Some(folder) = folder.filter(|_| self.fetches()) else {
            return Err(EngineError::Invalid("the house does not fetch this repository".into()));
        };
        let mut mirrors = self.mirrors.known();
        mirrors.entry(folder.clone()).or_insert_with(|| Known::new(self.clock.wall())).asked = true;
        drop(mirrors);
        self.refresh_soon(project)
    }

    /// Puts the job that fetches a project's mirrors, if the house does that.
    pub(crate) fn refresh_soon(&self, project: ProjectId) -> Result<(), EngineError> {
        if !self.fetches() {
            return Ok(());
        }
        let jobs = vec![Job::Refresh { project }.put(self.clock.wall())?];
        self.store.commit(&Scope::house("engine"), Batch { jobs, ..Batch::default() })?;
        Ok(())
    }

    /// A look at what a repository shows: if that is not fresh, the next one shall be. A server that
    /// fails is not asked more often for that.
    pub(crate) fn wants_fresh(&self, repository: Repository<'_>) {
        let Some(clone) = repository.clone else { return };
        if let Some(known) = self.mirrors.known().get_mut(&clone.folder) {
            let boot = self.clock.boot();
            let old = known.ended.is_some_and(|ended| ended.saturating_add(OLD) <= boot);
            known.asked |= old && known.failures == 0;
        }
    }

    /// A look at a case: its project's mirrors are fetched often as long as it waits for them.
    pub(crate) fn note_pace(&self, case: &Case) {
        let boot = self.clock.boot();
        if self.fetches() && waits(case, self.clock.wall()) {
            let mut close = self.mirrors.close.lock().unwrap_or_else(PoisonError::into_inner);
            close.insert(case.id, (case.project, boot.saturating_add(HOLDS)));
        }
    }

    /// Fetches the first of a project's mirrors that is due; when to look again, if the house keeps
    /// mirrors fresh at all.
    pub(crate) fn refresh(&self, id: ProjectId) -> Result<Option<Timestamp>, EngineError> {
        let project = self.project(id)?;
        let mut wait = LOOK;
        for repository in project.repositories() {
            let boot = self.clock.boot();
            let Some(pace) = self.mirrors.pace(id, boot) else { return Ok(None) };
            let Some(clone) = repository.clone else { continue };
            let left = |engine: &Self| {
                let known = engine.mirrors.known();
                known
                    .get(&clone.folder)
                    .map_or(SignedDuration::ZERO, |known| known.left(pace, boot))
            };
            if left(self).is_positive() {
                wait = wait.min(left(self));
                continue;
            }
            let Some(_lane) = self.hands.take(Thing::Lane(Lane::Mirrors)) else {
                wait = TURN;
                break;
            };
            // For another project that names the same mirror, it may just have been fetched.
            if !left(self).is_positive() && self.fetch_one(&clone.folder, repository) {
                self.watch_now(&self.mirrors.waiting(id, boot))?;
            }
            wait = SignedDuration::ZERO;
            break;
        }
        Ok(Some(self.clock.wall().checked_add(wait).unwrap_or(Timestamp::MAX)))
    }

    /// Has cases looked at now, which a fetch may have brought something.
    fn watch_now(&self, cases: &[CaseId]) -> Result<(), EngineError> {
        let look = |case: &CaseId| Job::Watch { case: *case }.put(self.clock.wall());
        let jobs = cases.iter().map(look).collect::<Result<_, _>>()?;
        self.store.commit(&Scope::house("engine"), Batch { jobs, ..Batch::default() })?;
        Ok(())
    }

    /// Fetches a mirror; whether that went well.
    fn fetch_one(&self, folder: &str, repository: Repository<'_>) -> bool {
        let update = |change: &dyn Fn(&mut Known)| {
            let mut mirrors = self.mirrors.known();
            let known = mirrors.entry(folder.to_owned());
            change(known.or_insert_with(|| Known::new(self.clock.wall())));
        };
        update(&|known| (known.asked, known.fresh.fetching) = (false, true));
        let fetched = self.ports.repositories.fetch(repository);
        let trouble = fetched.err().map(|why| why.words().to_owned());
        let (now, boot) = (self.clock.wall(), self.clock.boot());
        update(&|known| known.end(trouble.clone(), now, boot));
        trouble.is_none()
    }
}

/// Something that a fetch may bring is what a case waits for, or what its disclosure rests on.
fn waits(case: &Case, now: Timestamp) -> bool {
    let accepted = case.triage.as_ref().is_some_and(|t| t.verdict == Triage::Accepted);
    if case.phase != Phase::Open || !accepted {
        return false;
    }
    let near = case.disclosure.as_ref().is_some_and(|plan| {
        plan.state != DisclosureState::Finished && plan.instant.duration_since(now) <= AHEAD
    });
    let unreleased = case.to_patch().any(|(_, line, _)| {
        let there = line.default_branch && !line.fix.public.is_empty();
        !line.fix.declared.is_empty() && !there && line.fixed_in().is_none()
    });
    near || unreleased
}
