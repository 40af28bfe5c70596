//! Plain pages: the advisories, their list, and the lists of the folders of CSAF documents.
//!
//! No script, no picture, nothing fetched from elsewhere: each page holds its one style sheet, and
//! says so to the browser.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use data_encoding::BASE64;
use jiff::{Timestamp, tz::TimeZone};
use sha2::{Digest as _, Sha256};

use super::words::{blocks, escape};
use super::{Files, Issue, STAGE, csaf};
use crate::affected::{Affected, LineStanding};
use crate::document::{Reference, ReferenceKind, Vulnerability};
use crate::imprint::Imprint;
use crate::text::paragraph;

const STYLE: &str = include_str!("page.css");

/// Where an advisory's other records stand.
pub(super) struct Records<'a> {
    pub(super) csaf: &'a [csaf::Found],
    pub(super) osv: Option<&'a str>,
    pub(super) signed: bool,
}

/// One advisory.
pub(super) fn advisory(imprint: &Imprint, issue: &Issue<'_>, records: &Records<'_>) -> String {
    let it = issue.shown.advisory();
    let mut main = format!(
        "<p class=\"fine\"><a href=\"index.html\">Security advisories of {}</a></p>\n<h1>{}</h1>\n",
        escape(&imprint.name.to_string()),
        escape(&issue.title)
    );
    if let Some(at) = issue.withdrawn {
        put(
            &mut main,
            format_args!(
                "<p class=\"withdrawn\"><strong>Withdrawn</strong> on {}. Do not act on it.</p>\n",
                day(at)
            ),
        );
    }
    main.push_str(&facts(issue));
    let texts = [
        ("Summary", &it.summary),
        ("Description", &it.details),
        ("Impact", &it.impact),
        ("Attack vectors", &it.attack_vectors),
        ("Workarounds", &it.workarounds),
    ];
    for (heading, text) in texts {
        if let Some(text) = paragraph(text.as_deref()) {
            section(&mut main, heading, &blocks(text));
        }
    }
    section(&mut main, "Versions", &versions(&it.vulnerabilities));
    let links: String = it.references.iter().map(link).collect();
    section(&mut main, "References", &listed(&links));
    let thanks = it.credits.iter().map(|credit| {
        let role = credit.role.as_str().replace('_', " ");
        format!(
            "<li>{} <span class=\"fine\">({role})</span></li>\n",
            escape(&credit.display_name())
        )
    });
    section(&mut main, "Credits", &listed(&thanks.collect::<String>()));
    let moments = it.timeline.iter().map(|moment| (moment.at, moment.what.as_str()));
    section(&mut main, "Timeline", &dated(moments));
    let editions = issue.editions.iter().map(|edition| (edition.at, edition.summary.as_str()));
    section(&mut main, "Editions of this advisory", &dated(editions));
    section(&mut main, "For programs", &listed(&machine(records)));
    whole(&issue.title, "", &main)
}

/// Writing to a text does not fail.
fn put(text: &mut String, words: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(words);
}

/// A heading and what stands below it, where there is anything.
fn section(main: &mut String, heading: &str, html: &str) {
    if !html.is_empty() {
        put(main, format_args!("<h2>{heading}</h2>\n{html}"));
    }
}

fn listed(items: &str) -> String {
    if items.is_empty() { String::new() } else { format!("<ul>\n{items}</ul>\n") }
}

fn day(at: Timestamp) -> String {
    let text = at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d").to_string();
    format!("<time datetime=\"{at}\">{text}</time>")
}

fn dated<'t>(moments: impl Iterator<Item = (Timestamp, &'t str)>) -> String {
    let mut rows = String::new();
    for (at, what) in moments {
        put(&mut rows, format_args!("<dt>{}</dt><dd>{}</dd>\n", day(at), escape(what.trim())));
    }
    if rows.is_empty() { rows } else { format!("<dl>\n{rows}</dl>\n") }
}

