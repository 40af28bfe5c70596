//! Where this account keeps what can be had again.

use std::{env, path::PathBuf};

/// The cache that all commands share; none if nobody says where the account has its home.
pub(crate) fn of_this_account() -> Option<git::Cache> {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")))?;
    Some(git::Cache::new(cache.join("fermata")))
}
