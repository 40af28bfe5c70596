//! What is sought of a fix, and how it shows in an artefact.

use std::collections::{BTreeMap, BTreeSet};

use git::{Fate, FileHunks, Hunk, Objects, Oid, Repo, Side};

use super::{
    Absence, Artefact, Evidence, FileFinding, Finding, Held, HunkFinding, HunkState, LeftOut,
    Outcome, Part, layout::Layout, runs::Text,
};
use crate::{Error, Fix, Result};

/// Everything that fixes change.
pub(super) struct Sought<'a> {
    fixes: &'a [Fix],
    changes: BTreeMap<Oid, Vec<FileHunks>>,
    names: BTreeSet<String>,
}

impl<'a> Sought<'a> {
    pub(super) fn read(repo: &Repo, fixes: &'a [Fix]) -> Result<Self> {
        let empty = |fix: &Fix| fix.parts.is_empty() || fix.parts.iter().any(Vec::is_empty);
        if fixes.is_empty() || fixes.iter().any(empty) {
            return Err(Error::EmptyFix);
        }
        let mut changes = BTreeMap::new();
        for commit in fixes.iter().flat_map(|fix| &fix.parts).flatten() {
            if !changes.contains_key(commit) {
                changes.insert(commit.clone(), repo.hunks(commit)?);
            }
        }
        let last = |file: &FileHunks| file.path.rsplit('/').next().map(str::to_owned);
        let names = changes.values().flatten().filter_map(last).collect();
        Ok(Self { fixes, changes, names })
    }

    /// The names of the files, without folders.
    pub(super) fn names(&self) -> &BTreeSet<String> {
        &self.names
    }

    pub(super) fn seek(&self, repo: &Repo, artefact: &Artefact) -> Result<Finding> {
        let mut objects = repo.objects()?;
        let mut best: Option<Finding> = None;
        let mut layouts = Layouts { repo, artefact, known: BTreeMap::new() };
        for fix in self.fixes {
            let mut whole = Finding {
                form: artefact.form,
                outcome: Outcome::Unknown { why: String::new() },
                commits: Vec::new(),
                made_from: artefact.made_from().map(str::to_owned),
                known_files: 0,
                odd_names: artefact.store.odd,
                files: Vec::new(),
                left_out: Vec::new(),
            };
            for part in &fix.parts {
                let mut seen: Option<Seen> = None;
                for commit in part {
                    let now = self.commit(commit, &mut layouts, &mut objects)?;
                    if seen.as_ref().is_none_or(|seen| now.rank() > seen.rank()) {
                        seen = Some(now);
                    }
                }
                whole.take(seen);
            }
            whole.settle();
            if best.as_ref().is_none_or(|best| whole.rank() > best.rank()) {
                best = Some(whole);
            }
        }
        best.ok_or(Error::EmptyFix)
    }

    fn commit(
        &self,
        commit: &Oid,
        layouts: &mut Layouts<'_>,
        objects: &mut Objects,
    ) -> Result<Seen> {
        let changes = self.changes.get(commit).map(Vec::as_slice).unwrap_or_default();
        let artefact = layouts.artefact;
        let layout = layouts.of(commit, changes)?;
        let mut seen = Seen {
            commit: commit.clone(),
            known_files: layout.len(),
            files: Vec::new(),
            left_out: Vec::new(),
        };
        let parent = objects.commit(commit)?.parents.into_iter().next();
        for file in changes.iter().filter(|file| !file.hunks.is_empty()) {
            let entry = layout.entry(&file.path);
            let part = Part::of(&file.path);
            let states = match entry.and_then(|entry| artefact.held(entry)) {
                Some(Held::Bytes(bytes)) => {
                    let whose = whose(bytes, file, commit, parent.as_ref(), objects)?;
                    in_file(file, bytes, whose)
                }
                Some(_) => every(file, HunkState::Unclear, Evidence::Unread),
                None => match absent(file, part, layout) {
                    Ok(state) => every(file, state, Evidence::Absence),
                    Err(why) => {
                        seen.left_out.push(LeftOut { path: file.path.clone(), why });
                        continue;
                    }
                },
            };
            seen.files.push(FileFinding {
                path: file.path.clone(),
                entry: entry.map(str::to_owned),
                part,
                counts: true,
                hunks: file
                    .hunks
                    .iter()
                    .zip(states)
                    .map(|(hunk, told)| found(hunk, told))
                    .collect(),
            });
        }
        Ok(seen)
    }
}

/// Where the files of each commit are in one artefact. Nearly all commits have the same files.
struct Layouts<'a> {
    repo: &'a Repo,
    artefact: &'a Artefact,
    known: BTreeMap<BTreeSet<String>, Layout>,
}

impl Layouts<'_> {
    fn of(&mut self, commit: &Oid, changes: &[FileHunks]) -> Result<&Layout> {
        let mut paths: BTreeSet<String> = self.repo.paths(commit)?.into_iter().collect();
        // A file that the fix takes away may be there still.
        paths.extend(changes.iter().map(|file| file.path.clone()));
        let guess = |paths: &BTreeSet<String>| {
            Layout::guess(self.artefact.store.files.keys().map(String::as_str), paths)
        };
        Ok(self.known.entry(paths).or_insert_with_key(guess))
    }
}

