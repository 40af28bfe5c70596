//! Reading refs as they are stored: one file for many, a file for each that changed since.
//!
//! Where they are stored in another way, git lists them. A ref that cannot be read is an error: who
//! leaves it out says that a release does not exist.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
};

use crate::{Error, Oid, Result, command::Place};

/// All refs of a repository.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    refs: BTreeMap<String, Stored>,
    plain: bool,
}

#[derive(Debug, Clone)]
enum Stored {
    Object {
        oid: Oid,
        /// What a chain of tags leads to, where that was recorded.
        peeled: Option<Oid>,
    },
    Symbolic(String),
}

/// Folders of refs that are read here.
const SEEN: [&str; 3] = ["refs/heads/", "refs/remotes/", "refs/tags/"];
/// More symbolic refs than this in a row lead nowhere.
const DEEPEST: usize = 5;

impl Listing {
    pub(crate) fn read(place: &Place) -> Result<Self> {
        let common = place.common_folder()?;
        let mut listing = Self::default();
        if common.join("reftable").is_dir() {
            listing.ask(place)?;
        } else {
            // Loose ones first: one that is packed meanwhile is then seen twice, and not missed.
            listing.loose(&common, "refs")?;
            listing.packed(&common.join("packed-refs"), "")?;
        }
        if let Some(text) = content(&place.folder().join("HEAD"))? {
            listing.refs.insert("HEAD".into(), Stored::parse("HEAD", &text)?);
        }
        let marked = ["shallow", "info/grafts"].iter().any(|mark| common.join(mark).exists());
        let mut names = listing.refs.keys();
        listing.plain = !marked && !names.any(|name| name.starts_with("refs/replace/"));
        Ok(listing)
    }

    /// What the refs in a folder name, also by way of others in it. `None`: they are stored in another way.
    pub(crate) fn under(place: &Place, folder: &str) -> Result<Option<Vec<Oid>>> {
        let common = place.common_folder()?;
        if common.join("reftable").is_dir() {
            return Ok(None);
        }
        let mut listing = Self::default();
        if common.join(folder).is_dir() {
            listing.loose(&common, folder)?;
        }
        listing.packed(&common.join("packed-refs"), &format!("{folder}/"))?;
        let object = |name: &String| match listing.find(name)? {
            Stored::Object { oid, .. } => Some(oid.clone()),
            Stored::Symbolic(_) => None,
        };
        Ok(Some(listing.refs.keys().filter_map(object).collect()))
    }

    /// Nothing casts doubt on the history behind the refs: no mark of a shallow or grafted clone,
    /// and no replacement.
    pub(crate) fn is_plain(&self) -> bool {
        self.plain
    }

    /// Branches and tags that name an object themselves, by full name; tags also by way of others.
    pub(crate) fn objects(&self) -> impl Iterator<Item = (&str, &Oid, Option<&Oid>)> {
        self.refs.iter().filter_map(|(name, stored)| {
            SEEN.iter().any(|folder| name.starts_with(folder)).then_some(())?;
            let stored = match stored {
                Stored::Symbolic(target) if name.starts_with("refs/tags/") => self.find(target)?,
                Stored::Symbolic(_) => return None,
                stored @ Stored::Object { .. } => stored,
            };
            match stored {
                Stored::Object { oid, peeled } => Some((name.as_str(), oid, peeled.as_ref())),
                Stored::Symbolic(_) => None,
            }
        })
    }

    /// What a symbolic ref names.
    pub(crate) fn symbolic(&self, name: &str) -> Option<&str> {
        match self.refs.get(name)? {
            Stored::Symbolic(target) => Some(target),
            Stored::Object { .. } => None,
        }
    }

    fn find(&self, name: &str) -> Option<&Stored> {
        let mut stored = self.refs.get(name)?;
        for _ in 0..DEEPEST {
            match stored {
                Stored::Symbolic(target) => stored = self.refs.get(target)?,
                Stored::Object { .. } => break,
            }
        }
        Some(stored)
    }

    fn loose(&mut self, common: &Path, under: &str) -> Result<()> {
        for entry in there(fs::read_dir(common.join(under)))?.into_iter().flatten() {
            let entry = entry?;
            let name = entry.file_name();
            let name = format!("{under}/{}", name.to_string_lossy());
            if entry.file_type()?.is_dir() {
                self.loose(common, &name)?;
            } else if !is_lock(&name)
                && let Some(text) = content(&entry.path())?
            {
                self.refs.insert(name.clone(), Stored::parse(&name, &text)?);
            }
        }
        Ok(())
    }

