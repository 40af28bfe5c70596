//! The same people on a history that exists. They take from it what was done about the bug, and
//! where nothing was, they write a fix of their own. The clone that it comes from is only read.

use std::{collections::BTreeMap, path::Path};

use git::{Repo, fixture::RepoBuilder};

use super::{Developers, missing};
use crate::{
    history::{History, Past},
    world::{Scene, record::Happened, wire::Response},
};

/// The fix that is written where history has none. It stands for one and changes nothing else.
const FIX: &str = "fermata-drill/fix.txt";
const FIX_TEXT: &str = "This file stands for a fix in a drill.\n\nThe check that was missing is there now.\nThe case that was forgotten is tested.\n";
const FIX_SUBJECT: &str = "Tidy up";

/// What everybody can see when the drill begins.
pub(super) fn public(folder: &Path, history: &History) -> git::Result<RepoBuilder> {
    let public = RepoBuilder::borrow(folder, &Repo::open(&history.clone)?)?;
    public.point_all(&history.refs)?;
    public.git(&["symbolic-ref", "HEAD", &format!("refs/heads/{}", history.main)])?;
    public.git(&["pack-refs", "--all"])?;
    Ok(public)
}

/// A private fork of the public repository.
pub(super) fn fork(folder: &Path, public: &Repo) -> git::Result<RepoBuilder> {
    let fork = RepoBuilder::borrow(folder, public)?;
    let refs = public.refs()?;
    let branches =
        refs.branches.iter().map(|b| (format!("refs/heads/{}", b.name), b.tip.to_string()));
    fork.point_all(&branches.collect())?;
    Ok(fork)
}

impl Developers {
    /// Brings every line to where its fix is.
    pub(super) fn prepare_inherited(
        &mut self,
        fork: Option<&str>,
        history: &History,
        scene: &mut Scene<'_>,
    ) -> git::Result<Response> {
        let repo = match fork {
            Some(fork) => self.forks.get_mut(fork).ok_or_else(missing)?,
            None => &mut self.public,
        };
        repo.at(scene.at.as_second()).author("Bea Builder", "bea@signpost.example");
        let mut commits = BTreeMap::new();
        for line in scene.setting.lines() {
            let name = format!("refs/heads/{}", scene.setting.branch(&line));
            let made = match history.past.get(&line) {
                Some(Past { commits, fixed_at, .. }) => {
                    repo.point(&name, fixed_at)?;
                    commits.clone()
                }
                None if history.unaffected.contains(&line) => continue,
                None => vec![write_fix(repo, &name)?],
            };
            let messages = made.iter().map(|id| subject(repo, id)).collect::<git::Result<_>>()?;
            let (public, line_) = (fork.is_none(), line.clone());
            let pushed = Happened::Pushed { public, line: line_, commits: made.clone(), messages };
            scene.note("repository", pushed);
            commits.insert(line, made);
        }
        Ok(Response::Commits(commits))
    }

    /// Moves public branches on to where the private ones are.
    pub(super) fn land_inherited(
        &mut self,
        fork: &str,
        lines: &[String],
        scene: &mut Scene<'_>,
    ) -> git::Result<Response> {
        let source = self.forks.get(fork).ok_or_else(missing)?.folder().to_owned();
        let from = source.to_string_lossy();
        self.public.at(scene.at.as_second());
        let mut landed = BTreeMap::new();
        for line in lines {
            let name = format!("refs/heads/{}", scene.setting.branch(line));
            self.public.git(&["fetch", "--quiet", "--no-tags", &from, &name])?;
            let tip = self.public.git(&["rev-parse", "FETCH_HEAD"])?;
            landed.insert(line.clone(), self.advance(line, &name, &tip, scene)?);
        }
        Ok(Response::Commits(landed))
    }

    /// Shows the release that history has, or makes one.
    pub(super) fn release_inherited(
        &mut self,
        line: &str,
        version: &str,
        history: &History,
        scene: &mut Scene<'_>,
    ) -> git::Result<Response> {
        let branch = format!("refs/heads/{}", scene.setting.branch(line));
        self.public.at(scene.at.as_second()).author("Rob Release", "rob@signpost.example");
        let tag = if let Some((tag, object)) = history.later.get(version) {
            self.public.point(&format!("refs/tags/{tag}"), object)?;
            tag.clone()
        } else {
            let tag = history.tag(version);
            let notes = format!("{tag}\n\nBug fixes and dependency updates.");
            self.public.annotated_tag(&tag, &branch, &notes)?;
            tag
        };
        let name = format!("refs/tags/{tag}");
        let commit = self.public.git(&["rev-parse", &format!("{name}^{{commit}}")])?;
        let ahead = format!("{branch}..{commit}");
        let behind = format!("{commit}..{branch}");
        let count = |range: &str| self.public.git(&["rev-list", "--count", range]);
        if count(&ahead)? != "0" && count(&behind)? == "0" {
            self.advance(line, &branch, &commit, scene)?;
        }
        let format = "--format=%(contents)";
        let notes = self.public.git(&["for-each-ref", format, &name])?;
        let (line, version) = (line.to_owned(), version.to_owned());
        scene.note("repository", Happened::Released { line, version, tag, commit, notes });
        Ok(Response::Done)
    }

    /// Moves a public branch on, and tells what became visible by that.
    fn advance(
        &self,
        line: &str,
        branch: &str,
        to: &str,
        scene: &mut Scene<'_>,
    ) -> git::Result<Vec<String>> {
        let log = ["log", "--reverse", "--format=%H %s", &format!("{branch}..{to}"), "--"];
        let log = self.public.git(&log)?;
        let (commits, messages): (Vec<String>, Vec<String>) = log
            .lines()
            .map(|entry| entry.split_once(' ').unwrap_or((entry, "")))
            .map(|(id, subject)| (id.to_owned(), subject.to_owned()))
            .unzip();
        self.public.point(branch, to)?;
        let (line, made) = (line.to_owned(), commits.clone());
        scene.note("repository", Happened::Pushed { public: true, line, commits, messages });
        Ok(made)
    }
}

fn write_fix(repo: &mut RepoBuilder, branch: &str) -> git::Result<String> {
    let now = repo.now();
    repo.import(&format!(
        "commit {branch}\ncommitter Bea Builder <bea@signpost.example> {now} +0000\ndata {}\n\
         {FIX_SUBJECT}\nfrom {branch}^0\nM 100644 inline {FIX}\ndata {}\n{FIX_TEXT}\n\n",
        FIX_SUBJECT.len(),
        FIX_TEXT.len()
    ))?;
    repo.git(&["rev-parse", branch])
}

fn subject(repo: &RepoBuilder, commit: &str) -> git::Result<String> {
    repo.git(&["log", "-1", "--format=%s", commit, "--"])
}
