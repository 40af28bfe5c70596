//! What a CycloneDX document says of one vulnerability.
//!
//! An entry has one analysis, for all that it affects. So a vulnerability has an entry for each way in
//! which versions stand to it: `exploitable` for those that have it, `resolved` for the releases that
//! are out with the fix, and `not_affected` for each reason. What holds for the vulnerability itself,
//! the first entry alone says.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::write::{Components, CycloneDxError, Edition, advisories};
use crate::affected::{Affected, AffectedVersions, Justification, LineStanding};
use crate::assessment::Exploitation;
use crate::credit::{Credit, CreditType, Naming};
use crate::csaf::put;
use crate::document::{Advisory, Vulnerability};
use crate::purl;
use crate::score::CvssVersion;
use crate::text::{headed, paragraph};
use crate::version::{Range, Upper, line_bounds};
use crate::versions::{Stretch, StretchError, Vers};

pub(super) fn of(
    advisory: &Advisory,
    vulnerability: &Vulnerability,
    edition: &Edition,
    components: &mut Components<'_>,
) -> Result<Vec<Map<String, Value>>, CycloneDxError> {
    let names = advisory.names_of(vulnerability);
    let (id, others) = names.split_first().ok_or(CycloneDxError::NoName)?;
    let mut groups = Groups::default();
    for package in &vulnerability.affected {
        groups.lines(package, edition, components)?;
    }
    let mut entries = Vec::new();
    for (standing, affects) in &groups.0 {
        let mut entry = Map::new();
        let affects = affects.iter();
        let affects =
            affects.map(|(place, versions)| json!({ "ref": place, "versions": versions }));
        put(&mut entry, "affects", affects.collect());
        put(&mut entry, "analysis", standing.analysis(advisory, vulnerability, edition));
        entries.push(entry);
    }
    if entries.is_empty() {
        entries.push(Map::new());
    }
    for entry in &mut entries {
        put(entry, "id", id.as_str().into());
        put(entry, "references", others.iter().map(|id| alias(id)).collect());
        put(entry, "source", source(id));
    }
    if let Some(first) = entries.first_mut() {
        about(advisory, vulnerability, edition, first);
    }
    Ok(entries)
}

fn alias(id: &str) -> Value {
    json!({ "id": id, "source": source(id) })
}

/// The catalogue, by the beginning of its ids.
fn source(id: &str) -> Value {
    let name = id.split('-').next().unwrap_or(id);
    match name {
        "CVE" => json!({ "name": "CVE", "url": format!("https://www.cve.org/CVERecord?id={id}") }),
        "GHSA" => json!({ "name": "GHSA", "url": format!("https://github.com/advisories/{id}") }),
        name => json!({ "name": name }),
    }
}

/// Names every field without `..`, so that a new one is placed or left out on purpose.
fn about(
    advisory: &Advisory,
    vulnerability: &Vulnerability,
    edition: &Edition,
    entry: &mut Map<String, Value>,
) {
    let Advisory {
        title,
        working_title: _,
        summary,
        details,
        impact,
        attack_vectors,
        workarounds,
        vulnerabilities: _,
        credits,
        references: _,
        ghsa: _,
        aliases: _,
        related: _,
        packages: _,
        timeline,
        holds: _,
    } = advisory;
    let description = [summary, title].into_iter().find_map(|text| paragraph(text.as_deref()));
    let detail = [
        paragraph(details.as_deref()).map(ToOwned::to_owned),
        headed("Impact", impact.as_deref()),
        headed("Attack vectors", attack_vectors.as_deref()),
    ];
    let detail: Vec<String> = detail.into_iter().flatten().collect();
    let detail = detail.join("\n\n");
    let cwes: Vec<u32> = vulnerability.cwes.iter().map(|cwe| cwe.number()).collect();
    let moments = timeline.iter().map(|one| ("timeline", format!("{} {}", one.at, one.what)));
    let helpers = credits.iter().filter(|credit| !discovers(credit.role));
    let helpers = helpers.map(|credit| (credit.role.as_str(), credit.display_name()));
    let dates = [
        ("discovery_date", vulnerability.discovery_date),
        ("disclosure_date", vulnerability.disclosure_date),
    ];
    let dates = dates.into_iter().filter_map(|(name, at)| Some((name, at?.to_string())));
    let exploited = vulnerability.first_exploitations.iter();
    let exploited = exploited.map(|one| ("first_exploitation", one.in_words()));
    let titled = paragraph(title.as_deref()).map(|title| ("title", title.to_owned()));
    let noted = helpers.chain(moments).chain(dates).chain(exploited).chain(titled);
    let noted =
        noted.map(|(name, value)| json!({ "name": format!("fermata:{name}"), "value": value }));
    put(entry, "advisories", advisories(advisory, edition));
    put(entry, "created", json!(edition.created.map(|at| at.to_string())));
    put(entry, "credits", thanks(credits));
    put(entry, "cwes", json!(cwes));
    put(entry, "description", json!(description));
    put(entry, "detail", json!(paragraph(Some(&detail))));
    put(entry, "properties", noted.collect());
    put(entry, "published", json!(edition.published.map(|at| at.to_string())));
    put(entry, "ratings", ratings(vulnerability, &edition.author));
    put(entry, "recommendation", json!(recommendation(vulnerability, edition)));
    put(entry, "tools", tools(credits));
    put(entry, "updated", edition.timestamp.to_string().into());
    put(entry, "workaround", json!(paragraph(workarounds.as_deref())));
}

