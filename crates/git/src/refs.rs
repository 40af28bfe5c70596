//! Tags and branches.

use crate::{Error, Oid, Result, When, command::Place};

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
    /// The tagger's date, or the commit's for a lightweight tag; never a proof of order.
    pub date: Option<When>,
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
    pub(crate) fn read(place: &Place) -> Result<Self> {
        const FORMAT: &str = "--format=%(refname)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)%00%(symref)%00%(creatordate:raw)%00%(HEAD)";
        let args = ["for-each-ref", FORMAT, "refs/heads", "refs/remotes", "refs/tags"];
        let listing = place.output_and_words(&args)?;
        let listing = String::from_utf8_lossy(&listing);
        let mut refs = Self::default();
        let (mut current, mut of_origin) = (None, None);
        for line in listing.lines() {
            if !line.contains('\0') {
                // Git leaves out refs that it cannot read, and calls that a success. Words that
                // were written into the middle of a line leave it garbled, which is an error too.
                if line.contains("broken") {
                    return Err(Error::Refused { what: "for-each-ref".into(), words: line.into() });
                }
                continue;
            }
            let fields: Vec<&str> = line.split('\0').collect();
            let [full, .., symbolic, _, head] = fields.as_slice() else {
                return Err(Error::garbled("for-each-ref", line));
            };
            if *full == "refs/remotes/origin/HEAD" {
                of_origin = symbolic.strip_prefix("refs/remotes/").map(str::to_owned);
            }
            if *head == "*" {
                current = full.strip_prefix("refs/heads/").map(str::to_owned);
            }
            refs.take(place, line)?;
        }
        let usual = ["main", "master", "trunk"].map(|name| Some(name.to_owned()));
        let mut names = [of_origin, current].into_iter().chain(usual).flatten();
        refs.default_branch =
            names.find(|name| refs.branches.iter().any(|branch| branch.name == *name));
        Ok(refs)
    }

    fn take(&mut self, place: &Place, line: &str) -> Result<()> {
        let fields: Vec<&str> = line.split('\0').collect();
        let [full, kind, oid, peeled_kind, peeled, symbolic, date, _] = fields.as_slice() else {
            return Err(Error::garbled("for-each-ref", line));
        };
        if let Some(name) = full.strip_prefix("refs/tags/") {
            let target = match (*kind, *peeled_kind) {
                ("commit", _) => Some(oid.parse()?),
                ("tag", "commit") => Some(peeled.parse()?),
                // A tag of a tag: this form peels one layer only.
                ("tag", "tag") => peel(place, oid)?,
                _ => None,
            };
            match target {
                Some(target) => self.tags.push(Tag {
                    name: name.to_owned(),
                    object: oid.parse()?,
                    target,
                    annotated: *kind == "tag",
                    date: When::parse(date),
                }),
                None => self.strange_tags.push(name.to_owned()),
            }
        } else if symbolic.is_empty() && *kind == "commit" {
            let local = full.strip_prefix("refs/heads/");
            let Some(name) = local.or_else(|| full.strip_prefix("refs/remotes/")) else {
                return Err(Error::garbled("for-each-ref", *full));
            };
            self.branches.push(Branch {
                name: name.to_owned(),
                remote: local.is_none(),
                tip: oid.parse()?,
            });
        }
        Ok(())
    }

    /// The default branch itself.
    #[must_use]
    pub fn main_branch(&self) -> Option<&Branch> {
        let name = self.default_branch.as_ref()?;
        self.branches.iter().find(|branch| branch.name == *name)
    }
}

/// The commit behind a chain of tags; `None` when something else is behind it.
fn peel(place: &Place, oid: &str) -> Result<Option<Oid>> {
    let name = format!("{oid}^{{commit}}");
    let args = ["rev-parse", "--verify", "--quiet", "--end-of-options", &name];
    match place.attempt(&args)? {
        crate::command::Outcome::Fine(bytes) => {
            Ok(Some(String::from_utf8_lossy(&bytes).trim().parse()?))
        }
        crate::command::Outcome::Failed(_) => Ok(None),
    }
}
