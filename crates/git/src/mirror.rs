//! Whether a clone holds nothing but what it got from elsewhere, and since when.

use std::{fs, io, time::SystemTime};

use crate::{Repo, Result, command::Outcome};

impl Repo {
    /// Whether this is a mirror, as `git clone --mirror` makes one: its branches and tags are those
    /// of the repository that it was cloned from. In any other clone nobody can tell a tag that was
    /// only made here from one that everybody can see.
    ///
    /// # Errors
    /// When git refuses.
    pub fn is_mirror(&self) -> Result<bool> {
        let bare = self.place.output(&["rev-parse", "--is-bare-repository"])?;
        let args = ["config", "--local", "--type=bool", "--get-regexp", r"^remote\..*\.mirror$"];
        let Outcome::Fine(set) = self.place.attempt(&args)? else { return Ok(false) };
        let set = String::from_utf8_lossy(&set);
        Ok(bare.starts_with(b"true") && set.lines().any(|line| line.ends_with(" true")))
    }

    /// When something was last fetched; of a clone that never fetched again, when it was made.
    ///
    /// # Errors
    /// When its files cannot be read.
    pub fn fetched_at(&self) -> Result<SystemTime> {
        let modified = |name: &str| fs::metadata(self.place.folder().join(name))?.modified();
        Ok(match modified("FETCH_HEAD") {
            Err(error) if error.kind() == io::ErrorKind::NotFound => modified("HEAD")?,
            found => found?,
        })
    }
}
