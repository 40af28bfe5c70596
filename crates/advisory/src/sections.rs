//! What a mail about an advisory can say, paragraph by paragraph.
//!
//! Data for templates, which live elsewhere and may be re-worded by an operator. Must not greet,
//! sign, or add an embargo note.

use jiff::{Timestamp, tz::TimeZone};

use crate::affected::{Affected, LineStanding, Stage};
use crate::audience::{Audience, Withhold};
use crate::credit::Credit;
use crate::document::Advisory;
use crate::text::debug_without_content;

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
        let visible = advisory.visible_to(audience, withhold);
        Self {
            title: text(visible.title.as_ref()),
            description: joined(
                [&visible.summary, &visible.details, &visible.impact]
                    .into_iter()
                    .filter_map(|paragraph| text(paragraph.as_ref())),
                "\n\n",
            ),
            versions_affected: versions_affected(&visible, stage),
            attack_vectors: text(visible.attack_vectors.as_ref()),
            workarounds: text(visible.workarounds.as_ref()),
            next_step: next_step(&visible, stage, disclosure),
            credits: joined(visible.credits.iter().map(Credit::display_name), "\n"),
            ids: ids(&visible),
        }
    }
}

fn text(text: Option<&String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn joined(parts: impl Iterator<Item = String>, between: &str) -> Option<String> {
    let parts: Vec<String> = parts.collect();
    (!parts.is_empty()).then(|| parts.join(between))
}

fn ids(advisory: &Advisory) -> Vec<String> {
    let cves = advisory
        .vulnerabilities
        .iter()
        .filter_map(|vulnerability| vulnerability.cve)
        .map(|cve| cve.to_string());
    cves.chain(advisory.ghsa.iter().map(ToString::to_string)).collect()
}

fn packages(advisory: &Advisory) -> impl Iterator<Item = &Affected> {
    advisory.vulnerabilities.iter().flat_map(|vulnerability| &vulnerability.affected)
}

fn versions_affected(advisory: &Advisory, stage: Stage) -> Option<String> {
    let package = |package: &Affected| {
        let affected = package.ranges(stage).into_iter().map(|(line, range, fixed)| match fixed {
            Some(fixed) => format!("{line}: {}; fixed in {fixed}", range.in_words()),
            None => format!("{line}: {}; no fix", range.in_words()),
        });
        let spared = package.lines.iter().filter_map(|line| match &line.standing {
            LineStanding::NotAffected { justification, statement } => {
                let why = statement.as_deref().unwrap_or(justification.in_words());
                Some(format!("{}: not affected, {why}", line.line))
            }
            LineStanding::Affected(_) => None,
        });
        joined(affected.chain(spared), "\n").map(|lines| format!("{}\n{lines}", package.name))
    };
    joined(packages(advisory).filter_map(package), "\n\n")
}

/// Versions that several vulnerabilities share are named once, in their order.
fn next_step(advisory: &Advisory, stage: Stage, disclosure: Option<Timestamp>) -> Option<String> {
    let mut fixed: Vec<_> = packages(advisory)
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
