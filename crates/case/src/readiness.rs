//! The readiness matrix: how far each supported line, and the default branch, is from a release that
//! has the fix. A pure function of the case.
//!
//! It says what was seen, what somebody told, and what nobody can tell; nothing here is a gate. Which
//! of it a step asks for is the playbook's business.

use advisory::Version;
use serde::Serialize;

use crate::{
    Case, LineKey,
    event::LineVerdict,
    observation::{Artefact, Comparison, Holds, Milestone, Release, ReleaseDetails, TagSignature},
    state::{Fix, Line, Words},
    told::{Subject, Told},
};

/// One line's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness<'a> {
    /// The line.
    pub key: &'a LineKey,
    /// What is known of it.
    pub line: &'a Line,
    /// Where it stands.
    pub standing: Standing,
    /// Every fact; empty where the line gets no fix.
    pub facts: Vec<(Fact, Answer<'a>)>,
}

/// Where a line stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Nobody has judged it.
    Unknown,
    /// The bug is not there.
    NotAffected,
    /// It gets no releases any more.
    EndOfLife,
    /// It has the bug, and no fix that anybody could see.
    Vulnerable,
    /// The fix is on the private branch.
    PreparedPrivately,
    /// The fix is on the public branch, and in no release.
    MergedUntagged,
    /// The fix is on the default branch, which has no releases of its own.
    Merged,
    /// A release has it.
    FixedIn(String),
    /// The newest release has only a part of it.
    Partial {
        /// The release.
        version: String,
        /// Parts that it has: commits, or lines where it has all commits.
        found: usize,
        /// Parts of the fix.
        of: usize,
    },
    /// Somebody took it back.
    Reverted {
        /// The newest release, which lost it; none: the branch did, since its last release.
        version: Option<String>,
        /// By which commits.
        by: Vec<String>,
    },
    /// History says that the newest release has it, and its files say otherwise, and
    /// nothing is known that took it back.
    Mismatch {
        /// The release.
        version: String,
    },
    /// A release is out of which it could not be told.
    Untold {
        /// The release.
        version: String,
    },
    /// A release is out that was to have it, and has nothing of it.
    Missed {
        /// The release.
        version: String,
    },
}

/// Something that has to be so before a line is ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// Somebody said which commits the fix is.
    Declared,
    /// They change the same as those of the default branch.
    Same,
    /// They are on the private branch.
    Private,
    /// Somebody else read them.
    Reviewed,
    /// The project's own tests were run.
    Tested,
    /// They are on the public branch.
    Public,
    /// Commits, changelog and tags give nothing away.
    Words,
    /// A tag has the fix.
    Tagged,
    /// That tag is signed.
    Signed,
    /// What people install was built.
    Built,
    /// The fix was found in it.
    Found,
    /// The release notes are written.
    Noted,
}

/// Whether a fact is so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer<'a> {
    /// It was seen.
    Seen(String),
    /// Somebody told it.
    Told(&'a Told),
    /// It was looked for, and is not so yet.
    NotYet,
    /// Something is wrong.
    Wrong(String),
    /// A person should look.
    Doubtful(String),
    /// Nobody can tell from here, and why.
    Untold(&'static str),
    /// It does not apply here, and why.
    Needless(&'static str),
}

/// The matrix of a case, in the order of its lines' names.
#[must_use]
pub fn matrix(case: &Case) -> Vec<Readiness<'_>> {
    let supported = case.lines.iter().filter(|(_, line)| line.supported);
    supported.map(|(key, line)| row(case, key, line)).collect()
}

fn row<'a>(case: &'a Case, key: &'a LineKey, line: &'a Line) -> Readiness<'a> {
    let patched = matches!(line.verdict, Some(LineVerdict::Patch { .. }));
    let facts = Fact::ALL.into_iter().filter(|_| patched);
    let facts = facts.map(|fact| (fact, fact.answer(case, key, line))).collect();
    Readiness { key, line, standing: Standing::of(line), facts }
}

impl Standing {
    /// Where a line stands.
    #[must_use]
    pub fn of(line: &Line) -> Self {
        match &line.verdict {
            None => return Self::Unknown,
            Some(LineVerdict::NotAffected { .. }) => return Self::NotAffected,
            Some(LineVerdict::EndOfLife { .. }) => return Self::EndOfLife,
            Some(LineVerdict::Patch { .. }) => {}
        }
        if let Some(reverted) = Self::reverted(line) {
            return reverted;
        }
        if let Some(release) = line.lost_in() {
            return Self::released(release);
        }
        if let Some(release) = line.fixed_in() {
            return Self::FixedIn(release.version.clone());
        }
        match line.releases.last() {
            Some(release) => Self::released(release),
            None if !line.fix.public.is_empty() && line.default_branch => Self::Merged,
            None if !line.fix.public.is_empty() => Self::MergedUntagged,
            None if !line.fix.private.is_empty() => Self::PreparedPrivately,
            None => Self::Vulnerable,
        }
    }