/// What one commit's change shows.
struct Seen {
    commit: Oid,
    known_files: usize,
    files: Vec<FileFinding>,
    left_out: Vec<LeftOut>,
}

impl Seen {
    fn rank(&self) -> (usize, usize) {
        rank(&self.files)
    }
}

/// The share of changes that are there, in millionths, then the number that could be told.
fn rank(files: &[FileFinding]) -> (usize, usize) {
    let hunks = || files.iter().flat_map(|file| &file.hunks);
    let are = |state| hunks().filter(|hunk| hunk.status == state).count();
    let fixed = are(HunkState::Fixed);
    (fixed * 1_000_000 / hunks().count().max(1), fixed + are(HunkState::NotFixed))
}

impl Finding {
    fn take(&mut self, seen: Option<Seen>) {
        if let Some(Seen { commit, known_files, files, left_out }) = seen {
            self.commits.push(commit);
            self.known_files = self.known_files.max(known_files);
            self.files.extend(files);
            self.left_out.extend(left_out);
        }
    }

    fn rank(&self) -> (usize, usize) {
        rank(&self.files)
    }

    /// What users run decides; where the fix touches nothing of that, everything does.
    fn settle(&mut self) {
        let of_product = |part| matches!(part, Part::Product | Part::Generated);
        let left = self.left_out.iter().map(|file| Part::of(&file.path));
        let mut parts = self.files.iter().map(|file| file.part).chain(left);
        if parts.any(of_product) {
            for file in &mut self.files {
                file.counts = of_product(file.part);
            }
        }
        self.outcome = Outcome::of(&self.files);
        if let Outcome::Unknown { why } = &mut self.outcome
            && self.known_files == 0
        {
            *why = "it holds no file of this repository".into();
        }
    }
}

fn found(hunk: &Hunk, (status, evidence): (HunkState, Evidence)) -> HunkFinding {
    HunkFinding {
        line: hunk.line,
        removed: hunk.only(Side::Before).count(),
        added: hunk.only(Side::After).count(),
        status,
        evidence,
    }
}

fn every(file: &FileHunks, state: HunkState, by: Evidence) -> Vec<(HunkState, Evidence)> {
    vec![(state, by); file.hunks.len()]
}

/// Whether the absence of a file tells, or why not.
fn absent(
    file: &FileHunks,
    part: Part,
    layout: &Layout,
) -> std::result::Result<HunkState, Absence> {
    if part != Part::Product {
        return Err(Absence::ByRule(part));
    }
    if !layout.reaches(&file.path) {
        return Err(Absence::Elsewhere);
    }
    match file.fate {
        Fate::Made if layout.has_beside(&file.path) => Ok(HunkState::NotFixed),
        Fate::Removed if layout.has_beside(&file.path) => Ok(HunkState::Fixed),
        _ => Err(Absence::Untold),
    }
}

/// Whose file it is to the byte: the fix's, or that of the commit before it.
fn whose(
    bytes: &[u8],
    file: &FileHunks,
    commit: &Oid,
    parent: Option<&Oid>,
    objects: &mut Objects,
) -> Result<Option<HunkState>> {
    let mut same = |commit: &Oid| -> Result<bool> {
        Ok(objects.file(commit, &file.path)?.is_some_and(|there| there == bytes))
    };
    if file.fate != Fate::Removed && same(commit)? {
        return Ok(Some(HunkState::Fixed));
    }
    match parent {
        Some(parent) if file.fate != Fate::Made && same(parent)? => Ok(Some(HunkState::NotFixed)),
        _ => Ok(None),
    }
}

fn in_file(file: &FileHunks, bytes: &[u8], whose: Option<HunkState>) -> Vec<(HunkState, Evidence)> {
    if let Some(state) = whose {
        return every(file, state, Evidence::SameBytes);
    }
    if bytes.contains(&0) {
        return every(file, HunkState::Unclear, Evidence::Different);
    }
    let text = String::from_utf8_lossy(bytes);
    let text = Text::of(&text);
    file.hunks.iter().map(|hunk| in_text(hunk, &text)).collect()
}

/// Looks for a change with its surroundings first, and by its own lines where these differ.
fn in_text(hunk: &Hunk, text: &Text<'_>) -> (HunkState, Evidence) {
    fn run<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
        lines.map(str::trim_end).collect()
    }
    let has = |run: &[&str]| tells(run) && text.has(run);
    match (has(&run(hunk.before())), has(&run(hunk.after()))) {
        (false, true) => return (HunkState::Fixed, Evidence::Context),
        (true, false) => return (HunkState::NotFixed, Evidence::Context),
        (true, true) => return (HunkState::Unclear, Evidence::Both),
        (false, false) => {}
    }
    match (has(&run(hunk.only(Side::Before))), has(&run(hunk.only(Side::After)))) {
        (false, true) => (HunkState::Fixed, Evidence::Lines),
        (true, false) => (HunkState::NotFixed, Evidence::Lines),
        (true, true) => (HunkState::Unclear, Evidence::Both),
        (false, false) => (HunkState::Unclear, Evidence::Different),
    }
}

/// Braces and blank lines stand everywhere.
fn tells(run: &[&str]) -> bool {
    run.iter().any(|line| line.trim().chars().count() > 3)
}
