//! Whether a clone holds nothing but what it got from elsewhere, and since when; and what it says of
//! itself to whoever fetches into it.

use std::{fs, io, path::Path, time::SystemTime};

use crate::{Error, Repo, Result, command::Outcome};

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
    /// A fetch empties `FETCH_HEAD` as it begins, and fills it as it ends: an empty one is of a fetch
    /// that failed, and nobody knows when the last good one was.
    ///
    /// # Errors
    /// When its files cannot be read.
    pub fn fetched_at(&self) -> Result<SystemTime> {
        let about = |name: &str| fs::metadata(self.git_dir().join(name));
        match about("FETCH_HEAD") {
            Ok(file) if file.len() > 0 => return Ok(file.modified()?),
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            Ok(_) | Err(_) => {}
        }
        Ok(about("HEAD")?.modified()?)
    }

    /// The repository's own folder.
    #[must_use]
    pub fn git_dir(&self) -> &Path {
        self.place().folder()
    }

    /// Its own configuration, as it stands there: names in git's spelling, with their values. What it
    /// includes from elsewhere is named, not followed.
    ///
    /// # Errors
    /// When git refuses.
    pub fn own_settings(&self) -> Result<Vec<(String, String)>> {
        let listing =
            self.place().output(&["config", "--local", "--no-includes", "--list", "-z"])?;
        let listing = String::from_utf8(listing)
            .map_err(|_| Error::garbled("config", "what it holds is not UTF-8"))?;
        let entry = |entry: &str| {
            let (name, value) = entry.split_once('\n').unwrap_or((entry, ""));
            (name.to_owned(), value.to_owned())
        };
        Ok(listing.split_terminator('\0').map(entry).collect())
    }
}
