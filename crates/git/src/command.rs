//! Running the `git` program so that nothing but the repository's objects and refs
//! can influence the answer.
//!
//! It must never start a subcommand that writes, runs hooks or opens a connection.

use std::{
    ffi::OsStr,
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

use crate::{Error, Result};

/// The most that one answer may hold, in bytes: a history of a million commits fits.
pub(crate) const LIMIT: u64 = 2 << 30;

/// How much of git's complaint is kept, in bytes.
const COMPLAINT: u64 = 4096;

/// Settings that a repository's own configuration could otherwise turn against its reader.
const SETTINGS: &[&str] = &[
    // The folder may belong to another account; nothing from it is executed anyway.
    "safe.directory=*",
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.attributesFile=/dev/null",
    // A stale or forged commit-graph would answer in place of the objects.
    "core.commitGraph=false",
    "core.pager=cat",
    "advice.graftFileDeprecated=false",
    "core.quotePath=true",
    "diff.orderFile=/dev/null",
    "log.showSignature=false",
    "gpg.program=/bin/false",
    "protocol.allow=never",
];

const ENVIRONMENT: &[(&str, &str)] = &[
    ("LC_ALL", "C"),
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("GIT_ATTR_NOSYSTEM", "1"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    // Ancestry comes from the objects themselves; `Integrity` says who would have it otherwise.
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_GRAFT_FILE", "/dev/null"),
    ("GIT_NO_LAZY_FETCH", "1"),
    // Unlike `protocol.allow`, a repository's configuration cannot overrule this.
    ("GIT_ALLOW_PROTOCOL", "none"),
    // Objects are read one after another, and glibc would hand each one's memory back to the kernel
    // to ask for it again: a third of the time that large files take.
    ("MALLOC_TRIM_THRESHOLD_", "268435456"),
    ("MALLOC_TOP_PAD_", "16777216"),
];

/// Where git runs. The working folder is the repository's own, so that no
/// `.gitattributes` of a checkout is ever read.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// A folder that may or may not be a repository; parents are not searched.
    Unknown(PathBuf),
    /// The repository's own folder.
    GitDir(PathBuf),
}

impl Place {
    pub(crate) fn command<I, S>(&self, args: I) -> Command
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        let mut command = hermetic();
        command.arg("--no-pager");
        match self {
            Self::Unknown(folder) => {
                if let Some(parent) = folder.parent() {
                    command.env("GIT_CEILING_DIRECTORIES", parent);
                }
                command.current_dir(folder);
            }
            Self::GitDir(folder) => {
                command.current_dir(folder).env("GIT_DIR", folder);
            }
        }
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        command.args(args);
        command
    }

    /// Runs git and takes its standard output.
    pub(crate) fn output(&self, args: &[&str]) -> Result<Vec<u8>> {
        match self.attempt(args)? {
            Outcome::Fine(bytes) => Ok(bytes),
            Outcome::Failed(_) => Err(self.complaint(args)),
        }
    }

    /// Runs git and takes its output together with what it says beside it, in one stream: what it
    /// says stays in one piece, and may stand anywhere.
    pub(crate) fn output_and_words(&self, args: &[&str]) -> Result<Vec<u8>> {
        let (mut stream, writer) = std::io::pipe()?;
        let mut command = self.command(args);
        command.stdout(writer.try_clone()?).stderr(writer);
        let mut child = command.spawn().map_err(Error::NoGit)?;
        // It holds the other ends of the pipe, which would never close.
        drop(command);
        let mut bytes = Vec::new();
        let read = (&mut stream).take(LIMIT.saturating_add(1)).read_to_end(&mut bytes);
        if read.is_err() || bytes.len() as u64 > LIMIT {
            stop(&mut child);
            read?;
            return Err(Error::TooMuch { what: subcommand(args), limit: LIMIT });
        }
        if child.wait()?.success() { Ok(bytes) } else { Err(self.complaint(args)) }
    }

    /// Runs git; a failure is an answer too.
    pub(crate) fn attempt(&self, args: &[&str]) -> Result<Outcome> {
        let child = start(self.command(args).stdout(Stdio::piped()))?;
        collect(child, subcommand(args), LIMIT)
    }

    /// Runs git with `input`. A thread hands it over, since git may answer before it has read all of it.
    pub(crate) fn fed(&self, args: &[&str], input: &[u8]) -> Result<Vec<u8>> {
        let mut child = start(self.command(args).stdin(Stdio::piped()).stdout(Stdio::piped()))?;
        let stdin = child.stdin.take();
        let answer = std::thread::scope(|scope| {
            // What git did not want to read, it says by how it ends.
            scope.spawn(|| stdin.map(|mut stdin| stdin.write_all(input)));
            collect(child, subcommand(args), LIMIT)
        });
        match answer? {
            Outcome::Fine(bytes) => Ok(bytes),
            Outcome::Failed(_) => Err(Error::Refused {
                what: subcommand(args),
                words: "an object that it was asked for is missing or damaged".into(),
            }),
        }
    }

    /// `producer | consumer`, for answers that need two programs. Git's own pipe between
    /// them means that nobody here has to write and read at the same time.
    pub(crate) fn piped(&self, producer: &[&str], consumer: &[&str]) -> Result<Vec<u8>> {
        let mut first = start(self.command(producer).stdout(Stdio::piped()))?;
        let second = start(
            self.command(consumer).stdin(Stdio::from(stdout(&mut first)?)).stdout(Stdio::piped()),
        );
        let second = match second {
            Ok(child) => child,
            Err(error) => {
                stop(&mut first);
                return Err(error);
            }
        };
        let answer = collect(second, subcommand(consumer), LIMIT);
        if answer.is_err() {
            stop(&mut first);
        }
        let upstream = first.wait()?;
        match answer? {
            _ if !upstream.success() => Err(self.complaint(producer)),
            Outcome::Failed(_) => Err(Error::Refused {
                what: subcommand(consumer),
                words: "it could not read what it was given".into(),
            }),
            Outcome::Fine(bytes) => Ok(bytes),
        }
    }

    /// Why a question failed, as an error.
    pub(crate) fn complaint(&self, args: &[&str]) -> Error {
        let words = match self.words(args) {
            Ok(words) => words,
            Err(error) => return error,
        };
        if words.starts_with("fatal: not a git repository") {
            return Error::NotARepository(self.folder().to_owned());
        }
        Error::Refused { what: subcommand(args), words }
    }

    /// Asks a question once more, only to hear what git says beside the answer. Collecting
    /// both streams at once would need a thread, and every question here may be repeated.
    fn words(&self, args: &[&str]) -> Result<String> {
        let mut child = self
            .command(args)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(Error::NoGit)?;
        let mut words = Vec::new();
        let read = match child.stderr.take() {
            Some(stream) => stream.take(COMPLAINT).read_to_end(&mut words),
            None => Ok(0),
        };
        stop(&mut child);
        read?;
        Ok(String::from_utf8_lossy(&words).trim().to_owned())
    }

    pub(crate) fn folder(&self) -> &Path {
        let (Self::Unknown(folder) | Self::GitDir(folder)) = self;
        folder
    }
}

