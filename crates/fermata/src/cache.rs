//! Where this account keeps what can be had again.

use std::{
    env,
    path::{Path, PathBuf},
};

use git::Repo;

/// The cache that all commands share; none if nobody says where the account has its home.
pub(crate) fn of_this_account() -> Option<git::Cache> {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")))?;
    Some(git::Cache::new(cache.join("fermata")))
}

/// A repository with that cache.
pub(crate) fn repository(path: impl AsRef<Path>) -> git::Result<Repo> {
    let repo = Repo::open(path)?;
    Ok(match of_this_account() {
        Some(cache) => repo.with_cache(cache),
        None => repo,
    })
}
