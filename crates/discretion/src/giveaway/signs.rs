//! The signs by which silent fixes have been found.

use super::words::{self, STEMS};
use super::{Circumstances, Glance, habits::Customs};
use crate::commit::CommitWords;

/// Signs that are no words.
pub(super) const PLAIN: usize = 15;
/// All signs: those and a stem each.
pub(super) const ALL: usize = PLAIN + STEMS.len();

const DAY: i64 = 24 * 60 * 60;

/// Something that a commit bears or lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sign(pub(super) usize);

/// A plain sign: its name, and what is said of a commit that bears it and of one that lacks it.
struct Plain(&'static str, &'static str, &'static str);

/// In the order of [`plain`].
static NAMES: [Plain; PLAIN] = [
    Plain("credit", "it says who reported it", "it does not say who reported it"),
    Plain("bounty", "it names a place where reports are paid for", "it names no bounty"),
    Plain("review", "it names its review or its issue", "it names no review, as others do"),
    Plain("closes", "it closes an issue", "it closes no public issue, as others do"),
    Plain("tell-tale", "a tool that merges private fixes wrote it", "no tell-tale"),
    Plain("cherry-pick", "it says what it was picked from", "it is no pick"),
    Plain("chore", "it is a chore by its subject", "it is no chore by its subject"),
    Plain("old", "it was written a week or more before", "it was written just before"),
    Plain("before-release", "a release came within three days", "no release came at once"),
    Plain("elsewhere", "it came on several branches within a day", "it came on one branch only"),
    Plain("source", "it changes the product's source", "it does not touch the product"),
    Plain("test", "it changes tests", "it changes no test, as others do"),
    Plain("crash-file", "a file is named after a crash", "no file is named after a crash"),
    Plain("new-author", "its author is seldom seen here", "its author is known here"),
    Plain("odd-hour", "its author's clock showed an unusual hour", "the hour was a usual one"),
];

impl Sign {
    /// All signs.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..ALL).map(Self)
    }

    /// A short name, for tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match NAMES.get(self.0) {
            Some(Plain(name, ..)) => name,
            None => self.0.checked_sub(PLAIN).and_then(|at| STEMS.get(at)).copied().unwrap_or(""),
        }
    }

    /// Whether it is a word of the message.
    #[must_use]
    pub fn is_word(self) -> bool {
        self.0 >= PLAIN
    }

    pub(super) fn words(self, borne: bool) -> String {
        match (NAMES.get(self.0), borne) {
            (Some(Plain(_, borne, _)), true) => (*borne).to_owned(),
            (Some(Plain(_, _, lacking)), false) => (*lacking).to_owned(),
            (None, true) => format!("it says “{}…”", self.name()),
            (None, false) => format!("it does not say “{}…”", self.name()),
        }
    }
}

/// The signs of one commit, a bit each.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Signs(u128);

impl Signs {
    pub(super) fn of(glance: &Glance<'_>, customs: &Customs) -> Self {
        const { assert!(ALL <= 128) };
        let message = glance.words.message.to_lowercase();
        let mut bits = 0;
        for (at, borne) in plain(glance, &message, customs).into_iter().enumerate() {
            bits |= u128::from(borne) << at;
        }
        Self(bits | words::said(&message) << PLAIN)
    }

    pub(super) fn bears(self, sign: Sign) -> bool {
        self.0 >> sign.0 & 1 == 1
    }
}

fn plain(glance: &Glance<'_>, message: &str, customs: &Customs) -> [bool; PLAIN] {
    let Glance { words, circumstances } = glance;
    let Circumstances { authored, committed, release, elsewhere, .. } = *circumstances;
    let subject = message.lines().next().unwrap_or_default();
    let any_line = |which: fn(&str) -> bool| message.lines().map(str::trim).any(which);
    let any_file = |which: fn(&str) -> bool| words.files.iter().any(|path| which(path));
    [
        any_line(is_credit),
        BOUNTIES.iter().any(|place| message.contains(place)),
        subject.contains("(#") || any_line(is_review) || any_line(is_closing),
        any_line(is_closing),
        is_tell_tale(message),
        ["cherry picked from", "cherry-pick", "backport"].iter().any(|w| message.contains(w)),
        CHORES.iter().any(|chore| subject.starts_with(chore)),
        committed.saturating_sub(authored) >= 7 * DAY,
        release.is_some_and(|at| (0..3 * DAY).contains(&at.saturating_sub(committed))),
        elsewhere,
        any_file(|path| is_source(path) && !is_test(path)),
        any_file(is_test),
        any_file(is_crash),
        customs.is_new(&words.author),
        customs.is_odd(circumstances),
    ]
}

const BOUNTIES: [&str; 5] = ["hackerone.com", "huntr.dev", "huntr.com", "bugcrowd.com", "oss-fuzz"];

const CHORES: [&str; 11] = [
    "revert", "merge", "bump", "release", "doc", "ci", "chore", "build", "test", "update",
    "version",
];

fn is_credit(line: &str) -> bool {
    ["reported", "discovered", "found", "credit"].iter().any(|word| {
        let rest = line.strip_prefix(word).map(|rest| rest.trim_start_matches(['-', ' ', ':']));
        rest.is_some_and(|rest| rest.starts_with("by") || rest.starts_with("to"))
    })
}

fn is_review(line: &str) -> bool {
    ["reviewed-by:", "change-id:", "reviewed-on:", "pull request", "merge-request:", "pr:"]
        .iter()
        .any(|sign| line.starts_with(sign))
        || line.contains("/pull/")
}

fn is_closing(line: &str) -> bool {
    let named = ["closes", "fixes", "fix", "resolves", "bug", "ref"]
        .iter()
        .find_map(|word| line.strip_prefix(word).map(|rest| rest.trim_start_matches([':', ' '])));
    named.is_some_and(|rest| {
        rest.starts_with('#') || (rest.starts_with("http") && rest.contains("/issues/"))
    })
}

/// Written by a forge that merges a private fork, or a link into one.
fn is_tell_tale(message: &str) -> bool {
    message.contains("merge commit from fork")
        || message.contains("merge pull request from ghsa")
        || message.contains("security/advisories/ghsa")
        || message.split_whitespace().any(|word| word.contains("-ghsa-") && word.contains('/'))
}

const SOURCE: [&str; 28] = [
    "c", "h", "cc", "cpp", "cxx", "hpp", "go", "py", "rs", "java", "js", "ts", "tsx", "pl", "pm",
    "rb", "php", "idl", "cs", "swift", "kt", "scala", "m", "ex", "erl", "hs", "lua", "zig",
];

fn is_source(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| SOURCE.contains(&extension))
}

fn is_test(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let of_tests = |folder: &str| {
        matches!(folder, "test" | "tests" | "testing" | "testsuite" | "testdata" | "torture")
            || matches!(folder, "selftest" | "e2e" | "spec")
    };
    folders.split('/').any(of_tests) || name.starts_with("test_") || name.contains("_test.")
}

fn is_crash(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default().to_lowercase();
    ["crash", "poc", "oom", "exploit", "clusterfuzz"].iter().any(|word| {
        let rest = name.strip_prefix(word);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphabetic()))
    })
}

/// The address, or else all of it.
pub(super) fn who(words: &CommitWords) -> &str {
    let author = words.author.as_str();
    author.rsplit_once('<').map_or(author, |(_, address)| address)
}