/// The `git` program as this room runs it, in a repository's own folder, without arguments yet: for a
/// room that may do with git what this one may not. Until `GIT_ALLOW_PROTOCOL` is set anew, it has no
/// transport.
#[must_use]
pub fn program(git_dir: &Path) -> Command {
    Place::GitDir(git_dir.to_owned()).command::<_, &str>([])
}

/// The `git` program with nothing of the caller's environment but the search path.
pub(crate) fn hermetic() -> Command {
    let mut command = Command::new("git");
    command.env_clear().stdin(Stdio::null());
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command.envs(ENVIRONMENT.iter().copied());
    command
}

/// How a run of git ended.
pub(crate) enum Outcome {
    /// Exit code 0, with the standard output.
    Fine(Vec<u8>),
    /// Another exit code, or a signal (`None`).
    Failed(Option<i32>),
}

/// Starts a prepared command with its error stream closed.
pub(crate) fn start(command: &mut Command) -> Result<Child> {
    command.stderr(Stdio::null()).spawn().map_err(Error::NoGit)
}

pub(crate) fn stdout(child: &mut Child) -> Result<ChildStdout> {
    child.stdout.take().ok_or_else(|| Error::garbled("process", "its output was not connected"))
}

/// Reads a child to its end, or stops it when it says too much.
pub(crate) fn collect(mut child: Child, what: String, limit: u64) -> Result<Outcome> {
    let mut bytes = Vec::new();
    let read = stdout(&mut child)?.take(limit.saturating_add(1)).read_to_end(&mut bytes);
    if let Err(error) = read {
        stop(&mut child);
        return Err(Error::Io(error));
    }
    if bytes.len() as u64 > limit {
        stop(&mut child);
        return Err(Error::TooMuch { what, limit });
    }
    let status = child.wait()?;
    Ok(if status.success() { Outcome::Fine(bytes) } else { Outcome::Failed(status.code()) })
}

/// Ends a child whose answer is of no more use; it may have ended by itself already.
pub(crate) fn stop(child: &mut Child) {
    drop(child.kill());
    drop(child.wait());
}

fn subcommand(args: &[&str]) -> String {
    args.first().copied().unwrap_or_default().to_owned()
}
