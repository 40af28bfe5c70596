//! What a commit changes: files that differ between two folders, and lines between two files.

use std::{collections::BTreeMap, rc::Rc};

use imara_diff::{Algorithm, Diff, InternedInput, sources::byte_lines};
use memchr::memchr_iter;

use super::{
    chain::Rope,
    stock::{Object, Stock},
    text::Text,
    walk::Node,
};
use crate::{Entry, FileChange, Kind, Oid, Patch};

/// Folders lie no deeper in one another.
const DEEPEST: usize = 128;

/// What something was, and what it is: in a folder, or not at all.
type Sides<'a> = [Option<Entry<'a>>; 2];

/// From one folder to another.
pub(super) struct Change<'a> {
    pub(super) stock: &'a mut Stock,
    /// How many bytes of files may be read for it; without any, it says which files there are.
    pub(super) left: Option<usize>,
    pub(super) patch: Patch,
}

impl Change<'_> {
    /// Compares a commit's folder with that of its parent.
    pub(super) fn since(&mut self, parent: Option<&Oid>, tree: &Oid) -> Option<()> {
        let old = match parent {
            Some(parent) => Some(Node::read(self.stock, parent)?.tree.bytes()),
            None => None,
        };
        self.folders([old.as_deref(), Some(&tree.bytes())], b"")
    }

    /// Compares two folders, by their names.
    pub(super) fn folders(&mut self, sides: [Option<&[u8]>; 2], path: &[u8]) -> Option<()> {
        let [old, new] = sides;
        let width = old.or(new)?.len();
        let depth = memchr_iter(b'/', path).count();
        let (old, new) = (self.folder(old)?, self.folder(new)?);
        if depth > DEEPEST {
            return None;
        }
        for (name, sides) in differing(&old, &new, width)? {
            let path = [path, name].concat();
            let folders = sides.map(|side| side.filter(is_folder).map(|entry| entry.target));
            if folders.iter().any(Option::is_some) {
                self.folders(folders, &[&path, &b"/"[..]].concat())?;
            }
            let files = sides.map(|side| side.filter(|entry| !is_folder(entry)));
            if files.iter().any(Option::is_some) {
                self.file(files, &path)?;
            }
        }
        Some(())
    }

    /// One that is not there is like an empty one.
    fn folder(&mut self, name: Option<&[u8]>) -> Option<Rc<Object>> {
        let Some(name) = name else {
            return Some(Rc::new(Object { kind: Kind::Tree, bytes: Vec::new() }));
        };
        self.stock.get(&Oid::from_bytes(name)).filter(|object| object.kind == Kind::Tree)
    }

    fn file(&mut self, sides: Sides<'_>, path: &[u8]) -> Option<()> {
        let [old, new] = sides;
        let same = old.map(|entry| entry.target) == new.map(|entry| entry.target);
        let path = String::from_utf8_lossy(path).into_owned();
        if self.left.is_none() {
            self.patch.files.entry(path).or_default();
            return Some(());
        }
        let (before, after) = (self.content(old)?, self.content(new)?);
        let (before, after) = (before.text()?, after.text()?);
        let change = self.patch.files.entry(path).or_default();
        match [old, new].map(|side| side.map(|entry| kind(&entry))) {
            // A link that becomes a file is another thing.
            [Some(was), Some(is)] if was != is => {
                lines(&before, &Text(Vec::new()), change);
                lines(&Text(Vec::new()), &after, change);
            }
            _ if same => {}
            _ => lines(&before, &after, change),
        }
        Some(())
    }

    fn content(&mut self, side: Option<Entry<'_>>) -> Option<Content> {
        let Some(entry) = side else { return Some(Content::Words(String::new())) };
        let oid = Oid::from_bytes(entry.target);
        if entry.object.is_none() {
            return Some(Content::Words(format!("Subproject commit {oid}\n")));
        }
        let rope = self.stock.rope(&oid).filter(|rope| rope.kind() == Kind::Blob)?;
        self.left = Some(self.left?.checked_sub(rope.size)?);
        Some(Content::File(rope))
    }
}

enum Content {
    File(Rope),
    Words(String),
}

impl Content {
    fn text(&self) -> Option<Text<'_>> {
        match self {
            Self::File(rope) => rope.text(),
            Self::Words(words) => Some(Text(vec![words.as_bytes()])),
        }
    }
}

