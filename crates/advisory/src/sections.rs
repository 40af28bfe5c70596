//! What a mail about an advisory can say, paragraph by paragraph.
//!
//! Data for templates, which live elsewhere and may be re-worded by an operator. Must not greet,
//! sign, or add an embargo note.

use jiff::{Timestamp, tz::TimeZone};

use crate::affected::{Affected, LineStanding, Stage};
use crate::audience::{Audience, Reader, Shown, Withhold};
use crate::credit::Credit;
use crate::document::{Advisory, Vulnerability};
use crate::text::{debug_without_content, paragraph};
use crate::version::{Range, Version};

/// The paragraphs, each absent where the advisory has nothing to say.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Sections {
    /// The public title.
    pub title: Option<String>,
    /// What is wrong.
    pub description: Option<String>,
    /// Which versions have it, which lines do not and why.
    pub versions_affected: Option<String>,
    /// How an attacker gets at it.
    pub attack_vectors: Option<String>,
    /// What helps those who cannot upgrade yet.
    pub workarounds: Option<String>,
    /// Which patch releases come, or came, and when all becomes public.
    pub next_step: Option<String>,
    /// Who is thanked, one a line.
    pub credits: Option<String>,
    /// The ids, unless withheld.
    pub ids: Vec<String>,
}

debug_without_content!(Sections);

impl Sections {
    /// The paragraphs for one audience.
    ///
    /// At [`Stage::Planned`], `disclosure` is the instant at which all becomes public; without
    /// it the releases are named and no date is.
    #[must_use]
    pub fn of(
        advisory: &Advisory,
        audience: Audience,
        withhold: Withhold,
        stage: Stage,
        disclosure: Option<Timestamp>,
    ) -> Self {
        // Only the public reads at the disclosure; everybody else reads as soon as it is sent.
        let at = disclosure.filter(|_| audience == Audience::Public);
        let shown = advisory.for_audience(&Reader { audience, at, withhold });
        Self::of_shown(&shown, stage, disclosure)
    }

    /// The paragraphs of what somebody may see.
    #[must_use]
    pub fn of_shown(shown: &Shown, stage: Stage, disclosure: Option<Timestamp>) -> Self {
        let Advisory {
            title,
            working_title: _,
            summary,
            details,
            impact,
            attack_vectors,
            workarounds,
            vulnerabilities,
            credits,
            references: _,
            ghsa,
            aliases: _,
            related: _,
            packages: _,
            timeline: _,
            holds: _,
        } = shown.advisory();
        let own = |text: &Option<String>| paragraph(text.as_deref()).map(ToOwned::to_owned);
        let cves = vulnerabilities.iter().filter_map(|vulnerability| vulnerability.cve);
        Self {
            title: own(title),
            description: joined([summary, details, impact].into_iter().filter_map(own), "\n\n"),
            versions_affected: versions_affected(vulnerabilities, stage),
            attack_vectors: own(attack_vectors),
            workarounds: own(workarounds),
            next_step: next_step(vulnerabilities, stage, disclosure),
            credits: joined(credits.iter().map(Credit::display_name), "\n"),
            ids: cves
                .map(|id| id.to_string())
                .chain(ghsa.iter().map(ToString::to_string))
                .collect(),
        }
    }
}

fn joined(parts: impl Iterator<Item = String>, between: &str) -> Option<String> {
    let parts: Vec<String> = parts.collect();
    (!parts.is_empty()).then(|| parts.join(between))
}

fn packages(vulnerabilities: &[Vulnerability]) -> impl Iterator<Item = &Affected> {
    vulnerabilities.iter().flat_map(|vulnerability| &vulnerability.affected)
}

/// What is known of a line: which versions have the vulnerability and which one mends it, or why
/// none does.
pub(crate) enum Row<'a> {
    Affected { line: &'a str, range: Range, fixed: Option<&'a Version> },
    Spared { line: &'a str, why: &'a str },
}

/// The lines of a package, those that are affected first.
pub(crate) fn rows(package: &Affected, stage: Stage) -> impl Iterator<Item = Row<'_>> {
    let affected = package.ranges(stage).into_iter();
    let affected = affected.map(|(line, range, fixed)| Row::Affected { line, range, fixed });
    let spared = package.lines.iter().filter_map(|line| match &line.standing {
        LineStanding::NotAffected { justification, statement } => {
            let why = statement.as_deref().unwrap_or(justification.in_words());
            Some(Row::Spared { line: &line.line, why })
        }
        LineStanding::Affected(_) => None,
    });
    affected.chain(spared)
}

fn versions_affected(vulnerabilities: &[Vulnerability], stage: Stage) -> Option<String> {
    let package = |package: &Affected| {
        let rows = rows(package, stage).map(|row| match row {
            Row::Affected { line, range, fixed: Some(fixed) } => {
                format!("{line}: {}; fixed in {fixed}", range.in_words())
            }
            Row::Affected { line, range, fixed: None } => {
                format!("{line}: {}; no fix", range.in_words())
            }
            Row::Spared { line, why } => format!("{line}: not affected, {why}"),
        });
        joined(rows, "\n").map(|lines| format!("{}\n{lines}", package.name))
    };
    joined(packages(vulnerabilities).filter_map(package), "\n\n")
}

/// Versions that several vulnerabilities share are named once, in their order.
fn next_step(
    vulnerabilities: &[Vulnerability],
    stage: Stage,
    disclosure: Option<Timestamp>,
) -> Option<String> {
    let mut fixed: Vec<_> = packages(vulnerabilities)
        .flat_map(|package| package.ranges(stage))
        .filter_map(|(_, _, fixed)| fixed)
        .collect();
    fixed.sort();
    fixed.dedup();
    let releases = joined(fixed.into_iter().map(ToString::to_string), ", ");
    let instant =
        disclosure.map(|at| at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M UTC").to_string());
    match (stage, releases, instant) {
        (Stage::Released, Some(releases), _) => Some(format!("Released: {releases}.")),
        (Stage::Released, None, _) | (Stage::Planned, None, None) => None,
        (Stage::Planned, Some(releases), Some(instant)) => {
            Some(format!("Patch releases {releases} are planned. All becomes public on {instant}."))
        }
        (Stage::Planned, Some(releases), None) => {
            Some(format!("Patch releases {releases} are planned."))
        }
        (Stage::Planned, None, Some(instant)) => Some(format!("All becomes public on {instant}.")),
    }
}
