//! What a mirror of a public repository shows: names of branches and tags, messages of tags, and commits.
//!
//! A look is cheap as long as no ref has moved and the case's words are the same. Then the names are read
//! anew, and of commits and tags those that are new. That is remembered in memory and nowhere else: a
//! fresh process begins with the latest commits.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use case::{Case, CaseId, ProjectId, sighting::Spot};
use discretion::Terms;
use git::{Oid, Range, Refs, Repo, Result};

use super::{Found, Listener, Lookout, locked, telling};
use crate::{
    Engine, EngineError, glances::commit_words, observe::Mirror, ports::Repository, sweep::said,
};

/// The latest commits that a first look reads.
const FIRST: usize = 1_000;
/// With more tips than this, git is not told what was read: it reads the latest commits again.
const MOST_TIPS: usize = 10_000;
/// Finds that wait until a person has answered others like them.
const MOST_LEFT: usize = 64;

/// The latest look at a repository for a case.
pub(super) struct Look {
    mirror: Arc<Mirror>,
    terms: Terms,
    /// What was read, with all that it reaches.
    tips: Arc<BTreeSet<Oid>>,
    /// Messages of tags that were read.
    tags: Arc<BTreeSet<Oid>>,
    /// What could not be told yet.
    left: Vec<Found>,
}

/// Somebody for whom a repository is looked at.
struct Watcher<'a> {
    case: &'a Case,
    terms: &'a Terms,
    listener: Listener,
    /// The look before, for the same words.
    before: Option<Look>,
    found: Vec<Found>,
}

impl Engine {
    /// Looks at a project's repositories for all of its secret cases.
    pub(crate) fn look_out(&self, project: ProjectId) -> std::result::Result<(), EngineError> {
        let known = self.project(project)?;
        let cases = self.secret_cases(&known)?;
        self.lookout.remember(project, &cases);
        let names = cases.iter().flat_map(|(case, _)| &case.policy.repositories);
        for name in names.collect::<BTreeSet<_>>() {
            let of_it = |(case, _): &&(Case, Terms)| case.policy.repositories.contains(name);
            let cases = cases.iter().filter(of_it);
            self.look_at(project, known.repository(name), &cases.collect::<Vec<_>>())?;
        }
        Ok(())
    }

    /// What cannot be read now is read at the next look; the pages say so meanwhile.
    fn look_at(
        &self,
        project: ProjectId,
        repository: Repository<'_>,
        cases: &[&(Case, Terms)],
    ) -> std::result::Result<(), EngineError> {
        let Ok(path) = self.ports.repositories.public(repository) else { return Ok(()) };
        let key = |case: CaseId| (project, case, repository.name.to_owned());
        let mut known = locked(&self.lookout.mirrors);
        let lasts: Vec<_> = cases.iter().map(|(case, _)| known.remove(&key(case.id))).collect();
        drop(known);
        let last = lasts.iter().flatten().next().map(|look| &*look.mirror);
        let Some(mirror) = Mirror::at(path, last).map(Arc::new) else { return Ok(()) };
        let (mut looks, mut watchers) = (Vec::new(), Vec::new());
        for ((case, terms), last) in cases.iter().zip(lasts) {
            match last.filter(|last| last.terms == *terms) {
                Some(same) if same.mirror == mirror => looks.push((case, same)),
                before => watchers.push(Watcher::new(case, terms, before)),
            }
        }
        let read = &self.lookout.histories;
        if let Ok(taken) = Look::take(repository.name, &mirror, watchers, read) {
            looks.extend(taken);
        }
        for (case, mut look) in looks {
            // Remembered only once it is told: what a failing store did not take is found again.
            let found = std::mem::take(&mut look.left);
            look.left = self.tell(case.clone(), found)?;
            look.left.truncate(MOST_LEFT);
            locked(&self.lookout.mirrors).insert(key(case.id), look);
        }
        Ok(())
    }
}

impl Lookout {
    /// Of cases that need no looking out any more, nothing is kept.
    fn remember(&self, project: ProjectId, cases: &[(Case, Terms)]) {
        let still = |case| cases.iter().any(|(known, _)| known.id == case);
        locked(&self.mirrors).retain(|(of, case, _), _| *of != project || still(*case));
    }
}

impl<'a> Watcher<'a> {
    fn new(case: &'a Case, terms: &'a Terms, before: Option<Look>) -> Self {
        let listener = Listener::new(terms);
        Self { case, terms, listener, before, found: Vec::new() }
    }

    /// What is left out of the commits that are read.
    fn read(&self) -> Option<Arc<BTreeSet<Oid>>> {
        let tips = &self.before.as_ref()?.tips;
        (tips.len() <= MOST_TIPS).then(|| Arc::clone(tips))
    }

    fn knows_tag(&self, tag: &Oid) -> bool {
        self.before.as_ref().is_some_and(|last| last.tags.contains(tag))
    }

    fn add(&mut self, at: [&str; 3], rules: BTreeSet<String>, place: &str) {
        if !rules.is_empty() {
            let [repository, ..] = at;
            let place = format!("{repository}: {place}");
            let (spot, key) = (Spot::Repository, at.map(ToOwned::to_owned).into());
            self.found.push(Found { spot, key, place, rules, evidence: None });
        }
    }

