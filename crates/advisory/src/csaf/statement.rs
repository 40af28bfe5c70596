//! One vulnerability of an advisory as a CSAF document says it: which products stand how to it, and
//! what to do.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::catalogue::Catalogue;
use super::forms::CATEGORY;
use super::write::{CsafError, Frame, note, put};
use super::{CsafVersion, measures};
use crate::affected::{Affected, AffectedVersions, LineStanding, Stage};
use crate::assessment::{Exploitation, FirstExploitation};
use crate::cwe;
use crate::document::{Advisory, Vulnerability};
use crate::score::{CvssVersion, Vector};
use crate::text::paragraph;
use crate::version::{Range, Upper, line_bounds};
use crate::versions::Stretch;

/// How products stand to the vulnerability, and what follows for them.
#[derive(Default)]
struct Standing {
    affected: Vec<String>,
    /// Those of them without a fix.
    unfixed: Vec<String>,
    fixed: Vec<String>,
    spared: Vec<String>,
    flags: Vec<Value>,
    remediations: Vec<Value>,
    threats: Vec<Value>,
}

pub(super) fn of<'a>(
    advisory: &'a Advisory,
    vulnerability: &'a Vulnerability,
    frame: &Frame,
    catalogue: &mut Catalogue<'a>,
) -> Result<Value, CsafError> {
    let Vulnerability {
        cve,
        cwes,
        vector: _,
        rating: _,
        affected,
        scores: _,
        exploitation,
        ssvc: _,
        discovery_date,
        disclosure_date,
        first_exploitations,
    } = vulnerability;
    let mut standing = Standing::default();
    for package in affected {
        standing.lines(package, frame.stage, catalogue)?;
    }
    let status = standing.status();
    if status.is_empty() {
        return Err(CsafError::NothingAffected);
    }
    standing.advise(advisory, *exploitation, frame.version);
    // 2.0 has room for one.
    let room = if frame.version == CsafVersion::V2_0 { 1 } else { usize::MAX };
    // The schema of 2.1 refuses names such as `.NET Misconfiguration: Use of Impersonation`.
    let fits = |name| frame.version == CsafVersion::V2_0 || (CATEGORY.fits)(name);
    let known = cwes.iter().filter_map(|cwe| frame.weaknesses.find(*cwe));
    let known = known.filter(|one| fits(one.name));
    let mut weaknesses: Vec<cwe::Entry> = Vec::new();
    for one in known.take(room) {
        if !weaknesses.contains(&one) {
            weaknesses.push(one);
        }
    }
    // With several vulnerabilities, the advisory's own id would stand for each of them.
    let alone = advisory.vulnerabilities.len() == 1;
    let ids = advisory
        .ghsa
        .iter()
        .filter(|_| alone)
        .map(|ghsa| json!({ "system_name": "GitHub Security Advisory", "text": ghsa }));
    let mut object = Map::new();
    put(&mut object, "cve", json!(cve));
    put(&mut object, frame.version.weaknesses(), of_kind(&weaknesses, frame));
    put(&mut object, frame.version.disclosure(), json!(disclosure_date));
    put(&mut object, "discovery_date", json!(discovery_date));
    let (dates, words) = exploited(first_exploitations, &standing.affected, frame.version);
    put(&mut object, "first_known_exploitation_dates", dates);
    put(&mut object, "flags", standing.flags.into());
    put(&mut object, "ids", ids.collect());
    let mut notes = notes(advisory, vulnerability, &weaknesses, frame.version, &standing.affected)?;
    notes.extend(note("other", "First exploitations", words.as_deref()));
    put(&mut object, "notes", notes.into());
    put(&mut object, "product_status", Value::Object(status));
    put(&mut object, "remediations", standing.remediations.into());
    let scores = match frame.version {
        CsafVersion::V2_0 => scores(vulnerability, &standing.affected),
        CsafVersion::V2_1 => measures::of(vulnerability, &standing.affected, frame),
    };
    put(&mut object, frame.version.scores(), scores);
    put(&mut object, "threats", standing.threats.into());
    Ok(Value::Object(object))
}

