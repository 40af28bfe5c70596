//! Objects, one a question, many questions a process of `git cat-file`.

use std::io::{BufRead, Read};

use crate::{
    Commit, Error, Oid, Result,
    command::{LIMIT, Place},
    conversation::{Conversation, Idle},
};

/// Reads objects by name, or files by commit and path. Answers come in the order asked.
#[derive(Debug)]
pub struct Objects {
    place: Place,
    conversation: Option<Conversation>,
    idle: Idle,
}

impl Objects {
    /// Goes on with the conversation that is idle, or begins one.
    pub(crate) fn open(place: &Place, idle: &Idle) -> Result<Self> {
        let conversation = match idle.take() {
            Some(conversation) => conversation,
            None => Conversation::begin(place)?,
        };
        Ok(Self { place: place.clone(), conversation: Some(conversation), idle: idle.clone() })
    }

    /// One commit.
    ///
    /// # Errors
    /// [`Error::BrokenObject`] when it is missing, [`Error::NotACommit`] when it is something else.
    pub fn commit(&mut self, oid: &Oid) -> Result<Commit> {
        self.ask("contents", oid.as_str())?;
        self.take_commit(oid)
    }

    /// Whether this clone has an object at all.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn has(&mut self, oid: &Oid) -> Result<bool> {
        Ok(self.info(oid.as_str())?.is_some())
    }

    /// The commit behind an object: itself, or what a chain of tags leads to; `None` when that is
    /// a tree or a file.
    ///
    /// # Errors
    /// [`Error::BrokenObject`] when any of them is missing.
    pub fn commit_behind(&mut self, oid: &Oid) -> Result<Option<Oid>> {
        if let Some((name, _)) = self.info(&format!("{oid}^{{commit}}"))? {
            return Ok(Some(name));
        }
        // Something else, or missing: the last object of the chain tells.
        match self.info(&format!("{oid}^{{}}"))? {
            Some((_, kind)) if kind != "commit" => Ok(None),
            _ => Err(Error::BrokenObject(oid.to_string())),
        }
    }

    /// Many commits, asked for in one go.
    ///
    /// # Errors
    /// As [`Objects::commit`].
    pub fn commits(&mut self, oids: &[Oid]) -> Result<Vec<Commit>> {
        let mut commits = Vec::with_capacity(oids.len());
        // A batch of questions fits into a pipe's buffer, so that writing never waits for answers.
        for batch in oids.chunks(500) {
            for oid in batch {
                self.ask("contents", oid.as_str())?;
            }
            for oid in batch {
                commits.push(self.take_commit(oid)?);
            }
        }
        Ok(commits)
    }

    fn take_commit(&mut self, oid: &Oid) -> Result<Commit> {
        match self.take(|answers| Object::read(answers, oid.as_str()))? {
            Some(Object { kind, bytes, .. }) if kind == "commit" => {
                Commit::parse(oid.clone(), &bytes)
            }
            Some(_) => Err(Error::NotACommit(oid.to_string())),
            None => Err(Error::BrokenObject(oid.to_string())),
        }
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

    pub(crate) fn object(&mut self, name: &str) -> Result<Option<Object>> {
        self.ask("contents", name)?;
        self.take(|answers| Object::read(answers, name))
    }

    /// An object's name and kind; `None` when it is missing.
    fn info(&mut self, name: &str) -> Result<Option<(Oid, String)>> {
        self.ask("info", name)?;
        match self.take(|answers| Head::read(answers, name))? {
            Some(head) => Ok(Some((head.name.parse()?, head.kind))),
            None => Ok(None),
        }
    }

    fn ask(&mut self, command: &str, name: &str) -> Result<()> {
        self.conversation()?.ask(&format!("{command} {name}\0"))
    }

    fn take<T>(&mut self, read: impl FnOnce(&mut dyn BufRead) -> Result<T>) -> Result<T> {
        self.conversation()?.take(read)
    }

    fn conversation(&mut self) -> Result<&mut Conversation> {
        self.conversation.as_mut().ok_or_else(|| Error::garbled("cat-file", "it was not started"))
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        if let Some(conversation) = self.conversation.take() {
            self.idle.put(conversation);
        }
    }
}

/// One answer of `cat-file --batch`.
pub(crate) struct Object {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) bytes: Vec<u8>,
}

/// The first line of an answer.
struct Head {
    name: String,
    kind: String,
    size: u64,
}

impl Head {
    /// `None` when git says that the object is missing. `asked` is for messages only.
    fn read(stream: &mut (impl BufRead + ?Sized), asked: &str) -> Result<Option<Self>> {
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
        match size.parse() {
            Ok(size) => Ok(Some(Self { name: name.to_owned(), kind: kind.to_owned(), size })),
            Err(_) if head.ends_with(" missing") => Ok(None),
            Err(_) => Err(Error::garbled("cat-file", head)),
        }
    }
}

impl Object {
    /// `None` when git says that the object is missing. `asked` is for messages only.
    pub(crate) fn read(stream: &mut (impl BufRead + ?Sized), asked: &str) -> Result<Option<Self>> {
        let Some(Head { name, kind, size }) = Head::read(stream, asked)? else {
            return Ok(None);
        };
        if size > LIMIT {
            return Err(Error::TooMuch { what: "cat-file".into(), limit: LIMIT });
        }
        let mut bytes = Vec::new();
        stream.take(size).read_to_end(&mut bytes)?;
        let mut end = [0; 1];
        stream.read_exact(&mut end)?;
        if bytes.len() as u64 != size || end != *b"\n" {
            return Err(Error::BrokenObject(name));
        }
        Ok(Some(Self { name, kind, bytes }))
    }
}

/// Git reads `./` and `../` relative to a working folder; a path here never does.
pub(crate) fn check_path(path: &str) -> Result<()> {
    let odd = path.is_empty()
        || path.contains(['\0', '\n'])
        || path.split('/').any(|part| matches!(part, "" | "." | ".."));
    if odd { Err(Error::BadPath(path.chars().take(200).collect())) } else { Ok(()) }
}
