//! A case's own words: what the guard looks for, where each comes from, and how ordinary it is in public.
//!
//! They may be shown to people who may see who reported, and to nobody else; and never logged.

use case::Case;
use discretion::{Terms, prior::Everyday};
use git::{Range, Repo};

use crate::{Engine, EngineError, View, commit_words};

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
    sought: Terms,
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

/// All that must not be said of a case in public.
#[must_use]
pub fn own_terms(case: &Case) -> Vec<OwnTerm> {
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
    terms
        .extend(chosen.map(|line| OwnTerm::new(TermOrigin::Chosen, line, Terms::from_lines(line))));
    terms
}

/// The same for a guard.
pub(crate) fn sought(case: &Case) -> Terms {
    own_terms(case).into_iter().fold(Terms::new(), |all, term| all.with(term.sought))
}

/// Of one public repository, in how many of its latest commits each term stands.
pub struct Ordinary {
    /// Its name.
    pub repository: String,
    /// How many commits were read, and in how many of them each term stands, in the order of
    /// [`own_terms`]; or why it could not be read.
    pub counted: Result<(usize, Vec<usize>), String>,
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
    /// How ordinary the case's terms are in the project's public repositories.
    ///
    /// # Errors
    /// When the project cannot be read.
    pub fn ordinary(&self, view: &View) -> Result<Vec<Ordinary>, EngineError> {
        let case = &view.loaded.case;
        let project = self.project(case.project)?;
        let each: Vec<Terms> = own_terms(case).into_iter().map(|term| term.sought).collect();
        let counted = case.policy.repositories.iter().map(|name| {
            let public = self.ports.repositories.public(project.repository(name));
            let public = public.map_err(|error| error.to_string());
            let counted = public.and_then(|path| {
                let read = Repo::open(path)
                    .and_then(|repo| ordinary(&repo, Range::everything(&[]), &each));
                read.map_err(|error| error.to_string())
            });
            Ordinary { repository: name.clone(), counted }
        });
        Ok(counted.collect())
    }
}
