//! Who may see which part of an advisory, and from when. The one place where that is decided.
//!
//! Renderers never take an [`Advisory`]: they take a [`Shown`], which only this module makes, so a
//! part that its reader may not see yet is not there to be rendered. Must not look at free text:
//! what slipped into it is for a guard over the finished words to find.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::credit::Credit;
use crate::document::{Advisory, Vulnerability};
use crate::text::debug_without_content;

/// Who reads. Each audience is wider than the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    /// The security team and those it invited to the case.
    Team,
    /// Whoever reported the bug.
    Reporter,
    /// Downstream vendors under embargo.
    Distributors,
    /// Everyone.
    Public,
}

/// Which ids a project keeps out of what leaves the team; policies differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Withhold {
    /// Keep the CVE ids out.
    pub cve: bool,
    /// Keep the GHSA id out.
    pub ghsa: bool,
}

/// A part of an advisory that can be held back by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is the field of the same name")]
pub enum Part {
    Title,
    Summary,
    Details,
    Impact,
    AttackVectors,
    Workarounds,
    Cve,
    Ghsa,
    Aliases,
    Weaknesses,
    Severity,
    /// With the dates of the first ones.
    Exploitation,
    Ssvc,
    DiscoveryDate,
    DisclosureDate,
    Affected,
    Credits,
    References,
    Timeline,
}

/// A part is held back from an audience, and from every wider one, until a moment.
///
/// Holds only ever take away: what the house keeps from an audience anyway, none of them opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// What.
    pub part: Part,
    /// From the narrowest audience that may not see it.
    pub from: Audience,
    /// The earliest moment it may be shown; `None` is never.
    pub until: Option<Timestamp>,
}

/// A reader: who, when, and what the project keeps from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reader {
    /// Who.
    pub audience: Audience,
    /// The moment at which they read, or the planned one of a publication. `None` where it is not
    /// known: then what is held back until some moment is left out.
    pub at: Option<Timestamp>,
    /// Ids that stay with the team.
    pub withhold: Withhold,
}

impl Reader {
    /// The public, at the moment of a publication.
    #[must_use]
    pub fn public(at: Timestamp) -> Self {
        Self { audience: Audience::Public, at: Some(at), withhold: Withhold::default() }
    }

    fn may_see(&self, holds: &[Hold], part: Part) -> bool {
        let withheld = match part {
            Part::Cve => self.withhold.cve,
            Part::Ghsa => self.withhold.ghsa,
            _ => false,
        };
        let mut against =
            holds.iter().filter(|hold| hold.part == part && self.audience >= hold.from);
        let over = |hold: &Hold| match (hold.until, self.at) {
            (Some(until), Some(at)) => at >= until,
            _ => false,
        };
        self.audience == Audience::Team || (!withheld && against.all(over))
    }
}

/// An advisory as one reader may see it: the only thing that a renderer takes.
#[derive(Clone, PartialEq, Eq)]
pub struct Shown {
    advisory: Advisory,
    audience: Audience,
}

debug_without_content!(Shown);

impl Shown {
    /// What there is to see.
    #[must_use]
    pub fn advisory(&self) -> &Advisory {
        &self.advisory
    }

    /// For whom it was made.
    #[must_use]
    pub fn audience(&self) -> Audience {
        self.audience
    }
}

impl Advisory {
    /// The advisory with only those parts that the reader may see. The team sees all.
    ///
    /// Beyond the team there is no working title, no private link, no credit without consent, no
    /// moment or decision that is marked for a narrower audience, and nothing held back.
    #[must_use]
    pub fn for_audience(&self, reader: &Reader) -> Shown {
        let advisory =
            if reader.audience == Audience::Team { self.clone() } else { self.outside(reader) };
        Shown { advisory, audience: reader.audience }
    }

    /// Names every field without `..`, so that a new one cannot be published by default.
    fn outside(&self, reader: &Reader) -> Self {
        let Self {
            title,
            working_title: _,
            summary,
            details,
            impact,
            attack_vectors,
            workarounds,
            vulnerabilities,
            credits,
            references,
            ghsa,
            aliases,
            related,
            packages,
            timeline,
            holds,
        } = self.clone();
        let may = |part| reader.may_see(&holds, part);
        let visible = |part, text: Option<String>| text.filter(|_| may(part));
        Self {
            title: visible(Part::Title, title),
            working_title: None,
            summary: visible(Part::Summary, summary),
            details: visible(Part::Details, details),
            impact: visible(Part::Impact, impact),
            attack_vectors: visible(Part::AttackVectors, attack_vectors),
            workarounds: visible(Part::Workarounds, workarounds),
            vulnerabilities: vulnerabilities
                .into_iter()
                .map(|vulnerability| vulnerability.outside(reader, &holds))
                .collect(),
            credits: kept(credits, may(Part::Credits), Credit::may_be_shown),
            references: kept(references, may(Part::References), |reference| !reference.private),
            ghsa: ghsa.filter(|_| may(Part::Ghsa)),
            // Another catalogue's id may be the CVE id or the GHSA id again.
            aliases: kept(aliases, may(Part::Aliases), |alias| {
                (may(Part::Cve) || !alias.starts_with("CVE-"))
                    && (may(Part::Ghsa) || !alias.starts_with("GHSA-"))
            }),
            related: kept(related, may(Part::Aliases), |_| true),
            packages: kept(packages, may(Part::Affected), |_| true),
            timeline: kept(timeline, may(Part::Timeline), |moment| {
                reader.audience <= moment.widest
            }),
            holds: Vec::new(),
        }
    }
}

impl Vulnerability {
    fn outside(self, reader: &Reader, holds: &[Hold]) -> Self {
        let Self {
            cve,
            cwes,
            vector,
            rating,
            affected,
            scores,
            exploitation,
            ssvc,
            discovery_date,
            disclosure_date,
            first_exploitations,
        } = self;
        let may = |part| reader.may_see(holds, part);
        Self {
            cve: cve.filter(|_| may(Part::Cve)),
            cwes: kept(cwes, may(Part::Weaknesses), |_| true),
            vector: vector.filter(|_| may(Part::Severity)),
            rating: rating.filter(|_| may(Part::Severity)),
            affected: kept(affected, may(Part::Affected), |_| true),
            scores: kept(scores, may(Part::Severity), |_| true),
            exploitation: exploitation.filter(|_| may(Part::Exploitation)),
            ssvc: ssvc.filter(|decision| may(Part::Ssvc) && reader.audience <= decision.widest),
            discovery_date: discovery_date.filter(|_| may(Part::DiscoveryDate)),
            disclosure_date: disclosure_date.filter(|_| may(Part::DisclosureDate)),
            first_exploitations: kept(first_exploitations, may(Part::Exploitation), |_| true),
        }
    }
}

fn kept<T>(mut items: Vec<T>, any: bool, which: impl Fn(&T) -> bool) -> Vec<T> {
    items.retain(|item| any && which(item));
    items
}
