//! Mirrors that the house keeps fresh itself: when each is fetched next, and how that goes.
//!
//! Those of private repositories are fetched like the others, as long as an open case names them. Each
//! is fetched every so often; more often while a case waits for what a fetch may bring, and less
//! often as long as it fails. What was not fetched has not happened, so this makes the house late,
//! and never early. All of it is in memory: a new process fetches everything at once.

use std::{
    collections::{BTreeMap, BTreeSet},
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
    ports::{Fork, Repository},
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
    known: Mutex<BTreeMap<Which, Known>>,
    /// What open cases said at the last look.
    cases: Mutex<BTreeMap<CaseId, Said>>,
}

/// What a case's look told of the mirrors that it needs.
struct Said {
    project: ProjectId,
    /// It waits for a fetch.
    waits: bool,
    /// Its private mirrors.
    private: Vec<String>,
    /// Until when that is believed.
    until: SignedDuration,
}

/// A mirror.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Which {
    /// By its folder: one that two projects name is one mirror.
    Public(String),
    /// By its name among those of a project.
    Private(ProjectId, String),
}

/// How it is asked for.
enum Source<'a> {
    Public(Repository<'a>),
    Private(Fork<'a>),
}

impl Source<'_> {
    /// `None` of what does not lie on this machine.
    fn which(&self) -> Option<Which> {
        match self {
            Self::Public(of) => of.clone.map(|clone| Which::Public(clone.folder.clone())),
            Self::Private(Fork::Mirror { project, name }) => {
                Some(Which::Private(*project, (*name).to_owned()))
            }
            Self::Private(Fork::At(_)) => None,
        }
    }
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
    fn known(&self) -> MutexGuard<'_, BTreeMap<Which, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cases(&self) -> MutexGuard<'_, BTreeMap<CaseId, Said>> {
        self.cases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A project's cases that wait for a fetch.
    fn waiting(&self, project: ProjectId, boot: SignedDuration) -> Vec<CaseId> {
        let mut cases = self.cases();
        cases.retain(|_, said| boot < said.until);
        let waits = cases.iter().filter(|(_, said)| said.project == project && said.waits);
        waits.map(|(case, _)| *case).collect()
    }

    /// The names of the private mirrors that a project's cases need.
    fn private(&self, project: ProjectId, boot: SignedDuration) -> BTreeSet<String> {
        let cases = self.cases();
        let named = cases.values().filter(|said| said.project == project && boot < said.until);
        named.flat_map(|said| said.private.clone()).collect()
    }

    fn freshness(&self, source: &Source<'_>, now: Timestamp) -> Option<Freshness> {
        self.every?;
        let fresh = self.known().get(&source.which()?).map(|known| known.fresh.clone());
        Some(fresh.unwrap_or_else(|| Known::new(now).fresh))
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
        self.mirrors.freshness(&Source::Public(repository), self.clock.wall())
    }

    /// The same of a private repository.
    pub(crate) fn private_freshness(&self, fork: Fork<'_>) -> Option<Freshness> {
        self.mirrors.freshness(&Source::Private(fork), self.clock.wall())
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
        let known = mirrors.entry(Which::Public(folder.clone()));
        known.or_insert_with(|| Known::new(self.clock.wall())).asked = true;
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
        let Some(which) = Source::Public(repository).which() else { return };
        if let Some(known) = self.mirrors.known().get_mut(&which) {
            let boot = self.clock.boot();
            let old = known.ended.is_some_and(|ended| ended.saturating_add(OLD) <= boot);
            known.asked |= old && known.failures == 0;
        }
    }

    /// A look at a case: its project's mirrors are fetched often as long as it waits for them, and a
    /// private one that it names for the first time is fetched soon.
    pub(crate) fn note_mirrors(&self, case: &Case) -> Result<(), EngineError> {
        if !self.fetches() {
            return Ok(());
        }
        let said = Said {
            project: case.project,
            waits: waits(case, self.clock.wall()),
            private: case.private.values().map(|work| work.mirror.clone()).collect(),
            until: self.clock.boot().saturating_add(HOLDS),
        };
        let before = self.mirrors.cases().get(&case.id).map(|said| said.private.clone());
        let news = before.unwrap_or_default() != said.private;
        self.mirrors.cases().insert(case.id, said);
        if news { self.refresh_soon(case.project) } else { Ok(()) }
    }

    /// Fetches the first of a project's mirrors that is due; when to look again, if the house keeps
    /// mirrors fresh at all.
    pub(crate) fn refresh(&self, id: ProjectId) -> Result<Option<Timestamp>, EngineError> {
        let project = self.project(id)?;
        let mut wait = LOOK;
        let private = self.mirrors.private(id, self.clock.boot());
        let private =
            private.iter().map(|name| Source::Private(Fork::Mirror { project: id, name }));
        for source in project.repositories().map(Source::Public).chain(private) {
            let boot = self.clock.boot();
            let Some(pace) = self.mirrors.pace(id, boot) else { return Ok(None) };
            let Some(which) = source.which() else { continue };
            let left = |engine: &Self| {
                let known = engine.mirrors.known();
                known.get(&which).map_or(SignedDuration::ZERO, |known| known.left(pace, boot))
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
            if !left(self).is_positive() && self.fetch_one(&which, &source) {
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
    fn fetch_one(&self, which: &Which, source: &Source<'_>) -> bool {
        let update = |change: &dyn Fn(&mut Known)| {
            let mut mirrors = self.mirrors.known();
            let known = mirrors.entry(which.clone());
            change(known.or_insert_with(|| Known::new(self.clock.wall())));
        };
        update(&|known| (known.asked, known.fresh.fetching) = (false, true));
        let port = &self.ports.repositories;
        let fetched = match source {
            Source::Public(repository) => port.fetch(*repository),
            Source::Private(fork) => port.fetch_private(*fork),
        };
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
