//! Tags and branches.

mod listing;

pub(crate) use listing::Listing;

use crate::{Oid, Result};

/// A tag that stands for a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its name without `refs/tags/`.
    pub name: String,
    /// What the ref itself names: a tag object, or the commit.
    pub object: Oid,
    /// The commit it stands for, peeled through any number of tag objects.
    pub target: Oid,
    /// Whether it is a tag object, with a tagger and a message.
    pub annotated: bool,
}

/// A branch of this clone, or what this clone last saw of another's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Its short name: `main`, `release-1.2`, `origin/main`.
    pub name: String,
    /// Whether it is a remote-tracking branch.
    pub remote: bool,
    /// Its newest commit.
    pub tip: Oid,
}

impl Branch {
    /// The name without the remote: `release-1.2` for `origin/release-1.2`.
    #[must_use]
    pub fn plain(&self) -> &str {
        match self.name.split_once('/') {
            Some((_, plain)) if self.remote => plain,
            _ => &self.name,
        }
    }
}

/// All names that matter to a release.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Refs {
    /// Tags of commits, by name.
    pub tags: Vec<Tag>,
    /// Branches, local ones first, by name. Symbolic ones (`origin/HEAD`) are left out.
    pub branches: Vec<Branch>,
    /// Tags of something that is not a commit (a tree, a file).
    pub strange_tags: Vec<String>,
    /// The name in [`Refs::branches`] of the branch that a fresh clone would check out:
    /// `origin`'s where this clone has recorded one, else the current branch.
    pub default_branch: Option<String>,
}

impl Refs {
    /// Sorts what was listed. `commit` finds the commit behind an object.
    pub(crate) fn sort(
        listing: &Listing,
        mut commit: impl FnMut(&Oid) -> Result<Option<Oid>>,
    ) -> Result<Self> {
        let mut refs = Self::default();
        for (name, object, peeled) in listing.objects() {
            let target = commit(peeled.unwrap_or(object))?;
            if let Some(name) = name.strip_prefix("refs/tags/") {
                match target {
                    Some(target) => refs.tags.push(Tag {
                        name: name.to_owned(),
                        annotated: target != *object,
                        object: object.clone(),
                        target,
                    }),
                    None => refs.strange_tags.push(name.to_owned()),
                }
                continue;
            }
            let local = name.strip_prefix("refs/heads/");
            let short = local.or_else(|| name.strip_prefix("refs/remotes/"));
            if let (Some(short), Some(tip)) = (short, target)
                && tip == *object
            {
                let remote = local.is_none();
                refs.branches.push(Branch { name: short.to_owned(), remote, tip });
            }
        }
        let symbolic = |name, folder| listing.symbolic(name)?.strip_prefix(folder);
        let of_origin = symbolic("refs/remotes/origin/HEAD", "refs/remotes/");
        let current = symbolic("HEAD", "refs/heads/");
        let usual = ["main", "master", "trunk"].map(Some);
        let mut names = [of_origin, current].into_iter().chain(usual).flatten();
        let default = names.find(|name| refs.branches.iter().any(|branch| branch.name == *name));
        refs.default_branch = default.map(str::to_owned);
        Ok(refs)
    }

    /// The default branch itself.
    #[must_use]
    pub fn main_branch(&self) -> Option<&Branch> {
        let name = self.default_branch.as_ref()?;
        self.branches.iter().find(|branch| branch.name == *name)
    }
}