fn facts(issue: &Issue<'_>) -> String {
    let it = issue.shown.advisory();
    let mut rows = Vec::new();
    let cves = it.vulnerabilities.iter().filter_map(|one| one.cve).map(|id| id.to_string());
    let ghsa = it.ghsa.iter().map(ToString::to_string);
    let mut ids: Vec<String> = ghsa.chain(cves).chain(it.aliases.iter().cloned()).collect();
    let mut seen = std::collections::BTreeSet::new();
    ids.retain(|id| seen.insert(id.clone()));
    rows.push(("Ids", escape(&ids.join(", "))));
    rows.push(("Published", day(issue.first)));
    if issue.last != issue.first {
        rows.push(("Last changed", day(issue.last)));
    }
    let several = it.vulnerabilities.len() > 1;
    for vulnerability in &it.vulnerabilities {
        rows.extend(severity(vulnerability, several).map(|text| ("Severity", text)));
        let kinds: Vec<String> = vulnerability.cwes.iter().map(ToString::to_string).collect();
        rows.extend((!kinds.is_empty()).then(|| ("Weakness", kinds.join(", "))));
        let known = vulnerability.exploitation.map(|known| known.in_words().to_owned());
        rows.extend(known.map(|known| ("Exploitation", known)));
    }
    let mut list = String::new();
    for (name, value) in rows {
        put(&mut list, format_args!("<dt>{name}</dt><dd>{value}</dd>\n"));
    }
    format!("<dl>\n{list}</dl>\n")
}

/// Where there are several, each severity says whose it is.
fn severity(vulnerability: &Vulnerability, several: bool) -> Option<String> {
    let of = |text: String| {
        let whose = vulnerability
            .cve
            .filter(|_| several)
            .map(|id| format!(" <span class=\"fine\">{id}</span>"));
        format!("{text}{}", whose.unwrap_or_default())
    };
    match &vulnerability.vector {
        Some(vector) => Some(of(format!(
            "{}, {:.1} <code>{}</code>",
            vector.severity(),
            vector.score(),
            escape(vector.as_str())
        ))),
        None => paragraph(vulnerability.rating.as_deref()).map(|text| of(escape(text))),
    }
}

/// A table for each package, whatever the vulnerability that it has.
fn versions(vulnerabilities: &[Vulnerability]) -> String {
    let mut by_package: BTreeMap<(&str, &str), String> = BTreeMap::new();
    for package in vulnerabilities.iter().flat_map(|one| &one.affected) {
        let rows = by_package.entry((&package.name, package.ecosystem.as_str())).or_default();
        rows.push_str(&lines(package));
    }
    let mut html = String::new();
    for ((name, ecosystem), rows) in by_package.iter().filter(|(_, rows)| !rows.is_empty()) {
        let place = if *ecosystem == "other" { "" } else { ecosystem };
        put(
            &mut html,
            format_args!(
                "<table>\n<caption><code>{}</code> {place}</caption>\n<thead><tr>\
             <th scope=\"col\">Line</th><th scope=\"col\">Affected</th>\
             <th scope=\"col\">Fixed in</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n",
                escape(name)
            ),
        );
    }
    html
}

fn lines(package: &Affected) -> String {
    let row = |line: &str, affected: &str, fixed: &str| {
        let (line, affected, fixed) = (escape(line), escape(affected), escape(fixed));
        format!("<tr><th scope=\"row\">{line}</th><td>{affected}</td><td>{fixed}</td></tr>\n")
    };
    let affected = package.ranges(STAGE).into_iter().map(|(line, range, fixed)| {
        row(line, &range.in_symbols(), fixed.map_or("no fix", crate::Version::as_str))
    });
    let not = package.lines.iter().filter_map(|line| match &line.standing {
        LineStanding::NotAffected { justification, .. } => {
            Some(row(&line.line, &format!("no: {}", justification.in_words()), "–"))
        }
        LineStanding::Affected(_) => None,
    });
    affected.chain(not).collect()
}

/// Only what a browser opens without surprise becomes a link.
fn link(reference: &Reference) -> String {
    let url = escape(reference.url.trim());
    let kind = match reference.kind {
        ReferenceKind::Web => String::new(),
        kind => format!(" <span class=\"fine\">({})</span>", format!("{kind:?}").to_lowercase()),
    };
    let safe =
        ["https://", "http://"].iter().any(|scheme| reference.url.trim().starts_with(scheme));
    if safe {
        format!("<li><a href=\"{url}\" rel=\"nofollow noreferrer\">{url}</a>{kind}</li>\n")
    } else {
        format!("<li>{url}{kind}</li>\n")
    }
}

