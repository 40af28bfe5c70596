//! Whether the addresses that a document names answer.

use super::outside::{Answer, Reach};
use super::places::each_text;
use crate::check::Report;
use crate::check::json::Json;

/// Of addresses that lead elsewhere.
const ELSEWHERE: &str = "csaf 6.3.6";
/// Of addresses at which the document itself stands.
const ITSELF: &str = "csaf 6.3.7";

/// Where addresses stand, beside references. `relationships` are of 2.0, `product_paths` of 2.1.
const PLACES: [&str; 6] = [
    "/document/acknowledgments/*/urls/*",
    "/document/aggregate_severity/namespace",
    "/document/distribution/tlp/url",
    "/document/publisher/namespace",
    "/vulnerabilities/*/acknowledgments/*/urls/*",
    "/vulnerabilities/*/remediations/*/url",
];
const PRODUCTS: [&str; 4] = [
    "/product_tree/branches/*/product",
    "/product_tree/full_product_names/*",
    "/product_tree/relationships/*/full_product_name",
    "/product_tree/product_paths/*/full_product_name",
];
const HELPERS: [&str; 3] = ["sbom_urls/*", "x_generic_uris/*/namespace", "x_generic_uris/*/uri"];

pub(super) fn look(document: &Json<'_>, reach: Option<&dyn Reach>, report: &mut Report) {
    let Some(reach) = reach else {
        for rule in [ELSEWHERE, ITSELF] {
            report.not_judged(rule, "", "nobody was asked which addresses answer".to_owned());
        }
        return;
    };
    let mut elsewhere = |path: &str| {
        each_text(document, path, &mut |at, url| ask(reach, ELSEWHERE, at, url, report));
    };
    for path in PLACES {
        elsewhere(path);
    }
    for product in PRODUCTS {
        for helper in HELPERS {
            elsewhere(&format!("{product}/product_identification_helper/{helper}"));
        }
    }
    if let Some(head) = document.get("document") {
        references(head, "/document", reach, report);
    }
    for (place, vulnerability) in document.list("vulnerabilities") {
        references(vulnerability, &format!("/vulnerabilities/{place}"), reach, report);
    }
}

fn references(holder: &Json<'_>, path: &str, reach: &dyn Reach, report: &mut Report) {
    for (place, reference) in holder.list("references") {
        let Some(url) = reference.text_of("url") else { continue };
        let is_itself = reference.text_of("category") == Some("self");
        let rule = if is_itself { ITSELF } else { ELSEWHERE };
        ask(reach, rule, &format!("{path}/references/{place}/url"), url, report);
    }
}

/// Names that are no addresses of the web, such as package URLs, have no status.
fn ask(reach: &dyn Reach, rule: &'static str, path: &str, url: &str, report: &mut Report) {
    let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
    if !["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return;
    }
    let told = match reach.answer(url) {
        Some(Answer::Status(200..400)) => return,
        Some(Answer::Status(status)) => format!("the address answers with status {status}"),
        Some(Answer::Nothing) => "nothing answers at the address".to_owned(),
        None => {
            report.not_judged(rule, path, format!("no answer is known for {url}"));
            return;
        }
    };
    report.push_info(rule, path, told);
}
