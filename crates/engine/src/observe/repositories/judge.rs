//! Reading the mirrors: where the fix is, which releases hold it, and what is said of it in public.

use advisory::Version;
use case::observation::{Comparison, Observation, Place, Release, ReleaseDetails, TagSignature};
use discretion::{CommitWords, Guard, Severity, Terms};
use git::{Oid, Repo, Signed, Survey};
use jiff::Timestamp;
use lineage::{FixEvidence, LineCount, Result, Seeker, TagScheme, Verdict};

use super::{Look, Mirror, Wanted, built::Built};
use crate::glances::commit_words;

/// What differs from what the case has recorded.
pub(super) struct Shown {
    pub(super) news: Vec<Observation>,
    /// Everything could be read.
    pub(super) whole: bool,
}

impl Look {
    pub(super) fn read(&self, now: Timestamp) -> Shown {
        let mut shown = Shown { news: Vec::new(), whole: true };
        shown.private(self);
        shown.public(self, now);
        shown.compare(self);
        shown
    }
}

impl Shown {
    /// A line that cannot be read must not hide the others.
    fn take(&mut self, found: Result<Option<Observation>>) {
        self.whole &= found.is_ok();
        self.news.extend(found.ok().flatten());
    }

    fn open<'a>(&mut self, mirror: Option<&'a Mirror>) -> Option<Reading<'a>> {
        let reading = mirror.and_then(|mirror| Reading::new(&mirror.repo).ok());
        self.whole &= reading.is_some();
        reading
    }

    /// Fixes that are not public yet.
    fn private(&mut self, look: &Look) {
        let hidden = |wanted: &&Wanted| wanted.line.fix.public != wanted.line.fix.declared;
        let hidden: Vec<&Wanted> = look.question.lines.iter().filter(hidden).collect();
        if look.forked
            && !look.out_of_reach
            && !hidden.is_empty()
            && let Some(reading) = self.open(look.private.as_ref())
        {
            for wanted in hidden {
                self.take(reading.prepared(wanted));
            }
        }
    }

    /// Backports against the original, wherever both can be read.
    fn compare(&mut self, look: &Look) {
        let original = look.question.lines.iter().find(|wanted| wanted.line.default_branch);
        let Some(original) = original else { return };
        let mirrors = || look.public.iter().chain(&look.private);
        for wanted in look.question.lines.iter().filter(|wanted| !wanted.line.default_branch) {
            let compared = mirrors().map(|mirror| wanted.compared(&mirror.repo, original));
            let compared = compared.reduce(|a, b| if matches!(a, Ok(None)) { b } else { a });
            self.take(compared.unwrap_or(Ok(None)));
        }
    }

    fn public(&mut self, look: &Look, now: Timestamp) {
        let Some(reading) = self.open(look.public.as_ref()) else { return };
        let private = look.private.as_ref().map(|mirror| &mirror.repo);
        let Ok(mut seeker) = Seeker::new(reading.repo, &reading.survey, private) else {
            self.whole = false;
            return;
        };
        let all_there = private.is_some() || !look.forked;
        for wanted in &look.question.lines {
            self.take(reading.published(wanted));
            self.take(reading.reverted(wanted, &mut seeker));
            for release in reading.releases(wanted) {
                let judged = Judged::of(&mut seeker, &release, &wanted.declared(), all_there);
                self.whole &= judged.sure;
                let details = reading.details(&release, &judged, wanted, look.built.as_ref());
                let details = details.and_then(|details| {
                    let reverted_by = match judged.contains_fix {
                        Some(false) => reading.taken_back(&release.commit, wanted, &mut seeker)?,
                        _ => Vec::new(),
                    };
                    Ok(ReleaseDetails { reverted_by, ..details })
                });
                self.whole &= details.is_ok();
                self.news.extend(wanted.release(&release, judged, details.ok(), now));
            }
            self.news.extend(reading.withdrawn(wanted));
            self.take(reading.words(wanted, &look.question.terms));
        }
    }
}

/// A mirror while it is read.
struct Reading<'a> {
    repo: &'a Repo,
    survey: Survey,
    scheme: TagScheme,
}

impl<'a> Reading<'a> {
    fn new(repo: &'a Repo) -> Result<Self> {
        let survey = repo.survey(&[])?;
        let scheme = TagScheme::guess(survey.refs.tags.iter().map(|tag| tag.name.as_str()));
        Ok(Self { repo, survey, scheme })
    }

    /// The declared commits, once all of them are on the line's public branch.
    fn published(&self, wanted: &Wanted) -> Result<Option<Observation>> {
        let fix = &wanted.line.fix;
        if fix.public == fix.declared || !self.holds(&wanted.branch, &wanted.declared())? {
            return Ok(None);
        }
        let (line, commits) = (wanted.key.clone(), fix.declared.clone());
        Ok(Some(Observation::Fix { line, commits, place: Place::Public }))
    }

