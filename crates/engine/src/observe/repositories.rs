//! What the repositories show: supported lines, fixes, releases and the public words about them.
//!
//! A case is looked at every minute, and reading a history takes long. So a repository is read
//! again only when its refs, or what is asked of it, differ from a look that showed nothing new.
//! The same holds for artefacts, whose files are read again when they change. That is remembered in
//! memory and nowhere else. A fresh process reads everything; what public histories say may be kept for
//! it in a [`Cache`].

mod built;
mod judge;

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
};

use case::{Case, CaseId, LineKey, observation::Observation, state::Line};
use discretion::Terms;
use git::{Cache, RefsMark, Repo};
use jiff::Timestamp;

use built::Built;

use crate::{
    Project,
    ports::{Fork, PortError, Repositories, Repository},
    private::branch_of,
    terms::sought,
};

/// The latest look at each case's repositories.
#[derive(Default)]
pub(crate) struct Looks(Mutex<BTreeMap<(CaseId, String), Look>>);

impl Looks {
    fn map(&self) -> MutexGuard<'_, BTreeMap<(CaseId, String), Look>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Of a case that is over, nothing is kept.
    pub(super) fn forget(&self, case: CaseId) {
        self.map().retain(|(of, _), _| *of != case);
    }
}

pub(super) fn look(
    repositories: &dyn Repositories,
    case: &Case,
    project: &Project,
    now: Timestamp,
    looks: &Looks,
    cache: Option<&Cache>,
) -> Vec<Observation> {
    let mut seen = Vec::new();
    for repository in case.policy.repositories.iter().map(|name| project.repository(name)) {
        seen.extend(supported(repositories, case, repository));
        let question = Question::of(repositories, case, project, repository);
        if question.lines.is_empty() {
            continue;
        }
        let key = (case.id, repository.name.to_owned());
        let last = looks.map().remove(&key);
        let mut look =
            Look::begin(repositories, case, repository, question, last.as_ref()).keeping(cache);
        look.in_vain = last.is_some_and(|last| last.in_vain && last.same(&look));
        if !look.in_vain {
            let shown = look.read(now);
            look.in_vain = shown.whole && shown.news.is_empty() && look.unmoved();
            seen.extend(shown.news);
        }
        looks.map().insert(key, look);
    }
    seen
}

fn supported(
    repositories: &dyn Repositories,
    case: &Case,
    repository: Repository<'_>,
) -> Option<Observation> {
    let now = repositories.supported(repository).ok()?;
    let of_repository = || case.lines.iter().filter(|(k, _)| k.repository == repository.name);
    let mut known: Vec<&str> =
        of_repository().filter(|(_, l)| l.supported).map(|(k, _)| k.line.as_str()).collect();
    let mut current: Vec<&str> = now.lines.iter().map(String::as_str).collect();
    known.sort_unstable();
    current.sort_unstable();
    let default =
        of_repository().find(|(_, l)| l.supported && l.default_branch).map(|(k, _)| &k.line);
    let news = known != current || default != Some(&now.default_branch);
    news.then(|| Observation::SupportedLines {
        repository: repository.name.to_owned(),
        lines: now.lines,
        default_branch: now.default_branch,
    })
}

/// Everything in a case that the answer of its repositories depends on.
#[derive(PartialEq)]
struct Question {
    lines: Vec<Wanted>,
    terms: Terms,
}

/// A line that gets the fix, once a person has said which commits that is.
#[derive(PartialEq)]
struct Wanted {
    key: LineKey,
    line: Line,
    branch: String,
    /// Where it is worked on in private, if that is known.
    private: Option<String>,
    planned: Option<String>,
}

impl Question {
    fn of(
        repositories: &dyn Repositories,
        case: &Case,
        project: &Project,
        repository: Repository<'_>,
    ) -> Self {
        let lines = case.to_patch().filter(|(key, line, _)| {
            key.repository == repository.name && !line.fix.declared.is_empty()
        });
        let lines = lines.map(|(key, line, planned)| {
            let branch = repositories.branch(repository, &key.line);
            let private = branch_of(case, key, &branch).map(ToOwned::to_owned);
            let (key, line, planned) = (key.clone(), line.clone(), planned.map(ToOwned::to_owned));
            Wanted { key, line, branch, private, planned }
        });
        Self { lines: lines.collect(), terms: sought(case, project) }
    }
}

/// A question, and the mirrors that it is put to, as they are at its beginning.
struct Look {
    question: Question,
    public: Option<Mirror>,
    private: Option<Mirror>,
    /// There is a private fork, whether it can be read or not.
    forked: bool,
    /// Nothing here can ever read that fork.
    out_of_reach: bool,
    /// What was built, by tag; `None` where this house is shown no artefacts.
    built: Option<Built>,
    /// Everything was read and nothing was new: the same look need not be taken again.
    in_vain: bool,
}

impl Look {
    fn begin(
        repositories: &dyn Repositories,
        case: &Case,
        repository: Repository<'_>,
        question: Question,
        last: Option<&Self>,
    ) -> Self {
        let fork = Fork::of(case, repository.name);
        let public = repositories.public(repository).ok();
        let private = fork.map(|fork| repositories.private(fork));
        let out_of_reach = matches!(private, Some(Err(PortError::Absent(_))));
        let private = private.and_then(Result::ok);
        let before = |of: fn(&Self) -> &Option<Mirror>| last.and_then(|last| of(last).as_ref());
        Self {
            question,
            public: public.and_then(|path| Mirror::at(path, before(|last| &last.public))),
            private: private.and_then(|path| Mirror::at(path, before(|last| &last.private))),
            forked: fork.is_some(),
            out_of_reach,
            built: repositories.artefacts(repository).ok().map(Built::new),
            in_vain: false,
        }
    }

    /// What is private leaves nothing in a cache.
    fn keeping(mut self, cache: Option<&Cache>) -> Self {
        if let (Some(cache), Some(public)) = (cache, self.public.as_mut()) {
            public.repo = public.repo.clone().with_cache(cache.clone());
        }
        self
    }

    fn same(&self, other: &Self) -> bool {
        self.question == other.question
            && self.built == other.built
            && (&self.public, &self.private) == (&other.public, &other.private)
    }

    /// Nothing was pushed while the mirrors were read.
    fn unmoved(&self) -> bool {
        let mut mirrors = self.public.iter().chain(&self.private);
        mirrors.all(|mirror| mirror.repo.refs_mark().is_ok_and(|mark| mark == mirror.mark))
    }
}

/// A repository on disk.
pub(crate) struct Mirror {
    path: PathBuf,
    repo: Repo,
    mark: RefsMark,
}

impl PartialEq for Mirror {
    fn eq(&self, other: &Self) -> bool {
        (&self.path, &self.mark) == (&other.path, &other.mark)
    }
}

impl Mirror {
    pub(crate) fn repo(&self) -> &Repo {
        &self.repo
    }

    pub(crate) fn at(path: PathBuf, last: Option<&Self>) -> Option<Self> {
        let known = last.filter(|last| last.path == path).map(|last| last.repo.clone());
        let mut repo = known.or_else(|| Repo::open(&path).ok())?;
        let mark = repo.refs_mark().ok()?;
        if !mark.is_plain() {
            // What was read of its objects may be disputed by now.
            repo = Repo::open(&path).ok()?;
        }
        Some(Self { path, repo, mark })
    }
}