/// The digits of a mode without what may be done with it.
fn kind<'a>(entry: &Entry<'a>) -> &'a [u8] {
    entry.mode.get(..entry.mode.len().saturating_sub(3)).unwrap_or_default()
}

fn is_folder(entry: &Entry<'_>) -> bool {
    matches!(kind(entry), b"40" | b"040")
}

/// By name, what is not the same in both folders.
fn differing<'a>(
    old: &'a Object,
    new: &'a Object,
    width: usize,
) -> Option<BTreeMap<&'a [u8], Sides<'a>>> {
    let (old, new) = (Entry::all(&old.bytes, width)?, Entry::all(&new.bytes, width)?);
    let same = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let mut differing = BTreeMap::<_, Sides<'_>>::new();
    for (side, entries) in [old, new].into_iter().enumerate() {
        for entry in entries.into_iter().skip(same) {
            *differing.entry(entry.name).or_default().get_mut(side)? = Some(entry);
        }
    }
    differing.retain(|_, [old, new]| old != new);
    Some(differing)
}

/// Adds the lines that are taken away and put in.
fn lines(before: &Text<'_>, after: &Text<'_>, change: &mut FileChange) {
    let start = after.common_start(before);
    let first = 1 + after.first(start).line_ends();
    let [before, after] = [before, after].map(|text| text.without(start));
    let end = after.common_end(&before);
    let [before, after] = [before, after].map(|text| text.first(text.size() - end).bytes());
    let input = InternedInput::new(byte_lines(&before), byte_lines(&after));
    let mut diff = Diff::compute(Algorithm::Myers, &input);
    diff.postprocess_no_heuristic(&input);
    for hunk in diff.hunks() {
        let words = |lines: &[imara_diff::Token]| -> Vec<String> {
            lines.iter().map(|line| words(input.interner[*line])).collect()
        };
        let [removed, added] = [(&input.before, hunk.before), (&input.after, hunk.after.clone())]
            .map(|(lines, part)| {
                words(lines.get(part.start as usize..part.end as usize).unwrap_or_default())
            });
        change.removed.extend(removed);
        if !added.is_empty() {
            change.begin(first + hunk.after.start as usize);
            change.added.extend(added);
        }
    }
}

fn words(line: &[u8]) -> String {
    String::from_utf8_lossy(line.strip_suffix(b"\n").unwrap_or(line)).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Text, lines};
    use crate::FileChange;

    fn change(before: &str, after: &str) -> FileChange {
        let mut change = FileChange::default();
        let [before, after] = [before, after].map(|text| Text(text.as_bytes().chunks(5).collect()));
        lines(&before, &after, &mut change);
        change
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// What is added stands in the file where it is said to stand, and the rest of it is what stays
        /// of the other, in the same order.
        #[test]
        fn lines_are_those_of_both_files(
            before in "([abc]?[ab]?\n){0,12}[ab]?",
            after in "([abc]?[ab]?\n){0,12}[ab]?",
        ) {
            let change = change(&before, &after);
            let mut now: Vec<Option<&str>> = after.split_inclusive('\n').map(Some).collect();
            for (index, line) in change.added.iter().enumerate() {
                let there = now[change.runs.number(index).unwrap() - 1].take().unwrap();
                prop_assert_eq!(there.trim_end_matches('\n'), line);
            }
            let stays: Vec<&str> = now.into_iter().flatten().collect();
            let mut was = before.split_inclusive('\n');
            prop_assert!(stays.iter().all(|line| was.any(|other| other == *line)));
            let mut all: Vec<&str> = stays.iter().map(|line| line.trim_end_matches('\n')).collect();
            all.extend(change.removed.iter().map(String::as_str));
            all.sort_unstable();
            let mut expected: Vec<&str> =
                before.split_inclusive('\n').map(|line| line.trim_end_matches('\n')).collect();
            expected.sort_unstable();
            prop_assert_eq!(all, expected);
        }
    }

    #[test]
    fn equal_ends_are_left_aside_by_whole_lines() {
        let filler = "a line that stays as it is\n".repeat(1_000);
        let text = |word: &str| format!("{filler}an {word} heron\n{filler}");
        let change = change(&text("amber"), &text("ember"));
        assert_eq!(
            (change.removed.as_slice(), change.added.as_slice()),
            (&["an amber heron".to_owned()][..], &["an ember heron".to_owned()][..])
        );
        assert_eq!(change.runs.number(0), Some(1_001));
    }
}