    /// What was taken back after it was there.
    fn reverted(line: &Line) -> Option<Self> {
        let (version, by) = match taken_from(line) {
            Some((release, by)) => (Some(release.version.clone()), by),
            None => (None, &line.fix.reverted_by),
        };
        (!by.is_empty()).then(|| Self::Reverted { version, by: by.clone() })
    }

    /// A release that does not hold the whole fix.
    fn released(release: &Release) -> Self {
        let version = release.version.clone();
        if release.contains_fix.is_none() {
            return Self::Untold { version };
        }
        match &release.details {
            Some(ReleaseDetails { commits, reached, .. }) if *reached > 0 && reached < commits => {
                Self::Partial { version, found: *reached, of: *commits }
            }
            Some(ReleaseDetails { lines, found, .. }) if *found > 0 && found < lines => {
                Self::Partial { version, found: *found, of: *lines }
            }
            Some(ReleaseDetails { reached, .. }) if *reached > 0 => Self::Mismatch { version },
            _ => Self::Missed { version },
        }
    }
}

impl Fact {
    /// All, in the order in which a release meets them.
    pub const ALL: [Self; 12] = [
        Self::Declared,
        Self::Same,
        Self::Private,
        Self::Reviewed,
        Self::Tested,
        Self::Public,
        Self::Words,
        Self::Tagged,
        Self::Signed,
        Self::Built,
        Self::Found,
        Self::Noted,
    ];

    /// In a few words, as a heading.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Declared => "Fix declared",
            Self::Same => "Same as on the default branch",
            Self::Private => "On the private branch",
            Self::Reviewed => "Reviewed",
            Self::Tested => "Project's tests run",
            Self::Public => "On the public branch",
            Self::Words => "Public words without hints",
            Self::Tagged => "Tag with the fix",
            Self::Signed => "Tag signed",
            Self::Built => "Artefact built",
            Self::Found => "Fix found in the artefact",
            Self::Noted => "Release notes",
        }
    }

    fn answer<'a>(self, case: &Case, key: &LineKey, line: &'a Line) -> Answer<'a> {
        const NO_RELEASE: Answer<'_> = Answer::Needless("has no release of its own");
        let released =
            matches!(self, Self::Tagged | Self::Signed | Self::Built | Self::Found | Self::Noted);
        if released && line.default_branch {
            return NO_RELEASE;
        }
        match self {
            Self::Declared => commits(&line.fix.declared),
            Self::Same => same(case, key, line),
            Self::Private => private(case, key, line),
            Self::Reviewed => told(line, Milestone::Reviewed),
            Self::Tested => told(line, Milestone::Tested),
            Self::Public if !line.fix.reverted_by.is_empty() => {
                Answer::Wrong(format!("taken back by {}", names(&line.fix.reverted_by)))
            }
            Self::Public => commits(&line.fix.public),
            Self::Words => words(line.words.as_ref()),
            Self::Tagged => tagged(line),
            Self::Signed => signed(line),
            Self::Built => built(line),
            Self::Found => found(line),
            Self::Noted => told(line, Milestone::Noted),
        }
    }
}

fn commits(commits: &[String]) -> Answer<'_> {
    if commits.is_empty() { Answer::NotYet } else { Answer::Seen(names(commits)) }
}

/// A few commits, in few words.
#[must_use]
pub fn names(commits: &[String]) -> String {
    let short = |commit: &String| commit.chars().take(10).collect::<String>();
    match commits {
        [] => String::new(),
        [one] => short(one),
        [one, others @ ..] => format!("{} and {} more", short(one), others.len()),
    }
}

/// A backport by hand may be as right as a pick; a person has to see it.
fn same(case: &Case, key: &LineKey, line: &Line) -> Answer<'static> {
    if line.default_branch {
        return Answer::Needless("is the default branch");
    }
    let original = case.lines.iter().find(|(other, line)| {
        other.repository == key.repository && line.default_branch && line.supported
    });
    let original = original.map(|(_, line)| &line.fix.declared).filter(|of| !of.is_empty());
    let Some(original) = original else {
        return Answer::Untold("no fix is declared on the default branch");
    };
    let Fix { declared, compared, .. } = &line.fix;
    let current = |one: &&Comparison| one.commits == *declared && one.original == *original;
    let Some(Comparison { expected, found, other, .. }) = compared.as_ref().filter(current) else {
        return Answer::NotYet;
    };
    let of = names(original);
    if (found, other) == (expected, &0) {
        return match expected {
            0 => Answer::Untold("it has no lines that could be compared"),
            _ => Answer::Seen(format!("every line of {of}")),
        };
    }
    let and = if *other > 0 { format!(" and {other} of its own") } else { String::new() };
    let differs = format!("adapted: {found} of {expected} lines of {of}{and}");
    if line.milestones.contains_key(&Milestone::Reviewed) {
        Answer::Seen(format!("{differs}; reviewed"))
    } else {
        Answer::Doubtful(format!("{differs}; to be reviewed"))
    }
}

