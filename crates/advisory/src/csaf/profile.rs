//! Profiles: what a document of a certain category must have.

use super::CsafVersion;
use super::tree::Products;
use super::vulnerability::having;
use super::words;
use crate::check::Report;
use crate::check::json::Json;

const BASE: &str = "csaf_base";
const INCIDENT: &str = "csaf_security_incident_response";
const INFORMATIONAL: &str = "csaf_informational_advisory";
pub(super) const ADVISORY: &str = "csaf_security_advisory";
const VEX: &str = "csaf_vex";
const DEPRECATED: &str = "csaf_deprecated_security_advisory";
const SUPERSEDED: &str = "csaf_superseded";
pub(super) const WITHDRAWN: &str = "csaf_withdrawn";

/// The profiles of a version: the last three came with 2.1.
fn profiles(version: CsafVersion) -> &'static [&'static str] {
    const ALL: [&str; 8] =
        [BASE, INCIDENT, INFORMATIONAL, ADVISORY, VEX, DEPRECATED, SUPERSEDED, WITHDRAWN];
    let known = if version == CsafVersion::V2_0 { 5 } else { ALL.len() };
    ALL.get(..known).unwrap_or_default()
}

pub(super) fn look(
    document: &Json<'_>,
    head: &Json<'_>,
    products: &Products<'_>,
    version: CsafVersion,
    report: &mut Report,
) {
    let Some(category) = head.text_of("category") else { return };
    if version == CsafVersion::V2_1 && category.starts_with("csaf_deprecated_") {
        report.warning(
            "csaf 6.2.38",
            "/document/category",
            "this profile is deprecated",
            "Use the profile that took its place.",
        );
    }
    if !profiles(version).contains(&category) {
        misspelt(category, version, report);
        return;
    }
    match category {
        INCIDENT => in_words(head, report),
        INFORMATIONAL => {
            in_words(head, report);
            absent(document, "csaf 6.1.27.3", "vulnerabilities", report);
        }
        ADVISORY | DEPRECATED => {
            about_vulnerabilities(document, report);
            for (place, vulnerability) in document.list("vulnerabilities") {
                let path = format!("/vulnerabilities/{place}");
                let current = category == ADVISORY && version == CsafVersion::V2_1;
                with_products(vulnerability, &path, current, report);
            }
        }
        VEX => {
            about_vulnerabilities(document, report);
            for (place, vulnerability) in document.list("vulnerabilities") {
                let path = format!("/vulnerabilities/{place}");
                vex(vulnerability, &path, products, version, report);
            }
        }
        SUPERSEDED | WITHDRAWN => over(document, head, category, report),
        _ => {}
    }
}

fn absent(document: &Json<'_>, rule: &'static str, member: &str, report: &mut Report) {
    if document.get(member).is_some() {
        report.error(
            rule,
            format!("/{member}"),
            format!("a document of this category has no {member}"),
            "Use the category csaf_security_advisory, or leave them out.",
        );
    }
}

/// `current` is whether the profile is 2.1's own, which wants to know what is affected.
fn with_products(vulnerability: &Json<'_>, path: &str, current: bool, report: &mut Report) {
    let status = vulnerability.get("product_status");
    if status.is_none() {
        report.error(
            "csaf 6.1.27.6",
            path,
            "`product_status` is missing",
            "Say how each product stands to it.",
        );
    }
    if current && status.is_none_or(|status| status.get("known_affected").is_none()) {
        report.error(
            "csaf 6.1.27.12",
            path,
            "no product is known to be affected",
            "Give product_status/known_affected, or use the category csaf_vex.",
        );
    }
}

