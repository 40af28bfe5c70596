//! Private repositories as a case sees them: which branches are its own, whether they are there, and how
//! fresh that is. Read from mirrors on this machine, below the folder of the case's project.
//!
//! One mirror may hold the work of several cases. Only what a case named is shown to it, and nobody
//! names what belongs to another one, or where another works that they may not see. Must never be
//! asked about what is public: no tag of these is a release.

use std::collections::BTreeSet;

use case::{
    Actor, Case, Command, LineKey, PrivateWork, ProjectId, Refusal,
    event::Decision,
    refusal::Rule,
    rights::{Permission, may},
};
use git::Repo;
use jiff::Timestamp;

use crate::{Engine, EngineError, Freshness, View, journal, ports::PortError, project::Project};

/// A private repository of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// Of which repository it is.
    pub repository: String,
    /// What the case calls its own there.
    pub work: PrivateWork,
    /// What of it is there; or why that cannot be told now, in words.
    pub seen: Result<PrivateSight, String>,
    /// How the house keeps the mirror fresh, if it does.
    pub fresh: Option<Freshness>,
}

/// What a private mirror shows to one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivateSight {
    /// Those of the case's branches that are there.
    pub branches: BTreeSet<String>,
    /// When the mirror was last brought up to date.
    pub fetched_at: Timestamp,
}

/// A private repository that is asked about: all that a case may say of where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fork<'a> {
    /// Where the forge made it.
    At(&'a str),
    /// A mirror of it on this machine.
    Mirror {
        /// Whose: only mirrors of this project are meant, whatever the name says.
        project: ProjectId,
        /// Its name among them.
        name: &'a str,
    },
}

impl<'a> Fork<'a> {
    /// Where a repository's fix is worked on, as far as a case knows.
    #[must_use]
    pub fn of(case: &'a Case, repository: &str) -> Option<Self> {
        match case.private.get(repository) {
            Some(work) => Some(Self::named(case, work)),
            None => case.forge.fork.as_deref().map(Self::At),
        }
    }

    /// There is nothing of that name; and nothing else is said where there is something that must not
    /// be known.
    #[must_use]
    pub fn missing(self) -> PortError {
        let (Self::At(name) | Self::Mirror { name, .. }) = self;
        PortError::Refused(format!("this project has no private repository “{name}” here"))
    }

    pub(crate) fn named(case: &Case, work: &'a PrivateWork) -> Self {
        Self::Mirror { project: case.project, name: &work.mirror }
    }
}

impl Engine {
    /// Whether cases can name private repositories that are read here.
    #[must_use]
    pub fn reads_private(&self) -> bool {
        self.ports.repositories.reads_private()
    }

    /// The private repositories of a case, for somebody who may see it.
    #[must_use]
    pub fn prepared(&self, view: &View) -> Vec<Prepared> {
        let case = &view.loaded.case;
        let of = |(repository, work): (&String, &PrivateWork)| {
            let fork = Fork::named(case, work);
            Prepared {
                repository: repository.clone(),
                work: work.clone(),
                seen: self.private_sight(fork, work).map_err(|why| why.words().to_owned()),
                fresh: self.private_freshness(fork),
            }
        };
        case.private.iter().map(of).collect()
    }

    fn private_sight(&self, fork: Fork<'_>, work: &PrivateWork) -> Result<PrivateSight, PortError> {
        let path = self.ports.repositories.private(fork)?;
        let read = || -> git::Result<PrivateSight> {
            let repo = Repo::open(&path)?;
            let there = repo.refs()?.branches.into_iter().map(|branch| branch.plain().to_owned());
            let ours = |name: &String| work.branches.values().any(|branch| branch == name);
            let fetched_at = Timestamp::try_from(repo.fetched_at()?).unwrap_or(Timestamp::MIN);
            Ok(PrivateSight { branches: there.filter(ours).collect(), fetched_at })
        };
        read().map_err(|why| PortError::Unreached(format!("it cannot be read: {why}")))
    }

    /// Refuses to call something a case's own that cannot be read here, belongs to another open case, or
    /// lies where one works that the actor may not see. What is no business of theirs looks like
    /// what is not there.
    pub(crate) fn may_call_its_own(
        &self,
        case: &Case,
        project: &Project,
        actor: Actor,
        command: &Command,
    ) -> Result<(), EngineError> {
        let Command::Decide(decision) = command else { return Ok(()) };
        let Decision::PrivateWork { work: Some(work), .. } = &**decision else { return Ok(()) };
        let fork = Fork::named(case, work);
        let read = self.ports.repositories.private(fork);
        let mut refusal = read.err().map(|why| unreadable(&why));
        for other in self.open_cases(project.id)?.into_iter().filter(|other| *other != case.id) {
            let other = journal::load(&*self.store, other)?.case;
            let sees = may(actor, &other.roles_of(actor, &project.team), Permission::Read);
            for theirs in other.private.values().filter(|theirs| theirs.same_mirror(work)) {
                if !sees {
                    refusal = Some(unreadable(&fork.missing()));
                } else if let Some(branch) = work.shared_branch(theirs) {
                    let codename = other.codename.as_str();
                    refusal = refusal.or_else(|| Some(taken(branch, codename)));
                }
            }
        }
        refusal.map_or(Ok(()), |refusal| Err(refusal.into()))
    }
}

fn unreadable(why: &PortError) -> Refusal {
    Refusal::new(
        Rule::Unknown,
        why.words().to_owned(),
        "have whoever runs the house see that its mirror lies in the project's folder",
    )
}

fn taken(branch: &str, codename: &str) -> Refusal {
    Refusal::new(
        Rule::WrongState,
        format!("the branch {branch} belongs to the case {codename}"),
        "name this case's own branches",
    )
}

/// The branch on which a line's fix is worked on, where there is a private repository at all. A fork
/// that the forge made for the case has the branches of the public repository.
pub(crate) fn branch_of<'a>(case: &'a Case, key: &LineKey, public: &'a str) -> Option<&'a str> {
    match case.private.get(&key.repository) {
        Some(work) => work.branches.get(&key.line).map(String::as_str),
        None => case.forge.fork.is_some().then_some(public),
    }
}