/// A private branch that nobody has named to this house shows nothing; once the fix is public, it is too
/// late. A fork that somebody only told of cannot be read.
fn private<'a>(case: &Case, key: &LineKey, line: &'a Line) -> Answer<'a> {
    let read = case.forge.fork.is_some() && !case.told.contains_key(&Subject::Fork);
    if !line.fix.private.is_empty() {
        commits(&line.fix.private)
    } else if !line.fix.public.is_empty() {
        Answer::Needless("public by now")
    } else {
        match case.private.get(&key.repository) {
            Some(work) if work.branches.contains_key(&key.line) => Answer::NotYet,
            Some(_) => Answer::Untold("no private branch is named for this line"),
            None if read => Answer::NotYet,
            None => Answer::Untold("no private repository is named for this case"),
        }
    }
}

fn told(line: &Line, milestone: Milestone) -> Answer<'_> {
    match line.milestones.get(&milestone) {
        Some(told) => Answer::Told(told),
        None => Answer::Untold("nobody has told"),
    }
}

fn words(words: Option<&Words>) -> Answer<'_> {
    match words {
        None => Answer::NotYet,
        Some(words) if !words.blocks.is_empty() => Answer::Wrong(words.blocks.join("; ")),
        Some(words) if !words.warnings.is_empty() => {
            Answer::Doubtful(format!("look at: {}", words.warnings.join("; ")))
        }
        Some(words) => Answer::Seen(format!("{} read, nothing tells", words.read.len())),
    }
}

/// The newest release, if somebody took the fix back before it, and by what.
fn taken_from(line: &Line) -> Option<(&Release, &Vec<String>)> {
    let version = |release: &&Release| release.version.parse::<Version>().ok();
    let newest = line.releases.iter().max_by_key(version)?;
    let by = newest.details.as_ref().map(|details| &details.reverted_by)?;
    (!by.is_empty()).then_some((newest, by))
}

/// The release that counts: one that lost the fix, the first with it, or else the newest.
fn release(line: &Line) -> Option<&Release> {
    line.lost_in().or_else(|| line.fixed_in()).or_else(|| line.releases.last())
}

fn tagged(line: &Line) -> Answer<'_> {
    if let Some((release, by)) = taken_from(line) {
        return Answer::Wrong(format!("{}: taken back by {}", release.version, names(by)));
    }
    match release(line) {
        None => Answer::NotYet,
        Some(release) => match release.contains_fix {
            Some(true) => Answer::Seen(format!("{} contains the fix", release.version)),
            Some(false) => Answer::Wrong(format!("{} does not contain the fix", release.version)),
            None => Answer::Doubtful(format!("{}: not to be told", release.version)),
        },
    }
}

fn signed(line: &Line) -> Answer<'_> {
    let seen = |kind: &str| Answer::Seen(format!("signed with {kind}, not verified"));
    let Some(release) = release(line) else { return Answer::NotYet };
    match release.details.as_ref().map(|details| details.signature) {
        None => Answer::Untold("nobody has looked"),
        Some(TagSignature::Openpgp) => seen("OpenPGP"),
        Some(TagSignature::Ssh) => seen("SSH"),
        Some(TagSignature::X509) => seen("a certificate"),
        Some(TagSignature::None) => Answer::Doubtful("not signed".into()),
        Some(TagSignature::Lightweight) => {
            Answer::Doubtful("not signed: the tag is only a name".into())
        }
    }
}

/// What was built of a release, as far as this house is shown it.
fn artefacts(line: &Line) -> Option<&[Artefact]> {
    release(line)?.details.as_ref()?.artefacts.as_deref()
}

fn built(line: &Line) -> Answer<'_> {
    match (artefacts(line), line.milestones.get(&Milestone::Built)) {
        (Some([one]), _) => Answer::Seen(one.name.clone()),
        (Some([one, others @ ..]), _) => {
            Answer::Seen(format!("{} and {} more", one.name, others.len()))
        }
        (_, Some(told)) => Answer::Told(told),
        (Some([]), None) => Answer::NotYet,
        (None, None) => Answer::Untold("nobody has told"),
    }
}

fn found(line: &Line) -> Answer<'_> {
    let lacks = |artefact: &Artefact| match &artefact.holds {
        Holds::Nothing => Some(format!("{} does not have it", artefact.name)),
        Holds::Some { found, expected } => {
            Some(format!("{} has {found} of its {expected} changes", artefact.name))
        }
        Holds::All | Holds::Untold { .. } => None,
    };
    let untold = |artefact: &Artefact| match &artefact.holds {
        Holds::Untold { why } => Some(format!("{}: {why}", artefact.name)),
        _ => None,
    };
    let all = |of: &dyn Fn(&Artefact) -> Option<String>, artefacts: &[Artefact]| {
        artefacts.iter().filter_map(of).collect::<Vec<_>>().join("; ")
    };
    match artefacts(line) {
        None => Answer::Untold("no artefact is shown to this house"),
        Some([]) => Answer::NotYet,
        Some(artefacts) => match (all(&lacks, artefacts), all(&untold, artefacts)) {
            (wrong, _) if !wrong.is_empty() => Answer::Wrong(wrong),
            (_, untold) if !untold.is_empty() => Answer::Doubtful(untold),
            _ => Answer::Seen(format!("in all of {}", artefacts.len())),
        },
    }
}
