//! Whether this clone tells the whole story of its commits.
//!
//! A shallow clone ends early; grafts and replacement objects let a clone tell another
//! story than its objects. Here the objects always win (replacements and grafts are
//! switched off), and whoever draws a conclusion from *absence* must look here first.

use std::{collections::BTreeSet, fs, io, path::Path};

use crate::{Commit, Error, Objects, Oid, Result, command::Place};

/// The commits about whose parents this clone cannot be believed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Integrity {
    /// Where a shallow clone was cut: parents of these are not here.
    pub shallow: BTreeSet<Oid>,
    /// Commits whose parents a graft file overrules.
    pub grafted: BTreeSet<Oid>,
    /// Commits that `refs/replace` gives other parents.
    pub replaced: BTreeSet<Oid>,
    /// Whether objects are left at a promised remote; commits are always here.
    pub partial: bool,
}

impl Integrity {
    pub(crate) fn read(place: &Place, objects: &mut Objects) -> Result<Self> {
        let common = place.common_folder()?;
        Ok(Self {
            shallow: oids(&common.join("shallow"))?,
            grafted: oids(&common.join("info/grafts"))?,
            replaced: replaced(place, objects)?,
            partial: is_partial(place)?,
        })
    }

    /// All commits whose ancestry is in doubt.
    #[must_use]
    pub fn doubtful(&self) -> BTreeSet<Oid> {
        [&self.shallow, &self.grafted, &self.replaced].into_iter().flatten().cloned().collect()
    }
}

/// The first word of each line, where the file exists.
fn oids(file: &Path) -> Result<BTreeSet<Oid>> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(error) => return Err(Error::Io(error)),
    };
    text.lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
        .filter_map(|line| line.split_whitespace().next())
        .map(str::parse)
        .collect()
}

/// Replacements that keep the parents (a corrected message) change no ancestry.
fn replaced(place: &Place, objects: &mut Objects) -> Result<BTreeSet<Oid>> {
    let listing = place.output(&[
        "for-each-ref",
        "--format=%(refname:lstrip=2) %(objecttype) %(objectname)",
        "refs/replace",
    ])?;
    let mut found = BTreeSet::new();
    for line in String::from_utf8_lossy(&listing).lines() {
        let mut words = line.split(' ');
        let (Some(old), Some(kind), Some(new)) = (words.next(), words.next(), words.next()) else {
            return Err(Error::garbled("for-each-ref", line));
        };
        let Ok(old) = old.parse::<Oid>() else {
            continue;
        };
        let parents = |commit: Result<Commit>| commit.ok().map(|c| c.parents);
        let before = parents(objects.commit(&old));
        if before.is_none() {
            continue;
        }
        if kind != "commit" || parents(objects.commit(&new.parse()?)) != before {
            found.insert(old);
        }
    }
    Ok(found)
}

fn is_partial(place: &Place) -> Result<bool> {
    let marks = r"^(extensions\.partialclone|remote\..*\.promisor)$";
    let args = ["config", "--local", "--get-regexp", marks];
    Ok(matches!(place.attempt(&args)?, crate::command::Outcome::Fine(_)))
}