fn machine(records: &Records<'_>) -> String {
    let mut items = String::new();
    for (version, path) in records.csaf {
        let (version, path) = (version.as_str(), escape(path));
        put(
            &mut items,
            format_args!(
                "<li><a href=\"../{path}\">CSAF {version}</a>, its \
             <a href=\"../{path}.sha256\">SHA-256</a> and <a href=\"../{path}.sha512\">SHA-512</a>"
            ),
        );
        if records.signed {
            put(&mut items, format_args!(", <a href=\"../{path}.asc\">signature</a>"));
        }
        items.push_str("</li>\n");
    }
    if let Some(path) = records.osv {
        put(&mut items, format_args!("<li><a href=\"../{}\">OSV</a></li>\n", escape(path)));
    }
    items
}

/// All of them, the newest first.
pub(super) fn list(imprint: &Imprint, issues: &[Issue<'_>]) -> String {
    let title = format!("Security advisories of {}", imprint.name);
    let contact = escape(&imprint.contact.to_string());
    let mut main = format!(
        "<h1>{}</h1>\n<p>To report a vulnerability: <a href=\"{contact}\">{}</a>.",
        escape(&title),
        escape(&imprint.contact.in_words())
    );
    if let Some(policy) = &imprint.policy {
        put(
            &mut main,
            format_args!(" <a href=\"{}\">How we respond</a>.", escape(policy.as_str())),
        );
    }
    main.push_str("</p>\n");
    if issues.is_empty() {
        main.push_str("<p>None has been published yet.</p>\n");
    } else {
        let rows: String = issues.iter().map(row).collect();
        put(
            &mut main,
            format_args!(
                "<table>\n<caption>The newest first</caption>\n<thead><tr>\
             <th scope=\"col\">Advisory</th><th scope=\"col\">Severity</th>\
             <th scope=\"col\">Published</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n"
            ),
        );
    }
    main.push_str(
        "<p class=\"fine\"><a href=\"feed.atom\">Atom feed</a> · \
         <a href=\"../csaf/provider-metadata.json\">CSAF provider</a> · \
         <a href=\"../osv/all.json\">OSV records</a></p>\n",
    );
    let feed = "<link rel=\"alternate\" type=\"application/atom+xml\" href=\"feed.atom\">\n";
    whole(&title, feed, &main)
}

fn row(issue: &Issue<'_>) -> String {
    let it = issue.shown.advisory();
    let worst = it.vulnerabilities.iter().filter_map(Vulnerability::severity).max();
    let rating = || it.vulnerabilities.iter().find_map(|one| paragraph(one.rating.as_deref()));
    let severity = match worst {
        Some(severity) => severity.as_str(),
        None => rating().unwrap_or("–"),
    };
    let withdrawn = if issue.withdrawn.is_some() { " <strong>withdrawn</strong>" } else { "" };
    format!(
        "<tr><td><a href=\"{}.html\">{}</a>{withdrawn}<br><span class=\"fine\">{}</span></td>\
         <td>{}</td><td>{}</td></tr>\n",
        escape(&issue.name()),
        escape(&issue.title),
        escape(&issue.id),
        escape(severity),
        day(issue.first)
    )
}

/// A list of this folder of CSAF documents and of each in it, for people who look by hand (CSAF,
/// 7.1.14).
pub(super) fn folders(top: &str, files: &mut Files) {
    let mut folders: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in files.keys().filter(|path| path.starts_with(top)) {
        let Some((folder, name)) = path.rsplit_once('/') else { continue };
        folders.entry(folder.to_owned()).or_default().push(name.to_owned());
        if let Some((above, name)) = folder.rsplit_once('/').filter(|_| folder != top) {
            folders.entry(above.to_owned()).or_default().push(format!("{name}/"));
        }
    }
    for (folder, mut names) in folders {
        names.sort_unstable();
        names.dedup();
        let mut items = String::new();
        for name in names.iter().map(|name| escape(name)) {
            put(&mut items, format_args!("<li><a href=\"{name}\">{name}</a></li>\n"));
        }
        let main = format!("<h1>{}</h1>\n{}", escape(&folder), listed(&items));
        files.insert(format!("{folder}/index.html"), whole(&folder, "", &main).into_bytes());
    }
}

/// A whole page. The browser takes the style by its hash, and nothing else.
fn whole(title: &str, links: &str, main: &str) -> String {
    let hash = BASE64.encode(&Sha256::digest(STYLE));
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n{links}<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{main}</main>\n\
         </body>\n</html>\n",
        escape(title)
    )
}
