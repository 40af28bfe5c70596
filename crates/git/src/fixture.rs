//! Small repositories with fixed people and dates, for tests and drills.
//!
//! This is the only part of the room that writes, behind the feature `fixture`, and it
//! writes nowhere but in the folder that it is given. The same calls make the same
//! object names everywhere. It must never be used on a repository that somebody cares for.

mod large;

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Stdio,
};

pub use large::Shape;

use crate::{Error, Oid, Repo, Result, command::hermetic};

/// Makes a repository, one act after another. Each act happens a minute after the one before.
#[derive(Debug, Clone)]
pub struct RepoBuilder {
    folder: PathBuf,
    author: (String, String),
    now: i64,
}

/// 2024-01-01 at noon UTC.
const BEGINNING: i64 = 1_704_110_400;

fn nobody() -> (String, String) {
    ("Ada Example".into(), "ada@example.org".into())
}

impl RepoBuilder {
    /// An empty repository with the branch `main` in `folder`, which is made if need be.
    /// The first act happens on 2024-01-01 at noon UTC.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn create(folder: impl AsRef<Path>) -> Result<Self> {
        Self::create_as(folder, &[])
    }

    /// The same in another format: `init` are options of `git init`, such as
    /// `--object-format=sha256` or `--ref-format=reftable`.
    ///
    /// # Errors
    /// When this machine's git does not know the format, too.
    pub fn create_as(folder: impl AsRef<Path>, init: &[&str]) -> Result<Self> {
        fs::create_dir_all(folder.as_ref())?;
        let folder = folder.as_ref().canonicalize()?;
        let builder = Self { folder, author: nobody(), now: BEGINNING };
        let usual = ["init", "--quiet", "--template=", "--initial-branch=main"];
        builder.git(&[&usual[..], init, &["."]].concat())?;
        Ok(builder)
    }

    /// A repository without refs whose objects are those of `other`, which is only ever read.
    ///
    /// # Errors
    /// When the folder cannot be written, or `other` cannot be read.
    pub fn borrow(folder: impl AsRef<Path>, other: &Repo) -> Result<Self> {
        let (objects, format) = other.storage()?;
        let builder = Self::create_as(folder, &[&format!("--object-format={format}")])?;
        let info = builder.folder.join(".git/objects/info");
        fs::create_dir_all(&info)?;
        fs::write(info.join("alternates"), format!("{}\n", objects.display()))?;
        Ok(builder)
    }

    /// The working tree's folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The finished repository, opened for reading.
    ///
    /// # Errors
    /// As [`Repo::open`].
    pub fn open(&self) -> Result<Repo> {
        Repo::open(&self.folder)
    }

    /// Who writes the following commits.
    pub fn author(&mut self, name: &str, email: &str) -> &mut Self {
        self.author = (name.into(), email.into());
        self
    }

    /// When the next act happens, in seconds since 1970-01-01 UTC.
    pub fn at(&mut self, seconds: i64) -> &mut Self {
        self.now = seconds;
        self
    }

    /// When the next act will happen, in seconds since 1970-01-01 UTC.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.now
    }

    /// Writes a file without committing it.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, path: &str, content: &str) -> Result<&Self> {
        crate::objects::check_path(path)?;
        let file = self.folder.join(path);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(file, content)?;
        Ok(self)
    }

    /// Commits everything that was written; an empty message and an empty change are fine.
    ///
    /// # Errors
    /// When git refuses.
    pub fn commit(&mut self, message: &str) -> Result<Oid> {
        self.git(&["add", "--all", "."])?;
        self.act(&[
            "commit",
            "--quiet",
            "--allow-empty",
            "--allow-empty-message",
            "--cleanup=verbatim",
            "-m",
            message,
        ])
    }

    /// Writes one file and commits it.
    ///
    /// # Errors
    /// As [`RepoBuilder::commit`].
    pub fn commit_file(&mut self, path: &str, content: &str, message: &str) -> Result<Oid> {
        self.write(path, content)?;
        self.commit(message)
    }

    /// Makes a branch at `at` and goes there.
    ///
    /// # Errors
    /// When the name is taken or `at` is unknown.
    pub fn branch(&mut self, name: &str, at: &str) -> Result<&mut Self> {
        self.git(&["checkout", "--quiet", "-b", name, at, "--"])?;
        Ok(self)
    }

    /// Goes to a branch.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn checkout(&mut self, name: &str) -> Result<&mut Self> {
        self.git(&["checkout", "--quiet", name, "--"])?;
        Ok(self)
    }

    /// A lightweight tag of the current commit.
    ///
    /// # Errors
    /// When the name is taken.
    pub fn tag(&mut self, name: &str) -> Result<&mut Self> {
        self.git(&["tag", "--no-sign", "--", name])?;
        Ok(self)
    }

    /// An annotated tag of `at` (a commit, a tree, another tag).
    ///
    /// # Errors
    /// When the name is taken or `at` is unknown.
    pub fn annotated_tag(&mut self, name: &str, at: &str, message: &str) -> Result<&mut Self> {
        self.git(&["tag", "--no-sign", "-a", "-m", message, "--", name, at])?;
        self.now += 60;
        Ok(self)
    }

    /// Has a ref, by its full name, stand for an object, wherever it stood before.
    ///
    /// # Errors
    /// When the object is unknown.
    pub fn point(&self, name: &str, at: &str) -> Result<()> {
        self.git(&["update-ref", "--no-deref", "--", name, at]).map(|_| ())
    }

    /// Many of them at once.
    ///
    /// # Errors
    /// When an object is unknown; then none of them is changed.
    pub fn point_all(&self, refs: &BTreeMap<String, String>) -> Result<()> {
        let lines = refs.iter().map(|(name, at)| format!("update {name} {at}\n"));
        self.feed(&["update-ref", "--no-deref", "--stdin"], &lines.collect::<String>())
    }

    /// Picks a commit onto the current branch; `record` appends git's own trailer (`-x`).
    ///
    /// # Errors
    /// When it conflicts.
    pub fn cherry_pick(&mut self, rev: &str, record: bool) -> Result<Oid> {
        let mut args = vec!["cherry-pick", "--allow-empty", "--keep-redundant-commits"];
        if record {
            args.push("-x");
        }
        args.push(rev);
        self.act(&args)
    }

    /// Reverts a commit with git's own message.
    ///
    /// # Errors
    /// When it conflicts.
    pub fn revert(&mut self, rev: &str) -> Result<Oid> {
        self.act(&["revert", "--no-edit", rev])
    }

    /// Merges `other` into the current branch, always with a merge commit. A `strategy` of
    /// `ours` keeps nothing of what the other side changed.
    ///
    /// # Errors
    /// When it conflicts.
    pub fn merge(&mut self, other: &str, strategy: Option<&str>, message: &str) -> Result<Oid> {
        let mut args = vec!["merge", "--quiet", "--no-ff", "-m", message];
        if let Some(strategy) = strategy {
            args.extend(["-s", strategy]);
        }
        args.push(other);
        self.act(&args)
    }

    /// Feeds a `git fast-import` stream, for histories of many commits.
    ///
    /// # Errors
    /// When the stream is wrong.
    pub fn import(&mut self, stream: &str) -> Result<()> {
        self.feed(&["fast-import", "--quiet", "--force"], stream)
    }

    /// Runs git on an input of any length.
    fn feed(&self, args: &[&str], input: &str) -> Result<()> {
        let file = self.folder.join(".git/fixture-input");
        fs::write(&file, input)?;
        let status = self
            .command(args)
            .stdin(Stdio::from(File::open(&file)?))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .map_err(Error::NoGit)?;
        fs::remove_file(&file)?;
        if status.success() {
            return Ok(());
        }
        let what = args.first().copied().unwrap_or_default().to_owned();
        Err(Error::Refused { what, words: "its input was refused".into() })
    }

    /// An act that makes a commit.
    fn act(&mut self, args: &[&str]) -> Result<Oid> {
        self.git(args)?;
        self.now += 60;
        self.git(&["rev-parse", "HEAD"])?.parse()
    }

    /// Anything else, in the same surroundings; gives the trimmed output.
    ///
    /// # Errors
    /// When git refuses.
    pub fn git(&self, args: &[&str]) -> Result<String> {
        let output = self.command(args).output().map_err(Error::NoGit)?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
        }
        Err(Error::Refused {
            what: args.first().copied().unwrap_or_default().to_owned(),
            words: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        })
    }

    fn command(&self, args: &[&str]) -> std::process::Command {
        let mut command = hermetic();
        let date = format!("{} +0000", self.now);
        command
            .current_dir(&self.folder)
            .env("GIT_AUTHOR_NAME", &self.author.0)
            .env("GIT_AUTHOR_EMAIL", &self.author.1)
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_NAME", &self.author.0)
            .env("GIT_COMMITTER_EMAIL", &self.author.1)
            .env("GIT_COMMITTER_DATE", &date)
            // A clone of a local folder is a transport too, and a fixture may need one.
            .env("GIT_ALLOW_PROTOCOL", "file")
            .args(["-c", "core.hooksPath=/dev/null", "-c", "advice.detachedHead=false"])
            .args(["-c", "commit.gpgSign=false", "-c", "rerere.enabled=false"])
            .args(["-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "core.fsync=none"])
            .args(args);
        command
    }
}