/// The first exploitations as dates of the affected products where there is room, else in words.
fn exploited(
    known: &[FirstExploitation],
    affected: &[String],
    version: CsafVersion,
) -> (Value, Option<String>) {
    let known: BTreeSet<&FirstExploitation> = known.iter().collect();
    if version == CsafVersion::V2_0 || affected.is_empty() {
        let words: Vec<String> = known.into_iter().map(|one| one.in_words()).collect();
        return (Value::Null, Some(words.join("\n")));
    }
    let dates = known.into_iter().map(
        |one| json!({ "date": one.learnt, "exploitation_date": one.at, "product_ids": affected }),
    );
    (dates.collect(), None)
}

/// The weaknesses in the form of the version.
fn of_kind(weaknesses: &[cwe::Entry], frame: &Frame) -> Value {
    let version = frame.weaknesses.version();
    match frame.version {
        CsafVersion::V2_0 => {
            json!(weaknesses.first().map(|one| json!({ "id": one.id, "name": one.name })))
        }
        CsafVersion::V2_1 => weaknesses
            .iter()
            .map(|one| json!({ "id": one.id, "name": one.name, "version": version }))
            .collect(),
    }
}

impl Standing {
    fn lines<'a>(
        &mut self,
        package: &'a Affected,
        stage: Stage,
        catalogue: &mut Catalogue<'a>,
    ) -> Result<(), CsafError> {
        for (_, range, fixed) in package.ranges(stage) {
            let id = catalogue.range(package, Stretch::from(&range), &range.in_words())?;
            match fixed {
                Some(version) => self.remediations.push(json!({
                    "category": "vendor_fix",
                    "details": upgrade(version.as_str()),
                    "product_ids": [id]
                })),
                None => once(&mut self.unfixed, id.clone()),
            }
            once(&mut self.affected, id);
        }
        for line in &package.lines {
            match &line.standing {
                // Only what is out can be called fixed.
                LineStanding::Affected(AffectedVersions {
                    actual_fixed: Some(version), ..
                }) => {
                    once(&mut self.fixed, catalogue.version(package, version));
                }
                LineStanding::Affected(_) => {}
                LineStanding::NotAffected { justification, statement } => {
                    let Some((start, next)) = line_bounds(&line.line) else { continue };
                    let range = Range { from: Some(start), to: Some(Upper::Before(next)) };
                    let id = catalogue.range(package, Stretch::from(&range), &range.in_words())?;
                    self.flags.push(json!({ "label": justification, "product_ids": [id] }));
                    if let Some(why) = paragraph(statement.as_deref()) {
                        self.threats.push(json!({
                            "category": "impact", "details": why, "product_ids": [id]
                        }));
                    }
                    once(&mut self.spared, id);
                }
            }
        }
        Ok(())
    }

    fn status(&self) -> Map<String, Value> {
        let mut status = Map::new();
        put(&mut status, "fixed", json!(self.fixed));
        put(&mut status, "known_affected", json!(self.affected));
        put(&mut status, "known_not_affected", json!(self.spared));
        status
    }

    /// What holds for every affected product alike.
    fn advise(
        &mut self,
        advisory: &Advisory,
        exploitation: Option<Exploitation>,
        version: CsafVersion,
    ) {
        if self.affected.is_empty() {
            return;
        }
        let workaround = paragraph(advisory.workarounds.as_deref());
        // 2.1 does not let a workaround stand beside "none available", so there it says both.
        let apart = version == CsafVersion::V2_0 || workaround.is_none();
        let mut advise = |category: &str, details: &str, ids: &[String]| {
            if !ids.is_empty() {
                self.remediations.push(json!({
                    "category": category, "details": details, "product_ids": ids
                }));
            }
        };
        if apart {
            for id in &self.unfixed {
                advise("none_available", NO_FIX, std::slice::from_ref(id));
            }
        }
        if let Some(details) = workaround {
            let unfixed = if apart { &[] } else { self.unfixed.as_slice() };
            let is_fixed = |id: &&String| !unfixed.contains(id);
            let others: Vec<String> = self.affected.iter().filter(is_fixed).cloned().collect();
            advise("workaround", details, &others);
            advise("workaround", &format!("{details}\n\n{NO_FIX}"), unfixed);
        }
        if let Some(known) = exploitation {
            self.threats.push(json!({
                "category": "exploit_status",
                "details": known.in_words(),
                "product_ids": self.affected
            }));
        }
    }
}