    /// Takes those whose names begin so.
    fn packed(&mut self, file: &Path, beginning: &str) -> Result<()> {
        let Some(file) = there(File::open(file))? else { return Ok(()) };
        let (mut file, mut line) = (BufReader::new(file), Vec::new());
        let mut last: Option<(String, Oid, Option<Oid>)> = None;
        loop {
            line.clear();
            if file.read_until(b'\n', &mut line)? == 0 {
                break;
            }
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end_matches(['\n', '\r']);
            if let Some(peeled) = line.strip_prefix('^') {
                if let Some((.., known)) = &mut last {
                    *known = Some(peeled.parse().map_err(|_| broken(line))?);
                }
            } else if !line.starts_with('#') {
                self.take_packed(last.take());
                let (oid, name) = line.split_once(' ').ok_or_else(|| broken(line))?;
                if name.starts_with(beginning) {
                    check_name(name)?;
                    last = Some((name.to_owned(), oid.parse().map_err(|_| broken(name))?, None));
                }
            }
        }
        self.take_packed(last);
        Ok(())
    }

    /// A loose ref counts instead of the packed one of its name.
    fn take_packed(&mut self, packed: Option<(String, Oid, Option<Oid>)>) {
        if let Some((name, oid, peeled)) = packed {
            self.refs.entry(name).or_insert(Stored::Object { oid, peeled });
        }
    }

    fn ask(&mut self, place: &Place) -> Result<()> {
        let format = "--format=%(refname)%00%(objectname)%00%(*objectname)%00%(symref)";
        let listing = place.output_and_words(&["for-each-ref", format, "refs"])?;
        for line in String::from_utf8_lossy(&listing).lines() {
            let fields: Vec<&str> = line.split('\0').collect();
            let [name, oid, _, symbolic] = fields.as_slice() else {
                // Git leaves out refs that it cannot read, and calls that a success.
                return Err(Error::Refused { what: "for-each-ref".into(), words: line.into() });
            };
            let stored = match *symbolic {
                "" => Stored::Object { oid: oid.parse()?, peeled: None },
                target => Stored::Symbolic(target.to_owned()),
            };
            self.refs.insert((*name).to_owned(), stored);
        }
        Ok(())
    }
}

impl Stored {
    /// What stands in a ref's own file.
    fn parse(name: &str, text: &str) -> Result<Self> {
        check_name(name)?;
        let text = text.trim_end();
        if let Some(target) = text.strip_prefix("ref:") {
            return Ok(Self::Symbolic(target.trim_start().to_owned()));
        }
        let oid = text.split_whitespace().next().unwrap_or_default();
        Ok(Self::Object { oid: oid.parse().map_err(|_| broken(name))?, peeled: None })
    }
}

/// Whether a name is that of a file which git writes before it takes another's place.
#[expect(clippy::case_sensitive_file_extension_comparisons, reason = "git compares it so")]
fn is_lock(name: &str) -> bool {
    name.ends_with(".lock")
}

/// Git's rules for the names of refs.
fn check_name(name: &str) -> Result<()> {
    let odd = |c: char| c.is_ascii_control() || " ~^:?*[\\".contains(c);
    let odd_part = |part: &str| {
        part.is_empty() || part.starts_with('.') || part.ends_with('.') || is_lock(part)
    };
    let bad = name.contains("..")
        || name.contains("@{")
        || name.contains(odd)
        || name.split('/').any(odd_part);
    if bad { Err(broken(name)) } else { Ok(()) }
}

fn broken(name: &str) -> Error {
    let name: String = name.chars().take(200).collect();
    Error::Refused { what: "refs".into(), words: format!("the ref {name} is broken") }
}

/// Refs come and go while they are read: what is gone was not there.
fn content(file: &Path) -> Result<Option<String>> {
    let text = |bytes| match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(odd) => String::from_utf8_lossy(odd.as_bytes()).into_owned(),
    };
    Ok(there(fs::read(file))?.map(text))
}

fn there<T>(found: io::Result<T>) -> Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

impl Place {
    /// The folder that all working trees of a repository share.
    pub(crate) fn common_folder(&self) -> Result<PathBuf> {
        let folder = self.folder();
        match content(&folder.join("commondir"))? {
            Some(common) => Ok(folder.join(common.trim_end())),
            None => Ok(folder.to_owned()),
        }
    }
}
