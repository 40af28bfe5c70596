//! What was built of releases, looked into for the fix.

use std::{
    collections::BTreeMap,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::{Path, PathBuf},
};

use case::observation::{Artefact, Holds};
use git::{Oid, Repo};
use lineage::{
    Fix,
    artefact::{self, Limits, Outcome},
};

/// Artefacts by tag, as they lie there.
#[derive(PartialEq)]
pub(super) struct Built(BTreeMap<String, Vec<Lying>>);

/// What changes is told by its length and its time; of a folder, by those of all that is in it.
#[derive(PartialEq)]
struct Lying {
    path: PathBuf,
    state: Option<u64>,
}

impl Lying {
    fn new(path: PathBuf) -> Self {
        let state = state(&path).ok();
        Self { path, state }
    }
}

/// Links are not followed, as they are not when the fix is sought.
fn state(top: &Path) -> io::Result<u64> {
    let mut open = vec![top.to_owned()];
    let mut sum = 0_u64;
    while let Some(path) = open.pop() {
        let about = fs::symlink_metadata(&path)?;
        let mut hasher = DefaultHasher::new();
        (&path, about.len(), about.modified()?).hash(&mut hasher);
        // Folders list what they hold in no certain order.
        sum = sum.wrapping_add(hasher.finish());
        if about.is_dir() {
            for entry in fs::read_dir(&path)? {
                open.push(entry?.path());
            }
        }
    }
    Ok(sum)
}

impl Built {
    pub(super) fn new(by_tag: BTreeMap<String, Vec<PathBuf>>) -> Self {
        let lying = |(tag, paths): (String, Vec<PathBuf>)| {
            (tag, paths.into_iter().map(Lying::new).collect())
        };
        Self(by_tag.into_iter().map(lying).collect())
    }

    /// Whether the whole fix is in each of a release's artefacts.
    pub(super) fn look(&self, repo: &Repo, tag: &str, declared: &[Oid]) -> Vec<Artefact> {
        let fix = Fix { parts: declared.iter().map(|commit| vec![commit.clone()]).collect() };
        let lying = self.0.get(tag).map(Vec::as_slice).unwrap_or_default();
        lying.iter().map(|one| look(repo, &fix, &one.path)).collect()
    }
}

fn look(repo: &Repo, fix: &Fix, path: &Path) -> Artefact {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let found = artefact::look_into(repo, std::slice::from_ref(fix), path, &Limits::default());
    let holds = match found.map(|finding| finding.outcome) {
        Ok(Outcome::Fixed) => Holds::All,
        Ok(Outcome::NotFixed) => Holds::Nothing,
        Ok(Outcome::Partly { found, expected }) => Holds::Some { found, expected },
        Ok(Outcome::Unknown { why }) => Holds::Untold { why },
        Err(error) => Holds::Untold { why: error.to_string() },
    };
    Artefact { name, holds }
}