/// What to do where no fix is out.
pub(super) const NO_FIX: &str =
    "No fix is available for these versions: move to a line that has one.";

pub(super) fn upgrade(version: &str) -> String {
    format!("Upgrade to {version} or later.")
}

fn once(ids: &mut Vec<String>, id: String) {
    if !ids.contains(&id) {
        ids.push(id);
    }
}

/// What the version has no member for stands in notes.
fn notes(
    advisory: &Advisory,
    vulnerability: &Vulnerability,
    written: &[cwe::Entry],
    version: CsafVersion,
    affected: &[String],
) -> Result<Vec<Value>, CsafError> {
    let Advisory { summary, details, impact, attack_vectors, .. } = advisory;
    let description = [details, summary, impact, attack_vectors]
        .into_iter()
        .find_map(|text| note("description", "Description", text.as_deref()))
        .ok_or(CsafError::NoDescription)?;
    let others = vulnerability.cwes.iter().filter(|cwe| written.iter().all(|one| one.id != **cwe));
    let others: Vec<String> = others.map(ToString::to_string).collect();
    let own = further_vectors(vulnerability, version, affected)
        .map(|vector| format!("{vector} ({:.1}, {})", vector.score(), vector.severity()));
    let decision = vulnerability.ssvc.as_ref();
    let decision = decision.map(|ssvc| format!("{} ({})", ssvc.outcome, ssvc.table));
    let notes = [
        Some(description),
        note("other", "Weaknesses", Some(&others.join(", "))),
        note("other", "CVSS", Some(&own.collect::<Vec<_>>().join("\n"))),
        note("other", "SSVC", decision.as_deref()),
    ];
    Ok(notes.into_iter().flatten().collect())
}

fn own_vectors(vulnerability: &Vulnerability) -> impl Iterator<Item = &Vector> {
    vulnerability.vectors().filter(|(_, by)| by.is_none()).map(|(vector, _)| vector)
}

/// Those of them that have no member: all but the first of each version, 2.0 has none for CVSS 4.0,
/// and each needs an affected product.
fn further_vectors<'v>(
    vulnerability: &'v Vulnerability,
    version: CsafVersion,
    affected: &[String],
) -> impl Iterator<Item = &'v Vector> {
    let has_member = |one: CvssVersion| {
        !affected.is_empty() && (version == CsafVersion::V2_1 || one != CvssVersion::V4_0)
    };
    let mut placed: BTreeMap<CvssVersion, &Vector> = BTreeMap::new();
    let mut further: Vec<&Vector> = Vec::new();
    for vector in own_vectors(vulnerability) {
        let first = *placed.entry(vector.version()).or_insert(vector);
        let stands = has_member(vector.version()) && first == vector;
        if !stands && !further.contains(&vector) {
            further.push(vector);
        }
    }
    further.into_iter()
}

/// The first vector of each version that is the project's own, for the affected products.
fn scores(vulnerability: &Vulnerability, affected: &[String]) -> Value {
    if affected.is_empty() {
        return Value::Null;
    }
    let mut scores = BTreeMap::new();
    for vector in own_vectors(vulnerability) {
        let member = match vector.version() {
            CvssVersion::V2_0 => "cvss_v2",
            CvssVersion::V3_0 | CvssVersion::V3_1 => "cvss_v3",
            CvssVersion::V4_0 => continue,
        };
        let score = || json!({ member: vector.to_json(), "products": affected });
        scores.entry(vector.version()).or_insert_with(score);
    }
    scores.into_values().collect()
}
