//! A range's commits with what each of them changes, from one run of git.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Stdio},
};

use crate::{
    Commit, Error, Oid, Patch, Range, Repo, Result, Signature, When,
    command::{self, LIMIT, Place},
    direct::Direct,
    patch::{ARGUMENTS, Reader},
};

/// Fields of a commit, each between noughts, which no part of a commit can hold.
const FORMAT: &str =
    "--format=tformat:%x00%H%x00%P%x00%an%x00%ae%x00%ad%x00%cn%x00%ce%x00%cd%x00%B%x00";
const FIELDS: usize = 9;

impl Repo {
    /// Hands over every commit of a range with its change, children before parents. Merges change
    /// nothing here.
    ///
    /// # Errors
    /// As [`Changes::each`].
    pub fn each_change(&self, range: &Range, take: impl FnMut(Commit, Patch)) -> Result<()> {
        self.changes(range)?.each(take)
    }

    /// Reads those of a short range, or has git begin to tell them: it works while others are asked.
    ///
    /// # Errors
    /// [`Error::NoGit`].
    pub fn changes(&self, range: &Range) -> Result<Changes> {
        if let Some(read) = self.direct(range).and_then(Direct::changes) {
            return Ok(Changes::Read(read));
        }
        let mut args: Vec<String> = arguments().into_iter().map(str::to_owned).collect();
        args.extend(ARGUMENTS.iter().copied().map(str::to_owned));
        args.extend(["--raw", "--topo-order", "--diff-merges=off"].map(str::to_owned));
        args.extend(range.arguments());
        let child = if range.from.is_empty() && !range.from_all_refs {
            None
        } else {
            Some(command::start(self.place().command(&args).stdout(Stdio::piped()))?)
        };
        Ok(Changes::Told(Told { child, place: self.place().clone(), args }))
    }

    /// Commits that lie right before a range, newest first and so many at most; where nothing is
    /// before it, all of its own.
    ///
    /// # Errors
    /// What git refuses.
    pub fn commits_before(&self, range: &Range, most: usize) -> Result<Vec<Commit>> {
        let read = |before| match before {
            Before::Read(commit) => Some(commit),
            Before::Known(_) => None,
        };
        Ok(self.before(range, most, |_| None)?.into_iter().filter_map(read).collect())
    }

    /// The same, but commits of which enough is known already need not be read.
    ///
    /// # Errors
    /// What git refuses.
    pub fn before(
        &self,
        range: &Range,
        most: usize,
        known: impl Fn(&Oid) -> Option<Glimpse>,
    ) -> Result<Vec<Before>> {
        if let Some(read) = self.direct(range).and_then(|direct| direct.before(most, known)) {
            return Ok(read);
        }
        let told = self.told_before(range, most)?;
        Ok(told.into_iter().map(Before::Read).collect())
    }

    fn told_before(&self, range: &Range, most: usize) -> Result<Vec<Commit>> {
        let Some(behind) = range.behind() else { return self.commits(range) };
        let limit = format!("--max-count={most}");
        let mut args = arguments();
        args.extend(["--no-patch", &limit]);
        args.extend(behind.iter().map(String::as_str));
        args.push("--");
        let mut commits = Vec::new();
        let answer = self.place().output(&args)?;
        Story::new(answer.as_slice()).read(&mut |commit, _| commits.push(commit))?;
        if commits.is_empty() { self.commits(range) } else { Ok(commits) }
    }
}

/// A commit before a range.
pub enum Before {
    /// It was known.
    Known(Oid),
    /// It was read.
    Read(Commit),
}

/// What one has to know of a commit to find those before it.
pub struct Glimpse {
    /// As [`Commit::parents`].
    pub parents: Vec<Oid>,
    /// When it was committed, in seconds since 1970.
    pub seconds: i64,
}

impl Glimpse {
    /// That of a commit that was read.
    #[must_use]
    pub fn of(commit: &Commit) -> Self {
        Self { parents: commit.parents.clone(), seconds: commit.committer.when.seconds }
    }
}

/// A range's commits with their changes.
pub enum Changes {
    /// They were read.
    Read(Vec<(Commit, Patch)>),
    /// Git has begun to tell them.
    Told(Told),
}