/// A category of one's own must not be taken for a profile.
fn misspelt(category: &str, version: CsafVersion, report: &mut Report) {
    let bare = |text: &str| {
        let kept = text.chars().filter(|c| !c.is_whitespace() && !is_dash(*c));
        kept.collect::<String>().to_lowercase()
    };
    let said = bare(category);
    let profile = profiles(version).iter().find(|profile| {
        let name = bare(profile);
        said == name || **profile != BASE && name.strip_prefix("csaf") == Some(said.as_str())
    });
    let message = match profile {
        Some(profile) => format!("this looks like {profile} and is not it"),
        None if version == CsafVersion::V2_1 && category.to_lowercase().starts_with("csaf_") => {
            "categories that begin with csaf_ are profiles, and this is none".to_owned()
        }
        None => return,
    };
    report.error(
        "csaf 6.1.26",
        "/document/category",
        message,
        "Write the profile's name as it is, or a category that cannot be taken for it.",
    );
}

/// Lines low and high, whatever their length.
fn is_dash(c: char) -> bool {
    matches!(
        c,
        '-' | '_'
            | '\u{ad}'
            | '\u{332}'
            | '\u{58a}'
            | '\u{2010}'..='\u{2015}'
            | '\u{2017}'
            | '\u{203f}'
            | '\u{2040}'
            | '\u{2212}'
            | '\u{fe4d}'..='\u{fe4f}'
            | '\u{fe58}'
            | '\u{fe63}'
            | '\u{ff0d}'
            | '\u{ff3f}'
    )
}