fn recommendation(vulnerability: &Vulnerability, edition: &Edition) -> Option<String> {
    let ranges = vulnerability.affected.iter().flat_map(|package| package.ranges(edition.stage));
    let mut fixed: Vec<_> = ranges.filter_map(|(_, _, fixed)| fixed).collect();
    fixed.sort();
    fixed.dedup();
    let fixed: Vec<String> = fixed.into_iter().map(ToString::to_string).collect();
    (!fixed.is_empty()).then(|| format!("{UPGRADE}{}{OR_LATER}", fixed.join(", ")))
}

const UPGRADE: &str = "Upgrade to one of ";
const OR_LATER: &str = ", or later.";

/// The versions that a recommendation names; `None` if it is not one of those.
pub(super) fn fixes(recommendation: &str) -> Option<impl Iterator<Item = &str>> {
    let fixes = recommendation.strip_prefix(UPGRADE)?.strip_suffix(OR_LATER)?;
    Some(fixes.split(", "))
}

/// What stands after the word of a project's own scale.
pub(super) const OWN_SCALE: &str = ", by the project's own scale";

/// The outcome and the table of a decision.
pub(super) fn by_table(words: &str) -> Option<(&str, &str)> {
    words.rsplit_once(" by ")
}

/// Every score with who gave it, then what the project says in words, and its decision by SSVC.
fn ratings(vulnerability: &Vulnerability, author: &str) -> Value {
    let (own, others): (Vec<_>, Vec<_>) = vulnerability.vectors().partition(|(_, by)| by.is_none());
    let scored = own.into_iter().chain(others).map(|(vector, by)| {
        let method = match vector.version() {
            CvssVersion::V2_0 => "CVSSv2",
            CvssVersion::V3_0 => "CVSSv3",
            CvssVersion::V3_1 => "CVSSv31",
            CvssVersion::V4_0 => "CVSSv4",
        };
        json!({
            "method": method,
            "score": f64::from(vector.tenths()) / 10.0,
            "severity": vector.severity(),
            "source": { "name": by.unwrap_or(author) },
            "vector": vector,
        })
    });
    let word = paragraph(vulnerability.rating.as_deref()).map(|word| {
        let severity = word.to_lowercase().parse::<crate::Severity>().ok();
        json!({
            "justification": format!("{word}{OWN_SCALE}"),
            "method": "other",
            "severity": severity.map_or("unknown", crate::Severity::as_str),
            "source": { "name": author },
        })
    });
    let decision = vulnerability.ssvc.as_ref().map(|decision| {
        let points = decision.points.iter().map(|one| format!("{}={}", one.point, one.value));
        json!({
            "justification": format!("{} by {}", decision.outcome, decision.table),
            "method": "SSVC",
            "source": { "name": author },
            "vector": points.collect::<Vec<_>>().join(" "),
        })
    });
    scored.chain(word).chain(decision).collect()
}

/// CycloneDX credits the discovery alone; who else helped stands in properties.
fn discovers(role: CreditType) -> bool {
    matches!(
        role,
        CreditType::Finder | CreditType::Reporter | CreditType::Analyst | CreditType::Tool
    )
}

fn thanks(credits: &[Credit]) -> Value {
    let (mut individuals, mut organisations) = (Vec::new(), Vec::new());
    for credit in credits.iter().filter(|one| discovers(one.role) && one.role != CreditType::Tool) {
        match &credit.naming {
            Naming::Anonymous => individuals.push(json!({ "name": "anonymous" })),
            Naming::Named { name, company: Some(company), .. } => {
                organisations.push(json!({ "contact": [{ "name": name }], "name": company }));
            }
            Naming::Named { name, .. } => individuals.push(json!({ "name": name })),
        }
    }
    let mut thanks = Map::new();
    put(&mut thanks, "individuals", individuals.into());
    put(&mut thanks, "organizations", organisations.into());
    if thanks.is_empty() { Value::Null } else { Value::Object(thanks) }
}

fn tools(credits: &[Credit]) -> Value {
    let mut names: Vec<String> = credits
        .iter()
        .filter(|credit| credit.role == CreditType::Tool)
        .map(Credit::display_name)
        .collect();
    names.sort();
    names.dedup();
    let tool = |name| json!({ "name": name, "type": "application" });
    let tools: Vec<Value> = names.into_iter().map(tool).collect();
    if tools.is_empty() { Value::Null } else { json!({ "components": tools }) }
}

