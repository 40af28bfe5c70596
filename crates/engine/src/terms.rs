//! A case's own words: what the guard looks for, where each comes from, and how ordinary it is in public.
//!
//! They may be shown to people who may see who reported, and to nobody else; and never logged. What the
//! project says every day, whatever the case, is for its team.

use case::{Case, CommandId, PersonId, ProjectId};
use discretion::{Terms, prior::Everyday};
use git::{Range, Repo};

use crate::{Engine, EngineError, Project, ProjectEvent, glances::commit_words};

/// How many of the latest commits tell what is ordinary.
const READ: usize = 2_000;

/// Where a term comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum TermOrigin {
    /// It is the case's codename.
    Codename,
    /// An id that the case got.
    Id,
    /// Where the private work is done.
    Link,
    /// Who reported it.
    Reporter,
    /// Somebody chose it.
    Chosen,
}

/// A term, and where it comes from.
pub struct OwnTerm {
    /// The term; a chosen one as its line was written.
    pub words: String,
    /// Where it comes from.
    pub origin: TermOrigin,
    pub(crate) sought: Terms,
}

impl OwnTerm {
    fn new(origin: TermOrigin, words: &str, sought: Terms) -> Self {
        Self { words: words.to_owned(), origin, sought }
    }

    /// Whether it only warns.
    #[must_use]
    pub fn is_everyday(&self) -> bool {
        self.sought.is_everyday()
    }
}

/// All that must not be said of a case in public; of what was chosen, what its project says every day
/// only warns.
#[must_use]
pub fn own_terms(case: &Case, project: &Project) -> Vec<OwnTerm> {
    let none = Terms::new;
    let codename = case.codename.as_str();
    let mut terms = vec![OwnTerm::new(TermOrigin::Codename, codename, none().codename(codename))];
    let ids = case.cve_ids().into_iter();
    terms.extend(ids.map(|id| OwnTerm::new(TermOrigin::Id, &id.to_string(), none().cve(id))));
    if let Some(draft) = &case.forge.draft {
        let (id, url) = (draft.ghsa.clone(), &draft.url);
        terms.push(OwnTerm::new(TermOrigin::Id, &id.to_string(), none().ghsa(id)));
        terms.push(OwnTerm::new(TermOrigin::Link, url, none().private_link(url)));
    }
    let fork = case.forge.fork.iter();
    terms.extend(fork.map(|fork| OwnTerm::new(TermOrigin::Link, fork, none().private_link(fork))));
    let named = case.reports.values().map(|report| report.reporter_name.as_str());
    for name in named.filter(|name| *name != "anonymous") {
        terms.push(OwnTerm::new(TermOrigin::Reporter, name, none().name(name)));
    }
    let chosen = case.terms.lines().iter();
    terms.extend(chosen.map(|line| {
        let sought = Terms::from_lines(line).where_said(project.said());
        OwnTerm::new(TermOrigin::Chosen, line, sought)
    }));
    terms
}

/// The same for a guard.
pub(crate) fn sought(case: &Case, project: &Project) -> Terms {
    own_terms(case, project).into_iter().fold(Terms::new(), |all, term| all.with(term.sought))
}

/// In how many of the latest commits of a range each of these would have blocked something; with the
/// number of commits.
///
/// # Errors
/// What git refuses.
pub fn ordinary(repo: &Repo, range: Range, each: &[Terms]) -> git::Result<(usize, Vec<usize>)> {
    let mut everyday = Everyday::new(each);
    let latest = Range { most: Some(READ), ..range };
    repo.each_change(&latest, |commit, patch| everyday.read(&commit_words(&commit, patch)))?;
    Ok((everyday.commits(), everyday.counts().to_vec()))
}

impl Engine {
    /// Says which words a project says every day, in all of its cases, from now on. Only a member of
    /// its team may.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when the actor is no member; [`EngineError::Invalid`] when a line is no
    /// plain word or phrase, by its number alone.
    pub fn say_every_day(
        &self,
        project: ProjectId,
        by: PersonId,
        words: &case::Terms,
        command: CommandId,
    ) -> Result<(), EngineError> {
        let odd = words.lines().iter().position(|line| !Terms::is_free(line));
        let odd = odd.map(|at| {
            let number = at.saturating_add(1);
            format!("term {number} is more than a word or phrase, and only these can be everyday")
        });
        if let Some(why) = words.fault().or(odd) {
            return Err(EngineError::Invalid(why));
        }
        let event = ProjectEvent::Everyday { words: words.clone() };
        self.change_team(project, by, command, &event, Vec::new())
    }
}
