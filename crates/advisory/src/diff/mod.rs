//! What a published copy says otherwise than we do, field by field, in words.
//!
//! Compared is what both sides can hold, so that a right copy has no difference; and what is said
//! differently but means the same is the same: ranges in other notations, the order of lists and of a
//! vector's metrics, white space, the names of ecosystems. Must not decide who is right.

mod dates;
mod held;
mod people;
mod says;
mod texts;
mod versions;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::Serialize;

use crate::affected::{Ecosystem, Package, Stage};
use crate::assessment::Exploitation;
use crate::audience::Shown;
use crate::check::Weight;
use crate::document::{Advisory, Vulnerability};
use crate::read::{Format, Read, Said};
use crate::score::Vector;
use crate::text::debug_without_content;
use held::Target;
use says::Says;

/// The fields that are compared. Their words are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the field of the same name, or says what it is")]
pub enum Field {
    /// Whether it was taken back.
    Withdrawn,
    /// Whether a vulnerability is spoken of at all.
    Vulnerabilities,
    Cve,
    Ghsa,
    Aliases,
    Related,
    Title,
    Summary,
    Details,
    Impact,
    AttackVectors,
    Workarounds,
    Weaknesses,
    /// The vectors.
    Severity,
    Rating,
    Exploitation,
    Ssvc,
    /// Which packages, and what is known of each.
    Packages,
    /// Which versions are affected.
    Ranges,
    /// Which versions have the fix.
    Fixed,
    /// Which versions are not affected, and why.
    NotAffected,
    Credits,
    References,
    Timeline,
    DiscoveryDate,
    DisclosureDate,
    FirstExploitations,
}

impl Field {
    /// The field's name for a reader.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Withdrawn => "withdrawal",
            Self::Vulnerabilities => "vulnerabilities",
            Self::Cve => "CVE id",
            Self::Ghsa => "GHSA id",
            Self::Aliases => "other ids",
            Self::Related => "related ids",
            Self::Title => "title",
            Self::Summary => "summary",
            Self::Details => "description",
            Self::Impact => "impact",
            Self::AttackVectors => "attack vectors",
            Self::Workarounds => "workarounds",
            Self::Weaknesses => "weaknesses",
            Self::Severity => "severity",
            Self::Rating => "rating",
            Self::Exploitation => "exploitation",
            Self::Ssvc => "SSVC decision",
            Self::Packages => "packages",
            Self::Ranges => "affected versions",
            Self::Fixed => "fixed versions",
            Self::NotAffected => "versions that are not affected",
            Self::Credits => "credits",
            Self::References => "links",
            Self::Timeline => "timeline",
            Self::DiscoveryDate => "discovery date",
            Self::DisclosureDate => "disclosure date",
            Self::FirstExploitations => "first exploitations",
        }
    }
}

/// One difference.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Which field.
    pub field: Field,
    /// How much it matters: an error misleads readers, a warning is worth mending, and
    /// information may be left alone.
    pub severity: Weight,
    /// Which package or vulnerability it is about, where there may be several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// What ours says, or the first of two documents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ours: Option<String>,
    /// What the published copy says, or the second of two documents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theirs: Option<String>,
    /// What is different, in words, to be read with the two.
    pub message: String,
}

debug_without_content!(Difference);

/// The whole difference in one line.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.field.in_words())?;
        if let Some(about) = &self.about {
            write!(f, " of {about}")?;
        }
        write!(f, ": {}", self.message)?;
        for (whose, words) in [("ours", &self.ours), ("theirs", &self.theirs)] {
            if let Some(words) = words {
                write!(f, "; {whose}: {words}")?;
            }
        }
        Ok(())
    }
}

/// What a published copy says otherwise than ours, as far as its format can hold it.
///
/// `stage` is the one at which ours was written: which releases may be named.
#[must_use]
pub fn diff(ours: &Shown, stage: Stage, theirs: &Read) -> Vec<Difference> {
    let target = Target::of(theirs);
    let (advisory, said) = target.written(ours.advisory(), stage);
    let one = Side::new(advisory, said, None);
    let (advisory, said) = target.read(theirs);
    let other = Side::new(advisory, said, Some(theirs));
    compared(&one, &other)
}

/// What one document says otherwise than another, as far as both formats can hold it.
#[must_use]
pub fn between(one: &Read, other: &Read) -> Vec<Difference> {
    let (advisory, said) = Target::of(other).read(one);
    let mut first = Side::new(advisory, said, Some(one));
    let (advisory, said) = Target::of(one).read(other);
    let mut second = Side::new(advisory, said, Some(other));
    if (one.format == Format::OpenVex) != (other.format == Format::OpenVex) {
        // What OpenVEX calls an action is a workaround only where there is no fix.
        first.advisory.workarounds = None;
        second.advisory.workarounds = None;
    }
    compared(&first, &second)
}

