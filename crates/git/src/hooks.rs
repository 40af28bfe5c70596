//! Where a person's git looks for hooks. The one question that is put to their own configuration, since
//! it is their own git that will run them; nothing is run here.

use std::{path::PathBuf, process::Command};

use crate::{Error, Repo, Result};

impl Repo {
    /// The folder of hooks, which need not exist.
    ///
    /// # Errors
    /// [`Error::NoGit`], and what git refuses.
    pub fn hooks_folder(&self) -> Result<PathBuf> {
        let folder = self.place().folder();
        let mut command = Command::new("git");
        command.arg("--git-dir").arg(folder).args(["rev-parse", "--git-path", "hooks"]);
        command.env_remove("GIT_DIR").env_remove("GIT_WORK_TREE").current_dir(folder);
        let output = command.output().map_err(Error::NoGit)?;
        if !output.status.success() {
            let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(Error::Refused { what: "rev-parse".into(), words });
        }
        let path = String::from_utf8_lossy(&output.stdout);
        Ok(folder.join(path.trim_end_matches('\n')))
    }
}
