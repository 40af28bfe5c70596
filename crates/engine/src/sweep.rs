//! Every word that a clone holds, held against a case's own words: each once, however many versions of
//! a file repeat it, and what was read before only if something was found there.
//!
//! Must not keep or name a term: what is remembered are names of packs and objects.

use std::collections::BTreeSet;

use discretion::{Finding, Guard, Place, Setting, Severity, Terms};
use git::{Holdings, Kind, Objects, Oid, Piece, Result};

/// Reads objects for one case. Only what must not be public is looked for: the case's own words.
pub struct Sweep {
    /// For files and their names.
    own: Guard,
    /// For messages, where a name of the fix may stand beside what was wrong with it.
    all: Guard,
}

/// What was found in some of the objects.
#[derive(Default)]
pub struct Swept {
    /// What must not be there, with the object as its place.
    pub findings: Vec<Finding>,
    /// Objects that others name, and that are not here.
    pub absent: BTreeSet<Oid>,
    names: BTreeSet<Vec<u8>>,
}

/// What need not be read again for the same terms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlreadyRead {
    stores: BTreeSet<String>,
    /// In these something was found.
    again: BTreeSet<Oid>,
    /// These were not there.
    absent: BTreeSet<Oid>,
}

impl Sweep {
    /// A sweep for these terms.
    #[must_use]
    pub fn new(terms: &Terms) -> Self {
        Self { own: Guard::of_own_words(terms), all: Guard::new(terms) }
    }

    /// Reads an object, or what of it is new.
    pub fn read(&self, holdings: &Holdings, piece: &Piece<'_>, swept: &mut Swept) {
        let found = match piece.kind {
            Kind::Blob => self.own.fresh(piece.bytes, piece.fresh, &Setting::PUBLIC),
            Kind::Commit | Kind::Tag => {
                let words = said(piece.bytes);
                self.all.text(&words, &Setting::PUBLIC)
            }
            Kind::Tree => {
                let mut found = Vec::new();
                for entry in piece.entries() {
                    if swept.names.insert(entry.name.to_vec()) {
                        let name = String::from_utf8_lossy(entry.name);
                        found.extend(self.own.text(&name, &Setting::PUBLIC));
                    }
                }
                found
            }
        };
        swept.absent.extend(holdings.absent(piece));
        let grave = found.into_iter().filter(|finding| finding.severity == Severity::Block);
        let part = || format!("{}:{}", piece.oid(), named(piece.kind));
        swept.findings.extend(grave.map(|finding| Finding {
            place: Place { part: Some(part()), ..finding.place },
            ..finding
        }));
    }

    /// Looks once more where something was found or missing before.
    ///
    /// # Errors
    /// When such an object cannot be read any more.
    pub fn read_again(
        &self,
        holdings: &Holdings,
        objects: &mut Objects,
        read: &AlreadyRead,
    ) -> Result<Swept> {
        let mut swept = Swept::default();
        for oid in &read.again {
            objects.stored(oid, |piece| self.read(holdings, piece, &mut swept))?;
        }
        swept.absent.extend(read.absent.iter().filter(|oid| !holdings.holds(oid)).cloned());
        Ok(swept)
    }
}

impl Swept {
    /// Takes in what others found.
    pub fn join(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.absent.extend(other.absent);
    }

    /// Puts findings in an order that does not depend on who found them, each once.
    pub fn settle(&mut self) {
        let place = |f: &Finding| (f.place.part.clone(), f.place.bytes.start, f.rule);
        self.findings.sort_by_cached_key(place);
        self.findings.dedup_by_key(|finding| place(finding));
    }

    /// What need not be read again, now that all that is held was.
    #[must_use]
    pub fn remembered(&self, holdings: &Holdings) -> AlreadyRead {
        let object =
            |finding: &Finding| finding.place.part.as_ref()?.split_once(':')?.0.parse().ok();
        AlreadyRead {
            stores: holdings.stores().collect(),
            again: self.findings.iter().filter_map(object).collect(),
            absent: self.absent.clone(),
        }
    }
}

impl AlreadyRead {
    /// What everything is stored in that was read.
    #[must_use]
    pub fn stores(&self) -> &BTreeSet<String> {
        &self.stores
    }

    /// As a text to keep.
    #[must_use]
    pub fn to_text(&self) -> String {
        let stores = self.stores.iter().map(|store| format!("read {store}\n"));
        let again = self.again.iter().map(|oid| format!("found {oid}\n"));
        let absent = self.absent.iter().map(|oid| format!("absent {oid}\n"));
        stores.chain(again).chain(absent).collect()
    }

    /// From such a text; `None` if it is none.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let mut read = Self::default();
        for line in text.lines() {
            match line.split_once(' ')? {
                ("read", store) => read.stores.insert(store.to_owned()),
                ("found", oid) => read.again.insert(oid.parse().ok()?),
                ("absent", oid) => read.absent.insert(oid.parse().ok()?),
                _ => return None,
            };
        }
        Some(read)
    }
}

fn named(kind: Kind) -> &'static str {
    match kind {
        Kind::Commit => "commit",
        Kind::Tree => "tree",
        Kind::Blob => "blob",
        Kind::Tag => "tag",
    }
}

/// What a commit or an annotated tag says: its people, its name, its message; not its signature.
#[must_use]
pub(crate) fn said(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let (head, message) = text.split_once("\n\n").unwrap_or((&text, ""));
    let heads = ["author ", "committer ", "tagger ", "tag "];
    let kept = head.lines().filter(|line| heads.iter().any(|head| line.starts_with(head)));
    let mut words: Vec<&str> = kept.collect();
    words.push(message);
    words.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_kept_as_text() {
        let read = AlreadyRead {
            stores: ["pack-1".to_owned()].into(),
            again: ["a".repeat(40).parse().unwrap()].into(),
            absent: ["b".repeat(40).parse().unwrap()].into(),
        };
        assert_eq!(AlreadyRead::from_text(&read.to_text()), Some(read));
        for odd in ["nonsense\n", "read\n", "found x\n", "else x\n"] {
            assert_eq!(AlreadyRead::from_text(odd), None, "{odd}");
        }
    }

    #[test]
    fn of_a_commit_its_people_and_message_are_read() {
        let commit = b"tree 1\nparent 2\nauthor A <a> 1 +0000\ncommitter C <c> 1 +0000\ngpgsig x\n y\n\nOne\n\ntwo\n";
        assert_eq!(said(commit), "author A <a> 1 +0000\ncommitter C <c> 1 +0000\nOne\n\ntwo\n");
        assert_eq!(
            said(b"object 1\ntype commit\ntag v1\ntagger T <t> 1 +0000\n\nM\n"),
            "tag v1\ntagger T <t> 1 +0000\nM\n"
        );
        assert_eq!(said(b""), "");
    }
}