/// One of the two that are compared, with no more than the other can hold.
struct Side {
    advisory: Advisory,
    /// In the order of the vulnerabilities.
    said: Vec<Said>,
    /// The document's own id.
    id: Option<String>,
    withdrawn: bool,
    /// `None` is an advisory that was not read from a document.
    format: Option<Format>,
    packages: BTreeMap<(Ecosystem, String), Package>,
    aliases: BTreeSet<String>,
}

impl Side {
    fn new(advisory: Advisory, mut said: Vec<Said>, read: Option<&Read>) -> Self {
        said.sort_by_key(|one| one.vulnerability);
        let named = |package: &Package| (package.ecosystem, package.name.clone());
        let packages = advisory.packages.iter().rev().map(|one| (named(one), one.clone()));
        let packages = packages.collect();
        let aliases = advisory.aliases.iter().cloned().collect();
        Self {
            advisory,
            said,
            id: read.and_then(|read| read.id.clone()),
            withdrawn: read.is_some_and(|read| read.withdrawn),
            format: read.map(|read| read.format),
            packages,
            aliases,
        }
    }

    /// What is said of one vulnerability.
    fn said_of(&self, number: usize) -> &[Said] {
        let from = self.said.partition_point(|one| one.vulnerability < number);
        let to = self.said.partition_point(|one| one.vulnerability <= number);
        self.said.get(from..to).unwrap_or_default()
    }

    fn holds_one(&self) -> bool {
        matches!(self.format, Some(Format::Ghsa | Format::Cve | Format::Osv))
    }
}

fn compared(one: &Side, other: &Side) -> Vec<Difference> {
    let mut says = Says::default();
    if one.withdrawn != other.withdrawn {
        let word = |withdrawn| if withdrawn { "withdrawn" } else { "in force" };
        says.otherwise(Field::Withdrawn, Weight::Error, word(one.withdrawn), word(other.withdrawn));
        let mute = [Some(Format::Cve), Some(Format::Csaf)];
        if [one, other].iter().any(|side| side.withdrawn && mute.contains(&side.format)) {
            // A rejected or withdrawn one says nothing else any more.
            return says.end();
        }
    }
    names(one, other, &mut says);
    texts::look(&one.advisory, &other.advisory, &mut says);
    people::credits(one, other, &mut says);
    people::references(one, other, &mut says);
    people::timeline(&one.advisory, &other.advisory, &mut says);
    vulnerabilities(one, other, &mut says);
    says.end()
}

/// Names other than CVE ids, which belong to the vulnerabilities.
fn names(one: &Side, other: &Side, says: &mut Says) {
    let (ours, theirs) = (&one.advisory, &other.advisory);
    let name = |advisory: &Advisory| advisory.ghsa.as_ref().map(ToString::to_string);
    says.single(Field::Ghsa, Weight::Error, name(ours).as_deref(), name(theirs).as_deref());
    let all = |advisory: &Advisory| {
        let cves = advisory.vulnerabilities.iter().filter_map(|one| one.cve);
        let ghsa = advisory.ghsa.iter().map(ToString::to_string);
        let names: BTreeSet<String> = cves.map(|cve| cve.to_string()).chain(ghsa).collect();
        names
    };
    let ids = [&one.id, &other.id].into_iter().flatten().cloned();
    let own: BTreeSet<String> = all(ours).into_iter().chain(all(theirs)).chain(ids).collect();
    let aliases = |advisory: &Advisory| -> BTreeSet<String> {
        advisory.aliases.iter().filter(|alias| !own.contains(*alias)).cloned().collect()
    };
    says.sets(Field::Aliases, Weight::Warning, &aliases(ours), &aliases(theirs));
    let related = |advisory: &Advisory| advisory.related.iter().cloned().collect();
    says.sets(Field::Related, Weight::Info, &related(ours), &related(theirs));
}

/// More vulnerabilities than this are not tried one by one for the nearest.
const TRIED: usize = 16;