    /// The declared commits, as long as all of them are on the line's private branch. What is private
    /// may be written anew until it is right.
    fn prepared(&self, wanted: &Wanted) -> Result<Option<Observation>> {
        let fix = &wanted.line.fix;
        let there = match &wanted.private {
            Some(branch) => self.holds(branch, &wanted.declared())?,
            None => false,
        };
        let commits = if there { fix.declared.clone() } else { Vec::new() };
        let (line, place) = (wanted.key.clone(), Place::Private);
        Ok((commits != fix.private).then_some(Observation::Fix { line, commits, place }))
    }

    /// Whether a branch has all of these commits.
    fn holds(&self, branch: &str, commits: &[Oid]) -> Result<bool> {
        let Survey { refs, history, .. } = &self.survey;
        let branch = refs.branches.iter().find(|known| known.plain() == branch);
        let Some(branch) = branch else { return Ok(false) };
        let Some(tip) = history.rank(&branch.tip)? else { return Ok(false) };
        let mut ranks = Vec::new();
        for commit in commits {
            // Otherwise it has not been pushed here.
            let Some(rank) = history.rank(commit)? else { return Ok(false) };
            ranks.push(rank);
        }
        let lanes = history.lanes(&ranks);
        Ok((0..ranks.len()).all(|commit| lanes.contains(tip, commit)))
    }

    /// Whether the fix, once it was on the line's branch, was taken back there.
    fn reverted(&self, wanted: &Wanted, seeker: &mut Seeker<'_>) -> Result<Option<Observation>> {
        let mut branches = self.survey.refs.branches.iter();
        let Some(branch) = branches.find(|branch| branch.plain() == wanted.branch) else {
            return Ok(None);
        };
        let by = self.taken_back(&branch.tip, wanted, seeker)?;
        let line = wanted.key.clone();
        let news = by != wanted.line.fix.reverted_by;
        Ok(news.then_some(Observation::Reverted { line, by }))
    }

    /// What took the fix back before a commit whose history has it. Messages of a whole history are
    /// read for that, and so only where the files lack something of it.
    fn taken_back(
        &self,
        at: &Oid,
        wanted: &Wanted,
        seeker: &mut Seeker<'_>,
    ) -> Result<Vec<String>> {
        let declared = wanted.declared();
        let mut lacking = false;
        for commit in &declared {
            let FixEvidence { history, lines, .. } = seeker.seek(at, commit, &[])?;
            if history.is_none() {
                return Ok(Vec::new());
            }
            lacking |= lines.found < lines.expected;
        }
        if !lacking {
            return Ok(Vec::new());
        }
        let by = lineage::taken_back(self.repo, &self.survey, &declared, at)?;
        Ok(by.iter().map(Oid::to_string).collect())
    }

    /// Releases of a line, oldest first; the default branch has none.
    fn releases(&self, wanted: &Wanted) -> Vec<lineage::Release> {
        let mut releases = self.scheme.releases(&self.survey.refs.tags);
        releases.retain(|release| {
            !wanted.line.default_branch && release.minor().to_string() == wanted.key.line
        });
        releases.reverse();
        releases
    }

    /// Releases whose tags are there no more: of them nothing can be told now.
    fn withdrawn(&self, wanted: &Wanted) -> Vec<Observation> {
        let there = |known: &Release| self.survey.refs.tags.iter().any(|tag| tag.name == known.tag);
        let gone = wanted.line.releases.iter().filter(|known| !there(known));
        let told = gone.filter(|known| known.contains_fix.is_some()).map(|known| {
            let evidence = format!("the tag {} is there no more", known.tag);
            let release = Release { contains_fix: None, evidence, details: None, ..known.clone() };
            Observation::Release { line: wanted.key.clone(), release }
        });
        told.collect()
    }

    /// What a release shows beside its verdict.
    fn details(
        &self,
        release: &lineage::Release,
        judged: &Judged,
        wanted: &Wanted,
        built: Option<&Built>,
    ) -> Result<ReleaseDetails> {
        let tag = self.survey.refs.tags.iter().find(|tag| tag.name == release.tag);
        let signed = match tag {
            Some(tag) if tag.annotated => self.repo.objects()?.signed(&tag.object)?,
            _ => Signed::Lightweight,
        };
        let declared = wanted.declared();
        Ok(ReleaseDetails {
            commits: declared.len(),
            reached: judged.reached,
            lines: judged.lines.expected,
            found: judged.lines.found,
            signature: match signed {
                Signed::Lightweight => TagSignature::Lightweight,
                Signed::Not => TagSignature::None,
                Signed::OpenPgp => TagSignature::Openpgp,
                Signed::Ssh => TagSignature::Ssh,
                Signed::X509 => TagSignature::X509,
            },
            reverted_by: Vec::new(),
            artefacts: built.map(|built| built.look(self.repo, &release.tag, &declared)),
        })
    }

