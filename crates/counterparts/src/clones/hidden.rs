//! Which of the mirrors that lie among the public ones are of private repositories.
//!
//! A private repository is known by the mirrors below the private folder, whosever they are, and by where
//! these come from; the private fork of an advisory by its name. What cannot be told counts as private.
//! Must not say whose a private repository is, or where.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

use git::Repo;

use crate::mirrors::Address;

/// What is private on this machine.
#[derive(Default)]
pub(super) struct Hidden {
    /// Where the mirrors of private repositories lie, with all links resolved.
    folder: Option<PathBuf>,
    known: Mutex<BTreeMap<PathBuf, Known>>,
}

/// Where a private mirror comes from, for as long as its `config` stays the same.
struct Known {
    written: Written,
    from: Vec<Address>,
}

type Written = (SystemTime, u64);

impl Hidden {
    pub(super) fn below(folder: PathBuf) -> Self {
        Self { folder: Some(folder), ..Self::default() }
    }

    pub(super) fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// This lies in the private folder, however it got there.
    pub(super) fn holds(&self, path: &Path) -> bool {
        let folder = self.folder.as_ref();
        folder.is_some_and(|folder| path.canonicalize().is_ok_and(|path| path.starts_with(folder)))
    }

    /// Why what a mirror holds is nothing that everybody can see, if so.
    pub(super) fn why(&self, mirror: &Repo) -> git::Result<Option<&'static str>> {
        let from = Address::all(&mirror.own_settings()?);
        if from.iter().any(Address::is_of_an_advisory) {
            return Ok(Some("is of an advisory's private fork, as its address says"));
        }
        let Some(folder) = &self.folder else { return Ok(None) };
        if from.iter().any(|from| from.is_below(folder)) {
            return Ok(Some("was cloned from a private mirror of this house"));
        }
        let Ok(private) = self.addresses(folder) else {
            let why =
                "may be private: a private mirror of this house cannot be read, so nobody can tell";
            return Ok(Some(why));
        };
        let same = from.iter().any(|from| private.contains(from));
        Ok(same.then_some("comes from where a private mirror of this house comes from"))
    }

    /// Where the private mirrors come from.
    fn addresses(&self, folder: &Path) -> git::Result<Vec<Address>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut now = BTreeMap::new();
        for (mirror, written) in mirrors(folder)? {
            let kept = known.remove(&mirror).filter(|known| known.written == written);
            let from = match kept {
                Some(Known { from, .. }) => from,
                None => match Repo::open(&mirror) {
                    Err(git::Error::NotARepository(_)) => continue,
                    opened => Address::all(&opened?.own_settings()?),
                },
            };
            now.insert(mirror, Known { written, from });
        }
        *known = now;
        Ok(known.values().flat_map(|known| known.from.clone()).collect())
    }
}

/// Whatever may be a mirror, below a project's folder or, where somebody forgot that, beside them; with
/// when its `config` was written.
fn mirrors(folder: &Path) -> io::Result<Vec<(PathBuf, Written)>> {
    let mut found = Vec::new();
    for of_project in fs::read_dir(folder)? {
        let of_project = of_project?.path();
        found.extend(configured(&of_project)?);
        if of_project.is_dir() {
            for mirror in fs::read_dir(&of_project)? {
                found.extend(configured(&mirror?.path())?);
            }
        }
    }
    Ok(found)
}

fn configured(mirror: &Path) -> io::Result<Option<(PathBuf, Written)>> {
    match fs::metadata(mirror.join("config")) {
        Ok(about) => Ok(Some((mirror.to_owned(), (about.modified()?, about.len())))),
        Err(why)
            if matches!(why.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            Ok(None)
        }
        Err(why) => Err(why),
    }
}
