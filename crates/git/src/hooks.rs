//! Where a person's git looks for hooks. The one question that is put to their own configuration, since
//! it is their own git that will run them; nothing is run here.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::{Error, Repo, Result};

impl Repo {
    /// The folder of hooks, which need not exist, of the repository whose top folder, or bare
    /// folder, is `top`. A path that is set without a root starts there, and not in git's own folder.
    ///
    /// # Errors
    /// As [`Repo::open`], and what git refuses.
    pub fn hooks_folder(top: &Path) -> Result<PathBuf> {
        Self::open(top)?;
        let top = top.canonicalize()?;
        let mut command = Command::new("git");
        command.args(["rev-parse", "--git-path", "hooks"]).current_dir(&top);
        command.env_remove("GIT_DIR").env_remove("GIT_WORK_TREE");
        let output = command.output().map_err(Error::NoGit)?;
        if !output.status.success() {
            let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(Error::Refused { what: "rev-parse".into(), words });
        }
        let path = String::from_utf8_lossy(&output.stdout);
        Ok(top.join(path.trim_end_matches('\n')))
    }
}