/// What a document must have that is no longer in force, and what it may not.
fn over(document: &Json<'_>, head: &Json<'_>, category: &str, report: &mut Report) {
    absent(document, "csaf 6.1.27.3", "vulnerabilities", report);
    absent(document, "csaf 6.1.27.15", "product_tree", report);
    let described = |(_, note): (usize, &Json<'_>)| note.text_of("category") == Some("description");
    if !head.list("notes").any(described) {
        report.error(
            "csaf 6.1.27.14",
            "/document",
            "no note says why",
            "Give a note of the category description.",
        );
    }
    let history = head.get("tracking").and_then(|tracking| tracking.get("revision_history"));
    if history.is_some_and(|history| history.items().len() < 2) {
        report.error(
            "csaf 6.1.27.16",
            "/document/tracking/revision_history",
            "a document is published before it is taken back",
            "Tell of the earlier revisions too.",
        );
    }
    let Some((titles, english)) = words::of(head).titles() else {
        let message = "in this language the title of the reason is not known".to_owned();
        report.push_info("csaf 6.2.39", "/document/notes", message);
        return;
    };
    let (title, rules) = if category == WITHDRAWN {
        (titles.withdrawn_because, ["csaf 6.1.27.17", "csaf 6.2.39.2"])
    } else {
        (titles.superseded_because, ["csaf 6.1.27.18", "csaf 6.2.39.3"])
    };
    let reasons = || words::titled(head, title);
    if reasons().count() != 1 || reasons().any(|category| category != Some("description")) {
        let message = format!("not one note of the category description is titled `{title}`");
        let hint = "Give the reason in such a note.";
        as_required(english, rules, "/document/notes", message, hint, report);
    }
    let leads = |(_, link): (usize, &Json<'_>)| {
        link.text_of("category") == Some("external")
            && link
                .text_of("summary")
                .is_some_and(|summary| summary.starts_with(titles.superseding_document))
    };
    if category == SUPERSEDED && !head.list("references").any(leads) {
        let title = titles.superseding_document;
        let message = format!("no external reference begins with `{title}`");
        let rules = ["csaf 6.1.27.19", "csaf 6.2.39.4"];
        let hint = "Lead to the document that took its place.";
        as_required(english, rules, "/document/references", message, hint, report);
    }
}

/// In English an error, in another language a warning.
fn as_required(
    english: bool,
    [mandatory, recommended]: [&'static str; 2],
    path: &str,
    message: String,
    hint: &'static str,
    report: &mut Report,
) {
    if english {
        report.error(mandatory, path, message, hint);
    } else {
        report.warning(recommended, path, message, hint);
    }
}

fn in_words(head: &Json<'_>, report: &mut Report) {
    let says = |(_, note): (usize, &Json<'_>)| {
        matches!(note.text_of("category"), Some("description" | "details" | "general" | "summary"))
    };
    if !head.list("notes").any(says) {
        report.error(
            "csaf 6.1.27.1",
            "/document",
            "no note says what this is about",
            "Give a note of the category description, details, general or summary.",
        );
    }
    let external = |(_, link): (usize, &Json<'_>)| {
        // What has no category is external, by the schema's default.
        link.text_of("category").is_none_or(|category| category == "external")
    };
    if !head.list("references").any(external) {
        report.error(
            "csaf 6.1.27.2",
            "/document",
            "no reference leads further",
            "Give a reference of the category external.",
        );
    }
}

fn about_vulnerabilities(document: &Json<'_>, report: &mut Report) {
    for (rule, member) in [("csaf 6.1.27.4", "product_tree"), ("csaf 6.1.27.11", "vulnerabilities")]
    {
        if document.get(member).is_none() {
            report.error(
                rule,
                "",
                format!("`{member}` is missing"),
                "This category needs products and vulnerabilities.",
            );
        }
    }
    for (place, vulnerability) in document.list("vulnerabilities") {
        if vulnerability.get("notes").is_none() {
            report.error(
                "csaf 6.1.27.5",
                format!("/vulnerabilities/{place}"),
                "`notes` is missing",
                "Describe the vulnerability in a note.",
            );
        }
    }
}

fn vex(
    vulnerability: &Json<'_>,
    path: &str,
    products: &Products<'_>,
    version: CsafVersion,
    report: &mut Report,
) {
    const SAYING: [&str; 4] =
        ["fixed", "known_affected", "known_not_affected", "under_investigation"];
    let status = vulnerability.get("product_status");
    if !SAYING.iter().any(|name| status.is_some_and(|status| status.get(name).is_some())) {
        report.error(
            "csaf 6.1.27.7",
            path,
            "no product is affected, not affected, fixed or under investigation",
            "Give product_status with one of the four.",
        );
    }
    if vulnerability.get("cve").is_none() && vulnerability.get("ids").is_none() {
        report.error(
            "csaf 6.1.27.8",
            path,
            "the vulnerability has no id",
            "Give `cve`, or `ids` with the id of another system.",
        );
    } else if version == CsafVersion::V2_1 {
        numbered(vulnerability, path, products, report);
    }
    let named = |list: &'static str, fits: fn(&Json<'_>) -> bool| {
        products.meant(vulnerability.list(list).map(|(_, one)| one).filter(move |one| fits(one)))
    };
    let mut why = named("flags", |_| true);
    why.extend(named("threats", |threat| threat.text_of("category") == Some("impact")));
    let action = named("remediations", |_| true);
    for (rule, status, said, message, hint) in [
        (
            "csaf 6.1.27.9",
            ["known_not_affected"],
            why,
            "nothing says why this product is not affected",
            "Give a flag with a justification, or a threat of the category impact.",
        ),
        (
            "csaf 6.1.27.10",
            ["known_affected"],
            action,
            "nothing says what to do about this product",
            "Give a remediation.",
        ),
    ] {
        for (id, status, place) in having(vulnerability, &status) {
            if !said.contains(id) {
                report.error(
                    rule,
                    format!("{path}/product_status/{status}/{place}"),
                    message,
                    hint,
                );
            }
        }
    }
}

/// Ids that are meant for single products must leave none without one.
fn numbered(vulnerability: &Json<'_>, path: &str, products: &Products<'_>, report: &mut Report) {
    let ids = || vulnerability.list("ids").map(|(_, id)| id);
    let bound = |id: &Json<'_>| id.get("product_ids").or_else(|| id.get("group_ids")).is_some();
    if vulnerability.get("cve").is_some() || !ids().all(bound) {
        return;
    }
    let named = products.meant(ids());
    let status = vulnerability.get("product_status");
    let Some(Json::Object(statuses)) = status else { return };
    for (status, list) in statuses {
        let path = format!("{path}/product_status/{status}");
        for (place, id) in list.items().iter().enumerate() {
            if id.text().is_some_and(|id| !named.contains(id)) {
                report.error(
                    "csaf 6.1.27.8",
                    format!("{path}/{place}"),
                    "none of the ids is meant for this product",
                    "Give an id that is meant for it, or for all.",
                );
            }
        }
    }
}