fn vulnerabilities(one: &Side, other: &Side, says: &mut Says) {
    let (ours, theirs) = (&one.advisory.vulnerabilities, &other.advisory.vulnerabilities);
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    let mut left: Vec<usize> = Vec::new();
    let by_id: BTreeMap<_, _> =
        theirs.iter().enumerate().filter_map(|(place, one)| Some((one.cve?, place))).collect();
    for (place, vulnerability) in ours.iter().enumerate() {
        let same = vulnerability.cve.and_then(|cve| by_id.get(&cve));
        match same.filter(|same| taken.insert(**same)) {
            Some(same) => says.add(vulnerability_at(one, place, other, *same)),
            None => left.push(place),
        }
    }
    let others: Vec<usize> = (0..theirs.len()).filter(|place| !taken.contains(place)).collect();
    let one_each = one.holds_one() || other.holds_one();
    if one_each && !taken.is_empty() {
        // Each of the others has a record of its own.
        return;
    }
    if one_each {
        let pairs = left.iter().take(TRIED).flat_map(|ours| {
            others.iter().take(TRIED).map(|theirs| vulnerability_at(one, *ours, other, *theirs))
        });
        if let Some(nearest) = pairs.min_by_key(Says::len) {
            says.add(nearest);
            return;
        }
    }
    for pair in left.iter().zip(&others) {
        says.add(vulnerability_at(one, *pair.0, other, *pair.1));
    }
    let named = |all: &[Vulnerability], place: usize| {
        let cve = all.get(place).and_then(|one| one.cve).map(|cve| cve.to_string());
        cve.unwrap_or_else(|| format!("the vulnerability number {}", place + 1))
    };
    let rest = |places: &[usize], skip: usize, all: &[Vulnerability]| -> BTreeSet<String> {
        places.iter().skip(skip).map(|place| named(all, *place)).collect()
    };
    let (more, others_more) = (rest(&left, others.len(), ours), rest(&others, left.len(), theirs));
    says.sets(Field::Vulnerabilities, Weight::Error, &more, &others_more);
}

fn vulnerability_at(one: &Side, ours: usize, other: &Side, theirs: usize) -> Says {
    let mut says = Says::default();
    let first = one.advisory.vulnerabilities.get(ours);
    let second = other.advisory.vulnerabilities.get(theirs);
    let (Some(first), Some(second)) = (first, second) else { return says };
    if one.advisory.vulnerabilities.len() > 1 || other.advisory.vulnerabilities.len() > 1 {
        says.about(first.cve.or(second.cve).map(|cve| cve.to_string()));
    }
    let named = |own: &Vulnerability, missing: &Side| {
        let cve = own.cve.map(|cve| cve.to_string());
        // A copy may have it among its other names.
        cve.filter(|cve| !missing.aliases.contains(cve))
    };
    let (our_cve, their_cve) = (named(first, other), named(second, one));
    says.single(Field::Cve, Weight::Error, our_cve.as_deref(), their_cve.as_deref());
    let weaknesses = |one: &Vulnerability| one.cwes.iter().map(ToString::to_string).collect();
    says.sets(Field::Weaknesses, Weight::Warning, &weaknesses(first), &weaknesses(second));
    severity(first, second, &mut says);
    let rating = |one: &Vulnerability| one.rating.as_deref().map(str::trim).map(str::to_lowercase);
    let rating = |one| rating(one).filter(|word| !word.is_empty());
    says.single(Field::Rating, Weight::Error, rating(first).as_deref(), rating(second).as_deref());
    let exploited = |one: &Vulnerability| one.exploitation.map(Exploitation::in_words);
    says.single(Field::Exploitation, Weight::Warning, exploited(first), exploited(second));
    let decision = |one: &Vulnerability| {
        let text = one.ssvc.as_ref().map(|ssvc| format!("{} ({})", ssvc.outcome, ssvc.table));
        text.map(|text| text.trim().to_owned())
    };
    says.single(
        Field::Ssvc,
        Weight::Warning,
        decision(first).as_deref(),
        decision(second).as_deref(),
    );
    dates::look(one, first, other, second, &mut says);
    versions::look(one, ours, other, theirs, &mut says);
    says
}

/// Vectors in each version of CVSS, whatever the order of their metrics.
fn severity(first: &Vulnerability, second: &Vulnerability, says: &mut Says) {
    let spelled = |vector: &Vector| {
        let set = |code: &str| code != "X" && code != "ND";
        let metrics = vector.metrics().filter(|(_, value)| set(value.code));
        let metrics: Vec<String> =
            metrics.map(|(metric, value)| format!("{}:{}", metric.name, value.code)).collect();
        format!("CVSS:{}/{}", vector.version().as_str(), metrics.join("/"))
    };
    let vectors = |one: &Vulnerability| -> BTreeSet<String> {
        let own = one.vectors().filter(|(_, by)| by.is_none());
        own.map(|(vector, _)| spelled(vector)).collect()
    };
    let (ours, theirs) = (vectors(first), vectors(second));
    let changed = !ours.is_subset(&theirs) && !theirs.is_subset(&ours);
    let weight = if changed { Weight::Error } else { Weight::Warning };
    says.sets(Field::Severity, weight, &ours, &theirs);
}