    /// The guard's word on all that is public about a line's fix.
    fn words(&self, wanted: &Wanted, terms: &Terms) -> Result<Option<Observation>> {
        let line = &wanted.line;
        if line.fix.public.is_empty() {
            return Ok(None);
        }
        let tags: Vec<String> = line.releases.iter().map(|r| r.tag.clone()).collect();
        let read: Vec<String> = line.fix.public.iter().chain(&tags).cloned().collect();
        let (mut blocks, mut warnings) = (Vec::new(), Vec::new());
        let mut objects = self.repo.objects()?;
        let guard = Guard::new(terms);
        for commit in &line.fix.public {
            let oid = commit.parse()?;
            let found = objects.commit(&oid)?;
            let words = CommitWords {
                branch: Some(wanted.branch.clone()),
                tags: tags.clone(),
                files: self.repo.changed_files(&oid)?,
                ..commit_words(&found, self.repo.patch(&oid)?)
            };
            for finding in guard.commit(&words) {
                let line = format!("{} ({})", finding.rule.why(), finding.place);
                match finding.severity {
                    Severity::Block => blocks.push(line),
                    Severity::Warn => warnings.push(line),
                }
            }
        }
        let known = line.words.as_ref().is_some_and(|words| {
            (&words.read, &words.blocks, &words.warnings) == (&read, &blocks, &warnings)
        });
        let line = wanted.key.clone();
        Ok((!known).then_some(Observation::PublicWords { line, read, blocks, warnings }))
    }
}

impl Wanted {
    fn declared(&self) -> Vec<Oid> {
        self.line.fix.declared.iter().filter_map(|commit| commit.parse().ok()).collect()
    }

    /// The line's fix held against the original, where a mirror has all of both.
    fn compared(&self, repo: &Repo, original: &Self) -> Result<Option<Observation>> {
        let (commits, of) = (&self.line.fix.declared, &original.line.fix.declared);
        let known = self.line.fix.compared.as_ref();
        if known.is_some_and(|known| (&known.commits, &known.original) == (commits, of)) {
            return Ok(None);
        }
        let (ours, theirs) = (self.declared(), original.declared());
        let mut objects = repo.objects()?;
        for commit in ours.iter().chain(&theirs) {
            if !objects.has(commit)? {
                return Ok(None);
            }
        }
        let lineage::Difference { expected, found, other } =
            lineage::difference(repo, &theirs, &ours)?;
        let (commits, original) = (commits.clone(), of.clone());
        let comparison = Comparison { commits, original, expected, found, other };
        Ok(Some(Observation::Compared { line: self.key.clone(), comparison }))
    }

    /// A release that holds the fix, or was planned to; one that is recorded, when it is judged
    /// otherwise than before.
    fn release(
        &self,
        release: &lineage::Release,
        judged: Judged,
        details: Option<ReleaseDetails>,
        now: Timestamp,
    ) -> Option<Observation> {
        let Judged { contains_fix, evidence, sure, .. } = judged;
        let recorded = self.line.releases.iter().find(|known| known.tag == release.tag);
        let version = release.version.to_string();
        let news = if let Some(known) = recorded {
            let other = (known.contains_fix, &known.evidence) != (contains_fix, &evidence);
            sure && (other || details.is_some() && known.details != details)
        } else {
            let planned: Option<Version> = self.planned.as_ref().and_then(|p| p.parse().ok());
            let due = planned.is_some_and(|planned| version.parse().is_ok_and(|v| planned <= v));
            due || contains_fix == Some(true)
        };
        let released_at = recorded.map_or(now, |known| known.released_at);
        let tag = release.tag.clone();
        news.then(|| Observation::Release {
            line: self.key.clone(),
            release: Release { version, tag, contains_fix, evidence, released_at, details },
        })
    }
}

/// Whether a release holds every declared commit, and how that was seen.
struct Judged {
    contains_fix: Option<bool>,
    evidence: String,
    /// Commits of the fix that are in its history.
    reached: usize,
    /// Lines of all of them that are in its files.
    lines: LineCount,
    /// Everything that could tell was there to be read; otherwise another look may say otherwise.
    sure: bool,
}

impl Judged {
    fn of(
        seeker: &mut Seeker<'_>,
        release: &lineage::Release,
        declared: &[Oid],
        all_there: bool,
    ) -> Self {
        let nothing = |contains_fix, evidence, sure| Self {
            contains_fix,
            evidence,
            reached: 0,
            lines: LineCount::default(),
            sure,
        };
        let mut judged = nothing(Some(true), String::new(), true);
        for commit in declared {
            match seeker.seek(&release.commit, commit, &[]) {
                Ok(found) => judged.take(commit, &found, all_there),
                Err(error) => {
                    return nothing(None, error.to_string(), false);
                }
            }
        }
        judged
    }

    fn take(&mut self, commit: &Oid, found: &FixEvidence, all_there: bool) {
        let FixEvidence { history, lines, verdict } = found;
        let is = if history.is_some() { "is" } else { "is not" };
        let compared = match lines.expected {
            0 => String::new(),
            expected => format!("; {} of {expected} lines of it are there", lines.found),
        };
        if !self.evidence.is_empty() {
            self.evidence.push_str("; ");
        }
        for word in [commit.short(), " ", is, " in its history", &compared] {
            self.evidence.push_str(word);
        }
        self.reached += usize::from(history.is_some());
        self.lines.expected += lines.expected;
        self.lines.found += lines.found;
        self.sure &= all_there || history.is_some() || lines.expected > 0;
        if *verdict != Verdict::Contained {
            self.contains_fix = Some(false);
        }
    }
}