/// How versions stand to the vulnerability. Ordered as they are written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Exploitable,
    Resolved,
    NotAffected(Justification, Option<String>),
}

/// For each standing, the versions of each component.
#[derive(Default)]
struct Groups(BTreeMap<Standing, BTreeMap<String, Vec<Value>>>);

impl Groups {
    fn lines(
        &mut self,
        package: &Affected,
        edition: &Edition,
        components: &mut Components<'_>,
    ) -> Result<(), CycloneDxError> {
        let scheme = purl::kind(package.ecosystem).unwrap_or("generic");
        let ranged = |range: &Range, status: &str| -> Result<Value, StretchError> {
            let stretches = vec![Stretch::from(range)];
            let range = Vers { scheme: scheme.to_owned(), stretches }.write()?;
            Ok(json!({ "range": range, "status": status }))
        };
        for (_, range, _) in package.ranges(edition.stage) {
            let version = ranged(&range, "affected")?;
            self.add(Standing::Exploitable, components.place(package), version);
        }
        for line in &package.lines {
            match &line.standing {
                // Only what is out can be called resolved.
                LineStanding::Affected(AffectedVersions {
                    actual_fixed: Some(version), ..
                }) => {
                    let version = json!({ "status": "unaffected", "version": version });
                    self.add(Standing::Resolved, components.place(package), version);
                }
                LineStanding::Affected(_) => {}
                LineStanding::NotAffected { justification, statement } => {
                    let Some((start, next)) = line_bounds(&line.line) else { continue };
                    let range = Range { from: Some(start), to: Some(Upper::Before(next)) };
                    let version = ranged(&range, "unaffected")?;
                    let why = paragraph(statement.as_deref()).map(ToOwned::to_owned);
                    let standing = Standing::NotAffected(*justification, why);
                    self.add(standing, components.place(package), version);
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, standing: Standing, place: String, version: Value) {
        self.0.entry(standing).or_default().entry(place).or_default().push(version);
    }
}

impl Standing {
    fn analysis(
        &self,
        advisory: &Advisory,
        vulnerability: &Vulnerability,
        edition: &Edition,
    ) -> Value {
        let mut analysis = Map::new();
        let first = edition.published.map(|at| at.to_string());
        put(&mut analysis, "firstIssued", json!(first));
        put(&mut analysis, "lastUpdated", edition.timestamp.to_string().into());
        match self {
            Self::Exploitable => {
                let words = vulnerability.exploitation.map(Exploitation::in_words);
                put(&mut analysis, "detail", json!(words));
                let update = recommendation(vulnerability, edition).map(|_| "update");
                let workaround = paragraph(advisory.workarounds.as_deref());
                let workaround = workaround.map(|_| "workaround_available");
                let response = update.into_iter().chain(workaround);
                put(&mut analysis, "response", response.collect());
                put(&mut analysis, "state", "exploitable".into());
            }
            Self::Resolved => put(&mut analysis, "state", "resolved".into()),
            Self::NotAffected(justification, statement) => {
                let words = justification.in_words();
                let detail = statement.as_ref().map(|why| format!("{words}: {why}"));
                put(&mut analysis, "detail", detail.unwrap_or(words.to_owned()).into());
                put(&mut analysis, "justification", json!(justified(*justification)));
                put(&mut analysis, "state", "not_affected".into());
            }
        }
        Value::Object(analysis)
    }
}

/// CycloneDX's reason for one of OpenVEX's; the words stand in `detail` too, since some of it is lost.
///
/// It knows no missing component apart from missing code, so the two become one. Mitigations become
/// the mitigating control, which says nothing of when they act: "at runtime" or "by the compiler" would
/// say more than is known. That an attacker has no hold on the code is none of its reasons: the code is
/// there, is reached, and needs no setting or environment for that.
fn justified(justification: Justification) -> Option<&'static str> {
    match justification {
        Justification::ComponentNotPresent | Justification::VulnerableCodeNotPresent => {
            Some("code_not_present")
        }
        Justification::VulnerableCodeNotInExecutePath => Some("code_not_reachable"),
        Justification::VulnerableCodeCannotBeControlledByAdversary => None,
        Justification::InlineMitigationsAlreadyExist => Some("protected_by_mitigating_control"),
    }
}

/// OpenVEX's reason for one of CycloneDX's, where no words tell more.
pub(super) fn justification(word: &str) -> Option<Justification> {
    Some(match word {
        "code_not_present" => Justification::VulnerableCodeNotPresent,
        "code_not_reachable" => Justification::VulnerableCodeNotInExecutePath,
        "protected_by_compiler"
        | "protected_at_runtime"
        | "protected_at_perimeter"
        | "protected_by_mitigating_control" => Justification::InlineMitigationsAlreadyExist,
        _ => return None,
    })
}
