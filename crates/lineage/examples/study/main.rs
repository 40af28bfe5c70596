//! How well evidence finds backports, measured on real projects: `cargo xtask lineage-study`.
//!
//! Advisories of golang/vulndb name commits and fixed versions: are the versions found from the commits?
//! Picks that `git cherry-pick -x` recorded are found again with the record unheard. Repositories are
//! read and never written; what is absent is said. Needs `git` on the path, and no network.
//!
//! Arguments are `NAME=FOLDER`, each a clone: `vulndb`, `containerd` and `argo-cd` for the first study,
//! any other name for the second. `cache=FOLDER` keeps what is tedious to read twice.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a study prints what it found")]

mod advisories;
mod picks;
mod verdicts;

use std::{
    collections::BTreeMap,
    error::Error,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use git::{Cache, Repo};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Grades by which the tables are cut, each with those before it.
const GRADES: [lineage::Grade; 5] = [
    lineage::Grade::Declared,
    lineage::Grade::Trailer,
    lineage::Grade::Content,
    lineage::Grade::Strong,
    lineage::Grade::Likely,
];

fn main() -> ExitCode {
    let mut folders = BTreeMap::new();
    for argument in std::env::args().skip(1) {
        let Some((name, folder)) = argument.split_once('=') else {
            eprintln!("\"{argument}\" is not NAME=FOLDER");
            return ExitCode::from(2);
        };
        folders.insert(name.to_owned(), PathBuf::from(folder));
    }
    let cache = folders.remove("cache").map(Cache::new);
    match study(folders, cache.as_ref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn study(mut folders: BTreeMap<String, PathBuf>, cache: Option<&Cache>) -> Outcome<()> {
    let projects = advisories::PROJECTS.map(|project| (project, folders.remove(project.name)));
    match folders.remove("vulndb") {
        Some(vulndb) => advisories::study(&vulndb, &projects, cache)?,
        None => println!("absent: vulndb, so nothing is said of advisories\n"),
    }
    for name in ["samba", "keystone"].iter().filter(|name| !folders.contains_key(**name)) {
        println!("absent: {name}, so nothing is said of its picks\n");
    }
    for (name, folder) in &folders {
        picks::study(name, &opened(folder, cache)?, folder)?;
    }
    Ok(())
}

fn opened(folder: &Path, cache: Option<&Cache>) -> Outcome<Repo> {
    let repo = Repo::open(folder)?;
    Ok(match cache {
        Some(cache) => repo.with_cache(cache.clone()),
        None => repo,
    })
}

/// What git prints.
fn git(folder: &Path, arguments: &[&str]) -> Outcome<String> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output()?;
    if !output.status.success() {
        return Err(format!("git {} in {} failed", arguments.join(" "), folder.display()).into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// `3/4 (75.0 %)`.
fn share(part: usize, whole: usize) -> String {
    let percent = f64::from(u32::try_from(part).unwrap_or(u32::MAX)) * 100.0
        / f64::from(u32::try_from(whole.max(1)).unwrap_or(u32::MAX));
    format!("{part}/{whole} ({percent:.1} %)")
}
