//! Which commits are the same changes as others, for many at once and without asking what for.

use git::{Oid, Repo};

use crate::{
    Error, Grade, Result,
    backports::{Index, Search},
    graph::{self, Graph},
};

/// A commit that is the same change as another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Equivalent {
    /// The commit.
    pub commit: Oid,
    /// Short words for the clues.
    pub evidence: Vec<String>,
    /// What the clues are worth together.
    pub grade: Grade,
}

/// What commits are allowed to say of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claims {
    /// A message that names another commit is believed.
    Believed,
    /// It is not: what is left is measured by what messages say outright.
    Ignored,
}

/// For each of `commits`, its equivalents: all of them, whatever their grade. From those that are
/// accepted the search goes on, until nothing new turns up.
///
/// # Errors
/// When the repository cannot be read whole, or a commit is not in it.
pub fn equivalents(
    repo: &Repo,
    commits: &[Oid],
    accept: Grade,
    claims: Claims,
) -> Result<Vec<Vec<Equivalent>>> {
    let survey = graph::read(repo, commits)?;
    let graph = Graph::new(repo, &survey, commits)?;
    let index = Index::new(repo, &graph)?;
    let mut search = Search::new(repo, &graph, &index);
    search.accept = accept;
    if claims == Claims::Ignored {
        search.ignore_claims();
    }
    let place = |oid: &Oid| match graph.node(oid) {
        Some(node) => Ok(vec![node]),
        None => Err(Error::NotInHistory(oid.clone())),
    };
    let groups = commits.iter().map(place).collect::<Result<Vec<_>>>()?;
    let expanded = search.expand(&groups)?.into_iter();
    let all = expanded.map(|one| {
        let found = one.found.into_iter().filter_map(|found| {
            let (evidence, grade) = (found.evidence, found.grade);
            graph.oid(found.commit).map(|commit| Equivalent { commit, evidence, grade })
        });
        found.collect()
    });
    Ok(all.collect())
}