    fn hear(&mut self, at: [&str; 3], words: &str, place: &str) {
        let rules = self.listener.rules(words);
        self.add(at, rules, place);
    }
}

impl Look {
    /// Looks for all of them at once: every tag and commit is read once for all to whom it is new.
    fn take<'a>(
        repository: &str,
        mirror: &Arc<Mirror>,
        mut watchers: Vec<Watcher<'a>>,
        histories: &AtomicUsize,
    ) -> Result<Vec<(&'a Case, Self)>> {
        if watchers.is_empty() {
            return Ok(Vec::new());
        }
        let repo = mirror.repo();
        let refs = repo.refs()?;
        let branches = refs.branches.iter().map(|branch| ("branch", &branch.name));
        let tags = refs.tags.iter().map(|tag| &tag.name).chain(&refs.strange_tags);
        for (what, name) in branches.chain(tags.map(|name| ("tag", name))) {
            for watcher in &mut watchers {
                let place = format!("the name of a {what}");
                watcher.hear([repository, what, name], name, &place);
            }
        }
        let tags = Arc::new(tag_messages(repository, repo, &refs, &mut watchers)?);
        for (read, mut group) in groups(&mut watchers) {
            histories.fetch_add(1, Ordering::Relaxed);
            each_new_commit(repository, repo, read.as_deref(), &mut group)?;
        }
        let tips = refs.branches.iter().map(|branch| &branch.tip);
        let tips = tips.chain(refs.tags.iter().map(|tag| &tag.target)).cloned().collect();
        let tips: Arc<BTreeSet<Oid>> = Arc::new(tips);
        let taken = watchers.into_iter().map(|watcher| {
            let waited = watcher.before.map(|last| last.left).unwrap_or_default();
            let left = [watcher.found, waited].concat();
            let (mirror, terms) = (Arc::clone(mirror), watcher.terms.clone());
            let (tips, tags) = (Arc::clone(&tips), Arc::clone(&tags));
            (watcher.case, Self { mirror, terms, tips, tags, left })
        });
        Ok(taken.collect())
    }
}

/// Those who have read the same, together: a history is read once for each of these.
fn groups<'w, 'a>(
    watchers: &'w mut [Watcher<'a>],
) -> BTreeMap<Option<Arc<BTreeSet<Oid>>>, Vec<&'w mut Watcher<'a>>> {
    let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for watcher in watchers {
        groups.entry(watcher.read()).or_default().push(watcher);
    }
    groups
}

/// Hears what annotated tags say, as far as it is new, and tells which there are.
fn tag_messages(
    repository: &str,
    repo: &Repo,
    refs: &Refs,
    watchers: &mut [Watcher<'_>],
) -> Result<BTreeSet<Oid>> {
    let mut tags = BTreeSet::new();
    let mut objects = repo.objects()?;
    for tag in refs.tags.iter().filter(|tag| tag.annotated) {
        tags.insert(tag.object.clone());
        if watchers.iter().all(|watcher| watcher.knows_tag(&tag.object)) {
            continue;
        }
        let mut words = String::new();
        objects.stored(&tag.object, |piece| words = said(piece.bytes))?;
        let place = format!("the message of a tag, {}", tag.object);
        for watcher in watchers.iter_mut().filter(|watcher| !watcher.knows_tag(&tag.object)) {
            watcher.hear([repository, "tag message", tag.object.as_str()], &words, &place);
        }
    }
    Ok(tags)
}

/// Hears the commits that are new to a group: which rules, and in which of their parts.
fn each_new_commit(
    repository: &str,
    repo: &Repo,
    read: Option<&BTreeSet<Oid>>,
    group: &mut [&mut Watcher<'_>],
) -> Result<()> {
    let mut look = |range: &Range| {
        repo.each_change(range, |commit, patch| {
            let (oid, words) = (commit.oid.as_str(), commit_words(&commit, patch));
            for watcher in group.iter_mut() {
                let findings = watcher.listener.0.commit(&words);
                let rules = telling(&findings);
                let parts = findings.iter().map(|finding| part(finding.place.part.as_deref()));
                let parts: Vec<_> = parts.collect::<BTreeSet<_>>().into_iter().collect();
                let place = format!("commit {oid}, in its {}", parts.join(" and its "));
                watcher.add([repository, "commit", oid], rules, &place);
            }
        })
    };
    let latest = Range { most: Some(FIRST), ..Range::everything(&[]) };
    match read {
        None => look(&latest),
        // What was read may be gone from the mirror, so that git cannot leave it out.
        Some(read) => {
            let without = read.iter().cloned().collect();
            let new = Range { without, ..Range::everything(&[]) };
            look(&new).or_else(|_| look(&latest))
        }
    }
}

/// Which part of a commit; a path may hold what must not be said, and so is none.
fn part(place: Option<&str>) -> &'static str {
    match place.and_then(|place| place.split_once(':')).map(|(_, part)| part) {
        Some("message") => "message",
        Some("author" | "committer") => "people",
        Some("file") => "file names",
        _ => "changes",
    }
}
