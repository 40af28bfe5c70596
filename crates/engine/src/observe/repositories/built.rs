//! What was built of releases, looked into for the fix.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::SystemTime,
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

/// A file that changes is another one by its length or its time.
#[derive(PartialEq)]
struct Lying {
    path: PathBuf,
    state: Option<(u64, SystemTime)>,
}

impl Lying {
    fn new(path: PathBuf) -> Self {
        let about = path.metadata().ok();
        let state = about.and_then(|about| Some((about.len(), about.modified().ok()?)));
        Self { path, state }
    }
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
