//! The give-away score: how much a commit looks like the silent fix of a vulnerability to those who
//! watch for them, from its message and from how it came about.
//!
//! Each [`Sign`] that a commit bears, or lacks where others bear it, makes a fix so many times as
//! likely: how often past fixes bear it, over how often the project's ordinary commits do. The
//! first comes from public fixes of other projects and from the project's own, the second from its
//! own history, so that what is everyday there says nothing. A score is no oracle: it says how many
//! of the project's ordinary commits look as much like a fix. It must never block anything.

mod habits;
mod shares;
mod signs;
mod words;

use std::fmt;

pub use habits::Habits;
pub use shares::Shares;
pub use signs::Sign;

use crate::commit::CommitWords;
use crate::finding::{Finding, Place, Rule, Severity};

/// How a commit came about, as everybody can see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// When it was written, in seconds since 1970.
    pub authored: i64,
    /// The author's clock, in minutes east of UTC.
    pub offset: i32,
    /// When it was committed.
    pub committed: i64,
    /// The next release after it, if one was made or is planned.
    pub release: Option<i64>,
    /// The same change was put on another branch within a day.
    pub elsewhere: bool,
}

/// A commit as a stranger sees it at a glance.
#[derive(Clone, Copy)]
pub struct Glance<'a> {
    /// Its words; added lines are not weighed.
    pub words: &'a CommitWords,
    /// How it came about.
    pub circumstances: Circumstances,
}

/// One reason for a score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reason {
    /// Which sign.
    pub sign: Sign,
    /// Whether the commit bears it, or lacks it.
    pub borne: bool,
    /// So many times as likely is a fix, for this reason alone.
    pub times: f64,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sign, borne, times } = self;
        write!(f, "{times:.1}x: {}", sign.words(*borne))
    }
}

/// How much a commit looks like a silent fix.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// The logarithm of all reasons for and against, multiplied; for comparison only.
    pub weight: f64,
    /// The share of the project's ordinary commits that look as much like one; `None` if too few are
    /// known to tell.
    pub share: Option<f64>,
    /// The reasons for it, the weightiest first.
    pub reasons: Vec<Reason>,
}

/// A commit is pointed at if no more than this share of ordinary ones look like it.
const POINTED_AT: f64 = 0.01;
/// So many reasons are told.
const TOLD: usize = 5;

impl Score {
    /// Whether hardly an ordinary commit looks like it.
    #[must_use]
    pub fn stands_out(&self) -> bool {
        self.share.is_some_and(|share| share <= POINTED_AT)
    }

    /// A warning with its reasons, if it stands out.
    #[must_use]
    pub fn finding(&self, oid: &str) -> Option<Finding> {
        let share = self.share.filter(|_| self.stands_out())?;
        let reasons: Vec<String> =
            self.reasons.iter().take(TOLD).map(ToString::to_string).collect();
        let place = Place { part: Some(oid.to_owned()), line: 1, col: 1, bytes: 0..0 };
        Some(Finding {
            rule: Rule::GiveAway,
            severity: Severity::Warn,
            place,
            why: format!(
                "{}: of 1,000 ordinary commits here {:.0} do ({})",
                Rule::GiveAway.why(),
                (share * 1_000.0).ceil(),
                reasons.join("; ")
            )
            .into(),
            excerpt: String::new(),
            suggest: Rule::GiveAway.suggestion(),
        })
    }
}

/// A warning about several tags that become public at once, as when all supported lines get a patch
/// release out of turn. How much it says was not measured.
#[must_use]
pub fn tags(names: &[&str]) -> Option<Finding> {
    let versions = names.iter().filter(|name| name.contains(|c: char| c.is_ascii_digit())).count();
    (versions > 1).then(|| Finding {
        rule: Rule::GiveAway,
        severity: Severity::Warn,
        place: Place { part: Some("push".to_owned()), line: 1, col: 1, bytes: 0..0 },
        why: format!(
            "{versions} versions at once look like patch releases for a vulnerability, unless they \
             were announced"
        )
        .into(),
        excerpt: String::new(),
        suggest: "announce them, or tag them as ordinary releases are",
    })
}
