//! The history of a document: its versions, dates and status.

use std::borrow::Cow;
use std::cmp::Ordering;

use jiff::Timestamp;

use super::CsafVersion;
use super::dates::moment;
use crate::check::Report;
use crate::check::json::Json;

/// A version of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Number {
    /// Counted.
    Integer(u64),
    /// By Semantic Versioning.
    Semantic(semver::Version),
}

impl Number {
    /// Reads a version. A part beyond 64 bits is none here, though the schema would take it.
    pub(super) fn read(text: &str) -> Option<Self> {
        if text.contains('.') {
            return text.parse().ok().map(Self::Semantic);
        }
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let plain = digits && (text == "0" || !text.starts_with('0'));
        text.parse().ok().filter(|_| plain).map(Self::Integer)
    }

    fn major(&self) -> u64 {
        match self {
            Self::Integer(number) => *number,
            Self::Semantic(version) => version.major,
        }
    }

    fn is_prerelease(&self) -> bool {
        matches!(self, Self::Semantic(version) if !version.pre.is_empty())
    }

    /// Of two kinds, which rule 6.1.30 refuses, a counted one stands for the first of its major
    /// number.
    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Integer(one), Self::Integer(other)) => one.cmp(other),
            (one, other) => one.as_semantic().cmp_precedence(&other.as_semantic()),
        }
    }

    fn as_semantic(&self) -> Cow<'_, semver::Version> {
        match self {
            Self::Integer(number) => Cow::Owned(semver::Version::new(*number, 0, 0)),
            Self::Semantic(version) => Cow::Borrowed(version),
        }
    }
}

struct Revision<'j> {
    place: usize,
    at: Timestamp,
    text: &'j str,
    number: Number,
}

pub(super) fn look(head: &Json<'_>, version: CsafVersion, report: &mut Report) {
    let Some(tracking) = head.get("tracking") else { return };
    let mut history: Vec<Revision<'_>> = tracking
        .list("revision_history")
        .filter_map(|(place, revision)| {
            let at = moment(revision.text_of("date")?)?;
            let text = revision.text_of("number")?;
            Some(Revision { place, at, text, number: Number::read(text)? })
        })
        .collect();
    // At one instant, several versions follow their numbers.
    history.sort_by(|one, other| {
        one.at.cmp(&other.at).then_with(|| one.number.compare(&other.number))
    });
    ordered(&history, report);
    if version == CsafVersion::V2_1 {
        for pair in history.windows(2) {
            let [one, other] = pair else { continue };
            if one.at == other.at {
                report.warning(
                    "csaf 6.2.21",
                    at(other, "date"),
                    "another revision has the same date",
                    "Each revision has a moment of its own.",
                );
            }
        }
    }
    let status = tracking.text_of("status").unwrap_or_default();
    if let Some(number) = tracking.text_of("version").and_then(Number::read) {
        latest(&number, status, &history, report);
    }
    unreleased(status, &history, report);
    dates(tracking, &history, report);
}

fn at(revision: &Revision<'_>, member: &str) -> String {
    format!("/document/tracking/revision_history/{}/{member}", revision.place)
}

fn ordered(history: &[Revision<'_>], report: &mut Report) {
    let later = |pair: &[Revision<'_>]| match pair {
        [one, other] => one.number.compare(&other.number) == Ordering::Greater,
        _ => false,
    };
    if let Some([_, other]) = history.windows(2).find(|pair| later(pair)) {
        report.error(
            "csaf 6.1.14",
            at(other, "number"),
            "this revision is later than one with a higher number",
            "Dates and numbers must rise together.",
        );
    }
    let mut before: Option<u64> = None;
    for revision in history {
        let major = revision.number.major();
        let follows = match before {
            None => major <= 1,
            Some(before) => major <= before.saturating_add(1),
        };
        if !follows {
            report.error(
                "csaf 6.1.21",
                at(revision, "number"),
                "a revision before this one is missing",
                "Revisions begin with 0 or 1, and (major) numbers leave none out.",
            );
        }
        before = before.max(Some(major));
    }
    for (revision, _) in super::repeated(history.iter().map(|revision| (revision, revision.text))) {
        report.error(
            "csaf 6.1.22",
            at(revision, "number"),
            "this number stands there twice",
            "Each revision has a number of its own.",
        );
    }
}

fn latest(version: &Number, status: &str, history: &[Revision<'_>], report: &mut Report) {
    const AT: &str = "/document/tracking/version";
    let comparable = |number: &Number| match number {
        Number::Semantic(number) => {
            let mut number = number.clone();
            number.build = semver::BuildMetadata::EMPTY;
            if status == "draft" {
                number.pre = semver::Prerelease::EMPTY;
            }
            Number::Semantic(number)
        }
        Number::Integer(_) => number.clone(),
    };
    if let Some(last) = history.last()
        && comparable(&last.number) != comparable(version)
    {
        report.error(
            "csaf 6.1.16",
            AT,
            format!("the latest revision is {}", last.text),
            "The version is the number of the latest revision.",
        );
    }
    if status != "draft" && (version.major() == 0 || version.is_prerelease()) {
        report.error(
            "csaf 6.1.17",
            "/document/tracking/status",
            "a version before the first release is a draft",
            "Set the status to draft, or give the version a released number.",
        );
    }
    if matches!(status, "final" | "interim") && version.is_prerelease() {
        report.error(
            "csaf 6.1.20",
            AT,
            format!("a {status} document has the version of a draft"),
            "Take the pre-release part out.",
        );
    }
    let semantic = |number: &Number| matches!(number, Number::Semantic(_));
    let mixed = history.iter().find(|revision| semantic(&revision.number) != semantic(version));
    if let Some(revision) = mixed {
        report.error(
            "csaf 6.1.30",
            at(revision, "number"),
            "counted and semantic versions stand side by side",
            "Keep to one of the two.",
        );
    }
}

fn unreleased(status: &str, history: &[Revision<'_>], report: &mut Report) {
    for revision in history {
        if matches!(status, "final" | "interim") && revision.number.major() == 0 {
            report.error(
                "csaf 6.1.18",
                at(revision, "number"),
                format!("a {status} document tells of a draft"),
                "Take revisions before the first release out.",
            );
        }
        let Number::Semantic(number) = &revision.number else { continue };
        if !number.pre.is_empty() {
            report.error(
                "csaf 6.1.19",
                at(revision, "number"),
                "a revision has the version of a draft",
                "Tell of released versions alone.",
            );
        }
        if !number.build.is_empty() {
            report.warning(
                "csaf 6.2.4",
                at(revision, "number"),
                "a revision has build metadata",
                "Take what follows the + out.",
            );
        }
    }
}

fn dates(tracking: &Json<'_>, history: &[Revision<'_>], report: &mut Report) {
    let (Some(oldest), Some(newest)) = (history.first(), history.last()) else { return };
    for (rule, member, revision, which) in [
        ("csaf 6.2.5", "initial_release_date", oldest, "first"),
        ("csaf 6.2.6", "current_release_date", newest, "latest"),
    ] {
        let date = tracking.text_of(member).and_then(moment);
        if date.is_some_and(|date| date < revision.at) {
            report.warning(
                rule,
                format!("/document/tracking/{member}"),
                format!("this is before the {which} revision"),
                "Give the date of that revision.",
            );
        }
    }
}
