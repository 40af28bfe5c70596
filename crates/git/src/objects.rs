//! A conversation with `git cat-file`: one object a question, many questions a process.

use std::{
    io::{BufRead, BufReader, Read, Write},
    process::{Child, ChildStdin, ChildStdout, Stdio},
};

use crate::{
    Commit, Error, Oid, Result,
    command::{self, LIMIT, Place},
};

/// Reads objects by name, or files by commit and path. Answers come in the order asked.
#[derive(Debug)]
pub struct Objects {
    place: Place,
    child: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Objects {
    pub(crate) fn open(place: &Place) -> Result<Self> {
        let mut child = command::start(
            place
                .command(["cat-file", "--batch", "-z"])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped()),
        )?;
        let ask = child
            .stdin
            .take()
            .ok_or_else(|| Error::garbled("cat-file", "its input was not connected"))?;
        let answers = BufReader::new(command::stdout(&mut child)?);
        Ok(Self { place: place.clone(), child, ask, answers })
    }

    /// One commit.
    ///
    /// # Errors
    /// [`Error::BrokenObject`] when it is missing, [`Error::NotACommit`] when it is something else.
    pub fn commit(&mut self, oid: &Oid) -> Result<Commit> {
        match self.object(oid.as_str())? {
            Some(Object { kind, bytes, .. }) if kind == "commit" => {
                Commit::parse(oid.clone(), &bytes)
            }
            Some(_) => Err(Error::NotACommit(oid.to_string())),
            None => Err(Error::BrokenObject(oid.to_string())),
        }
    }

    /// Whether this clone has an object at all.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn has(&mut self, oid: &Oid) -> Result<bool> {
        Ok(self.object(oid.as_str())?.is_some())
    }

    /// A file's bytes as they stand in a commit, unfiltered; `None` when the commit has no
    /// file at that path. A symbolic link gives its target.
    ///
    /// # Errors
    /// [`Error::BadPath`]; [`Error::BrokenObject`] when the commit has the file but this clone
    /// lacks its bytes.
    pub fn file(&mut self, commit: &Oid, path: &str) -> Result<Option<Vec<u8>>> {
        check_path(path)?;
        match self.object(&format!("{commit}:{path}"))? {
            Some(object) if object.kind == "blob" => Ok(Some(object.bytes)),
            Some(_) => Ok(None),
            // "Missing" may mean the path, or the bytes behind it: only the tree knows.
            None => match self.entry(commit, path)? {
                Some(blob) => Err(Error::BrokenObject(blob)),
                None => Ok(None),
            },
        }
    }

    /// What a commit's tree holds at `path`; `None` when nothing is there.
    fn entry(&self, commit: &Oid, path: &str) -> Result<Option<String>> {
        let literal = format!(":(literal,top){path}");
        let listing = self.place.output(&[
            "ls-tree",
            "-z",
            "--full-tree",
            commit.as_str(),
            "--",
            &literal,
        ])?;
        let listing = String::from_utf8_lossy(&listing);
        // mode SP kind SP name TAB path NUL; a submodule's commit is no file of this repository.
        let mut words = listing.split([' ', '\t']);
        match (words.next(), words.next(), words.next()) {
            (Some(_), Some("blob"), Some(name)) => Ok(Some(name.to_owned())),
            _ => Ok(None),
        }
    }

    fn object(&mut self, name: &str) -> Result<Option<Object>> {
        self.ask.write_all(name.as_bytes())?;
        self.ask.write_all(b"\0")?;
        self.ask.flush()?;
        Object::read(&mut self.answers, name)
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        command::stop(&mut self.child);
    }
}

/// One answer of `cat-file --batch`.
pub(crate) struct Object {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) bytes: Vec<u8>,
}

impl Object {
    /// `None` when git says that the object is missing. `asked` is for messages only.
    pub(crate) fn read(stream: &mut impl BufRead, asked: &str) -> Result<Option<Self>> {
        let mut head = Vec::new();
        stream.take(LIMIT).read_until(b'\n', &mut head)?;
        let head = String::from_utf8_lossy(&head);
        let head = head.trim_end_matches('\n');
        if head.is_empty() {
            return Err(Error::BrokenObject(asked.to_owned()));
        }
        // A path with line breaks is echoed with them; only its last word matters then.
        let mut words = head.split(' ');
        let (name, kind, size) = match (words.next(), words.next(), words.next(), words.next()) {
            (Some(name), Some(kind), Some(size), None) => (name, kind, size),
            _ if head.ends_with(" missing") => return Ok(None),
            _ => return Err(Error::BrokenObject(asked.to_owned())),
        };
        let Ok(size) = size.parse::<u64>() else {
            return if head.ends_with(" missing") {
                Ok(None)
            } else {
                Err(Error::garbled("cat-file", head))
            };
        };
        if size > LIMIT {
            return Err(Error::TooMuch { what: "cat-file".into(), limit: LIMIT });
        }
        let mut bytes = Vec::new();
        stream.take(size).read_to_end(&mut bytes)?;
        let mut end = [0; 1];
        stream.read_exact(&mut end)?;
        if bytes.len() as u64 != size || end != *b"\n" {
            return Err(Error::BrokenObject(name.to_owned()));
        }
        Ok(Some(Self { name: name.to_owned(), kind: kind.to_owned(), bytes }))
    }
}

/// Git reads `./` and `../` relative to a working folder; a path here never does.
pub(crate) fn check_path(path: &str) -> Result<()> {
    let odd = path.is_empty()
        || path.contains(['\0', '\n'])
        || path.split('/').any(|part| matches!(part, "" | "." | ".."));
    if odd { Err(Error::BadPath(path.chars().take(200).collect())) } else { Ok(()) }
}
