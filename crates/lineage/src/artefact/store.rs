//! What is kept of an artefact: every name, and the bytes of files that a fix could have touched.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read,
};

use serde::Serialize;

use super::{
    Fault, Limits,
    error::shown,
    tar::{BLOCK, Header},
};

/// What an artefact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Form {
    /// A plain folder.
    #[serde(rename = "folder")]
    Folder,
    /// A tar archive.
    #[serde(rename = "tar")]
    Tar,
    /// A tar archive within gzip: source archives, crates, npm packages.
    #[serde(rename = "tar.gz")]
    TarGz,
    /// A zip archive: wheels, Go modules.
    #[serde(rename = "zip")]
    Zip,
}

impl Form {
    /// In a few words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Folder => "folder",
            Self::Tar => "tar",
            Self::TarGz => "tar.gz",
            Self::Zip => "zip",
        }
    }

    /// By the first bytes; a name may say anything.
    pub(super) fn of(head: &[u8]) -> Result<Self, Fault> {
        const FOREIGN: [(&[u8], &str); 5] = [
            (b"\xfd7zXZ\0", "compressed with xz"),
            (b"\x28\xb5\x2f\xfd", "compressed with zstd"),
            (b"BZh", "compressed with bzip2"),
            (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
            (b"!<arch>\n", "a package for a distribution"),
        ];
        if head.starts_with(b"\x1f\x8b") {
            return Ok(Self::TarGz);
        }
        if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
            return Ok(Self::Zip);
        }
        if let Some((_, what)) = FOREIGN.iter().find(|(magic, _)| head.starts_with(magic)) {
            return Err(Fault::Foreign(what));
        }
        match <&[u8; BLOCK]>::try_from(head) {
            Ok(block) if Header::parse(block).is_ok() => Ok(Self::Tar),
            _ => Err(Fault::Unknown),
        }
    }
}

/// What an artefact has under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// A file whose bytes no fix asks for.
    Unasked,
    /// A file.
    Bytes(Vec<u8>),
    /// A link; it is not followed.
    Link,
    /// A file that is stored in a way which is not read here.
    Unread(&'static str),
}

/// What was read so far.
#[derive(Debug)]
pub(super) struct Store {
    names: BTreeSet<String>,
    limits: Limits,
    pub(super) files: BTreeMap<String, Held>,
    /// Files whose names are not UTF-8.
    pub(super) odd: usize,
    pub(super) made_from: Option<String>,
    entries: usize,
    name_bytes: usize,
    held: u64,
}

impl Store {
    pub(super) fn new(names: &BTreeSet<String>, limits: Limits) -> Self {
        Self {
            names: names.clone(),
            limits,
            files: BTreeMap::new(),
            odd: 0,
            made_from: None,
            entries: 0,
            name_bytes: 0,
            held: 0,
        }
    }

    pub(super) fn limits(&self) -> Limits {
        self.limits
    }

    /// Takes the name of the next entry; `None` when it cannot be compared with anything.
    pub(super) fn name(&mut self, raw: &[u8]) -> Result<Option<String>, Fault> {
        self.entries += 1;
        self.name_bytes += raw.len();
        if self.entries > self.limits.entries {
            let most = self.limits.entries;
            return Err(Fault::TooMuch(format!("it has more than {most} entries")));
        }
        if self.name_bytes > self.limits.names {
            return Err(Fault::TooMuch("its names alone are beyond measure".into()));
        }
        let name = String::from_utf8_lossy(raw);
        let plain = check(&name)?;
        if matches!(name, std::borrow::Cow::Owned(_)) {
            self.odd += 1;
            return Ok(None);
        }
        Ok((!plain.is_empty()).then_some(plain))
    }

    /// Whether the bytes of a file matter.
    pub(super) fn wants(&self, name: &str) -> bool {
        self.names.contains(name.rsplit('/').next().unwrap_or(name))
    }

    /// Takes a file's bytes, which must be exactly `size`.
    pub(super) fn take(
        &mut self,
        name: String,
        bytes: &mut impl Read,
        size: u64,
    ) -> Result<(), Fault> {
        self.held = self.held.saturating_add(size);
        if size > self.limits.file || self.held > self.limits.held {
            let name = shown(&name);
            return Err(Fault::TooMuch(format!("{name} has more bytes than are compared")));
        }
        let mut content = Vec::new();
        bytes.take(size).read_to_end(&mut content)?;
        if content.len() as u64 != size {
            return Err(Fault::Truncated);
        }
        self.put(name, Held::Bytes(content))
    }

    /// Takes an entry. Of two with one name, the program that unpacks them decides which counts.
    pub(super) fn put(&mut self, name: String, held: Held) -> Result<(), Fault> {
        if self.files.contains_key(&name) {
            return Err(Fault::Hostile(format!("it holds {} twice", shown(&name))));
        }
        self.files.insert(name, held);
        Ok(())
    }
}

/// A name without `./` and the slash at the end of a folder's. One that leads elsewhere is refused.
fn check(name: &str) -> Result<String, Fault> {
    let away = name.starts_with(['/', '\\'])
        || name.contains('\0')
        || name.split(['/', '\\']).any(|part| part == "..")
        || name.as_bytes().get(1) == Some(&b':');
    if away {
        return Err(Fault::Hostile(format!("it names {}, which leads out of it", shown(name))));
    }
    let parts: Vec<&str> = name.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    Ok(parts.join("/"))
}
