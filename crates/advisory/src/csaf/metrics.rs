//! The metrics of a 2.1 document beside what each CVSS object says: which go together, and which
//! are missing.

use std::collections::BTreeSet;

use super::texts;
use super::vulnerability::{AFFECTED, having};
use crate::check::Report;
use crate::check::json::Json;

const CVSS: [&str; 3] = ["cvss_v2", "cvss_v3", "cvss_v4"];
const RATING: &str = "qualitative_severity_rating";

pub(super) fn look(
    vulnerability: &Json<'_>,
    path: &str,
    canonical: &BTreeSet<&str>,
    report: &mut Report,
) {
    let (mut scored, mut newer) = (BTreeSet::new(), BTreeSet::new());
    for (_, metric) in vulnerability.list("metrics") {
        let Some(content) = metric.get("content") else { continue };
        let source = metric.text_of("source");
        for (_, id) in texts(metric, "products") {
            if CVSS.iter().any(|member| content.get(member).is_some()) {
                scored.insert((id, source));
            }
            if content.get("cvss_v3").or_else(|| content.get("cvss_v4")).is_some() {
                newer.insert(id);
            }
        }
    }
    for (place, metric) in vulnerability.list("metrics") {
        let Some(content) = metric.get("content") else { continue };
        let path = format!("{path}/metrics/{place}/content");
        if content.get(RATING).is_some() {
            let issuer = metric.text_of("source").is_none_or(|source| canonical.contains(source));
            rating(metric, &format!("{path}/{RATING}"), issuer, &scored, report);
        }
        if content.get("cvss_v2").is_some()
            && let Some((_, id)) = texts(metric, "products").find(|(_, id)| !newer.contains(id))
        {
            let message = format!("the only scores of `{id}` are by CVSS 2.0");
            report.push_info("csaf 6.3.1", &path, message);
        }
        let old = CVSS.iter().take(2).any(|member| content.get(member).is_some());
        if old && content.get("cvss_v4").is_none() {
            report.push_info("csaf 6.3.12", &path, "there is no score by CVSS 4.0".to_owned());
        }
    }
    let scored: BTreeSet<&str> = scored.into_iter().map(|(id, _)| id).collect();
    for (id, status, place) in having(vulnerability, &AFFECTED) {
        if !scored.contains(id) {
            let path = format!("{path}/product_status/{status}/{place}");
            let message = format!("`{id}` is affected and has no score by CVSS 4.0");
            report.push_info("csaf 6.3.12", &path, message);
        }
    }
}

/// A severity in a word, which says less than a vector.
fn rating(
    metric: &Json<'_>,
    path: &str,
    issuer: bool,
    scored: &BTreeSet<(&str, Option<&str>)>,
    report: &mut Report,
) {
    let source = metric.text_of("source");
    let both = texts(metric, "products").find(|(_, id)| scored.contains(&(*id, source)));
    if let Some((_, id)) = both {
        report.error(
            "csaf 6.1.56",
            path,
            format!("one source gives `{id}` a CVSS score and a severity in a word"),
            "Leave the word out: it follows from the score.",
        );
    }
    if issuer {
        report.warning(
            "csaf 6.2.47",
            path,
            "the publisher gives a severity in a word",
            "Give a CVSS vector, which says how it was reached.",
        );
    }
    let message = "a severity in a word does not say how it was reached".to_owned();
    report.push_info("csaf 6.3.18", path, message);
}
