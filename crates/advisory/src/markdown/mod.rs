//! The advisory as a page of Markdown, in the dialect that GitHub shows.
//!
//! The page has one heading for each part and tables for what is many. What people typed stays inside
//! its part: short texts are taken by the letter, longer ones are Markdown of their own without raw HTML
//! (see [`typed`]). Must not decide who may see what. The same advisory gives the same bytes.

mod typed;

use crate::affected::{Affected, Stage};
use crate::audience::Shown;
use crate::credit::Credit;
use crate::document::{Advisory, Reference, Vulnerability};
use crate::sections::{Row, rows};
use crate::text::paragraph;
use typed::{block, inline, link};

/// The page, with a newline at its end.
#[must_use]
pub fn write(shown: &Shown, stage: Stage) -> String {
    let advisory = shown.advisory();
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
        references,
        ghsa,
        aliases,
        related,
        packages: _,
        timeline,
        holds: _,
    } = advisory;
    let title = paragraph(title.as_deref()).map_or("Security advisory".to_owned(), inline);
    let mut parts = vec![format!("# {title}")];
    parts.extend(paragraph(summary.as_deref()).map(block));
    let cves = vulnerabilities.iter().filter_map(|one| one.cve).map(|id| id.to_string());
    let ids = cves.chain(ghsa.iter().map(ToString::to_string)).chain(aliases.iter().cloned());
    let ids = listed(ids.map(|id| inline(&id)));
    let related = listed(related.iter().map(|id| inline(id)));
    parts.extend(ids.map(|ids| format!("Known as: {ids}")));
    parts.extend(related.map(|ids| format!("Related: {ids}")));
    for (place, vulnerability) in vulnerabilities.iter().enumerate() {
        let name = vulnerability.cve.map(|cve| cve.to_string());
        let name = name.unwrap_or_else(|| format!("Vulnerability {}", place + 1));
        if vulnerabilities.len() > 1 {
            parts.push(format!("## {name}"));
        }
        about(vulnerability, stage, vulnerabilities.len() > 1, &mut parts);
    }
    let texts = [
        ("Description", details),
        ("Impact", impact),
        ("Attack vectors", attack_vectors),
        ("Workarounds", workarounds),
    ];
    for (heading, text) in texts {
        let text = paragraph(text.as_deref()).map(block);
        parts.extend(text.map(|text| format!("## {heading}\n\n{text}")));
    }
    parts.extend(under("Credits", credits.iter().map(credited)));
    let moments = timeline.iter().map(|one| format!("| {} | {} |", one.at, inline(&one.what)));
    parts.extend(table(&["When", "What"], moments).map(|table| format!("## Timeline\n\n{table}")));
    parts.extend(under("References", references.iter().map(reference)));
    let mut page = parts.join("\n\n");
    page.push('\n');
    page
}

fn listed(items: impl Iterator<Item = String>) -> Option<String> {
    let mut seen = std::collections::BTreeSet::new();
    let items: Vec<String> = items.filter(|item| seen.insert(item.clone())).collect();
    (!items.is_empty()).then(|| items.join(", "))
}

fn under(heading: &str, items: impl Iterator<Item = String>) -> Option<String> {
    let items: Vec<String> = items.map(|item| format!("- {item}")).collect();
    (!items.is_empty()).then(|| format!("## {heading}\n\n{}", items.join("\n")))
}

fn table(heads: &[&str], rows: impl Iterator<Item = String>) -> Option<String> {
    let rows: Vec<String> = rows.collect();
    let line = heads.iter().map(|_| "---").collect::<Vec<_>>().join(" | ");
    let heads = heads.join(" | ");
    (!rows.is_empty()).then(|| format!("| {heads} |\n| {line} |\n{}", rows.join("\n")))
}

/// Severity, weaknesses and versions, one level deeper where the vulnerability has a heading itself.
fn about(vulnerability: &Vulnerability, stage: Stage, deeper: bool, parts: &mut Vec<String>) {
    let Vulnerability {
        cve: _,
        cwes,
        vector: _,
        rating,
        affected,
        scores: _,
        exploitation,
        ssvc,
        discovery_date,
        disclosure_date,
        first_exploitations,
    } = vulnerability;
    let level = if deeper { "###" } else { "##" };
    let mut severity = Vec::new();
    severity.extend(paragraph(rating.as_deref()).map(inline));
    severity.extend(vulnerability.severity().map(|severity| format!("**{severity}**")));
    let severity = listed(severity.into_iter()).map(|words| format!("Rated {words}."));
    let scored = vulnerability.vectors().map(|(vector, by)| {
        let (version, score, word) = (vector.version(), vector.score(), vector.severity());
        let by = by.map_or("the project".to_owned(), inline);
        format!("| {version} | {score:.1} | {word} | `{vector}` | {by} |")
    });
    let scored = table(&["CVSS", "Score", "Severity", "Vector", "Scored by"], scored);
    let weaknesses = listed(cwes.iter().map(|cwe| {
        format!("[{cwe}](https://cwe.mitre.org/data/definitions/{}.html)", cwe.number())
    }));
    let decision = ssvc
        .as_ref()
        .map(|one| format!("SSVC: {} (by {})", inline(&one.outcome), inline(&one.table)));
    let told = [
        severity,
        scored,
        weaknesses.map(|weaknesses| format!("Weaknesses: {weaknesses}")),
        exploitation.map(|known| known.in_words().to_owned()),
    ];
    let exploited = first_exploitations.iter().map(|one| one.in_words());
    let dates = [
        discovery_date.map(|at| format!("Discovered {at}.")),
        disclosure_date.map(|at| format!("Disclosed {at}.")),
    ];
    let told = told.into_iter().flatten().chain(exploited).chain(decision);
    let told: Vec<String> = told.chain(dates.into_iter().flatten()).collect();
    if !told.is_empty() {
        parts.push(format!("{level} Severity\n\n{}", told.join("\n\n")));
    }
    let packages: Vec<String> =
        affected.iter().filter_map(|package| versions(package, stage)).collect();
    if !packages.is_empty() {
        parts.push(format!("{level} Affected versions\n\n{}", packages.join("\n\n")));
    }
}

fn versions(package: &Affected, stage: Stage) -> Option<String> {
    let rows = rows(package, stage).map(|row| match row {
        Row::Affected { line, range, fixed } => {
            let fixed = fixed.map_or("none".to_owned(), ToString::to_string);
            format!("| {} | {} | {fixed} |", inline(line), range.in_words())
        }
        Row::Spared { line, why } => {
            format!("| {} | not affected: {} | |", inline(line), inline(why))
        }
    });
    let table = table(&["Line", "Affected", "Fixed in"], rows)?;
    Some(format!("{} ({}):\n\n{table}", inline(&package.name), package.ecosystem))
}

fn credited(credit: &Credit) -> String {
    format!("{} ({})", inline(&credit.display_name()), credit.role.as_str().replace('_', " "))
}

fn reference(reference: &Reference) -> String {
    format!("{}: {}", reference.kind.in_words(), link(&reference.url))
}
