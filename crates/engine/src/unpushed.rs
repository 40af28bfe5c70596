//! Before a push: what a case's private branches would make public as they are. It reads as
//! `fermata guard push` does on a developer's machine, with the case's own words, and says rule and
//! place, never the words.
//!
//! Of a private mirror only the branches that the case named are read, with the tags that stand on
//! them. Must not decide anything.

use std::{collections::BTreeSet, path::Path};

use case::PrivateWork;
use discretion::Terms;
use git::{Oid, Range, Repo, Survey};

use crate::{
    Engine, EngineError, Names, Reader, Sight, Unread, View,
    ports::{Fork, PortError},
    stranger::{part, sight},
    terms::sought,
};

/// The latest commits of a branch that are read.
const READ: usize = 200;

/// What one private branch would make public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpushed {
    /// `repository#line`.
    pub line: String,
    /// The branch.
    pub branch: String,
    /// How many of its commits are not public, and what gives the case away, the gravest first; or why
    /// that cannot be told now.
    pub read: Result<(usize, Vec<Sight>), String>,
}

impl Unpushed {
    /// There are more commits than were read.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.read.as_ref().is_ok_and(|(commits, _)| *commits > READ)
    }
}

impl Engine {
    /// What the case's private branches would make public if they were pushed now.
    ///
    /// # Errors
    /// When the project cannot be read.
    pub fn unpushed(&self, view: &View) -> Result<Vec<Unpushed>, EngineError> {
        let case = &view.loaded.case;
        let project = self.project(case.project)?;
        let terms = sought(case, &project);
        let mut all = Vec::new();
        for (name, work) in &case.private {
            let both =
                self.ports.repositories.private(Fork::named(case, work)).and_then(|private| {
                    let public = self.ports.repositories.public(project.repository(name))?;
                    Ok((private, public))
                });
            all.extend(of_repository(name, work, &terms, both));
        }
        Ok(all)
    }
}

fn of_repository<P: AsRef<Path>>(
    name: &str,
    work: &PrivateWork,
    terms: &Terms,
    both: Result<(P, P), PortError>,
) -> Vec<Unpushed> {
    let compared = both.map_err(|why| why.words().to_owned()).and_then(|(private, public)| {
        let both = Both::open(private.as_ref(), public.as_ref());
        both.map_err(|why| why.to_string())
    });
    let branches = work.branches.iter().map(|(line, branch)| {
        let read = compared.as_ref().map_err(Clone::clone);
        Unpushed {
            line: format!("{name}#{line}"),
            branch: branch.clone(),
            read: read.and_then(|both| both.would_show(branch, terms)),
        }
    });
    branches.collect()
}

/// A private repository, and the public one that its branches would go to.
struct Both {
    repo: Repo,
    private: Survey,
    public: Survey,
}

impl Both {
    fn open(private: &Path, public: &Path) -> git::Result<Self> {
        let repo = Repo::open(private)?;
        let private = repo.survey(&[])?;
        Ok(Self { repo, private, public: Repo::open(public)?.survey(&[])? })
    }

    fn would_show(&self, branch: &str, terms: &Terms) -> Result<(usize, Vec<Sight>), String> {
        let mut branches = self.private.refs.branches.iter();
        let known = branches.find(|known| known.plain() == branch);
        let tip = known.map(|known| known.tip.clone()).ok_or("there is no such branch yet")?;
        let read = self.read(branch, tip, terms).map_err(|why| why.to_string());
        let (count, mut sights) = read?;
        sights.sort_by(|a, b| b.grave.cmp(&a.grave).then_with(|| a.cmp(b)));
        sights.dedup();
        Ok((count, sights))
    }

    fn read(&self, branch: &str, tip: Oid, terms: &Terms) -> Result<(usize, Vec<Sight>), Unread> {
        let branches = [(tip.clone(), vec![branch.to_owned()])].into();
        let mut names = Names { branches, ..Names::default() };
        let (count, public) = self.hidden(&tip, &mut names)?;
        let range =
            Range { from: vec![tip], without: public, most: Some(READ), ..Range::default() };
        let reader = Reader::learning(&self.repo, &range, terms, None)?;
        let mut sights = Vec::new();
        reader.read(&self.repo, self.repo.changes(&range)?, &names, |found, _| {
            sights.extend(found.iter().map(|finding| sight(finding, part(finding))));
        })?;
        Ok((count, sights))
    }

    /// How many commits that a tip reaches are not public, and the first ones that are. Adds the tags
    /// that stand on the former.
    fn hidden(&self, tip: &Oid, on_them: &mut Names) -> git::Result<(usize, Vec<Oid>)> {
        let history = &self.private.history;
        let (names, public) = (history.names()?, self.public.history.names()?);
        let mut open: Vec<_> = names.rank(tip).into_iter().collect();
        let (mut hidden, mut ends) = (BTreeSet::new(), BTreeSet::new());
        while let Some(rank) = open.pop() {
            let Some(oid) = names.oid(rank) else { continue };
            if public.rank(&oid).is_some() {
                ends.insert(oid);
            } else if hidden.insert(rank) {
                open.extend(history.parents(rank));
            }
        }
        let tags = self.private.refs.tags.iter();
        let on_hidden = tags
            .filter(|tag| names.rank(&tag.target).is_some_and(|commit| hidden.contains(&commit)));
        on_hidden.for_each(|tag| on_them.tag(tag.clone()));
        Ok((hidden.len(), ends.into_iter().collect()))
    }
}
