//! Profiles: what a document of a certain category must have.

use super::tree::Products;
use super::vulnerability::having;
use crate::check::Report;
use crate::check::json::Json;

const BASE: &str = "csaf_base";
const INCIDENT: &str = "csaf_security_incident_response";
const INFORMATIONAL: &str = "csaf_informational_advisory";
const ADVISORY: &str = "csaf_security_advisory";
const VEX: &str = "csaf_vex";

pub(super) fn look(
    document: &Json<'_>,
    head: &Json<'_>,
    products: &Products<'_>,
    report: &mut Report,
) {
    match head.text_of("category") {
        Some(INCIDENT) => in_words(head, report),
        Some(INFORMATIONAL) => {
            in_words(head, report);
            if document.get("vulnerabilities").is_some() {
                report.error(
                    "csaf 6.1.27.3",
                    "/vulnerabilities",
                    "an informational advisory tells of no vulnerabilities",
                    "Use the category csaf_security_advisory.",
                );
            }
        }
        Some(ADVISORY) => {
            about_vulnerabilities(document, report);
            for (place, vulnerability) in document.list("vulnerabilities") {
                if vulnerability.get("product_status").is_none() {
                    report.error(
                        "csaf 6.1.27.6",
                        format!("/vulnerabilities/{place}"),
                        "`product_status` is missing",
                        "Say how each product stands to it.",
                    );
                }
            }
        }
        Some(VEX) => {
            about_vulnerabilities(document, report);
            for (place, vulnerability) in document.list("vulnerabilities") {
                vex(vulnerability, &format!("/vulnerabilities/{place}"), products, report);
            }
        }
        Some(BASE) | None => {}
        Some(other) => misspelt(other, report),
    }
}

/// A category of one's own must not be taken for a profile.
fn misspelt(category: &str, report: &mut Report) {
    let bare = |text: &str| {
        let kept = text.chars().filter(|c| !c.is_whitespace() && !"-_".contains(*c));
        kept.collect::<String>().to_lowercase()
    };
    let said = bare(category);
    let profile = [BASE, INCIDENT, INFORMATIONAL, ADVISORY, VEX].into_iter().find(|profile| {
        let name = bare(profile);
        said == name || *profile != BASE && name.strip_prefix("csaf") == Some(said.as_str())
    });
    if let Some(profile) = profile {
        report.error(
            "csaf 6.1.26",
            "/document/category",
            format!("this looks like {profile} and is not it"),
            "Write the profile's name as it is, or a category that cannot be taken for it.",
        );
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

fn vex(vulnerability: &Json<'_>, path: &str, products: &Products<'_>, report: &mut Report) {
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