impl Changes {
    /// Hands them over.
    ///
    /// # Errors
    /// [`Error::TooMuch`] for one commit, and what git refuses: then what was handed over is not all.
    pub fn each(self, mut take: impl FnMut(Commit, Patch)) -> Result<()> {
        match self {
            Self::Read(read) => read.into_iter().for_each(|(commit, patch)| take(commit, patch)),
            Self::Told(told) => return told.each(take),
        }
        Ok(())
    }
}

/// Commits that git has begun to tell.
pub struct Told {
    child: Option<Child>,
    place: Place,
    args: Vec<String>,
}

impl Told {
    fn each(mut self, mut take: impl FnMut(Commit, Patch)) -> Result<()> {
        let Some(child) = &mut self.child else { return Ok(()) };
        let stdout = command::stdout(child)?;
        Story::new(BufReader::new(stdout)).read(&mut take)?;
        if child.wait()?.success() {
            return Ok(());
        }
        let args: Vec<&str> = self.args.iter().map(String::as_str).collect();
        Err(self.place.complaint(&args))
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        self.child.iter_mut().for_each(command::stop);
    }
}

fn arguments() -> Vec<&'static str> {
    let mut args = vec!["log", "--no-show-signature", "--no-notes", "--no-decorate"];
    args.extend(["--no-mailmap", "--date=raw", "--encoding=UTF-8", FORMAT]);
    args
}

/// What git tells, piece by piece.
struct Story<R> {
    stream: R,
    line: Vec<u8>,
    /// Bytes of the present commit.
    size: u64,
}

impl<R: BufRead> Story<R> {
    fn new(stream: R) -> Self {
        Self { stream, line: Vec::new(), size: 0 }
    }

    fn read(mut self, take: &mut impl FnMut(Commit, Patch)) -> Result<()> {
        let mut current: Option<(Commit, Reader)> = None;
        loop {
            let inside = current.as_ref().is_some_and(|(_, reader)| reader.in_hunk());
            if !inside && self.stream.fill_buf()?.first() == Some(&0) {
                if let Some((commit, reader)) = current.take() {
                    take(commit, reader.patch);
                }
                self.size = 0;
                current = Some((self.commit()?, Reader::default()));
            } else if self.until(b'\n')? {
                let line = String::from_utf8_lossy(&self.line);
                let line = line.strip_suffix('\n').unwrap_or(&line);
                if let Some((_, reader)) = &mut current {
                    reader.line(line)?;
                }
            } else if inside {
                return Err(Error::garbled("log", "a hunk ended early"));
            } else {
                if let Some((commit, reader)) = current {
                    take(commit, reader.patch);
                }
                return Ok(());
            }
        }
    }

    fn commit(&mut self) -> Result<Commit> {
        self.until(0)?;
        let mut fields = Vec::with_capacity(FIELDS);
        for _ in 0..FIELDS {
            self.until(0)?;
            let field = String::from_utf8_lossy(&self.line);
            let field = field.strip_suffix('\0');
            fields.push(field.ok_or_else(|| Error::garbled("log", "half a commit"))?.to_owned());
        }
        let [oid, parents, author, author_at, written, committer, committer_at, made, message] =
            <[String; FIELDS]>::try_from(fields).map_err(|_| Error::garbled("log", "a commit"))?;
        let signature = |name: String, email: String, when: &str| Signature {
            name,
            email,
            when: When::parse(when).unwrap_or(When { seconds: 0, offset: 0 }),
        };
        Ok(Commit {
            oid: oid.parse()?,
            parents: parents.split_whitespace().map(str::parse).collect::<Result<_>>()?,
            author: signature(author, author_at, &written),
            committer: signature(committer, committer_at, &made),
            message,
        })
    }

    /// Reads up to and with this byte, or to the end; whether there was anything.
    fn until(&mut self, end: u8) -> Result<bool> {
        self.line.clear();
        let left = LIMIT.saturating_sub(self.size).saturating_add(1);
        let read = (&mut self.stream).take(left).read_until(end, &mut self.line)? as u64;
        self.size += read;
        if self.size > LIMIT {
            return Err(Error::TooMuch { what: "log".into(), limit: LIMIT });
        }
        Ok(read > 0)
    }
}
