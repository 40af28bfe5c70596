//! How ordinary a case's terms are in public: counted by a job, and remembered.
//!
//! A page asks for it and never waits: it shows what is known, and a count is put into the queue where
//! something is new. What was counted stays in this process's memory, beside the terms themselves, until the
//! case is over; neither is written down or logged.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use case::CaseId;
use discretion::Terms;
use git::{Range, Repo};
use store::{Batch, Scope};

use crate::{
    Engine, EngineError, Project, View,
    jobs::Job,
    journal,
    observe::Mirror,
    ports::Repository,
    terms::{ordinary, own_terms},
};

/// Of one public repository, in how many of its latest commits each term stands.
pub struct Ordinary {
    /// Its name.
    pub repository: String,
    /// What is known of it; or why it cannot be read.
    pub counted: Result<Counted, String>,
}

/// What a count showed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    /// How many commits were read, and in how many of them each term stands, in the order of
    /// [`own_terms`]; `None` before there was a count of these terms.
    pub latest: Option<(usize, Vec<usize>)>,
    /// It is being counted anew.
    pub counting: bool,
}

/// What this process has counted.
#[derive(Default)]
pub(crate) struct Counts {
    known: Mutex<BTreeMap<(CaseId, String), Count>>,
    /// Cases whose count is in the queue.
    queued: Mutex<BTreeSet<CaseId>>,
}

struct Count {
    mirror: Mirror,
    terms: Vec<Terms>,
    shown: Result<(usize, Vec<usize>), String>,
}

impl Count {
    /// Nothing that it says could have changed.
    fn holds(&self, mirror: &Mirror) -> bool {
        self.shown.is_ok() && self.mirror == *mirror
    }
}

impl Counts {
    fn known(&self) -> MutexGuard<'_, BTreeMap<(CaseId, String), Count>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn queued(&self) -> MutexGuard<'_, BTreeSet<CaseId>> {
        self.queued.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was counted for a case that is over now is gone.
    pub(crate) fn forget(&self, case: CaseId) {
        self.known().retain(|(of, _), _| *of != case);
    }
}

impl Engine {
    /// How ordinary the case's terms are in the project's public repositories, as far as that is known;
    /// what is not is counted soon.
    ///
    /// # Errors
    /// When the project cannot be read, or the store fails.
    pub fn ordinary(&self, view: &View) -> Result<Vec<Ordinary>, EngineError> {
        let case = &view.loaded.case;
        let project = self.project(case.project)?;
        let terms = each(case, &project);
        let known = self.counts.known();
        let shown = case.policy.repositories.iter().map(|name| {
            let last = known.get(&(case.id, name.clone())).filter(|last| last.terms == terms);
            let counted =
                self.mirror(project.repository(name), last).and_then(|mirror| match last {
                    Some(Count { shown: Err(why), .. }) => Err(why.clone()),
                    Some(last) => {
                        let counting = !last.holds(&mirror);
                        Ok(Counted { latest: last.shown.clone().ok(), counting })
                    }
                    None => Ok(Counted { latest: None, counting: true }),
                });
            Ordinary { repository: name.clone(), counted }
        });
        let shown: Vec<Ordinary> = shown.collect();
        drop(known);
        // What could not be read may be by now.
        if shown.iter().any(|one| one.counted.as_ref().map_or(true, |counted| counted.counting)) {
            self.count_soon(case.id)?;
        }
        Ok(shown)
    }

    fn mirror(&self, repository: Repository<'_>, last: Option<&Count>) -> Result<Mirror, String> {
        let path = self.ports.repositories.public(repository).map_err(|error| error.to_string())?;
        let why = || match Repo::open(&path) {
            Err(error) => error.to_string(),
            Ok(_) => "its branches and tags cannot be read".to_owned(),
        };
        Mirror::at(path.clone(), last.map(|last| &last.mirror)).ok_or_else(why)
    }

    /// Puts a count into the queue, unless there is one.
    fn count_soon(&self, case: CaseId) -> Result<(), EngineError> {
        if !self.counts.queued().insert(case) {
            return Ok(());
        }
        let put = Job::Count { case }.put(self.clock.wall()).and_then(|job| {
            let batch = Batch { jobs: vec![job], ..Batch::default() };
            Ok(self.store.commit(&Scope::house("terms"), batch)?)
        });
        if put.is_err() {
            self.counts.queued().remove(&case);
        }
        put.map(drop)
    }

    /// Counts what was asked for. Whatever came of it, a page may ask again.
    pub(crate) fn count(&self, case: CaseId) -> Result<(), EngineError> {
        let counted = self.count_all(case);
        self.counts.queued().remove(&case);
        counted
    }

    fn count_all(&self, case: CaseId) -> Result<(), EngineError> {
        let case = journal::load(&*self.store, case)?.case;
        let project = self.project(case.project)?;
        let terms = each(&case, &project);
        for name in &case.policy.repositories {
            let key = (case.id, name.clone());
            let known = self.counts.known();
            let last = known.get(&key).filter(|last| last.terms == terms);
            let Ok(mirror) = self.mirror(project.repository(name), last) else { continue };
            if last.is_some_and(|last| last.holds(&mirror)) {
                continue;
            }
            // Pages show the last count meanwhile.
            drop(known);
            let shown = ordinary(mirror.repo(), Range::everything(&[]), &terms);
            let shown = shown.map_err(|error| error.to_string());
            self.counts.known().insert(key, Count { mirror, terms: terms.clone(), shown });
        }
        Ok(())
    }
}

/// The terms, each by itself.
fn each(case: &case::Case, project: &Project) -> Vec<Terms> {
    own_terms(case, project).into_iter().map(|term| term.sought).collect()
}
